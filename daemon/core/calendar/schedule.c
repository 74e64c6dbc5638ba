/* The occurrences of a cycle, from its rule and a calendar. */
#include "core/calendar/schedule.h"

#include <stdlib.h>

#include "core/base/hash.h"
#include "core/base/text.h"

/* days; no run of days without work is longer, so `on_holiday` moves a day less far */
#define MARGIN 60
#define LEAD_DAYS_MAX 101 /* days, a little more than the longest `commit` */

/* The days of a period, of a holiday, or between two holidays. */
struct span {
	int32_t first, last;
};

struct builder {
	const struct schedule *s;
	const struct schedule_rule *rule;
	const struct calendar *calendar;
	struct schedule_list list;
	struct err *err;
	int rc;
};

/* ---- periods ---- */

/* The weekday that weeks begin with: worked while the day before is not; of several the first of sat sun mon … */
static int
first_weekday(const struct calendar *c)
{
	for (int i = 5; i < 12; i++)
		if ((c->workweek & WORKWEEK_DAY(i % 7)) != 0 && (c->workweek & WORKWEEK_DAY((i + 6) % 7)) == 0)
			return i % 7;
	return 0;
}

/* The first day of the period of so many months that comes `by` periods after the one of the date. */
static int32_t
month_first(int32_t date, int months_a_period, int by)
{
	char text[DATE_TEXT];
	int year = text_year_of(date), month;

	text_from_date(date, text);
	month = (text[5] - '0') * 10 + text[6] - '0' - 1;
	month = month / months_a_period * months_a_period + by * months_a_period;
	year += month / 12;
	return text_date_of(year, month % 12 + 1, 1);
}

static struct span
period_at(const struct builder *b, int32_t date)
{
	int months = b->rule->when == WHEN_MONTHLY ? 1 : b->rule->when == WHEN_QUARTERLY ? 3 : 12;
	int32_t first;

	if (b->rule->when == WHEN_WEEKLY) {
		first = date - (calendar_weekday(date) - first_weekday(b->calendar) + 7) % 7;
		return (struct span){first, first + 6};
	}
	return (struct span){month_first(date, months, 0), month_first(date, months, 1) - 1};
}

/* ---- one day of a span ---- */

static bool
span_holds(const struct span *span, int32_t date)
{
	return date >= span->first && date <= span->last;
}

/* The n-th workday from the span's first day, or from its last backwards. */
static bool
nth_workday(const struct builder *b, const struct span *span, int64_t n, bool backwards, int32_t *ret)
{
	if (n > calendar_count(b->calendar, span->first, span->last))
		return false;
	*ret =
	    backwards ? calendar_step(b->calendar, span->last + 1, -n) : calendar_step(b->calendar, span->first - 1, n);
	return true;
}

static bool
counted_day(const struct builder *b, const struct span *span, bool backwards, int32_t *ret)
{
	const struct schedule_rule *rule = b->rule;
	int weekday;

	switch (rule->day) {
	case DAY_NTH:
		if (rule->day_n > (int64_t)span->last - span->first + 1)
			return false;
		*ret = (int32_t)(backwards ? span->last - rule->day_n + 1 : span->first + rule->day_n - 1);
		return true;
	case DAY_LAST:
		*ret = backwards ? span->first : span->last;
		return true;
	case DAY_WEEKDAY:
		weekday = (int)rule->day_n;
		*ret = backwards ? span->last - (calendar_weekday(span->last) - weekday + 7) % 7
		                 : span->first + (weekday - calendar_weekday(span->first) + 7) % 7;
		return span_holds(span, *ret);
	default:
		return false;
	}
}

/* Applies `on_holiday` to a day that is no workday.  False where the day is skipped. */
static bool
move_off_holiday(const struct builder *b, int32_t *date)
{
	if (calendar_works(b->calendar, *date))
		return true;
	switch (b->rule->on_holiday) {
	case ON_HOLIDAY_NEXT:
		*date = calendar_step(b->calendar, *date, 1);
		return true;
	case ON_HOLIDAY_PREVIOUS:
		*date = calendar_step(b->calendar, *date, -1);
		return true;
	case ON_HOLIDAY_SKIP:
		return false;
	default:
		return true;
	}
}

/* The fixed day of a span; false where it has none. */
static bool
fixed_day(const struct builder *b, const struct span *span, int32_t *ret)
{
	const struct schedule_rule *rule = b->rule;
	bool backwards = rule->when == WHEN_BEFORE_HOLIDAY;

	if (rule->day == DAY_NTH_WORKDAY)
		return nth_workday(b, span, rule->day_n, backwards, ret);
	if (rule->day == DAY_LAST_WORKDAY)
		return nth_workday(b, span, 1, !backwards, ret);
	return counted_day(b, span, backwards, ret) && (rule->when == WHEN_DURING_HOLIDAY || move_off_holiday(b, ret));
}

