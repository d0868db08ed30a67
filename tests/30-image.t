#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Stored images: streams stored and emitted again, and what becomes of files.
# shellcheck source=tests/lib.sh
. "${0%/*}/lib.sh"

stored=$here/gen/stored.py
dir=$tmp/dir
mkdir "$dir"
image=$dir/image

# stores STREAM [OPTION...]: the stream as $image, in place of any.
stores() {
	rm -f "$image"
	status 0 "$1" xc-absorb --image "$image" "${@:2}"
}

# emits: what $image is as a stream, as $tmp/again.
emits() {
	status 0 /dev/null xc-emit --image "$image" && cp "$tmp/out" "$tmp/again"
}

# Nothing is there but the names given, also no hidden file.
holds() {
	[ "$(ls -A "$dir")" = "$*" ] || { ls -lA "$dir"; return 1; }
}

# --- round trips ---
# By another implementation: it is what it has to be; emitted it is the same
# guest; and that stored is the same file.
round_trip() {
	stores "$1" && "$stored" keeps "$image" "$1" && emits &&
		"$stored" same "$tmp/again" "$1" &&
		cp "$image" "$tmp/image" && stores "$tmp/again" &&
		"$stored" alike "$image" "$tmp/image"
}
for name in pv-3 pv-2 hvm-3 hvm-2 libxl-plain; do
	ok "$name: stored, emitted, stored" round_trip "$vectors/good-$name"
done
for name in libxl xl xl-none virsh; do
	"$here/gen/make-guest" $name > "$tmp/$name"
	ok "$name: stored, emitted, stored" round_trip "$tmp/$name"
done
for seed in 1 2 3 4 5 6 7 8; do
	"$here/gen/make-guest" random $seed > "$tmp/live"
	ok "live stream $seed: stored, emitted, stored" round_trip "$tmp/live"
	"$stored" make "$tmp/live" "$tmp/made"
	ok "live stream $seed: byte by byte what another writer makes" \
		"$stored" alike "$tmp/made" "$image"
done
for name in "$vectors/good-pv-2" "$tmp/xl" "$tmp/live"; do
	stores "$name" > "$tmp/notes"
	cp "$image" "$tmp/image"
	rec-compress < "$name" > "$tmp/packed"
	for threads in 1 3; do
		ok "${name##*/} compressed, -T $threads: stored" \
			stores "$tmp/packed" -T $threads
		ok "the same image" "$stored" alike "$image" "$tmp/image"
	done
done
again() {
	cp "$vectors/stored" "$image" && emits && stores "$tmp/again" &&
		cmp "$image" "$vectors/stored"
}
ok "the image that another writer made: emitted, stored" again
for name in empty tiny odd checkpoint-end libxl-checkpoint-end; do
	rm -f "$image"
	ok "$name: refused" not status 0 "$vectors/good-$name" \
		xc-absorb --image "$image"
	ok "$name: no file" holds
done

# batches FILE: the first pfn and the number of entries of each PAGE_DATA.
batches() {
	PYTHONPATH=$here/gen python3 - "$1" << 'END'
import struct
import sys
from xenstream import PAGE_DATA, chunks
with open(sys.argv[1], "rb") as f:
    for part, piece in chunks(f.read()):
        if part == ("record", PAGE_DATA):
            count, _, first = struct.unpack_from("<IIQ", piece, 8)
            print(first & (1 << 52) - 1, count, end=" ")
END
}
stores "$vectors/good-hvm-3" > "$tmp/notes"
emits > "$tmp/notes"
ok "pages, then the types that came last" \
	[ "$(batches "$tmp/again")" = "0 5 1044476 2 1 1 " ]
"$here/gen/make-guest" still > "$tmp/still"
ok "a guest that stood still: stored" round_trip "$tmp/still"
ok "emitted, it is the same stream" cmp "$tmp/still" "$tmp/again"
ok "with gaps in batches of 1024" \
	[ "$(batches "$tmp/again")" = "0 1024 1024 1024 2048 1024 3072 100 " ]

