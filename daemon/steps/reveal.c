/* The link of a chain comes out, once its embargo is over. */

#include "draws/draws.h"
#include "draws/write.h"
#include "ledger/ledger.h"
#include "steps/steps_private.h"
#include "system/clock.h"

static int
not_yet(const struct draw_row *row, int64_t time, struct err *err)
{
	char text[CLOCK_TEXT];

	clock_text(row->reveal_time, text);
	if (row->revealed)
		return err_set(err, ERR_REFUSED, N_("draw %llu is revealed already"), (unsigned long long)row->n);
	if (row->outcome == OUTCOME_NONE)
		return err_set(err, ERR_NOT_YET, N_("draw %llu has not been drawn or voided yet"),
		    (unsigned long long)row->n);
	if (time < row->reveal_time)
		return err_set(err, ERR_NOT_YET, N_("draw %llu is sealed until %s"), (unsigned long long)row->n, text);
	return 0;
}

/* A chain's secrets come out in its order. */
static int
check_order(struct store *store, const struct draw_row *row, struct err *err)
{
	struct draw_row first;
	char text[CLOCK_TEXT];
	int rc = draws_unrevealed(store, row->cycle, &first, err);

	if (rc != 0 || first.n == row->n)
		return rc;
	clock_text(first.reveal_time, text);
	return err_set(err, ERR_NOT_YET,
	    N_("draw %llu is sealed until draw %llu of the same cycle is revealed, which is not before %s"),
	    (unsigned long long)row->n, (unsigned long long)first.n, text);
}

int
step_reveal(struct operator *operator, uint64_t n, struct err *err)
{
	struct entry e = {.type = ENTRY_REVEAL};
	char secret[HASH_HEX + 1];
	struct draw_row row;
	struct ledger log;
	uint64_t index;
	int rc = step_begin(operator, &log, &e.time, err);

	if (rc != 0)
		return rc;
	index = ledger_size(&log);
	if ((rc = draws_find(operator->store, n, &row, err)) != 0 || (rc = not_yet(&row, e.time, err)) != 0 ||
	    (rc = check_order(operator->store, &row, err)) != 0 ||
	    (rc = draws_secret(operator->store, &row, secret, err)) != 0)
		goto out;
	e.reveal.n = n;
	e.reveal.secret = slice_of(secret);
	e.reveal.record = slice_of(row.record);
	if ((rc = ledger_append(&log, &e, NULL, err)) != 0)
		goto out;
	rc = stored_draw_write_reveal(operator->store, n, index, err);
out:
	rc = step_end(operator, &log, rc, err);
	if (rc == 0)
		step_tell(operator, ENTRY_REVEAL, n, row.cycle);
	return rc;
}
