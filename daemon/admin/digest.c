/* When the weekly digest is due, and its way into the outbox. */

#include "admin/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include "admin/digest_gather.h"
#include "admin/letter.h"
#include "system/clock.h"
#include "text/language.h"

#define KIND "digest"
#define LAST_MONDAY "digest_monday" /* in meta: the last digest's Monday, in days since 1970 */
#define TEXT_BYTES 131072
#define SUBJECT_BYTES 1024

/* ---- which week ---- */

static int32_t
monday_of(int32_t date)
{
	return date - calendar_weekday(date);
}

int64_t
digest_next(int64_t now)
{
	int32_t monday = monday_of(clock_date(now));
	int64_t time = clock_instant(monday, DIGEST_HOUR_S, NULL);

	return time > now ? time : clock_instant(monday + DIGEST_WEEK_DAYS, DIGEST_HOUR_S, NULL);
}

static int
remember_digest(const struct operator *operator, int32_t monday, struct err *err)
{
	return store_meta_set_int(operator->store, LAST_MONDAY, monday, err);
}

/*
 * A last Monday in the future means that the clock was wrong then or is wrong now.  The present week is remembered in
 * its place.  When that later week comes, the outbox knows its letter and does not add it again.
 */
static int
is_digest_due(const struct operator *operator, int32_t monday, bool *ret_due, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	int64_t last = 0;
	int rc = store_meta_get_int(operator->store, LAST_MONDAY, &last, &why);

	*ret_due = false;
	if (rc == ERR_ABSENT || (rc == 0 && last > monday))
		return remember_digest(operator, monday, err);
	if (rc != 0)
		return err_copy(err, &why);
	*ret_due = last < monday && operator->now >= clock_instant(monday, DIGEST_HOUR_S, NULL);
	return 0;
}

/* ---- the letter ---- */

/* One transaction: the letter is queued, and its week is remembered. */
static int
queue_digest_letter(const struct operator *operator, int32_t monday, const char *subject, struct slice text,
    struct err *err)
{
	const struct config *config = operator->config;
	char id[64], date[DATE_TEXT];
	const struct admin_letter letter = {.kind = KIND,
	    .key = "",
	    .number = (uint64_t)monday,
	    .id = id,
	    .subject = subject,
	    .language = slice_of(strcmp(config->language, "zh_CN") == 0 ? "zh-CN" : "en"),
	    .text = text};
	int rc;

	text_from_date(monday, date);
	(void)snprintf(id, sizeof id, "digest-%s", date);
	rc = store_begin(operator->store, err);
	if (rc == 0)
		rc = admin_letter_queue(operator->store, config, &letter, operator->now, err);
	if (rc == 0)
		rc = remember_digest(operator, monday, err);
	if (rc == 0)
		rc = store_commit(operator->store, err);
	store_rollback(operator->store);
	return rc;
}

static int
write_digest(const struct operator *operator, const struct digest *digest, const char *(*tr)(const char *text),
    struct err *err)
{
	struct buf subject, text;
	char *line;
	int rc;

	buf_init(&subject, SUBJECT_BYTES);
	buf_init(&text, TEXT_BYTES);
	digest_subject(digest, tr, &subject);
	digest_body(digest, tr, &text);
	line = buf_steal(&subject);
	rc = line == NULL || text.failed ? err_memory(err)
	                                 : queue_digest_letter(operator, digest->monday, line, buf_view(&text), err);
	free(line);
	buf_release(&subject);
	buf_release(&text);
	return rc;
}

int
digest_queue(const struct operator *operator, struct err *err)
{
	const char *(*tr)(const char *text) = language_of(operator->config->language);
	int32_t monday = monday_of(clock_date(operator->now));
	struct digest *digest = NULL;
	bool due = false;
	int rc = is_digest_due(operator, monday, &due, err);

	if (rc != 0 || !due)
		return rc;
	rc = digest_gather(operator, monday, tr, &digest, err);
	if (rc == 0)
		rc = write_digest(operator, digest, tr, err);
	digest_free(digest);
	/* To the worker ERR_ABSENT means that there is no log yet; a part of a draw that is missing is damage. */
	return rc == ERR_ABSENT
	    ? err_set(err, ERR_OUTSIDE, N_("the digest cannot be written: the state lacks a part of a draw"))
	    : rc;
}
