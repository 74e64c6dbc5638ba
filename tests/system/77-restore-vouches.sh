#!/bin/bash
# Goal: `restore` vouches for nothing that it does not know.  A backup is its log's own and nobody else's; one that was held
# against no publication signs nothing, by a command or by the service, until `recover` has compared it, or a person has said
# that there is none, which is logged.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

spotcheckd=${SPOTCHECKD:-$(dirname "$spotcheck")/spotcheckd}
db=$office/state/spotcheckd.db

new_operator()
{
	rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
	helper_conf
	helper_set embargo 0
	expect 0 "Recovery code" sc init
	code=$(sed -n 's/^    \([0-9A-Z-]*\)$/\1/p' "$office/out" | sed -n 1p)
	helper_import targets inspectors conflicts matters
	expect 0 "" sc run spot-check
	key=$(cat "$office/public/vkey")
}

lose()
{
	rm -rf "$office/state"
	mkdir -m 700 "$office/state"
}

restore() # FILE [OPTION…]
{
	printf '%s\n' "$code" | sc restore "$@"
}

tree()
{
	find "$office/state" "$office/public" -type f -exec sha256sum {} + 2>/dev/null | sort
}

entries()
{
	sqlite3 "$db" "SELECT count(*) FROM log_entry"
}

# Whatever would sign is refused in one line, and nothing was signed.
signs_nothing() # WORDS
{
	local before
	before=$(entries)
	expect 2 "$1" sc run spot-check
	expect 2 "$1" sc commit spot-check
	expect 2 "$1" sc publish
	expect 2 "$1" sc amend 1 0 0 --reason recusal
	test "$(entries)" = "$before" || fail "something was signed"
	expect 0 "Nothing is signed: " sc status
	grep -qF "$1" "$office/out" || fail "status does not say why"
	[ -n "$(sc --json status | field signs_nothing)" ] || fail "not told to programs"
	sc check >"$office/out" 2>"$office/err"
	test $? = 1 || fail "check finds nothing"
	grep -qF "$1" "$office/out" || fail "check does not say why"
}

# ---- whose backup it is ----
new_operator
mine=$key my_code=$code
expect 0 "saved in" sc backup "$office/mine.backup"
head -c 300 "$office/mine.backup" | grep -qaF "$mine" || fail "the backup does not say whose it is"
cp -a "$office/public" "$office/true"
cp "$db" "$office/true.db"

# A forger has the public half of the recovery key, which stands in every backup, and a log of his own by the same name.
public=$(head -c 400 "$office/mine.backup" | sed -n 3p)
new_operator
[ "$key" != "$mine" ] || fail "two logs, one key"
sqlite3 "$db" "UPDATE meta SET value = '$public' WHERE name = 'recovery_key'"
expect 0 "saved in" sc backup "$office/forged.backup"
code=$my_code forged=$key

lose
rm -rf "$office/public"
cp -a "$office/true" "$office/public"
before=$(tree)
expect 2 "the publication of another log" restore "$office/forged.backup"
grep -qF "$mine" "$office/err" || fail "the published key is not told"
grep -qF "$forged" "$office/err" || fail "the backup's key is not told"
rm "$office/public/vkey"
expect 2 "the publication of another log" restore "$office/forged.backup"
grep -qF "$forged" "$office/err" || fail "the backup's key is not told"
cp "$office/true/vkey" "$office/public/vkey"
test "$(tree)" = "$before" || fail "something was changed"
rm -rf "$office/public"
expect 2 "the publication of another log" restore "$office/forged.backup" --published "$office/true"
expect 2 "another log: its key is $forged, not $mine" restore "$office/forged.backup" --key "$mine"
expect 2 "no verifier key" restore "$office/forged.backup" --key nonsense
expect 2 "has no checkpoint" restore "$office/mine.backup" --published "$office/conf"
test -z "$(ls -A "$office/state")" || fail "something was left behind"

