#ifndef SPOTCHECK_PUBLISH_READER_H
#define SPOTCHECK_PUBLISH_READER_H

#include "core/log/published.h"

/* A published directory on a file system, for core's checker.  It is a stranger's: only regular files are read. */

struct folder {
	int fd;
	struct published published; /* hand &folder->published to core */
};

/* Opens the directory.  ERR_REFUSED: it is none; ERR_OUTSIDE.  Close with folder_close. */
int folder_open(struct folder *folder, const char *path, struct err *err);
/*
 * Another directory stands at `path` by now: whoever publishes exchanges the whole directory, and what was read is neither the
 * old nor the new.
 */
bool folder_was_replaced(const struct folder *folder, const char *path);

void folder_close(struct folder *folder);

#endif
