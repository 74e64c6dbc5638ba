/* Reads from the state what the digest reports: alarms, the past week, the days ahead, rosters, the log. */

#include "admin/digest_gather.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/alarms.h"
#include "admin/causes.h"
#include "core/format/note.h"
#include "draws/agenda.h"
#include "draws/draws.h"
#include "holidays/load.h"
#include "ledger/ledger.h"
#include "mail/outbox.h"
#include "rosters/rosters.h"
#include "system/clock.h"
#include "text/printable.h"

#define AHEAD_DAYS 14
#define OUTLOOK_DAYS 400 /* how far the agenda is read: no period of a cycle is longer */

_Static_assert(DIGEST_ROOT >= sodium_base64_ENCODED_LEN(HASH_BYTES, sodium_base64_VARIANT_ORIGINAL), "a root");

/* The digest, and everything that it points to. */
struct digest_gatherer {
	struct digest d; /* first: the caller's pointer is cast to struct digest_gatherer */
	const struct operator *operator;
	const char *(*tr)(const char *text);
	struct alarms *texts; /* of alarms, in the digest's language */
	struct digest_alarm alarms[ALARMS_MAX];
	struct digest_past_step *past;
	struct digest_event *events;
	char *by[ROSTER_KINDS];
	struct err *err;
};

/* ---- alarms ---- */

/*
 * The alarm's text is the one that causes_find gives now, in the digest's language; without one, that it was raised
 * with.
 */
static int
add_alarm(void *ctx, const struct alarm *alarm, int64_t since)
{
	struct digest_gatherer *g = ctx;
	struct alarm *named = NULL;

	if (g->d.n_alarms == ALARMS_MAX)
		return 0;
	for (size_t i = 0; i < g->texts->n && named == NULL; i++)
		if (strcmp(g->texts->v[i].key, alarm->key) == 0)
			named = &g->texts->v[i];
	if (named == NULL) {
		alarms_add(g->texts, alarm->key, "%s", alarm->text);
		named = &g->texts->v[g->texts->n - 1];
	}
	g->alarms[g->d.n_alarms++] = (struct digest_alarm){named->text, since};
	return 0;
}

static int
gather_alarms(struct digest_gatherer *g)
{
	const struct operator *o = g->operator;
	int rc;

	g->texts = calloc(1, sizeof *g->texts);
	if (g->texts == NULL)
		return err_memory(g->err);
	rc = causes_find(o->store, o->config, o->calendar, o->now, g->tr, g->texts, g->err);
	g->d.alarms = g->alarms;
	return rc != 0 ? rc : alarms_each(o->store, add_alarm, g, g->err);
}

/* ---- the week before ---- */

static bool
past_step_of(const struct entry *e, struct digest_past_step *ret_step)
{
	*ret_step = (struct digest_past_step){.what = DIGEST_PASTS};
	if (e->type == ENTRY_COMMIT)
		*ret_step = (struct digest_past_step){DIGEST_COMMITTED, {.n = e->commit.n}};
	else if (e->type == ENTRY_DRAW)
		*ret_step = (struct digest_past_step){DIGEST_DRAWN, {.n = e->draw.n}};
	else if (e->type == ENTRY_REVEAL)
		*ret_step = (struct digest_past_step){DIGEST_OPENED, {.n = e->reveal.n}};
	else if (e->type == ENTRY_VOID)
		*ret_step = (struct digest_past_step){DIGEST_VOIDED, {.n = e->void_.n}};
	else if (e->type == ENTRY_AMEND)
		*ret_step = (struct digest_past_step){DIGEST_AMENDED, {.n = e->amend.n}};
	return ret_step->what != DIGEST_PASTS;
}

static int
add_past_step(struct digest_gatherer *g, struct slice bytes)
{
	struct digest_past_step step, *grown;
	struct entry entry;
	int rc = entry_parse(bytes, &entry, g->err);
	bool any;

	if (rc != 0)
		return rc;
	any = past_step_of(&entry, &step);
	entry_release(&entry);
	if (!any)
		return 0;
	grown = reallocarray(g->past, g->d.n_past + 1, sizeof *grown);
	if (grown == NULL)
		return err_memory(g->err);
	g->past = grown;
	grown[g->d.n_past++] = step;
	return 0;
}

static int
read_past_steps(struct digest_gatherer *g)
{
	struct query q;
	int rc = 0, closed;

	query_open(&q, g->operator->store, "SELECT bytes FROM log_entry WHERE time >= ? AND time < ? ORDER BY idx");
	query_put_int(&q, g->d.since);
	query_put_int(&q, g->d.until);
	while (rc == 0 && query_row(&q))
		rc = add_past_step(g, query_blob(&q, 0));
	closed = query_close(&q, rc == 0 ? g->err : NULL);
	return rc != 0 ? rc : closed;
}

