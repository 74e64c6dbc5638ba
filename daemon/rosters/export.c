/* Writes a roster out as CSV or as an Excel workbook. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "rosters/header_private.h"
#include "rosters/rosters.h"

#define SHEET_ROWS_MAX 1048575 /* below the header */

/* Where exported rows go. */
struct sink {
	bool (*row)(struct sink *sink, const struct slice *cells, size_t n);
	FILE *out;
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_format *bold;
	lxw_row_t rows;
	struct buf text;
};

/* ---- values ---- */

struct number {
	char text[24];
};

/* A stored column as a person would write it. */
static struct slice
stored_value(struct query *q, const struct column *column, int at, struct number *scratch)
{
	int64_t value;

	if (!column->is_integer)
		return query_text(q, at);
	value = query_int(q, at);
	if (column_is_date(column))
		text_from_date((int32_t)value, scratch->text);
	else
		(void)snprintf(scratch->text, sizeof scratch->text, "%lld", (long long)value);
	return column->type == COLUMN_LEVEL && value == LEVEL_NONE ? (struct slice){"", 0} : slice_of(scratch->text);
}

static int
export_row(struct header *header, struct query *q, struct sink *sink, struct err *err)
{
	const struct columns *columns = &roster_columns[header->kind];
	struct slice cells[ROSTER_COLUMNS_MAX];
	struct number numbers[COLUMNS_KNOWN_MAX];
	int rc = header_row(header, query_text(q, (int)columns->n_stored), err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < header->n; i++) {
		const struct column *column = header->columns[i];
		size_t at = column == NULL ? 0 : (size_t)(column - columns->column);

		if (column != NULL && column->use != COLUMN_PRIVATE)
			cells[i] = stored_value(q, column, (int)at, &numbers[at]);
		else
			cells[i] = header->values[header_find(header,
			    column == NULL ? header->titles[i] : slice_of(column->name))];
	}
	if (!sink->row(sink, cells, header->n))
		return err_set(err, ERR_OUTSIDE, N_("the export cannot be written: %s"), strerror(errno));
	return 0;
}

static int
export_rows(struct store *store, struct header *header, struct sink *sink, struct err *err)
{
	struct query q;
	int rc = 0, rc_close;

	rosters_query(&q, store, header->kind, "SELECT {all} FROM {table} ORDER BY {key}");
	while (rc == 0 && query_row(&q))
		rc = export_row(header, &q, sink, err);
	rc_close = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : rc_close;
}

/* The header of a roster that was never imported: all known columns. */
static size_t
template_titles(enum roster_kind kind, bool chinese, struct slice *ret)
{
	const struct columns *columns = &roster_columns[kind];
	size_t n = 0;

	for (size_t i = 0; i < columns->n; i++) {
		struct slice words = slice_of(columns->column[i].chinese);

		ret[n++] = chinese ? slice_cut(&words, '|') : slice_of(columns->column[i].name);
	}
	return n;
}

static int
export_roster(struct store *store, const struct rosters_export *what, struct sink *sink, struct err *err)
{
	struct header *header = calloc(1, sizeof *header);
	struct slice titles[COLUMNS_KNOWN_MAX];
	int rc = header == NULL ? err_memory(err) : header_read(store, what->kind, header, err);
	bool ok;

	if (rc == 0) {
		ok = header->n > 0 ? sink->row(sink, header->titles, header->n)
		                   : sink->row(sink, titles, template_titles(what->kind, what->chinese, titles));
		rc = ok ? export_rows(store, header, sink, err)
		        : err_set(err, ERR_OUTSIDE, N_("the export cannot be written: %s"), strerror(errno));
	}
	if (header != NULL)
		header_release(header);
	free(header);
	return rc;
}

/* All that were ever given, since a published draw may hold any of them. */
static int
export_codes(struct store *store, struct sink *sink, struct err *err)
{
	struct slice cells[] = {slice_of("kind"), slice_of("own"), slice_of("code")};
	bool ok = sink->row(sink, cells, ARRAY_LEN(cells));
	struct query q;
	int rc;

	query_open(&q, store, "SELECT kind, own, code FROM public_id ORDER BY kind, own");
	while (ok && query_row(&q)) {
		for (size_t i = 0; i < ARRAY_LEN(cells); i++)
			cells[i] = query_text(&q, (int)i);
		ok = sink->row(sink, cells, ARRAY_LEN(cells));
	}
	rc = query_close(&q, err);
	return rc == 0 && !ok ? err_set(err, ERR_OUTSIDE, N_("the export cannot be written: %s"), strerror(errno)) : rc;
}

static int
export_to(struct store *store, const struct rosters_export *what, struct sink *sink, struct err *err)
{
	return what->codes ? export_codes(store, sink, err) : export_roster(store, what, sink, err);
}

/* ---- CSV ---- */

static void
put_csv_cell(struct buf *text, struct slice cell)
{
	bool formula = cell.n > 0 && memchr("=+-@", cell.p[0], 4) != NULL;
	bool quoted = cell.n > 0 &&
	    (memchr(cell.p, ',', cell.n) != NULL || memchr(cell.p, '"', cell.n) != NULL || cell.p[0] == ' ' ||
	        cell.p[cell.n - 1] == ' ');

	if (quoted)
		buf_byte(text, '"');
	if (formula)
		buf_byte(text, '\'');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			buf_byte(text, '"');
		buf_byte(text, cell.p[i]);
	}
	if (quoted)
		buf_byte(text, '"');
}

