/* Prints what a simulation came to: a table of draws, and the occurrences that were missed. */

#include "app/simulate_table.h"

#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/clashes.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "draws/draws.h"
#include "draws/unkept.h"
#include "mail/outbox.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/table.h"

#define TROUBLES_MAX ((size_t)1 << 20)
#define VISITS_SHOWN 1
#define CELL_BYTES 1024

void
simulate_table_begin(struct simulate_table *table)
{
	*table = (struct simulate_table){.missed = 0};
	buf_init(&table->troubles, TROUBLES_MAX);
}

void
simulate_table_release(struct simulate_table *table)
{
	buf_release(&table->troubles);
}

void
simulate_table_note(void *ctx, const struct turn_event *event)
{
	struct simulate_table *table = ctx;
	char title[PLAN_TITLE], words[PLAN_TITLE], when[CLOCK_TEXT];

	if (event->what == TURN_COMMITTED)
		return;
	table->missed += event->what == TURN_MISSED;
	if (event->what == TURN_REFUSED) {
		if (strcmp(event->message, table->last_refused) == 0)
			return;
		(void)snprintf(table->last_refused, sizeof table->last_refused, "%s", event->message);
	}
	plan_title(event->cycle, event->occurrence, title);
	plan_title_words(title, language_text, words);
	clock_text(event->occurrence->draw_time, when);
	buf_format(&table->troubles, "  %s  %s (%s): %s\n", when, event->cycle->name, words, event->message);
}

/* ---- one line a draw ---- */

/* What a timetable or its rules should not come to, of one draw or of all. */
struct simulated_troubles {
	uint64_t unkept, apart, again;
};

struct simulated_draw {
	struct draw_row row;
	struct simulated_troubles troubles;
};

struct draw_list {
	const struct operator *operator;
	struct table table;
	struct simulated_draw *draws; /* kept, since no other query may run while draws_each does */
	size_t n;
	uint64_t visits;
	struct simulated_troubles all;
	struct clashes clashes;
	struct err *err;
};

static int
keep_draw_row(void *ctx, const struct draw_row *row)
{
	struct draw_list *w = ctx;
	struct simulated_draw *grown = reallocarray(w->draws, w->n + 1, sizeof *grown);

	if (grown == NULL)
		return err_memory(w->err);
	w->draws = grown;
	grown[w->n++] = (struct simulated_draw){.row = *row};
	return 0;
}

/* "06-24 09:00 T005: I024, I019": slot, target, inspectors. */
static void
put_visit_words(struct buf *out, const struct visit_row *visit, size_t n_seats)
{
	char slot[SLOT_TEXT];

	slot_format(visit->visit, slot);
	slot[SLOT_DATE_TEXT] = ' ';
	buf_format(out, "%s%s %.*s: ", out->len == 0 ? "" : "; ", slot + 5, SLICE_ARGS(visit->target));
	for (size_t s = 0; s < n_seats; s++)
		buf_format(out, "%s%.*s", s == 0 ? "" : ", ", SLICE_ARGS(visit->seats[s].own));
}

/* Targets of the draw that another cycle has drawn within its `quiet`, by when each was drawn. */
static int
count_drawn_again(struct draw_list *w, const struct draw_row *row, uint64_t *ret)
{
	struct query q;

	*ret = 0;
	query_open(&q, w->operator->store,
	    "SELECT count(*) FROM draw d JOIN draw_place p ON p.n = d.n WHERE d.n = ? AND d.quiet_days > 0 AND EXISTS"
	    " (SELECT 1 FROM draw_place x JOIN draw o ON o.n = x.n WHERE x.target = p.target AND o.cycle <> d.cycle AND"
	    "  o.outcome = 'draw' AND (o.draw_time, o.n) < (d.draw_time, d.n) AND d.date - o.date < d.quiet_days)");
	query_put_int(&q, (int64_t)row->n);
	if (query_row(&q))
		*ret = (uint64_t)query_int(&q, 0);
	return query_close(&q, w->err);
}

