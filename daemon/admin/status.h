#ifndef SPOTCHECK_ADMIN_STATUS_H
#define SPOTCHECK_ADMIN_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "store/store.h"

/* How the service stands: what is open, what is late, what is next.  Nothing in it tells of a random moment. */
struct status {
	uint64_t draws, open, sealed, late;
	uint64_t queued, failed, unknown; /* letters */
	uint64_t entries;                 /* of the log */
	int64_t next;                     /* INT64_MAX: nothing */
	const char *what;                 /* "a draw" …, in the catalogue */
};

int status_read(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    struct status *ret_status, struct err *err);

/* "a draw at 2026-06-22 09:00", or "nothing is due". */
void status_next(const struct status *status, const char *(*tr)(const char *text), char *ret_text, size_t size);

#endif
