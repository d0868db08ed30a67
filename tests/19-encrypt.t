#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-encrypt as its users meet it: keys, passphrases, listings, other tools.
# What it writes and reads byte by byte, 18-seal.t says.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

plain=$vectors/good-hvm-3

# Keys.
ok "--keygen" status 0 /dev/null rec-encrypt --keygen
ok "writes what age-keygen writes" grep -Eqx \
	'# created: [0-9]{4}-[0-9-]{5}T[0-9:]{8}(Z|[+-][0-9:]{5})' "$tmp/out"
public=$(sed -n 's/^# public key: //p' "$tmp/out")
ok "the public key is told" grep -qx "Public key: $public" "$tmp/err"
ok "it belongs to the other one" test "$(age-keygen -y "$tmp/out")" = \
	"$public"
ok "-o FILE" status 0 /dev/null rec-encrypt --keygen -o "$tmp/key"
ok "is for nobody else" test "$(stat -c %a "$tmp/key")" = 600
ok "nothing on stdout" gives /dev/null
cp "$tmp/key" "$tmp/before"
ok "a file that is there" status 5 /dev/null rec-encrypt --keygen \
	-o "$tmp/key"
ok "stays" cmp "$tmp/key" "$tmp/before"
to=$(age-keygen -y "$tmp/key")

ok "sealed" status 0 "$plain" rec-encrypt -v -r "$to"
ok "it is said" told rec-encrypt "20928 bytes in 1 chunks"
cp "$tmp/out" "$tmp/box"
ok "opened" status 0 "$tmp/box" rec-encrypt -d -v -i "$tmp/key"
ok "it is said" told rec-encrypt "20928 bytes in 1 chunks verified"
ok "it is the stream" gives "$plain"
ok "-t" status 0 "$tmp/box" rec-encrypt -t -i "$tmp/key"
ok "writes nothing" gives /dev/null
ok "two differ" not cmp -s "$tmp/box" <(rec-encrypt -r "$to" < "$plain")
chmod 640 "$tmp/key"
ok "a key that others may read" status 5 "$tmp/box" rec-encrypt -d \
	-i "$tmp/key"
ok "it is said what to do" grep -q 'hint: chmod 600' "$tmp/err"
ok "-f takes it, wherever it stands" status 0 "$tmp/box" rec-encrypt -d \
	-i "$tmp/key" -f
chmod 600 "$tmp/key"
age-keygen -o "$tmp/other" 2> "$tmp/notes"
ok "another key" status 4 "$tmp/box" rec-encrypt -d -i "$tmp/other"
ok "is told apart from damage" grep -q 'none of the identities fits$' \
	"$tmp/err"
ok "both" status 0 "$tmp/box" rec-encrypt -d -i "$tmp/other" -i "$tmp/key"
altered "$tmp/box" 900 > "$tmp/bad"
ok "damage" status 4 "$tmp/bad" rec-encrypt -d -i "$tmp/key"
ok "is told" told rec-encrypt "record 1 (SEAL_CHUNK) at byte 368: damaged, or \
of another container"
ok "nothing comes out" gives /dev/null

# Keys of ssh, and many.
ssh-keygen -q -t ed25519 -N "" -C here -f "$tmp/ssh"
rec-encrypt -r "$(cat "$tmp/ssh.pub")" -R <(echo "$to") < "$plain" \
	> "$tmp/both"
for key in ssh key; do
	ok "to two, by the one of $key" status 0 "$tmp/both" rec-encrypt -d \
		-i "$tmp/$key"
	ok "it is the stream" gives "$plain"
done
ok "-l" status 0 "$tmp/both" rec-encrypt -l
ok "tells both" grep -qx 'keys        2: ssh-ed25519, X25519' "$tmp/out"
ok "and not the keys" not grep -q age1 "$tmp/out"
ok "-l --json" status 0 "$tmp/both" rec-encrypt -l --json
ok "tells the same" jq -e '.keys == ["ssh-ed25519", "X25519"] and
	.chunks == 1 and .chunk_size == 262144 and .complete and
	(.padded | not) and .bytes == 20928' "$tmp/out"
