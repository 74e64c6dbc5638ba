#ifndef SPOTCHECK_APP_TURN_H
#define SPOTCHECK_APP_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "draws/plan.h"
#include "ledger/operator.h"

/*
 * One turn of the service: all that is due at operator->now, in the order in which the protocol wants it, and when
 * something is due next.  What is due follows from the state, the INI and the calendar alone: a turn too many does
 * nothing, a turn too late makes up for what was missed.  The administrator's digest (admin/digest.h) is due too.
 */

enum turn_what {
	TURN_COMMITTED,
	TURN_REFUSED, /* a commitment that is due could not be made, and is tried again */
	TURN_MISSED   /* it is too late for an occurrence, and none will come of it */
};

struct turn_event {
	enum turn_what what;
	const struct config_cycle *cycle;
	const struct occurrence *occurrence;
	uint64_t n;          /* committed: the draw */
	const char *message; /* refused, missed: why */
};

struct turn {
	struct operator *operator;
	bool unpublished; /* nobody looks meanwhile: whoever turns publishes at the end */
	/* Told of what became of the timetable; may be NULL. */
	void (*tell)(void *ctx, const struct turn_event *event);
	/* Told of each alarm, when it is raised and when its cause is gone; may be NULL. */
	void (*alarm)(void *ctx, const char *text, bool raised);
	void *ctx;
	/*
	 * Why the state itself may not sign, as operator_open says it; NULL where it may.  Then the operator has no key, nothing is signed
	 * or published, and it is an alarm.
	 */
	const char *barred;
	/*
	 * Why nothing may be signed, "" else: that, or a witness has seen a longer log.  What needs no signature is done all the same.
	 */
	char halted[ERR_MESSAGE_BYTES];
	char unmended
	    [ERR_MESSAGE_BYTES]; /* why what is damaged in the published folder could not be mended, "" else: an alarm */
};

#define TURN_HALTED_S 300           /* then it is asked again */
#define TURN_LOOK_SECOND (3 * 3600) /* of the local day: when all that is published is looked at */
#define TURN_RETRY_S 3600           /* what was refused is tried again after so long, or after a restart */

/* `*ret_next`: when something is due again; INT64_MAX for never.  ERR_OUTSIDE, ERR_MEMORY, ERR_REFUSED: see steps.h. */
int turn_take(struct turn *turn, int64_t *ret_next, struct err *err);

#endif
