#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Stored images: a guest is stored at src without any Xen, and comes back at
# dst; streams in files, and what they mean for a move.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset
# A file system that counts what a file takes.
on src 'mkdir -p /disk; mountpoint -q /disk || mount -t tmpfs none /disk'

# No hypervisor and no xenstore can be asked.
alone='unshare -m sh -c "mount -t tmpfs none /dev/xen; mount -t tmpfs none /proc/xen;
	mount -t tmpfs none /run/xenstored; exec xc-absorb --image /disk/image --replace"'

# to_dst HOST OPTION...: what the image at src holds, absorbed at dst.
to_dst() {
	on src 'set -o pipefail; xc-emit --image /disk/image |
		ssh dst xc-absorb "$@" > /tmp/receipt' "$@"
}

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	ok "$kind: a snapshot is stored, without Xen" \
		on src "set -o pipefail; xc-emit -q -c $kind | tee /disk/stream | $alone > /tmp/stored"
	ok "$kind: it runs on" ran_on src "$kind"
	ok "$kind: it is said what was stored" \
		on src 'grep -F "\"stored\":\"image\"" /tmp/stored | grep -F "\"name\":\"$1\""' "$kind"
	ok "$kind: emitted, it is the stream that was stored" \
		on src 'xc-emit --image /disk/image | cmp - /disk/stream'
	ok "$kind: what was said is no receipt" \
		fails 5 src 'xc-emit --settle < /tmp/stored'
	ok "$kind: the disk is bounded by its memory" \
		on src 'disk=$(stat -c %b /disk/image); echo "$disk blocks"
			[ $((disk * 512)) -lt 5000000 ]'
	ok "$kind: emitted, it is absorbed at dst" to_dst --unpause
	ok "$kind: it counts on there, memory whole" came_whole dst "$kind"
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: a second time" to_dst --unpause
	ok "$kind: it counts on again" came_whole dst "$kind" 2
	on dst 'xl destroy "$1"' "$kind"
	on src 'xc-emit -q -c --no-config "$1" |
		xc-absorb --image /disk/plain --replace > /tmp/stored
		xc-emit --image /disk/plain' "$kind" > "$tmp/plain"
	ok "$kind: Xen's own checker takes a plain image's stream" \
		"$here/lab/verify-stream" "$tmp/plain" libxc
done

lab_create src pvh busy dirty > "$tmp/domid"
ok "a busy guest: saved live, compressed, stored" \
	on src "set -o pipefail; xc-emit -c --live -v --max-rounds 10 --stop-dirty 0 \
		busy 2> /tmp/told | tee /tmp/stream | rec-compress | $alone > /tmp/stored"
ok "it runs on" ran_on src busy
ok "it came in many rounds" \
	on src 'n=$(sed -n "s/.* rounds, \([0-9]*\) pages.*/\1/p" /tmp/told)
		echo "$n pages"; [ "$n" -gt 3000 ]'
ok "the disk is bounded by its memory" \
	on src 'disk=$(stat -c %b /disk/image); [ $((disk * 512)) -lt 5000000 ]'
ok "emitted, it is absorbed at dst" to_dst --unpause
ok "it counts on there, memory whole" came_whole dst busy
on dst 'xl destroy busy'
on src 'cat /tmp/stream' > "$tmp/stream"
on src 'xc-emit --image /disk/image' > "$tmp/again"
ok "another implementation says: the two streams are one guest" \
	"$here/gen/stored.py" same "$tmp/stream" "$tmp/again"
on src 'xl destroy busy'

