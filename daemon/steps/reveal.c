/* The opening of a draw: its link of the chain of secrets is published, once the embargo is over. */

#include "draws/draws.h"
#include "draws/write.h"
#include "ledger/ledger.h"
#include "steps/steps_private.h"
#include "system/clock.h"

static int
check_may_reveal(const struct draw_row *row, int64_t time, struct err *err)
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

/* The links of a chain are published in its order. */
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
	rc = draws_find(operator->store, n, &row, err);
	if (rc == 0)
		rc = check_may_reveal(&row, e.time, err);
	if (rc == 0)
		rc = check_order(operator->store, &row, err);
	if (rc == 0)
		rc = draws_secret(operator->store, &row, secret, err);
	if (rc == 0) {
		e.reveal.n = n;
		e.reveal.secret = slice_of(secret);
		e.reveal.record = slice_of(row.record);
		rc = ledger_append(&log, &e, NULL, err);
	}
	if (rc == 0)
		rc = stored_draw_write_reveal(operator->store, n, index, err);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0)
		step_tell_entry(operator, ENTRY_REVEAL, n, row.cycle);
	return rc;
}
