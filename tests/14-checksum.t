#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-checksum: what it writes, and what it says of damage.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

zero=00000000000000000000000000000000
check_stream=$here/gen/check-stream

# Who reads the specification writes the same, and takes it off again.
by_specification() {
	local how
	for how in crc32c blake2b; do
		"$check_stream" $how < "$1" > "$tmp/want"
		status 0 "$1" rec-checksum --id $zero -a $how &&
			gives "$tmp/want" &&
			"$check_stream" -d < "$tmp/want" | cmp - "$1" &&
			status 0 "$tmp/want" rec-checksum -d && gives "$1" ||
			return
	done
}
for name in "$vectors"/good-*; do
	case ${name##*/} in
	*checkpoint* | good-end-padding) continue ;;
	esac
	ok "${name##*/}: as specified, both digests" by_specification "$name"
done

plain=$vectors/good-hvm-3
rec-checksum < "$plain" > "$tmp/one"
rec-checksum < "$plain" > "$tmp/two"
ok "two runs differ" not cmp -s "$tmp/one" "$tmp/two"
ok "in check data alone" status 0 "$tmp/two" rec-checksum -d
ok "the stream is the same" gives "$plain"
ok "-t" status 0 "$tmp/one" rec-checksum -t -v
ok "writes nothing" gives /dev/null
ok "and says what it did" told rec-checksum "8 records verified"

ok "checked already" status 5 "$tmp/one" rec-checksum
ok "it is said" told rec-checksum "record 0 (CHECK) at byte 40: \
the stream has this layer already" "rec-checksum -d takes it off"
ok "without check data" status 4 "$plain" rec-checksum -d
ok "it is said" told rec-checksum "record 0 (X86_CPUID_POLICY) at byte 40: \
the stream has no check data, or it was taken off" \
	"if that is as it should be: --allow-unchecked"
ok "nothing comes out" gives /dev/null
ok "--allow-unchecked" status 0 "$plain" rec-checksum -d --allow-unchecked -v
ok "passes it" gives "$plain"
ok "and says so" told rec-checksum "no check data: nothing was verified"

# Of a checked stream: record 0 is the CHECK of the headers, record 1 has
# CHECK 2 behind it, and so on.
#
# wrong WHAT REGEX [STATUS]: what is said of $tmp/bad, and that what comes out
# is what is sound in front of it.
wrong() {
	ok "$1" status "${3-4}" "$tmp/bad" rec-checksum -d
	ok "$1: it is said" grep -Exq "rec-checksum: $2" "$tmp/err"
	ok "$1: in a line" test "$(wc -l < "$tmp/err")" = 1
	ok "$1: what is sound comes out" cmp -n "$(stat -c %s "$tmp/out")" \
		"$tmp/out" "$plain"
	ok "$1: without its end" test "$(stat -c %s "$tmp/out")" -lt \
		"$(stat -c %s "$plain")"
}
# bad BYTE: $tmp/bad has that byte changed.
bad() {
	altered "$tmp/one" "$1" > "$tmp/bad"
}
at=$("$check_stream" --offset 7 < "$tmp/one")
bad 30
wrong "a reserved field of the headers" \
	'record 0 \(CHECK\) at byte 40: what stands before it is damaged'
bad $((at + 8 + 8))
wrong "a byte of a record" 'record 7 \(PAGE_DATA\) at byte '"$at"': damaged: its CHECK is of other bytes'
bad $((at + 3))
wrong "the type of a record" 'record 7 .* at byte '"$at"': damaged: its CHECK is of other bytes'
bad $((at - 72 + 40))
wrong "a byte of a CHECK" 'record 6 \(CHECK\) at byte .*: damaged'
pieces() {
	"$check_stream" --pieces "$@" < "$tmp/one" > "$tmp/bad"
}
pieces start 0-2 5-end
wrong "a record is missing" \
	'record 4 \(CHECK\) .*: is that of record 2: 1 before it are missing'
pieces start 0-3 5-end
wrong "a CHECK is missing" 'record 3 .*: damaged: no CHECK comes behind it'
pieces start 0-2 4-end
wrong "what a CHECK covers is missing" \
	'record 3 \(CHECK\) .*: the record that it covers is missing'
