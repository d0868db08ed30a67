#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-edit: what it makes of a stream is what tests/gen/edit-stream makes, and
# what could not be restored is refused.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
gen=$here/gen
pv=$vectors/good-pv-3
hvm=$vectors/good-hvm-3
forced="-f writes it nevertheless"
way_out="$forced; rec-ls --lint shows what the input had wrong before"

# Nothing to do, nothing changed.
for file in "$vectors"/good-*; do
	ok "${file##*/}: -f changes nothing" expect 0 "$file" \
		"$(stat -c %s "$file")" "" "" rec-edit -f
	if rec-ls --lint -q "$file" > "$tmp/lint" 2>&1; then
		ok "${file##*/}: and without -f" expect 0 "$file" \
			"$(stat -c %s "$file")" "" "" rec-edit
	fi
done
ok "what selects nothing drops nothing" expect 0 "$pv" \
	"$(stat -c %s "$pv")" "" "" rec-edit -q --drop index=9999 \
	--drop pfn=0x100-0xfffffffffffff --zero pfn=99 --keep index=0-9999
ok "without -q" status 0 "$pv" rec-edit -f --drop index=9999 --zero pfn=99 \
	--drop index=0
ok "it is said" told rec-edit "--drop index=9999: nothing is selected by it
rec-edit: --zero pfn=99: nothing is selected by it"
for name in pv-2 hvm-2 libxl-plain config; do
	ok "good-$name: some vector has no errors" expect 0 \
		"$vectors/good-$name" - "" "" rec-edit
done

# makes FILE OPTION...: byte for byte what the witness makes, and -v says no
# more than one line.
makes() {
	local file=$1
	shift
	"$gen/edit-stream" "$@" < "$file" > "$tmp/want" || return
	status 0 "$file" rec-edit -q "$@" && gives "$tmp/want"
}
# alters FILE OPTION...: the same, and that is not what it was.
alters() {
	makes "$@" && not cmp -s "$1" "$tmp/want"
}

"$gen/make-stream" mixed 2 > "$tmp/mixed"
"$gen/make-stream" live 2 > "$tmp/live"
"$gen/make-stream" named 3 > "$tmp/named"
while read -r options; do
	for file in "$pv" "$hvm" "$vectors/good-libxl-plain" "$tmp/named" \
		"$vectors/good-libxl-checkpoint-end" "$tmp/mixed"; do
		eval "set -- $options"
		ok "${file##*/}: $options" makes "$file" -f "$@"
	done
done << 'LIST'
--drop type=PAGE_DATA
--keep type=PAGE_DATA
--keep "type=PAGE_DATA and index=5"
--drop index=0
--drop index=3-5,7
--keep index=4,2,0-1
--drop type=0x80000001,HVM_CONTEXT,X86_PV_VCPU_BASIC,X86_TSC_INFO
--drop type=END,CHECKPOINT
--keep type=0x12345
--drop pfn=0-3,12
--keep pfn=0-3,12
--drop "type=PAGE_DATA and pfn=1,3,5,7,9,11,13,15,0xfeffc"
--drop "index=5-6 and pfn=2-0x1000"
--keep "index=3 and pfn=0-0xfffffffffffff"
--drop "type=HVM_CONTEXT and pfn=1"
--zero type=PAGE_DATA
--zero "pfn=0-0xfffffffffffff"
--zero "pfn=3-9 and index=5"
--zero index=4,5
--zero "type=HVM_CONTEXT"
--drop pfn=0-99 --zero type=PAGE_DATA --keep index=0-30 --drop type=VERIFY
--keep pfn=0-2000 --drop pfn=100-1900 --keep pfn=0-150,1850-1950
LIST
ok "pages go from records, and none is all of it" alters "$tmp/live" -f \
	--drop pfn=5,7-9,64-127,511
ok "every second page" alters "$tmp/mixed" -f --drop "pfn=$(seq -s, 0 2 4095)"
ok "each option is there as often as wanted" alters "$pv" -f --zero pfn=2 \
	--zero pfn=3 --drop index=12 --drop index=16
