#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-convert, streams to streams: versions of the image, what stands around
# it, and checkpoints.  What comes out is what tests/gen/convert-stream makes.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
witness=$here/gen/convert-stream
pv=$vectors/good-pv-3
checkpoints=$vectors/good-checkpoint-end

# makes FORM FILE WITNESS...: rec-convert --to FORM of FILE, and through a
# pipe, is byte for byte what the witness makes.
makes() {
	local form=$1 file=$2
	shift 2
	"$witness" "$@" < "$file" > "$tmp/want" &&
		status 0 "$file" rec-convert -q --to "$form" "${options[@]}" &&
		gives "$tmp/want" && told rec-convert &&
		rec-convert -q --to "$form" "${options[@]}" < <(cat "$file") |
		cmp "$tmp/want" -
}
options=()

# Versions.
for file in "$vectors"/good-*; do
	name=${file##*/good-}
	case $name in *checkpoint-end | *-stays | end-padding) continue ;; esac
	ok "$name: to v3" makes v3 "$file" v3
	ok "$name: to v2" makes v2 "$file" v2
done
ok "an image of version 3 is as it was" eval 'status 0 "$pv" rec-convert \
	--to v3 && gives "$pv" && told rec-convert'
for name in pv hvm; do
	ok "$name: version 2 comes of version 3" eval 'status 0 \
		"$vectors/good-$name-3" rec-convert --to v2 &&
		gives "$vectors/good-$name-2"'
	ok "$name: it is said what that has not" told rec-convert "the CPUID \
and MSR policies are left out, which image version 2 has not"
	ok "$name: back to version 3 it has no errors" eval 'rec-convert \
		--to v3 < "$tmp/out" | rec-ls --lint -q > "$tmp/lint"'
done
# Version 2 with records of version 3, as Xen's own tools take it.
{ head -c 15 "$pv"; printf '\2'; tail -c +17 "$pv"; } > "$tmp/mixed"
ok "a STATIC_DATA_END that is there is not put there again" eval 'status 0 \
	"$tmp/mixed" rec-convert --to v3 && gives "$pv"'

file=$vectors/good-empty
{ head -c 15 "$file"; printf '\2'; tail -c +17 "$file"; } > "$tmp/empty"
ok "without pages it stands before END" makes v3 "$tmp/empty" v3

# What stands around the image.
# written EXPRESSION: true of the configuration in $tmp/xl.
written() {
	python3 -c 'import sys; data = sys.stdin.buffer.read()
sys.stdout.buffer.write(data[52:data.index(0, 52)])' < "$tmp/xl" | jq -e "$1"
}
printf '{"c_info": {"type": "pv"}, "b_info": {}}' > "$tmp/json"
printf '<domain type="xen">\n<name>x</name></domain>' > "$tmp/xml"
for name in pv-3 hvm-2 reserved libxl libxl-plain libxl-body libxl-early \
	xl xl-none xl-surplus virsh; do
	file=$vectors/good-$name
	options=(-f)
	ok "$name: to bare" makes bare "$file" bare
	options=()
	ok "$name: to libxl" makes libxl "$file" libxl
	options=(--config "$tmp/json")
	ok "$name: to xl" makes xl "$file" xl "$tmp/json"
	options=(--config "$tmp/xml")
	ok "$name: to virsh" makes virsh "$file" virsh "$tmp/xml"
	options=()
done
unchanged() {
	status 0 "$vectors/good-$2" rec-convert --to "$1" &&
		gives "$vectors/good-$2" && told rec-convert
}
ok "an xl file is one" unchanged xl xl
ok "all of it" unchanged xl xl-surplus
ok "a virsh file is one" unchanged virsh virsh
ok "a libxl stream is one" unchanged libxl libxl
ok "a bare image is one" unchanged bare pv-3

