#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The reader and the writer of streams, alone: rec-null changes nothing.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# One line of the vectors' table.
one() {
	local threads=$1 file=$2 want=$4 out=$5 message=$6 hint=$7

	ok "-T $threads: ${file##*/}, $3" expect "$want" "$file" "$out" \
		"$message" "$hint" rec-null "$threads"
}
for threads in 1 2 3 8; do
	table any one "$threads"
	table rec-null one "$threads"
done

remake() {
	mkdir "$tmp/vectors"
	"$here/gen/make-vectors" "$tmp/vectors"
	diff -r -x seal -x age -x mapped-ram "$tmp/vectors" "$vectors"
}
ok "the vectors are what tests/gen/make-vectors makes" remake

for name in tiny libxl-early xl-none virsh; do
	ok "$name cut at every byte" "$here/probe" cuts \
		"$vectors/good-$name" "$vectors/good-$name" rec-null
done

for what in "mixed 5" "long 0" "long 65536"; do
	# shellcheck disable=SC2086 # a word and a number
	"$here/gen/make-stream" $what > "$tmp/stream"
	for threads in 1 2 3 8; do
		ok "-T $threads: $what" expect 0 "$tmp/stream" \
			"$(stat -c %s "$tmp/stream")" "" "" rec-null "$threads"
	done
done
"$here/gen/make-stream" lie 5000000 > "$tmp/stream"
ok "a length that lies is a cut" status 3 "$tmp/stream" rec-null
ok "and it says where" told rec-null \
	"cut short at byte 5000056, without END"

# A large record is handed on while it comes, but not behind a checkpoint:
# there only whole ones are.
{
	cat "$vectors/cut-checkpoint"
	printf '\1\0\0\0\0\0\x40\0'
	head -c 1000000 /dev/zero
} > "$tmp/stream"
size=$(stat -c %s "$vectors/cut-checkpoint")
ok "a large record behind a checkpoint, cut" expect 3 "$tmp/stream" "$size" \
	"ends at byte $((size + 1000008)) without END, \
after 2 complete checkpoints" "" rec-null
plan
