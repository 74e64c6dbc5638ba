/* Copies rosters from one state into another by attaching the other database: for simulations. */
#include "rosters/copy.h"

#include <stdio.h>

/* Columns are named, since an older state may have them in another order. */
static const char copy_all[] =
    "INSERT INTO target (id, class, unit, area, level, needs, weight, since, private)"
    " SELECT id, class, unit, area, level, needs, weight, since, private FROM other.target;"
    "INSERT INTO inspector (id, unit, area, level, tags, private)"
    " SELECT id, unit, area, level, tags, private FROM other.inspector;"
    "INSERT INTO conflict (inspector, scope, value, private)"
    " SELECT inspector, scope, value, private FROM other.conflict;"
    "INSERT INTO matter (id, private) SELECT id, private FROM other.matter;"
    "INSERT INTO contact (target, level, name, private) SELECT target, level, name, private FROM other.contact;"
    "INSERT INTO leave (inspector, \"from\", \"to\", private)"
    " SELECT inspector, \"from\", \"to\", private FROM other.leave;"
    "INSERT INTO roster_import (id, kind, time, by, digest, headers, rows, added, changed, removed)"
    " SELECT id, kind, time, by, digest, headers, rows, added, changed, removed FROM other.roster_import;"
    "INSERT INTO roster_attestation (id, kind, time, by) SELECT id, kind, time, by FROM other.roster_attestation;"
    "INSERT INTO excuse (id, kind, who, \"from\", until, reason, by, time, lifted, lifted_by, lifted_reason)"
    " SELECT id, kind, who, \"from\", until, reason, by, time, lifted, lifted_by, lifted_reason FROM other.excuse;";

static int
attach_other_state(struct store *store, const struct store *other, struct err *err)
{
	struct query q;
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/" STORE_FILE, store_dir(other));
	query_open(&q, store, "ATTACH DATABASE ? AS other");
	query_put_string(&q, path);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
rosters_set_back(struct store *store, int32_t date, int32_t today, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store, "UPDATE target SET since = ?1 WHERE since > ?1");
	query_put_int(&q, date);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	query_open(&q, store, "UPDATE excuse SET \"from\" = ?1 WHERE \"from\" > ?1 AND \"from\" <= ?2");
	query_put_int(&q, date);
	query_put_int(&q, today);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
rosters_copy(struct store *store, const struct store *other, struct err *err)
{
	int rc = attach_other_state(store, other, err);

	if (rc != 0)
		return rc;
	rc = store_begin(store, err);
	if (rc == 0)
		rc = store_exec(store, copy_all, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	(void)store_exec(store, "DETACH DATABASE other", NULL);
	return rc;
}
