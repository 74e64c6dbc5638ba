#!/bin/bash
# Goal: systemd finds nothing wrong with the unit, and little that the service could still do to the machine.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v systemd-analyze >/dev/null || { echo "there is no systemd-analyze here"; exit 77; }
out=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-unit.XXXXXX")
trap 'rm -rf "$out"' EXIT

sed -e "s|@sbindir@|$(dirname "${SPOTCHECKD:-$here/../../build/spotcheckd}")|g" -e 's|@sysconfdir@|/etc|g' \
	"$here/../../systemd/spotcheckd.service" >"$out/spotcheckd.service"
systemd-analyze verify --man=no "$out/spotcheckd.service" >"$out/said" 2>&1
[ $? -eq 0 ] && [ ! -s "$out/said" ] || { cat "$out/said"; exit 1; }
systemd-analyze security --no-pager --offline=yes --threshold=12 "$out/spotcheckd.service" >"$out/said" 2>&1 ||
	{ cat "$out/said"; exit 1; }
tail -n 1 "$out/said"
