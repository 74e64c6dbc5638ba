/* Issues a target's receipt: computes the draw again from the state, and checks what it hands out. */
#include "publish/receipt.h"

#include "core/format/entry.h"
#include "draws/private_rows.h"
#include "ledger/ledger.h"
#include "system/clock.h"

#define PRIVATE_LINE_MAX ((size_t)64 << 20) /* bytes of a line of the private file */

static int
refuse_unrevealed(const struct draw_row *row, struct err *err)
{
	char until[CLOCK_TEXT];

	if (row->outcome == OUTCOME_VOID)
		return err_set(err, ERR_REFUSED, N_("draw %llu was voided"), (unsigned long long)row->n);
	clock_text(row->reveal_time, until);
	return row->revealed
	    ? 0
	    : err_set(err, ERR_NOT_YET, N_("draw %llu is sealed until %s"), (unsigned long long)row->n, until);
}

/* The log's key and origin, from its genesis entry. */
static int
set_log_name(struct issued *it, struct store *store, struct err *err)
{
	struct entry e;
	int rc = ledger_entry(store, 0, &it->genesis, err);

	if (rc == 0)
		rc = entry_parse(buf_view(&it->genesis), &e, err);
	if (rc == 0) {
		it->receipt.key = e.genesis.key;
		it->receipt.origin = e.genesis.origin;
		entry_release(&e);
	}
	return rc;
}

static int
add_private_row(struct issued *it, struct store *store, struct slice target, struct err *err)
{
	int rc = private_line_read(store, it->stored.row.n, "targets-private.csv", target, &it->private_header,
	    &it->private_row, err);

	it->receipt.private_header = buf_view(&it->private_header);
	it->receipt.private_row = buf_view(&it->private_row);
	return rc;
}

/* Parses and checks the receipt as its recipient would. */
static int
check_issued(const struct issued *it, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct receipt again;
	int rc = receipt_parse(buf_view(&it->bytes), &again, &why);

	if (rc == 0) {
		rc = receipt_check(&again, &it->stored.input, &it->stored.draw, &why);
		receipt_release(&again);
	}
	if (rc == ERR_MEMORY)
		return err_memory(err);
	return rc == 0 ? 0 : err_set(err, ERR_OUTSIDE, N_("a receipt cannot be made of the state: %s"), why.message);
}

int
receipt_issue(struct store *store, uint64_t n, struct slice target, const struct progress *progress,
    struct issued *ret_issued, struct err *err)
{
	struct issued *it = ret_issued;
	struct draw_row row;
	ptrdiff_t at;
	int rc;

	*it = (struct issued){.receipt = {.n = 0}};
	stored_draw_init(&it->stored);
	buf_init(&it->private_header, PRIVATE_LINE_MAX);
	buf_init(&it->private_row, PRIVATE_LINE_MAX);
	buf_init(&it->place, PLACE_PROOFS_MAX);
	buf_init(&it->bytes, RECEIPT_MAX);
	rc = draws_find(store, n, &row, err);
	if (rc == 0)
		rc = refuse_unrevealed(&row, err);
	if (rc == 0)
		rc = stored_draw_load(&it->stored, store, n, err);
	if (rc != 0)
		return rc;
	at = roster_find_target(&it->stored.roster, target);
	if (at < 0)
		return err_set(err, ERR_ABSENT, N_("no target %.*s stands in the roster of draw %llu"),
		    SLICE_ARGS(target), (unsigned long long)n);
	rc = stored_draw_again(&it->stored, store, progress, err);
	if (rc != 0)
		return rc;
	receipt_of(&it->stored.input, &it->stored.draw, (size_t)at, &it->receipt);
	rc = receipt_add_path(&it->stored.roster, &it->receipt, err);
	if (rc == 0)
		rc = receipt_add_place(&it->stored.input, &it->stored.draw, &it->receipt, &it->place, err);
	if (rc == 0)
		rc = set_log_name(it, store, err);
	if (rc == 0)
		rc = add_private_row(it, store, target, err);
	if (rc != 0)
		return rc;
	receipt_write(&it->receipt, &it->bytes);
	if (it->bytes.no_memory)
		return err_memory(err);
	if (it->bytes.failed)
		return err_set(err, ERR_LIMIT, N_("the private row of %.*s is too large for a receipt"),
		    SLICE_ARGS(target));
	return check_issued(it, err);
}

void
issued_release(struct issued *issued)
{
	if (issued == NULL)
		return;
	stored_draw_release(&issued->stored);
	buf_release(&issued->genesis);
	buf_release(&issued->private_header);
	buf_release(&issued->private_row);
	buf_release(&issued->place);
	buf_release(&issued->bytes);
}
