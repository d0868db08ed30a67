#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every filter of tests/torture/filters, both directions, through every class
# of tests/torture/torture.c.  STEP=1: all there is to try.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
[ -z "${SANITIZED-}" ] || skip_all "a sanitizer is not to be preloaded before"

"$here/torture/prepare" "$tmp/inputs"
cd "$tmp/inputs"
torture "$here/torture/filters" "$(command -v torture-serve.so)" \
	"$(command -v torture-fail.so)" ${STEP:+-s "$STEP"} \
	${CLASS:+-c "$CLASS"}
