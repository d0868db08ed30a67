#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, and what is made of it: -h says all that the parser knows, --help shows
# examples of the man page, and shells complete both.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

top=$here/..
build=$(cd "$(dirname "$(command -v rec-null)")/.." && pwd)
PATH=$PATH:$top/pipelines
tools=() scripts=()
for file in "$top"/man/*.[18]; do
	name=$(basename "${file%.*}")
	if [ -e "$top/pipelines/$name" ]; then
		scripts+=("$name")
	else
		tools+=("$name")
	fi
done
mkdir "$tmp/d" "$tmp/help"
cd "$tmp/d"
for name in "${tools[@]}" "${scripts[@]}"; do
	"$name" -h > "$tmp/help/$name"
done

# options TOOL: those in its help, a line each, with the value; a letter before
# a word that begins with it has the word's.  A value that may be missing is
# in brackets.
options() {
	sed -En 's/^  (-[^ ].*)/\1/; T; s/  .*//; s/ \.\. |, /\n/g; p' "$tmp/help/$1" |
		sed -E 's/^(-[-a-zA-Z0-9]+)(\[?)[ =](.*)/\1 \2\3/' |
		awk '{ if (letter != "") print letter, tolower(letter) == \
				"-" substr($1, 3, 1) ? $2 : ""; letter = "" }
			NF == 1 && /^-[a-zA-Z]$/ { letter = $1; next }
			{ print }
			END { if (letter != "") print letter }' | sed 's/ $//' | sort
}
# named TOOL: their names; levels are digits.
named() {
	options "$1" | cut -d ' ' -f 1 | grep -vx -e '-[0-9]*'
}

# What the parsers know.  The macros of a table of long options stand in these
# headers; the letters are getopt_long's.
table() {
	awk '/^#define/ { macro = $2 }
		macro != "" { body[macro] = body[macro] $0 }
		!/\\$/ { macro = "" }
		/struct option longs/ { inside = 1 }
		inside { line = $0; sub(/,?$/, "", line); gsub(/\t/, "", line)
			print line in body ? body[line] : $0 }
		/^};/ { inside = 0 }' "$top"/common/{opts,keyring}.h "$@" |
		grep -oE '\{ "[-a-z]+"' | sed 's/{ "/--/; s/"//'
}
known_to_tool() {
	local files=("$top/filters/$1"*.c)
	table "${files[@]}"
	{ sed -n 's/.*":\([^"]*\)" OPTS_LETTERS.*/\1/p' "${files[@]}" | tr -d ':0-9\n'
		sed -n 's/^#define OPTS_LETTERS\t"\(.*\)".*/\1/p' "$top/common/opts.h"
	} | grep -o . | sed 's/^/-/'
}
known_to_script() {
	sed -n '/^while .* == -\* ]]/,/^\tesac/p' "$top/pipelines/$1" |
		grep -oE '(^|;;)[[:space:]]+-[^)]*\)' | tr -d '\t);' | sed 's/ | /\n/g' |
		tr -d ' ' | grep -v '\['
}
agrees() {
	"known_to_$1" "$2" | sort > "$tmp/known"
	grep -q -e -V "$tmp/known" && diff "$tmp/known" <(named "$2")
}
for name in "${tools[@]}"; do
	ok "$name -h has the options that it takes" agrees tool "$name"
done
for name in "${scripts[@]}"; do
	ok "$name -h has the options that it takes" agrees script "$name"
done
described() {
	local word all=0
	for word in $(named "$1"); do
		grep -Eq -- "^\.It .*(Fl |, )${word#-}( |$)" "$top/man/$1".[18] ||
			{ all=1 && echo "$word"; }
	done
	return $all
}
for name in "${tools[@]}" "${scripts[@]}"; do
	ok "$name's man page has them too" described "$name"
done

