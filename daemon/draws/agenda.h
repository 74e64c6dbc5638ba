#ifndef SPOTCHECK_DRAWS_AGENDA_H
#define SPOTCHECK_DRAWS_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "core/calendar/calendar.h"
#include "store/store.h"

/* What is to come, of the timetables and of the draws that are committed: what `schedule` and the digest say. */

struct agenda_row {
	char cycle[ID_MAX + 1];
	char *title;       /* as plan_title has it; owned by the outlook */
	const char *state; /* "planned", "provisional", "sealed", or draw_state; in the catalogue */
	uint64_t n;        /* 0: not committed */
	bool sealed;       /* when is not to be told, or not known */
	bool voided;
	int64_t order; /* by which rows are sorted; of what is sealed its period's beginning, which tells nothing */
	int32_t first, last;                                      /* the period or holiday of what is not committed */
	int64_t commit_time, draw_time, notice_time, reveal_time; /* UTC */
	int32_t visit_first, visit_last;
};

struct agenda {
	struct agenda_row *v;
	size_t n, cap;
};

struct agenda_want {
	struct store *store; /* NULL: there is no state yet, and the timetable is what the INI says */
	const struct config *config;
	const struct calendar *calendar; /* covers the days asked for with a year around them */
	int64_t now;
	int32_t from, to; /* drawn on these local dates, both included */
	bool pending;     /* of draws all that are not opened yet instead, whatever their date */
	bool unsealed;    /* tell random moments too */
};

/*
 * By time of draw.  Reads, and chooses no random day.  ERR_MEMORY, ERR_LIMIT, ERR_OUTSIDE.  Release with
 * agenda_release, after a failure too.
 */
int agenda_read(const struct agenda_want *want, struct agenda *ret_agenda, struct err *err);
void agenda_release(struct agenda *agenda); /* NULL is allowed */

#endif
