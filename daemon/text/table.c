/* Lists for people in aligned columns, and for programs as canonical JSON. */
#include "text/table.h"

#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "system/clock.h"
#include "text/printable.h"

#define CELLS_MAX ((size_t)1 << 30)

/* The type of a cell: the first byte of its record. */
enum { CELL_TEXT = 't', CELL_INT = 'i', CELL_FLAG = 'f', CELL_DATE = 'd', CELL_TIME = 'T' };

void
table_begin(struct table *table, const struct table_column *columns, size_t n_columns)
{
	*table = (struct table){.columns = columns, .n_columns = n_columns};
	buf_init(&table->cells, CELLS_MAX);
}

void
table_release(struct table *table)
{
	buf_release(&table->cells);
}

/* ---- putting cells ---- */

static void
put_typed_cell(struct table *table, char type, struct slice text)
{
	buf_byte(&table->cells, type);
	plain_put(&table->cells, text);
	buf_byte(&table->cells, '\0');
	table->n_cells++;
}

void
table_text(struct table *table, struct slice text)
{
	put_typed_cell(table, CELL_TEXT, text);
}

void
table_string(struct table *table, const char *text)
{
	put_typed_cell(table, CELL_TEXT, slice_of(text == NULL ? "" : text));
}

static void
put_typed_number(struct table *table, char type, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lld", (long long)value);
	put_typed_cell(table, type, slice_of(text));
}

void
table_int(struct table *table, int64_t value)
{
	put_typed_number(table, CELL_INT, value);
}

void
table_flag(struct table *table, bool value)
{
	put_typed_cell(table, CELL_FLAG, slice_of(value ? "1" : ""));
}

void
table_date(struct table *table, int32_t day)
{
	char text[DATE_TEXT] = "";

	if (day != DATE_NONE)
		text_from_date(day, text);
	put_typed_cell(table, CELL_DATE, slice_of(text));
}

void
table_time(struct table *table, int64_t seconds)
{
	put_typed_number(table, CELL_TIME, seconds);
}

/* ---- reading them ---- */

/* Returns the cell at `*at` and moves on to the next. */
static struct slice
next_cell(const struct table *table, size_t *at, char *ret_type)
{
	const char *record = table->cells.data + *at;
	struct slice text = slice_of(record + 1);

	*ret_type = record[0];
	*at += text.n + 2;
	return text;
}

#define SHOWN_MAX 32

/* The cell as people read it; `scratch` holds the text where it is not the cell's own. */
static struct slice
readable_cell(struct slice cell, char type, char scratch[static SHOWN_MAX])
{
	int64_t time = type == CELL_TIME ? strtoll(cell.p, NULL, 10) : 0;
	int32_t second = 0;
	char date[DATE_TEXT];

	switch (type) {
	case CELL_FLAG:
		return cell.n > 0 ? slice_of(gettext("yes")) : cell;
	case CELL_TIME:
		text_from_date(clock_local(time, &second), date);
		(void)snprintf(scratch, SHOWN_MAX, "%s %02d:%02d", date, (int)(second / 3600), (int)(second / 60 % 60));
		return slice_of(scratch);
	default:
		return cell;
	}
}

static void
put_json_cell(struct buf *out, struct slice cell, char type)
{
	char time[TIME_TEXT];

	switch (type) {
	case CELL_INT:
		buf_slice(out, cell);
		break;
	case CELL_FLAG:
		buf_text(out, cell.n > 0 ? "true" : "false");
		break;
	case CELL_TIME:
		text_from_time(strtoll(cell.p, NULL, 10), time);
		json_put_string(out, slice_of(time));
		break;
	default:
		json_put_string(out, cell);
		break;
	}
}

/* ---- JSON ---- */

/* The columns by key, as canonical JSON wants them; rows keep the order of the caller. */
static void
sort_columns(const struct table *table, size_t order[static TABLE_COLUMNS_MAX])
{
	for (size_t i = 0; i < table->n_columns; i++) {
		size_t at = i;

		while (at > 0 && strcmp(table->columns[order[at - 1]].key, table->columns[i].key) > 0) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = i;
	}
}

