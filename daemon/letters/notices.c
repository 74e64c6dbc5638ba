/* Which letters a draw and its amendments call for. */
#include "letters/notices.h"

#include <stdlib.h>

#include "letters/notices_writer.h"
#include "mail/outbox.h"

/* ---- a draw ---- */

/* The visits of a day among sorted ones: `*ret_first` is the index of the first.  Returns how many. */
static size_t
find_day(const struct notices_duties *duties, int32_t day, size_t *ret_first)
{
	size_t first = 0, n = 0;

	while (first < duties->n && slot_date(duties->v[first].visit) < day)
		first++;
	while (first + n < duties->n && slot_date(duties->v[first + n].visit) == day)
		n++;
	*ret_first = first;
	return n;
}

/* A letter with all visits that the inspector has on that day; none where there are none and no earlier letter. */
static int
queue_day_list(const struct notices_writer *w, enum letter_kind kind, uint32_t self, int32_t day,
    const struct notices_duties *duties, struct err *err)
{
	size_t first, n = find_day(duties, day, &first);
	struct notices_day letter = {kind, self, day, duties->v + first, n, duties};

	return n > 0 || kind == LETTER_UPDATED ? notices_day_queue(w, &letter, err) : 0;
}

static int
queue_assignments(const struct notices_writer *w, uint32_t self, int32_t from_day, struct err *err)
{
	struct notices_duties duties;
	int32_t day, before = INT32_MIN;
	int rc = notices_duties_read(w, self, &duties, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < duties.n; i++, before = day) {
		day = slot_date(duties.v[i].visit);
		if (day >= from_day && day != before)
			rc = queue_day_list(w, LETTER_ASSIGNMENT, self, day, &duties, err);
	}
	notices_duties_release(&duties);
	return rc;
}

int
notices_draw(const struct operator *operator, const struct stored_draw *d, int32_t from_day, int64_t time,
    struct err *err)
{
	struct notices_writer w = {.time = time};
	int rc = notices_writer_open(&w, operator, d, NULL, err);

	for (size_t i = 0; rc == 0 && i < w.n_holdings; i++)
		if (i == 0 || w.holdings[i].inspector != w.holdings[i - 1].inspector) {
			progress_tell(operator->progress, N_("letters"), i, w.n_holdings);
			rc = queue_assignments(&w, w.holdings[i].inspector, from_day, err);
		}
	if (rc == 0)
		progress_tell(operator->progress, N_("letters"), w.n_holdings, w.n_holdings);
	notices_writer_release(&w);
	return rc;
}

/* ---- amendments ---- */

static int
withdraw_letters(const struct notices_writer *w, uint32_t self, int32_t day, struct outbox_withdrawn *ret,
    struct err *err)
{
	return outbox_withdraw(w->operator->store, w->d->row.n, notices_inspector_id(w, self), day, w->time, ret, err);
}

static int
queue_cancellation(const struct notices_writer *w, uint32_t self, const struct notices_seat *gone,
    const struct notices_duties *duties, struct err *err)
{
	struct letter_colleague colleagues[TEAM_MAX];
	struct letter_visit visit = notices_visit(w, self, gone, colleagues);
	struct notices_day letter = {LETTER_CANCELLED, self, slot_date(gone->visit), &visit, 1, duties};

	return notices_day_queue(w, &letter, err);
}

/*
 * For an inspector who no longer has a seat at the place.  If all earlier letters about the day were sent, this one says
 * which visit is cancelled.  If one was sent and a later one had to be withdrawn, this one has the day's complete list,
 * even an empty one.
 */
static int
notify_leaver(const struct notices_writer *w, uint32_t self, const struct notices_seat *gone, struct err *err)
{
	int32_t day = slot_date(gone->visit);
	struct outbox_withdrawn before = {0};
	struct notices_duties duties = {0};
	int rc = withdraw_letters(w, self, day, &before, err);

	if (rc == 0)
		rc = notices_duties_read(w, self, &duties, err);
	if (rc != 0)
		return rc;
	if (!before.told)
		rc = queue_day_list(w, LETTER_ASSIGNMENT, self, day, &duties, err);
	else if (before.withdrawn > 0)
		rc = queue_day_list(w, LETTER_UPDATED, self, day, &duties, err);
	else
		rc = queue_cancellation(w, self, gone, &duties, err);
	notices_duties_release(&duties);
	return rc;
}

/* For an inspector at the place: one who joins, or whose colleague or target has changed. */
static int
notify_member(const struct notices_writer *w, uint32_t self, int32_t day, struct err *err)
{
	struct outbox_withdrawn before = {0};
	struct notices_duties duties = {0};
	int rc = withdraw_letters(w, self, day, &before, err);

	if (rc == 0)
		rc = notices_duties_read(w, self, &duties, err);
	if (rc == 0)
		rc = queue_day_list(w, before.told ? LETTER_UPDATED : LETTER_ASSIGNMENT, self, day, &duties, err);
	notices_duties_release(&duties);
	return rc;
}

static bool
has_seat_at(const struct notices_writer *w, size_t place, uint32_t self)
{
	const struct places *p = &w->d->places;

	for (size_t s = 0; s < w->d->draw.seats; s++)
		if (p->v[place].target != AMEND_EMPTY && p->team[place * w->d->draw.seats + s] == self)
			return true;
	return false;
}

int
notices_amend(const struct operator *operator, const struct stored_draw *d, const struct notices_change *change,
    int64_t time, struct err *err)
{
	const struct places_before *before = &change->before;
	struct notices_writer w = {.time = time, .amendment = change->amendment};
	int rc = notices_writer_open(&w, operator, d, before, err);

	for (size_t s = 0; rc == 0 && s < d->draw.seats; s++) {
		struct notices_seat gone = {before->target, before->visit, before->team, (uint32_t)s};

		if (before->team[s] != AMEND_EMPTY && !has_seat_at(&w, change->place, before->team[s]))
			rc = notify_leaver(&w, before->team[s], &gone, err);
	}
	for (size_t s = 0; rc == 0 && s < d->draw.seats; s++) {
		uint32_t self = d->places.team[change->place * d->draw.seats + s];

		if (self != AMEND_EMPTY && d->places.v[change->place].target != AMEND_EMPTY)
			rc = notify_member(&w, self, slot_date(before->visit), err);
	}
	notices_writer_release(&w);
	return rc;
}

/* ---- a letter that could not be made ---- */

static int
queue_again(const struct notices_writer *w, uint32_t self, const struct outbox_key *key, struct err *err)
{
	enum letter_kind kind =
	    strcmp(key->kind, letter_kind_name(LETTER_ASSIGNMENT)) == 0 ? LETTER_ASSIGNMENT : LETTER_UPDATED;
	struct notices_duties duties;
	int rc = notices_duties_read(w, self, &duties, err);

	if (rc != 0)
		return rc;
	rc = queue_day_list(w, kind, self, key->day, &duties, err);
	notices_duties_release(&duties);
	return rc;
}

int
notices_again(const struct operator *operator, const struct stored_draw *d, const struct outbox_key *key, int64_t time,
    struct err *err)
{
	struct notices_writer w = {.time = time, .amendment = key->amendment};
	int rc = notices_writer_open(&w, operator, d, NULL, err);

	for (uint32_t i = 0; rc == 0 && i < d->draw.n_in; i++)
		if (slice_is(notices_inspector_id(&w, i), key->inspector)) {
			rc = queue_again(&w, i, key, err);
			break;
		}
	notices_writer_release(&w);
	return rc;
}
