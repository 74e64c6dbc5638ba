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

/* What is to come, by the timetables and by the draws that are committed: `schedule` and the digest show it. */

#define AGENDA_RESTS 8 /* cycles; of more than these the ones with the fewest posts are left out */

struct agenda_row {
	char cycle[ID_MAX + 1];
	char *title;       /* as plan_title writes it; owned by the agenda */
	const char *state; /* "planned", "provisional", "sealed", or draw_state; in the catalogue */
	uint64_t n;        /* 0: not committed */
	bool sealed;       /* the day of the draw is secret, or not chosen yet */
	bool voided;
	int64_t order; /* sort key: the time of draw; for a sealed row its period's beginning, which tells nothing */
	int32_t first, last;                                      /* period or holiday, where not committed */
	int64_t commit_time, draw_time, notice_time, reveal_time; /* UTC */
	int32_t visit_first, visit_last;
	/*
	 * Of a planned draw whose cycle has `quiet`: posts that rest then, since other cycles' draws have them by now.  They
	 * are counted whatever its scope is: a count within a narrow one would name what is sealed.
	 */
	struct agenda_rest {
		char cycle[ID_MAX + 1];
		uint64_t posts;
	} rests[AGENDA_RESTS];
	size_t n_rests;
};

struct agenda {
	struct agenda_row *v;
	size_t n, cap;
};

struct agenda_want {
	struct store *store; /* NULL: there is no state yet; the INI alone gives the timetable */
	const struct config *config;
	const struct calendar *calendar; /* covers the days asked for, and a year before and after */
	int64_t now;
	int32_t from, to; /* local dates of the draw, both included */
	bool pending;     /* of committed draws: all that are not opened yet, whatever their date */
	bool unsealed;    /* show the days of random draws too */
};

/*
 * Rows by `order`.  It only reads: no random day is chosen.  ERR_MEMORY, ERR_LIMIT, ERR_OUTSIDE.  Release with
 * agenda_release, after a failure too.
 */
int agenda_read(const struct agenda_want *want, struct agenda *ret_agenda, struct err *err);
void agenda_release(struct agenda *agenda); /* NULL is allowed */

/*
 * Of a cycle's draws those that are committed before another cycle's draw is made, which is committed before they are: so
 * that neither knows of the other's targets and visits.  What is sealed is not looked at.
 */
struct agenda_unaware {
	size_t draws, unaware;
	const struct agenda_row *first,
	    *other; /* of the agenda; the first such draw, or NULL, and the one it does not know */
};
struct agenda_unaware agenda_unaware_draws(const struct agenda *agenda, const char *cycle);

#endif
