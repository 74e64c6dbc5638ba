#ifndef SPOTCHECK_SYSTEM_FILE_H
#define SPOTCHECK_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* ---- bytes: read(2) and write(2) that go on after a signal and until all is done ---- */

/* False, and errno, where not all could be written. */
bool file_write(int fd, const void *bytes, size_t len);

/* As many bytes as there are, up to `len`; -1 and errno where reading fails. */
ssize_t file_read_up_to(int fd, void *bytes, size_t len);

/* ---- whole files, which others may have put there ---- */

enum file_links { FILE_FOLLOW_LINKS, FILE_REFUSE_LINKS };

/*
 * Opens the regular file `path`, from the folder `at` or AT_FDCWD, for reading.  A pipe, a device or a terminal that stands there
 * holds nobody up.  ERR_ABSENT: there is none; ERR_REFUSED: what is there is no regular file, or a link that is not followed;
 * ERR_OUTSIDE, ERR_MEMORY.  After a failure errno is what the system said, 0 where it said nothing, for a caller with words of
 * its own.
 */
int file_open(int at, const char *path, enum file_links links, int *ret_fd, struct stat *ret_st, struct err *err);

/*
 * Reads such a file as a whole, of at most `max` bytes, behind what `out` holds, which must have room for them; it may grow
 * meanwhile.  Errors and errno as above; ERR_LIMIT: it is larger.  On failure what was put is of no use.
 */
int file_read(int at, const char *path, enum file_links links, size_t max, struct buf *out, struct err *err);

/* ---- on the disk ---- */

/* fsync, for all who write files; a simulation, whose files nobody will miss, does without. */
int file_sync(int fd);

/*
 * Syncs the folder that holds `path`, a file or a folder: what was just made, linked, renamed or removed there stays so after
 * a power cut.  0, or -1 and errno.
 */
int file_sync_folder_of(const char *path);

/* From now on nothing of this process is synced. */
void file_sync_off(void);

/* ---- locks ---- */

/*
 * A lock between processes: a file below state_dir, which the kernel lets go of when its holder ends, however that is.
 * Waits until it is free.  Closing `ret_fd` gives it back.  ERR_OUTSIDE.
 */
int file_lock(const char *state_dir, const char *name, int *ret_fd, struct err *err);

/* The same without waiting: ERR_NOT_YET where another process holds it, with nothing said. */
int file_try_lock(const char *state_dir, const char *name, int *ret_fd, struct err *err);

/* ---- keys and passwords ---- */

/*
 * A regular file that nobody but its owner can read or write, as a key or a password must be.  Where systemd lends one
 * (LoadCredential), its access list gives this service alone the right to read, which the mode shows as the group's.
 */
bool file_is_private(const char *path, const struct stat *st);

#endif
