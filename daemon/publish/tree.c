/* Writes a new version of the published folder: keeps or writes each file, then puts them in place. */

#include "publish/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "publish/place.h"
#include "system/file.h"

#define OPEN_FOLDERS 16         /* descriptors that nftw may have open at a time */
#define CHECKPOINT "checkpoint" /* commits to all other files */
#define DRAWS "draws/"

static int
cannot_write_publication(const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the published folder cannot be written: %s: %s"), path, strerror(errno));
}

static int
cannot_write_below(const struct tree *t, const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the published folder cannot be written: %s/%s: %s"), t->public, path,
	    strerror(errno));
}

static int
open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* ---- the two folders ---- */

/* Makes the published folder, if it is missing: so there is always one to exchange with. */
static int
open_public(struct tree *t, const char *public_dir, struct err *err)
{
	bool made = mkdir(public_dir, 0755) == 0;

	if (!made && errno != EEXIST)
		return cannot_write_publication(public_dir, err);
	t->public = realpath(public_dir, NULL);
	if (t->public == NULL || (made && file_sync_folder_of(t->public) != 0))
		return cannot_write_publication(public_dir, err);
	t->old = open_directory(t->public);
	if (t->old < 0)
		return cannot_write_publication(t->public, err);
	return fchmod(t->old, 0755) == 0 || errno == EPERM ? 0 : cannot_write_publication(t->public, err);
}

/* A random name, which nobody else uses: a folder with it is ours. */
static char *
new_work_path(const struct tree *t)
{
	const char *slash = strrchr(t->public, '/');
	unsigned long long random;
	char *work = NULL;
	int n;

	randombytes_buf(&random, sizeof random);
	if (t->in_place)
		n = asprintf(&work, "%s/.publishing-%016llx", t->public, random);
	else
		n = asprintf(&work, "%.*s.%s.new-%016llx", slash == NULL ? 0 : (int)(slash + 1 - t->public), t->public,
		    slash == NULL ? t->public : slash + 1, random);
	return n < 0 ? NULL : work;
}

/* The state records the path before the folder is made: after a crash the next publishing finds it. */
static int
make_work(struct tree *t, struct err *err)
{
	int rc;

	free(t->work);
	t->work = new_work_path(t);
	if (t->work == NULL)
		return err_memory(err);
	rc = publish_work_set(t->store, t->work, err);
	if (rc != 0)
		return rc;
	if (mkdir(t->work, 0700) != 0)
		return cannot_write_publication(t->work, err);
	t->fd = open_directory(t->work);
	return t->fd >= 0 ? 0 : cannot_write_publication(t->work, err);
}

/* ---- what a publishing that was cut short has left ---- */

/* Moves what others put into the old folder, after it was scanned, back into the published folder. */
static void
return_late_files(const char *work, int public)
{
	struct dirent *e;
	DIR *dir = opendir(work);

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)renameat2(dirfd(dir), e->d_name, public, e->d_name, RENAME_NOREPLACE);
	if (dir != NULL)
		(void)closedir(dir);
}

static int
clean_up_announced(struct tree *t, const char *work)
{
	int fd = open_directory(work), rc = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (place_remove_listed(fd, &t->was, NULL) != 0)
		rc = -1;
	(void)close(fd);
	if (rc == 0)
		return_late_files(work, t->old);
	return rc == 0 ? rmdir(work) : rc;
}

/* False: the state was copied or public_dir changed, so the work folder is of another published folder. */
static bool
is_work_of(const struct tree *t, const char *work)
{
	const char *slash = strrchr(t->public, '/');
	char within[PATH_MAX], beside[PATH_MAX];

	(void)snprintf(within, sizeof within, "%s/.publishing-", t->public);
	(void)snprintf(beside, sizeof beside, "%.*s.%s.new-", (int)(slash + 1 - t->public), t->public, slash + 1);
	return strncmp(work, within, strlen(within)) == 0 || strncmp(work, beside, strlen(beside)) == 0;
}

