#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-migrate --lanes: a move over three connections, also when all of them are
# cut for ten seconds in the middle of it, and when the one for the receipt is.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

lab_create dst pvh first > "$tmp/domid"
on dst 'xl destroy first'
traces dst > "$tmp/dst"
traces src > "$tmp/src"
# Two chunks and a part of one for each lane, and some more.
lab_create src pvh busy "dirty=100 fill=2048" > "$tmp/domid"

# What stands in for ssh: lanes that are begun first carry so many bytes and
# break; then the way is down for ten seconds.  The receipt is lost, or its
# connection is cut when a lane has carried a chunk.
lab_run src 'cat > /root/way; chmod +x /root/way' << 'END'
#!/bin/bash
if [[ $* == *--collect* && -e /tmp/lost ]]; then
	ssh "$@" > /tmp/lost
	exit 255
elif [[ $* == *--collect* && -e /tmp/cut ]]; then
	ssh "$@" &
	while [[ ! -e /tmp/cut/carried ]] && kill -0 $!; do sleep 0.1; done
	kill -KILL $!
	exit 255
elif [[ $* == *--feed* && -e /tmp/cut ]]; then
	{ head -c 300000; touch /tmp/cut/carried; exec cat; } | ssh "$@"
	exit
fi
[[ $* == *--feed* && -e /tmp/bytes ]] || exec ssh "$@"
[[ ! -e /tmp/down ]] || exit 255
for n in 1 2 3; do
	mkdir "/tmp/lane.$n" 2> /dev/null || continue
	head -c "$(cat /tmp/bytes)" | ssh "$@"
	mkdir /tmp/down 2> /dev/null &&
		{ sleep 10; rmdir /tmp/down; } > /dev/null 2>&1 < /dev/null &
	exit 255
done
exec ssh "$@"
END

ok "it moves over three lanes" on src 'rec-migrate -q --lanes 3 busy dst'
ok "it counts on at dst, memory whole" came_whole dst busy
ok "nothing is left at src" same_traces src "$tmp/src"
ok "nor of the lanes" on dst '! ls -d /tmp/xenrec-lanes-* 2> /dev/null && ! pidof rec-split'
ok "and back" on dst 'rec-migrate -q --lanes 2 busy src'
ok "it counts on at src, memory whole" came_whole src busy
traces src > "$tmp/busy"
on src 'echo 600000 > /tmp/bytes'
ok "all lanes are cut for ten seconds: it moves nevertheless" \
	on src 'rec-migrate --ssh /root/way --lanes 3 busy dst > /tmp/came 2> /tmp/said'
ok "it counts on at dst, memory whole" came_whole dst busy 2
ok "all three were cut" on src 'grep -c "exited with 255" /tmp/said; test -d /tmp/lane.3'
ok "it took more than ten seconds" on src 'ms=$(sed -n "s/.* in \([0-9]*\) ms.*/\1/p" /tmp/came) && ((ms > 10000))'
ok "nothing is left at src" same_traces src "$tmp/src"
ok "and back" on dst 'rec-migrate -q busy src'
ok "it runs" came_whole src busy 2
traces src > "$tmp/busy"
on src 'rmdir /tmp/lane.*; mkdir /tmp/down'
ok "the lanes never come: not moved, status 1" fails 1 src \
	'rec-migrate --timeout 15 --ssh /root/way --lanes 3 busy dst'
ok "the guest runs" runs src busy
ok "no other trace" same_traces src "$tmp/busy"
ok "nothing at dst" same_traces dst "$tmp/dst"
ok "nor of the lanes" on dst '! ls -d /tmp/xenrec-lanes-* 2> /dev/null && ! pidof rec-split'
on src 'rmdir /tmp/down; rm /tmp/bytes; mkdir /tmp/cut'
ok "the receipt's connection is cut amid the stream: not moved, status 1" fails 1 src \
	'rec-migrate --timeout 15 --ssh /root/way --lanes 3 busy dst'
ok "it was amid it" on src 'test -e /tmp/cut/carried'
ok "the guest runs" runs src busy
ok "no other trace" same_traces src "$tmp/busy"
on dst 'while pidof rec-split; do sleep 0.2; done' > "$tmp/pids"
ok "nothing at dst" same_traces dst "$tmp/dst"
ok "nor of the lanes" on dst '! ls -d /tmp/xenrec-lanes-* 2> /dev/null'
on src 'rm -r /tmp/cut; touch /tmp/lost'
ok "the receipt is lost: it is asked for, and the guest moves" \
	on src 'rec-migrate --ssh /root/way --lanes 3 busy dst'
ok "it counts on at dst, memory whole" came_whole dst busy 3
ok "it was lost" on src 'grep -q paused /tmp/lost'
ok "nothing is left at src" same_traces src "$tmp/src"
plan
