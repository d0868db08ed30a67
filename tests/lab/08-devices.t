#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The lab's guests with devices, and with a device model: Xen's own tools make,
# save, restore and migrate them, and nothing is left of them.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=tests/lab/devices.sh
. "${0%/*}/devices.sh"
lab_reset

for host in src dst; do
	traces "$host" > "$tmp/$host.before"
done
for kind in pv pvh; do
	lab_create_full src "$kind" full > "$tmp/domid"
	ok "$kind: a guest has its devices" plugged src full
	ok "$kind: it writes to its disk" writes src full full
	ok "$kind: traces show them" not same_traces src "$tmp/src.before"
	ok "$kind: xl save" on src 'xl save full /tmp/full.xl'
	ok "$kind: no device is left" unplugged src full
	ok "$kind: xl restore" on src 'xl restore /tmp/full.xl'
	ok "$kind: it runs, memory whole" came_whole src full
	ok "$kind: it has its devices" plugged src full
	ok "$kind: and writes to its disk" writes src full full
	ok "$kind: xl save -c" on src 'xl save -c full /tmp/full.xl'
	ok "$kind: it runs on" ran_on src full
	ok "$kind: and writes to its disk" writes src full full
	number=$(on src 'xl domid full')
	# xl migrate saves live, which this Xen refuses for PV.
	if [ "$kind" = pv ]; then
		console=full
		ok "$kind: xl save into xl restore at dst" on src 'set -o pipefail
			xl save full /dev/stdout | ssh dst "cat | xl restore /dev/stdin"'
	else
		console=full--incoming
		ok "$kind: xl migrate" on src 'xl migrate full dst'
	fi
	ok "$kind: it runs at dst, memory whole" came_whole dst "$console" 1
	ok "$kind: it has its devices" plugged dst full
	ok "$kind: and writes to its disk there" writes dst full "$console"
	ok "$kind: it is gone at src" gone src full "$number"
	ok "$kind: with its devices" unplugged src full
	ok "$kind: lab_reset" lab_reset
	for host in src dst; do
		ok "$kind: leaves no trace at $host" \
			same_traces "$host" "$tmp/$host.before"
	done
done

if ! on src '[ -x /usr/libexec/xen-qemu-system-i386 ]'; then
	skip 1 "no device model: HVM guests need with-hosts -h"
	plan
	exit
fi
lab_create src hvm hvm > "$tmp/domid"
ok "hvm: a guest has a device model" has_model src
ok "hvm: it counts, memory whole" counts src hvm
ok "hvm: traces show it" not same_traces src "$tmp/src.before"
ok "hvm: xl save" on src 'xl save hvm /tmp/hvm.xl'
ok "hvm: its device model is gone" not has_model src
ok "hvm: xl restore" on src 'xl restore /tmp/hvm.xl'
ok "hvm: it counts on from there, memory whole" counts src hvm
ok "hvm: xl save -c" on src 'xl save -c hvm /tmp/hvm.xl'
ok "hvm: it counts on, memory whole" counts src hvm
number=$(on src 'xl domid hvm')
ok "hvm: xl migrate" on src 'xl migrate hvm dst'
first=$(after_last_tick src hvm)
ok "hvm: it counts on at dst, memory whole" counts dst hvm "$first"
ok "hvm: it is gone at src" gone src hvm "$number"
ok "hvm: with its device model" not has_model src
ok "hvm: lab_reset" lab_reset
for host in src dst; do
	ok "hvm: leaves no trace at $host" same_traces "$host" "$tmp/$host.before"
done

# Two at once, and what a broken toolstack leaves.
lab_create src hvm a > "$tmp/domid"
lab_create src hvm b "" memory=8 > "$tmp/domid"
ok "hvm: two at once: the one" counts src a
ok "hvm: the other" counts src b
on src 'kill -KILL $(pidof xen-qemu-system-i386)'
ok "hvm: lab_reset after their device models were killed" lab_reset
ok "hvm: leaves no trace" same_traces src "$tmp/src.before"
plan