static int
clean_up_work(struct tree *t, struct err *err)
{
	char *work = NULL;
	bool announced = false;
	int rc = publish_work_get(t->store, &work, &announced, err);

	if (rc != 0 || work == NULL)
		return rc;
	if (is_work_of(t, work) &&
	    ((announced ? clean_up_announced(t, work) : place_remove_tree(work)) != 0 ||
	        file_sync_folder_of(work) != 0))
		rc = err_set(err, ERR_OUTSIDE, N_("%s, left by a publishing that was cut short, cannot be removed: %s"),
		    work, strerror(errno));
	else
		rc = publish_work_set(t->store, NULL, err);
	free(work);
	return rc;
}

/* ---- beginning ---- */

/* The list counts if it is of this folder, or this folder is a copy: it has the listed checkpoint. */
static int
read_published_list(struct tree *t, struct err *err)
{
	const struct publish_file *checkpoint;
	bool of_dir = false;
	int rc = publish_list_read(t->store, t->public, &t->was, &of_dir, err);

	if (rc != 0 || of_dir)
		return rc;
	checkpoint = publish_list_find(&t->was, CHECKPOINT);
	if (!t->ours || checkpoint == NULL || !place_holds(t->old, checkpoint, true))
		publish_list_release(&t->was);
	return 0;
}

static int
choose_work_folder(struct tree *t, struct err *err)
{
	bool others = false;
	int rc = place_scan(t->old, t->public, &t->was, &others, err);

	if (rc != 0)
		return rc;
	t->in_place = t->in_place || others || place_is_mount(t->old);
	rc = make_work(t, t->in_place ? err : NULL);
	if (rc != 0 && !t->in_place) { /* no folder can be made beside it */
		t->in_place = true;
		rc = make_work(t, err);
	}
	return rc;
}

int
tree_begin(struct tree *tree, struct store *store, const struct tree_options *options, struct err *err)
{
	int rc;

	*tree = (struct tree){.store = store,
	    .fd = -1,
	    .old = -1,
	    .in_place = options->in_place,
	    .fresh = options->fresh,
	    .ours = options->ours};
	rc = open_public(tree, options->public_dir, err);
	if (rc == 0)
		rc = read_published_list(tree, err);
	if (rc == 0)
		rc = clean_up_work(tree, err);
	return rc == 0 ? choose_work_folder(tree, err) : rc;
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
	publish_list_release(&tree->was);
	publish_list_release(&tree->will);
	free(tree->public);
	free(tree->work);
	*tree = (struct tree){.fd = -1, .old = -1};
}

/* ---- files ---- */

static void
note_damage(struct tree *t, const char *path)
{
	if (t->n_damaged++ == 0)
		(void)snprintf(t->damaged, sizeof t->damaged, "%s", path);
}

/* Whether the listed file is as it was written; if not, it is noted as damaged. */
static bool
is_as_written(struct tree *t, const struct publish_file *file)
{
	if (place_holds(t->old, file, t->fresh))
		return true;
	if (file->mtime_ns != 0) /* 0: it was announced and perhaps never put in place */
		note_damage(t, file->path);
	return false;
}

/* Links the file that is there into the work folder; in place there is nothing to link. */
static bool
link_into_work(struct tree *t, const char *path)
{
	struct place from, to;
	const char *name;
	int at, there;
	bool shared;

	if (t->in_place)
		return true;
	place_init(&from, t->old);
	place_init(&to, t->fd);
	at = place_folder(&from, path, false, &name);
	there = place_folder(&to, path, true, &name);
	shared = at >= 0 && there >= 0 && linkat(at, name, there, name, 0) == 0;
	place_release(&from);
	place_release(&to);
	return shared;
}

struct tree_file {
	int fd;
	const char *path; /* for messages */
	struct hash_stream stream;
	uint64_t size;
};

int
tree_file_write(struct tree_file *file, struct slice bytes, struct err *err)
{
	if (!file_write(file->fd, bytes.p, bytes.n))
		return cannot_write_publication(file->path, err);
	hash_add(&file->stream, bytes.p, bytes.n);
	file->size += bytes.n;
	return 0;
}

