#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-compress: what it makes of streams, and what it refuses.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

pack() {
	rec-compress "$@" > "$tmp/packed" 2> "$tmp/err"
}

# round FILE OPTION...: FILE, packed with these options, comes back.
round() {
	local file=$1
	shift
	pack "$@" < "$file" &&
		status 0 "$tmp/packed" rec-compress -d -T 2 &&
		gives "$file"
}
for file in "$vectors"/good-*; do
	ok "${file##*/} comes back" round "$file"
done

# cut FILE WHAT STATUS BYTES...: all whole records come back, and no END.
cut() {
	local file=$1 out=$4 got=0
	pack < "$file" || got=$?
	[ "$got" = 3 ] && status 3 "$tmp/packed" rec-compress -d &&
		head -c "$out" "$file" | cmp - "$tmp/out"
}
each_cut() {
	case ${1##*/} in cut-*) ok "${1##*/} comes back" cut "$@" ;; esac
}
table any each_cut

# What the table says of streams that have a layer, or should have.
one() {
	local tool=$1 option=$2 file=$3 want=$5 out=$6 message=$7 hint=$8
	local threads

	for threads in 1 2 3 8; do
		# shellcheck disable=SC2086 # no option is no word
		ok "$tool $option -T $threads: ${file##*/}, $4" \
			expect "$want" "$file" "$out" "$message" "$hint" \
			"$tool" $option -T "$threads"
	done
}
table rec-compress one rec-compress ""
table "rec-compress -d" one rec-compress -d

# Larger streams, all levels, all numbers of threads.
"$here/gen/make-stream" mixed 5 > "$tmp/mixed"
rec-compress -T 1 < "$tmp/mixed" > "$tmp/want"
for option in -T2 -T3 -T8 -T0; do
	ok "$option makes the same bytes as -T 1" \
		status 0 "$tmp/mixed" rec-compress $option
	ok "$option: they are the same" gives "$tmp/want"
	ok "-d $option" status 0 "$tmp/want" rec-compress -d $option
	ok "-d $option gives the stream back" gives "$tmp/mixed"
done
for option in -1 -3 -19 --fast --fast=7 --fast=131072; do
	ok "level $option comes back" round "$tmp/mixed" $option
done
rec-compress -9 < "$tmp/mixed" > "$tmp/nine"
ok "two levels are taken" status 0 "$tmp/mixed" \
	rec-compress -1 --fast=3 -2 -T 3 -9
ok "the last one holds" gives "$tmp/nine"
ok "-t is content" status 0 "$tmp/want" rec-compress -t
ok "-t writes nothing" gives /dev/null

size() {
	stat -c %s "$1"
}
smaller() {
	[ "$(size "$1")" -lt "$2" ]
}
"$here/gen/make-stream" text 4 > "$tmp/text"
ok "pages that compress" round "$tmp/text"
ok "take a tenth" smaller "$tmp/packed" $(((4 << 20) / 10))
first=$(size "$tmp/packed")
pack -9 < "$tmp/text"
ok "-9 makes less than -1" smaller "$tmp/packed" "$first"
pack --fast=1000 < "$tmp/text"
ok "--fast=1000 makes more" not smaller "$tmp/packed" "$first"
"$here/gen/make-stream" noise 4 > "$tmp/noise"
ok "pages that do not compress" round "$tmp/noise"
ok "grow by 100 bytes a record" \
	smaller "$tmp/packed" $(($(size "$tmp/noise") + 4 * 100 + 1))

"$here/gen/make-stream" long 0 > "$tmp/long"
ok "a record of 128 MiB that does not compress" round "$tmp/long"
"$here/gen/make-stream" long 65512 > "$tmp/long"
ok "the longest of ours" round "$tmp/long"
"$here/gen/make-stream" long 65520 > "$tmp/long"
ok "one that is longer" status 5 "$tmp/long" rec-compress
ok "is refused" told rec-compress \
	"record 0 (CHECK) at byte 40: too long to be packed once more"
rm "$tmp/long"

"$here/gen/make-stream" bomb 100 > "$tmp/bomb"
ok "4 KiB that hold 100 MiB are a record" status 0 "$tmp/bomb" \
	rec-compress -d
ok "and come out" smaller "$tmp/out" $(((100 << 20) + 100))
"$here/gen/make-stream" bomb 129 > "$tmp/bomb"
ok "4 KiB that hold 129 MiB are not" status 3 "$tmp/bomb" rec-compress -d
if [ -n "${SANITIZED-}" ]; then
	skip 3 "a sanitizer takes memory of its own"
else
	ok "nothing is taken for it" "$here/probe" peak 20000 3 \
		"$tmp/bomb" rec-compress -d -T 1
	for name in frame-bomb bomb; do
		ok "nor for $name" "$here/probe" peak 20000 3 \
			"$vectors/bad-compressed-$name" rec-compress -d -T 1
	done
fi

# The command line.
usage() {
	local message=$1
	shift
	status 2 "$vectors/good-tiny" rec-compress "$@" &&
		gives /dev/null &&
		told rec-compress "$message" "rec-compress -h lists the options"
}
ok "level -0" usage "levels are -1 to -19" -0
ok "level -20" usage "levels are -1 to -19" -20
ok "--fast=0" usage "--fast takes 1 to 131072" --fast=0
ok "--fast=131073" usage "--fast takes 1 to 131072" --fast=131073
ok "--fast=7x" usage "--fast takes 1 to 131072" --fast=7x
for threads in 257 -1 x 1x "" " 1" 99999999999999999999; do
	ok "-T '$threads'" usage "-T takes 0 to 256" -T "$threads"
done
ok "-T alone" usage "-T needs a value" -T
ok "an unknown letter" usage "not understood: -x" -x
ok "an unknown letter before a known one" usage "not understood: -x" -xd
ok "and after one" usage "not understood: -x" -dx
ok "a level with more digits" usage "levels are -1 to -19" -191
ok "an unknown word" usage "not understood: --nonsense" --nonsense
ok "an operand" usage \
	"no operand is taken, not 'file': the stream comes on stdin" file
for option in -h --help -V --version; do
	ok "$option" status 0 /dev/null rec-compress "$option"
	ok "$option: on stdout" test -s "$tmp/out"
	ok "$option: nothing on stderr" told rec-compress
done
ok "-h into a full disk" status 1 /dev/null \
	bash -c 'rec-compress -h > /dev/full'
plan
