#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The sources: licence lines, shellcheck, pyflakes, mandoc, and compilers'
# warnings.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
cd "$here/.."

# But for vectors, which are bytes, and texts that are shown to people.
mapfile -t sources < <(find Makefile common completions filters man pipelines \
	tests bench examples debian/rules .ci -type f \
	-not -path 'tests/vectors/*' -not -name '*.pyc' \
	-not -path 'tests/fuzz/corpus/*' -not -name README -not -name help \
	2> "$tmp/err" | sort)

licensed() {
	local file
	for file; do
		head -n 2 "$file" |
			grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' ||
			echo "$file"
	done > "$tmp/list"
	cat "$tmp/list"
	not test -s "$tmp/list"
}
ok "all ${#sources[@]} sources name their licence" licensed "${sources[@]}"

scripts=() python=()
for file in "${sources[@]}"; do
	case $(head -n 1 "$file" | tr -d '\0')$file in
	'#!/bin/sh'* | '#!/bin/bash'*) scripts+=("$file") ;;
	'#!/usr/bin/env python3'* | *.py) python+=("$file") ;;
	esac
done
if command -v shellcheck > "$tmp/out"; then
	# Single quotes hold what another host's shell is to expand.
	for file in "${scripts[@]}" tests/lib.sh; do
		ok "shellcheck $file" shellcheck -x -P SCRIPTDIR -e SC2016 \
			"$file"
	done
else
	skip 1 "no shellcheck"
fi

flakes() {
	# Names that come by import * are those of the format, or of a table.
	pyflakes3 "$@" > "$tmp/lint" 2>&1 || true
	! grep -v < "$tmp/lint" -e "import \*' used" -e 'from star imports'
}
if command -v pyflakes3 > "$tmp/out"; then
	ok "pyflakes, of ${#python[@]} files" flakes "${python[@]}"
else
	skip 1 "no pyflakes3"
fi

manual() {
	# Whether other pages are installed is not the page's fault.
	mandoc -Tlint "$1" > "$tmp/lint" 2>&1 || true
	! grep -v < "$tmp/lint" -e 'referenced manual not found' \
		-e 'outdated mandoc.db'
}
if command -v mandoc > "$tmp/out"; then
	for file in man/*; do
		[ ! -f "$file" ] || ok "mandoc $file" manual "$file"
	done
else
	skip 1 "no mandoc"
fi

# compile COMPILER [SETTING...]
compile() {
	make -s -j 2 B="$tmp/$1" CC="$1" CFLAGS="-O1 -Werror" "${@:2}"
}
for compiler in gcc clang; do
	if command -v $compiler > "$tmp/out"; then
		ok "$compiler has nothing to warn of" compile $compiler programs
	else
		skip 1 "no $compiler"
	fi
done
ok "it builds where Xen's libraries are not" compile cc all XEN=
ok "and its xc-emit says so" grep -q "built without Xen" \
	<(not "$tmp/cc/xc-emit" 7 2>&1 > "$tmp/out")
stored() {
	"$tmp/cc/xc-absorb" --image "$tmp/image" < "$vectors/good-pv-3" &&
		"$tmp/cc/xc-emit" --image "$tmp/image" | rec-null 1 > "$tmp/out"
}
ok "it stores a stream and emits it nevertheless" stored
plan
