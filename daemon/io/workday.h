#ifndef SPOTCHECK_WORKDAY_H
#define SPOTCHECK_WORKDAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/config.h"

/*
 * Which days are workdays.  All who ask do it through workday_is: where a calendar of holidays comes in, it answers
 * there.  Until then the days of `workweek` are.
 */

bool workday_is(const struct config *config, int32_t day);

/* The n-th workday after `day` (n 0: the day itself), or before it where n is negative. */
int32_t workday_step(const struct config *config, int32_t day, int64_t n);

/* The instant that lies a duration after a time (before it where `sign` is -1); workdays keep the local time of day. */
int64_t workday_shift(const struct config *config, int64_t time, const struct duration *duration, int sign);

/*
 * The days of a cycle's visit window: so many days or workdays from the one after `date`, ascending, at most `max` of
 * them.  Returns how many.
 */
size_t workday_window(const struct config *config, const struct config_cycle *cycle, int32_t date, int32_t *ret_days,
    size_t max);

#endif
