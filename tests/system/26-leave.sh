#!/bin/bash
# Goal: leave that is planned ahead keeps an inspector out of visits on these days, and out of the draw where no day is left;
# who is away is said to the office, and stands in a publication that verifies.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
helper_set embargo 30
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters

# The draw is today, and visits are on the days after.
day()
{
	TZ=Asia/Shanghai date -d "$1 days" +%F
}

# Imports: a CSV, an inspector's own calendar, and what is refused.
expect 0 "inspector,from,to,reason" sc export leave
printf 'inspector,from,to,reason\nI001,%s,%s,年假\nI002,%s,%s,\nI999,%s,%s,\n' "$(day -3)" "$(day 60)" "$(day 1)" "$(day 1)" \
	"$(day 1)" "$(day 1)" >"$office/leave.csv"
sc import leave "$office/leave.csv" >"$office/out" 2>"$office/err"
test $? -eq 2 || fail "an unknown inspector"
grep -q 'leave.csv:4: inspector "I999" does not stand' "$office/err" || fail "the line"
sed -i '$d' "$office/leave.csv"
expect 0 '"added":2,"changed":0,"dry_run":true' sc --json import leave "$office/leave.csv" --dry-run
expect 0 '"added":2,"changed":0' sc --json import leave "$office/leave.csv"
printf 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:%s\r\nDURATION:P60D\r\nSUMMARY:疗养\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' \
	"$(day 1 | tr -d -)" >"$office/leave.ics"
expect 2 "whose with --inspector ID" sc import leave "$office/leave.ics"
expect 2 "does not stand in the roster" sc import leave "$office/leave.ics" --inspector I999
expect 2 "--inspector is for" sc import targets "$office/leave.ics" --inspector I003
expect 0 '"added":1' sc --json import leave "$office/leave.ics" --inspector I003
expect 0 "I003,$(day 1),$(day 60)," sc export leave
! grep -q 疗养 "$office/out" || fail "more of the calendar is kept than its days"
expect 0 '"removed":1' sc --json import leave --undo
expect 0 '"added":1' sc --json import leave --undo

# Excuses ahead: one that does not touch the window, one over all of it, one that holds today.
expect 0 "excused" sc excuse inspector I004 --from "$(day 200)" --until "$(day 210)" --reason 出差
expect 0 "excused" sc excuse inspector I005 --from "$(day 1)" --until "$(day 60)" --reason 培训
expect 0 "excused" sc excuse inspector I006 --until "$(day 60)" --reason 病假
expect 0 "excused" sc excuse target T001 --from "$(day 1)" --until "$(day 60)" --reason 装修
expect 0 "I001, I006" sc status

# The drum, as committed in the state.
expect 0 "drawn" sc run spot-check
file()
{
	/usr/bin/python3 - "$office/state/spotcheckd.db" "$1" <<'PYTHON'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT bytes FROM draw_file WHERE name = ? AND n = 1 ORDER BY part", (sys.argv[2],))
sys.stdout.write(b"".join(row[0] for row in rows).decode())
PYTHON
}
drum()
{
	file inspectors.csv | grep "^$1," | cut -d, -f6
}
test "$(drum I001) $(drum I002) $(drum I003) $(drum I004) $(drum I005) $(drum I006)" = "away in away in away excused" ||
	fail "the drum: $(file inspectors.csv | cut -d, -f1,6)"
file targets.csv | grep -q '^T001,.*,excused,' || fail "T001 is not excused over the window"
file away.csv >"$office/away.csv"
! grep -q '^I00[46],' "$office/away.csv" || fail "days that tell nothing"
slots=$(file away.csv | grep -c '^I001,')
test "$(grep -c '^I003,' "$office/away.csv")" -eq "$slots" || fail "not all days"
expect 0 "Away: I001 $(sed -n 's/^I001,//p' "$office/away.csv" | head -1)" sc show 1 --by office --reason test
expect 0 '"away_days":"I001 ' sc --json show 1 --by office --reason test
expect 0 '"away":' sc --json list

# Nobody is sent on a day of leave.
sc --json show 1 --by office --reason test >"$office/show"
/usr/bin/python3 - "$office/show" "$office/away.csv" <<'PYTHON' || fail "somebody is sent while away"
import json, sys
away = {tuple(line.split(",")) for line in open(sys.argv[2]).read().splitlines()[1:]}
visits = json.load(open(sys.argv[1]))["visits"]
sys.exit(any((seat["id"], visit["visit"][:10]) in away for visit in visits for seat in visit["team"]))
PYTHON

# Visits of a sealed draw are booked in the next one's window, and said to nobody by a draw that is opened at once.
sed -n '/^\[cycle spot-check\]/,/^# ---- An example/p' "$ini" | sed 's/^\[cycle spot-check\]/[cycle second]/; s/^embargo = .*/embargo = 30/' \
	>>"$ini"
expect 0 "Inspectors away: 1" sc run second
sc --json show 1 --by office --reason test >"$office/show"
/usr/bin/python3 - "$office/show" "$office/state/spotcheckd.db" <<'PYTHON' || fail "a booked day is missing"
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[2]).execute("SELECT bytes FROM draw_file WHERE name = 'away.csv' AND n = 2")
away = {tuple(line.split(",")) for line in rows.fetchone()[0].decode().splitlines()[1:]}
booked = {(seat["id"], visit["visit"][:10]) for visit in json.load(open(sys.argv[1]))["visits"] for seat in visit["team"] if seat["id"]}
sys.exit(not booked or not booked <= away)
PYTHON
verified

# Opened at once: its roster and away.csv are checked; of the sealed draws' days it tells nothing.
sed -n '/^\[cycle spot-check\]/,/^# ---- An example/p' "$conf/spotcheckd.ini" |
	sed 's/^\[cycle spot-check\]/[cycle open]/; s/^embargo = .*/embargo = 0/' >>"$ini"
expect 0 "opened" sc run open
verified
grep -q '^I003,.*,away,' "$office/public/draws/0003/inspectors.csv" || fail "I003 is not away in public"
test "$(tail -n +2 "$office/public/draws/0003/away.csv" | cut -d, -f1 | sort -u | tr '\n' ' ')" = "I001 I002 I003 I005 " ||
	fail "a sealed draw's days are told"
