/* Builds the calendar that the INI describes from shipped days, files and computed festivals. */
#include "holidays/load.h"

#include <string.h>

#include "core/base/text.h"
#include "core/calendar/calendar_cn.h"
#include "holidays/files.h"

bool
calendar_is_shipped(const struct config *config)
{
	return strcmp(config->country, "CN") == 0;
}

bool
calendar_announced(const struct config *config, const struct calendar *calendar, int year)
{
	return calendar_is_shipped(config) ? calendar_cn_announced(calendar, year) : calendar_has(calendar, year, NULL);
}

int
calendar_load(const struct config *config, int first_year, int last_year, struct calendar *ret_calendar,
    struct diag *faults, struct diag *hints, struct err *err)
{
	int32_t first = text_date_of(first_year - 1, 1, 1), last = text_date_of(last_year + 2, 1, 1) - 1;
	int rc = calendar_begin(ret_calendar, config->workweek, err);

	if (rc == 0 && calendar_is_shipped(config))
		rc = calendar_cn_add(ret_calendar, err);
	if (rc == 0)
		rc = calendar_files_read(ret_calendar, &config->calendar_files, first, last, faults, hints, err);
	if (rc == 0 && calendar_is_shipped(config) && config->predict)
		rc = calendar_cn_predict(ret_calendar, first_year - 1, last_year + 1, err);
	return rc == 0 ? calendar_finish(ret_calendar, first, last, err) : rc;
}
