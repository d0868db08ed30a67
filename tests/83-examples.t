#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of the man pages and of README.  Those of section 1 are run, each in
# a directory with the files that it reads, and those of README that read files
# too; of the others, and of xenrec.7, which need hosts with Xen, each command has
# to be understood by the tool that it names.
#
# What stands in for what is not here, the first only for section 1:
#
#   xc-emit          of a domain: takes its options and prints a guest; the
#                    real one with --image
#   xc-absorb        of a domain: takes its options, checks the stream by the
#                    real one's -t, and prints a receipt; the real one with -t
#                    and --image
#   xl save          prints a guest's save file
#   xl restore       reads a file, and says so if it is a whole stream
#   xl migrate -s    runs its command as xl does
#   ssh HOST         runs the command here
#   virsh            does nothing
#   less             is cat
#   gdb              is the real one, which is told to quit
#   rclone           is the real one; store: is a directory
#   minisign -G      the real one, without a passphrase
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

pages=$here/../man
export real HOME="$tmp/home" RCLONE_CONFIG=/dev/null GUEST=$tmp/guest SAVED=$tmp/saved
export RCLONE_CONFIG_STORE_TYPE=alias RCLONE_CONFIG_STORE_REMOTE=$tmp/store
real=$(dirname "$(command -v rec-ls)")
scripts=$(cd "$here/../pipelines" && pwd)
MINISIGN=$(command -v minisign) && export MINISIGN

umask 077 # for keys

# --- what stands in ---
mkdir -p "$tmp/run" "$tmp/read" "$HOME/.ssh"
stand_in() {
	cat > "$1"
	chmod +x "$1"
}
stand_in "$tmp/run/xc-emit" <<- 'END'
	#!/bin/bash
	case " $* " in
	*" --settle "*) exec cat ;;
	*" --image "*) exec "$real/xc-emit" "$@" ;;
	esac
	"$real/xc-emit" "$@" -h > /dev/null && exec cat "$GUEST"
END
stand_in "$tmp/run/xc-absorb" <<- 'END'
	#!/bin/bash
	set -e
	case " $* " in
	*" -t "* | *" --image "*) exec "$real/xc-absorb" "$@" ;;
	esac
	"$real/xc-absorb" "$@" -h > /dev/null
	[[ $1 != -i ]] || key=("$1" "$2")
	"$real/xc-absorb" -t "${key[@]}"
	echo '{"result":"running"}'
END
stand_in "$tmp/run/xl" <<- 'END'
	#!/bin/bash
	case $1 in
	save) exec cat "$SAVED" ;;
	restore) rec-compress < "$2" > /dev/null && echo restored ;;
	migrate) exec $3 "$5" xl migrate-receive ;;
	esac
END
stand_in "$tmp/run/ssh" <<- 'END'
	#!/bin/bash
	shift
	exec bash -c "$*"
END
stand_in "$tmp/run/virsh" <<- 'END'
	#!/bin/sh
END
stand_in "$tmp/run/less" <<- 'END'
	#!/bin/sh
	exec cat
END
stand_in "$tmp/run/gdb" <<- 'END'
	#!/bin/sh
	exec /usr/bin/gdb -batch "$@"
END
stand_in "$tmp/run/minisign" <<- 'END'
	#!/bin/bash
	[[ $1 != -G ]] || set -- "$@" -W
	exec "$MINISIGN" "$@"
END

# --- what the examples read ---
"$here/gen/make-kept" 12345678-1234-1234-1234-123456789abc 1 > "$GUEST"
"$here/gen/make-stream" named 2 > "$SAVED"
rec-encrypt --keygen -q -o "$tmp/key"
recipient=$(age-keygen -y "$tmp/key")
minisign -G -W -p "$tmp/key.pub" -s "$tmp/key.secret" > "$tmp/notes"
ssh-keygen -q -t ed25519 -N '' -f "$HOME/.ssh/id_ed25519"
"$here/gen/make-legacy" "$tmp/legacy"
# make FILE: one that an example reads.
make() {
	case $1 in
	crash.rec | image | pvh.rec | vm.rec | vm.xen | web.rec) cat "$GUEST" ;;
	mail.rec) rec-compress < "$GUEST" | rec-checksum ;;
	web.rec.zst) rec-compress < "$GUEST" ;;
	mail.sealed) rec-compress < "$GUEST" | rec-encrypt -r "$recipient" ;;
	mail.signed) rec-checksum --sign "$tmp/key.secret" --sequence 31 < "$GUEST" ;;
	mail.xl) cat "$SAVED" ;;
	crash.xl | vm.xl) "$here/gen/make-core-guest" long | "$here/gen/make-save" ;;
	old.xl) cat "$tmp/legacy/hvm-xl.old" ;;
	remus) cat "$vectors/cut-checkpoint" ;;
	backup.key | key.txt) cat "$tmp/key" ;;
	host.key) cat "$tmp/key.secret" ;;
	backup.pub | host.pub) cat "$tmp/key.pub" ;;
	esac
}
files=(crash.rec image vm.rec vm.xen web.rec pvh.rec mail.rec web.rec.zst
	mail.sealed mail.signed mail.xl vm.xl crash.xl old.xl remus backup.key key.txt
	host.key backup.pub host.pub)

