/* One row of an imported file: the header to columns, any other row to values of `incoming`. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "rosters/file_private.h"

#define ABSENT ROSTER_COLUMNS_MAX

struct slice
file_field(const struct file *f, size_t i)
{
	size_t from = i == 0 ? 0 : f->ends[i - 1];

	if (f->ends[i] == from)
		return (struct slice){"", 0};
	return (struct slice){f->fields.data + from, f->ends[i] - from};
}

static void
note_no_memory(struct file *f)
{
	f->rc = err_memory(f->err);
	f->stop = true;
}

/* ---- the header ---- */

static bool
header_ok(const struct file *f, struct slice header)
{
	struct cell cell = {.header = "", .file = f->import->file, .line = f->line, .diag = f->diag};
	uint32_t c = 0;
	enum text_fault fault = text_check(header, &c);

	cell.header = f->diag->tr != NULL ? f->diag->tr(N_("column")) : "column";
	if (header.n == 0)
		diag_add(f->diag, f->import->file, f->line, N_("a column has no name"));
	else if (fault == TEXT_FORBIDDEN && cell_character_name(c) != NULL)
		return cell_refuse(&cell, header, cell_character_name(c));
	else if (fault != TEXT_OK)
		return cell_refuse(&cell, header, text_fault_words(fault));
	else if (memchr(header.p, '\\', header.n) != NULL || slice_is(header, "nonce"))
		return cell_refuse(&cell, header, N_("a column cannot have this name"));
	else
		return true;
	return false;
}

static void
add_column(struct file *f, struct slice field)
{
	struct file_column *column = &f->columns[f->n_columns];
	struct slice header = cell_trim(field), name;
	struct buf composed;
	ptrdiff_t known;

	if (!header_ok(f, header))
		return;
	buf_init(&composed, 4096);
	cell_nfc(header, &composed);
	column->header = buf_steal(&composed);
	buf_release(&composed);
	if (column->header == NULL) {
		note_no_memory(f);
		return;
	}
	known = roster_column_find(f->kind, slice_of(column->header));
	column->column = known < 0 ? NULL : &roster_columns[f->kind].column[known];
	column->name = known < 0 ? column->header : column->column->name;
	name = slice_of(column->name);
	f->n_columns++;
	for (size_t i = 0; i + 1 < f->n_columns; i++)
		if (slice_is(name, f->columns[i].name))
			diag_add(f->diag, f->import->file, f->line, N_("the columns \"%s\" and \"%s\" are the same"),
			    f->columns[i].header, column->header);
}

/* Finds the file column of each known column, and reports missing required ones. */
static void
map_known_columns(struct file *f)
{
	const struct columns *columns = &roster_columns[f->kind];

	for (size_t k = 0; k < columns->n; k++) {
		const struct column *known = &columns->column[k];
		struct slice chinese = slice_of(known->chinese);

		f->stored[k] = ABSENT;
		for (size_t i = 0; i < f->n_columns; i++)
			if (f->columns[i].column == known)
				f->stored[k] = i;
		if (f->stored[k] != ABSENT || !known->required)
			continue;
		chinese = slice_cut(&chinese, '|');
		if (known->type != COLUMN_ID)
			diag_add(f->diag, f->import->file, f->line, N_("the column %s (%.*s) is missing"), known->name,
			    SLICE_ARGS(chinese));
		else if (!f->import->assign_ids)
			diag_add(f->diag, f->import->file, f->line,
			    N_("the column %s (%.*s) is missing; --assign-ids makes one"), known->name,
			    SLICE_ARGS(chinese));
	}
}

static bool
feeds_private(const struct file_column *column)
{
	return column->column == NULL || column->column->use == COLUMN_PRIVATE;
}

/* Sorts the private columns by name, as canonical JSON orders keys.  Insertion sort will do for so few. */
static void
sort_private(struct file *f)
{
	for (size_t i = 0; i < f->n_columns; i++) {
		size_t at = f->n_private;

		if (!feeds_private(&f->columns[i]))
			continue;
		while (at > 0 && strcmp(f->columns[f->private[at - 1]].name, f->columns[i].name) > 0) {
			f->private[at] = f->private[at - 1];
			at--;
		}
		f->private[at] = i;
		f->n_private++;
	}
}