static int
name_past_draw(const struct digest_gatherer *g, struct digest_draw *draw)
{
	struct draw_row row;
	int rc = draws_find(g->operator->store, draw->n, &row, g->err);

	if (rc != 0)
		return rc;
	(void)snprintf(draw->cycle, sizeof draw->cycle, "%s", row.cycle);
	return plan_title_of(g->operator->store, draw->n, draw->title, g->err);
}

static int
gather_letters(struct digest_gatherer *g)
{
	uint64_t week[OUTBOX_STATES] = {0}, now[OUTBOX_STATES] = {0};
	int rc = outbox_count_draws(g->operator->store, g->d.since, g->d.until, week, g->err);

	if (rc == 0)
		rc = outbox_count_draws(g->operator->store, INT64_MIN, INT64_MAX, now, g->err);
	g->d.sent = week[OUTBOX_SENT];
	g->d.failed = now[OUTBOX_FAILED];
	g->d.unknown = now[OUTBOX_UNKNOWN];
	g->d.waiting = now[OUTBOX_QUEUED] + now[OUTBOX_SENDING];
	return rc;
}

static int
gather_week(struct digest_gatherer *g)
{
	int rc = read_past_steps(g);

	for (size_t i = 0; rc == 0 && i < g->d.n_past; i++)
		rc = name_past_draw(g, &g->past[i].draw);
	g->d.past = g->past;
	return rc == 0 ? gather_letters(g) : rc;
}

/* ---- what is to come ---- */

static bool
is_ahead(const struct digest *d, int64_t time)
{
	return time >= d->now && time < d->ahead;
}

static int
add_digest_event(struct digest_gatherer *g, const struct agenda_row *row, enum digest_step step, int64_t time)
{
	struct digest_event *grown = reallocarray(g->events, g->d.n_events + 1, sizeof *grown), *added;

	if (grown == NULL)
		return err_memory(g->err);
	g->events = grown;
	added = &grown[g->d.n_events++];
	*added = (struct digest_event){.step = step,
	    .provisional = row->n == 0 && strcmp(row->state, "provisional") == 0,
	    .time = time,
	    .until = row->visit_last,
	    .draw = {.n = row->n}};
	(void)snprintf(added->draw.cycle, sizeof added->draw.cycle, "%s", row->cycle);
	(void)snprintf(added->draw.title, sizeof added->draw.title, "%s", row->title);
	return 0;
}

/*
 * Adds one line for a period that reaches into the days ahead and has draws to come.  The line tells neither their days
 * nor their number.  The agenda is read for OUTLOOK_DAYS, so the line is there wherever in the period the draws are.
 */
static int
add_sealed(struct digest_gatherer *g, const struct agenda_row *row)
{
	int64_t time = clock_instant(row->first, 0, NULL);

	if (row->last < clock_date(g->d.now) || time >= g->d.ahead)
		return 0;
	for (size_t i = 0; i < g->d.n_events; i++) {
		const struct digest_event *e = &g->events[i];

		if (e->step == DIGEST_SEALED && e->time == time && strcmp(e->draw.cycle, row->cycle) == 0)
			return 0;
	}
	return add_digest_event(g, row, DIGEST_SEALED, time);
}

static int
add_visits(struct digest_gatherer *g, const struct agenda_row *row)
{
	int64_t time = clock_instant(row->visit_first, 0, NULL);

	if (row->voided || row->visit_last < clock_date(g->d.now) || time >= g->d.ahead)
		return 0;
	return add_digest_event(g, row, DIGEST_VISITS, time);
}

static int
gather_agenda_row(struct digest_gatherer *g, const struct agenda_row *row)
{
	bool at_draw = row->notice_time == row->draw_time;
	int rc = 0;

	if (row->sealed)
		return add_sealed(g, row);
	if (row->n == 0 && is_ahead(&g->d, row->commit_time))
		rc = add_digest_event(g, row, DIGEST_COMMIT, row->commit_time);
	if (rc == 0 && is_ahead(&g->d, row->draw_time))
		rc = add_digest_event(g, row, at_draw ? DIGEST_DRAW_AND_NOTICES : DIGEST_DRAW, row->draw_time);
	if (rc == 0 && !at_draw && !row->voided && is_ahead(&g->d, row->notice_time))
		rc = add_digest_event(g, row, DIGEST_NOTICES, row->notice_time);
	if (rc == 0)
		rc = add_visits(g, row);
	if (rc == 0 && is_ahead(&g->d, row->reveal_time))
		rc = add_digest_event(g, row, DIGEST_OPENING, row->reveal_time);
	return rc;
}

