#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cores of real guests: gdb finds the guest's program in them, and those of
# Xen's format are what xl dump-core writes of the same guest, suspended.  Of a
# PVH guest that takes minutes: it tries all pfns.  SLOW is not empty: do it.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset
check=$here/gen/check-core

# saves COMMAND...: whether it runs at src; its stream is kept.
saves() {
	on src '"$@"' "$@" > "$tmp/stream"
}

# shown FILE ADDRESS COMMAND: what gdb shows there of the file, which it opens
# by that command.
shown() {
	gdb -nx -batch -ex 'set architecture i386:x86-64' -ex "$3 $1" \
		-ex "x/64xb $2" 2> "$tmp/err" | grep '^0x'
}

# program KIND: whether gdb finds the program's first bytes in the core, as it
# does in the program's file.
program() {
	local entry
	entry=$(readelf -h "$lab_top/build/lab/tiny-$1" |
		sed -n 's/.*Entry point address: *//p')
	shown "$lab_top/build/lab/tiny-$1" "$entry" file |
		sed 's/ <.*>//' > "$tmp/file"
	shown "$tmp/core" "$entry" core-file > "$tmp/shown"
	[ "$(wc -l < "$tmp/file")" = 8 ] && diff "$tmp/file" "$tmp/shown"
}

# rip: whether gdb's rip is the stream's.
rip() {
	gdb -nx -batch -ex "core-file $tmp/core" -ex 'printf "rip %#lx\n", $rip' \
		2> "$tmp/err" | grep '^rip' > "$tmp/shown"
	"$check" gdb "$tmp/stream" | diff - "$tmp/shown"
}

for kind in pv pvh; do
	lab_create src "$kind" "$kind" tree > "$tmp/domid"
	ok "$kind: a snapshot" saves xc-emit -q -c "$kind"
	for by in physical virtual; do
		options=()
		[ $by = physical ] || options=(--virtual)
		ok "$kind: a core by $by addresses" status 0 "$tmp/stream" \
			rec-convert --to elf-core "${options[@]}" \
			--replace -o "$tmp/core"
		ok "$kind: it has what the stream has" \
			"$check" $by "$tmp/stream" "$tmp/core"
		ok "$kind: gdb finds the program" program "$kind"
		ok "$kind: gdb has the stream's rip" rip
	done
	ok "$kind: suspended" saves xc-emit -q "$kind"
	ok "$kind: a core in Xen's format" status 0 "$tmp/stream" \
		rec-convert --to xen-core --replace -o "$tmp/core"
	ok "$kind: it has what the stream has" \
		"$check" xen "$tmp/stream" "$tmp/core"
	if [ "$kind" = pv ] || [ -n "${SLOW-}" ]; then
		LAB_TIMEOUT=2400 on src 'xl dump-core "$1" /tmp/core &&
			cat /tmp/core && rm /tmp/core' "$kind" > "$tmp/theirs"
		ok "$kind: it is the one of xl dump-core" \
			"$check" dump "$tmp/core" "$tmp/theirs"
	fi
	on src 'xl destroy "$1"' "$kind"
done
plan
