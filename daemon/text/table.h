#ifndef SPOTCHECK_TEXT_TABLE_H
#define SPOTCHECK_TEXT_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * A list for people, in aligned columns (a Chinese character takes two), or for programs, as canonical JSON.
 *
 *	table_begin(&t, columns, 3);
 *	table_text(&t, id); table_int(&t, rows); table_flag(&t, excused);	a row, left to right
 *	…
 *	ok = table_print(&t, cli->json, stdout);
 *	table_release(&t);
 */

struct table_column {
	const char *key;   /* of the JSON object */
	const char *title; /* translated; NULL: only in the JSON */
	bool right;        /* aligned to the right: numbers */
};

#define TABLE_COLUMNS_MAX 16

struct table {
	const struct table_column *columns;
	size_t n_columns;
	struct buf cells; /* for each cell: its type, its text, a NUL */
	size_t n_cells;
};

void table_begin(struct table *table, const struct table_column *columns, size_t n_columns);
void table_text(struct table *table, struct slice text);
void table_string(struct table *table, const char *text); /* NULL: empty */
void table_int(struct table *table, int64_t value);
void table_flag(struct table *table, bool value);      /* "yes" or ""; in JSON true or false */
void table_date(struct table *table, int32_t day);     /* empty for DATE_NONE */
void table_time(struct table *table, int64_t seconds); /* in local time for people, in UTC in JSON */

/* Prints all rows below a line of titles, or as one JSON array and a line feed.  False: memory or `out` failed. */
bool table_print(const struct table *table, bool json, FILE *out);

/* Prints only the first row: "title: value" lines, or one object. */
bool table_print_record(const struct table *table, bool json, FILE *out);

void table_release(struct table *table);

/* Columns that a text takes on a terminal. */
size_t table_width(struct slice text);

#endif
