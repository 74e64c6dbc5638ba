#!/bin/bash
# Makes tests/vectors/receipts anew: a small published directory (two draws, a voided one and one that is only committed)
# and the receipt of every target of the first two, as draw-TARGET.json.  Its bytes are other ones each time.
#
#	receipts.sh FOLDER		(which is made)
set -eu

out=$(realpath -m "$1")
here=$(cd "$(dirname "$0")" && pwd)
spotcheck=${SPOTCHECK:-$here/../../build/spotcheck}
office=$(mktemp -d)
trap 'rm -rf "$office"' EXIT
export LC_ALL=C.UTF-8
cp -r "$here/../../conf/." "$office"
cd "$office"
set_key()
{
	sed -i "/^\[cycle spot-check\]/,/^# ---- An example/s|^#\{0,1\}$1 = .*|$1 = $2|" spotcheckd.ini
}
sed -i -e 's|^#* *state_dir = .*|state_dir = state|' -e 's|^#* *public_dir = .*|public_dir = public|' \
	-e 's|^server = .*|server = maildir:mail|' spotcheckd.ini
set_key sample 'A:40% D:100% *:40%'
set_key rest 300
set_key reserve 1
set_key max_load 0
set_key level_gap ''
cat >targets.csv <<'CSV'
id,name,class,unit,area,level,weight,since,key
P01,Post 1,A,north,a,3,1,2020-01-01,
P02,"Post 2, ""front"" \ desk",A,north,a,3,3,2020-01-01,x
P03,三号岗,A,s\o,b,3,1,2020-01-01,"1,2"
P04,Post 4,A,south,b,3,2,2020-01-01,
P05,Post 5,B,南湖,b,,1,2020-01-01,
P06,Post 6,B,south,c,3,1,2021-01-01,
P07,Post 7,B,north,c,3,100,2021-01-01,
P08,Post 8,D,barred,c,3,1,2021-01-01,
P09,Post 9,B,north,a,3,1,2021-01-01,
CSV
cat >inspectors.csv <<'CSV'
id,name,email,unit,tags
I1,Inspector 1,i1@example.org,office,lead
I2,Inspector 2,i2@example.org,office,lead
I3,Inspector 3,i3@example.org,office,
CSV
printf 'inspector,scope,value\nI1,unit,barred\nI2,unit,barred\nI3,unit,barred\n' >conflicts.csv
sc()
{
	"$spotcheck" -c spotcheckd.ini "$@"
}
sc init >/dev/null
sc import targets targets.csv >/dev/null
sc import inspectors inspectors.csv >/dev/null
sc import conflicts conflicts.csv >/dev/null
sc import matters sample/matters.csv >/dev/null
sc excuse target P09 --until 2099-01-01 --reason closed --by office >/dev/null
sc run spot-check >/dev/null
sc run spot-check >/dev/null
sc commit spot-check --draw-at "$(date -u -d '+2 seconds' +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
sc void 3 --reason 'an example' >/dev/null
sleep 3
sc reveal 3 >/dev/null
sc commit spot-check >/dev/null
mkdir "$out"
for draw in 1 2; do
	for target in P01 P02 P03 P04 P05 P06 P07 P08 P09; do
		sc receipt $draw $target >"$out/$draw-$target.json"
	done
done
find public \( -name '*.html' -o -name '*.svg' \) -delete
cp -r public "$out/public"
"$spotcheck" verify "$out/public"
