/* Reads holidays from CSV. */
#include <csv.h>
#include <string.h>
#include <strings.h>

#include "core/base/array.h"
#include "holidays/file.h"
#include "rosters/cell.h"

/*
 * Holidays as CSV: a date, a name, and which kind of day it is.
 *
 *	日期,名称,休/班
 *	2027-02-06,春节,休
 *	2027-02-20,春节,班
 *
 * The first line may name the columns.  Then they may come in any order, and other columns are skipped.  Their names
 * are 日期 date; 名称 节日 name holiday; 休/班 休班 类型 kind type.  Without a header there are these three in this order.  A day
 * off is 休 放假 or off; a make-up workday is 班 上班 补班 调休上班 or work.  Lines without a value are skipped.
 */

enum { DATE, NAME, KIND, COLUMNS, UNKNOWN };

#define FIELDS_MAX 100
#define ROW_BYTES ((size_t)1 << 16)

static const struct {
	size_t column;
	const char *word;
} headers[] = {
    {DATE, "日期"},
    {DATE, "date"},
    {NAME, "名称"},
    {NAME, "节日"},
    {NAME, "name"},
    {NAME, "holiday"},
    {KIND, "休/班"},
    {KIND, "休班"},
    {KIND, "类型"},
    {KIND, "kind"},
    {KIND, "type"},
};

static const struct {
	bool off;
	const char *word;
} kinds[] = {
    {true, "休"},
    {true, "放假"},
    {true, "off"},
    {false, "班"},
    {false, "上班"},
    {false, "补班"},
    {false, "调休上班"},
    {false, "work"},
};

struct csv_reader {
	struct calendar_file *f;
	/* the row that is being read */
	unsigned long line;   /* where it begins */
	unsigned long breaks; /* line feeds within its quoted fields */
	bool after_cr;        /* a carriage return ended it, and no line feed has followed yet */
	struct buf fields;    /* its fields, one after the other */
	size_t ends[FIELDS_MAX];
	size_t n_fields; /* may be more than ends[] holds */

	bool has_begun;             /* a row with a value was read */
	size_t n_headers;           /* 0: there is no header */
	size_t at[COLUMNS];         /* the field of each column */
	const char *names[COLUMNS]; /* the column's name in messages */
	struct buf name;
	bool stop; /* the rest is not read */
	struct err *err;
	int rc;
};

static struct slice
csv_field(const struct csv_reader *t, size_t i)
{
	size_t begin;

	if (i >= t->n_fields || i >= FIELDS_MAX)
		return (struct slice){"", 0};
	begin = i == 0 ? 0 : t->ends[i - 1];
	return cell_trim((struct slice){t->fields.data + begin, t->ends[i] - begin});
}

/* The number of fields without empty ones at the end. */
static size_t
fields_used(const struct csv_reader *t)
{
	size_t n = t->n_fields < FIELDS_MAX ? t->n_fields : FIELDS_MAX;

	while (n > 0 && csv_field(t, n - 1).n == 0)
		n--;
	return n;
}

static bool
equals_word(struct slice text, const char *word)
{
	return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

/* ---- the header ---- */

static size_t
column_of(struct slice header)
{
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (equals_word(header, headers[i].word))
			return headers[i].column;
	return UNKNOWN;
}

/* True: the row is a header, and the columns are set from it. */
static bool
read_csv_header(struct csv_reader *t)
{
	static const char *const wanted[COLUMNS] = {"日期 (date)", "名称 (name)", "休/班 (kind)"};
	size_t n = fields_used(t), where[COLUMNS] = {FIELDS_MAX, FIELDS_MAX, FIELDS_MAX};
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		size_t column = column_of(csv_field(t, i));
		int32_t day;

		if (cell_date(csv_field(t, i), &day))
			return false; /* a row with a date is a day, even if its name is "holiday" */
		if (column == UNKNOWN)
			continue;
		any = true;
		if (where[column] != FIELDS_MAX)
			diag_add(&t->f->faults, t->f->path, t->line, N_("the column %s is there twice"),
			    wanted[column]);
		where[column] = i;
	}
	for (int i = 0; i < COLUMNS && any; i++) {
		t->at[i] = where[i];
		if (where[i] == FIELDS_MAX)
			diag_add(&t->f->faults, t->f->path, t->line,
			    N_("the column %s is missing: a header is 日期,名称,休/班 or date,name,kind"), wanted[i]);
	}
	t->stop = any && t->f->faults.count > 0;
	t->n_headers = any ? n : 0;
	return any;
}

/* ---- rows ---- */

static bool
parse_day_kind(const struct cell *cell, struct slice value, bool *ret_off)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (equals_word(value, kinds[i].word)) {
			*ret_off = kinds[i].off;
			return true;
		}
	}
	return cell_refuse(cell, value,
	    N_("a day off is 休, 放假 or off here, a workday 班, 上班, 补班, 调休上班 or work"));
}

