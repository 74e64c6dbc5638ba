#ifndef SPOTCHECK_SYSTEM_NEW_FILE_H
#define SPOTCHECK_SYSTEM_NEW_FILE_H

#include <sys/types.h>

#include "core/base/err.h"

/*
 * A new file that appears under its name complete or not at all, and never replaces another file.  It is written as
 * .NAME.new in the same folder; one that a killed writer has left there is replaced.
 *
 * A child process, forked at the beginning, gives the file its name.  It keeps the rights of that moment, so that a
 * file can be made in root's folder although the writer has become another user meanwhile.  Where the writer ends
 * without new_file_keep, the child removes the unfinished file.
 */
struct new_file {
	int fd;           /* for writing */
	int channel;      /* socket to the keeper */
	pid_t keeper;     /* the child process */
	const char *path; /* the caller's */
};

/*
 * Begins the file (0600).  The caller keeps `path` valid until the end.  ERR_REFUSED: the file exists, or another
 * process is writing it.  ERR_OUTSIDE, ERR_MEMORY.  End it with one of the two functions below.
 */
int new_file_open(const char *path, struct new_file *ret_file, struct err *err);

/* Returns 0 once the complete file is on the disk under its name.  ERR_REFUSED: another file has taken the name. */
int new_file_keep(struct new_file *file, struct err *err);

/* Removes the unfinished file. */
void new_file_drop(struct new_file *file);

#endif
