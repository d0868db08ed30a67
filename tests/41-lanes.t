#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-split --lane and --collect: one stream over many connections, of which
# none can be relied on.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=lanes.sh
. "${0%/*}/lanes.sh"

plain=$vectors/good-hvm-3
lane=$here/gen/lane
"$here/gen/make-stream" noise 12 > "$tmp/many"
size=$(stat -c %s "$tmp/many")
chunk=$((262144 + 32)) # with its headers, on a lane

# part_of FILE: what came is less than it, without its END.
part_of() {
	[ "$(stat -c %s "$tmp/out")" -lt "$(stat -c %s "$1")" ] &&
		cmp -n "$(stat -c %s "$tmp/out")" "$1" "$tmp/out"
}

# Whatever the lanes are like, what comes is the same.
for n in 1 2 5; do
	way=()
	for ((i = 0; i < n; i++)); do good; done
	ok "$n lanes" over "$tmp/many"
done
ok "nothing is said" test ! -s "$tmp/err" -a ! -s "$tmp/there"
ok "the socket is gone" test -z "$(ls -A "$tmp/door")"
way=() && good && good
for file in "$vectors"/good-*; do
	over "$file" || echo "$file"
done > "$tmp/each" 2>&1
ok "each of the vectors" cmp /dev/null "$tmp/each"
"$here/gen/split-stream" 4096 100 "$tmp/p." < "$plain"
ok "a volume" over "$tmp/p.000.rec"
ok "one thread" over "$tmp/many" -T 1
ok "eight" over "$tmp/many" -T 8
ok "-v tells how much went where" eval 'over "$tmp/many" -v &&
	grep -Eqx "rec-split: $size bytes in 49 chunks, [0-9]+ sent again" "$tmp/err" &&
	grep -Eqx "rec-split: lane 1: [0-9]+ chunks" "$tmp/err"'
way=() && bad rate=300000 && good && good
ok "one is slow" over "$tmp/many" -v
ok "and is not waited for" eval 'n=$(sed -n "s/.*lane 0: \([0-9]*\) .*/\1/p" "$tmp/err") &&
	test "$n" -lt 10'
way=() && bad rate=4000000 && bad rate=2000000 && bad rate=8000000
ok "each has its own rate" over "$tmp/many"
way=() && bad stall=300000 && bad rate=12000000
ok "one stands still for good: another has its chunks" over "$tmp/many"
mkfifo "$tmp/told"
way=() && bad stall=600000 "go=$tmp/go" "told=$tmp/told" && bad rate=6000000
{ timeout 20 cat "$tmp/told" && touch "$tmp/go"; } &
ok "one stands still, and goes on" over "$tmp/many"
wait $!
ok "a window of four chunks, a spool of four" eval 'way=() && good && bad rate=8000000 &&
	receive --window 1M && send 0 "$tmp/many" --spool 1M && ended 0 && gives "$tmp/many"'

# Lanes that die, behind so many chunks, whole ones and a bit.  The others stand
# still until then: else they might have all of it over before, on a busy machine.
for ((n = 0; n <= 10; n += 10)); do
	for bit in 0 5 100000; do
		rm -f "$tmp/went"
		way=(--lane "'$relay' cut=$((104 + n * chunk + bit)) \"$feed\"; code=\$?; : > '$tmp/went'; exit \$code")
		bad stall=104 "go=$tmp/went" && bad stall=104 "go=$tmp/went"
		ok "one of three is cut behind $n chunks and $bit bytes" over "$tmp/many"
	done