pieces start 0-4 3-end
wrong "a record comes again" \
	'record 6 \(CHECK\) .*: is that of record 1, which came before'
pieces start 0-2 5-6 3-4 7-end
wrong "two records are exchanged" \
	'record 4 \(CHECK\) .*: is that of record 2: 1 before it are missing'
pieces start 0-4 end
wrong "the rest is missing" \
	'record 5 \(END\) .*: no DIGEST came before it: records are missing'
pieces start 0-4 digest end
wrong "records before DIGEST are missing" \
	'record 5 \(DIGEST\) .*: is of 8 records, not 2'
pieces start 1-end
ok "the first CHECK is missing" status 4 "$tmp/bad" rec-checksum -d
ok "nothing comes out" gives /dev/null
"$check_stream" --pieces start 0-2 < "$tmp/one" > "$tmp/bad"
"$check_stream" --pieces 3-end < "$tmp/two" >> "$tmp/bad"
wrong "two streams in one" 'record 4 \(CHECK\) .*: of another stream'
rec-checksum < "$vectors/good-hvm-2" > "$tmp/two"
"$check_stream" --pieces start < "$tmp/two" > "$tmp/bad"
"$check_stream" --pieces 0-end < "$tmp/one" >> "$tmp/bad"
ok "other headers" status 4 "$tmp/bad" rec-checksum -t
# What is packed of them ends in its own CRC, as does that of the other.
plain=$tmp/packed
rec-compress < "$vectors/good-tiny" > "$plain"
rec-checksum < "$plain" > "$tmp/one"
pieces start 0 7 2-6 1 8-end
wrong "two empty records are exchanged" \
	'record 1 \(COMPRESSED\) .*: damaged: its CHECK is of other bytes'

# What stands behind the image.
plain=$vectors/good-libxl
rec-checksum < "$plain" > "$tmp/one"
size=$(stat -c %s "$tmp/one")
bad $((size - 30))
wrong "a byte behind the image" "libxl record 4 \(END\) .*: damaged: 1144 \
bytes behind the image's END are not those of its DIGEST"
for max in 0 100; do
	ok "--max-tail $max: adding" status 5 "$plain" \
		rec-checksum --max-tail $max
	ok "it is said what to do" grep -q 'hint: --max-tail allows more' \
		"$tmp/err"
	ok "--max-tail $max: verifying" status 5 "$tmp/one" \
		rec-checksum -d --max-tail $max
	ok "nothing of the end comes out" test \
		"$(stat -c %s "$tmp/out")" -lt "$(stat -c %s "$plain")"
done
ok "--max-tail 1M" status 0 "$plain" rec-checksum --max-tail 1M

# What the DIGEST states.
ok "a number and a text" status 0 "$plain" rec-checksum --sequence 31 \
	--context "web2, before the upgrade: ä" --id $zero
"$check_stream" crc32c 31 "web2, before the upgrade: ä" < "$plain" > "$tmp/want"
ok "are in the DIGEST" gives "$tmp/want"
cp "$tmp/out" "$tmp/one"
ok "-d takes it" status 0 "$tmp/one" rec-checksum -d
ok "and off" gives "$plain"
at=$(grep -abo upgrade "$tmp/one" | head -n 1)
bad "${at%%:*}"
ok "a byte of the text" status 4 "$tmp/bad" rec-checksum -d

# Packed streams, and what reads streams.
rec-compress < "$vectors/good-hvm-3" | rec-checksum > "$tmp/one"
ok "a packed stream" status 0 "$tmp/one" rec-checksum -d
cp "$tmp/out" "$tmp/packed"
ok "comes back" status 0 "$tmp/packed" rec-compress -d
ok "whole" gives "$vectors/good-hvm-3"
ok "an independent writer's, bit for bit" by_specification \
	"$tmp/packed"
ok "rec-ls reads it" status 0 "$tmp/one" rec-ls -l
ok "with its check data" test "$(grep -c ' CHECK ' "$tmp/out")" = 9
ok "unpacked" grep -q 'PAGE_DATA .* 4 with data' "$tmp/out"
ok "and verified" status 0 "$tmp/one" rec-ls
ok "it says so" grep -qx 'check data  8 records are sound' "$tmp/out"
ok "in JSON" status 0 "$tmp/one" rec-ls --json
ok "it says so" jq -se '.[-1].summary | .layers == ["checked", "compressed"]
	and .checks == {"records": 8, "sound": true}' "$tmp/out"