/* Puts the row that begins at `*at` as an object. */
static void
put_json_object(const struct table *table, size_t *at, struct buf *out)
{
	size_t order[TABLE_COLUMNS_MAX];
	struct slice cells[TABLE_COLUMNS_MAX];
	char types[TABLE_COLUMNS_MAX];

	for (size_t i = 0; i < table->n_columns; i++)
		cells[i] = next_cell(table, at, &types[i]);
	sort_columns(table, order);
	buf_byte(out, '{');
	for (size_t i = 0; i < table->n_columns; i++) {
		if (i > 0)
			buf_byte(out, ',');
		json_put_string(out, slice_of(table->columns[order[i]].key));
		buf_byte(out, ':');
		put_json_cell(out, cells[order[i]], types[order[i]]);
	}
	buf_byte(out, '}');
}

static bool
write_and_clear(struct buf *out, FILE *file)
{
	bool ok = !out->failed && fwrite(out->data, 1, out->len, file) == out->len;

	buf_clear(out);
	return ok;
}

static bool
print_json_array(const struct table *table, FILE *file)
{
	struct buf out;
	size_t at = 0;
	bool ok = true;

	buf_init(&out, CELLS_MAX);
	buf_byte(&out, '[');
	while (ok && at < table->cells.len) {
		if (at > 0)
			buf_byte(&out, ',');
		put_json_object(table, &at, &out);
		ok = write_and_clear(&out, file);
	}
	buf_text(&out, "]\n");
	ok = ok && write_and_clear(&out, file) && fflush(file) == 0;
	buf_release(&out);
	return ok;
}

/* ---- for people ---- */

size_t
table_width(struct slice text)
{
	return plain_width(text);
}

static void
put_spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_byte(out, ' ');
}

static void
put_aligned(struct buf *out, struct slice text, size_t width, bool right, bool last)
{
	size_t gap = width - table_width(text);

	if (right)
		put_spaces(out, gap);
	buf_slice(out, text);
	if (!right && !last)
		put_spaces(out, gap);
	buf_text(out, last ? "\n" : "  ");
}

static void
measure_columns(const struct table *table, size_t widths[static TABLE_COLUMNS_MAX])
{
	char type, scratch[SHOWN_MAX];
	size_t at = 0;

	for (size_t i = 0; i < table->n_columns; i++)
		widths[i] = table->columns[i].title == NULL ? 0 : table_width(slice_of(table->columns[i].title));
	while (at < table->cells.len) {
		for (size_t i = 0; i < table->n_columns; i++) {
			struct slice cell = next_cell(table, &at, &type);
			size_t width =
			    table->columns[i].title == NULL ? 0 : table_width(readable_cell(cell, type, scratch));

			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
}

static bool
print_lines(const struct table *table, FILE *file)
{
	size_t widths[TABLE_COLUMNS_MAX], last = 0, at = 0;
	char type, scratch[SHOWN_MAX];
	struct buf out;
	bool ok;

	measure_columns(table, widths);
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].title != NULL)
			last = i;
	buf_init(&out, CELLS_MAX);
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].title != NULL)
			put_aligned(&out, slice_of(table->columns[i].title), widths[i], table->columns[i].right,
			    i == last);
	ok = write_and_clear(&out, file);
	while (ok && at < table->cells.len) {
		for (size_t i = 0; i < table->n_columns; i++) {
			struct slice cell = next_cell(table, &at, &type);

			if (table->columns[i].title != NULL)
				put_aligned(&out, readable_cell(cell, type, scratch), widths[i],
				    table->columns[i].right, i == last);
		}
		ok = write_and_clear(&out, file);
	}
	ok = ok && fflush(file) == 0;
	buf_release(&out);
	return ok;
}

bool
table_print(const struct table *table, bool json, FILE *out)
{
	if (table->cells.failed)
		return false;
	return json ? print_json_array(table, out) : print_lines(table, out);
}

bool
table_print_record(const struct table *table, bool json, FILE *out)
{
	char type, scratch[SHOWN_MAX];
	size_t at = 0;
	struct buf object;
	bool ok;

	if (table->cells.failed || table->n_cells < table->n_columns)
		return false;
	buf_init(&object, CELLS_MAX);
	if (json) {
		put_json_object(table, &at, &object);
		buf_byte(&object, '\n');
	}
	for (size_t i = 0; i < table->n_columns && !json; i++) {
		struct slice cell = next_cell(table, &at, &type);

		cell = readable_cell(cell, type, scratch);
		if (table->columns[i].title != NULL && cell.n > 0) {
			buf_text(&object, table->columns[i].title);
			buf_text(&object, ": ");
			buf_slice(&object, cell);
			buf_byte(&object, '\n');
		}
	}
	ok = write_and_clear(&object, out) && fflush(out) == 0;
	buf_release(&object);
	return ok;
}