# The true key's name over the forger's work, and one byte of a true backup.
{ printf 'spotcheckd backup 2\n%s\n' "$mine"; tail -n +3 "$office/forged.backup"; } >"$office/relabelled.backup"
expect 2 "is not signed by the key that it names, $mine" restore "$office/relabelled.backup"
head -c -1 "$office/mine.backup" >"$office/cut.backup"
printf '\377' >>"$office/cut.backup"
cmp -s "$office/cut.backup" "$office/mine.backup" || expect 2 "not signed by the key" restore "$office/cut.backup"
{ printf 'spotcheckd backup 1\n'; tail -c +21 "$office/mine.backup"; } >"$office/old.backup"
expect 2 "made by an earlier version" restore "$office/old.backup"
test -z "$(ls -A "$office/state")" || fail "something was left behind"

# With nothing to hold it against, it is told whose log it is, and that nobody vouches for it.
expect 0 "$forged" restore "$office/forged.backup"
grep -q "compared with no publication" "$office/out" || fail "the forged state is vouched for"
! grep -q "has all" "$office/out" || fail "the forged state is vouched for"
signs_nothing "compared with no publication"
expect 2 "no publication of this log" sc recover --published "$office/true"
# Another log's publication is not replaced.
cp -a "$office/true" "$office/public"
expect 2 "" sc publish
diff -r "$office/true" "$office/public" >/dev/null || fail "the true publication was replaced"

# A key in the state directory that is another log's stays.
lose
mkdir -m 700 "$office/state/keys"
"$spotcheck" keygen spotcheck.example.org "$office/state/keys/log.key" >"$office/out" || fail keygen
cp "$office/state/keys/log.key" "$office/other.key"
expect 2 "another log's key" restore "$office/mine.backup"
cmp "$office/other.key" "$office/state/keys/log.key" || fail "a key was replaced"

# ---- the true flow: compared at once ----
lose
expect 0 "It has all that was published in $office/public" restore "$office/mine.backup" --key "$mine"
expect 0 "" sc run spot-check
verified

# ---- no publication at hand: compared later ----
lose
mv "$office/public" "$office/newer"
expect 0 "compared with no publication" restore "$office/mine.backup"
signs_nothing "compared with no publication"
test ! -e "$office/public" || fail "something was published"

# The service stays up, says so, raises an alarm, signs nothing, and the alarm's letter leaves.
rm -rf "$office/mail"
"$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err" &
service=$!
for _ in $(seq 100); do
	[ "$(letters)" -eq 0 ] || break
	sleep 0.1
done
kill -0 "$service" 2>/dev/null || fail "the service has ended"
kill "$service"
wait "$service" || fail "the service did not end well"
grep -rqs "recover --published" "$office/mail/new" || grep -rqs "nothing is signed" "$office/mail/new" || fail "no alarm by letter"
grep -q "compared with no publication" "$office/out" "$office/err" || fail "the journal does not say so"
test ! -e "$office/public" || fail "the service published something"
test "$(sqlite3 "$db" "SELECT key FROM alarm WHERE key = 'state'")" = state || fail "no alarm"

expect 2 "no publication of this log" sc recover
expect 0 "taken over from what was published" sc recover --published "$office/newer"
expect 0 "" sc run spot-check
expect 0 "" "$spotcheck" verify "$office/public" --since "$office/newer/checkpoint"
verified
! sc status | grep -q "Nothing is signed" || fail "status still says so"

# A publication that is as long as the state, or shorter, lets it sign as well; a killed comparison does not.
lose
rm -rf "$office/public"
expect 0 "compared with no publication" restore "$office/mine.backup"
expect 0 "The state has all that was published in $office/true, and signs again" sc recover --published "$office/true"
cmp "$office/true/checkpoint" "$office/public/checkpoint" || fail "another log was published"
expect 0 "" sc run spot-check
expect 0 "" "$spotcheck" verify "$office/public" --since "$office/true/checkpoint"
# A state that says something else than what the same key has published is not restored.
expect 0 "" sc run spot-check
expect 0 "saved in" sc backup "$office/fork.backup"
lose
mv "$office/public" "$office/fork"
expect 2 "is not what the state says" restore "$office/fork.backup" --published "$office/newer"
test -z "$(ls -A "$office/state")" || fail "something was left behind"

