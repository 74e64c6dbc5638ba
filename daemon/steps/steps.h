#ifndef SPOTCHECK_STEPS_STEPS_H
#define SPOTCHECK_STEPS_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "ledger/keys.h"
#include "ledger/operator.h"
#include "store/unreported.h"

/*
 * The steps of a draw (PROTOCOL 4).  Each is one transaction that holds the log entry, the checkpoint, the files, the
 * secrets, the results and the letters: after a crash at any point a step has happened whole or not at all.
 *
 * Errors: ERR_REFUSED (not lawful here, or the rosters or the INI forbid it), ERR_NOT_YET (it will be lawful; the
 * message says when), ERR_ABSENT (no such draw), ERR_OUTSIDE, ERR_MEMORY, ERR_LIMIT.
 *
 * Nothing is published here: see publish.h.
 */

/*
 * Makes the key, the log and each cycle's first chain.  ERR_REFUSED where a log exists.  `show` is given the recovery
 * code just before all becomes true: if it does not return 0, nothing does, so that no code is in force that nobody
 * saw.  It is kept as unreported, as step_init_wish says.
 */
struct unreported step_init_wish(void);
int step_init(struct operator *operator, int (*show)(void *ctx, const char *code), void *ctx, struct err *err);

/*
 * Appends what is overdue (PROTOCOL 4): reveals first, draws that need no value from outside (or their voids, where a
 * possible visit has passed), then the entries that the INI calls for: a changed list of witnesses, missing chains.  `except` is a draw that is the caller's own business; 0:
 * none.
 */
int step_overdue(struct operator *operator, uint64_t except, struct err *err);

#define STEP_LEAD INT64_MIN /* the cycle's own lead: its `commit` after now */

struct step_commit {
	const struct config_cycle *cycle;
	int64_t draw_time;                   /* or STEP_LEAD */
	bool run;                            /* the command `run` begins it, and finishes it; draw_time is now */
	const char *value;                   /* of a run: the beacon's, checked; NULL for none */
	const struct occurrence *occurrence; /* of the timetable, which this settles; NULL: by hand */
	bool reports;                        /* the command `commit` reports it: until then it is kept as unreported */
};
int step_commit(struct operator *operator, const struct step_commit *want, uint64_t *ret_n, struct err *err);

/* What is kept of such a wish; the number is the draw's. */
struct unreported step_commit_wish(const struct step_commit *want);

/*
 * `value` is what a ceremony gave; NULL where the source has none, or it is kept already (beacons.h): ERR_NOT_YET where that
 * has not come.
 */
int step_draw(struct operator *operator, uint64_t n, const char *value, struct err *err);

int step_reveal(struct operator *operator, uint64_t n, struct err *err);

/*
 * Under drand and a witness a void bears the value of draw_time.  Before that the wish alone is kept, `ret_later` is true,
 * and step_overdue voids in place of drawing.  A draw that is voided for this very reason stays so: 0.
 */
int step_void(struct operator *operator, uint64_t n, const char *reason, bool *ret_later, struct err *err);

struct step_amend {
	uint64_t n, place, seat;
	bool of_target;
	const char *reason;
	const char *out; /* who or what is to leave; NULL: whoever is there */
	bool reports;    /* the command `amend` reports it: until then it is kept as unreported */
	uint64_t seen;   /* where it reports: the draw's amendments when the command began (step_amend_seen) */
};
struct step_amended {
	uint64_t amendment;
	char out[ID_MAX + 1], in[ID_MAX + 1]; /* `in` is "" where nobody and nothing follows */
	bool repeated;                        /* it stood before, and nothing was done */
};

/*
 * The wish is fulfilled already, and nothing is appended, where an amendment took `out` away from there; and, where the
 * command reports it, where the newest one of that seat or place is not reported yet or came since the command began.
 */
int step_amend(struct operator *operator, const struct step_amend *want, struct step_amended *ret, struct err *err);

/* The draw's newest amendment, 0 where there is none. */
int step_amend_seen(struct store *store, uint64_t n, uint64_t *ret_amendment, struct err *err);

/* What is kept of such a wish; the number is the amendment's. */
struct unreported step_amend_wish(const struct step_amend *want);

/*
 * What the INI's beacon is for a draw at this time; ERR_REFUSED where it cannot serve.  `text` holds what the slices point
 * at.
 */
int step_beacon(const struct config *config, const struct config_cycle *cycle, int64_t draw_time, struct buf *text,
    struct beacon *ret_beacon, struct err *err);

/* Whether a value is one that the beacon can have; `value` NULL is the empty one. */
int step_check_value(const struct beacon *beacon, const char *value, struct err *err);

/* ---- what going on from a publication (recover.h) shares with the steps ---- */

struct ledger;

/* Begins the transaction and opens the log within it; `ret_time` is the time that its entries have. */
int step_begin(struct operator *operator, struct ledger *ret_log, int64_t *ret_time, struct err *err);

/*
 * Signs what was appended and commits, where `rc` is 0; in any case the transaction is over afterwards and the log
 * released.  Returns `rc`, or the first fault.
 */
int step_end(struct operator *operator, struct ledger *log, int rc, struct err *err);

/* A reason stands in a public log: in the language of pages. */
const char *step_in_language(const struct config *config, const char *english, const char *chinese);

/* The cycle's newest chain of secrets; ERR_ABSENT, with nothing said. */
struct step_chain {
	uint64_t chain, length, used;
	int64_t embargo_days;
	enum source source;
};
int step_chain(struct store *store, const char *cycle, struct step_chain *ret_chain, struct err *err);

/*
 * Begins the cycle's next chain, within the caller's transaction, if every used link of the one before is revealed; else
 * does nothing.
 */
int step_chain_anew(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, const char *reason,
    int64_t time, struct err *err);

/* It has a link left, and the beacon and embargo that the INI wants. */
bool step_chain_serves(const struct step_chain *chain, const struct config_cycle *cycle);

/*
 * Writes a letter anew that is kept because it could not be made, as things stand now (notices_again), in a transaction of
 * its own; nothing where it is no such letter.  ERR_REFUSED: it still cannot be made, and why.
 */
int step_letter_again(struct operator *operator, int64_t id, struct err *err);

#endif
