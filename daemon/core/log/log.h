#ifndef SPOTCHECK_CORE_LOG_LOG_H
#define SPOTCHECK_CORE_LOG_LOG_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/entry.h"
#include "core/format/merkle.h"
#include "core/format/note.h"
#include "core/log/published.h"

/*
 * A published log in memory: its checkpoint, its entries, its tree (PROTOCOL 4).
 */

struct log_entry {
	struct slice bytes;      /* into one of the bundles */
	char hash[HASH_HEX + 1]; /* H(entry bytes), by which other entries refer to it */
	struct entry entry;
};

struct log {
	struct buf vkey_bytes, checkpoint_bytes;
	struct slice vkey_text; /* without its LF */
	struct note_key key;
	struct note note; /* of the checkpoint */
	struct checkpoint checkpoint;
	struct buf *bundles;
	size_t n_bundles;
	struct log_entry *entries;
	size_t n_entries;
	size_t n_parsed; /* how many of them have been parsed: all, once log_read_tree has returned 0 */
	struct merkle tree;
};

/* Reads `vkey` and `checkpoint`.  `pinned` (p NULL: none) is the key the caller trusts; the file's must be the same. */
int log_read_head(struct log *log, const struct published *dir, struct slice pinned, struct err *err);

/*
 * Check `tree`: reads all tiles and bundles of the checkpoint's size, which must give its root; parses every entry.
 * Entry 0 is parsed, if it can be, even where the rest fails.
 */
int log_read_tree(struct log *log, const struct published *dir, struct err *err);

/*
 * In log_tiles.c: the last part of log_read_tree.  Whatever else is in tile/ must be a partial tile of this tree.
 */
int log_check_other_tiles(const struct log *log, const struct published *dir, struct err *err);

/* Check `signature`, after log_read_head and log_read_tree. */
int log_check_signature(const struct log *log, struct err *err);

/* Check `append-only`: an earlier checkpoint's bytes are signed by the key and a prefix of this tree. */
int log_check_since(const struct log *log, struct slice earlier, struct err *err);

/*
 * A checkpoint of this log (signed, of this origin, a prefix) that holds entry `index`.  `ret_note` points into bytes.
 */
int log_check_checkpoint(const struct log *log, struct slice bytes, uint64_t index, struct note *ret_note,
    struct checkpoint *ret_checkpoint, struct err *err);

void log_release(struct log *log);

#endif
