#ifndef SPOTCHECK_CORE_DRAW_PLACE_LINE_H
#define SPOTCHECK_CORE_DRAW_PLACE_LINE_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/draw/draw.h"
#include "core/format/merkle.h"

/*
 * The lines of a draw's places (PROTOCOL 8).  The draw's entry commits to them, so that a letter can be held against the
 * log before the reveal: its reader gets the lines of his own places, and learns of no other.
 */

/* Appends the line of the i-th admitted target, chosen[chosen]; the caller asks out->failed. */
void
place_line_write(const struct draw_input *input, const struct draw *draw, size_t place, size_t chosen, struct buf *out);

/* The tree over all lines, for the root and for paths.  ERR_MEMORY.  Release with merkle_release, after a failure too. */
int place_lines_tree(const struct draw_input *input, const struct draw *draw, struct merkle *ret_tree, struct err *err);

/* `places` of the draw's entry.  ERR_MEMORY. */
int place_lines_root(const struct draw_input *input, const struct draw *draw, char ret_hex[static HASH_HEX + 1],
    struct err *err);

#endif