# --- a move that is stored on its way ---
for kind in pv pvh; do
	ok "$kind: a stored image settles no move" \
		fails 5 src "xc-emit -q $kind | $alone | xc-emit --settle"
	ok "$kind: the source is there, suspended" suspended src "$kind"
	ok "$kind: its copy may come to run: it is not resumed" \
		fails 5 src 'xc-emit --resume "$1"' "$kind"
	ok "$kind: the image is absorbed at dst" to_dst
	ok "$kind: it runs there" came_whole dst "$kind" 3
	ok "$kind: and its receipt settles the move" \
		on src 'xc-emit --settle < /tmp/receipt'
	ok "$kind: the source is gone" fails 1 src 'xl domid "$1"' "$kind"
	ok "$kind: a second copy is declined" fails 5 src \
		'xc-emit --image /disk/image | ssh dst xc-absorb --name two --uuid new'
	on dst 'xl destroy "$1"' "$kind"
done

# --- streams in files ---
lab_create src pvh pvh > "$tmp/domid"
traces src > "$tmp/src"
ok "xc-emit -c -o writes a file" on src 'xc-emit -q -c pvh -o /disk/file'
ok "the guest runs on" ran_on src pvh
ok "the file is for root only" on src '[ "$(stat -c %a /disk/file)" = 600 ]'
ok "it is whole" on src 'xc-absorb -t < /disk/file'
ok "it is there: refused before the guest is touched" \
	fails 5 src 'xc-emit -o /disk/file pvh'
ok "it runs" runs src pvh
ok "no trace" same_traces src "$tmp/src"
ok "the disk is full: status 1" fails 1 src 'mkdir -p /disk/small
	mount -t tmpfs -o size=1m none /disk/small
	xc-emit -o /disk/small/file pvh'
ok "that it stays here is said" grep -q 'was not taken: it stays here' "$tmp/err"
ok "it runs" runs src pvh
ok "no file" on src '[ -z "$(ls -A /disk/small)" ]; umount /disk/small'
# has BYTES: whether the process $emit has a file without a name, of so many.
has='has() {
	local fd
	for fd in "/proc/$emit/fd/"*; do
		case $(readlink "$fd") in
		"/disk/#"*) [ "$(stat -Lc %s "$fd")" -ge "$1" ]; return ;;
		esac
	done
	return 1
}'
# Somebody was faster: the name is taken when the stream is whole.
ok "the name is taken meanwhile: refused" fails 5 src "$has"'
	xc-emit -o /disk/taken pvh & emit=$!
	until has 0; do kill -0 $emit || exit 9; done
	: > /disk/taken; wait $emit'
ok "it is said" grep -q '/disk/taken is there already' "$tmp/err"
ok "no copy can come of it: it stays here" grep -q 'was not taken: it stays here' "$tmp/err"
ok "it runs" runs src pvh
ok "the other file is as it was" on src '[ ! -s /disk/taken ]'
ok "no trace" same_traces src "$tmp/src"
# A file of 12 MB takes a killed process a while to let go of, and its lock,
# which is free, may outlive the saver.
for signal in TERM KILL; do
	ok "SIG$signal in the middle" fails "$((128 + $(kill -l $signal)))" src "$has"'
		xc-emit --live -o /disk/killed pvh & emit=$!
		until has 65536; do kill -0 $emit || exit 9; done
		read -r saver < "/proc/$emit/task/$emit/children"
		kill "-$1" $emit; wait $emit; status=$?
		tail --pid=$saver -f /dev/null; exit $status' "$signal"
	ok "no file" on src '! ls -A /disk | grep -e killed -e xenrec'
	ok "it runs" runs src pvh
	[ "$signal" = TERM ] || on src 'rm -f /run/xenrec/*.lock'
	ok "no trace" same_traces src "$tmp/src"
done
ok "a move into a file" on src 'xc-emit -q -o /disk/moved pvh'
ok "the guest is suspended" suspended src pvh
ok "from the file it comes to dst" on src 'ssh dst xc-absorb < /disk/moved > /tmp/receipt'
ok "it runs there" came_whole dst pvh 4
ok "its receipt settles the move" on src 'xc-emit --settle < /tmp/receipt'
on src 'rm -rf /disk/*'
plan
