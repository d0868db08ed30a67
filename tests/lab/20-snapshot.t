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
