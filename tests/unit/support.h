#ifndef SPOTCHECK_TEST_SUPPORT_H
#define SPOTCHECK_TEST_SUPPORT_H

/* What many unit tests use.  A fault in one of these functions fails the test that calls it. */

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The bytes of the file `name` of tests/vectors, with a NUL after the `*ret_len` of them; the caller frees them. */
char *support_read(const char *name, size_t *ret_len);

/*
 * Random numbers that can be repeated.  The seed is SPOTCHECK_SEED of the environment, else the time, and is
 * printed.  The same seed gives the same numbers on every machine.
 */
struct support_random {
	uint64_t state;
};
void support_random_begin(struct support_random *random);
uint64_t support_random_next(struct support_random *random);
uint64_t support_random_below(struct support_random *random, uint64_t limit); /* limit > 0; not quite even */

#endif
