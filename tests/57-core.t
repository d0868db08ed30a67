#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-convert --to elf-core and --to xen-core: cores, judged by readers of
# their own, by readelf and by gdb.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
check=$here/gen/check-core

# guest NAME: makes its stream.
guest() {
	"$here/gen/make-core-guest" "$1" > "$tmp/$1"
}

# core WHAT GUEST: makes a core of a guest and checks it.
core() {
	local form=(elf-core)
	case $1 in
	virtual) form=(elf-core --virtual) ;;
	xen) form=(xen-core) ;;
	esac
	status 0 "$tmp/$2" rec-convert -q --to "${form[@]}" --replace \
		-o "$tmp/core" && told rec-convert &&
		"$check" "$1" "$tmp/$2" "$tmp/core"
}

# elf: whether readelf has nothing to complain of, but for the number of
# program headers where the ABI has it.
elf() {
	readelf -hlSnW "$tmp/core" > "$tmp/elf" 2> "$tmp/err"
	not grep -v 'Unexpected value (70001) in info field' "$tmp/err"
}

# in_gdb GUEST ADDRESS...: whether gdb shows what the guest has there.
in_gdb() {
	local name=$1 address show=()
	shift
	for address; do
		show+=(-ex "x/64xb $address")
	done
	gdb -nx -batch -ex "core-file $tmp/core" \
		-ex 'printf "rip %#lx\n", $rip' "${show[@]}" 2> "$tmp/err" |
		grep -e ^rip -e ^0x > "$tmp/shown"
	"$check" gdb "$tmp/$name" "$@" | diff - "$tmp/shown"
}

for name in long la57 pae legacy flat pv64 pv32 note; do
	guest $name
	for what in physical virtual xen; do
		ok "$name: a core, $what" core $what $name
		ok "readelf takes it" elf
	done
done
for name in none many; do
	guest $name
	ok "$name: a core, physical" core physical $name
	ok "readelf takes it" elf
	ok "$name: a core, xen" core xen $name
done

# --- gdb ---
if command -v gdb > "$tmp/out"; then
	ok "by virtual addresses" core virtual long
	ok "gdb: large pages, small ones, and the lower half" in_gdb long \
		0xffffffff81000000 0xffff888000003000 0xffffc90000002020 \
		0xffff890000005000 0x400000
	ok "by virtual addresses, 5 levels" core virtual la57
	ok "gdb: the same" in_gdb la57 0xffffffff81000000 0xffff890000005000
	ok "by virtual addresses, PV" core virtual pv64
	ok "gdb: PV" in_gdb pv64 0xffffffff81003000 0xffffffff81202000
	ok "by physical addresses" core physical flat
	ok "gdb: physical addresses" in_gdb flat 0x3000 0xe040
else
	skip 8 "no gdb"
fi

# --- contexts that come more than once ---
rec-convert -q --to xen-core < "$tmp/pv64" > "$tmp/pv64.core"
for name in again empty; do
	guest $name
	ok "$name: a core" status 0 "$tmp/$name" rec-convert -q --to xen-core
	ok "$name: of the contexts that came last" gives "$tmp/pv64.core"
done

# --- holes, pipes, and the middle of a pipe ---
ok "zeroes are holes" core physical long
holes() {
	[ "$(($(stat -c %b "$tmp/core") * 512))" -lt 500000 ] &&
		[ "$(stat -c %s "$tmp/core")" -gt 2000000 ]
}
ok "it takes less than it is long" holes
for form in elf-core "elf-core --virtual" xen-core; do
	# shellcheck disable=SC2086 # a form is words
	rec-convert -q --to $form --replace -o "$tmp/core" < "$tmp/pv64"
	# shellcheck disable=SC2086
	rec-convert -q --to $form < "$tmp/pv64" | cat > "$tmp/piped"
	ok "$form: through a pipe it is the same" cmp "$tmp/core" "$tmp/piped"
done
ok "from the middle of a pipe" status 0 "$tmp/pv64" rec-split --strict \
	--tee "rec-convert -q --to elf-core -o $tmp/middle"
