#ifndef SPOTCHECK_ROSTERS_SCOPE_H
#define SPOTCHECK_ROSTERS_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"

/* A cycle's scope: conditions on columns of the targets' roster, which a target must all meet. */

#define SCOPE_CONDITIONS_MAX 100

enum scope_test { SCOPE_IS, SCOPE_IS_NOT, SCOPE_AT_LEAST, SCOPE_AT_MOST };

struct scope_condition {
	char *column; /* any header of a known column, or one of the user's own columns */
	enum scope_test test;
	char **values; /* SCOPE_IS: one of them is there; SCOPE_IS_NOT: none is; else one number or date */
	size_t n_values;
};

void scope_condition_release(struct scope_condition *condition); /* a zeroed struct is allowed */

/* What >= and <= compare. */
struct scope_value {
	bool is_date;
	int64_t n; /* days since 1970, or a number in millionths */
};

/*
 * Reads a date as cell_date does, or a number of at most 12 digits, with at most 6 behind a point.  False where it is
 * neither.
 */
bool scope_value_parse(struct slice text, struct scope_value *ret_value);

#endif
