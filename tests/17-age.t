#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Envelopes (common/age.h): age itself makes and opens them, age's own test
# vectors, and damage.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
umask 077

key=$tmp/key
head -c 32 /dev/urandom > "$key"
for who in a b c; do
	age-keygen -o "$tmp/$who" 2> "$tmp/notes"
	age-keygen -y "$tmp/$who" > "$tmp/$who.pub"
done
age-key keygen > "$tmp/d"
age-keygen -y "$tmp/d" > "$tmp/d.pub"
ssh-keygen -q -t ed25519 -N '' -C 'a comment' -f "$tmp/ssh"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/other"
echo secret > "$tmp/phrase"
echo wrong > "$tmp/guess"

# Identities.
ok "age-keygen knows what keygen writes, and its public key" \
	grep -qx "# public key: $(< "$tmp/d.pub")" "$tmp/d"
ok "it looks like its own" diff \
	<(sed 's/[0-9].*//; s/age1.*//; s/KEY-1.*//' "$tmp/d") \
	<(sed 's/[0-9].*//; s/age1.*//; s/KEY-1.*//' "$tmp/a")

# opens ENVELOPE IDENTITY...: age and age-key open it with each.
opens() {
	local envelope=$1 identity
	shift
	for identity; do
		age -d -i "$identity" < "$envelope" | cmp - "$key" &&
			status 0 "$envelope" age-key open -i "$identity" &&
			gives "$key" || return
	done
}
# Made by age-key, then by age, for the same recipients.
both() {
	local name=$1 from
	shift
	status 0 "$key" age-key seal "$@" && cp "$tmp/out" "$tmp/$name.ours" &&
		age "$@" < "$key" > "$tmp/$name.age"
}
ok "for one recipient" both one -r "$(< "$tmp/a.pub")"
ok "for several" both more -r "$(< "$tmp/a.pub")" -r "$(< "$tmp/d.pub")" \
	-r "$(< "$tmp/b.pub")"
ok "for an SSH key" both ssh -r "$(< "$tmp/ssh.pub")"
{
	echo "# Who may restore."
	sed 's/$/\r/' "$tmp/b.pub"
	echo
	cat "$tmp/ssh.pub"
	tr -d '\n' < "$tmp/a.pub"
} > "$tmp/list"
ok "for a file of them" both list -R "$tmp/list"
ok "for all at once" both all -R "$tmp/list" -r "$(< "$tmp/d.pub")"
for from in ours age; do
	ok "one, by $from" opens "$tmp/one.$from" "$tmp/a"
	ok "several, by $from" opens "$tmp/more.$from" "$tmp/b" "$tmp/d" \
		"$tmp/a"
	ok "an SSH key, by $from" opens "$tmp/ssh.$from" "$tmp/ssh"
	ok "a file, by $from" opens "$tmp/list.$from" "$tmp/a" "$tmp/ssh" \
		"$tmp/b"
	ok "all, by $from" opens "$tmp/all.$from" "$tmp/d" "$tmp/ssh"
	ok "another identity" status 4 "$tmp/more.$from" age-key open \
		-i "$tmp/c" -i "$tmp/ssh"
	ok "it is said" told age-key \
		"the envelope: none of the identities fits"
	ok "another SSH key" status 4 "$tmp/ssh.$from" age-key open -i "$tmp/other"
	ok "it is said" told age-key \
		"the envelope: none of the identities fits"
	LC_ALL=C sed -E "s,^(-> ssh-ed25519 [^ ]+) .*,\1 $(printf 'A%.0s' {1..43})," \
		"$tmp/ssh.$from" > "$tmp/bad"
	ok "an SSH key, a share of 0" status 3 "$tmp/bad" age-key open \
		-i "$tmp/other" -i "$tmp/ssh"
	ok "it is said" told age-key "the envelope: a share of low order"
	ok "the one that fits is the last" status 0 "$tmp/more.$from" \
		age-key open -i "$tmp/c" -i "$tmp/ssh" -P "$tmp/guess" \
		-i "$tmp/b"
	ok "types" status 0 "$tmp/list.$from" age-key list
	ok "in order" gives <(printf '%s\n' X25519 ssh-ed25519 X25519)
