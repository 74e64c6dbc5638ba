#include "io/frozen.h"

#define TRIES 20
#define WAIT_MS 200 /* for readers and a writer, who wait meanwhile too */

static int
find_files(struct frozen *s, struct err *err)
{
	static const int ops[FROZEN_PARTS] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};

	for (int i = 0; i < FROZEN_PARTS; i++) {
		sqlite3_file *file = NULL;

		if (sqlite3_file_control(store_db(s->store), "main", ops[i], &file) != SQLITE_OK)
			return store_error(s->store, err);
		s->files[i] = file;
	}
	return 0;
}

static int
measure(struct frozen *s, enum frozen_part part, struct err *err)
{
	sqlite3_file *file = s->files[part];
	sqlite3_int64 size = 0;

	/* A file system without shared memory knows no such log. */
	if (file != NULL && file->pMethods != NULL && file->pMethods->xFileSize(file, &size) != SQLITE_OK)
		return err_set(err, ERR_OUTSIDE, N_("the database cannot be read"));
	s->size[part] = size;
	return 0;
}

/* The transaction begins with the first reading. */
static int
begin(struct frozen *s, const char *how, struct err *err)
{
	int64_t tables = 0;
	int rc = store_exec(s->store, how, err);

	if (rc == 0)
		rc = store_int(s->store, "SELECT count(*) FROM sqlite_schema", &tables, err);
	if (rc == 0)
		rc = find_files(s, err);
	for (int part = 0; rc == 0 && part < FROZEN_PARTS; part++)
		rc = measure(s, (enum frozen_part)part, err);
	return rc;
}

/* 0 where the log was empty after the reading had begun, so that nothing is written to the database until it ends. */
static int
begin_without_log(struct frozen *s, struct err *err)
{
	sqlite3 *db = store_db(s->store);
	int rc, found;

	for (int i = 0; i < TRIES; i++) {
		(void)sqlite3_busy_timeout(db, WAIT_MS);
		rc = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		(void)sqlite3_busy_timeout(db, STORE_BUSY_MS);
		if (rc != SQLITE_OK && (rc & 0xFF) != SQLITE_BUSY)
			return ERR_NOT_YET; /* the disk is full, most likely */
		if ((found = begin(s, "BEGIN", err)) != 0)
			return found;
		if (s->size[FROZEN_LOG] == 0)
			return 0;
		store_rollback(s->store);
	}
	return ERR_NOT_YET;
}

int
frozen_begin(struct store *store, struct frozen *ret_frozen, struct err *err)
{
	struct frozen s = {.store = store};
	int rc = begin_without_log(&s, err);

	if (rc == ERR_NOT_YET)
		rc = begin(&s, "BEGIN IMMEDIATE", err);
	if (rc == 0)
		rc = store_check(store, err);
	if (rc != 0) {
		store_rollback(store);
		return rc;
	}
	*ret_frozen = s;
	return 0;
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
	*frozen = (struct frozen){0};
}
