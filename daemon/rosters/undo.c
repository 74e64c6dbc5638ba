#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "rosters/incoming_private.h"

/*
 * Taking the latest import back: what stood before it becomes `incoming`, and takes the roster's place as any file
 * would.
 */

struct former {
	int64_t latest; /* the import that is taken back */
	char *headers;  /* of the one before; "[]" where there was none */
	char *digest;
};

static int
find_former(struct store *store, enum roster_kind kind, struct former *ret, struct err *err)
{
	struct query q;
	struct slice headers = slice_of("[]"), digest = slice_of("");
	bool found;
	int rc;

	query_open(&q, store, "SELECT id, headers, digest FROM roster_import WHERE kind = ? ORDER BY id DESC LIMIT 2");
	query_put_string(&q, roster_columns[kind].kind);
	found = query_row(&q);
	if (found)
		ret->latest = query_int(&q, 0);
	if (found && query_row(&q)) {
		headers = query_text(&q, 1);
		digest = query_text(&q, 2);
	}
	ret->headers = slice_dup(headers);
	ret->digest = slice_dup(digest);
	if ((rc = query_close(&q, err)) != 0)
		return rc;
	if (ret->headers == NULL || ret->digest == NULL)
		return err_memory(err);
	return found ? 0 : err_set(err, ERR_ABSENT, N_("there is no import of %s to undo"), roster_columns[kind].kind);
}

/* The rows that the import did not touch, and those that it did, as they were. */
static int
fill(struct store *store, enum roster_kind kind, int64_t latest, struct err *err)
{
	static const char *const statements[] = {
	    "INSERT INTO temp.incoming ({all}) SELECT {t.all} FROM {table} t WHERE NOT EXISTS"
	    " (SELECT 1 FROM roster_change c WHERE c.import = ? AND c.key = json_array({t.key}))",
	    "INSERT INTO temp.incoming ({all}) SELECT {c.of_key}, {c.of_old} FROM roster_change c"
	    " WHERE c.import = ? AND c.old IS NOT NULL",
	};
	int rc = 0;

	for (size_t s = 0; s < ARRAY_LEN(statements) && rc == 0; s++) {
		struct query q;

		rosters_query(&q, store, kind, statements[s]);
		query_put_int(&q, latest);
		(void)query_run(&q);
		rc = query_close(&q, err);
	}
	return rc;
}

static int
undo(const struct incoming *in, int64_t latest, struct rosters_counts *ret_counts, struct err *err)
{
	unsigned long faults = in->diag->count;
	int rc;

	if ((rc = incoming_create(in->store, in->kind, err)) != 0 ||
	    (rc = fill(in->store, in->kind, latest, err)) != 0 || (rc = incoming_settle(in, ret_counts, err)) != 0)
		return rc;
	if (in->diag->count != faults)
		return err_set(err, ERR_REFUSED, N_("the latest import of %s cannot be undone: nothing is changed"),
		    roster_columns[in->kind].kind);
	return in->import->dry_run ? 0 : store_commit(in->store, err);
}

int
rosters_undo(struct store *store, enum roster_kind kind, const struct rosters_import *import, struct diag *diag,
    struct rosters_counts *ret_counts, struct err *err)
{
	struct rosters_import plain = *import;
	struct rosters_counts counts = {.rows = 0};
	struct former former = {0};
	struct unreported wish;
	int rc = store_begin(store, err);

	if (rc != 0)
		return rc;
	plain.file = roster_columns[kind].kind;
	plain.assign_ids = false;
	wish = incoming_wish(kind, &plain, NULL);
	if (plain.reports && !plain.dry_run)
		rc = incoming_find_unreported(store, kind, &wish, &counts, err);
	if (rc == 0 && !counts.repeated)
		rc = find_former(store, kind, &former, err);
	if (rc == 0 && !counts.repeated) {
		struct incoming in = {
		    .store = store,
		    .kind = kind,
		    .import = &plain,
		    .headers = former.headers,
		    .digest = former.digest,
		    .undoes = former.latest,
		    .wish = plain.reports ? &wish : NULL,
		    .faults = diag->count,
		    .sound = true,
		    .diag = diag,
		};

		rc = undo(&in, former.latest, &counts, err);
	}
	if (rc == 0)
		*ret_counts = counts;
	store_rollback(store);
	incoming_drop(store);
	free(former.headers);
	free(former.digest);
	return rc;
}
