/* The agenda: what the timetables plan and what is committed already, in one list by time of draw. */
#include "draws/agenda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/sealed.h"
#include "draws/draws.h"
#include "draws/plan.h"
#include "system/clock.h"

#define PERIOD_DAYS 366 /* the longest is a year */

struct agenda_reader {
	const struct agenda_want *want;
	struct agenda *agenda;
	struct draw_row *draws; /* copied first: no other query runs while draws_each walks */
	size_t n_draws;
	struct err *err;
};

static int
add_agenda_row(struct agenda_reader *r, const struct agenda_row *row, const char *cycle, const char *title)
{
	struct agenda *all = r->agenda;
	struct agenda_row *added;

	if (all->n == all->cap) {
		size_t cap = all->cap == 0 ? 64 : all->cap * 2;
		struct agenda_row *grown = reallocarray(all->v, cap, sizeof *grown);

		if (grown == NULL)
			return err_memory(r->err);
		all->v = grown;
		all->cap = cap;
	}
	added = &all->v[all->n];
	*added = *row;
	(void)snprintf(added->cycle, sizeof added->cycle, "%s", cycle);
	added->title = strdup(title);
	if (added->title == NULL)
		return err_memory(r->err);
	all->n++;
	return 0;
}

void
agenda_release(struct agenda *agenda)
{
	if (agenda == NULL)
		return;
	for (size_t i = 0; i < agenda->n; i++)
		free(agenda->v[i].title);
	free(agenda->v);
	*agenda = (struct agenda){.v = NULL};
}

/* ---- what the timetables plan ---- */

static int
read_rests(struct agenda_reader *r, const struct config_cycle *cycle, int32_t date, struct agenda_row *row)
{
	struct query q;

	if (r->want->store == NULL || cycle->quiet.n == 0)
		return 0;
	query_open(&q, r->want->store,
	    "SELECT d.cycle, count(DISTINCT p.target) FROM draw d JOIN draw_place p ON p.n = d.n WHERE d.cycle <> ? AND"
	    " d.outcome = 'draw' AND p.target IS NOT NULL AND ? - d.date < ? GROUP BY d.cycle ORDER BY 2 DESC, 1");
	query_put_string(&q, cycle->name);
	query_put_int(&q, date);
	query_put_int(&q, cycle->quiet.n / DAY_S);
	while (query_row(&q) && row->n_rests < AGENDA_RESTS) {
		struct agenda_rest *rest = &row->rests[row->n_rests++];
		struct slice name = query_text(&q, 0);

		(void)snprintf(rest->cycle, sizeof rest->cycle, "%.*s", SLICE_ARGS(name));
		rest->posts = (uint64_t)query_int(&q, 1);
	}
	return query_close(&q, r->err);
}

static int
add_occurrence(struct agenda_reader *r, const struct config_cycle *cycle, const struct occurrence *o)
{
	struct agenda_row row = {.state = o->provisional ? N_("provisional") : N_("planned"),
	    .sealed = o->random && (o->open || !r->want->unsealed),
	    .order = o->draw_time,
	    .first = o->first,
	    .last = o->last,
	    .commit_time = o->commit_time,
	    .draw_time = o->draw_time,
	    .notice_time = o->notice_time,
	    .reveal_time = o->reveal_time,
	    .visit_first = o->visit_first,
	    .visit_last = o->visit_last};
	char title[PLAN_TITLE];
	int rc;

	if (row.sealed) {
		row.state = N_("sealed");
		row.order = clock_instant(o->first, 0, NULL); /* its place in the list must not tell the day */
	}
	plan_title(cycle, o, title);
	rc = row.sealed ? 0 : read_rests(r, cycle, clock_date(o->draw_time), &row); /* the dates would tell the day */
	return rc == 0 ? add_agenda_row(r, &row, cycle->name, title) : rc;
}

/*
 * A sealed draw is listed where its period or holiday overlaps the days that are asked for.  Its own day does not
 * count: somebody who asks for one day after the other would learn it.
 */
static bool
is_occurrence_wanted(const struct agenda_want *want, const struct occurrence *o)
{
	int32_t date = clock_date(o->draw_time);

	if (o->random && !want->unsealed)
		return o->first <= want->to && o->last >= want->from;
	return o->open || (date >= want->from && date <= want->to);
}

static int
add_planned_of_cycle(struct agenda_reader *r, const struct config_cycle *cycle)
{
	const struct agenda_want *want = r->want;
	int32_t reach = want->unsealed ? 0 : PERIOD_DAYS;
	struct schedule_list list = {0};
	struct plan plan;
	int rc = plan_open(&plan, want->store, cycle, want->calendar, want->now, false, r->err);

	if (rc == 0)
		rc = plan_list(&plan, want->from - reach, want->to + reach, &list, r->err);
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		if (is_occurrence_wanted(want, &list.v[i]))
			rc = add_occurrence(r, cycle, &list.v[i]);
	schedule_list_release(&list);
	plan_close(&plan);
	return rc;
}

/* ---- what is committed ---- */

static int
read_first_and_last_visit(struct agenda_reader *r, struct agenda_row *row, slot_t *ret_first)
{
	struct sealed sealed = {0};
	struct buf bytes;
	int rc = draw_file_get(r->want->store, row->n, "sealed.json", &bytes, r->err);

	if (rc == 0)
		rc = sealed_parse(buf_view(&bytes), &sealed, r->err);
	if (rc == 0) {
		*ret_first = sealed.slots[0];
		row->visit_first = slot_date(sealed.slots[0]);
		row->visit_last = slot_date(sealed.slots[sealed.n_slots - 1]);
		sealed_release(&sealed);
	}
	buf_release(&bytes);
	return rc;
}

