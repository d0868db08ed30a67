#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The rules that every filter keeps, for every filter and direction.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# A filter, in one direction, is a line:
#   command | how it takes threads, or no | what makes its input from a plain stream
#           | what makes the plain stream from its output | is it a tool
#           | KiB of memory it may take: for rec-compress 48 MiB and a window
#           | checkpoints: whether it takes streams with them
#           | container: whether what comes out, or in, is one
#           | stands: it has no --pass-after-end (alone), and what writes its
#             output is a command of its own (out) or it takes more behind an
#             END (in)
# rec-null is none: it leaves the command line and terminals to others.
# rec-encrypt and rec-split draw the same random numbers each time; through is a
# command that rec-split feeds.
filters='
rec-null        |    | cat          | cat             | no  | 50000  | yes
rec-compress    | -T | cat          | rec-compress -d | yes | 114688 | yes
rec-compress -d | -T | rec-compress | cat             | yes | 114688 | yes
rec-checksum --id 00000000000000000000000000000000 | -T | cat | rec-checksum -d | yes | 50000 | no
rec-checksum -d | -T | rec-checksum | cat             | yes | 50000  | no
rec-encrypt     | -T | cat          | rec-encrypt -d  | yes | 50000  | yes | out
rec-encrypt -d  | -T | rec-encrypt  | cat             | yes | 50000  | yes | in
rec-split -b 1G --filter through x | -T | cat | rec-split -j - | no | 50000 | yes | out | out
rec-split -j -  | -T | rec-split -b 1G --filter through x | cat | yes | 50000 | yes | in | in
rec-edit -f     | no | cat          | cat             | yes | 50000  | yes
rec-edit -f -q --drop index=99999999 --keep index=0-9999999 | no | cat | cat | yes | 50000 | yes
rec-convert --from v3 --to v3 --checkpoints | no | cat | cat | yes | 50000 | yes | | alone
'

# Sets $run to the command of the filter with $1 threads, and option $2.  One
# that takes no threads gets an x alone, which is wrong.
with() {
	local flag=$flag threads=$1
	if [ "$flag" = no ]; then
		flag=
		threads=${1%%[0-9]*}
	fi
	# shellcheck disable=SC2206 # words
	run=($command $flag $threads ${2-})
}

# into FILE: the filter's input from a plain stream, as $tmp/input.
into() {
	# shellcheck disable=SC2086 # words
	$prepare < "$1" > "$tmp/input" 2> "$tmp/prepare"
}

# plainly FILE [COUNT]: whether $tmp/out is, for a plain reader, FILE or its
# first COUNT bytes.
plainly() {
	cp "$tmp/out" "$tmp/kept"
	# shellcheck disable=SC2086 # words
	$undo < "$tmp/kept" > "$tmp/plain" 2> "$tmp/undo" || [ -n "${2-}" ] &&
		head -c "${2:--0}" "$1" | cmp - "$tmp/plain"
}

# What the filter makes of $tmp/input, with one thread, is to become of it
# with any number of threads: $tmp/one.  $1: the status, $2: the message, $3:
# the hint.
same_for_all() {
	local threads
	with 1
	status "$1" "$tmp/input" "${run[@]}" &&
		told "${run[0]}" "${2-}" "${3-}" || return
	cp "$tmp/out" "$tmp/one"
	for threads in 2 3 8; do
		with $threads
		status "$1" "$tmp/input" "${run[@]}" &&
			told "${run[0]}" "${2-}" "${3-}" &&
			gives "$tmp/one" || return
	done
}

unchanged() {
	into "$1" && same_for_all 0 && plainly "$1"
}

