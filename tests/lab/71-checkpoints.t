#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# xc-emit --checkpoint and xc-absorb --standby: a copy follows a guest that
# changes its memory all the time, and takes its place when the source is gone:
# KILLS times (3), at a random moment; SEED=N to replay.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset
seed=${SEED:-$$}
RANDOM=$seed
echo "# SEED=$seed"

# follow OPTIONS STANDBY [WAY]: a at src is followed at dst, through WAY.
follow() {
	on dst 'rm -f /tmp/lines /tmp/status; : > /tmp/lines'
	on src 'rm -f /tmp/status; echo "$3" > /tmp/way
		echo "xc-emit $1 --stats=json a 2> /tmp/told |
			rec-compress 2> /tmp/packed | eval \"\$(cat /tmp/way)\" |
			ssh dst \"xc-absorb $2 > /tmp/lines 2> /tmp/err; echo \\\$? > /tmp/status\"
			echo \${PIPESTATUS[0]} > /tmp/status" > /tmp/follow
		setsid bash /tmp/follow > /dev/null 2>&1 < /dev/null &' \
		"$1" "--standby --name a-copy $2" "${3:-cat}"
}

# copied N: N checkpoints have come to dst.  over HOST STATUS: the end of the
# stream there ended with that.
copied() {
	on dst 'until grep -q "\"checkpoint\":$1," /tmp/lines; do
			[ ! -e /tmp/status ] || exit 1
			usleep 20000
		done' "$1"
}
over() {
	on "$1" 'until [ -s /tmp/status ]; do usleep 20000; done
		cat /tmp/told /tmp/err 2> /dev/null
		[ "$(cat /tmp/status)" = "$1" ]' "$2"
}

# strike HOST SIGNAL NAME [N]: the Nth process of that name that was started
# gets it, or all of them.  xc-absorb is itself, its restorer and its opener.
strike() {
	on "$1" 'pids=$(pidof "$2" | tr " " "\n" | sort -n | sed -n "${3}p") &&
		[ -n "$pids" ] && kill -s "$1" $pids' "${@:2:2}" "${4:-1,\$}"
}

# last: the newest checkpoint that came to dst.
last() {
	on dst 'sed -n "s/.*\"checkpoint\":\([0-9]*\),.*/\1/p" /tmp/lines | tail -n 1'
}

