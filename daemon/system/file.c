/* Files: complete reads and writes, opening what others put there, syncing, locks, private files. */
#include "system/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* ---- bytes ---- */

bool
file_write(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

ssize_t
file_read_up_to(int fd, void *bytes, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, (char *)bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* ---- whole files ---- */

/* close(2) without changing errno. */
static void
close_quietly(int fd)
{
	int why = errno;

	(void)close(fd);
	errno = why;
}

/* ERR_REFUSED where the path itself is at fault, ERR_OUTSIDE where the machine is.  Keeps errno. */
static int
report_unopened(const char *path, struct err *err)
{
	int why = errno;
	bool refused = why == ELOOP || why == ENAMETOOLONG || why == ENXIO || why == ENODEV;
	int rc;

	if (why == ENOENT)
		rc = err_set(err, ERR_ABSENT, N_("%s: it is missing"), path);
	else if (why == ENOMEM)
		rc = err_memory(err);
	else
		rc = err_set(err, refused ? ERR_REFUSED : ERR_OUTSIDE, N_("%s: it cannot be opened: %s"), path,
		    strerror(why));
	errno = why;
	return rc;
}

static int
not_regular(const char *path, struct err *err)
{
	int rc = err_set(err, ERR_REFUSED, N_("%s: it is not a regular file"), path);

	errno = 0;
	return rc;
}

static int
too_large(const char *path, size_t max, struct err *err)
{
	int rc = err_set(err, ERR_LIMIT, N_("%s: it is larger than the %zu bytes that it may have"), path, max);

	errno = 0;
	return rc;
}

int
file_open(int at, const char *path, enum file_links links, int *ret_fd, struct stat *ret_st, struct err *err)
{
	int no_link = links == FILE_REFUSE_LINKS ? O_NOFOLLOW : 0;
	int fd = openat(at, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | no_link);
	struct stat st;
	int rc = 0;

	if (fd < 0)
		return report_unopened(path, err);
	if (fstat(fd, &st) != 0)
		rc = report_unopened(path, err);
	else if (!S_ISREG(st.st_mode))
		rc = not_regular(path, err);
	if (rc != 0) {
		close_quietly(fd);
		return rc;
	}
	*ret_fd = fd;
	*ret_st = st;
	return 0;
}

/* The limit is on the bytes read, since the file may grow meanwhile. */
static int
read_to_end(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
	char bytes[65536];
	size_t len = 0;
	ssize_t got;

	while ((got = file_read_up_to(fd, bytes, sizeof bytes)) > 0) {
		len += (size_t)got;
		if (len > max)
			return too_large(path, max, err);
		buf_put(out, bytes, (size_t)got);
		if (out->failed) {
			errno = ENOMEM;
			return err_memory(err);
		}
	}
	if (got < 0) {
		int why = errno, rc = err_set(err, ERR_OUTSIDE, N_("%s: it cannot be read: %s"), path, strerror(why));

		errno = why;
		return rc;
	}
	return 0;
}

int
file_read(int at, const char *path, enum file_links links, size_t max, struct buf *out, struct err *err)
{
	struct stat st;
	int fd, rc;

	rc = file_open(at, path, links, &fd, &st, err);
	if (rc != 0)
		return rc;
	if (st.st_size > 0 && (uintmax_t)st.st_size > max)
		rc = too_large(path, max, err);
	else
		rc = read_to_end(fd, path, max, out, err);
	close_quietly(fd);
	return rc;
}

/* ---- on the disk ---- */

static bool sync_is_off;

int
file_sync(int fd)
{
	return sync_is_off ? 0 : fsync(fd);
}

/* For a folder that we may write but not read: the whole file system is synced. */
static int
sync_file_system_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int rc = fd < 0 ? -1 : syncfs(fd);

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The caller frees it. */
static char *
folder_of(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	return len == 0 ? strdup(".") : strndup(path, len);
}

int
file_sync_folder_of(const char *path)
{
	char *folder = sync_is_off ? NULL : folder_of(path);
	int fd, rc;

	if (sync_is_off)
		return 0;
	if (folder == NULL)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return errno == EACCES ? sync_file_system_of(path) : -1;
	rc = file_sync(fd);
	(void)close(fd);
	return rc;
}

void
file_sync_off(void)
{
	sync_is_off = true;
}

/* ---- locks ---- */

static int
open_locked(const char *state_dir, const char *name, int how, int *ret_fd, struct err *err)
{
	char *path = NULL;
	int fd, rc = 0;

	if (asprintf(&path, "%s/%s", state_dir, name) < 0)
		return err_memory(err);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (fd >= 0 && flock(fd, how) != 0)
		if (errno != EINTR) {
			rc = errno == EWOULDBLOCK ? ERR_NOT_YET : 0;
			close_quietly(fd);
			fd = -1;
		}
	if (fd < 0 && rc == 0)
		rc = err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	else if (fd >= 0)
		*ret_fd = fd;
	free(path);
	return rc;
}

int
file_lock(const char *state_dir, const char *name, int *ret_fd, struct err *err)
{
	return open_locked(state_dir, name, LOCK_EX, ret_fd, err);
}

int
file_try_lock(const char *state_dir, const char *name, int *ret_fd, struct err *err)
{
	return open_locked(state_dir, name, LOCK_EX | LOCK_NB, ret_fd, err);
}

/* ---- keys and passwords ---- */

bool
file_is_private(const char *path, const struct stat *st)
{
	const char *lent = getenv("CREDENTIALS_DIRECTORY");
	size_t n = lent == NULL ? 0 : strlen(lent);
	bool is_lent = n > 0 && strncmp(path, lent, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL;

	return S_ISREG(st->st_mode) && (st->st_mode & (is_lent ? 037 : 077)) == 0;
}