done
age-key seal -r "$(< "$tmp/a.pub")" < "$key" > "$tmp/again"
ok "two envelopes of a key have nothing in common" test \
	"$(comm -12 <(sort -u "$tmp/again") <(sort -u "$tmp/one.ours") |
		tr -d '\0')" = "age-encryption.org/v1"
cat "$tmp/c" "$tmp/a" > "$tmp/both"
ok "several identities in a file" opens "$tmp/one.age" "$tmp/both"

# Passphrases: age has them typed, twice.
ok "a passphrase" status 0 "$key" age-key seal -P "$tmp/phrase"
cp "$tmp/out" "$tmp/phrase.ours"
ok "of work 18" grep -aqx -e '-> scrypt [A-Za-z0-9+/]* 18' \
	"$tmp/phrase.ours"
typed() {
	"$here/probe" ask "$tmp/asked" secret age "$@"
}
ok "age opens it" cmp "$key" <(typed -d "$tmp/phrase.ours")
typed -p -o "$tmp/phrase.age" "$key" > "$tmp/notes"
for from in ours age; do
	ok "by $from" status 0 "$tmp/phrase.$from" age-key open \
		-P "$tmp/phrase"
	ok "it is the key" gives "$key"
	ok "its type" status 0 "$tmp/phrase.$from" age-key list
	ok "is listed" gives <(echo scrypt)
done
age-key seal -w 10 -P "$tmp/phrase" < "$key" > "$tmp/quick"
ok "of less work" grep -aqx -e '-> scrypt [A-Za-z0-9+/]* 10' "$tmp/quick"
ok "age opens it too" cmp "$key" <(typed -d "$tmp/quick")
ok "a wrong one" status 4 "$tmp/quick" age-key open -P "$tmp/guess"
ok "it is said" told age-key "the envelope: wrong passphrase, or damaged"
ok "an identity" status 4 "$tmp/quick" age-key open -i "$tmp/a"
ok "it is said" told age-key "the envelope: none of the identities fits" \
	"a passphrase opens it"
ok "no key" status 4 "$tmp/quick" age-key open
ok "a passphrase and a recipient" status 2 "$key" age-key seal -w 10 \
	-P "$tmp/phrase" -r "$(< "$tmp/a.pub")"
ok "the other way round" status 2 "$key" age-key seal \
	-r "$(< "$tmp/a.pub")" -w 10 -P "$tmp/phrase"
ok "two passphrases" status 2 "$key" age-key seal -w 10 -P "$tmp/phrase" \
	-P "$tmp/guess"

# What is no recipient and no identity.
refused() {
	local what=$1 message=$2 hint=$3
	shift 3
	ok "$what" status 5 "$tmp/one.ours" age-key "$@"
	ok "it is said" told age-key "$message" "$hint"
}
refused "an identity as a recipient" \
	"a recipient: an identity, where a recipient has to be" "" \
	seal -r "$(tail -n 1 "$tmp/a")"
refused "a mistyped one" "recipient age1qqqqqqqqqqqq...: mistyped, or a \
recipient of a kind that is not known here" "" seal -r "age1qqqqqqqqqqqqqqqqq"
refused "another text" \
	"a recipient: neither a recipient of age's nor an SSH key" "" \
	seal -r "$tmp/a.pub"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$tmp/rsa"
refused "another type of SSH key" "recipient ssh-rsa AAAAB3Nz...: an SSH key \
that is not of the type ssh-ed25519" "" seal -r "$(< "$tmp/rsa.pub")"
refused "a damaged SSH key" "recipient ssh-ed25519 AAAA...: a damaged SSH \
key" "" seal -r "$(sed 's/AAAAC3/AAAAD3/' "$tmp/ssh.pub")"
{
	cat "$tmp/list"
	echo
	tail -n 1 "$tmp/c"
} > "$tmp/mixed"
refused "an identity in a file of recipients" \
	"$tmp/mixed, line 6: an identity, where a recipient has to be" "" \
	seal -R "$tmp/mixed"
echo "# nobody" > "$tmp/nobody"
refused "a file of none" "$tmp/nobody: no key is in it" "" \
	seal -R "$tmp/nobody"
refused "no identity either" "$tmp/nobody: no key is in it" "" \
	open -i "$tmp/nobody"
head -c 70000 /dev/zero | tr '\0' '\n' > "$tmp/huge"
refused "a huge file" "$tmp/huge: larger than 64 KiB, the limit for keys" "" \
	open -i "$tmp/huge"
