#ifndef SPOTCHECK_CORE_BASE_PARALLEL_H
#define SPOTCHECK_CORE_BASE_PARALLEL_H

#include <stddef.h>

/* Work on many rows by several threads; the result does not depend on how many threads there are. */

#define PARALLEL_THREADS_MAX 64
#define PARALLEL_PIECE ((size_t)65536) /* rows that one thread takes at a time; a power of two */

/*
 * Calls work(ctx, piece, from, to) for each piece of [0, n): piece k is [k * PARALLEL_PIECE, …).  Up to `threads` of
 * them at the same time (0 and 1: only the caller's); returns when all are done.  Where no thread can be started, the
 * caller does its work.
 */
void parallel_for(unsigned threads, size_t n, void (*work)(void *ctx, size_t piece, size_t from, size_t to), void *ctx);

#endif
