#ifndef SPOTCHECK_PUBLISH_TREE_H
#define SPOTCHECK_PUBLISH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "publish/list.h"

/*
 * A new version of the published folder.  New files are written to a work folder that nobody else reads.  Then the two
 * folders are exchanged in one step; or, where others have files in the published folder or two folders cannot be
 * exchanged, each new file is renamed into its place, the checkpoint last.  Files are world-readable, and synced before
 * they are public.
 *
 * What is not on the state's list (publish/list.h) is others': it is never removed, moved or entered.
 */
struct tree {
	struct store *store;
	char *public; /* the folder, symbolic links resolved */
	char *work;   /* the work folder; in an exchange it becomes the published folder */
	int old;      /* descriptor of the published folder */
	int fd;       /* descriptor of the work folder */
	bool in_place;
	bool fresh;
	bool ours; /* the folder's checkpoint is this log's, so a file where one of ours belongs is ours */
	struct publish_list was, will;
	uint64_t n_damaged; /* files of ours that differ from the list */
	char damaged[128];  /* the first of them */
};

struct tree_options {
	const char *public_dir;
	bool in_place; /* replace files one by one; also chosen where folders cannot be exchanged */
	bool fresh;    /* read each file that is there; else only where the time of change differs */
	bool ours;
};

/*
 * Removes what an interrupted publishing has left, and makes a work folder.  ERR_REFUSED: something is mounted on a
 * part of ours; ERR_OUTSIDE, ERR_MEMORY.  Release with tree_release, after a failure too.
 */
int tree_begin(struct tree *tree, struct store *store, const struct tree_options *options, struct err *err);
void tree_release(struct tree *tree);

/* Puts a small file, unless it is there with these bytes. */
int tree_put(struct tree *tree, const char *path, struct slice bytes, struct err *err);

/* Puts a page, and notes the hash of what it was made from (PUBLISH_MADE_OF bytes with the NUL at most). */
int tree_put_page(struct tree *tree, const char *path, struct slice bytes, const char *made_of, struct err *err);

/* Keeps the page that is there, if it was made from the same: then `*ret_kept`. */
int tree_keep_page(struct tree *tree, const char *path, const char *made_of, bool *ret_kept, struct err *err);

/* Puts a file of `size` bytes that never changes: `write` is called only if it is missing or damaged. */
struct tree_file;
int tree_put_large(struct tree *tree, const char *path, uint64_t size,
    int (*write)(void *ctx, struct tree_file *file, struct err *err), void *ctx, struct err *err);
int tree_file_write(struct tree_file *file, struct slice bytes, struct err *err);

/*
 * Puts all files in place; call it outside a transaction.  ERR_REFUSED: somebody else's file is where one of ours
 * belongs; nothing was changed.  ERR_NOT_YET: the two folders cannot be exchanged; begin again with in_place.
 */
int tree_end(struct tree *tree, struct err *err);

#endif
