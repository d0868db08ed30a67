#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-archive: guests run on while they are archived, and come back whole.
# shellcheck source=tests/lab/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=tests/lab/devices.sh
. "${0%/*}/devices.sh"
lab_reset

on src 'rm -rf /tmp/kept; mkdir /tmp/kept; for key in key other; do
	rec-encrypt --keygen -q -o "/tmp/$key"; done'
mine=$(on src "sed -n 's/.*key: //p' /tmp/key")
lab_create src pv first > "$tmp/domid"
on src 'xl destroy first'
traces src > "$tmp/none"

archive() {
	on src 'rec-archive -o /tmp/kept -b 400K -r "$1" -i /tmp/key "${@:2}" > /tmp/said' "$mine" "$@"
}
domid=$(lab_create src pvh mail)
traces src > "$tmp/before"
ok "a guest is archived, sealed, in volumes" archive mail
ok "it goes on, memory whole" ran_on src mail
ok "nothing else changed" same_traces src "$tmp/before"
ok "there are volumes, a manifest, and nothing else" on src 'cd /tmp/kept &&
	ls mail-*.001.rec mail-*.json && [ -z "$(ls -A | grep -v "^mail-")" ]'
ok "by its number, too" archive "$domid"
ok "it is named after the guest" on src '[ "$(ls /tmp/kept/mail-*.json | wc -l)" = 2 ]'
ok "live, and the oldest goes" archive --live --keep 2 mail
ok "two are left" on src '[ "$(ls /tmp/kept/*.json | wc -l)" = 2 ] &&
	[ "$(ls /tmp/kept/*.000.rec | wc -l)" = 2 ]'
ok "both whole" on src 'for m in /tmp/kept/*.json; do rec-verify -i /tmp/key "$m" || exit; done'
ok "the guest runs on" runs src mail
ok "beside it none is restored" fails 5 src 'rec-restore -i /tmp/key "$(ls /tmp/kept/*.json | tail -n 1)"'
ok "it runs on" runs src mail
on src 'xl destroy mail'

last='m=$(ls /tmp/kept/*.json | tail -n 1); '
ok "with a wrong key: refused" fails 4 src "$last"'rec-restore --unpause -i /tmp/other "$m"'
ok "before a domain is there" on src '! xl domid mail'
on src "$last"'v=${m%.json}.001.rec; cp "$v" /tmp/volume
	printf damage | dd of="$v" bs=1 seek=1000 conv=notrunc'
ok "damaged: refused" fails 4 src "$last"'rec-restore --unpause -i /tmp/key "$m"'
ok "the volume is named" grep -q '^rec-verify: mail-.*\.001\.rec is damaged' "$tmp/err"
ok "nothing of it is there" same_traces src "$tmp/none"
on src "$last"'cp /tmp/volume "${m%.json}.001.rec"'
ok "whole: paused at first" on src "$last"'rec-restore -i /tmp/key "$m" > /tmp/receipt &&
	xl list mail | grep -- --p---'
ok "it is the guest that the manifest says" on src "$last"'grep -F "$(sed -n \
	"s/.*\"receipt\"//; s/.*\"\(digest\":\"[0-9a-f]*\).*/\1/p" /tmp/receipt)" "$m"'
on src 'xl destroy mail'
ok "let run" on src "$last"'rec-restore --unpause -i /tmp/key "$m" > /tmp/receipt'
ok "it counts on, memory whole" came_whole src mail
ok "a copy beside it" on src "$last"'rec-restore --unpause --uuid new --name mail2 -i /tmp/key "$m" \
	-- --max-mem 64 > /tmp/receipt'
ok "both run" eval 'runs src mail && runs src mail2'
on src 'xl destroy mail; xl destroy mail2'

lab_create src pv web > "$tmp/domid"
traces src > "$tmp/before"
ok "a PV guest to a store" on src 'mkdir -p /tmp/store && rec-archive -q -o /tmp/kept \
	--upload "cat > /tmp/store/\$FILE" --fetch "cat /tmp/store/\$FILE" web'
ok "it goes on, memory whole" ran_on src web
ok "a store that fails: not archived" fails 1 src 'rec-archive -o /tmp/kept \
	--upload "head -c 100000; exit 1" --fetch "cat /tmp/store/\$FILE" web'
ok "the guest runs on" runs src web
ok "no trace of it" same_traces src "$tmp/before"
ok "a guest that is not there" fails 1 src 'rec-archive -o /tmp/kept nobody'
ok "nothing is left of either" on src '[ -z "$(ls -A /tmp/kept | grep -v -e "^mail-" -e "^web-")" ] &&
	! ls /tmp/kept/nobody*'
on src 'xl destroy web'
ok "back from the store" on src 'rec-restore --unpause --fetch "cat /tmp/store/\$FILE" \
	"$(basename /tmp/store/*.json)" > /tmp/receipt'
ok "it counts on, memory whole" came_whole src web
on src 'xl destroy web'

# Whose disk goes on being written, which the archive does not have.
lab_create_full src pvh full > "$tmp/domid"
traces src > "$tmp/before"
ok "a guest with a disk" archive full
ok "it goes on, memory whole" ran_on src full
ok "and writes to its disk" writes src full full
ok "nothing else changed" same_traces src "$tmp/before"
ok "xl's own file is inside" on src 'm=$(ls /tmp/kept/full-*.json); rec-verify -i /tmp/key "$m" &&
	cat "${m%.json}".*.rec | rec-split -j - | rec-encrypt -d -i /tmp/key | rec-checksum -d |
	rec-compress -d | head -c 32 | grep -aF "Xen saved domain, xl format"'
on src 'xl destroy full'
ok "it comes back" on src 'rec-restore --unpause -i /tmp/key "$(ls /tmp/kept/full-*.json)" > /tmp/receipt'
ok "it counts on, memory whole" came_whole src full
ok "it has its disk" on src 'xl block-list full | grep "^51712 "'
ok "and writes to it" writes src full full
lab_reset
on src 'rm -rf /tmp/kept /tmp/store'
plan
