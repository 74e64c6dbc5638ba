#!/bin/bash
# Goal: with `public_ids = coded` nothing that is published says who is meant, the office and its letters go on with their own
# ids, codes stay the same over draws and over the loss of the state, and an auditor is shown what they stand for.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

# Column NAME of a table of codes, for what it stands: code KIND OWN
code()
{
	/usr/bin/python3 - "$office/codes.csv" "$1" "$2" <<'END'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline="")):
    if (row["kind"], row["own"]) == (sys.argv[2], sys.argv[3]):
        print(row["code"])
END
}

helper_conf
sed -i 's/^#public_ids = .*/public_ids = plain/' "$ini"
expect 0 "Recovery code" sc init
recovery=$(sed -n 's/^    \([0-9A-Z-]*\)$/\1/p' "$office/out" | sed -n 1p)
helper_import targets inspectors conflicts matters
sc check >"$office/out" 2>"$office/err"
grep -q "81 of 83 rows stand alone in what becomes public.*without the column unit it would be" "$office/out" || fail "plain: how many stand alone"
expect 2 "there are no codes" sc export codes

sed -i 's/^public_ids = .*/public_ids = coded/' "$ini"
sc check >"$office/out" 2>"$office/err"
grep -q "of 83 rows stand alone in what becomes public" "$office/out" || fail "coded: how many stand alone"
! grep -q "81 of 83" "$office/out" || fail "codes change nothing"
helper_set rotate 2
helper_set rest 20
expect 0 "Places with a team: 13" sc draw --dry-run spot-check
expect 0 "saved in" sc backup "$office/b.backup" # before there is any code
expect 0 "opened" sc run spot-check
expect 0 "seat 0 of place 0" sc amend 1 0 0 --reason recusal
verified
sc export codes >"$office/codes.csv" || fail "export codes"
test "$(head -1 "$office/codes.csv" | tr -d '\r' | tail -c 14)" = "kind,own,code" || fail "the header of codes"
[[ $(code target T001) =~ ^T-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$ ]] || fail "a target's code"

# Nothing that is published has an id, a unit or an area of the office.
/usr/bin/python3 - "$office" <<'END' || fail "published"
import csv, pathlib, re, sys
office = pathlib.Path(sys.argv[1])
own = set()
for row in csv.DictReader(open(office / "codes.csv", encoding="utf-8-sig", newline="")):
    own.add(row["own"])
for path in (office / "public").rglob("*"):
    if path.is_file():
        words = path.read_bytes().decode("utf-8", "replace")
        for word in own:
            if re.search(r"(?<![0-9A-Za-z_-])" + re.escape(word) + r"(?![0-9A-Za-z_-])", words):
                sys.exit(f"{path.relative_to(office)} has {word}")
END

# The office sees its own ids, in tables, JSON, letters, and what is amended.
expect 0 "Place  Visit at" sc show 1
grep -qE "T[0-9]{3} " "$office/out" || fail "show"
! grep -qE "[TI]-[0-9A-Z]{4}-" "$office/out" || fail "show has codes"
! sc --json show 1 | grep -qE "[TI]-[0-9A-Z]{4}-" || fail "show in JSON has codes"
test "$(letters)" -gt 0 || fail "letters"
letter=$(grep -l "places-.*json" "$office/mail/new"/* | tail -1)
expect 0 "of draw 1: target T-" sc verify "$office/public" --letter "$letter"
/usr/bin/python3 - "$office/mail/new" <<'END' || fail "letters"
import email, email.policy, json, pathlib, re, sys
for path in pathlib.Path(sys.argv[1]).iterdir():
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    if not re.search(r"\bT\d{3}\b", text) or not re.search(r"\bI\d{3}\b", text):
        sys.exit("a letter without the office's ids")
    for part in mail.iter_attachments():
        if not part.get_filename().startswith("places-"):
            continue
        for place in json.loads(part.get_content())["places"]:
            line = json.loads(place["line"])
            for code in (line["target"], *line["team"]):
                if not re.search(r"\b[TI]\d{3} = " + code, text):
                    sys.exit(f"a letter that does not say what {code} is")
END

# A receipt is asked for by the office's id, shows the code, and its private line says what that stands for.
expect 0 "$(code target T001)" sc receipt 1 T001
grep -q '"private.*T001' "$office/out" || fail "the private line does not say whose it is"
expect 2 "no target T999" sc receipt 1 T999

# The same codes in the next draw: rotation, rest and the dates follow, and all is checked.
helper_import targets inspectors
expect 0 "opened" sc run spot-check
verified
grep -q ",rotation$" "$office/public/draws/0002/conflicts.csv" || fail "no rotation"
test "$(cut -d, -f11 "$office/public/draws/0002/targets.csv" | grep -c rest)" -eq 13 || fail "13 rest"
cut -d, -f1 "$office/public/draws/0001/targets.csv" >"$office/ids1"
cut -d, -f1 "$office/public/draws/0002/targets.csv" | cmp -s - "$office/ids1" || fail "other codes"

# The state is lost, and recovered from what was published; the rosters are imported again: the same codes.
rm -rf "$office/state"
mkdir -m 700 "$office/state"
printf '%s\n' "$recovery" | sc restore "$office/b.backup" >"$office/out" 2>"$office/err"
test "$(sqlite3 "$office/state/spotcheckd.db" "SELECT count(*) FROM public_id")" -eq 0 || fail "the backup has codes"
expect 0 "entries of the log were taken over" sc recover
helper_import targets inspectors
expect 0 "opened" sc run spot-check
verified
cut -d, -f1 "$office/public/draws/0003/targets.csv" | cmp -s - "$office/ids1" || fail "other codes after a recovery"
test "$(cut -d, -f11 "$office/public/draws/0003/targets.csv" | grep -c rest)" -gt 13 || fail "no history after a recovery"

# A look at what codes stand for is logged, and going back is said to begin anew.
sc export codes | cmp -s - "$office/codes.csv" || fail "other codes in the export"
test "$(sqlite3 "$office/state/spotcheckd.db" "SELECT count(*) FROM access WHERE what = 'export'")" -eq 1 || fail "not logged"
sed -i 's/^public_ids = .*/public_ids = plain/' "$ini"
sc check >"$office/out" 2>"$office/err"
grep -q "published with codes: from the next commitment on" "$office/out" || fail "going back"
expect 0 "opened" sc run spot-check
verified
echo "coded"
