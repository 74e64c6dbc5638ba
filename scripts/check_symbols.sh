#!/bin/sh
# What core's text may hide, its symbols show: the archive given uses no function of the world, and has no variable.
#
#	scripts/check_symbols.sh build/gcc/libspotcheck-core.a
set -eu

archive=$1
status=0

# By stem: __printf_chk, fopen64 and the like come with the same.
world='
	fopen|fdopen|fclose|fread|fwrite|fputs|fputc|putchar|puts|(__)?v?f?printf(_chk)?|perror|stdin|stdout|stderr
	|open|openat|read|write|close|stat|unlink|rename|mmap|socket|connect|getaddrinfo
	|time|clock|clock_gettime|gettimeofday|localtime|localtime_r|gmtime|gmtime_r|mktime|timegm|strftime|tzset
	|getenv|secure_getenv|setenv|setlocale|newlocale|uselocale|strcoll|gettext|dcgettext
	|rand|srand|random|srandom|getrandom|getentropy|randombytes[a-z_]*|RAND_[a-zA-Z_]*
	|exit|system|fork|signal|sigaction
'
world=$(echo "$world" | tr -d '\n\t ')

used=$(nm -u "$archive" | sed -n 's/^ *U //p' | sort -u | grep -xE "($world)(64)?" || true)
if [ -n "$used" ]; then
	echo "core uses" $used >&2
	status=1
fi

# Constants that hold addresses stand in .data.rel.ro; what can change stands in .data, .bss or their thread-local kin.
variables=$(objdump -t "$archive" | grep -E '[[:space:]]\.t?(data|bss)[^[:space:]]*[[:space:]]0*[1-9a-f][0-9a-f]* ' |
	grep -v '\.data\.rel\.ro' || true)
if [ -n "$variables" ]; then
	echo "core may have no variable of its own:" >&2
	echo "$variables" >&2
	status=1
fi
exit $status
