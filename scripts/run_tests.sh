#!/bin/bash
# Runs every test and sums up.  Called by `make test`:
#
#	scripts/run_tests.sh OUT PROGRAM...
#
# OUT is the flavour's directory (build/gcc), the PROGRAMs are unit tests and fuzz targets; then come the Python peers'
# tests and the numbered scenarios.  A fuzz target is given its corpus as arguments.  A test passes with status 0, is
# skipped with 77 (it says why on its last line), and fails otherwise, when it takes too long, or when a sanitizer
# reported something, even where the test itself swallowed that.  Unit tests and peers run as many at a time as there are
# processors, scenarios one after the other, since some of them measure and some kill; but the one that waits for minutes
# of the real clock runs beside them.
#
# In the environment, ONLY=PATTERN picks tests whose name holds the regular expression; TIME_LIMIT=SECONDS is for each.
set -u

out=$(realpath -m "$1")
shift
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 3

logs=$out/test-logs
reports=$logs/sanitizer
rm -rf "$logs"
mkdir -p "$reports"

export SPOTCHECK=$out/spotcheck SPOTCHECKD=$out/spotcheckd
# For the programs: catalogues that are not installed.
export TEXTDOMAINDIR=$out/locale
export LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1
unset LANGUAGE
# A make that a scenario runs is its own: not this one's flavour, not its jobs.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES FLAVOUR
# A status of its own, so that no scenario takes a report for a "no" (1) or a refusal (2).
asan_options="exitcode=99:detect_leaks=1:strict_string_checks=1:${ASAN_OPTIONS:-}"
ubsan_options="exitcode=99:print_stacktrace=1:${UBSAN_OPTIONS:-}"

only=${ONLY:-}
limit=${TIME_LIMIT:-900}
slots=$(nproc)
results=$logs/results
: >"$results"

# Each test has its own place for what the sanitizers report.
run()
{
	local name=$1 log=$logs/${1//\//_}.log own=$reports/${1//\//_} begun=$SECONDS status
	shift

	if [ -n "$only" ] && ! [[ $name =~ $only ]]; then
		return
	fi
	mkdir -p "$own"
	ASAN_OPTIONS="log_path=$own/asan:$asan_options" UBSAN_OPTIONS="log_path=$own/ubsan:$ubsan_options" \
		timeout -k 10 "$limit" "$@" >"$log" 2>&1 </dev/null
	status=$?
	if [ -n "$(find "$own" -type f -print -quit)" ]; then
		cat "$own"/* >>"$log"
		status=99
	fi
	case $status in
	0)
		echo "ok $name" >>"$results"
		printf 'ok    %-52s %4d s\n' "$name" $((SECONDS - begun)) ;;
	77)
		echo "skip $name" >>"$results"
		printf 'skip  %s: %s\n' "$name" "$(tail -n 1 "$log")" ;;
	*)
		echo "FAIL $name" >>"$results"
		[ "$status" -ne 124 ] || echo "took more than $limit s" >>"$log"
		printf 'FAIL  %-52s %4d s, status %d\n' "$name" $((SECONDS - begun)) "$status"
		tail -n 60 "$log" | sed 's/^/      | /' ;;
	esac
}

beside()
{
	while [ "$(jobs -rp | wc -l)" -ge "$slots" ]; do
		wait -n
	done
	run "$@" &
}

for program in "$@"; do
	name=${program#*/tests/}
	case $name in
	fuzz/*)
		corpus=(tests/fuzz/corpus/"${name#fuzz/fuzz_}"/*)
		[ -e "${corpus[0]}" ] || corpus=()
		beside "$name" "$program" ${corpus[@]+"${corpus[@]}"} ;;
	*)
		beside "$name" "$program" ;;
	esac
done

for file in tests/peers/test_*.py; do
	[ -e "$file" ] || continue
	module=$(basename "$file" .py)
	beside "peers/$module" env PYTHONPATH=tests/peers /usr/bin/python3 -m unittest "$module"
done

wait

for file in tests/system/[0-9][0-9]*-*.sh tests/system/[0-9][0-9]*-*.py; do
	[ -e "$file" ] && printf '%s\n' "$file"
done | LC_ALL=C sort -t/ -k3n -k3 >"$logs/scenarios"
while read -r file <&3; do
	name=system/$(basename "$file")
	case $file in
	*/70-service.py) run "$name" /usr/bin/python3 "$file" & ;;
	*.py) run "$name" /usr/bin/python3 "$file" ;;
	*) run "$name" bash "$file" ;;
	esac
done 3<"$logs/scenarios"
wait

passed=$(grep -c '^ok ' "$results")
skipped=$(grep -c '^skip ' "$results")
failed=$(grep -c '^FAIL ' "$results")
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
sed -n 's/^FAIL //p' "$results" | while read -r name; do
	echo "failed: $name ($logs/${name//\//_}.log)"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
