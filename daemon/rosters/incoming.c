/* Puts the rows of `incoming` in a roster's place: assigns ids and dates, writes the history and the new rows. */
#include "rosters/incoming_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/text.h"

/* ---- the table ---- */

int
incoming_create(struct store *store, enum roster_kind kind, struct err *err)
{
	incoming_drop(store);
	/* Cache for the joins of a national roster, while the import lasts. */
	return rosters_exec(store, kind,
	    "PRAGMA main.cache_size = -65536; PRAGMA temp.cache_size = -196608;"
	    "CREATE TEMP TABLE incoming (line INTEGER PRIMARY KEY, {all})",
	    err);
}

void
incoming_drop(struct store *store)
{
	(void)store_exec(store,
	    "DROP TABLE IF EXISTS temp.incoming; DROP TABLE IF EXISTS temp.present;"
	    "DROP TABLE IF EXISTS temp.touched;"
	    "PRAGMA main.cache_size = -2000; PRAGMA temp.cache_size = -2000; PRAGMA shrink_memory",
	    NULL);
}

/* ---- ids ---- */

/*
 * --assign-ids: a row without an id gets the id of the present row of that name (and unit), if there is just one such
 * row on either side and the file uses that id nowhere else.  Any other row without an id is new, and gets a number
 * that no row of this kind ever had.
 */

static char
id_letter(enum roster_kind kind)
{
	return kind == ROSTER_TARGETS ? 'T' : kind == ROSTER_INSPECTORS ? 'I' : 'M';
}

static int
assign_present_ids(const struct incoming *in, struct err *err)
{
	const char *unit = in->kind == ROSTER_MATTERS ? "''" : "unit";
	struct buf sql;
	char *text;
	int rc;

	buf_init(&sql, 2048);
	buf_format(&sql,
	    "CREATE TEMP TABLE present AS SELECT json_extract(private, '$.name') AS name, %s AS unit, min(id) AS id"
	    " FROM {table} GROUP BY 1, 2 HAVING count(*) = 1;"
	    "DELETE FROM temp.present WHERE id IN (SELECT id FROM temp.incoming WHERE id IS NOT NULL);"
	    "CREATE INDEX temp.present_name ON present (name, unit);"
	    "UPDATE temp.incoming SET id = p.id FROM temp.present p WHERE incoming.line IN"
	    " (SELECT min(line) FROM temp.incoming WHERE id IS NULL GROUP BY json_extract(private, '$.name'), %s "
	    "HAVING count(*) = 1)"
	    " AND p.name = json_extract(incoming.private, '$.name') AND p.unit = %s;"
	    "DROP TABLE temp.present",
	    unit, unit, in->kind == ROSTER_MATTERS ? "''" : "incoming.unit");
	text = buf_steal(&sql);
	buf_release(&sql);
	rc = text == NULL ? err_memory(err) : rosters_exec(in->store, in->kind, text, err);
	free(text);
	return rc;
}

/* The largest number that any id has or had.  Keys in the history look like ["T0001"]. */
static int
last_number(const struct incoming *in, int64_t *ret, struct err *err)
{
	struct query q;
	char glob[] = "T[0-9]*", other[] = "T*[^0-9]*";

	glob[0] = other[0] = id_letter(in->kind);
	*ret = 0;
	rosters_query(&q, in->store, in->kind,
	    "SELECT max(CAST(substr(id, 2) AS INTEGER)) FROM"
	    " (SELECT id FROM temp.incoming UNION ALL SELECT id FROM {table} UNION ALL SELECT json_extract(c.key, "
	    "'$[0]')"
	    "  FROM roster_change c JOIN roster_import r ON r.id = c.import WHERE r.kind = '{kind}')"
	    " WHERE id GLOB ? AND id NOT GLOB ? AND length(id) <= 16");
	query_put_string(&q, glob);
	query_put_string(&q, other);
	if (query_row(&q))
		*ret = query_int(&q, 0);
	return query_close(&q, err);
}

static int
assign_new_ids(const struct incoming *in, struct err *err)
{
	struct query rows, update;
	int64_t number = 0;
	int rc = last_number(in, &number, err), rc_update;

	if (rc != 0)
		return rc;
	query_open(&rows, in->store, "SELECT line FROM temp.incoming WHERE id IS NULL ORDER BY line");
	query_open(&update, in->store, "UPDATE temp.incoming SET id = ? WHERE line = ?");
	while (query_row(&rows)) {
		char id[ID_MAX + 1];

		(void)snprintf(id, sizeof id, "%c%04lld", id_letter(in->kind), (long long)++number);
		query_put_string(&update, id);
		query_put_int(&update, query_int(&rows, 0));
		if (!query_run(&update))
			break;
	}
	rc = query_close(&rows, err);
	rc_update = query_close(&update, rc == 0 ? err : NULL);
	return rc != 0 ? rc : rc_update;
}

