#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# System calls that are interrupted, not ready, or fail.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# inject CALL FAULT COMMAND...: strace writes what it does to $tmp/calls, not
# to the filter's stderr.  LeakSanitizer does not work under it.
inject() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -a 1 \
		-P "$tmp/input" -P "$tmp/out" -o "$tmp/calls" \
		-e trace="$1" -e inject="$1:$2" "${@:3}"
}

: > "$tmp/input"
strace -qq -o "$tmp/calls" true 2> "$tmp/err" ||
	skip_all "strace cannot trace here: $(head -n 1 "$tmp/err")"

# input FILE: what the filter in ${run[@]} is fed, as $tmp/input, and what it
# makes of it, as $tmp/want.
input() {
	case ${run[1]} in
	-d) "${run[0]}" < "$1" > "$tmp/input" ;;
	-j) rec-split -b 64K --filter cat x < "$1" > "$tmp/input" ;;
	*) cp "$1" "$tmp/input" ;;
	esac
	"${run[@]}" < "$tmp/input" > "$tmp/want"
}

injected() {
	grep -q INJECTED "$tmp/calls"
}

# passes CALL ERROR: the filter tries again where CALL says ERROR.
passes() {
	status 0 "$tmp/input" inject "$1" "error=$2:when=1+5" "${run[@]}" &&
		gives "$tmp/want" && injected
}

# fails CALL ERROR N TEXT: the filter ends with 1 and one line when the Nth
# CALL says ERROR; what it wrote is right, and END is not there.
fails() {
	local size
	status 1 "$tmp/input" inject "$1" "error=$2:when=$3" "${run[@]}" &&
		[ "$(wc -l < "$tmp/err")" = 1 ] &&
		grep -q "^${run[0]}: ${1%v} at byte [0-9]*: $4\$" \
			"$tmp/err" || return
	size=$(stat -c %s "$tmp/out")
	[ "$size" -le $(($(stat -c %s "$tmp/want") - 8)) ] &&
		cmp -n "$size" "$tmp/want" "$tmp/out"
}

# each_call CALL ERROR TEXT: fails each CALL that the filter makes.
each_call() {
	local n

	for ((n = 1; ; n++)); do
		fails "$1" "$2" "$n" "$3" > "$tmp/why" && continue
		injected || break
		cat "$tmp/why" "$tmp/err"
		return 1
	done
	[ "$n" -gt 2 ] && status 0 "$tmp/input" "${run[@]}"
}

close_fails() {
	status 1 "$tmp/input" inject close error=EIO "${run[@]}" &&
		told "${run[0]}" "close after byte \
$(stat -c %s "$tmp/want"): Input/output error"
}

id=00000000000000000000000000000000
same_random
for filter in "rec-null 1" "rec-null 3" "rec-compress -T 1" \
	"rec-compress -T 3" "rec-compress -d -T 1" "rec-compress -d -T 3" \
	"rec-checksum --id $id -T 1" "rec-checksum -d -T 1" \
	"rec-checksum -d -T 3" "rec-encrypt -T 1" "rec-encrypt -T 3" \
	"rec-encrypt -d -T 1" "rec-encrypt -d -T 3" "rec-split -j - -T 1" \
	"rec-split -j - -T 3" "rec-edit -f --drop pfn=1" \
	"rec-convert --from v3 --to v3 --max-pfn 1001"; do
	read -ra run <<< "$filter"
	# With checkpoints there is more than one chunk.
	case $filter in
	rec-encrypt* | rec-split*) input "$vectors/good-libxl-checkpoint-end" ;;
	*) input "$vectors/good-libxl" ;;
	esac
	for call in readv writev; do
		for error in EINTR EAGAIN; do
			ok "$filter: $call says $error" passes $call $error
		done
	done
	# tests/torture fails each call of every filter, below which strace is
	# the witness.  It counts the calls of each thread for itself.
	case $filter in
	"rec-null 1" | "rec-encrypt -d -T 1") ;;
	*) continue ;;
	esac
	ok "$filter: EIO at any read" each_call readv EIO \
		"Input/output error"
	ok "$filter: ENOSPC at any write" each_call writev ENOSPC \
		"No space left on device"
	ok "$filter: EIO at any write" each_call writev EIO \
		"Input/output error"
	ok "$filter: EIO at close" close_fails
done

# Between pipes, what is only looked at is teed.
"$here/gen/make-stream" text 8 > "$tmp/input"
rec-checksum --id $id < "$tmp/input" > "$tmp/want"
# tees CONDITION...: the same comes out of pipes; tee(2) as the strace says.
tees() {
	# shellcheck disable=SC2002 # a pipe is what this is about
	cat "$tmp/input" | ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 \
		strace -f -qq -a 1 -o "$tmp/calls" -e trace=tee "$@" \
		rec-checksum --id $id | cat > "$tmp/out"
	gives "$tmp/want"
}
ok "between pipes" tees
ok "it is teed" grep -q 'tee(0, 1, .*= [1-9]' "$tmp/calls"
for error in EINTR EAGAIN EINVAL ENOMEM; do
	ok "tee says $error" tees -e inject=tee:error=$error:when=2+3
	ok "it does" injected
done
plan