/* ---- random days and moments ---- */

/* H(secret || what || date): `what` is "day/" or "time/", the date as in 2026-05-07. */
static struct hash
secret_hash(const uint8_t secret[static SCHEDULE_SECRET], const char *what, int32_t date)
{
	struct hash_stream stream;
	char text[DATE_TEXT];

	text_from_date(date, text);
	hash_begin(&stream);
	hash_add(&stream, secret, SCHEDULE_SECRET);
	hash_add(&stream, what, strlen(what));
	hash_add(&stream, text, strlen(text));
	return hash_end(&stream);
}

static int32_t
minute_of(const struct schedule_rule *rule, const uint8_t *secret, int32_t date)
{
	uint64_t range = (uint64_t)(rule->time_to_min - rule->time_from_min), x = 0;
	struct hash h;

	if (range == 0)
		return rule->time_from_min;
	h = secret_hash(secret, "time/", date);
	for (size_t i = 0; i < 8; i++)
		x = x << 8 | h.b[i];
	return rule->time_from_min + (int32_t)((unsigned __int128)x * range >> 64);
}

struct candidate {
	struct hash h;
	int32_t date;
};

static int
compare_candidates(const void *a, const void *b)
{
	return memcmp(((const struct candidate *)a)->h.b, ((const struct candidate *)b)->h.b, HASH_BYTES);
}

/* Whether a random day may be this one: a workday, or any day during a holiday. */
static bool
may_be_drawn(const struct builder *b, int32_t date)
{
	return b->rule->when == WHEN_DURING_HOLIDAY || calendar_works(b->calendar, date);
}

static size_t
count_candidates(const struct builder *b, const struct span *span)
{
	return b->rule->when == WHEN_DURING_HOLIDAY ? (size_t)(span->last - span->first + 1)
	                                            : (size_t)calendar_count(b->calendar, span->first, span->last);
}

/* ---- one occurrence ---- */

size_t
schedule_visits(const struct calendar *calendar, const struct schedule_rule *rule, int32_t date, int32_t *ret_dates,
    size_t max)
{
	const struct holiday *holiday;
	size_t n = 0;

	if (rule->when == WHEN_DURING_HOLIDAY) {
		holiday = calendar_holiday_at(calendar, date);
		for (int32_t day = date + 1; holiday != NULL && day <= holiday->last && n < max; day++)
			ret_dates[n++] = day;
		return n;
	}
	for (int64_t i = 0; i < rule->window && n < max; i++) {
		date = rule->window_workdays ? calendar_step(calendar, date, 1) : date + 1;
		ret_dates[n++] = date;
	}
	return n;
}

/* Whether a day for visits is left, where the draw is during a holiday. */
static bool
leaves_visits(const struct builder *b, const struct occurrence *o)
{
	return b->rule->when != WHEN_DURING_HOLIDAY || o->date < o->last;
}

static void
set_visits(const struct builder *b, struct occurrence *o)
{
	const struct schedule_rule *rule = b->rule;

	o->visit_first = o->date + 1;
	if (rule->when == WHEN_DURING_HOLIDAY) {
		o->visit_last = o->last;
		o->n_visits = (size_t)(o->last - o->date);
		return;
	}
	if (rule->window_workdays)
		o->visit_first = calendar_step(b->calendar, o->date, 1);
	o->visit_last = rule->window_workdays ? calendar_step(b->calendar, o->date, rule->window)
	                                      : (int32_t)(o->date + rule->window);
	o->n_visits = (size_t)rule->window;
}

static void
set_times(const struct builder *b, struct occurrence *o, int32_t minute)
{
	const struct schedule_rule *rule = b->rule;
	int64_t visit;

	o->draw_time = zone_instant(b->s->zone, o->date, minute * 60, NULL);
	o->commit_time = calendar_shift(b->calendar, b->s->zone, o->draw_time, &rule->commit, -1);
	o->reveal_time = o->draw_time + rule->embargo * DAY_S;
	o->notice_time = o->draw_time;
	if (rule->notice_at_draw)
		return;
	visit = zone_instant(b->s->zone, o->visit_first, rule->visit_times.min[0] * 60, NULL);
	visit = calendar_shift(b->calendar, b->s->zone, visit, &rule->notice, -1);
	o->notice_time = visit > o->draw_time ? visit : o->draw_time;
}

