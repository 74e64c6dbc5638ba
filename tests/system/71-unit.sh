#!/bin/bash
# Goal: systemd finds nothing wrong with the units, and little that the services could still do to the machine.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v systemd-analyze >/dev/null || { echo "there is no systemd-analyze here"; exit 77; }
out=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-unit.XXXXXX")
trap 'rm -rf "$out"' EXIT

for unit in spotcheckd.service spotcheck-witness.service spotcheck-witness.socket; do
	sed -e "s|@sbindir@|$(dirname "${SPOTCHECKD:-$here/../../build/spotcheckd}")|g" -e 's|@sysconfdir@|/etc|g' \
		-e "s|@bindir@|$(dirname "${SPOTCHECK:-$here/../../build/spotcheck}")|g" "$here/../../systemd/$unit" >"$out/$unit"
done
systemd-analyze verify --man=no "$out"/*.service "$out"/*.socket >"$out/said" 2>&1
[ $? -eq 0 ] && [ ! -s "$out/said" ] || { cat "$out/said"; exit 1; }
for unit in "$out"/*.service; do
	systemd-analyze security --no-pager --offline=yes --threshold=12 "$unit" >"$out/said" 2>&1 || { cat "$out/said"; exit 1; }
	tail -n 1 "$out/said"
done
