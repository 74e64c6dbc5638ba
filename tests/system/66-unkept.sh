#!/bin/bash
# Goal: visits that nobody can keep are said before anything is committed, with the reason and with what would help; and after
# the draw by `show` and on the draw's page.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
sc check >"$office/out" 2>"$office/err"
! grep -q "cycle spot-check.*cannot be kept" "$office/out" || fail "five days are not enough for the sample"
expect 0 "Visits that cannot be kept: 0" sc draw --dry-run spot-check
! grep -q "What would help" "$office/out" || fail "help for nothing"

# Two places each at one time: one slot for 26 seats, and 24 people.
helper_set visit_time 09:00
helper_set window "1 workdays"
helper_set visit_time 09:00
expect 0 "of 13 visits cannot be kept:" sc draw --dry-run spot-check
grep -qE "^T[0-9]+, [0-9-]+ 09:00: (.*; )?I[0-9]+ has another visit at or close to 1 of 1 slots" "$office/out" || fail "no reason"
grep -q "What would help: visits at 12:00 as well ([0-9] left)" "$office/out" || fail "no help"
grep -q "a window of one day more" "$office/out" || fail "no longer window"
sc --json draw --dry-run spot-check >"$office/json" || fail "json"
test "$(field unkept <"$office/json")" -gt 0 || fail "unkept in JSON"
test "$(field unkept_targets <"$office/json" | wc -w)" = "$(field unkept <"$office/json")" || fail "which, in JSON"
grep -q '"helps":"slot day' "$office/json" || fail "what helps, in JSON"
test "$(sc --json list)" = "[]" || fail "a rehearsal committed"
sc check >"$office/out" 2>"$office/err"
grep -q "of 260 visits in 20 rehearsals .* cannot be kept, such as T" "$office/out" || fail "check does not say it"
grep -q "What would help" "$office/out" || fail "check does not say what would help"

expect 0 "opened" sc run spot-check
expect 0 "of 13 visits cannot be kept:" sc show 1
n=$(sc --json show 1 | /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)["unkept"]))')
test "$n" -gt 0 || fail "show in JSON"
grep -lq "cannot be kept" "$office"/public/draws/0001/*.html || fail "not on the page"
grep -q "无法由全组成行" "$office"/public/draws/0001/*.html || fail "not on the page in Chinese"
expect 0 "cannot be kept" "$spotcheck" verify "$office/public"
verified

# One visit a week each: no slot on the same days helps; 26 seats, and 24 people.
rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
helper_conf
sed -i '/^\[cycle spot-check\]/a spacing = 7d' "$ini"
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "of 13 visits cannot be kept:" sc draw --dry-run spot-check
! grep -q "as well (" "$office/out" || fail "another slot cannot help"
grep -qE "^What would help: |^Neither " "$office/out" || fail "what would help"

# What one cycle drew rests in another with `quiet`, and the schedule says so.
sed -i '/^\[cycle spot-check\]/,/^\[/s/^spacing = 7d/spacing = 3h/' "$ini"
printf '\n[cycle watch]\ntitle = W\nwhen = monthly\nquiet = 180d\nembargo = 30\nsample = 5\nmatters = duty\n' >>"$ini"
expect 0 "opened" sc run spot-check
expect 0 "watch: 13 posts rest, since the draws of spot-check have them" sc schedule
sc --json schedule | grep -q '"resting":"spot-check 13"' || fail "the schedule in JSON"

# Two cycles, each committed before the other has drawn, know nothing of each other: said before, and noted after.
rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
helper_conf
sc check >"$office/out" 2>"$office/err"
! grep -q "overlap with another" "$office/out" || fail "the sample's cycles overlap"
for name in one two; do
	printf '\n[cycle %s]\ntitle = W\nwhen = monthly\nday = 10\nsample = 2\nmatters = duty\nquiet = 14d\n' $name >>"$ini"
done
sc check >"$office/out" 2>"$office/err"
grep -qE "\[cycle one\] 1[34] of 1[34] draws overlap with another cycle's .* with two" "$office/out" || fail "check does not say it"
expect 0 "two: 12 of 12 draws overlap with another cycle's between" sc schedule --from 2026-01-01 --to 2026-12-31
expect 0 "draws" "${SPOTCHECKD:-$here/../../build/spotcheckd}" -c "$ini" --simulate 2026-07-25 2026-09-14 --scratch "$office/year"
expect 0 "1 commitments of other cycles had no outcome yet when it was committed" "$spotcheck" verify --at 2026-09-15T00:00:00Z \
	"$office/year/public"
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "Units visited at more than one slot" sc draw --dry-run after-holiday
grep -q "^Units visited at more than one slot: 0$" "$office/out" || fail "one visit each, and units apart"
echo "unkept"
