/*
 * A library to be preloaded: it counts the calls of one class of functions of the C library, and makes the Nth go wrong.
 *
 *	FAIL_COUNTS=FILE   the counts, shared by a program and all that it starts: one uint64_t for each class, in the order
 *	                   below; the last one is 1 once the fault has happened
 *	FAIL_CLASS=N       which class is to fail; without it calls are counted only
 *	FAIL_AT=N          which call, from 1
 *	FAIL_HOW=HOW       a number: errno, and the call is not made; a number and +: that call and all later ones of its class
 *	                   in this process and those it forks; "before" and "after": SIGKILL before, or after the call was made;
 *	                   "short": half of the bytes are read or written; "torn": half of them are written, then SIGKILL;
 *	                   "power": before the call the power goes, see below
 *	FAIL_WORLD=DIR     for "power": what is under this folder is lost
 *	FAIL_SPOOL=DIR     for "power": an empty folder of the same file system
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
#include <pwd.h>
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
enum class {
	OPEN,
	WRITE,
	PWRITE,
	READ,
	SYNC,
	RENAME,
	LINK,
	UNLINK,
	MKDIR,
	TRUNCATE,
	CHMOD,
	STAT,
	MMAP,
	LOCK,
	MEMORY,
	CLOSE,
	FOLDER,
	PROCESS,
	SOCKET,
	N_CLASSES,
	HAPPENED = N_CLASSES
};

enum how { GO_ON, FAIL, BEFORE, AFTER, SHORT, TORN, POWER };

static _Atomic uint64_t *counts;
static int chosen = -1, error;
static uint64_t at;
static enum how how;
static bool sticky, stuck;
static const char *world, *spool;

/* glibc 2.36 itself crashes where the users' database finds no memory. */
static _Thread_local int in_library;

__attribute__((constructor)) static void
begin(void)
{
	const char *file = getenv("FAIL_COUNTS"), *class = getenv("FAIL_CLASS"), *when = getenv("FAIL_AT"),
	           *what = getenv("FAIL_HOW");
	int fd = file == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
	void *shared;

	if (fd < 0)
		return;
	shared = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)syscall(SYS_close, fd);
	if (shared == MAP_FAILED)
		return;
	if (class != NULL && when != NULL && what != NULL) {
		chosen = (int)strtol(class, NULL, 10);
		at = strtoull(when, NULL, 10);
		error = (int)strtol(what, NULL, 10);
		sticky = strchr(what, '+') != NULL;
		how = strcmp(what, "before") == 0 ? BEFORE
		    : strcmp(what, "after") == 0  ? AFTER
		    : strcmp(what, "short") == 0  ? SHORT
		    : strcmp(what, "torn") == 0   ? TORN
		    : strcmp(what, "power") == 0  ? POWER
		                                  : FAIL;
		world = getenv("FAIL_WORLD");
		spool = getenv("FAIL_SPOOL");
	}
	counts = shared;
}

static void
die(void)
{
	(void)syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
}

/*
 * ---- when the power goes ----
 *
 * What was written and not synced since is cut off.  Changes of folders survive in their order: all up to the last one that
 * was synced, by its folder or, for a new file, by the file itself; those after it are undone.  That is what file systems
 * with an ordered journal do at worst, but that such a journal may also keep more.  It is one process's view.
 */

#define PATH_BYTES 1024
#define FILES 512
#define CHANGES 4096

enum change { MADE, MADE_FOLDER, LINKED, MOVED, EXCHANGED, REMOVED, REMOVED_FOLDER };

static struct written {
	dev_t dev;
	ino_t ino;
	off_t synced;
	int fd;
} files[FILES];

static struct changed {
	enum change what;
	char path[PATH_BYTES], from[PATH_BYTES], kept[PATH_BYTES]; /* kept: a link to what was replaced or removed */
	struct stat folder, from_folder, file;
} * changes;

static size_t n_files, n_changes, n_lasting, n_kept;

static bool
is_watched(void)
{
	return counts != NULL && how == POWER && world != NULL && spool != NULL;
}

