/* Imports a roster: libcsv cuts the file into rows, they fill `incoming`, and that replaces the roster. */
#include "rosters/rosters.h"

#include <stdlib.h>
#include <string.h>

#include "rosters/file_private.h"

#define ROW_BYTES ((size_t)1 << 20) /* of all fields of a row; stops a row whose quote is never closed */

/* ---- rows ---- */

static void
handle_import_row(struct file *f)
{
	if (f->n_fields == 0 || f->stop)
		return;
	if (f->fields.failed) {
		diag_add(f->diag, f->import->file, f->line, N_("the row is longer than 1 MiB: is a quote left open?"));
		f->stop = true;
	} else if (!f->has_header) {
		file_take_header(f);
	} else {
		file_take_row(f);
	}
}

static void
begin_next_row(struct file *f)
{
	f->line += f->breaks;
	f->breaks = 0;
	f->n_fields = 0;
	buf_clear(&f->fields);
}

static void
on_import_field(void *bytes, size_t len, void *ctx)
{
	struct file *f = ctx;
	const char *text = bytes;

	if (f->after_cr && !f->stop) {
		diag_add(f->diag, f->import->file, f->line,
		    N_("the line ends in a carriage return alone; lines end in LF, or in CR and LF"));
		f->stop = true;
	}
	if (len > 0 && memchr(text, '\n', len) != NULL)
		for (size_t i = 0; i < len; i++)
			f->breaks += text[i] == '\n';
	buf_put(&f->fields, bytes, len);
	if (f->n_fields < ROSTER_COLUMNS_MAX)
		f->ends[f->n_fields] = f->fields.len;
	f->n_fields++;
}

/* `c` ended the row: CR, LF (for a CR LF it is called twice), or -1 at the end of the file. */
static void
on_import_row_end(int c, void *ctx)
{
	struct file *f = ctx;

	handle_import_row(f);
	begin_next_row(f);
	f->after_cr = c == '\r';
	if (c == '\n')
		f->line++;
}

/* ---- the file ---- */

static void
report_csv_fault(struct file *f)
{
	int error = csv_error(&f->csv);

	if (error == CSV_EPARSE)
		diag_add(f->diag, f->import->file, f->line,
		    N_("a double quote stands where none can, or is left open; what follows was not read"));
	else
		f->rc = err_memory(f->err);
	f->stop = true;
}

static void
parse_import_chunk(struct file *f, const char *bytes, size_t len)
{
	if (csv_parse(&f->csv, bytes, len, on_import_field, on_import_row_end, f) != len)
		report_csv_fault(f);
	else if (!f->stop && csv_get_buffer_size(&f->csv) > 2 * ROW_BYTES) {
		diag_add(f->diag, f->import->file, f->line, N_("the row is longer than 1 MiB: is a quote left open?"));
		f->stop = true;
	}
}

static void
read_import_rows(struct file *f)
{
	char bytes[65536];
	size_t n = 1;

	while (!f->stop && f->rc == 0) {
		struct err err = {.tr = f->err != NULL ? f->err->tr : NULL};
		int rc = input_read(&f->input, bytes, sizeof bytes, &n, &err);

		progress_tell(f->import->progress, N_("reading"), (size_t)f->input.done, (size_t)f->input.size);
		if (rc == ERR_REFUSED)
			diag_add(f->diag, f->import->file, (unsigned long)f->input.lines + 1, "%s", err.message);
		else if (rc != 0)
			f->rc = err_set(f->err, rc, "%s", err.message);
		if (rc != 0 || n == 0)
			break;
		parse_import_chunk(f, bytes, n);
	}
	if (!f->stop && f->rc == 0 && csv_fini(&f->csv, on_import_field, on_import_row_end, f) != 0)
		report_csv_fault(f);
	if (!f->has_header && !f->stop && f->rc == 0)
		diag_add(f->diag, f->import->file, f->line, N_("the file is empty: its first line names the columns"));
}

