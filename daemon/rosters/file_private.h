#ifndef SPOTCHECK_ROSTERS_FILE_PRIVATE_H
#define SPOTCHECK_ROSTERS_FILE_PRIVATE_H

#include <csv.h>

#include "rosters/cell.h"
#include "rosters/incoming_private.h"
#include "rosters/input.h"

/*
 * An imported file on its way into `incoming`: rosters_import.c cuts it into rows, rosters_row.c takes the rows in.
 */

struct file_column {
	char *header;                /* as the file has it, in NFC; owned */
	const struct column *column; /* NULL: not known */
	const char *name;            /* the English one, else the header: the key in `private` */
};

struct file {
	struct store *store;
	enum roster_kind kind;
	const struct rosters_import *import;
	struct diag *diag;
	struct input input;
	struct csv_parser csv;
	bool has_csv;

	/* the row that is being read */
	unsigned long line;   /* it began on */
	unsigned long breaks; /* line feeds within its quoted fields */
	bool after_cr;        /* a carriage return ended it, and the line feed is yet to come */
	struct buf fields;    /* its fields, one after the other */
	size_t ends[ROSTER_COLUMNS_MAX];
	size_t n_fields; /* may be more than have an end */

	/* the header */
	struct file_column columns[ROSTER_COLUMNS_MAX];
	size_t n_columns;
	bool has_header;
	size_t stored[COLUMNS_KNOWN_MAX];   /* by place in roster_columns: which file column, or ROSTER_COLUMNS_MAX */
	size_t private[ROSTER_COLUMNS_MAX]; /* file columns by name, ascending */
	size_t n_private;

	struct query insert;
	struct spelling *spelling;
	struct buf clean, json;
	struct slice values[ROSTER_COLUMNS_MAX];
	int64_t numbers[ROSTER_COLUMNS_MAX];
	uint64_t rows;
	bool stop; /* what follows cannot be read */
	struct err *err;
	int rc; /* of what is no fault of the file: memory, disk */
};

struct slice file_field(const struct file *f, size_t i);

/* The first row: which columns there are.  Faults go to f->diag; with any, f->stop. */
void file_take_header(struct file *f);

/* Any other: into `incoming`. */
void file_take_row(struct file *f);

/* The header as a JSON array, an id column first that --assign-ids adds.  NULL where there is no memory. */
char *file_headers(const struct file *f);

void file_columns_release(struct file *f);

#endif
