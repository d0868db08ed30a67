#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of the manual pages of section 8, and of README, as they stand there,
# on real hosts.  What stands for something else is put in: a number for the guest, a
# port, a key, a move, an archive's date, a downtime that an emulator keeps.
# PAGES="man/... README" are tried alone.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
cd "$lab_top" || exit

# Where an example is run, what has to be there, what comes of it, and how it
# begins; with "-" the test that runs it, because it needs more than hosts.
table='
src mail arrived xc-emit 7 | rec-compress | ssh dst xc-absorb
src mail moved ssh dst xc-absorb --offer > offer
src mail moved xc-emit --live --max-downtime 300 7
src mail stays xc-emit --state 7
src mail stays (umask 077; xc-emit -c 7
src mail stays xc-emit -c -o mail.rec 7
src mail copied xc-emit -c --live 7 | xc-absorb --image mail.img
src mail stays xc-emit --checkpoint 200ms 7
src mail stays xc-emit -c --no-config 7
dst mail moved ssh src
dst file stays xc-absorb -t -v
dst file arrived xc-absorb --unpause < mail.rec
dst file copied xc-absorb --unpause --name mail2
dst file arrived xc-absorb --image mail.img < mail.xl
src sent moved ssh dst xc-absorb --state
dst mail stays xc-absorb --offer
src mail stays rec-migrate --dry-run
src mail moved rec-migrate
src mail migrated xl migrate
src mail stays rec-evacuate --dry-run
src mail moved rec-evacuate
src mail stays rec-encrypt --keygen
src plain stays rec-verify mail-
src plain stays for m in
src plain stays rec-restore --salvage
src sealed copied rec-restore --unpause --name mail2
src sealed back rec-restore --unpause
src plain stays rec-prune
src mail moved xl list
src key stays rec-archive -o /srv -b 4G
src mail stays xl save 7
- tests/83-examples.t - rec-ls --lint
- tests/lab/68-archive.t - rec-archive -o /var/lib/archive -b 1G
- tests/50-archive.t - rec-verify --fetch
'

# prepare WHAT: the guest mail at src, and what else an example needs.
prepare() {
	local host
	lab_reset
	for host in src dst; do
		on "$host" 'rm -rf /tmp/e /srv/* /run/rec-evacuate
			mkdir -p /tmp/e /srv/archive'
	done
	lab_create src pvh mail > "$tmp/domid"
	case $1 in
	file)
		on src 'cd /tmp/e && xc-emit -q -c mail | rec-compress > mail.rec &&
			xl save -c mail mail.xl && for file in mail.rec mail.xl; do
				ssh dst "cat > /tmp/e/$file" < "$file"; done' ;;
	sent)
		on src 'cd /tmp/e && xc-emit -q mail | rec-compress | ssh dst xc-absorb > receipt' ;;
	plain)
		on src 'cd /tmp/e && rec-archive -o /srv/archive mail && cp /srv/archive/* .' ;;
	key | sealed)
		on src 'cd /tmp/e && rec-encrypt --keygen -q -o backup.key' ;;&
	sealed)
		on src 'cd /tmp/e && rec-archive -o . -r "$(
			sed -n "s/.*key: //p" backup.key)" mail && cp mail-* /srv' ;;
	esac
}

# came_of WHAT HOST: whether an example that was run at HOST came to that.
came_of() {
	case $1 in
	arrived) came_whole dst mail ;;
	moved) came_whole dst mail && on src '! xl domid mail' ;;
	migrated) came_whole dst mail--incoming && on src '! xl domid mail' ;;
	copied) came_whole "$2" mail2 ;;
	back) came_whole src mail ;;
	stays) runs src mail ;;
	esac
}

# concrete TEXT: with what is meant in the place of what stands for it.
concrete() {
	local move name
	move=$(on src 'sed -n "s/.*\"move\":\"\([0-9a-f]*\)\".*/\1/p" /tmp/e/receipt' 2> "$tmp/err")
	name=$(on src 'cd /tmp/e && ls mail-*.json' 2> "$tmp/err")
	sed -E "s/(xc-emit[^|]*|rec-migrate|xl save) 7\\>/\\1 mail/g; s/-p 2222//; s/200ms/200ms --count 3/
		s/(max-downtime) [0-9]+/\\1 20000/
		s/age1\\.\\.\\./\$(sed -n 's,.*key: ,,p' backup.key)/
		s/[0-9a-f]{32}/$move/; s/mail-[0-9]*T[0-9]*Z\\.json/$name/" <<< "$1"
}

# example HOST PREPARATION RESULT TEXT
example() {
	local text
	prepare "$2" || return
	text=$(concrete "$4")
	[[ $3 != back ]] || on src 'xl destroy mail; rm /var/log/xen/guest-mail.log'
	echo "$text"
	on "$1" 'cd /tmp/e && bash -eo pipefail -c "$1"' "$text" && came_of "$3" "$1"
}

# blocks PAGE: its examples, each with a NUL behind it.  A move has nothing to
# move behind it: those of rec-ssh are one by one.
blocks() {
	tests/examples "$1" | if [[ $1 == */rec-ssh.8 ]]; then sed G; else cat; fi |
		awk -v RS= -v ORS='\0' 1
}

for page in ${PAGES:-man/*.8 README}; do
	while IFS= read -r -d '' text; do
		where='' first="${page##*/}: ${text%%$'\n'*}"
		while read -r where what result begin; do
			[[ -z $where || $text != "$begin"* ]] || break
			where=''
		done <<< "$table"
		case $where in
		'') ok "$first is run by no test" false ;;
		-) ok "$first is run by $what" test -e "$what" ;;
		*) ok "$first" example "$where" "$what" "$result" "$text" ;;
		esac
	done < <(blocks "$page")
done
plan