# keep FILE [OPTION...]: xc-absorb's, which has Xen's own not to be there.
keep() {
	rm -f "$tmp/image"
	status "$1" "$2" xc-absorb --image "$tmp/image" "${@:3}"
}
plain=$vectors/good-hvm-3
keep 0 "$plain" > "$tmp/notes"
cp "$tmp/out" "$tmp/want"
rec-checksum < "$plain" > "$tmp/checked"
rec-checksum -a blake2b < "$plain" > "$tmp/hashed"
rec-compress < "$tmp/checked" > "$tmp/checked-packed"
rec-compress < "$tmp/hashed" > "$tmp/hashed-packed"
rec-compress < "$plain" | rec-checksum -a blake2b > "$tmp/packed-hashed"
rec-compress < "$tmp/hashed" | rec-checksum > "$tmp/hashed-packed-checked"
cp "$tmp/one" "$tmp/packed-checked"
for name in checked hashed checked-packed hashed-packed packed-checked \
	packed-hashed hashed-packed-checked; do
	for threads in 1 2 3; do
		ok "xc-absorb: $name, -T $threads" keep 0 "$tmp/$name" \
			-T $threads
		ok "the same image" gives "$tmp/want"
	done
done
# What is damaged is told by its number in the stream as it is.
"$check_stream" --offset 7 < "$tmp/checked" > "$tmp/at"
cp "$tmp/checked" "$tmp/one"
bad $(($(cat "$tmp/at") + 8 + 8))
said="record 7 (PAGE_DATA) at byte $(cat "$tmp/at"): damaged: its CHECK is of \
other bytes"
ok "xc-absorb: a byte of a record" keep 4 "$tmp/bad"
ok "is told" told xc-absorb "$said"
ok "nothing is kept" test ! -e "$tmp/image"
ok "rec-ls: a byte of a record" status 4 "$tmp/bad" rec-ls
ok "is told" told rec-ls "$said"
ok "and shown" grep -qxF "check data  $said" "$tmp/out"
rec-compress < "$tmp/bad" > "$tmp/one"
ok "packed behind it: xc-absorb" keep 4 "$tmp/one"
ok "tells" grep -q "record 7 (PAGE_DATA) .*: damaged: its CHECK" "$tmp/err"
"$check_stream" --pieces start 1-end < "$tmp/checked" > "$tmp/one"
ok "xc-absorb: without the first CHECK" keep 4 "$tmp/one"
ok "rec-ls, too" status 4 "$tmp/one" rec-ls
ok "rec-checksum --allow-unchecked, too" status 4 "$tmp/one" \
	rec-checksum -d --allow-unchecked
"$check_stream" --pieces start 0-6 digest end < "$tmp/checked" > "$tmp/one"
ok "xc-absorb: records before DIGEST are missing" keep 4 "$tmp/one"

# Signatures: keys are minisign's, and so is the judge.
minisign -G -W -p "$tmp/open.pub" -s "$tmp/open.sec" > "$tmp/notes"
printf '%s\n' secret secret | minisign -G -p "$tmp/shut.pub" \
	-s "$tmp/shut.sec" > "$tmp/notes" 2>&1
(umask 077; echo secret > "$tmp/phrase"; echo wrong > "$tmp/guess")
plain=$vectors/good-xl
ok "--sign" status 0 "$plain" rec-checksum --sign "$tmp/open.sec" \
	--sequence 7 --context "of web2"
cp "$tmp/out" "$tmp/one"
ok "--verify" status 0 "$tmp/one" rec-checksum -d --verify "$tmp/open.pub"
ok "gives it back" gives "$plain"
ok "with the key itself" status 0 "$tmp/one" rec-checksum -t \
	--verify "$(tail -n 1 "$tmp/open.pub")"