done
ok "that is told" eval 'grep -qx "rec-split: lane 0: the command exited with 9" "$tmp/err"'
ok "also there" eval 'grep -q "^rec-split: lane 0: was cut at byte" "$tmp/there"'
way=() && bad cut=700000 && bad cut=900000 && bad rate=12000000
ok "two of three are" over "$tmp/many"
way=() && bad flip=100000 && bad rate=12000000
ok "a byte changes on the way: the lane is dropped, the chunk comes again" over "$tmp/many"
ok "that is told" grep -qx "rec-split: lane 0: the collector there dropped it: what came was damaged" "$tmp/err"
ok "also there" grep -qx "rec-split: lane 0: record 1 (PART_CHUNK) at byte 96: damaged, or of another set" "$tmp/there"
way=() && bad cut=700000 && bad cut=900000
receive --timeout 5
ok "all are: status 1" send 1 "$tmp/many"
ok "it is said last" eval 'tail -n 1 "$tmp/err" | grep -Eqx "rec-split: all lanes are dead, [0-9]+ chunks were written there"'
ok "there it is cut: status 3" ended 3
ok "that is said" eval 'tail -n 1 "$tmp/there" | grep -qx "rec-split: all lanes are cut, and none came again for 5 s"'
ok "no END comes out" part_of "$tmp/many"
ok "the socket is gone" test -z "$(ls -A "$tmp/door")"
way=(--lane true) && good
ok "a command that does nothing" over "$tmp/many"
ok "is told" grep -qx "rec-split: lane 0: nobody answers there" "$tmp/err"
way=(--lane "exec <&- && sleep 60") && bad rate=6000000
ok "one that takes nothing, and stays" over "$tmp/many"
ok "is told, too" grep -qx "rec-split: lane 0: the command does not take any more" "$tmp/err"
way=(--lane "$feed; exit 7")
ok "one that fails at last is told, and no more" over "$plain"
ok "how it failed" told rec-split "lane 0: the command exited with 7"

# Lanes that come back.
way=() && bad cut=700000 "once=$tmp/a" && bad cut=900000 "once=$tmp/b"
receive
ok "all are cut, and come back" send 0 "$tmp/many" --reconnect 20
ok "it is whole" eval 'ended 0 && gives "$tmp/many"'
way=() && bad cut=700000 "down=$tmp/down" "once=$tmp/c"
receive
touch "$tmp/down"
timeout 60 rec-split "${way[@]}" --reconnect 20 < "$tmp/many" 2> "$tmp/err" &
sender=$!
# It is told once for each time that it was tried.
until_so grep "exited with 9" "$tmp/err"
rm "$tmp/down"
ok "they are tried again" eval 'wait $sender && ended 0 && gives "$tmp/many"'
way=() && bad cut=700000 "down=$tmp/down" && touch "$tmp/down"
receive --timeout 1
ok "they do not come back: status 1" send 1 "$tmp/many" --reconnect 1
ok "it is said" grep -Eqx "rec-split: no lane was heard of for 1 s, 0 chunks were written there" "$tmp/err"
ok "there, too" ended 3
rm "$tmp/down"
way=() && bad stall=700000 "once=$tmp/e"
receive
ok "one that stands still is started anew" send 0 "$tmp/many" --reconnect 12
ok "it is whole" eval 'ended 0 && gives "$tmp/many"'
ok "it is said why" grep -qx "rec-split: lane 0: it stands still" "$tmp/err"