static int
write_new_file(struct tree *t, struct publish_file *ret,
    int (*write)(void *ctx, struct tree_file *file, struct err *err), void *ctx, struct err *err)
{
	struct tree_file file = {.fd = -1, .path = ret->path};
	struct place place;
	const char *name;
	int at, rc;

	place_init(&place, t->fd);
	at = place_folder(&place, ret->path, true, &name);
	if (at >= 0)
		file.fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (file.fd < 0 || fchmod(file.fd, 0644) != 0) {
		rc = cannot_write_below(t, ret->path, err);
	} else {
		hash_begin(&file.stream);
		rc = write(ctx, &file, err);
		ret->digest = hash_end(&file.stream);
		ret->size = file.size;
		ret->written = true;
	}
	if (rc == 0 && file_sync(file.fd) != 0)
		rc = cannot_write_below(t, ret->path, err);
	if (file.fd >= 0 && close(file.fd) != 0 && rc == 0)
		rc = cannot_write_below(t, ret->path, err);
	place_release(&place);
	return rc;
}

static int
write_slice(void *ctx, struct tree_file *file, struct err *err)
{
	return tree_file_write(file, *(const struct slice *)ctx, err);
}

int
tree_put_page(struct tree *tree, const char *path, struct slice bytes, const char *made_of, struct err *err)
{
	const struct publish_file *was = publish_list_find(&tree->was, path);
	struct publish_file file = {.path = (char *)path, .size = bytes.n, .digest = hash_of_slice(bytes)};
	bool there;
	int rc = 0;

	(void)snprintf(file.made_of, sizeof file.made_of, "%s", made_of);
	there = was != NULL && was->size == file.size && memcmp(&was->digest, &file.digest, sizeof file.digest) == 0;
	if (there && is_as_written(tree, was) && link_into_work(tree, path)) {
		file.mtime_ns = was->mtime_ns;
	} else {
		/* The page is replaced in any case, but if somebody has changed the old one, that is damage. */
		if (!there && was != NULL && !place_holds(tree->old, was, tree->fresh) && was->mtime_ns != 0)
			note_damage(tree, path);
		rc = write_new_file(tree, &file, write_slice, &bytes, err);
	}
	return rc == 0 ? publish_list_add(&tree->will, &file, err) : rc;
}

int
tree_put(struct tree *tree, const char *path, struct slice bytes, struct err *err)
{
	return tree_put_page(tree, path, bytes, "", err);
}

int
tree_keep_page(struct tree *tree, const char *path, const char *made_of, bool *ret_kept, struct err *err)
{
	const struct publish_file *was = publish_list_find(&tree->was, path);

	*ret_kept = was != NULL && strcmp(was->made_of, made_of) == 0 && place_holds(tree->old, was, tree->fresh) &&
	    link_into_work(tree, path);
	return *ret_kept ? publish_list_add(&tree->will, was, err) : 0;
}

int
tree_put_large(struct tree *tree, const char *path, uint64_t size,
    int (*write)(void *ctx, struct tree_file *file, struct err *err), void *ctx, struct err *err)
{
	const struct publish_file *was = publish_list_find(&tree->was, path);
	struct publish_file file = {.path = (char *)path};
	int rc;

	if (was != NULL && was->size == size && is_as_written(tree, was) && link_into_work(tree, path))
		return publish_list_add(&tree->will, was, err);
	rc = write_new_file(tree, &file, write, ctx, err);
	return rc == 0 ? publish_list_add(&tree->will, &file, err) : rc;
}

/* ---- the check before anything changes ---- */

static int
refuse_destination(const struct tree *t, const char *path, struct err *err)
{
	return err_set(err, ERR_REFUSED,
	    N_("%s/%s is not of this publication and stands where a file of it belongs: move it away; nothing was "
	       "changed"),
	    t->public, path);
}

/* Somebody else's file where one of ours belongs: not listed, with other bytes, in a folder that is not ours. */
static bool
is_somebody_elses(const struct tree *t, const struct publish_file *file, const struct stat *st)
{
	return S_ISDIR(st->st_mode) ||
	    (!t->ours && publish_list_find(&t->was, file->path) == NULL && !place_holds(t->old, file, true));
}