ok "the same on END-less pipes" eval \
	'"$gen/edit-stream" --drop pfn=1-600 < "$tmp/live" > "$tmp/want" &&
	cat "$tmp/live" | rec-edit -f --drop pfn=1-600 | cmp - "$tmp/want"'

# Without -f: what can be spared.
ok "an MSR record of the second vcpu can be spared" alters "$pv" --drop index=16
ok "an older copy can" alters "$pv" --drop "index=5 and pfn=15"
ok "an entry without data can" alters "$hvm" --drop pfn=2-4
ok "the policies of an HVM guest can" alters "$hvm" \
	--drop type=X86_CPUID_POLICY,X86_MSR_POLICY
ok "-v says what was done" eval 'status 0 "$pv" rec-edit -v --drop index=16 \
	--drop "index=5 and pfn=15" --zero pfn=2,12 && told rec-edit \
	"1 record and 1 page dropped, 3 pages zeroed"'

# refused FILE MESSAGE OPTION...: at END, which is not written; all before is.
refused() {
	local file=$1 message=$2 hint=$way_out
	shift 2
	case $message in *"what came last"*) hint=$forced ;; esac
	status 5 "$file" rec-edit "$@" &&
		told rec-edit "the result is refused: $message" "$hint" &&
		"$gen/edit-stream" "$@" < "$file" > "$tmp/want" &&
		gives "$tmp/want" $(($(stat -c %s "$tmp/want") - 8)) &&
		cp "$tmp/out" "$tmp/result" && status 3 "$tmp/result" rec-ls &&
		grep -q "without END" "$tmp/err"
}
ok "a page that had data" refused "$hvm" "record 8 (END) at byte 20920: \
1 page, from pfn 0xfefff on, would be restored without what came last for it" \
	--drop pfn=0xfefff
ok "several" refused "$hvm" "record 8 (END) at byte 20920: 3 pages, from \
pfn 0x0 on, would be restored without what came last for them" \
	--drop pfn=0,0xfe000-0xfffff
ok "all but some" refused "$hvm" "record 8 (END) at byte 20920: 2 pages, from \
pfn 0x0 on, would be restored without what came last for them" \
	--keep pfn=2-0xfeffd,0xfefff --drop pfn=1 --zero pfn=1
ok "the last copy" refused "$hvm" "record 8 (END) at byte 20920: 1 page, from \
pfn 0x0 on, would be restored without what came last for it" --drop index=4
ok "a record of pages" refused "$hvm" "record 8 (END) at byte 20920: 3 pages, \
from pfn 0x1 on, would be restored without what came last for them" \
	--drop index=3
ok "all pages" refused "$hvm" "record 8 (END) at byte 20920: the image has no \
PAGE_DATA" --drop type=PAGE_DATA
ok "the context" refused "$hvm" "record 8 (END) at byte 20920: the image has \
no HVM_CONTEXT" --drop type=HVM_CONTEXT
ok "the registers of vcpu 0" refused "$pv" "record 17 (END) at byte 74328: \
the image has no registers of vcpu 0" --drop index=9
ok "xenstore's page" refused "$pv" "record 17 (END) at byte 74328: \
xenstore's page is at pfn 0xc, which is not there" --drop pfn=12
"$gen/make-stream" verify > "$tmp/verify"
ok "what comes behind VERIFY is not restored, and brings nothing back" eval \
	'head -c 40 "$hvm" > "$tmp/two" && head -c 176 "$hvm" | tail -c +41 >> "$tmp/two" &&
	tail -c +41 "$tmp/verify" | head -c -8 >> "$tmp/two" &&
	tail -c +20761 "$hvm" >> "$tmp/two" && makes "$tmp/two" --drop index=5 &&
	status 5 "$tmp/two" rec-edit --drop index=3 && grep -q "1 page, from pfn 0x5 on" "$tmp/err"'
ok "at once where that is told at once, and nothing behind it comes out" eval \
	'status 5 "$hvm" rec-edit --drop type=STATIC_DATA_END && gives "$hvm" 168 &&
	told rec-edit "the result is refused: record 3 (PAGE_DATA) at byte 176: it comes before STATIC_DATA_END" "$way_out"'
