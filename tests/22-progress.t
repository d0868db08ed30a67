#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# How far a tool has come: on a terminal, as JSON, on SIGUSR1; and its stats.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
export TERM=xterm
stream=$vectors/good-pv-3
rec-encrypt --keygen -o "$tmp/key" 2> "$tmp/public"
recipient=$(grep -o 'age1[a-z0-9]*' "$tmp/public")

# shows OPTIONS STREAM REGEX COMMAND: half way through the command says that.
shows() {
	local status=0
	"$here/half-way" "$@" > "$tmp/said" || status=$?
	cat -A "$tmp/said" && echo
	return "$status"
}

# json KEY...: each line that was said is an object with these numbers.
json() {
	local key
	for key; do
		jq -e ".$key | numbers" "$tmp/said" > "$tmp/numbers" &&
			[ "$(wc -l < "$tmp/numbers")" = "$(wc -l < "$tmp/said")" ] ||
			return
	done
}
common=(ms bytes_in bytes_out records pages rounds)
ok "--progress=json: a line each second" \
	shows "$stream" 'running(.|\n)*running' "rec-compress --progress=json > $tmp/out"
ok "all of it JSON" json "${common[@]}"
ok "what came is counted" [ "$(jq -s 'last.bytes_in' "$tmp/said")" -gt 10000 ]
ok "half of it" [ "$(jq -s 'last.bytes_in' "$tmp/said")" -lt "$(stat -c %s "$stream")" ]

ok "SIGUSR1: a line at once, terminal or not" \
	shows -u "$stream" 'rec-compress: [0-9.]+ KiB in, .* out' "rec-compress > $tmp/out"
ok "and the stream is whole" eval 'rec-compress -d < "$tmp/out" | cmp - "$stream"'

if [ "$SANITIZED" = tsan ]; then
	skip 4 "a tool that waits for its input hears no signal"
else
	ok "on a terminal: a line that is written over" \
		shows -t "$stream" $'rec-checksum: [^\n]*/s[^\n]*\033\\[K\r' "rec-checksum > $tmp/out"
	ok "no other line" eval '! grep -q . <(tail -n +2 "$tmp/said")'
	ok "which is taken away at the end" eval 'tail -c 3 "$tmp/said" | cmp - <(printf "\033[K")'
	ok "pages of how many" \
		shows -t -n 50000 "$stream" ', 16 of 16 pages' "rec-checksum > $tmp/out"
fi
ok "of three tools one has it" \
	shows -t "$stream" $'B in.*\r.*B in.*\r' \
	"rec-checksum | rec-compress | rec-encrypt -r $recipient > $tmp/out"
ok "the same second after second" \
	[ "$(tr '\r' '\n' < "$tmp/said" | head -n 2 | grep -o 'rec-[a-z]*:' | uniq | wc -l)" = 1 ]
head -c 20000 "$stream" > "$tmp/cut"
ok "what is said then begins with a clean line" eval \
	'"$here/half-way" -t "$tmp/cut" /s "rec-checksum > $tmp/out" > "$tmp/said"
	grep -q "$(printf "\033\\[Krec-checksum: cut short")" "$tmp/said"'
# Beside one that is asked for each second, and so has shown when the other would.
none() {
	"$here/half-way" -t "$stream" 'rec-compress.*(.|\n)*rec-compress' \
		"env $1 | rec-compress --progress=json > $tmp/out" > "$tmp/said" &&
		! grep checksum "$tmp/said"
}
ok "-q: none" none "rec-checksum -q"
ok "TERM=dumb: none" none "TERM=dumb rec-checksum"

# has KEYS INPUT COMMAND...: --stats=json of the command.
has() {
	status 0 "$2" "${@:3}" --stats=json && tail -n 1 "$tmp/err" > "$tmp/said" &&
		json "${common[@]}" cpu_ms peak_kib && jq -e "$1" "$tmp/said"
}
size=$(stat -c %s "$stream")
ok "--stats=json: rec-checksum" has ".bytes_in == $size and .tool == \"rec-checksum\"" \
	"$stream" rec-checksum
ok "rec-compress, with what is its own" has ".detail.pages | type == \"object\"" \
	"$stream" rec-compress
cp "$tmp/out" "$tmp/packed"
ok "rec-compress -d" has ".bytes_out == $size" "$tmp/packed" rec-compress -d
ok "rec-encrypt" has ".bytes_in == $size" "$stream" rec-encrypt -r "$recipient"
cp "$tmp/out" "$tmp/sealed"
ok "rec-encrypt -d" has ".bytes_out == $size" "$tmp/sealed" rec-encrypt -d -i "$tmp/key"
ok "rec-split" has ".bytes_in == $size" "$stream" rec-split -b 64K "$tmp/part."
ok "rec-edit" has ".bytes_in == $size" "$stream" rec-edit --drop type=VERIFY
ok "rec-convert" has ".bytes_in == $size" "$stream" rec-convert --to v2
ok "rec-ls" has ".bytes_in == $size and .pages > 0" "$stream" rec-ls
ok "none of what failed but the fault" eval \
	'status 3 "$tmp/cut" rec-checksum --stats=json && ! grep -q done "$tmp/err"'
for tool in rec-checksum rec-compress xc-emit; do
	ok "$tool --stats=xml: status 2" status 2 /dev/null $tool --stats=xml
	ok "$tool --progress=bar: status 2" status 2 /dev/null $tool --progress=bar
done
plan
