#ifndef SPOTCHECK_DRAWS_PRIVATE_ROWS_H
#define SPOTCHECK_DRAWS_PRIVATE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/* Rows of a draw's private file (PROTOCOL 3) as they were committed: names, addresses, telephones. */
struct private_rows {
	struct buf bytes; /* the header's and the rows' fields, unquoted */
	struct private_field {
		size_t at, len;
	} * fields;       /* [(1 + n) * n_columns], the header's first */
	size_t n_fields;  /* used */
	size_t n_columns; /* id and nonce included */
	size_t n;
	size_t *line_of; /* of each asked row: its number in fields[], from 1 */
};

/*
 * The rows of `ids`, in the same order, whatever that of the file is: the ids ascend strictly.  ERR_OUTSIDE: one has no row, so the state is damaged.
 * Reads the file once, part by part.  Release with private_rows_release, after a failure too.
 */
int private_rows_read(struct store *store, uint64_t n, const char *file, const struct slice *ids, size_t n_ids,
    struct private_rows *ret_rows, struct err *err);
void private_rows_release(struct private_rows *rows); /* NULL is allowed */

/* Appends the header line and one row's line as they stand, without the LF: the row's digest is made of both. */
int private_line_read(struct store *store, uint64_t n, const char *file, struct slice id, struct buf *ret_header,
    struct buf *ret_line, struct err *err);

/* A row's value in a column ("name", "phone"); empty where there is no such column. */
struct slice private_value(const struct private_rows *rows, size_t row, const char *column);

#endif
