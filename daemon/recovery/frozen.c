/* Freezes the database for a backup, by SQLite's write-ahead log; frozen.h says how. */

#include "recovery/frozen.h"

#include <stdlib.h>

#include "core/base/array.h"

#define TRIES 100
#define PAUSE_MS 20

/* ---- SQLite's files ---- */

static int
find_files(struct frozen *f, struct err *err)
{
	static const int ops[FROZEN_PARTS] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};

	for (int i = 0; i < FROZEN_PARTS; i++)
		if (sqlite3_file_control(store_db(f->store), "main", ops[i], &f->files[i]) != SQLITE_OK)
			return store_error(f->store, err);
	return 0;
}

static int
measure_part(struct frozen *f, enum frozen_part part, struct err *err)
{
	sqlite3_file *file = f->files[part];
	sqlite3_int64 size = 0;

	/* Without a write-ahead log there is no such file. */
	if (file != NULL && file->pMethods != NULL && file->pMethods->xFileSize(file, &size) != SQLITE_OK)
		return err_set(err, ERR_OUTSIDE, N_("the database cannot be read"));
	f->size[part] = size;
	return 0;
}

/* ---- the moment ---- */

/* Two more connections: one keeps writers out, one merges the log into the database file. */
struct frozen_helpers {
	sqlite3 *writer, *checkpoint;
};

static void
close_helpers(struct frozen_helpers *h)
{
	(void)sqlite3_close(h->writer);
	(void)sqlite3_close(h->checkpoint);
	*h = (struct frozen_helpers){NULL, NULL};
}

static int
open_helpers(const struct frozen *f, struct frozen_helpers *h, struct err *err)
{
	sqlite3 **const all[] = {&h->writer, &h->checkpoint};
	const char *path = sqlite3_db_filename(store_db(f->store), "main");

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		/* A connection uses the log only after it has read something. */
		if (sqlite3_open_v2(path, all[i], SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
		    sqlite3_busy_timeout(*all[i], STORE_BUSY_MS) != SQLITE_OK ||
		    sqlite3_exec(*all[i], "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK)
			return err_set(err, ERR_OUTSIDE, "%s: %s", path, sqlite3_errmsg(*all[i]));
	}
	return 0;
}

static int
keep_writers_out(const struct frozen *f, struct frozen_helpers *h, struct err *err)
{
	if (sqlite3_exec(h->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return err_set(err, ERR_OUTSIDE, N_("the database %s: %s"), sqlite3_db_filename(store_db(f->store), "main"),
	    sqlite3_errmsg(h->writer));
}

/* SQLite's transaction begins with its first SELECT. */
static int
begin_reading(struct frozen *f, struct err *err)
{
	int64_t tables = 0;
	int rc = store_exec(f->store, "BEGIN", err);

	if (rc == 0)
		rc = store_int(f->store, "SELECT count(*) FROM sqlite_schema", &tables, err);
	return rc == 0 ? find_files(f, err) : rc;
}

enum merged {
	MERGED,     /* all of the log is in the database file */
	NOT_MERGED, /* somebody reads an older state, or the disk is full */
	UNKNOWN     /* another process was merging it all the time */
};

static enum merged
merge_log(struct frozen_helpers *h)
{
	for (int i = 0; i < TRIES; i++) {
		int log = -1, merged = -1;
		int rc = sqlite3_wal_checkpoint_v2(h->checkpoint, "main", SQLITE_CHECKPOINT_PASSIVE, &log, &merged);

		if (rc == SQLITE_OK)
			return log >= 0 && log == merged ? MERGED : NOT_MERGED;
		if ((rc & 0xFF) != SQLITE_BUSY)
			return NOT_MERGED;
		(void)sqlite3_sleep(PAUSE_MS);
	}
	return UNKNOWN;
}

/* Merges once before writers have to wait, so that little is left to merge while they do. */
static int
begin_among_others(struct frozen *f, struct frozen_helpers *h, struct err *err)
{
	enum merged merged;
	int rc;

	(void)merge_log(h);
	rc = keep_writers_out(f, h, err);
	if (rc == 0)
		rc = begin_reading(f, err);
	if (rc != 0)
		return rc;
	merged = merge_log(h);
	rc = measure_part(f, FROZEN_DATABASE, err);
	if (rc == 0 && merged != MERGED)
		rc = measure_part(f, FROZEN_LOG, err);
	if (rc == 0 && merged != UNKNOWN)
		(void)sqlite3_exec(h->writer, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

/* Where no other connection can have the database open. */
static int
begin_alone(struct frozen *f, struct err *err)
{
	int rc = begin_reading(f, err);

	for (int part = 0; rc == 0 && part < FROZEN_PARTS; part++)
		rc = measure_part(f, (enum frozen_part)part, err);
	return rc;
}

/* ---- what others call ---- */

int
frozen_begin(struct store *store, struct frozen *ret_frozen, struct err *err)
{
	struct frozen f = {.store = store, .helpers = calloc(1, sizeof *f.helpers)};
	int rc;

	if (f.helpers == NULL)
		return err_memory(err);
	if (store_is_alone(store)) {
		rc = begin_alone(&f, err);
	} else {
		rc = open_helpers(&f, f.helpers, err);
		if (rc == 0)
			rc = begin_among_others(&f, f.helpers, err);
	}
	if (rc == 0)
		rc = store_check(store, err);
	if (rc != 0)
		frozen_end(&f);
	else
		*ret_frozen = f;
	return rc;
}

int
frozen_read(const struct frozen *frozen, enum frozen_part part, void *bytes, int len, int64_t at, struct err *err)
{
	sqlite3_file *file = frozen->files[part];

	if (file->pMethods->xRead(file, bytes, len, at) != SQLITE_OK)
		return err_set(err, ERR_OUTSIDE, N_("the database cannot be read"));
	return 0;
}

void
frozen_end(struct frozen *frozen)
{
	if (frozen->store != NULL)
		store_rollback(frozen->store);
	if (frozen->helpers != NULL)
		close_helpers(frozen->helpers);
	free(frozen->helpers);
	*frozen = (struct frozen){.store = NULL};
}