head -c 2000 "$tmp/both" > "$tmp/bad"
ok "-l of one that is cut" status 3 "$tmp/bad" rec-encrypt -l
ok "tells what there is" grep -qx 'end         incomplete' "$tmp/out"
ok "-l of what is not sealed" status 5 "$plain" rec-encrypt -l

# Passphrases.
typed() {
	TERM=dumb "$here/probe" ask "$tmp/asked" "$@"
}
(umask 077; echo secret > "$tmp/phrase"; echo wrong > "$tmp/guess")
seal_typed() {
	typed secret rec-encrypt -p < "$plain" > "$tmp/box"
}
ok "a passphrase, typed" seal_typed
ok "it was asked for twice, without an echo" test "$(tr -d '\r\n' \
	< "$tmp/asked")" = "New passphrase of the stream: Again: passphrase of \
the stream: "
open_typed() {
	typed secret rec-encrypt -d < "$tmp/box" > "$tmp/out" && gives "$plain"
}
ok "opened by the same" open_typed
ok "it was asked for once" test "$(tr -d '\r\n' < "$tmp/asked")" = \
	"Passphrase of the stream: "
# What is before it in the pipe waits, and has something to tell.
"$here/gen/make-stream" noise 2 > "$tmp/large"
late_typed() {
	TERM=xterm "$here/probe" late "$tmp/asked" secret \
		sh -c 'rec-checksum | rec-encrypt -p' < "$tmp/large" > "$tmp/out"
}
ok "by somebody who takes his time" late_typed
if [ "$SANITIZED" = valgrind ]; then
	skip 1 "what comes before takes longer to begin than he does"
else
	ok "how far it is does not disturb him" test \
		"$(head -n 2 "$tmp/asked" | tr -d '\r\n')" = \
		"New passphrase of the stream: Again: passphrase of the stream: "
fi
ok "two that differ" not typed "secret	Secret" rec-encrypt -p < "$plain"
ok "it is said" grep -q "rec-encrypt: the two differ" "$tmp/asked"
ok "--passphrase-file" status 0 "$tmp/box" rec-encrypt -d \
	--passphrase-file "$tmp/phrase"
ok "it is the stream" gives "$plain"
ok "--passphrase-fd" status 0 "$tmp/box" rec-encrypt -d --passphrase-fd 9 \
	9< "$tmp/phrase"
ok "it is the stream" gives "$plain"
ok "a wrong one" status 4 "$tmp/box" rec-encrypt -d \
	--passphrase-file "$tmp/guess"
ok "is told" grep -q 'wrong passphrase' "$tmp/err"
(umask 077; printf 'sec\0ret\n' > "$tmp/nul")
ok "one with a NUL" status 5 "$plain" rec-encrypt \
	--passphrase-file "$tmp/nul"
rec-encrypt -r "$to" < "$plain" > "$tmp/bad"
ok "of a container for keys" status 4 "$tmp/bad" rec-encrypt -d \
	--passphrase-file "$tmp/phrase"
ok "is told what opens it" grep -q 'hint: no passphrase opens it' "$tmp/err"
interrupted() {
	"$here/probe" interrupt rec-encrypt -p < "$plain"
}
ok "interrupted while it is typed: the echo is back" interrupted
chmod 644 "$tmp/phrase"
ok "a file that others may read" status 5 "$tmp/box" rec-encrypt -d \
	--passphrase-file "$tmp/phrase"
ok "no terminal to ask on" status 1 "$tmp/box" setsid -w rec-encrypt -d
ok "it is said what else there is" grep -q 'hint: --passphrase-file' \
	"$tmp/err"

