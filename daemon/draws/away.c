/* Collects who is away on the dates of a draw's slots, from leave, from excuses, and from visits of sealed draws. */
#include "draws/away.h"

#include <stdlib.h>
#include <string.h>

#include "core/format/roster.h"
#include "draws/draws.h"
#include "rosters/codes.h"

struct away_walk {
	struct store *store;
	int32_t *dates; /* of the slots, ascending, each once */
	size_t n_dates;
	struct away_days *days;
	struct err *err;
};

/* ---- days ---- */

static int
set_slot_dates(struct away_walk *w, const slot_t *slots, size_t n_slots)
{
	w->dates = calloc(n_slots + 1, sizeof *w->dates);
	if (w->dates == NULL)
		return err_memory(w->err);
	for (size_t i = 0; i < n_slots; i++)
		if (i == 0 || slot_date(slots[i]) != w->dates[w->n_dates - 1])
			w->dates[w->n_dates++] = slot_date(slots[i]);
	w->days->dates = w->n_dates;
	return 0;
}

static int
add_away_day(struct away_walk *w, struct slice id, int32_t date)
{
	struct away_days *days = w->days;
	struct away_day *day;

	if (days->n == ROSTER_ROWS_MAX)
		return err_set(w->err, ERR_LIMIT, N_("inspectors are away on more days than away.csv can hold"));
	if (days->n == days->cap) {
		size_t cap = days->cap == 0 ? 64 : days->cap * 2;
		struct away_day *grown = reallocarray(days->v, cap, sizeof *grown);

		if (grown == NULL)
			return err_memory(w->err);
		days->v = grown;
		days->cap = cap;
	}
	day = &days->v[days->n++];
	*day = (struct away_day){.date = date};
	memcpy(day->id, id.p, id.n);
	return 0;
}

/* The dates of slots among the days from `from` to `to`.  What is no id cannot stand in inspectors.csv. */
static int
add_away_span(struct away_walk *w, struct slice id, int32_t from, int32_t to)
{
	int rc = 0;

	if (!text_is_id(id))
		return 0;
	for (size_t i = 0; rc == 0 && i < w->n_dates && w->dates[i] <= to; i++)
		if (w->dates[i] >= from)
			rc = add_away_day(w, id, w->dates[i]);
	return rc;
}

/* ---- where they come from ---- */

/* Each of them yields an id, a first and a last day; the parameters are the window's first and last date. */
static const char sql_leave[] = "SELECT inspector, \"from\", \"to\" FROM leave WHERE \"to\" >= ?1 AND \"from\" <= ?2";

static const char sql_excuses[] = "SELECT who, \"from\", until FROM excuse WHERE kind = 'inspectors' AND lifted IS NULL"
                                  " AND until >= ?1 AND \"from\" <= ?2";

/* A slot is in minutes (core/format/slot.h).  Places without a target are visited by nobody. */
static const char sql_booked[] =
    "SELECT DISTINCT coalesce(c.own, s.inspector), p.visit / 1440, p.visit / 1440"
    " FROM draw d JOIN draw_place p ON p.n = d.n JOIN draw_seat s ON s.n = p.n AND s.place = p.place"
    " LEFT JOIN public_id c ON c.kind = 'inspector' AND c.code = s.inspector WHERE d.outcome = 'draw' AND "
    "d.reveal_entry IS NULL"
    " AND p.target IS NOT NULL AND s.inspector IS NOT NULL AND p.visit >= ?1 * 1440 AND p.visit < (?2 + 1) * 1440";

static int
add_away_source(struct away_walk *w, const char *sql)
{
	struct query q;
	int rc = 0, rc_close;

	query_open(&q, w->store, sql);
	query_put_int(&q, w->dates[0]);
	query_put_int(&q, w->dates[w->n_dates - 1]);
	while (rc == 0 && query_row(&q))
		rc = add_away_span(w, query_text(&q, 0), (int32_t)query_int(&q, 1), (int32_t)query_int(&q, 2));
	rc_close = query_close(&q, rc == 0 ? w->err : NULL);
	return rc != 0 ? rc : rc_close;
}

/* ---- all together ---- */

static int
compare_away_days(const void *a, const void *b)
{
	const struct away_day *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : (x->date > y->date) - (x->date < y->date);
}

static void
sort_away_days(struct away_days *days)
{
	size_t n = 0;

	if (days->n > 0)
		qsort(days->v, days->n, sizeof *days->v, compare_away_days);
	for (size_t i = 0; i < days->n; i++)
		if (n == 0 || compare_away_days(&days->v[n - 1], &days->v[i]) != 0)
			days->v[n++] = days->v[i];
	days->n = n;
}

int
away_days_read(struct store *store, const slot_t *slots, size_t n_slots, bool booked, struct away_days *ret_days,
    struct err *err)
{
	struct away_walk w = {.store = store, .days = ret_days, .err = err};
	int rc;

	*ret_days = (struct away_days){.n = 0};
	rc = set_slot_dates(&w, slots, n_slots);
	if (rc == 0 && w.n_dates > 0)
		rc = add_away_source(&w, sql_leave);
	if (rc == 0 && w.n_dates > 0)
		rc = add_away_source(&w, sql_excuses);
	if (rc == 0 && w.n_dates > 0 && booked)
		rc = add_away_source(&w, sql_booked);
	if (rc == 0)
		sort_away_days(ret_days);
	free(w.dates);
	return rc;
}

int
away_days_of_draw(struct store *store, uint64_t n, struct away_days *ret_days, struct err *err)
{
	struct away_walk w = {.store = store, .days = ret_days, .err = err};
	struct codes codes;
	struct slice rest;
	struct buf bytes;
	int rc, closed;

	*ret_days = (struct away_days){.n = 0};
	buf_init(&bytes, DRAW_FILE_MAX);
	rc = draw_file_get(store, n, "away.csv", &bytes, err);
	codes_open(&codes, store);
	rest = buf_view(&bytes);
	(void)slice_cut(&rest, '\n'); /* the header */
	while (rc == 0 && rest.n > 0) {
		struct slice date = slice_cut(&rest, '\n'), id = slice_cut(&date, ',');
		struct slice own = codes_own(&codes, CODE_INSPECTOR, id);
		int32_t day;

		if (!text_is_id(id) || !text_to_date(date, &day))
			rc = err_set(err, ERR_OUTSIDE,
			    N_("%s of draw %llu in the state is damaged: restore the state from a backup"), "away.csv",
			    (unsigned long long)n);
		else
			rc = add_away_day(&w, own.p != NULL ? own : id, day);
	}
	closed = codes_close(&codes, rc == 0 ? err : NULL);
	rc = rc != 0 ? rc : closed;
	if (rc == 0)
		sort_away_days(ret_days);
	buf_release(&bytes);
	return rc;
}

size_t
away_inspectors(const struct away_days *days)
{
	size_t n = 0;

	for (size_t i = 0; i < days->n; i++)
		n += i == 0 || strcmp(days->v[i - 1].id, days->v[i].id) != 0;
	return n;
}

void
away_days_release(struct away_days *days)
{
	free(days->v);
	*days = (struct away_days){.n = 0};
}

bool
away_on_all(const struct away_days *days, struct slice id)
{
	size_t low = 0, high = days->n, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_cmp(slice_of(days->v[middle].id), id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < days->n && slice_is(id, days->v[low + n].id))
		n++;
	return days->dates > 0 && n == days->dates;
}
