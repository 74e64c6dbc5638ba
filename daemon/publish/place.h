#ifndef SPOTCHECK_PUBLISH_PLACE_H
#define SPOTCHECK_PUBLISH_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "publish/list.h"

/*
 * Files below a folder that others may write to as well.  On the way to a file no symbolic link is followed and no
 * mount point is crossed.
 */

/* A root folder, whose descriptor is the caller's, and the folder below it that was opened last. */
struct place {
	int root;
	int fd; /* of `folder`; -1: none */
	char folder[PATH_MAX];
};

void place_init(struct place *place, int root);
void place_release(struct place *place);

/*
 * Opens the folder of `path`; `*ret_name` is the file's name in it.  `make`: missing folders are made (0755).  The
 * descriptor is the struct's.  -1 and errno: EXDEV: something is mounted on the way; ELOOP or ENOTDIR: a symbolic link
 * or a file is in the way.
 */
int place_folder(struct place *place, const char *path, bool make, const char **ret_name);

/* Syncs the folder of `path` and all folders above it up to `root`.  -1 and errno. */
int place_sync(int root, const char *path);

/* Whether two files are in the same folder. */
bool place_share_folder(const char *a, const char *b);

/*
 * Whether the file is as the list says: a regular file of our user, mode 0644, with these bytes.  Without `read` the
 * bytes are not read where size and time of change are as listed.
 */
bool place_holds(int root, const struct publish_file *file, bool read);

/* A file's time of change, in nanoseconds. */
int64_t place_mtime(const struct stat *st);

/* Whether an open folder is a mount point, also of a bind mount. */
bool place_is_mount(int fd);

/*
 * Walks the folders that have files on the list.  `*ret_others`: a file or folder with a name that is not on the list
 * is there; it is not entered.  ERR_REFUSED: something is mounted on a file or folder of ours; ERR_OUTSIDE.
 */
int place_scan(int root, const char *public_dir, const struct publish_list *list, bool *ret_others, struct err *err);

/* Removes the listed files that are not on `keep` (may be NULL), and folders that become empty.  -1 and errno. */
int place_remove_listed(int root, const struct publish_list *list, const struct publish_list *keep);

/* Removes empty folders of listed files. */
void place_remove_empty(int root, const struct publish_list *list);

/* Removes a folder and all in it, on one file system; 0 also where it is not there.  -1 and errno. */
int place_remove_tree(const char *path);

#endif
