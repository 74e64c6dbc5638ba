/* Puts codes in the place of ids, units and areas of a draw's public files (rosters/codes.h). */
#include "draws/snapshot_codes.h"

#include "core/base/array.h"
#include "core/format/roster.h"
#include "draws/draws.h"
#include "draws/snapshot_rows.h"
#include "rosters/codes.h"

/* What a column holds: one of enum code_kind, or one of these. */
enum {
	COLUMN_AS_IS = CODE_KINDS,
	COLUMN_SCOPE,    /* as it is, and it says what the next column holds */
	COLUMN_OF_SCOPE, /* what that says */
};

/* The columns up to the last with a code; those behind it stay as they are. */
static const int target_columns[] = {CODE_TARGET, COLUMN_AS_IS, CODE_UNIT, CODE_AREA};
static const int inspector_columns[] = {CODE_INSPECTOR, CODE_UNIT, CODE_AREA};
static const int conflict_columns[] = {CODE_INSPECTOR, COLUMN_SCOPE, COLUMN_OF_SCOPE};
static const int away_columns[] = {CODE_INSPECTOR};

static int
kind_of_scope(struct slice scope)
{
	if (slice_is(scope, scope_name(SCOPE_TARGET)))
		return CODE_TARGET;
	return slice_is(scope, scope_name(SCOPE_UNIT)) ? CODE_UNIT : CODE_AREA;
}

static int
put_field(struct codes *codes, int column, struct slice field, struct buf *out, struct err *err)
{
	struct slice code = field;

	if (column < CODE_KINDS && field.n > 0)
		code = codes_code(codes, (enum code_kind)column, field);
	if (code.p == NULL && field.n > 0)
		return err_set(err, ERR_OUTSIDE, N_("\"%.*s\" has no code in the state: restore it from a backup"),
		    SLICE_ARGS(field));
	buf_slice(out, code);
	buf_byte(out, ',');
	return 0;
}

static int
put_line(struct codes *codes, const int *columns, size_t n, struct slice line, struct buf *out, struct err *err)
{
	int scope = COLUMN_AS_IS, rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct slice field = slice_cut(&line, ',');

		if (columns[i] == COLUMN_SCOPE)
			scope = kind_of_scope(field);
		rc = put_field(codes, columns[i] == COLUMN_OF_SCOPE ? scope : columns[i], field, out, err);
	}
	buf_slice(out, line);
	buf_byte(out, '\n');
	return rc;
}

static int
put_codes(struct codes *codes, const int *columns, size_t n, struct buf *file, struct err *err)
{
	struct buf lines, whole;
	struct slice rest = buf_view(file), header = slice_cut(&rest, '\n');
	size_t n_lines = 0;
	int rc = 0;

	buf_init(&lines, DRAW_FILE_MAX);
	buf_init(&whole, DRAW_FILE_MAX);
	for (; rest.n > 0 && rc == 0; n_lines++)
		rc = put_line(codes, columns, n, slice_cut(&rest, '\n'), &lines, err);
	buf_slice(&whole, header);
	buf_byte(&whole, '\n');
	if (rc == 0)
		rc = lines.failed ? err_memory(err) : rows_put_sorted(&lines, n_lines, &whole, err);
	if (rc == 0) {
		struct buf before = *file;

		*file = whole;
		whole = before;
	}
	buf_release(&lines);
	buf_release(&whole);
	return rc;
}

int
snapshot_put_codes(struct store *store, const struct snapshot_files *files, struct err *err)
{
	struct codes codes;
	int rc, closed;

	codes_open(&codes, store);
	rc = put_codes(&codes, target_columns, ARRAY_LEN(target_columns), files->targets, err);
	if (rc == 0)
		rc = put_codes(&codes, inspector_columns, ARRAY_LEN(inspector_columns), files->inspectors, err);
	if (rc == 0)
		rc = put_codes(&codes, conflict_columns, ARRAY_LEN(conflict_columns), files->conflicts, err);
	if (rc == 0)
		rc = put_codes(&codes, away_columns, ARRAY_LEN(away_columns), files->away, err);
	closed = codes_close(&codes, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}
