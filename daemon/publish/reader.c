#include "publish/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file may grow while it is read: what counts is what comes, up to the buffer's maximum. */
static int
read_all(int fd, const char *path, struct buf *out, struct err *err)
{
	char bytes[65536];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof bytes)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_OUTSIDE, N_("%s: it cannot be read: %s"), path, strerror(errno));
		if ((size_t)got > out->max - out->len)
			return err_set(err, ERR_LIMIT, N_("%s: it is larger than the %zu bytes that it may have"), path, out->max);
		buf_put(out, bytes, (size_t)got);
		if (out->failed)
			return err_memory(err);
	}
	return 0;
}

/* What stands there instead is the publisher's doing; the rest is this machine's. */
static int
cannot_open(const char *path, struct err *err)
{
	bool theirs = errno == ELOOP || errno == ENAMETOOLONG || errno == ENXIO || errno == ENODEV;

	if (errno == ENOMEM)
		return err_memory(err);
	return err_set(err, theirs ? ERR_REFUSED : ERR_OUTSIDE, N_("%s: it cannot be opened: %s"), path, strerror(errno));
}

/* O_NONBLOCK, so that a pipe that somebody put there does not hold us up before it is refused. */
static int
folder_read(void *ctx, const char *path, struct buf *out, struct err *err)
{
	const struct folder *folder = ctx;
	struct stat st;
	int fd = openat(folder->fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_ABSENT, N_("%s: it is missing"), path);
	if (fd < 0)
		return cannot_open(path, err);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = err_set(err, ERR_REFUSED, N_("%s: it is not a regular file"), path);
	else if (st.st_size > 0 && (size_t)st.st_size > out->max)
		rc = err_set(err, ERR_LIMIT, N_("%s: it is larger than the %zu bytes that it may have"), path, out->max);
	else
		rc = read_all(fd, path, out, err);
	(void)close(fd);
	return rc;
}

/* False, and errno, where the system does not tell; a link that leads nowhere is no file. */
static bool
look_at(int at, const char *name, bool *ret_is_file)
{
	struct stat st;
	bool there = fstatat(at, name, &st, 0) == 0;

	*ret_is_file = there && S_ISREG(st.st_mode);
	return there || errno == ENOENT || errno == ELOOP || errno == ENOTDIR;
}

static int
folder_list(void *ctx, const char *path, void (*each)(void *arg, const char *name, bool is_file), void *arg,
    struct err *err)
{
	const struct folder *folder = ctx;
	int fd = openat(folder->fd, *path == '\0' ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int why;

	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_ABSENT, N_("%s: there is no such folder"), path);
	if (dir == NULL) {
		int rc = cannot_open(path, err);

		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	while ((errno = 0, entry = readdir(dir)) != NULL) {
		bool is_file = false;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!look_at(dirfd(dir), entry->d_name, &is_file))
			break;
		each(arg, entry->d_name, is_file);
	}
	why = errno;
	(void)closedir(dir);
	return why == 0 ? 0 : err_set(err, ERR_OUTSIDE, N_("%s: it cannot be read: %s"), path, strerror(why));
}

int
folder_open(struct folder *folder, const char *path, struct err *err)
{
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder->published = (struct published){folder_read, folder_list, folder};
	if (folder->fd >= 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(err, ERR_REFUSED, N_("%s: there is no such directory"), path);
	return err_set(err, ERR_OUTSIDE, N_("%s: it cannot be opened: %s"), path, strerror(errno));
}

bool
folder_was_replaced(const struct folder *folder, const char *path)
{
	struct stat opened, there;

	return fstat(folder->fd, &opened) != 0 || stat(path, &there) != 0 || opened.st_dev != there.st_dev ||
	       opened.st_ino != there.st_ino;
}

void
folder_close(struct folder *folder)
{
	if (folder->fd >= 0)
		(void)close(folder->fd);
	folder->fd = -1;
}
