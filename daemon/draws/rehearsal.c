/* A rehearsal: draws once with a secret that is thrown away, and keeps nothing. */
#include "draws/rehearsal.h"

#include <sodium.h>
#include <stdlib.h>

#include "core/calendar/schedule.h"
#include "draws/draws.h"
#include "system/clock.h"

#define AHEAD_DAYS 400 /* a holiday of any kind begins within that */

/* What a rehearsal's further draws may cost, in hashes: about a second. */
#define HASHES_MAX 20000000

#define DAY_BEGINS (7 * 60) /* minutes; a slot that is added falls between these */
#define DAY_ENDS (18 * 60)
#define GAP_LEAST 60

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

/* ---- again, and with one thing changed ---- */

size_t
rehearsal_unkept(const struct draw *draw)
{
	size_t n = 0;

	for (size_t i = 0; i < draw->n_chosen; i++)
		n += draw->chosen[i].admitted && !draw->chosen[i].kept;
	return n;
}

/* How many draws like this one cost no more than HASHES_MAX: those of the slips, and of the pairs for the teams. */
static size_t
affordable_draws(const struct rehearsal *r)
{
	double cost = (double)r->draw.n_chosen * (double)r->draw.seats * (double)r->draw.n_in + 1;

	for (size_t s = 0; s < r->snapshot.sealed.n_strata; s++)
		cost += (double)r->snapshot.sealed.strata[s].slips;
	return (size_t)(HASHES_MAX / cost);
}

int
rehearsal_again(struct rehearsal *r, size_t times, struct rehearsal_sum *ret_sum, struct err *err)
{
	size_t affordable = affordable_draws(r), most = rehearsal_unkept(&r->draw);
	struct rehearsal_sum sum = {1, r->draw.n_admitted, most};
	char kept[HASH_HEX + 1];
	int rc = 0;

	memcpy(kept, r->secret, sizeof kept);
	for (size_t i = 0; rc == 0 && i < times && i < affordable; i++) {
		struct draw draw;
		size_t unkept;

		random_hex(r->secret);
		rc = draw_compute(&r->input, &draw, err);
		if (rc != 0)
			break;
		unkept = rehearsal_unkept(&draw);
		sum = (struct rehearsal_sum){sum.draws + 1, sum.visits + draw.n_admitted, sum.unkept + unkept};
		if (unkept > most) {
			struct draw less = r->draw;

			most = unkept;
			memcpy(kept, r->secret, sizeof kept);
			r->draw = draw;
			draw = less;
		}
		draw_release(&draw);
	}
	memcpy(r->secret, kept, sizeof kept);
	*ret_sum = sum;
	return rc;
}

/* Draws with other files and the same secret, hash and nonce, so of the same seed. */
static int
draw_with(const struct rehearsal *r, const struct commit *commit, const struct roster *roster,
    const struct sealed *sealed, struct rehearsal_remedy *ret, struct err *err)
{
	struct sealed same = *sealed;
	struct draw_input input = r->input;
	struct draw draw;
	int rc;

	same.nonce = r->snapshot.sealed.nonce;
	input.commit = commit;
	input.roster = roster;
	input.sealed = &same;
	rc = draw_compute(&input, &draw, err);
	if (rc != 0)
		return rc;
	*ret = (struct rehearsal_remedy){true, ret->minute, rehearsal_unkept(&draw)};
	draw_release(&draw);
	return 0;
}

/* A minute that is far enough from all times of the day that there are; -1: the day has no room. */
static int
free_minute(const struct sealed *sealed, uint64_t spacing)
{
	int gap = spacing > GAP_LEAST ? (int)spacing : GAP_LEAST, first = SLOT_DAY, last = 0;

	for (size_t i = 0; i < sealed->n_slots; i++) {
		int minute = slot_minute(sealed->slots[i]);

		first = minute < first ? minute : first;
		last = minute > last ? minute : last;
	}
	if (last + gap <= DAY_ENDS)
		return last + gap;
	return first - gap >= DAY_BEGINS ? first - gap : -1;
}

