#ifndef SPOTCHECK_PUBLISH_TREE_H
#define SPOTCHECK_PUBLISH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "publish/list.h"

/*
 * The published folder, made anew.  New files are written in a folder of ours that nobody else reads; then either the
 * whole is exchanged in one step, or, where others have files in the published folder too or two folders cannot be
 * exchanged, each new file takes its place by a rename, the checkpoint last.  Files are world-readable, and on the disk
 * before they are seen.
 *
 * What is not on the state's list (publish/list.h) is others', and is never removed, moved or walked into.
 */
struct tree {
	struct store *store;
	char *public; /* the folder, symbolic links resolved */
	char *work;   /* where new files are written; the whole of it in the end, where that can be exchanged */
	int old;      /* the published folder */
	int fd;       /* the one that is written to */
	bool in_place;
	bool fresh;
	bool ours; /* the folder's checkpoint is this log's, so what stands where a file of ours belongs is ours */
	struct publish_list was, will;
	uint64_t n_damaged; /* files of ours that were not what the list says */
	char damaged[128];  /* the first of them */
};

struct tree_options {
	const char *public_dir;
	bool in_place; /* nothing is exchanged; taken by itself too where that cannot be */
	bool fresh;    /* what stands there is read, and held against the list, whatever size and time of change say */
	bool ours;
};

/*
 * Cleans up what a publishing that was cut short has left, and begins.  ERR_REFUSED: something is mounted on a part of
 * ours.  Release with tree_release, after a failure too.
 */
int tree_begin(struct tree *tree, struct store *store, const struct tree_options *options, struct err *err);
void tree_release(struct tree *tree);

/* A small file. */
int tree_put(struct tree *tree, const char *path, struct slice bytes, struct err *err);

/* A page, and of what it was made (shorter than PUBLISH_MADE_OF). */
int tree_put_page(struct tree *tree, const char *path, struct slice bytes, const char *made_of, struct err *err);

/* The page as it is there, where it was made of the same: then it is `ret_kept`. */
int tree_keep_page(struct tree *tree, const char *path, const char *made_of, bool *ret_kept, struct err *err);

/* A file of `size` bytes that never changes: `write` is only asked for it where it is not there as it was written. */
struct tree_file;
int tree_put_large(struct tree *tree, const char *path, uint64_t size,
    int (*write)(void *ctx, struct tree_file *file, struct err *err), void *ctx, struct err *err);
int tree_file_write(struct tree_file *file, struct slice bytes, struct err *err);

/*
 * Puts all in its place, outside of any transaction.  ERR_REFUSED: somebody else's file stands where one of ours belongs;
 * nothing was changed.  ERR_NOT_YET: two folders cannot be exchanged here; begin again in place.
 */
int tree_end(struct tree *tree, struct err *err);

#endif
