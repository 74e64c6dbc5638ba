/* Merges the days of all sources into workdays and holidays, and answers look-ups. */
#include "core/calendar/calendar.h"

#include <stdlib.h>

#include "core/base/text.h"

int
calendar_weekday(int32_t date)
{
	int weekday = (int)(((int64_t)date + 3) % 7); /* 1970-01-01 was a Thursday */

	return weekday < 0 ? weekday + 7 : weekday;
}

/* ---- putting days in ---- */

int
calendar_begin(struct calendar *calendar, unsigned workweek, struct err *err)
{
	size_t computed;

	*calendar = (struct calendar){.workweek = workweek};
	return calendar_source(calendar, "", &computed, err);
}

void
calendar_release(struct calendar *calendar)
{
	if (calendar == NULL)
		return;
	for (size_t i = 0; i < calendar->n_sources; i++)
		free(calendar->sources[i]);
	for (size_t i = 0; i < calendar->n_days; i++)
		free(calendar->days[i].name);
	free(calendar->sources);
	free(calendar->days);
	free(calendar->holidays);
	free(calendar->sums);
	free(calendar->workdays);
	*calendar = (struct calendar){0};
}

int
calendar_source(struct calendar *calendar, const char *name, size_t *ret_source, struct err *err)
{
	char **grown = reallocarray(calendar->sources, calendar->n_sources + 1, sizeof *grown);

	if (grown == NULL)
		return err_memory(err);
	calendar->sources = grown;
	grown[calendar->n_sources] = slice_dup(slice_of(name));
	if (grown[calendar->n_sources] == NULL)
		return err_memory(err);
	*ret_source = calendar->n_sources++;
	return 0;
}

static bool
grow_days(struct calendar *c)
{
	size_t cap = c->cap_days == 0 ? 64 : c->cap_days * 2;
	struct special_day *grown;

	if (c->n_days < c->cap_days)
		return true;
	grown = reallocarray(c->days, cap, sizeof *grown);
	if (grown == NULL)
		return false;
	c->days = grown;
	c->cap_days = cap;
	return true;
}

int
calendar_add(struct calendar *calendar, size_t source, int32_t date, bool off, struct slice name, struct err *err)
{
	struct special_day day = {.date = date,
	    .off = off,
	    .provisional = source == CALENDAR_COMPUTED,
	    .source = source,
	    .order = calendar->n_days};

	if (calendar->n_days >= CALENDAR_ENTRIES_MAX)
		return err_set(err, ERR_LIMIT, N_("the calendar has more than %d days"), CALENDAR_ENTRIES_MAX);
	if (!grow_days(calendar) || (day.name = slice_dup(name)) == NULL)
		return err_memory(err);
	calendar->days[calendar->n_days++] = day;
	return 0;
}

bool
calendar_has(const struct calendar *calendar, int year, const char *key)
{
	for (size_t i = 0; i < calendar->n_days; i++) {
		const struct special_day *day = &calendar->days[i];
		struct slice rest = slice_of(day->name), name;

		if (!day->off || day->provisional || text_year_of(day->date) != year)
			continue;
		while (holiday_next_name(&rest, &name)) {
			const char *known = holiday_key(name);

			if (key == NULL || (known != NULL && strcmp(known, key) == 0))
				return true;
		}
	}
	return false;
}

/* ---- one entry a day ---- */

static int
compare_special_days(const void *a, const void *b)
{
	const struct special_day *x = a, *y = b;

	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? 1 : -1; /* the winner first */
	return (x->order > y->order) - (x->order < y->order);
}

/* Appends the name of `more` to that of `day`, unless it is in it already. */
static bool
join_names(struct special_day *day, const struct special_day *more)
{
	size_t n = strlen(day->name), m = strlen(more->name);
	char *joined;

	if (m == 0 || day->off != more->off || strstr(day->name, more->name) != NULL)
		return true;
	joined = malloc(n + m + 4);
	if (joined == NULL)
		return false;
	memcpy(joined, day->name, n);
	memcpy(joined + n, n == 0 ? "" : "\xE3\x80\x81", n == 0 ? 0 : 3);
	memcpy(joined + n + (n == 0 ? 0 : 3), more->name, m + 1);
	free(day->name);
	day->name = joined;
	return true;
}

