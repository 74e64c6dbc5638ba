#include "io/workday.h"

#include "core/text.h"
#include "io/clock.h"

bool
workday_is(const struct config *config, int32_t day)
{
	int weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */

	return (config->workweek & WORKWEEK_DAY(weekday < 0 ? weekday + 7 : weekday)) != 0;
}

int32_t
workday_step(const struct config *config, int32_t day, int64_t n)
{
	int32_t by = n < 0 ? -1 : 1;

	/* A week without a workday would have no end. */
	for (int idle = 0; n != 0 && idle < 7 * 60; idle++) {
		day += by;
		if (!workday_is(config, day))
			continue;
		n -= by;
		idle = 0;
	}
	return day;
}

int64_t
workday_shift(const struct config *config, int64_t time, const struct duration *duration, int sign)
{
	enum zone_how how;
	int32_t second, date;

	if (!duration->workdays)
		return time + sign * duration->n;
	date = clock_local(time, &second);
	return clock_instant(workday_step(config, date, sign * duration->n), second, &how);
}

size_t
workday_window(const struct config *config, const struct config_cycle *cycle, int32_t date, int32_t *ret_days,
    size_t max)
{
	size_t n = 0;

	for (int64_t i = 0; i < cycle->rule.window && n < max; i++) {
		date = cycle->rule.window_workdays ? workday_step(config, date, 1) : date + 1;
		ret_days[n++] = date;
	}
	return n;
}