# The envelope is age's own, as the manual says.
by_age() {
	local length
	rec-encrypt -r "$to" < "$plain" > "$tmp/box"
	rec-ls --record 0 --raw "$tmp/box" > "$tmp/header"
	length=$(od -An -tu4 -j48 -N4 "$tmp/header")
	tail -c +57 "$tmp/header" | head -c "$length" |
		age -d -i "$tmp/key" > "$tmp/stream-key"
	[ "$(stat -c %s "$tmp/stream-key")" = 32 ]
}
ok "age opens the envelope" by_age

# Beside the other tools.
rec-compress < "$plain" | rec-encrypt -r "$to" > "$tmp/box"
rec-checksum < "$tmp/box" > "$tmp/checked"
ok "with check data: rec-encrypt -d" status 5 "$tmp/checked" rec-encrypt -d \
	-i "$tmp/key"
ok "says what comes first" grep -q 'undo that layer first: rec-checksum -d$' \
	"$tmp/err"
ok "sealed twice" status 5 "$tmp/box" rec-encrypt -r "$to"
ok "is refused" grep -q 'hint: rec-encrypt -d takes it off$' "$tmp/err"
ok "nothing comes out" gives /dev/null
ok "compressed behind it" status 5 "$tmp/box" rec-compress
minisign -G -W -p "$tmp/open.pub" -s "$tmp/open.sec" > "$tmp/notes"
rec-checksum --sign "$tmp/open.sec" < "$tmp/box" > "$tmp/signed"
ok "signed: verified without the key" status 0 "$tmp/signed" rec-checksum -t \
	--verify "$tmp/open.pub"
rec-compress < "$plain" > "$tmp/packed"
status 0 "$tmp/packed" rec-ls
cp "$tmp/out" "$tmp/want"
for name in box checked signed; do
	ok "rec-ls -i: $name" status 0 "$tmp/$name" rec-ls -i "$tmp/key"
	ok "the same as of what is inside" gives "$tmp/want"
	rm -f "$tmp/image"
	ok "xc-absorb -i: $name" status 0 "$tmp/$name" xc-absorb \
		-i "$tmp/key" --image "$tmp/image"
	ok "stored" test -s "$tmp/image"
	{
		head -c 700 "$tmp/$name"
		printf '\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5'
		tail -c +709 "$tmp/$name"
	} > "$tmp/bad"
	rm "$tmp/image"
	ok "xc-absorb -i: $name, damaged" status 4 "$tmp/bad" xc-absorb \
		-i "$tmp/key" --image "$tmp/image"
	ok "in a line" test "$(wc -l < "$tmp/err")" = 1
	ok "nothing is stored" test ! -e "$tmp/image"
	ok "rec-ls -i: $name, damaged" status 4 "$tmp/bad" rec-ls \
		-i "$tmp/key"
done
ok "rec-ls -i: a file" status 0 /dev/null rec-ls -i "$tmp/key" "$tmp/box"
ok "rec-ls -i: another key" status 4 "$tmp/box" rec-ls -i "$tmp/other"
ok "rec-ls -i and a passphrase" status 2 "$tmp/box" rec-ls -i "$tmp/key" \
	--passphrase
ok "rec-ls -i: not sealed" status 5 "$plain" rec-ls -i "$tmp/key"
ok "xc-absorb: no key" status 5 "$tmp/box" xc-absorb -t
ok "says what opens it" grep -q 'hint: -i IDENTITY' "$tmp/err"
rec-encrypt --passphrase-file <(echo secret) < "$plain" > "$tmp/box"
chmod 600 "$tmp/phrase"
ok "rec-ls --passphrase-file" status 0 "$tmp/box" rec-ls \
	--passphrase-file "$tmp/phrase"

