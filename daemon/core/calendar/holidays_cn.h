#ifndef SPOTCHECK_CORE_CALENDAR_HOLIDAYS_CN_H
#define SPOTCHECK_CORE_CALENDAR_HOLIDAYS_CN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The days off and the make-up workdays that the general office of China's State Council has announced.  Each year has
 * a notice, from near the end of the year before.  A year after HOLIDAYS_CN_LAST has holidays too, but its notice is
 * not here.
 *
 * A weekend beside a day off is left out, as in the notices.  A weekend between two days off is in their span.
 */

#define HOLIDAYS_CN_FIRST 2004
#define HOLIDAYS_CN_LAST 2026

/* Days in a row of one holiday, all off or all worked. */
struct holidays_cn_span {
	int16_t year;        /* of the notice; its first days may lie in the December before */
	bool work;           /* make-up workdays; else days off */
	int32_t first, last; /* dates as in core/base/text.h */
	const char *name;    /* of the holiday, in Chinese; of two holidays "国庆节、中秋节" */
};

/* Ascending; no day is in two spans. */
extern const struct holidays_cn_span holidays_cn[];
extern const size_t holidays_cn_n;

/* The number of the year's notice, "国办发明电〔2025〕7号", with an amendment "…、…".  NULL where the year is not here. */
const char *holidays_cn_notice(int year);

#endif
