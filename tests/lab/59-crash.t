#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cores of Linux guests: what crash and drgn find in them.  `make check-crash`
# runs it, for it needs a kernel with debug information (tests/lab/linux).
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
linux=$lab_top/build/lab/linux
for file in vmlinuz vmlinux initrd; do
	[ -e "$linux/$file" ] || skip_all "no $linux/$file: run tests/lab/linux"
done
for program in crash drgn; do
	command -v $program > "$tmp/out" ||
		skip_all "no $program: apt-get install crash python3-drgn"
done
lab_reset
release=$(strings -a "$linux/vmlinux" | sed -n 's/^Linux version \([^ ]*\) .*/\1/p' |
	head -n 1)

# boot KIND: a Linux guest that ticks.
boot() {
	on src 'printf "%s\n" "name=\"$1\"" "type=\"$1\"" "memory=96" \
			"kernel=\"/tmp/vmlinuz\"" "ramdisk=\"/tmp/initrd\"" \
			"extra=\"console=hvc0 quiet mitigations=off\"" > /tmp/cfg
		xl create -q /tmp/cfg && lab-await "$1" TINY-TICK' "$1"
}

# saves KIND: its stream is kept.
saves() {
	on src 'xc-emit -q "$1" && xl destroy "$1"' "$1" > "$tmp/stream"
}

# core OPTION...
core() {
	status 0 "$tmp/stream" rec-convert -q "$@" --replace -o "$tmp/core"
}

# crash COMMAND...: what it prints; it takes them from a file only.
in_crash() {
	printf '%s\n' "$@" quit > "$tmp/commands"
	timeout 900 crash -s -i "$tmp/commands" "$linux/vmlinux" "$tmp/core" \
		< /dev/null > "$tmp/shown" 2>&1
}

# shows REGEX...: whether what crash printed has a line for each.
shows() {
	local regex
	for regex; do
		grep -Eq -- "$regex" "$tmp/shown" && continue
		echo "no line: $regex"
		head -n 40 "$tmp/shown"
		return 1
	done
}

# crash_reads KIND: the system, the log, the list of tasks, a sleeping task's
# stack, the idle task's, and memory by its address.  ps of crash 8.0.2 does
# not know how 6.1's later updates keep pids: the list is walked.
crash_reads() {
	in_crash sys log 'list task_struct.tasks -s task_struct.comm -h init_task' \
		'bt 0' 'rd -a linux_banner'
	shows "RELEASE: $release" 'MEMORY: 9[0-9]' \
		'xenrec: the guest is up' 'comm = "init' 'comm = "kthreadd' \
		'#[0-9]* .* (schedule_idle|schedule) at ' \
		'#[0-9]* .* start_kernel at ' "Linux version $release"
}

cat > "$tmp/tasks.py" << 'END'
import sys
from drgn import Program
from drgn.helpers.linux.pid import for_each_task

program = Program()
program.set_core_dump(sys.argv[1])
program.load_debug_info([sys.argv[2]])
print(program["init_uts_ns"].name.release.string_().decode())
for task in for_each_task(program):
    print(task.pid.value_(), task.comm.string_().decode())
END
drgn_reads() {
	timeout 900 drgn -q -c "$tmp/core" "$tmp/tasks.py" "$tmp/core" \
		"$linux/vmlinux" > "$tmp/shown" 2>&1 || true
	shows "^$release$" '^1 init$' '^2 kthreadd$'
}

for file in vmlinuz initrd; do
	# shellcheck disable=SC2016 # for the host
	lab_run src 'cat > "/tmp/$1"' "$file" < "$linux/$file"
done
for kind in pv pvh; do
	ok "$kind: Linux runs" boot $kind
	ok "$kind: suspended" saves $kind
	ok "$kind: a core in Xen's format" core --to xen-core
	ok "$kind: crash reads it" crash_reads
	ok "$kind: a core by virtual addresses" core --to elf-core --virtual
	ok "$kind: drgn reads it" drgn_reads
done
# Of a PV guest crash wants machine frames, which only Xen's format has.
ok "pvh: a core by physical addresses" core --to elf-core
ok "pvh: crash reads it" crash_reads
plan
