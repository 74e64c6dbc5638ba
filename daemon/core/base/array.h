#ifndef SPOTCHECK_CORE_BASE_ARRAY_H
#define SPOTCHECK_CORE_BASE_ARRAY_H

#include <stdlib.h>

/* How many elements an array has; of a pointer the compiler warns (-Wsizeof-pointer-div). */
#define ARRAY_LEN(array) (sizeof(array) / sizeof(array)[0])

/* Zeroed memory for n elements; the caller frees it.  Never NULL for n = 0, so that NULL always means no memory. */
static inline void *
array_new(size_t n, size_t size)
{
	return calloc(n == 0 ? 1 : n, size);
}

#endif
