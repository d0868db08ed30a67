#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-ssh without Xen: another command stands where ssh and xl do.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
PATH=$here/../pipelines:$PATH

# there HOST COMMAND: runs it here, as ssh does there.
printf '#!/bin/sh\nshift\nexec sh -c "$*"\n' > "$tmp/there"
chmod +x "$tmp/there"
way=(rec-ssh --ssh "$tmp/there")

ok "no command: usage" status 2 /dev/null rec-ssh dst
ok "an unknown option: usage" status 2 /dev/null rec-ssh -20 dst cat
ok "--ssh without a command: usage" status 2 /dev/null rec-ssh --ssh
ok "-h" status 0 /dev/null rec-ssh -h
ok "--dry-run" status 0 /dev/null rec-ssh --dry-run -3 --ssh 'ssh -p 22' dst xl receive
cat > "$tmp/pipe" << 'END'
rec-checksum --pass-after-end |
rec-compress -3 --pass-after-end |
ssh -p 22 dst 'rec-compress -d --pass-after-end | rec-checksum -d --pass-after-end | xl receive'
END
ok "it prints the pipe" gives "$tmp/pipe"

for file in good-pv-3 good-hvm-3 good-libxl good-xl; do
	{ cat "$vectors/$file" && printf 'domain is yours, you are cleared to unpause\0'; } \
		> "$tmp/sent"
	for option in -1 -19 --no-check; do
		ok "$file, $option: passed" status 0 "$tmp/sent" "${way[@]}" "$option" dst cat
		ok "$file, $option: bit for bit, with what follows" gives "$tmp/sent"
	done
done

# A byte of a page changes on the way, as no frame of zstd would tell.  What
# receives, like xl, takes nothing for whole that has no END.
cat > "$tmp/changes" << END
#!/bin/sh
shift
cat > "$tmp/packed"
rec-compress -d < "$tmp/packed" > "$tmp/clear"
{ head -c 20000 "$tmp/clear" && printf X && tail -c +20002 "$tmp/clear"; } > "$tmp/changed"
rec-compress < "$tmp/changed" | sh -c "\$*"
END
chmod +x "$tmp/changes"
ok "changed on the way: refused" status 1 "$vectors/good-pv-3" \
	rec-ssh --ssh "$tmp/changes" dst rec-null
ok "it is said which record" grep '^rec-checksum: record .*PAGE_DATA' "$tmp/err"
ok "it was changed" not cmp "$tmp/clear" "$tmp/changed"
ok "--no-check: it passes" status 0 "$vectors/good-pv-3" \
	rec-ssh --no-check --ssh "$tmp/changes" dst rec-null
ok "but for that it is the same" \
	[ "$(cmp -l "$vectors/good-pv-3" "$tmp/out" | wc -l)" = 1 ]
ok "it is small on the way" [ "$(stat -c %s "$tmp/packed")" -lt 8000 ]

# Tools that lack the option, here and there.
mkdir "$tmp/old"
printf '#!/bin/sh\nexit 2\n' > "$tmp/old/rec-checksum"
printf '#!/bin/sh\nshift\nPATH=%s:$PATH exec sh -c "$*"\n' "$tmp/old" > "$tmp/outdated"
chmod +x "$tmp/old/rec-checksum" "$tmp/outdated"
why="rec-checksum is too old: it has no --pass-after-end"
ok "a tool is too old here" status 1 /dev/null env "PATH=$tmp/old:$PATH" "${way[@]}" dst cat
ok "it is said" says "rec-ssh: this host: $why"
ok "a tool is too old there" status 1 /dev/null rec-ssh --ssh "$tmp/outdated" dst cat
ok "it is said where" says "rec-ssh: dst: $why"

# Who answers before anything was sent, and again behind END.
cat > "$tmp/receiver" << 'END'
echo banner
head -c "$1" > /dev/null
echo received
head -c 4
printf '\0\1'
END
# talk: the other side of that.
talk() {
	local size line
	size=$(stat -c %s "$vectors/good-libxl")
	coproc { exec "${way[@]}" dst bash "$tmp/receiver" "$size"; }
	read -rt 60 line <&"${COPROC[0]}" && [ "$line" = banner ] || return
	cat "$vectors/good-libxl" >&"${COPROC[1]}"
	read -rt 60 line <&"${COPROC[0]}" && [ "$line" = received ] || return
	printf 'mine' >&"${COPROC[1]}"
	timeout 60 cat <&"${COPROC[0]}" > "$tmp/answer"
}
ok "both sides talk" talk
ok "what comes back is not changed" cmp "$tmp/answer" <(printf 'mine\0\1')

ok "the other side fails" status 1 /dev/null "${way[@]}" dst false
ok "the way fails" status 1 /dev/null rec-ssh --ssh false dst cat
ok "it is said" says "rec-ssh: false dst ended with status 1"
ok "and that nothing was sent" says "rec-ssh: nothing was sent to dst"
printf '#!/bin/sh\necho "Hello"\nexec sleep 1000\n' > "$tmp/greeting"
chmod +x "$tmp/greeting"
ok "a greeting, and no end" status 1 /dev/null rec-ssh --ssh "$tmp/greeting" dst cat
ok "it is said" says "rec-ssh: 'Hello'; its login files, say .bashrc, must not"
ok "none of it reaches xl" gives /dev/null
plan