static void
add_csv_row(struct csv_reader *t)
{
	struct cell cell = {.file = t->f->path, .line = t->line, .diag = &t->f->faults};
	struct slice date = csv_field(t, t->at[DATE]);
	int32_t day = 0;
	bool off = false, ok;

	if (t->n_headers == 0 ? fields_used(t) > COLUMNS : fields_used(t) > t->n_headers) {
		diag_add(&t->f->faults, t->f->path, t->line,
		    N_("there are %zu fields: a line is 2027-02-06,春节,休, and a name with a comma stands in quotes"),
		    fields_used(t));
		return;
	}
	cell.header = t->names[DATE];
	ok = cell_date(date, &day) ||
	    cell_refuse(&cell, date, N_("a date is written 2026-06-22, 2026/6/22 or 2026年6月22日, and must exist"));
	buf_clear(&t->name);
	ok = calendar_file_name(t->f, t->names[NAME], t->line, csv_field(t, t->at[NAME]), &t->name) && ok;
	cell.header = t->names[KIND];
	ok = parse_day_kind(&cell, csv_field(t, t->at[KIND]), &off) && ok;
	if (!ok)
		return;
	if (off && t->name.len == 0)
		calendar_file_unnamed(t->f, t->line);
	t->rc = calendar_file_day(t->f, t->line, day, off, buf_view(&t->name), t->err);
}

static void
end_csv_row(struct csv_reader *t)
{
	bool is_header;

	if (t->stop || t->rc != 0)
		return;
	if (t->fields.failed) {
		diag_add(&t->f->faults, t->f->path, t->line,
		    N_("the row is longer than 64 KiB: is a quote left open?"));
		t->stop = true;
		return;
	}
	if (fields_used(t) == 0)
		return;
	is_header = !t->has_begun && read_csv_header(t);
	t->has_begun = true;
	if (!is_header)
		add_csv_row(t);
	t->stop = t->stop || calendar_file_is_full(t->f);
}

/* ---- libcsv ---- */

static void
on_holiday_field(void *bytes, size_t len, void *ctx)
{
	struct csv_reader *t = ctx;
	const char *text = bytes;

	if (t->after_cr && !t->stop) {
		diag_add(&t->f->faults, t->f->path, t->line,
		    N_("the line ends in a carriage return alone; lines end in LF, or in CR and LF"));
		t->stop = true;
	}
	for (size_t i = 0; i < len; i++)
		t->breaks += text[i] == '\n';
	buf_put(&t->fields, bytes, len);
	if (t->n_fields < FIELDS_MAX)
		t->ends[t->n_fields] = t->fields.len;
	t->n_fields++;
}

/* `c` ended the row: CR, LF (for a CR LF it is called twice), or -1 at the end of the file. */
static void
on_holiday_row_end(int c, void *ctx)
{
	struct csv_reader *t = ctx;

	end_csv_row(t);
	t->line += t->breaks + (c == '\n');
	t->breaks = 0;
	t->n_fields = 0;
	t->after_cr = c == '\r';
	buf_clear(&t->fields);
}

static void
parse_holiday_csv(struct csv_reader *t, struct csv_parser *csv)
{
	struct slice text = t->f->text;

	if (csv_parse(csv, text.p, text.n, on_holiday_field, on_holiday_row_end, t) == text.n &&
	    csv_fini(csv, on_holiday_field, on_holiday_row_end, t) == 0)
		return;
	if (csv_error(csv) != CSV_EPARSE)
		t->rc = t->rc != 0 ? t->rc : err_memory(t->err);
	else if (!t->stop)
		diag_add(&t->f->faults, t->f->path, t->line,
		    N_("a double quote stands where none can, or is left open; what follows was not read"));
}

int
calendar_csv_read(struct calendar_file *f, struct err *err)
{
	struct csv_reader t = {
	    .f = f,
	    .line = 1,
	    .at = {DATE, NAME, KIND},
	    .names = {"date", "name", "kind"},
	    .err = err,
	};
	struct csv_parser csv;

	if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
		return err_memory(err);
	csv_set_blk_size(&csv, ROW_BYTES); /* the default of 128 makes long fields slow */
	buf_init(&t.fields, ROW_BYTES);
	buf_init(&t.name, ROW_BYTES);
	parse_holiday_csv(&t, &csv);
	csv_free(&csv);
	buf_release(&t.fields);
	buf_release(&t.name);
	if (t.rc == 0 && f->faults.count == 0 && f->n_days == 0)
		diag_add(&f->faults, f->path, 1, N_("no day is in it; a line is 2027-02-06,春节,休"));
	return t.rc;
}
