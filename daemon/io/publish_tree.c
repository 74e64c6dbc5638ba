#include "io/publish_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/durable.h"
#include "io/site.h"
#include "io/whole.h"

#define OPEN_FOLDERS 16 /* at a time, for nftw */

static int
say(const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the published folder cannot be written: %s: %s"), path, strerror(errno));
}

int
tree_write_all(int fd, struct slice bytes, struct err *err)
{
	return whole_write(fd, bytes.p, bytes.n) ? 0 : say("write", err);
}

/* ---- removing ---- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

static int
remove_tree(const char *path)
{
	return nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT ? 0 : -1;
}

static bool
is_ours(const char *name)
{
	static const char *const ours[] = {".", "..", "checkpoint", "vkey", "tile", "draws", ".checkpoint.new",
	    ".vkey.new"};

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return site_is_page(name);
}

/* What others put at the top of a folder that has been replaced moves on to the one that replaced it. */
static void
keep_others(const char *from, int to)
{
	DIR *dir = opendir(from);
	struct dirent *e;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (!is_ours(e->d_name))
			(void)renameat2(dirfd(dir), e->d_name, to, e->d_name, RENAME_NOREPLACE);
	(void)closedir(dir);
}

/* ---- places ---- */

static int
resolve(const char *public_dir, char **ret_public, char **ret_beside, struct err *err)
{
	char *real = realpath(public_dir, NULL), *slash;

	if (real == NULL && errno == ENOENT)
		real = strdup(public_dir);
	if (real == NULL)
		return say(public_dir, err);
	while ((slash = strrchr(real, '/')) != NULL && slash[1] == '\0' && slash != real)
		*slash = '\0';
	if (slash == NULL ? asprintf(ret_beside, ".%s.new", real) < 0
	                  : asprintf(ret_beside, "%.*s/.%s.new", (int)(slash - real), real, slash + 1) < 0) {
		free(real);
		*ret_beside = NULL;
		return err_memory(err);
	}
	*ret_public = real;
	return 0;
}

bool
tree_has_leftovers(const char *public_dir)
{
	char *public = NULL, *beside = NULL;
	bool there = resolve(public_dir, &public, &beside, NULL) == 0 && access(beside, F_OK) == 0;

	free(public);
	free(beside);
	return there;
}

static int
open_folder(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
tree_has_others(const char *public_dir, bool *ret_others, struct err *err)
{
	DIR *dir = opendir(public_dir);
	struct dirent *e;

	*ret_others = false;
	if (dir == NULL)
		return errno == ENOENT ? 0 : say(public_dir, err);
	while ((e = readdir(dir)) != NULL)
		*ret_others |= !is_ours(e->d_name);
	(void)closedir(dir);
	return 0;
}

/* A folder that does not exist yet stands empty, so that what comes can always be exchanged with it. */
static int
make_public(struct tree *t, struct err *err)
{
	if (mkdir(t->public, 0755) != 0 && errno != EEXIST)
		return say(t->public, err);
	t->old = open_folder(t->public);
	if (t->old < 0)
		return say(t->public, err);
	return fchmod(t->old, 0755) == 0 || errno == EPERM ? 0 : say(t->public, err);
}

static int
begin_beside(struct tree *t)
{
	keep_others(t->beside, t->old);
	if (remove_tree(t->beside) != 0 || mkdir(t->beside, 0755) != 0)
		return -1;
	t->fd = open_folder(t->beside);
	return t->fd >= 0 && fchmod(t->fd, 0755) == 0 ? 0 : -1;
}

/* A mount point can be exchanged with nothing; what stands across a border of file systems neither. */
static bool
is_mounted(const struct tree *t)
{
	struct stat st, parent;

	return fstat(t->old, &st) == 0 && fstatat(t->old, "..", &parent, 0) == 0 && st.st_dev != parent.st_dev;
}

int
tree_begin(struct tree *tree, const char *public_dir, bool in_place, bool fresh, struct err *err)
{
	int rc;

	*tree = (struct tree){.fd = -1, .old = -1};
	rc = resolve(public_dir, &tree->public, &tree->beside, err);
	if (rc == 0)
		rc = make_public(tree, err);
	if (rc != 0)
		return rc;
	tree->in_place = in_place || is_mounted(tree) || begin_beside(tree) != 0;
	if (tree->in_place) {
		(void)remove_tree(tree->beside);
		if (tree->fd >= 0)
			(void)close(tree->fd);
		tree->fd = tree->old;
		tree->old = -1;
	}
	if (fresh && tree->old >= 0) {
		(void)close(tree->old);
		tree->old = -1;
	}
	/* In place the old file is the one that would be shared with. */
	if (tree->in_place && !fresh)
		tree->old = fcntl(tree->fd, F_DUPFD_CLOEXEC, 0);
	return 0;
}

void
tree_release(struct tree *tree)
{
	if (tree == NULL)
		return;
	if (tree->fd >= 0)
		(void)close(tree->fd);
	if (tree->old >= 0)
		(void)close(tree->old);
	for (size_t i = 0; i < tree->n_paths; i++)
		free(tree->paths[i]);
	free(tree->paths);
	free(tree->public);
	free(tree->beside);
	*tree = (struct tree){.fd = -1, .old = -1};
}

/* ---- files ---- */

static int
make_folders(struct tree *t, const char *path, struct err *err)
{
	char folder[PATH_MAX];

	for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		if (mkdirat(t->fd, folder, 0755) != 0) {
			if (errno == EEXIST)
				continue;
			return say(folder, err);
		}
		if (fchmodat(t->fd, folder, 0755, 0) != 0)
			return say(folder, err);
	}
	return 0;
}

