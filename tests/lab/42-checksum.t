#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Check data beside Xen's own tools: stock xl takes a checked stream as it is,
# and restores what rec-checksum saved of a damaged one where it says so.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# damage FILE BYTE: eight bytes of the file become others.
damage='damage() { printf garbage: | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }'

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	ok "$kind: xl save through rec-checksum" on src 'set -o pipefail
		xl save "$1" /dev/stdout | rec-checksum > /tmp/checked' "$kind"
	ok "$kind: it has check data" on src '[ "$(rec-ls -l /tmp/checked |
		grep -c " CHECK ")" -gt 5 ]'
	ok "$kind: stock xl restore takes it" on src 'xl restore /tmp/checked'
	ok "$kind: the guest runs, memory whole" came_whole src "$kind"
	ok "$kind: -d gives what xl saved" on src 'set -o pipefail
		rec-checksum -d < /tmp/checked > /tmp/plain && xl destroy "$1" &&
		xl restore /tmp/plain' "$kind"
	ok "$kind: the guest runs, memory whole" came_whole src "$kind" 2
	on src 'xl destroy "$1"' "$kind"

	# xl's header has 48 bytes, and the configuration is behind it.
	ok "$kind: a damaged configuration is noticed" on src '
		cp /tmp/checked /tmp/bad; '"$damage"'; damage /tmp/bad 200
		rec-checksum -t < /tmp/bad; [ $? = 4 ]'
	ok "$kind: a damaged page is not noticed by xl either" on src '
		at=$(rec-ls -l /tmp/checked | awk "\$4 == \"PAGE_DATA\" { print \$2; exit }")
		cp /tmp/checked /tmp/bad; '"$damage"'; damage /tmp/bad "$((at + 100000))"
		xl restore -p "/root/$1.cfg" /tmp/bad && xl destroy "$1"' "$kind"
	ok "$kind: but here" on src 'rec-checksum -t < /tmp/bad; [ $? = 4 ]'
	on src 'rec-checksum --salvage --report=json < /tmp/bad 2> /tmp/report > /tmp/saved' ||
		[ $? = 4 ]
	on src 'cat /tmp/report' > "$tmp/report"
	ok "$kind: what is lost is told" jq -e '.lost[0].type == "PAGE_DATA"' "$tmp/report"
	want=$(jq .could_be_restored "$tmp/report")
	if [ "$want" = true ]; then
		ok "$kind: xl restores the rest, as it was said" on src \
			'xl restore -p "/root/$1.cfg" /tmp/saved && xl destroy "$1"' "$kind"
	else
		ok "$kind: it is said that it may not be restored" [ "$kind" = pv ]
	fi
	ok "$kind: a needed record is lost" on src '
		at=$(rec-ls -l /tmp/checked | awk "\$4 ~ /^(HVM_CONTEXT|X86_PV_INFO)\$/ { print \$2; exit }")
		cp /tmp/checked /tmp/bad; '"$damage"'; damage /tmp/bad "$((at + 8))"
		rec-checksum --salvage < /tmp/bad > /tmp/saved 2> /tmp/report; [ $? = 4 ] &&
			grep "should not be restored" /tmp/report'
	ok "$kind: xl agrees" fails 3 src \
		'xl restore -p "/root/$1.cfg" /tmp/saved || exit 3' "$kind"
done
plan
