#ifndef SPOTCHECK_PUBLISH_PLACE_H
#define SPOTCHECK_PUBLISH_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "publish/list.h"

/*
 * Files below a folder that others may write to as well: no symbolic link is followed on the way to one, and no border of a
 * mount is crossed.
 */

/* A folder, and the one below it that was opened last.  `root` is the caller's. */
struct place {
	int root;
	int fd; /* of `folder`; -1: none */
	char folder[PATH_MAX];
};

void place_init(struct place *place, int root);
void place_release(struct place *place);

/*
 * The folder that holds `path`, and the file's name in it; with `make` missing folders are made (0755).  -1 and errno:
 * EXDEV where something is mounted on the way, ELOOP or ENOTDIR where a folder is none.
 */
int place_folder(struct place *place, const char *path, bool make, const char **ret_name);

/* The names on the way to `path`: the folder that holds it, and those above, are synced.  -1 and errno. */
int place_sync(int root, const char *path);

/* Whether two files stand in one folder. */
bool place_share_folder(const char *a, const char *b);

/*
 * Whether the file stands as the list has it: regular, ours, readable by all, with these bytes.  Without `read` size and
 * time of change are believed.
 */
bool place_holds(int root, const struct publish_file *file, bool read);

/* A file's time of change, in nanoseconds. */
int64_t place_mtime(const struct stat *st);

/* Whether an open folder is where something is mounted, a bind mount included. */
bool place_is_mount(int fd);

/*
 * Looks through what is on the list and stops at what is not: `*ret_others` where there is something else, by name
 * alone.  ERR_REFUSED where something is mounted upon a file or folder of ours; ERR_OUTSIDE.
 */
int place_scan(int root, const char *public_dir, const struct publish_list *list, bool *ret_others, struct err *err);

/* Removes the files on the list that `keep` (may be NULL) does not hold, and the folders that become empty.  -1 and errno. */
int place_remove_listed(int root, const struct publish_list *list, const struct publish_list *keep);

/* Removes the folders of files on the list that are empty. */
void place_remove_empty(int root, const struct publish_list *list);

/* Removes a folder of ours with all in it, on its own file system; one that is not there is no fault.  -1 and errno. */
int place_remove_tree(const char *path);

#endif
