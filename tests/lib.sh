# SPDX-License-Identifier: LGPL-2.1-or-later
# lib.sh - TAP for shell tests.
#
#     . "${0%/*}/lib.sh"
#     ok "an empty input is refused" status 3 /dev/null rec-null
#     ok "and it says so" says "rec-null: empty input"
#     plan
#
# shellcheck shell=bash
set -euo pipefail

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck disable=SC2034 # the tests use it
vectors=$here/vectors
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
count=0
# Signals that tools catch.  ThreadSanitizer keeps them from one that waits in a
# call, for good.
# shellcheck disable=SC2034 # the tests use it
case ${SANITIZED-} in
tsan) caught=() ;;
*) caught=(TERM INT HUP) ;;
esac

# ok TEXT COMMAND...: one test, good when COMMAND is.  What COMMAND prints is
# shown as comments.
ok() {
	local text=$1 verdict=ok
	shift
	count=$((count + 1))
	"$@" > "$tmp/notes" 2>&1 || verdict="not ok"
	echo "$verdict $count - $text"
	[ ! -s "$tmp/notes" ] || sed 's/^/# /' "$tmp/notes"
}

# not COMMAND...: good when COMMAND fails.
not() {
	! "$@"
}

# status WANT FILE COMMAND...: whether COMMAND, fed FILE, exits WANT.  Keeps
# its stdout in $tmp/out and its stderr in $tmp/err.
status() {
	local want=$1 file=$2 got=0
	shift 2
	"$@" < "$file" > "$tmp/out" 2> "$tmp/err" || got=$?
	[ "$got" = "$want" ] && return
	echo "$*: exit $got, not $want"
	head -n 40 "$tmp/err"
	return 1
}

# altered FILE OFFSET: the file, with another byte there, whatever it was.
altered() {
	head -c "$2" "$1"
	# shellcheck disable=SC2059
	printf "\\x$(printf %02x $(($(od -An -tu1 -j "$2" -N 1 "$1") ^ 0xa5)))"
	tail -c +$(($2 + 2)) "$1"
}

# says TEXT: whether the last status had exactly this line on stderr.
says() {
	grep -Fxq -- "$1" "$tmp/err" && return
	echo "no line: $1"
	head -n 40 "$tmp/err"
	return 1
}

# same_random: from now on rec-encrypt and rec-split write the same each time;
# rec-encrypt has a key.
same_random() {
	local same
	age-keygen -o "$tmp/key" 2> "$tmp/notes"
	same=$(dirname "$(command -v rec-null)")/same
	mkdir "$tmp/bin"
	cat > "$tmp/bin/rec-encrypt" <<- END
		#!/bin/sh
		[ "\$1" = -d ] && exec "$same/rec-encrypt" -i "$tmp/key" "\$@"
		exec "$same/rec-encrypt" -r "$(age-keygen -y "$tmp/key")" "\$@"
	END
	chmod +x "$tmp/bin/rec-encrypt"
	ln -s "$same/rec-split" "$tmp/bin/rec-split"
	PATH=$tmp/bin:$PATH
}

# told TOOL [MESSAGE [HINT]]: whether the last status had nothing else on
# stderr than these, behind the tool's name.
told() {
	local want=
	[ -z "${2-}" ] || want="$1: $2"
	[ -z "${3-}" ] || want+=$'\n'"$1: hint: $3"
	[ "$(< "$tmp/err")" = "$want" ] && return
	printf 'not said: %s\nbut:\n' "$want"
	head -n 40 "$tmp/err"
	return 1
}

# gives FILE [COUNT]: whether the last status had FILE's bytes, or its first
# COUNT bytes, on stdout.
gives() {
	[ -z "${2-}" ] || [ "$(stat -c %s "$tmp/out")" = "$2" ] || {
		echo "$(stat -c %s "$tmp/out") bytes came out, not $2"
		return 1
	}
	cmp ${2:+-n "$2"} "$1" "$tmp/out"
}

# expect STATUS FILE OUT MESSAGE HINT COMMAND...: all at once, with the
# columns of the vectors' table.
expect() {
	local want=$1 file=$2 out=$3 message=$4 hint=$5
	shift 5
	status "$want" "$file" "$@" && told "$1" "$message" "$hint" &&
		case $out in
		-) ;;
		*-*) gives "$vectors/$out" ;;
		*) gives "$file" "$out" ;;
		esac
}

# table COMMAND FUNCTION...: calls FUNCTION... FILE WHAT STATUS OUT MESSAGE
# HINT for every line of the vectors' table that is about COMMAND.
table() {
	local about=$1 line i column
	shift
	while IFS='|' read -ra line; do
		column=()
		for i in 0 1 2 3 4 5 6; do
			line[i]=${line[i]-}
			line[i]=${line[i]# }
			column+=("${line[i]% }")
		done
		# A hint may have a | of its own.
		[ ${#line[@]} -le 7 ] || column[6]+=" |${line[7]}"
		[ "${column[2]}" != "$about" ] || "$@" "$vectors/${column[0]}" \
			"${column[1]}" "${column[@]:3}"
	done < "$vectors/README"
}

# skip COUNT REASON: as many tests that cannot run on this machine.
skip() {
	local n
	for ((n = 0; n < $1; n++)); do
		count=$((count + 1))
		echo "ok $count # skip $2"
	done
}

# skip_all REASON: ends a file of which nothing can run on this machine.
skip_all() {
	echo "1..0 # skip $1"
	exit 0
}

# plan: the end of a test; without it prove takes the file for broken off.
plan() {
	echo "1..$count"
}
