#ifndef SPOTCHECK_ROSTERS_SCOPE_PRIVATE_H
#define SPOTCHECK_ROSTERS_SCOPE_PRIVATE_H

#include "core/base/err.h"
#include "rosters/header_private.h"
#include "rosters/rosters.h"

/* A scope's conditions with their columns found in the roster's header. */
struct scope_filter {
	const struct scope_condition *condition;
	const struct column *stored; /* a column of the table; NULL: the private column at index `private` */
	size_t private;
	struct scope_value bound; /* SCOPE_AT_LEAST, SCOPE_AT_MOST */
};

/* ERR_REFUSED: the roster lacks a column, or it holds values of another kind.  ERR_LIMIT, ERR_MEMORY. */
int scope_resolve(const struct header *header, const struct scope_condition *conditions, size_t n,
    struct scope_filter ret_filters[static SCOPE_CONDITIONS_MAX], struct err *err);

/*
 * Whether the target, whose private values header_row has read, meets all conditions.  ERR_REFUSED: a private value
 * that is to be compared is no number or no date.
 */
int scope_holds(const struct scope_filter *filters, size_t n, const struct header *header,
    const struct rosters_target *target, bool *ret_holds, struct err *err);

#endif
