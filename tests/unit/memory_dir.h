#ifndef SPOTCHECK_TEST_MEMORY_DIR_H
#define SPOTCHECK_TEST_MEMORY_DIR_H

#include "support.h"

#include "core/log/published.h"

/* A published directory in memory, so that one byte can be another and a thousand checks take a second. */

struct memory_file {
	char path[128];
	char *bytes;
	size_t len;
};

struct memory_dir {
	struct memory_file files[64];
	size_t n;
	const char *prefix; /* "draws/0007/": what the names begin with, of the folder that is shown */
};

/* All files of tests/vectors/NAME; `dir` is zeroed. */
void memory_dir_load(struct memory_dir *dir, const char *name);
void memory_dir_release(struct memory_dir *dir);

/* For core's checker; `dir` stays where it is. */
struct published memory_dir_published(struct memory_dir *dir, const char *prefix);

#endif
