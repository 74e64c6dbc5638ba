/* What commands have done and not yet reported: kept, found and forgotten. */
#include "store/unreported.h"

#include <stdarg.h>
#include <stdio.h>

struct unreported
unreported_of(const char *command, const char *request, const char *subject, ...)
{
	struct unreported u = {.number = 0};
	va_list args;

	(void)snprintf(u.command, sizeof u.command, "%s", command);
	(void)snprintf(u.request, sizeof u.request, "%s", request);
	va_start(args, subject);
	(void)vsnprintf(u.subject, sizeof u.subject, subject, args);
	va_end(args);
	return u;
}

int
unreported_keep(struct store *store, const struct unreported *u, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT OR REPLACE INTO unreported (command, subject, wish, number) VALUES (?, ?, ?, ?)");
	query_put_string(&q, u->command);
	query_put_string(&q, u->subject);
	query_put_string(&q, u->request);
	query_put_int(&q, (int64_t)u->number);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
unreported_find(struct store *store, const struct unreported *request, uint64_t *ret_number, struct err *err)
{
	struct query q;
	int64_t number = 0;
	bool found;
	int rc;

	query_open(&q, store, "SELECT number FROM unreported WHERE command = ? AND subject = ? AND wish = ?");
	query_put_string(&q, request->command);
	query_put_string(&q, request->subject);
	query_put_string(&q, request->request);
	found = query_row(&q);
	if (found)
		number = query_int(&q, 0);
	rc = query_close(&q, err);
	if (rc == 0 && found)
		*ret_number = (uint64_t)number;
	return rc == 0 && !found ? ERR_ABSENT : rc;
}

int
unreported_forget(struct store *store, const struct unreported *u, struct err *err)
{
	struct query q;

	query_open(&q, store, "DELETE FROM unreported WHERE command = ? AND subject = ? AND number = ?");
	query_put_string(&q, u->command);
	query_put_string(&q, u->subject);
	query_put_int(&q, (int64_t)u->number);
	(void)query_run(&q);
	return query_close(&q, err);
}
