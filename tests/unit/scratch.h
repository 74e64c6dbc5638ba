#ifndef SPOTCHECK_TEST_SCRATCH_H
#define SPOTCHECK_TEST_SCRATCH_H

#include <stdbool.h>

/* A folder of its own for a test: under TMPDIR, or /tmp. */

#define SCRATCH_PATH 512

/* Makes it; false where that fails. */
bool scratch_make(char ret_path[static SCRATCH_PATH]);

/* Removes a folder and all in it, or a file; 0, or -1. */
int scratch_remove(const char *path);

/* Writes a file whole; the test fails where that fails. */
void scratch_write(const char *path, const char *text);

/* How many files a folder holds, hidden ones apart; 0 where it is none. */
unsigned scratch_count(const char *path);

#endif
