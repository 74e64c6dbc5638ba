#!/bin/bash
# Goal: no hash, signature or allocation fails in silence.  With an OpenSSL whose default provider is off everything goes
# on and verifies; with a primitive that computes wrongly every program ends at once with 3; with one allocation that
# fails, wherever it is, `init`, `run` and `verify` end with 0 and a right result or say no, and done again all is well.
# shellcheck disable=SC2154,SC1091 # helpers.sh sets them
. "$(dirname "$0")/helpers.sh"
spotcheckd=${SPOTCHECKD:-$here/../../build/spotcheckd}
command -v cc >/dev/null || { echo "there is no cc here"; exit 77; }

helper_conf

# ---- a provider that is off ----

# "activate = 0" alone is not enough for OpenSSL 3.0: the fallback comes in where no provider was asked for.
cat >"$office/openssl.cnf" <<'EOF'
openssl_conf = openssl_init
[openssl_init]
providers = provider_sect
[provider_sect]
default = x
base = y
[x]
module = none
[y]
activate = 1
EOF
export OPENSSL_CONF=$office/openssl.cnf
openssl dgst -sha256 "$office/openssl.cnf" >"$office/out" 2>&1 && fail "OpenSSL has a provider nevertheless"
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
expect 0 "" sc run spot-check
verified
unset OPENSSL_CONF
verified
expect 0 "" sc run spot-check
verified

# ---- a primitive that is wrong ----

cat >"$office/wrong.c" <<'EOF'
#include <openssl/sha.h>
#include <stddef.h>
#include <string.h>

#ifdef WRONG_SHA256
int SHA256_Update(SHA256_CTX *c, const void *bytes, size_t len) { (void)c, (void)bytes, (void)len; return 1; }
#endif
#ifdef WRONG_BULK
void SHA256_Transform(SHA256_CTX *c, const unsigned char *block) { c->h[0] ^= block[0]; }
#endif
#ifdef WRONG_SIGNATURE
int crypto_sign_detached(unsigned char *s, unsigned long long *n, const unsigned char *m, unsigned long long len,
    const unsigned char *key) { (void)n, (void)m, (void)len, (void)key; memset(s, 1, 64); return 0; }
#endif
#ifdef WRONG_VERIFY
int crypto_sign_verify_detached(const unsigned char *s, const unsigned char *m, unsigned long long len,
    const unsigned char *key) { (void)s, (void)m, (void)len, (void)key; return 0; }
#endif
#ifdef WRONG_CURVE
int crypto_scalarmult_base(unsigned char *q, const unsigned char *n) { memcpy(q, n, 32); return 0; }
#endif
#ifdef WRONG_BOX
int crypto_box_seal_open(unsigned char *m, const unsigned char *c, unsigned long long len, const unsigned char *pk,
    const unsigned char *sk) { (void)m, (void)c, (void)len, (void)pk, (void)sk; return -1; }
#endif
EOF

# The program says one line that names the primitive, and ends with 3.
fails_at()
{
	local name=$1
	shift
	LD_PRELOAD=$office/wrong.so ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
		"$@" >"$office/out" 2>"$office/err" </dev/null
	got=$?
	[ "$got" -eq 3 ] || fail "status $got with a wrong $name: $*"
	grep -qF "self-test of $name fails" "$office/err" || fail "no word of $name: $*"
	[ "$(wc -l <"$office/err")" -eq 1 ] || fail "not one line with a wrong $name: $*"
	[ ! -s "$office/out" ] || fail "something was done with a wrong $name: $*"
}
while read -r define name; do
	cc -w -shared -fPIC -D"$define" -o "$office/wrong.so" "$office/wrong.c" || fail "cc"
	fails_at "$name" "$spotcheck" verify "$office/public"
	fails_at "$name" "$spotcheck" -c "$ini" run spot-check
	fails_at "$name" "$spotcheckd" -c "$ini"
	fails_at "$name" "$(dirname "$spotcheckd")/spotcheckd-mail"
	fails_at "$name" "$(dirname "$spotcheckd")/spotcheckd-ask"
done <<'EOF'
WRONG_SHA256 SHA-256
WRONG_BULK SHA-256 in bulk
WRONG_SIGNATURE Ed25519
WRONG_VERIFY Ed25519
WRONG_CURVE X25519
WRONG_BOX XSalsa20-Poly1305
EOF
verified

# ---- an allocation that fails ----

if ldd "$spotcheck" | grep -q libasan; then
	echo "the sanitizers have the allocator: no allocation was made to fail"
	exit 0
fi
cat >"$office/fault.c" <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From main() on the FAULT_AT-th allocation fails, once; how many there were goes to FAULT_COUNT. */
extern void *__libc_malloc(size_t n), *__libc_calloc(size_t n, size_t size), *__libc_realloc(void *p, size_t n);
static atomic_long made, at = -1;
static __thread int spared;
static int (*program)(int, char **, char **);