static int
assign_ids(const struct incoming *in, struct err *err)
{
	int64_t without = 0;
	int rc;

	if (!in->import->assign_ids)
		return 0;
	rc = store_int(in->store, "SELECT count(*) FROM temp.incoming WHERE id IS NULL", &without, err);
	if (rc != 0 || without == 0)
		return rc;
	rc = assign_present_ids(in, err);
	return rc != 0 ? rc : assign_new_ids(in, err);
}

/* ---- replacing the roster ---- */

/* An empty `since` becomes the date that a commitment fixed, else the present one, else today. */
static int
fill_empty_since(const struct incoming *in, struct err *err)
{
	struct query q;

	if (in->kind != ROSTER_TARGETS)
		return 0;
	query_open(&q, in->store,
	    "UPDATE temp.incoming SET since = coalesce("
	    "(SELECT s.since FROM target_since s WHERE s.target = incoming.id),"
	    "(SELECT t.since FROM target t WHERE t.id = incoming.id), ?) WHERE since IS NULL");
	query_put_int(&q, in->import->today);
	(void)query_run(&q);
	return query_close(&q, err);
}

static int
write_import(const struct incoming *in, int64_t *ret_id, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, in->store,
	    "INSERT INTO roster_import (kind, time, by, digest, headers, rows, added, changed, removed, undoes)"
	    " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, nullif(?, 0))");
	query_put_string(&q, roster_columns[in->kind].kind);
	query_put_int(&q, in->import->now);
	query_put_string(&q, in->import->by);
	query_put_string(&q, in->digest);
	query_put_string(&q, in->headers);
	query_put_int(&q, in->undoes);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(store_db(in->store));
	return rc;
}

/*
 * Of a kind whose imports add: rows without a last day take the present ones of their key back, and all other present
 * rows stay.  So `incoming` becomes the whole roster, as an import that replaces it has it from the start.
 */
static int
add_present_rows(const struct incoming *in, struct err *err)
{
	int rc;

	if (!roster_columns[in->kind].adds || in->undoes != 0)
		return 0;
	rc = rosters_exec(in->store, in->kind,
	    "INSERT INTO temp.incoming ({all}) SELECT {t.all} FROM {table} t WHERE NOT EXISTS"
	    " (SELECT 1 FROM temp.incoming i WHERE ({i.key}) = ({t.key}))",
	    err);
	if (rc == 0 && in->kind == ROSTER_LEAVE)
		rc = store_exec(in->store, "DELETE FROM temp.incoming WHERE \"to\" IS NULL", err);
	return rc;
}

/* Collects the lines whose rows are new or changed, so that the later steps look only at these. */
static int
find_touched(const struct incoming *in, struct err *err)
{
	return rosters_exec(in->store, in->kind,
	    "CREATE TEMP TABLE touched (line INTEGER PRIMARY KEY);"
	    "INSERT INTO temp.touched (line) SELECT i.line FROM temp.incoming i NOT INDEXED WHERE NOT EXISTS"
	    " (SELECT 1 FROM {table} t WHERE ({t.key}) = ({i.key}) AND ({t.rest}) = ({i.rest}))",
	    err);
}

/* Writes every removed, changed or new row with its old values.  The order of the history's key makes inserts quick. */
static int
write_changes(const struct incoming *in, int64_t import, struct err *err)
{
	static const char *const statements[] = {
	    "INSERT INTO roster_change (import, key, old) SELECT ?, json_array({t.key}), json_array({t.rest})"
	    " FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM temp.incoming i WHERE ({i.key}) = ({t.key}))",
	    "INSERT INTO roster_change (import, key, old) SELECT ?, json_array({i.key}),"
	    " (SELECT json_array({t.rest}) FROM {table} t WHERE ({t.key}) = ({i.key}))"
	    " FROM temp.touched x CROSS JOIN temp.incoming i ON i.line = x.line ORDER BY {i.key}",
	};
	int rc = 0;

	for (size_t s = 0; s < ARRAY_LEN(statements) && rc == 0; s++) {
		struct query q;

		rosters_query(&q, in->store, in->kind, statements[s]);
		query_put_int(&q, import);
		(void)query_run(&q);
		rc = query_close(&q, err);
	}
	return rc;
}

static int
count_changes(const struct incoming *in, int64_t import, struct rosters_counts *ret, int64_t *ret_before,
    struct err *err)
{
	struct query q;
	int64_t rows = 0, before = 0, added = 0, touched = 0;
	int rc = rosters_int(in->store, in->kind, "SELECT count(*) FROM temp.incoming", &rows, err);

	if (rc == 0)
		rc = rosters_int(in->store, in->kind, "SELECT count(*) FROM {table}", &before, err);
	if (rc != 0)
		return rc;
	query_open(&q, in->store,
	    "SELECT count(*) FILTER (WHERE old IS NULL), count(old) FROM roster_change WHERE import = ?");
	query_put_int(&q, import);
	if (query_row(&q)) {
		added = query_int(&q, 0);
		touched = query_int(&q, 1);
	}
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	ret->rows = (uint64_t)rows;
	ret->added = (uint64_t)added;
	ret->removed = (uint64_t)(before - (rows - added));
	ret->changed = (uint64_t)touched - ret->removed;
	*ret_before = before;
	return 0;
}

