#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-convert: memory at places of its own: stored images, raw, LiME's, and
# what QEMU writes with mapped-ram.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

dir=$tmp/dir
mkdir "$dir"
export TMPDIR=$tmp
lime=$here/gen/lime.py
mapped=$here/gen/mappedram.py
stored=$here/gen/stored.py

# converts FILE OUT OPTION...: FILE as OUT, in place of any.
converts() {
	status 0 "$1" rec-convert "${@:3}" && [ ! -s "$tmp/err" ] &&
		mv "$tmp/out" "$2"
}

# --- stored images ---
image_like_absorb() {
	rm -f "$dir"/*
	status 0 "$1" xc-absorb --image "$dir/absorbed" &&
		status 0 "$1" rec-convert --to image -o "$dir/image" &&
		"$stored" alike "$dir/absorbed" "$dir/image"
}
image_again() {
	status 0 /dev/null xc-emit --image "$dir/image" &&
		cp "$tmp/out" "$tmp/emitted" &&
		status 0 "$dir/image" rec-convert --to v3 &&
		gives "$tmp/emitted"
}
# Memory is the same whether the image is read, or its stream.
image_memory() {
	local to
	for to in raw lime; do
		converts "$dir/image" "$tmp/one" --to $to &&
			converts "$1" "$tmp/two" --to $to &&
			"$stored" alike "$tmp/one" "$tmp/two" || return
	done
}
"$here/gen/make-guest" xl > "$tmp/xl"
"$here/gen/make-guest" virsh > "$tmp/virsh"
for name in "$vectors"/good-{pv-3,pv-2,hvm-3,libxl-plain} "$tmp"/{xl,virsh}; do
	ok "${name##*/}: the image is that of xc-absorb" \
		image_like_absorb "$name"
	# It would come out in version 3.
	[[ $name == *-2 ]] || ok "${name##*/}: it comes out as of xc-emit" image_again
	ok "${name##*/}: its memory" image_memory "$name"
done
ok "an image of an image" status 0 "$dir/image" rec-convert --to image \
	-o "$tmp/image"
ok "is that again" "$stored" alike "$dir/image" "$tmp/image"
ok "another writer's image" status 0 "$vectors/stored" rec-convert --to v3
cp "$tmp/out" "$tmp/emitted"
ok "is what xc-emit says" status 0 /dev/null xc-emit --image "$vectors/stored"
ok "byte by byte" gives "$tmp/emitted"

# A pipe is what these are about.
# shellcheck disable=SC2002
piped() { cat "$vectors/stored" | rec-convert --to "$1"; }
middle() { { head -c 8 > "$tmp/front"; rec-convert --from image --to v3; }; }
for to in v3 raw; do
	ok "$to: an image through a pipe" status 5 /dev/null piped $to
	ok "$to: is told" says \
		"rec-convert: a stored image cannot be read from a pipe"
done
ok "an image from its middle" status 5 "$vectors/stored" middle
ok "a pfn above the limit" status 5 "$vectors/stored" rec-convert --to raw \
	--max-pfn 2
ok "nothing came out" gives /dev/null
cp "$vectors/stored" "$tmp/cut"
ok "an image, cut" "$here/cuts" "$tmp/cut" 4999 - rec-convert --from image \
	--to raw
cp "$vectors/stored" "$tmp/cut"
ok "an image, cut, as a stream" "$here/cuts" "$tmp/cut" 4999 - rec-convert \
	--from image --to v3
# A byte of its first page is changed.
rec-convert --to lime < "$vectors/stored" > "$tmp/lime"
"$lime" ranges "$tmp/lime" > "$tmp/ranges"
read -r first _ < "$tmp/ranges"
damaged() {
	cp "$vectors/stored" "$tmp/bad"
	printf '\x99' | dd of="$tmp/bad" bs=1 seek=$((4096 + first + 77)) \
		conv=notrunc 2> "$tmp/err"
	status 4 "$tmp/bad" rec-convert --to "$1" -o "$dir/none" &&
		[ ! -e "$dir/none" ]
}
for to in v3 raw lime; do
	ok "$to: a page that is damaged" damaged $to
done

