#ifndef SPOTCHECK_PUBLISH_READER_H
#define SPOTCHECK_PUBLISH_READER_H

#include "core/log/published.h"

/* A published folder on a file system, for core's checker.  It is not trusted: only regular files are read. */

struct folder {
	int fd;
	struct published published; /* hand &folder->published to core */
};

/* Opens the folder.  ERR_REFUSED: there is no such folder; ERR_OUTSIDE.  Close with folder_close. */
int folder_open(struct folder *folder, const char *path, struct err *err);

/*
 * Whether another folder is at `path` by now: publishing exchanges the folder, so what was read may be partly old and
 * partly missing.
 */
bool folder_was_replaced(const struct folder *folder, const char *path);

void folder_close(struct folder *folder);

#endif
