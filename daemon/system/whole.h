#ifndef SPOTCHECK_SYSTEM_WHOLE_H
#define SPOTCHECK_SYSTEM_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* read(2) and write(2) that go on after a signal and until all is done. */

/* False, and errno, where not all could be written. */
bool whole_write(int fd, const void *bytes, size_t len);

/* As many bytes as there are, up to `len`; -1 and errno where reading fails. */
ssize_t whole_read(int fd, void *bytes, size_t len);

#endif
