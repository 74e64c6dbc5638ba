/* Attestations of rosters, and excuses of targets and inspectors. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "rosters/rosters.h"
#include "rosters/sql_private.h"

/* ---- attestations ---- */

/* It opens no transaction: the caller may have one open. */
int
rosters_attest(struct store *store, enum roster_kind kind, const char *by, int64_t now, struct err *err)
{
	struct query q;
	int64_t imports = 0;
	int rc = rosters_int(store, kind, "SELECT count(*) FROM roster_import WHERE kind = '{kind}'", &imports, err);

	if (rc != 0)
		return rc;
	if (imports == 0)
		return err_set(err, ERR_REFUSED, N_("there are no %s yet that anybody could attest: import them first"),
		    roster_columns[kind].kind);
	query_open(&q, store, "INSERT INTO roster_attestation (kind, time, by) VALUES (?, ?, ?)");
	query_put_string(&q, roster_columns[kind].kind);
	query_put_int(&q, now);
	query_put_string(&q, by);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
rosters_attested(struct store *store, enum roster_kind kind, int64_t *ret_time, char **ret_by, struct err *err)
{
	struct query q;
	int64_t time = 0;
	char *by = NULL;
	bool found;
	int rc;

	query_open(&q, store, "SELECT time, by FROM roster_attestation WHERE kind = ? ORDER BY id DESC LIMIT 1");
	query_put_string(&q, roster_columns[kind].kind);
	found = query_row(&q);
	if (found) {
		time = query_int(&q, 0);
		by = slice_dup(query_text(&q, 1));
	}
	rc = query_close(&q, err);
	if (rc == 0 && !found)
		rc = err_set(err, ERR_ABSENT, N_("nobody has ever attested the %s"), roster_columns[kind].kind);
	if (rc == 0 && by == NULL)
		rc = err_memory(err);
	if (rc == 0)
		*ret_time = time;
	if (rc == 0 && ret_by != NULL) {
		*ret_by = by;
		by = NULL;
	}
	free(by);
	return rc;
}

int
rosters_count(struct store *store, enum roster_kind kind, uint64_t *ret_rows, struct err *err)
{
	int64_t rows = 0;
	int rc = rosters_int(store, kind, "SELECT count(*) FROM {table}", &rows, err);

	if (rc == 0)
		*ret_rows = (uint64_t)rows;
	return rc;
}

/* A date that an earlier commitment fixed stays. */
int
rosters_fix_since(struct store *store, struct err *err)
{
	return store_exec(store,
	    "INSERT OR IGNORE INTO target_since (target, since) SELECT id, since FROM target ORDER BY id", err);
}

/* ---- excuses ---- */

static int
check_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err)
{
	struct query q;
	bool found;
	int rc;

	if (kind != ROSTER_TARGETS && kind != ROSTER_INSPECTORS)
		return err_set(err, ERR_REFUSED, N_("only targets and inspectors can be excused"));
	rosters_query(&q, store, kind, "SELECT 1 FROM {table} WHERE id = ?");
	query_put_text(&q, excuse->id);
	found = query_row(&q);
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	if (!found)
		return err_set(err, ERR_REFUSED, N_("\"%.*s\" does not stand in the roster of %s"),
		    SLICE_ARGS(excuse->id), roster_columns[kind].kind);
	if (excuse->reason == NULL || excuse->reason[0] == '\0')
		return err_set(err, ERR_REFUSED, N_("an excuse needs a reason"));
	if (text_check_reason(slice_of(excuse->reason)) != TEXT_OK)
		return err_set(err, ERR_REFUSED,
		    N_("the reason must be one line of text without characters that cannot be seen, at most 1024 "
		       "bytes"));
	return 0;
}

/* Lifts the excuse that holds now, if any.  `ret_n` gets how many were lifted: 0 or 1. */
static int
end_current_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, int *ret_n,
    struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store,
	    "UPDATE excuse SET lifted = ?, lifted_by = ?, lifted_reason = ?"
	    " WHERE kind = ? AND who = ? AND lifted IS NULL");
	query_put_int(&q, excuse->now);
	query_put_string(&q, excuse->by);
	query_put_string(&q, excuse->reason);
	query_put_string(&q, roster_columns[kind].kind);
	query_put_text(&q, excuse->id);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_n = sqlite3_changes(store_db(store));
	return rc;
}

static int
insert_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT INTO excuse (kind, who, until, reason, by, time) VALUES (?, ?, ?, ?, ?, ?)");
	query_put_string(&q, roster_columns[kind].kind);
	query_put_text(&q, excuse->id);
	query_put_int(&q, excuse->until);
	query_put_string(&q, excuse->reason);
	query_put_string(&q, excuse->by);
	query_put_int(&q, excuse->now);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
rosters_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err)
{
	int rc, n;

	if (excuse->until < excuse->today)
		return err_set(err, ERR_REFUSED, N_("an excuse cannot end before it begins: the date is over"));
	rc = store_begin(store, err);
	if (rc != 0)
		return rc;
	rc = check_excuse(store, kind, excuse, err);
	if (rc == 0)
		rc = end_current_excuse(store, kind, excuse, &n, err);
	if (rc == 0)
		rc = insert_excuse(store, kind, excuse, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

int
rosters_lift(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err)
{
	int rc, n = 0;

	if (excuse->reason != NULL && text_check_reason(slice_of(excuse->reason)) != TEXT_OK)
		return err_set(err, ERR_REFUSED,
		    N_("the reason must be one line of text without characters that cannot be seen, at most 1024 "
		       "bytes"));
	rc = end_current_excuse(store, kind, excuse, &n, err);
	if (rc == 0 && n == 0)
		rc = err_set(err, ERR_REFUSED, N_("\"%.*s\" is not excused"), SLICE_ARGS(excuse->id));
	return rc;
}

int
rosters_each_excuse(struct store *store, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_excused *excused), void *ctx, struct err *err)
{
	struct query q;
	int rc, stopped = 0;

	query_open(&q, store,
	    "SELECT kind, who, until, reason, by FROM excuse WHERE lifted IS NULL AND until >= ?"
	    " ORDER BY kind DESC, who");
	query_put_int(&q, on_date);
	while (stopped == 0 && query_row(&q)) {
		struct rosters_excused excused = {
		    .id = query_text(&q, 1),
		    .until = (int32_t)query_int(&q, 2),
		    .reason = query_text(&q, 3),
		    .by = query_text(&q, 4),
		};

		(void)roster_kind_parse(query_text(&q, 0), &excused.kind);
		stopped = visit(ctx, &excused);
	}
	rc = query_close(&q, err);
	return rc != 0 ? rc : stopped;
}
