#ifndef SPOTCHECK_ROSTERS_COLUMNS_H
#define SPOTCHECK_ROSTERS_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/slice.h"

/*
 * The kinds of rosters and their columns: the one table that import, export, scopes and the manual use.
 */

enum roster_kind {
	ROSTER_TARGETS,
	ROSTER_INSPECTORS,
	ROSTER_CONFLICTS,
	ROSTER_MATTERS,
	ROSTER_CONTACTS,
	ROSTER_LEAVE,
	ROSTER_KINDS /* how many there are */
};

/* What a value must be.  All but COLUMN_FREE and COLUMN_NAME have one written form in the store. */
enum column_type {
	COLUMN_ID,        /* PROTOCOL 2, and not shaped like a person's number */
	COLUMN_TEXT,      /* public text of PROTOCOL 2 */
	COLUMN_SPELLED,   /* the same, and no two values differ by width, case or punctuation alone */
	COLUMN_LEVEL,     /* 0 .. 999, or empty */
	COLUMN_WEIGHT,    /* 1 .. 100; empty is 1 */
	COLUMN_SINCE,     /* a date, today at the latest; empty is the day of the first import */
	COLUMN_TAG,       /* one tag, or empty */
	COLUMN_DAY,       /* any date */
	COLUMN_LAST_DAY,  /* the same, or empty: the import takes the row of this key back */
	COLUMN_TAGS,      /* tags, stored sorted, distinct, joined by ';' */
	COLUMN_SCOPE,     /* target, unit, area */
	COLUMN_RANK,      /* 1 or 2 */
	COLUMN_TARGET,    /* the id of a target in the roster */
	COLUMN_INSPECTOR, /* the id of an inspector in the roster */
	COLUMN_LANGUAGE,  /* zh_CN, en, or empty */
	COLUMN_EMAIL,     /* one address, or empty where the column is not required */
	COLUMN_NAME,      /* private text that is not empty */
	COLUMN_FREE       /* private text */
};

enum column_use {
	COLUMN_KEY,    /* identifies the row; a column of the table */
	COLUMN_PUBLIC, /* a column of the table */
	COLUMN_PRIVATE /* kept in the table's column `private`, as canonical JSON without empty values */
};

struct column {
	const char *name;    /* as INTERFACE has it */
	const char *chinese; /* the Chinese headers, '|' between synonyms; templates use the first */
	enum column_type type;
	enum column_use use;
	bool required;
	bool is_integer; /* in the store */
};

/* Whether the store's integer is a date, as days since 1970. */
static inline bool
column_is_date(const struct column *column)
{
	return column->type == COLUMN_SINCE || column->type == COLUMN_DAY || column->type == COLUMN_LAST_DAY;
}

#define COLUMNS_KNOWN_MAX 16

struct columns {
	const char *kind;  /* targets */
	const char *table; /* target */
	struct column column[COLUMNS_KNOWN_MAX];
	size_t n;
	size_t n_stored; /* so many of column[] are columns of the table, keys first; the others are private */
	size_t n_key;
	bool adds; /* an import adds its rows, and changes those with the same key; else it replaces the whole */
};

extern const struct columns roster_columns[ROSTER_KINDS];

/* "targets" → ROSTER_TARGETS.  False, with nothing written, where there is no such kind. */
bool roster_kind_parse(struct slice name, enum roster_kind *ret_kind);

/* The index of the column with this header, English in any letter case or Chinese, or -1.  The caller trims spaces. */
ptrdiff_t roster_column_find(enum roster_kind kind, struct slice header);

#endif
