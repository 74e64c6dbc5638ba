#ifndef SPOTCHECK_CLI_DRAW_VALUES_H
#define SPOTCHECK_CLI_DRAW_VALUES_H

#include <stdint.h>

#include "core/base/err.h"

/* What people write behind --draw-at and --value. */

/*
 * "2026-06-22 09:00" by the local clock, "2026-06-22T01:00:00Z" by UTC; seconds may be left out.  ERR_REFUSED, also for
 * a local time that the clock skips or shows twice.
 */
int draw_time_parse(const char *text, int64_t *ret_time, struct err *err);

/* TEXT, or @FILE for what the file holds without its last line end.  The caller frees the text. */
int draw_value_read(const char *argument, char **ret_value, struct err *err);

#endif
