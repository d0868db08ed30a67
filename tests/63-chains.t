#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random streams through random chains of filters and back; each run goes on
# where the last one ended.  `make soak' takes an hour for it.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

build=$(dirname "$(dirname "$(command -v rec-null)")")
ok "25 seconds of random chains" "$here/chains" --seconds 25 \
	--state "$build/chains.state"

# A rec-compress that loses the last byte of what it unpacks.
real=$(command -v rec-compress)
mkdir "$tmp/wrong"
cat > "$tmp/wrong/rec-compress" <<- END
	#!/bin/bash
	set -o pipefail
	[ "\$1" = -d ] || exec "$real" "\$@"
	"$real" "\$@" | head -c -1
END
chmod +x "$tmp/wrong/rec-compress"
found() {
	local got=0
	PATH=$tmp/wrong:$PATH "$here/chains" --seconds 600 \
		--state "$tmp/state" > "$tmp/found" || got=$?
	[ "$got" = 1 ] && grep -q 'rec-compress -d' "$tmp/found" &&
		read -ra replay < <(grep -F -- --seed "$tmp/found")
}
ok "one that is wrong is found" found
ok "what is printed replays it" eval '! PATH=$tmp/wrong:$PATH \
	"$here/${replay[0]#tests/}" --state "$tmp/state" "${replay[@]:1}"'
ok "and passes when it is right" \
	"$here/${replay[0]#tests/}" "${replay[@]:1}"
plan
