#ifndef SPOTCHECK_CLI_CEREMONY_H
#define SPOTCHECK_CLI_CEREMONY_H

#include "cli/command.h"
#include "draws/draws.h"

/*
 * The value of a draw with a public beacon (PROTOCOL 4 `public`).  At a terminal it is typed twice, shown large, and
 * confirmed with a yes.  Without a terminal it is the one that --value gave.
 */
struct ceremony {
	char *value;   /* owned; NULL: the draw takes none, or none was given */
	char *present; /* owned; who was present; "": not said */
};

/*
 * Gets the value and who is present, from `value` (TEXT or @FILE) and `present`, which may be NULL, or by asking.
 * Returns EXIT_DONE also where the draw takes no value or cannot be made now: step_draw finds what is wrong.  Release
 * `*ret` with ceremony_release.
 */
int ceremony_hold(struct cli *cli, uint64_t n, const char *value, const char *present, struct ceremony *ret);
void ceremony_release(struct ceremony *ceremony); /* NULL is allowed */

/* Stores who was present.  Returns an exit status. */
int ceremony_note(struct cli *cli, uint64_t n, const struct ceremony *ceremony);

/* Who was present, as stored; the caller frees it.  NULL: nothing was stored. */
char *ceremony_present(struct cli *cli, uint64_t n);

#endif