# Ends that die.
way=() && good && bad rate=3000000
mkfifo "$tmp/pipe" "$tmp/reads"
rec-split --collect "$socket" > "$tmp/reads" 2> "$tmp/there" &
collector=$!
rec-split "${way[@]}" < "$tmp/pipe" 2> "$tmp/err" &
sender=$!
exec {feeder}> "$tmp/pipe" {reader}< "$tmp/reads"
head -c 3000000 "$tmp/many" >&"$feeder"
head -c 1000000 <&"$reader" > "$tmp/out"
kill -KILL "$collector"
wait "$collector" 2> "$tmp/gone" || true
ok "the receiver dies: status 1" eval 'got=0; wait $sender || got=$?; [ $got = 1 ]'
ok "it is said" eval 'tail -n 1 "$tmp/err" | grep -q "^rec-split: all lanes are dead"'
exec {feeder}>&- {reader}<&-
way=() && good && good
ok "a socket that is left is taken" over "$plain"
receive --timeout 1
rec-split "${way[@]}" < "$tmp/pipe" 2> "$tmp/err" &
sender=$!
exec {feeder}> "$tmp/pipe"
head -c 3000000 "$tmp/many" >&"$feeder"
kill -KILL $sender
wait $sender 2> "$tmp/gone" || true
exec {feeder}>&-
ok "the sender dies: status 3" ended 3
ok "no END came out" part_of "$tmp/many"
receive
rec-split "${way[@]}" < "$tmp/pipe" 2> "$tmp/err" &
sender=$!
exec {feeder}> "$tmp/pipe"
head -c 3000000 "$tmp/many" >&"$feeder"
kill -TERM $sender
got=0 && wait $sender || got=$?
exec {feeder}>&-
ok "SIGTERM ends the sender" test $got = 143
kill -TERM "$collector"
ok "and the collector" ended 143
ok "its socket is gone" test -z "$(ls -A "$tmp/door")"
rec-split --collect "$socket" > /dev/full 2> "$tmp/there" &
collector=$!
ok "no space there: status 1 here" send 1 "$tmp/many"
ok "it is said" grep -qx "rec-split: the collector there gave up, with status 1" "$tmp/err"
ok "and 1 there" ended 1
head -c $((size - 8)) "$tmp/many" > "$tmp/cut"
receive
ok "a stream without END: status 3" send 3 "$tmp/cut"
ok "it is said once" test "$(wc -l < "$tmp/err")" = 1
ok "status 3 there, at once" ended 3
ok "no END comes out" part_of "$tmp/many"
receive
ok "no stream" send 3 <(echo hello)
ok "status 3 there" ended 3

# A stream with checkpoints: each comes out when it went in.
"$here/gen/make-stream" checkpoints 0 > "$tmp/points"
at=$("$here/gen/lane" checkpoint "$tmp/points")
# at_once FILE COUNT WHAT: that the first of it come before there is more.
at_once() {
	rec-split --collect "$socket" > "$tmp/reads" 2> "$tmp/there" &
	collector=$!
	rec-split "${way[@]}" < "$tmp/pipe" 2> "$tmp/err" &
	sender=$!
	exec {feeder}> "$tmp/pipe" {reader}< "$tmp/reads"
	head -c "$2" "$1" >&"$feeder"
	ok "a checkpoint comes at once, $3" cmp <(head -c "$2" "$1") \
		<(timeout 20 head -c "$2" <&"$reader")
	tail -c +$(($2 + 1)) "$1" >&"$feeder"
	exec {feeder}>&-
	ok "and then the rest" cmp <(tail -c +$(($2 + 1)) "$1") - <&"$reader"
	exec {reader}<&-
	ok "all is well" eval 'wait $sender && ended 0'
}
at_once "$tmp/points" "$at" "in the clear"
age-keygen -o "$tmp/key" 2> "$tmp/notes"
recipient=$(age-keygen -y "$tmp/key")
rec-encrypt -r "$recipient" < "$tmp/points" > "$tmp/sealed"
# As long as what is sealed of a stream that is cut there.
head -c "$at" "$tmp/points" | rec-encrypt -r "$recipient" > "$tmp/begin" 2> "$tmp/notes" || true
sealed=$(stat -c %s "$tmp/begin")
at_once "$tmp/sealed" "$sealed" "encrypted"
receive
ok "cut behind it: status 3" send 3 <(head -c $((at + 20)) "$tmp/points")
ok "there, too" ended 3
ok "with all whole records" eval 'cmp "$tmp/out" <(head -c "$at" "$tmp/points")'
ok "and how many checkpoints" grep -qx "rec-split: hint: 1 complete checkpoints came out of it" "$tmp/there"

