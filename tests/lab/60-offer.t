#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What dst offers decides, before a guest of src is touched.  Offers are edited
# on the machine outside; without that, the guest moves.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset

# offer HOST: its offer, in $tmp/offer.
offer() {
	on "$1" 'xc-absorb --offer' > "$tmp/offer"
}

# reads QUERY: whether it is true for what is in $tmp/offer.
reads() {
	jq -e "$1" "$tmp/offer"
}

# edited OFFER GUEST EDIT...: xc-emit --dry-run of the edited offer; what it
# says is in $tmp/err, which is all that it says.
edited() {
	local file=$1 guest=$2
	shift 2
	jq -c "$@" "$file" > "$tmp/edited" || return 2
	lab_run src 'xc-emit --for - --dry-run "$1"' "$guest" \
		< "$tmp/edited" > "$tmp/out" 2> "$tmp/err"
}

# refused GUEST EDIT LINE...: status 5, with just these lines.
refused() {
	local guest=$1 edit=$2 got=0
	shift 2
	edited "$tmp/dst" "$guest" "$edit" || got=$?
	printf 'xc-emit: %s\n' "$@" > "$tmp/want"
	[ "$got" = 5 ] && diff "$tmp/want" "$tmp/err" && gives /dev/null
}

# fits GUEST EDIT: status 0, and nothing is said.
fits() {
	edited "$tmp/dst" "$@" && [ ! -s "$tmp/err" ] && gives /dev/null
}

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
done
ok "dst makes an offer" offer dst
cp "$tmp/offer" "$tmp/dst"
ok "of one line" [ "$(wc -l < "$tmp/offer")" = 1 ]
ok "of the first version" reads '.offer == 1'
ok "with the versions that it reads" reads \
	'.streams == [2, 3] and .records == {COMPRESSED: [1], GUEST_CONFIG: [1]}'
version=$(on dst 'xl info xen_version')
ok "with Xen's version" reads \
	"\"\(.xen.major).\(.xen.minor)\(.xen.extra)\" == \"$version\""
ok "with its memory" reads \
	".free_memory / 1048576 | floor == $(on dst 'xl info free_memory')"
ok "with its processor" reads ".cpus == $(on dst 'xl info nr_cpus')"
ok "with all types" reads '.types | keys == ["hvm", "pv", "pvh"]'
ok "with xl" reads .xl
ok "with hap, without shadow" reads '.types.pvh | .hap and (.shadow | not)'
ok "with two digests" reads '.types.pv.digest != .types.pvh.digest'
ok "with domain 0's name" reads '.names == ["Domain-0"]'
ok "src makes one" offer src
uuid=$(on src 'xenstore-read "/local/domain/$(xl domid pvh)/vm"')
ok "with the names of its guests" reads \
	'.names | sort == ["Domain-0", "pv", "pvh"]'
ok "with their uuids" reads "any(.uuids[]; . == \"${uuid#/vm/}\")"
ok "in one write that counts: /dev/full" fails 1 src 'xc-absorb --offer > /dev/full'
ok "the hosts' processors are the same" [ \
	"$(jq -c '[.types[].digest]' "$tmp/offer")" = \
	"$(jq -c '[.types[].digest]' "$tmp/dst")" ]