static int
compare_slot_times(const void *a, const void *b)
{
	const slot_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
try_slot(const struct rehearsal *r, struct rehearsal_remedy *ret, struct err *err)
{
	const struct snapshot *s = &r->snapshot;
	struct sealed more = s->sealed;
	int minute = free_minute(&s->sealed, s->commit.rules.spacing), rc;

	if (minute < 0 || s->sealed.n_slots > SLOTS_MAX / 2)
		return 0;
	more.slots = calloc(2 * s->sealed.n_slots, sizeof *more.slots);
	if (more.slots == NULL)
		return err_memory(err);
	memcpy(more.slots, s->sealed.slots, s->sealed.n_slots * sizeof *more.slots);
	for (size_t i = 0; i < s->sealed.n_slots; i++)
		if (i == 0 || slot_date(s->sealed.slots[i]) != slot_date(s->sealed.slots[i - 1]))
			more.slots[more.n_slots++] = slot_of(slot_date(s->sealed.slots[i]), minute);
	qsort(more.slots, more.n_slots, sizeof *more.slots, compare_slot_times);
	ret->minute = minute;
	rc = draw_with(r, &s->commit, &s->roster, &more, ret, err);
	free(more.slots);
	return rc;
}

/* The rosters are read again, since leave on the added day counts as well. */
static int
try_day(const struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle,
    struct rehearsal_remedy *ret, struct err *err)
{
	struct config_cycle longer = *cycle;
	struct err refused = {.tr = err != NULL ? err->tr : NULL};
	struct rehearsal other = {.secret = ""};
	int rc;

	if (cycle->rule.when == WHEN_DURING_HOLIDAY)
		return 0;
	longer.rule.window++;
	longer.rule.embargo = 0; /* it need not reach the added day in a rehearsal */
	snapshot_init(&other.snapshot);
	rc = take_snapshot(&other, operator, &longer, &refused);
	if (rc == 0)
		rc = draw_with(r, &other.snapshot.commit, &other.snapshot.roster, &other.snapshot.sealed, ret, err);
	else
		rc = rc == ERR_REFUSED || rc == ERR_NOT_YET ? 0 : err_copy(err, &refused);
	snapshot_release(&other.snapshot);
	return rc;
}

/* "one-more,one-more,one-more,999,lead,in,00…": the tags of all seats. */
static void
put_one_more(const struct rules *rules, struct buf *line)
{
	struct slice tags[TEAM_MAX];
	size_t n = 0;

	for (size_t s = 0; s < rules->seats; s++)
		if (!slice_is(rules->team[s], "any") && !slice_is(rules->team[s], "own"))
			tags[n++] = rules->team[s];
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && slice_cmp(tags[k - 1], tags[k]) > 0; k--) {
			struct slice swapped = tags[k];

			tags[k] = tags[k - 1];
			tags[k - 1] = swapped;
		}
	buf_format(line, "one-more,one-more,one-more,%d,", LEVEL_MAX);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !slice_eq(tags[i], tags[i - 1])) {
			buf_text(line, i == 0 ? "" : ";");
			buf_slice(line, tags[i]);
		}
	buf_format(line, ",in,%0*d\n", HASH_HEX, 0);
}

/* inspectors.csv with one line more, where it belongs. */
static int
put_inspectors_and_one(const struct snapshot *s, struct buf *out, struct err *err)
{
	struct slice left = buf_view(&s->inspectors);
	struct buf line;
	bool put = false;

	buf_init(&line, DRAW_FILE_MAX);
	put_one_more(&s->commit.rules, &line);
	buf_slice(out, slice_cut(&left, '\n'));
	buf_byte(out, '\n');
	while (left.n > 0) {
		struct slice next = slice_cut(&left, '\n');

		if (!put && slice_cmp(next, buf_view(&line)) > 0) {
			buf_slice(out, buf_view(&line));
			put = true;
		}
		buf_slice(out, next);
		buf_byte(out, '\n');
	}
	if (!put)
		buf_slice(out, buf_view(&line));
	put = !line.failed && !out->failed;
	buf_release(&line);
	return put ? 0 : err_memory(err);
}

static int
try_inspector(const struct rehearsal *r, struct rehearsal_remedy *ret, struct err *err)
{
	const struct snapshot *s = &r->snapshot;
	struct roster roster = {.n_targets = 0};
	struct buf inspectors;
	int rc;

	if (roster_find_inspector(&s->roster, slice_of("one-more")) >= 0)
		return 0;
	buf_init(&inspectors, DRAW_FILE_MAX);
	rc = put_inspectors_and_one(s, &inspectors, err);
	if (rc == 0)
		rc = roster_parse_targets(&roster, buf_view(&s->targets), "targets.csv", s->commit.date, NULL, err);
	if (rc == 0)
		rc = roster_parse_inspectors(&roster, buf_view(&inspectors), "inspectors.csv", NULL, err);
	if (rc == 0)
		rc = roster_parse_conflicts(&roster, buf_view(&s->conflicts), "conflicts.csv", err);
	if (rc == 0)
		rc =
		    roster_parse_away(&roster, buf_view(&s->away), "away.csv", s->sealed.slots, s->sealed.n_slots, err);
	if (rc == 0)
		rc = draw_with(r, &s->commit, &roster, &s->sealed, ret, err);
	roster_release(&roster);
	buf_release(&inspectors);
	return rc;
}

int
rehearsal_remedy(const struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle,
    enum rehearsal_change change, struct rehearsal_remedy *ret, struct err *err)
{
	*ret = (struct rehearsal_remedy){.tried = false};
	if (affordable_draws(r) == 0)
		return 0;
	switch (change) {
	case REHEARSAL_SLOT:
		return try_slot(r, ret, err);
	case REHEARSAL_DAY:
		return try_day(r, operator, cycle, ret, err);
	case REHEARSAL_INSPECTOR:
		return try_inspector(r, ret, err);
	case REHEARSAL_CHANGES:
		break;
	}
	return 0;
}
