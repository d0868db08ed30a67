#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-split: streams in parts, and what may be wrong with them.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

split_stream=$here/gen/split-stream
plain=$vectors/good-hvm-3
mkdir "$tmp/d"
cd "$tmp/d"
"$here/gen/make-stream" mixed 1 > "$tmp/many"

# What comes out, and is one again, whatever the order and the way.
whole() {
	rec-split -j "$@" > "$tmp/joined" && cmp "$tmp/many" "$tmp/joined"
}
ok "-b" status 0 "$tmp/many" rec-split -v -b 200K v.
ok "says what it did" grep -Eqx "rec-split: $(stat -c %s "$tmp/many") bytes in \
[0-9]+ chunks in $(echo v.* | wc -w) parts, set [0-9a-f]{32}" "$tmp/err"
ok "writes nothing on stdout" gives /dev/null
ok "no part is larger" test "$(stat -c %s v.* | sort -n | tail -n 1)" -le 204800
ok "nor much smaller" test "$(stat -c %s v.000.rec)" -ge 190000
ok "they are for nobody else" test "$(stat -c %a v.* | sort -u)" = 600
ok "each is a stream" rec-ls v.001.rec
for name in v.*; do
	rec-checksum < "$name" | rec-checksum -t || echo "$name"
done > "$tmp/each" 2>&1
ok "each can be checked" cmp /dev/null "$tmp/each"
ok "rec-ls says what they are" grep -q "encrypted or in parts" <(rec-ls v.000.rec)
ok "and lists them" jq -es '[.[0].body, .[1].body.number] | .[0].number == 1 and
	.[0].parts == 0 and .[0].first_chunk == .[1]' <(rec-ls --json v.001.rec)
ok "joined" whole v.*
ok "in any order" whole v.00[5-9].rec v.00[0-4].rec
ok "with any number of threads" whole -T 1 v.*
ok "from pipes" whole <(cat v.000.rec) <(cat v.001.rec) v.00[2-9].rec
ok "from stdin, one after the other" eval 'cat v.* | whole -'
ok "a part twice" whole v.* v.002.rec
ok "a copy of it" eval 'cp v.003.rec copy && whole v.* copy'
ok "-t" status 0 /dev/null rec-split -t -v v.*
ok "says what they are" grep -q "bytes in .* chunks in .* parts, set" "$tmp/err"
ok "writes nothing" gives /dev/null
ok "-t of stdin" eval 'cat v.* | rec-split -t -'
ok "another implementation joins them" eval \
	'"$split_stream" -j v.* | cmp - "$tmp/many"'
rm -f ./*
ok "-n" status 0 "$tmp/many" rec-split -n 3 w.
ok "makes so many" test "$(echo w.*)" = "w.000.rec w.001.rec w.002.rec"
ok "joined" whole w.002.rec w.000.rec w.001.rec
ok "from pipes" whole <(cat w.001.rec) <(cat w.000.rec) <(cat w.002.rec)
ok "another implementation joins them" eval \
	'"$split_stream" -j w.* | cmp - "$tmp/many"'
ok "they cannot be read one after the other" eval \
	'cat w.* > "$tmp/in" && status 5 "$tmp/in" rec-split -j -'
ok "that is said" told rec-split "these parts were filled in turn, and have to \
be read side by side: name them"
rm -f ./*
ok "more parts than chunks" status 0 "$plain" rec-split -n 5 w.
ok "joined" eval 'rec-split -j w.* | cmp - "$plain"'
rm -f ./*
for name in "$vectors"/good-*; do
	rm -f ./*
	[ "${name##*/}" != good-empty ] || continue
	"$split_stream" 4096 3 a. < "$name"
	"$split_stream" 4097 /4 b. < "$name"
	ok "${name##*/}, split by another implementation" eval \
		'rec-split -j a.* | cmp - "$name" && rec-split -j b.* |
			cmp - "$name"'
	rec-split -b 64K c. < "$name"
	ok "${name##*/}, joined by another one" eval \
		'"$split_stream" -j c.* | cmp - "$name"'
done

