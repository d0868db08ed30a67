#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rec-archive, rec-verify, rec-restore and rec-prune, with stored images and a
# real rclone: what makes an archive, and what is left when one does not come
# about.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
PATH=$here/../pipelines:$PATH

uuid=12345678-1234-1234-1234-123456789abc
for n in 1 2; do
	"$here/gen/make-kept" "$uuid" $n > "$tmp/guest-$n"
	xc-absorb --image "$tmp/image-$n" < "$tmp/guest-$n" > "$tmp/notes"
	# What is emitted of an image has other records, and so another digest.
	xc-emit --image "$tmp/image-$n" > "$tmp/plain-$n"
done
digest=$(xc-absorb -tv < "$tmp/plain-1" 2>&1 | sed 's/.*digest //')
for key in key other; do
	rec-encrypt --keygen -q -o "$tmp/$key"
done
mine=$(sed -n 's/.*key: //p' "$tmp/key")
echo "correct horse battery staple" > "$tmp/phrase"
chmod 600 "$tmp/phrase"
mkdir "$tmp/d"
cd "$tmp/d"

# archives STATUS OPTION...: image-1 into here.
archives() {
	status "$1" /dev/null rec-archive --image "$tmp/image-1" "${@:2}"
}
# verdict STATUS FILTER OPTION...: rec-verify, and what of its JSON holds.
verdict() {
	status "$1" /dev/null rec-verify --json "${@:3}" ./*.json &&
		jq -e "$2" "$tmp/out"
}
bare() {
	rm -rf "$tmp/d/"{*,.[!.]*} 2> "$tmp/notes"
}
# nothing: no file is here, not even a hidden one.
nothing() {
	[ -z "$(ls -A)" ] || { ls -lA && false; }
}

# holds DIR COUNT: so many files are there.
holds() {
	[ "$(find "$1" -mindepth 1 | wc -l)" = "$2" ]
}

# --- what an archive is ---
ok "an image is archived" archives 0
ok "as one file and a manifest, which nobody else may read" eval \
	'set -- * && [ $# = 2 ] && [ "$(stat -c %a "$@" | sort -u)" = 600 ]'
ok "nothing else is there" holds . 2
ok "they are named after guest and time" eval \
	'ls | grep -Ex "mail-[0-9]{8}T[0-9]{6}Z[.](rec|json)" | wc -l | grep -x 2'
ok "the manifest says what is in it" jq -e --arg digest "$digest" --arg uuid \
	"$uuid" --argjson bytes "$(stat -c %s "$tmp/plain-1")" \
	--arg sum "$(sha256sum ./*.rec | cut -c 1-64)" --arg file "$(echo ./*.rec)" \
	--argjson size "$(stat -c %s ./*.rec)" '.version == 1 and .guest.name == "mail" and
	.guest.uuid == $uuid and .guest.digest == $digest and .guest.bytes == $bytes and
	.guest.xen_version == "4.17.7" and .stored == $size and .encrypted == false and
	.tools == "0.1" and .volumes == [{file: $file[2:], size: $size, sha256: $sum}]' \
	./*.json
ok "the stream comes out again" eval \
	'rec-checksum -d < *.rec | rec-compress -d | cmp - "$tmp/plain-1"'
ok "it is verified to the end" verdict 0 \
	'.result == "sound" and .opened and .damaged == []'
# A record in the middle, so that what is before and behind it is there.
cp ./*.rec "$tmp/whole"
printf damage | dd of="$(echo ./*.rec)" bs=1 seek=500000 conv=notrunc 2> "$tmp/notes"
ok "damaged, it is told" verdict 4 '.result == "damaged" and (.damaged | length) == 1'
ok "by name" grep -q "^rec-verify: $(echo *.rec) is damaged: its bytes" "$tmp/err"
ok "and where" grep -q "^rec-checksum: record .* at byte .*: damaged" "$tmp/err"
ok "nothing is restored of it" status 4 /dev/null rec-restore ./*.json
ok "it is said what to do" grep -q -- "nothing was restored; --salvage FILE" "$tmp/err"
ok "--salvage" status 4 /dev/null rec-restore --salvage "$tmp/rest" ./*.json
# pages FILE: how many pages it has.
pages() {
	rec-ls --json "$1" | jq -s '[.[] | .body.data? // 0] | add'
}
ok "keeps all but a record" eval \
	'rec-compress -d --salvage < "$tmp/rest" > "$tmp/less"; [ "$(pages "$tmp/less")" = 240 ]'
ok "for its owner alone" test "$(stat -c %a "$tmp/rest")" = 600
ok "what is there is not overwritten" status 5 /dev/null rec-restore \
	--salvage "$tmp/rest" ./*.json
bare

# --- sealed, in volumes ---
ok "sealed, in volumes" archives 0 -b 200K -19 -r "$mine" -i "$tmp/key"
ok "no larger than asked for" test "$(stat -c %s ./*.rec | sort -n | tail -n 1)" -le 204800
ok "the manifest has them in order" eval \
	'[ "$(jq -r ".volumes[].file" ./*.json)" = "$(ls -v | grep rec$)" ] &&
	jq -e ".encrypted and .split" ./*.json'
ok "their bytes are what it says" eval \
	'jq -r ".volumes[] | .sha256 + \"  \" + .file" ./*.json | sha256sum -c'
ok "they come out again" eval 'rec-split -j *.rec | rec-encrypt -d -i "$tmp/key" |
	rec-checksum -d | rec-compress -d | cmp - "$tmp/plain-1"'
ok "without a key: as far as can be seen" verdict 0 '.opened == false and .encrypted'
ok "with it: all" verdict 0 '.opened' -i "$tmp/key"
ok "with another one: refused" verdict 4 '.result == "damaged" and .damaged == []' -i "$tmp/other"
ok "the key is what is wrong" grep -q "rec-encrypt: .*none of the identities fits" "$tmp/err"
ok "rec-restore asks for a key" status 2 /dev/null rec-restore ./*.json
ok "and does not take another one" status 4 /dev/null rec-restore -i "$tmp/other" ./*.json
cp ./* "$tmp"
volume=$(echo ./*.002.rec) whole=$tmp/${volume#./}
# mended: everything is as it was.
mended() {
	cp "$whole" "$volume" && verdict 0 .opened -i "$tmp/key"
}
# wrong WHY: the third volume is, and that is said of it alone, with a key and
# without one.
wrong() {
	local key
	for key in "" "-i $tmp/key"; do
		# shellcheck disable=SC2086 # words
		verdict "$1" ".damaged == [\"${volume#./}\"]" $key &&
			grep -q "^rec-verify: ${volume#./} is $2" "$tmp/err" || return
	done
}
printf damage | dd of="$volume" bs=1 seek=100000 conv=notrunc 2> "$tmp/notes"
ok "a volume is damaged" wrong 4 "damaged: its bytes"
ok "nothing is restored of it" status 4 /dev/null rec-restore -i "$tmp/key" ./*.json
ok "salvage" status 4 /dev/null rec-restore -i "$tmp/key" --salvage "$tmp/before" ./*.json
ok "keeps what is before it" eval 'rec-compress -d --salvage < "$tmp/before" > "$tmp/less";
	[ "$(pages "$tmp/less")" = 48 ]'
ok "mended" mended
# unable: what compares its volumes dies.
unable() {
	mkdir -p "$tmp/unable"
	printf '#!/bin/sh\nkill -9 $$\n' > "$tmp/unable/rec-archive-compare"
	chmod +x "$tmp/unable/rec-archive-compare"
	status 1 /dev/null env PATH="$tmp/unable:$PATH" rec-verify ./*.json &&
		[ ! -s "$tmp/out" ]
}
ok "where nothing can be compared nothing is sound" unable
head -c 100000 "$whole" > "$volume"
ok "a volume is cut" wrong 3 "cut short: it has 100000 of "
rm "$volume"
ok "a volume is missing" wrong 3 missing
ok "and nothing restored" status 3 /dev/null rec-restore -i "$tmp/key" ./*.json
ok "mended" mended
mkdir "$tmp/another"
ok "another archive" status 0 /dev/null rec-archive --image "$tmp/image-2" \
	-o "$tmp/another" -b 200K -r "$mine"
cp "$tmp/another/"*.002.rec "$volume"
ok "a volume of another archive" wrong 4 "damaged: its bytes"
ok "it is said what it is" grep -q "rec-split: .*another set" "$tmp/err"
ok "mended" mended
sed -i "s/$digest/${digest//[0-9]/0}/" ./*.json
ok "another guest than the manifest says" verdict 4 '.damaged == []' -i "$tmp/key"
ok "is told" grep -q "holds another stream than its manifest says" "$tmp/err"
for bytes in 0 100 "$(($(stat -c %s ./*.json) - 3))"; do
	head -c "$bytes" ./*.json > "$tmp/cut.json"
	ok "a manifest cut at byte $bytes" status 3 /dev/null rec-verify "$tmp/cut.json"
done
sed 's/"file":"/"file":"..\//' ./*.json > "$tmp/up.json"
ok "a manifest that leads elsewhere" status 3 /dev/null rec-verify "$tmp/up.json"
ok "no manifest" status 1 /dev/null rec-verify none.json
bare
ok "in volumes, not sealed" archives 0 -b 200K
printf damage | dd of="$(echo ./*.002.rec)" bs=1 seek=100000 conv=notrunc 2> "$tmp/notes"
rm -f "$tmp/rest"
ok "a volume is damaged: salvage" status 4 /dev/null rec-restore --salvage "$tmp/rest" ./*.json
ok "keeps what is before it and behind it" eval 'rec-compress -d --salvage < "$tmp/rest" > "$tmp/less"
	pages "$tmp/less"; [ "$(pages "$tmp/less")" = 240 ]'
bare
ok "with a passphrase" archives 0 --passphrase-file "$tmp/phrase"
ok "it was verified with it" verdict 0 .opened --passphrase-file "$tmp/phrase"
bare

# --- what leaves nothing ---
full() {
	(ulimit -f 300 && rec-archive --image "$tmp/image-1" "$@" 2> "$tmp/err")
}
ok "the disk is full" not full
ok "it is said" grep -q "^rec-archive: mail was not archived" "$tmp/err"
ok "nothing is left" nothing
ok "the disk is full for volumes" not full -b 400K
ok "nothing is left" nothing
ok "a directory that is none" archives 1 -o none
head -c -5000 "$tmp/image-1" > "$tmp/short"
ok "an image that is cut" status 3 /dev/null rec-archive --image "$tmp/short" -o .
ok "nothing is left" nothing
cp "$tmp/image-1" "$tmp/bad"
printf damage | dd of="$tmp/bad" bs=1 seek=20580 conv=notrunc 2> "$tmp/notes"
ok "an image that is damaged" status 4 /dev/null rec-archive --image "$tmp/bad" -b 200K
ok "nothing is left" nothing
"$here/gen/make-guest" still > "$tmp/unnamed"
xc-absorb --image "$tmp/unnamed.img" < "$tmp/unnamed" > "$tmp/notes"
ok "a guest that could not be restored" status 1 /dev/null rec-archive \
	--image "$tmp/unnamed.img"
ok "it is said why" grep -q "xc-absorb: .*no GUEST_CONFIG" "$tmp/err"
ok "nothing is left" nothing
ok "a key that is none" archives 1 -r age1none
ok "nothing is left" nothing

# --- what others have put there ---
echo theirs > "$tmp/d/web-1.json"
"$here/gen/make-kept" "$uuid" 1 web-1.json | xc-absorb --image "$tmp/two.img" > "$tmp/notes"
ok "an image with two names" status 0 /dev/null rec-archive --image "$tmp/two.img"
ok "has none, and takes nobody's place" eval \
	'ls | tr "0-9" 0 | tr "\n" " " | grep -x "image-00000000T000000Z.json image-\S*.rec web-0.json "'
bare
stage=$tmp/d/.xenrec-mail-20200101T000000Z.$HOSTNAME.4194305	# no process' number
planted() {
	bare
	mkdir "$stage"
	echo theirs > "$tmp/victim"
	printf '%s\n' ../victim web-1.json > "$stage/volumes.begun"
	echo "id > '$tmp/run'" | tee "$stage/remove" > "$stage/upload"
	echo theirs > web-1.json
	"$@"
}
ok "a directory as of one that was killed" planted archives 0
ok "nothing in it is run, or named by it removed" eval \
	'[ ! -e "$tmp/run" ] && [ -e "$tmp/victim" ] && [ -e web-1.json ]'
ok "it goes" test ! -e "$stage"
if [ "$(id -u)" = 0 ]; then
	ok "another's" planted eval 'chown -R 65534 "$stage" && archives 0'
	ok "stays" test -e "$stage/volumes.begun"
	ok "which is said" says "rec-archive: ./${stage##*/} is another's, and stays"
