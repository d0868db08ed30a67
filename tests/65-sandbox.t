#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a tool can do when it has begun: with what whoever breaks into it by a
# stream may do, break-out.c.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
[ "$SANITIZED" != valgrind ] || skip_all "valgrind knows nothing of sandboxes"
broken=$(dirname "$(command -v rec-null)")/break
state=$(rec-ls -V -v | sed -n 's/^sandbox: //p')
[ "$state" != "none: built without" ] || skip_all "built without a sandbox"

# SIGSYS is a line of bash's on stderr, and no core is wanted.
ulimit -c 0
cd "$tmp"
mkdir there
good=$vectors/good-pv-3
cp "$good" whole
age-keygen -o key 2> notes
rec-compress < "$good" > packed
rec-checksum < "$good" > checked
rec-encrypt -r "$(age-keygen -y key)" < "$good" > sealed
rec-split -n 1 part. < "$good"
rec-split --explode exploded < "$good"
xc-absorb --image image < "$good" > notes

# here WHAT: whether the kernel has it.
here() {
	grep -q "$1 " <<< "${state%%;*} " && ! grep -q "no $1" <<< "$state"
}

# ends WANT ATTEMPT FILE TOOL...: how the tool ends that attempts this.
ends() {
	local want=$1 attempt=$2 file=$3 tool=$4 got=0
	shift 4
	case $want in
	killed) want=159 ;;	# SIGSYS
	denied) want=99 ;;
	esac
	rm -rf there/new*
	# With a dash it comes through a pipe.
	if [ "${file#-}" != "$file" ]; then
		exec 4< <(cat "${file#-}")
	else
		exec 4< "$file"
	fi
	ATTEMPT=$attempt "${lacking[@]}" "$broken/$tool" "$@" <&4 \
		> out 2> err || got=$?
	[ "$got" = "$want" ] && return
	# Of its processes one was killed, or has ended without a word.
	[ "$want" = child ] && { [ "$got" = 1 ] || [ "$got" = 3 ]; } && return
	echo "$attempt, $tool $*: exit $got, not $want"
	cat err
	return 1
}

# each ATTEMPTS FILE TOOL...: ends, for each word ATTEMPT=WANT.
each() {
	local attempts=$1 word
	shift
	for word in $attempts; do
		ends "${word#*=}" "${word%=*}" "$@" || return
	done
}

# The ways of each tool, and what they come to.  Who may open or make files is
# denied others; of two processes one tells what became of the other.
never="owner=killed setuid=killed"
all="file=killed make=killed socket=killed fork=killed exec=killed kill=killed $never"
reads="file=denied make=killed socket=killed fork=killed exec=killed kill=killed $never"
makes="file=killed make=denied socket=killed fork=killed exec=killed kill=killed $never"
both="file=denied make=denied socket=killed fork=killed exec=killed kill=killed $never"
only="file=killed make=killed socket=killed exec=killed $never"
forks="file=killed make=denied socket=killed exec=killed $never"
child="file=child make=child socket=child fork=child exec=child kill=child owner=child setuid=child"
table() {
	"$1" "$all" "$good" rec-compress
	"$1" "$all" "$good" rec-compress -T 3
	"$1" "$all" packed rec-compress -d
	"$1" "$all" packed rec-compress -l --salvage
	"$1" "$all" "$good" rec-checksum
	"$1" "$all" checked rec-checksum -d
	"$1" "$all" checked rec-checksum -t -v
	"$1" "$all" checked rec-checksum --salvage
	"$1" "$all" "$good" rec-encrypt -r "$(age-keygen -y key)"
	"$1" "$all" sealed rec-encrypt -d -i key
	"$1" "$all" sealed rec-encrypt -l
	"$1" "$all" "$good" rec-edit --drop pfn=1 -f
	"$1" "$makes" "$good" rec-edit --squash
	"$1" "$all" part.000.rec rec-split -j -
	"$1" "$reads" /dev/null rec-split -j part.000.rec
	"$1" "$makes" "$good" rec-split -b 1M there/new
	"$1" "$both" "$good" rec-split -f -b 1M there/new
	"$1" "$makes" "$good" rec-split --explode there/new
	"$1" "$reads" /dev/null rec-split --implode exploded
	"$1" "$reads" "$good" rec-split --tee 'cat > there/new'
	"$1" "file=child make=child socket=child exec=child owner=child setuid=child" "$good" \
		rec-convert --from v3 --to v2
	"$1" "$forks" "$good" rec-convert --to raw -o there/new
	"$1" "$all" "$good" xc-absorb -t
	"$1" "$child" "$good" xc-absorb --image there/new
	"$1" "$child" sealed xc-absorb -t -i key
	"$1" "$both" /dev/null xc-emit --image image -o there/new
	"$1" "$all" "-$good" rec-ls --lint
	"$1" "$only" "$good" rec-ls --map there/new
	"$1" "$child" -sealed rec-ls -i key
	"$1" "$only" /dev/null rec-ls image
	"$1" "$only" /dev/null rec-ls --page 1 image
}

