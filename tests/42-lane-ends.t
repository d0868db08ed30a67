#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-split --lane and --collect: processes that are stopped and killed, memory
# when all is full, and who may come in.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=lanes.sh
. "${0%/*}/lanes.sh"
mkfifo "$tmp/pipe" "$tmp/reads"
"$here/gen/make-stream" noise 12 > "$tmp/many"
size=$(stat -c %s "$tmp/many")

# begin OPTION...: a collector with the options in $there, read by $reader, and a
# sender with these, fed by $feeder.
there=()
begin() {
	rec-split --collect "$socket" "${there[@]}" > "$tmp/reads" 2> "$tmp/there" &
	collector=$!
	rec-split "${way[@]}" "$@" < "$tmp/pipe" 2> "$tmp/err" &
	sender=$!
	exec {feeder}> "$tmp/pipe" {reader}< "$tmp/reads"
}
# feed FIRST BYTES: of $tmp/many; rest FIRST: all of it from there on, and its
# end, while others read.
feed() {
	head -c "$2" < <(tail -c +$(($1 + 1)) "$tmp/many") >&"$feeder"
}
rest() {
	tail -c +$(($1 + 1)) "$tmp/many" >&"$feeder" &
	exec {feeder}>&-
}
# comes FIRST BYTES: what is read next is this part of it.  whole FIRST: what is
# left is all of it from there on.
comes() {
	timeout 60 head -c "$2" <&"$reader" | cmp - <(tail -c +$(($1 + 1)) "$tmp/many" | head -c "$2")
}
whole() {
	timeout 60 cat <&"$reader" | cmp - <(tail -c +$(($1 + 1)) "$tmp/many")
}
# both_end: well, and nobody reads any more.
both_end() {
	exec {reader}<&-
	wait "$sender" && ended 0
}
# stands PID: whether it is stopped.
stands() {
	grep -q "^State:.T" "/proc/$1/status"
}
# stop PID: it is when this returns.
stop() {
	kill -STOP "$1"
	until_so stands "$1"
}

# A lane's process is stopped.
way=() && known one && good && good
begin
feed 0 3000000
until_so test -e "$tmp/one"
lane=$(< "$tmp/one")
stop "$lane"
rest 3000000
ok "a lane is stopped: all comes by the others" comes 0 $((size - 2000000))
ok "while it stands still" stands "$lane"
ok "to the end" whole $((size - 2000000))
ok "both ends are done without it" both_end
ok "its command was ended" not kill -0 "$lane"
rm "$tmp/one"
begin
feed 0 3000000
until_so test -e "$tmp/one"
lane=$(< "$tmp/one")
stop "$lane"
feed 3000000 3000000
ok "and others go on" comes 0 4000000
kill -CONT "$lane"
rest 6000000
ok "it goes on: it is whole" whole 4000000
ok "both ends are done" both_end

# The ends are.
way=() && good && good
begin
feed 0 3000000
stop $sender
rest 3000000
kill -CONT $sender
ok "the sender is stopped, and goes on" whole 0
ok "all is well" both_end
begin
feed 0 3000000
stop "$collector"
rest 3000000
kill -CONT "$collector"
ok "the collector is" whole 0
ok "all is well" both_end
begin --reconnect 8
feed 0 3000000
stop "$collector"
rest 3000000
until_so grep "lane 0: it stands still" "$tmp/err"
kill -CONT "$collector"
ok "it is, until lanes are started again" whole 0
ok "all is well" both_end

# Behind each tenth chunk that comes out, one of three is killed.  The others are
# not on their way yet, but for four in the window and four in the pipe.
"$here/gen/make-stream" noise 40 > "$tmp/many"
ten=$((10 * 262144))
kills=$(($(stat -c %s "$tmp/many") / ten - 1))
there=(--window 1M)
way=() && known 0 && known 1 && known 2
# killed LANE: the process that it has now, and had not when it was killed last.
killed() {
	rm "$tmp/$1" && kill -KILL "$2"
}
begin --reconnect 20
rest 0
for ((n = 0; n < kills; n++)); do
	head -c $ten <&"$reader" >&3
	until_so test -e "$tmp/$((n % 3))"
	killed $((n % 3)) "$(< "$tmp/$((n % 3))")"
done 3> "$tmp/out"
cat <&"$reader" >> "$tmp/out"
ok "one of three is killed behind each tenth chunk: it is whole" cmp "$tmp/many" "$tmp/out"
ok "all is well" both_end
ok "$kills were killed" test "$(grep -c "the command was killed by signal 9" "$tmp/err")" = $kills

