#ifndef SPOTCHECK_TEST_SCRATCH_H
#define SPOTCHECK_TEST_SCRATCH_H

#include <stdbool.h>

/* A folder of the test's own: under TMPDIR, or /tmp. */

#define SCRATCH_PATH 512

/* Makes the folder; false where that fails. */
bool scratch_make(char ret_path[static SCRATCH_PATH]);

/* Removes a folder and all in it, or a file; 0, or -1. */
int scratch_remove(const char *path);

/* Writes a file with this text; a fault fails the test. */
void scratch_write(const char *path, const char *text);

/* How many files a folder holds, without hidden ones; 0 where there is no such folder. */
unsigned scratch_count(const char *path);

#endif