# What is sound of parts that are damaged: all but the chunks that are lost.
rm -f ./*
"$split_stream" 4096 2 v. < "$plain"
cp v.001.rec first
# saved MESSAGE FROM TO PART...: --salvage gives all but those bytes, and says it.
saved() {
	local message=$1 from=$2 to=$3
	shift 3
	status 4 /dev/null rec-split -j --salvage "$@" &&
		grep -Fq "rec-split: lost: $message" "$tmp/err" &&
		{ head -c "$from" "$plain" && tail -c +$((to + 1)) "$plain"; } | cmp - "$tmp/out"
}
ok "salvage, nothing is lost" eval 'status 0 /dev/null rec-split -j --salvage v.* && gives "$plain"'
printf damage | dd of=v.001.rec bs=1 seek=1000 conv=notrunc 2> "$tmp/notes"
ok "a chunk is damaged" saved "v.001.rec: record 1 (PART_CHUNK) at byte" 8192 12288 v.*
ok "with one thread" saved "v.001.rec: record 1 (PART_CHUNK) at byte" 8192 12288 -T 1 v.*
ok "on stdin" eval 'status 4 <(cat v.*) rec-split -j --salvage - &&
	{ head -c 8192 "$plain" && tail -c +12289 "$plain"; } | cmp - "$tmp/out"'
ok "without --salvage it ends there" eval 'status 4 /dev/null rec-split -j v.*'
{ head -c 96 first; printf '\5\0RX\10\0\0\0\1\0\0\0xRec'; tail -c +4225 first; } > v.001.rec
ok "a chunk is too short for its own fields" saved \
	"v.001.rec: record 1 (PART_CHUNK) at byte 96: no chunk has so few bytes" 8192 12288 v.*
head -c 5000 first > v.001.rec
ok "a part is cut" saved "v.001.rec: cut short at byte 5000" 12288 16384 v.*
ok "the chunks that are missing are told" grep -q "lost: .*chunks are missing" "$tmp/err"
ok "a part is missing" saved "parts are missing: 001" 8192 16384 v.000.rec v.002.rec
ok "the last is missing" saved "the last part is missing" 16384 100000 v.000.rec first
cp first v.001.rec
"$split_stream" 4096 /3 w. < "$plain"
printf damage | dd of=w.001.rec bs=1 seek=1000 conv=notrunc 2> "$tmp/notes"
ok "in turn, a chunk is damaged" saved "w.001.rec: record 1 (PART_CHUNK)" 4096 8192 w.*
ok "a part of another set is refused" eval 'rec-split -b 64K o. < "$plain" &&
	status 4 /dev/null rec-split -j --salvage v.* o.000.rec && gives /dev/null'
ok "--salvage goes with -j" status 2 /dev/null rec-split -t --salvage v.000.rec

# Parts that are missing, cut, damaged, others'.
rm -f ./*
"$split_stream" 4096 2 v. < "$plain"
cp v.000.rec first
"$split_stream" 4096 /3 w. < "$plain"
# refused STATUS MESSAGE HINT PART...: not joined, and no END comes out.
refused() {
	local want=$1 message=$2 hint=$3
	shift 3
	status "$want" /dev/null rec-split -j "$@" &&
		told rec-split "$message" "$hint" &&
		[ "$(stat -c %s "$tmp/out")" -lt "$(stat -c %s "$plain")" ] &&
		gives "$plain" "$(stat -c %s "$tmp/out")"
}
names="rec-split wrote them to files whose names end in these numbers and .rec"
ok "the first is missing" refused 3 "parts are missing: 000" "$names" \
	v.001.rec v.002.rec
ok "nothing comes out" gives /dev/null
ok "one in the middle is" refused 3 "parts are missing: 001" "$names" \
	v.000.rec v.002.rec
ok "many are" refused 3 "parts are missing: 000-001" "$names" v.002.rec
ok "the last is" refused 3 "the last part is missing: part 001 does not end \
the stream" "rec-split wrote the next one to a file whose name ends in 002.rec" \
	v.000.rec v.001.rec
ok "the last of those in turn is" refused 3 "parts are missing: 002" "$names" \
	w.000.rec w.001.rec
ok "nothing comes out" gives /dev/null
ok "on stdin one is missing" eval 'cat v.000.rec v.002.rec > "$tmp/in";
	status 3 "$tmp/in" rec-split -j -'
ok "that is said" told rec-split "part 002 comes where part 001 is due" \
	"on stdin parts come in their order, which is ls -v's behind 999; as files, in any"
ok "on stdin the last is missing" eval 'cat v.000.rec v.001.rec > "$tmp/in";
	status 3 "$tmp/in" rec-split -j -'
ok "and the first" eval 'status 3 v.001.rec rec-split -j -'
for size in 0 39 40 60 96 100 5000 8335; do
	head -c $size v.001.rec > short
	ok "one is cut at $size" refused 3 "short: $([ $size = 0 ] &&
		echo "empty input" || echo "cut short at byte $size, without END")" \
		"" v.000.rec short v.002.rec
done
ok "on stdin the second is cut" eval 'cat v.000.rec short > "$tmp/in"
	status 3 "$tmp/in" rec-split -j - &&
	told rec-split "part 001: cut short at byte 8335, without END"'
echo >> v.002.rec
ok "one is longer" refused 3 "v.002.rec: record 3 (END) at byte 4704: bytes \
follow END, from byte 4712 on" "" v.*
"$split_stream" 4096 2 v. < "$plain"
rec-split -b 64K o. < "$plain"
ok "one is of another set" refused 4 "o.000.rec is of another set than \
v.000.rec" "-v -t of each tells its set" v.* o.000.rec
ok "on stdin, too" eval 'cat v.000.rec o.000.rec > "$tmp/in"
	status 4 "$tmp/in" rec-split -j - && told rec-split \
	"what comes behind part 000 is of another set"'
"$split_stream" --do last 1 v.001.rec > other
ok "one is there twice, with other content" refused 4 \
	"v.001.rec and other are both part 1, and differ" "" v.* other
ok "and no file" refused 5 "v.001.rec and /dev/fd/63 are both part 1, and no \
files that could be compared" "" v.* <(cat other)
# what STATUS MESSAGE CHANGE...: part 1 changed so.
what() {
	local want=$1 message=$2
	shift 2
	"$split_stream" --do "$@" v.001.rec > bad
	ok "$*" refused "$want" "bad: $message" "" v.000.rec bad v.002.rec
}
chunk='(PART_CHUNK) at byte'
what 3 "record 1 $chunk 96: chunk 3 comes where 2 is due: chunks are missing" \
	drop 0
what 4 "record 2 $chunk 4224: chunk 2 comes again, where 3 is due" twice 0
what 3 "record 1 $chunk 96: chunk 3 comes where 2 is due: chunks are missing" \
	swap 0
what 3 "record 2 $chunk 4224: comes behind the last chunk" last 0
what 3 "record 1 $chunk 96: chunk 7 comes where 2 is due: chunks are missing" \
	number 0 7
what 4 "record 1 $chunk 96: chunk 1 comes again, where 2 is due" number 0 1
what 4 "record 2 $chunk 4224: damaged, or of another set" foreign 1
what 5 "record 0 (PART_HEADER) at byte 40: version 2 with flags 0x0000, known \
is version 1" header version 2
what 5 "record 0 (PART_HEADER) at byte 40: version 1 with flags 0x0004, known \
is version 1" header flags 4
what 3 "record 0 (PART_HEADER) at byte 40: part 1000000 of 0 with chunks of \
4096 bytes: no set is like that" header number 1000000
what 3 "record 0 (PART_HEADER) at byte 40: part 1 of 1 with chunks of 4096 \
bytes: no set is like that" header parts 1
what 3 "record 0 (PART_HEADER) at byte 40: part 1 of 0 with chunks of 4095 \
bytes: no set is like that" header size 4095
{
	head -c 80 v.001.rec
	printf '\7'
	tail -c +82 v.001.rec
} > bad
ok "a header is damaged" refused 4 "bad: record 0 (PART_HEADER) at byte 40: \
damaged" "" v.000.rec bad v.002.rec
"$split_stream" --do header size 8192 v.001.rec > bad
ok "a part that says something else of the set" refused 3 "v.000.rec and bad \
say they are of one set, but not of the same kind" "" v.000.rec bad v.002.rec
"$split_stream" --do drop 1 v.001.rec > bad
ok "the last chunk of a part is missing" refused 3 "v.002.rec: record 1 $chunk \
96: chunk 4 comes where 3 is due: chunks are missing" "" v.000.rec bad v.002.rec
"$split_stream" --do unlast 1 v.002.rec > bad
ok "the payload's end is not told" refused 3 "the last part is missing: part \
002 does not end the stream" "rec-split wrote the next one to a file whose name \
ends in 003.rec" v.000.rec v.001.rec bad
{
	head -c 24 v.001.rec
	printf '\2'
	tail -c +26 v.001.rec
} > bad
ok "headers that are not a container's" refused 3 "bad: record 0 (PART_HEADER) \
at byte 40: the headers before it are not those of a container" "" v.000.rec \
	bad v.002.rec
"$split_stream" --do drop 1 v.002.rec > bad
ok "the chunk that ends the payload is missing" refused 3 "the last part is \
missing: part 002 does not end the stream" "rec-split wrote the next one to a \
file whose name ends in 003.rec" v.000.rec v.001.rec bad
"$split_stream" --do drop 0 w.001.rec > bad
ok "a chunk is missing, in turn" refused 3 "bad: record 1 $chunk 96: chunk 4 \
comes where 1 is due: chunks are missing" "" w.000.rec bad w.002.rec
ok "no part" refused 5 "$plain: record 0 (X86_CPUID_POLICY) at byte 40: the \
stream's outermost layer is not PART_HEADER" "it has none; use the stream as \
it is" "$plain"
rec-checksum < v.000.rec > checked
ok "a part with check data" status 5 /dev/null rec-split -j checked
ok "says what to do" grep -q 'hint: undo that layer first: rec-checksum -d' \
	"$tmp/err"
ok "a part is not split" status 5 v.000.rec rec-split -b 64K x.
ok "says why" told rec-split "record 0 (PART_HEADER) at byte 40: the stream \
has this layer already" "rec-split -j takes it off"
ok "no file" status 1 /dev/null rec-split -j none
ok "says why" told rec-split "none: cannot be opened: No such file or directory"
ok "xc-absorb says what to do" status 5 v.000.rec xc-absorb -t
ok "with rec-split" grep -q 'hint: .*rec-split -j joins parts' "$tmp/err"

# Files: all or none, and nothing is overwritten.
rm -f ./*
echo old > v.002.rec
ok "a file is there" status 5 "$tmp/many" rec-split -b 200K v.
ok "it is said what to do" told rec-split "v.002.rec is there already" \
	"-f puts the new ones in the place of old ones, when all are whole"
ok "it stays, alone" test "$(echo ./*):$(< v.002.rec)" = ./v.002.rec:old
ok "-f" status 0 "$tmp/many" rec-split -f -b 200K v.
ok "replaces it" whole v.*
touch v.100.rec
ok "a smaller set with -f" status 0 "$plain" rec-split -f -b 64K v.
ok "takes the place of the larger one, and of nothing else" test "$(echo ./*)" = \
	"./v.000.rec ./v.100.rec"
rm v.*.rec
rec-split -b 64K v. < "$tmp/many"
rm v.005.rec
cp v.008.rec other
rec-split -b 64K o. < "$tmp/many"
mv o.007.rec v.019.rec
rm o.*
ok "one that replaces a set with a gap" status 0 "$plain" rec-split -f -b 64K v.
ok "leaves nothing of that, and what is of another" test "$(echo v.*)" = \
	"v.000.rec v.019.rec"
rm ./*
mkdir v.000.dir
mkdir v.001.rec
ok "a directory is there" status 5 "$tmp/many" rec-split -f -b 200K v.
rmdir v.001.rec v.000.dir
cut=$(($(stat -c %s "$tmp/many") - 8))
head -c $cut "$tmp/many" > "$tmp/cut"
ok "a stream without END" status 3 "$tmp/cut" rec-split -b 200K v.
ok "leaves nothing" test -z "$(ls -A)"
ok "no stream" status 3 <(echo hello) rec-split -b 200K v.
ok "leaves nothing" test -z "$(ls -A)"
full() {
	(ulimit -f 300 && rec-split -b 1M v.)
}
ok "a file may not be so large" status 1 "$tmp/many" full
ok "leaves nothing" test -z "$(ls -A)"
ok "a directory that is none" status 1 "$tmp/many" rec-split -b 1M none/v.
few() {
	(ulimit -Hn 12 && rec-split -b 64K v.)
}
ok "more parts than this process may have open" status 1 "$tmp/many" few
ok "leaves nothing" test -z "$(ls -A)"
# Names are given to all, or to none.
names_fail() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -o "$tmp/calls" \
		-e trace="$1" -e inject="$1:error=EIO:when=4" \
		rec-split -T 1 -b 200K "${@:2}" v. < "$tmp/many" 2> "$tmp/err"
}
if strace -qq -o "$tmp/calls" true 2> "$tmp/notes"; then
	ok "a name cannot be given" not names_fail linkat
	ok "is told" told rec-split "cannot make v.003.rec: Input/output error"
	ok "no part has its own" test -z "$(ls -A)"
	"$here/gen/make-stream" text 1 | rec-split -b 100K v.
	mkdir "$tmp/old"
	cp v.* "$tmp/old"
	ok "a name cannot be exchanged" not names_fail renameat2 -f
	ok "is told" told rec-split "cannot make v.003.rec: Input/output error"
	ok "the old set is there, alone" diff -r "$tmp/old" .
	rm ./*
else
	skip 6 "strace cannot trace here"
fi

# killed SIGNAL OPTION...: with parts begun.
killed() {
	local pid good=0
	mkfifo "$tmp/feed"
	rec-split "${@:2}" v. < "$tmp/feed" 2> "$tmp/err" &
	pid=$!
	exec 8> "$tmp/feed"
	# More than pipe and threads take: parts were begun.
	head -c 3000000 "$tmp/many" >&8
	kill -"$1" "$pid"
	wait "$pid" || good=$?
	exec 8>&-
	rm "$tmp/feed"
	[ "$good" = $((128 + $(kill -l "$1"))) ] && [ -z "$(ls -A)" ]
}
# A command of more than one process, which publishes what it got at its end.
commits='cat | { cat > "$FILE.part"; mv "$FILE.part" "$FILE"; }'
"$here/gen/make-stream" noise 4 > "$tmp/many"
for signal in TERM HUP KILL; do
	ok "SIG$signal leaves nothing" killed $signal -b 64K
done

# group_ends PID: of that process group none is left but who awaits his parent.
group_ends() {
	local n
	for ((n = 0; n < 600; n++)); do
		pgrep -r D,R,S,T -g "$1" > "$tmp/pids" || return 0
		sleep 0.1
	done
	return 1
}
ok "SIGTERM reaches all of a command" eval '! killed TERM -b 1G --filter \
	"echo \$\$ > ../pid; $commits" && group_ends "$(< ../pid)" &&
	[ "$(echo ./*)" = ./v.000.rec.part ]'
rm -f ./*

# Commands.
"$here/gen/make-stream" mixed 1 > "$tmp/many"
ok "--filter" status 0 "$tmp/many" rec-split -b 200K \
	--filter 'gzip > "$FILE.gz"' v.
ok "writes nothing else" test -z "$(ls ./*.rec 2> "$tmp/none")"
ok "each got its part" eval 'zcat v.*.gz | whole -'
rm -f ./*
ok "-n --filter" status 0 "$tmp/many" rec-split -n 3 --filter \
	'cat > "$FILE.x"' v.
ok "each got its part" whole v.*.x
rm -f ./*
ok "rclone takes parts" status 0 "$tmp/many" env RCLONE_CONFIG=/dev/null \
	rec-split -b 200K --filter \
	'rclone rcat ":local:$PWD/bucket/$FILE" 2>> log' v.
ok "and gives them back" eval 'for n in bucket/*; do RCLONE_CONFIG=/dev/null \
	rclone cat ":local:$PWD/$n"; done 2>> log | whole -'
rm -rf ./*
ok "one that fails" status 1 "$tmp/many" rec-split -b 200K --filter \
	'cat > "$FILE"; [ "$FILE" != v.001.rec ] || exit 7' v.
ok "is told" told rec-split "the command for v.001.rec exited with 7"
ok "no other was started" test "$(echo ./*)" = "./v.000.rec ./v.001.rec"
rm -f ./*
ok "one that does not read" status 1 "$tmp/many" rec-split -b 200K --filter \
	'exit 0' v.
ok "is told" told rec-split "the command for v.000.rec did not read all of it"
ok "one that is killed" status 1 "$tmp/many" rec-split -b 200K --filter \
	'kill -KILL $$' v.
ok "is told" told rec-split "the command for v.000.rec was killed by signal 9"
ok "of a stream that is cut" status 3 "$tmp/cut" rec-split -b 1G --filter \
	"$commits" v.
ok "no command takes its part for whole" test ! -e v.000.rec
rm -f ./*
ok "with checkpoints" status 3 "$vectors/cut-checkpoint" rec-split -b 1G \
	--filter "$commits" v.
ok "it has those that came" eval 'status 3 v.000.rec rec-split -j - &&
	gives "$vectors/cut-checkpoint" "$(stat -c %s "$tmp/out")"'
rm -f ./*
ok "but no file" eval 'status 3 "$vectors/cut-checkpoint" rec-split -b 1G v. &&
	[ -z "$(ls -A)" ]'

# A copy.
for how in "" --strict; do
	ok "--tee $how" status 0 "$tmp/many" rec-split --tee 'cat > copy' $how
	ok "goes on" gives "$tmp/many"
	ok "and is copied" cmp copy "$tmp/many"
	ok "of a stream that is cut" status 3 "$tmp/cut" rec-split --tee \
		'cat > copy; echo >> copy' $how
	ok "it goes on up to there" gives "$tmp/many" "$cut"
	ok "and the command is killed" not cmp -s copy <(cat "$tmp/cut"; echo)
done
ok "a command that fails" status 1 "$tmp/many" rec-split --tee 'cat; exit 3'
ok "is told" told rec-split "the command exited with 3" "the stream went on, \
and is whole; its copy is not"
ok "the stream goes on" eval 'status 1 "$tmp/many" rec-split --tee "exit 3" &&
	gives "$tmp/many"'
ok "--strict" status 1 "$tmp/many" rec-split --strict --tee \
	'cat > copy; exit 3'
ok "says so" told rec-split "the command exited with 3"
ok "END waits for it" gives "$tmp/many" "$cut"
ok "--strict, one that does not read" status 1 "$tmp/many" rec-split --strict \
	--tee 'exit 3'
for name in good-xl good-libxl-checkpoint-end good-virsh; do
	ok "--tee: $name" eval 'rec-split --tee "cat > copy" < "$vectors/$name" |
		cmp - "$vectors/$name" && cmp copy "$vectors/$name"'
done

# Memory, and wrong usage.
"$here/gen/make-stream" text 128 > "$tmp/many"
rm -f ./*
if [ -z "${SANITIZED-}" ]; then
	ok "memory" "$here/probe" peak 30000 0 "$tmp/many" rec-split -b 8M v.
	cat v.* > all
	ok "memory to join" "$here/probe" peak 30000 0 all rec-split -t -
else
	skip 2 "a sanitizer takes memory of its own"
fi
for how in "" "-b 64K" "-b 1K v." "-b 64K a b" "-n 0 v." "-n 1001 v." \
	"-b 64K -n 3 v." -j "-t" "-j - a" "-t a -" "--strict -j a" "-j -f a" "--filter cat -j a" \
	"-b 64K -f --filter cat v." "--explode d x" "--tee cat x"; do
	# shellcheck disable=SC2086 # words
	ok "usage: $how" status 2 "$plain" rec-split $how
	ok "in a line and a hint" test "$(wc -l < "$tmp/err")" = 2
done
cd /
plan