/* By time; sealed events come last, by the beginning of their period. */
static int
compare_events(const void *a, const void *b)
{
	const struct digest_event *x = a, *y = b;
	bool x_sealed = x->step == DIGEST_SEALED, y_sealed = y->step == DIGEST_SEALED;
	int by;

	if (x_sealed != y_sealed)
		return x_sealed ? 1 : -1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	by = strcmp(x->draw.cycle, y->draw.cycle);
	if (by == 0)
		by = (x->draw.n > y->draw.n) - (x->draw.n < y->draw.n);
	return by != 0 ? by : (x->step > y->step) - (x->step < y->step);
}

static int
gather_events(struct digest_gatherer *g)
{
	const struct operator *o = g->operator;
	const struct agenda_want want = {.store = o->store,
	    .config = o->config,
	    .calendar = o->calendar,
	    .now = o->now,
	    .from = clock_date(o->now),
	    .to = clock_date(o->now) + OUTLOOK_DAYS,
	    .pending = true};
	struct agenda agenda;
	int rc = agenda_read(&want, &agenda, g->err);

	for (size_t i = 0; rc == 0 && i < agenda.n; i++)
		rc = gather_agenda_row(g, &agenda.v[i]);
	agenda_release(&agenda);
	if (g->d.n_events > 0)
		qsort(g->events, g->d.n_events, sizeof *g->events, compare_events);
	g->d.events = g->events;
	return rc;
}

/* ---- rosters, calendar, log ---- */

static int
gather_roster(struct digest_gatherer *g, enum roster_kind kind)
{
	struct digest_roster *r = &g->d.rosters[kind];
	struct err why = {.tr = g->err != NULL ? g->err->tr : NULL};
	int rc = rosters_attested(g->operator->store, kind, &r->time, &g->by[kind], &why);

	if (rc == ERR_ABSENT)
		return 0;
	if (rc != 0)
		return err_copy(g->err, &why);
	r->attested = true;
	if (plain_text(slice_of(g->by[kind])))
		r->by = g->by[kind];
	return rosters_count(g->operator->store, kind, &r->rows, g->err);
}

static void
gather_calendar(struct digest_gatherer *g)
{
	int year = text_year_of(clock_date(g->operator->now));

	for (int y = year - 1; y <= year + 2; y++)
		if (calendar_announced(g->operator->config, g->operator->calendar, y))
			g->d.announced = y;
}

static int
gather_log(struct digest_gatherer *g)
{
	struct checkpoint checkpoint;
	struct buf bytes;
	struct note *note = NULL;
	int rc = ledger_sealed_size(g->operator->store, &g->d.entries, g->err);

	g->d.key_id = g->operator->key.id;
	if (rc != 0 || g->d.entries == 0)
		return rc;
	rc = ledger_checkpoint(g->operator->store, g->d.entries, &bytes, g->err);
	if (rc == 0 && (note = malloc(sizeof *note)) == NULL)
		rc = err_memory(g->err);
	if (rc == 0)
		rc = note_parse(buf_view(&bytes), note, g->err);
	if (rc == 0)
		rc = checkpoint_parse(note->text, &checkpoint, g->err);
	if (rc == 0)
		(void)sodium_bin2base64(g->d.root, sizeof g->d.root, checkpoint.root.b, HASH_BYTES,
		    sodium_base64_VARIANT_ORIGINAL);
	free(note);
	buf_release(&bytes);
	return rc;
}

/* ---- the digest ---- */

static int
gather_digest(struct digest_gatherer *g)
{
	int rc = gather_alarms(g);

	if (rc == 0)
		rc = gather_week(g);
	if (rc == 0)
		rc = gather_events(g);
	for (int kind = 0; rc == 0 && kind < ROSTER_KINDS; kind++)
		rc = gather_roster(g, (enum roster_kind)kind);
	gather_calendar(g);
	return rc == 0 ? gather_log(g) : rc;
}

void
digest_free(struct digest *digest)
{
	struct digest_gatherer *g = (struct digest_gatherer *)digest;

	if (g == NULL)
		return;
	free(g->texts);
	free(g->past);
	free(g->events);
	for (int kind = 0; kind < ROSTER_KINDS; kind++)
		free(g->by[kind]);
	free(g);
}

int
digest_gather(const struct operator *operator, int32_t monday, const char *(*tr)(const char *text),
    struct digest **ret_digest, struct err *err)
{
	struct digest_gatherer *g = calloc(1, sizeof *g);
	int rc;

	if (g == NULL)
		return err_memory(err);
	g->operator = operator;
	g->tr = tr;
	g->err = err;
	g->d = (struct digest){.config = operator->config,
	    .now = operator->now,
	    .monday = monday,
	    .since = clock_instant(monday - DIGEST_WEEK_DAYS, DIGEST_HOUR_S, NULL),
	    .until = clock_instant(monday, DIGEST_HOUR_S, NULL),
	    .ahead = clock_instant(clock_date(operator->now) + AHEAD_DAYS, 0, NULL)};
	rc = gather_digest(g);
	if (rc == 0)
		*ret_digest = &g->d;
	else
		digest_free(&g->d);
	return rc;
}
