/* A rehearsal: draws once with a secret that is thrown away, and keeps nothing. */
#include "draws/rehearsal.h"

#include <sodium.h>

#include "core/calendar/schedule.h"
#include "system/clock.h"

#define AHEAD_DAYS 400 /* a holiday of any kind begins within that */

static void
random_hex(char ret_hex[static HASH_HEX + 1])
{
	uint8_t random[HASH_BYTES];

	randombytes_buf(random, sizeof random);
	text_to_hex(random, sizeof random, ret_hex);
}

/* Now; for a cycle that visits during a holiday, where today has no such day left, the next holiday. */
static int
rehearsal_draw_time(const struct operator *operator, const struct config_cycle *cycle, int64_t *ret, struct err *err)
{
	struct schedule s = {.calendar = operator->calendar, .zone = clock_zone(), .rule = &cycle->rule};
	int32_t today = clock_date(operator->now), visit;
	struct schedule_list list;
	int rc;

	*ret = operator->now;
	if (cycle->rule.when != WHEN_DURING_HOLIDAY ||
	    schedule_visits(operator->calendar, &cycle->rule, today, &visit, 1) > 0)
		return 0;
	rc = schedule_list(&s, today, today + AHEAD_DAYS, &list, err);
	if (rc == 0 && list.n > 0)
		*ret = clock_instant(list.v[0].date == DATE_NONE ? list.v[0].first : list.v[0].date, 0, NULL);
	schedule_list_release(&list);
	return rc;
}

/* In a transaction that is rolled back: one view of the state, which does not change. */
static int
take_snapshot(struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle, struct err *err)
{
	struct snapshot_want want = {.config = operator->config,
	    .calendar = operator->calendar,
	    .cycle = cycle,
	    .now = operator->now,
	    .progress = operator->progress};
	int rc = rehearsal_draw_time(operator, cycle, &want.draw_time, err);

	if (rc == 0)
		rc = store_exec(operator->store, "BEGIN", err);
	if (rc == 0)
		rc = snapshot_take(&r->snapshot, operator->store, &want, err);
	store_rollback(operator->store);
	return rc;
}

int
rehearsal_make(struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle, struct err *err)
{
	int rc;

	*r = (struct rehearsal){0};
	snapshot_init(&r->snapshot);
	if (sodium_init() < 0)
		return err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	rc = take_snapshot(r, operator, cycle, err);
	if (rc != 0)
		return rc;
	random_hex(r->secret);
	random_hex(r->commit_hash);
	r->input = (struct draw_input){.commit = &r->snapshot.commit,
	    .commit_hash = slice_of(r->commit_hash),
	    .roster = &r->snapshot.roster,
	    .sealed = &r->snapshot.sealed,
	    .secret = slice_of(r->secret),
	    .beacon = {"", 0},
	    .progress = operator->progress};
	return draw_compute(&r->input, &r->draw, err);
}

void
rehearsal_release(struct rehearsal *r)
{
	if (r == NULL)
		return;
	draw_release(&r->draw);
	snapshot_release(&r->snapshot);
}
