#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What rec-convert does alike for all forms: its output, and what it refuses.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

dir=$tmp/dir
mkdir "$dir"
export TMPDIR=$tmp

# Nothing is in $dir but the names given, also no hidden file.
holds() {
	[ "$(ls -A "$dir")" = "$1" ] || { ls -lA "$dir"; return 1; }
}

# piped WANT FILE COMMAND...: as status, from a pipe to a pipe.
piped() {
	local want=$1 file=$2 got=0
	shift 2
	# shellcheck disable=SC2002 # a pipe is what this is about
	cat "$file" | "$@" 2> "$tmp/err" | cat > "$tmp/out" || got=$?
	[ "$got" = "$want" ] || { echo "exit $got"; cat "$tmp/err"; return 1; }
}

# --- what is a stream of version 3 comes out as it is ---
same() {
	status 0 "$1" rec-convert --to v3 && gives "$1" &&
		piped 0 "$1" rec-convert --to v3 && gives "$1" &&
		status 0 "$1" rec-convert --from v3 --to v3 -q && gives "$1"
}
for name in "$vectors"/good-*; do
	# What becomes of version 2 and of checkpoints, 56-streams.t says.
	case $name in *-2 | *checkpoint* | *end-padding) continue ;; esac
	ok "${name##*/} comes out as it is, from a file and a pipe" same "$name"
done
for name in good-tiny good-xl-none; do
	ok "$name through a pipe, cut at every byte" "$here/probe" cuts \
		"$vectors/$name" "$vectors/$name" rec-convert --to v3
done

