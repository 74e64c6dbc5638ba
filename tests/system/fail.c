/*
 * A library to be preloaded: it counts the calls of one class of functions of the C library, and makes the Nth go wrong.
 *
 *	FAIL_COUNTS=FILE   the counts, shared by a program and all that it starts: one uint64_t for each class, in the order
 *	                   below; the last one is 1 once the fault has happened
 *	FAIL_CLASS=N       which class is to fail; without it calls are counted only
 *	FAIL_AT=N          which call, from 1
 *	FAIL_HOW=HOW       a number: errno, and the call is not made; a number and +: that call and all later ones of its class
 *	                   in this process and those it forks; "before" and "after": SIGKILL before, or after the call was made;
 *	                   "short": half of the bytes are read or written; "torn": half of them are written, then SIGKILL
 *
 * What the C library calls inside itself (fopen's open, printf's write, nftw's) is out of reach.  With -DNO_MEMORY malloc
 * and its kin are left alone, as a sanitizer needs them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* 52-faults.py has the same names in the same order. */
enum class { OPEN, WRITE, PWRITE, READ, SYNC, RENAME, LINK, UNLINK, MKDIR, TRUNCATE, CHMOD, STAT, MMAP, LOCK, MEMORY, CLOSE, FOLDER,
	PROCESS, SOCKET, N_CLASSES, HAPPENED = N_CLASSES };

enum how { GO_ON, FAIL, BEFORE, AFTER, SHORT, TORN };

static _Atomic uint64_t *counts;
static int chosen = -1, error;
static uint64_t at;
static enum how how;
static bool sticky, stuck;

__attribute__((constructor)) static void
begin(void)
{
	const char *file = getenv("FAIL_COUNTS"), *class = getenv("FAIL_CLASS"), *when = getenv("FAIL_AT"), *what = getenv("FAIL_HOW");
	int fd = file == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
	void *shared;

	if (fd < 0)
		return;
	shared = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)syscall(SYS_close, fd);
	if (shared == MAP_FAILED)
		return;
	if (class != NULL && when != NULL && what != NULL) {
		chosen = atoi(class);
		at = strtoull(when, NULL, 10);
		error = atoi(what);
		sticky = strchr(what, '+') != NULL;
		how = strcmp(what, "before") == 0 ? BEFORE : strcmp(what, "after") == 0 ? AFTER : strcmp(what, "short") == 0 ? SHORT
		    : strcmp(what, "torn") == 0 ? TORN : FAIL;
	}
	counts = shared;
}

static void
die(void)
{
	(void)syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
}

static enum how
fault(enum class class)
{
	uint64_t n;

	if (counts == NULL)
		return GO_ON;
	n = atomic_fetch_add(&counts[class], 1) + 1;
	if ((int)class != chosen || !(n == at || (stuck && n > at)))
		return GO_ON;
	atomic_store(&counts[HAPPENED], 1);
	stuck = sticky;
	if (how == BEFORE)
		die();
	if (how == FAIL)
		errno = error;
	return how;
}

/* The C library's own one behind ours. */
#define NEXT(name) \
	static __typeof__(&name) next; \
	if (next == NULL) \
		next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define WRAP(class, type, failed, name, parameters, arguments) \
	type name parameters; \
	type name parameters \
	{ \
		NEXT(name); \
		enum how what = fault(class); \
		type result; \
 \
		if (what == FAIL) \
			return failed; \
		result = next arguments; \
		if (what == AFTER) \
			die(); \
		return result; \
	}

/* One that moves `len` bytes, where half of them is something. */
#define WRAP_BYTES(class, name, parameters, arguments) \
	ssize_t name parameters; \
	ssize_t name parameters \
	{ \
		NEXT(name); \
		enum how what = fault(class); \
		ssize_t result; \
 \
		if (what == FAIL) \
			return -1; \
		if ((what == SHORT || what == TORN) && len > 1) \
			len /= 2; \
		result = next arguments; \
		if (what == AFTER || what == TORN) \
			die(); \
		return result; \
	}

