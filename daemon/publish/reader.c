/* Reads a published folder on a file system for core's checker. */
#include "publish/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/file.h"

/* ERR_REFUSED: the publisher has put something else there; ERR_OUTSIDE: this machine is at fault. */
static int
cannot_open_published(const char *path, struct err *err)
{
	bool theirs = errno == ENAMETOOLONG || errno == ENXIO || errno == ENODEV;

	if (errno == ENOMEM)
		return err_memory(err);
	return err_set(err, theirs ? ERR_REFUSED : ERR_OUTSIDE, N_("%s: it cannot be opened: %s"), path,
	    strerror(errno));
}

/*
 * Follows links, as a web server does; one that leads nowhere or in a circle is nothing.  A file in place of a folder on
 * the way means that `path` is missing.
 */
static int
read_published_file(void *ctx, const char *path, struct buf *out, struct err *err)
{
	const struct folder *folder = ctx;
	int rc = file_read(folder->fd, path, FILE_FOLLOW_LINKS, out->max - out->len, out, err);

	return rc != 0 && (errno == ENOTDIR || errno == ELOOP) ? err_set(err, ERR_ABSENT, N_("%s: it is missing"), path)
	                                                       : rc;
}

/* False and errno: it cannot be told.  A link that leads nowhere is nothing. */
static bool
look_at(int at, const char *name, bool *ret_there, bool *ret_is_file)
{
	struct stat st;

	*ret_there = fstatat(at, name, &st, 0) == 0;
	*ret_is_file = *ret_there && S_ISREG(st.st_mode);
	return *ret_there || errno == ENOENT || errno == ELOOP || errno == ENOTDIR;
}

static int
list_published_folder(void *ctx, const char *path, void (*each)(void *arg, const char *name, bool is_file), void *arg,
    struct err *err)
{
	const struct folder *folder = ctx;
	int fd = openat(folder->fd, *path == '\0' ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int why;

	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return err_set(err, ERR_ABSENT, N_("%s: there is no such folder"), path);
	if (dir == NULL) {
		int rc = cannot_open_published(path, err);

		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	while ((errno = 0, entry = readdir(dir)) != NULL) {
		bool there, is_file;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!look_at(dirfd(dir), entry->d_name, &there, &is_file))
			break;
		if (there)
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
	folder->published = (struct published){read_published_file, list_published_folder, folder};
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