# here_and_now: commands with what is there, in place of what they name.
here_and_now() {
	sed -e "s/age1\.\.\./$recipient/" -e "s/MOVE/00112233445566778899aabbccddeeff/" \
		-e 's,/\([ab]\)/,./\1/,g' -e 's,/var/tmp/,./,' -e 's/0x1234/0x1/' \
		-e 's/--record 812/--record "$(third_last 1)"/' \
		-e 's/--record 813/--record "$(third_last 2)"/'
}
# third_last N: the number of the record of mail.signed that is so far behind.
third_last() {
	rec-ls -l mail.signed | tail -n 3 | awk -v n="$1" 'NR == n { print $1 }'
}
export -f third_last

# blocks PAGE FUNCTION: calls FUNCTION COMMANDS for each example of a page.
blocks() {
	local block='' line
	while IFS= read -r line; do
		if [[ -n $line ]]; then
			block+=$line$'\n'
		else
			"$2" "$block"
			block=''
		fi
	done < <("$here/examples" "$1")
}
# title COMMANDS: the first of them, for TAP, which takes # for a directive.
title() {
	local first=${1%%$'\n'*}
	echo "${2##*/}: ${first%%#*}"
}

# --- section 1: they are run ---
# These only verify, and say nothing when all is well.
silent='cmp - image'
# prepare COMMANDS: the files that they read, and do not make.
prepare() {
	local file nl=$'\n'
	rm -rf "$tmp/d" "$tmp/store" && mkdir -p "$tmp/d"/{a,b} "$tmp/store/mail"
	cd "$tmp/d"
	for file in "${files[@]}"; do
		[[ ! $1 =~ (^|[^a-z.])"$file"([^a-z.]|$) ||
			$1 =~ (> |-o |-G [^$nl]*)"$file" ]] ||
			{ make "$file" > "$tmp/made" && mv "$tmp/made" "$file"; }
	done
}
# does COMMANDS: whether they end with 0 and something comes of them.
does() {
	local before
	prepare "$1"
	before=$(ls -R)
	PATH=$tmp/run:$PATH timeout 60 bash -euo pipefail -c "$(here_and_now <<< "$1")" \
		> "$tmp/out" 2> "$tmp/err" < /dev/null || {
		echo "ends with $?: $1" && head -n 20 "$tmp/err" && return 1; }
	[[ $1 != *"$silent"* ]] || { not test -s "$tmp/out"; return; }
	[[ -s $tmp/out || $(ls -R) != "$before" ]] || { echo "nothing comes of it: $1" && return 1; }
	[[ -z $(find . -maxdepth 1 -type f -size 0) ]] || { ls -l && return 1; }
}
run_it() {
	ok "$(title "$1" "$page")" does "$1"
}
for page in "$pages"/*.1; do
	before=$count
	blocks "$page" run_it
	ok "${page##*/} has examples" test "$count" -gt "$before"
done
read_files() {
	[[ $1 == *xc-emit* || ! $1 =~ (^| )(rec-(ls|checksum)) ]] || ok "$(title "$1" README)" does "$1"
}
before=$count
blocks "$here/../README" read_files
ok "README has examples" test "$count" = $((before + 2))

# --- the others: they are understood ---
# A tool that is given its options and -h takes the options and prints its help:
# before the operands, of which none begins with -, but for another tool's
# behind --.  These two also print their pipe, if the operands are right.
for name in "$pages"/*.[18]; do
	name=$(basename "${name%.*}")
	stand_in "$tmp/read/$name" <<- 'END'
		#!/bin/bash
		name=${0##*/} tool=$real/$name
		[[ -x $tool ]] || tool=$scripts/$name
		case $name in
		rec-migrate | rec-ssh) "$tool" --dry-run "$@" > /dev/null || exit ;;
		esac
		for ((i = 0; i <= $#; i++)); do
			rest=" ${*:i + 1}"
			[[ ${rest%% -- *} != *" -"[-a-zA-Z0-9]* ]] || continue
			[[ $("$tool" "${@:1:i}" -h 2> /dev/null) == "usage: "*"$name"* ]] &&
				echo "$name" >> "$TAKEN" && exit
		done
		echo "$name does not take $*" >> "$REFUSED"
	END
done
for name in xl ssh virsh less; do
	cp "$tmp/run/$name" "$tmp/read"
done
cp "$tmp/run/virsh" "$tmp/read/gdb"
export TAKEN=$tmp/taken REFUSED=$tmp/refused scripts
stand_in "$tmp/read/xl" <<- 'END'
	#!/bin/bash
	[[ $1 != migrate ]] || eval "$3 $5 xl migrate-receive"
END
# understood COMMANDS: whether all tools take what is given to them.  A command
# that is told what to read reads nothing.
understood() {
	local commands
	commands=$(here_and_now <<< "$1" | sed 's/ < [^ ]*/ < \/dev\/null/g')
	rm -rf "$tmp/d" && mkdir "$tmp/d" && cd "$tmp/d"
	rm -f "$TAKEN" "$REFUSED"
	touch "$REFUSED"
	PATH=$tmp/read:$PATH bash -c "$commands" > "$tmp/out" 2> "$tmp/err" < /dev/null ||
		{ echo "$1" && head -n 20 "$tmp/err" && return 1; }
	cat "$REFUSED" "$tmp/err"
	not test -s "$REFUSED" && not test -s "$tmp/err" && test -s "$TAKEN"
}
read_it() {
	# Pictures, and what tools print, are no commands.
	case $1 in
	' '* | 'sandbox: '*) ;;
	*) ok "$(title "$1" "$page")" understood "$1" ;;
	esac
}
for page in "$pages"/*.[78] "$here/../README"; do
	before=$count
	blocks "$page" read_it
	ok "${page##*/} has examples" test "$count" -gt "$before"
done
plan
