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
#define OUTLOOK_DAYS 400 /* draws that are committed in the days ahead, and the ends of their periods, are nearer */

_Static_assert(DIGEST_ROOT >= sodium_base64_ENCODED_LEN(HASH_BYTES, sodium_base64_VARIANT_ORIGINAL), "a root");

/* The digest, and everything that it points to. */
struct gathering {
	struct digest d; /* first: it is what the caller has of this */
	const struct operator *operator;
	const char *(*tr)(const char *text);
	struct alarms *status; /* texts in the digest's language */
	struct digest_alarm alarms[ALARMS_MAX];
	struct digest_deed *deeds;
	struct digest_event *events;
	char *by[ROSTER_KINDS];
	struct err *err;
};

/* ---- alarms ---- */

/* In the words of the digest's language, where the cause is seen now; else in those that it was raised with. */
static int
take_alarm(void *ctx, const struct alarm *alarm, int64_t since)
{
	struct gathering *g = ctx;
	struct alarm *kept = NULL;

	if (g->d.n_alarms == ALARMS_MAX)
		return 0;
	for (size_t i = 0; i < g->status->n && kept == NULL; i++)
		if (strcmp(g->status->v[i].key, alarm->key) == 0)
			kept = &g->status->v[i];
	if (kept == NULL) {
		alarms_add(g->status, alarm->key, "%s", alarm->text);
		kept = &g->status->v[g->status->n - 1];
	}
	g->alarms[g->d.n_alarms++] = (struct digest_alarm){kept->text, since};
	return 0;
}

static int
gather_alarms(struct gathering *g)
{
	const struct operator *o = g->operator;
	int rc;

	g->status = calloc(1, sizeof *g->status);
	if (g->status == NULL)
		return err_memory(g->err);
	rc = causes_find(o->store, o->config, o->calendar, o->now, g->tr, g->status, g->err);
	g->d.alarms = g->alarms;
	return rc != 0 ? rc : alarms_each(o->store, take_alarm, g, g->err);
}

/* ---- the week before ---- */

static bool
deed_of(const struct entry *e, struct digest_deed *ret_deed)
{
	*ret_deed = (struct digest_deed){.what = DIGEST_WHATS};
	if (e->type == ENTRY_COMMIT)
		*ret_deed = (struct digest_deed){DIGEST_COMMITTED, {.n = e->commit.n}};
	else if (e->type == ENTRY_DRAW)
		*ret_deed = (struct digest_deed){DIGEST_DRAWN, {.n = e->draw.n}};
	else if (e->type == ENTRY_REVEAL)
		*ret_deed = (struct digest_deed){DIGEST_OPENED, {.n = e->reveal.n}};
	else if (e->type == ENTRY_VOID)
		*ret_deed = (struct digest_deed){DIGEST_VOIDED, {.n = e->void_.n}};
	else if (e->type == ENTRY_AMEND)
		*ret_deed = (struct digest_deed){DIGEST_AMENDED, {.n = e->amend.n}};
	return ret_deed->what != DIGEST_WHATS;
}

static int
add_deed(struct gathering *g, struct slice bytes)
{
	struct digest_deed deed, *grown;
	struct entry entry;
	int rc = entry_parse(bytes, &entry, g->err);
	bool any;

	if (rc != 0)
		return rc;
	any = deed_of(&entry, &deed);
	entry_release(&entry);
	if (!any)
		return 0;
	grown = reallocarray(g->deeds, g->d.n_deeds + 1, sizeof *grown);
	if (grown == NULL)
		return err_memory(g->err);
	g->deeds = grown;
	grown[g->d.n_deeds++] = deed;
	return 0;
}

static int
read_entries(struct gathering *g)
{
	struct query q;
	int rc = 0, closed;

	query_open(&q, g->operator->store, "SELECT bytes FROM log_entry WHERE time >= ? AND time < ? ORDER BY idx");
	query_put_int(&q, g->d.since);
	query_put_int(&q, g->d.until);
	while (rc == 0 && query_row(&q))
		rc = add_deed(g, query_blob(&q, 0));
	closed = query_close(&q, rc == 0 ? g->err : NULL);
	return rc != 0 ? rc : closed;
}

static int
name_deed(const struct gathering *g, struct digest_of *of)
{
	struct draw_row row;
	int rc = draws_find(g->operator->store, of->n, &row, g->err);

	if (rc != 0)
		return rc;
	(void)snprintf(of->cycle, sizeof of->cycle, "%s", row.cycle);
	return plan_title_of(g->operator->store, of->n, of->title, g->err);
}

static int
gather_letters(struct gathering *g)
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
gather_week(struct gathering *g)
{
	int rc = read_entries(g);

	for (size_t i = 0; rc == 0 && i < g->d.n_deeds; i++)
		rc = name_deed(g, &g->deeds[i].of);
	g->d.deeds = g->deeds;
	return rc == 0 ? gather_letters(g) : rc;
}

