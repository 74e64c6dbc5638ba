/*
 * The store: who may open it, what it refuses to be, that a transaction is whole or nothing, and the cursor.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "store/store.h"

static char dir[SCRATCH_PATH], state_dir[SCRATCH_PATH + 16], file[SCRATCH_PATH + 64];

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_make(dir))
		return -1;
	(void)snprintf(state_dir, sizeof state_dir, "%s/state", dir);
	(void)snprintf(file, sizeof file, "%s/%s", state_dir, STORE_FILE);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

static struct store *
opened(void)
{
	struct store *store = NULL;
	struct err err = {0};

	if (store_open(state_dir, STORE_CREATE, &store, &err) != 0)
		fail_msg("%s", err.message);
	return store;
}

static void
refused(unsigned flags, int code, const char *expected)
{
	struct store *store = NULL;
	struct err err = {0};

	assert_int_equal(store_open(state_dir, flags, &store, &err), code);
	assert_null(store);
	if (strstr(err.message, expected) == NULL)
		fail_msg("expected \"%s\", got \"%s\"", expected, err.message);
}

static void
sql(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sqlite3_errmsg(db), text);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* ---- opening ---- */

static void
is_made_for_its_owner_alone(void **state)
{
	mode_t mask = umask(0);
	struct store *store;
	int64_t value = 0;

	(void)state;
	refused(0, ERR_ABSENT, "no state directory");
	store = opened();
	(void)umask(mask);
	assert_int_equal(mode_of(state_dir), 0700);
	assert_int_equal(mode_of(file), 0600);
	assert_int_equal(store_int(store, "PRAGMA application_id", &value, NULL), 0);
	assert_int_equal(value, STORE_APPLICATION_ID);
	assert_int_equal(store_int(store, "PRAGMA user_version", &value, NULL), 0);
	assert_int_equal(value, STORE_VERSION);
	assert_int_equal(store_int(store, "PRAGMA synchronous", &value, NULL), 0);
	assert_int_equal(value, 2);
	assert_int_equal(store_int(store, "PRAGMA foreign_keys", &value, NULL), 0);
	assert_int_equal(value, 1);
	assert_int_equal(store_int(store,
	                     "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'",
	                     &value, NULL),
	    0);
	assert_int_equal(value, 0);
	store_close(store);
	store_close(opened());
}

static void
others_may_pass_but_not_read(void **state)
{
	(void)state;
	assert_int_equal(chmod(state_dir, 0755), 0);
	refused(STORE_CREATE, ERR_REFUSED, "chmod 0700");
	assert_int_equal(chmod(state_dir, 0730), 0);
	refused(0, ERR_REFUSED, "chmod 0700");
	assert_int_equal(chmod(state_dir, 0711), 0);
	store_close(opened());
	assert_int_equal(chmod(state_dir, 0700), 0);
	assert_int_equal(chmod(file, 0644), 0);
	refused(0, ERR_REFUSED, "chmod 0600");
	assert_int_equal(chmod(file, 0600), 0);
}

static void
of_another_user_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(state_dir, 65534, 65534), 0);
	refused(0, ERR_REFUSED, "belongs to another user");
	assert_int_equal(chown(state_dir, 0, 0), 0);
	assert_int_equal(chown(file, 65534, 65534), 0);
	refused(0, ERR_REFUSED, "belongs to another user");
	assert_int_equal(chown(file, 0, 0), 0);
}