static int
open_import_file(struct file *f, int fd)
{
	struct err err = {.tr = f->err != NULL ? f->err->tr : NULL};
	int rc = input_open(&f->input, fd, store_dir(f->store), &err);

	if (rc == ERR_REFUSED || rc == ERR_LIMIT) {
		diag_add(f->diag, f->import->file, 0, "%s", err.message);
		return 0;
	}
	if (rc != 0)
		return err_set(f->err, rc, "%s: %s", f->import->file, err.message);
	if (csv_init(&f->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
		return err_memory(f->err);
	f->has_csv = true;
	return 0;
}

/* Fills `incoming` in a transaction on temporary tables only, so that a slow disk makes no other process wait. */
static int
fill_incoming_from_file(struct file *f)
{
	int rc = incoming_create(f->store, f->kind, f->err);

	if (rc == 0)
		rc = spelling_new(f->store, &f->spelling, f->err);
	if (rc == 0)
		rc = store_exec(f->store, "BEGIN", f->err);
	if (rc != 0)
		return rc;
	read_import_rows(f);
	rc = query_close(&f->insert, f->rc == 0 ? f->err : NULL);
	if (f->rc != 0)
		rc = f->rc;
	if (rc == 0)
		rc = store_commit(f->store, f->err);
	store_rollback(f->store);
	return rc;
}

/* `incoming` replaces the roster, unless the same import stands already and its command has not reported it. */
static int
finish_import(struct file *f, unsigned long faults, struct rosters_counts *ret_counts)
{
	char digest[2 * HASH_BYTES + 1];
	char *headers = NULL;
	int rc = file_headers(f, &headers, f->err);
	struct rosters_counts earlier = {.rows = 0};
	struct unreported unreported;
	struct incoming in = {
	    .store = f->store,
	    .kind = f->kind,
	    .import = f->import,
	    .headers = headers,
	    .digest = digest,
	    .faults = faults,
	    .complete = f->diag->count == faults,
	    .diag = f->diag,
	};

	text_to_hex(f->input.digest.b, HASH_BYTES, digest);
	if (f->import->reports) {
		unreported = incoming_unreported(f->kind, f->import, digest);
		in.unreported = &unreported;
	}
	if (rc == 0 && f->import->reports && !f->import->dry_run)
		rc = incoming_find_unreported(f->store, f->kind, &unreported, &earlier, f->err);
	if (rc == 0 && earlier.repeated) {
		rc = rosters_attest(f->store, f->kind, f->import->by, f->import->now, f->err);
		if (rc == 0)
			*ret_counts = earlier;
		goto out;
	}
	if (rc == 0)
		rc = spelling_check(f->spelling, f->kind, f->import->file, f->diag, f->err);
	if (rc == 0)
		rc = incoming_apply(&in, ret_counts, f->err);
out:
	free(headers);
	return rc;
}

static int
import_opened_file(struct file *f, struct rosters_counts *ret_counts)
{
	struct rosters_counts counts = {.rows = 0};
	unsigned long before = f->diag->count;
	int rc;

	if (f->import->assign_ids && roster_columns[f->kind].column[0].type != COLUMN_ID)
		return err_set(f->err, ERR_REFUSED, N_("rows of %s have no id that could be assigned"),
		    roster_columns[f->kind].kind);
	rc = fill_incoming_from_file(f);
	if (rc != 0)
		return rc;
	/* Without a header no row was read. */
	if (f->has_header) {
		rc = store_begin(f->store, f->err);
		if (rc != 0)
			return rc;
		rc = finish_import(f, before, &counts);
	}
	if (rc == 0 && f->diag->count != before)
		rc = err_set(f->err, ERR_REFUSED, N_("%s was not imported: nothing is changed"), f->import->file);
	if (rc == 0 && !f->import->dry_run)
		rc = store_commit(f->store, f->err);
	store_rollback(f->store);
	if (rc == 0)
		*ret_counts = counts;
	return rc;
}

int
rosters_import(struct store *store, enum roster_kind kind, int fd, const struct rosters_import *import,
    struct diag *diag, struct rosters_counts *ret_counts, struct err *err)
{
	struct file *f = calloc(1, sizeof *f);
	unsigned long before = diag->count;
	int rc;

	if (f == NULL)
		return err_memory(err);
	f->store = store;
	f->kind = kind;
	f->import = import;
	f->diag = diag;
	f->err = err;
	f->line = 1;
	f->input.fd = -1;
	buf_init(&f->fields, ROW_BYTES);
	buf_init(&f->clean, 4 * ROW_BYTES);
	buf_init(&f->json, 8 * ROW_BYTES);
	rc = open_import_file(f, fd);
	if (rc == 0 && diag->count != before)
		rc = err_set(err, ERR_REFUSED, N_("%s was not imported: nothing is changed"), import->file);
	if (rc == 0)
		rc = import_opened_file(f, ret_counts);
	(void)query_close(&f->insert, NULL);
	store_rollback(store);
	spelling_free(f->spelling);
	incoming_drop(store);
	if (f->has_csv)
		csv_free(&f->csv);
	file_columns_release(f);
	buf_release(&f->fields);
	buf_release(&f->clean);
	buf_release(&f->json);
	input_release(&f->input);
	free(f);
	return rc;
}