/* One with a mode behind its flags. */
#define WRAP_OPEN(name, parameters, ...) \
	int name(parameters, int flags, ...); \
	int name(parameters, int flags, ...) \
	{ \
		NEXT(name); \
		enum how what = fault(OPEN); \
		mode_t mode = 0; \
		va_list args; \
		int result; \
 \
		if (what == FAIL) \
			return -1; \
		if ((flags & (O_CREAT | __O_TMPFILE)) != 0) { \
			va_start(args, flags); \
			mode = (mode_t)va_arg(args, unsigned); \
			va_end(args); \
		} \
		result = next(__VA_ARGS__, flags, mode); \
		if (what == AFTER) \
			die(); \
		return result; \
	}

#define COMMA ,
WRAP_OPEN(open, const char *path, path)
WRAP_OPEN(open64, const char *path, path)
WRAP_OPEN(openat, int fd COMMA const char *path, fd, path)
WRAP_OPEN(openat64, int fd COMMA const char *path, fd, path)
WRAP(OPEN, int, -1, creat, (const char *path, mode_t mode), (path, mode))
WRAP(OPEN, FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
WRAP(OPEN, FILE *, NULL, fopen64, (const char *path, const char *mode), (path, mode))
WRAP(OPEN, int, -1, mkostemp, (char *path, int flags), (path, flags))

WRAP_BYTES(WRITE, write, (int fd, const void *bytes, size_t len), (fd, bytes, len))
WRAP_BYTES(PWRITE, pwrite, (int fd, const void *bytes, size_t len, off_t place), (fd, bytes, len, place))
WRAP_BYTES(PWRITE, pwrite64, (int fd, const void *bytes, size_t len, off64_t place), (fd, bytes, len, place))
WRAP(WRITE, ssize_t, -1, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n))
WRAP_BYTES(READ, read, (int fd, void *bytes, size_t len), (fd, bytes, len))
WRAP_BYTES(READ, pread, (int fd, void *bytes, size_t len, off_t place), (fd, bytes, len, place))
WRAP_BYTES(READ, pread64, (int fd, void *bytes, size_t len, off64_t place), (fd, bytes, len, place))

