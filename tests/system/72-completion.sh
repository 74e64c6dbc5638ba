#!/bin/bash
# Goal: bash completes the commands that there are, no more and no fewer, their options, kinds, and the INI's cycles.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SPOTCHECK=${SPOTCHECK:-$here/../../build/spotcheck}
ini=$here/../../conf/spotcheckd.ini
status=0
# shellcheck source=/dev/null
. "$here/../../scripts/completion/spotcheck.bash"

same()
{
	[ "$2" = "$3" ] && return
	printf '%s:\nwanted:\n%s\ngot:\n%s\n' "$1" "$3" "$2"
	status=1
}

# What is offered behind these words, the last of which is being typed.
offered()
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_spotcheck
	printf '%s\n' "${COMPREPLY[@]}" | sort
}

commands=$(LC_ALL=C "$SPOTCHECK" --help | sed -n 's/^  \([a-z][a-z-]*\)\( .*\)\{0,1\}$/\1/p' | sort)
same "commands" "$(offered spotcheck '')" "$commands"
same "a command begun" "$(offered spotcheck sch)" schedule
same "kinds" "$(offered spotcheck import '')" "$(printf '%s\n' targets inspectors conflicts matters contacts leave | sort)"
same "cycles" "$(offered spotcheck -c "$ini" run '')" "$(sed -n 's/^\[cycle \(.*\)\]$/\1/p' "$ini" | sort)"
same "a cycle begun" "$(offered spotcheck -c "$ini" commit q)" quarterly
same "a cycle behind draw --dry-run" "$(offered spotcheck -c "$ini" draw --dry-run sur)" surprise
same "an INI that is not there" "$(offered spotcheck -c "$ini.absent" run '')" ""

# Every option that a command's usage names.
for command in $commands; do
	named=$(LC_ALL=C "$SPOTCHECK" "$command" --help | grep -o -e '--[a-z][a-z-]*' | grep -v -x -e --json -e --help |
		sort -u)
	given=$(offered spotcheck "$command" -- | grep -v -x -e --json -e --help)
	same "options of $command" "$given" "$named"
done
[ "$status" -ne 0 ] || echo "$(echo "$commands" | wc -l) commands, their options, kinds and cycles"
exit "$status"
