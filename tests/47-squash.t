#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Streams with one copy of each page, and with their pages in order.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

# Many vectors are of no whole guest: lint is not asked.
squash=(rec-edit -f --squash) regroup=(rec-edit -f --regroup)
tool=${squash[0]}
python=$here/gen/squash.py
export TMPDIR=$tmp/spill
mkdir "$TMPDIR"

# piped FILE COMMAND...: the same with a pipe, in chunks as they come.
piped() {
	# shellcheck disable=SC2002 # a pipe is what is wanted
	cat "$1" | "${@:2}"
}

# thinned FILE: of a file and of a pipe the right copies stay.
thinned() {
	"$python" thin "$1" > "$tmp/want" &&
		status 0 "$1" "${squash[@]}" && told "$tool" &&
		gives "$tmp/want" &&
		status 0 /dev/null piped "$1" "${squash[@]}" &&
		gives "$tmp/want"
}

# grouped FILE: their pages are put in order; leaves that as $tmp/grouped.
grouped() {
	status 0 "$1" "${regroup[@]}" && told "$tool" &&
		cp "$tmp/out" "$tmp/grouped" &&
		"$python" grouped "$1" "$tmp/grouped" &&
		status 0 /dev/null piped "$1" "${regroup[@]}" &&
		gives "$tmp/grouped" &&
		status 0 "$tmp/grouped" "${regroup[@]}" &&
		gives "$tmp/grouped"
}

# --- what stays ---
for file in "$vectors"/good-*; do
	want=$("$python" verdict "$file")
	if [ "$want" != 0 ]; then
		ok "${file##*/}: refused with $want" \
			status "$want" "$file" "${squash[@]}"
		ok "nothing comes out" gives /dev/null 0
		ok "${file##*/}: in order: refused with $want" \
			status "$want" "$file" "${regroup[@]}"
		ok "nothing comes out" gives /dev/null 0
		continue
	fi
	ok "${file##*/}: the last copies stay" thinned "$file"
	ok "${file##*/}: in order" grouped "$file"
done
for what in "live 4" "rounds 30" "mixed 4" "absent 9000" "text 1" "edge 0"; do
	# shellcheck disable=SC2086 # a word and a number
	"$here/gen/make-stream" $what > "$tmp/live"
	ok "$what: the last copies stay" thinned "$tmp/live"
	ok "$what: in order" grouped "$tmp/live"
done
for seed in {1..8}; do
	"$python" make "$seed" > "$tmp/live"
	ok "live stream $seed: the last copies stay" thinned "$tmp/live"
	ok "live stream $seed: in order" grouped "$tmp/live"
done
for name in libxl xl xl-none virsh; do
	"$here/gen/make-guest" $name > "$tmp/live"
	ok "$name: the last copies stay" thinned "$tmp/live"
	ok "$name: in order" grouped "$tmp/live"
done

# What the words above mean, by hand: each pfn's entries in order, and which
# of them stay.
python3 - "$here/gen" "$tmp" << 'END'
import sys
sys.path.insert(0, sys.argv[1])
from guests import *
from xenstream import *

def of(t, pfn, seed):
    return t, pfn, page(seed) if t < BROKEN else None

came = [[of(NOTAB, 1, 1), of(XTAB, 2, 0), of(L1, 3, 3), of(NOTAB, 4, 4),
         of(NOTAB, 5, 5), of(XALLOC, 6, 0), of(NOTAB, 7, 7), of(NOTAB, 7, 8)],
        [of(NOTAB, 1, 9)],
        [of(NOTAB, 2, 10), of(PINNED + L1, 3, 11), of(XALLOC, 4, 0),
         of(XTAB, 5, 0), of(NOTAB, 6, 12), of(BROKEN, 1, 0)]]
stay = [[came[0][3], came[0][7]], came[2][:2] + came[2][3:]]
for name, records in ("came", came), ("stay", stay):
    with open(f"{sys.argv[2]}/{name}", "wb") as f:
        f.write(b"".join((headers(), *map(page_data, records), END_RECORD)))
END
ok "what came last stays; XALLOC takes nothing away" \
	status 0 "$tmp/came" "${squash[@]}"
