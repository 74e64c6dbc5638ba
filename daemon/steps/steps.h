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
 * secrets, the results and the letters: a crash at any point leaves a step done completely or not at all.
 *
 * Errors: ERR_REFUSED (not lawful here, or the rosters or the INI forbid it), ERR_NOT_YET (it will be lawful; the
 * message says when), ERR_ABSENT (no such draw), ERR_OUTSIDE, ERR_MEMORY, ERR_LIMIT.
 *
 * Steps publish nothing; publish/publish.h does.
 */

/*
 * Makes the key, the log and each cycle's first chain.  ERR_REFUSED where a log exists.  `show` is given the recovery
 * code just before the transaction is committed.  If it does not return 0, nothing is committed: a recovery code that
 * nobody saw is never in force.  The step keeps step_init_wish() as unreported (store/unreported.h).
 */
struct draw_row;

struct unreported step_init_wish(void);
int step_init(struct operator *operator, int (*show)(void *ctx, const char *code), void *ctx, struct err *err);

/*
 * Appends what is overdue (PROTOCOL 4): first reveals; then draws that need no value from outside or have it, or their
 * voids, where a possible visit has passed; then the entries that the INI calls for: a changed list of witnesses,
 * missing chains.  The draw `except` is left to the caller; 0: none.
 */
int step_overdue(struct operator *operator, uint64_t except, struct err *err);

#define STEP_LEAD INT64_MIN /* the cycle's own lead: its `commit` after now */

struct step_commit {
	const struct config_cycle *cycle;
	int64_t draw_time;                   /* or STEP_LEAD */
	bool run;                            /* by the command `run`, which draws at once; draw_time is now */
	const char *value;                   /* of a run: the beacon's value, checked; NULL for none */
	const struct occurrence *occurrence; /* of the timetable: the one committed for; NULL: by hand */
	bool reports;                        /* by the command `commit`: kept as unreported until it has reported */
};
int step_commit(struct operator *operator, const struct step_commit *want, uint64_t *ret_n, struct err *err);

/* What the command `commit` keeps as unreported; `number` will be the draw's. */
struct unreported step_commit_wish(const struct step_commit *want);

/*
 * `value` is the one made in public, at a ceremony.  NULL: the beacon has no value, or the state has it already
 * (remote/beacons.h); ERR_NOT_YET where that value has not arrived.
 */
int step_draw(struct operator *operator, uint64_t n, const char *value, struct err *err);

int step_reveal(struct operator *operator, uint64_t n, struct err *err);

/*
 * Under drand and a witness a void bears the beacon's value of draw_time, if that is there, and else its reveal does.  A
 * draw that is voided already, for the same reason, is no error: 0.
 */
int step_void(struct operator *operator, uint64_t n, const char *reason, struct err *err);

struct step_amend {
	uint64_t n, place, seat;
	bool of_target;
	const char *reason;
	const char *out;  /* the id that is to leave; NULL: whichever is there */
	bool leave_empty; /* a target may leave its place empty for good; else ERR_REFUSED says why it would */
	bool reports;     /* by the command `amend`: kept as unreported until it has reported */
	uint64_t seen;    /* with `reports`: the draw's newest amendment when the command began (step_amend_seen) */
};
struct step_amended {
	uint64_t amendment;
	char out[ID_MAX + 1], in[ID_MAX + 1]; /* `in` is "" where the seat or place stays empty */
	bool repeated;                        /* it was made before, and nothing was appended */
};

/*
 * Nothing is appended where what is wanted was done before: an earlier amendment took `out` away from that seat or
 * place; or, with `reports`, its newest amendment is not reported yet or came since the command began.
 */
int step_amend(struct operator *operator, const struct step_amend *want, struct step_amended *ret, struct err *err);

/* The draw's newest amendment, 0 where there is none. */
int step_amend_seen(struct store *store, uint64_t n, uint64_t *ret_amendment, struct err *err);

/* What the command `amend` keeps as unreported; `number` will be the amendment's. */
struct unreported step_amend_wish(const struct step_amend *want);

/*
 * The beacon that the INI names, for a draw at this time.  ERR_REFUSED: it cannot serve.  `text` holds what the slices
 * point at.
 */
int step_beacon(const struct config *config, const struct config_cycle *cycle, int64_t draw_time, struct buf *text,
    struct beacon *ret_beacon, struct err *err);

/* 0 where the beacon can have this value, else ERR_REFUSED; `value` NULL is the empty one. */
int step_check_value(const struct beacon *beacon, const char *value, struct err *err);

/* ---- what recovery/recover.c shares with the steps ---- */

struct ledger;

/*
 * Asks the witnesses where operator->ask is set, begins the transaction and opens the log within it; `ret_time` is the
 * time that its entries get.  After a failure no transaction is open.
 */
int step_begin(struct operator *operator, struct ledger *ret_log, int64_t *ret_time, struct err *err);

/*
 * Where `rc` is 0, signs what was appended and commits; else rolls back.  Releases the log in any case.  Returns `rc`,
 * or the first fault.
 */
int step_end(struct operator *operator, struct ledger *log, int rc, struct err *err);

/* The one of the two that is in the language of the published pages: for reasons in the public log. */
const char *step_in_language(const struct config *config, const char *english, const char *chinese);

/* The cycle's newest chain of secrets; ERR_ABSENT, with no message. */
struct step_chain {
	uint64_t chain, length, used; /* its number from 1; links, and those that commitments have used */
	int64_t embargo_days;
	enum source source;
};
int step_chain(struct store *store, const char *cycle, struct step_chain *ret_chain, struct err *err);

/*
 * Begins the cycle's next chain, within the caller's transaction, if every used link of the chain before is revealed;
 * else does nothing.
 */
int step_chain_anew(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, const char *reason,
    int64_t time, struct err *err);

/* Whether it has a link left, and the beacon and embargo that the INI wants. */
bool step_chain_serves(const struct step_chain *chain, const struct config_cycle *cycle);

/*
 * Makes a letter of the outbox that could not be made before, from the state as it is now (notices_again), in a
 * transaction of its own.  Does nothing where that letter was made.  ERR_REFUSED: it still cannot be made, and why.
 */
int step_letter_again(struct operator *operator, int64_t id, struct err *err);

/*
 * What an archive entry at `index` says of the draw's amendments that the state has (PROTOCOL 9 `amended`).  An entry
 * that says something else counted others.
 */
int step_archive_amended(struct store *store, const struct draw_row *row, uint64_t index,
    char ret_hex[static HASH_HEX + 1], struct err *err);

/*
 * The archive entry at this index is in the log: it holds all lines there are, and counts the amendments that none
 * before it has counted.  Within the caller's transaction.
 */
int step_archive_adopt(struct store *store, uint64_t entry, struct err *err);

/* When the day's archive entry is due next; INT64_MAX: there is no log yet. */
int step_archive_next(const struct operator *operator, int64_t *ret_time, struct err *err);

#endif
