#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-compress: pages by class, what each class saves, the window, and what is
# left of damaged streams.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

size() {
	stat -c %s "$1"
}

# stat_is FILTER NUMBER: whether the last --stats=json had that number.
stat_is() {
	local got
	got=$(jq "$1" "$tmp/err")
	[ "$got" = "$2" ] && return
	echo "$1 is $got, not $2"
	return 1
}

# at_most FILTER NUMBER
at_most() {
	[ "$(jq "$1" "$tmp/err")" -le "$2" ] && return
	jq . "$tmp/err"
	return 1
}

# Eight MiB: 256 pfns of each of eight kinds, three of which come again.
"$here/gen/make-stream" live 8 > "$tmp/live"
each=256
ok "a live stream is packed" status 0 "$tmp/live" \
	rec-compress -T 2 --stats=json
cp "$tmp/out" "$tmp/packed"
ok "zero pages" stat_is .detail.pages.zero $((2 * each))
ok "pages of one word" stat_is .detail.pages.word $each
ok "pages that came before" stat_is .detail.pages.same $((2 * each))
ok "pages that changed in a word" stat_is .detail.pages.changed $each
ok "pages that will not shrink" stat_is .detail.pages.stored $each
ok "the others" stat_is .detail.pages.packed $((4 * each))
ok "a changed page takes 8 bytes at most" at_most .detail.bytes.changed $((8 * each))
ok "a stored one 4096" stat_is .detail.bytes.stored $((4096 * each))
ok "what zero, repeated and earlier pages take is in the index" \
	at_most .detail.bytes.index $((10 * each))
# Record header, ours, that of pages; padding, and parts of bytes.
ok "all of it is told" jq -e '.detail | .page_records_packed - (.bytes | add) -
	.page_records * (8 + 24 + 48) | . >= 0 and . <= 8 * $records' \
	--argjson records "$(jq .detail.page_records "$tmp/err")" "$tmp/err"
ok "bytes are those of the files" test \
	"$(jq -r '"\(.bytes_in) \(.bytes_out)"' "$tmp/err")" = \
	"$(size "$tmp/live") $(size "$tmp/packed")"

undone() {
	"$here/gen/unpack-pages" < "$1" > "$tmp/plain" 2> "$tmp/classes" &&
		cmp "$2" "$tmp/plain"
}
ok "who reads the specification undoes it" undone "$tmp/packed" "$tmp/live"
ok "-d does" status 0 "$tmp/packed" rec-compress -d --stats=json
ok "bit for bit" gives "$tmp/live"
ok "and counts the same" stat_is .detail.pages.changed $each
for threads in 1 3 8; do
	ok "-T $threads packs the same" status 0 "$tmp/live" \
		rec-compress -T $threads
	ok "bytes" gives "$tmp/packed"
	ok "-d -T $threads" status 0 "$tmp/packed" rec-compress -d -T $threads
	ok "gives it back" gives "$tmp/live"
done
portable() {
	GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-SSE4_2,-ERMS \
		"$@"
}
ok "without the processor's wide registers too" status 0 "$tmp/live" \
	portable rec-compress -T 2
ok "the same" gives "$tmp/packed"

ok "-l lists" status 0 "$tmp/packed" rec-compress -l
ok "the classes" grep -Eq "^changed since +$each +[0-9.]+ % +[0-9]+ " \
	"$tmp/out"
ok "-l of a damaged stream" status 4 \
	<(head -c 5000 "$tmp/packed"; tr '\0' x < "$tmp/packed" |
		tail -c +5001) rec-compress -l
ok "lists nothing" gives /dev/null

# A million pfns without pages.
"$here/gen/make-stream" scattered 8 > "$tmp/scattered"
ok "pfns that lie apart" status 0 "$tmp/scattered" rec-compress
ok "take a hundredth" test $((100 * $(size "$tmp/out"))) -lt \
	"$(size "$tmp/scattered")"
cp "$tmp/out" "$tmp/few"
ok "and come back" status 0 "$tmp/few" rec-compress -d
ok "all of them" gives "$tmp/scattered"

# Nor do those that no list makes shorter grow.
"$here/gen/make-stream" absent 65536 > "$tmp/absent"
ok "pfns and types at random" status 0 "$tmp/absent" \
	rec-compress --fast=131072
ok "are kept as they are" test "$(size "$tmp/out")" -le \
	$(($(size "$tmp/absent") + 24))
cp "$tmp/out" "$tmp/few"
ok "and come back" status 0 "$tmp/few" rec-compress -d
ok "the same" gives "$tmp/absent"