ok "an error that the input had" eval 'status 5 "$vectors/good-tiny" rec-edit &&
	told rec-edit "the result is refused: record 2 (HVM_CONTEXT) at byte 80: the entry at its byte 0 is longer than what is left" "$way_out"'
"$gen/make-flaw" repeated < "$hvm" > "$tmp/flawed"
"$gen/make-flaw" unknown-type < "$hvm" > "$tmp/unknown"
ok "a warning is none" expect 0 "$tmp/flawed" "$(stat -c %s "$tmp/flawed")" "" "" rec-edit
at=$(rec-ls -l "$tmp/unknown" | awk '/ type 0x/ { print $1; exit }')
ok "an edit that mends the input is taken" eval 'status 5 "$tmp/unknown" rec-edit &&
	alters "$tmp/unknown" --drop "index=$at" && rec-ls --lint "$tmp/want"'
ok "libxl's records behind the image: no END of theirs" eval \
	'"$gen/make-stream" named 2 | head -c -8 > "$tmp/late" &&
	printf "\x77\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" >> "$tmp/late" &&
	status 5 "$tmp/late" rec-edit && gives "$tmp/late" $(($(stat -c %s "$tmp/late") - 16)) &&
	grep -q "libxl knows no such record" "$tmp/err"'

# Zeroes.
left() {
	status 0 "$pv" rec-edit --zero type=PAGE_DATA && told rec-edit "not \
zeroed: 9 pages of page tables or start info, which a restore needs; with \
pfn= and -f --zero takes them too" &&
		"$gen/edit-stream" --zero type=PAGE_DATA < "$pv" > "$tmp/want" &&
		gives "$tmp/want" && rec-ls --lint "$tmp/want"
}
ok "a PV guest's page tables and start info are left, and that is said" left
ok "-q says nothing" eval 'status 0 "$pv" rec-edit -q --zero type=PAGE_DATA && told rec-edit'
no_table() {
	status 5 "$pv" rec-edit --zero "$1" && gives "$pv" 216 &&
		told rec-edit "record 5 (PAGE_DATA) at byte 216: $2, without \
which the guest is not restored" "-f zeroes it; --zero without pfn= leaves \
page tables and start info as they are"
}
ok "a page table by its pfn is refused" no_table pfn=7 "pfn 0x7 is a page table"
ok "and the start info" no_table pfn=0-3 "pfn 0x1 is the start info"
ok "-f takes them" eval 'alters "$pv" -f --zero pfn=0-15 && status 0 "$pv" rec-edit -f \
	--zero pfn=0-15 && rec-ls --json "$tmp/out" | jq -se ".[-1].summary.pages |
	.zero == 12 or .zero == 13"'
ok "an HVM guest's memory is blanked" eval 'makes "$hvm" --zero type=PAGE_DATA &&
	rec-ls --json "$tmp/want" | jq -se ".[-1].summary.pages | .zero == .count and .count == 4"'

# What it says of the domain.
# sets N MEMORY OPTION...: of `make-stream named N` just that is set.
sets() {
	local which=$1 was
	shift
	"$gen/make-stream" named "$which" > "$tmp/before"
	was=$(printf '%s\n' "$@" | sed 's/^memory=\([0-9]*\)M$/memory=\1/')
	status 0 "$tmp/before" rec-edit -q "${@/#/--set=}" &&
		cp "$tmp/out" "$tmp/after" && mapfile -t was <<< "$was" &&
		"$gen/edit-stream" "${was[@]/#/--set=}" "$tmp/before" "$tmp/after"
}
id=89abcdef-0123-4567-89ab-cdef01234567
for which in 1 2 3; do
	for settings in name=web2 "uuid=$id" vcpus=2 vcpus=4096 memory=1M \
		memory=4194304M "name=Ä b\"\\c vcpus=3 uuid=$id memory=77M"; do
		if [ "${settings:0:6}" = "name=Ä" ]; then
			ok "named $which: all of them" sets $which \
				'name=Ä b"\c' vcpus=3 "uuid=$id" memory=77M
		else
			ok "named $which: $settings" sets $which "$settings"
		fi
	done
