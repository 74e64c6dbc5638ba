#ifndef SPOTCHECK_SYSTEM_NEW_FILE_H
#define SPOTCHECK_SYSTEM_NEW_FILE_H

#include <sys/types.h>

#include "core/base/err.h"

/*
 * A file that comes to its name whole or not at all, and never takes another's place.  It is written beside, as .NAME.new in
 * the same folder; what a writer that was killed has left there is replaced.
 *
 * The name is given by a process of its own, forked at the beginning: it keeps the rights of that moment, so that root's folder
 * gets the file though the writer has become another user since.  Where the writer ends without a word, it removes what was
 * begun.
 */
struct new_file {
	int fd; /* for writing */
	int channel;
	pid_t keeper;
	const char *path; /* the caller's */
};

/*
 * Begins the file (0600).  `path` stays the caller's until the end.  ERR_REFUSED: there is one already, or another process is
 * writing it; ERR_OUTSIDE.  End it with one of the two below.
 */
int new_file_open(const char *path, struct new_file *ret_file, struct err *err);

/* When this returns 0 the file is on the disk, whole, under its name.  ERR_REFUSED: somebody else's is there by now. */
int new_file_keep(struct new_file *file, struct err *err);

void new_file_drop(struct new_file *file);

#endif
