/* Attestations of rosters. */
#include <stdlib.h>

#include "rosters/rosters.h"
#include "rosters/sql_private.h"

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
