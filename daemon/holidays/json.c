/* Reads holidays from JSON. */
#include <jansson.h>
#include <string.h>

#include "core/base/text.h"
#include "holidays/file.h"
#include "rosters/cell.h"

/*
 * Holidays as JSON, in the form of holiday-cn:
 *
 *	{"year": 2026, "papers": […], "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}
 *
 * Other keys are skipped.  The file of a year may have days of the year before or after.  Without days the year is not
 * announced.
 *
 * jansson parses it, but does not tell the lines of values.  A second scan of the same text finds these.
 */

/* Enough for 5000 days of three values; jansson needs some 300 bytes for a value. */
#define VALUES_MAX ((size_t)100000)

/* ---- lines of values ---- */

/* A position in a text that jansson has found well-formed. */
struct scan {
	const char *p, *end;
	unsigned long line;
};

enum { AT_DAY, AT_NAME, AT_DATE, AT_OFF, PLACES };
static const char *const keys[PLACES] = {"", "name", "date", "isOffDay"};

static char
skip_to_token(struct scan *s)
{
	while (s->p < s->end && memchr(" \t\r\n,:", *s->p, 6) != NULL)
		s->line += *s->p++ == '\n';
	return s->p < s->end ? *s->p : '\0';
}

/* Moves behind a string, and returns the text between its quotes with its escapes. */
static struct slice
scan_string(struct scan *s)
{
	struct slice inside = {++s->p, 0};

	while (s->p < s->end && *s->p != '"')
		s->p += *s->p == '\\' && s->end - s->p > 1 ? 2 : 1;
	inside.n = (size_t)(s->p - inside.p);
	if (s->p < s->end)
		s->p++;
	return inside;
}

/* Moves behind a value and all that it contains. */
static void
scan_value(struct scan *s)
{
	size_t depth = 0;
	char c;

	do {
		c = skip_to_token(s);
		if (c == '\0') {
			return;
		} else if (c == '"') {
			(void)scan_string(s);
		} else if (c == '{' || c == '[') {
			depth++;
			s->p++;
		} else if (c == '}' || c == ']') {
			depth--;
			s->p++;
		} else {
			while (s->p < s->end && memchr(" \t\r\n,:]}\"[{", *s->p, 10) == NULL)
				s->p++;
		}
	} while (depth > 0);
}

/* Moves to the value of a key in the object at the scan.  False where the key is missing. */
static bool
scan_key(struct scan *s, const char *key)
{
	if (skip_to_token(s) != '{')
		return false;
	s->p++;
	while (skip_to_token(s) == '"') {
		if (slice_is(scan_string(s), key)) {
			(void)skip_to_token(s);
			return true;
		}
		scan_value(s);
	}
	return false;
}

/* Finds the lines of the next element of the array that the scan is in. */
static void
scan_day(struct scan *s, unsigned long ret_lines[static PLACES])
{
	char c = skip_to_token(s);

	for (int i = 0; i < PLACES; i++)
		ret_lines[i] = s->line;
	if (c != '{') {
		scan_value(s);
		return;
	}
	s->p++;
	while (skip_to_token(s) == '"') {
		struct slice key = scan_string(s);

		(void)skip_to_token(s);
		for (int i = 1; i < PLACES; i++)
			if (slice_is(key, keys[i]))
				ret_lines[i] = s->line;
		scan_value(s);
	}
	if (s->p < s->end)
		s->p++;
}

static unsigned long
line_of_key(struct slice text, const char *key)
{
	struct scan s = {text.p, text.p + text.n, 1};

	return scan_key(&s, key) ? s.line : 1;
}

/* ---- values ---- */

struct document {
	struct calendar_file *f;
	int year; /* 0: unknown */
	struct buf name;
	struct err *err;
};

static bool
refuse_member(struct document *d, unsigned long line, const char *key, const char *should)
{
	diag_add(&d->f->faults, d->f->path, line, "\"%s\": %s", key,
	    d->f->faults.tr != NULL ? d->f->faults.tr(should) : should);
	return false;
}

static bool
read_day_date(struct document *d, unsigned long line, const json_t *value, int32_t *ret_date)
{
	struct cell cell = {.header = "\"date\"", .file = d->f->path, .line = line, .diag = &d->f->faults};
	struct slice text;
	int year;

	if (!json_is_string(value))
		return refuse_member(d, line, "date", N_("it must be there, and be a text such as \"2026-01-01\""));
	text = (struct slice){json_string_value(value), json_string_length(value)};
	if (!cell_date(text, ret_date))
		return cell_refuse(&cell, text,
		    N_("a date is written 2026-06-22, 2026/6/22 or 2026年6月22日, and must exist"));
	year = text_year_of(*ret_date);
	if (d->year == 0 || (year >= d->year - 1 && year <= d->year + 1))
		return true;
	diag_add(&d->f->faults, d->f->path, line, N_("\"date\" \"%.*s\": a file of %d has days of %d to %d"),
	    SLICE_ARGS(text), d->year, d->year - 1, d->year + 1);
	return false;
}

