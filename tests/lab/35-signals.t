#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Processes that are killed, and two that want the same guest.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
done
traces src > "$tmp/src"

# held GUEST OPTIONS: the start of a script in which xc-emit is in the middle
# of the guest: its reader has taken 1 MB and holds the pipe.
held() {
	local options=${2:-}
	printf '%s\n' 'rm -f /tmp/pipe; mkfifo /tmp/pipe' \
		"xc-emit $options $1 > /tmp/pipe 2> /tmp/emit & emit=\$!" \
		'exec 3< /tmp/pipe; head -c 1000000 <&3 > /tmp/part' \
		'read -r saver < "/proc/$emit/task/$emit/children"'
}

# SIGINT is ignored by what is started with & unless there is job control.
for kind in pv pvh; do
	for signal in TERM HUP INT; do
		ok "$kind: SIG$signal to xc-emit" fails "$((128 + $(kill -l "$signal")))" \
			src "set -m; $(held "$kind")
				kill -s $signal \$emit; wait \$emit; status=\$?
				! kill -0 \$saver || exit 9
				exit \$status"
		ok "$kind: the guest runs" runs src "$kind"
		ok "$kind: no other trace" same_traces src "$tmp/src"
	done
	for again in TERM KILL; do
		ok "$kind: SIGTERM, and SIG$again at once" fails "$((128 + $(kill -l "$again")))" \
			src "$(held "$kind")
				kill -s TERM \$emit; kill -s $again \$emit; wait \$emit; status=\$?
				tail --pid=\$saver -f /dev/null; exit \$status"
		ok "$kind: the guest runs" runs src "$kind"
		ok "$kind: no other trace" same_traces src "$tmp/src"
	done
	ok "$kind: SIGKILL to xc-emit" fails 137 \
		src "$(held "$kind")
			kill -s KILL \$emit; wait \$emit; status=\$?
			tail --pid=\$saver -f /dev/null; exit \$status"
	ok "$kind: the guest runs" runs src "$kind"
	ok "$kind: no other trace" same_traces src "$tmp/src"
	ok "$kind: a reader that takes nothing, --timeout" fails 1 \
		src "$(held "$kind" "--timeout 2"); wait \$emit"
	ok "$kind: it is said why" on src 'grep "nothing moved for too long" /tmp/emit'
	ok "$kind: the guest runs" runs src "$kind"
	ok "$kind: no other trace" same_traces src "$tmp/src"
	ok "$kind: the saver is killed" fails 1 src "$(held "$kind")
		kill -9 \$saver; cat <&3 > /tmp/part; wait \$emit"
	ok "$kind: xc-emit says that it took the guest back" \
		on src 'grep "saver was killed" /tmp/emit && grep "stays here" /tmp/emit'
	ok "$kind: the guest runs" runs src "$kind"
	ok "$kind: no other trace" same_traces src "$tmp/src"
done

lab_create src pv deaf deaf > "$tmp/domid"
traces src > "$tmp/src"
ok "xc-emit is stopped while it waits for an answer" fails 143 src '
	xc-emit deaf > /tmp/none & emit=$!
	path=/local/domain/$(xl domid deaf)/control/shutdown
	until [ "$(xenstore-read "$path")" = suspend ]; do :; done
	kill "$emit"; wait "$emit"'
ok "the request is withdrawn, no other trace" same_traces src "$tmp/src"
ok "the guest runs" runs src deaf
ok "the guest is destroyed while it is asked" fails 1 src '
	xc-emit deaf > /tmp/none & emit=$!
	path=/local/domain/$(xl domid deaf)/control/shutdown
	until [ "$(xenstore-read "$path")" = suspend ]; do :; done
	xl destroy deaf
	wait "$emit"'
ok "that it is gone is all that is said" \
	grep -x 'xc-emit: domain [0-9]* (deaf) is gone' "$tmp/err"
ok "and no way out" not grep hint "$tmp/err"

ok "two at work on one guest: the second is refused" fails 5 src "$(held pv)
	xc-emit pv > /tmp/second 2> /tmp/why; second=\$?
	xc-emit --resume pv 2>> /tmp/why; resumed=\$?
	cat <&3 > /tmp/part; wait \$emit; first=\$?
	[ \$first = 0 ] && [ \$resumed = 5 ] && exit \$second"
ok "it is said why" on src 'grep "another process is at work" /tmp/why'
ok "the first one came to its end" suspended src pv

