#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-ls --lint and Xen's own restore agree on streams with one flaw, made
# from a real guest's.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
lab_reset
PATH=$lab_top/build:$PATH

# restored KIND FILE: what xl restore says of the stream, which gets to the
# host in a tenth of the time when it is packed.
restored() {
	gzip -1 < "$2" |
		lab_run src 'gunzip > /tmp/flawed && xl restore -p "/root/$1.cfg" /tmp/flawed' "$1" &&
		on src 'xl destroy "$1"' "$1"
}

# linted FILE: whether lint finds no error.
linted() {
	rec-ls --lint "$1" > "$tmp/lint"
}

# agrees KIND NAME WANT: whether both say `fails` or `restored`, and lint names
# the flaw.
agrees() {
	local xen=restored lint=restored
	"$lab_top/tests/gen/make-flaw" "$2" < "$tmp/$1" > "$tmp/flawed" &&
		"$lab_top/tests/gen/make-save" < "$tmp/flawed" > "$tmp/save" ||
		return
	restored "$1" "$tmp/save" > "$tmp/xl" 2>&1 || xen=fails
	linted "$tmp/flawed" 2> "$tmp/err" || lint=fails
	[ "$xen $lint" = "$3 $3" ] && grep -F "[$2]" "$tmp/lint" && return
	echo "Xen: $xen, lint: $lint, not $3"
	cat "$tmp/lint" "$tmp/xl"
	return 1
}

# Xen's own checker, verify-stream-v2, takes these, of which a restore fails,
missed=" emulator order pfn pte tables pv-info p2m p2m-frame vcpu start-info gdt
	cr3 xl-header wrong-guest static-end missing max-pfn hvm-context msr-flags "
# and refuses these, which are restored.
stern=" reserved padding version-2 guest-config "

# upstream NAME WANT: whether the checker says of the last flawed stream what
# is known of it.
upstream() {
	local form=libxc says=restored want=$2
	case $missed in *[[:space:]]"$1"[[:space:]]*) want=restored ;; esac
	case $stern in *" $1 "*) want=fails ;; esac
	case $(head -c 8 "$tmp/flawed" | tr -d '\377') in
	LibxlFmt) form=libxl ;;
	'Xen save') form=xl ;;
	esac
	"$lab_top/tests/lab/verify-stream" "$tmp/flawed" $form > "$tmp/verify" 2>&1 ||
		says=fails
	[ "$says" = "$want" ] && return
	echo "it says $says"
	cat "$tmp/verify"
	return 1
}

for kind in pv pvh; do
	lab_create src "$kind" "$kind" > "$tmp/domid"
	on src 'xc-emit -q -c --no-config "$1" | gzip -1' "$kind" |
		gunzip > "$tmp/$kind"
	on src 'xl destroy "$1"' "$kind"
	ok "$kind: lint finds nothing in its stream" rec-ls --lint --strict "$tmp/$kind"
	"$lab_top/tests/gen/make-save" < "$tmp/$kind" > "$tmp/save"
	ok "$kind: and xl restores it" restored "$kind" "$tmp/save"
	"$lab_top/tests/gen/make-flaw" --list "${kind/pvh/hvm}" > "$tmp/flaws"
	while read -r name want; do
		ok "$kind: $name: $want" agrees "$kind" "$name" "$want"
		ok "$kind: $name: what Xen's checker says" upstream "$name" "$want"
	done < "$tmp/flaws"
done
plan
