/* The state: opens, checks and migrates the SQLite database; transactions, statements, and errors in words. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/schema.h"
#include "system/file.h"

struct store {
	sqlite3 *db;
	bool alone;
	char *dir;
	char *path;
	int saved_errno; /* errno behind the last failed call of SQLite, 0 where there was none */
	bool begun;      /* store_begin succeeded, and we have neither committed nor rolled back since */
};

/*
 * SQLite reports a page that cannot be read as SQLITE_CORRUPT, and does not mention the disk.  errno still tells, if it
 * was 0 before the call.
 */
static int
note_errno(struct store *store, int rc)
{
	int after = errno, reported = sqlite3_system_errno(store->db);

	if (rc != SQLITE_OK && rc != SQLITE_ROW && rc != SQLITE_DONE)
		store->saved_errno = reported != 0 ? reported : after == EIO ? after : 0;
	return rc;
}

/* ---- the files ---- */

static int
make_state_dir(const char *dir, unsigned flags, struct err *err)
{
	if ((flags & STORE_CREATE) != 0 && mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_set(err, ERR_OUTSIDE, N_("the state directory %s cannot be made: %s"), dir, strerror(errno));
	return 0;
}

/* Checks who may see the state, before anything in it is opened. */
static int
check_dir(const char *dir, struct err *err)
{
	struct stat st;

	if (stat(dir, &st) != 0 && errno == ENOENT)
		return err_set(err, ERR_ABSENT, N_("there is no state directory %s yet: \"spotcheck setup\" makes it"),
		    dir);
	if (stat(dir, &st) != 0)
		return err_set(err, ERR_OUTSIDE, N_("the state directory %s: %s"), dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_REFUSED, N_("the state directory %s is no directory"), dir);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_REFUSED, N_("the state directory %s belongs to another user: use sudo"), dir);
	if ((st.st_mode & 066) != 0)
		return err_set(err, ERR_REFUSED,
		    N_("others can read or write the state directory %s: chmod 0700 it (0711 where a published folder "
		       "inside is served)"),
		    dir);
	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) != 0)
		return err_set(err, ERR_OUTSIDE, N_("the state directory %s cannot be written: %s"), dir,
		    strerror(errno));
	return 0;
}

static int
check_database_file(const struct store *store, const struct stat *st, struct err *err)
{
	if (!S_ISREG(st->st_mode))
		return err_set(err, ERR_REFUSED, N_("%s is no regular file"), store->path);
	if (st->st_uid != geteuid())
		return err_set(err, ERR_REFUSED, N_("%s belongs to another user: use sudo"), store->path);
	if ((st->st_mode & 077) != 0)
		return err_set(err, ERR_REFUSED, N_("others can read or write %s: chmod 0600 it"), store->path);
	return 0;
}

/* Syncs the name of the database and that of the directory. */
static int
sync_names(const struct store *store, struct err *err)
{
	if (file_sync_folder_of(store->path) == 0 && file_sync_folder_of(store->dir) == 0)
		return 0;
	return err_set(err, ERR_OUTSIDE, N_("%s cannot be made: %s"), store->path, strerror(errno));
}

/* Makes the file 0600 under any umask, since SQLite gives its side files the mode of the database. */
static int
make_database_file(const struct store *store, unsigned flags, struct err *err)
{
	struct stat st;
	int fd, rc;

	if (lstat(store->path, &st) == 0) {
		rc = check_database_file(store, &st, err);
		/* It is empty: its maker may have been killed before the name was synced. */
		return rc != 0 || st.st_size > 0 ? rc : sync_names(store, err);
	}
	if (errno != ENOENT)
		return err_set(err, ERR_OUTSIDE, "%s: %s", store->path, strerror(errno));
	if ((flags & STORE_CREATE) == 0)
		return err_set(err, ERR_ABSENT, N_("there is no database %s yet: \"spotcheck setup\" makes it"),
		    store->path);
	fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, ERR_OUTSIDE, N_("%s cannot be made: %s"), store->path, strerror(errno));
	(void)fchmod(fd, 0600); /* an umask takes bits away, never adds any */
	(void)close(fd);
	return sync_names(store, err);
}

/* ---- opening ---- */

