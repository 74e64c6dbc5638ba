#ifndef SPOTCHECK_TEXT_SUGGEST_H
#define SPOTCHECK_TEXT_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/slice.h"

/*
 * For "did you mean …?": the one of `words` with the least edit distance from `wrong`, ignoring letter case; a swap of
 * neighbours counts as one edit.  NULL where none is near enough.
 */
const char *suggest(struct slice wrong, const char *const *words, size_t n);

#endif
