#!/bin/bash
# Goal: what somebody changes in the published folder does not stay: a flipped byte in a copied roster, "class C" made
# "class A" in a page, with size and times as they were.  `publish` reads all; the service looks at all once a day, mends,
# and raises an alarm.  A checkpoint that is damaged, or another key's, stops signing, and only the former is mended.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"
spotcheckd=${SPOTCHECKD:-$here/../../build/spotcheckd}

helper_conf
sed -i 's/^#\{0,1\}language = .*/language = en/' "$ini"
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "" sc run spot-check
public=$office/public
bytes()
{
	(cd "$public" && find . -type f -exec sha256sum {} + | sort)
}
before=$(bytes)

# change FILE FROM TO: words of the same length, and nothing else of the file is another.
change()
{
	touch -r "$public/$1" "$office/times"
	sed -i "s/$2/$3/" "$public/$1"
	touch -r "$office/times" "$public/$1"
	[ "$(bytes)" != "$before" ] || fail "nothing was changed in $1"
}

change index.html 'class C' 'class A'
change draws/0001/targets.csv 'T001,D' 'T001,A'
expect 0 "Published anew" sc publish
[ "$(bytes)" = "$before" ] || fail "publish leaves what somebody has changed"

# The service, at its first turn of the day.
change index.html 'class C' 'class A'
change draws/0001/targets.csv 'T001,D' 'T001,A'
"$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err" &
service=$!
for _ in $(seq 100); do
	[ "$(bytes)" != "$before" ] || break
	sleep 0.1
done
for _ in $(seq 100); do
	! grep -q "have been written anew" "$office/err" || break
	sleep 0.1
done
kill "$service"
wait "$service"
[ "$(bytes)" = "$before" ] || fail "the service leaves what somebody has changed"
grep -q "have been written anew: draws/0001/targets.csv (2 in all)" "$office/err" || fail "no alarm"
sc outbox list | grep -q ops@example.org || fail "no letter to the administrator"

# The checkpoint: nothing is signed on one that cannot be read, and `publish` mends it.
entries=$(sqlite3 "$office/state/spotcheckd.db" "SELECT count(*) FROM log_entry")
signed_nothing()
{
	[ "$(sqlite3 "$office/state/spotcheckd.db" "SELECT count(*) FROM log_entry")" = "$entries" ] || fail "signed: $*"
}
cp "$public/checkpoint" "$office/checkpoint"
for damage in "s/^— \(.*\).....$/— \1AAAA=/" "1s/.*/nobody/" "s/.//g"; do
	sed -i "$damage" "$public/checkpoint"
	expect 2 "nothing is signed" sc run spot-check
	signed_nothing "$damage"
	expect 0 "Published anew" sc publish
	cmp "$public/checkpoint" "$office/checkpoint" || fail "not mended: $damage"
done
rm "$public/checkpoint"
expect 2 "nothing is signed" sc run spot-check
signed_nothing "no checkpoint"
expect 0 "Published anew" sc publish
verified

# Where it can be neither mended nor read the service goes on, but for signing: an alarm's letter leaves.
rm -rf "$public/checkpoint" "$office/mail/new"
sqlite3 "$office/state/spotcheckd.db" "DELETE FROM alarm"
words="missing or damaged"
if [ "$(id -u)" = 0 ]; then
	mkdir "$public/checkpoint"
else
	install -m 0 /dev/null "$public/checkpoint"
	words="cannot be read"
fi
"$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err" &
service=$!
for _ in $(seq 100); do
	[ "$(letters)" -eq 0 ] || break
	sleep 0.1
done
kill "$service"
wait "$service" || fail "the service did not end well"
[ "$(letters)" -gt 0 ] || fail "no letter leaves"
grep -q "alarm: .*$words" "$office/err" || fail "no alarm"
signed_nothing "what cannot be mended"
rm -rf "$public/checkpoint"
expect 0 "Published anew" sc publish

# Another key's publication of the same name: nothing is signed, nothing is published over it.
(
	office=$office/forger
	mkdir -p "$office"
	helper_conf
	sc init >"$office/out" || exit 1
) || fail "the other log"
rm -rf "$public"
cp -a "$office/forger/public" "$public"
forged=$(bytes)
expect 2 "another key" sc run spot-check
signed_nothing "another key"
expect 2 "" sc publish
timeout -s TERM 3 "$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err"
grep -q "another key" "$office/err" || fail "the service does not say why"
[ "$(bytes)" = "$forged" ] || fail "the publication of another key was written over"
signed_nothing "another key"
