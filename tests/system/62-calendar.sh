#!/bin/bash
# Goal: the calendar and the timetable as an administrator meets them: what is known of a year and from whom, files of
# every kind, and every way in which they can be wrong, each with its file and line.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
holidays=$office/conf/holidays
mkdir "$holidays"

# Without a state the timetable is there already.
expect 0 "after-holiday" sc schedule --from 2026-01-01 --to 2026-12-31
grep -q "2026-10-08 07:00  2026-10-08 09:00  2026-10-09   2026-10-12" "$office/out" || fail "National Day's row"
grep -c "^surprise .*sealed" "$office/out" | grep -qx 12 || fail "not twelve sealed months"
! grep "^surprise" "$office/out" | grep -q "[0-9]:[0-9]" || fail "a random moment is told"

# ---- what is known of a year ----
expect 0 "国办发明电〔2025〕7号" sc calendar 2026
grep -q "2026-02-28  Sat  make-up workday" "$office/out" || fail "no make-up Saturday"
expect 0 "2027 is not announced" sc calendar 2027
grep -q "2027-02-06  Sat  off, provisional  春节" "$office/out" || fail "the Spring Festival of 2027"
expect 0 '"kind":"off, provisional"' sc calendar 2030 --json
grep -q '"date":"2030-02-03"' "$office/out" || fail "the Spring Festival of 2030"
expect 2 "no year" sc calendar x
expect 2 "usage:" sc calendar 2026 2027
expect 0 "provisional" sc schedule --from 2027-01-01 --to 2027-12-31

