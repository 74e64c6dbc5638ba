#!/bin/bash
# Goal: an administrator sets up, imports, gets imports wrong in every usual way, takes them back, excuses and exports; and
# each step says with its status and on standard error what happened.
set -u

here=$(cd "$(dirname "$0")" && pwd)
conf=$here/../../conf
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$out" || exit 3
cp -r "$conf/letters" . # beside the INI, where templates of one's own stand

failures=0
said()
{
	echo "not ok: $*"
	[ ! -s stdout ] || sed 's/^/   out: /' stdout
	[ ! -s stderr ] || sed 's/^/   err: /' stderr
	failures=$((failures + 1))
}

# spotcheck ARGUMENTS…, with standard input as it is; leaves stdout, stderr and $status.
spotcheck()
{
	"$SPOTCHECK" -c "$out/s.ini" "$@" >stdout 2>stderr
	status=$?
}

# expect STATUS [PATTERN]: of the last command; PATTERN stands in what it said.
expect()
{
	local wanted=$1
	shift
	if [ "$status" -ne "$wanted" ]; then
		said "status $status, not $wanted"
		return
	fi
	for pattern in "$@"; do
		grep -qF -e "$pattern" stdout stderr || said "missing: $pattern"
	done
}

answers=(--data "$conf" --origin check.example.org --operator 某区监督检查室 --admin ops@example.org --state-dir "$out/state")

# 1. Without a configuration nothing works, and the file is named.
spotcheck check </dev/null
expect 2 "s.ini"

# 2. What cannot be asked must be given; wrong answers leave nothing behind.
spotcheck setup --data "$conf" --sample </dev/null
expect 2 "--origin is missing"
spotcheck setup "${answers[@]}" --admin nobody --sample </dev/null
expect 2 "one mail address"
printf 'id,name\nT1,\n' >broken.csv
spotcheck setup "${answers[@]}" --targets broken.csv --inspectors "$conf/sample/inspectors.csv" </dev/null
expect 2 "broken.csv:2: name is empty"
printf 'inspector,scope,value\nI001,unit,nowhere\n' >dangling.csv
spotcheck setup "${answers[@]}" --targets "$conf/sample/targets.csv" --inspectors "$conf/sample/inspectors.csv" \
	--conflicts dangling.csv </dev/null
expect 2 "dangling.csv:2: no target has the unit"
[ ! -e s.ini ] && [ ! -e s.ini.new ] || said "an INI is left"

# 3. The sample district.
spotcheck setup "${answers[@]}" --sample </dev/null
expect 0 "targets: 83 rows"
spotcheck check
expect 0 "for class A"
spotcheck check --json
expect 0 '"level":"class A"'
[ "$(stat -c %a state state/spotcheckd.db | tr '\n' ' ')" = "700 600 " ] || said "the state is open to others"

# 4. Neither INI nor state is overwritten.
spotcheck setup "${answers[@]}" --sample </dev/null
expect 2 "is there already"
mv s.ini kept.ini
spotcheck setup "${answers[@]}" --sample </dev/null
expect 2 "holds rosters already"
cp kept.ini s.ini

# 5. What goes out comes in again without a change, as a file and through a pipe.
for kind in targets inspectors conflicts matters contacts; do
	spotcheck export "$kind"
	expect 0
	cp stdout "$kind.csv"
	spotcheck import "$kind" "$kind.csv" --json
	expect 0 '"added":0,"changed":0'
	spotcheck import "$kind" - --json <"$kind.csv"
	expect 0 '"added":0,"changed":0'
	spotcheck export "$kind"
	cmp -s stdout "$kind.csv" || said "$kind changed on the way"
done
spotcheck export targets --format xlsx
expect 0
[ "$(head -c 2 stdout)" = PK ] || said "this is no workbook"
python3 - <<'PYTHON' || said "the workbook is not what was imported"
import csv, re, sys, zipfile
sheet = zipfile.ZipFile("stdout").read("xl/worksheets/sheet1.xml").decode()
rows = [re.findall(r"<t(?: [^>]*)?>(.*?)</t>", row) for row in re.findall(r"<row .*?</row>", sheet)]
want = [[c for c in row if c] for row in csv.reader(open("targets.csv", encoding="utf-8-sig"))]
sys.exit(rows != want)
PYTHON

