#ifndef SPOTCHECK_ARCHIVE_LINES_H
#define SPOTCHECK_ARCHIVE_LINES_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "store/store.h"

/*
 * The archive's lines (PROTOCOL 11): what comes of the visits, in an order that only grows.  An entry of the log fixes
 * the tree over all lines there are.  All within the caller's transaction.
 */

/*
 * Makes sure that there is a line which no entry holds yet, by one of type `day` if need be, so that nobody sees from the
 * entries whether there was anything.  `time` is that of the entry to come.  ERR_OUTSIDE, ERR_MEMORY.
 */
int archive_lines_ready(struct store *store, int64_t time, struct err *err);

/* The RFC 6962 root over all lines, in hex. */
int archive_lines_root(struct store *store, char ret_hex[static HASH_HEX + 1], struct err *err);

/* The entry of this index in the log holds all lines there are. */
int archive_lines_held(struct store *store, uint64_t entry, struct err *err);

#endif
