#include <stdlib.h>
#include <string.h>

#include "rosters/cell.h"
#include "rosters/rosters.h"
#include "rosters/header_private.h"

/*
 * Conflicts, matters and contacts: small rosters, walked alike.
 */

struct walk {
	struct header header;
	struct slice questions[ROSTERS_QUESTIONS_MAX];
	union {
		int (*conflict)(void *ctx, const struct rosters_conflict *conflict);
		int (*matter)(void *ctx, const struct rosters_matter *matter);
		int (*contact)(void *ctx, const struct rosters_contact *contact);
	} visit;
	void *ctx;
};

/* Runs `sql`, whose last column is `private`, through `step`. */
static int
walk_rows(struct walk *w, struct store *store, enum roster_kind kind, const char *sql, int private,
    int (*step)(struct walk *w, struct query *q), struct err *err)
{
	struct query q;
	int rc = header_read(store, kind, &w->header, err), stopped = 0;

	if (rc != 0)
		return rc;
	query_open(&q, store, sql);
	while (stopped == 0 && query_row(&q)) {
		stopped = header_row(&w->header, query_text(&q, private), err);
		if (stopped == 0)
			stopped = step(w, &q);
	}
	rc = query_close(&q, stopped == 0 ? err : NULL);
	return stopped != 0 ? stopped : rc;
}

static struct walk *
walk_new(void *ctx, struct err *err)
{
	struct walk *w = calloc(1, sizeof *w);

	if (w == NULL)
		(void)err_memory(err);
	else
		w->ctx = ctx;
	return w;
}

static void
walk_free(struct walk *w)
{
	header_release(&w->header);
	free(w);
}

static int
step_conflict(struct walk *w, struct query *q)
{
	struct slice scope = query_text(q, 1);
	struct rosters_conflict conflict = {
		.inspector = query_text(q, 0),
		.scope = slice_is(scope, "area") ? SCOPE_AREA : slice_is(scope, "target") ? SCOPE_TARGET : SCOPE_UNIT,
		.value = query_text(q, 2),
		.reason = header_value(&w->header, "reason"),
	};

	return w->visit.conflict(w->ctx, &conflict);
}

int
rosters_each_conflict(struct store *store, int (*visit)(void *ctx, const struct rosters_conflict *conflict), void *ctx,
    struct err *err)
{
	struct walk *w = walk_new(ctx, err);
	int rc;

	if (w == NULL)
		return ERR_MEMORY;
	w->visit.conflict = visit;
	/* By the line and not by its parts: a value may hold characters below the comma. */
	rc = walk_rows(w, store, ROSTER_CONFLICTS, "SELECT inspector, scope, value, private FROM conflict"
	    " ORDER BY inspector || ',' || scope || ',' || value || ','", 3, step_conflict, err);
	walk_free(w);
	return rc;
}

static int
step_matter(struct walk *w, struct query *q)
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
	struct walk *w = walk_new(ctx, err);
	int rc;

	if (w == NULL)
		return ERR_MEMORY;
	w->visit.matter = visit;
	rc = walk_rows(w, store, ROSTER_MATTERS, "SELECT id, private FROM matter ORDER BY id", 1, step_matter, err);
	walk_free(w);
	return rc;
}

static int
step_contact(struct walk *w, struct query *q)
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
	struct walk *w = walk_new(ctx, err);
	int rc;

	if (w == NULL)
		return ERR_MEMORY;
	w->visit.contact = visit;
	rc = walk_rows(w, store, ROSTER_CONTACTS, "SELECT target, level, name, private FROM contact"
	    " ORDER BY target, level, name", 3, step_contact, err);
	walk_free(w);
	return rc;
}
