#!/bin/bash
# Goal: conditions in the INI say which targets take part, and a team's seat `own` who may go to them.  What cannot be
# asked of the rosters is told by check, and nothing is committed then.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

# A value may hold what helper_set takes for its own.
targets_are()
{
	WANTED="targets = $1" awk '/^\[cycle / { here = $2 == "spot-check]" }
		here && /^#?targets =/ { print ENVIRON["WANTED"]; next } { print }' "$ini" >"$office/ini" && cp "$office/ini" "$ini"
}

drawn_from()
{
	targets_are "$1"
	expect 0 "Targets on the roster: $2" sc draw --dry-run spot-check
}

not_asked()
{
	targets_are "$1"
	expect 1 "$2" sc check
	expect 2 "$2" sc commit spot-check
}

helper_conf
sc init </dev/null >"$office/out" 2>&1 || fail "init"
helper_import targets inspectors conflicts matters

drawn_from "" 83
drawn_from "class=D" 8
drawn_from "类别=C|D" 25
drawn_from "class!=A unit!=财政局 级别>=5" 6
drawn_from "since>=2023-01-01 needs!=finance" 20
not_asked "clas=D" 'did you mean "class"?'
not_asked "岗位>=3" 'the column "岗位" is compared with a number, and at T001 it holds none'
targets_are "level>3"
line=$(grep -n '^targets = level' "$ini" | cut -d: -f1)
expect 2 "ini:$line: targets = level>3: a condition is column=value" sc check

# A column of the user's own: the post of line 50 has no funds.
targets_are ""
sed -e '1s/$/,集体资金/;2,39s/$/,100/;40,$s/$/,600.5/;50s/,600.5$/,/' "$office/conf/sample/targets.csv" >"$office/funds.csv"
expect 0 "集体资金" sc import targets "$office/funds.csv"
drawn_from "集体资金>=500" 44
not_asked "集体资产>=500" 'did you mean "集体资金"?'

# What a post needs: by an inspector's tag, of enough of them.
targets_are ""
helper_set team "lead own"
sed -e '/,audit;lead,/!s/audit[;]*//' "$office/conf/sample/inspectors.csv" >"$office/few.csv"
sed -e 's/audit;*//' "$office/conf/sample/inspectors.csv" >"$office/none.csv"
expect 0 "" sc list --json
[ "$(cat "$office/out")" = "[]" ] || fail "something was committed"
expect 0 "" sc import inspectors "$office/none.csv"
expect 1 '2 targets need "audit", which no inspector has as a tag' sc check
expect 0 "" sc import inspectors "$office/few.csv"
helper_set team "own own own"
expect 1 '2 targets need "audit" for 3 seats, and only 2 inspectors have it' sc check
helper_set team "own own"
sc check >"$office/out" 2>&1
grep -q 'the 2 targets that need "audit" is known beforehand' "$office/out" || fail "no hint"
helper_import inspectors
helper_set team "lead own"
helper_set sample 60
helper_set max_load 0
expect 0 "" sc run spot-check
expect 0 "every check that was run holds" sc verify "$office/public"
python3 - "$office/public/draws/0001" <<'PYTHON' || fail "somebody has not what the post needs"
import csv, json, sys
rows = {name: {row["id"]: row for row in csv.DictReader(open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8"))}
        for name in ("targets", "inspectors")}
places = [(rows["targets"][place["id"]]["needs"], rows["inspectors"][place["team"][1]]["tags"].split(";"))
          for place in json.load(open(f"{sys.argv[1]}/record.json", encoding="utf-8"))["selected"]]
sys.exit(not any(need for need, _ in places) or any(need and need not in tags for need, tags in places))
PYTHON
echo "conditions, and what 60 posts need"
