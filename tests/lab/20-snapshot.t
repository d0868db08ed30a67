#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Snapshots: the guest goes on, and its copy waits.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	traces src > "$tmp/before"
	ok "$kind: -c writes a stream" on src 'xc-emit -c "$1" > "/tmp/$1"' "$kind"
	ok "$kind: the guest goes on, memory whole" ran_on src "$kind"
	ok "$kind: nothing else changed" same_traces src "$tmp/before"
	on src 'cat "/tmp/$1"' "$kind" | lab_run dst 'cat > "/tmp/$1"' "$kind"
	ok "$kind: elsewhere the snapshot is absorbed" \
		on dst 'xc-absorb < "/tmp/$1" > /tmp/receipt' "$kind"
	ok "$kind: and left paused" on dst 'xl list "$1" | grep -E -- "--p---"' "$kind"
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: --unpause lets it run" \
		on dst 'xc-absorb --unpause < "/tmp/$1" > /tmp/receipt' "$kind"
	ok "$kind: it runs, memory whole" came_whole dst "$kind"
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: packed, with check data" on dst 'set -o pipefail
		rec-compress < "/tmp/$1" | rec-checksum > /tmp/mail &&
		xc-absorb --unpause < /tmp/mail > /tmp/receipt' "$kind"
	ok "$kind: it runs, memory whole" came_whole dst "$kind" 2
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: damaged it is refused" fails 4 dst '
		size=$(stat -c %s /tmp/mail) &&
		printf damage | dd of=/tmp/mail bs=1 seek="$((size / 2))" conv=notrunc &&
		xc-absorb --unpause < /tmp/mail'
	ok "$kind: no trace of it" on dst '! xl list "$1"' "$kind"
	ok "$kind: with check data, packed" on dst 'set -o pipefail
		rec-checksum < "/tmp/$1" | rec-compress |
		xc-absorb --unpause > /tmp/receipt' "$kind"
	ok "$kind: it runs, memory whole" came_whole dst "$kind" 3
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: sealed" on dst 'set -o pipefail; key=/tmp/key.$1
		rec-encrypt --keygen -q -o "$key" &&
		rec-compress < "/tmp/$1" |
			rec-encrypt -r "$(sed -n "s/.*key: //p" "$key")" |
			rec-checksum > /tmp/mail &&
		xc-absorb -i "$key" --unpause < /tmp/mail > /tmp/receipt' "$kind"
	ok "$kind: it runs, memory whole" came_whole dst "$kind" 4
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: with another key it is refused" fails 4 dst '
		rec-encrypt --keygen -q > /tmp/key && chmod 600 /tmp/key &&
		xc-absorb -i /tmp/key --unpause < /tmp/mail'
	ok "$kind: no trace of it" on dst '! xl list "$1"' "$kind"
done

# What reads the stream, while it waits for the rest of it: the domain is being
# made, so it has read some.
halfway='
	rm -f /tmp/slow /tmp/receipt; mkfifo /tmp/slow
	xc-absorb < /tmp/slow > /tmp/receipt 2> /tmp/why & absorb=$!
	exec 3> /tmp/slow
	head -c 1000000 /tmp/pv >&3
	until [ "$(xl list | wc -l)" -gt 2 ]; do :; done
	read -r restorer opener < "/proc/$absorb/task/$absorb/children"'
ok "what reads the stream is nobody, and can do nothing" on dst "$halfway"'
	cp "/proc/$opener/status" /tmp/status
	ls -l "/proc/$opener/fd" > /tmp/opener
	ls -l "/proc/$restorer/fd" > /tmp/restorer
	tail -c +1000001 /tmp/pv >&3
	exec 3>&-
	wait "$absorb" && xl destroy pv && cat /tmp/status /tmp/opener &&
	for line in "Uid:.65534.65534.65534.65534" "Gid:.65534.65534.65534.65534" \
		"Groups:. *" "CapPrm:.0*" "CapEff:.0*" "CapInh:.0*" "NoNewPrivs:.1" "Seccomp:.2"; do
		grep -qx "$line" /tmp/status || { echo "no $line"; exit 1; }
	done'
ok "it has no handle of Xen, which the restorer has, and no receipt to write" \
	on dst 'grep -q /dev/xen /tmp/restorer && grep -q "1 -> .*/dev/null" /tmp/opener &&
		! grep -v -e /dev/null -e pipe: -e socket: -e /tmp/slow -e /tmp/why -e "^total" /tmp/opener'
ok "it is killed: status 1" fails 1 dst "$halfway"'
	kill -KILL "$opener"; exec 3>&-; wait "$absorb"'
ok "that is said" on dst 'grep -x "xc-absorb: what reads the stream was killed by signal 9" /tmp/why'
ok "the receipt says failed, or is none: the domain is gone" \
	on dst '! xl list pv'
# Of what lint refuses Xen's restorer, which has words of its own, never hears.
ok "a record that Xen refuses does not come to it" fails 5 dst '
	length=$(od -An -tu4 -j44 -N4 /tmp/pv) config=$((48 + (length + 7) / 8 * 8))
	{ head -c "$config" /tmp/pv; printf "\177\0\0\0\0\0\0\0"
		tail -c "+$((config + 1))" /tmp/pv; } | xc-absorb -v 2> /tmp/why'
ok "xc-absorb says what it is, and libxenguest does not" on dst 'cat /tmp/why
	grep -q "Xen.s restorer does not know" /tmp/why && ! grep "not handled" /tmp/why'

ok "-p leaves the source paused" on src 'xc-emit -p pvh > /tmp/p'
ok "Xen says so" on src 'xl list pvh | grep -E -- "--p---"'
ok "a paused guest is refused" fails 5 src 'xc-emit pvh > /tmp/refused'
ok "nothing was written" on src '[ ! -s /tmp/refused ]'
on src 'xl unpause pvh'
ok "unpaused it runs on" runs src pvh

lab_create src pv deaf deaf > "$tmp/domid"
traces src > "$tmp/before"
ok "a guest that does not answer: status 1 after --suspend-timeout" \
	fails 1 src 'xc-emit --suspend-timeout 2 deaf > /tmp/deaf'
ok "it is said in words" grep -q 'did not answer the request to suspend within 2 s' "$tmp/err"
ok "it runs on" runs src deaf
ok "the request is withdrawn" \
	on src 'node=$(xenstore-read "/local/domain/$(xl domid deaf)/control/shutdown") && [ -z "$node" ]'
ok "nothing else changed" same_traces src "$tmp/before"
plan
