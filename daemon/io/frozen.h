#ifndef SPOTCHECK_FROZEN_H
#define SPOTCHECK_FROZEN_H

#include <stdint.h>

#include "core/err.h"
#include "io/store.h"

/*
 * The bytes of the database as of one moment, read while others go on writing, without a copy of it anywhere.
 *
 * SQLite's write-ahead log is brought into the database file and emptied; whoever begins to read before anybody has written to
 * the log again reads the database file alone (its read mark 0), and nobody writes to that file until he ends: what is
 * committed meanwhile stays in the log (sqlite.org/walformat.html, 2.3.1).
 *
 * Where the log is never found empty, or cannot be emptied since the disk is full, writers wait instead, and the log belongs to
 * what is read: SQLite opens a database and the log beside it as it does after a crash.
 */

enum frozen_part { FROZEN_DATABASE, FROZEN_LOG, FROZEN_PARTS };

struct frozen {
	struct store *store;
	sqlite3_file *files[FROZEN_PARTS]; /* SQLite's own: a file that is opened once more and closed loses its locks */
	int64_t size[FROZEN_PARTS]; /* bytes; of the log most often 0 */
};

/*
 * The store has no transaction open, and has one until frozen_end.  ERR_REFUSED: the database is damaged; ERR_OUTSIDE,
 * ERR_MEMORY.
 */
int frozen_begin(struct store *store, struct frozen *ret_frozen, struct err *err);
int frozen_read(const struct frozen *frozen, enum frozen_part part, void *bytes, int len, int64_t at,
    struct err *err);
void frozen_end(struct frozen *frozen); /* also of a zeroed one */

#endif
