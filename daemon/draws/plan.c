/* A cycle's timetable: the occurrences that its rule and the calendar give, without those that are settled. */
#include "draws/plan.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "system/clock.h"

#define NEAR_DAYS 40       /* a period's random days are chosen this long before its earliest commitment */
#define LOOK_BACK_DAYS 400 /* older occurrences are not made up for */
#define LOOK_AHEAD_DAYS 70 /* the next occurrence of most cycles is nearer */
#define LOOK_FAR_DAYS 800  /* the next holiday of any kind is nearer */
#define SETTLED_DAYS 62    /* occurrences this much older than the latest settled one count as settled */
#define MOVES_DAYS 10      /* a holiday that moves by at most this is still the same one */

struct plan_settled {
	int32_t key, date;
	char *name; /* of a holiday; "" for a period */
};

/* ---- what is settled ---- */

static int
read_since(struct plan *p, struct err *err)
{
	struct query q;

	query_open(&q, p->store, "SELECT since FROM plan_cycle WHERE cycle = ?");
	query_put_string(&q, p->cycle->name);
	if (query_row(&q))
		p->since = query_int(&q, 0);
	return query_close(&q, err);
}

/*
 * Notes when the service first saw the cycle: what was due before that is not missed.  The time of the newest log entry
 * counts where the clock is behind it.
 */
static int
begin_timetable(struct plan *p, struct err *err)
{
	struct query q;
	int rc = read_since(p, err);

	if (rc != 0 || p->since != INT64_MAX || !p->may_choose)
		return rc;
	query_open(&q, p->store,
	    "INSERT INTO plan_cycle (cycle, since) VALUES (?1, max(?2,"
	    " coalesce((SELECT time FROM log_entry ORDER BY idx DESC LIMIT 1), ?2))) ON CONFLICT DO NOTHING");
	query_put_string(&q, p->cycle->name);
	query_put_int(&q, p->now);
	(void)query_run(&q);
	rc = query_close(&q, err);
	return rc != 0 ? rc : read_since(p, err);
}

static int
read_settled(struct plan *p, struct err *err)
{
	struct plan_settled *grown;
	struct query q;
	bool memory = true;
	int rc;

	query_open(&q, p->store, "SELECT key, date, name FROM plan_done WHERE cycle = ? ORDER BY date, key");
	query_put_string(&q, p->cycle->name);
	while (memory && query_row(&q)) {
		grown = reallocarray(p->settled, p->n_settled + 1, sizeof *grown);
		memory = grown != NULL;
		if (!memory)
			break;
		p->settled = grown;
		grown[p->n_settled] = (struct plan_settled){(int32_t)query_int(&q, 0), (int32_t)query_int(&q, 1),
		    slice_dup(query_text(&q, 2))};
		memory = grown[p->n_settled].name != NULL;
		p->n_settled += memory;
	}
	rc = query_close(&q, err);
	return rc == 0 && !memory ? err_memory(err) : rc;
}

int
plan_open(struct plan *ret_plan, struct store *store, const struct config_cycle *cycle, const struct calendar *calendar,
    int64_t now, bool may_choose, struct err *err)
{
	struct plan *p = ret_plan;
	int rc;

	*p = (struct plan){.store = store,
	    .cycle = cycle,
	    .calendar = calendar,
	    .since = INT64_MAX,
	    .now = now,
	    .may_choose = may_choose};
	if (store == NULL)
		return 0;
	rc = begin_timetable(p, err);
	return rc != 0 ? rc : read_settled(p, err);
}

void
plan_close(struct plan *plan)
{
	if (plan == NULL)
		return;
	for (size_t i = 0; i < plan->n_settled; i++)
		free(plan->settled[i].name);
	free(plan->settled);
	plan->settled = NULL;
	plan->n_settled = 0;
}

/* ---- is it settled ---- */

static const char *
holiday_key_or_name(const struct holiday_name *name, char *text, size_t size)
{
	if (name->key != NULL)
		return name->key;
	(void)snprintf(text, size, "%.*s", (int)name->name.n, name->name.p);
	return text;
}

/* The calendar has a holiday of this name that begins on the day `key`. */
static bool
begins_on(const struct calendar *c, const char *name, int32_t key)
{
	const struct holiday *h = calendar_holiday_at(c, key);
	char text[HOLIDAY_TITLE];

	for (size_t i = 0; h != NULL && i < h->n_names; i++)
		if (h->names[i].date == key && strcmp(holiday_key_or_name(&h->names[i], text, sizeof text), name) == 0)
			return true;
	return false;
}

