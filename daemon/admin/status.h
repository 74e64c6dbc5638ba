#ifndef SPOTCHECK_ADMIN_STATUS_H
#define SPOTCHECK_ADMIN_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "store/store.h"

/* The state of the service in numbers, and what is due next.  It reveals no random time. */
struct status {
	uint64_t draws, open, sealed;     /* committed in all; not drawn; drawn or voided, not opened */
	uint64_t late;                    /* draws, openings and commitments that are overdue */
	uint64_t queued, failed, unknown; /* letters */
	uint64_t entries;                 /* of the log */
	int64_t next;                     /* when something is due next; INT64_MAX: nothing is */
	const char *what;                 /* what that is: "a draw", …, not translated yet */
};

int status_read(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    struct status *ret_status, struct err *err);

/* "a draw at 2026-06-22 09:00", or "nothing is due". */
void status_next(const struct status *status, const char *(*tr)(const char *text), char *ret_text, size_t size);

#endif
