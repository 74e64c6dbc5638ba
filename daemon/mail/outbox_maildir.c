/* Delivers letters that are due into a maildir, and records each result in the outbox. */
#include <stdio.h>
#include <stdlib.h>

#include "mail/maildir.h"
#include "mail/outbox.h"
#include "mail/outbox_delivery.h"

static int
settle_delivery(struct store *store, const struct outbox_claim *claim, bool delivered, struct slice words, int64_t now,
    struct outbox_tally *tally, struct err *err)
{
	enum outbox_state state = OUTBOX_SENT;
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = outbox_settle(store, claim, delivered ? OUTBOX_SENT : OUTBOX_QUEUED, false, words, now, &state,
		    err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	tally->sent += rc == 0 && state == OUTBOX_SENT;
	tally->failed += rc == 0 && state == OUTBOX_FAILED;
	tally->put_off += rc == 0 && state == OUTBOX_QUEUED;
	if (!delivered && tally->first == 0) {
		tally->first = claim->id;
		(void)snprintf(tally->why, sizeof tally->why, "%.*s", SLICE_ARGS(words));
	}
	return rc;
}

/* `maildir` is NULL where it could not be opened; `fault` then says why. */
static int
deliver_letter(struct store *store, struct maildir *maildir, const struct err *fault, int64_t id, int64_t now,
    struct outbox_tally *tally, struct err *err)
{
	struct err refused = *fault;
	struct outbox_claim claim = {0};
	char words[MAILDIR_NAME_BYTES + 32], name[MAILDIR_NAME_BYTES];
	bool claimed = false, was_there = false;
	int rc = outbox_claim(store, id, now, &claim, &claimed, err), delivered = fault->code;

	if (rc != 0 || !claimed)
		goto out;
	if (maildir != NULL)
		delivered = maildir_deliver(maildir, buf_view(&claim.message_id), buf_view(&claim.message), &was_there,
		    &refused);
	maildir_name(buf_view(&claim.message_id), name);
	(void)snprintf(words, sizeof words, "%s%s", was_there ? "was there: " : "new/", name);
	rc = settle_delivery(store, &claim, delivered == 0, slice_of(delivered == 0 ? words : refused.message), now,
	    tally, err);
out:
	outbox_claim_release(&claim);
	return rc;
}

int
outbox_deliver_maildir(struct store *store, const char *path, int64_t now, struct outbox_tally *ret_tally,
    struct err *err)
{
	struct err fault = {.tr = err == NULL ? NULL : err->tr};
	struct maildir *maildir = NULL;
	struct outbox_tally tally = {0};
	int64_t *ids = NULL;
	size_t n = 0;
	int rc = outbox_due(store, now, &ids, &n, err);

	if (rc != 0 || n == 0)
		goto out;
	rc = maildir_open(path, &maildir, &fault);
	if (rc == ERR_NOT_YET) {
		(void)err_copy(err, &fault);
		goto out;
	}
	rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = deliver_letter(store, maildir, &fault, ids[i], now, &tally, err);
out:
	if (rc == 0 && ret_tally != NULL)
		*ret_tally = tally;
	maildir_close(maildir);
	free(ids);
	return rc;
}
