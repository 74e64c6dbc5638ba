/* Collects the days of one holiday file, checks them together, and passes on its faults and hints. */
#include "holidays/file.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "holidays/files.h"
#include "rosters/cell.h"

/* ---- faults ---- */

static void
relay(struct diag *to, struct diag *from, const char *file, unsigned long line, const char *message)
{
	if (from->count > CALENDAR_FILE_FAULTS + 1)
		return;
	to->count++;
	if (to->say == NULL)
		return;
	if (from->count <= CALENDAR_FILE_FAULTS) {
		to->say(to->ctx, file, line, message);
	} else {
		message = N_("there are more of this kind, not listed");
		to->say(to->ctx, file, 0, to->tr != NULL ? to->tr(message) : message);
	}
}

static void
relay_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	struct calendar_file *f = ctx;

	relay(f->all_faults, &f->faults, file, line, message);
}

static void
relay_hint(void *ctx, const char *file, unsigned long line, const char *message)
{
	struct calendar_file *f = ctx;

	relay(f->all_hints, &f->hints, file, line, message);
}

void
calendar_file_begin(struct calendar_file *f, const char *path, char *bytes, size_t n_bytes, struct diag *faults,
    struct diag *hints)
{
	*f = (struct calendar_file){
	    .path = path,
	    .n_bytes = n_bytes,
	    .faults = {.tr = faults->tr, .say = relay_fault, .ctx = f},
	    .all_faults = faults,
	    .all_hints = hints,
	    .child_ms = 10000,
	};
	f->bytes = bytes;
	if (hints != NULL)
		f->hints = (struct diag){.tr = hints->tr, .say = relay_hint, .ctx = f};
	buf_init(&f->converted, 4 * CALENDAR_FILE_BYTES);
}

void
calendar_file_release(struct calendar_file *f)
{
	for (size_t i = 0; i < f->n_days; i++)
		free(f->days[i].name);
	free(f->days);
	free(f->bytes);
	buf_release(&f->converted);
	*f = (struct calendar_file){0};
}

bool
calendar_file_is_full(const struct calendar_file *f)
{
	return f->faults.count > CALENDAR_FILE_FAULTS || f->n_days > CALENDAR_FILE_DAYS;
}

/* ---- days ---- */

bool
calendar_file_name(struct calendar_file *f, const char *header, unsigned long line, struct slice raw, struct buf *out)
{
	struct cell cell = {.header = header, .file = f->path, .line = line, .diag = &f->faults};
	struct slice trimmed = cell_trim(raw), name;
	enum text_fault fault = text_is_utf8(trimmed) ? TEXT_OK : TEXT_UTF8;
	size_t before = out->len;

	if (fault == TEXT_OK) {
		cell_nfc(trimmed, out);
		if (out->failed)
			return cell_refuse(&cell, trimmed, text_fault_words(TEXT_LONG));
		name = (struct slice){out->len == before ? "" : out->data + before, out->len - before};
		/* text_check_reason allows commas and quotes, which names of holidays may have. */
		fault = name.n > TEXT_MAX ? TEXT_LONG : text_check_reason(name);
	}
	return fault == TEXT_OK || cell_refuse(&cell, trimmed, text_fault_words(fault));
}

void
calendar_file_unnamed(struct calendar_file *f, unsigned long line)
{
	diag_add(&f->hints, f->path, line, N_("the day off has no name: it makes no holiday by itself"));
}

int
calendar_file_day(struct calendar_file *f, unsigned long line, int32_t date, bool off, struct slice name,
    struct err *err)
{
	struct calendar_file_day day = {.date = date, .off = off, .line = line};

	if (f->n_days > CALENDAR_FILE_DAYS)
		return 0;
	if (f->n_days == CALENDAR_FILE_DAYS)
		diag_add(&f->faults, f->path, line, N_("this file names more than %d days"), CALENDAR_FILE_DAYS);
	if (f->n_days == f->cap_days) {
		size_t cap = f->cap_days == 0 ? 64 : f->cap_days * 2;
		struct calendar_file_day *grown = reallocarray(f->days, cap, sizeof *grown);

		if (grown == NULL)
			return err_memory(err);
		f->days = grown;
		f->cap_days = cap;
	}
	day.name = slice_dup(name);
	if (day.name == NULL)
		return err_memory(err);
	f->days[f->n_days++] = day;
	return 0;
}

/* ---- all days together ---- */

struct dated_index {
	int32_t date;
	size_t index; /* in f->days */
};

static int
compare_dated_indices(const void *a, const void *b)
{
	const struct dated_index *x = a, *y = b;

	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void
report_contradiction(struct calendar_file *f, const struct calendar_file_day *before,
    const struct calendar_file_day *day)
{
	char date[DATE_TEXT];

	text_from_date(day->date, date);
	if (day->off)
		diag_add(&f->faults, f->path, day->line, N_("%s is a day off here and a workday on line %lu"), date,
		    before->line);
	else
		diag_add(&f->faults, f->path, day->line, N_("%s is a workday here and a day off on line %lu"), date,
		    before->line);
}

/* Reports, for each day that is both off and worked, the first line that contradicts an earlier one. */
static int
check_contradictions(struct calendar_file *f, struct err *err)
{
	struct dated_index *sorted = calloc(f->n_days + 1, sizeof *sorted);
	int32_t told = DATE_NONE;

	if (sorted == NULL)
		return err_memory(err);
	for (size_t i = 0; i < f->n_days; i++)
		sorted[i] = (struct dated_index){f->days[i].date, i};
	qsort(sorted, f->n_days, sizeof *sorted, compare_dated_indices);
	for (size_t i = 1; i < f->n_days; i++) {
		const struct calendar_file_day *before = &f->days[sorted[i - 1].index];
		const struct calendar_file_day *day = &f->days[sorted[i].index];

		if (day->date != before->date || day->off == before->off || day->date == told)
			continue;
		report_contradiction(f, before, day);
		told = day->date;
	}
	free(sorted);
	return 0;
}

static void
check_years(struct calendar_file *f)
{
	static const size_t years = 10000;
	uint16_t off[10000] = {0};

	for (size_t i = 0; i < f->n_days; i++) {
		int year = text_year_of(f->days[i].date);

		if (!f->days[i].off || year < 0 || (size_t)year >= years)
			continue;
		if (++off[year] == CALENDAR_YEAR_DAYS + 1)
			diag_add(&f->faults, f->path, f->days[i].line,
			    N_("this file names more than %d days off in %d"), CALENDAR_YEAR_DAYS, year);
	}
}

int
calendar_file_check(struct calendar_file *f, struct err *err)
{
	check_years(f);
	return check_contradictions(f, err);
}

int
calendar_file_give(const struct calendar_file *f, struct calendar *calendar, struct err *err)
{
	size_t source = 0;
	int rc = calendar_source(calendar, f->path, &source, err);

	for (size_t i = 0; i < f->n_days && rc == 0; i++)
		rc = calendar_add(calendar, source, f->days[i].date, f->days[i].off, slice_of(f->days[i].name), err);
	return rc;
}
