/* Makes a plain-text message to the administrator and puts it into the outbox. */

#include "admin/letter.h"

#include <stdio.h>

#include "core/base/text.h"
#include "mail/mime.h"
#include "mail/outbox.h"

#define MESSAGE_MAX 262144
#define ID_BYTES 512
#define SUBJECT_BYTES 214

/* The longest beginning of at most `max` bytes that ends with a whole character. */
static struct slice
cut_subject(const char *text, size_t max)
{
	struct slice rest = slice_of(text);
	size_t n = 0, len;
	uint32_t c;

	while ((len = text_next(rest, &c)) > 0 && n + len <= max) {
		n += len;
		rest = (struct slice){rest.p + len, rest.n - len};
	}
	return (struct slice){text, n};
}

static int
write_admin_message(const struct config *config, const struct admin_letter *letter, int64_t now, struct slice id,
    struct buf *out, struct err *err)
{
	const struct mime_part body = {.type = "text/plain", .content = letter->text};
	const struct mime_message message = {.from = {slice_of(config->mail_from_name), slice_of(config->mail_from)},
	    .to = {.address = slice_of(config->admin)},
	    .subject = cut_subject(letter->subject, SUBJECT_BYTES),
	    .message_id = id,
	    .language = letter->language,
	    .date = now,
	    .body = &body};

	return mime_write(&message, out, err);
}

int
admin_letter_queue(struct store *store, const struct config *config, const struct admin_letter *letter, int64_t now,
    struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	char id[ID_BYTES];
	struct buf message;
	struct outbox_letter out = {.amendment = letter->number,
	    .inspector = slice_of(letter->key),
	    .kind = slice_of(letter->kind),
	    .sender = slice_of(config->mail_from),
	    .recipient = slice_of(config->admin),
	    .subject = cut_subject(letter->subject, SUBJECT_BYTES),
	    .not_before = now,
	    .give_up = now + config->mail_retry_for.n};
	int rc;

	(void)snprintf(id, sizeof id, "<%s@%s>", letter->id, config->origin);
	out.message_id = slice_of(id);
	buf_init(&message, MESSAGE_MAX);
	rc = write_admin_message(config, letter, now, out.message_id, &message, &why);
	if (rc == 0)
		out.message = buf_view(&message);
	else
		out.fault = slice_of(why.message);
	rc = rc == ERR_MEMORY ? err_memory(err) : outbox_add(store, &out, now, NULL, err);
	buf_release(&message);
	return rc;
}
