#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Beside Xen's own tools: what they write, we read, and the reverse.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	ok "$kind: emitted without our record" \
		on src 'xc-emit -c --no-config "$1" > /tmp/plain' "$kind"
	on src 'cat /tmp/plain' > "$tmp/plain"
	ok "$kind: Xen's verify-stream-v2 agrees" "$here/lab/verify-stream" "$tmp/plain"
	ok "$kind: without the record xc-absorb refuses it" \
		fails 5 src 'xc-absorb -t < /tmp/plain'

	# The save file goes through both filters on its way to xl restore.
	ok "$kind: xl save into rec-compress" on src 'set -o pipefail
		xl save "$1" /dev/stdout | rec-compress > /tmp/packed' "$kind"
	ok "$kind: out of rec-compress -d into xl restore" on src 'set -o pipefail
		rec-compress -d < /tmp/packed | xl restore /dev/stdin' "$kind"
	ok "$kind: it runs, memory whole" came_whole src "$kind"
	ok "$kind: by file: xl save" on src 'xl save -c "$1" /tmp/file' "$kind"
	ok "$kind: unpacked it is the file bit for bit" on src \
		'rec-compress < /tmp/file | rec-compress -d | cmp - /tmp/file'
	ok "$kind: it was worth packing" on src 'set -o pipefail
		[ "$(rec-compress < /tmp/file | wc -c)" -lt "$(($(stat -c %s /tmp/file) / 2))" ]'

	ok "$kind: through FIFOs" on src 'set -e
		rm -f /tmp/out /tmp/in
		mkfifo /tmp/out /tmp/in
		rec-compress < /tmp/out > /tmp/packed & packing=$!
		xl save "$1" /tmp/out
		wait $packing
		rec-compress -d < /tmp/packed > /tmp/in & unpacking=$!
		xl restore /tmp/in
		wait $unpacking' "$kind"
	ok "$kind: it runs, memory whole" came_whole src "$kind" 2
	ok "$kind: through process substitution" on src 'set -e
		xl save "$1" >(rec-checksum > /tmp/checked)
		until rec-checksum -t -q < /tmp/checked 2> /tmp/none; do :; done
		xl restore <(rec-checksum -d < /tmp/checked)' "$kind"
	ok "$kind: it runs, memory whole" came_whole src "$kind" 3

	# A domain that xc-absorb made is one of xl's like any other.
	on src 'xc-emit -q "$1" > /tmp/stream && xc-emit --destroy "$1" &&
		xc-absorb < /tmp/stream > /tmp/receipt' "$kind"
	came_whole src "$kind" 4 > "$tmp/notes"
	ok "$kind: absorbed: xl save takes it" on src 'xl save "$1" /tmp/again' "$kind"
	ok "$kind: and xl restore brings it back" on src 'xl restore /tmp/again'
	ok "$kind: it runs, memory whole" came_whole src "$kind" 5
	on src 'xc-emit -q "$1" > /tmp/stream && xc-emit --destroy "$1" &&
		xc-absorb -p < /tmp/stream > /tmp/receipt' "$kind"
	number=$(on src 'xl domid "$1"' "$kind")
	ok "$kind: absorbed: xl destroy removes it" on src 'xl destroy "$1"' "$kind"
	ok "$kind: without a trace" gone src "$kind" "$number"
done

# xl migrate waits for an answer in the middle: what follows END must pass.
on src 'cat > /usr/local/bin/packed-ssh << "END"
#!/bin/bash
host=$1
shift
exec rec-compress --pass-after-end < /dev/stdin |
	ssh "$host" "rec-compress -d --pass-after-end | $*"
END
chmod +x /usr/local/bin/packed-ssh'
number=$(lab_create src pvh moving)
ok "xl migrate through rec-compress | rec-compress -d" \
	on src 'xl migrate -s packed-ssh moving dst'
# Its console began under the name that xl gives it on the way.
ok "the guest runs at dst, memory whole" came_whole dst moving--incoming
ok "and is gone at src" gone src moving "$number"
plan
