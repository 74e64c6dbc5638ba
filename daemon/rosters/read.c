/* Reads the rosters for a draw and for letters: rows of each kind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "rosters/cell.h"
#include "rosters/header_private.h"
#include "rosters/rosters.h"
#include "rosters/scope_private.h"

/* ---- names of columns ---- */

int
rosters_private_columns(struct store *store, enum roster_kind kind, struct rosters_names *ret_names, struct err *err)
{
	struct header *header = calloc(1, sizeof *header);
	struct rosters_names names = {0};
	int rc = header == NULL ? err_memory(err) : header_read(store, kind, header, err);

	if (rc == 0 && header->n_private > 0) {
		names.items = calloc(header->n_private, sizeof *names.items);
		for (size_t i = 0; names.items != NULL && i < header->n_private; i++, names.n++)
			if ((names.items[i] = slice_dup(header->names[i])) == NULL)
				break;
		if (names.n < header->n_private)
			rc = err_memory(err);
	}
	if (rc == 0)
		*ret_names = names;
	else
		rosters_names_release(&names);
	if (header != NULL)
		header_release(header);
	free(header);
	return rc;
}

void
rosters_names_release(struct rosters_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct rosters_names){0};
}

/* ---- targets ---- */

struct walk {
	struct header header;
	struct scope_filter filters[SCOPE_CONDITIONS_MAX];
	size_t n_filters;
	size_t n_seen;
};

static int
visit_target(struct walk *w, struct query *q, int (*visit)(void *ctx, const struct rosters_target *target), void *ctx,
    struct err *err)
{
	struct rosters_target t = {
	    .id = query_text(q, 0),
	    .class = query_text(q, 1),
	    .unit = query_text(q, 2),
	    .area = query_text(q, 3),
	    .level = (int)query_int(q, 4),
	    .weight = (int)query_int(q, 5),
	    .since = (int32_t)query_int(q, 6),
	    .excused = query_int(q, 8) != 0,
	    .needs = query_text(q, 9),
	};
	bool holds = true;
	int rc = header_row(&w->header, query_text(q, 7), err);

	if (rc == 0)
		rc = scope_holds(w->filters, w->n_filters, &w->header, &t, &holds, err);
	if (rc != 0)
		return rc;
	t.name = header_value(&w->header, "name");
	t.private = w->header.values;
	t.n_private = w->header.n_private;
	w->n_seen++;
	return holds ? visit(ctx, &t) : 0;
}

static const char targets_sql[] =
    "SELECT t.id, t.class, t.unit, t.area, t.level, t.weight, t.since, t.private,"
    " EXISTS (SELECT 1 FROM excuse e WHERE e.kind = 'targets' AND e.who = t.id AND e.lifted IS NULL"
    "  AND ? BETWEEN e.\"from\" AND e.until), t.needs FROM target t";

/* All targets where id.p is NULL, else the one with this id. */
static int
walk_targets(struct walk *w, struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_target *target), void *ctx, struct err *err)
{
	struct query q;
	char sql[sizeof targets_sql + 32];
	int stopped = 0, rc;

	(void)snprintf(sql, sizeof sql, "%s %s", targets_sql, id.p == NULL ? "ORDER BY t.id" : "WHERE t.id = ?");
	query_open(&q, store, sql);
	query_put_int(&q, on_date);
	if (id.p != NULL)
		query_put_text(&q, id);
	while (stopped == 0 && query_row(&q))
		stopped = visit_target(w, &q, visit, ctx, err);
	rc = query_close(&q, stopped == 0 ? err : NULL);
	return stopped != 0 ? stopped : rc;
}

int
rosters_each_target(struct store *store, const struct scope_condition *conditions, size_t n, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_target *target), void *ctx, struct err *err)
{
	struct walk *w = calloc(1, sizeof *w);
	int rc;

	if (w == NULL)
		return err_memory(err);
	w->n_filters = n;
	rc = header_read(store, ROSTER_TARGETS, &w->header, err);
	if (rc == 0)
		rc = scope_resolve(&w->header, conditions, n, w->filters, err);
	if (rc == 0)
		rc = walk_targets(w, store, (struct slice){NULL, 0}, on_date, visit, ctx, err);
	header_release(&w->header);
	free(w);
	return rc;
}