# The notice comes: what was planned moves.
cat >"$holidays/2027.json" <<'JSON'
{"year": 2027, "papers": ["https://example.org/notice"], "days": [
 {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
 {"name": "春节", "date": "2027-02-05", "isOffDay": true},
 {"name": "春节", "date": "2027-02-08", "isOffDay": true},
 {"name": "春节", "date": "2027-02-09", "isOffDay": true},
 {"name": "春节", "date": "2027-02-10", "isOffDay": true},
 {"name": "春节", "date": "2027-02-14", "isOffDay": false}
]}
JSON
expect 0 "2027.json" sc calendar 2027
! grep -q "provisional" "$office/out" || fail "2027 is still provisional"
grep -qE "2027-02-08 +Mon +off +春节 +2027-02-05 +2027-02-10" "$office/out" || fail "the run of 2027"
expect 0 '"draw":"2027-02-11T01:00:00Z"' sc schedule --from 2027-02-01 --to 2027-02-28 --json
grep -q '"cycle":"after-holiday"[^}]*"draw":"2027-02-11T01:00:00Z"[^}]*"for":"春节"[^}]*"state":"planned"' "$office/out" ||
	fail "the draw did not move"
# A later file wins over an earlier one, and over what is shipped.
printf '日期,名称,休/班\n2027-02-10,春节,班\n2026-10-08,国庆节,休\n' | iconv -t GB18030 >"$holidays/z.csv"
expect 0 '"draw":"2027-02-10T01:00:00Z"' sc schedule --from 2027-02-01 --to 2027-02-28 --json
expect 0 '"draw":"2026-10-09T01:00:00Z"' sc schedule --from 2026-10-01 --to 2026-10-31 --json
rm "$holidays"/*
# Years that the notice leaves empty are not announced, which is not "no holidays".
echo '{"year":2027,"days":[]}' >"$holidays/2027.json"
expect 0 "2027 is not announced" sc calendar 2027
grep -q provisional "$office/out" || fail "an empty year was taken for one without holidays"
rm "$holidays"/*

expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "" sc check

# ---- bad files: file and line, status 1 from check, 2 from who needs them, and nothing done ----
wrong() # FILE LINE WORDS, with the file on standard input
{
	cat >"$holidays/$1"
	"$spotcheck" -c "$ini" check >"$office/out" 2>"$office/err"
	[ $? -eq 1 ] || fail "check of $1"
	grep -q "holidays/$1:$2 .*$3" "$office/out" || fail "no $1:$2 \"$3\" in check"
	"$spotcheck" -c "$ini" schedule >"$office/out" 2>"$office/err"
	[ $? -eq 2 ] && grep -q "holidays/$1:$2: .*$3" "$office/err" || fail "schedule does not refuse $1"
	rm "$holidays/$1"
}
event() # DTSTART and more
{
	printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n'
	printf 'SUMMARY:Day\r\n'
	printf '%s\r\n' "$@"
	printf 'END:VEVENT\r\nEND:VCALENDAR\r\n'
}
wrong none.csv "[0-9]*" "no day is in it" <<<"日期,名称,休/班"
wrong both.csv 3 "a workday here and a day off on line 2" < <(printf '日期,名称,休/班\n2027-03-03,三月三,休\n2027-03-03,三月三,班\n')
wrong date.csv 2 "2027-02-30" < <(printf '日期,名称,休/班\n2027-02-30,春节,休\n')
wrong kind.csv 1 "" <<<"2027-03-03,三月三,也许"
wrong zero.ics 8 "DTSTART" < <(event 'DTSTART;VALUE=DATE:00000000')
wrong daily.ics 9 "end" < <(event 'DTSTART;VALUE=DATE:20270101' 'RRULE:FREQ=DAILY')
wrong many.csv 202 "200" < <(echo 日期,名称,休/班; for i in $(seq 0 399); do
	echo "$(date -u -d "2027-01-01 +$((i % 360)) days" +%F),日,休"; done)
wrong broken.json 2 "its form is broken" <<<'{"year":2027,"days":[{"name":"元旦"'
wrong date.json 2 "2027-13-01" < <(printf '{"year":2027,"days":[\n{"name":"元旦","date":"2027-13-01","isOffDay":true}]}')
# A rule that repeats each year without end is lawful, and followed as far as is asked; check says so.
event 'DTSTART;VALUE=DATE:20200303' 'RRULE:FREQ=YEARLY' >"$holidays/yearly.ics"
expect 0 "yearly.ics:9" sc check
expect 0 "2031-03-03" sc calendar 2031
rm "$holidays"/*

# ---- another country, by its calendar alone ----
cp "$ini" "$office/ini.kept"
sed -i -e 's|^#country = CN|country = SA|' -e 's|^#timezone = .*|timezone = Asia/Riyadh|' \
	-e 's|^#workweek = .*|workweek = sun mon tue wed thu|' "$ini"
event 'DTSTART;VALUE=DATE:20260527' 'DTEND;VALUE=DATE:20260531' | sed 's/SUMMARY:Day/SUMMARY:Eid al-Adha/' >"$holidays/sa.ics"
expect 0 "Eid al-Adha" sc calendar 2026
! grep -q "春节\|computed" "$office/out" || fail "China's days in another country"
expect 0 '"draw":"2026-05-31T06:00:00Z"' sc schedule --from 2026-05-01 --to 2026-06-10 --json
grep -q '"for":"Eid al-Adha"' "$office/out" || fail "not its own holiday"
sed -i 's|^#holidays = any|holidays = "Eid al-Fitr" qingming|' "$ini"
expect 1 'none called "qingming"' sc check
rm "$holidays"/*

# ---- the INI ----
bad_ini() # WORDS SED-SCRIPT: refused with a line
{
	cp "$office/ini.kept" "$ini"
	sed -i -e "$2" "$ini"
	"$spotcheck" -c "$ini" check >"$office/out" 2>"$office/err"
	[ $? -eq 2 ] && grep -qE "spotcheckd.ini:[0-9]+: .*$1" "$office/err" || fail "no \"$1\" with its line"
}
bad_ini "no such timezone" 's|^#timezone = .*|timezone = Asia/Shanghia|'
bad_ini "of this name already" 's|^\[cycle quarterly\]|[cycle surprise]|'
bad_ini "embargo" '/^\[cycle quarterly\]/,/^\[/s|^embargo = .*|embargo = 5|'
bad_ini "no day of a holiday is a workday" '/^\[cycle during-holiday\]/,/^\[/s|^day = .*|day = 1st workday|'
bad_ini "last day leaves none" '/^\[cycle during-holiday\]/,/^\[/s|^day = .*|day = last day|'
bad_ini "must end later" '/^\[cycle surprise\]/,/^\[/s|^time = .*|time = 16:00-09:00|'
cp "$office/ini.kept" "$ini"
sed -i 's|^#holidays = any|holidays = dragonboat|' "$ini"
expect 1 'did you mean "dragon-boat"?' sc check
cp "$office/ini.kept" "$ini"
# Holidays stretch a window of workdays past an embargo that looks long enough.
sed -i '/^\[cycle after-holiday\]/,/^\[/s|^embargo = .*|embargo = 4|' "$ini"
printf '日期,名称,休/班\n' >"$holidays/next.csv"
for i in $(seq 0 3 900); do echo "$(date -u -d "+$i days" +%F),日,休"; done >>"$holidays/next.csv"
expect 1 "before its last possible visit" sc check
grep -qE "spotcheckd.ini:[0-9]+ .*embargo = 4" "$office/out" || fail "no line"
echo "the calendar is sound"
