/* Puts one letter into the outbox: what all letters of a draw share, when one may be sent, and making it. */
#include "letters/notices_private.h"

#include <stdlib.h>

#include "letters/make.h"
#include "mail/outbox.h"
#include "system/clock.h"

struct letter_input
notices_about(const struct operator *operator, const struct config_cycle *cycle, struct slice cycle_name, uint64_t draw,
    int32_t date)
{
	const struct config *c = operator->config;

	return (struct letter_input){.draw = draw,
	    .operator_name = slice_of(c->operator),
	    .origin = slice_of(c->origin),
	    .cycle = cycle_name,
	    .cycle_title = cycle != NULL ? slice_of(cycle->title) : cycle_name,
	    .date = date,
	    .log_key = slice_of(operator->key.id),
	    .default_language = slice_of(c->language),
	    .recuse_to = slice_of(c->mail_from),
	    .timezone = slice_of(c->timezone),
	    .public_url = slice_of(c->public_url),
	    .from_name = slice_of(c->mail_from_name),
	    .from_address = slice_of(c->mail_from)};
}

/* The minute of the day's first slot. */
static int
first_minute_of(const struct sealed *sealed, int32_t day)
{
	for (size_t i = 0; i < sealed->n_slots; i++)
		if (slot_date(sealed->slots[i]) == day)
			return slot_minute(sealed->slots[i]);
	return 0;
}

int64_t
notices_time(const struct operator *operator, const struct config_cycle *cycle, const struct sealed *sealed,
    int32_t day, int64_t least)
{
	int64_t notice;

	if (cycle == NULL || cycle->rule.notice_at_draw)
		return least;
	notice = clock_instant(day, first_minute_of(sealed, day) * 60, NULL);
	notice = calendar_shift(operator->calendar, clock_zone(), notice, &cycle->rule.notice, -1);
	return notice > least ? notice : least;
}

/* Makes the letter, encrypted where that is wanted, as an answer to the first one about the draw. */
static int
make_letter(const struct operator *operator, const struct letter_input *input, struct letter *ret_letter,
    struct err *why)
{
	struct letter_input complete = *input;
	struct smime_certificate *certificate = NULL;
	char *first_id = NULL;
	int rc = outbox_first_id(operator->store, input->draw, input->inspector_id, &first_id, why);

	if (rc == 0)
		rc = letter_certificate(operator->config, input->inspector_id, input->inspector_email, input->sent_at,
		    &certificate, why);
	complete.encrypt_to = certificate;
	complete.thread_start = slice_of(first_id != NULL ? first_id : "");
	if (rc == 0)
		rc = letter_make(operator->letters, &complete, ret_letter, why);
	smime_certificate_free(certificate);
	free(first_id);
	return rc;
}

int
notices_queue(const struct operator *operator, const struct letter_input *input, int64_t now, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	struct letter letter = {0};
	char id[LETTER_ID_BYTES];
	struct outbox_letter out = {.draw = input->draw,
	    .amendment = input->amendment,
	    .inspector = input->inspector_id,
	    .day = input->day,
	    .kind = slice_of(letter_kind_name(input->kind)),
	    .sender = input->from_address,
	    .recipient = input->inspector_email,
	    .slots = input->slots,
	    .n_slots = input->n_slots,
	    .not_before = input->sent_at,
	    .give_up = input->sent_at + operator->config->mail_retry_for.n};
	int rc = make_letter(operator, input, &letter, &why);

	if (rc == ERR_MEMORY)
		return err_memory(err);
	letter_id(input, id);
	out.message_id = slice_of(id);
	if (rc == 0) {
		out.subject = slice_of(letter.subject);
		out.sender = slice_of(letter.sender);
		out.recipient = slice_of(letter.recipient);
		out.message = (struct slice){letter.bytes, letter.len};
	} else {
		out.fault = slice_of(why.message);
	}
	rc = outbox_add(operator->store, &out, now, NULL, err);
	letter_release(&letter);
	return rc;
}
