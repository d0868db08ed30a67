#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Moves between two hosts, each with something killed or cut at some moment.
# Whatever it was and whenever: one copy runs, or what xenrec(7) has for three
# in the morning leads there; it never ran at both, its memory is whole, and no
# host keeps anything of it.
#
#     MOVES=100 SEED=7 tests/lab/with-hosts -2 -- tests/lab/70-kills.t
#
# SEED chooses all; FIRST=N begins with the Nth of these moves.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=tests/lab/devices.sh
. "${0%/*}/devices.sh"
# shellcheck source=tests/lab/kills.sh
. "${0%/*}/kills.sh"
moves=${MOVES:-6} seed=${SEED:-$((RANDOM + 1))} first=${FIRST:-1}
echo "# SEED=$seed MOVES=$moves FIRST=$first"
lab_reset

# any WORD...: one of them, in $any.
any() {
	local words=("$@")
	any=${words[RANDOM % $#]}
}

# choose N: the Nth move.
choose() {
	RANDOM=$((seed * 1000 + $1))
	any src dst && from=$any
	[ "$from" = src ] && to=dst || to=src
	any pv pv pv pv pv pvh busy busy full-pv full-pvh && guest=$any
	any short short long long migrate migrate migrate lanes && how=$any
	any TERM KILL KILL && signal=$any
	((RANDOM % 10)) || signal=CUT
	# What waits for a link that is cut need not wait for long.
	limit=60
	[ "$signal" != CUT ] || limit=20
	pick=$RANDOM
	live='' stream='absorb*--timeout'
	[ "$guest" != busy ] || live=--try-live
	[ "$how" != lanes ] || stream=--feed
	choose_moment
}

# choose_moment: when blocks of the stream have passed; when a host's xenstore
# has seen so many changes; or when a line of JSON is about to come or go.
choose_moment() {
	local blocks=$((RANDOM % 80)) events=$((2 + RANDOM % 42))
	[[ $guest != full-* ]] || events=$((2 + RANDOM % 180))
	[ "$how" != lanes ] || blocks=$((blocks / 3))
	any way all && hold=$any
	any stream stream stream there there here line
	case $any in
	stream) moment="$stream in $blocks $hold" ;;
	there) moment="$to $events" ;;
	here) moment="$from $((2 + events / 3))" ;;
	line)
		any "absorb*--timeout out" "--go start" "--go in" "--go out" "--offer out"
		[ "$how" != short ] || any="absorb*--timeout out"
		moment="$any 0 $hold" ;;
	esac
}

make_guest() {
	case $guest in
	full-*) lab_create_full "$from" "${guest#full-}" "$1" ;;
	busy) lab_create "$from" pvh "$1" dirty=100 ;;
	*) lab_create "$from" "$guest" "$1" ;;
	esac > "$tmp/domid"
}

# await_moment: waits until it is there; in xenstore's case, all of the move
# stands still then at that host, otherwise the way has seen to it.
await_moment() {
	case $moment in
	"src "* | "dst "*) on "${moment% *}" 'xenstore-watch -n "$1" / > /dev/null; /root/kin STOP' "${moment#* }" ;;
	*) on "$from" '/root/await /tmp/held' ;;
	esac
}

# forget_moment: nobody waits for it any more.
forget_moment() {
	local host
	for host in src dst; do
		on "$host" 'touch /tmp/held; killall xenstore-watch 2> /dev/null; true'
	done
}

# move NAME: moves it, and something is killed meanwhile; $victim is what.
move() {
	local watch job
	on "$from" 'echo "$1" > /tmp/moment' "$moment"
	await_moment & watch=$!
	on "$from" '/root/pipe "$@"' "$how" "$live" "$limit" "$1" "$to" > "$tmp/said" 2>&1 & job=$!
	wait -n "$watch" "$job" || true
	victim=$(strike)
	wait "$job" || true
	forget_moment
	wait "$watch" || true
	[ "$signal" != CUT ] || on "$to" 'ip link set eth1 up'
	sed 's/^/# /' "$tmp/said"
}

# end NAME: the guest is destroyed, wherever it is, and what was said of it.
end() {
	local host
	for host in src dst; do
		on "$host" 'xl destroy "$1" 2> /dev/null
			rm -f /var/log/xen/*"$1"* /run/xenrec/*.refused /run/xenrec/*.whole /tmp/*' "$1"
	done
}

# Guests that came and went leave what later ones are compared with: xenstore
# has nodes then, Xen memory of its own.
for host in src dst; do
	equip "$host"
	from=$host
	for guest in pv full-pvh; do
		make_guest first
		end first
	done
	remains "$host" > "$tmp/$host"
	on "$host" lab-memory > "$tmp/free.$host"
done

for ((i = first; i < first + moves; i++)); do
	choose "$i"
	make_guest "m$i"
	move "m$i"
	what="move $i: $guest from $from, $how, SIG$signal at $moment: $victim"
	ok "$what: no process is left" idle
	ok "$what: one copy, whole" one_is_left "m$i"
	ok "$what: it never ran at both" apart "m$i"
	end "m$i"
	for host in src dst; do
		ok "$what: nothing is left at $host" same_remains "$host"
		ok "$what: nor of memory" memory_back "$host" "$(< "$tmp/free.$host")"
	done
done
plan