/* A state of before there were timetables. */
static void
an_older_state_is_brought_up_to_date(void **state)
{
	struct store *store;
	int64_t tables = 0;

	(void)state;
	sql("ALTER TABLE draw_place RENAME COLUMN visit TO date; ALTER TABLE draw DROP COLUMN quiet_days; ALTER TABLE "
	    "target DROP COLUMN needs;"
	    "DROP TABLE archive_line; DROP TABLE public_id; DROP TABLE archive_entry; DROP TABLE leave; DROP INDEX "
	    "excuse_standing;"
	    "ALTER TABLE excuse DROP COLUMN \"from\";"
	    "CREATE UNIQUE INDEX excuse_standing ON excuse (kind, who) WHERE lifted IS NULL");
	sql("DROP TABLE unreported; DROP INDEX outbox_letter_text; ALTER TABLE outbox_letter DROP COLUMN digest;"
	    "ALTER TABLE outbox_letter DROP COLUMN removed; DROP TABLE plan_cycle; DROP TABLE plan_secret; DROP TABLE "
	    "plan_done; DROP TABLE alarm; DROP INDEX draw_unrevealed;"
	    "DROP TABLE policy; DROP TABLE cosignature; DROP TABLE witness; DROP TABLE draw_value; DROP TABLE "
	    "published_file;"
	    "DROP TABLE draw_ceremony; DROP TABLE outbox_slot; DROP TABLE outbox_message; ALTER TABLE outbox_letter "
	    "ADD "
	    "COLUMN message BLOB NOT NULL DEFAULT x'';"
	    "INSERT INTO outbox_letter (draw, amendment, inspector, kind, state, sender, recipient, subject, "
	    "message_id, message,"
	    " fault, created, changed, not_before, next_at, give_up)"
	    " VALUES (1, 0, 'I001', 'assignment', 'queued', '', '', '', '<1>', x'616263', '', 0, 0, 0, 0, 0);"
	    "PRAGMA user_version = 1");
	store = opened();
	assert_int_equal(store_int(store, "SELECT count(*) FROM outbox_message WHERE message = x'616263'", &tables,
	                     NULL),
	    0);
	assert_int_equal(tables, 1);
	assert_int_equal(store_int(store, "SELECT count(*) FROM outbox_letter WHERE digest IS NULL AND removed IS NULL",
	                     &tables, NULL),
	    0); /* outbox_keep fills it in */
	assert_int_equal(tables, 1);
	assert_int_equal(store_int(store,
	                     "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'plan_%' AND type = 'table'", &tables,
	                     NULL),
	    0);
	assert_int_equal(tables, 3);
	assert_int_equal(store_int(store, "PRAGMA user_version", &tables, NULL), 0);
	assert_int_equal(tables, STORE_VERSION);
	store_close(store);
}

static void
what_is_no_database_of_ours_is_refused(void **state)
{
	char other[SCRATCH_PATH + 32];

	(void)state;
	sql("PRAGMA user_version = 1000");
	refused(0, ERR_REFUSED, "newer version");
	sql("PRAGMA user_version = 6; PRAGMA application_id = 7");
	refused(0, ERR_REFUSED, "another application");
	sql("PRAGMA application_id = 0x53504f54");
	store_close(opened());
	assert_int_equal(unlink(file), 0);
	refused(0, ERR_ABSENT, "no database");
	sql("CREATE TABLE strange (a)");
	assert_int_equal(chmod(file, 0600), 0);
	refused(0, ERR_REFUSED, "another application");
	scratch_write(file,
	    "This is a letter and no database, though it is long enough to have a header of one hundred bytes "
	    "and some more besides.\n");
	refused(0, ERR_REFUSED, "is no database");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	refused(0, ERR_REFUSED, "no regular file");
	assert_int_equal(rmdir(file), 0);
	(void)snprintf(other, sizeof other, "%s/other", dir);
	scratch_write(other, "");
	assert_int_equal(symlink(other, file), 0);
	refused(STORE_CREATE, ERR_REFUSED, "no regular file");
	assert_int_equal(unlink(file), 0);
	/* What a crash right after the file was made leaves. */
	scratch_write(file, "");
	assert_int_equal(chmod(file, 0600), 0);
	store_close(opened());
}

static void
a_file_in_place_of_the_directory(void **state)
{
	char path[SCRATCH_PATH + 32];
	struct store *store = NULL;
	struct err err = {0};

	(void)state;
	(void)snprintf(path, sizeof path, "%s/plain", dir);
	scratch_write(path, "");
	assert_int_equal(store_open(path, STORE_CREATE, &store, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "no directory"));
}

/* ---- statements ---- */

static void
meta(void **state)
{
	struct store *store = opened();
	struct err err = {0};
	char *text = NULL;
	int64_t number = 5;

	(void)state;
	assert_int_equal(store_meta_get(store, "a", &text, &err), ERR_ABSENT);
	assert_null(text);
	assert_int_equal(store_meta_set(store, "a", "one", &err), 0);
	assert_int_equal(store_meta_set(store, "a", "二", &err), 0);
	assert_int_equal(store_meta_get(store, "a", &text, &err), 0);
	assert_string_equal(text, "二");
	assert_int_equal(store_meta_get_int(store, "a", &number, &err), ERR_OUTSIDE);
	assert_int_equal(store_meta_set_int(store, "a", INT64_MIN, &err), 0);
	assert_int_equal(store_meta_get_int(store, "a", &number, &err), 0);
	assert_true(number == INT64_MIN);
	free(text);
	store_close(store);
}

