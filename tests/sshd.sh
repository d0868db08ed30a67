# SPDX-License-Identifier: LGPL-2.1-or-later
# sshd.sh - a real ssh from this machine to itself, with keys of its own.
#
#     . "${0%/*}/lib.sh"
#     . "${0%/*}/sshd.sh"
#     "${ssh[@]}" date
#
# The daemon is the system's, or the one that the lab has unpacked, and ends with
# the test.  Where there is none, ssh is empty.
#
# shellcheck shell=bash disable=SC2154,SC2034 # lib.sh has tmp and here, tests use ssh
ssh=()
unpacked=$here/../build/lab/sysroot/usr

# find_sshd: prints its path.
find_sshd() {
	PATH=$PATH:/usr/sbin command -v sshd && return
	[ ! -x "$unpacked/sbin/sshd" ] || realpath "$unpacked/sbin/sshd"
}

# start_sshd SSHD: on a port of its own, which nobody else on this machine can use
# without the key.
start_sshd() {
	local port try libraries='' among=()
	# What it needs is unpacked beside it.
	[ "$1" != "$(realpath -m "$unpacked/sbin/sshd")" ] || libraries=$unpacked/lib/x86_64-linux-gnu
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/host-key"
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/user-key"
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	# To root's daemon there has to be this user, whom a package would make.
	if [ "$(id -u)" = 0 ] && ! getent passwd sshd > "$tmp/sshd.user"; then
		{ cat /etc/passwd && echo "sshd:x:65533:65534::/run/sshd:/bin/false"; } > "$tmp/passwd"
		among=(unshare -m sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$tmp/passwd")
	fi
	mkfifo "$tmp/sshd.wait"
	cat > "$tmp/sshd.conf" <<- END
		ListenAddress 127.0.0.1
		HostKey $tmp/host-key
		AuthorizedKeysFile $tmp/user-key.pub
		AuthenticationMethods publickey
		PermitRootLogin prohibit-password
		PidFile none
		StrictModes no
		UsePAM no
	END
	for try in {1..20}; do
		port=$((20000 + (RANDOM * try) % 10000))
		LD_LIBRARY_PATH=$libraries "${among[@]}" "$1" -D -E "$tmp/sshd.log" -f "$tmp/sshd.conf" -p $port &
		sshd=$!
		# It ends when somebody else has the port.
		until grep -qs "listening on" "$tmp/sshd.log" || ! kill -0 $sshd 2> "$tmp/sshd.gone"; do
			read -rt 0.02 <> "$tmp/sshd.wait" || true
		done
		! kill -0 $sshd 2> "$tmp/sshd.gone" || break
	done
	kill -0 "$sshd" 2> "$tmp/sshd.gone" || { cat "$tmp/sshd.log" >&2 && exit 1; }
	trap 'kill $sshd; rm -rf "$tmp"' EXIT
	ssh=(ssh -F none -i "$tmp/user-key" -o BatchMode=yes -o StrictHostKeyChecking=no
		-o UserKnownHostsFile="$tmp/known" -o LogLevel=ERROR -p "$port" "$(id -un)@127.0.0.1")
}
sshd=$(find_sshd)
[ -z "$sshd" ] || start_sshd "$sshd"
