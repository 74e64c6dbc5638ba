#ifndef SPOTCHECK_ROSTERS_CELL_H
#define SPOTCHECK_ROSTERS_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "rosters/columns.h"

/*
 * One cell of an imported file.  What a person typed becomes what is stored.  Where it cannot, a fault says what would
 * be right.
 */

#define CELL_MAX 4000 /* bytes of a private text */

struct cell {
	const char *header;          /* as the file writes it, for messages */
	const struct column *column; /* NULL: not known, a private text */
	bool may_be_empty;           /* although the type forbids it: an id that the import assigns later */
	int32_t today;
	const char *file;
	unsigned long line;
	struct diag *diag;
};

/*
 * Appends the stored form to `out`.  Where the column is an integer it sets `*ret_number` instead (COLUMN_SINCE
 * and COLUMN_LAST_DAY: DATE_NONE where empty).  False: a fault went to `diag` and nothing was appended.  The caller checks out->failed,
 * which tells that memory was short.
 */
bool cell_take(const struct cell *cell, struct slice raw, struct buf *out, int64_t *ret_number);

/* Reports `HEADER "VALUE": should` to the cell's diag.  `should` is a message of the catalogue.  Returns false. */
bool cell_refuse(const struct cell *cell, struct slice value, const char *should);

/* The text without spaces at its ends and without the apostrophe that an export puts before = + - @. */
struct slice cell_trim(struct slice raw);

/*
 * True: valid UTF-8 in NFC, as the ranges of its characters show.  False: it may be so, but only Unicode's tables
 * tell.
 */
bool cell_nfc_quick_check(struct slice text);

/* Appends the NFC of valid UTF-8. */
void cell_nfc(struct slice text, struct buf *out);

/*
 * Appends a text folded for comparison: width and case are unified, punctuation and spaces are dropped.  Where nothing
 * would be left it appends the text itself.
 */
void cell_fold(struct slice text, struct buf *out);

/* The common name of an invisible or reserved character, or NULL. */
const char *cell_character_name(uint32_t c);

/* Reads "2026-06-22", "2026/6/22" or "2026年6月22日".  False where it is none of these or no such day exists. */
bool cell_date(struct slice text, int32_t *ret_day);

#endif