# 6. Files as they come from offices: GB18030, CRLF, Chinese headers.
printf '编号,姓名,邮箱,单位,标签\r\nI001,张三,a@example.org,财政局,lead\r\n' | iconv -t GB18030 >gb.csv
spotcheck import inspectors gb.csv
expect 2 "gb.csv" "it would remove 23 of 24 rows" "conflicts name him or her"
spotcheck import conflicts - <<<'inspector,scope,value'
expect 2 "--replace-limit 100"
spotcheck import conflicts - --replace-limit 100 <<<'inspector,scope,value'
expect 0
spotcheck import inspectors gb.csv --replace-limit 100 --dry-run
expect 0 "yes"
spotcheck import inspectors gb.csv --replace-limit 100
expect 0 "23"
spotcheck export inspectors
grep -q '张三,a@example.org,财政局,lead' stdout || said "GB18030 was misread"

# 7. Undo, and undo of the undo.
spotcheck import inspectors --undo
expect 0
spotcheck import conflicts --undo
expect 0
for kind in inspectors conflicts; do
	spotcheck export "$kind"
	cmp -s stdout "$kind.csv" || said "undo of $kind is not exact"
done
spotcheck import conflicts --undo
spotcheck import conflicts --undo
spotcheck export conflicts
cmp -s stdout conflicts.csv || said "undone twice it does not stand again"

# 8. Faults are all told, each on a line with its place; nothing is changed.
cat >bad.csv <<'CSV'
id,name,unit,weight,since
T001,甲,财政局,0,2026-02-31
T001,乙,财政 局,1,
13812345678,丙,,1,
T004,,,101,3000-01-01
T005,丁
CSV
spotcheck import targets bad.csv
expect 2 'bad.csv:2: weight "0"' 'bad.csv:2: since "2026-02-31"' 'bad.csv:3: "T001" stands on line 2' 'bad.csv:3: unit' \
	'bad.csv:4: id "13812345678"' 'bad.csv:5: name is empty' 'bad.csv:5: weight "101"' 'bad.csv:5: since "3000-01-01"' \
	'bad.csv:6: there are 2 fields' 'nothing is changed'
[ "$(grep -cv '^bad.csv:[2-6]: ' stderr)" -eq 1 ] || said "a line without its place"
spotcheck export targets
cmp -s stdout targets.csv || said "a refused file changed something"
spotcheck import targets none.csv
expect 2 "none.csv: No such file"
spotcheck import targets .
expect 2
spotcheck import targets - </dev/null
expect 2 "the file is empty"
printf 'id,name\nT001,"open\n' >open.csv
spotcheck import targets open.csv
expect 2 "open.csv:2: a double quote"

# 9. Ids for those who have none; a misspelt header shows.
printf '姓名,邮箱,单味\n甲,a@example.org,x\n' >noid.csv
spotcheck import inspectors noid.csv --replace-limit 100
expect 2 "--assign-ids"
spotcheck import inspectors noid.csv --replace-limit 100 --assign-ids --dry-run
expect 2 "conflicts name him or her" # who would be gone

