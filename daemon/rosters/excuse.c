/* Excuses of targets and inspectors, from a date until a date: entered ahead, lifted, listed. */
#include <stdio.h>

#include "core/base/text.h"
#include "rosters/rosters.h"
#include "rosters/sql_private.h"

static int
check_excuse_reason(const char *reason, struct err *err)
{
	if (text_check_reason(slice_of(reason)) == TEXT_OK)
		return 0;
	return err_set(err, ERR_REFUSED,
	    N_("the reason must be one line of text without characters that cannot be seen, at most 1024 bytes"));
}

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
	return check_excuse_reason(excuse->reason, err);
}

/* ---- no day has two excuses ---- */

static int
refuse_overlap(const struct rosters_excuse *excuse, int32_t from, int32_t until, struct err *err)
{
	char first[DATE_TEXT], last[DATE_TEXT];

	text_from_date(from, first);
	text_from_date(until, last);
	return err_set(err, ERR_REFUSED,
	    N_("\"%.*s\" is excused from %s until %s already: let this excuse begin or end outside of that, or lift "
	       "that "
	       "one first with \"--lift --from %s\""),
	    SLICE_ARGS(excuse->id), first, last, first);
}

/* `*ret_stands`: the very same excuse stands already, since a command may be called again. */
static int
check_excuse_overlap(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, bool *ret_stands,
    struct err *err)
{
	struct query q;
	bool overlaps, same = false;
	int32_t from = 0, until = 0;
	int rc;

	query_open(&q, store,
	    "SELECT \"from\", until, reason = ? FROM excuse WHERE kind = ? AND who = ? AND lifted IS NULL"
	    " AND \"from\" <= ? AND until >= ? ORDER BY \"from\" LIMIT 1");
	query_put_string(&q, excuse->reason);
	query_put_string(&q, roster_columns[kind].kind);
	query_put_text(&q, excuse->id);
	query_put_int(&q, excuse->until);
	query_put_int(&q, excuse->from);
	overlaps = query_row(&q);
	if (overlaps) {
		from = (int32_t)query_int(&q, 0);
		until = (int32_t)query_int(&q, 1);
		same = query_int(&q, 2) != 0 && from == excuse->from && until == excuse->until;
	}
	rc = query_close(&q, err);
	if (rc == 0 && overlaps && !same)
		rc = refuse_overlap(excuse, from, until, err);
	if (rc == 0)
		*ret_stands = same;
	return rc;
}

/* ---- to excuse ---- */

static int
insert_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO excuse (kind, who, \"from\", until, reason, by, time) VALUES (?, ?, ?, ?, ?, ?, ?)");
	query_put_string(&q, roster_columns[kind].kind);
	query_put_text(&q, excuse->id);
	query_put_int(&q, excuse->from);
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
	struct rosters_excuse dated = *excuse;
	bool stands = false;
	int rc;

	if (dated.from == DATE_NONE)
		dated.from = dated.today;
	if (dated.until < dated.today)
		return err_set(err, ERR_REFUSED, N_("an excuse cannot end before it begins: the date is over"));
	if (dated.until < dated.from)
		return err_set(err, ERR_REFUSED, N_("an excuse cannot end before it begins"));
	rc = store_begin(store, err);
	if (rc != 0)
		return rc;
	rc = check_excuse(store, kind, &dated, err);
	if (rc == 0)
		rc = check_excuse_overlap(store, kind, &dated, &stands, err);
	if (rc == 0 && !stands)
		rc = insert_excuse(store, kind, &dated, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

/* ---- to lift ---- */

struct standing {
	int64_t id; /* the last one's */
	int n;
	char dates[160]; /* the days on which they begin, "2026-07-01, 2026-08-03" */
};

/* Those that are not over: all of a target or an inspector, or the one that begins on excuse->from. */
static int
find_standing(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct standing *ret,
    struct err *err)
{
	struct query q;
	size_t used = 0;

	query_open(&q, store,
	    "SELECT id, \"from\" FROM excuse WHERE kind = ?1 AND who = ?2 AND lifted IS NULL AND until >= ?3"
	    " AND (?4 IS NULL OR \"from\" = ?4) ORDER BY \"from\"");
	query_put_string(&q, roster_columns[kind].kind);
	query_put_text(&q, excuse->id);
	query_put_int(&q, excuse->today);
	if (excuse->from == DATE_NONE)
		query_put_null(&q);
	else
		query_put_int(&q, excuse->from);
	for (; query_row(&q); ret->n++) {
		char date[DATE_TEXT];

		ret->id = query_int(&q, 0);
		text_from_date((int32_t)query_int(&q, 1), date);
		if (used + DATE_TEXT + 2 < sizeof ret->dates)
			used += (size_t)snprintf(ret->dates + used, sizeof ret->dates - used, "%s%s",
			    used == 0 ? "" : ", ", date);
	}
	return query_close(&q, err);
}

static int
check_one_stands(const struct standing *standing, const struct rosters_excuse *excuse, struct err *err)
{
	char date[DATE_TEXT];

	if (standing->n == 1)
		return 0;
	if (standing->n > 1)
		return err_set(err, ERR_REFUSED, N_("\"%.*s\" has several excuses: say with --from which one, of %s"),
		    SLICE_ARGS(excuse->id), standing->dates);
	if (excuse->from == DATE_NONE)
		return err_set(err, ERR_REFUSED, N_("\"%.*s\" is not excused"), SLICE_ARGS(excuse->id));
	text_from_date(excuse->from, date);
	return err_set(err, ERR_REFUSED, N_("\"%.*s\" has no excuse that begins on %s"), SLICE_ARGS(excuse->id), date);
}

static int
mark_lifted(struct store *store, int64_t id, const struct rosters_excuse *excuse, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE excuse SET lifted = ?, lifted_by = ?, lifted_reason = ? WHERE id = ?");
	query_put_int(&q, excuse->now);
	query_put_string(&q, excuse->by);
	query_put_string(&q, excuse->reason);
	query_put_int(&q, id);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
rosters_lift(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err)
{
	struct standing standing = {.n = 0};
	int rc = excuse->reason == NULL ? 0 : check_excuse_reason(excuse->reason, err);

	if (rc == 0)
		rc = store_begin(store, err);
	if (rc != 0)
		return rc;
	rc = find_standing(store, kind, excuse, &standing, err);
	if (rc == 0)
		rc = check_one_stands(&standing, excuse, err);
	if (rc == 0)
		rc = mark_lifted(store, standing.id, excuse, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

/* ---- to list ---- */

int
rosters_each_excuse(struct store *store, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_excused *excused), void *ctx, struct err *err)
{
	struct query q;
	int rc, stopped = 0;

	query_open(&q, store,
	    "SELECT kind, who, \"from\", until, reason, by FROM excuse WHERE lifted IS NULL AND until >= ?"
	    " ORDER BY kind DESC, who, \"from\"");
	query_put_int(&q, on_date);
	while (stopped == 0 && query_row(&q)) {
		struct rosters_excused excused = {
		    .id = query_text(&q, 1),
		    .from = (int32_t)query_int(&q, 2),
		    .until = (int32_t)query_int(&q, 3),
		    .reason = query_text(&q, 4),
		    .by = query_text(&q, 5),
		};

		(void)roster_kind_parse(query_text(&q, 0), &excused.kind);
		stopped = visit(ctx, &excused);
	}
	rc = query_close(&q, err);
	return rc != 0 ? rc : stopped;
}