# The same option is in the same place, and is said to be the same.
ends_alike() {
	local name all=0
	for name in "${tools[@]}"; do
		[[ $(grep '^  -' "$tmp/help/$name" | tail -n 4 | cut -c 3-15 | paste -sd ' ') == \
			"-q, --quiet   -v, --verbose -h, --help    -V, --version" ]] ||
			{ all=1 && echo "$name"; }
	done
	return $all
}
ok "-q, -v, -h and -V are last" ends_alike
for term in "-T, --threads N" "-h, --help" "-V, --version" "--pass-after-end"; do
	ok "$term is the same everywhere" test "$(cd "$tmp/help" &&
		grep -h "^  $term  " "${tools[@]}" | sort -u | wc -l)" = 1
done

# sample VALUE: something that the parser takes for it.
rec-encrypt --keygen -o "$tmp/key" 2> "$tmp/notes"
age-keygen -y "$tmp/key" > "$tmp/recipients"
sample() {
	case $1 in
	RECIPIENT) cat "$tmp/recipients" ;;
	FILE) echo "$tmp/recipients" ;;
	SIZE) echo 1M ;;
	MOVE | HEX) echo 00112233445566778899aabbccddeeff ;;
	EXPR) echo type=END ;;
	KEY=VALUE) echo name=mail ;;
	INTERVAL) echo 1s ;;
	FORM) echo raw ;;
	N | S | MS | MIB | PFN) echo 7 ;;
	new*) echo new ;;
	[a-z]*) echo "${1%%|*}" ;;
	*) echo text ;;
	esac
}
# version COMMAND...: whether that comes to -V at its end.
version() {
	[[ $("$@" -V < /dev/null 2>&1) =~ ^[a-z]+-[a-z]+' '[0-9.]+ ]] && return
	echo "not taken: $*"
	return 1
}
# A value that is missing: a tool says so, a script takes -V for it.
wants_value() {
	case " ${tools[*]} " in
	*" $1 "*) [[ $("$@" 2>&1 < /dev/null) == *"needs a value"* ]] ;;
	*) not version "$@" > /dev/null ;;
	esac || { echo "$*: takes no value" && return 1; }
}
taken() {
	local option value all=0
	while read -r option value; do
		case $option:$value in
		-h: | --help: | --forms:) [[ -n $("$1" "$option") ]] ;;
		*:) version "$1" "$option" ;;
		*:\[*) version "$1" "$option" && version "$1" "$option=7" ;;
		*) version "$1" "$option" "$(sample "$value")" &&
			wants_value "$1" "$option" ;;
		esac || all=1
	done < <(options "$1")
	return $all
}
for name in "${tools[@]}" "${scripts[@]}"; do
	ok "$name takes what its -h says, with a value or without" taken "$name"
done

# --help: -h, and behind it 2 to 5 examples of the man page, each below a line
# that says what it is for.
shown() {
	local line block='' examples=0 page
	page=$("$here/examples" "$top/man/$1".[18])
	"$1" --help > "$tmp/out"
	cmp -n "$(stat -c %s "$tmp/help/$1")" "$tmp/out" "$tmp/help/$1" || return
	while IFS= read -r line; do
		case $line in
		'    '*) block+=$'\n'${line#    } ;;
		'  '* | end)
			if [[ $'\n'$page$'\n' != *"$block"$'\n'* ]]; then
				echo "not in the man page:$block" && return 1
			fi
			[[ -z $block ]] || examples=$((examples + 1))
			block=''
			;;
		*) echo "neither text nor command: $line" && return 1 ;;
		esac
	done < <(sed '1,/^Examples:$/d' "$tmp/out" && echo end)
	[[ $examples == [2-5] ]] || { echo "$examples examples" && return 1; }
}
for name in "${tools[@]}" "${scripts[@]}"; do
	ok "$name --help shows examples of its man page" shown "$name"
done
ok "rec-examples knows no other names" status 2 /dev/null rec-examples rec-other

# What bash completes.
mkdir -p home/.ssh sub bin
touch vm.rec 'two words' bin/xenrec-command
echo "dst,10.0.0.2 ssh-ed25519 AAAA" > home/.ssh/known_hosts
echo "|1|x|y ssh-ed25519 AAAA" >> home/.ssh/known_hosts
cat > bin/xl <<- 'END'
	#!/bin/sh
	printf 'Name ID Mem VCPUs State Time\nDomain-0 0 1 1 r 1\nmail 7 1 1 b 1\n'
