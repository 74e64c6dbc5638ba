/* China's announced and computed days off. */
#include "core/calendar/calendar_cn.h"

#include "core/base/array.h"
#include "core/base/text.h"
#include "core/calendar/holidays_cn.h"
#include "core/calendar/lunar.h"

int
calendar_cn_add(struct calendar *calendar, struct err *err)
{
	size_t source = 0;
	int year = 0, rc = 0;

	for (size_t i = 0; i < holidays_cn_n && rc == 0; i++) {
		const struct holidays_cn_span *span = &holidays_cn[i];
		int32_t first = span->first, last = span->last;

		if (span->year != year)
			rc = calendar_source(calendar, holidays_cn_notice(span->year), &source, err);
		year = span->year;
		for (int32_t date = first; date <= last && rc == 0; date++)
			rc = calendar_add(calendar, source, date, !span->work, slice_of(span->name), err);
	}
	return rc;
}

bool
calendar_cn_announced(const struct calendar *calendar, int year)
{
	return calendar_has(calendar, year, "spring-festival");
}

/* A festival: its first day off, how many days off, and its name. */
struct festival {
	int32_t date;
	int days;
	const char *name;
};

static int
predict_year(struct calendar *calendar, int year, struct err *err)
{
	const struct festival festivals[] = {
	    {text_date_of(year, 1, 1), 1, "元旦"},
	    {lunar_date(year, 1, 1) - 1, 4, "春节"},
	    {solar_term_date(year, 15), 1, "清明节"},
	    {text_date_of(year, 5, 1), 2, "劳动节"},
	    {lunar_date(year, 5, 5), 1, "端午节"},
	    {lunar_date(year, 8, 15), 1, "中秋节"},
	    {text_date_of(year, 10, 1), 3, "国庆节"},
	};

	for (size_t i = 0; i < ARRAY_LEN(festivals); i++) {
		for (int day = 0; day < festivals[i].days; day++) {
			int rc = calendar_add(calendar, CALENDAR_COMPUTED, festivals[i].date + day, true,
			    slice_of(festivals[i].name), err);

			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

int
calendar_cn_predict(struct calendar *calendar, int first_year, int last_year, struct err *err)
{
	int rc = 0;

	first_year = first_year < 1900 ? 1900 : first_year;
	last_year = last_year > 2200 ? 2200 : last_year;
	for (int year = first_year; rc == 0 && year <= last_year; year++)
		if (!calendar_cn_announced(calendar, year))
			rc = predict_year(calendar, year, err);
	return rc;
}