printf 'age1\0' > "$tmp/binary"
refused "a binary file" "$tmp/binary: not a text of keys" "" \
	seal -R "$tmp/binary"
refused "a recipient as an identity" \
	"$tmp/a.pub, line 1: a recipient, where an identity has to be" "" \
	open -i "$tmp/a.pub"
{ cat "$tmp/b"; echo AGE-PLUGIN-YUBIKEY-1XXXXXX; } > "$tmp/plugin"
refused "a plugin's identity" "$tmp/plugin, line 4: mistyped, or an identity \
of a kind that is not known here" "" open -i "$tmp/plugin"
refused "an SSH key of another type" "$tmp/rsa: a private key that is not of \
the type ssh-ed25519" "" open -i "$tmp/rsa"
ssh-keygen -q -t ed25519 -N secret -f "$tmp/locked"
refused "a locked SSH key" "$tmp/locked: a private key that is locked with a \
passphrase" "" open -i "$tmp/locked"
sed '3s/./x/' "$tmp/ssh" > "$tmp/damaged"
refused "a damaged SSH key" "$tmp/damaged: a damaged private key" "" \
	open -i "$tmp/damaged"
ssh-keygen -q -p -m PEM -N '' -f "$tmp/rsa" > "$tmp/notes"
refused "a key of OpenSSL's" "$tmp/rsa: a private key of a kind that is not \
known here" "" open -i "$tmp/rsa"
age -r "$(< "$tmp/b.pub")" < "$tmp/a" > "$tmp/a.age"
refused "identities that are encrypted" "$tmp/a.age: identities that are \
encrypted; decrypt them first" "" open -i "$tmp/a.age"
age -a -r "$(< "$tmp/b.pub")" < "$tmp/a" > "$tmp/a.age"
refused "and armored" "$tmp/a.age: identities that are encrypted; decrypt \
them first" "" open -i "$tmp/a.age"
cp "$tmp/a" "$tmp/open"
chmod 640 "$tmp/open"
refused "an identity that others may read" \
	"$tmp/open: others may read this secret" "chmod 600 $tmp/open" \
	open -i "$tmp/open"
ok "forced" status 0 "$tmp/one.ours" age-key open -f -i "$tmp/open"
ok "a file that is not there" status 1 "$key" age-key seal -R "$tmp/none"
ok "nor that" status 1 "$key" age-key open -i "$tmp/none"
ok "nobody to seal to" status 2 "$key" age-key seal

# age's armor, and another plaintext.
age -a -r "$(< "$tmp/a.pub")" < "$key" > "$tmp/bad"
ok "armored" status 3 "$tmp/bad" age-key open -i "$tmp/a"
ok "it is said" told age-key \
	"the envelope, line 1: armored, where a binary age file has to be"
age -r "$(< "$tmp/a.pub")" < "$tmp/a" > "$tmp/bad"
ok "no key inside" status 3 "$tmp/bad" age-key open -i "$tmp/a"

# age's vectors: vectors/age/README.
for ((i = 0; i < 32; i++)); do
	printf '%b' "\\x$(printf %02x $i)"
done > "$tmp/counted"
# vector FILE STATUS MESSAGE KEY...
vector() {
	local file=$vectors/age/$1 want=$2 message=$3 value n=0
	local -a keys=()
	shift 3
	for value; do
		n=$((n + 1))
		echo "$value" > "$tmp/key.$n"
		case $value in
		AGE-*) keys+=(-i "$tmp/key.$n") ;;
		*) keys+=(-P "$tmp/key.$n") ;;
		esac
	done
	status "$want" "$file" age-key open "${keys[@]}" || return
	if [ "$want" = 0 ]; then
		gives "$tmp/counted"
	else
		gives /dev/null && says "age-key: the envelope$message"
	fi
}
while IFS='|' read -r file want keys message; do
	# shellcheck disable=SC2086 # several keys
	ok "$file" vector ${file% } ${want// } "${message# }" $keys
done < <(grep -E '^[a-z0-9_]+ \| [0-9]' "$vectors/age/README")
ok "each has its line" diff <(grep -Eo '^[a-z0-9_]+ \| [0-9]' \
	"$vectors/age/README" | cut -d ' ' -f 1) \
	<(find "$vectors/age" -type f -not -name README -printf '%f\n' | sort)
plan