# 10. Excuses and attestations.
spotcheck excuse target T001 --until 2099-12-31 --reason 长期病假 --by 李主任
expect 0 "T001 is excused"
spotcheck excuse
expect 0 "2099-12-31" "李主任"
spotcheck excuse --json
expect 0 '[{"by":"李主任","from":"'"$(TZ=Asia/Shanghai date +%F)"'","id":"T001","kind":"target","reason":"长期病假","until":"2099-12-31"}]'
spotcheck excuse target T001 --lift
expect 0
spotcheck excuse target T001 --lift
expect 2 "is not excused"
spotcheck excuse target T001 --until 2000-01-01 --reason x
expect 2 "the date is over"
spotcheck excuse target T001 --until 2099-02-30 --reason x
expect 2 "must exist"
spotcheck excuse target T001 --until 2099-02-28
expect 2 "--reason"
spotcheck excuse target T999 --until 2099-02-28 --reason x
expect 2 "does not stand in the roster"
spotcheck excuse unit X --until 2099-02-28 --reason x
expect 2
spotcheck excuse inspector I001 --from 2099-07-01 --until 2099-07-14 --reason 年假 --by 李主任
expect 0
spotcheck excuse inspector I001 --from 2099-10-01 --until 2099-10-07 --reason 探亲 --by 李主任
expect 0
spotcheck excuse inspector I001 --from 2099-07-14 --until 2099-07-20 --reason 病假
expect 2 "is excused from 2099-07-01 until 2099-07-14 already"
spotcheck excuse inspector I001 --lift
expect 2 "of 2099-07-01, 2099-10-01"
spotcheck excuse inspector I001 --lift --from 2099-07-01
expect 0 "I001 is no longer excused"
spotcheck excuse inspector I001 --from 2099-07-20 --until 2099-07-14 --reason x
expect 2 "before it begins"
spotcheck excuse --json
expect 0 '"from":"2099-10-01","id":"I001"'
spotcheck attest targets --by 李主任
expect 0 "83 rows"

# 11. Words that are none.
spotcheck imprt targets x
expect 2 'did you mean "import"'
spotcheck import target x
expect 2 'did you mean "targets"'
spotcheck import risks x
expect 2 "come with the archive"
spotcheck import targets x --replace-limit 101
expect 2 "from 0 to 100"
spotcheck import
expect 2 "usage: spotcheck import"
spotcheck import targets x --nonsense
expect 2 "usage: spotcheck import"
spotcheck export targets --format pdf
expect 2 "csv or xlsx"
spotcheck
expect 2 "a command is missing"
spotcheck --version
expect 0 "spotcheck "
spotcheck --help
expect 0 "import KIND FILE"
spotcheck import --help
expect 0 "usage: spotcheck import"

# 12. A configuration that is wrong is refused with every fault, before anything else.
sed -e 's/^origin = .*/orign = x/' -e '0,/^sample = .*/s//sample = 101%/' kept.ini >s.ini
spotcheck check
expect 2 's.ini:14: [service] has no key "orign": did you mean "origin"?' "sample = 101%" 'lacks the key "origin"'
[ "$(grep -c "s.ini:[0-9]*: " stderr)" -eq 3 ] || said "three faults, one line each"

# 13. check says no with status 1.
sed -e 's/^matters = .*/matters = 2 of leave dance/' -e 's/^team = .*/team = lead diver/' \
	-e 's/^sample = .*/sample = A:5% B:5%/' kept.ini >s.ini
spotcheck check
expect 1 'no inspector has the tag "diver"' '"dance" does not stand' 'no amount for class "C"' 'no amount for class "D"'
echo '{{broken' >>letters/en/assignment.txt
spotcheck check
expect 1 "letters/en/assignment.txt:"
cp kept.ini s.ini

# 14. The state must be its owner's alone.
chmod 755 state
spotcheck export targets
expect 2 "chmod 0700"
chmod 700 state
echo "no database" >other.db
cp other.db state/spotcheckd.db
rm -f state/spotcheckd.db-*
spotcheck export targets
expect 2 "is no database"

# 15. Root becomes the owner before it opens anything; another user is told to use sudo.
if [ "$(id -u)" -eq 0 ]; then
	rm -rf state
	chmod 711 "$out"
	install -d -o nobody -m 700 state
	rm -f s.ini
	spotcheck setup "${answers[@]}" --sample </dev/null
	expect 0
	[ "$(stat -c %U state/spotcheckd.db)" = nobody ] || said "the database is root's"
	cp targets.csv private.csv
	chmod 600 private.csv
	spotcheck import targets private.csv
	expect 2 'hand it over as "- < private.csv"'
	spotcheck import targets - <private.csv
	expect 0
	chown daemon state
	setpriv --reuid nobody --regid nogroup --clear-groups "$SPOTCHECK" -c "$out/s.ini" export targets >stdout 2>stderr
	status=$?
	[ "$status" -eq 126 ] || expect 2 "belongs to daemon: use sudo"
fi

[ "$failures" -eq 0 ] || echo "$failures failures"
[ "$failures" -eq 0 ]
