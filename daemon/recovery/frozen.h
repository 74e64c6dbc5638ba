#ifndef SPOTCHECK_RECOVERY_FROZEN_H
#define SPOTCHECK_RECOVERY_FROZEN_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * The bytes of the database as of one moment, read while others go on writing, without a copy of it anywhere.
 *
 * While writers wait, a read transaction begins, and SQLite's write-ahead log is merged into the database file
 * (sqlite.org/walformat.html, 2.3).  Afterwards writers go on.  As long as the read transaction is open, SQLite merges
 * nothing newer into the database file, and does not overwrite the part of the log that is read:
 *
 *	All of the log was merged: the database file is that moment, and stays so; newer commits stay in the log.
 *	Not all was merged, since somebody reads an older state or the disk is full: the log, as long as it was then,
 *	is read too, and SQLite opens the two files as it does after a crash.
 */

struct frozen_helpers;

enum frozen_part { FROZEN_DATABASE, FROZEN_LOG, FROZEN_PARTS };

struct frozen {
	struct store *store;
	struct frozen_helpers *helpers;
	/* SQLite's own: to open and close a file once more would drop this process's locks on it. */
	sqlite3_file *files[FROZEN_PARTS];
	int64_t size[FROZEN_PARTS]; /* bytes; of the log most often 0 */
};

/*
 * The store must have no transaction open; it has one from here to frozen_end.  ERR_REFUSED: the database is damaged;
 * ERR_OUTSIDE, ERR_MEMORY.
 */
int frozen_begin(struct store *store, struct frozen *ret_frozen, struct err *err);
int frozen_read(const struct frozen *frozen, enum frozen_part part, void *bytes, int len, int64_t at, struct err *err);
void frozen_end(struct frozen *frozen); /* a zeroed one is allowed */

#endif
