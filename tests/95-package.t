#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's packages: built, looked at, put on a bare Debian, used and removed.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
version=$(rec-ls -V | cut -d ' ' -f 2)
work=$tmp/xenrec-$version root=$tmp/root

mkdir "$work"
tar -C "$here/.." --exclude=./build --exclude=./.git -cf - . | tar -C "$work" -xf -
build() {
	# Those of make and of tests are none of the package's.
	(cd "$work" && env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS LC_ALL=C.UTF-8 \
		dpkg-buildpackage -us -uc > "$tmp/log" 2>&1) ||
		{ tail -n 40 "$tmp/log" && return 1; }
}
ok "dpkg-buildpackage" build
ok "every compiler and linker got its flags" blhc "$tmp/log"
lint() {
	lintian -I --pedantic "$tmp"/xenrec_*.changes > "$tmp/out" 2> "$tmp/err"
	cat "$tmp/out" "$tmp/err"
	not test -s "$tmp/out"
}
ok "lintian has nothing to say" lint
debs=("$tmp/xenrec_${version}_"*.deb "$tmp/xenrec-xen_${version}_"*.deb)
ok "the package has the version of the tools" test -f "${debs[0]}"
ok "the filters need no Xen" not grep -q xen <(dpkg-deb -f "${debs[0]}" Depends)

if [ "$(id -u)" != 0 ]; then
	skip 17 "to install is for root"
	plan
	exit
fi
# A mount that is made there ends with the command, however that ends.
# bare COMMAND...: on the bare Debian.
bare() {
	unshare --mount sh -ec 'mount -t proc proc "$0/proc"
		exec chroot "$0" "$@"' "$root" env -i \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		${http_proxy:+"http_proxy=$http_proxy"} "$@" < /dev/null
}
# Where this machine has its packages from, updates too: they were built for those.
apt-get indextargets --format 'deb $(SITE) $(RELEASE) main' 'Created-By: Packages' \
	'Origin: Debian' 'Component: main' > "$tmp/sources"
mirror=$(sed -n 's/^deb \(.*\) bookworm main$/\1/p' "$tmp/sources" | head -n 1)
boot() {
	unshare --mount debootstrap --variant=minbase bookworm "$root" "$mirror" \
		> "$tmp/log" 2>&1 || { tail -n 20 "$tmp/log" && return 1; }
}
ok "a bare Debian" boot
grep bookworm "$tmp/sources" > "$root/etc/apt/sources.list"
mkdir "$root/debs"
cp "${debs[@]}" "$vectors/good-pv-3" "$root/debs"
"$here/gen/make-kept" 12345678-1234-1234-1234-123456789abc 1 > "$root/debs/guest"
install="apt-get install -qy --no-install-recommends"
ok "xenrec is installed" bare sh -c "apt-get update -q && $install /debs/xenrec_*.deb"
ok "and nothing of Xen" not grep -q 'libxen\|xen-utils' \
	<(bare dpkg-query -W -f '${Package}\n')
ok "rec-ls -V" grep -qx "rec-ls $version" <(bare rec-ls -V)
bare sh -c 'cd /debs && umask 077 && echo a secret > pass && echo another > wrong'
ok "a stream is sealed" bare sh -c 'cd /debs && rec-compress < good-pv-3 |
	rec-checksum | rec-encrypt --passphrase-file pass > sealed'
ok "it cannot be read" not bare sh -c 'rec-checksum -d < /debs/sealed'
ok "and not opened by another passphrase" not bare sh -c \
	'rec-encrypt -d --passphrase-file /debs/wrong < /debs/sealed'
ok "it is opened" bare sh -c 'cd /debs && rec-encrypt -d --passphrase-file pass \
	< sealed | rec-checksum -d | rec-compress -d | cmp - good-pv-3'

ok "xenrec-xen is installed" bare sh -c "$install /debs/xenrec-xen_*.deb"
ok "xc-emit -V" grep -qx "xc-emit $version" <(bare xc-emit -V)
ok "the unit runs what is there" test -x \
	"$root$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$root/lib/systemd/system/rec-archive@.service")"
# The scripts' helpers, and what these need of Debian.
ok "an image is archived" bare sh -c 'cd /debs && xc-absorb --image image < guest &&
	rec-archive --image image -b 64K -o /debs'
ok "the archive is sound" bare sh -c 'rec-verify /debs/*.json'

# What apt, dpkg and the shell were told stays theirs.
ours() {
	(cd "$root" && find . -xdev \( -name '*xenrec*' -o -name 'rec-*' -o -name 'xc-*' \) \
		-not -path './debs/*' -not -path './var/cache/*' -not -path './proc/*' | sort)
}
bare dpkg -L xenrec xenrec-xen | sort -u > "$tmp/files"
ok "there are files of ours" test "$(ours | wc -l)" -gt 40
ok "they are removed" bare apt-get remove -qy xenrec xenrec-xen
ok "and purged" bare dpkg --purge xenrec xenrec-xen
ours > "$tmp/left"
while read -r file; do
	[ -d "$root$file" ] || [ ! -e "$root$file" ] || echo "$file"
done < "$tmp/files" >> "$tmp/left"
ok "nothing of ours is left" diff /dev/null "$tmp/left"
plan
