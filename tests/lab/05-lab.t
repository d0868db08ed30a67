#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The lab's own means do what they say: options of guests, probes, freezing.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# ended HOST NAME LETTER: whether xl list shows it in that state, at last.
ended() {
	on "$1" 'for ((i = 0; i < 100; i++)); do
			xl list "$1" | awk "NR == 2 && \$5 ~ /$2/ { found = 1 }
				END { exit !found }" && exit
			usleep 100000
		done
		exit 1' "$2" "$3"
}

# takes_ms MIN HOST SCRIPT: whether the script succeeds, and not before.
takes_ms() {
	local took
	took=$(on "$2" 't=${EPOCHREALTIME/./}
		eval "$1" > /dev/null && echo "$(((${EPOCHREALTIME/./} - t) / 1000))"' "$3")
	echo "it took $took ms"
	((took >= $1))
}

# Xen's heap grows with the first guests.
for kind in pv pvh; do
	lab_create src "$kind" first "" vcpus=2 > "$tmp/domid"
	on src 'xl destroy first'
done
traces src > "$tmp/before"
memory=$(on src lab-memory)
for kind in pv pvh; do
	number=$(lab_create src "$kind" probed evtchn vcpus=2)
	ok "$kind: a guest takes memory" \
		[ "$(on src lab-memory)" -lt "$((memory - 1000))" ]
	ok "$kind: ports of domain 0 lead to it" \
		on src '[ "$(lab-ports | grep -c "Remote Domain $1,")" = 2 ]' "$number"
	traces src > "$tmp/there"
	ok "$kind: traces do not change while nothing happens" \
		same_traces src "$tmp/there"
	ok "$kind: log-dirty mode is off" \
		on src '[ "$(lab-logdirty "$1")" = off ]' "$number"
	if [ "$kind" = pvh ]; then
		on src 'lab-logdirty "$1" on' "$number"
		ok "$kind: and seen when it is on" \
			on src '[ "$(lab-logdirty "$1")" = on ]' "$number"
		ok "$kind: traces show it" not same_traces src "$tmp/there"
		on src 'lab-logdirty "$1" off' "$number"
		ok "$kind: off again" same_traces src "$tmp/there"
	fi
	on src 'xl destroy "$1"' "$number"
	ok "$kind: destroyed it leaves no trace" same_traces src "$tmp/before"
	ok "$kind: and no memory" memory_back src "$memory"
done

for kind in pv pvh; do
	lab_create src "$kind" slow slow=3000 > "$tmp/domid"
	ok "$kind: slow=3000: too slow" \
		fails 1 src 'xc-emit --suspend-timeout 1 slow > /tmp/none'
	ok "$kind: slow=3000: it forgets the request" runs src slow
	ok "$kind: slow=3000: it answers at last" \
		takes_ms 3000 src 'xc-emit -q slow'
	lab_create src "$kind" late late=3000 > "$tmp/domid"
	ok "$kind: late=3000: answered in time, suspended later" \
		takes_ms 3000 src 'xc-emit -q --suspend-timeout 2 late'
	lab_create src "$kind" crash crash > "$tmp/domid"
	ok "$kind: crash: xc-emit fails" fails 1 src 'xc-emit crash > /tmp/none'
	ok "$kind: crash: it has crashed" ended src crash c
	lab_create src "$kind" off off 'on_poweroff="preserve"' > "$tmp/domid"
	ok "$kind: off: xc-emit fails" fails 1 src 'xc-emit off > /tmp/none'
	ok "$kind: off: it is shut down" ended src off s
	lab_create src "$kind" dirty dirty=40 > "$tmp/domid"
	ok "$kind: dirty=40 runs" runs src dirty
	lab_reset
done

on src 'tc qdisc add dev lo root tbf rate 200kbit burst 70kb limit 1mb'
# There and back are 120 KB, of which 70 go at once.
ok "tc slows a link down" takes_ms 1500 src 'ping -c 1 -s 60000 -W 60 127.0.0.1'
on src 'tc qdisc delete dev lo root'

lab_create src pv frozen > "$tmp/domid"
lab_freeze src xenstored
ok "a frozen xenstored answers nobody" fails 124 src 'timeout 2 xl list'
lab_thaw src xenstored
ok "thawed it does" on src 'timeout 20 xl list'
ok "the guest runs" runs src frozen
plan
