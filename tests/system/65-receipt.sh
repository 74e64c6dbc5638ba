#!/bin/bash
# Goal: each target of an open draw gets a receipt that `verify --receipt` confirms, now and after later draws and
# amendments; what is altered, another target's, another log's or of a draw that is not open is refused and named; the page to
# print shows nobody else.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"

helper_conf
helper_set rest 30
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
sc excuse target T003 --until 2099-01-01 --reason closed --by me >"$office/out" || fail excuse

expect 2 "usage:" sc receipt 1
expect 2 "is no number" sc receipt x T001
expect 2 "there is no draw 1" sc receipt 1 T001
expect 0 "draws/0001" sc run spot-check
expect 2 "no target T999 stands in the roster of draw 1" sc receipt 1 T999
expect 2 "there is no draw 2" sc receipt 2 T001

held()
{
	expect 0 "yes: every check" "$spotcheck" verify "$office/public" --receipt "$1"
	grep -qF "the receipt" "$office/out" || fail "nothing is said of the receipt"
	grep -qF -- "$2" "$office/out" || fail "no \"$2\" of $1"
}

refused()
{
	expect 1 "NO: the directory holds, the receipt does not" "$spotcheck" verify "$office/public" --receipt "$1"
	grep -qF -- "$2" "$office/out" || fail "no \"$2\" of $1"
}

# What each was told, and what the record has.
record=$office/public/draws/0001/record.json
ids()
{
	/usr/bin/python3 -c 'import json, sys
record = json.load(open(sys.argv[1]))
print(*[each["id"] for each in record[sys.argv[2]]])' "$1" "$2"
}
mkdir "$office/receipts"
for target in $(cut -d, -f1 "$office/public/draws/0001/targets.csv" | tail -n +2); do
	sc receipt 1 "$target" >"$office/receipts/$target.json" || fail "receipt $target"
done
selected=$(ids "$record" selected)
for target in $selected; do
	held "$office/receipts/$target.json" "$target was in the drum and was drawn; place"
done
for target in $(ids "$record" reserve); do
	held "$office/receipts/$target.json" "$target was in the drum and was not drawn; it is number"
