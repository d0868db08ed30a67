# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/lab/lib.sh: what the lab's tests share: TAP, the hosts, and what is
# asked of guests again and again.
#
# shellcheck shell=bash
# shellcheck source=tests/lib.sh
. "${BASH_SOURCE[0]%/*}/../lib.sh"
# shellcheck source=tests/lab/lab.sh
. "${BASH_SOURCE[0]%/*}/lab.sh"
[ -n "${LAB_RUN:-}" ] || skip_all "no lab: run it under tests/lab/with-hosts"
# Of several pairs of hosts one that no other test has; the last is waited for.
for LAB_RUN in $LAB_RUNS; do
	exec {lab_lock}> "$LAB_RUN/taken"
	flock -n "$lab_lock" && break
done
flock "$lab_lock"

# on HOST SCRIPT [ARGUMENT...]: lab_run without input.
on() {
	lab_run "$@" < /dev/null
}

# What says that a guest is or was there, but for its domain: xenstore but for
# domain 0's part; files of the tools; domain 0's event channels, loop devices,
# network cards and device models.  libxl notes in a file which numbers it gave
# to domains.  What is known of a move after its copy is no trace of a guest.
lab_traces='
	xenstore-ls -f | grep -e ^/local/domain/ -e ^/vm/ -e ^/libxl/ |
		grep -v -e "^/local/domain/0/[^bd]" -e "^/local/domain/0 " \
		-e "^/local/domain/0/[a-z-]* = " -e "/backend/[a-z]* = "
	find /var/lib/xen /run/xen /run/xenrec -type f 2> /dev/null |
		grep -v -e domid-history -e "[.]refused$" -e "[.]whole$"
	lab-ports | sed "s/^ */port /"
	losetup -a
	ls /sys/class/net
	pidof xen-qemu-system-i386
	true'

# traces HOST: all that, and domains, with their states (paused p, shut down s)
# and log-dirty mode; sorted.
traces() {
	on "$1" 'xl list | tail -n +3 | while read -r name id mem vcpus state rest; do
			echo "$name $id ${state//[rb-]/} log-dirty $(lab-logdirty "$id")"; done'"$lab_traces" |
		sort
}

# same_traces HOST FILE: whether the host has just the traces in FILE.
same_traces() {
	traces "$1" > "$tmp/traces" && diff "$2" "$tmp/traces"
}

# gone HOST NAME DOMID: no domain of that name or number; xenstore and libxl
# do not know it.
gone() {
	on "$1" '! xl domid "$1" 2> /dev/null && ! xl domname "$2" 2> /dev/null &&
		xenstore-ls -f > /tmp/gone && ! grep -e "\"$1\"" -e "/console/$2 " \
			-e "^/local/domain/$2[/ ]" -e "^/libxl/$2[/ ]" /tmp/gone &&
		! ls /var/lib/xen | grep -F -- "-d.$2."' "$2" "$3"
}

# runs HOST NAME: whether it runs: its counter goes on.
runs() {
	lab_await_ticks "$1" "$2" 3
}

# memory_back HOST BEFORE: whether Xen has as many free pages as lab-memory
# said before.  Its own heap takes one for itself now and then, and keeps it; a
# guest that is left has more than 100.
memory_back() {
	local now
	now=$(on "$1" lab-memory)
	echo "free pages before $2, now $now"
	((now >= $2 - 16))
}

# both_run HOST NAME: whether both vcpus of a guest of two count on, and the
# second one has not lost its count.
both_run() {
	runs "$1" "$2" &&
		on "$1" 'lab-await "$1" TINY-CPU1 300 3' "$2" &&
		lab_console "$1" "$2" > "$tmp/console" &&
		! grep CPU1-BAD "$tmp/console"
}

# came_whole HOST NAME [COUNT]: whether the guest found itself in a new domain
# with its memory intact, and goes on counting; for the COUNTth time.
came_whole() {
	lab_await "$1" "$2" 'resumed in a new domain' && runs "$1" "$2" &&
		lab_console "$1" "$2" > "$tmp/console" &&
		! grep MEMORY-BAD "$tmp/console" &&
		[ "$(grep -c 'new domain memory-ok' "$tmp/console")" = "${3:-1}" ]
}

# ran_on HOST NAME: whether a suspend was undone: same domain, whole memory.
ran_on() {
	lab_await "$1" "$2" 'suspend cancelled memory-ok' && runs "$1" "$2"
}

# suspended HOST NAME: whether xl list shows it shut down.
suspended() {
	on "$1" 'xl list "$1" | grep -F -- ---ss-' "$2"
}

# fails STATUS HOST SCRIPT [ARGUMENT...]: whether the script exits with STATUS;
# its stderr is kept for says.
fails() {
	local want=$1 got=0
	shift
	on "$@" > "$tmp/out" 2> "$tmp/err" || got=$?
	[ "$got" = "$want" ] && return
	echo "exit $got, not $want"
	cat "$tmp/err"
	return 1
}
