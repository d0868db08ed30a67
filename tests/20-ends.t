#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# xc-emit and xc-absorb where there is no Xen: the command line, and what -t
# says of a stream.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

# A PV and an HVM image behind a GUEST_CONFIG record that a domain can be
# created from.
python3 - "$here/gen" "$vectors" "$tmp" << 'END'
import json
import sys

sys.path.insert(0, sys.argv[1])
from xenstream import *  # noqa: F403

for name, kind in (("good-pv-3", "pv"), ("good-hvm-3", "pvh")):
    with open(f"{sys.argv[2]}/{name}", "rb") as f:
        image = f.read()
    config = {
        "move": "00" * 16, "intent": "move", "type": kind, "name": "mail",
        "uuid": "12345678-1234-1234-1234-123456789abc", "vcpus": 2,
        "max_pages": 1024, "pages": 1024,
    }
    for out in kind, "wrong-" + kind:
        if out != kind:
            config["type"] = "pvh" if kind == "pv" else "pv"
        text = json.dumps(config).encode()
        with open(f"{sys.argv[3]}/{out}", "wb") as f:
            f.write(image[:40] + record(0xd8520011, ours() + text) +
                    image[40:])
END

for kind in pv pvh; do
	ok "$kind: taken" status 0 "$tmp/$kind" xc-absorb -t --stats=json
	ok "$kind: and counted, by another process" jq -e --argjson size "$(stat -c %s "$tmp/$kind")" \
		'.bytes_in == $size and .pages > 0 and .guest_pages == 1024' "$tmp/err"
	ok "$kind: nothing on stdout" gives /dev/null
	rec-compress < "$tmp/$kind" > "$tmp/packed"
	ok "$kind: compressed: taken" status 0 "$tmp/packed" xc-absorb -t
	for threads in 1 3; do
		status 0 "$tmp/$kind" xc-absorb -tv -T "$threads" > "$tmp/notes"
		cp "$tmp/err" "$tmp/told-$threads"
		status 0 "$tmp/packed" xc-absorb -tv -T "$threads" > "$tmp/notes"
		ok "$kind: -T $threads: the same digest, packed or not" \
			cmp "$tmp/err" "$tmp/told-$threads"
	done
	# The digest that the vectors' maker computed of the image alone.
	digest=$(awk -v v="good-${kind/pvh/hvm}-3" '$1 == v { print $NF }' \
		"$vectors/digests")
	ok "$kind: and the one of the image" grep -q "digest ${digest:-none}$" \
		"$tmp/told-1"
	ok "$kind: --json" status 0 "$tmp/packed" xc-absorb -t --json
	ok "$kind: says what it came to, and whose it is" jq -e \
		--arg kind "$kind" --arg digest "${digest:-none}" \
		--argjson bytes "$(stat -c %s "$tmp/$kind")" '.tested == "stream" and
		.digest == $digest and .bytes == $bytes and .type == $kind and
		.name == "mail" and .intent == "move" and
		.uuid == "12345678-1234-1234-1234-123456789abc" and
		has("result") == false' "$tmp/out"
	head -c -8 "$tmp/packed" > "$tmp/cut"
	ok "$kind: cut it comes to nothing" status 3 "$tmp/cut" \
		xc-absorb -t --json
	ok "$kind: and nothing is printed" gives /dev/null
done
ok "--json without -t" status 2 "$tmp/pv" xc-absorb --json
ok "a PVH guest in a PV image" status 3 "$tmp/wrong-pv" xc-absorb -t
ok "a PV guest in an HVM image" status 3 "$tmp/wrong-pvh" xc-absorb -t
ok "too few vcpus" status 5 "$tmp/pv" xc-absorb -t --max-vcpus 1
ok "pfns over the limit" status 5 "$tmp/pv" xc-absorb -t --max-pfn 1
size=$(stat -c %s "$tmp/pv")
for part in 0 10 40 100 5000 $((size - 8)) $((size - 1)); do
	head -c "$part" "$tmp/pv" > "$tmp/cut"
	ok "cut at byte $part" status 3 "$tmp/cut" xc-absorb -t