# Memory, as the manual has it, with all full: nobody reads, and one lane stands
# still.
# own PID...: KiB that they have for themselves.
own() {
	local status=("${@/#//proc/}")
	awk '/^RssAnon/ { kib += $2 } END { print kib }' "${status[@]/%//status}"
}
# has KIB PID...
has() {
	[ "$(own "${@:2}")" -ge "$1" ]
}
# takes KIB PID...: no more than that.
takes() {
	echo "$(own "${@:2}") KiB, of $1"
	! has $(($1 + 1)) "${@:2}"
}
if [ -z "$SANITIZED" ]; then
	mib=1024
	there=(--window 8M)
	way=() && bad stall=104 && good && good
	begin --spool 16M -T 2
	feed 0 $((16 * 1024 * 1024 - 65536))
	until_so has $((15 * mib)) $sender && until_so has $((7 * mib)) "$collector"
	# What makes the chunks was started before the lanes.
	filler=$(cut -d ' ' -f 1 "/proc/$sender/task/$sender/children")
	ok "the sender: its spool, 0.3 MiB for a lane or thread, and 2 MiB" \
		takes $((16 * mib + 5 * 3 * mib / 10 + 2 * mib)) $sender "$filler"
	ok "the collector: its window, and 0.3 MiB for a lane" \
		takes $((8 * mib + 3 * 3 * mib / 10)) "$collector"
	rest $((16 * 1024 * 1024 - 65536))
	ok "then it is read, and is whole" whole 0
	ok "both ends are done" both_end
else
	skip 4 "a sanitizer takes memory of its own"
fi
there=()

# Who may come in: nobody but the owner, even where the directory lets others.
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
# What comes back to who says which lane it is; a file is all that it needs.
cat > "$tmp/caller" << 'END'
use IO::Socket::UNIX;
my $s = IO::Socket::UNIX->new($ARGV[0]) or die "$!\n";
$SIG{PIPE} = "IGNORE";
local $/;
$s->print(<STDIN>);
$s->flush;
$s->sysread(my $answer, 8);
print "answer: $answer\n";
END
cat > "$tmp/listener" << 'END'
use IO::Socket::UNIX;
IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1)->accept->sysread(my $said, 1);
END
if [ "$(id -u)" = 0 ]; then
	"$here/gen/split-stream" 4096 100 "$tmp/p." < "$vectors/good-hvm-3"
	"$here/gen/split-stream" --do header flags 2 "$tmp/p.000.rec" > "$tmp/lane"
	cp "$(command -v rec-split)" "$tmp/theirs"
	chmod 711 "$tmp"
	chmod 755 "$tmp/theirs" && chmod 644 "$tmp/caller" "$tmp/listener" "$tmp/lane"
	call=(perl "$tmp/caller" "$socket")
	rec-split --collect "$socket" > "$tmp/collected" 2> "$tmp/there" &
	collector=$!
	until_so test -S "$socket"
	ok "another user cannot enter" status 13 "$tmp/lane" "${nobody[@]}" "${call[@]}"
	ok "since the directory is not his" says "Permission denied"
	chmod 755 "$tmp/door" && chmod 666 "$socket"
	ok "where he can he is not heard" eval 'status 0 "$tmp/lane" "${nobody[@]}" "${call[@]}" && gives <(echo "answer: ")'
	ok "it is said" grep -qx "rec-split: somebody who is another user came, and was sent away" "$tmp/there"
	ok "--feed does not even try" status 5 /dev/null "${nobody[@]}" "$tmp/theirs" --feed "$socket"
	ok "why" told rec-split "$socket: its directory is not yours alone" "mkdir -m 700 makes one that is"
	ok "the owner is answered" eval 'status 0 "$tmp/lane" "${call[@]}" && gives <(echo "answer: xRecLane")'
	ok "and what he sends comes out" eval 'ended 0 && cmp "$vectors/good-hvm-3" "$tmp/collected"'
	chmod 777 "$tmp/door"
	"${nobody[@]}" perl "$tmp/listener" "$socket" &
	listener=$!
	until_so test -S "$socket"
	chmod 700 "$tmp/door"
	ok "nor is anything fed to another user" status 5 /dev/null rec-split --feed "$socket"
	ok "it is said" told rec-split "$socket: another user listens there"
	wait $listener
else
	skip 10 "not root"
fi
plan