/* The days that decide the draw's date: those counted, or those around it that make it a workday. */
static struct span
deciding_days(const struct builder *b, const struct span *span, const struct occurrence *o)
{
	struct span g = {o->date - 1, o->date + 1};

	if (b->rule->when == WHEN_BEFORE_HOLIDAY)
		g.last = span->last;
	else if (b->rule->when == WHEN_AFTER_HOLIDAY || b->rule->day == DAY_NTH_WORKDAY)
		g.first = span->first;
	else if (b->rule->day == DAY_RANDOM)
		return *span;
	else if (b->rule->day == DAY_LAST_WORKDAY)
		g.last = span->last;
	return g;
}

/* Whether some day that decides one of its dates or times is provisional. */
static bool
is_provisional(const struct builder *b, const struct span *span, const struct occurrence *o)
{
	const struct schedule_rule *rule = b->rule;
	struct span g = deciding_days(b, span, o);
	int32_t commit = zone_local(b->s->zone, o->commit_time, NULL);
	bool of_provisional = o->holiday != NULL && o->holiday->provisional;

	if (of_provisional || rule->when == WHEN_DURING_HOLIDAY)
		return of_provisional;
	if (rule->window_workdays && o->visit_last > g.last)
		g.last = o->visit_last;
	if (rule->commit.workdays && commit < g.first)
		g.first = commit;
	return calendar_provisional(b->calendar, g.first, g.last);
}

static void
append_occurrence(struct builder *b, const struct occurrence *o)
{
	struct schedule_list *list = &b->list;
	struct occurrence *grown;

	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? 64 : list->cap * 2;

		if (list->n >= SCHEDULE_MAX) {
			b->rc =
			    err_set(b->err, ERR_LIMIT, N_("there are more than %d draws in this span"), SCHEDULE_MAX);
			return;
		}
		grown = reallocarray(list->v, cap, sizeof *grown);
		if (grown == NULL) {
			b->rc = err_memory(b->err);
			return;
		}
		list->v = grown;
		list->cap = cap;
	}
	list->v[list->n++] = *o;
}

/* Appends the occurrence on `date`; a random time of day follows from the secret. */
static void
append_on(struct builder *b, const struct span *span, struct occurrence o, int32_t date, const uint8_t *secret)
{
	o.date = date;
	if (!leaves_visits(b, &o))
		return;
	set_visits(b, &o);
	set_times(b, &o, minute_of(b->rule, secret, date));
	o.provisional = is_provisional(b, span, &o);
	append_occurrence(b, &o);
}

/* Appends the occurrences on random days: those with the least hashes. */
static void
append_random(struct builder *b, const struct span *span, const struct occurrence *o, const uint8_t *secret)
{
	size_t most = (size_t)((int64_t)span->last - span->first + 1), n = 0;
	struct candidate *candidates = calloc(most + 1, sizeof *candidates);

	if (candidates == NULL) {
		b->rc = err_memory(b->err);
		return;
	}
	for (int32_t date = span->first; date <= span->last; date++)
		if (may_be_drawn(b, date))
			candidates[n++] = (struct candidate){secret_hash(secret, "day/", date), date};
	qsort(candidates, n, sizeof *candidates, compare_candidates);
	for (size_t i = 0; i < n && (int64_t)i < b->rule->times && b->rc == 0; i++)
		append_on(b, span, *o, candidates[i].date, secret);
	free(candidates);
}

/* Appends open occurrences, as many as there will be once there is a secret. */
static void
append_open(struct builder *b, const struct span *span, struct occurrence o)
{
	size_t n = b->rule->day == DAY_RANDOM ? count_candidates(b, span) : 1;

	o.date = DATE_NONE;
	if (b->rule->day != DAY_RANDOM && (!fixed_day(b, span, &o.date) || !leaves_visits(b, &o)))
		return;
	o.open = true;
	o.provisional =
	    (o.holiday != NULL && o.holiday->provisional) || calendar_provisional(b->calendar, span->first, span->last);
	for (size_t i = 0; i < n && (b->rule->day != DAY_RANDOM || (int64_t)i < b->rule->times) && b->rc == 0; i++)
		append_occurrence(b, &o);
}

/* Appends all occurrences of a period or holiday; `span` has the days that are counted. */
static void
append_all(struct builder *b, const struct span *span, struct occurrence o)
{
	uint8_t secret[SCHEDULE_SECRET] = {0};
	int32_t date;

	if (span->first > span->last)
		return;
	o.random = b->rule->day == DAY_RANDOM || b->rule->time_from_min != b->rule->time_to_min;
	if (o.random && (b->s->secret == NULL || !b->s->secret(b->s->ctx, o.key, secret))) {
		append_open(b, span, o);
		return;
	}
	if (b->rule->day == DAY_RANDOM)
		append_random(b, span, &o, secret);
	else if (fixed_day(b, span, &date))
		append_on(b, span, o, date, secret);
}