done
ok "of two the last counts; units as elsewhere" eval '"$gen/make-stream" named 3 > "$tmp/before" &&
	status 0 "$tmp/before" rec-edit --set name=a --set memory=9G --set memory=2048K --set name=b &&
	cp "$tmp/out" "$tmp/after" && "$gen/edit-stream" --set=name=b --set=memory=2 "$tmp/before" "$tmp/after"'
uuid() {
	rec-edit --set uuid=new < "$tmp/before" | rec-ls --json |
		jq -r 'select(.summary).summary | .config.config.uuid, .xl.uuid'
}
ok "uuid=new: a random one, in both places" eval \
	'uuid | sort -u > "$tmp/uuids" && [ "$(wc -l < "$tmp/uuids")" = 1 ] && uuid | sort -u >> "$tmp/uuids" &&
	[ "$(sort -u "$tmp/uuids" | grep -cE "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")" = 2 ]'
ok "-v says where" eval 'status 0 "$tmp/before" rec-edit -v --set name=b --set vcpus=2 &&
	says "rec-edit: set name vcpus, in xl'\''s configuration and GUEST_CONFIG"'
"$gen/make-stream" named 1 > "$tmp/named-1"
ok "xc-absorb takes what came out" eval 'rec-edit --set name=other < "$tmp/named-1" > "$tmp/after" &&
	status 0 "$tmp/after" xc-absorb -t'
ok "with drop and zero" eval 'status 0 "$tmp/before" rec-edit -q --set name=b --zero type=PAGE_DATA --drop index=17 &&
	cp "$tmp/out" "$tmp/after" && "$gen/edit-stream" --zero type=PAGE_DATA --drop index=17 < "$tmp/before" > "$tmp/want" &&
	"$gen/edit-stream" --set=name=b "$tmp/want" "$tmp/after"'

# not_set FILE STATUS MESSAGE HINT OPTION...
not_set() {
	local file=$1 want=$2 message=$3 hint=$4
	shift 4
	status "$want" "$file" rec-edit "$@" && told rec-edit "$message" "$hint" &&
		[ "$(stat -c %s "$tmp/out")" -lt "$(stat -c %s "$file")" ]
}
nothing="neither GUEST_CONFIG nor xl's configuration comes before it: there is nothing to set"
other="xc-emit puts GUEST_CONFIG in; xl restore takes another configuration: xl restore CONFIG FILE"
ok "a bare image says nothing" not_set "$pv" 5 \
	"record 0 (X86_PV_INFO) at byte 40: $nothing" "$other" --set name=x
ok "nor with -f" not_set "$hvm" 5 \
	"record 0 (X86_CPUID_POLICY) at byte 40: $nothing" "$other" -f --set vcpus=2
ok "a save file without a configuration" not_set "$vectors/good-xl-none" 5 \
	"record 0 (STATIC_DATA_END) at byte 112: $nothing" "$other" --set name=x
ok "a virsh save file" not_set "$vectors/good-virsh" 5 \
	"byte 0: a virsh save file, whose XML is not changed here" \
	"rec-split --explode takes it apart, and puts it together with another XML" --set name=x
ok "a GUEST_CONFIG that is no whole one" not_set "$vectors/good-config" 5 \
	'record 0 (GUEST_CONFIG) at byte 40: "move" is missing' \
	"what is set is not all that it says; xenrec(5) has the rest" --set name=x
# xl's configuration in more than one piece of the reader's.
python3 - "$gen" "$tmp/xl" <<- 'END'
	import struct, subprocess, sys
	save = subprocess.run([sys.argv[1] + "/make-stream", "named", "2"],
	                      capture_output=True, check=True).stdout
	size = struct.unpack_from("<I", save, 44)[0]
	data, rest = save[48:48 + size], save[48 + size:]
	length = struct.unpack_from("<I", data)[0]
	text = data[4:4 + length - 1].rstrip()
	text = text[:-1] + b', "z": "' + bytes(b"x" * 400000) + b'"}\0'
	data = struct.pack("<I", len(text)) + text + data[4 + length:]
	with open(sys.argv[2], "wb") as f:
	    f.write(save[:44] + struct.pack("<I", len(data)) + data + rest)
