#!/bin/bash
# Goal: what `odds` says before a draw: exact where the rules are plain, else counted with its error, the same each time;
# nothing is changed; the picture of the chances is published with the opening, and not before.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
expect 2 "no database" sc odds spot-check
expect 0 "Recovery code" sc init

# Words that are none; rosters that are not there.
expect 2 "usage:" sc odds
expect 2 "usage:" sc odds spot-check again
expect 2 "usage:" sc odds spot-check --trails 5
expect 2 "usage:" sc odds spot-check --csv --json
expect 2 'no cycle "spotcheck"' sc odds spotcheck
for n in 0 -1 1000000000 1000001 1e3 x ''; do
	expect 2 "is no number of trials from 1 to 1000000" sc odds spot-check --trials "$n"
done
expect 2 "one line" sc odds spot-check --seed $'two\nlines'
expect 2 "roster" sc odds spot-check
helper_import targets inspectors conflicts matters

before=$(find "$office/state" "$office/public" -type f ! -name '*.db-*' -exec sha256sum {} + | sort)
expect 0 "simulated draws with the seed \"spotcheck odds\"" sc odds spot-check --trials 500
grep -q "and 73 more: --all" "$office/out" || fail "the table is not cut"
cp "$office/out" "$office/first"
expect 0 "T001" sc odds spot-check --trials 500
cmp -s "$office/out" "$office/first" || fail "other figures from the same seed"
expect 0 "\"other\"" sc odds spot-check --trials 500 --seed other
expect 0 "T083" sc odds spot-check --trials 1 --all
# Few draws: what none of them drew is said to be unknown, and counts for no empty place.
expect 0 "targets were drawn in none of the simulated draws" sc odds spot-check --trials 2
grep -q "Places with a team, on the average: 13.00" "$office/out" || fail "who was not drawn counts as not staffed"
expect 0 "never drawn" sc odds spot-check --trials 2 --all
for trials in 2 20; do
	sc odds spot-check --trials $trials --json | grep -q '"staffed_mean_ppm":13000000,' || fail "staffed, of $trials draws"
done
expect 0 "kind,target,inspector,ppm,low_ppm,high_ppm" sc odds spot-check --trials 500 --csv
awk -F, '$1 == "chosen" {sum += $4} END {exit !(sum > 12999900 && sum < 13000100)}' "$office/out" ||
	fail "the chances do not add up to the 13 that are drawn"
awk -F, 'NR > 1 && !($5 <= $4 && $4 <= $6)' "$office/out" | grep . && fail "a figure outside of its interval"
test "$before" = "$(find "$office/state" "$office/public" -type f ! -name '*.db-*' -exec sha256sum {} + | sort)" ||
	fail "odds changed something"

# For programs: canonical, and what it must be.
sc odds spot-check --trials 500 --json >"$office/json" || fail "json"
/usr/bin/python3 - "$office/json" <<'PYTHON' || fail "the figures"
import json
import sys

