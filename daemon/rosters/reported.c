/* Imports that a command made and has not reported yet, so that the same command again does not repeat them. */
#include <stdio.h>

#include "rosters/incoming_private.h"

struct unreported
incoming_unreported(enum roster_kind kind, const struct rosters_import *import, const char *digest)
{
	char request[sizeof((struct unreported *)NULL)->request];

	(void)snprintf(request, sizeof request, "%s%s", digest == NULL ? "undo" : digest,
	    import->assign_ids ? " assign-ids" : "");
	return unreported_of("import", request, "%s", roster_columns[kind].kind);
}

int
incoming_find_unreported(struct store *store, enum roster_kind kind, const struct unreported *request,
    struct rosters_counts *ret_counts, struct err *err)
{
	struct rosters_counts counts = {.repeated = true};
	uint64_t number = 0;
	struct query q;
	bool found;
	int rc = unreported_find(store, request, &number, err);

	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : rc;
	query_open(&q, store,
	    "SELECT rows, added, changed, removed, id FROM roster_import WHERE kind = ? ORDER BY id DESC LIMIT 1");
	query_put_string(&q, roster_columns[kind].kind);
	found = query_row(&q) && (uint64_t)query_int(&q, 4) == number;
	counts.rows = (uint64_t)query_int(&q, 0);
	counts.added = (uint64_t)query_int(&q, 1);
	counts.changed = (uint64_t)query_int(&q, 2);
	counts.removed = (uint64_t)query_int(&q, 3);
	rc = query_close(&q, err);
	if (rc == 0 && found)
		*ret_counts = counts;
	return rc;
}

int
rosters_reported(struct store *store, enum roster_kind kind, struct err *err)
{
	struct query q;

	query_open(&q, store, "DELETE FROM unreported WHERE command = 'import' AND subject = ?");
	query_put_string(&q, roster_columns[kind].kind);
	(void)query_run(&q);
	return query_close(&q, err);
}