static int
set_connection_options(struct store *store, struct err *err)
{
	sqlite3 *db = store->db;

	(void)sqlite3_extended_result_codes(db, 1);
	if (sqlite3_busy_timeout(db, STORE_BUSY_MS) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL) != SQLITE_OK)
		return store_error(store, err);
	return 0;
}

struct identity {
	int64_t application, version, tables;
};

static int
read_identity(struct store *store, struct identity *ret, struct err *err)
{
	struct identity id = {0};
	int rc = store_int(store, "PRAGMA application_id", &id.application, NULL);

	if (rc != 0 && (sqlite3_errcode(store->db) & 0xFF) == SQLITE_NOTADB)
		return err_set(err, ERR_REFUSED, N_("%s is no database"), store->path);
	if (rc != 0)
		return store_error(store, err);
	rc = store_int(store, "PRAGMA user_version", &id.version, err);
	if (rc == 0)
		rc = store_int(store, "SELECT count(*) FROM sqlite_schema", &id.tables, err);
	if (rc == 0)
		*ret = id;
	return rc;
}

static bool
is_new(const struct identity *id)
{
	return id->application == 0 && id->version == 0 && id->tables == 0;
}

static int
check_identity(const struct store *store, const struct identity *id, struct err *err)
{
	if (is_new(id))
		return 0;
	if (id->application != STORE_APPLICATION_ID)
		return err_set(err, ERR_REFUSED, N_("%s is the database of another application"), store->path);
	if (id->version > STORE_VERSION)
		return err_set(err, ERR_REFUSED, N_("%s was written by a newer version of spotcheckd"), store->path);
	return 0;
}

static int
migrate_1(struct store *store, struct err *err)
{
	int rc = store_exec(store, schema_meta, err);

	if (rc == 0)
		rc = store_exec(store, schema_rosters, err);
	if (rc == 0)
		rc = store_exec(store, schema_draws, err);
	if (rc == 0)
		rc = store_exec(store, schema_outbox, err);
	return rc != 0 ? rc : store_exec(store, "PRAGMA application_id = 0x53504f54; PRAGMA user_version = 1", err);
}

/* What the timetable remembers, alarms, and letters of unknown outcome that are sent again. */
static int
migrate_2(struct store *store, struct err *err)
{
	int rc = store_exec(store, schema_plan_2, err);

	if (rc == 0)
		rc = store_exec(store, schema_alarms_2, err);
	if (rc == 0)
		rc = store_exec(store, schema_outbox_2, err);
	return rc != 0 ? rc : store_exec(store, "PRAGMA user_version = 2", err);
}

static int
migrate_3(struct store *store, struct err *err)
{
	int rc = store_exec(store, schema_outbox_3, err);

	return rc != 0 ? rc : store_exec(store, "PRAGMA user_version = 3", err);
}

/* Witnesses and beacons. */
static int
migrate_4(struct store *store, struct err *err)
{
	int rc = store_exec(store, schema_outside_4, err);

	return rc != 0 ? rc : store_exec(store, "PRAGMA user_version = 4", err);
}

/* Files of the published folder that are ours; digests of removed letters; what commands have not reported yet. */
static int
migrate_5(struct store *store, struct err *err)
{
	int rc = store_exec(store, schema_publish_5, err);

	if (rc == 0)
		rc = store_exec(store, schema_outbox_5, err);
	if (rc == 0)
		rc = store_exec(store, schema_unreported_5, err);
	return rc != 0 ? rc : store_exec(store, "PRAGMA user_version = 5", err);
}

/* The draw protocol of earlier states was never released, and its logs cannot go on. */
static int
migrate_6(struct store *store, struct err *err)
{
	int64_t entries = 0;
	int rc = store_int(store, "SELECT count(*) FROM log_entry", &entries, err);

	if (rc == 0 && entries > 0)
		return err_set(err, ERR_REFUSED,
		    N_("%s holds a log of version 1 of the draw protocol, which was never released: begin anew with "
		       "another "
		       "state_dir"),
		    store->path);
	if (rc == 0)
		rc = store_exec(store, schema_draws_6, err);
	if (rc == 0)
		rc = store_exec(store, schema_needs_6, err);
	if (rc == 0)
		rc = store_exec(store, schema_archive_6, err);
	if (rc == 0)
		rc = store_exec(store, schema_outbox_6, err);
	if (rc == 0)
		rc = store_exec(store, schema_rosters_6, err);
	if (rc == 0)
		rc = store_exec(store, schema_codes_6, err);
	return rc != 0 ? rc : store_exec(store, "PRAGMA user_version = 6", err);
}

