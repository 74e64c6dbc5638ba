#!/bin/bash
# Goal: a backup brings the whole state back, to who has the recovery code and to nobody else; what is cut short, changed
# or older than what was published is refused with words, and nothing is changed.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
helper_set embargo 30
expect 0 "Recovery code" sc init
code=$(sed -n 's/^    \([0-9A-Z-]*\)$/\1/p' "$office/out" | sed -n 1p)
helper_import targets inspectors conflicts matters
expect 0 "sealed until" sc run spot-check
expect 0 "saved in" sc backup "$office/one.backup"
expect 2 "there already" sc backup "$office/one.backup"
test "$(stat -c %a "$office/one.backup")" = 600 || fail "others can read it"
! grep -qaE "T001|PRIVATE|spot-check" "$office/one.backup" || fail "something in it is not sealed"
test -z "$(find "$office/state" -name '.*')" || fail "a copy was left behind"

restore() # CODE FILE
{
	printf '%s\n' "$1" | sc restore "$2"
}

# Refused, and nothing is changed.
expect 2 "holds a state already" restore "$code" "$office/one.backup"
mv "$office/state" "$office/kept"
mkdir -m 700 "$office/state"
wrong=$(sed 'y/0123456789/1234567890/' <<<"$code")
expect 2 "no recovery code" restore "$wrong" "$office/one.backup"
expect 2 "no backup of spotcheckd" restore "$code" /dev/null
size=$(stat -c %s "$office/one.backup")
for cut in 0 10 80 150 200 $((size / 2)) $((size - 1)); do
	head -c "$cut" "$office/one.backup" >"$office/cut"
	sc restore "$office/cut" <<<"$code" >"$office/out" 2>"$office/err"
	[ $? -eq 2 ] || fail "cut at $cut"
done
for at in 90 170 250 $((size / 2)) $((size - 1)); do
	cp "$office/one.backup" "$office/bad"
	printf '\377' | dd of="$office/bad" bs=1 seek="$at" conv=notrunc status=none
	! cmp -s "$office/bad" "$office/one.backup" || continue
	sc restore "$office/bad" <<<"$code" >"$office/out" 2>"$office/err"
	[ $? -eq 2 ] || fail "changed at $at"
done
cat "$office/one.backup" "$office/one.backup" >"$office/twice"
expect 2 "damaged" restore "$code" "$office/twice"
test -z "$(ls -A "$office/state")" || fail "something was left by a refused restore"

# The state is back; letter case and spaces of the code do not matter.
expect 0 "is back" restore "$(tr 'A-Z-' 'a-z ' <<<"$code")" "$office/one.backup"
expect 2 "sealed until" sc reveal 1
expect 0 "T0" sc show 1 --by test --reason test
expect 0 "sealed until" sc run spot-check
verified
sed "s|$office/state|$office/kept|" "$ini" >"$office/conf/kept.ini"
sc export targets | cmp -s - <("$spotcheck" -c "$office/conf/kept.ini" export targets) || fail "the rosters differ"

# An older state: noticed before anything is signed.
rm -rf "$office/state"
mkdir -m 700 "$office/state"
expect 0 "is back" restore "$code" "$office/one.backup"
expect 2 "older than what was published" sc run spot-check
expect 2 "older than what was published" sc publish
verified
test "$(sc --json list | grep -o '"n":' | wc -l)" = 1 || fail "something was committed"
echo "safe and back"