ok "xl list -l's list of one is taken" eval '
	echo "[ {\"domid\": 7, \"config\": $(cat "$tmp/json") } ]" > "$tmp/list"
	status 0 "$pv" rec-convert --to xl --config "$tmp/list" &&
	cp "$tmp/out" "$tmp/xl" && written ".c_info.type == \"pv\" and
	keys == [\"b_info\", \"c_info\"]"'
ok "without a configuration" expect 0 "$pv" - "no configuration comes with \
the stream: xl restore has to be given one, or --config here" "" \
	rec-convert --to xl
ok "it is a file without" eval '"$witness" xl < "$pv" | cmp - "$tmp/out"'
ok "to virsh it is refused" expect 5 "$pv" 0 "no XML comes with the stream, \
which says to virsh what the guest is" "--config FILE gives it some" \
	rec-convert --to virsh
ok "no JSON" eval 'echo "{" > "$tmp/bad" && expect 3 "$pv" 0 "$tmp/bad: no \
configuration of xl'\''s: no JSON object with c_info" "xl list -l NAME prints \
one" rec-convert --to xl --config "$tmp/bad"'
ok "JSON of something else" eval 'echo "[{\"config\":{}}]" > "$tmp/bad" &&
	status 3 "$pv" rec-convert --to xl --config "$tmp/bad"'
ok "a list of two" eval 'cat "$tmp/list" "$tmp/list" | tr -d "[]" |
	sed "1s/^/[/; 1s/\$/,/; \$s/\$/]/" > "$tmp/bad" &&
	status 3 "$pv" rec-convert --to xl --config "$tmp/bad"'
ok "no XML" expect 3 "$pv" 0 "$tmp/json: no XML of a domain" "" \
	rec-convert --to virsh --config "$tmp/json"
ok "XML with a NUL" eval 'printf "<domain>\0" > "$tmp/bad" && expect 3 "$pv" \
	0 "$tmp/bad: no text" "" rec-convert --to virsh --config "$tmp/bad"'
ok "too much of it" eval 'head -c 2M /dev/zero | tr "\0" " " > "$tmp/bad" &&
	expect 5 "$pv" 0 "$tmp/bad: more than 1048576 bytes" "" \
	rec-convert --to xl --config "$tmp/bad"'
ok "none" expect 1 "$pv" 0 "$tmp/none: No such file or directory" "" \
	rec-convert --to xl --config "$tmp/none"
ok "--config is not for bare" eval 'status 2 "$pv" rec-convert --to bare \
	--config "$tmp/json"'

# A device model's state.
ok "a device model's state is not lost unasked" expect 5 \
	"$vectors/good-libxl" - "libxl record 1 (EMULATOR_XENSTORE_DATA) at byte \
152: an image alone has no place for a device model's state" "-f leaves it \
out: the guest does not run without" rec-convert --to bare
ok "the output has no END" eval 'cp "$tmp/out" "$tmp/cut" &&
	status 3 "$tmp/cut" rec-ls'
ok "nor is there a file" eval 'status 5 "$vectors/good-libxl" rec-convert \
	--to bare -o "$tmp/file" && [ ! -e "$tmp/file" ]'
ok "-f leaves it out, and that is said" eval 'status 0 \
	"$vectors/good-libxl" rec-convert --to bare -f && told rec-convert \
	"the device model'\''s state is left out"'

# xl's configuration from GUEST_CONFIG.
for which in 1 3; do
	"$here/gen/make-stream" named $which > "$tmp/named"
	ok "named $which: to xl" status 0 "$tmp/named" rec-convert --to xl
	cp "$tmp/out" "$tmp/xl"
	ok "named $which: rec-ls and xc-absorb know the guest" eval \
		'xc-absorb -t -q < "$tmp/xl" && rec-ls "$tmp/xl" | grep -F \
		"$(rec-ls "$tmp/named" | grep ^guest)"'
	ok "named $which: the image is as it was" eval 'rec-convert --to bare \
		< "$tmp/xl" > "$tmp/back" && "$witness" bare < "$tmp/named" |
		cmp - "$tmp/back"'
done
"$here/gen/make-stream" named 1 > "$tmp/named"
rec-convert --to xl < "$tmp/named" > "$tmp/xl"
ok "it has what xl needs" written '.c_info.type == "pv" and
	(.c_info.name | length > 0) and (.c_info.uuid | length == 36) and
	.b_info.max_vcpus == 2 and .b_info.avail_vcpus == [0, 1] and
	.b_info.max_memkb >= .b_info.target_memkb and
	.b_info.target_memkb > 0 and .b_info["type.pv"] == {}'
ok "GUEST_CONFIG that is none" expect 3 "$vectors/good-config" 0 \
	"record 0 (GUEST_CONFIG) at byte 40: \"move\" is missing" "" \
	rec-convert --to xl
python3 - "$tmp/named" "$tmp/hvm" << 'END'
import struct
import sys

with open(sys.argv[1], "rb") as file:
    data = file.read()
size, = struct.unpack_from("<I", data, 44)
body = data[48:48 + size]
i = body.index(b'"pv"')
body = body[:i] + b'"hvm"' + body[i + 4:]
with open(sys.argv[2], "wb") as file:
    file.write(data[:44] + struct.pack("<I", len(body)) + body +
               bytes(-len(body) % 8) + data[48 + size + -size % 8:])
END
ok "a guest with a device model" expect 5 "$tmp/hvm" 0 "GUEST_CONFIG does \
not say what device model the guest has" "--config FILE gives xl a \
configuration" rec-convert --to xl

# Checkpoints.
# flat FILE [N]: the Nth checkpoint, or the newest.
flat() {
	local options=(${2:+--checkpoint "$2"})
	makes v3 "$1" flatten ${2:+"$2"}
}
for kind in bare libxl pv; do
	"$witness" small $kind > "$tmp/$kind"
	ok "$kind: the newest" flat "$tmp/$kind"
	for n in 1 2 3; do
		ok "$kind: checkpoint $n" flat "$tmp/$kind" $n
		"$witness" flatten $n < "$tmp/$kind" > "$tmp/flat.$n"
	done
	ok "$kind: there is no fourth" expect 5 "$tmp/$kind" - "no checkpoint 4: \
the stream has 3 complete ones" "without --checkpoint the newest one is taken" \
		rec-convert --to v3 --checkpoint 4
	mapfile -t ends < <("$witness" ends < "$tmp/$kind")
	# cut: whether the stream, cut at each byte, gives what was complete.
	cut() {
		local n whole size
		size=$(stat -c %s "$tmp/$kind")
		for ((n = 0; n < size; n++)); do
			whole=0
			while ((whole < 3 && ends[whole] <= n)); do
				whole=$((whole + 1))
			done
			head -c "$n" "$tmp/$kind" > "$tmp/cut"
			if ((whole == 0)); then
				status 3 "$tmp/cut" rec-convert -q --to v3
			else
				status 0 "$tmp/cut" rec-convert -q --to v3 &&
					gives "$tmp/flat.$whole"
			fi || return
		done
	}
	[ $kind = pv ] || ok "$kind: cut at each byte" cut
done
for name in good-checkpoint-end good-libxl-checkpoint-end cut-checkpoint \
	cut-libxl-checkpoint; do
	ok "$name" flat "$vectors/$name"
done
ok "it is said" expect 0 "$vectors/cut-checkpoint-body" - "3 complete \
checkpoints, of which number 3 is taken; what follows the last is left out" "" \
	rec-convert --to v3
ok "of one" expect 0 "$vectors/cut-checkpoint-header" - "1 complete \
checkpoint, of which number 1 is taken" "" rec-convert --to v3
ok "no checkpoints are no checkpoint" expect 5 "$pv" - "no checkpoint 1: the \
stream has 0 complete ones" "without --checkpoint the newest one is taken" \
	rec-convert --to v3 --checkpoint 1
ok "other forms are of the newest one" eval 'rec-convert -q --to libxl \
	< "$checkpoints" > "$tmp/libxl" && "$witness" flatten < "$checkpoints" |
	"$witness" libxl | cmp - "$tmp/libxl"'
ok "memory too" eval 'rec-convert -q --to raw -o "$tmp/mem" < "$checkpoints" &&
	"$witness" flatten < "$checkpoints" | rec-convert --to raw \
	-o "$tmp/memory" && cmp -n 65536 "$tmp/mem" "$tmp/memory"'
ok "--checkpoints leaves them" eval 'status 0 "$checkpoints" rec-convert \
	--checkpoints --to v3 && gives "$checkpoints"'
ok "of a cut one" eval 'status 3 "$vectors/cut-checkpoint" rec-convert \
	--checkpoints --to v3 && gives "$vectors/cut-checkpoint"'
options=(--checkpoints)
ok "around an image with checkpoints too" makes libxl "$tmp/bare" libxl
ok "and away from one" eval 'options=(--checkpoints -f) &&
	makes bare "$tmp/libxl" bare'
options=()
ok "memory has no checkpoints" eval 'status 5 "$checkpoints" rec-convert \
	--checkpoints --to raw'
ok "both options are too much" status 2 "$checkpoints" rec-convert --to v3 \
	--checkpoints --checkpoint 1
TMPDIR=/none ok "no directory to keep them in" expect 1 "$checkpoints" - \
	"cannot make a file in /none: No such file or directory" \
	"TMPDIR names another directory" rec-convert --to v3

# Whoever feeds it dies when it has handed on all that came: the end of what is
# read is then no end.
feeder_killed() {
	local size pid feeder got=0
	size=$(stat -c %s "$checkpoints")
	mkfifo "$tmp/fifo"
	rec-convert --to v3 < "$tmp/fifo" > "$tmp/killed" 2> "$tmp/err" &
	pid=$!
	exec 9> "$tmp/fifo"
	cat "$checkpoints" >&9
	until feeder=$(cut -d " " -f 1 "/proc/$pid/task/$pid/children") &&
		awk -v n="$size" '$1 == "wchar:" { exit $2 < n }' "/proc/$feeder/io"; do
		sleep 0.02
	done
	kill -KILL "$feeder"
	exec 9>&-
	wait "$pid" || got=$?
	[ "$got" = 1 ] && ! rec-null < "$tmp/killed" > "$tmp/null" 2>&1 &&
		says "rec-convert: what opens the stream was killed"
}
ok "no END is written when the feeding process is killed" timeout 60 \
	bash -c "$(declare -f feeder_killed says); tmp=$tmp checkpoints=$checkpoints; feeder_killed"

# Much state, in pieces: 17 MiB of it is more than is held.
python3 - "$tmp/much" << 'END'
import struct
import sys

head = b"\xff" * 8 + b"XENF" + bytes([0, 0, 0, 3]) + bytes(8) + \
    struct.pack("<IHHII", 2, 12, 0, 4, 17)
pages = struct.pack("<IIIIQ", 1, 16, 1, 0, 15 << 60)
small = struct.pack("<II", 9, 8) + b"12345678"
big = struct.pack("<II", 9, 17 << 20) + bytes(17 << 20)
policy = struct.pack("<II", 0x11, 24 << 14) + bytes(24 << 14)
end = bytes(8)
with open(sys.argv[1], "wb") as file:
    file.write(head + policy + struct.pack("<II", 16, 0) + pages + small +
               big + pages + big + small + end)
END
ok "much state: bit for bit" eval 'status 0 "$tmp/much" rec-convert --to v3 &&
	gives "$tmp/much" && cat "$tmp/much" | rec-convert --to v3 |
	cmp - "$tmp/much"'
ok "a large policy goes" makes v2 "$tmp/much" v2

# What is refused, and damage.
bad() {
	status "$3" "$1" rec-convert --from v3 -q --to v3 && told rec-convert "$5" "$6" &&
		status "$3" <(cat "$1") rec-convert --from v3 -q --to libxl
}
bad_vector() {
	case $1 in */bad-*) ok "${1##*/}: $2" bad "$@" ;; esac
}
table any bad_vector
for name in check compressed-hvm-3 part seal; do
	for form in v2 xl; do
		ok "layer-$name: --to $form refuses it" eval 'status 5 \
			"$vectors/layer-$name" rec-convert --to $form &&
			grep -q "undo it first" "$tmp/err"'
	done
done
"$witness" libxl < "$vectors/good-tiny" > "$tmp/tiny"
each_byte() {
	local n form
	for ((n = 0; n < $(stat -c %s "$tmp/tiny"); n++)); do
		head -c "$n" "$tmp/tiny" > "$tmp/cut"
		form=bare
		((n % 2)) || form=xl
		status 3 "$tmp/cut" rec-convert -q --to $form -o "$tmp/file" &&
			[ ! -e "$tmp/file" ] || return
	done
}
ok "cut at each byte there is no file" each_byte
ok "a full disk" eval 's=0; rec-convert --to libxl < "$pv" > /dev/full \
	2> "$tmp/err" || s=$?; [ $s = 1 ]'
plan
