#ifndef SPOTCHECK_LETTERS_LETTER_PRIVATE_H
#define SPOTCHECK_LETTERS_LETTER_PRIVATE_H

#include "letters/letter.h"

/* What the parts of a letter share. */

/* Whether the letter is in Chinese; else it is in English. */
bool letter_in_chinese(const struct letter_input *input);

/*
 * A unique name, "32 hex digits@host".  It follows from the log, `what`, `numbers` and the inspector, so the same input
 * always gives the same name.
 */
void letter_name(const struct letter_input *input, struct slice what, struct slice numbers,
    char ret_name[static LETTER_ID_BYTES]);

#endif
