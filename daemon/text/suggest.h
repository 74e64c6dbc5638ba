#ifndef SPOTCHECK_TEXT_SUGGEST_H
#define SPOTCHECK_TEXT_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/slice.h"

/*
 * "Did you mean …?": the one of `words` that is nearest to `wrong` by edit distance (a swap of neighbours counts as
 * one), letter case aside; NULL where none is near enough to be meant.
 */
const char *suggest(struct slice wrong, const char *const *words, size_t n);

#endif