# --- -o: there when it is whole, or not at all ---
for to in v3 image raw lime; do
	make_file=(rec-convert --to "$to" -o "$dir/file")
	rm -f "$dir"/*
	ok "$to: -o" status 0 "$vectors/good-pv-3" "${make_file[@]}"
	ok "$to: nothing is on stdout" gives /dev/null
	ok "$to: and nothing is beside it" holds file
	ok "$to: it is its owner's" [ "$(stat -c %a "$dir/file")" = 600 ]
	cp "$dir/file" "$tmp/file"
	ok "$to: again: it is there" status 5 "$vectors/good-pv-3" \
		"${make_file[@]}"
	ok "$to: it stays" cmp "$tmp/file" "$dir/file"
	ok "$to: --replace, and the input is cut" status 3 \
		"$vectors/bad-cut-no-end" "${make_file[@]}" --replace
	ok "$to: it stays" cmp "$tmp/file" "$dir/file"
	ok "$to: --replace" status 0 "$vectors/good-hvm-2" "${make_file[@]}" \
		--replace
	ok "$to: it is another" not cmp -s "$tmp/file" "$dir/file"
	ok "$to: and nothing is beside it" holds file
	rm "$dir/file"
	for name in bad-cut-no-end bad-after-end bad-kind-text bad-empty; do
		ok "$to: ${name#bad-}: refused" status 3 "$vectors/$name" \
			"${make_file[@]}"
		ok "$to: ${name#bad-}: no file" holds ""
	done
	ok "$to: no such directory" status 1 "$vectors/good-pv-3" \
		rec-convert --to "$to" -o "$dir/no/file"
	small() { (ulimit -f 4 && "${make_file[@]}"); }
	ok "$to: a disk that is full" status 1 "$vectors/good-pv-3" small
	ok "$to: is told in a line" [ "$(wc -l < "$tmp/err")" = 1 ]
	ok "$to: and nothing is left" holds ""
	cp "$vectors/good-hvm-3" "$tmp/cut"
	ok "$to: cut at many bytes" "$here/cuts" "$tmp/cut" 499 - \
		rec-convert --to "$to"
	cp "$vectors/good-tiny" "$tmp/cut"
	ok "$to: cut at every byte" "$here/cuts" "$tmp/cut" 1 - \
		rec-convert --to "$to"
done
not_here() { TMPDIR=$tmp/none rec-convert --to raw; }
ok "no TMPDIR to keep memory in" status 1 "$vectors/good-pv-3" not_here

# --- a guest has pages ---
for to in raw lime elf-core xen-core image; do
	ok "$to: a stream without pages" status 3 "$vectors/good-empty" \
		rec-convert --to "$to" -o "$dir/file"
	ok "$to: it is said" told rec-convert \
		"record 0 (END) at byte 40: the image has no PAGE_DATA"
	ok "$to: no file" holds ""
	rm -f "$dir/file"
done

# --- stdin and stdout ---
for to in v3 raw lime; do
	run=(rec-convert --to "$to")
	to_full_disk() { "${run[@]}" > /dev/full; }
	ok "$to: a full disk" status 1 "$vectors/good-pv-3" to_full_disk
	ok "$to: is told in a line" [ "$(wc -l < "$tmp/err")" = 1 ]
	no_stdout() { "${run[@]}" >&-; }
	if [ "$SANITIZED" = valgrind ]; then
		skip 1 "valgrind opens what is closed"
	else
		ok "$to: no stdout" status 1 "$vectors/good-pv-3" no_stdout
	fi
	no_stdin() { ! "${run[@]}" <&- > "$tmp/out" 2> "$tmp/err"; }
	ok "$to: no stdin" no_stdin
	ok "$to: is told in a line" [ "$(wc -l < "$tmp/err")" = 1 ]
	ok "$to: nobody reads" "$here/probe" broken_pipe \
		"$vectors/good-pv-3" "${run[@]}"
	for name in in out; do
		ok "$to: a terminal as std$name" "$here/probe" terminal \
			$name "$vectors/good-pv-3" "${run[@]}"
	done
	"${run[@]}" < "$vectors/good-pv-3" > "$tmp/want"
	ok "$to: through pipes" piped 0 "$vectors/good-pv-3" "${run[@]}"
	ok "$to: the same" gives "$tmp/want"
	ok "$to: into a file" status 0 "$vectors/good-pv-3" "${run[@]}" \
		-o "$dir/file"
	ok "$to: the same" cmp "$tmp/want" "$dir/file"
	rm -f "$dir/file"
done

# --- layers are undone first ---
layer() {
	local to
	for to in v3 raw; do
		status 5 "$vectors/$1" rec-convert --to $to &&
			grep -q "^rec-convert: hint: .*$2" "$tmp/err" || return
	done
	status 5 "$vectors/$1" rec-convert --to image -o "$dir/file" && holds ""
}
ok "a compressed stream" layer layer-compressed-pv-2 "rec-compress -d"
ok "one with checks" layer layer-check "rec-checksum -d"
ok "a sealed one" layer layer-seal "rec-encrypt -d"
ok "a part" layer layer-part "rec-split -j"

# --- the command line ---
usage() {
	status 2 /dev/null rec-convert "$@" && gives /dev/null &&
		[ "$(wc -l < "$tmp/err")" = 2 ] &&
		grep -q '^rec-convert: hint: rec-convert -h' "$tmp/err"
}
ok "no form" usage
ok "a form that is not there" usage --to v9
ok "one to be read that is not there" usage --from v9 --to v3
ok "one that cannot be written" usage --to qemu-mapped-ram
ok "--replace without -o" usage --to v3 --replace
ok "no name" usage --to v3 -o ""
ok "- is no name" usage --to v3 -o -
ok "an operand" usage --to v3 file
ok "an image to a pipe" usage --to image
ok "and it says why" says "rec-convert: --to image goes with -o: it cannot be \
written to a pipe"
ok "--absent-zeroes of a stream" usage --to raw --absent-zeroes
for size in 0 x 5G 1T; do
	ok "--lowmem $size" usage --to raw --lowmem $size
done
for pfn in 0 x 4503599627370496; do
	ok "--max-pfn $pfn" usage --to raw --max-pfn $pfn
done
ok "--forms" status 0 /dev/null rec-convert --forms
ok "a line for each" not grep -Evq \
	'^(from|    ) (to |   ) [a-z0-9-]{1,18} +[^ ].*[^ .]$' "$tmp/out"
# Each that can be read is one that --from takes; so are those of --to.
forms() {
	local from to form rest
	while IFS= read -r rest; do
		from=${rest:0:4} to=${rest:5:2}
		read -r form _ <<< "${rest:9}"
		[ "$from" != from ] || status 3 "$vectors/bad-empty" \
			rec-convert --from "$form" --to v3 || return
		[ "$from" = from ] || usage --from "$form" --to v3 || return
		[ "$to" = to ] || usage --to "$form" || return
	done <<< "$(rec-convert --forms)"
}
ok "they are what the options take" forms
forms_full() { rec-convert --forms > /dev/full; }
ok "--forms on a full disk" status 1 /dev/null forms_full

# --- limits ---
"$here/gen/lime.py" make "$tmp/lime" 0x5000+0x1000
rec-convert --to v3 < "$tmp/lime" > "$tmp/high"
ok "a pfn above the limit" status 5 "$tmp/high" rec-convert --to raw \
	--max-pfn 4
ok "and what to do" says "rec-convert: hint: --max-pfn raises that limit"
ok "one that is not above it" status 0 "$tmp/high" rec-convert --to raw \
	--max-pfn 5
for to in v3 v2 bare libxl xl; do
	ok "$to: a pfn above the limit" status 5 "$tmp/high" rec-convert -q \
		--to $to --max-pfn 4
	ok "it is told" told rec-convert \
		"record 1 (PAGE_DATA) at byte 48: pfn 0x5 is above 0x4" \
		"--max-pfn raises that limit"
	ok "$to: one that is not above it" status 0 "$tmp/high" rec-convert -q \
		--to $to --max-pfn 5
done
# A record that is read in several pieces where no limit is asked for.
"$here/gen/make-core-guest" many > "$tmp/many"
for to in v3 bare; do
	ok "$to: a pfn above the limit, late in a record" status 5 \
		"$tmp/many" rec-convert --to $to --max-pfn 139997
	ok "$to: none" status 0 "$tmp/many" rec-convert --to $to \
		--max-pfn 139998
	ok "it is as it was" gives "$tmp/many"
done
for to in raw lime; do
	ok "$to: a checkpointed stream that is to stay one" status 5 \
		"$vectors/good-checkpoint-end" rec-convert --checkpoints --to $to
done

# The first record of good-tiny, and of the next one, of 128 MiB, little.
lie() {
	head -c 48 "$vectors/good-tiny"
	printf '\x01\0\0\0\0\0\0\x08and little more'
}
if [ -n "${SANITIZED-}" ]; then
	skip 4 "a sanitizer takes memory of its own"
else
	"$here/gen/make-stream" text 64 > "$tmp/many"
	for to in v3 raw; do
		ok "$to: memory for many records" "$here/probe" peak 50000 0 \
			"$tmp/many" rec-convert --to $to
		ok "$to: memory for a length that lies" "$here/probe" peak \
			50000 3 <(lie) rec-convert --to $to
	done
fi
plan