fi
bare

# --- elsewhere ---
export RCLONE_CONFIG=/dev/null
mkdir "$tmp/away" "$tmp/log"
remote=:local:$tmp/away
at=(--upload "rclone rcat '$remote/'\$FILE" --fetch "rclone cat '$remote/'\$FILE")
gone=(--remove "rclone deletefile '$remote/'\$FILE")
ok "uploaded" archives 0 -b 400K -r "$mine" -i "$tmp/key" "${at[@]}"
ok "volumes and manifest are there" eval \
	'[ "$(ls "$tmp/away")" = "$(jq -r ".volumes[].file" ./*.json; ls)" ]'
ok "the same manifest here, and nothing else" eval \
	'[ "$(ls -A | wc -l)" = 1 ] && cmp ./*.json "$tmp/away/"*.json'
name=$(echo *.json)
ok "verified there" verdict 0 '.opened and .volumes[2]' -i "$tmp/key" "${at[@]:2}"
ok "also by the manifest there" eval '(cd / && status 0 /dev/null rec-verify \
	"${at[@]:2}" "$name")'
ok "back" eval 'rec-restore --dry-run -i "$tmp/key" "${at[@]:2}" "$name" > "$tmp/way" &&
	eval "$(sed "s/| rec-checksum.*//; /^  /d" "$tmp/way")" > "$tmp/came" &&
	rec-checksum -d < "$tmp/came" | rec-compress -d | cmp - "$tmp/plain-1"'