# --- LiME, and raw: out ---
"$here/gen/make-guest" random 2 > "$tmp/random"
for name in "$vectors"/good-{pv-3,pv-2,hvm-2,hvm-3} \
	"$tmp/random"; do
	ok "${name##*/} as LiME has it" status 0 "$name" rec-convert --to lime
	cp "$tmp/out" "$tmp/lime"
	case $name in
	*/random) ;;	# pages come more than once, some lose theirs
	*) ok "${name##*/}: all its memory" "$lime" holds "$tmp/lime" "$name" ;;
	esac
	ok "${name##*/} raw" converts "$name" "$tmp/raw" --to raw
	ok "${name##*/}: that of LiME" converts "$tmp/lime" "$tmp/other" \
		--to raw
	ok "${name##*/}: is the same" "$stored" alike "$tmp/raw" "$tmp/other"
	ok "${name##*/}: LiME's again" status 0 "$tmp/lime" rec-convert \
		--to lime
	ok "${name##*/}: as it was" gives "$tmp/lime"
done

# --- LiME: in ---
"$lime" make "$tmp/lime" 0x1000+0x9e800 0x100000+0x500000 \
	0x100000000+0x3000
ok "ranges of a machine" status 0 "$tmp/lime" rec-convert --to lime
ok "come out as whole pages" cmp - <("$lime" ranges "$tmp/out") << 'END'
0x1000 0x9ffff
0x100000 0x5fffff
0x100000000 0x100002fff
END
ok "and what is 4 GiB high" cmp <(tail -c 12288 "$tmp/lime") \
	<(tail -c 12288 "$tmp/out")
"$lime" make "$tmp/lime" 0x1000+0x9e800 0x100000+0x500000
ok "those below" status 0 "$tmp/lime" rec-convert --to lime
cp "$tmp/out" "$tmp/got"
ok "with their bytes" cmp <("$lime" flat "$tmp/lime") \
	<("$lime" flat "$tmp/got")
"$lime" make "$tmp/odd" 0x1234+0x20
ok "a piece of a page" status 0 "$tmp/odd" rec-convert --to raw
ok "is there, and zeroes around it" cmp <("$lime" flat "$tmp/odd") "$tmp/out"
lime_says() {
	local want=$1 text=$2
	shift 2
	"$lime" make "$tmp/bad" "$@"
	status "$want" "$tmp/bad" rec-convert --from lime --to raw &&
		gives /dev/null && grep -q "^rec-convert: $text" "$tmp/err"
}
ok "version 2" lime_says 5 "range 0 at byte 0: version 2, known is 1" \
	version 0+4096
ok "no magic" lime_says 3 "byte 0: no range of LiME begins there" magic 0+1
ok "an end before the start" lime_says 3 "range 0 at byte 0: it ends at" \
	backwards 4096+4096
ok "a range without end" lime_says 3 "range 0 at byte 0: it ends at" \
	endless 4096+4096
ok "ranges that share a page" lime_says 5 \
	"range 1 at byte 1056: it starts at 0x400, in or before" 0+1024 \
	1024+4096
ok "ranges out of order" lime_says 5 "range 1 at byte 4128: it starts at" \
	8192+4096 0+4096
"$lime" make "$tmp/cut" 0x1000+0x123 0x10000+0x100
ok "LiME's, cut at every byte but between ranges" "$here/cuts" "$tmp/cut" 1 \
	323 rec-convert --from lime --to v3
lie() {
	"$lime" make "$tmp/lie" 0+4096
	head -c 16 "$tmp/lie"
	printf '\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0and little'
}
if [ -n "${SANITIZED-}" ]; then
	skip 1 "a sanitizer takes memory of its own"
else
	ok "memory for a range that lies" "$here/probe" peak 50000 3 <(lie) \
		rec-convert --to raw
fi

