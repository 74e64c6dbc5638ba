#ifndef SPOTCHECK_ROSTERS_FILE_PRIVATE_H
#define SPOTCHECK_ROSTERS_FILE_PRIVATE_H

#include <csv.h>

#include "rosters/cell.h"
#include "rosters/incoming_private.h"
#include "rosters/input.h"

/*
 * An imported file on its way into `incoming`: import.c cuts it into rows, row.c checks and inserts them.
 */

struct file_column {
	char *header;                /* as the file writes it, in NFC; owned */
	const struct column *column; /* NULL: not known */
	const char *name;            /* English where known, else the header: the key in `private` */
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
	unsigned long line;   /* where it begins */
	unsigned long breaks; /* line feeds within its quoted fields */
	bool after_cr;        /* a carriage return ended it, and no line feed has followed yet */
	struct buf fields;    /* its fields, one after the other */
	size_t ends[ROSTER_COLUMNS_MAX];
	size_t n_fields; /* may be more than ends[] holds */

	/* the header */
	struct file_column columns[ROSTER_COLUMNS_MAX];
	size_t n_columns;
	bool has_header;
	size_t stored
	    [COLUMNS_KNOWN_MAX]; /* per known column: the index in columns[], or ROSTER_COLUMNS_MAX where absent */
	size_t private[ROSTER_COLUMNS_MAX]; /* indices in columns[], by name, ascending */
	size_t n_private;

	struct query insert;
	struct spelling *spelling;
	struct buf clean, json;
	struct slice values[ROSTER_COLUMNS_MAX];
	int64_t numbers[ROSTER_COLUMNS_MAX];
	uint64_t rows;
	bool stop; /* the rest is not read: it cannot be, or its faults would be noise */
	struct err *err;
	int rc; /* failures of memory or disk, not of the file */
};

struct slice file_field(const struct file *f, size_t i);

/* Reads the first row: which columns there are.  Faults go to f->diag, and set f->stop. */
void file_take_header(struct file *f);

/* Reads any other row into `incoming`. */
void file_take_row(struct file *f);

/*
 * The roster's header as a JSON array; an id column that --assign-ids adds stands first.  Of a kind whose imports add it
 * is the present header, and behind it the columns of the file that are new.  The caller frees `*ret_headers`.  ERR_REFUSED:
 * more than ROSTER_COLUMNS_MAX columns.
 */
int file_headers(const struct file *f, char **ret_headers, struct err *err);

void file_columns_release(struct file *f);

#endif
