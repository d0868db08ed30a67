#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What rec-convert makes of streams, restored: xc-emit's by xl, xl's by
# xc-absorb, either after a way through version 2, and a checkpoint.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	ok "$kind: xl restore takes what xc-emit wrote" on src 'set -e
		xc-emit -q "$1" > /tmp/stream && xc-emit --destroy "$1"
		rec-convert --to xl -o /tmp/file.xl --replace < /tmp/stream
		xl restore /tmp/file.xl' "$kind"
	ok "$kind: it runs, memory whole" came_whole src "$kind"
	ok "$kind: it has the memory that it had" on src '
		xl list "$1" | tail -n 1 | grep -q "^$1 *[0-9]* *4 *1 "' "$kind"
	ok "$kind: xl saves it again" on src 'xl save "$1" /tmp/again' "$kind"
	ok "$kind: in version 2, for the configuration that xl prints" on src '
		set -e -o pipefail
		rec-convert --to v2 < /tmp/again | rec-convert --to v3 > /tmp/both
		xl restore /tmp/both && xl list -l "$1" > /tmp/json' "$kind"
	ok "$kind: it runs, memory whole" came_whole src "$kind" 2
	ok "$kind: an image of xl's with that" on src 'set -e -o pipefail
		xl save "$1" /tmp/again && rec-convert --to bare < /tmp/again |
			rec-convert --to xl --config /tmp/json > /tmp/file &&
			xl restore /tmp/file' "$kind"
	ok "$kind: it runs, memory whole" came_whole src "$kind" 3
	on src 'xl destroy "$1"' "$kind"
done

# A live save has rounds, and of them come checkpoints.
lab_create src pvh live 'dirty=40' > "$tmp/domid"
lab_run src 'xc-emit -q --live live && xc-emit --destroy live' \
	< /dev/null > "$tmp/live"
"$here/gen/convert-stream" checkpoints < "$tmp/live" > "$tmp/checkpoints"
rec-ls "$tmp/checkpoints" > "$tmp/list" 2>&1 || true
ok "a stream of checkpoints" grep -q '^checkpoints *[2-9]' "$tmp/list"
ok "the newest one is a plain stream without errors" eval 'rec-convert \
	--to v3 < "$tmp/checkpoints" > "$tmp/newest" 2> "$tmp/err" &&
	rec-ls --lint -q "$tmp/newest"'
lab_run src 'cat > /tmp/newest' < "$tmp/newest"
ok "xc-absorb takes it" on src 'xc-absorb < /tmp/newest > /tmp/receipt'
ok "it runs, memory whole" came_whole src live
on src 'xl destroy live'
ok "xl restore takes it" on src 'rec-convert --to xl -o /tmp/newest.xl \
	< /tmp/newest && xl restore /tmp/newest.xl'
ok "it runs, memory whole" came_whole src live 2
on src 'xl destroy live'
plan
