#ifndef SPOTCHECK_CLI_DRAW_SESSION_H
#define SPOTCHECK_CLI_DRAW_SESSION_H

#include <stdbool.h>

#include "cli/command.h"
#include "letters/make.h"
#include "ledger/operator.h"
#include "store/unreported.h"

/* What the commands on draws find ready, and what each of them does at its end. */
struct desk {
	struct cli *cli;
	struct office office;
	struct letters *letters;
	bool catches_up; /* what is overdue is told of */
	struct unreported unreported; /* what the command made stand; its report is over with desk_close; number 0: nothing */
	bool unpublished; /* publishing has failed, and that is told */
};

enum {
	DESK_LETTERS = 1, /* the templates of letters too */
	DESK_KEY = 2, /* the log and its key, which must be there */
	DESK_MEND = 4 /* before that, a published checkpoint that is damaged is mended */
};

/* Configuration, store and, as `flags` says, more.  An exit status: faults are told. */
int desk_open(struct desk *desk, struct cli *cli, unsigned flags);

/*
 * Appends what is overdue before anything new, publishes that at once, and tells of it.  `except` is the draw that the
 * command itself is about; 0: none.
 */
int desk_catch_up(struct desk *desk, uint64_t except);

/* What stands for this wish of a command that could not report it: its number; 0: nothing. */
int desk_find_unreported(struct desk *desk, const struct unreported *wish, uint64_t *ret_number);

/*
 * Publishes what is new, so that letters can be held against it, then delivers what is due, or was put off, where mail goes
 * to a folder; what goes to a server is the daemon's.  Tells how many.  EXIT_OUTSIDE where some could not be delivered.
 */
int desk_deliver(struct desk *desk);

/*
 * Publishes what is new, wakes the daemon, puts all away.  Returns `status`, or the first fault's.  Where all went well and
 * the output has left, what the command made stand is reported.
 */
int desk_close(struct desk *desk, int status);

/* Reads a draw's number, a place or a seat: digits alone.  False where it is none. */
bool desk_number(const char *text, uint64_t *ret_number);

/* The cycle of this name in the INI; NULL after saying that there is none, and which there are. */
const struct config_cycle *desk_cycle(struct desk *desk, const char *name);

#endif