# --- what is said of it ---
stores "$vectors/good-hvm-3" > "$tmp/notes"
digest=$(awk '$1 == "good-hvm-3" { print $4 }' "$vectors/digests")
said() {
	python3 - "$tmp/out" "$@" << 'END'
import json
import os
import sys
line = open(sys.argv[1]).read()
assert line.count("\n") == 1 and line.endswith("\n"), line
got, image = json.loads(line), os.stat(sys.argv[2])
want = {"stored": "image", "records": 9, "pages": 5, "digest": sys.argv[3],
        "kept": 4, "size": image.st_size, "disk": got["disk"]}
want.update(json.loads(sys.argv[4]))
assert got == want, got
assert got["disk"] >= 4096 * 4
END
}
ok "a line of JSON says what was stored" said "$image" "$digest" '{}'
python3 - "$here/gen" "$vectors" "$tmp/named" << 'END'
import json
import sys
sys.path.insert(0, sys.argv[1])
from xenstream import *  # noqa: F403
config = {
    "move": "00" * 16, "intent": "move", "type": "pvh", "name": "mail",
    "uuid": "12345678-1234-1234-1234-123456789ABC", "vcpus": 2,
    "max_pages": 1024, "pages": 1024,
}
with open(f"{sys.argv[2]}/good-hvm-3", "rb") as f:
    image = f.read()
with open(sys.argv[3], "wb") as f:
    f.write(image[:40] + record(0xd8520011, ours() +
                                json.dumps(config).encode()) + image[40:])
END
stores "$tmp/named" > "$tmp/notes"
ok "with type, uuid and name where they are known" said "$image" "$digest" \
	'{"type": "pvh", "name": "mail", "uuid": "12345678-1234-1234-1234-123456789abc"}'
emits
ok "GUEST_CONFIG is kept: what is emitted can be absorbed" \
	status 0 "$tmp/again" xc-absorb -t
ok "a PV guest's is not one of a PVH guest's" status 3 \
	<(sed 's/"pvh"/"pv" /' "$tmp/named") xc-absorb --image "$dir/other"
to_full() {
	xc-absorb --image "$dir/other" > /dev/full
}
ok "it cannot be said: status 1" status 1 "$tmp/named" to_full
ok "it is stored nevertheless" "$stored" alike "$dir/other" "$image"
ok "and that is said" grep -q "other is stored, but that could not be said" \
	"$tmp/err"