void
file_take_header(struct file *f)
{
	unsigned long before = f->diag->count;
	size_t n = f->n_fields;

	if (n > ROSTER_COLUMNS_MAX) {
		diag_add(f->diag, f->import->file, f->line, N_("there are %zu columns; at most 100 can be kept"), n);
		f->stop = true;
		return;
	}
	/* Spreadsheets leave empty columns at the right. */
	while (n > 0 && cell_trim(file_field(f, n - 1)).n == 0)
		n--;
	for (size_t i = 0; i < n && !f->stop; i++)
		add_column(f, file_field(f, i));
	if (f->stop)
		return;
	map_known_columns(f);
	f->stop = f->diag->count != before;
	if (f->stop)
		return;
	sort_private(f);
	f->has_header = true;
	rosters_query(&f->insert, f->store, f->kind, "INSERT INTO temp.incoming (line, {all}) VALUES (?, {marks})");
}

static void
put_header(struct buf *json, struct slice title)
{
	if (json->len > 1)
		buf_byte(json, ',');
	json_put_string(json, title);
}

/* An id column that --assign-ids adds. */
static void
put_assigned_id_header(const struct file *f, struct buf *json)
{
	const struct column *id = &roster_columns[f->kind].column[0];
	struct slice chinese = slice_of(id->chinese);
	bool english = f->n_columns > 0 && (unsigned char)f->columns[0].header[0] < 0x80;

	if (id->type == COLUMN_ID && f->stored[0] == ABSENT)
		put_header(json, english ? slice_of(id->name) : slice_cut(&chinese, '|'));
}

/* Whether one of these titles is the file's column i, in whichever language. */
static bool
titles_have(const struct file *f, size_t i, const struct slice *titles, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		ptrdiff_t known = roster_column_find(f->kind, titles[k]);

		if (known < 0 ? slice_is(titles[k], f->columns[i].name)
		              : f->columns[i].column == &roster_columns[f->kind].column[known])
			return true;
	}
	return false;
}

int
file_headers(const struct file *f, char **ret_headers, struct err *err)
{
	struct slice titles[ROSTER_COLUMNS_MAX];
	size_t n_present = 0, n_new = 0;
	struct buf json;
	char *present = NULL;
	int rc = roster_columns[f->kind].adds ? rosters_headers(f->store, f->kind, &present, err) : 0;

	if (rc != 0)
		return rc;
	if (present != NULL)
		n_present = rosters_split_headers(present, titles, ROSTER_COLUMNS_MAX);
	buf_init(&json, (size_t)ROSTER_COLUMNS_MAX * 4 * TEXT_MAX);
	buf_byte(&json, '[');
	for (size_t i = 0; i < n_present; i++)
		put_header(&json, titles[i]);
	put_assigned_id_header(f, &json);
	for (size_t i = 0; i < f->n_columns; i++)
		if (!titles_have(f, i, titles, n_present)) {
			put_header(&json, slice_of(f->columns[i].header));
			n_new++;
		}
	buf_byte(&json, ']');
	if (n_present + n_new > ROSTER_COLUMNS_MAX)
		rc = err_set(err, ERR_REFUSED, N_("with the columns that there are already they are more than 100"));
	else if ((*ret_headers = buf_steal(&json)) == NULL)
		rc = err_memory(err);
	buf_release(&json);
	free(present);
	return rc;
}

void
file_columns_release(struct file *f)
{
	for (size_t i = 0; i < f->n_columns; i++)
		free(f->columns[i].header);
	f->n_columns = 0;
}

/* ---- rows ---- */

static bool
row_is_empty(const struct file *f)
{
	for (size_t i = 0; i < f->n_fields && i < ROSTER_COLUMNS_MAX; i++)
		if (cell_trim(file_field(f, i)).n > 0)
			return false;
	return true;
}

/* The row has as many fields as the header has columns; empty ones at the right do not count. */
static bool
row_has_shape(struct file *f)
{
	size_t n = f->n_fields;

	while (n > f->n_columns && n <= ROSTER_COLUMNS_MAX && cell_trim(file_field(f, n - 1)).n == 0)
		n--;
	if (n == f->n_columns)
		return true;
	diag_add(f->diag, f->import->file, f->line, N_("there are %zu fields where the header has %zu"), n,
	    f->n_columns);
	return false;
}

