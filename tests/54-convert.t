#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What rec-convert does alike for all forms: its output, and what it refuses.
. "${0%/*}/lib.sh"

ok "a stream of version 3 comes out as it is" status 0 "$vectors/good-pv-3" \
    rec-convert --to v3
ok "bit for bit" cmp "$vectors/good-pv-3" "$tmp/out"

plan
