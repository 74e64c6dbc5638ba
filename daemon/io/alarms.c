#include "io/alarms.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/mime.h"
#include "io/outbox.h"

#define KIND "alarm"
#define MESSAGE_MAX 65536
#define ID_BYTES 512

void
alarms_add(struct alarms *alarms, const char *key, const char *format, ...)
{
	struct alarm *alarm = &alarms->v[alarms->n < ALARMS_MAX ? alarms->n++ : ALARMS_MAX - 1];
	va_list args;

	(void)snprintf(alarm->key, sizeof alarm->key, "%s", key);
	va_start(args, format);
	(void)vsnprintf(alarm->text, sizeof alarm->text, format, args);
	va_end(args);
}

/* ---- the letter ---- */

static int
write_message(const struct config *config, const struct alarm *alarm, int64_t now, const char *id, const char *subject,
    struct buf *out, struct err *err)
{
	struct buf text;
	struct mime_part body = {.type = "text/plain"};
	struct mime_message message = {.from = {slice_of(config->mail_from_name), slice_of(config->mail_from)},
	    .to = {.address = slice_of(config->admin)},
	    .subject = slice_of(subject),
	    .message_id = slice_of(id),
	    .date = now,
	    .body = &body};
	int rc;

	buf_init(&text, MESSAGE_MAX);
	buf_format(&text, "%s\n\n%s\n\n    spotcheck -c %s status\n    spotcheck -c %s check\n", alarm->text, config->origin,
	    config->path, config->path);
	body.content = buf_view(&text);
	rc = text.failed ? err_memory(err) : mime_write(&message, out, err);
	buf_release(&text);
	return rc;
}

/* A letter that cannot be made is kept as failed, as those of draws are. */
static int
queue_letter(struct store *store, const struct config *config, const struct alarm *alarm, int64_t now, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	char id[ID_BYTES], subject[ALARM_TEXT + 16];
	struct buf message;
	struct outbox_letter letter = {.amendment = (uint64_t)now,
	    .inspector = slice_of(alarm->key),
	    .kind = slice_of(KIND),
	    .sender = slice_of(config->mail_from),
	    .recipient = slice_of(config->admin),
	    .not_before = now,
	    .give_up = now + config->mail_retry_for.n};
	int rc;

	(void)snprintf(id, sizeof id, "<alarm-%s-%lld@%s>", alarm->key, (long long)now, config->origin);
	(void)snprintf(subject, sizeof subject, "[spotcheckd] %.200s", alarm->text);
	buf_init(&message, MESSAGE_MAX);
	rc = write_message(config, alarm, now, id, subject, &message, &why);
	letter.message_id = slice_of(id);
	letter.subject = slice_of(subject);
	if (rc == 0)
		letter.message = buf_view(&message);
	else
		letter.fault = slice_of(why.message);
	rc = rc == ERR_MEMORY ? err_memory(err) : outbox_add(store, &letter, now, NULL, err);
	buf_release(&message);
	return rc;
}

/* ---- what stands ---- */

static int
raise_one(struct store *store, const struct config *config, const struct alarm *alarm, int64_t now, bool *ret_new,
    struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store, "INSERT INTO alarm (key, since, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
	query_put_string(&q, alarm->key);
	query_put_int(&q, now);
	query_put_string(&q, alarm->text);
	(void)query_run(&q);
	rc = query_close(&q, err);
	*ret_new = rc == 0 && sqlite3_changes(store_db(store)) > 0;
	return *ret_new ? queue_letter(store, config, alarm, now, err) : rc;
}

static bool
has_cause(const struct alarms *causes, struct slice key)
{
	for (size_t i = 0; i < causes->n; i++)
		if (slice_is(key, causes->v[i].key))
			return true;
	return false;
}

static int
find_over(struct store *store, const struct alarms *causes, struct alarms *ret_over, struct err *err)
{
	struct query q;

	ret_over->n = 0;
	query_open(&q, store, "SELECT key, text FROM alarm ORDER BY since, key");
	while (query_row(&q)) {
		struct slice key = query_text(&q, 0), text = query_text(&q, 1);
		char name[ALARM_KEY];

		(void)snprintf(name, sizeof name, "%.*s", (int)key.n, key.p);
		if (!has_cause(causes, key))
			alarms_add(ret_over, name, "%.*s", (int)text.n, text.n == 0 ? "" : text.p);
	}
	return query_close(&q, err);
}

static int
clear_one(struct store *store, const struct alarm *alarm, struct err *err)
{
	struct query q;

	query_open(&q, store, "DELETE FROM alarm WHERE key = ?");
	query_put_string(&q, alarm->key);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
alarms_settle(struct store *store, const struct config *config, const struct alarms *causes, int64_t now,
    void (*tell)(void *ctx, const char *text, bool raised), void *ctx, struct err *err)
{
	struct alarms *over = calloc(1, sizeof *over);
	bool fresh[ALARMS_MAX] = {false};
	int rc = over == NULL ? err_memory(err) : store_begin(store, err);

	for (size_t i = 0; rc == 0 && i < causes->n; i++)
		rc = raise_one(store, config, &causes->v[i], now, &fresh[i], err);
	if (rc == 0)
		rc = find_over(store, causes, over, err);
	for (size_t i = 0; rc == 0 && i < over->n; i++)
		rc = clear_one(store, &over->v[i], err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	for (size_t i = 0; rc == 0 && tell != NULL && i < causes->n; i++)
		if (fresh[i])
			tell(ctx, causes->v[i].text, true);
	for (size_t i = 0; rc == 0 && tell != NULL && i < over->n; i++)
		tell(ctx, over->v[i].text, false);
	free(over);
	return rc;
}

int
alarms_each(struct store *store, int (*visit)(void *ctx, const char *text, int64_t since), void *ctx, struct err *err)
{
	char words[ALARM_TEXT];
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT text, since FROM alarm ORDER BY since, key");
	while (rc == 0 && query_row(&q)) {
		struct slice text = query_text(&q, 0);

		(void)snprintf(words, sizeof words, "%.*s", (int)text.n, text.n == 0 ? "" : text.p);
		rc = visit(ctx, words, query_int(&q, 1));
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}
