#!/bin/bash
# Goal: every page of the manual, in both languages, renders without a warning, and much is left of it.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
command -v mandoc >/dev/null || command -v groff >/dev/null ||
	{ echo "there is neither mandoc nor groff here"; exit 77; }
out=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-manual.XXXXXX")
trap 'rm -rf "$out"' EXIT
status=0

fail()
{
	echo "$*"
	status=1
}

# silent WHAT COMMAND…: it succeeds and says nothing
silent()
{
	local what=$1
	shift
	"$@" >"$out/said" 2>&1 && [ ! -s "$out/said" ] || { fail "$what:"; cat "$out/said"; }
}

# Where a line of Chinese may be broken stands in a file that a small groff lacks.
chinese=
for file in /usr/share/groff/*/tmac/zh.tmac; do
	[ ! -f "$file" ] || chinese=-mzh
done

n=0
for page in "$top"/daemon/man/*.[1578] "$top"/daemon/man/zh_CN/*.[1578]; do
	[ -f "$page" ] || continue
	n=$((n + 1))
	name=${page#"$top"/}
	if command -v mandoc >/dev/null; then
		silent "mandoc: $name" mandoc -Tlint -Wwarning "$page"
		mandoc -Tutf8 "$page" >"$out/page" 2>/dev/null || fail "mandoc does not render $name"
		[ "$(wc -l <"$out/page")" -gt 100 ] || fail "mandoc: little is left of $name"
	fi
	command -v groff >/dev/null && command -v preconv >/dev/null || continue
	case $name in
	daemon/man/zh_CN/*)
		[ -z "$chinese" ] || silent "groff: $name" groff -Kutf8 -Tutf8 -man "$chinese" -ww -z "$page" ;;
	*)
		silent "groff: $name" groff -Kutf8 -Tutf8 -man -ww -z "$page" ;;
	esac
done
[ "$n" -eq 10 ] || fail "there are $n pages, not five in each of two languages"
exit $status
