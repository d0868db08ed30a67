# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/lab/kills.sh: a process of a move is killed at a chosen moment; what a
# person does next; what is left.
#
# shellcheck shell=bash
# Scripts for the hosts are in single quotes on purpose; $tmp is tests/lib.sh's.
# shellcheck disable=SC2016,SC2154

# equip HOST: what the moves below need there.
equip() {
	lab_run "$1" 'cat > /root/way' << 'END'
#!/bin/bash
# way HOST COMMAND...: ssh.  A line of /tmp/moment is CALL SIDE BLOCKS HOLD: a
# command with CALL in it reaches the moment when it begins, or when so many
# blocks of up to 4 KiB, and a byte, went in or came out.  There it stands until there
# is /tmp/killed; with HOLD "all" all of the move does at this host.  Of several
# such commands the first one stands.
read -r call side blocks hold < /tmp/moment
reached() {
	(set -C && : > /tmp/first) || return 0
	[ "$hold" != all ] || /root/kin STOP
	touch /tmp/held
	/root/await /tmp/killed
}
gate() {
	local byte=/tmp/byte.$BASHPID
	# head would take more than it gives, and wait for whole blocks: who
	# asks and waits for the answer would never get it.
	dd bs=4096 count="$blocks"
	dd bs=1 count=1 of="$byte"
	reached
	cat "$byte" && rm "$byte"
	exec cat
} 2> /dev/null
# shellcheck disable=SC2254 # CALL is a pattern
case "$side $*" in
"start "*$call*) reached ;;
"in "*$call*) exec < <(gate) ;;
"out "*$call*) exec > >(gate) ;;
esac
exec ssh -o ServerAliveInterval=3 "$@"
END
	lab_run "$1" 'cat > /root/pipe' << 'END'
#!/bin/bash
# pipe HOW LIVE TIMEOUT DOMAIN HOST: a move by the pipes of xenrec(7), or by
# rec-migrate.
how=$1 live=$2 limit=$3 name=$4 host=$5
emit() {
	# shellcheck disable=SC2086 # words
	exec xc-emit -q $live --timeout "$limit" "$name"
}
way=/root/way
case $how in
short) emit | rec-compress | $way "$host" xc-absorb --timeout "$limit" | xc-emit --settle ;;
long) emit | rec-compress | $way "$host" xc-absorb -p --timeout "$limit" |
	xc-emit --settle | $way "$host" xc-absorb --go | xc-emit --settle ;;
lanes) exec rec-migrate --lanes 3 --timeout "$limit" --ssh $way "$name" "$host" ;;
migrate)
	[ -n "$live" ] || no=--no-live
	exec rec-migrate ${no-} --timeout "$limit" --ssh $way "$name" "$host" ;;
esac
END
	lab_run "$1" 'cat > /root/await' << 'END'
#!/bin/bash
# await FILE: until it is there.  A process for each look would take all of an
# emulated processor.
exec {never}<> <(:)
until [ -e "$1" ]; do read -rt 0.05 -u "$never"; done
END
	lab_run "$1" 'cat > /root/kin' << 'END'
