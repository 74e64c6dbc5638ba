#ifndef SPOTCHECK_LETTERS_LETTER_PRIVATE_H
#define SPOTCHECK_LETTERS_LETTER_PRIVATE_H

#include "letters/letter.h"

/* What the parts of a letter share. */

/* In which of the two languages it is. */
bool letter_in_chinese(const struct letter_input *input);

/*
 * A name that nothing else has, "32 hex digits@host": it follows from the log, `what`, `numbers` and the inspector,
 * whenever it is made.
 */
void letter_name(const struct letter_input *input, struct slice what, struct slice numbers,
    char ret_name[static LETTER_ID_BYTES]);

/* Indices of the visits by date, then target id; the caller frees.  NULL without memory. */
size_t *letter_order(const struct letter_input *input);

#endif