# The window.
pages() {
	status 0 "$tmp/live" rec-compress --window "$1" --stats=json &&
		stat_is .detail.pages.changed "$2" && stat_is .detail.pages.same "$3" &&
		cp "$tmp/out" "$tmp/other" &&
		status 0 "$tmp/other" rec-compress -d && gives "$tmp/live"
}
ok "a window of none finds nothing" pages 0 0 0
ok "one of a page finds the page before" pages 4K 0 $each
ok "one that holds all finds all" pages 6M $each $((2 * each))
ok "one in between finds some" pages 2M 0 $each
# Each way at one thread and at several, which keep pages apart longer.
edge() {
	local pack unpack
	"$here/gen/make-stream" edge "$1" > "$tmp/edge"
	rec-compress --window 4K < "$tmp/edge" > "$tmp/other"
	for pack in 1 2 4; do
		status 0 "$tmp/edge" rec-compress --window 4K -T $pack \
			--stats=json && gives "$tmp/other" &&
			stat_is ".detail.pages.$2" 1 || return
	done
	for unpack in 1 2 4; do
		status 0 "$tmp/other" rec-compress -d -T $unpack &&
			gives "$tmp/edge" || return
	done
}
ok "a page at the window's far end is found" edge 0 same
ok "and one changed since" edge 1 changed
ok "a larger one than is taken unasked" status 0 "$tmp/live" \
	rec-compress --window 300M
cp "$tmp/out" "$tmp/large"
for tool in "rec-compress -d" "rec-compress -t" rec-ls \
	"xc-absorb -t" "xc-absorb --image $tmp/image"; do
	# shellcheck disable=SC2086 # words
	ok "$tool refuses it" status 5 "$tmp/large" $tool
	ok "and says what to do" told "${tool%% *}" "record 0 (COMPRESSED) \
at byte 40: takes a window of 300 MiB, the limit is 256 MiB" \
		"-M 300M lets it take as much"
done
ok "-M 300M takes it" status 0 "$tmp/large" rec-compress -d -M 300M
ok "and gives it back" gives "$tmp/live"
ok "rec-ls does" status 0 "$tmp/large" rec-ls -M 300M
ok "-M 1M" status 5 "$tmp/packed" rec-compress -d -M 1M
ok "-M in bytes" status 0 "$tmp/packed" rec-compress -t -M 67108864
for size in "" x 1x -1 4T 1.5M 17G 99999999999999999999; do
	ok "--window '$size'" status 2 "$tmp/live" rec-compress \
		--window "$size"
	ok "says what it takes" told rec-compress \
		"--window takes 0M to 16G, of bytes, K, M or G" "rec-compress -h lists the options"
done
ok "-M of less than a MiB" status 2 "$tmp/packed" rec-compress -d -M 4K
ok "-M without -d" status 2 "$tmp/live" rec-compress -M 1M
ok "--window with -d" status 2 "$tmp/packed" rec-compress -d --window 1M
ok "--salvage without -d" status 2 "$tmp/live" rec-compress --salvage
ok "--stats=xml" status 2 "$tmp/live" rec-compress --stats=xml

if [ -n "${SANITIZED-}" ]; then
	skip 2 "a sanitizer takes memory of its own"
else
	"$here/gen/make-stream" text 64 > "$tmp/text"
	rec-compress --window 4M < "$tmp/text" > "$tmp/small"
	ok "the window bounds memory" "$here/probe" peak 50000 0 \
		"$tmp/text" rec-compress --window 4M -T 2
	ok "on either side" "$here/probe" peak 50000 0 "$tmp/small" \
		rec-compress -d -T 2
	rm "$tmp/text" "$tmp/small"
fi

# What is left of damaged streams.
"$here/gen/make-stream" live 1 > "$tmp/little"
rec-compress < "$tmp/little" > "$tmp/whole"
for threads in 1 3; do
	ok "--salvage -T $threads keeps what is sound, and says what is not" \
		"$here/salvage" "$tmp/little" "$tmp/whole" $threads
done
ok "--salvage of a sound stream" status 0 "$tmp/whole" \
	rec-compress -d --salvage
ok "is -d" gives "$tmp/little"
ok "without a word" told rec-compress
cut() {
	head -c $(($(size "$tmp/whole") - $1)) "$tmp/whole"
}
ok "--salvage of a stream that is not packed" status 5 "$tmp/little" \
	rec-compress -d --salvage
ok "--salvage of a cut one" status 3 <(cut 4) rec-compress -d --salvage
ok "gives all whole records" gives "$tmp/little" \
	$(($(size "$tmp/little") - 8))
plan
