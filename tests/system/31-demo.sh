#!/bin/bash
# Goal: the demonstration runs to its end in a folder of its own, and says what it is meant to say.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

demo()
{
	env SPOTCHECK="$spotcheck" SPOTCHECKD="${SPOTCHECKD:-$here/../../build/spotcheckd}" "$here/../../scripts/demo.sh" "$office/demo"
}

expect 0 "yes: every check that was run holds" demo
for words in "National Day     after-holiday   2026-10-08 07:00  2026-10-08 09:00" "2026-Q3" " result-00" "draws/0001" "NO: " \
	"Not one clash: each inspector's visits of all draws" "0 visits cannot be kept; 0 times" "It took" "Where to look"; do
	grep -qF -- "$words" "$office/out" || fail "no \"$words\""
done
grep -qE "after-holiday +[0-9: -]+  10-[0-9]{2} [0-9]{2}:00 T[0-9]+: I[0-9]+, I[0-9]+; and" "$office/out" || fail "no hour"
test -s "$office/demo/year/public/draws/0001/record.json" || fail "no record"
test ! -e "$office/demo/forged" || fail "the forgery was left there"
expect 1 "" demo

# In Chinese too, to its end: the counts are found by their place, not by their words.
chinese()
{
	env SPOTCHECK="$spotcheck" SPOTCHECKD="${SPOTCHECKD:-$here/../../build/spotcheckd}" LC_ALL=zh_CN.UTF-8 \
		"$here/../../scripts/demo.sh" "$office/chinese"
}

chinese >"$office/out" 2>/dev/null || fail "not to its end" # bash warns of a locale that is not installed
[ "$(grep -c 无一冲突 "$office/out")" -eq 2 ] || fail "not one clash, twice"
