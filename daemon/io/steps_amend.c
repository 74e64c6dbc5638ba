/* Amendments (PROTOCOL 9): a seat changes hands, a reserve takes a place; the drawn order says who. */

#include <sodium.h>
#include <stdlib.h>

#include "io/drawn_keep.h"
#include "io/ledger.h"
#include "io/notices.h"
#include "io/steps.h"

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
place_before(const struct drawn *d, size_t place)
{
	struct places_before before = {d->places.v[place].target, d->places.v[place].date, {0}};

	memcpy(before.team, &d->places.team[place * d->draw.seats], d->draw.seats * sizeof *before.team);
	return before;
}

/* ---- the step ---- */

static int
append_amendment(struct ledger *log, const struct amendment *a, int64_t time, struct err *err)
{
	struct entry e = {.type = ENTRY_AMEND, .time = time};
	char sha256[HASH_HEX + 1];
	struct buf bytes;
	int rc;

	buf_init(&bytes, ENTRY_MAX);
	amendment_write(a, &bytes);
	hash_hex(buf_view(&bytes), sha256);
	e.amend.n = a->n;
	e.amend.amendment = a->amendment;
	e.amend.sha256 = slice_of(sha256);
	rc = bytes.failed ? err_memory(err) : ledger_append(log, &e, NULL, err);
	buf_release(&bytes);
	return rc;
}

static void
copy_id(struct slice id, char ret_id[static ID_MAX + 1])
{
	size_t n = id.n < ID_MAX ? id.n : ID_MAX;

	if (n > 0)
		memcpy(ret_id, id.p, n);
	ret_id[n] = '\0';
}

static int
amend_now(struct office *office, struct ledger *log, const struct step_amend *want, struct drawn *d, int64_t time,
    struct step_amended *ret, struct err *err)
{
	struct notices_change change = {.place = (size_t)want->place};
	struct amendment a = {.n = want->n, .reason = slice_of(want->reason)};
	char nonce[NONCE_HEX + 1];
	uint8_t random[NONCE_HEX / 2];
	int rc;

	if ((rc = drawn_load(d, office->store, want->n, err)) != 0 ||
	    (rc = may_amend(office->store, &d->row, err)) != 0 ||
	    (rc = drawn_again(d, office->store, office->progress, err)) != 0 ||
	    (rc = places_propose(&d->places, want->of_target, want->place, want->seat, &a, err)) != 0)
		return rc;
	randombytes_buf(random, sizeof random);
	text_to_hex(random, sizeof random, nonce);
	a.nonce = slice_of(nonce);
	a.amendment = change.amendment = d->amendments + 1;
	change.before = place_before(d, (size_t)want->place);
	if ((rc = append_amendment(log, &a, time, err)) != 0 ||
	    (rc = drawn_keep_amendment(d, office->store, &a, ledger_size(log) - 1, err)) != 0)
		return rc;
	rc = notices_amend(office, d, &change, time, err);
	ret->amendment = a.amendment;
	copy_id(a.out, ret->out);
	copy_id(a.in, ret->in);
	return rc;
}

int
step_amend(struct office *office, const struct step_amend *want, struct step_amended *ret, struct err *err)
{
	struct drawn d;
	struct ledger log;
	int64_t time = 0;
	int rc = check_reason(want, err);

	if (rc == 0)
		rc = step_begin(office, &log, &time, err);
	if (rc != 0)
		return rc;
	drawn_init(&d);
	rc = amend_now(office, &log, want, &d, time, ret, err);
	rc = step_end(office, &log, rc, err);
	if (rc == 0)
		step_tell(office, ENTRY_AMEND, want->n, d.row.cycle);
	drawn_release(&d);
	return rc;
}