/* The same day; or a near one, where the calendar no longer has the holiday on the old day: it has moved. */
static bool
is_same_holiday(const struct plan *p, const struct plan_settled *s, int32_t date)
{
	return s->key == date || (abs(s->key - date) <= MOVES_DAYS && !begins_on(p->calendar, s->name, s->key));
}

/* Whether the settled row is of this occurrence's period or holiday. */
static bool
belongs_to_occurrence(const struct plan *p, const struct plan_settled *s, const struct occurrence *o)
{
	char text[HOLIDAY_TITLE];

	if (o->holiday == NULL)
		return s->name[0] == '\0' && s->key == o->key;
	for (size_t i = 0; i < o->holiday->n_names; i++) {
		const struct holiday_name *name = &o->holiday->names[i];

		if (strcmp(s->name, holiday_key_or_name(name, text, sizeof text)) == 0 &&
		    is_same_holiday(p, s, name->date))
			return true;
	}
	return false;
}

static bool
is_settled(const struct plan *p, const struct occurrence *o)
{
	bool any_day = p->cycle->rule.day != DAY_RANDOM;

	for (size_t i = 0; i < p->n_settled; i++)
		if ((any_day || p->settled[i].date == o->date) && belongs_to_occurrence(p, &p->settled[i], o))
			return true;
	return false;
}

/* How many random days of its period or holiday are settled.  Rows are by date. */
static int64_t
count_settled(const struct plan *p, const struct occurrence *o)
{
	int32_t seen = DATE_NONE;
	int64_t n = 0;

	for (size_t i = 0; i < p->n_settled; i++) {
		const struct plan_settled *s = &p->settled[i];

		/* A holiday with two names has two rows a day. */
		if (s->date != seen && belongs_to_occurrence(p, s, o)) {
			n++;
			seen = s->date;
		}
	}
	return n;
}

/* ---- random days ---- */