ok "a record without any of it goes" gives "$tmp/stay"
ok "what is said agrees" status 0 "$tmp/came" "${squash[@]}" -v
read -r entries pages left_entries left_pages \
	< <("$python" counts "$tmp/came")
ok "with a count" told "$tool" "$entries entries with $pages pages, left out \
$left_entries with $left_pages; 0 bytes spilled"
ok "in order too" status 0 "$tmp/came" "${regroup[@]}" -v
ok "with a count" told "$tool" "$entries entries with $pages pages, left out \
$left_entries with $left_pages; 0 bytes spilled"
ok "of a pipe" status 0 /dev/null piped "$tmp/came" "${squash[@]}" -v
ok "with the bytes that were kept" grep -q \
	"; $(stat -c %s "$tmp/came") bytes spilled\$" "$tmp/err"

# --- what a restore makes of it ---
image() {
	rm -f "$tmp/$2"
	xc-absorb --image "$tmp/$2" < "$1" > "$tmp/receipt"
}
# same_guest FILE: stored by xc-absorb, it and what was left of it.
same_guest() {
	"${squash[@]}" < "$1" > "$tmp/thin" &&
		"${regroup[@]}" < "$1" > "$tmp/grouped" &&
		image "$1" image.one && image "$tmp/thin" image.other &&
		"$python" images "$tmp/image.one" "$tmp/image.other" &&
		image "$tmp/grouped" image.grouped &&
		"$here/gen/stored.py" alike "$tmp/image.other" \
			"$tmp/image.grouped"
}
for seed in {1..6}; do
	"$here/gen/make-guest" random "$seed" > "$tmp/live"
	if [ "$("$python" verdict "$tmp/live")" = 0 ]; then
		ok "guest $seed: stored, it is the same" \
			same_guest "$tmp/live"
	else
		ok "guest $seed: refused" status 5 "$tmp/live" "${squash[@]}"
	fi
done
for what in "rounds 2" zeroed libxl xl; do
	# shellcheck disable=SC2086
	"$here/gen/make-guest" $what > "$tmp/live"
	ok "$what: stored, it is the same guest" same_guest "$tmp/live"
	ok "nothing is wrong with it" status 0 "$tmp/thin" \
		rec-ls --lint --strict
	ok "nor in order" status 0 "$tmp/grouped" rec-ls --lint --strict
done

# --- large pages ---
superpages() {
	[ "$("$python" superpages "$1")" = "$2" ] && return
	echo "$("$python" superpages "$1") large pages"
	return 1
}
"$here/gen/make-stream" live 8 > "$tmp/live"
"${regroup[@]}" < "$tmp/live" > "$tmp/grouped"
ok "batches of 64: no large page" superpages "$tmp/live" 0
ok "in order: all four of 8 MiB" superpages "$tmp/grouped" 4
python3 - "$here/gen" "$tmp/live" << 'END'
import sys
sys.path.insert(0, sys.argv[1])
from guests import *
from xenstream import *

def batch(first, end, seed):
    return page_data([(NOTAB, n, page(seed + n)) for n in range(first, end)])

# 3 MiB from an odd place on, as it came, and again; then one page more.
with open(sys.argv[2], "wb") as f:
    f.write(headers() + static(3) + batch(300, 700, 0) +
            record(0x80000001, b"between") + batch(700, 1068, 0) +
            batch(600, 620, 9) + page_data([(XTAB, 900, None)]) +
            batch(299, 300, 0) + hvm_tail() + END_RECORD)
END
ok "a torn one, with a hole in another" grouped "$tmp/live"
ok "no large page" superpages "$tmp/grouped" 0
ok "nothing is torn" status 0 "$tmp/grouped" rec-ls --lint --strict
ok "what came in between stands behind it" \
	grep -q '^ *5 .*type 0x80000001' <(rec-ls -l -v "$tmp/grouped")

"$here/gen/make-guest" still > "$tmp/live"
ok "what Xen sends of a guest that stands still is in order" \
	status 0 "$tmp/live" "${regroup[@]}"
ok "it stays as it is" gives "$tmp/live"

