#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every state of a move with every event: the two tables of xenrec.7.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# What the scripts on the hosts share.
cat > "$tmp/source" << 'END'
# put_in STATE: the guest and its note as they are in this state.  A process
# that dies between two acts leaves just this.
put_in() {
	local note
	rm -f /run/xenrec/*
	xl list tiny > /tmp/list 2>&1 || { xl create -q /root/pv.cfg 'name="tiny"' &&
		lab-await tiny TINY-TICK; } || exit 9
	if grep -q -e '---ss-' /tmp/list; then
		xc-emit -f --resume tiny || exit 9
	fi
	[ "$1" = none ] && return
	xc-emit -q tiny > /tmp/image || exit 9
	note=$(echo /run/xenrec/*.move)
	sed -n 's/.*\("move":"[0-9a-f]*"\).*\("uuid":"[^"]*"\).*\("digest":"[0-9a-f]*"\).*/{\1,"result":"RESULT","domid":9,\2,"name":"tiny","records":1,"pages":1,\3}/p' \
		"$note" > /tmp/receipt
	[ -s /tmp/receipt ] || exit 9
	sed -i "s/\"state\":\"sent\"/\"state\":\"$1\"/" "$note"
}
receipt() {
	sed "s/RESULT/$1/" /tmp/receipt
}
happens() {
	case $1 in
	emit) xc-emit -q tiny > /tmp/image ;;
	emit-f) xc-emit -q -f tiny > /tmp/image ;;
	resume) xc-emit --resume tiny ;;
	resume-f) xc-emit --resume -f tiny ;;
	destroy) xc-emit --destroy tiny ;;
	destroy-f) xc-emit --destroy -f tiny ;;
	empty) xc-emit --settle < /dev/null ;;
	cut) receipt running | head -c -9 | xc-emit --settle ;;
	no-newline) receipt running | tr -d '\n' | xc-emit --settle ;;
	doubled) { receipt running; receipt running; } | xc-emit --settle ;;
	other-move) receipt running | sed 's/"move":"..../"move":"0000/' | xc-emit --settle ;;
	other-image) receipt running | sed 's/"digest":"..../"digest":"0000/' | xc-emit --settle ;;
	*) receipt "$1" | xc-emit --settle ;;
	esac
}
# What became of it: "guest note".
became() {
	local guest=gone note=none
	if xl list tiny > /tmp/list 2>&1; then
		guest=runs
		grep -q -e '---ss-' /tmp/list && guest=suspended
	fi
	if [ -e /run/xenrec/*.move ]; then
		note=$(sed 's/.*"state":"\([a-z]*\)".*/\1/' /run/xenrec/*.move)
	fi
	echo "$guest $note"
}
END
lab_run src 'cat > /root/settle.sh' < "$tmp/source"

# STATE EVENT: STATUS GUEST NOTE OUTPUT
while read -r state event status guest note output; do
	ok "$state, $event: status $status, the guest $guest, the note $note" \
		fails "$status" src '
		. /root/settle.sh
		put_in "$1"
		happens "$2" > /tmp/out; status=$?
		became > /tmp/became
		[ "$(cat /tmp/became)" = "$3 $4" ] || { cat /tmp/became >&2; exit 9; }
		[ -z "$5" ] || grep -q -e "$5" /tmp/out || { cat /tmp/out >&2; exit 9; }
		exit $status' "$state" "$event" "$guest" "$note" "$output"
done << 'END'
none emit 0 suspended sent
none emit-f 0 suspended sent
none resume 5 runs none
none resume-f 5 runs none
none destroy 5 runs none
none destroy-f 5 runs none
saving emit 0 suspended sent
saving emit-f 0 suspended sent
saving running 5 suspended saving
saving paused 5 suspended saving
saving failed 5 runs none "result":"resumed"
saving resume 0 runs none
saving resume-f 0 runs none
saving destroy 5 suspended saving
saving destroy-f 0 gone none
sent emit 5 suspended sent
sent emit-f 0 suspended sent
sent running 0 gone none "result":"moved"
sent paused 0 gone given "grant":"
sent failed 5 runs none "result":"resumed"
sent absorbing 5 suspended sent
sent broken 5 suspended sent
sent gone 5 suspended sent
sent unknown 5 suspended sent
sent nonsense 5 suspended sent
sent empty 5 suspended sent
sent cut 5 suspended sent
sent no-newline 5 suspended sent
sent doubled 5 suspended sent
sent other-move 5 suspended sent
sent other-image 5 suspended sent
sent resume 5 suspended sent
sent resume-f 0 runs none
sent destroy 0 gone none
sent destroy-f 0 gone none
given emit 5 suspended given
given emit-f 5 suspended given
given running 0 gone none "result":"moved"
given paused 0 gone given "grant":"
given failed 5 suspended given
given resume 5 suspended given
given resume-f 5 suspended given
given destroy 0 gone given
given destroy-f 0 gone given
END

ok "the same image sent again is another move: the old receipt is refused" \
	fails 5 src '. /root/settle.sh
		put_in sent; mv /tmp/receipt /tmp/old
		xc-emit -f -q tiny > /tmp/image || exit 9
		mv /tmp/old /tmp/receipt
		happens running; status=$?
		[ "$(became)" = "suspended sent" ] || exit 9
		exit $status'
ok "a guest that ran since END is not destroyed" fails 5 src '. /root/settle.sh
	put_in sent; cp /run/xenrec/*.move /tmp/note
	xc-emit --resume -f tiny && lab-await tiny TINY-TICK 1 || exit 9
	cp /tmp/note "/run/xenrec/$(basename "$(sed "s/.*\"move\":\"\([0-9a-f]*\)\".*\"uuid\":\"\([^\"]*\)\".*/\2.\1/" /tmp/note)").move"
	happens running; status=$?
	[ "$(became)" = "runs sent" ] || exit 9
	exit $status'
