#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Both ends of a stream over lanes, and what feeds one of them, of which each
# call fails.  STEP=1: at every n.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
[ -z "${SANITIZED-}" ] || skip_all "a sanitizer is not to be preloaded before"

cd "$tmp"
"$here/gen/make-stream" text 1 > stream
"$here/torture/lanes" "$(command -v torture-alone.so)" \
	"$(command -v torture-fail.so)" stream ${STEP:+"$STEP"}
