#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "rosters/incoming_private.h"

/*
 * --assign-ids: a row without an id is the present row of that name (and unit), if there is just one on either side and
 * the file does not name it otherwise; else it is new, and gets a number that no row of this kind ever had.
 */

static char
prefix(enum roster_kind kind)
{
	return kind == ROSTER_TARGETS ? 'T' : kind == ROSTER_INSPECTORS ? 'I' : 'M';
}

static int
take_present(const struct incoming *in, struct err *err)
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

/* The largest number in use, now or ever; the history's keys look like ["T0001"]. */
static int
last_number(const struct incoming *in, int64_t *ret, struct err *err)
{
	struct query q;
	char glob[] = "T[0-9]*", other[] = "T*[^0-9]*";

	glob[0] = other[0] = prefix(in->kind);
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
number_rest(const struct incoming *in, struct err *err)
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

		(void)snprintf(id, sizeof id, "%c%04lld", prefix(in->kind), (long long)++number);
		query_put_string(&update, id);
		query_put_int(&update, query_int(&rows, 0));
		if (!query_run(&update))
			break;
	}
	rc = query_close(&rows, err);
	rc_update = query_close(&update, rc == 0 ? err : NULL);
	return rc != 0 ? rc : rc_update;
}

int
incoming_assign_ids(const struct incoming *in, struct err *err)
{
	int64_t without = 0;
	int rc;

	if (!in->import->assign_ids)
		return 0;
	rc = store_int(in->store, "SELECT count(*) FROM temp.incoming WHERE id IS NULL", &without, err);
	if (rc != 0 || without == 0)
		return rc;
	rc = take_present(in, err);
	return rc != 0 ? rc : number_rest(in, err);
}
