#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `make soak-terabyte' in small: that it looks, and sees what grows.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

if [ -n "${SANITIZED-}" ]; then
	skip_all "a sanitizer's memory grows"
fi
small() {
	"$here/terabyte" 512M "$tmp/log" 0.05 32 > "$tmp/flat" 2> "$tmp/err"
}
ok "512 MiB through all filters and back, and nothing grows" small
ok "each of the processes was looked at" test "$(wc -l < "$tmp/flat")" -ge 16

# A command that keeps some of what it hands on, and descriptors.
cat > "$tmp/hoard" <<- 'END'
	#!/usr/bin/env python3
	import os
	kept = []
	while piece := os.read(0, 1 << 20):
	    os.write(1, piece)
	    kept.append((bytearray(piece[:len(piece) // 2]), os.dup(0)))
END
mkdir "$tmp/wrong"
printf '#!/bin/bash\n"%s" "$@" | "%s"\n' "$(command -v rec-checksum)" \
	"$tmp/hoard" > "$tmp/wrong/rec-checksum"
chmod +x "$tmp/hoard" "$tmp/wrong/rec-checksum"
grows() {
	! PATH=$tmp/wrong:$PATH small &&
		grep -Eq 'hoard .*: kib [0-9]+ then [0-9]+' "$tmp/err" &&
		grep -Eq 'hoard .*: descriptors [0-9]+ then [0-9]+' "$tmp/err"
}
ok "what grows is told" grows
plan
