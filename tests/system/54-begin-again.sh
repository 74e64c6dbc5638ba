#!/bin/bash
# Goal: a log that was published is not begun again.  With the state lost and the publication standing, `init` is refused
# and changes nothing, whoever's key it is; so it is over a damaged publication, and over somebody's other files.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "" sc run spot-check
expect 0 "" sc run spot-check
public()
{
	(cd "$office/public" && find . -type f -exec sha256sum {} + | sort)
}
before=$(public)
vkey=$(cat "$office/public/vkey")
lost()
{
	rm -rf "$office/state"
	mkdir -m 700 "$office/state"
}

cp -a "$office/state" "$office/kept"
lost
expect 2 "$vkey" sc init
grep -q recover "$office/err" || fail "it does not say recover"
[ ! -e "$office/state/keys" ] || fail "a key was made"
[ "$(public)" = "$before" ] || fail "the publication was changed"
# The key alone is left: the same.
cp -a "$office/kept/keys" "$office/state/keys"
expect 2 "$vkey" sc init
[ "$(public)" = "$before" ] || fail "the publication was changed"
# Another log's name.
lost
sed -i 's/^origin = .*/origin = another.example.org/' "$ini"
expect 2 "$vkey" sc init
# Damaged, in part or but for the tiles.
cp -a "$office/public" "$office/kept.public"
for gone in checkpoint vkey "checkpoint vkey" "checkpoint vkey draws"; do
	rm -rf "$office/public"
	cp -a "$office/kept.public" "$office/public"
	for name in $gone; do rm -r "$office/public/${name:?}"; done
	damaged=$(public)
	expect 2 "nothing was begun" sc init
	[ "$(public)" = "$damaged" ] || fail "a publication without $gone was changed"
done
# Somebody's other files.
rm -rf "$office/public"
mkdir "$office/public"
echo "years of work" >"$office/public/thesis.odt"
expect 2 "holds other files" sc init
[ ! -e "$office/state/keys" ] || fail "a key was made"
rm "$office/public/thesis.odt"
expect 0 "Recovery code" sc init
verified
