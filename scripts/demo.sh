#!/bin/bash
# Shows a year of the service in seconds, and the check that anybody can make, in a folder of its own.
#
#	scripts/demo.sh [FOLDER]
#
# FOLDER must not exist; without one a new folder is made below /tmp.  Nothing else on the machine is touched.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
spotcheck=${SPOTCHECK:-$top/build/spotcheck}
spotcheckd=${SPOTCHECKD:-$top/build/spotcheckd}
year=${YEAR:-2026}
for program in "$spotcheck" "$spotcheckd"; do
	[ -x "$program" ] || { echo "demo: build it first: make" >&2; exit 2; }
done

if [ $# -gt 0 ]; then
	mkdir "$1"
	there=$(cd "$1" && pwd)
else
	there=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-demo.XXXXXX")
fi

bold='' plain=''
if [ -t 1 ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

title()
{
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

title "1. The shipped configuration, with its places in $there; its timetables:"
cp -r "$top/conf" "$there/conf"
sed -i -e "s|^#state_dir = .*|state_dir = $there/state|" \
	-e "s|^#public_dir = .*|public_dir = $there/public|" \
	-e "s|^server = maildir:.*|server = maildir:$there/mail|" "$there/conf/spotcheckd.ini"
sed -n -e 's/^\[cycle \(.*\)\]/\1/p' -e 's/^\(when\|day\|time\) = /    \1 = /p' "$there/conf/spotcheckd.ini" |
	awk '/^    /{printf "%-24s", substr($0, 5); next} {printf "\n    %-16s", $0} END {print ""}' | sed 's| *$||'

title "2. The year $year, as the service would live through it: commitments, draws, letters, openings"
printf '\n$ spotcheckd --simulate %s-01-01 %s-12-31 --scratch year\n' "$year" "$year"
begun=$(date +%s.%N)
"$spotcheckd" -c "$there/conf/spotcheckd.ini" --simulate "$year-01-01" "$year-12-31" --scratch "$there/year" | tee "$there/said"
# The counts beneath the table, in whatever language, before the line that says where all is; they are said once more at the end.
counted=$(tail -n 4 "$there/said" | head -n 3)
printf 'It took %.1f seconds.\n' "$(echo "$(date +%s.%N) $begun" | awk '{print $1 - $2}')"

title "3. One of the letters, as it would reach an inspector"
letter=$(grep -rlF "Content-Disposition: attachment" "$there/year/mail/new" | LC_ALL=C sort | sed -n 1p)
/usr/bin/python3 - "$letter" <<'PYTHON' || head -n 40 "$letter"
import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
print()
for name in ("Date", "From", "To", "Subject"):
    print(f"    {name}: {message[name]}")
print()
lines = message.get_body(("plain",)).get_content().splitlines()
for line in lines[:22]:
    print(("    " + line).rstrip())
print(f"    … ({len(lines) - 22} more lines)")
for part in message.iter_attachments():
    print(f"    [attached: {part.get_filename()}]")
PYTHON

# Of the whole directory the log and the last lines; every draw is checked.
verify()
{
	local status=0
	"$spotcheck" verify "$1" >"$there/said" || status=$?
	head -n 4 "$there/said"
	awk '/^draw /{draw = $0} /^  FAILED/{if (draw != said) print draw; said = draw; print}' "$there/said"
	echo "…"
	tail -n 1 "$there/said"
	rm "$there/said"
	return $status
}

title "4. What anybody can check, from the published files alone, without network, state or trust in this program"
printf '\n$ spotcheck verify year/public\n'
verify "$there/year/public"
printf '\n$ spotcheck replay year/public/draws/0001\n'
"$spotcheck" replay "$there/year/public/draws/0001"

title "5. And what becomes of a result that somebody has touched up"
cp -r "$there/year/public" "$there/forged"
sed -i 's/"team":\["\([^"]*\)","\([^"]*\)"\]/"team":["\2","\1"]/' "$there/forged/draws/0001/record.json"
printf '\n$ sed -i … forged/draws/0001/record.json    # swap two inspectors\n$ spotcheck verify forged\n'
if verify "$there/forged"; then
	echo "demo: the forgery passed" >&2
	exit 1
fi
rm -r "$there/forged"

title "The year, as it was counted"
printf '\n%s\n' "$counted" | sed 's/^./    &/'

title "Where to look"
cat <<END

    $there/year/public     what a web server would show: open its index.html; draws/0001/record.json is the result of a draw
    $there/year/mail/new   the letters
    $there/conf            the configuration: change it, then
        $spotcheck -c $there/conf/spotcheckd.ini schedule
        $spotcheckd -c $there/conf/spotcheckd.ini --simulate $year-01-01 $year-12-31 --scratch $there/again
    rm -r $there     when you have seen enough

END