# Each of the table's cut-*: all whole records, no END, and how many
# checkpoints are complete.
checkpoints() {
	case ${1##*/} in cut-*) ;; *) return 0 ;; esac
	ok "$command: ${1##*/}, $2" cut_checkpoint "$@"
}
cut_checkpoint() {
	local file=$1 out=$4 count=${5#*END, }
	into "$file" || [ $? = 3 ] || return
	if [ "$container" = in ]; then
		same_for_all 3 "cut short at byte $(stat -c %s "$tmp/input"), \
without END" "${count#after } came out of it"
	else
		same_for_all 3 "ends at byte $(stat -c %s "$tmp/input") \
without END, $count"
	fi && plainly "$file" "$out"
}

# A stream of the vectors that the filter refuses for its checkpoints.
is_refused() {
	[ "$checkpoints" = no ] || return
	case ${1##*/} in
	*checkpoint* | good-end-padding) ;;
	*) return 1 ;;
	esac
}
checkpoints_refused() {
	with 1
	status 5 "$1" "${run[@]}" && grep -q 'container' "$tmp/err"
}

# The same vectors give any forward filter the same fault.
refused() {
	case ${1##*/} in bad-*) ;; *) return 0 ;; esac
	! is_refused "$1" || return 0
	ok "$command: ${1##*/}, $2" same_fault "$@"
}
same_fault() {
	local threads
	for threads in 1 2 3 8; do
		with $threads
		status "$3" "$1" "${run[@]}" && told "${run[0]}" "$5" "$6" ||
			return
	done
}

# prepared FILE: the filter's input and output, as $tmp/input and $tmp/one.
prepared() {
	into "$1"
	with 1
	"${run[@]}" < "$tmp/input" > "$tmp/one"
}

each_rule() {
	local name threads

	for name in "$vectors"/good-*; do
		# Of an image of version 2 that makes one of version 3.
		[[ $command != rec-convert* || $name != *-2 ]] || continue
		if is_refused "$name"; then
			[ "$prepare" != cat ] ||
				ok "$command: ${name##*/} refused" \
					checkpoints_refused "$name"
			continue
		fi
		ok "$command: ${name##*/} unchanged, whatever the threads" \
			unchanged "$name"
	done
	[ "$checkpoints" = no ] || table any checkpoints
	[ "$prepare" != cat ] || table any refused

	for name in good-checkpoint-end good-libxl-checkpoint-end good-hvm-3 \
		good-xl good-virsh good-empty; do
		[ -z "$container" ] || continue
		! is_refused "$name" || continue
		prepared "$vectors/$name"
		for threads in 1 3; do
			with $threads
			ok "${run[*]}: $name record by record, END at last" \
				"$here/probe" each "$tmp/input" "$tmp/one" \
				"${run[@]}"
		done
	done
	for name in good-checkpoint-end good-libxl-checkpoint-end; do
		[ "$container" = out ] || continue
		for threads in 1 3; do
			with $threads
			ok "${run[*]}: $name is there at each checkpoint" \
				"$here/probe" checkpoints "$vectors/$name" \
				sh -c "${run[*]} | $undo"
		done
	done
	for name in good-tiny good-xl-none; do
		prepared "$vectors/$name"
		with 2
		ok "$command: $name cut at every byte" "$here/probe" \
			"$([ "$container" = out ] && echo stops || echo cuts)" \
			"$tmp/input" "$tmp/one" "${run[@]}"
		for threads in 1 3; do
			[ -z "$stands" ] || break
			with $threads --pass-after-end
			ok "${run[*]}: $name and what follows, at once" \
				"$here/probe" after "$tmp/input" "$tmp/one" \
				"${run[@]}"
		done
		[ "$stands" != in ] || continue
		echo >> "$tmp/input"
		ok "$command: $name and a byte" after_end
	done
}

each_trickle() {
	local threads

	prepared "$tmp/some"
	for threads in 1 3; do
		with $threads
		ok "${run[*]}: through pipes that do not block" "$here/probe" \
			pipes "$tmp/input" "$tmp/one" "${run[@]}"
	done
}

# The bytes of $tmp/one that wait for the end of the input: rec-checksum holds
# all from DIGEST or the image's END on.
held() {
	[ "$checkpoints" = no ] || { echo 8; return; }
	"$here/gen/check-stream" --held < "$tmp/one"
}
after_end() {
	with 1
	status 3 "$tmp/input" "${run[@]}" &&
		grep -q ": bytes follow END, from byte" "$tmp/err" || return
	# A container's last chunk waits for END, or has it in it.
	[ -n "$container" ] || gives "$tmp/one" $(($(stat -c %s "$tmp/one") - $(held)))
}

each_failure() {
	local name

	prepared "$vectors/good-hvm-3"
	with 2
	[ "$stands" = out ] || ok "$command: nobody reads" "$here/probe" \
		broken_pipe "$tmp/input" "${run[@]}"
	[ "$tool" = yes ] || return 0
	for name in in out; do
		ok "$command: a terminal as std$name" "$here/probe" terminal \
			"$name" "$tmp/input" "${run[@]}"
	done
	with x
	ok "$command: wrong usage" status 2 "$tmp/input" "${run[@]}"
}

# The first record of $tmp/input, and of the next one, of 128 MiB, little.
lie() {
	local length
	length=$(od -An -tu4 -j44 -N4 "$tmp/input")
	head -c $((48 + (length + 7) / 8 * 8)) "$tmp/input"
	printf '\x01\0\0\0\0\0\0\x08and little more'
}

# Memory does not grow with the stream, nor with what a length says.
each_limit() {
	if [ -n "${SANITIZED-}" ]; then
		skip 2 "a sanitizer takes memory of its own"
		return
	fi
	with 2
	into "$tmp/many"
	ok "$command: memory for many records" "$here/probe" peak "$memory" \
		0 "$tmp/input" "${run[@]}"
	into "$vectors/good-tiny"
	ok "$command: memory for a length that lies" "$here/probe" peak \
		50000 3 <(lie) "${run[@]}"
}

same_random
printf '#!/bin/sh\nexec rec-null 2> /dev/null\n' > "$tmp/bin/through"
chmod +x "$tmp/bin/through"
"$here/gen/make-stream" text 64 > "$tmp/many"
"$here/gen/make-stream" mixed 8 > "$tmp/some"
while IFS='|' read -r command flag prepare undo tool memory checkpoints \
	container stands; do
	[ -n "$command" ] || continue
	# Without the blanks around it.
	read -r command <<< "$command"
	read -r flag <<< "$flag"
	read -r prepare <<< "$prepare"
	read -r tool <<< "$tool"
	read -r memory <<< "$memory"
	read -r checkpoints <<< "$checkpoints"
	read -r container <<< "${container-}"
	read -r stands <<< "${stands-}"
	each_rule
	each_trickle
	each_failure
	each_limit
done <<< "$filters"

# What is around a container hands on the checkpoints in it.
seal=rec-encrypt unseal=' | rec-encrypt -d'
check=rec-checksum uncheck=' | rec-checksum -d'
part='rec-split -b 1G --filter through x' join=' | rec-split -j -'
for around in "$seal | $part$join$unseal" "$part | $seal$unseal$join" \
	"$seal | $check | $seal$unseal$uncheck$unseal" \
	"$part | $check | $seal$unseal$uncheck$join" \
	"$part | $seal | $part$join$unseal$join"; do
	for name in good-checkpoint-end good-libxl-checkpoint-end; do
		ok "$around: $name is there at each checkpoint" "$here/probe" \
			checkpoints "$vectors/$name" sh -c "$around"
	done
done
plan
