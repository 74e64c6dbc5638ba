#ifndef SPOTCHECK_ROSTERS_INCOMING_PRIVATE_H
#define SPOTCHECK_ROSTERS_INCOMING_PRIVATE_H

#include "rosters/rosters.h"
#include "rosters/sql_private.h"
#include "store/unreported.h"

/*
 * What is to become a roster stands first in the temporary table `incoming` (line, {all}): rows of a file, or of a
 * former state.  Then it is held against itself and the other rosters, and takes the present one's place.  For the
 * files rosters*.c alone.
 */

/* Makes `incoming` anew, and drops it. */
int incoming_create(struct store *store, enum roster_kind kind, struct err *err);
void incoming_drop(struct store *store);

struct incoming {
	struct store *store;
	enum roster_kind kind;
	const struct rosters_import *import;
	const char *headers; /* JSON array */
	const char *digest;
	int64_t undoes;                /* an import's id, or 0 */
	const struct unreported *wish; /* NULL where nobody reports it */
	unsigned long faults;          /* diag->count before the first of this file's */
	bool sound;                    /* every row is there, and can be held against other rosters */
	struct diag *diag;
};

/*
 * Within a transaction: gives ids and dates, reports what does not fit together, and, where no fault was found at all,
 * puts the rows in place and writes the history.  The caller commits if diag->count has not grown.
 */
int incoming_settle(const struct incoming *in, struct rosters_counts *ret_counts, struct err *err);

/* What is kept of an import that is to be reported: of a file's digest, or of an undoing, where `digest` is NULL. */
struct unreported incoming_wish(enum roster_kind kind, const struct rosters_import *import, const char *digest);

/* Whether the latest import is this one, and not reported yet; then the counts are its own. */
int incoming_find_unreported(struct store *store, enum roster_kind kind, const struct unreported *wish,
    struct rosters_counts *ret_counts, struct err *err);

/* Parts of it. */
int incoming_check_unique(const struct incoming *in, struct err *err);
int incoming_check_others(const struct incoming *in, struct err *err);

/* ---- spellings ---- */

/*
 * Values of unit, area and class that differ by width, case or punctuation alone are one value misspelt.  Memory is
 * bounded: a cache of what was seen lately, before a temporary table of all.
 */
struct spelling;

int spelling_new(struct store *store, struct spelling **ret_spelling, struct err *err);
void spelling_free(struct spelling *spelling);

/* A value of the column (its name as in `roster_columns`) on a line; faults stick until spelling_check. */
void spelling_note(struct spelling *spelling, const char *column, struct slice value, unsigned long line);

/* Takes in the values of the other rosters and reports. */
int
spelling_check(struct spelling *spelling, enum roster_kind kind, const char *file, struct diag *diag, struct err *err);

#endif
