/* Finds values of unit, area and class that differ only by width, case or punctuation. */
#include <stdlib.h>

#include "core/base/text.h"
#include "rosters/cell.h"
#include "rosters/incoming_private.h"

#define SLOTS 4096

struct slot {
	const char *column; /* a literal of roster_columns; NULL: unused */
	uint8_t len;
	char text[TEXT_MAX];
};

struct spelling {
	struct store *store;
	struct query insert;
	struct buf fold;
	struct slot slots[SLOTS];
};

int
spelling_new(struct store *store, struct spelling **ret_spelling, struct err *err)
{
	struct spelling *s;
	int rc = store_exec(store,
	    "DROP TABLE IF EXISTS temp.spelling;"
	    "CREATE TEMP TABLE spelling (col TEXT, value TEXT, fold TEXT, line INTEGER, PRIMARY KEY (col, value)) "
	    "WITHOUT ROWID",
	    err);

	if (rc != 0)
		return rc;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return err_memory(err);
	s->store = store;
	buf_init(&s->fold, 64 * TEXT_MAX);
	query_open(&s->insert, store,
	    "INSERT OR IGNORE INTO temp.spelling (col, value, fold, line) VALUES (?, ?, ?, ?)");
	*ret_spelling = s;
	return 0;
}

void
spelling_free(struct spelling *spelling)
{
	if (spelling == NULL)
		return;
	(void)query_close(&spelling->insert, NULL);
	(void)store_exec(spelling->store, "DROP TABLE IF EXISTS temp.spelling", NULL);
	buf_release(&spelling->fold);
	free(spelling);
}

/* FNV-1a. */
static size_t
cache_slot(const char *column, struct slice value)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < value.n; i++)
		h = (h ^ (unsigned char)value.p[i]) * 16777619u;
	return (h ^ (unsigned char)column[0]) % SLOTS;
}

void
spelling_note(struct spelling *spelling, const char *column, struct slice value, unsigned long line)
{
	struct slot *slot = &spelling->slots[cache_slot(column, value)];

	if (value.n == 0 || value.n > TEXT_MAX)
		return;
	if (slot->column != NULL && strcmp(slot->column, column) == 0 &&
	    slice_eq(value, (struct slice){slot->text, slot->len}))
		return;
	slot->column = column;
	slot->len = (uint8_t)value.n;
	memcpy(slot->text, value.p, value.n);
	buf_clear(&spelling->fold);
	cell_fold(value, &spelling->fold);
	query_put_string(&spelling->insert, column);
	query_put_text(&spelling->insert, value);
	query_put_text(&spelling->insert, buf_view(&spelling->fold));
	query_put_int(&spelling->insert, (int64_t)line);
	(void)query_run(&spelling->insert);
}

/* Notes the values of another roster's column, with line 0. */
static int
note_column_of_other(struct spelling *s, const char *table, const char *column, struct err *err)
{
	struct buf sql;
	struct query q;
	char *text;

	buf_init(&sql, 256);
	buf_format(&sql, "SELECT DISTINCT %s FROM %s", column, table);
	text = buf_steal(&sql);
	if (text == NULL) {
		buf_release(&sql);
		return err_memory(err);
	}
	query_open(&q, s->store, text);
	free(text);
	while (query_row(&q))
		spelling_note(s, column, query_text(&q, 0), 0);
	return query_close(&q, err);
}

static bool
has_column(enum roster_kind kind, const char *name)
{
	ptrdiff_t i = roster_column_find(kind, slice_of(name));

	return i >= 0 && roster_columns[kind].column[i].type == COLUMN_SPELLED;
}

static int
note_other_rosters(struct spelling *s, enum roster_kind kind, struct err *err)
{
	int rc = 0;

	for (int other = 0; other < ROSTER_KINDS; other++) {
		const struct columns *columns = &roster_columns[other];

		for (size_t i = 0; i < columns->n && other != (int)kind && rc == 0; i++)
			if (columns->column[i].type == COLUMN_SPELLED && has_column(kind, columns->column[i].name))
				rc = note_column_of_other(s, columns->table, columns->column[i].name, err);
	}
	return rc;
}

/* `a` is the first spelling of its group: in another roster (line 0) or in the file. */
static void
report_spelling(const char *file, const char *column, struct slice a, unsigned long a_line, struct slice b,
    unsigned long b_line, struct diag *diag)
{
	if (a_line == 0)
		diag_add(diag, file, b_line,
		    N_("%s \"%.*s\" / \"%.*s\" (of another roster): use one of them, they differ only by width, case "
		       "or punctuation"),
		    column, SLICE_ARGS(b), SLICE_ARGS(a));
	else
		diag_add(diag, file, b_line,
		    N_("%s \"%.*s\" / \"%.*s\" (line %lu): use one of them, they differ only by width, case or "
		       "punctuation"),
		    column, SLICE_ARGS(b), SLICE_ARGS(a), a_line);
}

int
spelling_check(struct spelling *spelling, enum roster_kind kind, const char *file, struct diag *diag, struct err *err)
{
	struct query q;
	int rc = note_other_rosters(spelling, kind, err);

	if (rc == 0)
		rc = query_close(&spelling->insert, err);
	if (rc != 0)
		return rc;
	query_open(&q, spelling->store,
	    "SELECT b.col, a.value, a.line, b.value, b.line FROM temp.spelling b JOIN"
	    " (SELECT col, fold, min(line) AS line, value FROM temp.spelling GROUP BY col, fold HAVING count(*) > 1) a"
	    " ON a.col = b.col AND a.fold = b.fold AND a.value <> b.value WHERE b.line > 0 ORDER BY b.line, b.col, "
	    "b.value");
	while (query_row(&q)) {
		struct slice column = query_text(&q, 0);
		char name[32];

		(void)snprintf(name, sizeof name, "%.*s", SLICE_ARGS(column));
		report_spelling(file, name, query_text(&q, 1), (unsigned long)query_int(&q, 2), query_text(&q, 3),
		    (unsigned long)query_int(&q, 4), diag);
	}
	return query_close(&q, err);
}
