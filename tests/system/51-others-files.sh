#!/bin/bash
# Goal: publishing touches nothing of others' in the published folder, whatever fails: a bind mount below it, files and
# folders of another user, files at the top and within our folders, a rename or link that fails.  What is mounted upon a
# part of ours stops publishing before it begins.
# shellcheck disable=SC2154,SC1091,SC2016 # helpers.sh sets them
if [ "${1:-}" != inside ]; then
	if [ "$(id -u)" != 0 ] || ! unshare -m --propagation private true 2>/dev/null; then
		echo "it needs root and mount namespaces"
		exit 77
	fi
	exec unshare -m --propagation private bash "$0" inside
fi
. "$(dirname "$0")/helpers.sh"

helper_conf
sc init >"$office/out" || fail init
helper_import targets inspectors conflicts matters
public=$office/public

# Everything of others', with owner, mode, times and bytes; a mount is looked into.
others()
{
	(cd "$public" && find robots.txt archive2025 archive .well-known shut link draws/notes.txt tile/0/.swp other \
		-exec stat -c '%n %i %u %a %Y %s %F' {} + -type f -exec sha256sum {} + | sort)
}

echo "User-agent: *" >"$public/robots.txt"
mkdir -p "$public/archive2025/a" "$public/archive" "$public/.well-known" "$public/shut" "$office/other" "$office/vault"
echo one >"$public/archive2025/a/one"
echo two >"$public/.well-known/two"
echo three >"$public/shut/three"
echo four >"$office/vault/four"
mkdir "$office/vault/deep" && echo five >"$office/vault/deep/five"
ln -s "$office/vault" "$public/link"
mkdir -p "$public/draws"
echo six >"$public/draws/notes.txt"
echo seven >"$public/tile/0/.swp"
echo eight >"$public/other"
chown -R nobody "$public/shut" "$public/other"
chmod 700 "$public/shut"
chmod 600 "$public/other"
mount --bind "$office/vault" "$public/archive" || fail "bind mount"
before=$(others)
unchanged()
{
	[ "$(others)" = "$before" ] || fail "others' files were touched by: $* ($(diff <(echo "$before") <(others)))"
	[ "$(cat "$office/vault/four")" = four ] || fail "the mounted folder was emptied by: $*"
}

expect 0 "Published anew" sc publish
unchanged publish
expect 0 "draws/0001" sc run spot-check
unchanged run
[ -e "$public/draws/0001/record.json" ] || fail "not published"
[ -z "$(find "$office" "$public" -maxdepth 1 -name '.pub*')" ] || fail "something was left"

# Each call that may fail, fails.
for what in renameat renameat2 linkat unlinkat mkdirat rmdir; do
	for errno in EACCES EIO ENOSPC; do
		for when in 1 2 3+2; do
			ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -o /dev/null -e "inject=$what:error=$errno:when=$when" "$spotcheck" -c "$ini" publish >"$office/out" 2>&1
			unchanged "publish with $what $errno $when"
		done
	done
done
umount "$public/archive"
rmdir "$public/archive"
rm "$public/draws/notes.txt" "$public/tile/0/.swp"
others() { (cd "$public" && find robots.txt archive2025 .well-known shut link other -exec stat -c '%n %i %u %a %Y %s %F' {} + | sort); }
before=$(others)
expect 0 "Published anew" sc publish
unchanged "publish after all that failed"
verified

# As another user than root: what belongs to somebody else cannot be moved at all.
chown -R games "$office/state" "$office/mail" "$office/conf"
chown games "$office" "$public"
chown games "$public/checkpoint" "$public"/*.html "$public/vkey"
chown -R games "$public/draws" "$public/tile"
before=$(others)
expect 0 "draws/0002" sc run spot-check
unchanged "run as another user"
[ "$(stat -c %U "$public/draws/0002/record.json")" = games ] || fail "not published as its user"
verified

# Something mounted on a part of ours: nothing is published, and it is said where.
mount --bind "$office/vault" "$public/draws" || fail "bind mount"
expect 2 "draws: something is mounted" sc publish
[ "$(find "$office/vault" | wc -l)" = 4 ] || fail "the mounted folder was touched"
umount "$public/draws"
expect 0 "Published anew" sc publish
verified

# A folder of ours that somebody made a link of: it is said once, and where all is published commands go on.
mv "$public/draws/0001" "$office/moved"
ln -s "$office/moved" "$public/draws/0001"
expect 2 "stands where a file of it belongs" sc publish
expect 0 "" sc import targets "$office/conf/sample/targets.csv"
expect 0 "" sc outbox list
rm "$public/draws/0001"
mv "$office/moved" "$public/draws/0001"
expect 0 "Published anew" sc publish

# Where nothing is others', the whole is exchanged in one step again: the folder itself is another.
rm -rf "$public/robots.txt" "$public/archive2025" "$public/.well-known" "$public/shut" "$public/link" "$public/other"
inode=$(stat -c %i "$public")
expect 0 "Published anew" sc publish
[ "$(stat -c %i "$public")" != "$inode" ] || fail "not exchanged"
[ -z "$(find "$office" -maxdepth 2 -name '.pub*')" ] || fail "something was left"
verified

# Cut short, and public_dir is another by then: what is left of the old one does not come into the new one.
strace -f -o /dev/null -e inject=unlinkat:signal=KILL:when=1 "$spotcheck" -c "$ini" run spot-check >"$office/out" 2>&1
[ -n "$(find "$office" -maxdepth 1 -name '.pub*')" ] || fail "nothing was cut short"
sed -i "s|^public_dir = .*|public_dir = $office/public2|" "$ini"
expect 0 "Published anew" sc publish
expect 0 "yes: every check" "$spotcheck" verify "$office/public2"
verified

# The service, where something is mounted on what has to be mended: it goes on, and an alarm's letter leaves.
spotcheckd=${SPOTCHECKD:-$(dirname "$spotcheck")/spotcheckd}
mount --bind "$office/vault" "$office/public2/draws/0001" || fail "bind mount"
echo damage >>"$office/public2/index.html"
rm -rf "$office/mail"
"$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err" &
service=$!
for _ in $(seq 100); do
	! grep -q "alarm: .*something is mounted" "$office/err" || [ "$(letters)" -eq 0 ] || break
	sleep 0.1
done
kill "$service"
wait "$service" || fail "the service did not end well"
grep -q "alarm: .*something is mounted" "$office/err" || fail "no alarm"
[ "$(letters)" -gt 0 ] || fail "no letter"
umount "$office/public2/draws/0001"
[ "$(find "$office/vault" | wc -l)" = 4 ] || fail "the mounted folder was touched"
expect 0 "Published anew" sc publish
expect 0 "yes: every check" "$spotcheck" verify "$office/public2"