text = open(sys.argv[1], encoding="utf-8").read()
odds = json.loads(text)
assert text == json.dumps(odds, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
assert odds["trials"] == 500 and odds["exact"] is False and odds["cycle"] == "spot-check"
assert len(odds["targets"]) == 83 and len(odds["inspectors"]) == 24
assert abs(sum(t["chosen_ppm"] for t in odds["targets"]) - 13_000_000) < 100
assert odds["staffed_mean_ppm"] == 13_000_000
assert abs(sum(i["visits_ppm"] for i in odds["inspectors"]) - 26_000_000) < 100
for t in odds["targets"]:
    meet = sum(p["meet_ppm"] for p in odds["pairs"] if p["target"] == t["id"])
    assert abs(meet - 2 * t["staffed_ppm"]) < 100, t
# Every visit has a slot.  Those of a unit start at one, and most can be kept together.
assert len(odds["slots"]) == 10 and abs(sum(s["share_ppm"] for s in odds["slots"]) - 1_000_000) < 10
assert all(60_000 < s["share_ppm"] < 140_000 and s["share_error_ppm"] < 50_000 for s in odds["slots"]), odds["slots"]
assert odds["visits"] == 6500 and odds["unkept"] <= 650 and odds["units_together"] > 0.5 * odds["units"] > 0
PYTHON

# Targets that nobody can visit, inspectors who can visit nothing.
helper_set team "lead nobody"
expect 0 "No lawful team can visit 83 targets: T001, T002" sc odds spot-check --trials 100
grep -q "24 inspectors can visit nothing" "$office/out" || fail "inspectors without a target are not named"

# Plain rules: exact, whatever the trials.
helper_set team "any any"
helper_set avoid ""
helper_set level_gap ""
helper_set max_load 0
printf 'inspector,scope,value\n' >"$office/none.csv"
expect 0 "conflicts" sc import conflicts "$office/none.csv" --replace-limit 100
expect 0 "the slots alone are counted, in 7 simulated draws" sc odds spot-check --trials 7
sc odds spot-check --json >"$office/json" || fail "json"
test "$(field visitor_mean_ppm <"$office/json")" = 83333 || fail "2 of 24 is not 83333 per million"

# To be visited with one's unit: where nothing moves a visit, that is another of the unit being drawn, by hand.
helper_set spacing 0
helper_set weight none
helper_set sample 12
sc odds spot-check --json >"$office/json" || fail "json"
/usr/bin/python3 - "$office/json" "$office/conf/sample/targets.csv" <<'PYTHON' || fail "the chance to be visited with one's unit"
import collections
import csv
import json
import math
import sys

odds = json.load(open(sys.argv[1], encoding="utf-8"))
unit = {row["id"]: row["unit"] for row in csv.DictReader(open(sys.argv[2], encoding="utf-8-sig"))}
size = collections.Counter(unit.values())
assert odds["exact"] and odds["units_together"] == odds["units"] > 0 and odds["unkept"] == 0
for t in odds["targets"]:
    chance = 1 - math.comb(83 - size[unit[t["id"]]], 11) / math.comb(82, 11)
    error = math.sqrt(chance * (1 - chance) / (12 / 83 * 1000))    # of 1,000 simulated draws, in 12 of 83 of which it is drawn
    assert abs(t["together_ppm"] / 1e6 - chance) <= 4.5 * error, (t["id"], t["together_ppm"], chance)
PYTHON
helper_set spacing 3h
helper_set weight column

# Where everybody has one visit, as in the sample's timetables, units are together, and slots are as likely as each other.
sc odds after-holiday --trials 2000 --json >"$office/json" || fail "json"
/usr/bin/python3 - "$office/json" <<'PYTHON' || fail "one visit each"
import json
import sys

odds = json.load(open(sys.argv[1], encoding="utf-8"))
assert odds["units_together"] == odds["units"] > 500 and odds["unkept"] == 0 and odds["visits"] == 12000, odds["units"]
assert len(odds["slots"]) == 6
assert all(abs(s["share_ppm"] - 1e6 / 6) < 1.5 * s["share_error_ppm"] for s in odds["slots"]), odds["slots"]
PYTHON

# The picture stands with an open draw, well-formed and without script, whatever the classes are called.
hostile="<script>alert(1)</script>&amp;'{{id}}"
sed "s/,A,/,$(printf '%s' "$hostile" | sed 's/[&/]/\\&/g'),/" "$office/conf/sample/targets.csv" >"$office/hostile.csv"
expect 0 "targets" sc import targets "$office/hostile.csv"
helper_set sample "${hostile//&/\\&}:20% *:10%"
expect 0 "opened" sc run spot-check
for language in en zh; do
	/usr/bin/python3 - "$office/public/draws/0001/odds-$language.svg" "$hostile" <<'PYTHON' || fail "the picture"
import sys
import xml.dom.minidom

picture = xml.dom.minidom.parse(sys.argv[1])
tags = {node.tagName for node in picture.getElementsByTagName("*")}
assert tags == {"svg", "title", "desc", "style", "text", "rect"}, tags
assert picture.documentElement.getAttribute("role") == "img"
text = "".join(node.firstChild.data for node in picture.getElementsByTagName("desc"))
assert sys.argv[2] in text, text
assert any(sys.argv[2] in node.firstChild.data for node in picture.getElementsByTagName("text"))
PYTHON
	grep -q "src=\"odds-$language.svg\" alt=\"" "$office"/public/draws/0001/*.html || fail "no page shows the picture"
done
cp "$office/public/draws/0001/odds-en.svg" "$office/picture"
expect 0 "Published" sc publish
cmp -s "$office/picture" "$office/public/draws/0001/odds-en.svg" || fail "another picture of the same draw"
verified

# And not with a sealed one, or a void.
rm -rf "$office/state" "$office/public" "$office/mail" "$office/conf"
helper_conf
helper_set embargo 30
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "sealed until" sc run spot-check
test -z "$(find "$office/public" -name '*.svg')" || fail "a picture before its time"
! grep -q "<img" "$office"/public/draws/0001/*.html || fail "a page shows a picture before its time"
expect 0 "T001" sc odds spot-check --trials 100
verified
