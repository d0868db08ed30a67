#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-ssh: xl migrate through the filters; also when something dies on the way.
# With MOVES it tries every stage, and ten moves in a row.
#
#     MOVES=1 tests/lab/with-hosts -2 -- tests/lab/66-rec-ssh.t
#
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=tests/lab/devices.sh
. "${0%/*}/devices.sh"
lab_reset

lab_create src pv first > "$tmp/domid"
on src 'xl destroy first'
traces src > "$tmp/src"

# idle: neither host has a process of a move any more.
idle() {
	local host
	for host in src dst; do
		LAB_TIMEOUT=60 on "$host" 'while pidof rec-ssh rec-compress rec-checksum ssh \
			libxl-save-helper; do usleep 20000; done' || return
	done
}

# moves HOW NAME TO: xl migrate; its words are kept for said.
moves() {
	local from=src
	[ "$3" != src ] || from=dst
	LAB_TIMEOUT=200 on "$from" 'xl migrate -s "$@"' "$@" > "$tmp/said" 2>&1 || {
		cat "$tmp/said"
		return 1
	}
}
said() {
	grep -F -- "$1" "$tmp/said" || { cat "$tmp/said" && return 1; }
}

# refused WHAT HOW HOST TEXT: nothing is sent, it is said why, the guest runs.
refused() {
	ok "$1: not moved" not moves "$2" mail "$3"
	ok "$1: it is said why" said "$4"
	ok "$1: the guest was not asked, and runs" runs src mail
	ok "$1: no other trace" same_traces src "$tmp/mail"
}
lab_create src pvh mail > "$tmp/domid"
traces src > "$tmp/mail"
on dst 'mv /usr/local/bin/rec-checksum /tmp'
refused "a tool is not there" rec-ssh dst \
	"rec-ssh: dst: no rec-checksum in its path: install xenrec"
on dst 'mv /tmp/rec-checksum /usr/local/bin'
on src 'xl destroy mail'

number=$(lab_create src pvh busy dirty=100)
ok "it moves" moves rec-ssh busy dst
# Its console began under the name that xl gives it on the way.
ok "the guest runs at dst, memory whole" came_whole dst busy--incoming
ok "and is gone at src" gone src busy "$number"
ok "back with options" moves "rec-ssh -3 --no-check --ssh 'ssh -p 22'" busy src
ok "it runs at src, memory whole" came_whole src busy--incoming
ok "no process is left" idle
on src 'xl destroy busy'

# What stands in for ssh: it holds the stream after so many blocks, or what
# comes back after so many bytes and one, until /tmp/go is there.
lab_run src 'cat > /root/way; chmod +x /root/way' << 'END'
#!/bin/bash
gate() {
	dd bs="$1" count="$2" iflag=fullblock 2> /dev/null
	[ "$1" != 1 ] || dd bs=1 count=1 of=/tmp/byte 2> /dev/null
	touch /tmp/held
	until [ -e /tmp/go ]; do usleep 5000; done
	cat /tmp/byte 2> /dev/null
	exec cat
}
case $HOLD in
start) (gate 4096 0 < /dev/null) ;;
stream) exec < <(gate 4096 10) ;;
*) exec > >(gate 1 "$HOLD") ;;
esac
exec ssh "$@"
END

# state HOST: of the guest, whatever xl calls it: runs, stands or none.
state() {
	on "$1" 'xl list | awk -v s=none "NR > 2 { s = \$5 ~ /[ps]/ ? \"stands\" : \"runs\" } END { print s }"'
}

# killed HOW HOLD HOST VICTIM SIGNAL: a move in which the process with that
# command line is killed, or the link is; whether xl ends by itself then, or was
# it.
killed() {
	local got=0
	on src 'rm -f /tmp/held /tmp/go /tmp/byte'
	lab_create src pvh mail dirty=100 > "$tmp/domid"
	LAB_TIMEOUT=120 on src 'HOLD=$2 xl migrate -s "$1" mail dst' "$1" "$2" \
		> "$tmp/said" 2>&1 &
	on src 'until [ -e /tmp/held ]; do usleep 5000; done'
	# By then dst has begun to make a copy.
	[ "$2" != stream ] ||
		on dst 'until xl domid mail--incoming 2> /dev/null; do usleep 20000; done'
	[ "$4" != link ] || on dst 'ip link set eth1 down'
	[ "$4" = link ] || on "$3" 'for process in /proc/[0-9]*; do
			mapfile -d "" -t words < "$process/cmdline"
			case "${words[*]}" in
			"$1"*) kill -s "$2" "${process#/proc/}" && struck=yes ;;
			esac
		done 2> /dev/null; [ "$struck" ]' "$4" "$5" || return
	on src 'touch /tmp/go'
	wait $! || got=$?
	cat "$tmp/said"
	((got != 0 && got != 124))
}

# after WANT HOW HOLD HOST VICTIM SIGNAL: what is where afterwards.
after() {
	local want=$1 what="$3: $4's $5, SIG$6"
	shift
	[[ $1 == rec-ssh* ]] || what="plain ssh, $what"
	ok "$what: xl sees it" killed "$@"
	ok "$what: no process is left" idle
	ok "$what: the guest: $want" eval 'is="src $(state src), dst $(state dst)"
		echo "$is"; [[ $is == $want ]]'
	[[ $want != "src runs"* ]] || ok "$what: it counts on" runs src mail
}
rec="rec-ssh --ssh /root/way"
after "src runs, dst none" "$rec" stream src rec-compress KILL
lab_reset
[ -n "${MOVES:-}" ] || { plan && exit; }

