#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Streams that were edited, in parts, and taken apart: their guests run.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# restored NAME SCRIPT: what the script makes of /tmp/s is restored, and
# the guest runs with its memory whole.
times=0
restored() {
	times=$((times + 1))
	on src 'set -o pipefail; { '"$2"'; } | xc-absorb --unpause > /tmp/receipt' \
		"$1" && came_whole src "$1" $times
}

# byte FILE PFN: the first byte of that page of the stream.
byte() {
	on src 'rec-ls --page "$2" --raw "$1" | head -c 1 | od -An -tx1' "$1" "$2" |
		tr -d ' \n'
}

# page_at PFN: where in the pages of an exploded stream it is, by the list.
page_at() {
	jq --argjson pfn "$1" '.records[] | reduce .pages[] as $p ({at: .at};
		if $p[0] <= $pfn and $pfn < $p[0] + $p[1] then
			.found = .at + ($pfn - $p[0]) * 4096
		elif [$p[2]] - ["XTAB", "XALLOC", "BROKEN"] != [] then
			.at += $p[1] * 4096
		else . end) | .found // empty'
}

for kind in pv pvh; do
	live=
	# Debian's Xen cannot save PV guests live.
	[ $kind = pv ] || live=--live
	lab_create src "$kind" "$kind" dirty=64 > "$tmp/domid"
	# shellcheck disable=SC2086 # a word or none
	on src 'xl list -v "$1" | awk "NR == 2 { print \$7 }" > /tmp/uuid
		xc-emit -c "${@:2}" "$1" > /tmp/s && xl destroy "$1"' $kind $live

	ok "$kind: renamed" on src 'set -o pipefail
		rec-edit --set "name=$1-2" --set uuid=new < /tmp/s |
			xc-absorb --unpause > /tmp/receipt' "$kind"
	ok "$kind: it runs under that name, memory whole" came_whole src "$kind-2"
	ok "$kind: its uuid is another one" on src '
		xl list -v "$1-2" | grep "^$1-2 " && ! xl list -v | grep -f /tmp/uuid' "$kind"
	on src 'xl destroy "$1-2"' "$kind"
	times=0
	ok "$kind: with more vcpus and memory" restored "$kind" \
		'rec-edit --set vcpus=2 --set memory=8M < /tmp/s'
	ok "$kind: Xen knows of the vcpus" on src \
		'[ "$(xl vcpu-list "$1" | grep -c "^$1 ")" = 2 ]' "$kind"
	on src 'xl destroy "$1"' "$kind"

	for edit in --squash --regroup; do
		ok "$kind: $edit" restored "$kind" "rec-edit $edit < /tmp/s"
		on src 'xl destroy "$1"' "$kind"
		ok "$kind: $edit of a pipe" restored "$kind" \
			"cat /tmp/s | TMPDIR=/tmp rec-edit $edit"
		on src 'xl destroy "$1"' "$kind"
	done
	ok "$kind: in parts" restored "$kind" 'rec-compress < /tmp/s |
		rec-split -f -b 64K /tmp/v. && rec-split -j $(ls -r /tmp/v.*.rec) |
		rec-compress -d'
	on src 'xl destroy "$1"; rm /tmp/v.*' "$kind"

	ok "$kind: taken apart, and put together" on src 'rm -rf /tmp/d
		rec-split --explode /tmp/d < /tmp/s &&
		rec-split --implode /tmp/d | cmp - /tmp/s'
	# A page of the 2 MiB that the guest knows the checksum of.
	pfn=700
	before=$(byte /tmp/s $pfn)
	on src 'rec-edit --squash < /tmp/s > /tmp/t && rm -rf /tmp/d &&
		rec-split --explode /tmp/d < /tmp/t && cat /tmp/d/*-PAGE_DATA.json' \
		> "$tmp/pages"
	at=$(page_at $pfn < "$tmp/pages")
	ok "$kind: a byte of its memory changed" on src '
		printf "\\132" | dd of="$(echo /tmp/d/*-PAGE_DATA.raw)" bs=1 \
			seek="$1" conv=notrunc && rec-split --implode /tmp/d > /tmp/u &&
		xc-absorb --unpause < /tmp/u > /tmp/receipt' "$at"
	ok "$kind: is in the stream" [ "$before-$(byte /tmp/u $pfn)" = 00-5a ]
	ok "$kind: and noticed by the guest" lab_await src "$kind" 'MEMORY-BAD'
	ok "$kind: and in its memory" on src 'xc-emit -c "$1" > /tmp/w' "$kind"
	ok "$kind: where it was put" [ "$(byte /tmp/w $pfn)" = 5a ]
	on src 'xl destroy "$1"' "$kind"

	lab_create src "$kind" "$kind-3" > "$tmp/domid"
	ok "$kind: a save file of xl, renamed" on src '
		xl save "$1-3" /tmp/x &&
		rec-edit -v --set "name=$1-4" --set uuid=new < /tmp/x > /tmp/y &&
		xl restore /tmp/y' "$kind"
	ok "$kind: stock xl runs it under that name" came_whole src "$kind-4"
	on src 'xl destroy "$1-4"' "$kind"
done
plan
