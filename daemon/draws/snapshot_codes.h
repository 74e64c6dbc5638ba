#ifndef SPOTCHECK_DRAWS_SNAPSHOT_CODES_H
#define SPOTCHECK_DRAWS_SNAPSHOT_CODES_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "store/store.h"

/* The public files of a draw, whose ids, units and areas are the office's until the codes are put in. */
struct snapshot_files {
	struct buf *targets, *inspectors, *conflicts, *away;
};

/*
 * Puts codes in the place of ids, units and areas, and the lines in order again.  codes_give has been called.  Rows of
 * the rosters that were parsed from the files point nowhere afterwards.  ERR_OUTSIDE, ERR_MEMORY.
 */
int snapshot_put_codes(struct store *store, const struct snapshot_files *files, struct err *err);

#endif
