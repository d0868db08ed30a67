#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Chains of filters of which each is killed, and stopped, KILLS times, at
# random moments; SEED=N to replay.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

"$here/torture/prepare" "$tmp/inputs"
cd "$tmp/inputs"
"$here/torture/kills" "${KILLS:-2}" ${SEED:+"$SEED"}
