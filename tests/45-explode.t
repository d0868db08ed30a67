#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A stream as a directory of files, and back: by tests/gen/exploded.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
gen=$here/gen
tool=rec-split
explode=(rec-split --explode)
implode=(rec-split --implode)

# opened FILE DIR: FILE as the directory DIR, instead of what was there.
opened() {
	rm -rf "$2"
	status 0 "$1" "${explode[@]}" "$2" && told "$tool"
}

# alone DIR: whether nothing is beside the directory, nor itself.
mkdir "$tmp/in"
alone() {
	[ -z "$(ls -A "$tmp/in")" ] || ls -lA "$tmp/in"
	[ -z "$(ls -A "$tmp/in")" ]
}

# closed DIR FILE: whether FILE is what DIR becomes.
closed() {
	status 0 /dev/null "${implode[@]}" "$1" && told "$tool" && gives "$2"
}

# back FILE: out and in again, and whether the directory is as it must be.
back() {
	opened "$1" "$tmp/dir" && "$gen/exploded" check "$tmp/dir" < "$1" &&
		closed "$tmp/dir" "$1"
}

for file in "$vectors"/good-* "$vectors"/layer-*; do
	ok "${file##*/}: out and in again" back "$file"
done
"$gen/make-stream" live 2 > "$tmp/live"
"$gen/make-stream" mixed 20 > "$tmp/mixed"
"$gen/make-stream" rounds 300 > "$tmp/rounds"
"$gen/make-stream" verify > "$tmp/verify"
rec-compress < "$tmp/live" > "$tmp/packed"
rec-checksum < "$tmp/packed" > "$tmp/checked"
for name in live mixed rounds verify packed checked; do
	ok "$name: out and in again" back "$tmp/$name"
done
long() {
	"$gen/make-stream" absent 65600 > "$tmp/absent" &&
		opened "$tmp/absent" "$tmp/dir" && closed "$tmp/dir" "$tmp/absent" &&
		rec-ls --record 0 --raw "$tmp/absent" |
		cmp - "$tmp/dir/000000-PAGE_DATA.rec"
}
ok "PAGE_DATA of more runs than a list takes is kept as it is" long
ok "its directory is for nobody else" eval 'opened "$tmp/live" "$tmp/dir" &&
	[ "$(stat -c %a "$tmp/dir")" = 700 ] &&
	[ "$(stat -c %a "$tmp/dir"/* | sort -u)" = 600 ]'
ok "and so it is under another umask" eval '(umask 0777 &&
	status 0 "$vectors/good-pv-3" "${explode[@]}" "$tmp/in/a//") &&
	[ "$(stat -c %a "$tmp/in/a" "$tmp/in/a"/* | sort -u | xargs)" = "600 700" ] &&
	rm -r "$tmp/in/a" && alone'

# What cannot be read leaves nothing.
faulty() {
	status "$3" "$1" "${explode[@]}" "$tmp/in/new" &&
		told "$tool" "$5" "$6" && alone
}
table_faults() {
	case $1 in
	*/bad-* | */cut-*) ok "${1##*/}: $2" faulty "$@" ;;
	esac
}
table any table_faults
cut_anywhere() {
	local file=$1 size n
	size=$(stat -c %s "$file")
	for ((n = 0; n < size; n += 7)); do
		head -c "$n" "$file" > "$tmp/cut"
		status 3 "$tmp/cut" "${explode[@]}" "$tmp/in/new" && alone ||
			return
	done
}
ok "cut anywhere: 3, and nothing is left" cut_anywhere "$vectors/good-xl"
mkdir "$tmp/there"
touch "$tmp/there/file"
for at in there there/ there/file there/. /; do
	ok "what is there already stays: $at" eval 'case $at in /) it=/ ;;
		*) it=$tmp/$at ;; esac
		status 5 "$tmp/live" "${explode[@]}" "$it" &&
		told "$tool" "$it is there already" \
		"give the name of a directory that is to be made" &&
		[ -f "$tmp/there/file" ]'
done
ok "no such directory to be in: 1" eval 'status 1 "$tmp/live" "${explode[@]}" \
	"$tmp/none/new" && told "$tool" "cannot make $tmp/none/new: No such file or directory"'
full() {
	(ulimit -f 64 && "${explode[@]}" "$tmp/in/new")
}
ok "no room for the pages: 1, and nothing is left" eval \
	'status 1 "$tmp/live" full && alone && says \
	"$tool: 000000-PAGE_DATA.raw: write at byte 65536: File too large"'

