#!/bin/bash
# Goal: what a person sees is Chinese where the environment asks for it, with or without that locale on the machine; what
# a program reads is the same in both languages.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
spotcheck=${SPOTCHECK:-$here/../../build/spotcheck}
example=$here/../vectors/example
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# say LANGUAGE WORDS… : runs the command in that language, whatever its status
say()
{
	local language=$1
	shift
	LC_ALL=$language "$spotcheck" "$@" 2>&1 || true
}

# both WORDS… : Chinese where asked for, and no Chinese character otherwise
both()
{
	say zh_CN.UTF-8 "$@" | grep -qP '[\x{4e00}-\x{9fff}]' || {
		echo "no Chinese: spotcheck $*"
		exit 1
	}
	if say C.UTF-8 "$@" | grep -P '[\x{4e00}-\x{9fff}]'; then
		echo "Chinese without being asked: spotcheck $*"
		exit 1
	fi
}

printf '[service]\norign = x\n' >"$out/bad.ini"
both --help
both frobnicate
both -c "$out/bad.ini" check
both -c "$out/none.ini" list
both replay "$out"
say zh_CN.UTF-8 verify "$example" | grep -q 公开日志
# All but what people read of it.
bare()
{
	say "$1" --json verify "$example" | /usr/bin/python3 -c '
import json, sys
verdict = json.load(sys.stdin)
for part in verdict["checks"]: del part["detail"]
for part in verdict["notes"]: del part["note"]
print(verdict)'
}
bare C.UTF-8 >"$out/english"
bare zh_CN.UTF-8 >"$out/chinese"
cmp "$out/english" "$out/chinese"
echo "Chinese where it is asked for, and for programs the same"
