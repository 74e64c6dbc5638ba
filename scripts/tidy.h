/*
 * Given to clang-tidy before each source (not err.c): the analyzer sees one file at a time, and would else think that
 * err_set may return 0 and that a function may so fail without saying it.
 */
#include "core/base/err.h"

#define err_set(err, code, ...) (err_set((err), (code), __VA_ARGS__), (code))
#define err_memory(err) (err_memory(err), ERR_MEMORY)