# What does not fit into memory is in a file, while nobody reads.
"$here/gen/make-stream" noise 80 > "$tmp/large"
rec-split --collect "$socket" --window 1M > "$tmp/reads" 2> "$tmp/there" &
collector=$!
exec {reader}< "$tmp/reads"
{ cat "$tmp/large" && : > "$tmp/told"; } | TMPDIR=$tmp rec-split "${way[@]}" --spool 200M 2> "$tmp/err" &
sender=$!
timeout 60 cat "$tmp/told"
ok "the spool takes it all" cmp "$tmp/large" - <&"$reader"
ok "whole" eval 'wait $sender && ended 0'
exec {reader}<&-
rec-split --collect "$socket" --window 1M > "$tmp/reads" 2> "$tmp/there" &
collector=$!
exec {reader}< "$tmp/reads"
ok "a spool without space: status 1" eval '(ulimit -f 100 && TMPDIR=$tmp send 1 "$tmp/large" --spool 200M)'
ok "it is said" grep -q "^rec-split: spool: .*File too large" "$tmp/err"
kill "$collector"
exec {reader}<&-
ended 143

# Other implementations at either end.
way=(--lane "'$lane' receive '$tmp/theirs'")
ok "another implementation collects" eval 'send 0 "$tmp/many" && cmp "$tmp/many" "$tmp/theirs"'
# answers STATUS MESSAGE HOW: a collector that is wrong is told.
answers() {
	way=(--lane "'$lane' receive '$tmp/theirs' $3")
	send 1 "$tmp/many" && grep -Eqx "rec-split: lane 0: $2" "$tmp/err"
}
ok "a reply of another version" answers 1 "it answers by version 2, known is 1" version
ok "a damaged one" answers 1 "its answer is damaged, or for another set" damaged
ok "one for another set" answers 1 "its answer is damaged, or for another set" foreign
ok "one that means nothing" answers 1 "it answers by 6, which means nothing" kind
for how in more early ahead zero; do
	ok "one that cannot be, $how" answers 1 "it answers what makes no sense: .*" $how
done
way=() && bad "noise='Welcome home'"
receive
ok "a greeting on the way back" send 1 "$tmp/many" --reconnect 20
ok "is shown" grep -qx 'rec-split: lane 0: what answers is no rec-split --collect: "Welcome home.*"' "$tmp/err"
ok "with what to do" grep -qx "rec-split: hint: nothing but rec-split --feed may write there, no login script either" "$tmp/err"
kill "$collector"
ended 143

# theirs ANSWER HOW...: what another implementation sends and is answered.
theirs() {
	local want=$1
	shift
	until_so test -S "$socket"
	timeout 60 "$lane" send "$socket" "$plain" "$@" > "$tmp/answer" || return
	[ "$(tr -s '\n ' ' ' < "$tmp/answer")" = "$want" ] && return
	cat "$tmp/answer"
	return 1
}
for how in whole backwards twice; do
	receive
	ok "another implementation sends, $how" theirs "hello 16384 done 0 6 " $how
	ok "$how: it is whole" eval 'ended 0 && gives "$plain"'
done
receive --timeout 20
ok "a chunk of another set is dropped" theirs "hello 16384 dropped 4 " foreign
ok "all of another set is refused" theirs "given up 5 " other
ok "one out of the window is dropped" theirs "hello 16384 dropped 3 " far
ok "an empty one, too" theirs "hello 16384 dropped 3 " empty
ok "no part" theirs "given up 5 " part
ok "a lane of too high a number" theirs "given up 5 " number 64
ok "no stream" theirs "dropped 3 " noise
quietly() {
	timeout 60 "$lane" send "$socket" "$plain" "$@" > "$tmp/answer"
}
ok "cut at many bytes" quietly cut 97
ok "damaged at many" quietly damage 97
way=() && good
ok "a second sender: status 5" send 5 "$tmp/many"
ok "it is said" told rec-split "the collector there does not take this stream: it collects another one, or takes fewer lanes"
ok "all that did no harm" theirs "hello 16384 done 0 6 " whole
ok "it is whole" eval 'ended 0 && gives "$plain"'
receive
ok "a chunk behind the last is dropped" theirs "hello 16384 dropped 3 " past
ok "the rest is taken" theirs "hello 16384 done 0 6 " whole
ok "whole, too" eval 'ended 0 && gives "$plain"'
receive
ok "it ends before its last chunk: given up" theirs "hello 16384 given up 3 " only 0 1
ok "status 3" ended 3
ok "what is in order came out" eval 'gives "$plain" 8192'