# is_as_of N: the copy at dst went on from the Nth checkpoint since src's
# console had $before ticks and suspends: its first tick there is the one that
# came next, and its memory is whole.
is_as_of() {
	local at_src at_dst
	lab_await dst a-copy 'resumed in a new domain memory-ok' || return
	lab_await_ticks dst a-copy 3 || return
	at_src=$(lab_console src a | tail -n "+$((before + 1))" |
		awk -v n="$1" '/TINY-TICK/ { tick = $2 }
			/suspend cancelled/ && ++seen == n { print tick; exit }')
	at_dst=$(lab_console dst a-copy | awk '/resumed in a new/ { tick = "" }
		/TINY-TICK/ && tick == "" { tick = $2 } END { print tick }')
	echo "checkpoint $1: tick ${at_src:-none} at src, then ${at_dst:-none} at dst"
	[ -n "$at_src" ] && [ "$((at_src + 1))" = "$at_dst" ] &&
		! lab_console dst a-copy | grep -e -BAD
}

lab_create dst pvh first > "$tmp/domid"
on dst 'xl destroy first'
traces dst > "$tmp/dst"
lab_create src pvh a 'dirty=64' > "$tmp/domid"
traces src > "$tmp/src"

# --- it ends because it is to ---
follow '--checkpoint 100ms --count 4' ''
ok "--count: xc-emit ends with 0" over src 0
ok "and xc-absorb" over dst 0
ok "four lines of JSON at src" on src '[ "$(grep -c "^{.checkpoint.:[1-4],.pages.:[0-9]*,.bytes.:[0-9]*,.stopped_us.:[0-9]*,.late_us.:[0-9]*}$" /tmp/told)" = 4 ]'
ok "and four at dst" on dst '[ "$(grep -c checkpoint /tmp/lines)" = 4 ] && [ "$(wc -l < /tmp/lines)" = 4 ]'
ok "which is said" on src 'grep "a): no more checkpoints; it stays here" /tmp/told'
ok "the guest runs on, memory whole" ran_on src a
ok "no other trace of it at src" same_traces src "$tmp/src"
ok "nor of a copy at dst" same_traces dst "$tmp/dst"
follow '--checkpoint 100ms' ''
ok "it is followed" copied 3
ok "SIGTERM ends it" strike src TERM xc-emit 1
ok "with 0" over src 0
ok "its copy goes" over dst 0
ok "which is said" on dst 'grep "its source keeps .a-copy.: the copy is removed, after [0-9]* checkpoints" /tmp/err'
ok "the guest runs on" ran_on src a
ok "nothing is left at src" same_traces src "$tmp/src"
ok "nor at dst" same_traces dst "$tmp/dst"

# --- this end ends ---
follow '--checkpoint 100ms' '--takeover'
ok "it is followed" copied 2
ok "SIGTERM at xc-absorb" strike dst TERM xc-absorb 1
ok "the copy goes, takeover or not" over dst 143
ok "xc-emit fails" over src 1
ok "and says that the guest stays" on src 'grep "a) was not taken: it stays here" /tmp/told'
ok "it runs" runs src a
ok "nothing is left at src" same_traces src "$tmp/src"
ok "nor at dst" same_traces dst "$tmp/dst"
follow '--checkpoint 100ms' ''
ok "it is followed" copied 2
ok "the restorer is killed" strike dst KILL xc-absorb 2
ok "it fails" over dst 1
ok "the source too, and runs on" over src 1
ok "it runs" runs src a
ok "nothing is left at dst" same_traces dst "$tmp/dst"

follow '--checkpoint 100ms' ''
ok "it is followed" copied 2
ok "the opener is killed" strike dst KILL xc-absorb 3
ok "the copy is held: status 3" over dst 3
ok "which is said" on dst 'grep "is whole, as of checkpoint [0-9]*" /tmp/err'
on dst 'xl destroy a-copy'
ok "the source fails, and runs on" over src 1
ok "it runs" runs src a
ok "nothing is left at dst" same_traces dst "$tmp/dst"

# --- the transport stands still, or is cut and comes back ---
follow '--checkpoint 100ms' ''
ok "it is followed" copied 2
ok "ssh stands still" strike src STOP ssh 1
on src 'sleep 2' # that long
seen=$(last)
ok "and goes on" strike src CONT ssh 1
ok "the copy follows again" copied "$((seen + 3))"
ok "SIGTERM ends it" strike src TERM xc-emit 1
ok "with 0" over src 0
ok "the delay was told of" on src '[ "$(grep -c "came [0-9]* ms late" /tmp/told)" -ge 1 ]'
ok "its copy goes" over dst 0
ok "the guest runs on" ran_on src a

on dst 'rm -f /tmp/lines /tmp/status; : > /tmp/lines; mkdir -m 700 /tmp/lanes
	echo "rec-split --collect /tmp/lanes/socket --lanes 2 2> /tmp/lost |
		xc-absorb --standby --name a-copy > /tmp/lines 2> /tmp/err
		echo \${PIPESTATUS[1]} > /tmp/status" > /tmp/collect
	setsid bash /tmp/collect > /dev/null 2>&1 < /dev/null &
	until [ -S /tmp/lanes/socket ]; do usleep 20000; done'
on src 'rm -f /tmp/status
	echo "xc-emit --checkpoint 100ms --stats=json a 2> /tmp/told | rec-compress |
		rec-split --lane \"ssh dst exec rec-split --feed /tmp/lanes/socket\" \
			--lane \"ssh dst exec rec-split --feed /tmp/lanes/socket\" \
			--reconnect 60 2> /tmp/lost
		echo \${PIPESTATUS[0]} > /tmp/status" > /tmp/follow
	setsid bash /tmp/follow > /dev/null 2>&1 < /dev/null &'
ok "it is followed over two lanes" copied 3
ok "both are cut" strike src KILL ssh
seen=$(last)
ok "they come back, and the copy follows again" copied "$((seen + 5))"
ok "they were cut" on src '[ "$(grep -c "lane [01]: " /tmp/lost)" -ge 2 ]'
ok "SIGTERM ends it" strike src TERM xc-emit 1
ok "with 0" over src 0
ok "its copy goes" over dst 0
ok "the guest runs on" ran_on src a
ok "nothing is left at dst" same_traces dst "$tmp/dst"
on dst 'rmdir /tmp/lanes'

# --- no memory there ---
free=$(on dst 'xl info free_memory')
lab_create dst pvh full '' "memory=$((free - 3))" > "$tmp/domid"
follow '--checkpoint 100ms' '--takeover'
ok "no memory at dst: xc-absorb fails" over dst 1
ok "which is said, and no more" on dst '[ "$(wc -l < /tmp/err)" = 1 ] &&
	grep "the guest takes 5 MiB, this host has [0-3] MiB free" /tmp/err'
ok "the source too, and runs on" over src 1
ok "it says that the guest stays" on src 'grep "was not taken: it stays here" /tmp/told'
ok "it runs" runs src a
ok "nothing is left at src" same_traces src "$tmp/src"
on dst 'xl destroy full'
ok "nor at dst" same_traces dst "$tmp/dst"

# --- refused ---
on src 'xl pause a'
ok "a guest that is paused: status 5" fails 5 src 'xc-emit --checkpoint 1s a > /tmp/s'
on src 'xl unpause a'
lab_create_full src pvh disk > "$tmp/disk"
ok "a guest with devices: status 5" fails 5 src 'xc-emit --checkpoint 1s disk > /tmp/s'
ok "what has its disks is said" grep 'xl remus .*--memory-only' "$tmp/err"
ok "--memory-only takes it" on src 'set -o pipefail
	xc-emit -q --checkpoint 100ms --count 2 --memory-only disk |
		ssh dst xc-absorb -q --standby --name disk-copy'
ok "it runs on" runs src disk
on src 'xl destroy disk; rm -f /var/log/xen/guest-disk.log'
ok "a plain stream is none to follow: status 5" \
	fails 5 src 'set -o pipefail; xc-emit -c a | ssh dst xc-absorb --standby'
ok "no copy comes of it" same_traces dst "$tmp/dst"

# --- the source is gone ---
# One of four ways.  Its console tells later where it stood.
cut() {
	case $1 in
	host) lab_stop src ;;
	emit) strike src KILL xc-emit ;;
	filter) strike src KILL rec-compress ;;
	ssh) strike src KILL ssh ;;
	esac
}
ways=(host emit filter ssh)
limits=("--timeout 20" "" "" "")
acts=("" "--takeover" "--fence true" "--fence false")
for ((round = 0; round < ${KILLS:-3}; round++)); do
	way=$((round % 4)) act=$((RANDOM % 4)) many=$((1 + RANDOM % 5))
	before=$(lab_console src a | wc -l)
	follow '--checkpoint 100ms' "${limits[way]} ${acts[act]}"
	ok "$round: followed for $many checkpoints" copied "$many"
	sleep "0.$((RANDOM % 10))" # a random moment
	cut "${ways[way]}"
	status=3
	[[ $act != 1 && $act != 2 ]] || status=0
	ok "$round: ${ways[way]} gone, '${acts[act]}': status $status" over dst "$status"
	if ((status == 3)); then
		ok "$round: the copy is paused" on dst 'xl list a-copy | grep -F -- --p---'
		ok "$round: what starts it is said" on dst \
			'command=$(sed -n "s/.*any more: \(xl unpause\)/\1/p" /tmp/err) && eval "$command"'
	fi
	[[ ${ways[way]} != host ]] || lab_go_on src
	ok "$round: it goes on from the last whole checkpoint" is_as_of "$(last)"
	on dst 'xl destroy a-copy'
	over src 1 > /dev/null || true
	on src 'until ! pidof xc-emit; do usleep 20000; done
		xc-emit --resume -f a || true' > /dev/null 2>&1
	ok "$round: the guest runs at src, too" runs src a
	ok "$round: nothing else is left at dst" same_traces dst "$tmp/dst"
done

follow "--checkpoint 50ms --count ${COUNT:-30}" ''
ok "${COUNT:-30} checkpoints" over dst 0
ok "all of them" [ "$(last)" = "${COUNT:-30}" ]
ok "the guest runs on, memory whole" ran_on src a
ok "nothing is left at src" same_traces src "$tmp/src"
ok "nor at dst" same_traces dst "$tmp/dst"
plan
