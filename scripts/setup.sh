#!/bin/sh
# Installs the Debian packages that are missing, and says which; silent and quick when none is.
#
#	scripts/setup.sh [build] [demo] [test] [browser] [second] [lint] [deb] [deb-test] [clang-sanitize]		(default: build)
#
# Exit status 3: some are missing and we may not install them; the command to run is printed.
set -eu

packages=
for list in "${@:-build}"; do
	case $list in
	build)
		packages="$packages gcc make pkg-config libc6-dev gettext tzdata
			libsodium-dev libssl-dev libutf8proc-dev
			libsqlite3-dev libcsv-dev libinih-dev libxlsxwriter-dev zlib1g-dev
			libical-dev libjansson-dev libev-dev libcurl4-openssl-dev libcmark-dev libmicrohttpd-dev" ;;
	demo)
		packages="$packages python3" ;;
	test)
		packages="$packages libcmocka-dev python3 python3-nacl sqlite3 strace opensmtpd python3-aiosmtpd openssl libfaketime" ;;
	browser)
		packages="$packages chromium fonts-wqy-microhei" ;;
	second)
		packages="$packages postgresql-15 golang-go golang-golang-x-mod-dev" ;;
	lint)
		packages="$packages clang clang-format clang-tidy cppcheck shellcheck mandoc" ;;
	deb)
		packages="$packages debhelper dpkg-dev fakeroot lintian" ;;
	deb-test)
		packages="$packages debootstrap" ;;
	clang-sanitize)
		packages="$packages libclang-rt-14-dev" ;;
	*)
		echo "setup.sh: no list of packages is called $list" >&2
		exit 2 ;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	echo "setup.sh: this is no Debian; what these packages hold is needed:" $packages >&2
	exit 0
fi

# Multi-arch packages come as name:arch, hence the two fields of our own.
installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $packages 2>/dev/null | sed -n 's/^.i *//p' || true)
missing=
for package in $packages; do
	case "
$installed
" in
	*"
$package
"*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
	as_root=sudo
else
	echo "setup.sh: packages are missing, and installing them takes root:" >&2
	echo "	apt-get update && apt-get install -y --no-install-recommends$missing" >&2
	exit 3
fi

apt()
{
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null
}

echo "setup.sh: installing$missing"
# Package lists that are absent or out of date make the first attempt fail; then they are fetched, once.
if ! apt install --no-install-recommends $missing >/dev/null 2>&1; then
	apt update
	apt install --no-install-recommends $missing
fi