static int
check_destination(const struct tree *t, const struct publish_file *file, struct place *place, struct err *err)
{
	const char *name;
	struct stat st;
	int at = place_folder(place, file->path, false, &name);

	if (at < 0 && errno != ENOENT)
		return errno == ELOOP || errno == ENOTDIR || errno == EXDEV ? refuse_destination(t, file->path, err)
		                                                            : cannot_write_below(t, file->path, err);
	if (at < 0 || fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return is_somebody_elses(t, file, &st) ? refuse_destination(t, file->path, err) : 0;
}

static int
check_destinations(const struct tree *t, struct err *err)
{
	struct place place;
	int rc = 0;

	place_init(&place, t->old);
	for (size_t i = 0; rc == 0 && i < t->will.n; i++)
		if (t->will.v[i].written)
			rc = check_destination(t, &t->will.v[i], &place, err);
	place_release(&place);
	return rc;
}

/* ---- putting in place: exchange ---- */

/* Folders alone: the files were synced when they were written. */
static int
sync_folder_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd, rc;

	(void)st;
	(void)ftw;
	if (type == FTW_SL || type == FTW_F)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	rc = fd >= 0 ? file_sync(fd) : -1;
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
sync_folders(const char *path)
{
	return nftw(path, sync_folder_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Whether others have put files into the old folder since it was scanned: then it is exchanged back. */
static bool
has_late_others(const struct tree *t)
{
	bool others = false;

	return place_scan(t->old, t->public, &t->was, &others, NULL) != 0 || others;
}

static int
swap_folders(const struct tree *t, struct err *err)
{
	if (renameat2(AT_FDCWD, t->work, AT_FDCWD, t->public, RENAME_EXCHANGE) == 0)
		return 0;
	return err_set(err, ERR_NOT_YET, N_("%s cannot be exchanged: %s"), t->public, strerror(errno));
}

static int
exchange_folders(struct tree *t, struct err *err)
{
	int rc;

	if (fchmod(t->fd, 0755) != 0 || sync_folders(t->work) != 0)
		return cannot_write_publication(t->work, err);
	rc = swap_folders(t, err);
	if (rc != 0)
		return rc;
	if (has_late_others(t)) {
		rc = swap_folders(t, err);
		return rc != 0
		    ? rc
		    : err_set(err, ERR_NOT_YET, N_("%s cannot be exchanged: %s"), t->public, strerror(EBUSY));
	}
	if (file_sync_folder_of(t->public) != 0)
		return cannot_write_publication(t->public, err);
	/* What cannot be removed stays recorded as work, and the next publishing removes it. */
	(void)place_remove_listed(t->old, &t->was, NULL);
	return 0;
}

/* ---- putting in place: file by file ---- */

/* The old file goes to the new one's place in the work folder, so that the move can be undone. */
static int
move_new_file(const struct tree *t, const struct publish_file *file, struct place *from, struct place *to,
    struct err *err)
{
	const char *name;
	int at = place_folder(from, file->path, false, &name), there = place_folder(to, file->path, true, &name);

	if (at < 0 || there < 0)
		return cannot_write_below(t, file->path, err);
	if (renameat2(at, name, there, name, RENAME_NOREPLACE) == 0 ||
	    (errno == EEXIST && renameat2(at, name, there, name, RENAME_EXCHANGE) == 0))
		return 0;
	/* A file system without these flags. */
	if ((errno != EINVAL && errno != ENOSYS) || renameat(at, name, there, name) != 0)
		return cannot_write_below(t, file->path, err);
	return 0;
}

static void
move_file_back(const struct publish_file *file, struct place *from, struct place *to)
{
	const char *name;
	int at = place_folder(from, file->path, false, &name), there = place_folder(to, file->path, false, &name);

	if (at < 0 || there < 0)
		return;
	if (renameat2(there, name, at, name, RENAME_NOREPLACE) != 0 && errno == EEXIST)
		(void)renameat2(there, name, at, name, RENAME_EXCHANGE);
}

/* The order of the moves: first tiles and pages, then the draws, last the checkpoint. */
static int
move_order(const struct publish_file *file)
{
	if (strcmp(file->path, CHECKPOINT) == 0)
		return 2;
	return strncmp(file->path, DRAWS, strlen(DRAWS)) == 0 ? 1 : 0;
}

/* If one move fails, all are undone, so that the published folder is as it was. */
static int
move_new_files(const struct tree *t, struct place *from, struct place *to, struct err *err)
{
	size_t *moved = calloc(t->will.n + 1, sizeof *moved);
	size_t n = 0;
	int rc = moved == NULL ? err_memory(err) : 0;

	for (int r = 0; r <= 2; r++)
		for (size_t i = 0; rc == 0 && i < t->will.n; i++) {
			const struct publish_file *file = &t->will.v[i];

			if (!file->written || move_order(file) != r)
				continue;
			rc = move_new_file(t, file, from, to, err);
			if (rc == 0)
				moved[n++] = i;
		}
	while (rc != 0 && n > 0)
		move_file_back(&t->will.v[moved[--n]], from, to);
	if (rc != 0)
		place_remove_empty(t->old, &t->will);
	free(moved);
	return rc;
}

/*
 * Syncs the folders of the moved files.  After a power cut before that the next publishing mends it: this one is
 * recorded as not ended.
 */
static int
sync_moved_files(const struct tree *t, struct err *err)
{
	const struct publish_file *last = NULL;

	for (size_t i = 0; i < t->will.n; i++) {
		const struct publish_file *file = &t->will.v[i];

		if (!file->written || (last != NULL && place_share_folder(last->path, file->path)))
			continue;
		if (place_sync(t->old, file->path) != 0)
			return cannot_write_below(t, file->path, err);
		last = file;
	}
	return 0;
}

/* All moves at once, so that a reader sees a mixture only for a moment. */
static int
replace_files(struct tree *t, struct err *err)
{
	struct place from, to;
	int rc;

	place_init(&from, t->fd);
	place_init(&to, t->old);
	rc = move_new_files(t, &from, &to, err);
	if (rc == 0)
		rc = sync_moved_files(t, err);
	place_release(&from);
	place_release(&to);
	if (rc == 0 && place_remove_listed(t->old, &t->was, &t->will) != 0)
		rc = cannot_write_publication(t->public, err);
	return rc;
}

/* ---- the end ---- */

/* Notes the times of change of the files in their places. */
static int
read_times(struct tree *t, int root, struct err *err)
{
	struct place place;
	const char *name;
	struct stat st;

	place_init(&place, root);
	for (size_t i = 0; i < t->will.n; i++) {
		struct publish_file *file = &t->will.v[i];
		int at;

		if (!file->written && file->mtime_ns != 0)
			continue;
		at = place_folder(&place, file->path, false, &name);
		if (at < 0 || fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
			place_release(&place);
			return cannot_write_below(t, file->path, err);
		}
		file->mtime_ns = place_mtime(&st);
	}
	place_release(&place);
	return 0;
}

/* The work has ended only when its folder is durably gone: after a power cut it could be there again. */
static int
record_list(struct tree *t, struct err *err)
{
	bool gone;

	if (t->in_place)
		(void)place_remove_listed(t->fd, &t->will, NULL);
	gone = rmdir(t->work) == 0 && file_sync_folder_of(t->work) == 0;
	return publish_list_settle(t->store, &t->was, &t->will, gone, err);
}

int
tree_end(struct tree *tree, struct err *err)
{
	int rc;

	publish_list_sort(&tree->will);
	rc = check_destinations(tree, err);
	if (rc == 0)
		rc = publish_list_announce(tree->store, tree->public, &tree->was, &tree->will, tree->work, err);
	if (rc == 0)
		rc = tree->in_place ? replace_files(tree, err) : exchange_folders(tree, err);
	if (rc == 0)
		rc = read_times(tree, tree->in_place ? tree->old : tree->fd, err);
	if (rc != 0)
		return rc;
	return record_list(tree, err);
}
