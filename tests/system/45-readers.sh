#!/bin/bash
# Goal: who verifies while others publish is never told NO: yes, or (the directory was exchanged meanwhile) to run it again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
spotcheck=${SPOTCHECK:-$here/../../build/spotcheck}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cp -r "$here/../../conf/." "$out"
cd "$out"
sed -i -e 's|^#* *state_dir = .*|state_dir = state|' -e 's|^#* *public_dir = .*|public_dir = public|' \
	-e 's|^server = .*|server = maildir:mail|' spotcheckd.ini
"$spotcheck" -c spotcheckd.ini init >/dev/null
for kind in targets inspectors conflicts matters; do
	"$spotcheck" -c spotcheckd.ini import "$kind" "sample/$kind.csv" >/dev/null
done

(
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		"$spotcheck" -c spotcheckd.ini run spot-check >/dev/null || echo failed >>writer
	done
) &
writer=$!
yes=0
again=0
while kill -0 $writer 2>/dev/null; do
	status=0
	"$spotcheck" verify public >verdict 2>&1 || status=$?
	case $status in
	0) yes=$((yes + 1)) ;;
	3) again=$((again + 1)) ;;
	*)
		cat verdict
		exit 1 ;;
	esac
done
wait $writer
[ ! -e writer ]
"$spotcheck" verify public >/dev/null
echo "12 runs beside $yes verdicts of yes and $again of once more"