/* Enters everybody's visits, to be held against those of all other draws. */
static int
add_to_clashes(struct draw_list *w, const struct stored_draw *d, const struct visits *visits)
{
	int rc = 0;

	for (size_t i = 0; i < visits->n; i++) {
		const struct visit_row *v = &visits->v[i];
		ptrdiff_t target = roster_find_target(&d->roster, v->target);
		struct slice unit = target < 0 ? slice_of("") : target_unit(&d->roster.targets[target]);

		for (size_t s = 0; rc == 0 && v->target.n > 0 && s < visits->n_seats; s++)
			if (v->seats[s].inspector.n > 0)
				rc = clashes_add(&w->clashes, v->seats[s].inspector, unit, v->visit,
				    d->commit.rules.spacing, w->err);
	}
	return rc;
}

static int
look_at_visits(struct draw_list *w, struct simulated_draw *draw, const struct visits *visits)
{
	struct unkept unkept = {.n = 0};
	struct stored_draw d;
	int rc;

	stored_draw_init(&d);
	rc = stored_draw_load(&d, w->operator->store, draw->row.n, w->err);
	if (rc == 0)
		rc = unkept_of_visits(&d, visits, &unkept, w->err);
	if (rc == 0)
		rc = add_to_clashes(w, &d, visits);
	draw->troubles.unkept = unkept.n;
	draw->troubles.apart = unkept.apart;
	unkept_release(&unkept);
	stored_draw_release(&d);
	return rc;
}

/* Looks at a draw before any is printed, since a column in which nothing would stand is left out. */
static int
look_at_draw(struct draw_list *w, struct simulated_draw *draw)
{
	struct visits visits;
	int rc = visits_read(w->operator->store, draw->row.n, &visits, w->err);

	if (rc == 0 && visits.n > 0)
		rc = look_at_visits(w, draw, &visits);
	if (rc == 0)
		rc = count_drawn_again(w, &draw->row, &draw->troubles.again);
	w->visits += rc == 0 ? visits.n : 0;
	w->all.unkept += draw->troubles.unkept;
	w->all.apart += draw->troubles.apart;
	w->all.again += draw->troubles.again;
	visits_release(&visits);
	return rc;
}

/* Empty where it is nothing. */
static void
put_trouble_cell(struct draw_list *w, uint64_t n)
{
	if (n == 0)
		table_string(&w->table, "");
	else
		table_int(&w->table, (int64_t)n);
}

static int
put_visits_cells(struct draw_list *w, const struct draw_row *row)
{
	struct visits visits;
	struct buf out;
	int rc = visits_read(w->operator->store, row->n, &visits, w->err);

	buf_init(&out, CELL_BYTES);
	for (size_t i = 0; rc == 0 && i < visits.n && i < VISITS_SHOWN; i++)
		put_visit_words(&out, &visits.v[i], visits.n_seats);
	if (rc == 0 && visits.n > VISITS_SHOWN)
		buf_format(&out, gettext("; and %zu more"), visits.n - VISITS_SHOWN);
	table_text(&w->table, buf_view(&out));
	buf_release(&out);
	visits_release(&visits);
	return rc;
}

static int
put_simulated_draw(struct draw_list *w, const struct simulated_draw *draw)
{
	const struct draw_row *row = &draw->row;
	char title[PLAN_TITLE], words[PLAN_TITLE];
	int64_t committed = 0;
	int rc = plan_title_of(w->operator->store, row->n, title, w->err);

	if (rc == 0)
		rc = draws_commit_time(w->operator->store, row, &committed, w->err);
	if (rc != 0)
		return rc;
	plan_title_words(title, language_text, words);
	table_int(&w->table, (int64_t)row->n);
	table_string(&w->table, words);
	table_string(&w->table, row->cycle);
	table_time(&w->table, committed);
	table_time(&w->table, row->draw_time);
	rc = put_visits_cells(w, row);
	if (rc != 0)
		return rc;
	put_trouble_cell(w, draw->troubles.unkept);
	put_trouble_cell(w, draw->troubles.apart);
	put_trouble_cell(w, draw->troubles.again);
	if (row->revealed)
		table_time(&w->table, row->reveal_time);
	else
		table_string(&w->table, gettext("sealed"));
	return 0;
}