static void
cursor(void **state)
{
	struct store *store = opened();
	struct err err = {0};
	struct query q;

	(void)state;
	assert_int_equal(store_exec(store, "CREATE TABLE thing (a INTEGER, b TEXT, c BLOB) STRICT", &err), 0);
	query_open(&q, store, "INSERT INTO thing VALUES (?, ?, ?)");
	for (int i = 0; i < 3; i++) {
		query_put_int(&q, i);
		query_put_text(&q, (struct slice){NULL, 0});
		query_put_blob(&q, "\0x", 2);
		assert_true(query_run(&q));
	}
	query_put_int(&q, 3);
	query_put_null(&q);
	query_put_blob(&q, NULL, 0);
	assert_true(query_run(&q));
	assert_int_equal(query_close(&q, &err), 0);
	assert_int_equal(query_close(&q, &err), 0);
	query_open(&q, store, "SELECT a, b, c FROM thing ORDER BY a");
	for (int i = 0; i < 4; i++) {
		assert_true(query_row(&q));
		assert_int_equal(query_int(&q, 0), i);
		assert_int_equal(query_is_null(&q, 1), i == 3);
		assert_int_equal(query_blob(&q, 2).n, i == 3 ? 0 : 2);
	}
	assert_false(query_row(&q));
	assert_int_equal(query_close(&q, &err), 0);
	/* A fault sticks, and is told once, at the end. */
	query_open(&q, store, "SELECT a FROM nowhere");
	query_put_int(&q, 1);
	assert_false(query_row(&q));
	assert_false(query_run(&q));
	assert_int_equal(query_close(&q, &err), ERR_OUTSIDE);
	if (strstr(err.message, "nowhere") == NULL)
		fail_msg("%s", err.message);
	/* A quoted word is no text. */
	assert_int_equal(store_exec(store, "SELECT \"text\"", &err), ERR_OUTSIDE);
	store_close(store);
}

static void
a_transaction_is_whole_or_nothing(void **state)
{
	struct store *store = opened();
	struct err err = {0};
	char *text = NULL;

	(void)state;
	store_rollback(store);
	assert_false(store_in_transaction(store));
	assert_int_equal(store_begin(store, &err), 0);
	assert_true(store_in_transaction(store));
	assert_int_equal(store_begin(store, &err), ERR_OUTSIDE);
	assert_int_equal(store_meta_set(store, "t", "1", &err), 0);
	store_rollback(store);
	assert_int_equal(store_meta_get(store, "t", &text, &err), ERR_ABSENT);
	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(store_meta_set(store, "t", "2", &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(store_meta_set(store, "t", "3", &err), 0);
	store_close(store); /* rolls back */
	store = opened();
	assert_int_equal(store_meta_get(store, "t", &text, &err), 0);
	assert_string_equal(text, "2");
	free(text);
	store_close(store);
}

/* A process that dies within a transaction, after one that stands. */
static void
a_crash_leaves_what_was_committed(void **state)
{
	struct store *store;
	struct err err = {0};
	int64_t number = 0;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		store = opened();
		if (store_meta_set_int(store, "crash", 1, &err) != 0 || store_begin(store, &err) != 0 ||
		    store_meta_set_int(store, "crash", 2, &err) != 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	store = opened();
	assert_int_equal(store_meta_get_int(store, "crash", &number, &err), 0);
	assert_int_equal(number, 1);
	store_close(store);
}

static void
two_may_have_it_open(void **state)
{
	struct store *a = opened(), *b = opened();
	struct err err = {0};
	int64_t number = 0;

	(void)state;
	assert_int_equal(store_meta_set_int(a, "shared", 7, &err), 0);
	assert_int_equal(store_meta_get_int(b, "shared", &number, &err), 0);
	assert_int_equal(number, 7);
	assert_int_equal(store_begin(a, &err), 0);
	(void)sqlite3_busy_timeout(store_db(b), 10);
	assert_int_equal(store_begin(b, &err), ERR_OUTSIDE);
	assert_non_null(strstr(err.message, "in use by another command"));
	assert_int_equal(store_commit(a, &err), 0);
	assert_int_equal(store_begin(b, &err), 0);
	store_close(b);
	store_close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_made_for_its_owner_alone),
	    cmocka_unit_test(others_may_pass_but_not_read),
	    cmocka_unit_test(of_another_user_is_refused),
	    cmocka_unit_test(an_older_state_is_brought_up_to_date),
	    cmocka_unit_test(what_is_no_database_of_ours_is_refused),
	    cmocka_unit_test(a_file_in_place_of_the_directory),
	    cmocka_unit_test(meta),
	    cmocka_unit_test(cursor),
	    cmocka_unit_test(a_transaction_is_whole_or_nothing),
	    cmocka_unit_test(a_crash_leaves_what_was_committed),
	    cmocka_unit_test(two_may_have_it_open),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
