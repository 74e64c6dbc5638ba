#!/bin/bash
# Builds the Debian package, has lintian look at it, and tries it in a chroot of its own: install, set up, draw, upgrade
# with state, remove, purge.  Nothing is started there: a policy-rc.d forbids it.  Needs root and a Debian mirror.
#
#	scripts/deb_test.sh VERSION [JOBS]		(make deb-test)
#
# MIRROR=URL names the mirror, DEB=FILE takes a package that is built already.
set -eu

version=${1:?usage: scripts/deb_test.sh VERSION [JOBS]}
cd "$(dirname "$0")/.."
top=$PWD
root=$top/build/chroot
work=$top/build/deb-test
suite=bookworm

[ "$(id -u)" -eq 0 ] || { echo "deb_test.sh: a chroot takes root" >&2; exit 3; }

fail()
{
	echo "deb_test.sh: FAILED: $*" >&2
	exit 1
}

step()
{
	printf '%4d s  %s\n' "$SECONDS" "$*"
}

unmount()
{
	! mountpoint -q "$root/proc" || umount "$root/proc" || umount -l "$root/proc"
}

cleanup()
{
	unmount
	rm -rf --one-file-system "$root" "$work"
}
trap cleanup EXIT
cleanup
mkdir -p "$work"

inside()
{
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
		chroot "$root" "$@" </dev/null
}

# Says what a noisy command said only when it fails.
quietly()
{
	"$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; fail "$*"; }
}

