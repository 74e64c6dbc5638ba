#ifndef SPOTCHECK_CORE_FORMAT_MERKLE_H
#define SPOTCHECK_CORE_FORMAT_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"

/*
 * The Merkle tree of RFC 6962 2.1 over leaf hashes, and the paths of C2SP tlog-tiles.
 */

/* Streaming root: constant memory, for the lines of a roster. */
struct merkle_root {
	struct hash stack[64];
	uint64_t size;
};
void merkle_root_begin(struct merkle_root *m);
void merkle_root_add(struct merkle_root *m, struct hash leaf);
/* A complete subtree of 2^level leaves; the size so far is a multiple of that. */
void merkle_root_add_subtree(struct merkle_root *m, struct hash root, unsigned level);
struct hash merkle_root_end(const struct merkle_root *m); /* SHA-256("") where empty */

/*
 * A whole tree in memory, for a log: every complete subtree's hash is kept (2 n hashes), so that the root of any prefix
 * and any proof takes O(log n).
 */
struct merkle {
	struct hash *levels[64]; /* levels[l][i]: the subtree of leaves [i 2^l, (i+1) 2^l) */
	size_t caps[64];
	uint64_t size;
};
void merkle_init(struct merkle *m);
void merkle_release(struct merkle *m);
int merkle_add(struct merkle *m, struct hash leaf, struct err *err);   /* ERR_MEMORY; unchanged then */
struct hash merkle_prefix_root(const struct merkle *m, uint64_t size); /* size <= m->size */

/*
 * RFC 6962 2.1.1 audit path of leaf `index` in the tree of the first `size` leaves; and 2.1.2 consistency proof between
 * the first `old` and the first `size` leaves (1 <= old <= size).  At most 64 hashes; returns how many.
 */
size_t merkle_audit_path(const struct merkle *m, uint64_t index, uint64_t size, struct hash ret_path[static 64]);
size_t merkle_consistency(const struct merkle *m, uint64_t old, uint64_t size, struct hash ret_path[static 64]);

/*
 * Verifiers of the same, without a tree (RFC 9162 2.1.3.2, 2.1.4.2); any numbers may be given.  The empty tree is a
 * prefix of every tree, with an empty path (C2SP tlog-witness).
 */
bool merkle_audit_holds(struct hash leaf, uint64_t index, uint64_t size, const struct hash *path, size_t path_len,
    struct hash root);
bool merkle_consistency_holds(uint64_t old, struct hash old_root, uint64_t size, struct hash root,
    const struct hash *path, size_t path_len);

/*
 * Tiles (C2SP tlog-tiles): height 8.  A tile has a level, a number and a width 1..256.
 */
#define TILE_WIDTH 256
#define TILE_PATH_MAX 96

struct tile {
	int level; /* 0..7; -1: a bundle of entries */
	uint64_t number;
	int width;
};

/* "tile/0/x001/067.p/12", "tile/entries/000".  Width 1..256. */
void tile_path(struct tile tile, char ret_path[static TILE_PATH_MAX]);

/*
 * All tiles of a tree of `size` leaves, each once, levels from 0 up and bundles of entries last; `visit` returns
 * non-zero to stop, which is returned.  Partial tiles of width 0 are left out.
 */
int tile_each(uint64_t size, int (*visit)(void *ctx, struct tile tile), void *ctx);

/* The hashes of a tile of level >= 0 from the tree: ret has tile.width of them. */
void tile_hashes(const struct merkle *m, struct tile tile, struct hash *ret);

#endif
