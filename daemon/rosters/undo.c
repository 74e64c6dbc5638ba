/* Undoes the latest import: the rows before it become `incoming`, which replaces the roster as a file would. */
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "rosters/incoming_private.h"

struct previous {
	int64_t latest; /* id of the import that is undone */
	char *headers;  /* of the import before it; "[]" where there was none */
	char *digest;
};

static int
find_previous_import(struct store *store, enum roster_kind kind, struct previous *ret, struct err *err)
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
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	if (ret->headers == NULL || ret->digest == NULL)
		return err_memory(err);
	return found ? 0 : err_set(err, ERR_ABSENT, N_("there is no import of %s to undo"), roster_columns[kind].kind);
}

/* Rows that the import left alone as they are, and rows that it changed or removed as they were. */
static int
fill_incoming_from_history(struct store *store, enum roster_kind kind, int64_t latest, struct err *err)
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
undo_latest(const struct incoming *in, int64_t latest, struct rosters_counts *ret_counts, struct err *err)
{
	unsigned long faults = in->diag->count;
	int rc = incoming_create(in->store, in->kind, err);

	if (rc == 0)
		rc = fill_incoming_from_history(in->store, in->kind, latest, err);
	if (rc == 0)
		rc = incoming_apply(in, ret_counts, err);
	if (rc != 0)
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
	struct rosters_import options = *import;
	struct rosters_counts counts = {.rows = 0};
	struct previous previous = {0};
	struct unreported unreported;
	int rc = store_begin(store, err);

	if (rc != 0)
		return rc;
	options.file = roster_columns[kind].kind;
	options.assign_ids = false;
	unreported = incoming_unreported(kind, &options, NULL);
	if (options.reports && !options.dry_run)
		rc = incoming_find_unreported(store, kind, &unreported, &counts, err);
	if (rc == 0 && !counts.repeated)
		rc = find_previous_import(store, kind, &previous, err);
	if (rc == 0 && !counts.repeated) {
		struct incoming in = {
		    .store = store,
		    .kind = kind,
		    .import = &options,
		    .headers = previous.headers,
		    .digest = previous.digest,
		    .undoes = previous.latest,
		    .unreported = options.reports ? &unreported : NULL,
		    .faults = diag->count,
		    .complete = true,
		    .diag = diag,
		};

		rc = undo_latest(&in, previous.latest, &counts, err);
	}
	if (rc == 0)
		*ret_counts = counts;
	store_rollback(store);
	incoming_drop(store);
	free(previous.headers);
	free(previous.digest);
	return rc;
}