done
ok "no GUEST_CONFIG" status 5 "$vectors/good-hvm-3" xc-absorb -t
ok "one that lacks keys" status 3 "$vectors/good-config" xc-absorb -t
ok "an xl file whose configuration is none" status 3 "$vectors/good-xl" xc-absorb -t
ok "one without a configuration" status 5 "$vectors/good-xl-none" xc-absorb -t
# xl_front JSON [IMAGE [FLAGS]]: a save file of xl's with that configuration.
xl_front() {
	printf %s "$1" | PYTHONPATH=$here/gen python3 -c 'import sys
from xenstream import *
with open(sys.argv[1], "rb") as image:
	stream = libxl(image.read())
front = xl_header(sys.stdin.buffer.read() + b"\0", flags=int(sys.argv[2]))
sys.stdout.buffer.write(front + stream)' "${2:-$vectors/good-hvm-3}" "${3-3}"
}
# xl_file UUID [IMAGE]: one of a guest with that uuid.
xl_file() {
	xl_front "{\"c_info\":{\"type\":\"hvm\",\"name\":\"web\",\"uuid\":\"$1\"}}" \
		"${@:2}"
}
xl_file 6f1b9c3a-55d2-4a7e-9a3c-0d4f5e6a7b8c > "$tmp/web"
ok "one that says what the guest is" status 0 "$tmp/web" xc-absorb -t --json
ok "it is said" jq -e '.name == "web" and .type == "hvm" and
	.uuid == "6f1b9c3a-55d2-4a7e-9a3c-0d4f5e6a7b8c"' "$tmp/out"
head -c -1 "$tmp/web" > "$tmp/cut"
ok "cut" status 3 "$tmp/cut" xc-absorb -t
{ cat "$tmp/web" && head -c 8 /dev/zero; } > "$tmp/cut"
ok "with bytes behind its END" status 3 "$tmp/cut" xc-absorb -t
ok "with another configuration" status 0 "$tmp/web" xc-absorb -t --config /etc/passwd
ok "and a size" status 2 "$tmp/web" xc-absorb -t --config /etc/passwd --max-mem 1
xl_file 6f1b9c3a > "$tmp/cut"
ok "with half a uuid" status 3 "$tmp/cut" xc-absorb -t
name='"name":"web"' uuid='"uuid":"6f1b9c3a-55d2-4a7e-9a3c-0d4f5e6a7b8c"'
type='"type":"hvm"'
none() {
	status 3 "$tmp/cut" xc-absorb -t && gives /dev/null && told xc-absorb \
		"xl's configuration in front of the stream is none: no JSON \
object with c_info's name, uuid and type"
}
for json in 7 null '{"c_info":{' '{}' '{"c_info":7}' \
	"{\"c_info\":{$uuid,$type}}" "{\"c_info\":{$name,$type}}" \
	"{\"c_info\":{$name,$uuid}}" "{\"c_info\":{\"name\":7,$uuid,$type}}" \
	"{\"c_info\":{\"name\":\"a/b\",$uuid,$type}}" \
	"{\"c_info\":{$name,\"uuid\":7,$type}}" \
	"{\"c_info\":{$name,$uuid,\"type\":7}}" \
	"{\"c_info\":{$name,$uuid,\"type\":\"xen\"}}"; do
	xl_front "$json" > "$tmp/cut"
	ok "with $json" none
done
xl_front "{\"c_info\":{$name,$uuid,$type}}" "$vectors/good-hvm-3" 2 > "$tmp/cut"
ok "with one that is not in JSON" status 5 "$tmp/cut" xc-absorb -t
ok "it is said what to do" says "xc-absorb: hint: nor xl's configuration: \
--name NAME and --config FILE give it one"
"$here/gen/make-core-guest" long > "$tmp/two"
# of_two B_INFO STATUS: a guest with two vcpus and that configuration.
of_two() {
	xl_front "{\"c_info\":{$name,$uuid,$type}$1}" "$tmp/two" > "$tmp/cut"
	status "$2" "$tmp/cut" xc-absorb -t
}
ok "with two vcpus" of_two ',"b_info":{"max_vcpus":2,"max_memkb":65536}' 0
for build in '' ',"b_info":7' ',"b_info":{}' \
	',"b_info":{"max_vcpus":"2","max_memkb":-1}'; do
	ok "with one, but the image has two: $build" of_two "$build" 5
	ok "it is said" grep -q ": vcpu 1, the domain has 1$" "$tmp/err"