traces src > "$tmp/src"
other='.types[].digest = "00" * 32'
older='.xen.minor -= 1 | .xen.extra = ""'
newer=${version%.*}
newer="that host has Xen 4.$((${newer#4.} - 1)), which is older than $version here"
for kind in pv pvh; do
	ok "$kind: fits" fits "$kind" .
	ok "$kind: by xl" lab_run src 'xc-emit --xl --for - --dry-run "$1"' "$kind" < "$tmp/dst"
	ok "$kind: fits, by the words of the policy" fits "$kind" "$other"
	ok "$kind: without avx2" refused "$kind" \
		"$other | .types.$kind.policy[\"7:0.ebx\"] = \"00880109\"" \
		"the guest was shown avx2 (7:0.ebx, bit 5), which that host lacks"
	ok "$kind: without aes and xsave" refused "$kind" \
		"$other | .types.$kind.policy[\"1.ecx\"] = \"f0f83203\"" \
		"the guest was shown aes (1.ecx, bit 25), which that host lacks" \
		"the guest was shown xsave (1.ecx, bit 26), which that host lacks"
	ok "$kind: the other type's words do not count" fits "$kind" \
		"$other | .types |= with_entries(if .key == \"$kind\" then . else .value.policy = {} end)"
	ok "$kind: a digest that is equal is enough" fits "$kind" \
		".types.$kind.policy = {}"
	ok "$kind: fewer leaves" refused "$kind" \
		"$other | .types.$kind.policy[\"0.eax\"] = \"00000007\"" \
		"the guest was shown CPUID leaves 0x8 to 0xd (0.eax), which that host lacks"
	ok "$kind: another vendor" refused "$kind" \
		"$other | .types.$kind.vendor = \"GenuineIntel\"" \
		"the guest was shown a processor of 'AuthenticAMD', that host has one of 'GenuineIntel'"
	ok "$kind: no such type" refused "$kind" "del(.types.$kind)" \
		"that host takes no guests of type $kind"
	ok "$kind: no vcpu" refused "$kind" ".types.$kind.vcpus = 0" \
		"the guest has 1 vcpus, that host takes at most 0 for type $kind"
	ok "$kind: an older Xen" refused "$kind" "$older" "$newer"
	ok "$kind: a newer Xen" fits "$kind" '.xen.minor += 1'
	ok "$kind: its name is taken" refused "$kind" ".names += [\"$kind\"]" \
		"that host has a domain with the name '$kind'"
	uuid=$(on src 'xenstore-read "/local/domain/$(xl domid "$1")/vm"' "$kind")
	uuid=${uuid#/vm/}
	ok "$kind: its uuid is taken" refused "$kind" \
		".uuids += [\"${uuid^^}\"]" \
		"that host has a domain with the uuid $uuid"
	ok "$kind: a new stream" refused "$kind" '.streams = [2, 4]' \
		"that host does not read image version 3, in which the guest would come"
	ok "$kind: a new GUEST_CONFIG" refused "$kind" '.records = {}' \
		"that host does not read GUEST_CONFIG version 1, which would come with the guest"
done
ok "no hap" refused pvh '.types.pvh.hap = false' \
	"the guest needs hardware-assisted paging, which that host lacks"

# It is the guest's own policy that counts, not what it could have been shown.
on src 'xl create -q /root/pv.cfg "name=\"old\"" "cpuid=\"host,avx2=0\""'
ok "a guest that was not shown avx2 goes where there is none" fits old \
	"$other | .types.pv.policy[\"7:0.ebx\"] = \"00880109\""
ok "but not where there is no bmi1 either" refused old \
	"$other | .types.pv.policy[\"7:0.ebx\"] = \"00880101\"" \
	"the guest was shown bmi1 (7:0.ebx, bit 3), which that host lacks"
on src 'xl destroy old'

# The guest's memory, as Xen has it: just enough, and a page less.
memory=$((4096 * 1024))
ok "memory: just enough" fits pv ".free_memory = $memory"
ok "memory: a page less" refused pv ".free_memory = $((memory - 4096))" \
	"the guest takes 4096 KiB of memory, that host has 4092 KiB free"
ok "all that is in the way" refused pv \
	"$older | .free_memory = 0 | .names = [\"pv\"] | .types.pv.vcpus = 0" \
	"$newer" \
	"the guest has 1 vcpus, that host takes at most 0 for type pv" \
	"the guest takes 4096 KiB of memory, that host has 0 KiB free" \
	"that host has a domain with the name 'pv'"

# From a file too, and without --dry-run: no byte leaves.
jq -c '.names = ["pv"]' "$tmp/dst" > "$tmp/edited"
lab_run src 'cat > /tmp/offer' < "$tmp/edited"
ok "from a file" fails 5 src 'xc-emit --for /tmp/offer --dry-run pv'
ok "a stream is refused" fails 5 src 'xc-emit --for /tmp/offer pv > /tmp/stream'
ok "with the reason, and nothing else" told xc-emit \
	"that host has a domain with the name 'pv'"
ok "without a byte" on src '! test -s /tmp/stream'
ok "so is a snapshot" fails 5 src 'xc-emit -c --for /tmp/offer pv > /tmp/stream'
ok "another version" fails 5 src 'echo "{\"offer\":2}" | xc-emit --for - pv | cat; exit "${PIPESTATUS[1]}"'
ok "a damaged one" fails 3 src 'head -c 1000 /tmp/offer | xc-emit --for - --dry-run pv'
ok "no domain" fails 1 src 'xc-emit --for /tmp/offer --dry-run none'
ok "paused: refused as ever" fails 5 src 'xl pause pv && xc-emit --for /tmp/offer --dry-run pv; status=$?; xl unpause pv; exit $status'
for kind in pv pvh; do
	ok "$kind: was never asked to suspend" not grep -q suspend \
		<(lab_console src "$kind")
	ok "$kind: runs" runs src "$kind"
done
ok "no trace of it all" same_traces src "$tmp/src"

for kind in pv pvh; do
	ok "$kind: what fits, moves" on src 'set -o pipefail
		ssh dst xc-absorb --offer > /tmp/offer
		xc-emit --for /tmp/offer --dry-run "$1"
		xc-emit --for /tmp/offer "$1" | rec-compress | ssh dst xc-absorb' "$kind"
	ok "$kind: it counts on at dst, memory whole" came_whole dst "$kind"
	ok "$kind: it does not fit a second time" fails 5 src \
		'ssh dst xc-absorb --offer | xc-emit --for - --dry-run "$1"' "$kind"
	ok "$kind: its name, and its uuid" [ "$(wc -l < "$tmp/err")" = 2 ]
done
plan
