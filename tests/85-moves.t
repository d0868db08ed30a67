#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The tables of a move's states and events: what xenrec.7 prints is what the
# code does.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

test_move rows > "$tmp/code"
grep -E '^\.It [a-z ]+( Ta [a-z ]+){4}$' "$here/../man/xenrec.7" > "$tmp/page"
ok "$(wc -l < "$tmp/code") rows in the code" test -s "$tmp/code"
ok "xenrec.7 has the same, in the same order" diff "$tmp/code" "$tmp/page"
plan