/* A file that would remove too many rows was probably cut short. */
static void
check_limit(const struct incoming *in, const struct rosters_counts *counts, int64_t before)
{
	uint64_t percent = before == 0 ? 0 : (counts->removed * 100 + (uint64_t)before - 1) / (uint64_t)before;

	if (in->undoes == 0 && !roster_columns[in->kind].adds &&
	    counts->removed * 100 > (uint64_t)in->import->replace_limit * (uint64_t)before)
		diag_add(in->diag, in->import->file, 0,
		    N_("it would remove %llu of %lld rows, and the limit is %u%%; if that is meant, say "
		       "--replace-limit %llu"),
		    (unsigned long long)counts->removed, (long long)before, in->import->replace_limit,
		    (unsigned long long)percent);
}

static int
replace_rows(const struct incoming *in, uint64_t removed, struct err *err)
{
	int rc = removed == 0 ? 0
	                      : rosters_exec(in->store, in->kind,
	                            "DELETE FROM {table} AS t WHERE NOT EXISTS"
	                            " (SELECT 1 FROM temp.incoming i WHERE ({i.key}) = ({t.key}))",
	                            err);

	if (rc != 0)
		return rc;
	return rosters_exec(in->store, in->kind,
	    "INSERT INTO {table} ({all}) SELECT {i.all} FROM temp.touched x"
	    " CROSS JOIN temp.incoming i ON i.line = x.line ORDER BY {i.key} ON CONFLICT ({key}) DO UPDATE SET {set}",
	    err);
}

static int
write_counts(const struct incoming *in, int64_t import, const struct rosters_counts *counts, struct err *err)
{
	struct query q;

	query_open(&q, in->store,
	    "UPDATE roster_import SET rows = ?, added = ?, changed = ?, removed = ? WHERE id = ?");
	query_put_int(&q, (int64_t)counts->rows);
	query_put_int(&q, (int64_t)counts->added);
	query_put_int(&q, (int64_t)counts->changed);
	query_put_int(&q, (int64_t)counts->removed);
	query_put_int(&q, import);
	(void)query_run(&q);
	return query_close(&q, err);
}

static int
keep_unreported_import(const struct incoming *in, int64_t import, struct err *err)
{
	struct unreported unreported;

	if (in->unreported == NULL)
		return 0;
	unreported = *in->unreported;
	unreported.number = (uint64_t)import;
	return unreported_keep(in->store, &unreported, err);
}

static int
write_roster(const struct incoming *in, int64_t import, const struct rosters_counts *counts, struct err *err)
{
	int rc;

	progress_tell(in->import->progress, N_("writing"), 0, 1);
	rc = replace_rows(in, counts->removed, err);
	if (rc == 0)
		rc = write_counts(in, import, counts, err);
	if (rc == 0)
		rc = keep_unreported_import(in, import, err);
	if (rc != 0)
		return rc;
	progress_tell(in->import->progress, N_("writing"), 1, 1);
	return rosters_attest(in->store, in->kind, in->import->by, in->import->now, err);
}

/* Writes the history and counts changes; without a fault, and unless it is a dry run, writes the rows. */
static int
replace_roster(const struct incoming *in, struct rosters_counts *ret_counts, struct err *err)
{
	struct rosters_counts counts = {.rows = 0};
	int64_t import = 0, before = 0;
	int rc;

	progress_tell(in->import->progress, N_("comparing"), 0, 1);
	rc = find_touched(in, err);
	if (rc == 0)
		rc = write_import(in, &import, err);
	if (rc == 0)
		rc = write_changes(in, import, err);
	if (rc == 0)
		rc = count_changes(in, import, &counts, &before, err);
	if (rc != 0)
		return rc;
	check_limit(in, &counts, before);
	if (in->diag->count == in->faults && !in->import->dry_run)
		rc = write_roster(in, import, &counts, err);
	if (rc == 0)
		*ret_counts = counts;
	return rc;
}

int
incoming_apply(const struct incoming *in, struct rosters_counts *ret_counts, struct err *err)
{
	unsigned long before = in->diag->count;
	bool unique;
	int rc = assign_ids(in, err);

	if (rc == 0)
		rc = rosters_exec(in->store, in->kind, "CREATE INDEX temp.incoming_key ON incoming ({key})", err);
	if (rc == 0)
		rc = fill_empty_since(in, err);
	if (rc == 0)
		rc = incoming_check_unique(in, err);
	unique = in->diag->count == before;
	if (rc == 0)
		rc = incoming_check_others(in, err);
	/* After missing names too, so that all faults are reported at once. */
	if (rc == 0 && in->complete && unique)
		rc = add_present_rows(in, err);
	if (rc == 0 && in->complete && unique)
		rc = replace_roster(in, ret_counts, err);
	return rc;
}
