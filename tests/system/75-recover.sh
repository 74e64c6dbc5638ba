#!/bin/bash
# Goal: a state that is older than what was published goes on from there, as if nothing had been lost, where the
# publication has all that is needed; where it has not, what is missing is said and nothing is changed.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

begin()
{
	rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf" "$office"/*.backup "$office/copy"
	helper_conf
	helper_set embargo "$1"
	expect 0 "Recovery code" sc init
	code=$(sed -n 's/^    \([0-9A-Z-]*\)$/\1/p' "$office/out" | sed -n 1p)
	helper_import targets inspectors conflicts matters
}

# The state is lost; what comes back is the backup's.
lose()
{
	rm -rf "$office/state"
	mkdir -m 700 "$office/state"
	printf '%s\n' "$code" | sc restore "$office/b.backup" "$@"
}

state_digest()
{
	sqlite3 "$office/state/spotcheckd.db" .dump | sha256sum
}

# ---- opened draws, amendments, chains begun since: all of it comes back ----
begin 0
expect 0 "" sc run spot-check
expect 0 "saved in" sc backup "$office/b.backup"
expect 2 "nothing to recover: the state has all" sc recover
expect 0 "" sc run spot-check
expect 0 "Amendment 1" sc amend 2 0 0 --reason recusal
expect 0 "Amendment 2" sc amend 2 1 target --reason closed --leave-empty
sed -i "/^\[cycle spot-check\]/,/^# ---- An example/s|^beacon = none|beacon = public|" "$ini"
expect 0 "" sc run spot-check --value 12345678901234567890
expect 0 "" sc run spot-check --value 99999999999999999999
letters_before=$(letters)
cp -a "$office/public" "$office/copy"
entries=$(sqlite3 "$office/state/spotcheckd.db" "SELECT count(*) FROM log_entry")
rows="SELECT * FROM draw_place; SELECT * FROM draw_seat; SELECT * FROM draw_left; SELECT n, amendment, entry, hex(bytes)
 FROM draw_amendment; SELECT n, cycle, chain, link, date, draw_time, reveal_time, source, commit_entry, commit_size, outcome,
 outcome_entry, outcome_size, reveal_entry, beacon, record FROM draw; SELECT idx, time, hex(leaf), bytes FROM log_entry
 WHERE idx < $entries; SELECT * FROM target_since; SELECT n, name, part, hex(bytes) FROM draw_file WHERE name NOT LIKE
 '%private%' ORDER BY n, name"
sqlite3 "$office/state/spotcheckd.db" "$rows" >"$office/rows.before"

expect 0 "older than what was published" lose
expect 2 "older than what was published" sc run spot-check
expect 2 "older than what was published" sc publish
expect 0 "1 new chain" sc recover
grep -q "Draw 3: the private columns" "$office/out" || fail "what is lost is not said"
grep -q "Draw 4: visits are still to come" "$office/out" || fail "letters that nobody knows of"
verified
expect 0 "" "$spotcheck" verify "$office/public" --since "$office/copy/checkpoint"
sqlite3 "$office/state/spotcheckd.db" "$rows" >"$office/rows.after"
cmp "$office/rows.before" "$office/rows.after" || fail "not as it was"
test "$(letters)" = "$letters_before" || fail "letters were written again"
expect 2 "nothing to recover" sc recover
# And on it goes, with the history that the lost state had.
expect 0 "" sc run spot-check --value 00000000000000000001
verified
test "$(sc --json status | field late)" = 0 || fail "late"

# ---- drawn since, and not opened: the backup has the rosters, and its letters are written anew ----
begin 30
now=$(TZ=Asia/Shanghai date -d '+3 seconds' '+%Y-%m-%d %H:%M:%S')
expect 0 "committed" sc commit spot-check --draw-at "$now"
expect 0 "saved in" sc backup "$office/b.backup"
sleep 3
expect 0 "" sc draw 1
mv "$office/mail" "$office/mail.before"
record=$(sqlite3 "$office/state/spotcheckd.db" "SELECT record FROM draw")
expect 0 "older than what was published" lose
expect 0 "its letters were written anew" sc recover
test "$(sqlite3 "$office/state/spotcheckd.db" "SELECT record FROM draw")" = "$record" || fail "another draw"
! grep -q "new chain" "$office/out" || fail "a new chain, though the old one is not opened"
grep -q "delivered" "$office/out" || fail "not delivered"
test "$(letters)" = "$(find "$office/mail.before/new" -type f | wc -l)" || fail "not the letters that were"
expect 0 "State: drawn" sc show 1 --by test --reason test
verified

# ---- committed or amended since, and not opened: lost ----
expect 0 "saved in" sc backup "$office/c.backup"
mv "$office/c.backup" "$office/b.backup"
expect 0 "Amendment 1" sc amend 1 0 0 --reason recusal
expect 0 "committed" sc commit spot-check
expect 0 "older than what was published" lose
before=$(state_digest)
sc recover >"$office/out" 2>"$office/err"
test $? = 2 || fail "recovered what is lost"
test "$(wc -l <"$office/err")" = 3 || fail "not one line for each"
grep -q "draw 1 .* was amended after the backup" "$office/err" || fail "draw 1"
grep -q "draw 2 .* was committed after the backup" "$office/err" || fail "draw 2"
grep -q "nothing was changed" "$office/err" || fail "what now"
test "$(state_digest)" = "$before" || fail "something was changed"
sc --json recover 2>/dev/null | grep -q '"lost":true' || fail "not told to programs"
verified

# ---- copies: the longer one counts, what does not fit is refused ----
begin 0
expect 0 "" sc run spot-check
expect 0 "saved in" sc backup "$office/b.backup"
cp -a "$office/public" "$office/one"
expect 0 "" sc run spot-check
cp -a "$office/public" "$office/two"
expect 0 "" sc run spot-check
cp -a "$office/public" "$office/three"
rm -rf "$office/public"
expect 0 "older than what was published" lose --published "$office/three"
# It is remembered, though that copy is not where the service looks.
expect 2 "older than what was published" sc run spot-check
test ! -e "$office/public" || fail "something was published"
expect 2 "no publication of this log" sc recover
expect 2 "no publication of this log" sc recover --published "$office/conf"
expect 2 "no publication of this log" sc recover --published "$office/nowhere"
cp -a "$office/three" "$office/bad"
printf x >>"$office/bad/draws/0003/targets.csv"
expect 2 "files:" sc recover --published "$office/bad"
cp -a "$office/two" "$office/public"
expect 0 "entries of the log were taken over" sc recover --published "$office/three"
verified
expect 0 "" "$spotcheck" verify "$office/public" --since "$office/three/checkpoint"

# What the restored state signs on somebody's mistaken word, where no publication was at hand, is another log.
mv "$office/public" "$office/real"
expect 0 "compared with no publication" lose
expect 0 "on the word of somebody" sc recover --without-publication --by somebody --reason mistaken
expect 0 "" sc run spot-check
expect 2 "the log was forked" sc recover --published "$office/real"
mv "$office/public" "$office/forked"
expect 2 "no continuation" sc recover --published "$office/real"
mv "$office/real" "$office/public"
expect 2 "older than what was published" sc run spot-check
verified
echo "gone on"