# stopped SIGNAL: in the middle of a stream, nothing is left.
stopped() {
	local pid got=0 tries
	rm -f "$tmp/pipe"
	mkfifo "$tmp/pipe"
	# The shell, or what started it, may ignore some of them.
	env --default-signal "${explode[@]}" "$tmp/in/new" < "$tmp/pipe" \
		2> "$tmp/err" &
	pid=$!
	exec 9> "$tmp/pipe"
	head -c 1M "$tmp/live" >&9
	for ((tries = 0; tries < 600; tries++)); do
		[ ! -s "$(echo "$tmp"/in/.xenrec-*/000000-PAGE_DATA.raw)" ] || break
		sleep 0.1
	done
	kill -"$1" $pid
	[ $tries -lt 600 ] || exec 9>&-
	wait $pid || got=$?
	exec 9>&-
	[ $tries -lt 600 ] && [ $got = $((128 + $(kill -l "$1"))) ] && alone
}
for signal in "${caught[@]}"; do
	ok "SIG$signal leaves nothing" stopped "$signal"
done

# Surgery.
# joined DIR: DIR as the stream $tmp/new, the one that the witness makes too.
joined() {
	status 0 /dev/null "${implode[@]}" "$1" && told "$tool" &&
		cp "$tmp/out" "$tmp/new" &&
		"$gen/exploded" join "$1" > "$tmp/want" &&
		cmp "$tmp/want" "$tmp/new"
}
# numbers STREAM: whether its pages are those that tests/gen/survey counts.
numbers() {
	"$gen/survey" < "$1" | jq -cS . > "$tmp/want" &&
		rec-ls --json "$1" | tail -n 1 |
		jq -cS '.summary | {count, bytes, checkpoints, pages:
		(.pages | {count, zero, duplicate, highest, sent, repeated,
		rounds, types: ([.types[]] | sort)})}' | diff "$tmp/want" -
}
# sound STREAM: whether lint finds no error, either.
sound() {
	rec-ls --lint "$1" && numbers "$1"
}
# poke FILE BYTE: changes the byte there.
poke() {
	printf '\253' | dd of="$1" bs=1 seek="$2" conv=notrunc 2> "$tmp/dd"
}
dir=$tmp/work
page() {
	opened "$tmp/live" "$dir" &&
		poke "$dir/000000-PAGE_DATA.raw" $((4096 * 6 + 100)) &&
		joined "$dir" || return
	[ "$(cmp -l "$tmp/live" "$tmp/new" | wc -l)" = 1 ] || return
	rec-ls --page 6 --raw "$tmp/live" > "$tmp/was"
	poke "$tmp/was" 100
	rec-ls --page 6 --raw "$tmp/new" | cmp - "$tmp/was" || return
	rec-ls --page 5 --raw "$tmp/live" > "$tmp/was"
	rec-ls --page 5 --raw "$tmp/new" | cmp - "$tmp/was"
}
ok "a byte of a page in place: that byte, and no other" page
# In a guest that Xen would take, so that lint has its say.
longer() {
	opened "$vectors/good-hvm-3" "$dir" &&
		{ cat "$dir/000001-X86_MSR_POLICY.rec"
		printf '\0\1\0\0\0\0\0\0\1\0\0\0\0\0\0\0'; } > "$tmp/longer" &&
		mv "$tmp/longer" "$dir/000001-X86_MSR_POLICY.rec" &&
		joined "$dir" && sound "$tmp/new" &&
		[ "$(($(stat -c %s "$tmp/new") - $(stat -c %s "$vectors/good-hvm-3")))" = 16 ]
}
ok "a longer body" longer
odd() {
	opened "$vectors/good-hvm-3" "$dir" &&
		truncate -s 3 "$dir/000001-X86_MSR_POLICY.rec" &&
		joined "$dir" && rec-ls --record 1 --raw "$tmp/new" |
		cmp - "$dir/000001-X86_MSR_POLICY.rec"
}
ok "a body of an odd length: padding of zeroes" odd
less() {
	opened "$vectors/good-hvm-3" "$dir" &&
		rm "$dir/000001-X86_MSR_POLICY.rec" && joined "$dir" &&
		sound "$tmp/new" && not grep -q MSR <(rec-ls -l "$tmp/new")
}
ok "a record less" less
more() {
	opened "$vectors/good-config" "$tmp/dir" &&
		opened "$vectors/good-hvm-3" "$dir" &&
		cp "$tmp/dir"/*-GUEST_CONFIG.rec "$dir/0-GUEST_CONFIG.rec" &&
		cp "$dir/000001-X86_MSR_POLICY.rec" "$dir/000001a-0xc0ffee01.rec" &&
		joined "$dir" && "$gen/survey" --record 3 < "$tmp/new" |
		cmp - "$dir/000001-X86_MSR_POLICY.rec" && rec-ls --lint "$tmp/new" &&
		rec-ls --json -l "$tmp/new" | jq -r 'select(.record != null and .record < 5) | .type' |
		diff - <(printf '%s\n' GUEST_CONFIG X86_CPUID_POLICY \
			X86_MSR_POLICY 'type 0xc0ffee01' STATIC_DATA_END)
}
ok "two more records, in their places" more
# edit FILTER FILE: by jq, also in another layout.
edit() {
	jq "$1" "$2" > "$tmp/edited" && mv "$tmp/edited" "$2"
}
# The last two of its records, and page 63 of the first.
drop() {
	local raw=$dir/000000-PAGE_DATA.raw
	opened "$tmp/live" "$dir" && edit '.records |= .[:-2] |
		.records[0].pages = [[0, 63, "NOTAB"], [63, 1, "XTAB"]]' \
		"${raw%.raw}.json" &&
		{ head -c $((63 * 4096)) "$raw"
		dd if="$raw" bs=4096 skip=64 count=512 2> "$tmp/dd"
		} > "$tmp/less" && mv "$tmp/less" "$raw" &&
		joined "$dir" && numbers "$tmp/new" && rec-ls --json "$tmp/new" |
		jq -se '.[-1].summary.pages.sent == 704 - 128 - 1'
}
ok "pages less, in the list and in what it is of" drop
grow() {
	local raw=$dir/000003-PAGE_DATA.raw
	opened "$vectors/good-hvm-3" "$dir" && edit '.records +=
		[{"reserved": 9, "pages": [[640, 2, "NOTAB"], [7, 1, "XTAB", 3], [8, 1, "XTAB", 4]]}]' \
		"${raw%.raw}.json" && head -c 8192 "$tmp/live" >> "$raw" &&
		joined "$dir" && back "$tmp/new" &&
		"$gen/survey" --page 641 < "$tmp/new" | cmp - <(dd if="$tmp/live" bs=4096 skip=1 count=1 2> "$tmp/dd")
}
ok "pages more, in a record that says no more than it must" grow
none() {
	opened "$vectors/good-hvm-3" "$dir" && : > "$dir/000003-PAGE_DATA.raw" &&
		echo '{"records":[]}' > "$dir/000003-PAGE_DATA.json" &&
		joined "$dir" && not grep -q PAGE_DATA <(rec-ls -l "$tmp/new") &&
		rm "$dir"/000003-PAGE_DATA.* && closed "$dir" "$tmp/new"
}
ok "no pages, or no list at all" none
# The widest that a record may be, and one pfn more.
wide() {
	opened "$vectors/good-empty" "$dir" && : > "$dir/0.-PAGE_DATA.raw" &&
		mv "$dir/000000-END.rec" "$dir/1-END.rec" &&
		echo "{\"records\":[{\"pages\":[[1,$1,\"XTAB\"]]}]}" \
		> "$dir/0.-PAGE_DATA.json"
}
ok "a record of 128 MiB of pfns" eval 'wide 16777215 && status 0 /dev/null \
	"${implode[@]}" "$dir" && [ "$(stat -c %s "$tmp/out")" = $((48 + 8 + (128 << 20))) ] &&
	[ "$(rec-ls --json -l "$tmp/out" | jq -s ".[0].length")" = $((128 << 20)) ]'
ok "padding: its own only for a body that has not changed its length" eval '
	opened "$vectors/good-xl" "$dir" && file=$dir/000002-HVM_CONTEXT && [ -s "$file.pad" ] &&
	{ head -c 1 /dev/zero >> "$file.rec"; joined "$dir"; } &&
	not cmp -s "$tmp/new" "$vectors/good-xl" && truncate -s -1 "$file.rec" &&
	closed "$dir" "$vectors/good-xl" && truncate -s -1 "$file.rec" &&
	joined "$dir" && rm "$file.rec" && joined "$dir"'
# Between others, and behind all others of its number.
ok "numbers of any width, and what stands behind them" eval '
	opened "$vectors/good-hvm-3" "$dir" &&
	mv "$dir/000000-X86_CPUID_POLICY.rec" "$dir/0-0x00000011.rec" &&
	mv "$dir/000002-STATIC_DATA_END.rec" "$dir/1b-STATIC_DATA_END.rec" &&
	mv "$dir/000008-END.rec" "$dir/123456789012345678-END.rec" &&
	closed "$dir" "$vectors/good-hvm-3"'

# What cannot be put together says so before a byte comes out.
# wrong STATUS MESSAGE HINT: of $dir.
wrong() {
	status "$1" /dev/null "${implode[@]}" "$dir" &&
		told "$tool" "$2" "$3" && gives /dev/null 0
}
# flawed VECTOR COMMAND STATUS MESSAGE [HINT]
flaw() {
	opened "$vectors/$1" "$dir" && (cd "$dir" && eval "$2") &&
		wrong "$3" "$4" "${5-}"
}
flawed() {
	ok "$4" flaw "$@"
}
move="move away what is not of the stream, copies that an editor left, too"
belongs="a record stands where the number in its name says; 000012a-... comes behind 000012-..."
for name in "000000-X86_CPUID_POLICY.rec~" .000000-END.rec.swp notes 000009-NOTHING.rec \
	9-END 000009.rec a-END.rec 000009-0x123456789.rec 000009-0x.rec 000009-PAGE_DATA.rec.json \
	000009-HVM_CONTEXT.json 000009-HVM_CONTEXT.raw libxl-000000-HVM_CONTEXT.rec \
	libxl-000000-0x1.raw 1234567890123456789-END.rec IMAGE.raw; do
	flawed good-hvm-3 'touch -- "$name"' 5 \
		"$name: not the name of a part of a stream" "$move"
done
for make in mkdir mkfifo "ln -s image.raw"; do
	flawed good-hvm-3 "$make 000001-VERIFY.rec" 5 \
		"000001-VERIFY.rec: no regular file" "$move"
done
flawed good-hvm-3 'rm image.raw' 3 "$dir: image.raw is missing" \
	"no stream was exploded into a directory without it"
flawed good-hvm-3 'rm 000008-END.rec' 3 "a file ...-END.rec is missing" \
	"an empty file of such a name, with a number above all others, ends a stream"
flawed good-hvm-3 'touch 000009-VERIFY.rec' 3 \
	"000009-VERIFY.rec: it stands behind END" "$belongs"
flawed good-hvm-3 'echo >> 000008-END.rec' 3 "000008-END.rec: END with a body of 1 bytes"
flawed good-xl 'rm libxl.raw' 3 "libxl.raw is missing"
flawed good-libxl 'rm libxl.raw' 3 "libxl.raw is missing"
flawed good-xl 'rm libxl-*-LIBXC_CONTEXT.*' 3 \
	"libxl-000004-END.rec: it stands before the image" "$belongs"
flawed good-xl 'rm libxl-*.rec' 3 "a file libxl-...-LIBXC_CONTEXT.rec is missing"
flawed good-xl 'rm libxl-*-END.rec' 3 "a file libxl-...-END.rec is missing"
flawed good-xl 'echo > libxl-000004-END.rec' 3 "libxl-000004-END.rec: END with a body of 1 bytes"
flawed good-xl 'touch libxl-5-CHECKPOINT_STATE.rec' 3 \
	"libxl-5-CHECKPOINT_STATE.rec: it stands behind END" "$belongs"
flawed good-xl 'touch libxl-1-LIBXC_CONTEXT.rec' 3 \
	"libxl-1-LIBXC_CONTEXT.rec: it stands behind the image" "$belongs"
flawed good-libxl-checkpoint-end 'rm libxl-000006-CHECKPOINT_END.rec' 3 \
	"libxl-000007-END.rec: it stands inside a checkpoint" "$belongs"
flawed good-libxl-checkpoint-end 'rm libxl-000006-CHECKPOINT_END.rec libxl-000007-END.rec' 3 \
	"a file libxl-...-CHECKPOINT_END.rec is missing: each CHECKPOINT needs its own"
edited="when a configuration gets longer or shorter, so must the lengths in front of it"
flawed good-xl 'echo >> envelope.raw' 3 \
	"envelope.raw: 96 bytes, 95 by what its header says" "$edited"
flawed good-xl 'truncate -s 94 envelope.raw' 3 \
	"envelope.raw: 94 bytes, 95 by what its header says" "$edited"
flawed good-xl 'cp libxl.raw envelope.raw' 3 \
	"envelope.raw: not the header that belongs there"
flawed good-xl ': > envelope.raw' 3 \
	"envelope.raw: 0 bytes, fewer than such a header has"
flawed good-virsh 'poke envelope.raw 0' 3 \
	"envelope.raw: not the header that belongs there"
flawed good-libxl 'poke libxl.raw 11' 5 "libxl.raw: libxl stream version 171, known is 2"
flawed good-libxl 'truncate -s 17 libxl.raw' 3 \
	"libxl.raw: 17 bytes, 16 by what its header says"
flawed good-pv-3 'truncate -s 39 image.raw' 3 "image.raw: not the header that belongs there"
flawed good-pv-3 'poke image.raw 17' 5 "image.raw: big-endian image"
flawed good-hvm-3 'truncate -s $((1 + (128 << 20))) 000006-HVM_CONTEXT.rec' 5 \
	"000006-HVM_CONTEXT.rec: 134217729 bytes, limit 134217728"
flawed good-libxl 'truncate -s 4G libxl-000001-EMULATOR_XENSTORE_DATA.rec' 5 \
	"libxl-000001-EMULATOR_XENSTORE_DATA.rec: 4294967296 bytes, limit 4294967295"

# Lists, and the pages that they ask for.
pages=000003-PAGE_DATA
each="a page of 4096 bytes for each pfn of the list, but for those of type BROKEN, XALLOC and XTAB"
list_wrong() {
	flawed good-hvm-3 "$1" 3 "$pages.json: line $2: $3"
}
# instead TEXT: as the list.
instead() {
	printf '%s' "$1" > $pages.json
}
not_run='is not [pfn, count, "TYPE"]'
flawed good-hvm-3 'rm $pages.json' 3 "$pages.json is missing, and $pages.raw is there" \
	"PAGE_DATA records are taken out by removing both"
flawed good-hvm-3 'rm $pages.raw' 3 "$pages.raw is missing"
flawed good-hvm-3 'truncate -s -4096 $pages.raw' 3 \
	"$pages.raw has 4 pages, $pages.json asks for 5" "$each"
flawed good-hvm-3 'echo >> $pages.raw' 3 \
	"$pages.raw has 5 pages and 1 bytes, $pages.json asks for 5" "$each"
flawed good-hvm-3 'edit ".records[1].pages[0][1] = 2" $pages.json' 3 \
	"$pages.raw has 5 pages, $pages.json asks for 6" "$each"
list_wrong ': > $pages.json' 1 "{ has to stand here"
list_wrong 'instead "[]"' 1 "{ has to stand here"
list_wrong 'instead "{\"recs\":[]}"' 1 '"records" has to stand here'
list_wrong 'instead "{\"records\":{}}"' 1 '[ has to stand here'
list_wrong 'instead "{\"records\":[1]}"' 1 '{ has to stand here'
list_wrong 'instead "{\"records\":["' 1 '{ has to stand here'
list_wrong 'instead "{\"records\":[{\"pages\":[[1,1,\"XTAB\"]]}"' 1 ', has to stand here'
list_wrong 'instead "{\"records\":[{\"pages\":[[1,1,\"XTAB\"]]},]}"' 1 '{ has to stand here'
list_wrong 'instead "{\"records\":[]}
{}"' 2 'there is more behind the end of the list'
list_wrong 'instead "{\"records\":[
{\"pages\":[[1,1,\"XTAB\"]"' 2 'the list is cut short'
list_wrong 'instead "{\"records\":[{pages}]}"' 1 'not JSON: quoted object property name expected'
list_wrong 'printf "{\"records\":\0[]}" > $pages.json' 1 'NUL bytes from here on: this is no text'
list_wrong 'edit ".records[1].reservd = 1" $pages.json' 38 \
	'a record with more than "at", "reserved" and "pages"'
list_wrong 'edit "del(.records[1].pages)" $pages.json' 38 'a record without "pages"'
list_wrong 'edit ".records[1].pages = []" $pages.json' 38 'a record without "pages"'
for value in -1 4294967296 1.5 '"1"' null; do
	list_wrong "instead '{\"records\":[{\"reserved\":$value,\"pages\":[[1,1,\"XTAB\"]]}]}'" 1 \
		'"reserved" is not a number of 32 bits'
done
one() {
	list_wrong "instead '{\"records\":[{\"pages\":[[5,1,\"XTAB\"],$1]}]}'" 1 "run 1 of \"pages\" $2"
}
for run in '{}' '[]' '[1,1]' '[1,1,7]' '[1,1,"XTAB",0,0]' '[1,1,"reserved"]' '[1,1,"xtab"]'; do
	one "$run" "$not_run"
done
for run in -1,1 1,-1 1,0 4503599627370496,1 4503599627370495,2 1,16777216 \
	18446744073709551617,1 1.0,1 '"1",1'; do
	one "[$run,\"XTAB\"]" "has no pfns of 52 bits, or none at all"
done
for bits in -1 256 '"1"'; do
	one "[1,1,\"XTAB\",$bits]" "has reserved bits that are not 0 to 255"
done
list_wrong "instead '{\"records\":[{\"pages\":[[0,32705,\"NOTAB\"]]}]}'" 1 \
	"a record of 134221328 bytes, limit 134217728"
many() {
	python3 -c 'import sys
print("{\"records\":[{\"pages\":[%s]}]}" % ",".join(
    ["[1,1,\"XTAB\"]"] * int(sys.argv[1])))' "$1" > $pages.json
	: > $pages.raw
}
flawed good-hvm-3 'many 65537' 5 "$pages.json: line 1: a record of 65537 runs, limit 65536"
ok "as many runs as may be" eval 'opened "$vectors/good-hvm-3" "$dir" &&
	(cd "$dir" && many 65536) && joined "$dir"'
flawed good-hvm-3 '{ printf "{\"records\":[{\"at\":\""; head -c 17M /dev/zero | tr "\0" x
	echo "\",\"pages\":[[1,1,\"XTAB\"]]}]}"; } > $pages.json' 5 \
	"$pages.json: line 1: a record of more than 16777216 bytes of text"
dir=$tmp/none
ok "no such directory" wrong 1 "cannot read $tmp/none: No such file or directory" ""
dir=$tmp/live
ok "no directory at all" wrong 1 "cannot read $tmp/live: Not a directory" ""
dir=$tmp/work

# What goes wrong while it is written: no END.
opened "$tmp/live" "$dir"
full_out() {
	"${implode[@]}" "$dir" > /dev/full
}
ok "no room: 1" eval 'status 1 /dev/null full_out && told "$tool" \
	"write at byte 0: No space left on device"'
# changing COMMAND: done to the pages, of which some have gone out.
changing() {
	local pid got=0
	opened "$tmp/live" "$dir" || return
	rm -f "$tmp/pipe"
	mkfifo "$tmp/pipe"
	"${implode[@]}" "$dir" > "$tmp/pipe" 2> "$tmp/err" &
	pid=$!
	exec 9< "$tmp/pipe"
	head -c 100000 <&9 > "$tmp/begin"
	"$@" "$dir/000000-PAGE_DATA.raw"
	cat <&9 > "$tmp/rest"
	exec 9<&-
	wait $pid || got=$?
	[ $got = 1 ] && told "$tool" "000000-PAGE_DATA.raw changed while it was read" &&
		not rec-ls <(cat "$tmp/begin" "$tmp/rest") 2> "$tmp/notes2"
}
poke_late() {
	poke "$1" 2883000
}
ok "pages cut off meanwhile: 1" changing truncate -s 2500000
ok "pages changed meanwhile: 1" changing poke_late
ok "pages more meanwhile: 1" changing truncate -s 3000000

if [ -n "$SANITIZED" ]; then
	skip 3 "memory under a sanitizer says nothing"
else
	"$gen/make-stream" noise 200 > "$tmp/noise"
	ok "200 MiB: 16 MiB of memory" "$here/probe" peak 16384 0 "$tmp/noise" \
		"${explode[@]}" "$tmp/noise.d"
	ok "and back" "$here/probe" peak 16384 0 /dev/null "${implode[@]}" "$tmp/noise.d"
	ok "a list of as many runs as may be: 64 MiB" eval '
		opened "$vectors/good-hvm-3" "$dir" && (cd "$dir" && many 65536) &&
		"$here/probe" peak 65536 0 /dev/null "${implode[@]}" "$dir"'
fi
plan