printf damage | dd of="$(echo "$tmp/away/"*.001.rec)" bs=1 seek=1000 conv=notrunc 2> "$tmp/notes"
volume=${name%.json}.001.rec
ok "damaged there: it is named" verdict 4 ".damaged == [\"$volume\"]" "${at[@]:2}"
rm "$tmp/away/$volume"
ok "missing there: it is named" verdict 3 ".damaged == [\"$volume\"]" "${at[@]:2}"
bare
rm -r "$tmp/away"
mkdir "$tmp/away"
fails_at() {
	archives 1 -b 400K --upload "case \$FILE in $1) head -c 1000 > '$tmp/away/'\$FILE; exit 7;; esac
		${at[1]}" "${at[@]:2}" "${gone[@]}"
}
ok "the upload of the second volume fails" fails_at '*.001.rec'
ok "it is said" grep -q "rec-split: the command for mail.*001.rec exited with 7" "$tmp/err"
ok "nothing is left here" nothing
ok "nor there" test -z "$(ls "$tmp/away")"
ok "that of the manifest fails" fails_at '*.json'
ok "nothing is left here" nothing
ok "nor there" test -z "$(ls "$tmp/away")"
ok "a store that loses bytes" archives 3 -b 400K --upload \
	"{ head -c 9000; cat > '$tmp/log/lost'; } | ${at[1]}" "${at[@]:2}" "${gone[@]}"
