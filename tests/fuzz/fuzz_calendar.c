/* The input is a holiday file.  libical reads it in this process, not in a child, so that its faults are seen. */
#include "fuzz.h"

#include <string.h>

#include "core/base/text.h"
#include "holidays/file.h"
#include "holidays/files.h"

static size_t n_said;

static void
say(void *ctx, const char *file, unsigned long line, const char *message)
{
	const struct slice *bytes = ctx;
	unsigned long lines = 1;

	FUZZ_CHECK(strcmp(file, "f") == 0 && text_is_utf8(slice_of(message)));
	for (size_t i = 0; i < bytes->n; i++)
		lines += bytes->p[i] == '\n';
	FUZZ_CHECK(line <= lines);
	n_said++;
}

static void
check_days(const struct calendar_file *f)
{
	for (size_t i = 0; i < f->n_days; i++) {
		const struct calendar_file_day *day = &f->days[i];
		int year = text_year_of(day->date);

		FUZZ_CHECK(year >= 1 && year <= 9999 && day->line >= 1);
		FUZZ_CHECK(strlen(day->name) <= TEXT_MAX && text_check_reason(slice_of(day->name)) == TEXT_OK);
		FUZZ_CHECK(text_is_nfc(slice_of(day->name)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const readers[])(struct calendar_file * f, struct err * err) = {
	    [CALENDAR_CSV] = calendar_csv_read,
	    [CALENDAR_JSON] = calendar_json_read,
	    [CALENDAR_ICS] = calendar_ics_read_here,
	};
	struct slice bytes = {(const char *)data, size};
	struct diag faults = {.say = say, .ctx = &bytes}, hints = {.say = say, .ctx = &bytes};
	struct calendar calendar;
	struct calendar_file f;
	enum calendar_format format;
	char *copy = malloc(size + 1);

	FUZZ_CHECK(copy != NULL && calendar_begin(&calendar, WORKWEEK_DAY(0), NULL) == 0);
	memcpy(copy, data, size);
	n_said = 0;
	calendar_file_begin(&f, "f", copy, size, &faults, &hints);
	f.first = text_date_of(2026, 1, 1);
	f.last = text_date_of(2028, 12, 31);
	FUZZ_CHECK(calendar_text(&f, &format, NULL) == 0);
	if (f.faults.count == 0)
		FUZZ_CHECK(readers[format](&f, NULL) == 0);
	if (f.faults.count == 0)
		FUZZ_CHECK(calendar_file_check(&f, NULL) == 0);
	FUZZ_CHECK(f.faults.count > 0 || f.n_days > 0 || format != CALENDAR_CSV);
	FUZZ_CHECK(n_said == faults.count + hints.count && faults.count <= CALENDAR_FILE_FAULTS + 1);
	check_days(&f);
	if (f.faults.count == 0)
		FUZZ_CHECK(calendar_file_give(&f, &calendar, NULL) == 0 &&
		    calendar_finish(&calendar, f.first, f.last, NULL) == 0);
	calendar_file_release(&f);
	calendar_release(&calendar);
	return 0;
}
