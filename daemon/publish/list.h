#ifndef SPOTCHECK_PUBLISH_LIST_H
#define SPOTCHECK_PUBLISH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "store/store.h"

/*
 * The state's list of our files in the published folder: each by its path below the folder, with the digest that it
 * must have.  A file that is not on the list is somebody else's.
 */

#define PUBLISH_MADE_OF 40 /* bytes of `made_of` with the NUL */

struct publish_file {
	char *path; /* "draws/0001/record.json" */
	uint64_t size;
	int64_t mtime_ns;              /* its time of change once it was in place; 0: not known */
	struct hash digest;            /* SHA-256 of its bytes */
	char made_of[PUBLISH_MADE_OF]; /* hash of what a page was made from; "": no page */
	bool written;                  /* written by this publishing; not in the state */
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

/* The file on the list; NULL: it is not ours. */
struct publish_file *publish_list_find(const struct publish_list *list, const char *path);

/* Whether a file on the list is in this folder or below it. */
bool publish_list_has_folder(const struct publish_list *list, const char *path);

/* Adds a copy of `file`, in any order.  Call publish_list_sort before publish_list_find. */
int publish_list_add(struct publish_list *list, const struct publish_file *file, struct err *err);
void publish_list_sort(struct publish_list *list);

/*
 * To be called before anything in `dir` changes: puts the files of `will` on the state's list with their new digests,
 * beside those of `was`, and records `work`, the path of the work folder.  In a transaction of its own.  An empty `was`
 * begins a new list.
 */
int publish_list_announce(struct store *store, const char *dir, const struct publish_list *was,
    const struct publish_list *will, const char *work, struct err *err);

/* To be called once all files are in place: takes the others off the list.  `over`: the work folder is gone. */
int publish_list_settle(struct store *store, const struct publish_list *was, const struct publish_list *now, bool over,
    struct err *err);

/* Makes the next publishing read the file, whatever its time of change. */
int publish_list_doubt(struct store *store, const char *path, struct err *err);

/*
 * The work folder of a publishing that has begun and not ended, which the caller frees; NULL: there is none.
 * `ret_announced`: publish_list_announce was called, so files may have been moved.
 */
int publish_work_get(struct store *store, char **ret_work, bool *ret_announced, struct err *err);
int publish_work_set(struct store *store, const char *work, struct err *err); /* NULL: it has ended */

#endif