static bool
read_day_name(struct document *d, unsigned long line, const json_t *value)
{
	struct slice text;

	buf_clear(&d->name);
	if (!json_is_string(value))
		return refuse_member(d, line, "name", N_("it must be there, and be a text such as \"春节\""));
	text = (struct slice){json_string_value(value), json_string_length(value)};
	return calendar_file_name(d->f, "\"name\"", line, text, &d->name);
}

static int
read_day(struct document *d, const json_t *day, const unsigned long lines[static PLACES])
{
	const json_t *off = json_object_get(day, "isOffDay");
	int32_t date = 0;
	bool ok;

	if (!json_is_object(day)) {
		(void)refuse_member(d, lines[AT_DAY], "days",
		    N_("a day is written {\"name\": …, \"date\": …, \"isOffDay\": …}"));
		return 0;
	}
	ok = read_day_name(d, lines[AT_NAME], json_object_get(day, "name"));
	ok = read_day_date(d, lines[AT_DATE], json_object_get(day, "date"), &date) && ok;
	if (!json_is_boolean(off))
		ok = refuse_member(d, lines[AT_OFF], "isOffDay",
		    N_("it must be there, and be true (a day off) or false (a make-up workday)"));
	if (!ok)
		return 0;
	if (json_is_true(off) && d->name.len == 0)
		calendar_file_unnamed(d->f, lines[AT_NAME]);
	return calendar_file_day(d->f, lines[AT_DATE], date, json_is_true(off), buf_view(&d->name), d->err);
}

static void
read_year(struct document *d, const json_t *value)
{
	json_int_t year = json_integer_value(value);

	if (json_is_integer(value) && year >= 1 && year <= 9999)
		d->year = (int)year;
	else
		(void)refuse_member(d, line_of_key(d->f->text, "year"), "year",
		    N_("it must be there, and be a number such as 2026"));
}

static int
read_day_list(struct document *d, json_t *days)
{
	struct scan s = {d->f->text.p, d->f->text.p + d->f->text.n, 1};
	unsigned long lines[PLACES];
	const json_t *day;
	size_t i;
	int rc = 0;

	if (!scan_key(&s, "days"))
		s = (struct scan){NULL, NULL, 1}; /* the key has escapes, and its line is unknown: report line 1 */
	if (!json_is_array(days)) {
		(void)refuse_member(d, s.line, "days", N_("it must be there, and be a list of days"));
		return 0;
	}
	if (json_array_size(days) == 0 && d->year != 0)
		diag_add(&d->f->hints, d->f->path, s.line, N_("%d is not announced in it: it has no days"), d->year);
	if (s.p != s.end)
		s.p++;
	json_array_foreach(days, i, day)
	{
		if (rc != 0 || calendar_file_is_full(d->f))
			break;
		scan_day(&s, lines);
		rc = read_day(d, day, lines);
	}
	return rc;
}

/* ---- the file ---- */

/* An upper bound for the number of values: jansson has no limit of its own, and needs much memory for little text. */
static size_t
count_values(struct slice text)
{
	struct scan s = {text.p, text.p + text.n, 1};
	size_t n = 0;

	while (s.p < s.end) {
		n += memchr(",:[{", *s.p, 4) != NULL;
		if (*s.p == '"')
			(void)scan_string(&s);
		else
			s.p++;
	}
	return n;
}

static int
syntax_fault(struct calendar_file *f, const json_error_t *error, struct err *err)
{
	struct cell cell = {.header = "JSON", .file = f->path, .diag = &f->faults};

	if (json_error_code(error) == json_error_out_of_memory)
		return err_memory(err);
	cell.line = error->line > 0 ? (unsigned long)error->line : 1;
	(void)cell_refuse(&cell, slice_of(error->text), N_("its form is broken here"));
	return 0;
}

int
calendar_json_read(struct calendar_file *f, struct err *err)
{
	struct document d = {.f = f, .err = err};
	json_error_t error;
	json_t *root;
	int rc = 0;

	if (count_values(f->text) > VALUES_MAX) {
		diag_add(&f->faults, f->path, 0, N_("it has more values than a file of holidays can have"));
		return 0;
	}
	root = json_loadb(f->text.p, f->text.n, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		return syntax_fault(f, &error, err);
	buf_init(&d.name, 8 * TEXT_REASON_MAX);
	read_year(&d, json_object_get(root, "year"));
	rc = read_day_list(&d, json_object_get(root, "days"));
	buf_release(&d.name);
	json_decref(root);
	return rc;
}
