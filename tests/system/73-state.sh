#!/bin/bash
# Goal: a state that cannot be used is said to be so, by commands and by the service, and is left as it is: of another
# version or application, damaged, of another user, open to others, read-only, on a full disk; a key that others can read.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"
spotcheckd=${SPOTCHECKD:-$here/../../build/spotcheckd}

helper_conf
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "" sc run spot-check
db=$office/state/spotcheckd.db
cp -a "$office/state" "$office/good"
cp -a "$office/public" "$office/public.good"

digest()
{
	(cd "$office" && find state public -type f ! -name '*-wal' ! -name '*-shm' ! -name '*.lock' ! -name wake -exec sha256sum {} + |
		sort)
}

again()
{
	rm -rf "$office/state"
	cp -a "$office/good" "$office/state"
}

# refused WORDS: by what looks, by what would sign, and by the service, which ends at once with 2; nothing is changed.
refused()
{
	local words=$1 before command
	before=$(digest)
	for command in status "run spot-check" "import targets $office/conf/sample/targets.csv" "backup $office/b.backup"; do
		# shellcheck disable=SC2086 # words of a command
		expect 2 "$words" sc $command
	done
	test ! -e "$office/b.backup" || fail "a backup of what is none"
	timeout 20 "$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err"
	got=$?
	[ "$got" = 2 ] || fail "the service: status $got with $words"
	grep -qF -- "$words" "$office/err" || fail "the service does not say $words"
	test "$(digest)" = "$before" || fail "something was changed: $words"
}

# Of another version, of another application, no database at all, cut short.
sqlite3 "$db" "PRAGMA user_version = 99"
refused "a newer version"
again
sqlite3 "$db" "PRAGMA application_id = 1"
refused "another application"
again
sqlite3 "$db" "PRAGMA wal_checkpoint(TRUNCATE)" >"$office/out"
rm -f "$db-wal" "$db-shm"
echo "this is no database, whatever its name says; and it is long enough to look like one that is" >"$db"
refused "spotcheckd.db"
again
sqlite3 "$db" "PRAGMA wal_checkpoint(TRUNCATE)" >"$office/out"
rm -f "$db-wal" "$db-shm"
truncate -s 8192 "$db"
before=$(digest)
for command in "run spot-check" status; do
	# shellcheck disable=SC2086 # words of a command
	sc $command >"$office/out" 2>"$office/err" && fail "cut short, and nobody saw it: $command"
	test "$(wc -l <"$office/err")" = 1 || fail "not one line"
done
test "$(digest)" = "$before" || fail "something was changed"

# Open to others; a key that others can read, or that is another's.
again
chmod 770 "$office/state"
refused "others"
again
chmod 644 "$office/state/keys/log.key"
before=$(digest)
expect 2 "mode 0600" sc run spot-check
timeout 20 "$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err"
test $? = 2 || fail "the service began with a key that others can read"
grep -q "mode 0600" "$office/err" || fail "the service does not say why"
test "$(digest)" = "$before" || fail "something was changed"
again
rm "$office/state/keys/log.key"
expect 2 "there is no key" sc run spot-check

# A full disk: whatever the moment, the step is not done, and done when there is room.
again
operator_full()
{
	# What it says goes through a pipe: files are full.
	(trap '' XFSZ && ulimit -f "$1" && sc run spot-check) 2>&1 >/dev/null | cat >"$office/err"
	return "${PIPESTATUS[0]}"
}
for blocks in 0 8 64 400; do
	again
	rm -rf "$office/public"
	cp -a "$office/public.good" "$office/public"
	operator_full "$blocks"
	got=$?
	[ "$got" = 3 ] || [ "$got" = 0 ] || fail "status $got with a disk full at $blocks"
	[ "$got" = 0 ] || [ "$(wc -l <"$office/err")" = 1 ] || fail "not one line"
	verified
	expect 0 "" sc run spot-check
	verified
done

# Read-only, and full to the last byte, where a file system of our own can be had.
mount_and()
{
	unshare -rm bash -c 'mount -t tmpfs -o size=$1 tmpfs "$2/state" && cp -a "$2/good/." "$2/state/" && '"$2" - "$1" "$office" "$spotcheck" \
		"$ini" >"$office/out" 2>"$office/err"
}
again
if mount_and 16m 'true'; then
	for command in "run spot-check" status; do
		mount_and 16m "mount -o remount,ro \"\$2/state\" && { \"\$3\" -c \"\$4\" $command; test \$? = 3; }" || fail "read-only"
		grep -q "cannot be written: Read-only" "$office/err" || fail "read-only, and nobody says so"
	done
	mount_and 1m 'head -c 2000000 /dev/zero >"$2/state/ballast" 2>/dev/null; { "$3" -c "$4" run spot-check; test $? = 3; }' ||
		fail "full"
	grep -q "full" "$office/err" || fail "full, and nobody says so"
	test "$(wc -l <"$office/err")" = 1 || fail "not one line"
	verified
else
	echo "no mount namespace here: not tried read-only"
fi

# A disk that fails is no damage to a database, and no fault of a published folder: neither is restored or accused for it.
quiet=${ASAN_OPTIONS-}:detect_leaks=0 # leaks cannot be looked for under strace
if strace -o /dev/null true 2>/dev/null; then
	again
	for n in 1 2 4 6; do
		for command in "run spot-check" status; do
			# shellcheck disable=SC2086 # words of a command
			ASAN_OPTIONS=$quiet strace -f -qq -o /dev/null -P "$db" -P "$db-wal" -e trace=pread64 -e "inject=pread64:error=EIO:when=$n" \
				"$spotcheck" -c "$ini" $command >"$office/out" 2>"$office/err"
			[ $? = 3 ] || fail "not 3 where read $n of $command fails"
			grep -qF "$db cannot be read or written: Input/output error" "$office/err" || fail "not so said: read $n of $command"
			[ "$(wc -l <"$office/err")" = 1 ] || fail "not one line"
		done
	done
	rm -rf "$office/public"
	cp -a "$office/public.good" "$office/public"
	for file in checkpoint "tile/entries/000.p/$(sed -n 2p "$office/public/checkpoint")" draws/0001/targets.csv draws/0001/commit.json; do
		ASAN_OPTIONS=$quiet strace -f -qq -o /dev/null -P "$office/public/$file" -e trace=read -e inject=read:error=EIO:when=1 \
			"$spotcheck" verify "$office/public" >"$office/out" 2>"$office/err"
		[ $? = 3 ] || fail "verify does not say 3 where $file cannot be read"
		grep -qF "$file: it cannot be read: Input/output error" "$office/err" || fail "verify does not name $file"
		grep -q FAILED "$office/out" && fail "verify accuses somebody of a disk that fails"
	done
	verified
else
	echo "no strace here: not tried with a disk that fails"
fi

# Another user's.
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
	again
	chmod 755 "$office" "$office/conf"
	chmod 644 "$ini"
	setpriv --reuid 65534 --clear-groups "$spotcheck" -c "$ini" status >"$office/out" 2>"$office/err"
	test $? = 2 || fail "another user"
	grep -q "sudo" "$office/err" || fail "not told to use sudo"
	setpriv --reuid 65534 --clear-groups timeout 20 "$spotcheckd" -c "$ini" >"$office/out" 2>"$office/err"
	test $? = 2 || fail "the service as another user"
fi
echo "all refused, nothing changed"
