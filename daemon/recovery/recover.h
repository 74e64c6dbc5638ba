#ifndef SPOTCHECK_RECOVERY_RECOVER_H
#define SPOTCHECK_RECOVERY_RECOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "core/log/published.h"
#include "ledger/operator.h"

/*
 * Brings a state from a backup up to a log that was published since: entries, checkpoints, files, results, and what
 * the timetable has committed for.  What the publication does not hold is lost.  It decides whether the log can be
 * continued:
 *
 *	a draw that was committed since and is not opened: its rosters and nonces are lost
 *	a draw that was amended since and is not opened: the amendment's nonce is lost
 *	the private columns of a draw committed since: lost, but nobody needs them to check the draw
 *	secrets of chains begun since: lost; where all their used links are opened, a new chain takes their place
 *
 * The first two can never be opened as the protocol wants, so where there are any, nothing is changed.
 */

struct recover_draw {
	uint64_t n;
	char cycle[ID_MAX + 1];
	int64_t draw_time;
	bool committed; /* since the backup: its private columns are lost */
	bool drawn;     /* or voided, since */
	bool amended;   /* since */
	bool sealed;    /* not opened in the publication */
	bool ahead;     /* drawn, and a visit may still come */
	bool letters;   /* its letters were written again */
};

struct recovery {
	uint64_t from, to;          /* entries that the state had, and has now */
	int64_t time;               /* of the newest entry that it had */
	struct recover_draw *draws; /* those that something happened to since */
	size_t n_draws;
	uint64_t chains; /* new ones */
	bool done;       /* false: a draw stands in the way (recover_is_lost), and nothing was changed */
};

/*
 * `dir` is checked first, as `verify` does it, and whether it continues the checkpoint `earlier` (p NULL: none),
 * which was published elsewhere.  ERR_REFUSED: a check fails, or it is another log's, or no continuation of the
 * state's. ERR_ABSENT: it has nothing that the state has not.  Else 0, and ret->done says whether the state was
 * changed.
 *
 * All is one transaction, in which the mark of a restored state (ledger/restored.h) is cleared too.  The operator has
 * its key and letters.  Release with recovery_release, after a failure too.
 */
int recover(struct operator *operator, const struct published *dir, struct slice earlier, struct recovery *ret_recovery,
    struct err *err);
void recovery_release(struct recovery *recovery); /* NULL is allowed */

/* Whether the draw can never be opened as the protocol wants, so that the log cannot be continued. */
bool recover_is_lost(const struct recover_draw *draw);

#endif