static int
remember(struct tree *t, const char *path, struct err *err)
{
	char **more;

	if (!t->in_place)
		return 0;
	/* Grows by doubling: there is room up to the next power of two. */
	if ((t->n_paths & (t->n_paths - 1)) == 0) {
		more = realloc(t->paths, (t->n_paths == 0 ? 1 : t->n_paths * 2) * sizeof *more);
		if (more == NULL)
			return err_memory(err);
		t->paths = more;
	}
	t->paths[t->n_paths] = strdup(path);
	if (t->paths[t->n_paths] == NULL)
		return err_memory(err);
	t->n_paths++;
	return 0;
}

/* The old folder has such a file of ours. */
static bool
old_has(const struct tree *t, const char *path, uint64_t size)
{
	struct stat st;

	return t->old >= 0 && fstatat(t->old, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == size && (st.st_mode & 07777) == 0644 && st.st_uid == geteuid();
}

static bool
old_holds(const struct tree *t, const char *path, struct slice bytes)
{
	char have[4096];
	bool same;
	int fd;

	if (!old_has(t, path, bytes.n) || (fd = openat(t->old, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return false;
	for (same = true; same && bytes.n > 0;) {
		ssize_t n = read(fd, have, sizeof have < bytes.n ? sizeof have : bytes.n);

		same = n > 0 && memcmp(have, bytes.p, (size_t)n) == 0;
		if (same) {
			bytes.p += n;
			bytes.n -= (size_t)n;
		}
	}
	(void)close(fd);
	return same;
}

static bool
share(struct tree *t, const char *path)
{
	return t->in_place || linkat(t->old, path, t->fd, path, 0) == 0;
}

/* Written under a name that nobody reads and, where others may be reading, synced before it gets its own. */
static int
write_file(struct tree *t, const char *path, int (*write)(void *ctx, int fd, struct err *err), void *ctx,
    struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	char beside[PATH_MAX];
	int fd, rc;

	(void)snprintf(beside, sizeof beside, "%.*s.%s.new", (int)(name - path), path, name);
	fd = openat(t->fd, t->in_place ? beside : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return say(path, err);
	rc = fchmod(fd, 0644) == 0 ? write(ctx, fd, err) : say(path, err);
	if (rc == 0 && t->in_place && durable_sync(fd) != 0)
		rc = say(path, err);
	if (close(fd) != 0 && rc == 0)
		rc = say(path, err);
	if (rc == 0 && t->in_place && renameat(t->fd, beside, t->fd, path) != 0)
		rc = say(path, err);
	return rc;
}

static int
write_slice(void *ctx, int fd, struct err *err)
{
	return tree_write_all(fd, *(const struct slice *)ctx, err);
}

int
tree_put(struct tree *tree, const char *path, struct slice bytes, struct err *err)
{
	int rc;

	if ((rc = make_folders(tree, path, err)) != 0 || (rc = remember(tree, path, err)) != 0)
		return rc;
	if (old_holds(tree, path, bytes) && share(tree, path))
		return 0;
	return write_file(tree, path, write_slice, &bytes, err);
}

static bool
old_ends_in(const struct tree *t, const char *path, struct slice ending)
{
	char have[4096];
	struct stat st;
	bool same;
	int fd;

	if (t->old < 0 || ending.n > sizeof have || fstatat(t->old, path, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    (uint64_t)st.st_size < ending.n || !old_has(t, path, (uint64_t)st.st_size) ||
	    (fd = openat(t->old, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return false;
	same = pread(fd, have, ending.n, st.st_size - (off_t)ending.n) == (ssize_t)ending.n &&
	    memcmp(have, ending.p, ending.n) == 0;
	(void)close(fd);
	return same;
}

int
tree_keep(struct tree *tree, const char *path, struct slice ending, bool *ret_kept, struct err *err)
{
	int rc;

	*ret_kept = false;
	if (!old_ends_in(tree, path, ending))
		return 0;
	if ((rc = make_folders(tree, path, err)) != 0)
		return rc;
	*ret_kept = share(tree, path);
	return *ret_kept ? remember(tree, path, err) : 0;
}

int
tree_put_large(struct tree *tree, const char *path, uint64_t size, int (*write)(void *ctx, int fd, struct err *err),
    void *ctx, struct err *err)
{
	int rc;

	if ((rc = make_folders(tree, path, err)) != 0 || (rc = remember(tree, path, err)) != 0)
		return rc;
	if (old_has(tree, path, size) && share(tree, path))
		return 0;
	return write_file(tree, path, write, ctx, err);
}

/* ---- on the disk, and in place ---- */

/* Files with two names were synced under their first. */
static int
sync_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd, rc;

	(void)ftw;
	if (type == FTW_SL || (type == FTW_F && st->st_nlink > 1))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	rc = fd >= 0 ? durable_sync(fd) : -1;
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

int
tree_settle(struct tree *tree, struct err *err)
{
	if (!tree->in_place || nftw(tree->public, sync_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0)
		return 0;
	return say(tree->public, err);
}

static int
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	int fd, rc;

	(void)snprintf(parent, sizeof parent, "%.*s", slash == NULL ? 1 : (int)(slash - path + (slash == path)),
	    slash == NULL ? "." : path);
	fd = open_folder(parent);
	rc = fd < 0 ? -1 : durable_sync(fd);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
exchange(struct tree *t, struct err *err)
{
	if (nftw(t->beside, sync_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0)
		return say(t->beside, err);
	if (renameat2(AT_FDCWD, t->beside, AT_FDCWD, t->public, RENAME_EXCHANGE) != 0) {
		int why = errno;

		(void)remove_tree(t->beside);
		return err_set(err, ERR_NOT_YET, N_("%s cannot be exchanged: %s"), t->public, strerror(why));
	}
	if (sync_parent(t->public) != 0)
		return say(t->public, err);
	keep_others(t->beside, t->fd);
	return remove_tree(t->beside) == 0 ? 0 : say(t->beside, err);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* nftw hands no context on. */
static const struct tree *pruned;

static int
prune_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + strlen(pruned->public);

	(void)st;
	(void)ftw;
	while (*name == '/')
		name++;
	if (type == FTW_DP)
		return *name == '\0' || rmdir(path) == 0 || errno == ENOTEMPTY || errno == EEXIST ? 0 : -1;
	if (bsearch(&name, pruned->paths, pruned->n_paths, sizeof *pruned->paths, compare_paths) != NULL)
		return 0;
	return unlink(path) == 0 ? 0 : -1;
}

/* What is no longer part of it: smaller partial tiles, and what a crash left under a name that nobody reads. */
static int
prune(struct tree *t, struct err *err)
{
	static const char *const folders[] = {"tile", "draws"};
	char path[PATH_MAX];

	qsort(t->paths, t->n_paths, sizeof *t->paths, compare_paths);
	pruned = t;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", t->public, folders[i]);
		if (nftw(path, prune_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
			return say(path, err);
	}
	return 0;
}

int
tree_end(struct tree *tree, struct err *err)
{
	if (!tree->in_place)
		return exchange(tree, err);
	if (durable_sync(tree->fd) != 0)
		return say(tree->public, err);
	return prune(tree, err);
}
