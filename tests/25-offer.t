#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# xc-emit --for where there is no Xen: which offers it reads.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

cat > "$tmp/good" << 'END'
{"offer":1,"tool":"","time":"","streams":[2,3],"records":{"GUEST_CONFIG":[1]},
"xen":{"major":4,"minor":17,"extra":"","changeset":""},"free_memory":1,
"cpus":1,"types":{"pv":{"vcpus":1,"hap":false,"shadow":false,"vendor":"",
"digest":"0000000000000000000000000000000000000000000000000000000000000000",
"policy":{"7:0.ebx":"00000000"}}},"names":["mail"],"uuids":[]}
END
sed 's/"offer":1/"offer":2/' "$tmp/good" > "$tmp/newer"
sed 's/"free_memory":1/"free_memory":"1"/' "$tmp/good" > "$tmp/kind"
sed 's/"cpus":1/"cpus":1e400/' "$tmp/good" > "$tmp/huge"
python3 -c 'print("{\"offer\":" * 100000)' > "$tmp/deep"
python3 -c 'print("{\"a\":\"" + "a" * (1 << 20) + "\"}")' > "$tmp/long"
size=$(stat -c %s "$tmp/good")

# reads STATUS TEXT FILE MESSAGE: from the file and from stdin.
reads() {
	ok "$2: status $1" status "$1" /dev/null xc-emit --for "$3" 99
	ok "$2: what is said" says "xc-emit: $3: $4"
	ok "$2: nothing on stdout" gives /dev/null
	ok "$2: on stdin: status $1" status "$1" "$3" xc-emit --for - 99
	ok "$2: on stdin: what is said" says "xc-emit: the offer: $4"
}

# A good one is read, and only then the hypervisor is looked for.
ok "a good one" status 1 /dev/null xc-emit --for "$tmp/good" 99
ok "a good one, with --dry-run" status 1 "$tmp/good" \
	xc-emit --for - --dry-run 99
ok "is not what it fails for" not grep -F "offer" "$tmp/err"
reads 5 "another version" "$tmp/newer" "version 2, known is 1"
reads 3 "a number in quotes" "$tmp/kind" \
	'"free_memory" has no value that it may have'
reads 3 "a huge number" "$tmp/huge" '"cpus" has no value that it may have'
reads 3 "too deep" "$tmp/deep" "not a JSON object"
reads 3 "too long" "$tmp/long" "over 1048576 bytes"
reads 3 "empty" /dev/null "not a JSON object"
for part in 1 100 $((size / 2)) $((size - 2)); do
	head -c "$part" "$tmp/good" > "$tmp/cut"
	reads 3 "cut at byte $part" "$tmp/cut" "not a JSON object"
done
ok "no file" status 1 /dev/null xc-emit --for "$tmp/none" 99
ok "no file: what is said" says \
	"xc-emit: $tmp/none: No such file or directory"
ok "a directory" status 1 /dev/null xc-emit --for "$tmp" 99

usage() {
	status 2 "$tmp/good" "$@" && gives /dev/null &&
		says "$1: hint: $1 -h lists the options"
}
ok "--dry-run alone" usage xc-emit --dry-run 99
ok "--for with --resume" usage xc-emit --for - --resume 99
ok "--for with --destroy" usage xc-emit --for - --destroy 99
ok "--for with --no-config" usage xc-emit --for - --no-config 99
ok "--for without a file" usage xc-emit 99 --for
ok "--offer with -t" usage xc-absorb --offer -t
ok "--offer with an operand" usage xc-absorb --offer 99
plan