# All files of the state, in one line.
state_sum()
{
	(cd "$root/var/lib/spotcheckd" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

# ---- build, lintian ---------------------------------------------------------

if [ -z "${DEB:-}" ]; then
	quietly scripts/deb.sh "$version" "${2:-1}"
	DEB=$(echo build/spotcheckd_*.deb)
fi
step "built $DEB, $(stat -c %s "$DEB") bytes"

# Where the sources have no manual pages yet, the package can have none.
pages=(daemon/man/*.[1578])
missing=
[ -e "${pages[0]}" ] || missing=no-manual-page
lintian --allow-root --fail-on error,warning --display-info --tag-display-limit 0 \
	${missing:+--suppress-tags "$missing"} "$DEB" || fail "lintian found errors or warnings"
step "lintian: no errors, no warnings${missing:+ (but for $missing: the sources have no pages yet)}"

# The same as a version later, with another shipped INI: what dpkg makes of that is what is tried, not a second build.
dpkg-deb -R "$DEB" "$work/next"
sed -i "s/^Version: .*/Version: $version+1/" "$work/next/DEBIAN/control"
for ini in etc/spotcheckd/spotcheckd.ini usr/share/spotcheckd/spotcheckd.ini; do
	echo '# A line that only the next version has.' >>"$work/next/$ini"
done
(cd "$work/next" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' | sort -z |
	xargs -0 md5sum >DEBIAN/md5sums)
quietly dpkg-deb --root-owner-group -b "$work/next" "$work/next.deb"

# ---- the chroot -------------------------------------------------------------

# The machine's own mirror, in either of apt's notations.
sources=$(find /etc/apt -name '*.list' -exec cat {} + -o -name '*.sources' -exec cat {} +)
mirror=${MIRROR:-$(echo "$sources" |
	sed -n -e 's/^URIs: *\([^ ]*\/debian\/*\)\( .*\)\{0,1\}$/\1/p' \
	    -e 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\/debian\/*\) .*/\2/p' | head -n 1)}
[ -n "$mirror" ] || fail "no mirror is found in apt's sources: MIRROR=URL names one"
quietly debootstrap --variant=minbase "$suite" "$root" "$mirror"
# A mirror may need what this machine's apt knows of it: a proxy, a certificate.
cp -a /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
step "debootstrap $suite"

# ---- install ----------------------------------------------------------------

cp "$DEB" "$root/now.deb"
cp "$work/next.deb" "$root/next.deb"
quietly inside apt-get -q update
quietly inside apt-get -q -y --no-install-recommends install /now.deb
step "installed with $(inside dpkg-query -f '.\n' -W | wc -l) packages in all"

ini=$root/etc/spotcheckd/spotcheckd.ini
inside dpkg-query -f '${Conffiles}\n' -W spotcheckd | grep -q '^ /etc/spotcheckd/spotcheckd.ini ' || fail "no conffile"
inside getent passwd spotcheckd >/dev/null || fail "there is no user"
[ "$(inside stat -c '%U:%G %a' /var/lib/spotcheckd)" = "spotcheckd:spotcheckd 711" ] ||
	fail "there is no state directory, or it is not the user's"
grep -q '^ExecStart=/usr/sbin/spotcheckd -c /etc/spotcheckd/spotcheckd.ini$' \
	"$root/lib/systemd/system/spotcheckd.service" || fail "the unit's places"
[ ! -e "$root/etc/systemd/system/multi-user.target.wants/spotcheckd.service" ] || fail "it was enabled"
[ -s "$root/usr/share/locale/zh_CN/LC_MESSAGES/spotcheckd.mo" ] || fail "there is no catalogue"
inside bash -nc '. /usr/share/bash-completion/completions/spotcheck' || fail "the completion"
[ "$(inside spotcheck --version)" = "spotcheck $version" ] || fail "spotcheck --version"
inside spotcheckd --check || fail "spotcheckd --check on the shipped INI"
step "version, user, state directory, unit, catalogue, completion; the shipped INI is right"

# ---- set up, draw -----------------------------------------------------------

quietly inside spotcheck setup --origin draws.example.org --operator 'The Office' --admin ops@example.org \
	--from draws@example.org --language en --state-dir /var/lib/spotcheckd --server maildir:/var/lib/spotcheckd/mail \
	--sample
quietly inside spotcheck check
quietly inside spotcheck init
quietly inside spotcheck run spot-check
quietly inside spotcheck verify /var/lib/spotcheckd/public
inside spotcheck status >"$work/status" || fail "spotcheck status"
sed 's/^/          /' "$work/status"
step "set up, initialised, one draw made and verified"

# ---- upgrade ----------------------------------------------------------------

ini_sum=$(sha256sum <"$ini")
before=$(state_sum)
quietly inside apt-get -q -y -o Dpkg::Options::=--force-confold --no-install-recommends install /next.deb
[ "$(inside dpkg-query -f '${Version}' -W spotcheckd)" = "$version+1" ] || fail "it is not the next version"
[ "$(sha256sum <"$ini")" = "$ini_sum" ] || fail "the upgrade touched an INI that the administrator wrote"
[ -e "$ini.dpkg-dist" ] || fail "dpkg did not lay the next INI beside it"
[ "$(state_sum)" = "$before" ] || fail "the upgrade touched the state"
inside spotcheck status >"$work/status.after" || fail "spotcheck status after the upgrade"
[ "$(inside spotcheck --json list)" != "" ] || fail "spotcheck list after the upgrade"
step "upgraded: INI and state are as they were, status answers"

# ---- remove, purge ----------------------------------------------------------

before=$(state_sum)
quietly inside apt-get -q -y remove spotcheckd
[ ! -e "$root/usr/sbin/spotcheckd" ] && [ ! -e "$root/usr/bin/spotcheck" ] || fail "remove left programs"
[ "$(sha256sum <"$ini")" = "$ini_sum" ] || fail "remove did not keep the INI"
[ "$(state_sum)" = "$before" ] || fail "remove did not keep the state"
step "removed: INI and state are kept"

quietly inside apt-get -q -y purge spotcheckd
grep '^spotcheckd: ' "$work/said" | sed 's/^/          /'
grep -q 'are kept' "$work/said" || fail "purge does not say that the state is kept"
[ ! -e "$ini" ] || fail "purge left the INI"
[ "$(state_sum)" = "$before" ] || fail "purge did not keep the state"
[ ! -e "$root/lib/systemd/system/spotcheckd.service" ] || fail "purge left the unit"
left=$(cd "$root" && find etc -name '*spotcheck*' | sort | tr '\n' ' ')
step "purged: the INI is gone, the state is kept; in /etc there is left: ${left:-nothing}"

quietly inside apt-get -q -y --no-install-recommends install /now.deb
[ "$(state_sum)" = "$before" ] || fail "installing again touched the state"
cp "$root/usr/share/spotcheckd/spotcheckd.ini" "$ini"
step "installed again over the kept state"
echo "deb_test.sh: all is well after $SECONDS s"
