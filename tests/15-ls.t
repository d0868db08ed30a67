#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-ls: what it says is what stands in the stream, by tests/gen/survey.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
gen=$here/gen

# numbers: of the summary, what tests/gen/survey counts too.
numbers() {
	tail -n 1 | jq -cS '.summary | {count, bytes, checkpoints, pages:
		(.pages | {count, zero, duplicate, highest, sent, repeated,
		rounds, types: ([.types[]] | sort)})}'
}

# counts FILE [INPUT]: whether the summary of FILE, or of what was made of it,
# has the right numbers.
counts() {
	"$gen/survey" < "$1" | jq -cS . > "$tmp/want"
	status 0 "${2:-$1}" rec-ls --json &&
		numbers < "$tmp/out" > "$tmp/got" &&
		diff "$tmp/want" "$tmp/got"
}

for file in "$vectors"/good-*; do
	ok "${file##*/}: its numbers" counts "$file"
done
"$gen/make-stream" mixed 20 > "$tmp/mixed"
rec-compress < "$tmp/mixed" > "$tmp/packed"
ok "20 MiB of everything: its numbers" counts "$tmp/mixed"
ok "and compressed" counts "$tmp/mixed" "$tmp/packed"
ok "it says so" jq -se '.[-1].summary | .layers == ["compressed"] and
	.packed < .bytes' "$tmp/out"
ok "a file by its name" eval 'status 0 /dev/null rec-ls "$tmp/mixed" &&
	cp "$tmp/out" "$tmp/named" && status 0 "$tmp/mixed" rec-ls && gives "$tmp/named"'

# Faults are what they are for every filter; but rec-ls tells of bytes behind
# END as it goes.
faulty() {
	case $1 in
	*after*) status 0 "$1" rec-ls && grep -q "^after end" "$tmp/out" ;;
	*) status "$3" "$1" rec-ls && told rec-ls "$5" "$6" ;;
	esac
}
table_faults() {
	case $1 in
	*/bad-* | */cut-*) ok "${1##*/}: $2" faulty "$@" ;;
	esac
}
table any table_faults
damaged() {
	case $1 in
	*/bad-compressed-plain | */bad-layer-magic) ;; # not packed at all
	*/bad-*) ok "${1##*/}: $2" status "$3" "$1" rec-ls ;;
	esac
}
table "rec-compress -d" damaged

# same OPTION...: the output does not depend on threads.
same() {
	local threads
	status 0 "$tmp/packed" rec-ls -T 1 "$@" && cp "$tmp/out" "$tmp/one" ||
		return
	for threads in 2 3 8; do
		status 0 "$tmp/packed" rec-ls -T $threads "$@" &&
			gives "$tmp/one" || return
	done
}
for options in -q -l -lv --json "-l --json" "--record 2"; do
	# shellcheck disable=SC2086 # words
	ok "rec-ls $options: the same with 1, 2, 3, 8 threads" same $options
done

