#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests of two vcpus: the second one goes on where it was, on every way.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# cpu1 HOST NAME WHICH: the number the second vcpu has printed first or last.
cpu1() {
	lab_console "$1" "$2" | sed -n 's/^TINY-CPU1 //p' |
		case $3 in first) head -n 1 ;; last) tail -n 1 ;; esac
}

# ascends HOST NAME: whether its numbers never went back.
ascends() {
	lab_console "$1" "$2" |
		awk '$1 == "TINY-CPU1" { if ($2 + 0 <= last) exit 1; last = $2 }'
}

for kind in pv pvh; do
	lab_create src "$kind" "$kind" evtchn vcpus=2 > "$tmp/domid"
	ok "$kind: two vcpus run" both_run src "$kind"
	ok "$kind: xl save" on src 'xl save "$1" /tmp/xl' "$kind"
	ok "$kind: xl restore" on src 'xl restore /tmp/xl'
	ok "$kind: it came whole" came_whole src "$kind"
	ok "$kind: both vcpus run" both_run src "$kind"

	ok "$kind: xc-emit -c" on src 'xc-emit -q -c "$1" > /tmp/snapshot' "$kind"
	ok "$kind: it goes on, memory whole" ran_on src "$kind"
	ok "$kind: both vcpus run" both_run src "$kind"
	ok "$kind: xc-absorb of the snapshot, as a copy" \
		on src 'xc-absorb --unpause --uuid new --name "$1-copy" < /tmp/snapshot > /tmp/receipt' "$kind"
	ok "$kind: the copy came whole" came_whole src "$kind-copy"
	ok "$kind: both vcpus run" both_run src "$kind-copy"
	ok "$kind: xl shows two online" on src '[ "$(xl vcpu-list "$1" |
		awk "NR > 1 && \$5 != \"--p\"" | wc -l)" = 2 ]' "$kind-copy"
	on src 'xl destroy "$1-copy"' "$kind"

	number=$(on src 'xl domid "$1"' "$kind")
	ok "$kind: xc-emit | xc-absorb to dst" on src 'set -o pipefail
		xc-emit -q "$1" | rec-compress | ssh dst xc-absorb > /tmp/receipt' "$kind"
	ok "$kind: it came whole" came_whole dst "$kind"
	ok "$kind: both vcpus run at dst" both_run dst "$kind"
	ok "$kind: the second one counts on from where it was" \
		[ "$(cpu1 dst "$kind" first)" -gt "$(cpu1 src "$kind" last)" ]
	ok "$kind: it never went back" ascends src "$kind"
	on src 'xc-emit --destroy "$1"' "$kind"
	ok "$kind: no trace of it at src" gone src "$kind" "$number"
done

for by in evtchn xenstore; do
	lab_create src pvh live "dirty ${by/xenstore/}" vcpus=2 > "$tmp/domid"
	ok "live, by $by: it moves while both run" on src 'set -o pipefail
		xc-emit -q --live live | rec-compress | ssh dst xc-absorb | xc-emit --settle > /tmp/came'
	ok "live, by $by: it came whole" came_whole dst live
	ok "live, by $by: both vcpus run at dst" both_run dst live
	ok "live, by $by: the second one counts on from where it was" \
		[ "$(cpu1 dst live first)" -gt "$(cpu1 src live last)" ]
	on dst 'xl destroy live; rm -f /var/log/xen/guest-live.log'
done
plan
