#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Live saves: a guest that is busy all the time moves and is saved, or is not
# and runs on; and how a guest is asked to stop.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

move='xc-emit --live -v "$1" 2> /tmp/told | rec-compress |
	ssh "$2" xc-absorb > /tmp/receipt'

# told HOST REGEX: whether xc-emit said so there.
told() {
	on "$1" 'grep -E -- "$1" /tmp/told' "$2"
}

# rounds HOST MIN MAX: whether it said that it made so many, the last included.
rounds() {
	on "$1" 'n=$(sed -n "s/.*: \([0-9]*\) rounds, .*/\1/p" /tmp/told)
		echo "$n rounds"; [ "$n" -ge "$1" ] && [ "$n" -le "$2" ]' "$2" "$3"
}

# logged HOST: whether Xen logs what a guest changes.
logged='{ xl debug-keys q; xl dmesg -c | grep -F log_dirty; }'

# 4 MiB are 1024 pages, and some that only PVH guests have.
busy=$(lab_create src pvh busy dirty)
ok "a busy guest moves live" on src "set -o pipefail; $move" busy dst
ok "its memory is whole, and it runs" came_whole dst busy
ok "at src it is suspended" suspended src busy
ok "there were more than two rounds" rounds src 3 6
ok "a line tells of each" \
	told src '^xc-emit: round 2: [0-9]+ pages, [0-9.]+ MB/s, [0-9]+ dirty$'
ok "more pages were sent than it has" \
	on src 'n=$(sed -n "s/.* rounds, \([0-9]*\) pages.*/\1/p" /tmp/told)
		echo "$n pages"; [ "$n" -gt 1600 ]'
ok "it was asked by xenstore" told src 'stopped by xenstore'
ok "the time it stood still is told" told src 'stopped for [0-9]+ ms so far$'
ok "--destroy takes the source away" on src 'xc-emit --destroy busy'
ok "no trace of it" gone src busy "$busy"
ok "it moves back" on dst "set -o pipefail; $move" busy src
ok "its memory is whole, and it runs" came_whole src busy
on dst 'xc-emit -q --destroy busy'

# --- when it stops ---
traces src > "$tmp/src"
ok "a snapshot, while it runs" on src 'xc-emit -c --live -v busy > /tmp/s 2> /tmp/told'
ok "the time it stood still is told" told src 'stopped for [0-9]+ ms$'
ok "it runs, memory whole" ran_on src busy
ok "no other trace" same_traces src "$tmp/src"
ok "--max-rounds is kept" on src 'xc-emit -c --live --max-rounds 2 busy > /tmp/s 2> /tmp/told'
ok "two, and the last" rounds src 3 3
ok "--stop-dirty stops it early" \
	on src 'xc-emit -c --live --stop-dirty 9999 busy > /tmp/s 2> /tmp/told'
ok "after one, and the last" rounds src 2 2
ok "--max-downtime stops it when the rest fits" \
	on src 'xc-emit -c --live --max-downtime 60000 --stop-dirty 0 busy > /tmp/s 2> /tmp/told'
ok "after one, and the last" rounds src 2 2
ok "a rest that never fits: status 5" \
	fails 5 src 'xc-emit --live --max-downtime 1 busy > /tmp/s'
ok "it is said why" grep -Eq 'after 5 rounds [0-9]+ pages are dirty, which take [0-9]+ ms at [0-9.]+ MB/s, over the limit of 1 ms; it runs on$' "$tmp/err"
ok "and what to do" grep -q 'hint: allow more with --max-downtime' "$tmp/err"
ok "it runs on" runs src busy
ok "and was not stopped; no trace, no log of what it changes" same_traces src "$tmp/src"
ok "what was written has no END" fails 3 src 'xc-absorb -t < /tmp/s'

# --- by event channel ---
# A deaf guest does not answer by xenstore: it has to be the channel.
lab_create src pvh bell "evtchn deaf" > "$tmp/domid"
lab_create src pv ring "evtchn deaf" > "$tmp/domid"
traces src > "$tmp/src"
for guest in bell ring; do
	ok "$guest: is asked by event channel" \
		on src 'xc-emit -c -v "$1" > /tmp/s 2> /tmp/told' "$guest"
	ok "$guest: it is said so" told src 'stopped by event channel'
	ok "$guest: it runs, memory whole" ran_on src "$guest"
done
ok "no lock, no other trace" same_traces src "$tmp/src"
ok "live too" on src 'xc-emit -c --live bell > /tmp/s 2> /tmp/told'
ok "by event channel" told src 'stopped by event channel'
ok "no lock, no other trace" same_traces src "$tmp/src"

# held COMMAND [BYTES]: the start of a script in which COMMAND is in the
# middle of a live round: its reader has taken BYTES and holds the pipe.
held() {
	printf '%s\n' 'rm -f /tmp/pipe; mkfifo /tmp/pipe' \
		"$1 > /tmp/pipe 2> /tmp/told & emit=\$!" \
		"exec 3< /tmp/pipe; head -c ${2:-1000000} <&3 > /tmp/part" \
		'read -r saver < "/proc/$emit/task/$emit/children"' \
		"$logged"
}