# --- where it is read ---
offset() {
	{
		dd bs=1 count=77 status=none of=/dev/null
		"$@"
	} < "$tmp/behind"
}
"$here/gen/make-stream" live 2 > "$tmp/live"
{ head -c 77 /dev/urandom; cat "$tmp/live"; } > "$tmp/behind"
for option in squash regroup; do
	declare -n words=$option
	"${words[@]}" < "$tmp/live" > "$tmp/want"
	ok "$option: a stream that starts within its file" \
		status 0 /dev/null offset "${words[@]}"
	ok "the same comes out" gives "$tmp/want"
done

size=$(stat -c %s "$tmp/live")
ok "a pipe may be as long as the limit" \
	status 0 /dev/null piped "$tmp/live" "${regroup[@]}" --spill "$size"
ok "the same comes out" gives "$tmp/want"
ok "but not longer" status 5 /dev/null \
	piped "$tmp/live" "${regroup[@]}" --spill $((size - 1))
ok "nothing comes out" gives /dev/null 0
ok "it is said" told "$tool" "record 11 (END) at byte $((size - 8)): the \
stream is longer than the $((size - 1)) bytes that may be kept of a pipe" \
	"give it a regular file, or let it keep more with --spill"
ok "a file is not kept" status 0 "$tmp/live" "${squash[@]}" --spill 0
nowhere() {
	# shellcheck disable=SC2002
	cat "$tmp/live" | TMPDIR=$tmp/nowhere "$@"
}
ok "no directory" status 1 /dev/null nowhere "${squash[@]}"
ok "it is said" told "$tool" \
	"cannot make a file in $tmp/nowhere: No such file or directory" \
	"TMPDIR names another directory; a regular file as input needs none"
limited() {
	(ulimit -f 100 && "$@")
}
ok "a limit of size" status 1 /dev/null \
	piped "$tmp/live" limited "${squash[@]}"
ok "it is said which file" grep -q \
	"^$tool: file in $TMPDIR: write at byte [0-9]*: File too large" \
	"$tmp/err"
empty() {
	[ -z "$(ls -A "$TMPDIR")" ]
}
ok "nothing is left there" empty
# The file is found by its size and by having no name, while the pipe is open:
# what the test's own output goes to may be a large file, too.
killed() {
	local pid got=0
	mkfifo "$tmp/pipe"
	"${squash[@]}" < "$tmp/pipe" > "$tmp/out" 2> "$tmp/err" &
	pid=$!
	exec 3> "$tmp/pipe"
	rm "$tmp/pipe"
	head -c $((size - 8)) "$tmp/live" >&3
	until find -L "/proc/$pid/fd" -type f -links 0 -size +32k \
		-printf '%m\n' > "$tmp/mode" && [ -s "$tmp/mode" ]; do :; done
	empty || echo "it has a name"
	kill -KILL "$pid"
	wait "$pid" || got=$?
	exec 3>&-
	[ "$got" = 137 ] && [ "$(< "$tmp/mode")" = 600 ] && empty
}
ok "the file has no name, and is for its owner only" killed

# --- a file that changes ---
"$here/gen/make-stream" text 12 > "$tmp/text"
"$here/gen/make-stream" text 2 > "$tmp/short"

# changed COMMAND...: what EDIT does to the stream, once its first bytes are
# out, and before there was room for much more, is noticed.
changed() {
	local got=0
	cp "$stream" "$tmp/changing"
	mkfifo "$tmp/pipe"
	"$@" < "$tmp/changing" > "$tmp/pipe" 2> "$tmp/err" &
	exec 3< "$tmp/pipe"
	rm "$tmp/pipe"
	head -c 1 <&3 > "$tmp/out"
	$edit
	cat <&3 >> "$tmp/out"
	wait $! || got=$?
	exec 3<&-
	[ "$got" = 1 ] || { echo "exit $got"; return 1; }
	told "$tool" "the input has changed while it was read" \
		"nobody may write to the file meanwhile" &&
		not status 0 "$tmp/out" rec-null 1
}
poke() {
	printf x | dd of="$tmp/changing" bs=1 seek="$1" conv=notrunc \
		status=none
}
at_end() { poke 12000000; }
in_first() { poke 5000; }
in_header() { poke 11569472; }
shorter() { truncate -s 9000000 "$tmp/changing"; }
another() { cat "$tmp/short" > "$tmp/changing"; }
stream=$tmp/text
for edit in at_end shorter another in_header; do
	ok "$edit: noticed" changed "${squash[@]}"