ok "without --verify" status 0 "$tmp/one" rec-checksum -d
ok "it comes back too" gives "$plain"
# minisign's: what stands in the records DIGEST and SIGNATURE.
minisign_takes() {
	local at
	at=$(rec-ls -l "$1" | awk '$4 == "DIGEST" { print $1 }')
	rec-ls --record "$at" --raw "$1" > "$tmp/digest"
	rec-ls --record $((at + 1)) --raw "$1" | tail -c +9 \
		> "$tmp/digest.minisig"
	minisign -Vm "$tmp/digest" -p "$2"
}
ok "minisign says the same" minisign_takes "$tmp/one" "$tmp/open.pub"
ok "a key with a passphrase" status 0 "$plain" rec-checksum \
	--sign "$tmp/shut.sec" --passphrase-file "$tmp/phrase"
cp "$tmp/out" "$tmp/two"
ok "--verify" status 0 "$tmp/two" rec-checksum -t --verify "$tmp/shut.pub"
ok "minisign says the same" minisign_takes "$tmp/two" "$tmp/shut.pub"
typed() {
	TERM=dumb "$here/probe" ask "$tmp/asked" secret rec-checksum \
		--sign "$tmp/shut.sec" < "$plain" > "$tmp/two"
}
ok "typed" typed
ok "it was asked for, without an echo" test "$(tr -d '\r\n' < "$tmp/asked")" \
	= "Passphrase of $tmp/shut.sec: "
ok "minisign takes that" minisign_takes "$tmp/two" "$tmp/shut.pub"
ok "a wrong one" status 4 "$plain" rec-checksum \
	--sign "$tmp/shut.sec" --passphrase-file "$tmp/guess"
ok "another key" status 4 "$tmp/one" rec-checksum -t --verify "$tmp/shut.pub"
ok "it is said" grep -q "signed with another key$" "$tmp/err"
rec-checksum -a blake2b < "$plain" > "$tmp/bad"
ok "not signed" status 4 "$tmp/bad" rec-checksum -d --verify "$tmp/open.pub"
ok "it is said" grep -q "no SIGNATURE comes before it$" "$tmp/err"
ok "no end comes out" test "$(stat -c %s "$tmp/out")" -lt \
	"$(stat -c %s "$plain")"
# A signature moved to another stream's DIGEST, and one of a CRC's.
rec-checksum -a blake2b --sequence 7 --context "of web2" < "$plain" |
	"$check_stream" --pieces start 0-8 > "$tmp/bad"
"$check_stream" --pieces 10-end < "$tmp/one" >> "$tmp/bad"
ok "the signature of another DIGEST" not status 0 "$tmp/bad" \
	rec-checksum -t --verify "$tmp/open.pub"
"$check_stream" --pieces start 0-10 10-end < "$tmp/one" > "$tmp/bad"
ok "two signatures" status 4 "$tmp/bad" rec-checksum -t
ok "--newer-than 6" status 0 "$tmp/one" rec-checksum -t \
	--verify "$tmp/open.pub" --newer-than 6
ok "--newer-than 7" status 5 "$tmp/one" rec-checksum -d \
	--verify "$tmp/open.pub" --newer-than 7
ok "it is said" grep -q "signed as number 7, only what is newer than 7 is \
taken$" "$tmp/err"
chmod 640 "$tmp/open.sec"
ok "a key that others may read" status 5 "$plain" rec-checksum \
	--sign "$tmp/open.sec"
ok "it is said what to do" grep -q "hint: chmod 600" "$tmp/err"
chmod 600 "$tmp/open.sec"
at=$(rec-ls -l "$tmp/one" | awk '$4 == "DIGEST" { print $3 }')
for key in "$plain" "$tmp/phrase" "$tmp/none" "$tmp/open.pub"; do
	ok "no key: ${key##*/}" not status 0 "$plain" rec-checksum --sign "$key"
	[ "$key" = "$tmp/open.pub" ] || ok "no key: ${key##*/}" \
		not status 0 "$tmp/one" rec-checksum -t --verify "$key"
done

