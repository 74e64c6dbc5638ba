#ifndef SPOTCHECK_LETTER_VALUES_H
#define SPOTCHECK_LETTER_VALUES_H

#include <stdbool.h>

#include "io/letters.h"

/* What a letter is filled with; for letters.c and letter_sheet.c alone. */

bool letter_in_chinese(const struct letter_input *input);

/* NULL without memory, or a tree that template_render refuses for want of it. */
struct template_row *letter_values(const struct letter_input *input);

/* Indices of the visits by date, then target id; the caller frees.  NULL without memory. */
size_t *letter_order(const struct letter_input *input);

#endif
