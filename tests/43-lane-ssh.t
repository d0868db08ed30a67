#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-split --lane over connections of a real ssh, which are killed.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=lanes.sh
. "${0%/*}/lanes.sh"
mkfifo "$tmp/sshd"
"$here/sshd" "$tmp/ssh" > "$tmp/sshd" 2> "$tmp/notes" &
daemon=$!
read -r _ < "$tmp/sshd" || skip_all "$(< "$tmp/notes")"
trap 'kill $daemon; rm -rf "$tmp"' EXIT

"$here/gen/make-stream" noise 12 > "$tmp/many"
mkfifo "$tmp/reads"
# The PATH over there is another one.
feed="$(command -v rec-split) --feed $socket"
# by_ssh NAME: a lane, whose ssh is the process in $tmp/NAME.
by_ssh() {
	way+=(--lane "echo \$\$ > $tmp/$1.new && mv $tmp/$1.new $tmp/$1 && exec ssh -F $tmp/ssh/config there $feed")
}
# cut NAME OPTION...: it comes, while that ssh is killed behind 3 MB of it; no more
# than 2 MiB are on the way behind those.
cut() {
	local sender
	rm -f "$tmp/$1"
	rec-split --collect "$socket" --window 1M > "$tmp/reads" 2> "$tmp/there" &
	collector=$!
	rec-split "${way[@]}" "${@:2}" < "$tmp/many" 2> "$tmp/err" &
	sender=$!
	{
		head -c 3000000
		kill -KILL "$(< "$tmp/$1")"
		timeout 60 cat
	} < "$tmp/reads" > "$tmp/out"
	wait $sender && ended 0 && cmp "$tmp/many" "$tmp/out" &&
		says "rec-split: lane 0: the command was killed by signal 9"
}

way=() && by_ssh a && by_ssh b && by_ssh c
ok "three lanes over ssh" over "$tmp/many"
ok "nothing is said" test ! -s "$tmp/err" -a ! -s "$tmp/there"
ok "one ssh is killed" cut a
ok "one is, and comes back" cut a --reconnect 20
way=() && by_ssh a
ok "the only one is, and is used again" cut a --reconnect 20
ok "no socket is left" test -z "$(ls -A "$tmp/door")"
plan
