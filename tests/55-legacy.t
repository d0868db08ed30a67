#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-convert: streams of Xen 3.1 to 4.5 and of Remus become what
# tests/gen/make-legacy says that they mean, and Xen's own converter.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
made=$tmp/made
"$here/gen/make-legacy" "$made"

# means NAME [SAID]: it is found to be legacy, and comes out as it has to; SAID
# is on stderr.
means() {
	status 0 "$made/$1.old" rec-convert --to v3 && gives "$made/$1.want" &&
		told rec-convert "${2-}"
}

# checkpoints NAME [SAID]: as the checkpointed stream itself does.
checkpoints() {
	local want=0
	rec-convert --from v3 --to v3 < "$made/$1.want" > "$tmp/stream" \
		2> "$tmp/said" || want=$?
	[ -s "$tmp/stream" ] &&
		status "$want" "$made/$1.old" rec-convert --to v3 &&
		gives "$tmp/stream" &&
		cmp <([ -z "${2-}" ] || echo "rec-convert: $2"
			cat "$tmp/said") "$tmp/err"
}

# refused NAME STATUS MESSAGE: without END.
refused() {
	status "$2" "$made/$1.old" rec-convert --from legacy --to v3 &&
		told rec-convert "$3" &&
		not rec-null < "$tmp/out" > "$tmp/all" 2> "$tmp/err"
}

while IFS='|' read -r name want said; do
	case $want in
	0) ok "$name" means "$name" "$said" ;;
	checkpoints) ok "$name" checkpoints "$name" "$said" ;;
	*) ok "$name: $said" refused "$name" "$want" "$said" ;;
	esac
done < "$made/table"

# cuts STEP NAME COUNTS: cut after each STEPth byte; how many are refused, and
# how many are not.
cuts() {
	[ "$(legacy-cuts "$1" "$made/$2.old" "$made/$2.want")" = "$3" ]
}
step=1
[ -z "${SANITIZED-}" ] || step=17
for name in pv-64-8 pv-32-4 hvm-8 hvm-4 hvm-xl hvm-xapi hvm-xapi2 \
	hvm-xapi2-model new-hvm new-pv pv-xend; do
	size=$(stat -c %s "$made/$name.old")
	rest=$((size - 64))
	ok "$name, cut at every byte" cuts $step $name \
		"$(((rest + step - 1) / step + size - (rest + step - 1) / step * step)) 0"
done
ok "remus-b-hvm, cut: what is complete comes out" eval \
	'legacy-cuts $((11 * step)) "$made/remus-b-hvm.old" "$made/remus-b-hvm.want"'
head -c -1 "$made/remus-a-xl.old" > "$tmp/cut"
ok "a checkpoint that is cut is left out" status 0 "$tmp/cut" rec-convert --to v3
ok "that is said" grep -q "^rec-convert: the input\
 ends at byte $(stat -c %s "$tmp/cut"), in a checkpoint: that is left out, 2 are\
 complete$" "$tmp/err"

# Something broken behind checkpoints is no end.
{
	cat "$made/remus-a-pv.old"
	printf '\377\377\377\177'
} > "$tmp/broken"
at=$(stat -c %s "$made/remus-a-pv.old")
ok "a broken chunk behind 3 checkpoints" status 3 "$tmp/broken" \
	rec-convert --to v3
ok "it is said" says "rec-convert: chunk 9 (id) at byte $at: a batch of\
 2147483647 pages, the limit is 1024"

# quiet NAME: nothing is said with -q.
quiet() {
	status 0 "$made/$1.old" rec-convert -q --to v3 && told rec-convert
}
ok "-q: not what is left out of xend" quiet pv-xend
ok "-q: nor of tmem" quiet pv-no-xsave

ok "through a pipe" eval \
	'cat "$made/hvm-xl.old" | rec-convert --to v3 | cmp - "$made/hvm-xl.want"'
ok "a full disk" status 1 "$made/hvm-xl.old" \
	sh -c 'exec rec-convert --to v3 > /dev/full'
TMPDIR=$tmp/none
export TMPDIR
ok "no place for QEMU's state" status 1 "$made/hvm-8.old" rec-convert --to v3
ok "none for what changes refer to" status 1 "$made/remus-b-pv.old" \
	rec-convert --to v3
unset TMPDIR
ok "what is wrong leaves no file" status 3 "$made/bad-end-more.old" \
	rec-convert --to v3 -o "$tmp/new"
ok "none" test ! -e "$tmp/new"

# Other readers say what to do.
hint="rec-convert --to v3 translates streams of Xen 4.5 and older"
named() {
	status 5 "$made/$1.old" rec-null && told rec-null "$2" "$hint"
}
for name in pv-64-8 pv-32-4 hvm-8 hvm-4 remus-b-pv; do
	ok "$name: every reader knows it" named $name \
		"the input is a legacy stream"
done
ok "an xl file" named hvm-xl "xl file with a legacy stream"
ok "a file of xend" named pv-xend "the input is a save file of xend"
hint="rec-convert --to v3 takes the stream out of it"
ok "an image of XAPI" named hvm-xapi "the input is a suspend image of XAPI"
ok "of XAPI's second kind" named pv-xapi2 \
	"the input is a suspend image of XAPI"

# lies BYTES: a length that lies, and then the end.
lies() (
	printf %b "$1" > "$tmp/lie"
	[ -n "${SANITIZED-}" ] || ulimit -v 65536
	status 3 "$tmp/lie" rec-convert --from legacy --to v3 &&
		grep -q "cut short at byte" "$tmp/err"
)
pv='\0\0\0\020\0\0\0\0\377\377\377\377\377\377\377\377'
hvm='\0\0\0\020\0\0\0\0'
tail='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
while read -r what bytes; do
	ok "$what: a length that lies costs no memory" lies "$bytes"
done << END
blocks $pv\\377\\377\\377\\377name\\360\\377\\377\\377
batch $hvm\\0\\004\\0\\0
tmem $hvm\\373\\377\\377\\377$tail\\0\\0\\0\\0\\360\\0\\0\\0\\377\\377\\377\\377
toolstack $hvm\\356\\377\\377\\377\\0\\0\\020\\0
context $hvm$tail\\0\\0\\0\\010
QEMU $hvm${tail}\\001\\0\\0\\0xDeviceModelRecord0002\\377\\377\\377\\177
END
printf %b "$hvm$tail\\0\\0\\0\\010" > "$tmp/lie"
ok "a context that lies is cut" status 3 "$tmp/lie" rec-convert --from legacy \
	--to v3
ok "and nothing else" says \
	"rec-convert: HVM context at byte 40: cut short at byte 40"

# Xen's converter, where it is installed and reads a stream at all.
xen=$(find /usr/lib/xen-*/bin -name convert-legacy-stream 2> "$tmp/err" |
	tail -n 1) || true
# agrees NAME WIDTH TYPE: it makes the same.
agrees() {
	local format=libxc
	[ "$3" = pv ] || format=libxl
	PYTHONPATH=${xen%/bin/*}/lib/python "$xen" -i "$made/$1.old" -o "$tmp/out" -w "$2" -g "$3" -f $format &&
		cmp "$made/$1.want" "$tmp/out"
}
for guest in "$made"/*.guest; do
	name=${guest##*/}
	name=${name%.guest}
	read -r width type < "$guest"
	if [ -n "$xen" ]; then
		ok "$name: Xen's converter agrees" agrees "$name" "$width" \
			"$type"
	else
		skip 1 "no convert-legacy-stream"
	fi
done

plan