# Who may come in.
chmod 755 "$tmp/door"
ok "a directory that others can enter" status 5 /dev/null rec-split --collect "$socket"
ok "it is said" told rec-split "$socket: its directory is not yours alone" "mkdir -m 700 makes one that is"
ok "nor does feed use it" status 5 /dev/null rec-split --feed "$socket"
chmod 700 "$tmp/door"
receive
until_so test -S "$socket"
ok "nobody else may use the socket" test "$(stat -c %a "$socket")" = 600
ok "a socket that is in use" status 5 /dev/null rec-split --collect "$socket"
ok "it is said" told rec-split "$socket: it is there already"
ok "it goes on" eval 'send 0 "$plain" && ended 0 && gives "$plain"'
touch "$socket"
ok "a file that is there stays" eval 'status 5 /dev/null rec-split --collect "$socket" && rm "$socket"'
if [ "$(id -u)" = 0 ]; then
	mkdir -m 700 "$tmp/others" && chown 65534 "$tmp/others"
	ok "a directory of another's" status 5 /dev/null rec-split --collect "$tmp/others/s"
else
	skip 1 "not root"
fi
ok "no directory" status 1 /dev/null rec-split --collect "$tmp/none/s"

# A connection may be there before the one that makes the directory.
looks() {
	[ -s "$tmp/first" ] && grep -q "^[0-9]* (rec-split) S" "/proc/$(< "$tmp/first")/stat"
}
rm -rf "$tmp/door"
way=() && known first
send 0 "$plain" &
sender=$!
until_so looks
mkdir -m 700 "$tmp/door"
receive
ok "a lane is there before the directory" eval 'wait $sender && ended 0 && gives "$plain"'
ok "nothing is said" test ! -s "$tmp/err"

ok "nobody comes: status 3" status 3 /dev/null rec-split --collect "$socket" --timeout 1
ok "it is said" told rec-split "no lane came for 1 s"

# What rec-migrate --lanes runs.
printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' > "$tmp/ssh"
chmod +x "$tmp/ssh"
carry=("$here/../pipelines/rec-migrate-lanes" 3 "$tmp/ssh dst" 20)
ok "rec-migrate-lanes" status 0 "$tmp/many" "${carry[@]}" "tee $tmp/absorbed | wc" -c
ok "hands on what comes of it" gives <(echo "$size")
ok "all came" cmp "$tmp/many" "$tmp/absorbed"
ok "a stream that is cut has no END there" status 0 "$tmp/cut" "${carry[@]}" cat
ok "but what came" part_of "$tmp/many"
ok "the command fails: its status" status 7 "$tmp/many" "${carry[@]}" exit 7
ok "the host is not there" status 127 "$tmp/many" "${carry[@]:0:2}" "$tmp/none dst" 20 cat
ok "nothing is left" test -z "$(ls -d /tmp/xenrec-lanes-* 2> "$tmp/gone")"
ok "usage" status 2 /dev/null "${carry[@]}"

# The command line, and what is no lane.
ok "options of the one with the other" eval 'status 2 /dev/null rec-split --feed "$socket" --spool 1M &&
	status 2 /dev/null rec-split --lane true --lanes 3 &&
	status 2 /dev/null rec-split --lane true --feed "$socket" &&
	status 2 /dev/null rec-split --lane "" && status 2 /dev/null rec-split --lane true x'
"$here/gen/split-stream" --do header flags 2 "$tmp/p.000.rec" > "$tmp/lane"
ok "a lane in a file is not joined" status 5 /dev/null rec-split -j "$tmp/lane"
ok "it is said" told rec-split "$tmp/lane: record 0 (PART_HEADER) at byte 40: this is what went over a lane, for rec-split --collect"
plan
