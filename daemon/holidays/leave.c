/* Reads one person's calendar as spans of days off: the iCalendar reader of holidays, without names. */
#include "holidays/leave.h"

#include <stdlib.h>

#include "holidays/file.h"

static int
compare_days_off(const void *a, const void *b)
{
	const struct calendar_file_day *x = a, *y = b;

	return (x->date > y->date) - (x->date < y->date);
}

/* Joins the days, which it sorts, to spans. */
static int
join_days(struct calendar_file *f, int32_t today, struct leave_spans *ret, struct err *err)
{
	struct leave_span *spans = calloc(f->n_days + 1, sizeof *spans);
	size_t n = 0;

	if (spans == NULL)
		return err_memory(err);
	if (f->n_days > 0)
		qsort(f->days, f->n_days, sizeof *f->days, compare_days_off);
	for (size_t i = 0; i < f->n_days; i++) {
		int32_t date = f->days[i].date;

		if (n > 0 && date <= spans[n - 1].to + 1) {
			spans[n - 1].to = date;
			continue;
		}
		if (n > 0 && spans[n - 1].to < today)
			n--;
		spans[n++] = (struct leave_span){date, date};
	}
	if (n > 0 && spans[n - 1].to < today)
		n--;
	*ret = (struct leave_spans){spans, n};
	return 0;
}

static int
read_leave_days(struct calendar_file *f, struct err *err)
{
	enum calendar_format format;
	int rc = calendar_text(f, &format, err);

	if (rc != 0 || f->faults.count > 0)
		return rc;
	if (format == CALENDAR_ICS)
		return calendar_ics_read(f, err);
	diag_add(&f->faults, f->path, 1, N_("this is no iCalendar"));
	return 0;
}

int
leave_calendar_read(const char *path, char *bytes, size_t n_bytes, int32_t today, const struct zone *zone,
    struct diag *faults, struct leave_spans *ret_spans, struct err *err)
{
	struct calendar_file f;
	int rc;

	calendar_file_begin(&f, path, bytes, n_bytes, faults, NULL);
	f.leave_zone = zone;
	f.first = today - ICS_LEAVE_DAYS;
	f.last = today + LEAVE_AHEAD_DAYS;
	rc = read_leave_days(&f, err);
	if (rc == 0 && f.faults.count > 0)
		rc = err_set(err, ERR_REFUSED, N_("%s was not imported: nothing is changed"), path);
	if (rc == 0)
		rc = join_days(&f, today, ret_spans, err);
	calendar_file_release(&f);
	return rc;
}
