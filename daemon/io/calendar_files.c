#include "io/calendar_files.h"
int
calendar_files_read(struct calendar *calendar, const struct text_list *patterns, int32_t first, int32_t last,
    struct diag *faults, struct diag *hints, struct err *err)
{
	(void)calendar;(void)patterns;(void)first;(void)last;(void)faults;(void)hints;(void)err;
	return 0;
}
