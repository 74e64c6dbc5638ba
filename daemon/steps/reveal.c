/* The opening of a draw: its link of the chain of secrets is published, once the embargo is over. */

#include <string.h>

#include "draws/draws.h"
#include "draws/write.h"
#include "ledger/ledger.h"
#include "remote/beacons.h"
#include "steps/steps_private.h"
#include "system/clock.h"

static int
check_may_reveal(const struct draw_row *row, int64_t time, struct err *err)
{
	char text[CLOCK_TEXT];

	clock_text(draw_reveal_from(row), text);
	if (row->revealed)
		return err_set(err, ERR_REFUSED, N_("draw %llu is revealed already"), (unsigned long long)row->n);
	if (row->outcome == OUTCOME_NONE)
		return err_set(err, ERR_NOT_YET, N_("draw %llu has not been drawn or voided yet"),
		    (unsigned long long)row->n);
	if (time < draw_reveal_from(row))
		return err_set(err, ERR_NOT_YET, N_("draw %llu is sealed until %s"), (unsigned long long)row->n, text);
	return 0;
}

/* A chain's links are published in its order; what the rosters say of other cycles' draws does not come before these. */
static int
check_order(struct store *store, const struct draw_row *row, struct err *err)
{
	struct draw_row first;
	char text[CLOCK_TEXT];
	int rc = draws_blocking(store, row, &first, err);

	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : rc;
	clock_text(draw_reveal_from(&first), text);
	return err_set(err, ERR_NOT_YET,
	    strcmp(first.cycle, row->cycle) == 0
	        ? N_("draw %llu is sealed until draw %llu of the same cycle is revealed, which is not before %s")
	        : N_("draw %llu is sealed until draw %llu of another cycle is revealed, which is not before %s"),
	    (unsigned long long)row->n, (unsigned long long)first.n, text);
}

/* The amendments made before the reveal follow it directly (PROTOCOL 9). */
static int
tell_amendments(struct store *store, struct ledger *log, uint64_t n, int64_t time, struct err *err)
{
	int64_t left = 1;
	int rc = 0;

	for (uint64_t k = 1; rc == 0 && left > 0; k++) {
		struct entry e = {.type = ENTRY_AMEND, .time = time};
		char sha256[HASH_HEX + 1];
		struct query q;

		left = 0;
		query_open(&q, store,
		    "SELECT bytes, archive FROM draw_amendment WHERE n = ? AND amendment = ? AND entry IS NULL");
		query_put_int(&q, (int64_t)n);
		query_put_int(&q, (int64_t)k);
		if (query_row(&q)) {
			left = 1;
			hash_hex(query_blob(&q, 0), sha256);
			e.amend.n = n;
			e.amend.amendment = k;
			e.amend.sha256 = slice_of(sha256);
			e.amend.before_reveal = true;
			e.amend.archive = (uint64_t)query_int(&q, 1);
		}
		rc = query_close(&q, err);
		if (rc == 0 && left > 0)
			rc = ledger_append(log, &e, NULL, err);
		if (rc == 0 && left > 0)
			rc = stored_draw_write_told(store, n, k, ledger_size(log) - 1, err);
	}
	return rc;
}

static bool
says_no_beacon(struct slice reason)
{
	static const char word[] = "beacon";

	return reason.n >= sizeof word - 1 && memcmp(reason.p, word, sizeof word - 1) == 0;
}

/* False where the void has its value, or says that the beacon has none. */
static int
void_needs_value(struct store *store, const struct draw_row *row, bool *ret_needs, struct err *err)
{
	struct entry e = {0};
	struct buf bytes;
	int rc;

	*ret_needs = false;
	if (row->outcome != OUTCOME_VOID || (row->source != SOURCE_DRAND && row->source != SOURCE_WITNESS))
		return 0;
	rc = ledger_entry(store, row->outcome_entry, &bytes, err);
	if (rc == 0)
		rc = entry_parse(buf_view(&bytes), &e, err);
	if (rc == 0) {
		*ret_needs =
		    e.void_.beacon.p == NULL && !(row->source == SOURCE_WITNESS && says_no_beacon(e.void_.reason));
		entry_release(&e);
	}
	buf_release(&bytes);
	return rc;
}

/* The value that the draw would have had, where the void has not said it (PROTOCOL 4). */
static int
value_of_reveal(struct store *store, const struct draw_row *row, struct beacon_value *ret, struct err *err)
{
	bool needs = false;
	int rc = void_needs_value(store, row, &needs, err);

	ret->value[0] = ret->signature[0] = '\0';
	if (rc != 0 || !needs)
		return rc;
	rc = beacons_value(store, row->n, ret, err);
	if (rc != ERR_ABSENT)
		return rc;
	return err_set(err, ERR_NOT_YET,
	    N_("draw %llu is voided without the value of its beacon, so its opening brings it, and that value is not "
	       "there "
	       "yet"),
	    (unsigned long long)row->n);
}

int
step_reveal(struct operator *operator, uint64_t n, struct err *err)
{
	struct entry e = {.type = ENTRY_REVEAL};
	char secret[HASH_HEX + 1];
	struct beacon_value value;
	struct draw_row row;
	struct ledger log;
	uint64_t index;
	int rc = step_begin(operator, &log, &e.time, err);

	if (rc != 0)
		return rc;
	rc = draws_find(operator->store, n, &row, err);
	if (rc == 0)
		rc = check_may_reveal(&row, e.time, err);
	if (rc == 0)
		rc = check_order(operator->store, &row, err);
	if (rc == 0)
		rc = value_of_reveal(operator->store, &row, &value, err);
	if (rc == 0)
		rc = draws_secret(operator->store, &row, secret, err);
	if (rc == 0)
		rc = step_archive_append(operator, &log, e.time, err);
	index = ledger_size(&log);
	if (rc == 0) {
		e.reveal.n = n;
		e.reveal.secret = slice_of(secret);
		e.reveal.record = slice_of(row.record);
		if (value.value[0] != '\0') {
			e.reveal.beacon = slice_of(value.value);
			e.reveal.signature = slice_of(value.signature);
		}
		rc = ledger_append(&log, &e, NULL, err);
	}
	if (rc == 0)
		rc = stored_draw_write_reveal(operator->store, n, index, err);
	if (rc == 0)
		rc = tell_amendments(operator->store, &log, n, e.time, err);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0)
		step_tell_entry(operator, ENTRY_REVEAL, n, row.cycle);
	return rc;
}
