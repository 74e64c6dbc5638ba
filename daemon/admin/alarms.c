/* Alarms in the state: each new cause is kept and becomes one letter; it is deleted when the cause is gone. */

#include "admin/alarms.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/letter.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "text/printable.h"

#define KIND "alarm"
#define MESSAGE_MAX 65536

/* Cuts `text` before its first broken UTF-8 sequence: a letter with one cannot be sent. */
static void
drop_half_character(char *text)
{
	struct slice rest = slice_of(text);
	size_t len;
	uint32_t c;

	while ((len = text_next(rest, &c)) > 0)
		rest = (struct slice){rest.p + len, rest.n - len};
	text[rest.p - text] = '\0';
}

void
alarms_add(struct alarms *alarms, const char *key, const char *format, ...)
{
	struct alarm *alarm = &alarms->v[alarms->n < ALARMS_MAX ? alarms->n++ : ALARMS_MAX - 1];
	va_list args;

	(void)snprintf(alarm->key, sizeof alarm->key, "%s", key);
	va_start(args, format);
	(void)vsnprintf(alarm->text, sizeof alarm->text, format, args);
	va_end(args);
	drop_half_character(alarm->text);
	plain_clean(alarm->text);
}

/* ---- the letter ---- */

static int
queue_alarm_letter(struct store *store, const struct config *config, const struct alarm *alarm, int64_t now,
    struct err *err)
{
	char id[ALARM_KEY + 32], subject[ALARM_TEXT + 16];
	struct admin_letter letter = {.kind = KIND,
	    .key = alarm->key,
	    .number = (uint64_t)now,
	    .id = id,
	    .subject = subject};
	struct buf text;
	int rc;

	(void)snprintf(id, sizeof id, "alarm-%s-%lld", alarm->key, (long long)now);
	(void)snprintf(subject, sizeof subject, "[spotcheckd] %s", alarm->text);
	buf_init(&text, MESSAGE_MAX);
	buf_format(&text, "%s\n\n%s\n\n    spotcheck -c %s status\n    spotcheck -c %s check\n", alarm->text,
	    config->origin, config->path, config->path);
	letter.text = buf_view(&text);
	rc = text.failed ? err_memory(err) : admin_letter_queue(store, config, &letter, now, err);
	buf_release(&text);
	return rc;
}

/* ---- alarms in the state ---- */

static int
raise_alarm(struct store *store, const struct config *config, const struct alarm *alarm, int64_t now, bool *ret_new,
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
	return *ret_new ? queue_alarm_letter(store, config, alarm, now, err) : rc;
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
find_ended_alarms(struct store *store, const struct alarms *causes, struct alarms *ret_ended, struct err *err)
{
	struct query q;

	ret_ended->n = 0;
	query_open(&q, store, "SELECT key, text FROM alarm ORDER BY since, key");
	while (query_row(&q)) {
		struct slice key = query_text(&q, 0), text = query_text(&q, 1);
		char name[ALARM_KEY];

		(void)snprintf(name, sizeof name, "%.*s", (int)key.n, key.p);
		if (!has_cause(causes, key))
			alarms_add(ret_ended, name, "%.*s", (int)text.n, text.n == 0 ? "" : text.p);
	}
	return query_close(&q, err);
}

static int
delete_alarm(struct store *store, const struct alarm *alarm, struct err *err)
{
	struct query q;

	query_open(&q, store, "DELETE FROM alarm WHERE key = ?");
	query_put_string(&q, alarm->key);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
alarms_update(struct store *store, const struct config *config, const struct alarms *causes, int64_t now,
    void (*report)(void *ctx, const char *text, bool raised), void *ctx, struct err *err)
{
	struct alarms *ended = calloc(1, sizeof *ended);
	bool is_new[ALARMS_MAX] = {false};
	int rc = ended == NULL ? err_memory(err) : store_begin(store, err);

	for (size_t i = 0; rc == 0 && i < causes->n; i++)
		rc = raise_alarm(store, config, &causes->v[i], now, &is_new[i], err);
	if (rc == 0)
		rc = find_ended_alarms(store, causes, ended, err);
	for (size_t i = 0; rc == 0 && i < ended->n; i++)
		rc = delete_alarm(store, &ended->v[i], err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	for (size_t i = 0; rc == 0 && report != NULL && i < causes->n; i++)
		if (is_new[i])
			report(ctx, causes->v[i].text, true);
	for (size_t i = 0; rc == 0 && report != NULL && i < ended->n; i++)
		report(ctx, ended->v[i].text, false);
	free(ended);
	return rc;
}

int
alarms_each(struct store *store, int (*visit)(void *ctx, const struct alarm *alarm, int64_t since), void *ctx,
    struct err *err)
{
	struct alarm alarm;
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT key, text, since FROM alarm ORDER BY since, key");
	while (rc == 0 && query_row(&q)) {
		struct slice key = query_text(&q, 0), text = query_text(&q, 1);

		(void)snprintf(alarm.key, sizeof alarm.key, "%.*s", (int)key.n, key.n == 0 ? "" : key.p);
		(void)snprintf(alarm.text, sizeof alarm.text, "%.*s", (int)text.n, text.n == 0 ? "" : text.p);
		rc = visit(ctx, &alarm, query_int(&q, 2));
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}
