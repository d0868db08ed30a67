#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-evacuate: all guests of a host to others; killed and gone on with.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for host in src dst; do
	lab_create "$host" pv first > "$tmp/domid"
	on "$host" 'xl destroy first'
	traces "$host" > "$tmp/$host"
done
for name in mail web news; do
	lab_create src pv "$name" > "$tmp/domid"
done
lab_create dst pv web > "$tmp/domid"
traces src > "$tmp/full"
traces dst > "$tmp/taken"

# evacuates STATUS OPTION...: with that status; what it prints is in $tmp/out.
evacuates() {
	fails "$1" src 'cd /; rec-evacuate "$@"' "${@:2}"
}
# prints REGEX...: whether it printed a line for each, and no other.
prints() {
	local regex
	cat "$tmp/out" "$tmp/err"
	for regex; do
		grep -qx "$regex" "$tmp/out" || return
	done
	[ "$(wc -l < "$tmp/out")" = $# ]
}

ok "no host: usage" evacuates 255
ok "--dry-run" evacuates 0 --dry-run --only mail --only news nowhere dst
ok "it says which would go where" prints "mail: dst" "news: dst"
ok "a guest that is not there is said" evacuates 0 --only nobody dst
ok "in a line" prints "nobody: is not here any more"
ok "nothing was done at src" same_traces src "$tmp/full"
ok "nothing was done at dst" same_traces dst "$tmp/taken"

# mail goes; the name web is taken there; news is under way when it is killed.
on src 'rec-evacuate dst > /tmp/out 2>&1 & evacuate=$!
	until grep -qs "web dst" /run/rec-evacuate && ls /run/xenrec/*.move > /dev/null 2>&1; do
		usleep 20000
	done
	kill -9 $evacuate
	until ! pidof rec-migrate > /dev/null; do usleep 20000; done'
ok "mail came to dst, memory whole" came_whole dst mail
ok "news, which was under way, too" came_whole dst news
ok "web runs" runs src web
ok "going on: one is not moved" evacuates 1 --resume dst
ok "each of the others has its line" prints "web: not moved: dst: .*web.*" \
	"news: is not here any more"
ok "web runs, and nothing else at src" [ "$(on src 'xl list' | awk 'NR > 2 { print $1 }')" = web ]
ok "web was not touched" runs src web
on dst 'xl destroy web'
ok "when its name is free, it moves" evacuates 0 --resume dst
ok "alone" prints "web: moved to dst in .*"
ok "it counts on at dst, memory whole" came_whole dst web
ok "nothing is left at src" same_traces src "$tmp/src"
ok "all have gone once" [ "$(on dst 'xl list' | awk 'NR > 2 { print $1 }' | sort | tr '\n' ' ')" = \
	"mail news web " ]

# Two at once, from the list of all that are here.
for name in mail news; do
	on dst 'rec-migrate -q "$1" src' "$name"
done
ok "two at once" evacuates 0 -j 2 dst
ok "a line for each" prints "mail: moved to dst in .*" "news: moved to dst in .*"
ok "mail came back, memory whole" came_whole dst mail 2
ok "news came back, memory whole" came_whole dst news 2
ok "nothing is left at src" same_traces src "$tmp/src"
plan
