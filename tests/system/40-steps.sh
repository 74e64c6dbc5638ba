#!/bin/bash
# Goal: each step of a draw by itself: what comes too early or in the wrong order is refused with words that say what is
# right, status 2, and changes nothing; what is overdue is made up for.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters

# Words that are none.
expect 2 "did you mean" sc comit spot-check
expect 2 "usage:" sc commit
expect 2 "usage:" sc void 1
expect 2 'no cycle "spotcheck"' sc commit spotcheck
expect 2 "is no number" sc draw x
expect 2 "no draw 7" sc draw 7
expect 2 "no draw 7" sc reveal 7
expect 2 "no draw 7" sc void 7 --reason no
expect 2 "no draw 7" sc amend 7 0 0 --reason other
expect 2 "no draw 7" sc show 7
expect 2 "is no time" sc commit spot-check --draw-at tomorrow
expect 2 "is no time" sc commit spot-check --draw-at "2026-02-30 09:00"
expect 2 "before its commitment" sc commit spot-check --draw-at "2020-01-01 09:00"
expect 2 "more than 400 days" sc commit spot-check --draw-at "2199-01-01 09:00"
verified

# Committed for later: not drawn before, not opened, not twice; `run` leaves it alone.
expect 0 "committed" sc commit spot-check
expect 2 "not yet possible: the draw is at" sc draw 1
expect 2 "has not been drawn or voided" sc reveal 1
expect 2 "one open commitment" sc commit spot-check
expect 2 "not this command's" sc run spot-check
expect 2 "has not been drawn yet" sc amend 1 0 0 --reason other
expect 0 "class pending" sc show 1
verified
test ! -e "$office/public/draws/0001/targets.csv" || fail "the roster is public"
test ! -e "$office/public/draws/0001/outcome.checkpoint" || fail "an outcome"
expect 2 "needs a reason" sc void 1 --reason ""
expect 0 "voided" sc void 1 --reason '名册有误, "again" \'
expect 2 "was voided" sc draw 1
expect 2 "voided already" sc void 1 --reason x
expect 2 "sealed until" sc reveal 1
verified
# Its secret opens once its draw time has passed, and no later link's before: the next draw stands, and stays sealed.
expect 2 "draw 2 is sealed until draw 1 of the same cycle is revealed" sc run spot-check
verified

# With an embargo: the new chain waits for the old one.
helper_set embargo 30
expect 2 "once draw 1 is revealed" sc commit spot-check
expect 2 "draw 2 is sealed until draw 1" sc run spot-check # it takes up its own draw 2
helper_set embargo 0
test "$(sc --json status | field late)" -le 1 || fail "late" # draw 2, which waits for draw 1