static int
make_period_secret(struct plan *p, int32_t key, struct err *err)
{
	uint8_t secret[SCHEDULE_SECRET];
	struct query q;

	if (sodium_init() < 0)
		return err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	randombytes_buf(secret, sizeof secret);
	query_open(&q, p->store,
	    "INSERT INTO plan_secret (cycle, key, secret) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
	query_put_string(&q, p->cycle->name);
	query_put_int(&q, key);
	query_put_blob(&q, secret, sizeof secret);
	(void)query_run(&q);
	sodium_memzero(secret, sizeof secret);
	return query_close(&q, err);
}

static bool
read_period_secret(struct plan *p, int32_t key, uint8_t ret[static SCHEDULE_SECRET])
{
	struct query q;
	bool there = false;

	query_open(&q, p->store, "SELECT secret FROM plan_secret WHERE cycle = ? AND key = ?");
	query_put_string(&q, p->cycle->name);
	query_put_int(&q, key);
	if (query_row(&q)) {
		struct slice bytes = query_blob(&q, 0);

		there = bytes.n == SCHEDULE_SECRET;
		if (there)
			memcpy(ret, bytes.p, SCHEDULE_SECRET);
	}
	if (p->rc == 0)
		p->rc = query_close(&q, p->err);
	else
		(void)query_close(&q, NULL);
	return there;
}

/* When a period's random days may be chosen, at the earliest (UTC). */
static int64_t
near_time(const struct plan *p, int32_t key)
{
	const struct duration *lead = &p->cycle->rule.commit;
	int64_t days = NEAR_DAYS + (lead->workdays ? 2 * lead->n : lead->n / DAY_S);

	return ((int64_t)key - days) * DAY_S;
}

static bool
period_secret(void *ctx, int32_t key, uint8_t ret[static SCHEDULE_SECRET])
{
	struct plan *p = ctx;

	if (p->store == NULL || p->rc != 0)
		return false;
	if (read_period_secret(p, key, ret))
		return true;
	if (!p->may_choose || p->rc != 0 || p->now < near_time(p, key))
		return false;
	p->rc = make_period_secret(p, key, p->err);
	return p->rc == 0 && read_period_secret(p, key, ret);
}

/* ---- what is left ---- */

/* A period has at most `times` random days, even where the calendar has changed since some were settled. */
static bool
has_all_its_days(const struct plan *p, const struct schedule_list *list, const struct occurrence *o)
{
	int64_t n = count_settled(p, o);

	for (size_t i = 0; i < list->n; i++)
		n += list->v[i].key == o->key;
	return n >= p->cycle->rule.times;
}

int
plan_list(struct plan *plan, int32_t from, int32_t to, struct schedule_list *ret_list, struct err *err)
{
	const struct schedule s = {.calendar = plan->calendar,
	    .zone = clock_zone(),
	    .rule = &plan->cycle->rule,
	    .secret = period_secret,
	    .ctx = plan};
	struct schedule_list all = {0}, left = {0};
	int rc;

	plan->rc = 0;
	plan->err = err;
	rc = schedule_list(&s, from, to, &all, err);
	if (rc == 0 && plan->rc != 0) {
		schedule_list_release(&all);
		rc = plan->rc;
	}
	if (rc != 0)
		return rc;
	left = all;
	left.n = 0;
	for (size_t i = 0; i < all.n; i++) {
		struct occurrence o = all.v[i];
		bool old = plan->since != INT64_MAX && !o.open && o.commit_time < plan->since;

		if (old || (!o.open && is_settled(plan, &o)) ||
		    (plan->cycle->rule.day == DAY_RANDOM && has_all_its_days(plan, &left, &o)))
			continue;
		left.v[left.n++] = o;
	}
	*ret_list = left;
	return 0;
}

/* The first day on which an occurrence may not be settled yet. */
static int32_t
first_open_day(const struct plan *p)
{
	int32_t from = clock_date(p->now) - LOOK_BACK_DAYS, first = DATE_NONE;

	for (size_t i = 0; i < p->n_settled; i++)
		first = p->settled[i].date > first ? p->settled[i].date : first;
	if (first != DATE_NONE && first - SETTLED_DAYS > from)
		from = first - SETTLED_DAYS;
	if (p->since != INT64_MAX && clock_date(p->since) > from)
		from = clock_date(p->since);
	return from;
}

static int
find_next_within(struct plan *plan, int32_t ahead_days, struct plan_next *ret_next, struct err *err)
{
	struct schedule_list list = {0};
	size_t n = 0;
	int rc = plan_list(plan, first_open_day(plan), clock_date(plan->now) + ahead_days, &list, err);

	*ret_next = (struct plan_next){.look = INT64_MAX};
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		int64_t near = near_time(plan, list.v[i].key);

		if (list.v[i].open && near > plan->now && near < ret_next->look)
			ret_next->look = near;
		if (!list.v[i].open && !list.v[i].provisional)
			list.v[n++] = list.v[i];
	}
	list.n = rc == 0 ? n : 0;
	/* Of several that are due only the last is made up for. */
	for (n = 0; n + 1 < list.n && list.v[n + 1].commit_time <= plan->now; n++)
		;
	if (list.n > 0) {
		ret_next->any = true;
		ret_next->next = list.v[n];
		ret_next->missed = list.v;
		ret_next->n_missed = n;
	} else {
		schedule_list_release(&list);
	}
	return rc;
}

int
plan_next(struct plan *plan, struct plan_next *ret_next, struct err *err)
{
	int rc;

	if (plan->since == INT64_MAX)
		plan->since = plan->now; /* the service has not seen the cycle yet */
	rc = find_next_within(plan, LOOK_AHEAD_DAYS, ret_next, err);
	return rc != 0 || ret_next->any ? rc : find_next_within(plan, LOOK_FAR_DAYS, ret_next, err);
}

void
plan_next_release(struct plan_next *next)
{
	if (next == NULL)
		return;
	free(next->missed);
	*next = (struct plan_next){0};
}

/* ---- titles ---- */

static void
period_title(enum schedule_when when, int32_t first, char *ret, size_t size)
{
	char date[DATE_TEXT];

	text_from_date(first, date);
	switch (when) {
	case WHEN_MONTHLY:
		(void)snprintf(ret, size, "%.7s", date);
		break;
	case WHEN_QUARTERLY:
		(void)snprintf(ret, size, "%.4s-Q%d", date, ((date[5] - '0') * 10 + date[6] - '0' - 1) / 3 + 1);
		break;
	case WHEN_YEARLY:
		(void)snprintf(ret, size, "%.4s", date);
		break;
	default:
		(void)snprintf(ret, size, "%s", date);
	}
}

void
plan_title(const struct config_cycle *cycle, const struct occurrence *occurrence, char ret_title[static PLAN_TITLE])
{
	if (occurrence->holiday != NULL)
		holiday_title(occurrence->holiday, ret_title);
	else
		period_title(cycle->rule.when, occurrence->key, ret_title, PLAN_TITLE);
}