END
ok "a long configuration" status 0 "$tmp/xl" rec-ls --lint
ok "can be changed" eval 'status 0 "$tmp/xl" rec-edit --set name=x &&
	cp "$tmp/out" "$tmp/after" && "$gen/edit-stream" --set=name=x "$tmp/xl" "$tmp/after"'
ok "and passes lint" status 0 "$tmp/after" rec-ls --lint
"$gen/make-stream" named 7 > "$tmp/large"
at=$(rec-ls -l "$tmp/named-1" | awk '$4 == "X86_PV_VCPU_BASIC" { at = $2 } END { print at }')
ok "fewer vcpus than have state" not_set "$tmp/named-1" 5 "the result is \
refused: record 14 (X86_PV_VCPU_BASIC) at byte $at: state of vcpu 1, and the \
domain is to have 1" "$forced" --set vcpus=1
ok "but without their state" eval 'status 0 "$tmp/named-1" rec-edit --set vcpus=1 --drop index=14-17 &&
	cp "$tmp/out" "$tmp/after" && rec-ls --lint "$tmp/after"'
ok "-f: nevertheless" eval 'status 0 "$tmp/named-1" rec-edit -f --set vcpus=1 &&
	cp "$tmp/out" "$tmp/after" && "$gen/edit-stream" --set=vcpus=1 "$tmp/named-1" "$tmp/after"'
ok "less memory than its pages take" eval 'status 5 "$tmp/large" rec-edit --set memory=2M &&
	grep -q "pages of more than 2 MiB, which the domain is to have$" "$tmp/err"'
ok "with 1 MiB more it fits" status 0 "$tmp/large" rec-edit --set memory=3M
ok "-f: nevertheless" status 0 "$tmp/large" rec-edit -f --set memory=1M
ok "more data behind xl's header than is taken" eval \
	'{ head -c 44 "$tmp/named"; printf "\0\0\x20\0"; tail -c +49 "$tmp/named"; head -c 2M /dev/zero; } > "$tmp/long" &&
	not_set "$tmp/long" 5 "byte 0: 2097152 bytes behind xl'\''s header, the limit is 1048576" "" --set name=x'
ok "xl's configuration is no JSON" eval 'sed "s/\"c_info\": {/\"c_info\"; {/" "$tmp/named" > "$tmp/bad" &&
	not_set "$tmp/bad" 3 "byte 48: xl'\''s configuration is not a JSON object" "" --set name=x'
ok "it has something else in the place" eval 'sed "s/\"b_info\": {/\"B_info\": {/; s/\"disks\": /\"b_info\":/" "$tmp/named" > "$tmp/bad" &&
	not_set "$tmp/bad" 5 "xl'\''s configuration has a \"b_info\" that is no object" "" --set vcpus=3'

# wrong MESSAGE HINT OPTION...: the command line is, and nothing comes out.
wrong() {
	local message=$1 hint=$2
	shift 2
	status 2 "$pv" rec-edit "$@" && told rec-edit "$message" "$hint" &&
		gives /dev/null
}
help="rec-edit -h lists the options"
terms="terms are type=, index= and pfn=, with 'and' between: 'type=PAGE_DATA and pfn=0x1000-0x1fff'"
numbers="numbers are decimal, or hexadecimal behind 0x; 3-7 is a range, and 3-7,9 a list"
ok "--drop indx=3" wrong "--drop: at character 1, 'indx=3': no term" "$terms" --drop indx=3
ok "--keep, the second term" wrong "--keep: at character 20, 'pfn': no term" \
	"$terms" --keep "type=PAGE_DATA and pfn"
ok "--zero, a number" wrong "--zero: at character 5, '0x': no number" "$numbers" --zero pfn=0x
ok "an unknown type" wrong "--drop: at character 10, 'NONE': no type of record" \
	"rec-ls -l shows types; 0x... takes any number" --drop type=END,NONE