static bool
csv_row(struct sink *sink, const struct slice *cells, size_t n)
{
	struct slice line;

	buf_clear(&sink->text);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(&sink->text, ',');
		put_csv_cell(&sink->text, cells[i]);
	}
	buf_text(&sink->text, "\r\n");
	line = buf_view(&sink->text);
	return !sink->text.failed && fwrite(line.p, 1, line.n, sink->out) == line.n;
}

int
rosters_export_csv(struct store *store, const struct rosters_export *what, FILE *out, struct err *err)
{
	struct sink sink = {.row = csv_row, .out = out};
	int rc;

	buf_init(&sink.text, (size_t)8 << 20);
	if (fputs("\xEF\xBB\xBF", out) == EOF)
		rc = err_set(err, ERR_OUTSIDE, N_("the export cannot be written: %s"), strerror(errno));
	else
		rc = export_to(store, what, &sink, err);
	if (rc == 0 && fflush(out) != 0)
		rc = err_set(err, ERR_OUTSIDE, N_("the export cannot be written: %s"), strerror(errno));
	buf_release(&sink.text);
	return rc;
}

/* ---- workbook ---- */

static bool
sheet_row(struct sink *sink, const struct slice *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text;

		buf_clear(&sink->text);
		buf_slice(&sink->text, cells[i]);
		buf_byte(&sink->text, '\0');
		text = sink->text.data;
		if (sink->text.failed ||
		    worksheet_write_string(sink->sheet, sink->rows, (lxw_col_t)i, text,
		        sink->rows == 0 ? sink->bold : NULL) != LXW_NO_ERROR)
			return false;
	}
	sink->rows++;
	return true;
}

static int
write_workbook(struct store *store, const struct rosters_export *what, const char *path, struct err *err)
{
	char *dir = strdup(store_dir(store));
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = dir};
	struct sink sink = {.row = sheet_row};
	lxw_error closed;
	int rc;

	buf_init(&sink.text, (size_t)1 << 20);
	sink.workbook = dir == NULL ? NULL : workbook_new_opt(path, &options);
	if (sink.workbook == NULL) {
		free(dir);
		return err_memory(err);
	}
	sink.sheet = workbook_add_worksheet(sink.workbook, what->codes ? "codes" : roster_columns[what->kind].kind);
	sink.bold = workbook_add_format(sink.workbook);
	if (sink.sheet == NULL || sink.bold == NULL) {
		rc = err_memory(err);
	} else {
		format_set_bold(sink.bold);
		worksheet_freeze_panes(sink.sheet, 1, 0);
		(void)worksheet_set_column(sink.sheet, 0, ROSTER_COLUMNS_MAX - 1, 16, NULL);
		rc = export_to(store, what, &sink, err);
	}
	closed = workbook_close(sink.workbook); /* writes the file, and frees the workbook in any case */
	if (rc == 0 && closed != LXW_NO_ERROR)
		rc = err_set(err, ERR_OUTSIDE, N_("the workbook cannot be written: %s"), lxw_strerror(closed));
	buf_release(&sink.text);
	free(dir);
	return rc;
}

static int
copy_file_to(const char *path, FILE *out, struct err *err)
{
	char bytes[65536];
	FILE *in = fopen(path, "rb");
	size_t n;
	bool ok = in != NULL;

	while (ok && (n = fread(bytes, 1, sizeof bytes, in)) > 0)
		ok = fwrite(bytes, 1, n, out) == n;
	ok = ok && ferror(in) == 0 && fflush(out) == 0;
	if (in != NULL)
		(void)fclose(in);
	return ok ? 0 : err_set(err, ERR_OUTSIDE, N_("the export cannot be written: %s"), strerror(errno));
}

/* libxlsxwriter writes only to a path: a new folder that only we can enter holds the file meanwhile. */
int
rosters_export_xlsx(struct store *store, const struct rosters_export *what, FILE *out, struct err *err)
{
	char *dir = NULL, *path = NULL;
	int64_t codes = 0;
	uint64_t rows = 0;
	int rc;

	rc = what->codes ? store_int(store, "SELECT count(*) FROM public_id", &codes, err)
	                 : rosters_count(store, what->kind, &rows, err);
	if (rc != 0)
		return rc;
	rows += (uint64_t)codes;
	if (rows > SHEET_ROWS_MAX)
		return err_set(err, ERR_LIMIT, N_("a sheet holds at most 1048575 rows: export as csv"));
	if (asprintf(&dir, "%s/.export-XXXXXX", store_dir(store)) < 0)
		return err_memory(err);
	if (mkdtemp(dir) == NULL) {
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be made: %s"), dir, strerror(errno));
		free(dir);
		return rc;
	}
	if (asprintf(&path, "%s/roster.xlsx", dir) < 0) {
		(void)rmdir(dir);
		free(dir);
		return err_memory(err);
	}
	rc = write_workbook(store, what, path, err);
	if (rc == 0)
		rc = copy_file_to(path, out, err);
	(void)unlink(path);
	(void)rmdir(dir);
	free(path);
	free(dir);
	return rc;
}