#!/bin/bash
# kin: PID NAME of each process of a move here, but for the ones that let the
# test itself in, and for xl's that stay with the guests that they made.
# kin SIGNAL: sends it to all of them; not to what makes the way stand.
# kin none: waits until there is none.
known=" $(< /root/known) "
list() {
	local process pid name
	for process in /proc/[0-9]*; do
		pid=${process#/proc/}
		read -r name < "$process/comm" || continue
		case $name in
		pipe | way | rec-* | xc-* | ssh | sshd | libxl-save*) ;;
		xl) [[ $(readlink "$process/fd/1") != /var/log/xen/* ]] || continue ;;
		*) continue ;;
		esac
		[[ $known = *" $pid "* ]] || "$@" "$pid" "$name"
	done
} 2> /dev/null
tell() { echo "$1 $2"; }
send() { [ "$3" = way ] || kill -s "$1" "$2"; }
count() { ((there += 1)); }
case ${1:-} in
'') list tell ;;
none)
	exec {never}<> <(:)
	while there=0 && list count && ((there)); do read -rt 0.2 -u "$never"; done ;;
*) list send "$1" ;;
esac
exit 0
END
	on "$1" 'chmod +x /root/*; pidof sshd > /root/known'
}

# strike: one process of the move at either host, chosen with $pick, gets
# $signal; or the link is cut.  All that stood goes on.  Prints which.
strike() {
	local kin line host
	kin=$(for host in src dst; do
		on "$host" /root/kin | sed -e '/ way$/d' -e "s/^/$host /"
	done)
	if [ "$signal" = CUT ]; then
		on "$to" 'ip link set eth1 down'
		echo "the link"
	elif [ -z "$kin" ]; then
		echo "nobody, it was over"
	else
		line=$(sed -n "$((pick % $(wc -l <<< "$kin") + 1))p" <<< "$kin")
		# shellcheck disable=SC2086 # words
		set -- $line
		on "$1" 'tr "\0" " " < "/proc/$1/cmdline" | cut -c 1-60; kill -s "$2" "$1"' "$2" "$signal" \
			2> /dev/null | sed "s/^/$1's $3: /" || true
	fi
	for host in src dst; do
		on "$host" '/root/kin CONT; touch /tmp/killed'
	done
}

# idle: no process of a move is left, nor will be.
idle() {
	local host
	for host in src dst; do
		LAB_TIMEOUT=120 on "$host" '/root/kin none' || {
			on "$host" 'echo "$(hostname):"; /root/kin | while read -r pid name; do
				echo "$pid $name: $(tr "\0" " " < "/proc/$pid/cmdline"): $(cat "/proc/$pid/wchan")"; done'
			return 1
		}
	done
}

# state HOST: of the guest there: runs, stands (suspended or paused) or none.
state() {
	on "$1" lab-left | awk -v s=none '$1 == "domain" { s = $3 } END { print s }'
}

# morning NAME: what xenrec(7) has for three in the morning, step by step.
morning() {
	local note move line
	note=$(on "$from" 'xc-emit --state "$1"' "$1" | tail -n 1) || note=
	move=$(sed -n 's/.*"move":"\([0-9a-f]*\)".*/\1/p' <<< "$note")
	echo "noted: $note"
	case $note in
	*'"state":"saving"'*) on "$from" 'xc-emit --resume "$1"' "$1" && return ;;
	*'"state":"sent"'* | *'"state":"given"'*) ;;
	*) return 0 ;;
	esac
	line=$(on "$to" 'xc-absorb --state "$1"' "$move") && echo "there: $line"
	[[ $line != *'"result":"broken"'* && $line != *'"result":"unknown"'* ]] ||
		line=$(on "$to" 'xc-absorb --refuse "$1"' "$move")
	line=$(lab_run "$from" 'xc-emit --settle' <<< "$line") ||
		[[ $line == *'"resumed"'* ]] || return
	[[ $line != *'"grant"'* ]] ||
		line=$(lab_run "$to" 'xc-absorb --go' <<< "$line") || return
	[[ $line != *'"result":"running"'* ]] ||
		lab_run "$from" 'xc-emit --settle' <<< "$line"
}

# apart NAME: no tick came twice: the guest at $to, if it ever ran there, began
# behind the last one at $from.
apart() {
	local last first
	last=$(lab_console "$from" "$1" | sed -n 's/^TINY-TICK \([0-9]*\) .*/\1/p' | tail -n 1)
	first=$(on "$to" 'cat "/var/log/xen/guest-$1.log" 2> /dev/null' "$1" |
		sed -n 's/^TINY-TICK \([0-9]*\) .*/\1/p' | head -n 1)
	echo "last tick at $from $last, first at $to ${first:-none}"
	[ -z "$first" ] || ((first > last))
}

# sound HOST NAME: it runs, and its memory is whole: each fifth tick looks.
sound() {
	lab_await_ticks "$1" "$2" 6 && lab_console "$1" "$2" > "$tmp/console" &&
		! grep MEMORY-BAD "$tmp/console" || return
	[[ $guest != full-* ]] || { plugged "$1" "$2" > "$tmp/plugged" && writes "$1" "$2" "$2"; }
}

# one_is_left NAME: by what was noted it comes to run at one host, $at.
one_is_left() {
	local states
	states="$(state "$from") $(state "$to")"
	echo "left: $from and $to: $states"
	[ "$states" != "runs runs" ] && morning "$1" || return
	states="$(state "$from") $(state "$to")"
	echo "then: $from and $to: $states"
	case $states in
	"runs none") sound "$from" "$1" && on "$from" '
		[ "$(lab-logdirty "$(xl domid "$1")")" = off ]' "$1" ;;
	"none runs") lab_await "$to" "$1" 'new domain memory-ok' && sound "$to" "$1" ;;
	*) return 1 ;;
	esac
}

# remains HOST: its traces, and what xenstored keeps for whom, grants, files and
# processes.  Xen's hotplug scripts lock files, and leave them when killed.
remains() {
	on "$1" "$lab_traces"'
		xenstore-control memreport /run/report > /dev/null
		awk "/ struct watch / { getline; getline; print \"watch\", \$1 }
			/ struct transaction / { print \"transaction\" }" /run/report
		rm /run/report
		lab-left
		find /tmp /run /dev/shm ! -path "/run/xenrec*" ! -path "/run/xen-hotplug*"
		cat /proc/[0-9]*/comm 2> /dev/null | grep ^xl
		/root/kin' | sort
}

# same_remains HOST: as before the first move; Xen and the daemons may need a
# moment for it.
same_remains() {
	local tries
	for tries in 1 2 3 4 5; do
		remains "$1" > "$tmp/remains"
		! diff "$tmp/$1" "$tmp/remains" > "$tmp/more" || return 0
	done
	cat "$tmp/more"
	return 1
}
