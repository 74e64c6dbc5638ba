#ifndef SPOTCHECK_TEST_MEMORY_DIR_H
#define SPOTCHECK_TEST_MEMORY_DIR_H

#include "support.h"

#include "core/log/published.h"

/* A published directory in memory, so that a test can change single bytes and check it a thousand times a second. */

struct memory_file {
	char path[128];
	char *bytes;
	size_t len;
};

struct memory_dir {
	struct memory_file files[256];
	size_t n;
	const char *prefix; /* of the folder that memory_dir_published shows, "draws/0007/"; "" is all */
};

/* Loads all files of tests/vectors/NAME; the caller has zeroed `dir`. */
void memory_dir_load(struct memory_dir *dir, const char *name);
void memory_dir_release(struct memory_dir *dir);

/* Sets the bytes of a file, which may be new; or takes it away, if it is there. */
void memory_dir_put(struct memory_dir *dir, const char *path, struct slice bytes);
void memory_dir_drop(struct memory_dir *dir, const char *path);

/* The reader that core's checker takes.  It points to `dir`. */
struct published memory_dir_published(struct memory_dir *dir, const char *prefix);

#endif