/* By the rule as it is now.  The outbox has the times at which letters were really sent. */
static int64_t
notice_time_of(const struct agenda_want *want, const struct draw_row *draw, slot_t visit_first)
{
	const struct config_cycle *cycle = config_cycle(want->config, draw->cycle);
	int64_t notice;

	if (cycle == NULL || cycle->rule.notice_at_draw)
		return draw->draw_time;
	notice = clock_instant(slot_date(visit_first), slot_minute(visit_first) * 60, NULL);
	notice = calendar_shift(want->calendar, clock_zone(), notice, &cycle->rule.notice, -1);
	return notice > draw->draw_time ? notice : draw->draw_time;
}

static int
add_committed_draw(struct agenda_reader *r, const struct draw_row *draw)
{
	struct agenda_row row = {.state = draw_state(draw),
	    .n = draw->n,
	    .voided = draw->outcome == OUTCOME_VOID,
	    .order = draw->draw_time,
	    .draw_time = draw->draw_time,
	    .reveal_time = draw_reveal_from(draw)};
	char title[PLAN_TITLE];
	slot_t first;
	int rc;

	rc = plan_title_of(r->want->store, draw->n, title, r->err);
	if (rc == 0)
		rc = draws_commit_time(r->want->store, draw, &row.commit_time, r->err);
	if (rc == 0)
		rc = read_first_and_last_visit(r, &row, &first);
	if (rc != 0)
		return rc;
	row.notice_time = notice_time_of(r->want, draw, first);
	return add_agenda_row(r, &row, draw->cycle, title);
}

static bool
is_draw_wanted(const struct agenda_want *want, const struct draw_row *draw)
{
	return want->pending ? !draw->revealed : draw->date >= want->from && draw->date <= want->to;
}

static int
collect_wanted_draw(void *ctx, const struct draw_row *draw)
{
	struct agenda_reader *r = ctx;
	struct draw_row *grown;

	if (!is_draw_wanted(r->want, draw))
		return 0;
	grown = reallocarray(r->draws, r->n_draws + 1, sizeof *grown);
	if (grown == NULL)
		return err_memory(r->err);
	r->draws = grown;
	grown[r->n_draws++] = *draw;
	return 0;
}

static int
add_committed_draws(struct agenda_reader *r)
{
	int rc = r->want->store == NULL ? 0 : draws_each(r->want->store, collect_wanted_draw, r, r->err);

	for (size_t i = 0; rc == 0 && i < r->n_draws; i++)
		rc = add_committed_draw(r, &r->draws[i]);
	free(r->draws);
	return rc;
}

/* ---- both, in order ---- */

static int
compare_rows(const void *a, const void *b)
{
	const struct agenda_row *x = a, *y = b;
	int by;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	by = strcmp(x->cycle, y->cycle);
	return by != 0 ? by : (x->n > y->n) - (x->n < y->n);
}

int
agenda_read(const struct agenda_want *want, struct agenda *ret_agenda, struct err *err)
{
	struct agenda_reader r = {.want = want, .agenda = ret_agenda, .err = err};
	int rc;

	*ret_agenda = (struct agenda){.v = NULL};
	rc = add_committed_draws(&r);
	for (size_t i = 0; rc == 0 && i < want->config->n_cycles; i++)
		rc = add_planned_of_cycle(&r, &want->config->cycles[i]);
	if (rc == 0 && ret_agenda->n > 0)
		qsort(ret_agenda->v, ret_agenda->n, sizeof *ret_agenda->v, compare_rows);
	return rc;
}

/* ---- draws that do not know of each other ---- */

static bool
looked_at_alike(const struct agenda_row *row)
{
	return !row->sealed && !row->voided;
}

static bool
overlap(const struct agenda_row *a, const struct agenda_row *b)
{
	return looked_at_alike(b) && strcmp(a->cycle, b->cycle) != 0 && a->commit_time < b->draw_time &&
	    b->commit_time < a->draw_time;
}

/* The row of another cycle that overlaps with row i from commitment to draw, or NULL; no commitment stands longer than that. */
static const struct agenda_row *
find_unaware(const struct agenda *agenda, size_t i, int64_t longest)
{
	const struct agenda_row *v = agenda->v, *row = &v[i];

	for (size_t k = i; k-- > 0 && v[k].order >= row->commit_time;)
		if (overlap(row, &v[k]))
			return &v[k];
	for (size_t k = i + 1; k < agenda->n && v[k].order - longest < row->draw_time; k++)
		if (overlap(row, &v[k]))
			return &v[k];
	return NULL;
}

static int64_t
longest_commitment(const struct agenda *agenda)
{
	int64_t longest = 0;

	for (size_t i = 0; i < agenda->n; i++) {
		const struct agenda_row *row = &agenda->v[i];

		if (looked_at_alike(row) && row->draw_time - row->commit_time > longest)
			longest = row->draw_time - row->commit_time;
	}
	return longest;
}

struct agenda_unaware
agenda_unaware_draws(const struct agenda *agenda, const char *cycle)
{
	int64_t longest = longest_commitment(agenda);
	struct agenda_unaware ret = {.draws = 0};

	for (size_t i = 0; i < agenda->n; i++) {
		const struct agenda_row *row = &agenda->v[i], *other;

		if (!looked_at_alike(row) || strcmp(row->cycle, cycle) != 0)
			continue;
		ret.draws++;
		other = find_unaware(agenda, i, longest);
		if (other == NULL)
			continue;
		if (ret.unaware++ == 0) {
			ret.first = row;
			ret.other = other;
		}
	}
	return ret;
}
