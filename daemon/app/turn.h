#ifndef SPOTCHECK_APP_TURN_H
#define SPOTCHECK_APP_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "draws/plan.h"
#include "ledger/operator.h"

/*
 * One turn of the service does all that is due at operator->now, in the protocol's order, and finds when something is
 * due next.  What is due follows only from the state, the INI and the calendar: a turn that is not needed does nothing,
 * and one that is late does what was due before.  A turn also queues the administrator's digest (admin/digest.h).
 */

enum turn_what {
	TURN_COMMITTED,
	TURN_REFUSED, /* a due commitment could not be made, and is tried again */
	TURN_MISSED   /* it is too late for an occurrence: it gets no draw */
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
	bool unpublished; /* the turn publishes nothing: the caller does, after its last turn */
	/* Gets what became of each occurrence that was due; may be NULL. */
	void (*on_event)(void *ctx, const struct turn_event *event);
	/* Gets each alarm, when it is raised and when its cause is gone; may be NULL. */
	void (*on_alarm)(void *ctx, const char *text, bool raised);
	void *ctx;
	/*
	 * Why the state may not sign, in the words of operator_open; NULL where it may.  Where it is set, the operator
	 * has no key, nothing is signed or published, and an alarm is raised.
	 */
	const char *barred;
	/*
	 * Set by the turn: why nothing may be signed, because of `barred` or because a witness knows a longer log; else
	 * "". What needs no signature is done all the same.
	 */
	char halted[ERR_MESSAGE_BYTES];
	/* Set by the turn: why damage in the published folder could not be repaired, else "".  It is an alarm. */
	char unmended[ERR_MESSAGE_BYTES];
};

#define TURN_HALTED_S 300           /* after so long a halted turn is tried again */
#define TURN_LOOK_SECOND (3 * 3600) /* second of the local day at which the check of published files begins */
#define TURN_RETRY_S 3600           /* what was refused is tried again after so long */

/*
 * Takes a turn.  `*ret_next`: when something is due again; INT64_MAX for never.  ERR_OUTSIDE, ERR_MEMORY, ERR_REFUSED:
 * see steps/steps.h.
 */
int turn_take(struct turn *turn, int64_t *ret_next, struct err *err);

#endif
