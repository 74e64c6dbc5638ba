/* Finds, checks and removes our files in a folder where others may have files too. */

#include "publish/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "system/file.h"

#define OPEN_FOLDERS 16 /* descriptors that nftw may have open at a time */

/* ---- one folder ---- */

bool
place_is_mount(int fd)
{
	struct statx stx;
	struct stat st, parent;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) == 0 &&
	    (stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
		return (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
	/* Before Linux 5.8 only the mount of another file system can be seen. */
	return fstat(fd, &st) == 0 && fstatat(fd, "..", &parent, 0) == 0 && st.st_dev != parent.st_dev;
}

void
place_init(struct place *place, int root)
{
	*place = (struct place){.root = root, .fd = -1};
}

void
place_release(struct place *place)
{
	if (place->fd >= 0)
		(void)close(place->fd);
	place->fd = -1;
	place->folder[0] = '\0';
}

static int
open_folder_at(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens a folder directly below another; with `make` it is made where it is missing. */
static int
open_subfolder(int at, const char *name, bool make)
{
	int fd = open_folder_at(at, name);

	if (fd < 0 && errno == ENOENT && make) {
		if (mkdirat(at, name, 0755) != 0 && errno != EEXIST)
			return -1;
		fd = open_folder_at(at, name);
		if (fd >= 0 && fchmod(fd, 0755) != 0) { /* mkdirat applied the umask */
			(void)close(fd);
			return -1;
		}
	}
	if (fd >= 0 && place_is_mount(fd)) {
		(void)close(fd);
		errno = EXDEV;
		return -1;
	}
	return fd;
}

static int
open_folders(int root, char *folder, bool make)
{
	int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
	char *rest = folder, *name;

	while (fd >= 0 && (name = strsep(&rest, "/")) != NULL) {
		int next = *name == '\0' ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : open_subfolder(fd, name, make);
		int why = errno;

		(void)close(fd);
		errno = why;
		fd = next;
	}
	return fd;
}

int
place_folder(struct place *place, const char *path, bool make, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);
	char folder[PATH_MAX];

	*ret_name = slash == NULL ? path : slash + 1;
	if (n >= sizeof folder) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (place->fd >= 0 && strncmp(place->folder, path, n) == 0 && place->folder[n] == '\0')
		return place->fd;
	place_release(place);
	memcpy(folder, path, n);
	folder[n] = '\0';
	memcpy(place->folder, folder, n + 1);
	place->fd = open_folders(place->root, folder, make);
	return place->fd;
}

bool
place_share_folder(const char *a, const char *b)
{
	const char *end = strrchr(a, '/');
	size_t n = end == NULL ? 0 : (size_t)(end - a);

	return strncmp(a, b, n) == 0 && (n == 0 || b[n] == '/') && strchr(b + n + (n > 0), '/') == NULL;
}

int
place_sync(int root, const char *path)
{
	char folder[PATH_MAX], *slash = folder;
	struct place place;
	const char *name;
	int rc = 0;

	(void)snprintf(folder, sizeof folder, "%s", path);
	place_init(&place, root);
	while (rc == 0 && slash != NULL) {
		int fd = place_folder(&place, folder, false, &name);

		rc = fd < 0 ? -1 : file_sync(fd);
		slash = strrchr(folder, '/');
		if (slash != NULL)
			*slash = '\0';
	}
	place_release(&place);
	return rc;
}

/* ---- one file ---- */

int64_t
place_mtime(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static bool
hash_file(int fd, struct hash *ret_digest)
{
	struct hash_stream stream;
	char block[65536];
	ssize_t n;

	hash_begin(&stream);
	while ((n = file_read_up_to(fd, block, sizeof block)) > 0)
		hash_add(&stream, block, (size_t)n);
	*ret_digest = hash_end(&stream);
	return n == 0;
}

static int
open_listed_file(int root, const char *path)
{
	struct place place;
	const char *name;
	int at, fd;

	place_init(&place, root);
	at = place_folder(&place, path, false, &name);
	fd = at < 0 ? -1 : openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	place_release(&place);
	return fd;
}

bool
place_holds(int root, const struct publish_file *file, bool read)
{
	int fd = open_listed_file(root, file->path);
	struct hash digest;
	struct stat st;
	bool holds;

	holds = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0644 &&
	    st.st_uid == geteuid() && (uint64_t)st.st_size == file->size;
	if (holds && (read || place_mtime(&st) != file->mtime_ns))
		holds = hash_file(fd, &digest) && memcmp(&digest, &file->digest, sizeof digest) == 0;
	if (fd >= 0)
		(void)close(fd);
	return holds;
}

/* ---- scanning ---- */

struct folder_scan {
	const char *public;
	const struct publish_list *list;
	bool others;
	struct err *err;
};

static int
refuse_mount(const struct folder_scan *s, const char *path)
{
	return err_set(s->err, ERR_REFUSED,
	    N_("%s/%s: something is mounted upon a part of the publication, and nothing was published: unmount it, or "
	       "give the "
	       "publication a folder of its own"),
	    s->public, path);
}

static int scan_folder(struct folder_scan *s, int fd, const char *folder);

/* A folder on the list that another user owns now, or that is a link, is not entered: it is others'. */
static int
scan_below(struct folder_scan *s, int at, const char *name, const char *path)
{
	struct stat st;
	int fd = open_folder_at(at, name), rc = 0;

	if (fd < 0 || fstat(fd, &st) != 0) {
		s->others = true;
	} else if (place_is_mount(fd)) {
		rc = refuse_mount(s, path);
	} else if (st.st_uid != geteuid()) {
		s->others = true;
	} else {
		return scan_folder(s, fd, path);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
scan_file(struct folder_scan *s, int at, const char *name, const char *path)
{
	struct statx stx;

	if (statx(at, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &stx) != 0 ||
	    S_ISDIR(stx.stx_mode))
		s->others = true;
	else if ((stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
		return refuse_mount(s, path);
	return 0;
}

static int
scan_entry(struct folder_scan *s, int at, const char *folder, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name);

	if (n < 0 || (size_t)n >= sizeof path) {
		s->others = true;
		return 0;
	}
	if (publish_list_find(s->list, path) != NULL)
		return scan_file(s, at, name, path);
	if (publish_list_has_folder(s->list, path))
		return scan_below(s, at, name, path);
	s->others = true;
	return 0;
}

/* Takes over `fd` and closes it. */
static int
scan_folder(struct folder_scan *s, int fd, const char *folder)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *e;
	int rc = 0;

	if (dir == NULL) {
		(void)close(fd);
		return err_set(s->err, ERR_OUTSIDE, N_("the published folder cannot be read: %s/%s: %s"), s->public,
		    folder, strerror(errno));
	}
	while (rc == 0 && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rc = scan_entry(s, dirfd(dir), folder, e->d_name);
	(void)closedir(dir);
	return rc;
}

int
place_scan(int root, const char *public_dir, const struct publish_list *list, bool *ret_others, struct err *err)
{
	struct folder_scan s = {.public = public_dir, .list = list, .err = err};
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_set(err, ERR_OUTSIDE, N_("the published folder cannot be read: %s: %s"), public_dir,
		    strerror(errno));
	rc = scan_folder(&s, fd, "");
	if (rc == 0)
		*ret_others = s.others;
	return rc;
}

/* ---- removing ---- */

/* Whether the file before it on the list is in the same folder, or below: then the folder is not empty yet. */
static bool
shares_folder(const struct publish_list *list, size_t at, size_t n)
{
	return at > 0 && strncmp(list->v[at - 1].path, list->v[at].path, n + 1) == 0;
}

/* Removes the folders of a file from the deepest up, while they are empty.  Others' files keep a folder. */
static void
remove_folders(int root, const struct publish_list *list, size_t at)
{
	char folder[PATH_MAX], *slash;
	struct place above;
	const char *name;

	(void)snprintf(folder, sizeof folder, "%s", list->v[at].path);
	place_init(&above, root);
	while ((slash = strrchr(folder, '/')) != NULL && !shares_folder(list, at, (size_t)(slash - folder))) {
		int fd;

		*slash = '\0';
		fd = place_folder(&above, folder, false, &name);
		if ((fd < 0 || unlinkat(fd, name, AT_REMOVEDIR) != 0) && errno != ENOENT)
			break;
		place_release(&above);
	}
	place_release(&above);
}

int
place_remove_listed(int root, const struct publish_list *list, const struct publish_list *keep)
{
	struct place place;
	int why = 0;

	place_init(&place, root);
	for (size_t i = list->n; i > 0; i--) {
		const char *path = list->v[i - 1].path, *name;
		int fd;

		if (keep != NULL && publish_list_find(keep, path) != NULL)
			continue;
		fd = place_folder(&place, path, false, &name);
		if ((fd < 0 || unlinkat(fd, name, 0) != 0) && errno != ENOENT)
			why = errno;
		if (name == path || shares_folder(list, i - 1, (size_t)(name - path) - 1))
			continue;
		place_release(&place);
		remove_folders(root, list, i - 1);
	}
	place_release(&place);
	errno = why;
	return why == 0 ? 0 : -1;
}

void
place_remove_empty(int root, const struct publish_list *list)
{
	for (size_t i = list->n; i > 0; i--)
		remove_folders(root, list, i - 1);
}

static int
remove_tree_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

int
place_remove_tree(const char *path)
{
	return nftw(path, remove_tree_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 || errno == ENOENT
	    ? 0
	    : -1;
}
