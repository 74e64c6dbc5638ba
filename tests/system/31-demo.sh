#!/bin/bash
# Goal: the demonstration runs to its end in a folder of its own, and says what it is meant to say.
# shellcheck disable=SC2154,SC1091 # office.sh sets them
. "$(dirname "$0")/office.sh"

expect 0 "yes: every check that was run holds" env SPOTCHECK="$spotcheck" "$here/../../scripts/demo.sh" "$office/demo"
for words in "Recovery code" "13" "result-0001-" "draws/0001" "NO: " "Where to look"; do
	grep -qF -- "$words" "$office/out" || fail "no \"$words\""
done
test -s "$office/demo/public/draws/0001/record.json" || fail "no record"
test ! -e "$office/demo/forged" || fail "the forgery was left there"
expect 1 "" env SPOTCHECK="$spotcheck" "$here/../../scripts/demo.sh" "$office/demo"
