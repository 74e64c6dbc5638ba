#ifndef SPOTCHECK_TEXT_PRINTABLE_H
#define SPOTCHECK_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * Text that is shown to people in one line, whoever wrote it: what passes here can forge neither a line of a letter
 * nor a header of a message, and cannot drive a terminal.
 */

/* UTF-8 without control characters, line or paragraph separators, or marks that turn the direction of writing. */
bool plain_text(struct slice text);

/*
 * A stranger's words as they may be shown: a server's, a witness's, a file's, an argument's.  Tabs and ends of lines
 * become spaces; other control characters, separators of lines, what turns the direction of writing, characters that
 * cannot be seen, and bytes that are no UTF-8 each become '?'.  Nothing grows longer.
 */
void plain_clean(char *text);
void plain_put(struct buf *out, struct slice text);

/* One line, cleaned as a whole and cut at PLAIN_LINE bytes; a line feed at its end is put in any case. */
#define PLAIN_LINE 4096
__attribute__((format(printf, 2, 3))) void plain_say(FILE *out, const char *format, ...);

/* Columns that the text takes on a terminal: a Chinese character two, a combining mark none. */
size_t plain_width(struct slice text);

#endif
