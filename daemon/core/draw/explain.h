#ifndef SPOTCHECK_CORE_DRAW_EXPLAIN_H
#define SPOTCHECK_CORE_DRAW_EXPLAIN_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/draw/draw.h"

/*
 * Appends to `out` in words why draw->chosen[chosen] stays unstaffed: "T5, T7, T9: only one inspector could visit here,
 * I007, who may take 2 seats each", or how many of the inspectors fail which rule.  `tr` may be NULL.  ERR_MEMORY only.
 */
int explain_unstaffed(const struct draw_input *input, const struct draw *draw, size_t chosen,
    const char *(*tr)(const char *text), struct buf *out, struct err *err);

#endif
