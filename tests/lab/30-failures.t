#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever breaks: at the source the guest runs again, at the destination
# nothing is left.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	on src 'xc-emit -c -q "$1" > "/tmp/$1"' "$kind"
	ran_on src "$kind" > "$tmp/notes"
done
on src 'cat /tmp/pv' > "$tmp/pv"
on src 'cat /tmp/pvh' > "$tmp/pvh"
lab_run dst 'cat > /tmp/pv' < "$tmp/pv"
lab_run dst 'cat > /tmp/pvh' < "$tmp/pvh"
traces src > "$tmp/src"
traces dst > "$tmp/dst"

# refused STATUS TEXT SCRIPT: dst does not take it, and nothing is left.
refused() {
	ok "dst: $2: status $1" fails "$1" dst "$3"
	ok "dst: $2: nothing is left" same_traces dst "$tmp/dst"
}

# undone STATUS TEXT GUEST SCRIPT: src fails, and the guest runs.
undone() {
	ok "src: $2: status $1" fails "$1" src "$4"
	ok "src: $2: the guest runs" runs src "$3"
	ok "src: $2: no other trace" same_traces src "$tmp/src"
}

size=$(stat -c %s "$tmp/pv")
for part in 10 1000 100000 $((size / 2)) $((size - 8)) $((size - 1)); do
	refused 3 "cut at byte $part" "head -c $part /tmp/pv | xc-absorb"
done
refused 3 "PVH, cut in the middle of a page" 'head -c 3000001 /tmp/pvh | xc-absorb'
refused 3 "bytes after END" '{ cat /tmp/pv; echo x; } | xc-absorb'
refused 3 "empty" 'xc-absorb < /dev/null'
refused 3 "noise" 'head -c 100000 /dev/urandom | xc-absorb'

# The domain header says what the guest is: 1 PV, 2 HVM, at byte 24.
refused 3 "a PV guest in an image marked HVM" \
	'{ head -c 24 /tmp/pv; printf "\\2"; tail -c +26 /tmp/pv; } | xc-absorb'
refused 3 "a PVH guest in an image marked PV" \
	'{ head -c 24 /tmp/pvh; printf "\\1"; tail -c +26 /tmp/pvh; } | xc-absorb'
refused 1 "a memory limit that is too low" 'xc-absorb --max-mem 1 < /tmp/pv'
refused 1 "the same, PVH" 'xc-absorb --max-mem 1 < /tmp/pvh'
refused 5 "pfns over the limit" 'xc-absorb --max-pfn 100 < /tmp/pv'

# The restorer is the child; it has a domain, and waits for the rest of it.
refused 1 "restorer killed in the middle" '
	mkfifo /tmp/slow
	xc-absorb < /tmp/slow & absorb=$!
	exec 3> /tmp/slow
	head -c 1000000 /tmp/pv >&3
	until [ "$(xl list | wc -l)" -gt 2 ]; do :; done
	read -r restorer opener < "/proc/$absorb/task/$absorb/children"
	kill -9 "$restorer"
	exec 3>&-
	wait "$absorb"'
ok "it is said in words" grep -q 'restorer was killed' "$tmp/err"

undone 1 "/dev/full" pv 'xc-emit pv > /dev/full'
undone 1 "/dev/full, PVH" pvh 'xc-emit pvh > /dev/full'
undone 1 "stdout closed" pv 'xc-emit pv >&-'
undone 1 "a reader that dies in the middle" pv \
	'set -o pipefail; xc-emit pv | head -c 1000000 > /dev/null'
undone 1 "the same, PVH" pvh \
	'set -o pipefail; xc-emit pvh | head -c 3000000 > /dev/null'
undone 1 "a full disk" pv \
	'mkdir /tmp/small; mount -t tmpfs -o size=1m small /tmp/small
	 xc-emit pv > /tmp/small/f; s=$?; umount /tmp/small; exit $s'
undone 1 "a domain that is not there" pv 'xc-emit 999 > /tmp/none'
undone 5 "domain 0" pv 'xc-emit 0 > /tmp/none'

# A guest with a device needs xl.
on src 'xenstore-write "/local/domain/$(xl domid pv)/device/vbd/51712/state" 4'
ok "src: --no-xl, a guest with a disk: status 5" fails 5 src \
	'xc-emit --no-xl pv > /tmp/none'
ok "src: it is said which" grep -q 'devices (vbd)' "$tmp/err"
ok "src: no xl on this host: status 5" fails 5 src '
	xc_emit=$(command -v xc-emit)
	PATH=/nowhere "$xc_emit" pv > /tmp/none'
ok "src: it is said so" grep -q 'PATH' "$tmp/err"
ok "src: --memory-only takes it" on src 'xc-emit -c --memory-only pv > /tmp/m'
ok "src: the guest runs on" runs src pv
on src 'xenstore-rm "/local/domain/$(xl domid pv)/device/vbd"'

ok "after all this the guests' memory is whole" on src '
	[ "$(cat /var/log/xen/guest-*.log | grep -c memory-ok)" -gt 4 ] &&
		! grep MEMORY-BAD /var/log/xen/guest-*.log'

# When the guest runs before the receipt is written, it is kept.
ok "dst: a receipt that cannot be written: status 1" \
	fails 1 dst 'xc-absorb --unpause < /tmp/pv > /dev/full'
ok "dst: it is said that the guest is kept" grep -q 'is kept' "$tmp/err"
ok "dst: it runs, memory whole" came_whole dst pv
plan
