#ifndef SPOTCHECK_FUZZ_H
#define SPOTCHECK_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/slice.h"

/*
 * A fuzz target is this function, which libFuzzer calls; without libFuzzer driver.c does.  It returns 0, and checks by
 * FUZZ_CHECK what must hold for any input.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                                \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			(void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                             \
		}                                                                                            \
	} while (0)

/* All bytes of a file of tests/vectors/example; they are never freed. */
static inline struct slice
fuzz_example(const char *name)
{
	char path[1024];
	size_t max = 1 << 16, len;
	char *bytes = malloc(max);
	FILE *file;

	FUZZ_CHECK(bytes != NULL && snprintf(path, sizeof path, "%s/example/%s", VECTORS, name) < (int)sizeof path);
	file = fopen(path, "rb");
	if (file == NULL) {
		(void)fprintf(stderr, "cannot open %s\n", path);
		exit(1);
	}
	len = fread(bytes, 1, max, file);
	FUZZ_CHECK(len < max && fclose(file) == 0);
	return (struct slice){bytes, len};
}

#endif