# END is the last 8 bytes. The file may grow to just before it.
on src 'xc-emit -q -f pv > /tmp/whole'
ok "END cannot be written: status 1" fails 1 src '
	body=$(($(stat -c %s /tmp/whole) - 8))
	head -c "$((1024 - body % 1024))" /dev/zero > /tmp/full
	trap "" XFSZ
	ulimit -f "$((body / 1024 + 1))"
	xc-emit -q -f pv >> /tmp/full'
ok "that a copy may run is said" grep -q 'stays suspended: END may have left' "$tmp/err"
ok "with both ways out" grep -q 'xc-emit --destroy .*xc-emit --resume' "$tmp/err"
ok "and the move to ask for" grep -q 'xc-absorb --state [0-9a-f]\{32\}$' "$tmp/err"
ok "the guest is suspended" suspended src pv
ok "the way out that was printed works" \
	on src "$(sed -n 's/.*\(xc-emit --resume -f [0-9]*\)$/\1/p' "$tmp/err")"
ok "the guest runs, memory whole" ran_on src pv

lab_run dst 'cat > /tmp/pv' < <(on src 'cat /tmp/whole')
traces dst > "$tmp/dst"
ok "two absorb one stream at once: one is refused" fails 5 dst '
	mkfifo /tmp/slow
	xc-absorb < /tmp/slow > /tmp/receipt & first=$!
	exec 3> /tmp/slow
	head -c 1000000 /tmp/pv >&3
	until [ "$(xl list | wc -l)" -gt 2 ]; do :; done
	xc-absorb < /tmp/pv 2> /tmp/why; second=$?
	tail -c +1000001 /tmp/pv >&3
	exec 3>&-
	wait "$first" && exit "$second"'
ok "the other one has the guest" came_whole dst pv
on dst 'xl destroy pv'
# The same stream comes again and again: what is known of its move goes.
absorbing='
	rm -f /run/xenrec/*
	rm -f /tmp/slow; mkfifo /tmp/slow
	xc-absorb $1 < /tmp/slow > /tmp/receipt & absorb=$!
	exec 3> /tmp/slow
	head -c 1000000 /tmp/pv >&3
	until [ "$(xl list | wc -l)" -gt 2 ]; do :; done
	read -r restorer opener < "/proc/$absorb/task/$absorb/children"'
for signal in TERM HUP INT; do
	ok "SIG$signal to xc-absorb in the middle" \
		fails "$((128 + $(kill -l "$signal")))" dst "set -m; $absorbing
		kill -s $signal \$absorb; wait \$absorb; status=\$?
		! kill -0 \$restorer || exit 9
		exit \$status"
	ok "nothing is left" same_traces dst "$tmp/dst"
	ok "the receipt says so" on dst 'grep "\"result\":\"failed\"" /tmp/receipt'
done
ok "SIGKILL to xc-absorb in the middle" fails 137 dst "$absorbing
	kill -s KILL \$absorb; wait \$absorb; status=\$?
	exec 3>&-
	tail --pid=\$restorer -f /dev/null
	exit \$status"
ok "nothing is left" same_traces dst "$tmp/dst"
ok "the receipt says so" on dst 'grep "\"result\":\"failed\"" /tmp/receipt'
ok "SIGKILL to the restorer in the middle" fails 1 dst "$absorbing
	kill -s KILL \$restorer; wait \$absorb; status=\$?
	exec 3>&-
	exit \$status"
ok "nothing is left" same_traces dst "$tmp/dst"
ok "the receipt says so" on dst 'grep "\"result\":\"failed\"" /tmp/receipt'
ok "a source that sends nothing more, --timeout" fails 1 dst \
	"$absorbing; wait \$absorb" "--timeout 2"
ok "it is said why" grep -q "nothing moved for too long" "$tmp/err"
ok "nothing is left" same_traces dst "$tmp/dst"

# As slow as it gets: xenstored answers once in a while.
lab_create src pv slow > "$tmp/domid"
traces src > "$tmp/src"
ok "xenstored is slow: a snapshot is taken all the same" on src '
	xc-emit -q -c slow > /tmp/image & emit=$!
	daemon=$(pidof xenstored)
	while kill -0 "$emit" 2> /dev/null; do
		kill -s STOP "$daemon"; usleep 200000; kill -s CONT "$daemon"; usleep 20000
	done
	wait "$emit" && xc-absorb -t < /tmp/image'
ok "the guest runs, memory whole" ran_on src slow
ok "no other trace" same_traces src "$tmp/src"
plan