ok "no EXPR" wrong "--drop needs a value" "$help" --drop
ok "an operand" wrong "no operand is taken, not 'x': the stream comes on stdin" "$help" x
ok "an unknown option" wrong "not understood: --dorp=1" "$help" --dorp=1
ok "--set: an unknown key" wrong "--set takes name=, uuid=, vcpus= or memory=, not 'nam=x'" \
	"$help" --set nam=x
for bad in "" 7 a/b $'a\nb' "$(printf '%128s' x)" $'caf\xe9' $'a\xc0\xafb' \
	$'\xed\xa0\x80'; do
	ok "--set: no name: ${bad@Q}" wrong "--set name= takes 1 to 127 bytes of UTF-8, no \
control characters, no '/', not digits alone" "$help" --set "name=$bad"
done
ok "--set: no uuid" wrong "--set uuid= takes 'new' or a uuid, not '123'" "$help" --set uuid=123
for bad in 0 4097 x; do
	ok "--set: vcpus=$bad" wrong "--set vcpus= takes 1 to 4096" "$help" --set "vcpus=$bad"
done
for bad in 0 x 4294967297M; do
	ok "--set: memory=$bad" wrong "--set memory= takes 1M to 4194304G, of bytes, K, M or G" "$help" --set "memory=$bad"
done

# Layers are undone first.
rec-compress < "$pv" > "$tmp/packed"
rec-checksum < "$pv" > "$tmp/checked"
not_plain() {
	local file=$1 type=$2 undo=$3
	shift 3
	status 5 "$file" rec-edit "$@" && told rec-edit "record 0 ($type) at \
byte 40: the stream is not plain: this layer holds its records" \
		"undo it first: $undo | rec-edit"
}
contained() {
	status 5 "$1" rec-edit --drop index=9 && gives /dev/null &&
		told rec-edit "byte 0: the stream is a container: the guest is \
inside, encrypted or in parts" "undo it first: rec-encrypt -d | rec-edit, or \
rec-split -j VOLUMES | rec-edit"
}
for force in "" -f; do
	ok "compressed $force" not_plain "$tmp/packed" COMPRESSED \
		"rec-compress -d" $force --drop index=9
	ok "checked $force" not_plain "$tmp/checked" CHECK \
		"rec-checksum -d" $force --drop index=9
done
for layer in "seal SEAL_HEADER rec-encrypt -d" "part PART_HEADER rec-split -j"; do
	read -r file type undo <<< "$layer"
	ok "layer-$file" contained "$vectors/layer-$file"
	ok "layer-$file -f" not_plain "$vectors/layer-$file" "$type" "$undo" -f
done

# Checkpoints: each is a commit point.
ok "a stream with checkpoints" makes "$vectors/good-libxl-checkpoint-end" --drop type=X86_TSC_INFO
# All of the epoch but its page, and nothing of libxl's behind CHECKPOINT.
ok "a page is lost at a checkpoint" eval 'status 5 "$vectors/good-libxl-checkpoint-end" rec-edit --drop pfn=1 &&
	grep -q "record 12 (CHECKPOINT) at byte 8824: 1 page, from pfn 0x1 on" "$tmp/err" &&
	"$gen/edit-stream" --drop pfn=1 < "$vectors/good-libxl-checkpoint-end" > "$tmp/want" &&
	gives "$tmp/want" 4704'

ok "it lists its options" eval 'rec-edit -h | grep -q "usage: rec-edit"'
ok "a length that lies is a cut" eval '"$gen/make-stream" lie 5000000 > "$tmp/lie" &&
	status 3 "$tmp/lie" rec-edit -f && told rec-edit "cut short at byte 5000056, without END"'
if [ -n "$SANITIZED" ]; then
	skip 2 "memory under a sanitizer says nothing"
else
	"$gen/make-stream" live 64 > "$tmp/live"
	ok "memory: a record, and 8 bytes for each page that is dropped" \
		"$here/probe" peak 40000 0 "$tmp/live" rec-edit -f --drop pfn=0-8000
	"$gen/make-stream" long 0 > "$tmp/long"
	ok "128 MiB in one record" "$here/probe" peak 250000 0 "$tmp/long" \
		rec-edit -f --zero type=PAGE_DATA
fi
plan
