#ifndef SPOTCHECK_TEST_SUPPORT_H
#define SPOTCHECK_TEST_SUPPORT_H

/*
 * What several unit tests share; whatever goes wrong in here fails the test that asked.
 */

/* What cmocka.h wants before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The file `name` of tests/vectors, whole, with a NUL after its `*ret_len` bytes; the caller frees it. */
char *support_read(const char *name, size_t *ret_len);

/*
 * Random numbers that can be had again: the seed is SPOTCHECK_SEED of the environment, else the time, and is printed.  The same
 * seed gives the same numbers on every machine.
 */
struct support_random {
	uint64_t state;
};
void support_random_begin(struct support_random *random);
uint64_t support_random_next(struct support_random *random);
uint64_t support_random_below(struct support_random *random, uint64_t limit); /* limit > 0; not quite even */

#endif
