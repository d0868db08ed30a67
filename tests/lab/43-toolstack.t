#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# xc-emit and xc-absorb with xl beneath, as for guests with devices: moves,
# snapshots, files of xl's own, and what is left when something breaks.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# The first domain leaves what later ones use again.
for host in src dst; do
	lab_create "$host" pv first > "$tmp/domid"
	on "$host" 'xl destroy first'
	traces "$host" > "$tmp/$host"
done

# has HOST FILE EXPRESSION: whether it is true of the JSON in that file.
has() {
	on "$1" 'cat "$1"' "$2" | jq -e "$3"
}

for kind in pv pvh; do
	number=$(lab_create src "$kind" "$kind")
	ok "$kind: it moves" on src 'set -o pipefail
		xc-emit -q --xl "$1" | rec-compress | ssh dst xc-absorb -p |
			xc-emit --settle | ssh dst xc-absorb --go | xc-emit --settle > /tmp/came' "$kind"
	ok "$kind: it counts on at dst, memory whole" came_whole dst "$kind"
	ok "$kind: it is gone at src" gone src "$kind" "$number"
	ok "$kind: with its note" same_traces src "$tmp/src"
	ok "$kind: how long it stood is told" has src /tmp/came \
		'.result == "moved" and .down_ms > 0 and .pages_sent > 1000'
	ok "$kind: xl looks after the copy" on dst 'ps | grep -q "[x]l restore"'
	ok "$kind: a snapshot" on dst 'xc-emit --xl -c "$1" > /tmp/snapshot' "$kind"
	ok "$kind: it runs on" ran_on dst "$kind"
	ok "$kind: a snapshot, paused" on dst 'xc-emit --xl -p "$1" > /tmp/other &&
		xl list "$1" | grep -q -- --p---' "$kind"
	ok "$kind: unpaused it runs" on dst 'xl unpause "$1"' "$kind"
	ok "$kind: it runs" runs dst "$kind"
	ok "$kind: no note is left" on dst '! ls /run/xenrec/*.move 2> /dev/null'
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: the snapshot is restored, paused" on dst \
		'xc-absorb < /tmp/snapshot > /tmp/receipt && xl list "$1" | grep -q -- --p---' "$kind"
	on dst 'xl destroy "$1"' "$kind"
	ok "$kind: as another" on dst \
		'xc-absorb --unpause --name "other-$1" --uuid new < /tmp/snapshot > /tmp/receipt &&
			uuid=$(xl list -v "other-$1" | sed -n "2s/.* \([0-9a-f-]\{36\}\) .*/\1/p") &&
			grep "\"uuid\":\"$uuid\"" /tmp/receipt && ! grep "$uuid" /tmp/snapshot' "$kind"
	ok "$kind: it counts on, memory whole" came_whole dst "other-$kind"
	ok "$kind: what xl saves is taken, and runs" on dst \
		'xl save "other-$1" /tmp/file && xc-absorb -q < /tmp/file > /tmp/receipt' "$kind"
	ok "$kind: it counts on, memory whole" came_whole dst "other-$kind" 2
	on dst 'xl destroy "other-$1"' "$kind"
	ok "$kind: nothing is left" same_traces dst "$tmp/dst"
done

# Without xl's configuration, as in libvirt's files, it comes from --config.
lab_create src pv web > "$tmp/domid"
on src 'xl save web /tmp/web.xl'
on src 'cat /tmp/web.xl' > "$tmp/xl"
inner=$(grep -abo LibxlFmt "$tmp/xl" | head -n 1 | cut -d : -f 1)
xml='<domain type="xen"><name>web</name></domain>'
{
	printf 'libvirt-xml\n \0 \r\2\0\0\0'
	printf '%b' "$(printf '\\x%02x\\0\\0\\0' ${#xml})"
	head -c $((64 - 24)) /dev/zero
	printf %s "$xml"
	tail -c +$((inner + 1)) "$tmp/xl"
} > "$tmp/virsh"
lab_run src 'cat > /tmp/web.virsh' < "$tmp/virsh"
ok "of a virsh save file nothing says what to make" \
	fails 5 src 'xc-absorb < /tmp/web.virsh'
ok "it is said what does" grep -q -- '--config' "$tmp/err"
ok "--config and --name do" on src \
	'xc-absorb --config /root/pv.cfg --name web2 < /tmp/web.virsh > /tmp/receipt'
ok "it counts on, memory whole" came_whole src web2
ok "under that name" has src /tmp/receipt '.name == "web2"'
on src 'xl destroy web2'
ok "--config is not for a bare image" on src '
	xl restore /tmp/web.xl && xc-emit -q web > /tmp/bare && xc-emit --destroy web
	s=0; xc-absorb --config /root/pv.cfg < /tmp/bare || s=$?; [ $s = 5 ]'
ok "nothing is left" same_traces src "$tmp/src"

