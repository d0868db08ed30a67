#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-migrate: a move by one command, also when the way there breaks.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for host in src dst; do
	lab_create "$host" pv first > "$tmp/domid"
	on "$host" 'xl destroy first'
	traces "$host" > "$tmp/$host"
done

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	ok "$kind: it moves" on src 'rec-migrate -q "$1" dst' "$kind"
	ok "$kind: it counts on at dst, memory whole" came_whole dst "$kind"
	ok "$kind: nothing is left at src" same_traces src "$tmp/src"
	ok "$kind: no note at dst" on dst '! ls /run/xenrec/*.move 2> /dev/null'
	ok "$kind: and back, with a report" on dst 'rec-migrate --json "$1" src > /tmp/came' "$kind"
	ok "$kind: it counts on at src, memory whole" came_whole src "$kind"
	ok "$kind: the report is JSON with its times" [ "$(on dst 'cat /tmp/came' |
		jq -r '.result, .name, (.total_ms >= .down_ms), (.down_ms > 0)' | tr '\n' ' ')" \
		= "moved $kind true true " ]
	ok "$kind: nothing is left at dst" same_traces dst "$tmp/dst"
	on src 'xl destroy "$1"' "$kind"
done

lab_create src pvh busy dirty=100 > "$tmp/domid"
ok "with --no-live it stands still from the first page on" \
	on src 'rec-migrate -v --no-live busy dst 2>&1 | grep "(busy): 1 rounds,"'
ok "and comes whole" came_whole dst busy
ok "with neither it runs meanwhile" \
	on dst 'rec-migrate -v busy src 2>&1 | grep "(busy): [2-9] rounds,"'
ok "and comes whole again" came_whole src busy
ok "live: it moves, and says how long it stood" on src 'rec-migrate --live busy dst > /tmp/came'
ok "so many ms" on src 'grep -x "busy: moved to dst in [0-9]* ms, down for [0-9]* ms" /tmp/came'
ok "live: it counts on at dst, memory whole" came_whole dst busy 2
on dst 'xl destroy busy'

lab_create src pv mail > "$tmp/domid"
traces src > "$tmp/mail"
# untouched STATUS WHAT SCRIPT: rec-migrate leaves the guest alone.
untouched() {
	ok "$2: status $1" fails "$1" src "$3"
	ok "$2: the guest runs" runs src mail
	ok "$2: no other trace" same_traces src "$tmp/mail"
	ok "$2: nothing at dst" same_traces dst "$tmp/dst"
}
untouched 0 "--dry-run" 'rec-migrate --dry-run mail dst > /tmp/pipe'
ok "it prints the pipe" on src 'grep -q "xc-emit .*mail | rec-compress | ssh dst xc-absorb -p" /tmp/pipe'
untouched 2 "no host" 'rec-migrate mail'
untouched 1 "a host that is not there" 'rec-migrate mail nowhere'
untouched 1 "a guest that is not there" 'rec-migrate nobody dst'
lab_create dst pv mail > "$tmp/domid"
ok "its name is taken there: status 5" fails 5 src 'rec-migrate mail dst'
ok "it is said why" grep -q "mail" "$tmp/err"
ok "the guest runs" runs src mail
on dst 'xl destroy mail'

# What stands in for ssh breaks where it is told to.
lab_run src 'cat > /root/way; chmod +x /root/way' << 'END'
#!/bin/bash
case $* in
*"$(cat /tmp/breaks)"*) eval "$(cat /tmp/how)" ;;
esac
exec ssh "$@"
END
# way BREAKS HOW: the way breaks HOW for commands with BREAKS in them.
way() {
	on src 'echo "$1" > /tmp/breaks; echo "$2" > /tmp/how' "$1" "$2"
}
way 'absorb -p' 'head -c 10000 | ssh "$@"; exit'
untouched 1 "the stream is cut" 'rec-migrate --ssh /root/way mail dst'
way 'absorb -p' 'ssh "$@" > /tmp/lost; exit'
ok "the receipt is lost: it is asked for, and the guest moves" \
	on src 'rec-migrate --ssh /root/way mail dst'
ok "it counts on at dst, memory whole" came_whole dst mail
ok "nothing is left at src" same_traces src "$tmp/src"
ok "and back" on dst 'rec-migrate mail src' && ok "it runs" came_whole src mail
way 'absorb --go' 'exit 255'
ok "the way to --go breaks: not settled, status 6" fails 6 src \
	'rec-migrate --ssh /root/way mail dst'
ok "the copy is paused" on dst 'xl list mail | grep -- --p---'
ok "the source is gone: it was given away" on src '! xl domid mail'
move=$(sed -n 's/.*xc-absorb --state \([0-9a-f]*\).*/\1/p' "$tmp/err")
ok "what is printed goes on" on src \
	'set -o pipefail; ssh dst xc-absorb --state "$1" | xc-emit --settle |
		ssh dst xc-absorb --go | xc-emit --settle' "${move:-none}"
ok "it counts on at dst, memory whole" came_whole dst mail 2
ok "nothing is left at src" same_traces src "$tmp/src"
on dst 'xl destroy mail'
ok "nothing is left at dst" same_traces dst "$tmp/dst"
plan
