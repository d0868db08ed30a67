#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# make install, uninstall, dist and static.  make check-package has built all.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
top=$here/..
build=$(cd "$(dirname "$(command -v rec-ls)")" && pwd)
export MAKEFLAGS=
make=(make -s -C "$top" "B=$build")

# What is installed, and is gone again.
dest=$tmp/root
for prefix in /usr/local /opt/x; do
	to=(DESTDIR="$dest" PREFIX="$prefix")
	mkdir -p "$dest$prefix/bin" "$dest$prefix/lib/xenrec"
	echo mine | tee "$dest$prefix/bin/other" > "$dest$prefix/lib/xenrec/other"
	ok "install into $prefix" "${make[@]}" install "${to[@]}"
	ok "the filters" "$dest$prefix/bin/rec-ls" -V
	ok "a unit has its path" grep -q "^ExecStart=$prefix/sbin/rec-archive " \
		"$dest$prefix/lib/systemd/system/rec-archive@.service"
	# It says so of a file that no helper can read; without them, of any.
	ok "a script finds its helpers" eval 'echo > "$tmp/none" &&
		status 3 /dev/null "$dest$prefix/sbin/rec-verify" "$tmp/none" &&
		says "rec-verify: $tmp/none: not a whole manifest of rec-archive" &&
		[ "$(wc -l < "$tmp/err")" = 1 ]'
	ok "and its tools" grep -qx "$(xc-emit -V)" \
		<(PATH=$dest$prefix/sbin:/usr/bin:/bin rec-archive -V)
	ok "uninstall" "${make[@]}" uninstall "${to[@]}"
	ok "leaves what is another's, alone" test \
		"$(cd "$dest" && find . -type f | sort)" = \
		".$prefix/bin/other"$'\n'".$prefix/lib/xenrec/other"
	rm -r "$dest"
done
"${make[@]}" install DESTDIR="$dest" PREFIX=/usr SYSTEMD=/lib/systemd/system
ok "the units go elsewhere" test -e "$dest/lib/systemd/system/rec-archive@.timer"
ok "and are taken from there" eval '"${make[@]}" uninstall DESTDIR="$dest" \
	PREFIX=/usr SYSTEMD=/lib/systemd/system && [ -z "$(find "$dest" -type f)" ] &&
	[ ! -e "$dest/usr/lib/xenrec" ]'
ok "what is not there can be uninstalled" "${make[@]}" uninstall DESTDIR="$tmp/none"

# dist BYTES: what make dist made of a clean checkout.
dist() {
	make -s -C "$tmp/clone" dist && cp "$tmp/clone"/build/xenrec-*.tar.gz "$1"
}
if git -C "$top" rev-parse HEAD > "$tmp/head" 2>&1; then
	git clone -q "$top" "$tmp/clone"
	git -C "$tmp/clone" config tar.umask 0077
	ok "dist" dist "$tmp/first"
	ok "leaves the checkout clean" test -z "$(git -C "$tmp/clone" status --porcelain)"
	touch "$tmp/clone/README"
	ok "again" dist "$tmp/second"
	ok "the same bytes" cmp "$tmp/first" "$tmp/second"
	ok "they are git archive's" eval 'git -C "$top" -c tar.umask=0002 archive \
		--prefix="xenrec-$(rec-ls -V | cut -d " " -f 2)/" HEAD |
		gzip -n | cmp - "$tmp/first"'
else
	skip 5 "this is no git checkout"
fi

# Static filters, where there is nothing else.
bare=$tmp/bare
mkdir "$bare"
cp "$build"/static/* "$bare"
ok "all filters are static" test "$(cd "$bare" && echo ./*)" = \
	"$(cd "$build" && echo ./rec-*)"
for file in "$bare"/*; do
	ok "${file##*/} needs no library" not grep -q . <(readelf -Wld "$file" |
		grep -e INTERP -e NEEDED -e DYNAMIC)
done
if ! chroot "$bare" /rec-ls -V > "$tmp/version" 2>&1; then
	skip 6 "chroot is for root"
	plan
	exit
fi
# alone TOOL ARGUMENT...: it, with its directory for the world.
alone() {
	chroot "$bare" "/$1" "${@:2}"
}
ok "they run" grep -qx "$(rec-ls -V)" "$tmp/version"
ok "in their sandbox" eval '[ "$(alone rec-ls -V -v)" = "$(rec-ls -V -v)" ]'
age-keygen -o "$bare/key" 2> "$tmp/notes"
stream=$tmp/stream
"$here/gen/make-stream" mixed 4 > "$stream"
rec-compress < "$stream" | rec-checksum | rec-encrypt -r "$(age-keygen -y "$bare/key")" |
	(cd "$bare" && rec-split -b 1M v.)
parts=("$bare"/v.*)
restored() {
	alone rec-split -j "${parts[@]#"$bare"}" | alone rec-encrypt -d -i /key |
		alone rec-checksum -d | alone rec-compress -d | cmp - "$stream"
}
ok "an archive of ${#parts[@]} parts comes back" restored
ok "also where libcrypto is configured" eval 'printf "openssl_conf = o\n[o]\n$(
	)providers = p\n[p]\nfips = f\n[f]\nactivate = 1\n" > "$bare/cnf" &&
	OPENSSL_CONF=/cnf restored'
printf X | dd of="${parts[1]}" bs=1 seek=5000 conv=notrunc 2> "$tmp/notes"
ok "a damaged one does not" not restored
# What static tools write, others read: also the check of each piece.
ok "what they make is opened by the others" eval 'alone rec-compress < "$stream" |
	alone rec-checksum | alone rec-encrypt -r "$(age-keygen -y "$bare/key")" |
	rec-encrypt -d -i "$bare/key" | rec-checksum -d | rec-compress -d | cmp - "$stream"'
plan
