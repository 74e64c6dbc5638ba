#ifndef SPOTCHECK_TEXT_PRINTABLE_H
#define SPOTCHECK_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * Text of any origin that is shown to people in one line.  What passes here cannot forge a line of a letter or a header
 * of a message, and cannot control a terminal.
 */

/* Whether it is UTF-8 without control characters, line or paragraph separators, and marks of writing direction. */
bool plain_text(struct slice text);

/*
 * Make untrusted text (of a server, a witness, a file, an argument) fit to be shown.  Tabs and ends of lines become
 * spaces.  Other control characters, separators of lines, marks of writing direction, invisible characters and bytes
 * that are no UTF-8 each become '?'.  The text never grows.
 */
void plain_clean(char *text);
void plain_put(struct buf *out, struct slice text);

/* Prints one line, cleaned and cut at PLAIN_LINE bytes, with exactly one line feed at its end. */
#define PLAIN_LINE 4096
__attribute__((format(printf, 2, 3))) void plain_say(FILE *out, const char *format, ...);

/* Columns that the text takes on a terminal: two for a Chinese character, none for a combining mark. */
size_t plain_width(struct slice text);

#endif