rm "$dir"/*

# --- the file ---
for mask in 0 777; do
	masked() {
		(umask "$mask" && xc-absorb --image "$image")
	}
	ok "stored under umask $mask" status 0 "$vectors/good-pv-3" masked
	ok "it is for its owner only" [ "$(stat -c %a "$image")" = 600 ]
	rm "$image"
done
stores "$vectors/good-pv-3" > "$tmp/notes"
cp "$image" "$tmp/image"
ok "a file that is there: refused" status 5 "$vectors/good-hvm-3" \
	xc-absorb --image "$image"
ok "it is said" told xc-absorb "$image is there already" \
	"--replace puts the new one in its place, when that is whole"
ok "before the stream is read" status 5 /dev/null \
	xc-absorb --image "$image"
ok "with -o too" status 5 /dev/null xc-emit --image "$image" -o "$image"
head -c 9000 "$vectors/good-hvm-3" > "$tmp/cut"
ok "--replace, and the stream is cut" status 3 "$tmp/cut" \
	xc-absorb --image "$image" --replace
ok "the old one is there" cmp "$image" "$tmp/image"
ok "alone" holds image
ok "--replace" status 0 "$vectors/good-hvm-3" \
	xc-absorb --image "$image" --replace
ok "the new one is there" "$stored" keeps "$image" "$vectors/good-hvm-3"
ok "alone" holds image
ok "xc-emit -o" status 0 /dev/null xc-emit --image "$image" -o "$dir/stream"
ok "nothing on stdout" gives /dev/null
ok "the stream is there" "$stored" same "$dir/stream" "$vectors/good-hvm-3"
ok "for its owner only" [ "$(stat -c %a "$dir/stream")" = 600 ]
ok "xc-emit -o --replace" status 0 /dev/null \
	xc-emit --image "$vectors/stored" -o "$dir/stream" --replace
ok "the other is there" not "$stored" same "$dir/stream" "$vectors/good-hvm-3"
relative() {
	(cd "$dir" && xc-absorb --image relative)
}
ok "a name without a directory" status 0 "$vectors/good-hvm-2" relative
ok "they are there" holds "image
relative
stream"
rm "$dir"/*
ln -s nowhere "$dir/link"
mkfifo "$dir/fifo"
for name in link fifo . ""; do
	ok "no regular file: '$name'" status 5 "$vectors/good-pv-3" \
		xc-absorb --image "$dir/$name" --replace
	ok "it is said" told xc-absorb \
		"$dir/$name is there, and is no regular file"
done
ok "a FIFO is no image" status 5 /dev/null xc-emit --image "$dir/fifo"
rm "$dir"/*
ok "no directory" status 1 "$vectors/good-pv-3" \
	xc-absorb --image "$dir/none/image"
ok "no image" status 1 /dev/null xc-emit --image "$dir/none"
ok "it is said" told xc-emit "$dir/none: No such file or directory"
ok "a stream is no image" status 3 /dev/null \
	xc-emit --image "$vectors/good-pv-3"
ok "it is said" told xc-emit "$vectors/good-pv-3: it is no stored image"

# --- damage ---
for part in 40 100 5000 20919 20927; do
	head -c $part "$vectors/good-hvm-3" > "$tmp/cut"
	ok "a stream cut at byte $part" status 3 "$tmp/cut" \
		xc-absorb --image "$image"
	ok "no file" holds
done
cp "$vectors/good-hvm-3" "$tmp/after"
echo >> "$tmp/after"
ok "bytes behind END" status 3 "$tmp/after" xc-absorb --image "$image"
ok "no file" holds
ok "pfns over the limit" status 5 "$vectors/good-hvm-3" \
	xc-absorb --image "$image" --max-pfn 1000
cp "$vectors/stored" "$image"
printf x | dd of="$image" bs=1 seek=$((4096 * 13 + 77)) conv=notrunc \
	status=none
ok "a page is damaged" status 4 /dev/null xc-emit --image "$image"
ok "it is said which" told xc-emit "$image: the page of pfn 0xc is damaged"
cp "$tmp/out" "$tmp/part"
ok "what was emitted is cut" status 3 "$tmp/part" rec-null 1
ok "with -o" status 4 /dev/null xc-emit --image "$image" -o "$dir/stream"
ok "there is no file" holds image
ok "a full disk" status 1 /dev/null \
	bash -c 'xc-emit --image "$0" > /dev/full' "$vectors/stored"
ok "nobody reads" "$here/probe" broken_pipe /dev/null \
	xc-emit --image "$vectors/stored"
rm "$image"

# --- it ends early ---
limited() {
	(ulimit -f 40 && "$@")
}
ok "a limit of size" status 1 "$vectors/good-pv-3" \
	limited xc-absorb --image "$image"
ok "it is said" grep -q 'write at byte [0-9]*: File too large' "$tmp/err"
ok "no file" holds
ok "with -o" status 1 /dev/null limited \
	xc-emit --image "$vectors/stored" -o "$dir/stream"
ok "no file" holds
full() {
	unshare -rm bash -c 'mount -t tmpfs -o size=80k none "$0" || exit 99
		xc-absorb --image "$0/image"; got=$?
		[ -z "$(ls -A "$0")" ] || exit 98; exit $got' "$dir"
}
if unshare -rm mount -t tmpfs none "$dir" 2> "$tmp/notes"; then
	ok "the disk is full: status 1, no file" \
		status 1 "$vectors/good-pv-3" full
	ok "it is said" grep -q 'No space left on device' "$tmp/err"
else
	skip 2 "no mounts of one's own"
fi

# killed SIGNAL [WRAPPER]: xc-absorb has stored some pages of a stream, gets the
# signal and dies of it.  (What was ignored where the
# tests were started, as SIGINT is in the background, stays so otherwise.)
killed() {
	local pid absorb='' got=0
	mkfifo "$tmp/pipe"
	${2-} env --default-signal=INT,HUP,TERM xc-absorb --image "$image" \
		< "$tmp/pipe" > "$tmp/out" 2> "$tmp/err" &
	pid=$!
	exec 3> "$tmp/pipe"
	rm "$tmp/pipe"
	head -c 70000 "$vectors/good-pv-3" >&3
	until absorb=$(pgrep -o -fx "(/.*)?xc-absorb --image $image") &&
		find -L "/proc/$absorb/fd" -type f -size +32k | grep -q .; do :; done
	kill "-$1" "$absorb"
	wait $pid || got=$?
	exec 3>&-
	[ "$got" = "$((128 + $(kill -l "$1")))" ] || { echo "exit $got"; return 1; }
}
for signal in "${caught[@]}" KILL; do
	ok "SIG$signal in the middle" killed "$signal"
	ok "nothing is left" holds
done
unnamed() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq \
		-o "$tmp/calls" -P . -e trace=openat \
		-e inject=openat:error=EOPNOTSUPP "$@"
}
if strace -qq -o "$tmp/calls" true 2> "$tmp/notes"; then
	ok "without unnamed files: stored" status 0 "$vectors/good-pv-3" \
		unnamed xc-absorb --image "$image"
	ok "they were asked for" grep -q 'O_TMPFILE.*INJECTED' "$tmp/calls"
	ok "alone" holds image
	ok "it is right" "$stored" keeps "$image" "$vectors/good-pv-3"
	ok "replaced" status 0 "$vectors/good-hvm-3" \
		unnamed xc-absorb --image "$image" --replace
	ok "alone" holds image
	ok "it is right" "$stored" keeps "$image" "$vectors/good-hvm-3"
	ok "refused" status 5 /dev/null \
		unnamed xc-emit --image "$image" -o "$image"
	rm "$image"
	ok "cut: no file" status 3 "$tmp/cut" unnamed xc-absorb --image "$image"
	ok "nothing is left" holds
	for signal in "${caught[@]}"; do
		ok "SIG$signal" killed "$signal" unnamed
		ok "nothing is left" holds
	done
else
	skip 15 "strace cannot trace here"
fi
silent() {
	xc-absorb --image "$image" --timeout 1 0<> "$tmp/silent"
}
mkfifo "$tmp/silent"
ok "nothing comes: status 1 after --timeout" status 1 /dev/null silent
ok "nothing is left" holds

# --- the disk ---
disk() {
	echo $(($(stat -c %b "$image") * 512))
}
below() {
	echo "$(disk) bytes"
	[ "$(disk)" -lt "$1" ]
}
"$here/gen/make-guest" rounds 2 > "$tmp/live"
stores "$tmp/live" > "$tmp/notes"
few=$(disk)
"$here/gen/make-guest" rounds 40 > "$tmp/live"
ok "40 rounds of 64 pages: stored" stores "$tmp/live"
ok "the disk is that of two rounds" [ "$(disk)" = "$few" ]
"$here/gen/make-guest" zeroed > "$tmp/live"
ok "64 pages that become zeroes: stored" stores "$tmp/live"
ok "nothing of them is left" "$stored" keeps "$image" "$tmp/live"
ok "they are holes" below $((64 * 4096 / 2))
ok "a high pfn: stored" stores "$vectors/good-hvm-3"
ok "almost 4 GiB long" [ "$(stat -c %s "$image")" -gt 4000000000 ]
ok "with few pages" below $((16 * 4096))

# --- large guests, and none ---
"$here/gen/make-guest" large 16 > "$tmp/live"
ok "a guest of 16 GiB: stored" stores "$tmp/live"
ok "its index alone takes the disk" below $((40 << 20))
page() {
	test_stored page "$image" "$1"
}
ok "one page of it: $(page 0x3fffff)" page 0x3fffff
if [ -z "${SANITIZED-}" ]; then
	rm "$image"
	ok "memory: 8 bytes for each pfn, and some" "$here/probe" peak 90000 0 \
		"$tmp/live" xc-absorb -T 1 --image "$image"
	rm -f "$image"
	"$here/gen/make-guest" scattered 2000000 > "$tmp/live"
	ok "pfns that lie scattered: refused, memory bounded" \
		"$here/probe" peak 90000 5 "$tmp/live" \
		xc-absorb -T 1 --image "$image"
else
	skip 2 "a sanitizer takes memory of its own"
fi
rm -f "$image"

# --- usage ---
usage() {
	status 2 "$vectors/good-pv-3" "$@" && gives /dev/null &&
		says "$1: hint: $1 -h lists the options"
}
for wrong in "--image -" "--image=" "--image a -p" "--image a -f" \
	"--image a --name b" "--image a --uuid new" "--image a --max-mem 9" \
	"--image a --max-vcpus 9" "--image a --unpause" "--image a -t" \
	"--replace" "--image a b"; do
	# shellcheck disable=SC2086 # an option and its argument
	ok "xc-absorb $wrong" usage xc-absorb $wrong
done
for wrong in "--image -" "--image a 7" "--image a -c" "--image a -p" \
	"--image a -f" "--image a --live" "--image a --for b" \
	"--image a --no-config" "--image a --memory-only" \
	"--image a --suspend-timeout 9" "--image a --settle" \
	"--image a --replace" "-o - 7" "-o a --state 7" "-o a --resume 7"; do
	# shellcheck disable=SC2086
	ok "xc-emit $wrong" usage xc-emit $wrong
done
ok "xc-emit: a terminal" "$here/probe" terminal out /dev/null \
	xc-emit --image "$vectors/stored"
ok "xc-absorb: a terminal" "$here/probe" terminal in /dev/null \
	xc-absorb --image "$image"
ok "nothing was made" holds
plan
