#ifndef SPOTCHECK_PUBLISH_TREE_H
#define SPOTCHECK_PUBLISH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "core/slice.h"

/*
 * A folder of files that takes another one's place in one step.  Files are world-readable, and on the disk before they
 * are seen; files that have not changed are shared with the old folder.
 */
struct tree {
	char *public; /* where it is to stand, symbolic links resolved */
	char *beside; /* where it is built */
	int fd; /* of the folder that is written to */
	int old; /* of the one that files may be shared with; -1: none */
	bool in_place; /* no folder beside: files are replaced one by one */
	char **paths; /* in place: what was put, so that the rest may go */
	size_t n_paths;
};

/*
 * `in_place` is taken by itself too where nothing can be built beside.  Release with tree_release, after a failure too.
 */
int tree_begin(struct tree *tree, const char *public_dir, bool in_place, bool fresh, struct err *err);
void tree_release(struct tree *tree);

/* A small file.  Missing folders are made. */
int tree_put(struct tree *tree, const char *path, struct slice bytes, struct err *err);

/* The old folder's file, where it has one that ends in `ending`: then it is `ret_kept`. */
int tree_keep(struct tree *tree, const char *path, struct slice ending, bool *ret_kept, struct err *err);

/* A file of `size` bytes that is only written where the old folder has none of that size. */
int tree_put_large(struct tree *tree, const char *path, uint64_t size, int (*write)(void *ctx, int fd, struct err *err),
    void *ctx, struct err *err);

/* Before the file that vouches for all others is put: those are on the disk. */
int tree_settle(struct tree *tree, struct err *err);

/* Puts the tree in its place.  ERR_NOT_YET: two folders cannot be exchanged here; begin again in place. */
int tree_end(struct tree *tree, struct err *err);

/* Whether something that a crash left is beside. */
bool tree_has_leftovers(const char *public_dir);

/* Whether the folder holds, at its top, what is not of a publication. */
int tree_has_others(const char *public_dir, bool *ret_others, struct err *err);

int tree_write_all(int fd, struct slice bytes, struct err *err);

#endif
