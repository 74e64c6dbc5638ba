/* Checks of `incoming` before it replaces a roster: duplicate keys, fixed dates, and names in the other rosters. */
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "rosters/incoming_private.h"

static unsigned long
line_in_column(struct query *q, int column)
{
	return (unsigned long)query_int(q, column);
}

static void
put_key_value(struct buf *key, const struct column *column, struct query *q, int at)
{
	char date[DATE_TEXT];

	if (column_is_date(column)) {
		text_from_date((int32_t)query_int(q, at), date);
		buf_text(key, date);
	} else {
		buf_slice(key, query_text(q, at));
	}
}

/* Reports rows with the same key.  A message shows the key as "I002, unit, 财政局". */
int
incoming_check_unique(const struct incoming *in, struct err *err)
{
	struct query q;
	const struct columns *columns = &roster_columns[in->kind];

	rosters_query(&q, in->store, in->kind,
	    "SELECT i.line, d.first, {i.key} FROM temp.incoming i JOIN"
	    " (SELECT {key}, min(line) AS first FROM temp.incoming GROUP BY {key} HAVING count(*) > 1) d"
	    " ON ({d.key}) = ({i.key}) WHERE i.line > d.first ORDER BY i.line");
	while (query_row(&q)) {
		struct buf key;

		buf_init(&key, 4096);
		for (size_t i = 0; i < columns->n_key; i++) {
			buf_text(&key, i == 0 ? "" : ", ");
			put_key_value(&key, &columns->column[i], &q, 2 + (int)i);
		}
		diag_add(in->diag, in->import->file, line_in_column(&q, 0), N_("\"%.*s\" stands on line %lu already"),
		    SLICE_ARGS(buf_view(&key)), line_in_column(&q, 1));
		buf_release(&key);
	}
	return query_close(&q, err);
}

/* A target's `since` decides when it is due, so a commitment fixes it for ever. */
static int
check_fixed_since(const struct incoming *in, struct err *err)
{
	struct query q;

	query_open(&q, in->store,
	    "SELECT i.line, i.id, s.since FROM temp.incoming i JOIN target_since s ON s.target = i.id"
	    " WHERE i.since <> s.since ORDER BY i.line");
	while (query_row(&q)) {
		struct slice id = query_text(&q, 1);
		char date[DATE_TEXT];

		text_from_date((int32_t)query_int(&q, 2), date);
		diag_add(in->diag, in->import->file, in->undoes == 0 ? line_in_column(&q, 0) : 0,
		    N_("the date since when %.*s is in the roster is %s in a commitment and cannot change"),
		    SLICE_ARGS(id), date);
	}
	return query_close(&q, err);
}

/* A leave ends on its first day at the earliest; an empty last day takes back a leave that stands. */
static int
check_leave_days(const struct incoming *in, struct err *err)
{
	struct query q;

	query_open(&q, in->store,
	    "SELECT i.line, i.inspector, i.\"from\", i.\"to\" IS NULL FROM temp.incoming i"
	    " WHERE i.\"to\" < i.\"from\" OR (i.\"to\" IS NULL AND NOT EXISTS"
	    " (SELECT 1 FROM leave l WHERE l.inspector = i.inspector AND l.\"from\" = i.\"from\")) ORDER BY i.line");
	while (query_row(&q)) {
		struct slice inspector = query_text(&q, 1);
		char date[DATE_TEXT];

		text_from_date((int32_t)query_int(&q, 2), date);
		diag_add(in->diag, in->import->file, line_in_column(&q, 0),
		    query_int(&q, 3) != 0
		        ? N_("\"to\" is empty, which takes a leave back, but no leave of %.*s begins on %s")
		        : N_("the leave of %.*s ends before it begins, on %s"),
		    SLICE_ARGS(inspector), date);
	}
	return query_close(&q, err);
}

/* ---- the targets and inspectors that conflicts, contacts and leave name ---- */

struct reference {
	enum roster_kind of; /* the roster whose rows name others */
	enum roster_kind to; /* the roster that they name */
	/*
	 * selects the line or 0, the name and the scope (conflicts); %s: `line` or `0`, the naming table, the named
	 * table
	 */
	const char *sql;
	const char *message;  /* for a file of `of`: name */
	const char *dangling; /* for a file of `to`: name; NULL: the row may stay behind */
};