# --- raw: in ---
"$mapped" raw "$tmp/mem" pages=3000
raw_again() {
	converts "$tmp/mem" "$tmp/v3" --from raw --to v3 "$@" &&
		converts "$tmp/v3" "$tmp/again" --to raw &&
		cmp "$tmp/mem" "$tmp/again"
}
ok "raw memory as a stream, and raw" raw_again
records() {
	rec-ls -l --json "$1" |
		sed -n 's/.*"type":"\([A-Z_]*\)","length":\([0-9]*\).*/\1 \2/p'
}
ok "the stream is in Xen's records" cmp - <(records "$tmp/v3") << 'LIST'
STATIC_DATA_END 0
PAGE_DATA 4202504
PAGE_DATA 4202504
PAGE_DATA 3907016
END 0
LIST
not_whole() {
	status 3 "$tmp/v3" rec-ls --lint && grep -q "no HVM_CONTEXT" "$tmp/out"
}
ok "which nobody can restore" not_whole
whole_pages() { "$lime" ranges "$tmp/out" | wc -l; }
ok "its zeroes are memory" status 0 "$tmp/v3" rec-convert --to lime
ok "all of it" [ "$(whole_pages)" = 1 ]
ok "or none" status 0 "$tmp/mem" rec-convert --from raw --to lime \
	--absent-zeroes
ok "every third page" [ "$(whole_pages)" = 1001 ]
ok "raw, with no zeroes" raw_again --absent-zeroes
# shellcheck disable=SC2002
through_pipe() { cat "$tmp/mem" | rec-convert --from raw --to v3 | cat; }
converts "$tmp/mem" "$tmp/v3" --from raw --to v3
ok "raw through a pipe" status 0 /dev/null through_pipe
ok "is the same" gives "$tmp/v3"
cp --sparse=always "$tmp/mem" "$tmp/holes"
ok "raw with holes" status 0 "$tmp/holes" rec-convert --from raw --to v3
ok "is the same" gives "$tmp/v3"
head -c 12288 "$tmp/mem" > "$tmp/cut"
ok "raw, cut at every byte but where pages end" "$here/cuts" "$tmp/cut" 131 \
	4096,8192 -near 4096,8192 rec-convert --from raw --to v3
ok "raw is not told from other files" status 3 "$tmp/mem" rec-convert --to v3

# --- QEMU's mapped-ram ---
for machine in pc-q35-9.0 pc-i440fx-10.1; do
	"$mapped" make "$tmp/qemu" machine=$machine
	"$mapped" raw "$tmp/want"
	ok "$machine: its memory" converts "$tmp/qemu" "$tmp/raw" --to raw
	ok "$machine: is what it was" cmp "$tmp/want" "$tmp/raw"
done
ok "as a stream" converts "$tmp/qemu" "$tmp/v3" --to v3
ok "and LiME's of it" status 0 "$tmp/v3" rec-convert --to lime
ok "pages of zeroes are memory" cmp - <("$lime" ranges "$tmp/out") <<< \
	"0x0 0x27fff"
ok "its blocks" status 0 "$tmp/qemu" rec-convert -v --to raw
ok "those left out" cmp - "$tmp/err" << 'END'
rec-convert: left out: block 'vga.vram', 8192 bytes
rec-convert: left out: block '/rom@etc/acpi/tables', 4096 bytes
END
"$mapped" make "$tmp/qemu" pages=3000
"$mapped" raw "$tmp/want" pages=3000
ok "more than a record" converts "$tmp/qemu" "$tmp/raw" --to raw
ok "is what it was" cmp "$tmp/want" "$tmp/raw"
split() {
	status 0 "$tmp/qemu" rec-convert --lowmem 4004K --to lime &&
		"$lime" ranges "$tmp/out" > "$tmp/ranges" &&
		cmp - "$tmp/ranges" << 'END'
0x0 0x3e8fff
0x100000000 0x1007cefff
END
}
ok "--lowmem: the rest is above 4 GiB" split
ok "its bytes" cmp <(head -c 4100096 "$tmp/want") \
	<(tail -c +33 "$tmp/out" | head -c 4100096)
ok "and those above" cmp <(tail -c +4100097 "$tmp/want") \
	<(tail -c +4100161 "$tmp/out")
