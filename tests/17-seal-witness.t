#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# gen/seal-stream, which rec-encrypt is held against, against itself, the
# vectors and age.  Of rec-encrypt this says nothing: 18-seal.t does.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

seals=$vectors/seal
seal_stream=$here/gen/seal-stream
alice=$seals/key-alice
to=$(sed -n 's/^# public key: //p' "$alice")

remake() {
	mkdir "$tmp/seal"
	"$here/gen/make-seal-vectors" "$tmp/seal"
	diff -r "$tmp/seal" "$seals"
}
ok "the containers are what tests/gen/make-seal-vectors makes" remake

as_told() {
	"$here/gen/make-seal-vectors" --check > "$tmp/tap"
	! grep -A 1 '^not ok' "$tmp/tap"
}
ok "they are opened, or refused, as their table says" as_told

# there FILE [OPTION...]: whether it comes back, and is as writers make it.
there() {
	"$seal_stream" "${@:2}" -r "$to" < "$1" > "$tmp/box"
	status 0 "$tmp/box" "$seal_stream" -d --strict -i "$alice" && gives "$1"
}
for name in "$vectors"/good-*; do
	ok "${name##*/}" there "$name" --chunk 65536
	ok "${name##*/}: suite 2, padded" there "$name" --suite 2 --padded \
		--chunk 131072
done

# stranger NAME: a container that is opened, but not what a writer makes.
stranger() {
	status 1 "$seals/$1" "$seal_stream" -d --strict -i "$alice" &&
		grep -q "^seal-stream: chunk 0: size, used, flags" "$tmp/err"
}
ok "--strict tells a chunk that is too long" stranger odd-wide

envelope() {
	local length
	length=$(od -An -t u4 -j 96 -N 4 "$1")
	tail -c +105 "$1" | head -c "$length"
}
if command -v age > "$tmp/out"; then
	opens() {
		envelope "$seals/$1" > "$tmp/envelope"
		status 0 "$tmp/envelope" age -d -i "$2" &&
			[ "$(od -An -v -t x1 "$tmp/out" | tr -d ' \n')" = \
				"$(sed -n "s/^$1 stream key //p" \
					"$seals/values")" ]
	}
	ok "age opens an envelope" opens good-steps "$alice"
	for name in good-grease-48 good-two-keys good-stanzas-64; do
		envelope "$seals/$name" > "$tmp/envelope"
		ok "age opens $name" status 0 "$tmp/envelope" age -d -i "$alice"
		ok "to 32 bytes" test "$(stat -c %s "$tmp/out")" = 32
	done
else
	skip 7 "no age"
fi
plan