static int
merge_days(struct calendar *c, struct err *err)
{
	size_t n = 0;
	bool ok = true;

	if (c->n_days > 0)
		qsort(c->days, c->n_days, sizeof *c->days, compare_special_days);
	for (size_t i = 0; i < c->n_days; i++) {
		if (n == 0 || c->days[n - 1].date != c->days[i].date) {
			c->days[n++] = c->days[i];
			continue;
		}
		if (c->days[n - 1].source == c->days[i].source)
			ok = join_names(&c->days[n - 1], &c->days[i]) && ok;
		free(c->days[i].name);
	}
	c->n_days = n;
	return ok ? 0 : err_memory(err);
}

/* ---- holidays and workdays from the entries ---- */

static size_t
special_from(const struct calendar *c, int32_t date)
{
	size_t low = 0, high = c->n_days;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->days[middle].date < date)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct special_day *
calendar_special(const struct calendar *calendar, int32_t date)
{
	size_t i = special_from(calendar, date);

	return i < calendar->n_days && calendar->days[i].date == date ? &calendar->days[i] : NULL;
}

static bool
in_workweek(const struct calendar *c, int32_t date)
{
	return (c->workweek & WORKWEEK_DAY(calendar_weekday(date))) != 0;
}

static bool
entries_say_work(const struct calendar *c, int32_t date)
{
	const struct special_day *day = calendar_special(c, date);

	return day != NULL ? !day->off : in_workweek(c, date);
}

static void
add_name(struct holiday *h, const struct special_day *day, struct slice name)
{
	const char *key = holiday_key(name);

	for (size_t i = 0; i < h->n_names; i++)
		if (key != NULL ? h->names[i].key == key : slice_eq(h->names[i].name, name))
			return;
	if (h->n_names < HOLIDAY_NAMES_MAX)
		h->names[h->n_names++] = (struct holiday_name){name, key, day->date};
}

/* The run of days without work around a named day off, within [first, last]. */
static struct holiday
run_around(const struct calendar *c, size_t at)
{
	struct holiday h = {.first = c->days[at].date, .last = c->days[at].date};

	while (h.first > c->first && !entries_say_work(c, h.first - 1))
		h.first--;
	while (h.last < c->last && !entries_say_work(c, h.last + 1))
		h.last++;
	for (size_t i = special_from(c, h.first); i < c->n_days && c->days[i].date <= h.last; i++) {
		struct slice rest = slice_of(c->days[i].name), name;

		h.provisional = h.provisional || c->days[i].provisional;
		while (holiday_next_name(&rest, &name))
			add_name(&h, &c->days[i], name);
	}
	return h;
}

static int
find_holidays(struct calendar *c, struct err *err)
{
	c->holidays = calloc(c->n_days + 1, sizeof *c->holidays);
	if (c->holidays == NULL)
		return err_memory(err);
	for (size_t i = special_from(c, c->first); i < c->n_days && c->days[i].date <= c->last; i++) {
		bool known = c->n_holidays > 0 && c->days[i].date <= c->holidays[c->n_holidays - 1].last;

		if (c->days[i].off && c->days[i].name[0] != '\0' && !known)
			c->holidays[c->n_holidays++] = run_around(c, i);
	}
	return 0;
}

static int
count_days(struct calendar *c, struct err *err)
{
	size_t n = (size_t)((int64_t)c->last - c->first + 1), next = 0;

	c->sums = calloc(n + 1, sizeof *c->sums);
	c->workdays = calloc(n + 1, sizeof *c->workdays);
	if (c->sums == NULL || c->workdays == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++) {
		int32_t date = (int32_t)(c->first + (int64_t)i);
		bool work = entries_say_work(c, date);

		while (next < c->n_holidays && c->holidays[next].last < date)
			next++;
		c->sums[i + 1] = c->sums[i];
		c->sums[i + 1].workdays += work;
		c->sums[i + 1].provisional +=
		    next < c->n_holidays && c->holidays[next].first <= date && c->holidays[next].provisional;
		if (work)
			c->workdays[c->n_workdays++] = date;
	}
	return 0;
}