ok "it is said why" grep -q 'has run since its END was sent' "$tmp/err"
ok "its number is another guest's by now: that one is left alone" fails 0 src '
	. /root/settle.sh
	put_in sent; xl destroy tiny
	xl create -q /root/pv.cfg "name=\"other\"" && lab-await other TINY-TICK || exit 9
	sed -i "s/\"domid\":[0-9]*/\"domid\":$(xl domid other)/" /run/xenrec/*.move
	happens running || exit 9
	[ "$(became)" = "gone none" ] && xl list other > /tmp/list'
ok "the other guest runs" runs src other

# The destination.  MOVE is that of the image in /tmp/image.
on src '. /root/settle.sh; put_in sent; xl destroy other'
on src 'cat /tmp/image' > "$tmp/image"
lab_run dst 'cat > /tmp/image' < "$tmp/image"
move=$(on src 'sed "s/.*\"move\":\"\([0-9a-f]*\)\".*/\1/" /run/xenrec/*.move')
on src "cat /run/xenrec/*.move" |
	sed 's/.*"move"\(:"[0-9a-f]*"\).*\("digest":"[0-9a-f]*"\).*/{"grant"\1,\2}/' > "$tmp/grant"
lab_run dst 'cat > /tmp/grant' < "$tmp/grant"
traces dst > "$tmp/dst"
cat > "$tmp/there" << 'END'
# put_in STATE: the copy as it is in this state.
put_in() {
	local id
	for id in $(xl list | awk 'NR > 2 { print $2 }'); do
		xl destroy "$id"
	done
	rm -f /run/xenrec/*
	case $1 in
	filling)
		# Both processes are killed when the domain is being filled.
		rm -f /tmp/slow; mkfifo /tmp/slow
		xc-absorb < /tmp/slow > /tmp/receipt & absorb=$!
		exec 3> /tmp/slow
		head -c 1000000 /tmp/image >&3
		until xenstore-ls -f /libxl 2> /dev/null | grep -q absorbing; do :; done
		read -r restorer opener < "/proc/$absorb/task/$absorb/children"
		kill -s STOP "$absorb"
		kill -s KILL "$restorer" "$absorb"
		wait "$absorb" 2> /dev/null
		exec 3>&-
		tail --pid="$restorer" -f /dev/null ;;
	paused) xc-absorb -p < /tmp/image > /tmp/receipt || exit 9 ;;
	running) xc-absorb < /tmp/image > /tmp/receipt || exit 9 ;;
	gone) xc-absorb < /tmp/image > /tmp/receipt && xl destroy tiny || exit 9 ;;
	refused) xc-absorb --refuse "$MOVE" > /tmp/receipt || exit 9 ;;
	esac
}
happens() {
	case $1 in
	stream) xc-absorb < /tmp/image ;;
	stream-f) xc-absorb -f < /tmp/image ;;
	stream-p) xc-absorb -p < /tmp/image ;;
	go) xc-absorb --go < /tmp/grant ;;
	go-empty) xc-absorb --go < /dev/null ;;
	go-cut) head -c 60 /tmp/grant | xc-absorb --go ;;
	go-other) sed 's/"digest":"..../"digest":"0000/' /tmp/grant | xc-absorb --go ;;
	*) xc-absorb "--$1" "$MOVE" ;;
	esac
}
became() {
	local copy=none
	case $(xl list | awk 'NR > 2 { print $5 }') in
	--p---) copy=paused ;;
	?*) copy=runs ;;
	esac
	[ -e "/run/xenrec/$MOVE.refused" ] && copy="$copy,refused"
	echo "$copy"
}
END
lab_run dst 'cat > /root/copy.sh' < "$tmp/there"
while read -r state event status copy output; do
	ok "$state, $event: status $status, the copy: $copy" fails "$status" dst '
		MOVE=$1; . /root/copy.sh
		put_in "$2"
		happens "$3" > /tmp/out; status=$?
		became > /tmp/became
		[ "$(cat /tmp/became)" = "$4" ] || { cat /tmp/became >&2; exit 9; }
		[ -z "$5" ] || grep -q -e "$5" /tmp/out || { cat /tmp/out >&2; exit 9; }
		exit $status' "$move" "$state" "$event" "$copy" "$output"
done << 'END'
none stream 0 runs "result":"running"
none stream-p 0 paused "result":"paused"
none state 0 none "result":"unknown"
none go 5 none
none refuse 0 none,refused "result":"failed"
filling stream 5 paused
filling stream-f 5 paused
filling state 0 paused "result":"broken"
filling go 5 paused
filling refuse 0 none,refused "result":"failed"
paused stream 5 paused
paused stream-f 5 paused
paused state 0 paused "result":"paused"
paused go 0 runs "result":"running"
paused go-empty 5 paused
paused go-cut 5 paused
paused go-other 5 paused
paused refuse 5 paused
running stream 5 runs
running stream-f 5 runs
running state 0 runs "result":"running"
running go 0 runs "result":"running"
running refuse 5 runs
gone stream 5 none
gone stream-f 0 runs "result":"running"
gone state 0 none "result":"gone"
gone go 5 none
gone refuse 5 none
refused stream 5 none,refused
refused stream-f 0 runs "result":"running"
refused state 0 none,refused "result":"failed"
refused go 5 none,refused
refused refuse 0 none,refused "result":"failed"
END
ok "while the stream comes the move cannot be refused" fails 5 dst '
	MOVE=$1; . /root/copy.sh; put_in none
	rm -f /tmp/slow; mkfifo /tmp/slow
	xc-absorb < /tmp/slow > /tmp/receipt & absorb=$!
	exec 3> /tmp/slow
	head -c 1000000 /tmp/image >&3
	until xenstore-ls -f /libxl 2> /dev/null | grep -q absorbing; do :; done
	xc-absorb --state "$1" | grep -q absorbing || exit 9
	xc-absorb --refuse "$1"; status=$?
	tail -c +1000001 /tmp/image >&3
	exec 3>&-
	wait "$absorb" || exit 9
	exit $status' "$move"
ok "it went on" runs dst tiny
on dst 'xl destroy tiny; rm -f /run/xenrec/*'
ok "nothing is left" same_traces dst "$tmp/dst"
plan