# ---- the word of a person ----
lose
expect 0 "compared with no publication" restore "$office/mine.backup"
expect 2 "needs a name and a reason" sc recover --without-publication
expect 2 "needs a name and a reason" sc recover --without-publication --by Li
expect 2 "needs a name and a reason" sc recover --without-publication --reason gone
expect 2 "exclude each other" sc recover --without-publication --by Li --reason gone --published "$office/true"
expect 2 "one line each" sc recover --without-publication --by Li --reason $'gone\nfor ever'
signs_nothing "compared with no publication"
cp -a "$office/true" "$office/public"
expect 2 "there is a publication of this log" sc recover --without-publication --by Li --reason gone
rm -rf "$office/public"
expect 0 "on the word of Li" sc recover --without-publication --by Li --reason "the server burnt"
test "$(sqlite3 "$db" "SELECT by, what, reason FROM access ORDER BY id DESC LIMIT 1")" = \
	"Li|recover --without-publication|the server burnt" || fail "it is not logged"
expect 2 "waits for no publication" sc recover --without-publication --by Li --reason again
expect 0 "" sc run spot-check
verified
# ---- public_dir holds a damaged publication ----
# Its checkpoint and tiles are gone: a state from a backup does not put its own, older one there, and vouch for itself by it.
new_operator
expect 0 "saved in" sc backup "$office/older.backup"
cp -a "$office/public" "$office/older"
expect 0 "" sc run spot-check
expect 0 "saved in" sc backup "$office/newer.backup"
rm -rf "$office/newer"
cp -a "$office/public" "$office/newer"
rm -rf "$office/public/checkpoint" "$office/public/tile"
lose
expect 0 "is missing or damaged" restore "$office/older.backup"
signs_nothing "is missing or damaged"
timeout -s TERM 3 "$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err"
test ! -e "$office/public/checkpoint" || fail "an older state was published over a damaged publication"
expect 2 "no publication of this log" sc recover
expect 2 "is missing or damaged" sc recover --without-publication --by Li --reason gone
signs_nothing "is missing or damaged"
# Nor an older state that no restore has marked.
sqlite3 "$db" "DELETE FROM meta WHERE name = 'uncompared'"
signs_nothing "is missing or damaged"

# Its tiles show more than the state and the copy: nothing is taken from the copy.
lose
rm -rf "$office/public"
cp -a "$office/newer" "$office/public"
rm "$office/public/checkpoint"
expect 0 "is missing or damaged" restore "$office/older.backup"
expect 2 "its tiles show a longer log" sc recover --published "$office/older"
signs_nothing "is missing or damaged"
# With a good copy the state signs, and what was damaged is mended.
expect 0 "taken over from what was published" sc recover --published "$office/newer"
expect 0 "" "$spotcheck" verify "$office/public" --since "$office/newer/checkpoint"
lose
rm -rf "$office/public"
cp -a "$office/newer" "$office/public"
echo nothing >"$office/public/checkpoint"
expect 0 "is missing or damaged" restore "$office/newer.backup"
signs_nothing "is missing or damaged"
expect 0 "has all that was published in $office/newer" sc recover --published "$office/newer"
cmp "$office/newer/checkpoint" "$office/public/checkpoint" || fail "not mended"
expect 0 "" sc run spot-check
verified

# Where more is known to have been published, nobody is told that the state signs.
lose
rm -rf "$office/public"
expect 0 "has 12 entries of 17" restore "$office/older.backup" --published "$office/newer"
expect 2 "has 12 entries of 17" sc recover --without-publication --by Li --reason gone
expect 2 "has 12 entries of 17" sc recover --published "$office/older"
signs_nothing "has 12 entries of 17"
echo "vouched for what is known"
