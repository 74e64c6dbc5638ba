#ifndef SPOTCHECK_PUBLISH_LIST_H
#define SPOTCHECK_PUBLISH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "store/store.h"

/*
 * What of the published folder is ours, as the state keeps it: each file by its path below the folder, with the digest
 * that it must have.  What is not on this list is somebody else's.
 */

#define PUBLISH_MADE_OF 40 /* bytes of a page's mark with the NUL */

struct publish_file {
	char *path; /* "draws/0001/record.json" */
	uint64_t size;
	int64_t mtime_ns;              /* as it was once the file was in its place: a hint; 0: not known */
	struct hash digest;            /* SHA-256 of its bytes */
	char made_of[PUBLISH_MADE_OF]; /* of what a page was made; "" for any other file */
	bool written;                  /* in this publishing; not kept */
};

/* Ascending by path. */
struct publish_list {
	struct publish_file *v;
	size_t n, cap;
};

/*
 * The state's list, and whether it is of the folder `dir` (an absolute path without symbolic links).  Release with
 * publish_list_release, after a failure too.
 */
int publish_list_read(struct store *store, const char *dir, struct publish_list *ret_list, bool *ret_of_dir,
    struct err *err);
void publish_list_release(struct publish_list *list);

/* The file's place on the list; NULL where it is not ours. */
struct publish_file *publish_list_find(const struct publish_list *list, const char *path);

/* Whether a file on the list stands in this folder or below it. */
bool publish_list_has_folder(const struct publish_list *list, const char *path);

/* One file more, in any order; publish_list_sort before anything is looked for. */
int publish_list_add(struct publish_list *list, const struct publish_file *file, struct err *err);
void publish_list_sort(struct publish_list *list);

/*
 * Before anything in `dir` changes: both what was ours and what will be is on the state's list, the latter with its new
 * digest, and `work`, the name of the folder beside or within that is worked in, is remembered with it.  In a
 * transaction of its own.  An empty `was` begins a new list.
 */
int publish_list_announce(struct store *store, const char *dir, const struct publish_list *was,
    const struct publish_list *will, const char *work, struct err *err);

/* Once all is in its place: what no longer is goes from the list; with `over` the work is forgotten. */
int publish_list_settle(struct store *store, const struct publish_list *was, const struct publish_list *now, bool over,
    struct err *err);

/* The file is read by the next publishing, whatever its time of change says. */
int publish_list_doubt(struct store *store, const char *path, struct err *err);

/*
 * A publishing that has begun and not ended: the folder that it works in, which the caller frees, and whether the list
 * was announced, so that files may have changed places; NULL where there is none.
 */
int publish_work_get(struct store *store, char **ret_work, bool *ret_announced, struct err *err);
int publish_work_set(struct store *store, const char *work, struct err *err); /* NULL: it is over */

#endif
