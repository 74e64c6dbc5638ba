#ifndef SPOTCHECK_LETTERS_SHEET_H
#define SPOTCHECK_LETTERS_SHEET_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "letters/letter.h"

/*
 * The result sheet, one row for each visit, matter and question: CSV for people (BOM, CRLF, RFC 4180; a leading = + -
 * @ is neutralised), headers in the letter's language.
 */
int letter_sheet(const struct letter_input *input, struct buf *out, struct err *err);

#endif