ok "nothing is left here" nothing
ok "nor there" test -z "$(ls "$tmp/away")"
ok "nor without --remove an archive" eval 'archives 1 -b 400K --upload "case \$FILE in
	*.001.rec) exit 7;; esac; ${at[1]}" "${at[@]:2}"; ! ls "$tmp/away/"*.json && nothing'
rm "$tmp/away/"*

# --- another host, by a way that stands in for ssh ---
mkdir "$tmp/ways" "$tmp/far"
# A volume is small: of its lanes one may carry all of it before the next is there.
cat > "$tmp/ways/ssh" << END
#!/bin/sh
echo "\$*" >> "$tmp/went"
case \$* in *--feed*)
	while [ "\$(grep -cFx -e "\$*" "$tmp/went")" -lt 3 ]; do sleep 0.02; done ;;
esac
shift
exec sh -c "\$*"
END
chmod +x "$tmp/ways/ssh"
bare
PATH=$tmp/ways:$PATH
host=(--host "dst:$tmp/far" -b 400K)
ok "to another host, over three lanes" archives 0 -r "$mine" -i "$tmp/key" "${host[@]}" --lanes 3
ok "here is the manifest alone" holds . 1
ok "there all is" test "$(find "$tmp/far" -name '*.rec' | wc -l)" -gt 1 -a "$(find "$tmp/far" -name '*.json' | wc -l)" = 1
ok "each volume had three lanes" eval '[ "$(grep -e --feed "$tmp/went" | sort | uniq -c | awk "{ print \$1 }" | uniq)" = 3 ] &&
	[ "$(grep -c -e --feed "$tmp/went")" = $((3 * $(find "$tmp/far" -name "*.rec" | wc -l))) ]'