/* Whose allocation it is, but for the C library's own, goes to FAULT_WHOSE. */
static void
tell_whose(void)
{
	void *callers[40];
	int n = backtrace(callers, 40), fd = open(getenv("FAULT_WHOSE"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	Dl_info info;

	for (int i = 1; i < n; i++)
		if (dladdr(callers[i], &info) != 0 && strstr(info.dli_fname, "fault.so") == NULL &&
		    strstr(info.dli_fname, "/libc.so") == NULL) {
			dprintf(fd, "%s\n", info.dli_fname);
			break;
		}
	close(fd);
}

static int
fails(void)
{
	long n = at < 0 || spared ? -1 : atomic_fetch_add(&made, 1) + 1;

	if (n > 0 && n == at) {
		tell_whose();
		errno = ENOMEM;
	}
	return n > 0 && n == at;
}

void *malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return fails() ? NULL : __libc_realloc(p, n); }
void *reallocarray(void *p, size_t n, size_t size)
{
	return size != 0 && n > (size_t)-1 / size ? NULL : realloc(p, n * size);
}

/* glibc 2.36 does not survive this itself (nss_database.c). */
int
getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t n, struct passwd **ret)
{
	int (*real)(uid_t, struct passwd *, char *, size_t, struct passwd **) = dlsym(RTLD_NEXT, "getpwuid_r");
	int rc;

	spared++;
	rc = real(uid, pwd, buf, n, ret);
	spared--;
	return rc;
}

static int
begin(int argc, char **argv, char **env)
{
	const char *text = getenv("FAULT_AT");
	void *callers[1];

	backtrace(callers, 1); /* which allocates, the first time */
	at = text == NULL ? 0 : atol(text);
	return program(argc, argv, env);
}

int
__libc_start_main(int (*f)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
    void (*rtld_fini)(void), void *stack)
{
	int (*real)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
	    dlsym(RTLD_NEXT, "__libc_start_main");

	program = f;
	return real(begin, argc, argv, init, fini, rtld_fini, stack);
}

__attribute__((destructor)) static void
end(void)
{
	const char *path = getenv("FAULT_COUNT");
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0)
		dprintf(fd, "%ld\n", (long)made);
}
EOF
cc -w -O1 -shared -fPIC -o "$office/fault.so" "$office/fault.c" -ldl || fail "cc"

# with_fault N COMMAND…
with_fault()
{
	local n=$1
	shift
	{ LD_PRELOAD=$office/fault.so FAULT_AT=$n FAULT_COUNT=$office/count FAULT_WHOSE=$office/whose "$@" >"$office/out" 2>"$office/err"; } 2>/dev/null
}

# As many numbers of 1 to $1, all over; FAULTS=all: each.
sampled()
{
	local total=$1 wanted=$2
	[ "${FAULTS:-}" != all ] || wanted=$total
	awk -v total="$total" -v wanted="$wanted" 'BEGIN {
		if (wanted > total)
			wanted = total
		for (i = 0; i < wanted; i++)
			print int(1 + (i + 0.5) * total / wanted)
	}'
}

# judged N COMMAND: what came of it is 0, or another status that says why; a signal only within libraries that do not
# survive it, cmark and libical: then the step was not done.
judged()
{
	case $got in
	0) return 0 ;;
	134 | 139) grep -qE "libcmark|libical" "$office/whose" || fail "allocation $1: status $got in $(cat "$office/whose"): $2" ;;
	2 | 3) [ "$(wc -l <"$office/err")" -ge 1 ] || fail "allocation $1: status $got without a word: $2" ;;
	*) fail "allocation $1: status $got: $2" ;;
	esac
}

fresh()
{
	rm -rf "$office/state" "$office/public" "$office/mail"
	mkdir -m 700 "$office/state"
}

saved()
{
	rm -rf "$office/state" "$office/public" "$office/mail"
	cp -a "$office/begun/." "$office/"
}

fresh
with_fault 0 "$spotcheck" -c "$ini" init || fail "init"
of_init=$(cat "$office/count")
for n in $(sampled "$of_init" 25); do
	fresh
	with_fault "$n" "$spotcheck" -c "$ini" init
	got=$?
	judged "$n" init
	if [ "$got" -eq 0 ]; then
		grep -q "Recovery code" "$office/out" || fail "allocation $n: init without a recovery code"
	else
		# What began already stays; what did not begins now.
		sc init >"$office/out" 2>"$office/err" || grep -q "there is a log already" "$office/err" || fail "allocation $n: init again"
		expect 0 "" sc publish
	fi
	verified
done

fresh
expect 0 "Recovery code" sc init
helper_import targets inspectors conflicts matters
mkdir "$office/begun"
cp -a "$office/state" "$office/public" "$office/begun/"
with_fault 0 "$spotcheck" -c "$ini" run spot-check || fail "run"
of_run=$(cat "$office/count")
right=$(letters)
[ "$right" -gt 0 ] || fail "no letters"
for n in $(sampled "$of_run" 40); do
	saved
	with_fault "$n" "$spotcheck" -c "$ini" run spot-check
	got=$?
	judged "$n" run
	[ "$got" -eq 0 ] || sc run spot-check >"$office/out" 2>"$office/err" || fail "allocation $n: run again after $got"
	verified
	[ "$(letters)" -ge 1 ] || fail "allocation $n: no letters"
	[ "$got" -ne 0 ] || [ -d "$office/public/draws/0001" ] || fail "allocation $n: status 0, and nothing is published"
	grep -rq . "$office/public/draws/0001/record.json" || fail "allocation $n: no record"
done

with_fault 0 "$spotcheck" verify "$office/public" || fail "verify"
of_verify=$(cat "$office/count")
for n in $(sampled "$of_verify" 40); do
	with_fault "$n" "$spotcheck" verify "$office/public"
	got=$?
	judged "$n" verify
	[ "$got" -ne 0 ] || grep -q "^yes: every check" "$office/out" || fail "allocation $n: verify says something else"
done
echo "one allocation failed in each of $of_init of init, $of_run of run, $of_verify of verify (sampled)"