lab_create src pvh mail > "$tmp/domid"
traces src > "$tmp/mail"
# undone STATUS TEXT SCRIPT: src fails, and the guest runs.
undone() {
	ok "src: $2: status $1" fails "$1" src "$3"
	ok "src: $2: the guest runs" runs src mail
	ok "src: $2: no other trace" same_traces src "$tmp/mail"
}
undone 5 "live" 'xc-emit --xl --live mail > /tmp/s'
undone 1 "a reader that dies in the middle" \
	'set -o pipefail; xc-emit --xl mail | head -c 3000000 > /dev/null'
undone 1 "/dev/full" 'xc-emit --xl mail > /dev/full'
# stopped STATUS TEXT SCRIPT: undone, when SCRIPT has run while xc-emit, whose
# process is $emit, has the guest suspended and cannot go on; $saver is its
# child and $xl that one's.
stopped() {
	undone "$1" "$2" "
		rm -f /tmp/slow; mkfifo /tmp/slow
		xc-emit --xl mail > /tmp/slow & emit=\$!
		exec 3< /tmp/slow
		head -c 1000000 <&3 > /dev/null
		xl list mail | grep -q -- ---ss- || exit 99
		read -r saver < /proc/\$emit/task/\$emit/children
		read -r xl < /proc/\$saver/task/\$saver/children
		$3
		wait \$emit"
}
stopped 1 "xl is killed" 'kill -KILL "$xl"; cat <&3 > /dev/null'
ok "that is said" grep -q 'xl was killed by signal 9' "$tmp/err"
stopped 1 "the saver is killed" 'kill -KILL "$saver"; cat <&3 > /dev/null'
stopped 143 "SIGTERM" 'kill "$emit"; cat <&3 > /dev/null'
stopped 143 "SIGTERM, and nobody reads" 'kill "$emit"'
on src 'rm -f /tmp/slow; mkfifo /tmp/slow
	xc-emit --xl mail > /tmp/slow 2> /dev/null & emit=$!
	exec 3< /tmp/slow
	head -c 1000000 <&3 > /dev/null
	read -r saver < /proc/$emit/task/$emit/children
	read -r xl < /proc/$saver/task/$saver/children
	read -r helper < /proc/$xl/task/$xl/children
	kill -KILL "$emit" "$saver"
	while [ -e "/proc/$xl" ] || [ -e "/proc/$helper" ]; do :; done' 2> "$tmp/notes"
ok "src: both processes killed: it stands still" on src 'xl list mail | grep -- ---ss-'
ok "src: --resume lets it run" on src 'xc-emit --resume mail'
ok "src: it runs" runs src mail
ok "src: no other trace" same_traces src "$tmp/mail"

on src 'xc-emit -q --xl -c mail' > "$tmp/stream"
lab_run dst 'cat > /tmp/stream' < "$tmp/stream"
# refused STATUS TEXT SCRIPT: dst does not take it, and nothing is left.
refused() {
	ok "dst: $2: status $1" fails "$1" dst "$3"
	ok "dst: $2: nothing is left" same_traces dst "$tmp/dst"
}
size=$(stat -c %s "$tmp/stream")
for part in 40 1000 $((size / 2)) $((size - 8)) $((size - 1)); do
	refused 3 "cut at byte $part" "head -c $part /tmp/stream | xc-absorb"
done
refused 3 "bytes after END" '{ cat /tmp/stream; echo x; } | xc-absorb'
refused 5 "no xl" 'absorb=$(command -v xc-absorb); PATH=/nowhere "$absorb" < /tmp/stream'
# halfway SCRIPT: runs it when xl has made a part of the domain, and waits for
# the rest of the stream.
halfway() {
	echo "rm -f /tmp/slow; mkfifo /tmp/slow
		xc-absorb < /tmp/slow & absorb=\$!
		exec 3> /tmp/slow
		head -c 6000000 /tmp/stream >&3
		until [ \"\$(xl list | wc -l)\" -gt 2 ]; do :; done
		read -r restorer opener < /proc/\$absorb/task/\$absorb/children
		read -r xl < /proc/\$restorer/task/\$restorer/children
		$1
		wait \$absorb"
}
refused 1 "xl is killed" "$(halfway 'kill -KILL "$xl"')"
refused 1 "the restorer is killed" "$(halfway 'kill -KILL "$restorer"')"
refused 143 "SIGTERM" "$(halfway 'kill "$absorb"')"
lab_create dst pv mail > "$tmp/domid"
ok "dst: its name is taken: status 5" fails 5 dst 'xc-absorb < /tmp/stream'
on dst 'xl destroy mail'
ok "dst: nothing is left" same_traces dst "$tmp/dst"

# The move's copy fails: its receipt lets the source run again.
ok "a receipt of a failure lets the source run" fails 5 src \
	'set -o pipefail; xc-emit -q --xl mail > /tmp/cut
	head -c 6000000 /tmp/cut | ssh dst xc-absorb 2> /dev/null | xc-emit --settle'
ok "it runs" runs src mail
ok "rec-migrate moves it" on src 'rec-migrate -q mail dst'
ok "it counts on at dst, memory whole" came_whole dst mail
plan