static bool
stat_at(const char *path, struct stat *st)
{
	return syscall(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* False where it is not in the world. */
static bool
whole_path(int fd, const char *path, char ret[static PATH_BYTES])
{
	char link[64];
	ssize_t n = 0;

	if (path[0] != '/') {
		(void)snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
		n = syscall(SYS_readlinkat, AT_FDCWD, link, ret, PATH_BYTES - 1);
		if (n < 0)
			return false;
		ret[n++] = '/';
	}
	(void)snprintf(ret + n, (size_t)(PATH_BYTES - n), "%s", path);
	return strncmp(ret, world, strlen(world)) == 0;
}

static void
stat_folder(const char *path, struct stat *st)
{
	char folder[PATH_BYTES];
	char *slash;

	(void)snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	*slash = '\0';
	(void)syscall(SYS_newfstatat, AT_FDCWD, folder, st, 0);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return syscall(SYS_newfstatat, AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Before a change: the one that is to be noted, with what it will replace or remove. */
static struct changed *
prepare(enum change what, int fd, const char *path, int from_fd, const char *from)
{
	struct changed *c;

	if (!is_watched())
		return NULL;
	if (changes == NULL)
		changes = (void *)syscall(SYS_mmap, NULL, CHANGES * sizeof *changes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (n_changes == CHANGES)
		return NULL;
	c = &changes[n_changes];
	*c = (struct changed){.what = what};
	if (!whole_path(fd, path, c->path) || (from != NULL && !whole_path(from_fd, from, c->from)))
		return NULL;
	if ((what == MADE || what == MADE_FOLDER || what == LINKED) && stat_at(c->path, &c->file))
		return NULL;
	if ((what == MOVED || what == REMOVED) && stat_at(c->path, &c->file) && !S_ISDIR(c->file.st_mode)) {
		(void)snprintf(c->kept, sizeof c->kept, "%s/%d-%zu", spool, (int)syscall(SYS_getpid), n_kept++);
		if (syscall(SYS_linkat, AT_FDCWD, c->path, AT_FDCWD, c->kept, 0) != 0)
			c->kept[0] = '\0';
	}
	if (what == REMOVED_FOLDER)
		(void)stat_at(c->path, &c->file);
	return c;
}

static void
note(struct changed *c, bool done)
{
	if (c == NULL || !done)
		return;
	stat_folder(c->path, &c->folder);
	if (c->from[0] != '\0')
		stat_folder(c->from, &c->from_folder);
	if (c->what == MADE)
		(void)stat_at(c->path, &c->file);
	n_changes++;
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static struct written *
find_file(int fd, struct stat *st)
{
	if (!is_watched() || syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH) != 0)
		return NULL;
	for (size_t i = 0; i < n_files; i++)
		if (files[i].dev == st->st_dev && files[i].ino == st->st_ino)
			return &files[i];
	return NULL;
}

/* Before a file is changed.  The descriptor is one more, so that it stays. */
static void
note_write(int fd, bool emptied)
{
	struct stat st;
	struct written *f = find_file(fd, &st);

	if (!is_watched() || !S_ISREG(st.st_mode) || (f == NULL && n_files == FILES))
		return;
	if (f == NULL) {
		f = &files[n_files++];
		*f = (struct written){st.st_dev, st.st_ino, st.st_size,
		    (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 500)};
	}
	if (emptied)
		f->synced = 0;
}

static void
note_sync(int fd)
{
	struct stat st;
	struct written *f = find_file(fd, &st);

	if (!is_watched())
		return;
	if (f != NULL)
		f->synced = st.st_size;
	for (size_t i = n_lasting; i < n_changes; i++)
		if (S_ISDIR(st.st_mode) ? same(&changes[i].folder, &st)
		                        : changes[i].what == MADE && same(&changes[i].file, &st))
			n_lasting = i + 1;
}

static void
undo(const struct changed *c)
{
	switch (c->what) {
	case MADE:
	case LINKED:
		(void)syscall(SYS_unlinkat, AT_FDCWD, c->path, 0);
		break;
	case MADE_FOLDER:
		(void)syscall(SYS_unlinkat, AT_FDCWD, c->path, AT_REMOVEDIR);
		break;
	case MOVED:
		(void)syscall(SYS_renameat2, AT_FDCWD, c->path, AT_FDCWD, c->from, 0);
		break;
	case EXCHANGED:
		(void)syscall(SYS_renameat2, AT_FDCWD, c->path, AT_FDCWD, c->from, RENAME_EXCHANGE);
		break;
	case REMOVED:
		break;
	case REMOVED_FOLDER:
		(void)syscall(SYS_mkdirat, AT_FDCWD, c->path, c->file.st_mode & 07777);
		break;
	}
	if (c->kept[0] != '\0')
		(void)syscall(SYS_linkat, AT_FDCWD, c->kept, AT_FDCWD, c->path, 0);
}

static void
lose_power(void)
{
	struct stat st;

	while (n_changes > n_lasting)
		undo(&changes[--n_changes]);
	for (size_t i = 0; i < n_files; i++)
		if (syscall(SYS_newfstatat, files[i].fd, "", &st, AT_EMPTY_PATH) == 0 && st.st_dev == files[i].dev &&
		    st.st_ino == files[i].ino && st.st_size > files[i].synced)
			(void)syscall(SYS_ftruncate, files[i].fd, files[i].synced);
	(void)syscall(SYS_kill, 0, SIGKILL); /* and all that it works with */
}

static enum how
fault(enum class class)
{
	uint64_t n;

	if (counts == NULL)
		return GO_ON;
	n = atomic_fetch_add(&counts[class], 1) + 1;
	if ((int)class != chosen || in_library > 0 || !(n == at || (stuck && n > at)))
		return GO_ON;
	atomic_store(&counts[HAPPENED], 1);
	stuck = sticky;
	if (how == BEFORE)
		die();
	if (how == POWER)
		lose_power();
	if (how == FAIL)
		errno = error;
	return how;
}

/* The C library's own one behind ours. */
#define NEXT(name)                     \
	static __typeof__(&name) next; \
	if (next == NULL)              \
	next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define WRAP(class, type, failed, name, parameters, arguments) \
	type name parameters;                                  \
	type name parameters                                   \
	{                                                      \
		NEXT(name);                                    \
		enum how what = fault(class);                  \
		type result;                                   \
                                                               \
		if (what == FAIL)                              \
			return failed;                         \
		result = next arguments;                       \
		if (what == AFTER)                             \
			die();                                 \
		return result;                                 \
	}

/* One that changes a folder. */
#define WRAP_CHANGE(class, name, parameters, arguments, ...) \
	int name parameters;                                 \
	int name parameters                                  \
	{                                                    \
		NEXT(name);                                  \
		enum how what = fault(class);                \
		struct changed *change;                      \
		int result;                                  \
                                                             \
		if (what == FAIL)                            \
			return -1;                           \
		change = prepare(__VA_ARGS__);               \
		result = next arguments;                     \
		note(change, result == 0);                   \
		if (what == AFTER)                           \
			die();                               \
		return result;                               \
	}

/* One that syncs, or changes the length of, a file. */
#define WRAP_FILE(class, name, parameters, arguments, before, after) \
	int name parameters;                                         \
	int name parameters                                          \
	{                                                            \
		NEXT(name);                                          \
		enum how what = fault(class);                        \
		int result;                                          \
                                                                     \
		if (what == FAIL)                                    \
			return -1;                                   \
		before;                                              \
		result = next arguments;                             \
		if (result == 0)                                     \
			after;                                       \
		if (what == AFTER)                                   \
			die();                                       \
		return result;                                       \
	}

/* One that moves `len` bytes, where half of them is something. */
#define WRAP_BYTES(class, name, parameters, arguments)          \
	ssize_t name parameters;                                \
	ssize_t name parameters                                 \
	{                                                       \
		NEXT(name);                                     \
		enum how what = fault(class);                   \
		ssize_t result;                                 \
                                                                \
		if (what == FAIL)                               \
			return -1;                              \
		if ((what == SHORT || what == TORN) && len > 1) \
			len /= 2;                               \
		if (class == WRITE || class == PWRITE)          \
			note_write(fd, false);                  \
		result = next arguments;                        \
		if (what == AFTER || what == TORN)              \
			die();                                  \
		return result;                                  \
	}

/* One with a mode behind its flags. */
#define WRAP_OPEN(name, parameters, at_fd, ...)                        \
	int name(parameters, int flags, ...);                          \
	int name(parameters, int flags, ...)                           \
	{                                                              \
		NEXT(name);                                            \
		enum how what = fault(OPEN);                           \
		struct changed *change = NULL;                         \
		mode_t mode = 0;                                       \
		va_list args;                                          \
		int result;                                            \
                                                                       \
		if (what == FAIL)                                      \
			return -1;                                     \
		if ((flags & O_CREAT) != 0)                            \
			change = prepare(MADE, at_fd, path, -1, NULL); \
		if ((flags & (O_CREAT | __O_TMPFILE)) != 0) {          \
			va_start(args, flags);                         \
			mode = (mode_t)va_arg(args, unsigned);         \
			va_end(args);                                  \
		}                                                      \
		result = next(__VA_ARGS__, flags, mode);               \
		note(change, result >= 0);                             \
		if (result >= 0 && (flags & O_TRUNC) != 0)             \
			note_write(result, true);                      \
		if (what == AFTER)                                     \
			die();                                         \
		return result;                                         \
	}

#define COMMA ,
WRAP_OPEN(open, const char *path, AT_FDCWD, path)
WRAP_OPEN(open64, const char *path, AT_FDCWD, path)
WRAP_OPEN(openat, int fd COMMA const char *path, fd, fd, path)
WRAP_OPEN(openat64, int fd COMMA const char *path, fd, fd, path)
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

WRAP_FILE(SYNC, fsync, (int fd), (fd), (void)0, note_sync(fd))
WRAP_FILE(SYNC, fdatasync, (int fd), (fd), (void)0, note_sync(fd))
WRAP_CHANGE(RENAME, rename, (const char *from, const char *to), (from, to), MOVED, AT_FDCWD, to, AT_FDCWD, from)
WRAP_CHANGE(RENAME, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), MOVED, b, to, a, from)
WRAP_CHANGE(RENAME, renameat2, (int a, const char *from, int b, const char *to, unsigned flags),
    (a, from, b, to, flags), (flags & RENAME_EXCHANGE) != 0 ? EXCHANGED : MOVED, b, to, a, from)
WRAP_CHANGE(LINK, link, (const char *from, const char *to), (from, to), LINKED, AT_FDCWD, to, -1, NULL)
WRAP_CHANGE(LINK, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags), LINKED,
    b, to, -1, NULL)
WRAP_CHANGE(LINK, symlink, (const char *from, const char *to), (from, to), LINKED, AT_FDCWD, to, -1, NULL)
WRAP_CHANGE(UNLINK, unlink, (const char *path), (path), REMOVED, AT_FDCWD, path, -1, NULL)
WRAP_CHANGE(UNLINK, unlinkat, (int fd, const char *path, int flags), (fd, path, flags),
    (flags & AT_REMOVEDIR) != 0 ? REMOVED_FOLDER : REMOVED, fd, path, -1, NULL)
WRAP_CHANGE(UNLINK, remove, (const char *path), (path), is_folder(path) ? REMOVED_FOLDER : REMOVED, AT_FDCWD, path, -1,
    NULL)
WRAP_CHANGE(UNLINK, rmdir, (const char *path), (path), REMOVED_FOLDER, AT_FDCWD, path, -1, NULL)
WRAP_CHANGE(MKDIR, mkdir, (const char *path, mode_t mode), (path, mode), MADE_FOLDER, AT_FDCWD, path, -1, NULL)
WRAP_CHANGE(MKDIR, mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode), MADE_FOLDER, fd, path, -1, NULL)
WRAP(MKDIR, char *, NULL, mkdtemp, (char *path), (path))
WRAP_FILE(TRUNCATE, ftruncate, (int fd, off_t len), (fd, len), note_write(fd, len == 0), (void)0)
WRAP_FILE(TRUNCATE, ftruncate64, (int fd, off64_t len), (fd, len), note_write(fd, len == 0), (void)0)
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

WRAP(MMAP, void *, MAP_FAILED, mmap, (void *place, size_t len, int prot, int flags, int fd, off_t from),
    (place, len, prot, flags, fd, from))
WRAP(MMAP, void *, MAP_FAILED, mmap64, (void *place, size_t len, int prot, int flags, int fd, off64_t from),
    (place, len, prot, flags, fd, from))
WRAP(LOCK, int, -1, flock, (int fd, int operation), (fd, operation))

#define WRAP_FCNTL(name)                          \
	int name(int fd, int command, ...);       \
	int name(int fd, int command, ...)        \
	{                                         \
		NEXT(name);                       \
		enum how what = fault(LOCK);      \
		va_list args;                     \
		void *more;                       \
		int result;                       \
                                                  \
		if (what == FAIL)                 \
			return -1;                \
		va_start(args, command);          \
		more = va_arg(args, void *);      \
		va_end(args);                     \
		result = next(fd, command, more); \
		if (what == AFTER)                \
			die();                    \
		return result;                    \
	}

WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)

#ifndef NO_MEMORY
/* dlsym itself may want memory. */
void *__libc_malloc(size_t len);
void *__libc_calloc(size_t n, size_t len);
void *__libc_realloc(void *old, size_t len);

#define WRAP_MEMORY(name, parameters, next)    \
	void *name parameters                  \
	{                                      \
		enum how what = fault(MEMORY); \
		void *result;                  \
                                               \
		if (what == FAIL)              \
			return NULL;           \
		result = next;                 \
		if (what == AFTER)             \
			die();                 \
		return result;                 \
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
WRAP(FOLDER, struct dirent *, NULL, readdir, (DIR * dir), (dir))
WRAP(FOLDER, struct dirent64 *, NULL, readdir64, (DIR * dir), (dir))
WRAP(FOLDER, int, -1, nftw, (const char *path, __nftw_func_t each, int n, int flags), (path, each, n, flags))
WRAP(FOLDER, int, -1, nftw64, (const char *path, __nftw64_func_t each, int n, int flags), (path, each, n, flags))

WRAP(PROCESS, pid_t, -1, fork, (void), ())
WRAP(PROCESS, int, -1, pipe, (int fds[2]), (fds))
WRAP(PROCESS, int, -1, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(PROCESS, int, error, pthread_create,
    (pthread_t * thread, const pthread_attr_t *how_made, void *(*run)(void *), void *arg), (thread, how_made, run, arg))
WRAP(PROCESS, pid_t, -1, waitpid, (pid_t pid, int *status, int options), (pid, status, options))

WRAP(SOCKET, int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))
WRAP(SOCKET, int, -1, socketpair, (int domain, int type, int protocol, int fds[2]), (domain, type, protocol, fds))
WRAP(SOCKET, int, -1, connect, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
WRAP(SOCKET, int, -1, bind, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
WRAP_BYTES(SOCKET, sendto,
    (int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len),
    (fd, bytes, len, flags, to, to_len))
WRAP_BYTES(SOCKET, recv, (int fd, void *bytes, size_t len, int flags), (fd, bytes, len, flags))

int
getpwuid_r(uid_t uid, struct passwd *user, char *bytes, size_t len, struct passwd **result)
{
	NEXT(getpwuid_r);
	int rc;

	in_library++;
	rc = next(uid, user, bytes, len, result);
	in_library--;
	return rc;
}

int
getpwnam_r(const char *name, struct passwd *user, char *bytes, size_t len, struct passwd **result)
{
	NEXT(getpwnam_r);
	int rc;

	in_library++;
	rc = next(name, user, bytes, len, result);
	in_library--;
	return rc;
}
