/* Dates, times and China's calendar from texts. */

#include "days.h"

#include "core/base/text.h"
#include "core/calendar/calendar_cn.h"

int32_t
day(const char *text)
{
	int32_t date = 0;

	assert_true(text_to_date(slice_of(text), &date));
	return date;
}

int64_t
utc(const char *text)
{
	int64_t time = 0;

	assert_true(text_to_time(slice_of(text), &time));
	return time;
}

struct calendar
china(int first_year, int last_year)
{
	struct calendar c;

	assert_int_equal(calendar_begin(&c, MONDAY_TO_FRIDAY, NULL), 0);
	assert_int_equal(calendar_cn_add(&c, NULL), 0);
	assert_int_equal(calendar_cn_predict(&c, first_year, last_year, NULL), 0);
	assert_int_equal(calendar_finish(&c, text_date_of(first_year, 1, 1), text_date_of(last_year, 12, 31), NULL), 0);
	return c;
}
