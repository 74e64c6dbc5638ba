/* Amendments (PROTOCOL 9): somebody else takes a seat, a reserve takes a place; the drawn order says who. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "draws/write.h"
#include "ledger/ledger.h"
#include "letters/notices.h"
#include "rosters/codes.h"
#include "steps/steps_private.h"

static int
may_amend(struct store *store, const struct draw_row *row, struct err *err)
{
	struct draw_row latest;
	int rc;

	if (row->outcome != OUTCOME_DRAW)
		return err_set(err, row->outcome == OUTCOME_NONE ? ERR_NOT_YET : ERR_REFUSED,
		    row->outcome == OUTCOME_NONE ? N_("draw %llu has not been drawn yet") : N_("draw %llu was voided"),
		    (unsigned long long)row->n);
	rc = draws_latest(store, row->cycle, &latest, err);
	if (rc == 0 && latest.n != row->n)
		rc = err_set(err, ERR_REFUSED,
		    N_("draw %llu stands as it is: the commitment of draw %llu, the next of its cycle, has been made "
		       "on it"),
		    (unsigned long long)row->n, (unsigned long long)latest.n);
	return rc;
}

static int
check_reason(const struct step_amend *want, struct err *err)
{
	if (amendment_reason_ok(want->of_target, slice_of(want->reason)))
		return 0;
	return err_set(err, ERR_REFUSED,
	    want->of_target ? N_("the reason \"%s\" is none of closed, moved, other")
	                    : N_("the reason \"%s\" is none of recusal, unavailable, other"),
	    want->reason);
}

static struct places_before
place_before(const struct stored_draw *d, size_t place)
{
	struct places_before before = {d->places.v[place].target, d->places.v[place].visit, {0}};

	memcpy(before.team, &d->places.team[place * d->draw.seats], d->draw.seats * sizeof *before.team);
	return before;
}

/* ---- what was amended before ---- */

/* Who leaves and who comes, as the office calls them. */
static int
name_changed(struct store *store, const struct amendment *a, struct step_amended *ret, struct err *err)
{
	enum code_kind kind = a->of_target ? CODE_TARGET : CODE_INSPECTOR;
	struct codes codes;
	struct slice own;

	codes_open(&codes, store);
	own = codes_own(&codes, kind, a->out);
	(void)snprintf(ret->out, sizeof ret->out, "%.*s", SLICE_ARGS(own.p != NULL ? own : a->out));
	own = codes_own(&codes, kind, a->in);
	(void)snprintf(ret->in, sizeof ret->in, "%.*s", SLICE_ARGS(own.p != NULL ? own : a->in));
	return codes_close(&codes, err);
}

int
step_amend_seen(struct store *store, uint64_t n, uint64_t *ret_amendment, struct err *err)
{
	struct query q;

	query_open(&q, store, "SELECT coalesce(max(amendment), 0) FROM draw_amendment WHERE n = ?");
	query_put_int(&q, (int64_t)n);
	if (query_row(&q))
		*ret_amendment = (uint64_t)query_int(&q, 0);
	return query_close(&q, err);
}

struct unreported
step_amend_wish(const struct step_amend *want)
{
	char seat[32] = "target";

	if (!want->of_target)
		(void)snprintf(seat, sizeof seat, "%llu", (unsigned long long)want->seat);
	return unreported_of("amend", "", "%llu %llu %s", (unsigned long long)want->n, (unsigned long long)want->place,
	    seat);
}

static bool
is_of_same_place(const struct amendment *a, const struct step_amend *want)
{
	return a->of_target == want->of_target && a->place == want->place && (a->of_target || a->seat == want->seat);
}