/*
 * Parses all cells of the row into values and numbers.  A faulty cell leaves an empty value.  False where the key is
 * faulty; else the row can still be used to find duplicates.
 */
static bool
parse_row_cells(struct file *f)
{
	size_t begin[ROSTER_COLUMNS_MAX], end[ROSTER_COLUMNS_MAX];
	bool key_ok = true;

	buf_clear(&f->clean);
	for (size_t i = 0; i < f->n_columns; i++) {
		const struct column *column = f->columns[i].column;
		struct cell cell = {
		    .header = f->columns[i].header,
		    .column = column,
		    .may_be_empty = column != NULL && column->type == COLUMN_ID && f->import->assign_ids,
		    .today = f->import->today,
		    .file = f->import->file,
		    .line = f->line,
		    .diag = f->diag,
		};

		f->numbers[i] = 0;
		begin[i] = f->clean.len;
		if (!cell_take(&cell, file_field(f, i), &f->clean, &f->numbers[i]) && column != NULL &&
		    column->use == COLUMN_KEY)
			key_ok = false;
		end[i] = f->clean.len;
	}
	for (size_t i = 0; i < f->n_columns; i++)
		f->values[i] = end[i] == begin[i] ? (struct slice){"", 0}
		                                  : (struct slice){f->clean.data + begin[i], end[i] - begin[i]};
	return key_ok;
}

/* json_put_string, but quicker for the usual text, which needs no escape. */
static void
put_json_string(struct buf *json, struct slice text)
{
	if (memchr(text.p, '"', text.n) != NULL || memchr(text.p, '\\', text.n) != NULL) {
		json_put_string(json, text);
		return;
	}
	buf_byte(json, '"');
	buf_slice(json, text);
	buf_byte(json, '"');
}

static void
write_private(struct file *f)
{
	char before = '{';

	buf_clear(&f->json);
	for (size_t i = 0; i < f->n_private; i++) {
		size_t c = f->private[i];

		if (f->values[c].n == 0)
			continue;
		buf_byte(&f->json, before);
		put_json_string(&f->json, slice_of(f->columns[c].name));
		buf_byte(&f->json, ':');
		put_json_string(&f->json, f->values[c]);
		before = ',';
	}
	if (before == '{')
		buf_byte(&f->json, '{');
	buf_byte(&f->json, '}');
}

/* Binds one stored column: the value in the file, or the default where the file lacks the column. */
static void
put_stored_value(struct file *f, size_t known)
{
	const struct column *column = &roster_columns[f->kind].column[known];
	size_t at = f->stored[known];

	if (at == ABSENT) {
		if (column->type == COLUMN_ID || column->type == COLUMN_SINCE)
			query_put_null(&f->insert);
		else if (column->is_integer)
			query_put_int(&f->insert, column->type == COLUMN_WEIGHT ? 1 : LEVEL_NONE);
		else
			query_put_text(&f->insert, (struct slice){"", 0});
		return;
	}
	if (column->is_integer && !(column_is_date(column) && f->numbers[at] == DATE_NONE))
		query_put_int(&f->insert, f->numbers[at]);
	else if (column->is_integer || (column->type == COLUMN_ID && f->values[at].n == 0))
		query_put_null(&f->insert);
	else
		query_put_text(&f->insert, f->values[at]);
	if (column->type == COLUMN_SPELLED)
		spelling_note(f->spelling, column->name, f->values[at], f->line);
}

void
file_take_row(struct file *f)
{
	const struct columns *columns = &roster_columns[f->kind];

	if (row_is_empty(f) || !row_has_shape(f) || !parse_row_cells(f))
		return;
	if (++f->rows > ROSTER_ROWS_MAX) {
		diag_add(f->diag, f->import->file, f->line, N_("there are more than 16777216 rows"));
		f->stop = true;
		return;
	}
	write_private(f);
	if (f->clean.failed || f->json.failed) {
		note_no_memory(f);
		return;
	}
	query_put_int(&f->insert, (int64_t)f->line);
	for (size_t k = 0; k < columns->n_stored; k++)
		put_stored_value(f, k);
	query_put_text(&f->insert, buf_view(&f->json));
	f->stop = !query_run(&f->insert);
}
