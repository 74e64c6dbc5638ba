#ifndef SPOTCHECK_LETTERS_VALUES_H
#define SPOTCHECK_LETTERS_VALUES_H

#include "letters/letter.h"
#include "text/template.h"

/* What a letter's template is filled with. */

/* The names that a template may use, as conf/letters/README.md lists them. */
extern const struct template_name letters_names[];

/* NULL without memory, or a tree that template_render refuses for want of it. */
struct template_row *letter_values(const struct letter_input *input);

#endif
