#!/bin/bash
# Goal: two years of the shipped sample, by fixed seeds: no inspector at two places at one time, in a draw or by two of them,
# no visit that cannot be kept, no unit at two slots, no post drawn again within `quiet`; and a draw is the same each time.
# The checker notes what scripts/ten_years.py counts, here of a sample whose cycles get in each other's way.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

export SPOTCHECK=$spotcheck SPOTCHECKD=${SPOTCHECKD:-$here/../../build/spotcheckd}
years=$here/../../scripts/ten_years.py
command -v gcc >/dev/null || { echo "gcc is not here"; exit 77; }

for seed in 1 2; do
	expect 0 "| sample | 2 | 69 |" /usr/bin/python3 "$years" --years 2 --seed "$seed" --none sample
	cut -d'|' -f1-14 "$office/out" >"$office/row.$seed"
done
expect 0 "| sample |" /usr/bin/python3 "$years" --years 2 --seed 1 sample
cut -d'|' -f1-14 "$office/out" | cmp -s - "$office/row.1" || fail "another row from the same seed"

# The commitments stand a day and overlap; everybody may have four visits: it is counted, refused by --none, and noted.
cp -r "$conf" "$office/conf"
sed -i -e 's/^commit = 2h/commit = 24h/' -e 's/^max_load = 1/max_load = 4/' -e 's/^window = 1 workday/window = 2 workdays/' \
	-e 's/^sample = [34]$/sample = 12/' -e 's/^time = 1.:.*/time = 09:00/' "$office/conf/spotcheckd.ini"
CONF=$office/conf /usr/bin/python3 "$years" --years 1 --seed 1 --none sample >"$office/out" 2>"$office/err" &&
	fail "what should not come was let pass"
grep -q "sample: {.*over all draws.*units at several slots" "$office/err" || fail "it is not said what came"
! grep -q "not noted" "$office/err" || fail "the checker does not note it"
cat "$office/out"