int
calendar_finish(struct calendar *calendar, int32_t first, int32_t last, struct err *err)
{
	int rc;

	if ((int64_t)last - first >= CALENDAR_SPAN_MAX || last < first)
		return err_set(err, ERR_LIMIT, N_("a calendar covers at most 200 years"));
	calendar->first = first;
	calendar->last = last;
	rc = merge_days(calendar, err);
	if (rc == 0)
		rc = find_holidays(calendar, err);
	if (rc == 0)
		rc = count_days(calendar, err);
	return rc;
}

/* ---- look-ups ---- */

static bool
covers_date(const struct calendar *c, int32_t date)
{
	return c->sums != NULL && date >= c->first && date <= c->last;
}

bool
calendar_works(const struct calendar *calendar, int32_t date)
{
	size_t i;

	if (!covers_date(calendar, date))
		return in_workweek(calendar, date);
	i = (size_t)((int64_t)date - calendar->first);
	return calendar->sums[i + 1].workdays > calendar->sums[i].workdays;
}

/* Steps day by day, where there are no sums. */
static int32_t
step_day_by_day(const struct calendar *c, int32_t date, int64_t n)
{
	int32_t by = n < 0 ? -1 : 1;

	while (n != 0 && c->workweek != 0) {
		date += by;
		if (calendar_works(c, date))
			n -= by;
	}
	return date;
}

int32_t
calendar_step(const struct calendar *calendar, int32_t date, int64_t n)
{
	int64_t index;

	if (n == 0)
		return date;
	if (!covers_date(calendar, date))
		return step_day_by_day(calendar, date, n);
	/* workdays[] has at this index, without n, the day itself, or the next workday where it is none. */
	index = calendar->sums[date - calendar->first].workdays + n;
	if (n > 0 && !calendar_works(calendar, date))
		index--;
	if (index < 0 || index >= (int64_t)calendar->n_workdays)
		return step_day_by_day(calendar, date, n);
	return calendar->workdays[index];
}

int64_t
calendar_count(const struct calendar *calendar, int32_t first, int32_t last)
{
	int64_t n = 0;

	if (first > last)
		return 0;
	if (covers_date(calendar, first) && covers_date(calendar, last))
		return (int64_t)calendar->sums[last - calendar->first + 1].workdays -
		    calendar->sums[first - calendar->first].workdays;
	for (int32_t date = first; date <= last; date++)
		n += calendar_works(calendar, date);
	return n;
}

bool
calendar_provisional(const struct calendar *calendar, int32_t first, int32_t last)
{
	if (calendar->sums == NULL)
		return false;
	first = first < calendar->first ? calendar->first : first;
	last = last > calendar->last ? calendar->last : last;
	return first <= last &&
	    calendar->sums[last - calendar->first + 1].provisional >
	    calendar->sums[first - calendar->first].provisional;
}

int64_t
calendar_shift(const struct calendar *calendar, const struct zone *zone, int64_t time, const struct duration *duration,
    int sign)
{
	int32_t second, date;

	if (!duration->workdays)
		return time + sign * duration->n;
	date = zone_local(zone, time, &second);
	return zone_instant(zone, calendar_step(calendar, date, sign * duration->n), second, NULL);
}

size_t
calendar_holiday_from(const struct calendar *calendar, int32_t date)
{
	size_t low = 0, high = calendar->n_holidays;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->holidays[middle].last < date)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct holiday *
calendar_holiday_at(const struct calendar *calendar, int32_t date)
{
	size_t i = calendar_holiday_from(calendar, date);

	return i < calendar->n_holidays && calendar->holidays[i].first <= date ? &calendar->holidays[i] : NULL;
}

struct hash
calendar_digest(const struct calendar *calendar)
{
	struct hash_stream stream;
	char date[DATE_TEXT];

	hash_begin(&stream);
	for (int i = 0; i < 7; i++)
		hash_add(&stream, (calendar->workweek & WORKWEEK_DAY(i)) != 0 ? "1" : "0", 1);
	for (size_t i = 0; i < calendar->n_days; i++) {
		const struct special_day *day = &calendar->days[i];

		text_from_date(day->date, date);
		hash_add(&stream, "\n", 1);
		hash_add(&stream, date, strlen(date));
		hash_add(&stream, day->off ? " off " : " work ", day->off ? 5 : 6);
		hash_add(&stream, day->name, strlen(day->name));
	}
	return hash_end(&stream);
}
