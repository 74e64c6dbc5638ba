#ifndef SPOTCHECK_CLI_DRAW_SESSION_H
#define SPOTCHECK_CLI_DRAW_SESSION_H

#include <stdbool.h>

#include "cli/command.h"
#include "ledger/operator.h"
#include "letters/make.h"
#include "store/unreported.h"

/* What the commands on draws find ready, and what each of them does at its end. */
struct draw_session {
	struct cli *cli;
	struct operator operator;
	struct letters *letters;
	bool catches_up; /* what is overdue is told of */
	struct unreported
	    unreported; /* what the command made stand; its report is over with draw_session_close; number 0: nothing */
	bool unpublished; /* publishing has failed, and that is told */
};

enum {
	DRAW_SESSION_LETTERS = 1, /* the templates of letters too */
	DRAW_SESSION_KEY = 2,     /* the log and its key, which must be there */
	DRAW_SESSION_MEND = 4     /* before that, a published checkpoint that is damaged is mended */
};

/* Configuration, store and, as `flags` says, more.  An exit status: faults are told. */
int draw_session_open(struct draw_session *session, struct cli *cli, unsigned flags);

/*
 * Appends what is overdue before anything new, publishes that at once, and tells of it.  `except` is the draw that the
 * command itself is about; 0: none.
 */
int draw_session_catch_up(struct draw_session *session, uint64_t except);

/* What stands for this wish of a command that could not report it: its number; 0: nothing. */
int draw_session_find_unreported(struct draw_session *session, const struct unreported *wish, uint64_t *ret_number);

/*
 * Publishes what is new, so that letters can be held against it, then delivers what is due, or was put off, where mail goes
 * to a folder; what goes to a server is the daemon's.  Tells how many.  EXIT_OUTSIDE where some could not be delivered.
 */
int draw_session_deliver(struct draw_session *session);

/*
 * Publishes what is new, wakes the daemon, puts all away.  Returns `status`, or the first fault's.  Where all went well and
 * the output has left, what the command made stand is reported.
 */
int draw_session_close(struct draw_session *session, int status);

/* Reads a draw's number, a place or a seat: digits alone.  False where it is none. */
bool draw_session_number(const char *text, uint64_t *ret_number);

/* The cycle of this name in the INI; NULL after saying that there is none, and which there are. */
const struct config_cycle *draw_session_cycle(struct draw_session *session, const char *name);

#endif
