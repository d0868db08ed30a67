# SPDX-License-Identifier: LGPL-2.1-or-later
# lanes.sh - what tests of rec-split --lane have in common.
#
#     . "${0%/*}/lib.sh"
#     . "${0%/*}/lanes.sh"
#     way=() && good && bad cut=700000
#     ok "one of two is cut" over FILE
#
# shellcheck shell=bash disable=SC2154 # lib.sh has tmp and here
mkdir -m 700 "$tmp/door"
socket=$tmp/door/s
feed="rec-split --feed '$socket'"
relay=$here/relay
way=()
mkfifo "$tmp/never"

# bad NAME=VALUE...: a lane over a bad line; good: over one that is not.
bad() {
	way+=(--lane "'$relay' $* \"$feed\"")
}
good() {
	way+=(--lane "$feed")
}
# known NAME: a good lane, whose process is the one in $tmp/NAME.
known() {
	way+=(--lane "echo \$\$ > '$tmp/$1.new' && mv '$tmp/$1.new' '$tmp/$1' && exec $feed")
}
# until_so COMMAND...: waits until it is so, for a minute at most.
until_so() {
	local end=$((SECONDS + 60))
	until "$@" > "$tmp/until" 2>&1; do
		[ $SECONDS -lt $end ] || { echo "never: $*" && return 1; }
		read -rt 0.02 <> "$tmp/never" || true
	done
}
# shellcheck disable=SC2120 # others give options
# receive OPTION...: a collector, which writes to $tmp/out.
receive() {
	rec-split --collect "$socket" "$@" > "$tmp/out" 2> "$tmp/there" &
	collector=$!
}
# ended WANT: how the collector ended.
ended() {
	local got=0
	wait "$collector" || got=$?
	[ "$got" = "$1" ] && return
	echo "collector: exit $got, not $1"
	head -n 20 "$tmp/there"
	return 1
}
# send STATUS FILE OPTION...: over the lanes in $way.
send() {
	local want=$1 file=$2 got=0
	shift 2
	timeout 60 rec-split "${way[@]}" "$@" < "$file" 2> "$tmp/err" || got=$?
	[ "$got" = "$want" ] && return
	echo "sender: exit $got, not $want"
	head -n 20 "$tmp/err"
	return 1
}
# over FILE [OPTION...]: it comes over the lanes in $way as it was.
over() {
	# shellcheck disable=SC2119 # of the sender these are
	receive
	send 0 "$@" && ended 0 && cmp "$1" "$tmp/out"
}
