#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What fuzzing found worth keeping, by the ordinary build: each input once.
# (make fuzz goes on from there: fuzz/README.)
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

# replays TARGET: all inputs of its corpus.
replays() {
	local archive=$here/fuzz/corpus/$1.tar.zst
	rm -rf "$tmp/in"
	mkdir "$tmp/in"
	tar -C "$tmp/in" --zstd -xf "$archive" &&
		"fuzz-$1" "$tmp/in" > "$tmp/count" 2> "$tmp/err" &&
		[ "$(cat "$tmp/count")" -gt 0 ] &&
		[ "$(cat "$tmp/count")" = "$(find "$tmp/in" -type f | wc -l)" ]
}

for source in "$here"/fuzz/*.c; do
	grep -q '^LLVMFuzzerTestOneInput' "$source" || continue
	target=$(basename "$source" .c)
	ok "$target" replays "$target"
done
printf 'pfn=5-3' > "$tmp/range"
ok "a replay says how many inputs there were" eval \
	'[ "$(fuzz-expr "$tmp/range" "$tmp/range")" = 2 ]'
ok "one that is not there is no success" not fuzz-expr "$tmp/nothing"
plan