int
rosters_find_target(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_target *target), void *ctx, struct err *err)
{
	struct walk *w = calloc(1, sizeof *w);
	int rc;

	if (w == NULL)
		return err_memory(err);
	rc = header_read(store, ROSTER_TARGETS, &w->header, err);
	if (rc == 0)
		rc = walk_targets(w, store, (struct slice){id.p == NULL ? "" : id.p, id.n}, on_date, visit, ctx, err);
	if (rc == 0 && w->n_seen == 0)
		rc = err_set(err, ERR_ABSENT, N_("\"%.*s\" does not stand in the roster of %s"), SLICE_ARGS(id),
		    "targets");
	header_release(&w->header);
	free(w);
	return rc;
}

/* ---- inspectors ---- */

static const char inspectors_sql[] =
    "SELECT t.id, t.unit, t.area, t.level, t.tags, t.private,"
    " EXISTS (SELECT 1 FROM excuse e WHERE e.kind = 'inspectors' AND e.who = t.id AND e.lifted IS NULL"
    "  AND ? BETWEEN e.\"from\" AND e.until) FROM inspector t";

static int
visit_inspector(struct header *header, struct query *q,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err)
{
	struct rosters_inspector p = {
	    .id = query_text(q, 0),
	    .unit = query_text(q, 1),
	    .area = query_text(q, 2),
	    .level = (int)query_int(q, 3),
	    .tags = query_text(q, 4),
	    .excused = query_int(q, 6) != 0,
	};
	int rc = header_row(header, query_text(q, 5), err);

	if (rc != 0)
		return rc;
	p.name = header_value(header, "name");
	p.email = header_value(header, "email");
	p.language = header_value(header, "language");
	p.private = header->values;
	p.n_private = header->n_private;
	return visit(ctx, &p);
}

/* All inspectors where id.p is NULL, else the one with this id: ERR_ABSENT where there is none. */
static int
walk_inspectors(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err)
{
	struct header *header = calloc(1, sizeof *header);
	char sql[sizeof inspectors_sql + 32];
	struct query q = {0};
	size_t seen = 0;
	int rc = header == NULL ? err_memory(err) : header_read(store, ROSTER_INSPECTORS, header, err), stopped = 0;

	if (rc != 0)
		goto out;
	(void)snprintf(sql, sizeof sql, "%s %s", inspectors_sql, id.p == NULL ? "ORDER BY t.id" : "WHERE t.id = ?");
	query_open(&q, store, sql);
	query_put_int(&q, on_date);
	if (id.p != NULL)
		query_put_text(&q, id);
	for (; stopped == 0 && query_row(&q); seen++)
		stopped = visit_inspector(header, &q, visit, ctx, err);
	rc = query_close(&q, stopped == 0 ? err : NULL);
	if (stopped != 0)
		rc = stopped;
	else if (rc == 0 && id.p != NULL && seen == 0)
		rc = err_set(err, ERR_ABSENT, N_("\"%.*s\" does not stand in the roster of %s"), SLICE_ARGS(id),
		    "inspectors");
out:
	if (header != NULL)
		header_release(header);
	free(header);
	return rc;
}

int
rosters_each_inspector(struct store *store, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err)
{
	return walk_inspectors(store, (struct slice){NULL, 0}, on_date, visit, ctx, err);
}

int
rosters_find_inspector(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err)
{
	return walk_inspectors(store, (struct slice){id.p == NULL ? "" : id.p, id.n}, on_date, visit, ctx, err);
}

/* ---- conflicts, matters and contacts: small rosters, walked alike ---- */

struct small_walk {
	struct header header;
	struct slice questions[ROSTERS_QUESTIONS_MAX];
	union {
		int (*conflict)(void *ctx, const struct rosters_conflict *conflict);
		int (*matter)(void *ctx, const struct rosters_matter *matter);
		int (*contact)(void *ctx, const struct rosters_contact *contact);
	} visit;
	void *ctx;
};