# Damaged archives.
plain=$vectors/good-hvm-3
rec-checksum < "$vectors/good-hvm-3" > "$tmp/one"
at=$("$check_stream" --offset 7 < "$tmp/one")
# A byte of a page, of the list of pfns, and of a record that is needed.
bad $((at + 8000))
ok "-t -v goes on behind damage" status 4 "$tmp/bad" rec-checksum -t -v
ok "and says which pages" told rec-checksum "lost: record 7 (PAGE_DATA), \
16456 bytes at byte $at: damaged: pfns 0x0-0x4 0xfeffc 0xfefff
rec-checksum: 7 records are sound"
ok "--salvage" status 4 "$tmp/bad" rec-checksum --salvage
ok "says that a guest could be made of it" grep -q "^rec-checksum: 7 records \
are sound; it could be restored" "$tmp/err"
"$check_stream" --pieces start 1 3 5 9 11 13 15 18 < "$tmp/one" > "$tmp/want"
ok "and writes what is sound" gives "$tmp/want"
ok "--report=json" status 4 "$tmp/bad" rec-checksum --salvage --report=json
ok "says the same" jq -e '.sound == 7 and .could_be_restored and
	(.lost | length) == 1 and .lost[0].record == 7 and
	.lost[0].type == "PAGE_DATA" and
	.lost[0].pfns == "0x0-0x4 0xfeffc 0xfefff"' "$tmp/err"
bad $((at + 8 + 8 + 3))
ok "a list of pfns: -t -v" status 4 "$tmp/bad" rec-checksum -t -v
ok "says that it is lost" grep -q 'and so is its list of pfns$' "$tmp/err"
rec-compress < "$plain" | rec-checksum > "$tmp/packed"
cp "$tmp/one" "$tmp/kept"
cp "$tmp/packed" "$tmp/one"
bad $(($("$check_stream" --offset 8 < "$tmp/one") - 40))
ok "of a packed record" status 4 "$tmp/bad" rec-checksum --salvage
ok "the pages are told, too" grep -q "^rec-checksum: lost: record 7 \
(COMPRESSED), .*: damaged: pfns 0x0-0x4 0xfeffc 0xfefff$" "$tmp/err"
ok "and that a guest could be made of the rest" grep -q "could be restored" \
	"$tmp/err"
# Packed wrongly before it was checked: nothing is told of its pages.
for name in count-65537 index-max frame-index index-cut-pfns; do
	rec-checksum < "$vectors/bad-pages-$name" > "$tmp/one"
	bad $(($("$check_stream" --offset 4 < "$tmp/one") - 1))
	ok "$name, and damaged" status 4 "$tmp/bad" rec-checksum --salvage
	ok "its pfns are not told" grep -q "^rec-checksum: lost: record 3 \
(COMPRESSED), .*: damaged, and so is its list of pfns$" "$tmp/err"
	ok "what is in front of it is kept" gives \
		<(head -c 152 "$vectors/bad-pages-$name"; head -c 8 /dev/zero)
done
# More between two records than the longest has, twice.
plain=$vectors/good-tiny
rec-checksum < "$plain" > "$tmp/one"
at=$("$check_stream" --offset 3 < "$tmp/one")
# far BYTES [FROM]: so many in front of that place, or instead of what stands
# there FROM bytes before it.
far() {
	head -c $((at - ${2-0})) "$tmp/one"
	head -c "$1" /dev/zero
	tail -c +$((at + 1)) "$tmp/one"
}
ok "600 MiB between two records" status 4 <(far 600M) rec-checksum --salvage
ok "are told of" says "rec-checksum: lost: 629145600 bytes at byte $at: missing or damaged"
ok "and all records are kept" gives "$plain"
ok "600 MiB instead of one" status 4 <(far 600M 80) rec-checksum --salvage
ok "are told of, too" says "rec-checksum: lost: record 1, 629145600 bytes at \
byte $((at - 80)): missing or damaged"
bad $((at + 12)) && cp "$tmp/one" "$tmp/good" && cp "$tmp/bad" "$tmp/one"
ok "600 MiB between two, and the second is damaged" status 4 <(far 600M) rec-checksum --salvage
ok "are told of, too" says "rec-checksum: lost: 629145600 bytes at byte $at: missing or damaged"
cp "$tmp/good" "$tmp/one"
ok "600 MiB in front of all" status 4 <(head -c 600M /dev/zero; cat "$tmp/one") \
	rec-checksum --salvage
