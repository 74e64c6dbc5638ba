/* Files of tests/vectors, and random numbers from a printed seed. */

#include "support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FILE_MAX ((size_t)16 << 20)

char *
support_read(const char *name, size_t *ret_len)
{
	char path[1024];
	char *bytes = malloc(FILE_MAX + 1), *cut;
	FILE *file;

	assert_non_null(bytes);
	assert_true(snprintf(path, sizeof path, "%s/%s", VECTORS, name) < (int)sizeof path);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("cannot open %s", path);
	*ret_len = fread(bytes, 1, FILE_MAX, file);
	assert_false(ferror(file));
	(void)fclose(file);
	/* A block of exactly this length, so that a sanitizer sees a read past its end. */
	cut = realloc(bytes, *ret_len + 1);
	assert_non_null(cut);
	cut[*ret_len] = '\0';
	return cut;
}

void
support_random_begin(struct support_random *random)
{
	const char *seed = getenv("SPOTCHECK_SEED");

	random->state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	print_message("SPOTCHECK_SEED=%" PRIu64 "\n", random->state);
}

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t
support_random_next(struct support_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t
support_random_below(struct support_random *random, uint64_t limit)
{
	return support_random_next(random) % limit;
}
