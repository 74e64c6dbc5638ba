#!/bin/sh
# The tests of the page, of the published site and by DuckDB need Node 20 or newer and npm; Debian 12 has Node 18.
#
# Silent and status 0 where both are there; else what is missing, and status 3.
set -eu

major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p' || true)
if [ "${major:-0}" -lt 20 ]; then
	echo "need_node.sh: Node 20 or newer is needed; here is ${major:+Node }${major:-none}. See https://nodejs.org/en/download" >&2
	exit 3
fi
if ! command -v npm >/dev/null; then
	echo "need_node.sh: npm is needed beside Node" >&2
	exit 3
fi
