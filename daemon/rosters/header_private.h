#ifndef SPOTCHECK_ROSTERS_HEADER_PRIVATE_H
#define SPOTCHECK_ROSTERS_HEADER_PRIVATE_H

#include "rosters/sql_private.h"

/*
 * The header of a stored roster, and the private values of its rows.
 */
struct header {
	enum roster_kind kind;
	char *headers;                                    /* owned; the slices below point into it */
	size_t n;                                         /* columns of the file, in its order */
	struct slice titles[ROSTER_COLUMNS_MAX];          /* as the file writes them */
	const struct column *columns[ROSTER_COLUMNS_MAX]; /* NULL: not known */
	size_t n_private;                                 /* `name` first, the others in the file's order */
	struct slice names[ROSTER_COLUMNS_MAX];           /* of the private columns: English, or the title */
	struct slice values[ROSTER_COLUMNS_MAX]; /* of the last row given to header_row; in the order of names[] */
	size_t sorted[ROSTER_COLUMNS_MAX];       /* indices in names[], by name, ascending */
	struct buf scratch;
};

/* Reads the header of the latest import.  header_release is right afterwards, after a failure too. */
int header_read(struct store *store, enum roster_kind kind, struct header *ret_header, struct err *err);
void header_release(struct header *header); /* a zeroed struct is allowed */

/* Splits a row's `private` into header->values, which stand until the next call.  ERR_OUTSIDE, ERR_MEMORY. */
int header_row(struct header *header, struct slice private, struct err *err);

/* The index of a private column by name, or -1; and its value, empty where the roster lacks the column. */
ptrdiff_t header_find(const struct header *header, struct slice name);
struct slice header_value(const struct header *header, const char *name);

/* Whether the roster has this known column. */
bool header_has(const struct header *header, const struct column *column);

#endif
