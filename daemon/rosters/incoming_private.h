#ifndef SPOTCHECK_ROSTERS_INCOMING_PRIVATE_H
#define SPOTCHECK_ROSTERS_INCOMING_PRIVATE_H

#include "rosters/rosters.h"
#include "rosters/sql_private.h"
#include "store/unreported.h"

/*
 * The rows of a new roster, from a file or from an earlier state, are first put into the temporary table `incoming`
 * (line, {all}).  They are checked against each other and against the other rosters.  Then they replace the roster.
 */

/* Make `incoming` anew, and drop it. */
int incoming_create(struct store *store, enum roster_kind kind, struct err *err);
void incoming_drop(struct store *store);

struct incoming {
	struct store *store;
	enum roster_kind kind;
	const struct rosters_import *import;
	const char *headers; /* JSON array */
	const char *digest;
	int64_t undoes;                      /* id of the import that is undone, or 0 */
	const struct unreported *unreported; /* NULL where no command reports it */
	unsigned long faults;                /* diag->count before this file's first fault */
	bool complete;                       /* no row is missing, so that names in other rosters can be checked */
	struct diag *diag;
};

/*
 * Within the caller's transaction: assigns missing ids and dates, and reports contradictions.  Where no fault was
 * found, and it is no dry run, it writes the history and replaces the roster.  The caller commits, if diag->count has
 * not grown.
 */
int incoming_apply(const struct incoming *in, struct rosters_counts *ret_counts, struct err *err);

/* The record of an import that its command has still to report.  `digest` is the file's; NULL: it is an undo. */
struct unreported incoming_unreported(enum roster_kind kind, const struct rosters_import *import, const char *digest);

/* Sets `*ret_counts`, with `repeated`, where the latest import is this one and not reported yet.  Else it stays. */
int incoming_find_unreported(struct store *store, enum roster_kind kind, const struct unreported *request,
    struct rosters_counts *ret_counts, struct err *err);

/* Parts of incoming_apply. */
int incoming_check_unique(const struct incoming *in, struct err *err);
int incoming_check_others(const struct incoming *in, struct err *err);

/* ---- spellings ---- */

/*
 * Values of unit, area and class that differ only by width, case or punctuation are one value misspelt.  Memory is
 * bounded: a small cache stands before a temporary table of all values.
 */
struct spelling;

int spelling_new(struct store *store, struct spelling **ret_spelling, struct err *err);
void spelling_free(struct spelling *spelling);

/* Notes a value of a column, named as in `roster_columns`, and its line.  Failures stick until spelling_check. */
void spelling_note(struct spelling *spelling, const char *column, struct slice value, unsigned long line);

/* Adds the values of the other rosters, and reports misspellings to `diag`. */
int
spelling_check(struct spelling *spelling, enum roster_kind kind, const char *file, struct diag *diag, struct err *err);

#endif