done
held "$office/receipts/T003.json" "T003 was excused, so it was not in the drum"
/usr/bin/python3 - "$office" <<'PYTHON' || fail "the receipts are not what the files say"
import hashlib, json, os, sys
office = sys.argv[1]
draw = office + "/public/draws/0001/"
record = json.load(open(draw + "record.json"))
rows = open(draw + "targets.csv", encoding="utf-8").read().splitlines()
known = [row.split(",")[0] for row in rows[1:]]
H = lambda text: hashlib.sha256(text.encode()).hexdigest()
for name in os.listdir(office + "/receipts"):
    text = open(f"{office}/receipts/{name}", encoding="utf-8").read()
    receipt = json.loads(text)
    assert text == json.dumps(receipt, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "not canonical"
    row = rows[1 + receipt["index"]]
    fields = dict(zip(rows[0].split(","), row.split(",")))
    assert receipt["public"] == {"header": rows[0], "row": row} and receipt["rows"] == len(rows) - 1
    assert fields["private"] == H(receipt["private"]["header"] + "\n" + receipt["private"]["row"])
    slips = [H(f"{record['seed']}target/{fields['id']}/{i + 1}") for i in range(int(fields["weight"]))]
    assert receipt["ticket"] == ("" if fields["drum"] in ("rest", "excused") else min(slips))
    chosen = fields["id"] in [each["id"] for each in record["selected"]]
    assert (receipt["outcome"] == "selected") == chosen == ("place" in receipt)
    if chosen:
        line = json.loads(receipt["place"]["line"])
        drawn = record["selected"][line["place"]]
        assert (line["target"], line["team"], line["visit"]) == (drawn["id"], drawn["team"], drawn["visit"]), "the place"
    if receipt["ticket"] and receipt["outcome"] != "unstaffed":
        assert chosen == (receipt["ticket"] <= receipt["line"]["in"]), "the line"
    assert not [other for other in known if other != fields["id"] and f'"{other}' in text], "another is named"
PYTHON

# Altered, another's, cut short, no receipt at all.
first=${selected%% *}
sed 's/"outcome":"selected"/"outcome":"none"/' "$office/receipts/$first.json" >"$office/altered"
refused "$office/altered" "the form of a receipt"
sed 's/"place":{"index":/&1/' "$office/receipts/$first.json" >"$office/altered"
refused "$office/altered" "its place is another"
sed 's/"n":1,/"n":7,/' "$office/receipts/$first.json" >"$office/altered"
refused "$office/altered" "of draw 7, which is not in this directory"
head -c 700 "$office/receipts/$first.json" >"$office/altered"
refused "$office/altered" "the form of a receipt"
(cat "$office/receipts/$first.json" && echo) >"$office/altered"
refused "$office/altered" "the form of a receipt"
: >"$office/altered"
refused "$office/altered" "the form of a receipt"
head -c 2000000 /dev/zero >"$office/altered"
expect 2 "larger than the 1048576 bytes" "$spotcheck" verify "$office/public" --receipt "$office/altered"
expect 2 "absent" "$spotcheck" verify "$office/public" --receipt "$office/absent"
/usr/bin/python3 - "$office/receipts/T001.json" "$office/receipts/T002.json" >"$office/altered" <<'PYTHON'
import json, sys
mine, other = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
mine["public"], mine["private"] = other["public"], other["private"]
print(end=json.dumps(mine, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
PYTHON
refused "$office/altered" "its path does not lead to the committed root"
"$spotcheck" --json verify "$office/public" --receipt "$office/altered" | /usr/bin/python3 -c 'import json, sys
said = json.load(sys.stdin)
receipt = said["checks"][-1]
assert receipt["check"] == "receipt" and receipt["state"] == "failed" and receipt["draw"] == 1, receipt
assert said["failed"] == 1' || fail "--json"

# A directory that does not hold says nothing of a receipt.
cp -r "$office/public" "$office/touched"
sed -i 's/"least"/"leest"/' "$office/touched/draws/0001/record.json"
expect 1 "the directory itself does not hold" "$spotcheck" verify "$office/touched" --receipt "$office/receipts/$first.json"

# The page: this target, and nobody else; in both languages; nothing is overwritten, nothing half made is left.
page=$office/page.html
expect 0 '"type":"receipt"' sc receipt 1 "$first" --page "$page"
cmp -s "$office/out" "$office/receipts/$first.json" || fail "another receipt beside a page"
test "$(stat -c %a "$page")" = 600 || fail "mode of the page"
grep -qF "已抽中" "$page" || fail "no outcome on the page"
test "$(grep -ow "T[0-9][0-9][0-9]" "$page" | sort -u)" = "$first" || fail "another is named on the page"
! grep -qw "I[0-9][0-9][0-9]" "$page" || fail "an inspector is named on the page"
grep -qF "$(sha256sum <"$office/receipts/$first.json" | cut -d' ' -f1)" "$page" || fail "the receipt's hash"
expect 2 "is not overwritten" sc receipt 1 T001 --page "$page"
expect 2 "no target T999" sc receipt 1 T999 --page "$office/none.html"
test ! -e "$office/none.html" || fail "a page is left over"
sed -i 's/^#\{0,1\}language = zh_CN/language = en/' "$ini"
expect 0 '"type":"receipt"' sc receipt 1 T003 --page "$office/english.html"
grep -qF "You had been excused" "$office/english.html" || fail "the page in English"

# An amendment and a later draw change nothing of the old receipts; who was drawn rests now.
sc amend 1 0 target --reason closed >"$office/out" 2>"$office/err" || # no reserve may be lawful for its team
	expect 0 "place 0" sc amend 1 0 target --reason closed --leave-empty
expect 0 "draws/0002" sc run spot-check
held "$office/receipts/$first.json" "$first was in the drum and was drawn"
sc receipt 1 "$first" | cmp -s - "$office/receipts/$first.json" || fail "another receipt after an amendment"
second=$(echo "$selected" | cut -d' ' -f2)
sc receipt 2 "$second" >"$office/rests" || fail "a receipt of the second draw"
held "$office/rests" "$second rested after its last draw"

# What is not open, or void.
expect 0 committed sc commit spot-check
expect 2 "draw 3 is sealed until" sc receipt 3 T001
sed 's/"n":1,/"n":3,/' "$office/receipts/$first.json" >"$office/altered"
refused "$office/altered" "of draw 3, which is still sealed, until"
expect 0 voided sc void 3 --reason mistaken
expect 2 "draw 3 was voided" sc receipt 3 T001
refused "$office/altered" "of draw 3, which was voided"

# Another log's.
mv "$office/public" "$office/other"
rm -rf "$office/state" "$office/mail" "$office/conf"
helper_conf
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "draws/0001" sc run spot-check
refused "$office/receipts/$first.json" "it is of another log"
expect 0 "yes: every check" "$spotcheck" verify "$office/other" --receipt "$office/receipts/$first.json"
echo "$(find "$office/receipts" -type f | wc -l) receipts"