# Another process opens it: with memory that is locked as well, for root, and
# no longer than the reader lives.
locked='VmLck:.* [1-9][0-9]* kB'
# Sanitizers lock nothing.
[ -z "$SANITIZED" ] || locked='Uid:.*65534'
opener() {
	local pid good=0
	head -c 3000 "$tmp/checked" > "$tmp/part"
	mkfifo "$tmp/wait"
	rec-ls -i "$tmp/key" < "$tmp/wait" > "$tmp/told" 2>&1 &
	pid=$!
	exec 8> "$tmp/wait"
	cat "$tmp/part" >&8
	until opener=$(pgrep -P $pid) &&
		grep -q "$locked" "/proc/$opener/status"; do
		kill -0 "$pid" || return
	done
	case $2 in
	reader) kill "-$1" "$pid" ;;
	opener) kill "-$1" "$opener" ;;
	esac
	wait $pid || good=$?
	tail --pid="$opener" -f /dev/null
	exec 8>&-
	rm "$tmp/wait"
	[ "$good" = "$3" ]
}
if [ "$(id -u)" = 0 ]; then
	ok "a reader that is killed takes it along" opener KILL reader 137
	ok "it is killed: this machine's fault" opener KILL opener 1
	ok "and said so" grep -q 'what opens the stream was killed' "$tmp/told"
fi

# A reader that refuses what it was given does not wait for the rest of it.
idle() {
	local pid good=0
	"$here/gen/make-stream" rounds 200 | rec-encrypt --chunk 64K -r "$to" \
		> "$tmp/many"
	mkfifo "$tmp/idle"
	xc-absorb -t -i "$tmp/key" < "$tmp/idle" 2> "$tmp/err" &
	pid=$!
	exec 8> "$tmp/idle"
	head -c 70000 "$tmp/many" >&8
	timeout 60 tail --pid="$pid" -f /dev/null || kill "$pid"
	exec 8>&-
	wait "$pid" || good=$?
	[ "$good" = 5 ] || { echo "exit $good"; cat "$tmp/err"; return 1; }
}
ok "what is refused is not read to its end" idle

# What is hidden, and what is kept.
sizes() {
	local count
	for count in "$@"; do
		"$here/gen/make-stream" noise "$count" |
			rec-encrypt -r "$to" --pad --chunk 1M |
			rec-encrypt -l --json | jq .bytes
	done | uniq | wc -l
}
ok "--pad: what differs by a little is as long" test \
	"$(sizes 31 30)" = 1
ok "what differs by more is not" test "$(sizes 31 24)" = 2
secrets() {
	local pid good=0
	"$here/gen/make-stream" noise 4 > "$tmp/many"
	mkfifo "$tmp/feed"
	rec-encrypt --passphrase-fd 9 9<<< geheim < "$tmp/feed" > "$tmp/box" &
	pid=$!
	exec 8> "$tmp/feed"
	# More than a pipe takes: it has read the passphrase before.
	head -c 3000000 "$tmp/many" >&8
	! grep -aq geheim "/proc/$pid/cmdline" "/proc/$pid/environ" &&
		grep -Eq '^Max core file size +0 +0 ' "/proc/$pid/limits" ||
		good=1
	exec 8>&-
	wait "$pid" || true
	return "$good"
}
ok "no secret in sight, no core" secrets

# Wrong usage.
for how in "" "-r $to -p" "-d -r $to" "-i $tmp/key" "--keygen -d" \
	"-r $to --chunk 65537" "-r $to --chunk 32K" "-r $to --cipher des" \
	"-l -d" "-t --pad" "--json -r $to" "-r $to file" "-o x -r $to" \
	"-d -i $tmp/key --passphrase-fd 9"; do
	# shellcheck disable=SC2086 # words
	ok "usage: $how" status 2 "$plain" rec-encrypt $how
	ok "in a line and a hint" test "$(wc -l < "$tmp/err")" = 2
done
for wrong in age1 AGE-SECRET-KEY-1 "ssh-rsa AAAA" "$to$to" "$tmp/key"; do
	ok "no recipient: ${wrong:0:20}" status 5 "$plain" rec-encrypt \
		-r "$wrong"
done
for wrong in "$plain" "$tmp/none" "$tmp" "$tmp/ssh.pub"; do
	ok "no identity: ${wrong##*/}" not status 0 "$tmp/box" rec-encrypt -d \
		-i "$wrong"
done
plan
