/* Reads some rows of a draw's private CSV file, which may be too large to hold in memory. */
#include "draws/private_rows.h"

#include <stdlib.h>

#include "draws/draws.h"

struct private_reader {
	struct private_rows *rows;
	const struct slice *ids;
	size_t n_ids;
	struct buf rest;           /* the beginning of a line that goes on in the next part */
	struct buf *header, *line; /* set: copies the two lines as they stand; NULL: splits them into fields */
	bool header_read;
	bool bad;
};

static int
add_private_field(struct private_rows *rows, size_t at)
{
	size_t used = rows->n_fields;

	/* fields[] has room up to the next power of two. */
	if ((used & (used - 1)) == 0) {
		struct private_field *more = realloc(rows->fields, (used == 0 ? 1 : used * 2) * sizeof *more);

		if (more == NULL)
			return ERR_MEMORY;
		rows->fields = more;
	}
	rows->fields[rows->n_fields++] = (struct private_field){at, rows->bytes.len - at};
	return 0;
}

/* Cuts one field and the comma behind it off the front (RFC 4180); the line is {NULL, 0} after the last. */
static void
cut_csv_field(struct slice *line, struct buf *out)
{
	bool quoted = line->n > 0 && line->p[0] == '"';
	size_t i = quoted ? 1 : 0;

	for (; i < line->n; i++) {
		char c = line->p[i];

		if (c == '"' && quoted) {
			if (i + 1 == line->n || line->p[i + 1] != '"') {
				i++;
				break;
			}
			i++;
		} else if (c == ',' && !quoted) {
			break;
		}
		buf_byte(out, c);
	}
	if (i < line->n)
		*line = (struct slice){line->p + i + 1, line->n - i - 1};
	else
		*line = (struct slice){NULL, 0};
}

static int
add_private_line(struct private_rows *rows, struct slice line, size_t *ret_fields)
{
	*ret_fields = 0;
	do {
		size_t at = rows->bytes.len;

		cut_csv_field(&line, &rows->bytes);
		if (rows->bytes.failed || add_private_field(rows, at) != 0)
			return ERR_MEMORY;
		++*ret_fields;
	} while (line.p != NULL);
	return 0;
}

static int
copy_raw_line(struct buf *out, struct slice line)
{
	buf_slice(out, line);
	return out->failed ? ERR_MEMORY : 0;
}

static int
compare_asked(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static const struct slice *
find_asked(const struct private_reader *r, struct slice id)
{
	return bsearch(&id, r->ids, r->n_ids, sizeof id, compare_asked);
}

static int
read_private_line(struct private_reader *r, struct slice line)
{
	struct slice rest = line;
	const struct slice *at;
	size_t fields = 0;
	int rc = 0;

	if (!r->header_read) {
		r->header_read = true;
		rc = r->header != NULL ? copy_raw_line(r->header, line)
		                       : add_private_line(r->rows, line, &r->rows->n_columns);
	} else if (r->rows->n < r->n_ids && (at = find_asked(r, slice_cut(&rest, ','))) != NULL) {
		rc = r->line != NULL ? copy_raw_line(r->line, line) : add_private_line(r->rows, line, &fields);
		r->bad |= fields != r->rows->n_columns;
		r->rows->n++;
		if (r->rows->line_of != NULL) {
			r->bad |= r->rows->line_of[at - r->ids] != 0;
			r->rows->line_of[at - r->ids] = r->rows->n;
		}
	}
	return rc;
}

static int
read_private_part(void *ctx, struct slice part)
{
	struct private_reader *r = ctx;
	int rc = 0;

	while (rc == 0 && part.n > 0 && memchr(part.p, '\n', part.n) != NULL) {
		struct slice line = slice_cut(&part, '\n');

		if (r->rest.len > 0) {
			buf_slice(&r->rest, line);
			line = buf_view(&r->rest);
		}
		rc = r->rest.failed ? ERR_MEMORY : read_private_line(r, line);
		buf_clear(&r->rest);
	}
	buf_slice(&r->rest, part);
	return r->rest.failed ? ERR_MEMORY : rc;
}

static int
read_private_file(struct private_reader *r, struct store *store, uint64_t n, const char *file, struct err *err)
{
	int rc;

	buf_init(&r->rest, DRAW_FILE_MAX);
	rc = draw_file_each(store, n, file, read_private_part, r, err);
	buf_release(&r->rest);
	if (rc == ERR_MEMORY)
		return err_memory(err);
	if (rc == 0 && (r->bad || r->rows->n != r->n_ids))
		rc = err_set(err, ERR_OUTSIDE,
		    N_("%s of draw %llu in the state is damaged: restore the state from a backup"), file,
		    (unsigned long long)n);
	return rc;
}

int
private_rows_read(struct store *store, uint64_t n, const char *file, const struct slice *ids, size_t n_ids,
    struct private_rows *ret_rows, struct err *err)
{
	struct private_reader r = {.rows = ret_rows, .ids = ids, .n_ids = n_ids};

	*ret_rows = (struct private_rows){.line_of = calloc(n_ids + 1, sizeof *ret_rows->line_of)};
	buf_init(&ret_rows->bytes, DRAW_FILE_MAX);
	if (ret_rows->line_of == NULL)
		return err_memory(err);
	return read_private_file(&r, store, n, file, err);
}

int
private_line_read(struct store *store, uint64_t n, const char *file, struct slice id, struct buf *ret_header,
    struct buf *ret_line, struct err *err)
{
	struct private_rows counted = {.n = 0};
	struct private_reader r = {.rows = &counted, .ids = &id, .n_ids = 1, .header = ret_header, .line = ret_line};

	return read_private_file(&r, store, n, file, err);
}

void
private_rows_release(struct private_rows *rows)
{
	if (rows == NULL)
		return;
	buf_release(&rows->bytes);
	free(rows->fields);
	free(rows->line_of);
	*rows = (struct private_rows){.n = 0};
}

static struct slice
private_field_text(const struct private_rows *rows, size_t line, size_t column)
{
	const struct private_field *f = &rows->fields[line * rows->n_columns + column];

	return (struct slice){rows->bytes.data + f->at, f->len};
}

struct slice
private_value(const struct private_rows *rows, size_t row, const char *column)
{
	for (size_t c = 0; c < rows->n_columns; c++)
		if (slice_is(private_field_text(rows, 0, c), column))
			return private_field_text(rows, rows->line_of[row], c);
	return (struct slice){"", 0};
}
