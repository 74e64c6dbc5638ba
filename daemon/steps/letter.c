#include <stdlib.h>

#include "draws/stored_draw.h"
#include "letters/letter.h"
#include "letters/notices.h"
#include "mail/outbox.h"
#include "mail/outbox_delivery.h"
#include "steps/steps_private.h"

static int
write_again(struct office *office, const struct outbox_key *key, struct err *err)
{
	struct drawn d;
	int rc;

	drawn_init(&d);
	if ((rc = drawn_load(&d, office->store, key->draw, err)) == 0 &&
	    (rc = drawn_again(&d, office->store, office->progress, err)) == 0)
		rc = notices_again(office, &d, key, office->now, err);
	drawn_release(&d);
	return rc;
}

/* Its fault is told as the reason why it is not sent. */
static int
told_fault(void *ctx, const struct outbox_row *row)
{
	return err_set(ctx, ERR_REFUSED, N_("letter %lld still cannot be made: %.*s"), (long long)row->id, SLICE_ARGS(row->reply));
}

static int
again(struct office *office, int64_t id, struct err *err)
{
	struct outbox_key key;
	bool faulty = false;
	int rc = outbox_fault(office->store, id, &key, &faulty, err);

	if (rc != 0 || !faulty)
		return rc;
	if (strcmp(key.kind, letter_kind_name(LETTER_KEEP_FREE)) == 0 || strcmp(key.kind, letter_kind_name(LETTER_RELEASED)) == 0)
		return err_set(err, ERR_REFUSED, N_("letter %lld only speaks of days to keep free, and is not made again"),
		    (long long)id);
	if ((rc = write_again(office, &key, err)) != 0 || (rc = outbox_fault(office->store, id, &key, &faulty, err)) != 0)
		return rc;
	if (faulty && strcmp(key.kind, letter_kind_name(LETTER_CANCELLED)) == 0) /* the update stands for it */
		return outbox_note(office->store, id, OUTBOX_CANCELLED, office->now, slice_of("an update takes its place"),
		    office->now, err);
	return faulty ? outbox_get(office->store, id, told_fault, err, err) : 0;
}

int
step_letter_again(struct office *office, int64_t id, struct err *err)
{
	int rc;

	if ((rc = store_begin(office->store, err)) == 0 && (rc = again(office, id, err)) == 0)
		rc = store_commit(office->store, err);
	store_rollback(office->store);
	return rc;
}
