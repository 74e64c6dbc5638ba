/* Makes letters of the outbox that could not be made before: step_letter_again. */

#include <stdlib.h>

#include "draws/stored_draw.h"
#include "letters/letter.h"
#include "letters/notices.h"
#include "mail/outbox.h"
#include "mail/outbox_delivery.h"
#include "steps/steps_private.h"

static int
remake_letter(struct operator *operator, const struct outbox_key *key, struct err *err)
{
	struct stored_draw d;
	int rc;

	stored_draw_init(&d);
	rc = stored_draw_load(&d, operator->store, key->draw, err);
	if (rc == 0)
		rc = stored_draw_again(&d, operator->store, operator->progress, err);
	if (rc == 0)
		rc = notices_again(operator, &d, key, operator->now, err);
	stored_draw_release(&d);
	return rc;
}

/* Fills `ctx`, a struct err, with why the letter could not be made: the outbox keeps that as the reply. */
static int
report_letter_fault(void *ctx, const struct outbox_row *row)
{
	return err_set(ctx, ERR_REFUSED, N_("letter %lld still cannot be made: %.*s"), (long long)row->id,
	    SLICE_ARGS(row->reply));
}

static int
remake_if_faulty(struct operator *operator, int64_t id, struct err *err)
{
	struct outbox_key key;
	bool faulty = false;
	int rc = outbox_fault(operator->store, id, &key, &faulty, err);

	if (rc != 0 || !faulty)
		return rc;
	if (strcmp(key.kind, letter_kind_name(LETTER_KEEP_FREE)) == 0 ||
	    strcmp(key.kind, letter_kind_name(LETTER_RELEASED)) == 0)
		return err_set(err, ERR_REFUSED,
		    N_("letter %lld only speaks of days to keep free, and is not made again"), (long long)id);
	rc = remake_letter(operator, &key, err);
	if (rc == 0)
		rc = outbox_fault(operator->store, id, &key, &faulty, err);
	if (rc != 0)
		return rc;
	/* An update was made in its place. */
	if (faulty && strcmp(key.kind, letter_kind_name(LETTER_CANCELLED)) == 0)
		return outbox_note(operator->store, id, OUTBOX_CANCELLED, operator->now,
		    slice_of("an update takes its place"), operator->now, err);
	return faulty ? outbox_get(operator->store, id, report_letter_fault, err, err) : 0;
}

int
step_letter_again(struct operator *operator, int64_t id, struct err *err)
{
	int rc = store_begin(operator->store, err);

	if (rc == 0)
		rc = remake_if_faulty(operator, id, err);
	if (rc == 0)
		rc = store_commit(operator->store, err);
	store_rollback(operator->store);
	return rc;
}