END
chmod +x bin/*
# offered WORD...: what is offered for the last one, on a line.
offered() {
	PATH=$PWD/bin:$PATH HOME=$PWD/home bash --norc -c '
		source "$0/completions/bash/$1"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"$(complete -p "$1" | sed "s/.* -F \([^ ]*\) .*/\1/")"
		IFS="|"
		echo "${COMPREPLY[*]}"' "$build" "$@"
}
# offers WANTED WORD...
offers() {
	local got
	got=$(offered "${@:2}")
	[[ $got == "$1" ]] && return
	echo "${*:2}: offered are $got, not $1"
	return 1
}
every() {
	local want
	want=$(options "$1" | sed -E 's/^(--[a-z]+) json$/\1=json/; s/ .*//' | LC_ALL=C sort)
	diff <(echo "$want") <(offered "$1" - | tr '|' '\n' | LC_ALL=C sort)
}
for name in "${tools[@]}" "${scripts[@]}"; do
	ok "$name: every option" every "$name"
done
ok "a word" offers "--pad|--pass-after-end|--passphrase|--passphrase-fd|--passphrase-file" \
	rec-encrypt --pa
ok "files" offers "bin|home|sub|two words|vm.rec" rec-ls ""
ok "files that begin so" offers vm.rec rec-ls -l v
ok "files, of an option" offers vm.rec rec-convert --to v3 -o v
ok "of a letter's long name" offers vm.rec rec-convert --output = v
ok "directories" offers "bin|home|sub" rec-split --implode ""
ok "commands" offers xenrec-command xc-absorb --standby --fence xenrec-
ok "domains" offers "Domain-0|mail" xc-emit --live ""
ok "one domain" offers "" xc-emit mail ""
ok "hosts" offers dst rec-migrate --timeout 7 mail ds
ok "hosts, again and again" offers dst rec-evacuate north south ds
ok "no hosts where a domain is" offers mail rec-migrate --json m
ok "forms" offers "xen-core|xl" rec-convert --to x
ok "all of them" offers "$(rec-convert --forms | cut -c 10- | cut -d ' ' -f 1 |
	sort | paste -sd '|')" rec-convert --from ""
ok "what is to be typed" offers "blake2b|crc32c" rec-checksum -a ""
ok "of a value that is attached" offers json rec-compress --stats =
ok "and begun" offers json rec-compress --stats = j
ok "nothing for a number" offers "" rec-compress -T ""
ok "nothing where no operand is" offers "" rec-compress -d ""

# syntax SHELL OPTION FILE...: whether SHELL can read them all, running nothing.
syntax() {
	local file
	for file in "${@:3}"; do
		"$1" "$2" "$file" || return
	done
}
for file in "$build"/completions/bash/*; do
	ok "bash reads ${file##*/}" bash -n "$file"
done
if command -v shellcheck > "$tmp/notes"; then
	ok "shellcheck" shellcheck -e SC2016 "$build"/completions/bash/*
else
	skip 1 "no shellcheck"
fi
if command -v zsh > "$tmp/notes"; then
	ok "zsh reads its own" syntax zsh -n "$build"/completions/zsh/_*
else
	skip 1 "no zsh"
fi
if command -v fish > "$tmp/notes"; then
	ok "fish reads its own" syntax fish -n "$build"/completions/fish/*.fish
	ok "fish completes" eval 'fish -c "source $build/completions/fish/rec-compress.fish
		complete -C \"rec-compress --wi\"" | grep -q -e "^--window"'
else
	skip 2 "no fish"
fi
shells() {
	make -s -o all -C "$top" install B="$build" DESTDIR="$tmp/root" PREFIX=/usr &&
		cd "$tmp/root/usr/share" && for name in "${tools[@]}" "${scripts[@]}"; do
			ls "bash-completion/completions/$name" \
				"zsh/vendor-completions/_$name" \
				"fish/vendor_completions.d/$name.fish" || return
		done > "$tmp/out"
}
ok "they are installed where shells look" shells
plan
