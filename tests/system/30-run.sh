#!/bin/bash
# Goal: with the shipped configuration and sample, a first draw goes from nothing to a directory that anybody can check;
# a second one knows of the first.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
expect 2 "spotcheck setup" sc run spot-check
expect 0 "Recovery code" sc init
test "$(stat -c %a "$office/state/keys/log.key")" = 600 || fail "mode of log.key"
cp "$office/out" "$office/init"
expect 2 "a log already" sc init
verified

# Nothing to draw from yet: each time the message says what is missing.
expect 2 "no roster of targets" sc run spot-check
helper_import targets
expect 2 "no roster of inspectors" sc run spot-check
helper_import inspectors
expect 2 'which does not stand in the roster of matters' sc run spot-check
helper_import conflicts matters
verified

# A rehearsal changes nothing.
before=$(find "$office/public" -type f -exec sha256sum {} + | sort)
expect 0 "nothing was changed" sc draw --dry-run spot-check
test "$(sc --json draw --dry-run spot-check | field selected)" = 13 || fail "13 places"
test "$before" = "$(find "$office/public" -type f -exec sha256sum {} + | sort)" ||
	fail "the rehearsal published something"
test "$(sc --json list)" = "[]" || fail "the rehearsal left a draw"

# The first draw.
expect 0 "draws/0001" sc run spot-check
cp "$office/out" "$office/first"
verified
"$spotcheck" replay "$office/public/draws/0001" >"$office/out" || fail replay
/usr/bin/python3 - "$office" <<'PYTHON' || fail "the table is not the record"
import json, os, subprocess, sys
office = sys.argv[1]
record = json.load(open(office + "/public/draws/0001/record.json"))
table = open(office + "/first").read()
assert len(record["selected"]) == 13
for place in record["selected"]:
    line = next(line for line in table.splitlines() if f" {place['id']} " in line)
    assert place["visit"].split("T")[0] in line and all(inspector in line for inspector in place["team"]), line
days = {(p, place["visit"].split("T")[0]) for place in record["selected"] for p in place["team"]}
assert len(os.listdir(office + "/mail/new")) == len(days), "one letter each for each day"
PYTHON
for path in public public/draws/0001; do
	test "$(stat -c %a "$office/$path")" = 755 || fail "mode of $path"
done
test "$(stat -c %a "$office/public/checkpoint")" = 644 || fail "mode of checkpoint"
test "$(stat -c %a "$office/state/spotcheckd.db")" = 600 || fail "mode of the database"
! grep -rqF nonce "$office/public/draws/0001/targets.csv" || fail "a private file is public"
! find "$office/public" -name '*private*' | grep -q . || fail "a private file is public"

# The table and the directory can be had again.
expect 0 "T0" sc show 1
expect 0 "opened" sc list
before=$(cd "$office/public" && find . -type f -exec sha256sum {} + | sort)
expect 0 "Published anew" sc publish
test "$before" = "$(cd "$office/public" && find . -type f -exec sha256sum {} + | sort)" || fail "other bytes"

# A second draw: the pairs of the first are kept apart (rotate = 2), and what was drawn is dated.
sent=$(letters)
expect 0 "draws/0002" sc run spot-check
verified
test "$(letters)" -gt "$sent" || fail "no letters of the second draw"
test "$(grep -c ',rotation$' "$office/public/draws/0002/conflicts.csv")" -eq 26 || fail "26 pairs"
test "$(cut -d, -f9 "$office/public/draws/0002/targets.csv" | grep -c '^20')" -eq 13 || fail "13 dates"
expect 0 "next: a commitment at" sc status
echo "two draws, $(letters) letters"
