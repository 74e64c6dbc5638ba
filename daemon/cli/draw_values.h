#ifndef SPOTCHECK_CLI_DRAW_VALUES_H
#define SPOTCHECK_CLI_DRAW_VALUES_H

#include <stdint.h>

#include "core/base/err.h"

/* The values of --draw-at and --value. */

/*
 * Parses "2026-06-22 09:00" (local time) or "2026-06-22T01:00:00Z" (UTC); seconds may be left out.  ERR_REFUSED, also
 * for a local time that the clock skips or shows twice.
 */
int draw_time_parse(const char *text, int64_t *ret_time, struct err *err);

/*
 * Reads TEXT, or for @FILE the file's content without its last line end.  The caller frees `*ret_value`.  ERR_REFUSED,
 * ERR_MEMORY.
 */
int draw_value_read(const char *argument, char **ret_value, struct err *err);

#endif