ok "are told of, too" says "rec-checksum: lost: 629145640 bytes at byte 0: \
what stands before the records is damaged"
ok "and nothing else" test "$(grep -c 'lost:' "$tmp/err")" = 1
ok "600 MiB instead of the rest" status 4 <(far 600M | head -c 600M) rec-checksum --salvage
ok "are told of, too" says "rec-checksum: lost: $((629145600 - at)) bytes at \
byte $at: the rest, without DIGEST, is damaged or missing"
cp "$tmp/kept" "$tmp/one"
bad $(($("$check_stream" --offset 13 < "$tmp/one") + 30))
ok "a record that is needed" status 4 "$tmp/bad" rec-checksum --salvage
ok "then it should not be restored" grep -q "it should not be restored: records are \
lost that a guest needs$" "$tmp/err"
ok "a sound one" status 0 "$tmp/one" rec-checksum --salvage
ok "comes back" gives "$vectors/good-hvm-3"
ok "without a word" told rec-checksum
# Forged: a CHECK of END, and END again behind it.
PYTHONPATH=$here/gen python3 -c '
import sys
from checks import *
start, records, tail = parts(sys.stdin.buffer.read())
checks = Checks(bytes(16))
out = start + checks.check(start, True)
for rec in records:
    out += rec + checks.check(rec)
sys.stdout.buffer.write(out + checks.digest(tail) + records[-1] + tail)
' < "$vectors/good-tiny" > "$tmp/forged"
ok "END that a CHECK covers" status 4 "$tmp/forged" rec-checksum --salvage
ok "is no record that is sound" gives "$vectors/good-tiny"
ok "one without check data" status 4 "$vectors/good-hvm-3" \
	rec-checksum --salvage
ok "is not told apart" told rec-checksum \
	"no sound check data: it cannot be told what is sound"
"$here/gen/make-stream" rounds 200 > "$tmp/many"
rec-checksum -a blake2b < "$tmp/many" > "$tmp/checked"
ok "1 to 50 places: what is sound is kept" "$here/rescue" "$tmp/many" \
	"$tmp/checked" 100
for name in good-hvm-3 good-xl good-libxl-plain good-pv-3; do
	rec-checksum < "$vectors/$name" > "$tmp/checked"
	ok "$name, too" "$here/rescue" "$vectors/$name" "$tmp/checked" 100
done
"$here/gen/make-stream" live 1 | rec-compress > "$tmp/packed"
rec-checksum < "$tmp/packed" > "$tmp/checked"
ok "a compressed one, too" "$here/rescue" "$tmp/packed" "$tmp/checked" 100
rec-encrypt --chunk 64K -r "$(age-keygen 2> "$tmp/notes" | age-keygen -y)" \
	< "$tmp/many" > "$tmp/packed"
rec-checksum < "$tmp/packed" > "$tmp/checked"
ok "a container, too" "$here/rescue" "$tmp/packed" "$tmp/checked" 100
# A guest may have streams in its pages, whole ones with check data.
"$here/gen/make-stream" lodger 0 < "$tmp/checked" > "$tmp/many"
rec-checksum < "$tmp/many" > "$tmp/checked"
ok "a checked stream in a page: nothing of it is taken for the stream" \
	"$here/rescue" "$tmp/many" "$tmp/checked" 100 inside
"$here/gen/make-stream" live 1 | rec-compress | rec-checksum > "$tmp/one"
bad $(($("$check_stream" --offset 1 < "$tmp/one") + 100))
rec-checksum --salvage < "$tmp/bad" > "$tmp/packed" 2> "$tmp/err" || true
ok "packed: what is lost, and what refers to it, is told" status 4 \
	"$tmp/packed" rec-compress -d --salvage

for wrong in "-a md5" "--sequence 0" "--sequence x" "--id 12" \
	"--id 0000000000000000000000000000000g" "--max-tail 257M" \
	"--salvage -d" "--salvage --max-tail 1" "--report=json" \
	"--verify x" "-d --newer-than 3" "--passphrase-file x" \
	"-d --sign x" "-t --verify x --allow-unchecked" "--report=xml -t -v" "--allow-unchecked" "-d -a crc32c" "-t --sequence 3" "x" \
	"--context $(printf '\xff')"; do
	# shellcheck disable=SC2086 # words
	ok "wrong usage: $wrong" status 2 "$plain" rec-checksum $wrong
done
plan