/* Runs `sql`, whose last column is `private`, through `visit_row`. */
static int
walk_small(struct small_walk *w, struct store *store, enum roster_kind kind, const char *sql, int private,
    int (*visit_row)(struct small_walk *w, struct query *q), struct err *err)
{
	struct query q;
	int rc = header_read(store, kind, &w->header, err), stopped = 0;

	if (rc != 0)
		return rc;
	query_open(&q, store, sql);
	while (stopped == 0 && query_row(&q)) {
		stopped = header_row(&w->header, query_text(&q, private), err);
		if (stopped == 0)
			stopped = visit_row(w, &q);
	}
	rc = query_close(&q, stopped == 0 ? err : NULL);
	return stopped != 0 ? stopped : rc;
}

static struct small_walk *
small_walk_new(void *ctx, struct err *err)
{
	struct small_walk *w = calloc(1, sizeof *w);

	if (w == NULL)
		(void)err_memory(err);
	else
		w->ctx = ctx;
	return w;
}

static void
small_walk_free(struct small_walk *w)
{
	header_release(&w->header);
	free(w);
}

static int
visit_conflict(struct small_walk *w, struct query *q)
{
	struct slice scope = query_text(q, 1);
	struct rosters_conflict conflict = {
	    .inspector = query_text(q, 0),
	    .scope = slice_is(scope, "area") ? SCOPE_AREA
	        : slice_is(scope, "target")  ? SCOPE_TARGET
	                                     : SCOPE_UNIT,
	    .value = query_text(q, 2),
	    .reason = header_value(&w->header, "reason"),
	};

	return w->visit.conflict(w->ctx, &conflict);
}

int
rosters_each_conflict(struct store *store, int (*visit)(void *ctx, const struct rosters_conflict *conflict), void *ctx,
    struct err *err)
{
	struct small_walk *w = small_walk_new(ctx, err);
	int rc;

	if (w == NULL)
		return ERR_MEMORY;
	w->visit.conflict = visit;
	/* Sorted by the whole line, because a value may hold characters that sort before the comma. */
	rc = walk_small(w, store, ROSTER_CONFLICTS,
	    "SELECT inspector, scope, value, private FROM conflict"
	    " ORDER BY inspector || ',' || scope || ',' || value || ','",
	    3, visit_conflict, err);
	small_walk_free(w);
	return rc;
}

static int
visit_matter(struct small_walk *w, struct query *q)
{
	struct rosters_matter matter = {
	    .id = query_text(q, 0),
	    .name = header_value(&w->header, "name"),
	    .checklist = header_value(&w->header, "checklist"),
	    .legal_basis = header_value(&w->header, "legal_basis"),
	    .questions = w->questions,
	};
	struct slice rest = matter.checklist;

	while (rest.p != NULL && matter.n_questions < ROSTERS_QUESTIONS_MAX) {
		struct slice question = cell_trim(slice_cut(&rest, '|'));

		if (question.n > 0)
			w->questions[matter.n_questions++] = question;
	}
	return w->visit.matter(w->ctx, &matter);
}

int
rosters_each_matter(struct store *store, int (*visit)(void *ctx, const struct rosters_matter *matter), void *ctx,
    struct err *err)
{
	struct small_walk *w = small_walk_new(ctx, err);
	int rc;

	if (w == NULL)
		return ERR_MEMORY;
	w->visit.matter = visit;
	rc = walk_small(w, store, ROSTER_MATTERS, "SELECT id, private FROM matter ORDER BY id", 1, visit_matter, err);
	small_walk_free(w);
	return rc;
}

static int
visit_contact(struct small_walk *w, struct query *q)
{
	struct rosters_contact contact = {
	    .target = query_text(q, 0),
	    .level = (int)query_int(q, 1),
	    .name = query_text(q, 2),
	    .email = header_value(&w->header, "email"),
	};

	return w->visit.contact(w->ctx, &contact);
}

int
rosters_each_contact(struct store *store, int (*visit)(void *ctx, const struct rosters_contact *contact), void *ctx,
    struct err *err)
{
	struct small_walk *w = small_walk_new(ctx, err);
	int rc;

	if (w == NULL)
		return ERR_MEMORY;
	w->visit.contact = visit;
	rc = walk_small(w, store, ROSTER_CONTACTS,
	    "SELECT target, level, name, private FROM contact"
	    " ORDER BY target, level, name",
	    3, visit_contact, err);
	small_walk_free(w);
	return rc;
}
