#!/bin/sh
# cppcheck over all sources; what it found before is kept in build/, so that only what changed is looked at again.
set -eu
cd "$(dirname "$0")/.."

mkdir -p build/cppcheck
sources=$(find daemon tests -name '*.c' | sort)
[ -n "$sources" ] || exit 0

# --library tells it what library functions own and return; unknown macros of cmocka come from tests/unit alone.
cppcheck --quiet --std=c11 --language=c -j 2 --cppcheck-build-dir=build/cppcheck \
	--enable=warning,portability,performance --error-exitcode=1 --inline-suppr \
	--library=posix,gnu --suppressions-list=scripts/cppcheck.suppressions \
	-D_GNU_SOURCE -DVECTORS='""' -DVERSION='""' -DCONF_FILE='""' -DDATA_DIR='""' -DLOCALE_DIR='""' \
	-Idaemon -Itests/unit $sources
