#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest moves between two hosts by the pipe of the README, and back.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

move='xc-emit -v "$1" 2> /tmp/emit | rec-compress | ssh "$2" xc-absorb > /tmp/receipt'

receipt() {
	on "$1" 'cat /tmp/receipt' | jq -er "$2"
}

for kind in pv pvh; do
	before=$(lab_create src "$kind" "$kind")
	uuid=$(on src 'xenstore-read "/local/domain/$1/vm"' "$before")
	ok "$kind: the pipe moves it" on src "set -o pipefail; $move" "$kind" dst
	ok "$kind: it counts on at dst, memory whole" came_whole dst "$kind"
	ok "$kind: at src it is suspended" suspended src "$kind"
	ok "$kind: the receipt says that it runs" \
		[ "$(receipt src .result)" = running ]
	digest=$(receipt src .digest)
	ok "$kind: and has the digest that xc-emit saw" \
		on src 'grep -F "digest $1" /tmp/emit' "${digest:-none}"
	ok "$kind: it kept its uuid" \
		[ "/vm/$(receipt src .uuid)" = "$uuid" ]
	ok "$kind: nothing of the request to suspend is left" \
		on src 'node=$(xenstore-read "/local/domain/$1/control/shutdown") && [ -z "$node" ]' "$before"
	ok "$kind: xc-emit --destroy takes the source away" \
		on src 'xc-emit --destroy "$1"' "$kind"
	ok "$kind: no trace of it at src" gone src "$kind" "$before"

	ok "$kind: the pipe moves it back" on dst "set -o pipefail; $move" "$kind" src
	ok "$kind: it counts on at src, memory whole" came_whole src "$kind"
	number=$(on dst 'xl domid "$1"' "$kind")
	on dst 'xc-emit --destroy "$1"' "$kind"
	ok "$kind: no trace of it at dst" gone dst "$kind" "$number"
done

# A guest that was suspended already, by a move that never arrived.
on src 'xc-emit -q pv > /tmp/stream'
ok "a copy may run: it is not emitted again" fails 5 src 'xc-emit -q pv > /tmp/again'
ok "with -f it is" on src 'xc-emit -q -f pv > /tmp/again'
ok "it stays suspended" suspended src pv
ok "--destroy is refused for a guest that runs" fails 5 src 'xc-emit --destroy pvh'
ok "and does nothing to it" runs src pvh
ok "--resume is refused: a copy may run" fails 5 src 'xc-emit --resume pv'
ok "with -f the suspended one runs again" on src 'xc-emit --resume -f pv'
ok "it runs, memory whole" ran_on src pv
ok "--resume is refused then" fails 5 src 'xc-emit --resume -f pv'

ok "-t takes the stream" on src 'xc-absorb -t < /tmp/stream'
ok "its uuid is taken: refused" fails 5 src 'xc-absorb < /tmp/stream'
ok "its name is taken: refused" fails 5 src 'xc-absorb --uuid new < /tmp/stream'
ok "a copy with its own name and uuid" \
	on src 'xc-absorb -f --uuid new --name copy --max-vcpus 2 --max-mem 8 < /tmp/stream > /tmp/receipt'
ok "the copy runs, memory whole" came_whole src copy
ok "beside the first" runs src pv

on src 'xl destroy copy; xl destroy pv; xl destroy pvh'
ok "-p leaves it paused" on src 'xc-absorb -f -p < /tmp/stream > /tmp/receipt'
ok "the receipt says so" [ "$(receipt src .result)" = paused ]
ok "so does Xen" on src 'xl list pv | grep -E -- "--p---"'
on src 'xl unpause pv'
ok "unpaused it runs" came_whole src pv 2
plan
