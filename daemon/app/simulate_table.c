/* Prints what a simulation came to: a table of draws, and the occurrences that were missed. */

#include "app/simulate_table.h"

#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "draws/draws.h"
#include "draws/unkept.h"
#include "mail/outbox.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/table.h"

#define TROUBLES_MAX ((size_t)1 << 20)
#define VISITS_SHOWN 2
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

struct draw_list {
	const struct operator *operator;
	struct table table;
	struct draw_row *rows; /* kept, since no other query may run while draws_each does */
	size_t n;
	uint64_t visits, unkept, apart, again;
	struct err *err;
};

static int
keep_draw_row(void *ctx, const struct draw_row *row)
{
	struct draw_list *w = ctx;
	struct draw_row *grown = reallocarray(w->rows, w->n + 1, sizeof *grown);

	if (grown == NULL)
		return err_memory(w->err);
	w->rows = grown;
	grown[w->n++] = *row;
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

/* What a timetable or its rules should not come to: empty where it is nothing. */
static void
put_trouble_cell(struct draw_list *w, uint64_t n)
{
	if (n == 0)
		table_string(&w->table, "");
	else
		table_int(&w->table, (int64_t)n);
}

static int
put_trouble_cells(struct draw_list *w, const struct draw_row *row, const struct visits *visits)
{
	struct unkept unkept = {.n = 0};
	struct stored_draw d;
	uint64_t again = 0;
	int rc;

	stored_draw_init(&d);
	rc = visits->n == 0 ? 0 : stored_draw_load(&d, w->operator->store, row->n, w->err);
	if (rc == 0 && visits->n > 0)
		rc = unkept_of_visits(&d, visits, &unkept, w->err);
	if (rc == 0)
		rc = count_drawn_again(w, row, &again);
	put_trouble_cell(w, unkept.n);
	put_trouble_cell(w, unkept.apart);
	put_trouble_cell(w, again);
	w->unkept += unkept.n;
	w->apart += unkept.apart;
	w->again += again;
	unkept_release(&unkept);
	stored_draw_release(&d);
	return rc;
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
	w->visits += rc == 0 ? visits.n : 0;
	if (rc == 0)
		rc = put_trouble_cells(w, row, &visits);
	buf_release(&out);
	visits_release(&visits);
	return rc;
}

static int
put_simulated_draw(struct draw_list *w, const struct draw_row *row)
{
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
	    {"unkept", gettext("not kept"), true},
	    {"apart", gettext("units at two slots"), true},
	    {"again", gettext("drawn within quiet"), true},
	    {"reveal", gettext("Opens at"), false},
	};
	int rc = draws_each(w->operator->store, keep_draw_row, w, w->err);

	table_begin(&w->table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; rc == 0 && i < w->n; i++)
		rc = put_simulated_draw(w, &w->rows[i]);
	putchar('\n');
	if (rc == 0 && !table_print(&w->table, false, stdout))
		rc = err_set(w->err, ERR_OUTSIDE, N_("the output cannot be written"));
	table_release(&w->table);
	free(w->rows);
	return rc;
}

int
simulate_table_print(struct simulate_table *table, const struct operator *operator, const char *scratch,
    struct err *err)
{
	struct draw_list w = {.operator = operator, .err = err};
	uint64_t letters[OUTBOX_STATES] = {0};
	int rc = print_draw_table(&w);

	if (rc == 0)
		rc = outbox_count_draws(operator->store, INT64_MIN, INT64_MAX, letters, err);
	if (rc != 0)
		return rc;
	if (table->troubles.len > 0)
		printf(gettext("\nMissed, or committed late:\n%.*s"), (int)table->troubles.len, table->troubles.data);
	printf(gettext("\n%zu draws, %llu visits, %llu letters; %llu occurrences missed.\n"), w.n,
	    (unsigned long long)w.visits, (unsigned long long)letters[OUTBOX_SENT], (unsigned long long)table->missed);
	printf(gettext("%llu visits cannot be kept; %llu times a unit is visited at several slots of one draw; %llu "
	               "targets were "
	               "drawn again within quiet.\n"),
	    (unsigned long long)w.unkept, (unsigned long long)w.apart, (unsigned long long)w.again);
	printf(gettext("Published in %s/public, letters in %s/mail/new; the log is called %s.\n"), scratch, scratch,
	    operator->config->origin);
	return 0;
}
