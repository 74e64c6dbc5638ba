#ifndef SPOTCHECK_ROSTERS_CELL_H
#define SPOTCHECK_ROSTERS_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "rosters/columns.h"

/*
 * One cell of an imported file: from what a person typed to what is stored, or a fault that says what would be right.
 */

#define CELL_MAX 4000 /* bytes of a private text */

struct cell {
	const char *header;          /* as the file has it, for messages */
	const struct column *column; /* NULL: not known, a private text */
	bool may_be_empty;           /* though the column's type would not allow it: an id that is yet to be assigned */
	int32_t today;
	const char *file;
	unsigned long line;
	struct diag *diag;
};

/*
 * Appends the stored form to `out` (the caller asks out->failed), or sets `*ret_number` where the column is an integer
 * (COLUMN_SINCE: DATE_NONE where empty).  False: a fault was told, and nothing appended.
 */
bool cell_take(const struct cell *cell, struct slice raw, struct buf *out, int64_t *ret_number);

/* "header "value": `should`" to the cell's diag; `should` is a message of the catalogue.  Returns false. */
bool cell_refuse(const struct cell *cell, struct slice value, const char *should);

/* Without spaces at its ends, and without the apostrophe that an export puts before = + - @. */
struct slice cell_trim(struct slice raw);

/* Valid UTF-8 that is in NFC as can be seen without tables; most texts are. */
bool cell_is_plain(struct slice text);

/* Appends the NFC of valid UTF-8. */
void cell_nfc(struct slice text, struct buf *out);

/*
 * Appends what is left of a text when width, case, punctuation and spaces are made nothing of; the text itself where
 * that is nothing.
 */
void cell_fold(struct slice text, struct buf *out);

/* The common name of a character that cannot be seen, or NULL. */
const char *cell_character_name(uint32_t c);

/* "2026-06-22", "2026/6/22", "2026年6月22日". */
bool cell_date(struct slice text, int32_t *ret_day);

#endif
