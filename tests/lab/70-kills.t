#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Moves in which a process is killed.  Whatever it was and whenever: one copy
# runs, or the commands that were printed lead there; its memory is whole, and
# nothing is left of the other.
#
#     MOVES=60 SEED=7 tests/lab/with-hosts -2 -- tests/lab/70-kills.t
#
# A third of the kills come after END was written.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
moves=${MOVES:-6}
RANDOM=${SEED:=$((RANDOM + 1))}
echo "# SEED=$SEED MOVES=$moves"
lab_reset

# any WORD...: one of them.
any() {
	local words=("$@")
	any=${words[RANDOM % $#]}
}

# The pipe by its parts; the gate holds it after so many blocks of 4 KiB until
# the kill is done, or not at all.
cat > "$tmp/move.sh" << 'END'
name=$1 blocks=$2 live=$3
rm -f /tmp/[abc] /tmp/held /tmp/killed /tmp/emit /tmp/receipt
mkfifo /tmp/a /tmp/b /tmp/c
xc-emit $live "$name" > /tmp/a 2> /tmp/emit & echo $! > /tmp/framer
{
	# head would take more than it gives.
	[ "$blocks" = all ] ||
		dd bs=4096 count="$blocks" iflag=fullblock 2> /dev/null
	touch /tmp/held
	until [ -e /tmp/killed ] || [ "$blocks" = all ]; do usleep 5000; done
	exec cat
} < /tmp/a > /tmp/b &
rec-compress < /tmp/b > /tmp/c 2> /tmp/filter.err & echo $! > /tmp/filter
ssh dst xc-absorb -p < /tmp/c > /tmp/receipt 2> /tmp/absorb & echo $! > /tmp/ssh
wait
END
lab_run src 'cat > /root/move.sh' < "$tmp/move.sh"

# strike VICTIM SIGNAL: kills it, if it is still there.
strike() {
	case $1 in
	opener | restorer)
		on dst 'for pid in $(pidof xc-absorb); do
				read -r parent < <(sed -n "s/^PPid:.//p" "/proc/$pid/status")
				case $(cat "/proc/$parent/comm") in
				xc-absorb) victim=restorer ;;
				*) victim=opener ;;
				esac
				[ "$victim" = "$1" ] && kill -s "$2" "$pid"
			done' "$1" "$2" ;;
	saver)
		on src 'framer=$(cat /tmp/framer)
			read -r saver < "/proc/$framer/task/$framer/children" || true
			[ -n "$saver" ] && kill -s "$1" "$saver"' "$2" ;;
	*) on src 'kill -s "$2" "$(cat "/tmp/$1")" 2> /dev/null' "$1" "$2" ;;
	esac
}

# state HOST NAME: runs, stands (suspended or paused) or none.
state() {
	on "$1" 'xl list "$1" 2> /dev/null | awk -v s=none \
		"NR > 1 { s = \$5 ~ /[ps]/ ? \"stands\" : \"runs\" } END { print s }"' "$2"
}

# settle NAME: by what was printed: the receipt, or the move to ask for.
settle() {
	local move line
	line=$(on src 'cat /tmp/receipt')
	if [[ $line != *'"result"'*'}' ]]; then
		move=$(on src 'sed -n "s/.*xc-absorb --state \([0-9a-f]*\)$/\1/p" /tmp/emit | head -n 1')
		# A saver and framer that died together said nothing: the note does.
		[ -n "$move" ] || move=$(on src 'xc-emit --state "$1"' "$1" |
			sed -n 's/.*"move":"\([0-9a-f]*\)".*/\1/p')
		line=$(on dst 'xc-absorb --refuse "$1" 2> /dev/null || xc-absorb --state "$1"' "$move")
	fi
	line=$(lab_run src 'xc-emit --settle' <<< "$line") ||
		[[ $line == *'"resumed"'* ]] || return
	if [[ $line == *'"grant"'* ]]; then
		line=$(lab_run dst 'xc-absorb --go' <<< "$line") || return
		lab_run src 'xc-emit --settle' <<< "$line" || return
	fi
}

# aftermath NAME: settles it if need be, and finds the guest at one place.
aftermath() {
	local src dst
	src=$(state src "$1") dst=$(state dst "$1")
	echo "before: src $src, dst $dst"
	[ "$src $dst" != "runs runs" ] || return
	if [ "$src" = stands ] || [ "$dst" != none ]; then
		settle "$1" || return
	fi
	src=$(state src "$1") dst=$(state dst "$1")
	echo "after: src $src, dst $dst"
	case "$src $dst" in
	"runs none") runs src "$1" && whole src "$1" ;;
	"none runs") came_whole dst "$1" ;;
	*) return 1 ;;
	esac
}

# whole HOST NAME: no word of its memory being bad.
whole() {
	lab_console "$1" "$2" > "$tmp/console" && ! grep -q MEMORY-BAD "$tmp/console"
}

# A guest that came and went leaves what later ones are compared with.
for host in src dst; do
	lab_create "$host" pv first > "$tmp/domid"
	on "$host" 'xl destroy first; rm -f /run/xenrec/*.refused'
	traces "$host" > "$tmp/$host"
done

for ((i = 1; i <= moves; i++)); do
	any pv pvh pvh-live && kind=$any
	any framer saver filter ssh opener restorer && victim=$any
	any TERM KILL && signal=$any
	blocks=$((RANDOM / 32))
	((i % 3)) || blocks=all	# not held: killed when END was written
	what="move $i: $kind, SIG$signal to the $victim"
	live='' extra=''
	[ "$kind" = pvh-live ] && live=--live extra=dirty
	lab_create src "${kind%-live}" "m$i" "$extra" > "$tmp/domid"
	on src 'bash /root/move.sh "$@"' "m$i" "$blocks" "$live" > "$tmp/move" 2>&1 &
	if [ "$blocks" = all ]; then
		what+=" after END"
		on src 'until grep -qs "\"state\":\"sent\"" /run/xenrec/*.move; do usleep 5000; done'
	else
		what+=" after $((4 * blocks)) KiB"
		on src 'until [ -e /tmp/held ]; do usleep 5000; done'
	fi
	strike "$victim" "$signal" || true	# it may be done already
	on src 'touch /tmp/killed'
	wait $!
	on dst 'until ! pidof xc-absorb > /dev/null; do usleep 5000; done'
	ok "$what: one copy, whole" aftermath "m$i"
	on src 'xl destroy "$1" 2> /dev/null; rm -f /tmp/receipt' "m$i"
	on dst 'xl destroy "$1" 2> /dev/null; rm -f /run/xenrec/*.refused' "m$i"
	ok "$what: nothing is left at src" same_traces src "$tmp/src"
	ok "$what: nothing is left at dst" same_traces dst "$tmp/dst"
done
plan