/* ---- settling ---- */

int
plan_settle(struct store *store, const struct config_cycle *cycle, const struct occurrence *occurrence, int64_t now,
    uint64_t n, const char *why, struct err *err)
{
	const struct holiday *h = occurrence->holiday;
	char text[HOLIDAY_TITLE], title[PLAN_TITLE];
	struct query q;
	bool good = true;

	plan_title(cycle, occurrence, title);
	query_open(&q, store,
	    "INSERT OR REPLACE INTO plan_done (cycle, key, name, title, date, time, n, why)"
	    " VALUES (?, ?, ?, ?, ?, ?, nullif(?, 0), ?)");
	for (size_t i = 0; i < (h == NULL ? 1 : h->n_names) && good; i++) {
		query_put_string(&q, cycle->name);
		query_put_int(&q, h == NULL ? occurrence->key : h->names[i].date);
		query_put_string(&q, h == NULL ? "" : holiday_key_or_name(&h->names[i], text, sizeof text));
		query_put_string(&q, title);
		query_put_int(&q, occurrence->date);
		query_put_int(&q, now);
		query_put_int(&q, (int64_t)n);
		query_put_string(&q, why);
		good = query_run(&q);
	}
	return query_close(&q, err);
}

int
plan_reopen(struct store *store, uint64_t n, struct err *err)
{
	struct query q;

	query_open(&q, store, "DELETE FROM plan_done WHERE n = ?");
	query_put_int(&q, (int64_t)n);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
plan_fault(struct store *store, const char *cycle, const char *fault, int64_t now, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "UPDATE plan_cycle SET fault = ?1, tried = iif(?1 IS NULL, NULL, ?2) WHERE cycle = ?3"
	    " AND (fault IS NOT NULL OR ?1 IS NOT NULL)");
	query_put_string(&q, fault);
	query_put_int(&q, now);
	query_put_string(&q, cycle);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
plan_tried(struct store *store, const char *cycle, int64_t *ret_time, char **ret_fault, struct err *err)
{
	struct query q;
	bool memory = true;
	int rc;

	*ret_time = INT64_MIN;
	if (ret_fault != NULL)
		*ret_fault = NULL;
	query_open(&q, store, "SELECT tried, fault FROM plan_cycle WHERE cycle = ? AND tried IS NOT NULL");
	query_put_string(&q, cycle);
	if (query_row(&q)) {
		*ret_time = query_int(&q, 0);
		if (ret_fault != NULL)
			memory = (*ret_fault = slice_dup(query_text(&q, 1))) != NULL;
	}
	rc = query_close(&q, err);
	return rc == 0 && !memory ? err_memory(err) : rc;
}

static const struct {
	const char *key, *name;
} festivals[] = {
    {"new-year", N_("New Year")},
    {"spring-festival", N_("Spring Festival")},
    {"qingming", N_("Qingming")},
    {"labour-day", N_("Labour Day")},
    {"dragon-boat", N_("Dragon Boat")},
    {"mid-autumn", N_("Mid-Autumn")},
    {"national-day", N_("National Day")},
};

void
plan_title_words(const char *title, const char *(*tr)(const char *text), char ret_words[static PLAN_TITLE])
{
	struct slice rest = slice_of(title), name;
	size_t len = 0;

	ret_words[0] = '\0';
	while (holiday_next_name(&rest, &name) && len < PLAN_TITLE) {
		const char *key = holiday_key(name);
		int n;

		for (size_t i = 0; key != NULL && i < ARRAY_LEN(festivals); i++)
			if (strcmp(festivals[i].key, key) == 0)
				name = slice_of(tr(festivals[i].name));
		n = snprintf(ret_words + len, PLAN_TITLE - len, "%s%.*s", len == 0 ? "" : ", ", (int)name.n, name.p);
		len += n > 0 ? (size_t)n : 0;
	}
}

int
plan_title_of(struct store *store, uint64_t n, char ret_title[static PLAN_TITLE], struct err *err)
{
	struct query q;

	ret_title[0] = '\0';
	query_open(&q, store, "SELECT title FROM plan_done WHERE n = ? LIMIT 1");
	query_put_int(&q, (int64_t)n);
	if (query_row(&q)) {
		struct slice title = query_text(&q, 0);

		(void)snprintf(ret_title, PLAN_TITLE, "%.*s", (int)title.n, title.n == 0 ? "" : title.p);
	}
	return query_close(&q, err);
}
