#ifndef SPOTCHECK_CLI_DRAW_SESSION_H
#define SPOTCHECK_CLI_DRAW_SESSION_H

#include <stdbool.h>

#include "cli/command.h"
#include "ledger/operator.h"
#include "letters/make.h"
#include "store/unreported.h"

/* What the commands on draws share, from opening to closing. */
struct draw_session {
	struct cli *cli;
	struct operator operator;
	struct letters *letters;
	bool catches_up; /* overdue steps are being done, and printed */
	/* The command's result, which draw_session_close marks as reported; number 0: none. */
	struct unreported unreported;
	bool unpublished; /* publishing has failed, which is printed, or must not be tried */
};

enum {
	DRAW_SESSION_LETTERS = 1, /* loads the templates of letters */
	DRAW_SESSION_KEY = 2,     /* opens the log and reads its key, which must exist */
	DRAW_SESSION_MEND = 4     /* with KEY: first repairs a damaged published checkpoint */
};

/*
 * Reads configuration and calendar, opens the store and, by `flags`, more.  Returns an exit status; faults are printed.
 */
int draw_session_open(struct draw_session *session, struct cli *cli, unsigned flags);

/*
 * Does all overdue steps, publishes and prints them.  `except` is the draw that the command itself is about; 0: none.
 * Returns an exit status.
 */
int draw_session_catch_up(struct draw_session *session, uint64_t except);

/*
 * The number that the same command made, if it was interrupted before it could report it; 0: none.  Returns an exit
 * status.
 */
int draw_session_find_unreported(struct draw_session *session, const struct unreported *command, uint64_t *ret_number);

/*
 * Publishes what is new, so that recipients can compare their letters with it.  Then, for a maildir, delivers the
 * letters that are due or were put off; the service sends those for a mail server.  Prints the counts.  Returns an exit
 * status: EXIT_OUTSIDE where a letter could not be delivered.
 */
int draw_session_deliver(struct draw_session *session);

/*
 * Publishes what is new, wakes the service and releases the session.  Returns `status`, or the first fault's.  If all
 * went well and the output is flushed, the command's result is marked as reported.
 */
int draw_session_close(struct draw_session *session, int status);

/* Parses the number of a draw, a place or a seat: digits only.  False where it is none. */
bool draw_session_number(const char *text, uint64_t *ret_number);

/* The INI's cycle of this name; NULL, after printing which cycles there are. */
const struct config_cycle *draw_session_cycle(struct draw_session *session, const char *name);

#endif