done
xl_front "$(head -c 1100000 /dev/zero | tr '\0' ' '){}" > "$tmp/cut"
ok "with over 1 MiB" status 5 "$tmp/cut" xc-absorb -t
ok "it is said" grep -q ": more than 1048576 bytes stand before the image$" "$tmp/err"
xl_file 6f1b9c3a-55d2-4a7e-9a3c-0d4f5e6a7b8c "$tmp/pv" > "$tmp/cut"
ok "GUEST_CONFIG in it counts" status 0 "$tmp/cut" xc-absorb -t --json
ok "it is said" jq -e '.name == "mail" and .type == "pv"' "$tmp/out"
xl_front '[]' "$tmp/pv" > "$tmp/cut"
ok "and what it is to be set in is none" none
inner=$(grep -abo LibxlFmt "$tmp/web" | cut -d : -f 1)
tail -c +$((inner + 1)) "$tmp/web" > "$tmp/cut"
ok "libxl's stream alone" status 5 "$tmp/cut" xc-absorb -t
ok "with a name" status 5 "$tmp/cut" xc-absorb -t --name web
ok "with name and configuration" status 0 "$tmp/cut" \
	xc-absorb -t --name web --config /etc/passwd
ok "a configuration for a bare image" status 5 "$tmp/pv" \
	xc-absorb -t --config /etc/passwd
ok "a container" status 5 "$vectors/good-container-type" xc-absorb -t

usage() {
	status 2 "$tmp/pv" "$@" && gives /dev/null &&
		says "$1: hint: $1 -h lists the options"
}
ok "xc-absorb: a wrong uuid" usage xc-absorb --uuid 1234
ok "xc-absorb: a wrong name" usage xc-absorb --name 7
ok "xc-absorb: an operand" usage xc-absorb file
ok "xc-absorb: no memory" usage xc-absorb --max-mem 0
ok "xc-emit: no domain" usage xc-emit
ok "xc-emit: two domains" usage xc-emit 1 2
ok "xc-emit: --resume and --destroy" usage xc-emit --resume --destroy 1
ok "xc-emit: -c with --resume" usage xc-emit -c --resume 1
ok "xc-emit: a wrong time" usage xc-emit --suspend-timeout 0 1
for live in --live --try-live; do
	ok "xc-emit: $live with --resume" usage xc-emit $live --resume 1
	ok "xc-emit: $live with --image" usage xc-emit $live --image file
done
for wrong in "--max-rounds 0" "--max-rounds 101" "--stop-dirty -1" \
	"--max-downtime 0" "--max-downtime 3600001"; do
	# shellcheck disable=SC2086 # an option and its argument
	ok "xc-emit: $wrong" usage xc-emit --live $wrong 1
	# shellcheck disable=SC2086
	ok "xc-emit: ${wrong% *} without --live" usage xc-emit ${wrong% *} 10 1
done
for wrong in 9ms 3601s 200 1m ms -5ms 4.5s ""; do
	ok "xc-emit: --checkpoint '$wrong'" usage xc-emit --checkpoint "$wrong" 1
done
for wrong in -p --no-config --xl --try-live --resume "--count 0" \
	"--stats text"; do
	# shellcheck disable=SC2086
	ok "xc-emit: --checkpoint and $wrong" \
		usage xc-emit --checkpoint 1s $wrong 1
done
ok "xc-emit: --count without --checkpoint" usage xc-emit --count 3 1
for wrong in -p --unpause -f "--config x" -t "--image x" \
	"--fence true --takeover"; do
	# shellcheck disable=SC2086
	ok "xc-absorb: --standby and $wrong" usage xc-absorb --standby $wrong
done
# Of its records xc-absorb would have more to say.
no_xl() {
	status "$1" "$vectors/good-libxl" xc-absorb -t --name web --config /dev/null "${@:3}" &&
		grep -q "$2" "$tmp/err"
}
ok "xc-absorb: a stream of libxl's" no_xl 3 HVM_CONTEXT
ok "xc-absorb: --no-xl refuses it" no_xl 5 "a stream of libxl's, for xl to restore" --no-xl
ok "xc-absorb: and takes others" status 0 \
	<("$here/gen/make-kept" 12345678-1234-1234-1234-123456789abc 1) xc-absorb -t --no-xl
ok "xc-absorb: --fence without --standby" usage xc-absorb --fence true
ok "xc-absorb: --takeover without --standby" usage xc-absorb --takeover
ok "xc-absorb: a terminal" "$here/probe" terminal in "$tmp/pv" xc-absorb
ok "xc-emit: a terminal" "$here/probe" terminal out "$tmp/pv" xc-emit 1
for tool in xc-emit xc-absorb; do
	ok "$tool -h" status 0 /dev/null "$tool" -h
	ok "$tool -h: on stdout" test -s "$tmp/out"
	ok "$tool -V" status 0 /dev/null "$tool" -V
done
plan
