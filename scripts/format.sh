#!/bin/bash
# The C sources in the form that .clang-format says.  With --check: what differs is shown, and fails.
set -eu

cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# clang-format takes C for C++: while it works, its keywords that are names in C end in Q.
there='' back=''
for word in operator template class private public new delete this export; do
	there="$there;s/\\b$word\\b/${word%?}Q/g" back="$back;s/\\b${word%?}Q\\b/$word/g"
done

git ls-files --deduplicate '*.c' '*.h' >"$scratch/names"
mkdir "$scratch/tree"
xargs cp --parents -t "$scratch/tree" .clang-format <"$scratch/names"
(
	cd "$scratch/tree"
	xargs sed -i "$there" <"$scratch/names"
	xargs -P 2 -n 40 clang-format -i <"$scratch/names"
	xargs sed -i "$back" <"$scratch/names"
)

differs=0
while read -r name; do
	cmp -s "$name" "$scratch/tree/$name" && continue
	differs=1
	if [ "${1-}" = --check ]; then
		diff -u --label "$name" --label "$name, formatted" "$name" "$scratch/tree/$name" || true
	else
		cp "$scratch/tree/$name" "$name"
	fi
done <"$scratch/names"
[ "${1-}" != --check ] || [ $differs = 0 ] || { echo "make format mends this" >&2; exit 1; }
