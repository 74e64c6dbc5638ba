#!/bin/bash
# What the scenarios on draws share: an office in a folder of its own, and what is expected of a command.
# To be sourced.
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
conf=$here/../../conf
spotcheck=${SPOTCHECK:-$here/../../build/spotcheck}
office=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-office.XXXXXX")
trap 'rm -rf "$office"' EXIT
export LC_ALL=C.UTF-8

# The shipped configuration and templates, with places in the folder.
helper_conf()
{
	cp -r "$conf" "$office/conf"
	ini=$office/conf/spotcheckd.ini
	sed -i -e "s|^#state_dir = .*|state_dir = $office/state|" \
		-e "s|^#public_dir = .*|public_dir = $office/public|" -e "s|^server = maildir:.*|server = maildir:$office/mail|" "$ini"
	mkdir -m 700 "$office/state"
}

# Changes a key of the one cycle that the shipped configuration switches on.
helper_set()
{
	sed -i "/^\[cycle spot-check\]/,/^# ---- An example/s|^#\{0,1\}$1 = .*|$1 = $2|" "$ini"
}

helper_import()
{
	local kind
	for kind in "$@"; do
		sc import "$kind" "$office/conf/sample/$kind.csv" >"$office/out" || fail "import $kind"
	done
}

sc()
{
	"$spotcheck" -c "$ini" "$@"
}

fail()
{
	echo "FAIL: $*" >&2
	cat "$office/out" "$office/err" >&2 2>/dev/null
	exit 1
}

# expect STATUS WORDS COMMAND…: the status, and WORDS somewhere in what it says; errors are one line on standard
# error.
expect()
{
	local status=$1 words=$2 got
	shift 2
	"$@" >"$office/out" 2>"$office/err"
	got=$?
	[ "$got" -eq "$status" ] || fail "status $got instead of $status: $*"
	grep -qF -- "$words" "$office/out" "$office/err" || fail "no \"$words\" from: $*"
	case $status in
	0) [ ! -s "$office/err" ] || fail "words on standard error: $*" ;;
	2 | 3) [ "$(wc -l <"$office/err")" -eq 1 ] || fail "not one line on standard error: $*" ;;
	esac
}

verified()
{
	expect 0 "yes: every check" "$spotcheck" verify "$office/public"
}

letters()
{
	find "$office/mail/new" -type f 2>/dev/null | wc -l
}

# One value of a JSON object on standard input: field KEY
field()
{
	/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
