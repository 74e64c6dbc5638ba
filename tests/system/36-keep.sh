#!/bin/bash
# Goal: a letter's text goes some time after it has left ([mail] keep), from every file of the state; that there was one, to
# whom, when, what became of it and the message's digest stay, and letters that come later still know what went before.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

daemon=${SPOTCHECKD:-$here/../../build/spotcheckd}
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null)
[ -n "$faketime" ] || { echo "libfaketime is not here"; exit 77; }

helper_conf
helper_set embargo 200
# No timetable: what the service entered on a day ahead would be later than the commands that follow.
sed -i '/^# ---- An example/,/^# ---- Witnesses/d' "$ini"
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "sealed until" sc run spot-check
expect 0 "sent" sc outbox show 1
digest=$(sc --json outbox show 1 | field digest)
test "$(letters)" -gt 0 || fail "no letters"
name=$(printf '%s' "$(sc --json outbox show 1 | field message_id)" | sha256sum | cut -c1-40)
test "$(sha256sum <"$office/mail/new/$name.spotcheck" | cut -d' ' -f1)" = "$digest" || fail "another digest than the letter's"
letters_of()
{
	/usr/bin/python3 - "$office/state/spotcheckd.db" "$1" <<'P'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])
P
}
# Every long line of every letter that has left, which stands nowhere else: how many of them are in the state's files.
lines_now()
{
	cat "$office"/mail/new/* | tr -d '\r' | grep -E '^.{70,}' | sort -u >"$office/lines"
}
lines_now
in_state()
{
	grep -rhaoF -f "$office/lines" "$office/state" | sort -u | wc -l
}
test "$(in_state)" -gt 100 || fail "the letters are not in the state"

# The service takes a turn on a day so many days ahead: one that it has taken ends in its metrics.
mkdir "$office/metrics"
sed -i "s|^#metrics_dir =.*|metrics_dir = $office/metrics|" "$ini"
turn_in()
{
	local pid n=0
	rm -f "$office"/metrics/*
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD=$faketime FAKETIME="+$1d" \
		FAKETIME_DONT_FAKE_MONOTONIC=1 "$daemon" -c "$ini" >"$office/log" 2>&1 &
	pid=$!
	until [ -e "$office/metrics/spotcheckd.prom" ]; do
		n=$((n + 1))
		[ $n -lt 600 ] && kill -0 "$pid" 2>/dev/null || { cat "$office/log"; fail "no turn in $1 days"; }
		sleep 0.1
	done
	kill "$pid"
	wait "$pid"
}

# The commands after a turn are as far ahead: the log has the service's entry of that day, and its time never runs back.
days=0
sc()
{
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$faketime FAKETIME="+${days}d" "$spotcheck" -c "$ini" "$@"
}

turn_in 89
test "$(in_state)" -gt 100 || fail "the text has gone too early"
turn_in 91
test "$(in_state)" = 0 || fail "the text is still there: $(grep -rlaF -f "$office/lines" "$office/state")"
expect 0 "Its text was removed on" sc outbox show 1
expect 0 "$digest" sc outbox show 1
expect 0 "assignment" sc outbox list
test "$(sc --json outbox show 1 | field state)" = sent || fail "its state"
test -n "$(sc --json outbox show 1 | field removed)" || fail "when it was removed"
test "$(letters_of "SELECT count(*) FROM outbox_message m JOIN outbox_letter l ON l.id = m.letter WHERE l.draw = 1")" = 0 || fail "some are left"
test "$(letters_of "SELECT count(*) FROM outbox_slot")" -gt 0 || fail "no slots"
test "$(letters_of "SELECT count(*) FROM outbox_letter WHERE subject <> '' AND removed IS NOT NULL")" = 0 || fail "subjects are left"
expect 2 "is sent" sc outbox retry 1
verified

days=91
# Who was told before gets an update and a cancellation, not an assignment, and his day is given back.
sent=$(letters)
# Somebody with one visit on that day, or it would not be free again.
place=$(letters_of "SELECT p.place FROM draw_place p JOIN draw_seat s USING (n, place) WHERE n = 1 AND seat = 0 AND 1 =
	(SELECT count(*) FROM draw_place o JOIN draw_seat t USING (n, place)
	 WHERE o.n = 1 AND o.visit / 1440 = p.visit / 1440 AND t.inspector = s.inspector) ORDER BY p.place LIMIT 1")
expect 0 "takes seat" sc amend 1 "$place" 0 --reason recusal
test "$(letters)" -eq $((sent + 3)) || fail "letters to who leaves, who joins and who stays"
test "$(letters_of "SELECT count(*) FROM outbox_letter WHERE amendment = 1 AND kind IN ('cancelled', 'updated')")" -ge 2 ||
	fail "nobody knew what went before"
test "$(letters_of "SELECT count(*) FROM outbox_slot WHERE held = 0")" -gt 0 || fail "no slot is given back"

# What failed is kept as long, and cannot be sent any more.
sed -i "s|^#keep = .*|keep = 2d|" "$ini"
rm -rf "$office/mail"
touch "$office/mail"
sc amend 1 1 0 --reason recusal >"$office/out" 2>"$office/err"
test $? -eq 3 || fail "no status 3 where letters cannot be delivered"
grep -q "amendment 2 is made; .* letters, letter [0-9]* the first, could not be delivered: .*Not a directory" "$office/err" ||
	fail "it is not said which and why"
id=$(letters_of "SELECT max(id) FROM outbox_letter")
sc outbox cancel "$id" || fail "cancel"
sc outbox cancel "$id" || fail "cancel once more"
turn_in 93
days=93
expect 2 "its text was removed" sc outbox retry "$id"

# For ever.
sed -i "s|^keep = .*|keep = 0|" "$ini"
rm "$office/mail"
expect 0 "already" sc amend 1 1 0 --reason recusal
expect 0 "Amendment" sc amend 1 2 0 --reason recusal
lines_now
turn_in 3000
test "$(in_state)" -gt 0 || fail "keep = 0 keeps nothing"
echo "kept as long as wanted"