static int
print_draw_table(struct draw_list *w)
{
	const struct table_column columns[] = {
	    {"n", gettext("Draw"), true},
	    {"for", gettext("For"), false},
	    {"cycle", gettext("Cycle"), false},
	    {"commit", gettext("Commit"), false},
	    {"draw", gettext("Draw at"), false},
	    {"visits", gettext("Who visits whom"), false},
	    {"unkept", w->all.unkept == 0 ? NULL : gettext("not kept"), true},
	    {"apart", w->all.apart == 0 ? NULL : gettext("units at two slots"), true},
	    {"again", w->all.again == 0 ? NULL : gettext("drawn within quiet"), true},
	    {"reveal", gettext("Opens at"), false},
	};
	int rc = 0;

	table_begin(&w->table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; rc == 0 && i < w->n; i++)
		rc = put_simulated_draw(w, &w->draws[i]);
	putchar('\n');
	if (rc == 0 && !table_print(&w->table, false, stdout))
		rc = err_set(w->err, ERR_OUTSIDE, N_("the output cannot be written"));
	table_release(&w->table);
	return rc;
}

static void
print_clashes(struct draw_list *w)
{
	size_t clashes = clashes_count(&w->clashes);

	if (clashes == 0)
		printf(gettext(
		           "Not one clash: each inspector's visits of all draws, %zu together, were held against each "
		           "other.\n"),
		    w->clashes.n);
	else
		printf(
		    ngettext(
		        "%zu clash: of the inspectors' %zu visits, in all draws, two of one person are at one time, "
		        "or nearer than spacing, in two units.\n",
		        "%zu clashes: of the inspectors' %zu visits, in all draws, two of one person are at one time, "
		        "or nearer than spacing, in two units.\n",
		        clashes),
		    clashes, w->clashes.n);
}

static int
print_simulated_draws(struct draw_list *w)
{
	int rc = draws_each(w->operator->store, keep_draw_row, w, w->err);

	for (size_t i = 0; rc == 0 && i < w->n; i++)
		rc = look_at_draw(w, &w->draws[i]);
	return rc == 0 ? print_draw_table(w) : rc;
}

int
simulate_table_print(struct simulate_table *table, const struct operator *operator, const char *scratch,
    struct err *err)
{
	struct draw_list w = {.operator = operator, .err = err};
	uint64_t letters[OUTBOX_STATES] = {0};
	int rc = print_simulated_draws(&w);

	free(w.draws);
	if (rc == 0)
		rc = outbox_count_draws(operator->store, INT64_MIN, INT64_MAX, letters, err);
	if (rc != 0) {
		clashes_release(&w.clashes);
		return rc;
	}
	if (table->troubles.len > 0)
		printf(gettext("\nMissed, or committed late:\n%.*s"), (int)table->troubles.len, table->troubles.data);
	printf(gettext("\n%zu draws, %llu visits, %llu letters; %llu occurrences missed.\n"), w.n,
	    (unsigned long long)w.visits, (unsigned long long)letters[OUTBOX_SENT], (unsigned long long)table->missed);
	printf(gettext("%llu visits cannot be kept; %llu times a unit is visited at several slots of one draw; %llu "
	               "targets were "
	               "drawn again within quiet.\n"),
	    (unsigned long long)w.all.unkept, (unsigned long long)w.all.apart, (unsigned long long)w.all.again);
	print_clashes(&w);
	clashes_release(&w.clashes);
	printf(gettext("Published in %s/public, letters in %s/mail/new; the log is called %s.\n"), scratch, scratch,
	    operator->config->origin);
	return 0;
}