lab_create src pvh mail > "$tmp/domid"
traces src > "$tmp/mail"
# rec-ls is a tool that does not have the option.
on dst 'cd /usr/local/bin
	mv rec-compress /tmp; cp rec-ls rec-compress'
refused "a tool is too old" rec-ssh dst \
	"rec-ssh: dst: rec-compress is too old: it has no --pass-after-end"
on dst 'mv /tmp/rec-compress /usr/local/bin'
refused "no such host" rec-ssh nowhere \
	"rec-ssh: ssh -o BatchMode=yes -o ServerAliveInterval=15 nowhere ended with status 255"
refused "no key that opens it" "rec-ssh --ssh 'ssh -o BatchMode=yes -o PubkeyAuthentication=no'" dst \
	"rec-ssh: ssh -o BatchMode=yes -o PubkeyAuthentication=no dst ended with status 255"
lab_run src 'cat > /root/greeting; chmod +x /root/greeting' << 'END'
#!/bin/bash
echo "Welcome to $1"
exec ssh "$@"
END
refused "a greeting" "rec-ssh --ssh /root/greeting" dst \
	"rec-ssh: 'Welcome to dst'; its login files, say .bashrc, must not"
on src 'xl destroy mail'

# Its disk is another file on each host.
number=$(lab_create_full src pvh full)
ok "with devices: it moves" moves rec-ssh full dst
ok "with devices: it runs at dst, memory whole" came_whole dst full--incoming
ok "with devices: it has them there" plugged dst full
ok "with devices: it writes to its disk" writes dst full full--incoming
ok "with devices: it is gone at src" gone src full "$number"
ok "with devices: and so are they" unplugged src full
lab_reset

# This Xen does not let PV guests move live, and xl knows no other way.
lab_create src pv mail > "$tmp/domid"
traces src > "$tmp/mail"
ok "pv: not moved" not moves rec-ssh mail dst
ok "pv: xl says why" said "failed to suspend at sender"
ok "pv: the guest runs" runs src mail
ok "pv: no other trace" same_traces src "$tmp/mail"
on src 'xl destroy mail'


after "src runs, dst none" "$rec" start src "/bin/bash /usr/local/bin/rec-ssh" TERM
lab_reset
for victim in "/bin/bash /usr/local/bin/rec-ssh" rec-checksum "ssh dst"; do
	after "src runs, dst none" "$rec" stream src "$victim" TERM
	lab_reset
done
for victim in rec-compress rec-checksum; do
	after "src runs, dst none" "$rec" stream dst "$victim" KILL
	lab_reset
done
# The link is cut.  ssh sees it where it was told to look; what waits there
# does not, until the link is back or somebody ends it.
ok "the link is cut: xl sees it" killed "rec-ssh --ssh '/root/way -o ServerAliveInterval=1'" \
	stream dst link DOWN
ok "the link is cut: it counts on" runs src mail
ok "the link is cut: half a copy stands there" [ "$(state dst)" = stands ]
on dst 'ip link set eth1 up; killall rec-compress 2> /dev/null || true'
ok "no process is left" idle
ok "nor a copy" [ "$(state dst)" = none ]
lab_reset
# What it has received by then is there, and paused, until somebody removes it.
for how in "/root/way" "$rec"; do
	after "src runs, dst stands" "$how" stream dst "xl migrate-receive" KILL
	ok "half a copy is removed" on dst 'xl destroy mail--incoming'
	lab_reset
done

# Behind END: dst has a whole copy, paused, and says so; the permission of src
# is lost on the way.  "rec-ssh: ready", 15 bytes, and xl's own 54 come before.
for how in "/root/way 54" "$rec 69"; do
	after "src stands, dst @(none|stands)" "${how% *}" "${how##* }" src "ssh dst" KILL
	ok "xl says that nobody knows" said "failed during final handshake"
	on dst 'xl destroy mail--incoming 2> /dev/null || true'
	ok "no copy runs or will: xc-emit lets it run again" \
		on src 'xc-emit --resume -f mail--migratedaway'
	ok "it counts on" runs src mail
	ok "it gets its name back" on src \
		'xl rename mail--migratedaway mail && [ "$(xl domid mail)" = "$1" ]' \
		"$(< "$tmp/domid")"
	lab_reset
done

# A flaw of xl: when the one that sends is killed, nobody lets the guest run.
for how in "/root/way 54" "$rec 69"; do
	after "src stands, dst @(none|stands)" "${how% *}" "${how##* }" src "xl migrate" KILL
	ok "xc-emit lets it run again" on src 'xc-emit --resume -f mail'
	ok "it counts on" runs src mail
	lab_reset
done

for ((i = 1; i <= 10; i++)); do
	number=$(lab_create src pvh "row$i" dirty=100)
	ok "move $i of 10" moves rec-ssh "row$i" dst
	ok "move $i: it runs at dst, memory whole" came_whole dst "row$i--incoming"
	ok "move $i: it is gone at src" gone src "row$i" "$number"
	on dst 'xl destroy "$1"' "row$i"
done
ok "no process is left" idle
plan
