#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-encrypt by frozen containers, and beside gen/seal-stream, which was
# written from man/xenrec.5 alone.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
command -v rec-encrypt > "$tmp/out" || skip_all "no rec-encrypt"

seals=$vectors/seal
seal_stream=$here/gen/seal-stream

# Git keeps no modes, and keys that others may read are refused.
for name in "$seals"/key-* "$seals"/passphrase*; do
	install -m 600 "$name" "$tmp/${name##*/}"
done
# keys NAME: sets $key to the options for a file of keys.
keys() {
	case $1 in
	passphrase*) key=(--passphrase-file "$tmp/$1") ;;
	*) key=(-i "$tmp/$1") ;;
	esac
}
recipient() {
	sed -n 's/^# public key: //p' "$seals/key-$1"
}
alice=$(recipient alice)
bob=$(recipient bob)

# said STATUS: whether stderr has one line of the tool's, and hints at most,
# or nothing where all is well.
said() {
	local lines
	lines=$(grep -c '^rec-encrypt: ' "$tmp/err") || true
	[ "$lines" = "$(wc -l < "$tmp/err")" ] &&
		[ "$(grep -vc '^rec-encrypt: hint: ' "$tmp/err")" = \
			$(($1 != 0)) ] && return
	echo "status $1, and this is said:"
	head -n 40 "$tmp/err"
	return 1
}
# comes SIZE SUM: whether so much came out, and what.
comes() {
	local size sum
	size=$(stat -c %s "$tmp/out")
	read -r sum _ < <(sha256sum < "$tmp/out")
	[ "$size $sum" = "$1 $2" ] && return
	echo "$size bytes came out, not $1, or others"
	return 1
}
# vector FILE KEYS STATUS SIZE SUM: one line of the table, with one thread
# and with three, which say the same.
vector() {
	local threads
	keys "$2"
	for threads in 1 3; do
		status "$3" "$seals/$1" rec-encrypt -d "${key[@]}" \
			-T $threads && said "$3" && comes "$4" "$5" || return
		[ $threads = 1 ] || cmp "$tmp/one" "$tmp/err" || return
		cp "$tmp/err" "$tmp/one"
	done
}
while IFS='|' read -r name what keyed want size sum; do
	case $name in
	good-* | bad-*) ;;
	*) continue ;;
	esac
	read -r name keyed want size sum <<< "$name $keyed $want $size $sum"
	# shellcheck disable=SC2086 # without the spaces around it
	ok "$name:${what% }" vector "$name" "$keyed" "$want" "$size" "$sum"
done < "$seals/README"

# from_witness FILE [OPTION...]: what seal-stream seals is opened.
from_witness() {
	local threads
	"$seal_stream" "${@:2}" -r "$bob" -r "$alice" < "$1" > "$tmp/box"
	keys key-alice
	for threads in 1 3; do
		status 0 "$tmp/box" rec-encrypt -d "${key[@]}" -T $threads &&
			gives "$1" && said 0 || return
	done
}
# to_witness FILE [OPTION...]: what is sealed is opened by seal-stream, and
# made as a writer has to.
to_witness() {
	local threads
	keys key-bob
	for threads in 1 3; do
		status 0 "$1" rec-encrypt -r "$alice" -r "$bob" -T $threads \
			"${@:2}" && said 0 && cp "$tmp/out" "$tmp/box" &&
			status 0 "$tmp/box" "$seal_stream" -d --strict \
				"${key[@]}" && gives "$1" || return
	done
}
for name in "$vectors"/good-*; do
	ok "${name##*/}: seal-stream seals it" from_witness "$name"
	ok "${name##*/}: with AES, padded" from_witness "$name" --suite 2 \
		--padded --chunk 65536
	ok "${name##*/}: seal-stream opens it" to_witness "$name"
	ok "${name##*/}: padded" to_witness "$name" --pad --chunk 65536
done

"$here/gen/make-stream" mixed 5 > "$tmp/mixed"
for size in 65536 262144 1048576 16777216; do
	ok "5 MiB in chunks of $size: seal-stream seals it" \
		from_witness "$tmp/mixed" --chunk $size
	ok "5 MiB in chunks of $size: seal-stream opens it" \
		to_witness "$tmp/mixed" --chunk $size
done

# filled SIZE: an image of so many bytes.
filled() {
	PYTHONPATH=$here/gen python3 -c 'import sys, seal_table
sys.stdout.buffer.write(seal_table.filled(int(sys.argv[1])))' "$1"
}
read -ra padded < <(sed -n 's/^padme //p' "$seals/values")
# counted CHUNKS: whether the last container has as many as Padmé says.
counted() {
	"$seal_stream" --heads "${key[@]}" < "$tmp/box" > "$tmp/heads"
	[ "$(wc -l < "$tmp/heads")" = "${padded[$1 - 1]}" ]
}
for ((n = 1; n <= 20; n++)); do
	filled $((65528 * n)) > "$tmp/stream"
	ok "padded, $n full chunks" to_witness "$tmp/stream" --pad \
		--chunk 65536
	ok "become ${padded[n - 1]}" counted $n
	ok "and are opened" from_witness "$tmp/stream" --padded --chunk 65536
done
for size in 65520 65536 131048 131056 131064; do
	filled $size > "$tmp/stream"
	ok "$size bytes in chunks of 65536" to_witness "$tmp/stream" \
		--chunk 65536
done

# Chunk 4096 is the first with another key.
keys key-alice
rec-encrypt -d "${key[@]}" < "$seals/good-epoch" > "$tmp/epochs"
ok "4097 chunks, two epochs" to_witness "$tmp/epochs"
ok "with AES" from_witness "$tmp/epochs" --suite 2

keys passphrase
with_words() {
	"$seal_stream" "${key[@]}" < "$vectors/good-libxl" > "$tmp/box"
	status 0 "$tmp/box" rec-encrypt -d "${key[@]}" &&
		gives "$vectors/good-libxl"
}
with_words_back() {
	status 0 "$vectors/good-libxl" rec-encrypt "${key[@]}" &&
		cp "$tmp/out" "$tmp/box" &&
		status 0 "$tmp/box" "$seal_stream" -d --strict "${key[@]}" &&
		gives "$vectors/good-libxl"
}
ok "seal-stream seals it by a passphrase" with_words
ok "seal-stream opens it by a passphrase" with_words_back

# What is done to a container comes to the same as with seal-stream.  STEP=1:
# at every byte.
keys key-alice
step=${STEP:-20}
ok "a container, damaged, cut and mixed" "$here/tamper" "$seals/good-steps" \
	"$tmp/key-alice" "$step" 100 rec-encrypt -d "${key[@]}"
ok "-T 3" "$here/tamper" "$seals/good-steps-aes" "$tmp/key-alice" "$step" \
	100 rec-encrypt -d "${key[@]}" -T 3
rec-encrypt -r "$alice" < "$vectors/good-xl-none" > "$tmp/box"
ok "one of its own" "$here/tamper" "$tmp/box" "$tmp/key-alice" "$step" 300 \
	rec-encrypt -d "${key[@]}" -T 2
plan
