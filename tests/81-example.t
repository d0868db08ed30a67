#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# examples/rec-count: what its comment says of filters.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# counts FILE LINE...: it hands FILE on, bit for bit, and says this of it.
counts() {
	status 0 "$1" rec-count && gives "$1" &&
		diff <(printf '%s\n' "${@:2}") "$tmp/err"
}
ok "each type of page" counts "$vectors/good-pv-3" "NOTAB 6" "L1TAB 1" \
	"L2TAB 1" "L3TAB 1" "L4TAB 1" "L1TAB-pinned 1" "L2TAB-pinned 1" \
	"L3TAB-pinned 1" "L4TAB-pinned 1" "BROKEN 1" "XALLOC 1" "XTAB 3"
ok "within an envelope" counts "$vectors/good-virsh" "XALLOC 1" \
	"XTAB 1"
for name in good-hvm-2 good-libxl-body good-unknown good-checkpoint-end; do
	ok "$name passes as it is" eval \
		'status 0 "$vectors/$name" rec-count && gives "$vectors/$name"'
done
rec-compress < "$vectors/good-pv-3" > "$tmp/packed"
ok "what is packed has no pages to see" eval \
	'status 0 "$tmp/packed" rec-count && gives "$tmp/packed" && told rec-count'
size=$(stat -c %s "$vectors/good-libxl-plain")
for cut in 1 39 41 1000 $((size - 8)) $((size - 1)); do
	head -c "$cut" "$vectors/good-libxl-plain" > "$tmp/cut"
	ok "cut at $cut" status 3 "$tmp/cut" rec-count
done
ok "pages that are none are told" expect 3 "$vectors/good-bad-pages" 40 \
	"record 0 (PAGE_DATA) at byte 40: length 24, 4294967295 pfns take more" \
	"" rec-count
full() {
	rec-count > /dev/full
}
ok "a full disk" status 1 "$vectors/good-pv-3" full
plan
