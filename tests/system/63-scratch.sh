#!/bin/bash
# Goal: a simulation as its user meets it: whose rosters, where everything lies, how it is labelled, what of beacons, and
# that nothing outside its folder is touched; and what `spotcheckd` says to wrong arguments.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

spotcheckd=${SPOTCHECKD:-$here/../../build/spotcheckd}
helper_conf
scd()
{
	"$spotcheckd" -c "$ini" "$@"
}

expect 2 "usage:" scd --simulate 2026-01-01
expect 2 "usage:" scd --simulate 2026-01-01 2026-01-31
expect 2 "usage:" scd --scratch "$office/x"
expect 2 "usage:" scd --wrong
expect 2 "usage:" scd --simulate 2026-01-01 2026-01-31 --scratch "$office/x" more
expect 2 "two dates" scd --simulate 2026-01-01 yesterday --scratch "$office/x"
expect 2 "two dates" scd --simulate 2026-02-01 2026-01-01 --scratch "$office/x"
sed "s|^state_dir = .*|state_dir = $office/nowhere|" "$ini" >"$office/conf/nowhere.ini"
expect 2 "no state directory" "$spotcheckd" -c "$office/conf/nowhere.ini"
expect 0 "spotcheckd " scd --version
expect 0 "simulate FROM TO" scd --help
scd --check || fail "what is shipped is refused"
test ! -e "$office/x" || fail "a folder without a simulation"
mkdir "$office/full" && touch "$office/full/file"
expect 2 "not empty" scd --simulate 2026-01-01 2026-01-31 --scratch "$office/full"
mkdir "$office/conf/holidays"
echo 2027-02-30,日,休 >"$office/conf/holidays/bad.csv"
expect 2 "bad.csv:1:" scd --check
expect 2 "bad.csv:1:" scd --simulate 2026-01-01 2026-01-31 --scratch "$office/bad"
rm -r "$office/conf/holidays"

# ---- without a state: the sample district ----
expect 0 "the sample district" scd --simulate 2026-09-20 2026-11-30 --scratch "$office/autumn"
grep -q "Mid-Autumn *during-holiday *2026-09-25 06:00  2026-09-25 08:00" "$office/out" || fail "no Mid-Autumn"
grep -q "National Day *after-holiday *2026-10-08 07:00  2026-10-08 09:00 .*2026-11-07 09:00" "$office/out" ||
	fail "no National Day"
expect 0 "yes: every check" "$spotcheck" verify --at 2026-12-01T00:00:00Z "$office/autumn/public"
head -n 1 "$office/autumn/public/checkpoint" | grep -qx simulation.spotcheck.example.org || fail "the log is not labelled"
test "$(find "$office/autumn/mail/new" -type f | wc -l)" -gt 20 || fail "hardly a letter"
test ! -e "$office/state/spotcheckd.db" || fail "a state outside of the folder"
test ! -e "$office/public" || fail "something was published outside of the folder"
test ! -e "$office/mail" || fail "letters outside of the folder"

# ---- with a state: its own rosters, which stay as they are ----
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
sc excuse target T001 --until "$(date -u -d "+2 years" +%F)" --reason "on leave" --by test >"$office/out" || fail "excuse"
sc export targets >"$office/before.csv"
expect 0 "those of $office/state" scd --simulate 2026-09-20 2026-10-20 --scratch "$office/own"
expect 0 "yes: every check" "$spotcheck" verify --at 2026-10-21T00:00:00Z "$office/own/public"
grep -q '"excused":{"inspectors":0,"targets":1}' "$office"/own/public/draws/0001/commit.json || fail "the excuse is lost"
sc export targets | cmp -s - "$office/before.csv" || fail "the state's rosters have changed"
test "$(sc --json list)" = "[]" || fail "a draw in the state"

# ---- beacons that cannot be asked are made up, and say so ----
sed -i -e '/^\[cycle after-holiday\]/,/^\[/s|^beacon = .*|beacon = drand|' \
	-e 's|^\[cycle quarterly\]|[cycle quarterly]\nbeacon = public|' "$ini"
expect 0 "draws" scd --simulate 2026-10-01 2026-10-31 --scratch "$office/beacons"
grep -ql '"label":"simulation: made up, in place of drand"' "$office"/beacons/public/draws/*/commit.json || fail "drand"
grep -ql '"label":"simulation: made up, in place of twenty ten-sided dice"' "$office"/beacons/public/draws/*/commit.json ||
	fail "dice"
expect 0 "yes: every check" "$spotcheck" verify --at 2026-11-01T00:00:00Z "$office/beacons/public"

# ---- what nothing comes of is told ----
sed -i '/^\[cycle quarterly\]/,/^\[/s|^sample = .*|sample = X:10%|' "$ini"
expect 0 "Missed, or committed late" scd --simulate 2026-10-01 2026-10-31 --scratch "$office/refused"
grep -q "quarterly (2026-Q4): .*sample covers no targets of class" "$office/out" || fail "no reason"
echo "as if"