# A table's line, as a test.  Of a kernel without seccomp only files are kept,
# and TCP; without Landlock, those who may do nothing.
try() {
	ok "${3##*/} ${*:4}" each "$@"
}
try_land() {
	local want=denied
	[ "${1%=child*}" = "$1" ] || want=child
	ok "without seccomp: ${*:3}" each \
		"file=$want make=$want socket=$want exec=$want" "${@:2}"
}
try_calls() {
	[ "$1" != "$all" ] || ok "without Landlock: ${*:3}" each "$@"
}
# The way of each tool that does its work, in all it is left.
works() {
	rm -rf there/new*
	rec-compress < "$good" | rec-compress -d | cmp - whole &&
		rec-checksum < "$good" | rec-checksum -d | cmp - whole &&
		rec-encrypt -d -i key < sealed | cmp - whole &&
		rec-split -b 1M there/new < "$good" &&
		rec-split -j there/new000.rec | cmp - whole &&
		rec-split --explode there/new < "$good" &&
		rec-split --implode there/new/ | cmp - whole &&
		rec-split --tee 'cat > there/copy' < "$good" | cmp - whole &&
		cmp there/copy whole && rec-ls -i key < sealed &&
		rec-edit -f --squash < "$good" | rec-ls &&
		xc-absorb --image there/image --replace < "$good" &&
		xc-emit --image there/image -o there/again --replace &&
		rec-ls there/image && rec-convert --to raw -o there/new.raw < "$good"
}
says_state() {
	[ "$("${@:2}" rec-ls -V -v | sed -n 2p)" = "sandbox: $1" ]
}

rm -f /tmp/broken-out
lacking=()
ok "all of it works" works
if here seccomp && here Landlock; then
	table try
	abi=$(sed -n 's/.*ABI \([0-9]*\).*/\1/p' <<< "$state")
	[ "$abi" -lt 6 ] || ok "a process that forks can signal no other" each \
		kill=denied "$good" rec-convert --to raw -o there/new
	lacking=(lacking seccomp)
	ok "it says so" says_state \
		"Landlock (ABI $abi); no seccomp: Function not implemented" "${lacking[@]}"
	table try_land
	lacking=(lacking landlock)
	ok "it says so" says_state \
		"seccomp; no Landlock: Function not implemented" "${lacking[@]}"
	table try_calls
else
	skip 1 "the kernel has not both: $state"
fi
lacking=(lacking both)
ok "a kernel without: it says so" says_state "none: no seccomp: Function not \
implemented, no Landlock: Function not implemented" "${lacking[@]}"
ok "and all can be done" each "file=98 make=98 fork=98 exec=0" "$good" rec-compress
rm -f /tmp/broken-out
ok "and works" eval 'lacking both bash -c "$(declare -f works); set -e; cd $tmp; good=$good; works"'

# Run by root, what reads the stream is nobody.
is_nobody() {
	local pid
	"${@:2}" < pipe > out 2> err & pid=$!
	exec 3> pipe
	head -c 20 "$good" >&3
	until for id in "$pid" $(pgrep -P "$pid"); do
			cat "/proc/$id/status"
		done 2> notes > status && [ "$(grep -cE '^(Uid|Gid):(.65534){4}$|^Groups:. *$|^Cap(Prm|Eff|Inh):.0*$|^NoNewPrivs:.1$|^Seccomp:.2$' status)" -ge "$1" ]; do
		kill -0 "$pid" || return
	done
	exec 3>&-
	wait "$pid" || true	# the stream was cut
}
# descriptors COUNT SOCKETS OPTION...: xc-absorb has so many processes that are
# nobody; none has what was open before, and all of them so many sockets.
descriptors() {
	local pid id got=0
	xc-absorb "${@:3}" < pipe > out 2> err 9< whole & pid=$!
	exec 3> pipe
	head -c 20 "$good" >&3
	until for id in $(pgrep -P "$pid") $(pgrep -P "$(pgrep -d , -P "$pid")"); do
			[ "$(grep -cE "^Uid:.65534|^Seccomp:.2" "/proc/$id/status")" != 2 ] ||
				ls -l "/proc/$id/fd"
		done 2> notes > status && [ "$(grep -c ^total status)" = "$1" ]; do
		kill -0 "$pid" || return
	done
	exec 3>&-
	wait "$pid" || got=$?
	cat status
	[ "$got" = 3 ] && [ "$(grep -c "/whole\|/pipe " status)" = 0 ] &&
		[ "$(grep -c socket: status)" = "$2" ]
}
if [ "$(id -u)" = 0 ] && here seccomp; then
	mkfifo pipe
	ok "root: xc-absorb -t" is_nobody 8 xc-absorb -t
	ok "root: xc-absorb --image" is_nobody 8 xc-absorb --image there/one
	ok "root: what opens a sealed one" is_nobody 8 rec-ls -i key
	ok "root: what reads the stream was given no more" descriptors 1 1
	ok "nor was what opens it" descriptors 2 1 -i key
else
	skip 5 "not root, or without seccomp"
fi
plan