ok "the stream goes on" cmp "$tmp/pv64" "$tmp/out"
ok "the core is there" "$check" physical "$tmp/pv64" "$tmp/middle"
"$here/gen/make-save" < "$tmp/pv64" > "$tmp/save"
ok "from a save file of xl" status 0 "$tmp/save" rec-convert -q --to elf-core
ok "it is the same" cmp "$tmp/out" "$tmp/middle"
ok "a full disk" status 1 "$tmp/pv64" \
	sh -c 'rec-convert --to elf-core > /dev/full'

# --- what a core in Xen's format cannot have is said ---
ok "PV, pages without a frame" status 0 "$tmp/pv64" rec-convert --to xen-core
ok "they are left out" says "rec-convert: 2 pages that the guest's P2M does not have are left out"
ok "entries too" says "rec-convert: 3 entries of page tables are cleared: the guest's P2M has no frame for them"

# --- refused ---
# bad GUEST STATUS FORM MESSAGE [HINT]
bad() {
	guest "$1"
	rm -f "$tmp/bad.core"
	# shellcheck disable=SC2086 # a form is words
	ok "$1: refused for $3" status "$2" "$tmp/$1" \
		rec-convert --to $3 -o "$tmp/bad.core"
	ok "it is said" told rec-convert "$4" "${5-}"
	ok "no core" test ! -e "$tmp/bad.core"
}
physical='without --virtual they are not needed'
no_p2m='--to elf-core needs no P2M'
bad none 5 "elf-core --virtual" "no vcpu's registers are in the stream: nothing says where the page tables are" "$physical"
bad dark 5 "elf-core --virtual" "the guest's page tables, from cr3 0x63000 on, map no memory" "$physical"
bad circle 5 "elf-core --virtual" "the guest's page tables have over 1048576 areas that lie apart in memory" "$physical"
bad maze 5 "elf-core --virtual" "the guest's page tables have over 1048576 tables: they lead round in circles, or it is too large" "$physical"
bad alien 5 xen-core "the guest's P2M has no frame for any of its 25 pages" "$no_p2m"
for form in elf-core xen-core; do
	bad short 3 $form "record 3 (HVM_CONTEXT) at byte 176: the CPU at byte 32 of it has 999 bytes, not 1000"
	bad loose 3 $form "record 3 (HVM_CONTEXT) at byte 176: it has no end entry"
	bad odd 3 $form "record 6 (X86_PV_VCPU_BASIC) at byte 4328: length 5168 is not 5176"
	bad early 3 $form "record 0 (X86_PV_VCPU_BASIC) at byte 40: it comes before X86_PV_INFO"
	bad wide 3 $form "record 0 (X86_PV_INFO) at byte 40: length 9 is not 8"
	bad mixed 3 $form "record 0 (X86_PV_INFO) at byte 40: no guest has 8 bytes in a word and 3 levels of page tables"
	bad folded 3 $form "record 0 (X86_PV_INFO) at byte 40: no guest has 4 bytes in a word and 4 levels of page tables"
	bad brief 3 $form "record 4 (X86_PV_P2M_FRAMES) at byte 192: length 4 is below 8"
	bad back 3 $form "record 4 (X86_PV_P2M_FRAMES) at byte 192: length 8 is not that of the frames for pfns 0x200 to 0x1ff"
	bad less 3 $form "record 4 (X86_PV_P2M_FRAMES) at byte 192: length 16 is not that of the frames for pfns 0x0 to 0x200"
	bad crowd 5 $form "record 3 (HVM_CONTEXT) at byte 176: over 8192 vcpus"
done
ok "--virtual is for elf-core" status 2 "$tmp/long" \
	rec-convert --to raw --virtual
ok "it is said" says "rec-convert: --virtual goes with --to elf-core"

# --- cut ---
# cuts FORM: whether no cut of a stream leaves a core; the records' headers at
# each byte, the rest at some.
cuts() {
	local size at
	size=$(stat -c %s "$tmp/tiny")
	rm -f "$tmp/bad.core"
	for ((at = 0; at < size; at += at < 216 || at > size - 16 ? 1 : 101)); do
		status 3 <(head -c "$at" "$tmp/tiny") rec-convert \
			--to "$1" -o "$tmp/bad.core" || return
		[ ! -e "$tmp/bad.core" ] || return
	done
}
guest tiny
for form in elf-core xen-core; do
	ok "$form: a stream that is cut gives none" cuts $form
	ok "$form: one that is whole does" status 0 "$tmp/tiny" \
		rec-convert --to $form
done
plan