/* Identifies the database again within the transaction, since another process may have migrated it meanwhile. */
static int
migrate(struct store *store, struct err *err)
{
	struct identity id = {0};
	int rc = store_begin(store, err);

	if (rc != 0)
		return rc;
	rc = read_identity(store, &id, err);
	if (rc == 0)
		rc = check_identity(store, &id, err);
	if (rc == 0 && is_new(&id))
		rc = migrate_1(store, err);
	if (rc == 0 && id.version < 2)
		rc = migrate_2(store, err);
	if (rc == 0 && id.version < 3)
		rc = migrate_3(store, err);
	if (rc == 0 && id.version < 4)
		rc = migrate_4(store, err);
	if (rc == 0 && id.version < 5)
		rc = migrate_5(store, err);
	if (rc == 0 && id.version < 6)
		rc = migrate_6(store, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

static int
prepare_database(struct store *store, struct err *err)
{
	struct identity id = {0};
	int rc = set_connection_options(store, err);

	if (rc == 0)
		rc = read_identity(store, &id, err);
	if (rc == 0)
		rc = check_identity(store, &id, err);
	if (rc != 0)
		return rc;
	/* The size limit truncates the write-ahead log that a large import leaves. */
	rc = store_exec(store,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	    "PRAGMA journal_size_limit = 67108864",
	    err);
	if (rc == 0 && id.version < STORE_VERSION)
		rc = migrate(store, err);
	return rc;
}

static int
open_database(struct store *store, bool alone, struct err *err)
{
	int rc;

	errno = 0;
	rc = sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (note_errno(store, rc) != SQLITE_OK)
		return store_error(store, err);
	rc = alone ? store_exec(store, "PRAGMA locking_mode = EXCLUSIVE", err) : 0;
	return rc != 0 ? rc : prepare_database(store, err);
}

/* The shared index of the write-ahead log cannot be made: the disk is full, and no other process has it open. */
static bool
lacks_shared_index(const struct store *store)
{
	int rc = sqlite3_extended_errcode(store->db);

	return rc == SQLITE_IOERR_SHMSIZE || rc == SQLITE_IOERR_SHMOPEN || rc == SQLITE_IOERR_SHMMAP ||
	    rc == SQLITE_CANTOPEN;
}

static int
open_shared_or_alone(struct store *store, unsigned flags, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int rc = open_database(store, false, &why);

	if (rc == 0 || (flags & STORE_FULL_DISK) == 0 || !lacks_shared_index(store))
		return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
	(void)sqlite3_close_v2(store->db);
	store->db = NULL;
	store->alone = true;
	return open_database(store, true, err);
}

static char *
join_path(const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

int
store_open(const char *dir, unsigned flags, struct store **ret_store, struct err *err)
{
	struct store *store = calloc(1, sizeof *store);
	int rc;

	if (store == NULL)
		return err_memory(err);
	store->dir = strdup(dir);
	store->path = join_path(dir, STORE_FILE);
	if (store->dir == NULL || store->path == NULL) {
		rc = err_memory(err);
		goto out;
	}
	rc = make_state_dir(dir, flags, err);
	if (rc == 0)
		rc = check_dir(dir, err);
	if (rc == 0)
		rc = make_database_file(store, flags, err);
	if (rc == 0)
		rc = open_shared_or_alone(store, flags, err);
	if (rc == 0) {
		*ret_store = store;
		store = NULL;
	}
out:
	store_close(store);
	return rc;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	(void)sqlite3_close_v2(store->db);
	free(store->dir);
	free(store->path);
	free(store);
}

bool
store_is_alone(const struct store *store)
{
	return store->alone;
}

sqlite3 *
store_db(struct store *store)
{
	return store->db;
}

const char *
store_dir(const struct store *store)
{
	return store->dir;
}

/* ---- statements ---- */

/*
 * SQLite rolls a transaction back by itself where memory, the disk or its space fails.  Later statements would then be
 * committed one by one.
 */
static bool
has_lost_transaction(const struct store *store)
{
	return store->begun && sqlite3_get_autocommit(store->db) != 0;
}

static int
lost_transaction(struct store *store, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("the database %s: the transaction was rolled back: nothing was changed"),
	    store->path);
}

static int
disk_error(struct store *store, struct err *err)
{
	if (store->saved_errno == ENOSPC || store->saved_errno == EDQUOT)
		return err_set(err, ERR_OUTSIDE, N_("the database %s: the disk is full"), store->path);
	return err_set(err, ERR_OUTSIDE, N_("the database %s cannot be read or written: %s"), store->path,
	    strerror(store->saved_errno));
}

static int
describe_error(struct store *store, int rc, const char *words, struct err *err)
{
	if (rc == SQLITE_ABORT_ROLLBACK)
		return lost_transaction(store, err);
	switch (rc & 0xFF) {
	case SQLITE_NOMEM:
		return err_memory(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_OUTSIDE, N_("the database %s is in use by another command for too long"),
		    store->path);
	case SQLITE_FULL:
		return err_set(err, ERR_OUTSIDE, N_("the database %s: the disk is full"), store->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		if (store->saved_errno == EIO)
			return disk_error(store, err);
		return err_set(err, ERR_OUTSIDE, N_("the database %s is damaged: restore it from a backup"),
		    store->path);
	default:
		if (store->saved_errno != 0)
			return disk_error(store, err);
		return err_set(err, ERR_OUTSIDE, N_("the database %s: %s"), store->path, words);
	}
}

int
store_error(struct store *store, struct err *err)
{
	return describe_error(store, sqlite3_errcode(store->db), sqlite3_errmsg(store->db), err);
}

int
store_exec(struct store *store, const char *sql, struct err *err)
{
	if (has_lost_transaction(store))
		return lost_transaction(store, err);
	errno = 0;
	if (note_errno(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL)) == SQLITE_OK)
		return 0;
	return store_error(store, err);
}

int
store_check(struct store *store, struct err *err)
{
	struct query q;
	bool good;
	int rc;

	query_open(&q, store, "PRAGMA quick_check(1)");
	good = query_row(&q) && slice_is(query_text(&q, 0), "ok");
	rc = query_close(&q, err);
	return rc != 0 || good ? rc : err_set(err, ERR_REFUSED, N_("the database is damaged"));
}

int
store_begin(struct store *store, struct err *err)
{
	int rc = store_exec(store, "BEGIN IMMEDIATE", err);

	store->begun |= rc == 0;
	return rc;
}

int
store_commit(struct store *store, struct err *err)
{
	int rc = store_exec(store, "COMMIT", err);

	store->begun &= rc != 0;
	return rc;
}

/* ROLLBACK itself needs a little memory: where it fails it is tried again. */
void
store_rollback(struct store *store)
{
	for (int i = 0; i < 3 && store_in_transaction(store); i++)
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->begun = store->begun && store_in_transaction(store);
}

bool
store_in_transaction(const struct store *store)
{
	return sqlite3_get_autocommit(store->db) == 0;
}

static void
note_fault(struct query *q, int rc)
{
	if (q->rc == SQLITE_OK)
		q->rc = rc;
}

void
query_open(struct query *q, struct store *store, const char *sql)
{
	*q = (struct query){.store = store, .next = 1};
	if (has_lost_transaction(store))
		note_fault(q, SQLITE_ABORT_ROLLBACK);
	else
		note_fault(q, note_errno(store, (errno = 0, sqlite3_prepare_v2(store->db, sql, -1, &q->stmt, NULL))));
}

void
query_put_text(struct query *q, struct slice text)
{
	if (q->rc == SQLITE_OK)
		note_fault(q,
		    sqlite3_bind_text64(q->stmt, q->next++, text.p == NULL ? "" : text.p, text.n, SQLITE_STATIC,
		        SQLITE_UTF8));
}

void
query_put_string(struct query *q, const char *text)
{
	if (text == NULL)
		query_put_null(q);
	else
		query_put_text(q, slice_of(text));
}

void
query_put_blob(struct query *q, const void *bytes, size_t len)
{
	if (q->rc == SQLITE_OK)
		note_fault(q, sqlite3_bind_blob64(q->stmt, q->next++, len == 0 ? "" : bytes, len, SQLITE_STATIC));
}

void
query_put_int(struct query *q, int64_t value)
{
	if (q->rc == SQLITE_OK)
		note_fault(q, sqlite3_bind_int64(q->stmt, q->next++, value));
}

void
query_put_null(struct query *q)
{
	if (q->rc == SQLITE_OK)
		note_fault(q, sqlite3_bind_null(q->stmt, q->next++));
}

bool
query_row(struct query *q)
{
	int rc;

	if (q->rc != SQLITE_OK)
		return false;
	errno = 0;
	rc = has_lost_transaction(q->store) ? SQLITE_ABORT_ROLLBACK : note_errno(q->store, sqlite3_step(q->stmt));
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		note_fault(q, rc);
	return rc == SQLITE_ROW;
}

void
query_reset(struct query *q)
{
	if (q->stmt == NULL)
		return;
	note_fault(q, sqlite3_reset(q->stmt));
	q->next = 1;
}

bool
query_run(struct query *q)
{
	while (query_row(q))
		;
	query_reset(q);
	return q->rc == SQLITE_OK;
}

int64_t
query_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

/* Tells a value that SQLite had no memory for from a true NULL. */
static void
note_lack_of_memory(struct query *q, const void *value)
{
	if (value == NULL && (sqlite3_errcode(q->store->db) & 0xFF) == SQLITE_NOMEM)
		note_fault(q, SQLITE_NOMEM);
}

struct slice
query_text(struct query *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);

	note_lack_of_memory(q, text);
	/* The text is asked for before its length, which the conversion may change. */
	return (struct slice){text, text == NULL ? 0 : (size_t)sqlite3_column_bytes(q->stmt, column)};
}

struct slice
query_blob(struct query *q, int column)
{
	const char *bytes = sqlite3_column_blob(q->stmt, column);

	note_lack_of_memory(q, bytes);
	return (struct slice){bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(q->stmt, column)};
}

bool
query_is_null(struct query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int
query_close(struct query *q, struct err *err)
{
	int rc = q->rc, result = 0;

	if (q->store == NULL)
		return 0;
	/* sqlite3_errmsg describes the last call, which need not be the one that failed here. */
	if (rc != SQLITE_OK)
		result = describe_error(q->store, rc,
		    sqlite3_extended_errcode(q->store->db) == rc ? sqlite3_errmsg(q->store->db) : sqlite3_errstr(rc),
		    err);
	(void)sqlite3_finalize(q->stmt);
	*q = (struct query){0};
	return result;
}

int
store_int(struct store *store, const char *sql, int64_t *ret, struct err *err)
{
	struct query q;
	int64_t value = 0;
	bool found;
	int rc;

	query_open(&q, store, sql);
	found = query_row(&q);
	if (found)
		value = query_int(&q, 0);
	rc = query_close(&q, err);
	if (rc == 0 && found)
		*ret = value;
	return rc;
}

/* ---- single values ---- */

int
store_meta_get(struct store *store, const char *name, char **ret_value, struct err *err)
{
	struct query q;
	struct slice text = {NULL, 0};
	char *value;
	int rc;

	query_open(&q, store, "SELECT value FROM meta WHERE name = ?");
	query_put_string(&q, name);
	if (query_row(&q))
		text = query_text(&q, 0);
	value = text.p == NULL ? NULL : slice_dup(text);
	rc = query_close(&q, err);
	if (rc == 0 && text.p == NULL)
		rc = err_set(err, ERR_ABSENT, N_("the state holds no %s"), name);
	if (rc == 0 && value == NULL)
		rc = err_memory(err);
	if (rc == 0)
		*ret_value = value;
	else
		free(value);
	return rc;
}

int
store_meta_set(struct store *store, const char *name, const char *value, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO meta (name, value) VALUES (?, ?)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
	query_put_string(&q, name);
	query_put_string(&q, value);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
store_meta_get_int(struct store *store, const char *name, int64_t *ret_value, struct err *err)
{
	char *text = NULL, *end;
	long long value;
	int rc = store_meta_get(store, name, &text, err);

	if (rc != 0)
		return rc;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0')
		*ret_value = value;
	else
		rc = err_set(err, ERR_OUTSIDE, N_("the state's %s is no number"), name);
	free(text);
	return rc;
}

int
store_meta_set_int(struct store *store, const char *name, int64_t value, struct err *err)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lld", (long long)value);
	return store_meta_set(store, name, text, err);
}
