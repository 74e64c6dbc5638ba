#!/bin/bash
# Builds the Debian package: stages a copy of the tree with scripts/debian as debian/ and leaves the .deb in build/.
#
#	scripts/deb.sh VERSION [JOBS]		(make deb)
set -eu

version=${1:?usage: scripts/deb.sh VERSION [JOBS]}
jobs=${2:-1}
cd "$(dirname "$0")/.."

packaged=$(dpkg-parsechangelog -l scripts/debian/changelog -S Version)
[ "$packaged" = "$version" ] || {
	echo "deb.sh: scripts/debian/changelog speaks of $packaged, the Makefile of $version" >&2
	exit 2
}

stage=build/deb/spotcheckd-$version
rm -rf build/deb
mkdir -p "$stage"
# What git knows or would take, else all but what is built; what is deleted and not yet committed is left out.
if git ls-files >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard
else
	find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0
fi | while IFS= read -r -d '' file; do
	[ ! -e "$file" ] || printf '%s\0' "$file"
done | tar -c --null -T - | tar -x -C "$stage"
mv "$stage/scripts/debian" "$stage/debian"

# A make above us would hand its variables down into the package.
(cd "$stage" && env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u CC -u FLAVOUR -u CFLAGS -u CPPFLAGS -u LDFLAGS \
	dpkg-buildpackage -b -us -uc "-J$jobs")
rm -f build/spotcheckd_*.deb build/spotcheckd-dbgsym_*.deb
cp build/deb/*.deb build/
echo "deb.sh: $(echo build/spotcheckd_*.deb)"