/* ---- what is to come ---- */

static bool
is_ahead(const struct digest *d, int64_t time)
{
	return time >= d->now && time < d->ahead;
}

static int
add_event(struct gathering *g, const struct agenda_row *row, enum digest_step step, int64_t time)
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
	    .of = {.n = row->n}};
	(void)snprintf(added->of.cycle, sizeof added->of.cycle, "%s", row->cycle);
	(void)snprintf(added->of.title, sizeof added->of.title, "%s", row->title);
	return 0;
}

/*
 * One line a period that reaches into the days ahead and has draws to come.  Where in the period they are it does not tell,
 * nor how many: rows are asked for as far as any period goes, so that none is missing for its day.
 */
static int
add_sealed(struct gathering *g, const struct agenda_row *row)
{
	int64_t time = clock_instant(row->first, 0, NULL);

	if (row->last < clock_date(g->d.now) || time >= g->d.ahead)
		return 0;
	for (size_t i = 0; i < g->d.n_events; i++) {
		const struct digest_event *e = &g->events[i];

		if (e->step == DIGEST_SEALED && e->time == time && strcmp(e->of.cycle, row->cycle) == 0)
			return 0;
	}
	return add_event(g, row, DIGEST_SEALED, time);
}

static int
add_visits(struct gathering *g, const struct agenda_row *row)
{
	int64_t time = clock_instant(row->visit_first, 0, NULL);

	if (row->voided || row->visit_last < clock_date(g->d.now) || time >= g->d.ahead)
		return 0;
	return add_event(g, row, DIGEST_VISITS, time);
}

static int
add_row(struct gathering *g, const struct agenda_row *row)
{
	bool at_draw = row->notice_time == row->draw_time;
	int rc = 0;

	if (row->sealed)
		return add_sealed(g, row);
	if (row->n == 0 && is_ahead(&g->d, row->commit_time))
		rc = add_event(g, row, DIGEST_COMMIT, row->commit_time);
	if (rc == 0 && is_ahead(&g->d, row->draw_time))
		rc = add_event(g, row, at_draw ? DIGEST_DRAW_AND_NOTICES : DIGEST_DRAW, row->draw_time);
	if (rc == 0 && !at_draw && !row->voided && is_ahead(&g->d, row->notice_time))
		rc = add_event(g, row, DIGEST_NOTICES, row->notice_time);
	if (rc == 0)
		rc = add_visits(g, row);
	if (rc == 0 && is_ahead(&g->d, row->reveal_time))
		rc = add_event(g, row, DIGEST_OPENING, row->reveal_time);
	return rc;
}

/* Sealed ones last, by their period. */
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
	by = strcmp(x->of.cycle, y->of.cycle);
	if (by == 0)
		by = (x->of.n > y->of.n) - (x->of.n < y->of.n);
	return by != 0 ? by : (x->step > y->step) - (x->step < y->step);
}

static int
gather_events(struct gathering *g)
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
		rc = add_row(g, &agenda.v[i]);
	agenda_release(&agenda);
	if (g->d.n_events > 0)
		qsort(g->events, g->d.n_events, sizeof *g->events, compare_events);
	g->d.events = g->events;
	return rc;
}

/* ---- rosters, calendar, log ---- */

static int
gather_roster(struct gathering *g, enum roster_kind kind)
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
gather_calendar(struct gathering *g)
{
	int year = text_year_of(clock_date(g->operator->now));

	for (int y = year - 1; y <= year + 2; y++)
		if (calendar_announced(g->operator->config, g->operator->calendar, y))
			g->d.announced = y;
}

static int
gather_log(struct gathering *g)
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

/* ---- all of it ---- */

static int
gather(struct gathering *g)
{
	int rc;

	if ((rc = gather_alarms(g)) != 0 || (rc = gather_week(g)) != 0 || (rc = gather_events(g)) != 0)
		return rc;
	for (int kind = 0; rc == 0 && kind < ROSTER_KINDS; kind++)
		rc = gather_roster(g, (enum roster_kind)kind);
	gather_calendar(g);
	return rc == 0 ? gather_log(g) : rc;
}

void
digest_free(struct digest *digest)
{
	struct gathering *g = (struct gathering *)digest;

	if (g == NULL)
		return;
	free(g->status);
	free(g->deeds);
	free(g->events);
	for (int kind = 0; kind < ROSTER_KINDS; kind++)
		free(g->by[kind]);
	free(g);
}

int
digest_gather(const struct operator *operator, int32_t monday, const char *(*tr)(const char *text),
    struct digest **ret_digest, struct err *err)
{
	struct gathering *g = calloc(1, sizeof *g);
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
	rc = gather(g);
	if (rc == 0)
		*ret_digest = &g->d;
	else
		digest_free(&g->d);
	return rc;
}
