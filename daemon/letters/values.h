#ifndef SPOTCHECK_LETTERS_VALUES_H
#define SPOTCHECK_LETTERS_VALUES_H

#include "letters/letter.h"
#include "text/template.h"

/* The values that a letter's template is filled with. */

/* The names that a template may use, as conf/letters/README.md lists them. */
extern const struct template_name letters_names[];

/* The caller frees it.  NULL: no memory; a tree that lacks memory further down is refused by template_render. */
struct template_row *letter_values(const struct letter_input *input);

#endif
