# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/lab/devices.sh: what is asked of guests with devices, and of HVM guests.
#
# shellcheck shell=bash
# Scripts for the hosts are in single quotes on purpose; $tmp is tests/lib.sh's.
# shellcheck disable=SC2016,SC2154

# plugged HOST NAME: whether its disk and its network card are served: to xl, in
# a loop device, and at the bridge.
plugged() {
	on "$1" 'set -e
		id=$(xl domid "$1")
		xl block-list "$1" | grep "^51712 .*/backend/vbd/$id/51712"
		xl network-list "$1" | grep "/backend/vif/$id/0"
		losetup -a | grep -F "(/tmp/$1.disk)"
		ls "/sys/class/net/xenbr0/brif/vif$id.0"
		for kind in vbd/$id/51712 vif/$id/0; do
			[ "$(xenstore-read "/local/domain/0/backend/$kind/hotplug-status")" = connected ]
		done' "$2"
}

# writes HOST NAME CONSOLE: whether the guest's disk goes on being written: what
# its console says soon is in the file.
writes() {
	lab_await "$1" "$3" 'TINY-DISK' && on "$1" '
		lab-await "$2" TINY-DISK 60 3
		count=$(sed -n "s/^TINY-DISK //p" "/var/log/xen/guest-$2.log" | tail -n 2 | head -n 1)
		echo "written: $count"
		tail -c +$(((1 + count % 256) * 512 + 1)) "/tmp/$1.disk" |
			head -n 1 | grep -ax "TINY-DISK $count" &&
			! grep DISK-BAD "/var/log/xen/guest-$2.log"' "$2" "$3"
}

# unplugged HOST NAME: whether none of this is left.
unplugged() {
	on "$1" '! losetup -a | grep . && ! ls /sys/class/net/xenbr0/brif | grep . &&
		! xenstore-ls -f /local/domain/0/backend | grep -e "\"$1\"" -e "/tmp/$1.disk"' \
		"$2"
}

# counts HOST NAME [FIRST]: whether the console of an HVM guest has each tick
# once, from FIRST or the one after it on, and memory-ok with each.  The first
# line and the last may be parts of one.
counts() {
	runs "$1" "$2" && lab_console "$1" "$2" > "$tmp/console" &&
		sed '1d; $d' "$tmp/console" | awk -v first="${3:-1}" '
			NR == 1 { next_one = $2 }
			!/^TINY-TICK [0-9]+ checksum=[0-9A-F]+ memory-ok$/ || $2 != next_one++ {
				print "line " NR ": " $0
				is_bad = 1
			}
			NR == 1 && $2 != first && $2 != first + 1 {
				print "starts with " $2 ", not " first
				is_bad = 1
			}
			END { exit is_bad || NR < 3 }'
}

# after_last_tick HOST NAME: the number behind that of its last whole line.
after_last_tick() {
	lab_console "$1" "$2" | sed -n 's/^TINY-TICK \([0-9]*\) .* memory-ok$/\1/p' |
		tail -n 1 | awk '{ print $1 + 1 }'
}

has_model() {
	on "$1" 'pidof xen-qemu-system-i386'
}