done
for edit in at_end in_first shorter another in_header; do
	ok "$edit: noticed, in order" changed "${regroup[@]}"
done
# wrapped FILE: it in a libxl stream.
wrapped() {
	PYTHONPATH=$here/gen python3 -c '
import sys
from xenstream import libxl
sys.stdout.buffer.write(libxl(sys.stdin.buffer.read()))' < "$1"
}
wrapped "$tmp/text" > "$tmp/libxl"
wrapped "$tmp/short" > "$tmp/notes" && mv "$tmp/notes" "$tmp/short"
stream=$tmp/libxl
for edit in at_end another; do
	ok "$edit, in a libxl stream: noticed" changed "${squash[@]}"
	ok "in order, too" changed "${regroup[@]}"
done

# --- what is refused ---
refused() {
	local file got
	for file; do
		got=0
		"${squash[@]}" < "$file" > "$tmp/out" 2> "$tmp/err" || got=$?
		[[ $got == [35] && ! -s $tmp/out && -s $tmp/err ]] ||
			{ echo "$file: exit $got"; return 1; }
	done
}
bad=("$vectors"/bad-[!l]* "$vectors"/bad-l[!a]* "$vectors"/cut-*
	"$vectors"/layer-*)
ok "${#bad[@]} bad, cut and packed streams: nothing comes out" \
	refused "${bad[@]}"
"$here/gen/make-stream" verify > "$tmp/verify"
ok "VERIFY" status 5 "$tmp/verify" "${squash[@]}"
ok "it is said" told "$tool" "record 1 (VERIFY) at byte 4160: the pages \
behind it are compared by a restore, not taken" \
	"it is a stream to debug Xen with; save the guest without"
ok "checkpoints" status 5 "$vectors/good-checkpoint-end" "${squash[@]}"
ok "it is said" says "$tool: hint: each of its checkpoints is a guest of its \
own"
ok "a layer" status 5 "$vectors/layer-check" "${squash[@]}"
ok "it is said" grep -q "hint: undo it first: rec-checksum -d" "$tmp/err"
PYTHONPATH=$here/gen python3 -c '
import sys
from xenstream import *
sys.stdout.buffer.write(
    headers() + page_data([(XTAB, 1, None), (XALLOC, 2, None)]) +
    record(0x80000001, b"odd") + page_data([(XTAB, 2, None)]) + END_RECORD)
' > "$tmp/tiny"
ok "cut at every byte, of a pipe" "$here/probe" stops "$tmp/tiny" - \
	"${squash[@]}"
cut_file() {
	local n got
	for ((n = 0; n < $(stat -c %s "$tmp/tiny"); n += 5)); do
		head -c "$n" "$tmp/tiny" > "$tmp/cut"
		got=0
		"$@" < "$tmp/cut" > "$tmp/out" 2> "$tmp/err" || got=$?
		[[ $got == 3 && ! -s $tmp/out ]] ||
			{ echo "cut at $n: exit $got"; return 1; }
	done
}
ok "and of a file: nothing comes out" cut_file "${squash[@]}"
ok "in order, too" cut_file "${regroup[@]}"
full() {
	"$@" > /dev/full
}
ok "a full disk" status 1 "$tmp/live" full "${squash[@]}"
ok "nobody reads" "$here/probe" broken_pipe "$tmp/live" "${squash[@]}"

# --- memory ---
"$here/gen/make-guest" large 16 > "$tmp/live"
if [ -z "${SANITIZED-}" ]; then
	ok "memory: 8 bytes for each of 4M pfns, and some" \
		"$here/probe" peak 60000 0 "$tmp/live" "${squash[@]}"
	ok "in order, too" "$here/probe" peak 60000 0 "$tmp/live" \
		"${regroup[@]}"
	"$here/gen/make-stream" text 30 > "$tmp/live"
	ok "a record, and not the stream" \
		"$here/probe" peak 24000 0 "$tmp/live" "${regroup[@]}"
	"$here/gen/make-guest" scattered 2000000 > "$tmp/live"
	ok "pfns that lie scattered: refused" \
		"$here/probe" peak 60000 5 "$tmp/live" "${squash[@]}"
else
	skip 4 "a sanitizer takes memory of its own"
fi
plan
