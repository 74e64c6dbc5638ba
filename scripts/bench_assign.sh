#!/bin/sh
# How long teams take, case by case; the hashing of all pairs, which no program can spare, is the reference in each line.
#
#	scripts/bench_assign.sh [CASE]
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
program=$(mktemp)
trap 'rm -f "$program"' EXIT

# shellcheck disable=SC2046 # pkg-config's words are meant to be several
"${CC:-gcc}" -std=c17 -D_GNU_SOURCE -O2 -I"$top/daemon" -o "$program" "$top/scripts/bench_assign.c" \
	"$top"/build/gcc/libspotcheck-core.a $(pkg-config --libs libsodium libcrypto libutf8proc) -pthread -lm
"$program" "$@"
