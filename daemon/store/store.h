#ifndef SPOTCHECK_STORE_STORE_H
#define SPOTCHECK_STORE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * The state: one SQLite database, state_dir/spotcheckd.db, in WAL mode with synchronous=FULL.  What store_commit has
 * acknowledged survives a crash.  A transaction that it has not acknowledged leaves no trace.
 *
 * A store is used by one thread.  The database is used by several processes, the daemon and commands: a writer begins
 * with store_begin, which waits up to STORE_BUSY_MS for other writers.
 */

#define STORE_FILE "spotcheckd.db"
#define STORE_APPLICATION_ID 0x53504f54 /* "SPOT" */
#define STORE_VERSION 6
#define STORE_BUSY_MS 30000

struct store;

enum {
	STORE_CREATE = 1, /* make the directory (0700) and the database (0600) where they are missing */
	STORE_FULL_DISK =
	    2 /* for reading: where the disk has no room for SQLite's shared index, open without it, exclusively */
};

/*
 * Opens the state, and migrates an older schema.  ERR_REFUSED: the directory belongs to another user, or others may
 * read or write it (0711, for a published folder inside, is allowed); the file is no database, of another application,
 * or of a newer version.  ERR_ABSENT: there is none, and STORE_CREATE is not set.  ERR_OUTSIDE, ERR_MEMORY.  Close
 * with store_close.
 */
int store_open(const char *dir, unsigned flags, struct store **ret_store, struct err *err);
void store_close(struct store *store); /* NULL is allowed; an open transaction is rolled back */

/* It was opened without the shared index (STORE_FULL_DISK): no other connection is possible. */
bool store_is_alone(const struct store *store);

sqlite3 *store_db(struct store *store);
const char *store_dir(const struct store *store);

/* BEGIN IMMEDIATE, COMMIT, ROLLBACK.  They do not nest.  Rollback does nothing where no transaction is open. */
int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);

/* Runs one or more statements without parameters. */
int store_exec(struct store *store, const char *sql, struct err *err);

/* Fills err from the database's last error: ERR_OUTSIDE (disk full, locked for too long, damaged …) or ERR_MEMORY. */
int store_error(struct store *store, struct err *err);

/* ERR_REFUSED: SQLite finds the database damaged ("PRAGMA quick_check"). */
int store_check(struct store *store, struct err *err);

/*
 * One prepared statement as a cursor with a sticky fault: open, put the parameters in order, read rows, and check once,
 * with query_close.
 *
 *	query_open(&q, store, "SELECT id, since FROM target WHERE unit = ?");
 *	query_put_text(&q, unit);
 *	while (query_row(&q)) {
 *		struct slice id = query_text(&q, 0);
 *		…
 *	}
 *	rc = query_close(&q, err);
 */
struct query {
	struct store *store;
	sqlite3_stmt *stmt;
	int next; /* number of the next parameter, from 1 */
	int rc;   /* SQLITE_OK until the first fault */
};

void query_open(struct query *q, struct store *store, const char *sql);

/* The caller keeps texts and blobs alive until the rows are read, query_run returns, or the query is closed. */
void query_put_text(struct query *q, struct slice text);
void query_put_string(struct query *q, const char *text); /* NULL puts NULL */
void query_put_blob(struct query *q, const void *bytes, size_t len);
void query_put_int(struct query *q, int64_t value);
void query_put_null(struct query *q);

/* The next row: false at the end and after a fault. */
bool query_row(struct query *q);

/* Runs to the end, ignoring rows, and makes the statement ready for new parameters.  False after a fault. */
bool query_run(struct query *q);

/* Makes the statement ready for new parameters, whether all rows were read or not. */
void query_reset(struct query *q);

/*
 * Columns of the row, from 0.  Texts and blobs are valid until the next row.  NULL is 0, or an empty slice with p
 * NULL.
 */
int64_t query_int(struct query *q, int column);
struct slice query_text(struct query *q, int column);
struct slice query_blob(struct query *q, int column);
bool query_is_null(struct query *q, int column);

/* Releases the statement and returns its first fault, or 0.  May be called again, and on a zeroed struct. */
int query_close(struct query *q, struct err *err);

/* Runs a statement that yields one integer.  `*ret` gets it, and stays as it was where there is no row. */
int store_int(struct store *store, const char *sql, int64_t *ret, struct err *err);

/* Single values by name, in the table meta.  ERR_ABSENT where there is none.  The caller frees `*ret_value`. */
int store_meta_get(struct store *store, const char *name, char **ret_value, struct err *err);
int store_meta_set(struct store *store, const char *name, const char *value, struct err *err);
int store_meta_get_int(struct store *store, const char *name, int64_t *ret_value, struct err *err);
int store_meta_set_int(struct store *store, const char *name, int64_t value, struct err *err);

#endif