ok "it is whole" verdict 0 .opened -i "$tmp/key" --fetch "rec-archive-host print dst:$tmp/far"
bare
rm -r "$tmp/far/"* "$tmp/went"
ok "over one connection" archives 0 "${host[@]}"
ok "which is no lane" not grep -e --feed "$tmp/went"
bare
rm -r "$tmp/far"
ok "there is no such directory: status 1" archives 1 "${host[@]}" --lanes 2
ok "nothing is left" nothing
PATH=${PATH#*:}

# A store on the network.
rclone serve webdav --addr 127.0.0.1:0 "$tmp/away" > "$tmp/log/serve" 2>&1 &
served=$!
trap 'kill $served; rm -rf "$tmp"' EXIT
timeout 60 tail -n +1 -F --pid=$served "$tmp/log/serve" 2> "$tmp/notes" |
	grep -m1 -o 'http://[^/]*' > "$tmp/url" || true
RCLONE_WEBDAV_URL=$(< "$tmp/url")
export RCLONE_WEBDAV_URL
ok "by a server" archives 0 -b 400K --upload 'rclone rcat ":webdav:$FILE"' \
	--fetch 'rclone cat ":webdav:$FILE"'
ok "it is there" holds "$tmp/away" 4
name=$(echo *.json)
rm "$tmp/away/${name%.json}.002.rec"
ok "one volume is lost there: it is named" verdict 3 \
	".damaged == [\"${name%.json}.002.rec\"]" --fetch 'rclone cat ":webdav:$FILE"'
bare
rm "$tmp/away/"*

# --- killed in the middle ---
# begins SIGNAL TARGET OPTION...: rec-archive, which gets SIGNAL when its second
# volume has begun: it, or, with TARGET "-", all of its session.
mkfifo "$tmp/reached" "$tmp/gate"
killed() {
	local got=0
	setsid rec-archive --image "$tmp/image-1" -b 400K --upload "case \$FILE in
		*.001.rec) echo > '$tmp/reached'; read -r line < '$tmp/gate';; esac; ${at[1]}" \
		"${at[@]:2}" "${gone[@]}" 2> "$tmp/err" &
	pid=$!
	read -r _ < "$tmp/reached"
	kill -"$1" -- "$2$pid"
	[ "$1" != KILL ] || wait "$pid" || got=$?
	# Who waits there, if somebody does, goes on; who was ended does not.
	timeout 5 bash -c 'echo > "$1"' gate "$tmp/gate" || true
	[ "$1" = KILL ] || wait "$pid" || got=$?
	echo "exit $got"
	[ "$got" != 0 ] && ! ls ./*.json "$tmp/away/"*.json
}
ok "SIGTERM to all of it: no manifest" killed TERM -
ok "nothing is left here" nothing
ok "nor there" test -z "$(ls "$tmp/away")"
ok "SIGTERM to the script alone: no manifest" killed TERM ""
ok "nothing is left here" nothing
ok "nor there" test -z "$(ls "$tmp/away")"
ok "SIGKILL: no manifest" killed KILL ""
ok "what is left has no name of an archive" test -z "$(ls)"
# Its tools end by themselves, when nobody takes more.
ended() {
	local n
	for ((n = 0; n < 600; n++)); do
		pgrep -r D,R,S,T -s "$pid" > "$tmp/pids" || return 0
		sleep 0.1
	done
	return 1
}
ok "the tools end" ended
ok "the next archive" archives 0 "${at[@]}" "${gone[@]}" -b 500K
ok "removes it" eval '[ "$(ls -A | wc -l)" = 1 ] &&
	[ "$(ls "$tmp/away")" = "$(jq -r ".volumes[].file" ./*.json; ls)" ]'
bare
rm -f "$tmp/away/"*

# --- the oldest go ---
mkdir "$tmp/keep"
cd "$tmp/keep"
rec-archive -q --image "$tmp/image-1" -b 400K
first=$(echo *.json)
"$here/gen/make-kept" 00000000-1234-1234-1234-123456789abc 3 |
	xc-absorb --image "$tmp/image-3" > "$tmp/notes"
rec-archive -q --image "$tmp/image-3"
echo '{"archive":"other"}' > a.json
touch "${first%.json}.notes" "${first%.json}.000.rec.txt" b.rec
cp "$first" a-copy.json
ls > "$tmp/before"
ok "--keep 2 of one" archives 0 --keep 2
ok "removes nothing" eval 'ls > "$tmp/after" && [ -z "$(comm -23 "$tmp/before" "$tmp/after")" ]'
ok "of two" archives 0 --keep 2
ok "removes the first, its volumes and nothing else" eval 'ls > "$tmp/after" &&
	[ "$(comm -23 "$tmp/before" "$tmp/after")" = "$(ls -d "$first" \
		"${first%.json}".00{0,1,2}.rec 2> "$tmp/notes"; comm -23 "$tmp/before" "$tmp/after")" ] &&
	[ ! -e "$first" ] && [ ! -e "${first%.json}.000.rec" ] && [ ! -e "${first%.json}.002.rec" ] &&
	[ "$(comm -23 "$tmp/before" "$tmp/after" | wc -l)" = 4 ]'
ok "--keep 1 of those that were uploaded" archives 0 --keep 1 "${at[@]}" "${gone[@]}"
ok "lets the others be" eval '[ "$(ls mail-*.json | wc -l)" = 4 ] && [ "$(ls "$tmp/away" | wc -l)" = 2 ]'
ok "once more" archives 0 --keep 1 "${at[@]}" "${gone[@]}"
ok "one is left, here and there" eval '[ "$(ls mail-*.json | wc -l)" = 4 ] &&
	[ "$(ls "$tmp/away" | wc -l)" = 2 ] && [ -e "$(ls "$tmp/away/"*.json)" ] &&
	[ -e "$(basename "$tmp/away/"*.json)" ]'
ok "what cannot be removed there" archives 6 --keep 1 "${at[@]}" --remove false
ok "is told" grep -q "rec-prune: mail-.*rec could not be removed" "$tmp/err"
ok "and is no archive any more" test "$(echo mail-*.json | wc -w)" = 4
ls > "$tmp/before"
ok "--dry-run removes nothing" eval 'status 0 /dev/null rec-prune --dry-run --keep 1 \
	"$(ls mail-*.json | tail -n 2 | head -n 1)" && [ -s "$tmp/out" ] && ls | cmp - "$tmp/before"'
cd "$tmp/d"

# --- the command lines ---
ok "--dry-run prints the pipe" archives 0 --dry-run -b 4G -9 -r "$mine"
ok "as it is run" eval '[ "$(tr -d "\n" < "$tmp/out" | sed "s/  */ /g; s/[0-9TZ]*[.]\$//")" = "xc-emit --image '"'"'$tmp/image-1'"'"' | \
rec-split --strict --tee '"'xc-absorb -t --json'"' | rec-compress -9 | rec-checksum | rec-encrypt '"'-r' '\$mine'"' | rec-split -b 4G ./mail-" ]'
ok "and makes nothing" nothing
for line in "rec-archive" "rec-archive a b" "rec-archive --image $tmp/image-1 a" \
	"rec-archive --upload cat a" "rec-archive --fetch cat a" "rec-archive --keep x a" \
	"rec-archive --keep 2 --upload cat --fetch cat a" "rec-archive --none a" \
	"rec-verify" "rec-verify a b" "rec-verify --none a" "rec-restore" "rec-restore a b" \
	"rec-restore --none a" "rec-prune a" "rec-prune --keep 0 a" "rec-prune --keep 1"; do
	# shellcheck disable=SC2086 # words
	ok "usage: $line" status 2 /dev/null $line
done
ok "nothing was made" nothing
for tool in archive verify restore prune; do
	ok "rec-$tool -h" eval 'status 0 /dev/null rec-$tool -h && grep -q "^usage: rec-$tool" "$tmp/out"'
	ok "rec-$tool -V" eval 'status 0 /dev/null rec-$tool -V && grep -q 0.1 "$tmp/out"'
done

for helper in "$here/../pipelines/rec-archive-"*; do
	ok "${helper##*/} -h" eval 'status 0 /dev/null "$helper" -h && grep -q "^usage: .*${helper##*/}" "$tmp/out"'
done

if [ "$SANITIZED" = valgrind ]; then
	skip 4 "what runs under it is not what is installed"
	plan
	exit
fi
# What was built, even if sources have changed since: a test never compiles.
make -s -o all -C "$here/.." install B="$(dirname "$(command -v rec-split)")" \
	DESTDIR="$tmp/root" PREFIX=/usr > "$tmp/notes" 2>&1
ok "installed, with nothing else in the path" env \
	PATH="$tmp/root/usr/sbin:$tmp/root/usr/bin:/usr/bin:/bin" rec-archive --image "$tmp/image-1"
ok "it is an archive" verdict 0 .opened
bare
if command -v systemd-analyze > "$tmp/out"; then
	sed "s,/usr/sbin,$tmp/root/usr/sbin," -i "$tmp/root/usr/lib/systemd/system/"*
	for unit in "$tmp/root/usr/lib/systemd/system/"*; do
		ok "${unit##*/}" systemd-analyze verify --man=no "${unit/@/@mail}"
	done
else
	skip 2 "no systemd-analyze"
fi
plan