"$mapped" make "$tmp/qemu" start=8192
"$mapped" raw "$tmp/want"
behind() { head -c 8192 > "$tmp/front"; rec-convert --to raw; }
ok "behind something else in its file" status 0 "$tmp/qemu" behind
ok "is what it was" gives "$tmp/want"
"$mapped" make "$tmp/qemu" shared
ok "a block that was left out" status 0 "$tmp/qemu" rec-convert --to raw
ok "and the others" gives "$tmp/want"
"$mapped" make "$tmp/qemu" machine=isapc
ok "a machine that is not known" status 5 "$tmp/qemu" rec-convert --to raw
ok "is told" told rec-convert "where the memory of machine 'isapc' is, is \
not known" "--lowmem says how much of it is below 4 GiB; the rest is above"
ok "and --lowmem helps" status 0 "$tmp/qemu" rec-convert --to raw --lowmem 3G
ok "it does" gives "$tmp/want"
# shellcheck disable=SC2002
piped_qemu() { cat "$tmp/qemu" | rec-convert --to raw; }
ok "through a pipe" status 5 /dev/null piped_qemu
ok "is told" says "rec-convert: what QEMU migrates to a file cannot be read \
from a pipe"

# What a real QEMU wrote: its memory but for 640 KiB to 1 MiB, where the
# processor sees firmware.
qemus_own() {
	zstd -q -d -f --sparse "$vectors/mapped-ram/$1.zst" -o "$tmp/qemu" &&
		converts "$tmp/qemu" "$tmp/raw" --to raw &&
		{ head -c 640K "$tmp/raw" && tail -c +1048577 "$tmp/raw"; } |
		sha256sum | sed "s/-$/$1/" > "$tmp/digest" &&
		grep -Fxf "$tmp/digest" "$vectors/mapped-ram/digests"
}
for machine in pc q35 q35-multifd microvm; do
	ok "QEMU's own, $machine: what it says itself" qemus_own $machine
done

qemu_says() {
	"$mapped" make "$tmp/bad" "$2"
	status "$1" "$tmp/bad" rec-convert --to raw -o "$dir/none" &&
		grep -Eq "^rec-convert: $3" "$tmp/err" && [ ! -e "$dir/none" ]
}
while read -r want flaw text; do
	ok "QEMU's: $flaw" qemu_says "$want" "$flaw" "$text"
done << 'END'
5 version byte 4: known is version 3, not 4$
3 machine-length byte 9: the machine's name has a length of 400$
5 subsection byte 25: 'configuration/other' is not known$
5 no-capability a migration of QEMU's without mapped-ram$
5 page-bits byte [0-9]+: pages are not of 4096 bytes: their bits are 14$
3 length block 'vga.vram' at byte 135: a length that cannot be$
3 length-max block 'vga.vram' at byte 135: its bitmap or its pages are where
3 pages-odd block 'vga.vram' at byte 135: its bitmap or its pages are where
3 pages-before block 'vga.vram' at byte 135: its bitmap or its pages are where
3 pages-max cut short at byte [0-9]+, in the pages of block 'vga.vram'$
3 bitmap-before block 'vga.vram' at byte 135: its bitmap or its pages are
3 bitmap-max block 'vga.vram' at byte 135: its bitmap or its pages are where
5 ram-header byte 152: known is version 1 of mapped-ram, not 2$
5 page-size block 'vga.vram' at byte 135: its pages are not of 4096 bytes$
5 ram-version byte 123: known is version 4 of ram, not 3$
5 other-section byte [0-9]+: section 'vfio' in front of the memory is not known
3 no-list byte 127: no list of blocks, but flags 0$
3 page-among byte [0-9]+: behind the memory there are flags 8$
5 other-part byte [0-9]+: before the memory's end there is section 9$
5 full-part byte [0-9]+: before the memory's end there is a section of type 4$
3 footer byte [0-9]+: no footer of section 2$
3 no-description cut short at byte [0-9]+, without the description of its dev
3 after cut short at byte [0-9]+, without the description of its devices$
5 no-ram no block 'pc.ram' or 'microvm.ram' is in it$
3 twice block 'pc.ram' at byte [0-9]+: it is there twice$
5 shared-ram block 'pc.ram' at byte [0-9]+: its pages were left out
END
"$mapped" make "$tmp/cut"
near=$("$mapped" offsets "$tmp/cut" | paste -sd,)
ok "QEMU's, cut" "$here/cuts" "$tmp/cut" 65521 - -near "$near" rec-convert \
	--from qemu-mapped-ram --to v3
plan
