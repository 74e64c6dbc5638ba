#ifndef SPOTCHECK_CORE_CHECK_DRAW_BASIS_H
#define SPOTCHECK_CORE_CHECK_DRAW_BASIS_H

#include "core/check/draw_check.h"

/*
 * Notes on what draws of a lower class a draw stands (PROTOCOL 4, "stands on").  `classes` [n - 1] are those of the draws
 * before it, `own` is its own.  ERR_MEMORY.
 */
int note_basis(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past,
    const enum assurance *classes, enum assurance own, struct report *report, struct err *err);

#endif