static const struct reference references[] = {
    {ROSTER_CONFLICTS, ROSTER_INSPECTORS,
        "SELECT DISTINCT %s, inspector, '' FROM %s WHERE inspector NOT IN (SELECT id FROM %s) ORDER BY 1, 2",
        N_("inspector \"%.*s\" does not stand in the roster of inspectors, which is imported first"),
        N_("inspector \"%.*s\" would be gone, but conflicts name him or her: import conflicts without that first")},
    {ROSTER_CONFLICTS, ROSTER_TARGETS,
        "SELECT DISTINCT %s, value, scope FROM %s WHERE scope = 'target' AND value NOT IN (SELECT id FROM %s) ORDER BY "
        "1, 2",
        N_("target \"%.*s\" does not stand in the roster of targets, which is imported first"),
        N_("target \"%.*s\" would be gone, but conflicts name it: import conflicts without that first")},
    {ROSTER_CONFLICTS, ROSTER_TARGETS,
        "SELECT DISTINCT %s, value, scope FROM %s WHERE scope = 'unit' AND value NOT IN (SELECT unit FROM %s) ORDER BY "
        "1, 2",
        N_("no target has the unit \"%.*s\""),
        N_("no target would have the unit \"%.*s\" any more, but conflicts name it: import conflicts without that "
           "first")},
    {ROSTER_CONFLICTS, ROSTER_TARGETS,
        "SELECT DISTINCT %s, value, scope FROM %s WHERE scope = 'area' AND value NOT IN (SELECT area FROM %s) ORDER BY "
        "1, 2",
        N_("no target has the area \"%.*s\""),
        N_("no target would have the area \"%.*s\" any more, but conflicts name it: import conflicts without that "
           "first")},
    {ROSTER_CONTACTS, ROSTER_TARGETS,
        "SELECT DISTINCT %s, target, '' FROM %s WHERE target NOT IN (SELECT id FROM %s) ORDER BY 1, 2",
        N_("target \"%.*s\" does not stand in the roster of targets, which is imported first"),
        N_("target \"%.*s\" would be gone, but contacts name it: import contacts without that first")},
    {ROSTER_LEAVE, ROSTER_INSPECTORS,
        "SELECT DISTINCT %s, inspector, '' FROM %s WHERE \"to\" IS NOT NULL AND inspector NOT IN (SELECT id FROM %s)"
        " ORDER BY 1, 2",
        N_("inspector \"%.*s\" does not stand in the roster of inspectors, which is imported first"), NULL},
};

/* Rows that may stay behind are checked as a file brings them, and not where an undo brings them back. */
static bool
is_checked(const struct reference *r, const struct incoming *in)
{
	if (r->dangling == NULL)
		return r->of == in->kind && in->undoes == 0;
	return r->of == in->kind || r->to == in->kind;
}

static int
check_reference(const struct incoming *in, const struct reference *r, struct err *err)
{
	bool own = r->of == in->kind;
	struct buf sql;
	struct query q;
	char *text;

	buf_init(&sql, 1024);
	/* Only our own literals are put in. */
	buf_format(&sql, r->sql, own ? "line" : "0", own ? "temp.incoming" : roster_columns[r->of].table,
	    own ? roster_columns[r->to].table : "temp.incoming");
	text = buf_steal(&sql);
	buf_release(&sql);
	if (text == NULL)
		return err_memory(err);
	query_open(&q, in->store, text);
	free(text);
	while (query_row(&q)) {
		struct slice name = query_text(&q, 1);

		diag_add(in->diag, in->import->file, own && in->undoes == 0 ? line_in_column(&q, 0) : 0,
		    own ? r->message : r->dangling, SLICE_ARGS(name));
	}
	return query_close(&q, err);
}

int
incoming_check_others(const struct incoming *in, struct err *err)
{
	int rc = in->kind == ROSTER_TARGETS ? check_fixed_since(in, err) : 0;

	if (in->kind == ROSTER_LEAVE && in->undoes == 0)
		rc = check_leave_days(in, err);

	/* In a faulty file rows are missing, so names would seem to be missing too. */
	for (size_t i = 0; i < ARRAY_LEN(references) && rc == 0 && in->complete; i++)
		if (is_checked(&references[i], in))
			rc = check_reference(in, &references[i], err);
	return rc;
}
