#ifndef SPOTCHECK_CLI_CEREMONY_H
#define SPOTCHECK_CLI_CEREMONY_H

#include "cli/command.h"
#include "draws/draws.h"

/*
 * The value of a draw that is made in public (PROTOCOL 4 `public`).  At a terminal it is typed twice, shown large, and
 * taken once somebody says yes; without one it is what --value gave.
 */
struct ceremony {
	char *value;   /* owned; NULL where the draw takes none, or none was given */
	char *present; /* owned; who was there, "" where it was not said */
};

/*
 * Asks, or takes what was given: `value` (TEXT or @FILE) and `present` may be NULL.  EXIT_DONE also where the draw does not
 * take a value, or cannot be made now: what is wrong the step says.  Release with ceremony_release.
 */
int ceremony_hold(struct cli *cli, uint64_t n, const char *value, const char *present, struct ceremony *ret);
void ceremony_release(struct ceremony *ceremony); /* NULL is allowed */

/* Notes who was there. */
int ceremony_note(struct cli *cli, uint64_t n, const struct ceremony *ceremony);

/* Who was there: the caller frees it; NULL where nothing was noted. */
char *ceremony_present(struct cli *cli, uint64_t n);

#endif
