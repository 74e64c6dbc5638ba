#ifndef SPOTCHECK_TEXT_WRAP_H
#define SPOTCHECK_TEXT_WRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/*
 * Breaks the line that begins at byte `start` of `buf` and ends at its end (no newline yet), if it is wider than
 * `width` columns: at spaces, or between characters that are two columns wide, but not where Chinese typography
 * forbids it.  What cannot be broken (an address, a hash) stays whole.  Further lines begin with `indent` spaces.
 * Spaces at the ends of lines go.  Returns where the last line begins: `start`, if nothing was broken.
 */
size_t wrap_line(struct buf *buf, size_t start, size_t width, size_t indent);

/* Makes one line of two: takes out the newline at `at`, and puts a space there unless both its neighbours are wide. */
void wrap_join(struct buf *buf, size_t at);

/*
 * Columns that the further lines of `line` are indented by: its own spaces and its bullet or number, "- ", "  2. ", "(2) " or "（2）".
 */
size_t wrap_indent(struct slice line);

/* The line is running text: it begins at the margin, with a letter. */
bool wrap_is_running(struct slice line);

#endif