# It saves the guest live: what Xen logs for it is not touched.
ok "another toolstack has the channel: refused" fails 5 src "
	$(held "unshare -m sh -c 'mount -t tmpfs none /run/xenrec; exec xc-emit --live bell'")
	ls /run/xen/suspend-evtchn-*.lock || exit 9
	xc-emit --live bell > /tmp/s; status=\$?
	$logged || exit 8
	kill \$emit; wait \$emit; tail --pid=\$saver -f /dev/null
	exit \$status"
ok "it is said why" grep -q 'its suspend event channel cannot be had.*lock' "$tmp/err"
ok "in one line" not grep -F '?' "$tmp/err"
ok "it runs" runs src bell
ok "no lock, no other trace" same_traces src "$tmp/src"

# --- killed, in the middle of a round and at its end ---
# The first round is of 12.6 MB, of which the pipes take 1 MiB each. With less
# than that left the saver has written it, and waits until the framer has it.
for bytes in 1000000 10800000; do
	ok "SIGKILL to xc-emit at byte $bytes" fails 137 src "
		$(held 'xc-emit --live bell' "$bytes")
		kill -9 \$emit; wait \$emit; status=\$?
		tail --pid=\$saver -f /dev/null; exit \$status"
	ok "the guest runs" runs src bell
	ok "nothing is logged, no lock, no trace" same_traces src "$tmp/src"
	ok "SIGKILL to the saver at byte $bytes" fails 1 src "
		$(held 'xc-emit --live bell' "$bytes")
		ls /run/xen/suspend-evtchn-*.lock || exit 9
		kill -9 \$saver; cat <&3 > /tmp/part; wait \$emit"
	ok "it is said" told src 'saver was killed'
	ok "the guest runs" runs src bell
	ok "nothing is logged, no lock, no trace" same_traces src "$tmp/src"
done
# Paused, it takes the request only after the saver was killed.
ok "SIGKILL to the saver after the request" fails 1 src "
	$(held 'xc-emit --live -v bell')
	xl pause bell; cat <&3 > /tmp/part &
	until grep -q 'round 1:' /tmp/told; do :; done
	kill -9 \$saver; xl unpause bell; wait \$emit"
ok "the guest is let run again" runs src bell
ok "nothing is logged, no lock, no trace" same_traces src "$tmp/src"
ok "the reader dies in a round" fails 1 src "
	$(held 'xc-emit --live busy')
	exec 3<&-; wait \$emit"
ok "the guest runs" runs src busy
ok "nothing is logged, no trace" same_traces src "$tmp/src"

# --- guests that change under it ---
# paused GUEST: paused in the first round, it does not answer in time.
paused() {
	fails 1 src "$(held "xc-emit --live --suspend-timeout 2 $1")
		xl pause $1; cat <&3 > /tmp/part; wait \$emit; status=\$?
		xl unpause $1; exit \$status"
}
ok "paused, asked by xenstore" paused busy
ok "it is said" told src 'did not answer the request to suspend within 2 s; it runs on$'
ok "it runs" runs src busy
ok "and was not stopped; no trace" same_traces src "$tmp/src"
ok "paused, asked by event channel" paused bell
ok "it is said" told src 'event channel, but did not suspend within 2 s$'
ok "and what comes of it" told src 'may still do so; then: xc-emit --resume -f [0-9]+$'
ok "it does so" on src 'until xl list bell | grep -F -- ---ss-; do :; done'
ok "and is let run again" on src 'xc-emit --resume -f bell'
ok "it runs" runs src bell
ok "no other trace" same_traces src "$tmp/src"
lab_create src pvh lost > "$tmp/domid"
ok "destroyed in the first round" fails 1 src "$(held 'xc-emit --live lost')
	xl destroy lost; cat <&3 > /tmp/part; wait \$emit"
ok "it is said" told src 'lost.* is gone$'
ok "and no way out" not told src hint

# --- what cannot be saved live ---
lab_create src pv plain > "$tmp/domid"
traces src > "$tmp/src"
ok "PV: refused, without shadow paging" fails 5 src 'xc-emit --live plain > /tmp/s'
ok "it is said why" grep -q 'cannot be saved live: .*shadow paging' "$tmp/err"
ok "nothing was written" on src '[ ! -s /tmp/s ]'
ok "it was not touched" same_traces src "$tmp/src"
ok "it runs" runs src plain
ok "and was never suspended" not lab_await src plain 'suspend' 1

ok "--try-live saves it, standing still" \
	on src 'xc-emit -c -v --try-live plain > /tmp/s 2> /tmp/told && xc-absorb -t < /tmp/s'
ok "in one round" rounds src 1 1
ok "it runs on" runs src plain
ok "--try-live saves PVH live" on src 'xc-emit -c -v --try-live busy > /tmp/s 2> /tmp/told'
ok "in rounds" rounds src 2 9

on src 'xc-emit -q bell > /tmp/s'
ok "one that is suspended already is saved as it is" \
	on src 'xc-emit --live -f -q bell > /tmp/s'
ok "and is whole" on src 'xc-absorb -t < /tmp/s'
ok "it stays suspended" suspended src bell
on src 'xc-emit -q plain > /tmp/s'
ok "PV too" on src 'xc-emit --live -f -q plain > /tmp/s'
plan
