#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests with devices, and with a device model, by the same commands as any.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=tests/lab/devices.sh
. "${0%/*}/devices.sh"
lab_reset

for host in src dst; do
	lab_create "$host" pv first > "$tmp/domid"
	on "$host" 'xl destroy first'
	traces "$host" > "$tmp/$host"
done

for kind in pv pvh; do
	full=full-$kind
	number=$(lab_create_full src "$kind" "$full")
	ok "$kind: --live is refused" fails 5 src 'xc-emit --live "$1" > /tmp/none' "$full"
	ok "$kind: rec-migrate" on src 'rec-migrate -q "$1" dst' "$full"
	ok "$kind: it runs at dst, memory whole" came_whole dst "$full"
	ok "$kind: it has its devices" plugged dst "$full"
	ok "$kind: and writes to its disk there" writes dst "$full" "$full"
	ok "$kind: it is gone at src" gone src "$full" "$number"
	ok "$kind: nothing is left at src" same_traces src "$tmp/src"
	ok "$kind: a snapshot" on dst 'set -o pipefail
		xc-emit -c "$1" | rec-compress | rec-checksum > /tmp/snapshot' "$full"
	ok "$kind: it runs on" ran_on dst "$full"
	ok "$kind: and writes to its disk" writes dst "$full" "$full"
	ok "$kind: it cannot be sent" fails 1 dst 'set -o pipefail
		xc-emit "$1" | head -c 1000000 > /dev/null' "$full"
	ok "$kind: it runs on, and writes to its disk" writes dst "$full" "$full"
	on dst 'xl destroy "$1"' "$full"
	ok "$kind: from the snapshot it comes back" on dst \
		'xc-absorb --unpause < /tmp/snapshot > /tmp/receipt'
	ok "$kind: memory whole" came_whole dst "$full" 2
	ok "$kind: it has its devices" plugged dst "$full"
	ok "$kind: and writes to its disk" writes dst "$full" "$full"
	ok "$kind: it is sent" on dst 'xc-emit -q "$1" > /tmp/sent' "$full"
	ok "$kind: --destroy removes it with its devices" on dst 'xc-emit --destroy "$1"' "$full"
	ok "$kind: nothing is left" same_traces dst "$tmp/dst"
done

if ! on src '[ -x /usr/libexec/xen-qemu-system-i386 ]'; then
	skip 1 "no device model: HVM guests need with-hosts -h"
	plan
	exit
fi
number=$(lab_create src hvm hvm)
ok "hvm: --no-xl is refused" fails 5 src 'xc-emit --no-xl hvm > /tmp/none'
ok "hvm: it is said why" grep -q 'a device model' "$tmp/err"
ok "hvm: a snapshot" on src 'xc-emit -c hvm > /tmp/snapshot'
ok "hvm: it counts on, memory whole" counts src hvm
ok "hvm: it is sound" on src 'rec-ls --lint /tmp/snapshot && xc-absorb -t < /tmp/snapshot'
traces src > "$tmp/hvm"
# undone TEXT SCRIPT: src fails, and the guest and its device model go on.
undone() {
	ok "hvm: $1: status 1" fails 1 src "$2"
	ok "hvm: $1: it counts on, memory whole" counts src hvm
	ok "hvm: $1: no other trace" same_traces src "$tmp/hvm"
}
undone "a reader that dies" 'set -o pipefail; xc-emit hvm | head -c 1000000 > /dev/null'
# killed WHO: a process is killed when the guest and its device model stand.
killed() {
	undone "$1 is killed" "rm -f /tmp/slow; mkfifo /tmp/slow
		xc-emit hvm > /tmp/slow & emit=\$!
		exec 3< /tmp/slow
		head -c 1000000 <&3 > /dev/null
		read -r saver < /proc/\$emit/task/\$emit/children
		read -r xl < /proc/\$saver/task/\$saver/children
		kill -KILL \"\$$1\"
		cat <&3 > /dev/null
		wait \$emit"
}
killed xl
killed saver
ok "hvm: rec-migrate" on src 'rec-migrate -q hvm dst'
first=$(after_last_tick src hvm)
ok "hvm: it counts on at dst, memory whole" counts dst hvm "$first"
ok "hvm: it is gone at src" gone src hvm "$number"
ok "hvm: nothing is left at src" same_traces src "$tmp/src"
on dst 'xl destroy hvm'
on src 'cat /tmp/snapshot' > "$tmp/snapshot"
lab_run dst 'cat > /tmp/snapshot' < "$tmp/snapshot"
ok "hvm: cut, it is not restored" fails 3 dst 'head -c 6000000 /tmp/snapshot | xc-absorb'
ok "hvm: nothing is left" same_traces dst "$tmp/dst"
ok "hvm: one byte short, neither" fails 3 dst '
	head -c $(($(stat -c %s /tmp/snapshot) - 1)) /tmp/snapshot | xc-absorb'
ok "hvm: nothing is left" same_traces dst "$tmp/dst"
ok "hvm: whole, it is, paused" on dst 'xc-absorb < /tmp/snapshot > /tmp/receipt &&
	xl list hvm | grep -q -- --p---'
ok "hvm: it has a device model" has_model dst
ok "hvm: xl unpause lets it run" on dst 'xl unpause hvm'
ok "hvm: it runs" runs dst hvm
on dst 'xl destroy hvm'
ok "hvm: nothing is left" same_traces dst "$tmp/dst"
plan