# schema FILE: whether each object has the keys of the manual, of their types.
schema() {
	status 0 "$1" rec-ls --json && jq -se '
		def counts(f): [f] | all(type == "number" and . >= 0);
		(.[:-1] | all(counts(.record // .libxl_record, .offset, .length) and
			(.type | type) == "string" and (.packed // 1 | type) == "number"
			and (.body // {} | type) == "object")) and
		(.[-1].summary |
			(.kind | IN("image", "libxl", "xl", "virsh", "container")) and
			(.complete | type) == "boolean" and
			(.stored | type) == "boolean" and (.layers | type) == "array" and
			counts(.count, .bytes, .packed, .checkpoints, .after_end) and
			(.records | to_entries | all(counts(.value.count, .value.bytes)))
			and (.pages | counts(.count, .zero, .duplicate, .sent, .repeated)
			and (.highest | test("^0x[0-9a-f]+$")) and (.times | length) == 8
			and ([.rounds[], .times[], .types[]] | counts(.[]))))' "$tmp/out"
}
for file in "$vectors"/good-* "$tmp/packed"; do
	ok "${file##*/}: its JSON is as the manual says" schema "$file"
done

# listed: each record has its line, and its object, in order.
listed() {
	status 0 "$vectors/good-pv-3" rec-ls --json -l &&
		jq -r '[.record, .offset, .type, .length] | @tsv' "$tmp/out" \
			> "$tmp/json" || return
	status 0 "$vectors/good-pv-3" rec-ls -lv || return
	grep '^ *[0-9]' "$tmp/out" | grep -v '^ *0x' |
		awk '$2 ~ /^[0-9]+$/ { print $1 "\t" $2 "\t" $4 "\t" $3 }' |
		diff "$tmp/json" -
}
ok "-l: a line for each record, as in --json" listed
"$gen/make-stream" text 3 > "$tmp/text"
ok "PAGE_DATA with rising pfns is one line" eval 'status 0 "$tmp/text" rec-ls -l &&
	grep -q "^ *0-2 .* PAGE_DATA *pfn 0x0 to 0x2ff, 768 with data, 0 zero$" "$tmp/out"'
ok "fields of records: a register" eval 'rec-ls -l --json "$vectors/good-pv-3" |
	grep -q "\"rip\":\"0xffffffff81000001\""'

# A body, and the last copy of a page, as tests/gen/survey finds them.
for n in 0 5 9; do
	"$gen/survey" --record $n < "$vectors/good-pv-3" > "$tmp/want"
	ok "--record $n --raw" eval 'status 0 "$vectors/good-pv-3" rec-ls --record $n --raw &&
		gives "$tmp/want"'
done
for pfn in 1 12 0xf; do
	"$gen/survey" --page $pfn < "$vectors/good-pv-3" > "$tmp/want"
	ok "--page $pfn --raw: the last copy" eval \
		'status 0 "$vectors/good-pv-3" rec-ls --page $pfn --raw && gives "$tmp/want"'
done
if command -v hexdump > "$tmp/out"; then
	hexdump -C < "$tmp/want" > "$tmp/hex"
	ok "in hex, as hexdump -C does it" eval \
		'status 0 "$vectors/good-pv-3" rec-ls --page 0xf && gives "$tmp/hex"'
else
	skip 1 "no hexdump"
fi
ok "a page that never came: 5" eval 'status 5 "$vectors/good-pv-3" rec-ls --page 0 &&
	told rec-ls "pfn 0x0 never came with data"'
ok "a record that is not there: 5" eval 'status 5 "$vectors/good-pv-3" rec-ls --record 99 &&
	told rec-ls "there is no record 99"'

# Stored images are streams.
xc-emit --image "$vectors/stored" > "$tmp/replayed"
ok "a stored image: the numbers of its stream" eval \
	'"$gen/survey" < "$tmp/replayed" | jq -cS . > "$tmp/want" &&
	rec-ls --json "$vectors/stored" | numbers | diff "$tmp/want" -'
ok "it says so" eval 'rec-ls "$vectors/stored" | grep -x "stream  *bare image, stored"'
"$gen/survey" --page 12 < "$tmp/replayed" > "$tmp/want"
ok "its pages, from stdin too" eval 'status 0 "$vectors/stored" rec-ls --page 12 --raw &&
	gives "$tmp/want"'
page_alone() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f \
		-e trace=pread64,read,fork,clone -o "$tmp/trace" \
		rec-ls --page 12 "$vectors/stored" > "$tmp/out" &&
		not grep -q clone "$tmp/trace" &&
		n=$(grep -c "pread64.*4096" "$tmp/trace") &&
		[ "$n" -ge 1 ] && [ "$n" -le 4 ]
}
if [ "$SANITIZED" = valgrind ]; then
	skip 1 "valgrind's calls are in the trace"
else
	ok "a page is read where it is: no other is" page_alone
fi
cp "$vectors/stored" "$tmp/stored"
printf x | dd of="$tmp/stored" bs=1 seek=$((4096 * 13 + 5)) conv=notrunc 2> "$tmp/dd"
ok "a damaged page: 4, and which" eval 'status 4 "$tmp/stored" rec-ls &&
	grep -q "the page of pfn 0xc is damaged" "$tmp/err"'
ok "damaged, and asked for" status 4 "$tmp/stored" rec-ls --page 12
ok "another one is whole" status 0 "$tmp/stored" rec-ls --page 1
truncate -s 8192 "$tmp/empty"
ok "one that was never finished: 3" eval 'status 3 "$tmp/empty" rec-ls &&
	grep -q "it is incomplete" "$tmp/err"'

# What comes behind VERIFY is sent again, and not restored.
"$gen/make-stream" verify > "$tmp/verify"
"$gen/survey" --page 5 < "$tmp/verify" > "$tmp/want"
ok "--page: not the one behind VERIFY" eval 'status 0 "$tmp/verify" rec-ls --page 5 --raw &&
	gives "$tmp/want"'
ok "more rounds and types than are told apart: it is said" eval '"$gen/make-stream" rounds 300 |
	rec-ls > "$tmp/text" && grep -q "^rounds  *64 or more: 1 1 " "$tmp/text" &&
	grep -q "127 or more times" "$tmp/text" && grep -q ", others 13" "$tmp/text"'
"$gen/make-stream" checkpoints 0 > "$tmp/points"
"$gen/split-stream" 4096 100 "$tmp/part." < "$tmp/points"
"$gen/split-stream" --do header flags 2 "$tmp/part.000.rec" > "$tmp/lane"
# flags FILE: of a part and its chunks, as xenrec.5 has the bits.
flags() {
	rec-ls --json "$1" | jq -se "$2"
}
ok "a part is no lane" flags "$tmp/part.000.rec" '.[0].body | .lane == false and .in_turn == false'
ok "what went over a lane is" flags "$tmp/lane" '.[0].body | .lane == true and .in_turn == false'
ok "and says so on its line" eval 'rec-ls -l "$tmp/lane" | grep -q "PART_HEADER .* lane true, set [0-9a-f]*, number 0$"'
ok "a chunk that ends with a checkpoint" flags "$tmp/lane" '[.[].body.checkpoint | values] | any and all == false'
ok "--page: 010 is decimal" status 0 "$vectors/good-pv-3" rec-ls --page 010

# Rules.
# finds NAME KIND WANT: lint finds the flaw, and its status is right.
finds() {
	local want=0
	[ "$3" = restored ] || want=3
	"$gen/make-flaw" "$1" < "$vectors/good-$2-3" > "$tmp/flawed" || return
	status $want "$tmp/flawed" rec-ls --lint && grep -F "[$1]" "$tmp/out" &&
		status $want "$tmp/flawed" rec-ls --lint --json &&
		jq -se "any(.finding.rule == \"$1\")" "$tmp/out" &&
		status 3 "$tmp/flawed" rec-ls --lint --strict
}
for kind in pv hvm; do
	ok "good-$kind-3: no error" status 0 "$vectors/good-$kind-3" rec-ls --lint
	while read -r name want; do
		ok "--lint: $name" finds "$name" $kind "$want"
	done < <("$gen/make-flaw" --list $kind)
done
grep -o '^LINT_RULE(LINT_[A-Z0-9_]*, "[a-z0-9-]*"' "$here/../common/lint_rules.h" |
	cut -d '"' -f 2 | sort > "$tmp/rules"
"$gen/make-flaw" optional < "$vectors/good-checkpoint-end" > "$tmp/flawed"
ok "no optional record, none told of" eval \
	'not rec-ls --lint "$vectors/good-checkpoint-end" 2> "$tmp/err" | not grep -F "[optional]"'
ok "--lint: optional" eval \
	'status 3 "$tmp/flawed" rec-ls --lint && grep -F "[optional]" "$tmp/out"'
ok "but GUEST_STAYS ends the checkpoints" eval \
	'rec-ls --lint "$vectors/good-checkpoint-stays" 2> "$tmp/err" | not grep -F "[optional]"'
ok "each rule has its flaw" eval '{ printf "%s\n" optional untold
	"$gen/make-flaw" --list pv; "$gen/make-flaw" --list hvm; } |
	cut -d " " -f 1 | sort | diff "$tmp/rules" -'
ok "each rule is in the manual" eval 'sed -n "s/^.It Cm \([a-z0-9-]*\)$/\1/p" \
	"$here/../man/rec-ls.1" | sort | comm -23 "$tmp/rules" - | not grep .'
ok "a good checkpoint hides no flaw of the next" eval \
	'"$gen/make-stream" checkpoints > "$tmp/remus" && not rec-ls --lint "$tmp/remus" \
	2> "$tmp/err" | grep -F "[tables]"'
ok "checkpoints alone cost no time: 1000 of them, 15000 page tables" eval \
	'"$gen/make-stream" checkpoints 15000 > "$tmp/remus" &&
	timeout 60 rec-ls --lint "$tmp/remus" > "$tmp/out"; [ $? != 124 ]'
ok "bytes behind END are told of once, however they come" eval \
	'{ cat "$vectors/good-hvm-3"; printf a; head -c 3M /dev/zero; } | rec-ls --lint > "$tmp/text";
	[ "$(grep -c "after-end" "$tmp/text")" = 1 ]'
"$gen/make-stream" spread 40000 > "$tmp/spread"
ok "page tables spread over 10 GiB are not taken for scattered pfns" eval \
	'status 0 "$tmp/spread" rec-ls --lint && grep -F "[untold]" "$tmp/out"'
ok "too many page tables are said to be: untold" eval \
	'"$gen/make-stream" tables 65 > "$tmp/tables" &&
	rec-ls --lint "$tmp/tables" | grep -F "[untold]"'

# Foreign bytes: memory, terminals, pages of HTML.
# peak MIB COMMAND...: whether it stays below that much memory.
peak() {
	local most=$1
	shift
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[2:], stdin=sys.stdin, stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
print(peak, "MiB")
sys.exit(peak > int(sys.argv[1]))' "$most" "$@"
}
"$gen/make-stream" scattered 4 > "$tmp/scattered"
ok "no pfns can be chosen that meet in a table" eval '"$gen/make-stream" meeting 64000 |
	timeout 20 rec-ls > "$tmp/text"'
ok "scattered pfns are refused" eval 'status 5 "$tmp/scattered" rec-ls &&
	told rec-ls "its pfns lie scattered as no guest'\''s do"'
if [ -n "$SANITIZED" ]; then
	skip 1 "memory under a sanitizer says nothing"
else
	ok "and cost no memory" eval 'peak 64 rec-ls -T 1 < "$tmp/scattered"'
fi
# A name that would clear the screen, and end a script.
"$gen/make-stream" rude > "$tmp/rude"
ok "no control character reaches the terminal, nor one of C1 or direction" eval \
	'rec-ls "$tmp/rude" > "$tmp/text" && rec-ls -lv "$tmp/rude" >> "$tmp/text" &&
	grep -q rude "$tmp/text" && not grep -qP "[[:cntrl:]]|\xc2[\x80-\x9f]|\xe2\x80\xae" "$tmp/text"'

# The picture.
ok "--map" status 0 "$vectors/good-pv-3" rec-ls --map "$tmp/map.html"
ok "for its owner alone" [ "$(stat -c %a "$tmp/map.html")" = 600 ]
# cells: each page's class is in the picture, by its three digits.
cells() {
	python3 - "$1" << 'END'
import json, re, sys
text = open(sys.argv[1]).read()
segments = json.loads(re.search(r"var segments = (\[.*?\]);\n", text,
                                re.S).group(1))
print({int(at, 16) + i: cells[3 * i:3 * i + 2]
       for at, cells in segments for i in range(len(cells) // 3)})
END
}
ok "its cells: data 3, tables 4, without data 5; sent once or twice" eval \
	'[ "$(cells "$tmp/map.html")" = "{1: '\''31'\'', 2: '\''31'\'', 3: '\''31'\'', 4: '\''41'\'', 5: '\''41'\'', 6: '\''41'\'', 7: '\''41'\'', 8: '\''41'\'', 9: '\''41'\'', 10: '\''41'\'', 11: '\''41'\'', 12: '\''32'\'', 13: '\''50'\'', 14: '\''50'\'', 15: '\''31'\''}" ]'
ok "it needs nothing else" not grep -E 'https?:|src=|href=' "$tmp/map.html"
rec-ls --map "$tmp/map.html" "$tmp/rude" > "$tmp/out"
ok "a guest's name does not end its script" \
	[ "$(grep -c '</script' "$tmp/map.html")" = 1 ]
ok "a picture that cannot be written: 1" status 1 "$vectors/good-pv-3" \
	rec-ls --map "$tmp/none/map.html"

# The command line, and what every tool does.
cp "$vectors/good-pv-3" "$tmp/self"
ok "a picture over its own stream: refused, and nothing is lost" eval \
	'status 2 /dev/null rec-ls --map "$tmp/self" "$tmp/self" && cmp "$tmp/self" "$vectors/good-pv-3"'
for wrong in "--max-pfn 5" "-l --lint" "--raw" "--strict" "--json --page 1" "a b" \
	"--page x" "--page 0x1g" "--record -1" "--map m -l"; do
	# shellcheck disable=SC2086 # words
	ok "rec-ls $wrong: status 2" status 2 /dev/null rec-ls $wrong
done
ok "a file that is not there: 1" status 1 /dev/null rec-ls "$tmp/none"
ok "/dev/full: 1" eval 'not rec-ls "$vectors/good-pv-3" > /dev/full 2> "$tmp/err" &&
	grep -q "^rec-ls: stdout: " "$tmp/err"'
ok "a full pipe that does not block is waited for" eval \
	'"$here/full-pipe" rec-ls --json "$vectors/good-pv-3" > "$tmp/out" &&
		rec-ls --json "$vectors/good-pv-3" | cmp "$tmp/out"'
# Of its output alone: a sanitizer writes too.
ok "a write that fails in the middle: 1" eval '! ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -o "$tmp/trace" -f -P "$tmp/out" \
	-e inject=write:error=ENOSPC:when=1 rec-ls -T 1 -lv "$vectors/good-pv-3" \
	> "$tmp/out" 2> "$tmp/err" && grep -q "^rec-ls: stdout" "$tmp/err"'
cuts() {
	local n
	for ((n = 0; n < $(stat -c %s "$vectors/good-tiny"); n++)); do
		head -c $n "$vectors/good-tiny" > "$tmp/cut"
		status 3 "$tmp/cut" rec-ls || return
	done
}
ok "cut at every byte: status 3" cuts
# What a terminal would do something about.
ok "a name that is no text" status 1 /dev/null rec-ls $'a\xc2\x9b2J\xe2\x80\xaeb\xff\x1b'
ok "is told of as text" says "rec-ls: a?2J?b??: No such file or directory"
moves=$'a\xc2\x9b2J\xe2\x80\xae\x7f\xf3\xa0\x80\x81\xc3\xa4'
"$here/gen/make-kept" 12345678-1234-1234-1234-123456789abc 1 "$moves" > "$tmp/moves"
ok "in JSON it is escaped" eval 'rec-ls --json < "$tmp/moves" > "$tmp/out" && grep -aF \
	"\"a\u009b2J\u202e\u007f\udb40\udc01$(printf "\303\244")\"" "$tmp/out"'
ok "and comes out as it was" eval \
	'[ "$(jq -r "select(.record == 0) | .body.config.of.name" "$tmp/out")" = "$moves" ]'
plan
