#ifndef SPOTCHECK_PLAIN_H
#define SPOTCHECK_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

/*
 * Text that is shown to people in one line, whoever wrote it: what passes here can forge neither a line of a letter
 * nor a header of a message.
 */

/* UTF-8 without control characters, line or paragraph separators, or marks that turn the direction of writing. */
bool plain_text(struct slice text);

/* Columns that the text takes on a terminal: a Chinese character two, a combining mark none. */
size_t plain_width(struct slice text);

#endif