/* ---- all of them ---- */

static void
walk_periods(struct builder *b, int32_t from, int32_t to)
{
	struct span span = period_at(b, from);

	while (span.first <= to && b->rc == 0) {
		append_all(b, &span, (struct occurrence){.first = span.first, .last = span.last, .key = span.first});
		span = period_at(b, span.last + 1);
	}
}

static bool
rule_looks_at(const struct schedule_rule *rule, const struct holiday *holiday)
{
	if ((int64_t)holiday->last - holiday->first + 1 < rule->min_days)
		return false;
	for (size_t i = 0; i < rule->holidays.n; i++)
		if (holiday_is(holiday, rule->holidays.items[i]))
			return true;
	return rule->holidays.n == 0;
}

/* The days that the rule counts for this holiday. */
static struct span
span_of(const struct builder *b, size_t at)
{
	const struct calendar *c = b->calendar;
	const struct holiday *h = &c->holidays[at];

	switch (b->rule->when) {
	case WHEN_AFTER_HOLIDAY:
		return (struct span){h->last + 1, at + 1 < c->n_holidays ? h[1].first - 1 : c->last};
	case WHEN_BEFORE_HOLIDAY:
		return (struct span){at > 0 ? h[-1].last + 1 : c->first, h->first - 1};
	default: /* a random day leaves the last one for visits */
		return (struct span){h->first, b->rule->day == DAY_RANDOM ? h->last - 1 : h->last};
	}
}

static void
walk_holidays(struct builder *b, int32_t from, int32_t to)
{
	const struct calendar *c = b->calendar;

	/* A counted day may come long after its holiday: the holiday before is looked at too. */
	size_t at = calendar_holiday_from(c, from);

	at = at > 0 ? at - 1 : at;
	for (; at < c->n_holidays && b->rc == 0; at++) {
		const struct holiday *h = &c->holidays[at];
		struct span span = span_of(b, at);

		if (rule_looks_at(b->rule, h))
			append_all(b, &span,
			    (struct occurrence){.first = h->first,
			        .last = h->last,
			        .key = h->names[0].date,
			        .holiday = h});
		if (h->first > to && span.first > to)
			break;
	}
}

/* ---- in order ---- */

static int32_t
sort_date(const struct occurrence *o)
{
	return o->date == DATE_NONE ? o->first : o->date;
}

static int
compare_occurrences(const void *a, const void *b)
{
	const struct occurrence *x = a, *y = b;

	if (sort_date(x) != sort_date(y))
		return sort_date(x) < sort_date(y) ? -1 : 1;
	if (x->open != y->open)
		return x->open ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

/*
 * Keeps one occurrence a day and those in [from, to], and makes no commitment earlier than the draw before it.
 */
static void
finish_occurrences(struct schedule_list *list, int32_t from, int32_t to)
{
	const struct occurrence *before = NULL;
	struct occurrence kept;
	int32_t taken = DATE_NONE;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct occurrence o = list->v[i];
		bool wanted = o.open ? o.first <= to && o.last >= from : o.date >= from && o.date <= to;

		if (o.date != DATE_NONE && o.date == taken)
			continue;
		taken = o.date;
		if (!o.open) {
			if (before != NULL && o.commit_time < before->draw_time)
				o.commit_time = before->draw_time;
			kept = o;
			before = &kept;
		}
		if (wanted)
			list->v[n++] = o;
	}
	list->n = n;
}

int
schedule_list(const struct schedule *s, int32_t from, int32_t to, struct schedule_list *ret_list, struct err *err)
{
	struct builder b = {.s = s, .rule = s->rule, .calendar = s->calendar, .err = err};
	int32_t early = from - LEAD_DAYS_MAX - MARGIN, late = to + MARGIN;

	if (s->rule->when >= WHEN_WEEKLY && s->rule->when <= WHEN_YEARLY)
		walk_periods(&b, early, late);
	else if (s->rule->when != WHEN_MANUAL)
		walk_holidays(&b, early, late);
	if (b.rc != 0) {
		schedule_list_release(&b.list);
		return b.rc;
	}
	if (b.list.n > 0)
		qsort(b.list.v, b.list.n, sizeof *b.list.v, compare_occurrences);
	finish_occurrences(&b.list, from, to);
	*ret_list = b.list;
	return 0;
}

void
schedule_list_release(struct schedule_list *list)
{
	if (list == NULL)
		return;
	free(list->v);
	*list = (struct schedule_list){0};
}