# ---- another office, where a draw is sealed ----
rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
helper_conf
helper_set embargo 30
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "sealed until" sc run spot-check
! grep -q "T0" "$office/out" || fail "a target is named before its time"
expect 2 "--by NAME --reason TEXT" sc show 1
expect 2 "--by NAME --reason TEXT" sc show 1 --by me
expect 0 "T0" sc show 1 --by "the auditor" --reason "case 7"
looked=$(/usr/bin/python3 -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT by, reason, n FROM access"))' "$office/state/spotcheckd.db")
test "$looked" = "('the auditor', 'case 7', 1)" || fail "who looked is not logged: $looked"
! grep -qE "T0|I0" <(sc status; sc list) || fail "somebody is named"
expect 2 "sealed until" sc reveal 1
verified
test ! -e "$office/public/draws/0001/record.json" || fail "the record is public"

# Amendments: the drawn order says who; letters to all whom it concerns.
sent=$(letters)
expect 0 "takes seat 1 of place 0 instead of" sc amend 1 0 1 --reason recusal
test "$(letters)" -eq $((sent + 3)) || fail "letters to who leaves, who joins and who stays"
expect 2 "none of recusal" sc amend 1 0 1 --reason closed
expect 2 "none of closed" sc amend 1 0 target --reason recusal
expect 2 "no such place" sc amend 1 99 0 --reason other
expect 2 "no such seat" sc amend 1 0 2 --reason other
# Whether a place has a reserve that its team may go to is chance; of several places one has.
replaced=
for place in 2 3 4 5 6 7; do
	if sc amend 1 "$place" target --reason closed >"$office/out" 2>"$office/err"; then
		replaced=$place
		grep -q "takes place $place instead of" "$office/out" || fail "a place is empty without a word"
		break
	fi
	grep -q "no reserve is .*--leave-empty" "$office/err" || fail "not why the place would be empty"
done
[ -n "$replaced" ] || fail "no reserve for any place"
expect 2 "is for a place's target" sc amend 1 0 1 --reason other --leave-empty
# Until no reserve is left: that is said before, and nothing is changed.
for _ in 1 2 3 4 5 6 7 8 9; do
	sc amend 1 "$replaced" target --reason closed >"$office/out" 2>"$office/err" || break
done
expect 2 "--leave-empty" sc amend 1 "$replaced" target --reason closed
expect 0 "no reserve can take place $replaced" sc amend 1 "$replaced" target --reason closed --leave-empty
expect 2 "the place is empty" sc amend 1 "$replaced" target --reason closed --leave-empty
expect 0 "Amendment" sc amend 1 0 1 --reason unavailable
expect 0 "nobody can take seat 1 of place 0" sc amend 1 0 1 --reason other
expect 2 "the seat is empty" sc amend 1 0 1 --reason other
verified
expect 0 "(empty)" sc show 1 --by me --reason look
expect 0 "sealed until" sc run spot-check
expect 2 "stands as it is" sc amend 1 1 0 --reason other
verified

# ---- more places than the people can go to ----
rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
helper_conf
helper_set sample "*:60%"
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "stay without a team" sc draw --dry-run spot-check
expect 0 "who may take 3 seats each" sc draw --dry-run spot-check
expect 0 "who may take 3 seats each" sc run spot-check
unstaffed='import json, sys; print(*sorted(json.load(sys.stdin)["unstaffed"]))'
left=$(/usr/bin/python3 -c "$unstaffed" <"$office/public/draws/0001/record.json")
test "$(sc --json show 1 | /usr/bin/python3 -c "$unstaffed")" = "$left" || fail "other targets are unstaffed"
verified
expect 0 "draws/0002" sc run spot-check
test "$(grep -c ',carried,' "$office/public/draws/0002/targets.csv")" -eq "$(wc -w <<<"$left")" ||
	fail "not all are carried"
verified
# Two at once: one waits for the other, and does not take up what is not interrupted.
sc run spot-check >"$office/one" 2>&1 &
sc run spot-check >"$office/two" 2>&1 || fail "the second of two runs"
wait $! || fail "the first of two runs"
test "$(grep -l "Taking up" "$office/one" "$office/two" | wc -l)" = 0 || fail "one took up the other's draw"
test -e "$office/public/draws/0004/record.json" || fail "not four draws"
# Once a log that grew while it was opened was taken for a damaged one.
for round in 1 2 3 4 5; do
	runs=
	for name in one two three; do
		sc run spot-check >"$office/$name" 2>&1 &
		runs="$runs $!"
	done
	for run in $runs; do
		wait "$run" || { cat "$office/one" "$office/two" "$office/three"; fail "one of three runs at once, round $round"; }
	done
done
test -e "$office/public/draws/0019/record.json" || fail "not nineteen draws"
verified

# ---- a value that was made in public ----
rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
helper_conf
helper_set beacon public
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 2 "made in public" sc run spot-check
expect 2 "must have exactly 20" sc run spot-check --value 123
expect 2 "character 3" sc run spot-check --value 12x45678901234567890
expect 2 "No such file" sc run spot-check --value @"$office/none"
test "$(sc --json list)" = "[]" || fail "a draw without a value"
expect 0 "opened" sc run spot-check --value 12345678901234567890
verified
expect 0 "committed" sc commit spot-check --draw-at "$(date -u +%Y-%m-%dT%H:%M:%SZ -d '+2 seconds')"
sleep 2.1
printf '09876543210987654321\r\n' >"$office/thrown"
expect 2 "made in public" sc draw 2
expect 0 "opened" sc draw 2 --value @"$office/thrown"
test "$(field beacon <"$office/public/draws/0002/record.json")" = 09876543210987654321 || fail "another value"
verified

# ---- what is overdue comes first ----
expect 0 "committed" sc commit spot-check --draw-at "$(date -u +%Y-%m-%dT%H:%M:%SZ -d '+4 seconds')"
expect 0 "voided" sc void 3 --reason "not today"
sleep 4.1
expect 0 "Overdue: draw 3 (spot-check) has been opened." sc commit spot-check
expect 0 "opened" sc show 3
verified

# ---- outside faults ----
chmod 500 "$office/mail/new" "$office/mail/tmp" 2>/dev/null
mv "$office/state/keys/log.key" "$office/key"
expect 2 "no key" sc void 4 --reason x
mv "$office/key" "$office/state/keys/log.key"
chmod 644 "$office/state/keys/log.key"
expect 2 "0600" sc void 4 --reason x
chmod 600 "$office/state/keys/log.key"
sed -i 's|^origin = .*|origin = other.example.org|' "$ini"
expect 2 "cannot change" sc void 4 --reason x
sed -i 's|^origin = .*|origin = spotcheck.example.org|' "$ini"
sed -i "s|^public_dir = .*|public_dir = /proc/nowhere|" "$ini"
expect 3 "published folder cannot be written" sc void 4 --reason x
sed -i "s|^public_dir = .*|public_dir = $office/public|" "$ini"
expect 0 "voided" sc void 4 --reason x # nothing had been begun
verified
echo "all steps"
