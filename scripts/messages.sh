#!/bin/sh
# Extracts every message of the sources into a template: scripts/messages.sh OUT.pot
# err_set, diag_add and report_note translate the format they are given.
set -eu

cd "$(dirname "$0")/.."
xgettext --language=C --from-code=UTF-8 --package-name=spotcheckd --add-comments=TRANSLATORS: --sort-by-file \
	-k_ -kN_ -kgettext -kngettext:1,2 -kerr_set:3 -kdiag_add:4 -kreport_note:3 -o "$1" daemon/*.c daemon/*/*.[ch] daemon/*/*/*.[ch]
