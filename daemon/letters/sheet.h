#ifndef SPOTCHECK_LETTERS_SHEET_H
#define SPOTCHECK_LETTERS_SHEET_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "letters/letter.h"

/*
 * Appends the result sheet, one row for each visit, matter and question: CSV for spreadsheets (RFC 4180 with BOM and
 * CRLF; a value that begins with = + - @ or a tab gets an apostrophe before it), headers in the letter's language.
 * ERR_LIMIT, ERR_MEMORY.
 */
int letter_sheet(const struct letter_input *input, struct buf *out, struct err *err);

#endif
