#ifndef SPOTCHECK_RECOVERY_FROZEN_H
#define SPOTCHECK_RECOVERY_FROZEN_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * The bytes of the database as of one moment, read while others go on writing, without a copy of it anywhere.
 *
 * With writers kept out for a moment, a reading begins, and SQLite's write-ahead log is brought into the database file
 * (sqlite.org/walformat.html, 2.3).  Two rules of SQLite's make what follows safe, as long as the reading goes on: nothing is
 * brought into the database file that is newer than it, and the log is not begun anew where it reads from it.
 *
 *	All of the log was brought in: the database file is that moment, and stays so; what is committed since stays in the log.
 *	It was not, since somebody reads an older state or the disk is full: the log, as long as it was, belongs to what is read.
 *	SQLite opens the two as it does after a crash.
 */

struct frozen_helpers;

enum frozen_part { FROZEN_DATABASE, FROZEN_LOG, FROZEN_PARTS };

struct frozen {
	struct store *store;
	struct frozen_helpers *helpers;
	sqlite3_file
	    *files[FROZEN_PARTS];   /* SQLite's own: a file that is opened once more and closed loses its locks */
	int64_t size[FROZEN_PARTS]; /* bytes; of the log most often 0 */
};

/*
 * The store has no transaction open, and has one until frozen_end.  ERR_REFUSED: the database is damaged; ERR_OUTSIDE,
 * ERR_MEMORY.
 */
int frozen_begin(struct store *store, struct frozen *ret_frozen, struct err *err);
int frozen_read(const struct frozen *frozen, enum frozen_part part, void *bytes, int len, int64_t at, struct err *err);
void frozen_end(struct frozen *frozen); /* also of a zeroed one */

#endif
