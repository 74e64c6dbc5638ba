#!/bin/sh
# Functions that nobody here may call: unbounded copies and formats, parsers that cannot say no, a shell, weak numbers,
# shared state.  Comments and literals may name them.
set -eu
cd "$(dirname "$0")/.."

banned='
	strcpy strcat stpcpy strncpy strncat sprintf vsprintf gets
	atoi atol atoll atof sscanf fscanf scanf strtok
	system popen wordexp
	rand srand random srandom rand_r drand48
	alloca tmpnam tempnam mktemp
	asctime ctime gmtime localtime
	setjmp longjmp
'
pattern=$(echo $banned | tr ' ' '|')

# Comments and literals are blanked; line numbers stay.
literals='//[^\n]*|/[*]([^*]|[*]+[^*/])*[*]+/|"(\\.|[^"\\\n])*"|'\''(\\.|[^'\''\\\n])*'\'
strip='
	BEGIN { RS = "\001"; ORS = "" }
	{
		text = $0
		out = ""
		while (match(text, ENVIRON["LITERALS"])) {
			gone = substr(text, RSTART, RLENGTH)
			gsub(/[^\n]/, " ", gone)
			out = out substr(text, 1, RSTART - 1) gone
			text = substr(text, RSTART + RLENGTH)
		}
		print out text
	}'

status=0
for file in $(find daemon tests -name '*.[ch]' | sort); do
	found=$(LITERALS=$literals awk "$strip" "$file" | grep -nE "(^|[^A-Za-z0-9_.>])($pattern)[ 	]*\(" || true)
	if [ -n "$found" ]; then
		echo "$found" | sed "s|^|$file:|; s|\$|	(banned)|" >&2
		status=1
	fi
done
exit $status
