#ifndef SPOTCHECK_ROSTERS_HEADER_PRIVATE_H
#define SPOTCHECK_ROSTERS_HEADER_PRIVATE_H

#include "rosters/sql_private.h"

/*
 * A roster's header and the private values of its rows, for the files rosters*.c alone.
 */
struct header {
	enum roster_kind kind;
	char *headers;                                    /* owned; what the slices point into */
	size_t n;                                         /* columns of the file, in its order */
	struct slice titles[ROSTER_COLUMNS_MAX];          /* as the file has them */
	const struct column *columns[ROSTER_COLUMNS_MAX]; /* NULL: not known */
	size_t n_private;                                 /* `name` first, the others in the file's order */
	struct slice names[ROSTER_COLUMNS_MAX];           /* of the private ones: English, or the title */
	struct slice values[ROSTER_COLUMNS_MAX];          /* of the row that header_row was given last */
	size_t sorted[ROSTER_COLUMNS_MAX];                /* private ones by name */
	struct buf scratch;
};

int header_read(struct store *store, enum roster_kind kind, struct header *ret_header, struct err *err);
void header_release(struct header *header); /* a zeroed struct is allowed */

/* Takes a row's `private` apart into header->values. */
int header_row(struct header *header, struct slice private, struct err *err);

/* Index of a private column by its name, or -1; and the value of one, empty where the roster does not have it. */
ptrdiff_t header_find(const struct header *header, struct slice name);
struct slice header_value(const struct header *header, const char *name);

/* The roster has this known column. */
bool header_has(const struct header *header, const struct column *column);

#endif