/* The newest amendment of the seat or place, or the newest that took `out` away from there; number 0: none. */
static int
find_former_amendment(struct store *store, const struct step_amend *want, struct step_amended *ret, struct err *err)
{
	struct amendment a;
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT bytes FROM draw_amendment WHERE n = ? ORDER BY amendment DESC");
	query_put_int(&q, (int64_t)want->n);
	while (rc == 0 && ret->amendment == 0 && query_row(&q)) {
		struct step_amended former = {.amendment = 0};

		rc = amendment_parse(query_blob(&q, 0), &a, err);
		if (rc != 0 || !is_of_same_place(&a, want))
			continue;
		rc = name_changed(store, &a, &former, err);
		former.amendment = a.amendment;
		if (rc == 0 && (want->out == NULL || strcmp(former.out, want->out) == 0))
			*ret = former;
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

/* Sets ret->repeated, and the rest of it, where an earlier amendment did what is wanted. */
static int
find_repeated(struct store *store, const struct step_amend *want, struct step_amended *ret, struct err *err)
{
	struct unreported unreported = step_amend_wish(want);
	struct step_amended former = {.amendment = 0};
	uint64_t number = 0;
	int rc = find_former_amendment(store, want, &former, err);

	if (rc != 0 || former.amendment == 0 || (want->out == NULL && !want->reports))
		return rc;
	if (want->out == NULL && former.amendment <= want->seen) {
		rc = unreported_find(store, &unreported, &number, err);
		if (rc == ERR_ABSENT || (rc == 0 && number != former.amendment))
			return 0;
	}
	if (rc == 0) {
		*ret = former;
		ret->repeated = true;
	}
	return rc;
}

/* ---- the step ---- */

/* Before the reveal the log does not tell of it: the archive's entries count it (PROTOCOL 9). */
static int
append_amendment(struct ledger *log, const struct draw_row *row, const struct amendment *a, int64_t time,
    uint64_t *ret_entry, struct err *err)
{
	struct entry e = {.type = ENTRY_AMEND, .time = time};
	char sha256[HASH_HEX + 1];
	struct buf bytes;
	int rc;

	*ret_entry = WRITE_NO_ENTRY;
	if (!row->revealed)
		return 0;
	buf_init(&bytes, ENTRY_MAX);
	amendment_write(a, &bytes);
	hash_hex(buf_view(&bytes), sha256);
	e.amend.n = a->n;
	e.amend.amendment = a->amendment;
	e.amend.sha256 = slice_of(sha256);
	rc = bytes.failed ? err_memory(err) : ledger_append(log, &e, NULL, err);
	if (rc == 0)
		*ret_entry = ledger_size(log) - 1;
	buf_release(&bytes);
	return rc;
}

static int
check_out(const struct step_amend *want, const struct step_amended *change, struct err *err)
{
	unsigned long long place = want->place, seat = want->seat;

	if (want->out == NULL || strcmp(change->out, want->out) == 0)
		return 0;
	if (want->of_target)
		return err_set(err, ERR_REFUSED, N_("place %llu is held by %s, not by %s"), place, change->out,
		    want->out);
	return err_set(err, ERR_REFUSED, N_("seat %llu of place %llu is held by %s, not by %s"), seat, place,
	    change->out, want->out);
}

/* A place is empty for good, so it is said before, and what can be done about it. */
static int
check_not_left_empty(struct store *store, const struct step_amend *want, const struct stored_draw *d,
    const struct step_amended *change, struct err *err)
{
	struct step_amended member = {.amendment = 0};
	struct amendment barring = {.of_target = false};
	size_t place = (size_t)want->place, seats = d->draw.seats, seat;

	int rc;

	if (!want->of_target || want->leave_empty || change->in[0] != '\0')
		return 0;
	if (places_reserves_left(&d->places, place) == 0)
		return err_set(err, ERR_REFUSED,
		    N_("no reserve is left for place %llu, which %s would leave empty for good: repeat it with "
		       "--leave-empty if that is meant"),
		    (unsigned long long)want->place, change->out);
	seat = places_barring_seat(&d->places, place);
	if (seat == seats)
		return err_set(err, ERR_REFUSED,
		    N_("no reserve is lawful for the team of place %llu, which %s would leave empty for good: amend "
		       "its "
		       "seats first, or repeat it with --leave-empty"),
		    (unsigned long long)want->place, change->out);
	barring.out = inspector_id(&d->roster.inspectors[d->draw.order[d->places.team[place * seats + seat]]]);
	rc = name_changed(store, &barring, &member, err);
	if (rc != 0)
		return rc;
	return err_set(err, ERR_REFUSED,
	    N_("no reserve is lawful for %s, who holds seat %zu of place %llu: amend that seat first, or repeat it "
	       "with "
	       "--leave-empty, and the place is empty for good"),
	    member.out, seat, (unsigned long long)want->place);
}

static int
keep_amend_unreported(struct store *store, const struct step_amend *want, uint64_t amendment, struct err *err)
{
	struct unreported unreported = step_amend_wish(want);

	unreported.number = amendment;
	return want->reports ? unreported_keep(store, &unreported, err) : 0;
}

static int
amend_now(struct operator *operator, struct ledger *log, const struct step_amend *want, struct stored_draw *d,
    int64_t time, struct step_amended *ret, struct err *err)
{
	struct notices_change change = {.place = (size_t)want->place};
	struct amendment a = {.n = want->n, .reason = slice_of(want->reason)};
	char nonce[NONCE_HEX + 1];
	uint8_t random[NONCE_HEX / 2];
	uint64_t entry;
	int rc = stored_draw_load(d, operator->store, want->n, err);

	if (rc == 0)
		rc = find_repeated(operator->store, want, ret, err);
	if (rc != 0 || ret->repeated)
		return rc;
	rc = may_amend(operator->store, &d->row, err);
	if (rc == 0)
		rc = stored_draw_again(d, operator->store, operator->progress, err);
	if (rc == 0)
		rc = places_propose(&d->places, want->of_target, want->place, want->seat, &a, err);
	if (rc == 0)
		rc = name_changed(operator->store, &a, ret, err);
	if (rc == 0)
		rc = check_out(want, ret, err);
	if (rc == 0)
		rc = check_not_left_empty(operator->store, want, d, ret, err);
	if (rc != 0)
		return rc;
	randombytes_buf(random, sizeof random);
	text_to_hex(random, sizeof random, nonce);
	a.nonce = slice_of(nonce);
	a.amendment = change.amendment = d->amendments + 1;
	change.before = place_before(d, (size_t)want->place);
	rc = append_amendment(log, &d->row, &a, time, &entry, err);
	if (rc == 0)
		rc = stored_draw_write_amendment(d, operator->store, &a, entry, err);
	if (rc == 0)
		rc = notices_amend(operator, d, &change, time, err);
	if (rc == 0)
		rc = keep_amend_unreported(operator->store, want, a.amendment, err);
	ret->amendment = a.amendment;
	return rc;
}

int
step_amend(struct operator *operator, const struct step_amend *want, struct step_amended *ret, struct err *err)
{
	struct step_amended amended = {.amendment = 0};
	struct stored_draw d;
	struct ledger log;
	int64_t time = 0;
	int rc = check_reason(want, err);

	if (rc == 0)
		rc = step_begin(operator, &log, &time, err);
	if (rc != 0)
		return rc;
	stored_draw_init(&d);
	rc = amend_now(operator, &log, want, &d, time, &amended, err);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0 && !amended.repeated)
		step_tell_entry(operator, ENTRY_AMEND, want->n, d.row.cycle);
	if (rc == 0)
		*ret = amended;
	stored_draw_release(&d);
	return rc;
}
