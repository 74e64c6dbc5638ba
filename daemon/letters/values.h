#ifndef SPOTCHECK_LETTERS_VALUES_H
#define SPOTCHECK_LETTERS_VALUES_H

#include <stdbool.h>

#include "letters/letter.h"

/* What a letter is filled with; for letters.c and letter_sheet.c alone. */

bool letter_in_chinese(const struct letter_input *input);

/* NULL without memory, or a tree that template_render refuses for want of it. */
struct template_row *letter_values(const struct letter_input *input);

/*
 * A name that nothing else has, "32 hex digits@host": it follows from the log, `what`, `numbers` and the inspector,
 * whenever it is made.
 */
void letter_name(const struct letter_input *input, struct slice what, struct slice numbers,
    char ret_name[static LETTER_ID_BYTES]);

/* Indices of the visits by date, then target id; the caller frees.  NULL without memory. */
size_t *letter_order(const struct letter_input *input);

#endif
