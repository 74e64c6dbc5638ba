#!/bin/bash
# Goal: a third party can link the checker: what `make install` lays is enough to build a program of their own.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Built apart from what is tested: other places are compiled in.
make -s -C "$top" install FLAVOUR=installed CC=gcc DESTDIR="$out" prefix=/usr >"$out/install.log" 2>&1 || {
	cat "$out/install.log"
	exit 1
}
test -x "$out/usr/bin/spotcheck"
test -f "$out/usr/share/spotcheckd/spotcheckd.ini"

cat >"$out/third.c" <<'EOF'
#include <sodium.h>
#include <stdio.h>

#include "core/draw/draw.h"
#include "core/log/report.h"

/* The ticket of a target, by hand: H(seed || "target/" || id || "/1"). */
int
main(void)
{
	static const char seed[65] = "0000000000000000000000000000000000000000000000000000000000000000";
	struct hash_prefix prefix;
	struct hash ticket;

	hash_prefix(&prefix, seed);
	ticket = draw_ticket(&prefix, slice_of("T001"), 1);
	for (int i = 0; i < HASH_BYTES; i++)
		printf("%02x", ticket.b[i]);
	printf("\n");
	return sodium_init() < 0 || check_name(CHECK_TREE)[0] != 't';
}
EOF
export PKG_CONFIG_SYSROOT_DIR=$out PKG_CONFIG_PATH=$out/usr/local/lib/pkgconfig:$out/usr/lib/pkgconfig
# the sysroot is only for our own part: the libraries below it are the system's
cflags=$(PKG_CONFIG_PATH=$out/usr/lib/pkgconfig pkg-config --cflags spotcheck-core)
libs=$(PKG_CONFIG_PATH=$out/usr/lib/pkgconfig pkg-config --libs --static spotcheck-core)
# shellcheck disable=SC2086
gcc -std=c17 -Wall -Wextra -Werror $cflags -o "$out/third" "$out/third.c" $libs ${SANITIZE_FLAGS:-}
by_library=$("$out/third")
by_hand=$(printf '%064d%s' 0 target/T001/1 | sha256sum | cut -d' ' -f1)
[ "$by_library" = "$by_hand" ] || {
	echo "the library says $by_library, sha256sum says $by_hand"
	exit 1
}
echo "a program built on the installed library gives the ticket that sha256sum gives"