WRAP(SYNC, int, -1, fsync, (int fd), (fd))
WRAP(SYNC, int, -1, fdatasync, (int fd), (fd))
WRAP(RENAME, int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(RENAME, int, -1, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(RENAME, int, -1, renameat2, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags))
WRAP(LINK, int, -1, link, (const char *from, const char *to), (from, to))
WRAP(LINK, int, -1, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
WRAP(UNLINK, int, -1, unlink, (const char *path), (path))
WRAP(UNLINK, int, -1, unlinkat, (int fd, const char *path, int flags), (fd, path, flags))
WRAP(UNLINK, int, -1, remove, (const char *path), (path))
WRAP(UNLINK, int, -1, rmdir, (const char *path), (path))
WRAP(MKDIR, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(MKDIR, int, -1, mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode))
WRAP(MKDIR, char *, NULL, mkdtemp, (char *path), (path))
WRAP(TRUNCATE, int, -1, ftruncate, (int fd, off_t len), (fd, len))
WRAP(TRUNCATE, int, -1, ftruncate64, (int fd, off64_t len), (fd, len))
WRAP(CHMOD, int, -1, chmod, (const char *path, mode_t mode), (path, mode))
WRAP(CHMOD, int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(CHMOD, int, -1, fchmodat, (int fd, const char *path, mode_t mode, int flags), (fd, path, mode, flags))
WRAP(CHMOD, int, -1, chown, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
WRAP(CHMOD, int, -1, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))

WRAP(STAT, int, -1, stat, (const char *path, struct stat *st), (path, st))
WRAP(STAT, int, -1, stat64, (const char *path, struct stat64 *st), (path, st))
WRAP(STAT, int, -1, lstat, (const char *path, struct stat *st), (path, st))
WRAP(STAT, int, -1, lstat64, (const char *path, struct stat64 *st), (path, st))
WRAP(STAT, int, -1, fstat, (int fd, struct stat *st), (fd, st))
WRAP(STAT, int, -1, fstat64, (int fd, struct stat64 *st), (fd, st))
WRAP(STAT, int, -1, fstatat, (int fd, const char *path, struct stat *st, int flags), (fd, path, st, flags))
WRAP(STAT, int, -1, fstatat64, (int fd, const char *path, struct stat64 *st, int flags), (fd, path, st, flags))
WRAP(STAT, int, -1, access, (const char *path, int mode), (path, mode))
WRAP(STAT, int, -1, faccessat, (int fd, const char *path, int mode, int flags), (fd, path, mode, flags))
WRAP(STAT, char *, NULL, realpath, (const char *path, char *real), (path, real))

WRAP(MMAP, void *, MAP_FAILED, mmap, (void *place, size_t len, int prot, int flags, int fd, off_t from), (place, len, prot, flags, fd, from))
WRAP(MMAP, void *, MAP_FAILED, mmap64, (void *place, size_t len, int prot, int flags, int fd, off64_t from), (place, len, prot, flags, fd, from))
WRAP(LOCK, int, -1, flock, (int fd, int operation), (fd, operation))

#define WRAP_FCNTL(name) \
	int name(int fd, int command, ...); \
	int name(int fd, int command, ...) \
	{ \
		NEXT(name); \
		enum how what = fault(LOCK); \
		va_list args; \
		void *more; \
		int result; \
 \
		if (what == FAIL) \
			return -1; \
		va_start(args, command); \
		more = va_arg(args, void *); \
		va_end(args); \
		result = next(fd, command, more); \
		if (what == AFTER) \
			die(); \
		return result; \
	}

WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)

#ifndef NO_MEMORY
/* dlsym itself may want memory. */
void *__libc_malloc(size_t len);
void *__libc_calloc(size_t n, size_t len);
void *__libc_realloc(void *old, size_t len);

#define WRAP_MEMORY(name, parameters, next) \
	void *name parameters \
	{ \
		enum how what = fault(MEMORY); \
		void *result; \
 \
		if (what == FAIL) \
			return NULL; \
		result = next; \
		if (what == AFTER) \
			die(); \
		return result; \
	}

WRAP_MEMORY(malloc, (size_t len), __libc_malloc(len))
WRAP_MEMORY(calloc, (size_t n, size_t len), __libc_calloc(n, len))
WRAP_MEMORY(realloc, (void *old, size_t len), __libc_realloc(old, len))
#endif

/* The descriptor is gone all the same, as with Linux. */
int
close(int fd)
{
	NEXT(close);
	enum how what = fault(CLOSE);
	int result = next(fd);

	if (what == AFTER)
		die();
	if (what != FAIL)
		return result;
	errno = error;
	return -1;
}

WRAP(FOLDER, DIR *, NULL, opendir, (const char *path), (path))
WRAP(FOLDER, DIR *, NULL, fdopendir, (int fd), (fd))
WRAP(FOLDER, struct dirent *, NULL, readdir, (DIR *dir), (dir))
WRAP(FOLDER, struct dirent64 *, NULL, readdir64, (DIR *dir), (dir))
WRAP(FOLDER, int, -1, nftw, (const char *path, __nftw_func_t each, int n, int flags), (path, each, n, flags))
WRAP(FOLDER, int, -1, nftw64, (const char *path, __nftw64_func_t each, int n, int flags), (path, each, n, flags))

WRAP(PROCESS, pid_t, -1, fork, (void), ())
WRAP(PROCESS, int, -1, pipe, (int fds[2]), (fds))
WRAP(PROCESS, int, -1, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(PROCESS, int, error, pthread_create, (pthread_t *thread, const pthread_attr_t *how_made, void *(*run)(void *), void *arg),
    (thread, how_made, run, arg))
WRAP(PROCESS, pid_t, -1, waitpid, (pid_t pid, int *status, int options), (pid, status, options))

WRAP(SOCKET, int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))
WRAP(SOCKET, int, -1, socketpair, (int domain, int type, int protocol, int fds[2]), (domain, type, protocol, fds))
WRAP(SOCKET, int, -1, connect, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
WRAP(SOCKET, int, -1, bind, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
WRAP_BYTES(SOCKET, sendto, (int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len),
    (fd, bytes, len, flags, to, to_len))
WRAP_BYTES(SOCKET, recv, (int fd, void *bytes, size_t len, int flags), (fd, bytes, len, flags))
