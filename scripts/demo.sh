#!/bin/bash
# Shows a whole draw, from an empty machine to the check that anybody can make, in a folder of its own.
#
#	scripts/demo.sh [FOLDER]
#
# FOLDER must not exist; without one a new folder is made below /tmp.  Nothing else on the machine is touched.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
spotcheck=${SPOTCHECK:-$top/build/spotcheck}
[ -x "$spotcheck" ] || { echo "demo: build it first: make" >&2; exit 2; }

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

# Shows a command as one would type it, and runs it.
run()
{
	printf '\n$ spotcheck %s\n' "$*"
	"$spotcheck" -c "$there/conf/spotcheckd.ini" "$@"
}

title "1. The shipped configuration and sample district, with places in $there"
cp -r "$top/conf" "$there/conf"
sed -i -e "s|^#state_dir = .*|state_dir = $there/state|" \
	-e "s|^#public_dir = .*|public_dir = $there/public|" \
	-e "s|^server = maildir:.*|server = maildir:$there/mail|" "$there/conf/spotcheckd.ini"
mkdir -m 700 "$there/state"

title "2. Keys, the log and each cycle's chain of secrets"
run init

title "3. The rosters: who may be inspected, who inspects, who must not be sent where, what is looked at"
for kind in targets inspectors conflicts matters contacts; do
	run import "$kind" "$there/conf/sample/$kind.csv"
done

title "4. A rehearsal: are there enough people? Nothing is changed"
run draw --dry-run spot-check

title "5. The draw: committed, drawn, letters written, and opened at once, since this cycle has no embargo"
run run spot-check

title "6. One of the letters, as it would reach an inspector"
letter=$(find "$there/mail/new" -type f | LC_ALL=C sort | head -n 1)
/usr/bin/python3 - "$letter" <<'PYTHON' || head -n 40 "$letter"
import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
print()
for name in ("From", "To", "Subject"):
    print(f"    {name}: {message[name]}")
print()
lines = message.get_body(("plain",)).get_content().splitlines()
for line in lines[:30]:
    print(("    " + line).rstrip())
print(f"    … ({len(lines) - 30} more lines)")
for part in message.iter_attachments():
    print(f"    [attached: {part.get_filename()}]")
PYTHON

title "7. What anybody can check, from the published files alone, without network, state or trust in this program"
printf '\n$ spotcheck replay public/draws/0001\n'
"$spotcheck" replay "$there/public/draws/0001"
printf '\n$ spotcheck verify public\n'
"$spotcheck" verify "$there/public"

title "8. And what becomes of a result that somebody has touched up"
cp -r "$there/public" "$there/forged"
sed -i 's/"team":\["\([^"]*\)","\([^"]*\)"\]/"team":["\2","\1"]/' "$there/forged/draws/0001/record.json"
printf '\n$ sed -i … forged/draws/0001/record.json    # swap two inspectors\n$ spotcheck verify forged\n'
if "$spotcheck" verify "$there/forged"; then
	echo "demo: the forgery passed" >&2
	exit 1
fi
rm -r "$there/forged"

title "Where to look"
cat <<END

    $there/public    what a web server would show; draws/0001/record.json is the result
    $there/mail/new  the letters
    $there/conf      the configuration: change it, then
        $spotcheck -c $there/conf/spotcheckd.ini run spot-check
    rm -r $there     when you have seen enough

END
