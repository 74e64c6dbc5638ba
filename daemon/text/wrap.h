#ifndef SPOTCHECK_TEXT_WRAP_H
#define SPOTCHECK_TEXT_WRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/*
 * Breaks the last line of `buf`, which begins at byte `start` and has no newline yet, if it is wider than `width`
 * columns.  It breaks at spaces, or next to characters that are two columns wide where Chinese typography allows it.
 * An address or a hash is not broken.  Further lines begin with `indent` spaces.  Spaces at the ends of lines are
 * removed. Returns where the last line begins now: `start`, if nothing was broken.
 */
size_t wrap_line(struct buf *buf, size_t start, size_t width, size_t indent);

/* Joins two lines: replaces the newline at `at` by a space, or by nothing where both its neighbours are wide. */
void wrap_join(struct buf *buf, size_t at);

/*
 * The indent in columns of the further lines of `line`: the width of its leading spaces and its bullet or number, "- ",
 * "  2. ", "(2) " or "（2）".
 */
size_t wrap_indent(struct slice line);

/* Whether the line is running text: it has no leading space, bullet or number. */
bool wrap_is_running(struct slice line);

#endif
