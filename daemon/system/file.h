#ifndef SPOTCHECK_SYSTEM_FILE_H
#define SPOTCHECK_SYSTEM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* ---- bytes: read(2) and write(2) that continue after a signal and until all is done ---- */

/* False, with errno, where not all could be written. */
bool file_write(int fd, const void *bytes, size_t len);

/* Reads up to `len` bytes, fewer only at the end.  Returns how many, or -1 with errno. */
ssize_t file_read_up_to(int fd, void *bytes, size_t len);

/* ---- files that others may have put there ---- */

enum file_links { FILE_FOLLOW_LINKS, FILE_REFUSE_LINKS };

/*
 * Opens the regular file `path`, relative to the folder `at` (or AT_FDCWD), for reading.  It does not block on a pipe,
 * a device or a terminal.  ERR_ABSENT: there is none.  ERR_REFUSED: it is no regular file, or a link and links are
 * refused. ERR_OUTSIDE, ERR_MEMORY.  After a failure errno is the system's, or 0 where no call failed, for callers
 * that write their own message.
 */
int file_open(int at, const char *path, enum file_links links, int *ret_fd, struct stat *ret_st, struct err *err);

/*
 * Appends such a file of at most `max` bytes to `out`, which must have room for it.  The file may grow meanwhile.
 * Errors and errno as above; ERR_LIMIT: it is larger.  On failure the bytes appended are meaningless.
 */
int file_read(int at, const char *path, enum file_links links, size_t max, struct buf *out, struct err *err);

/* ---- on the disk ---- */

/* fsync(2), unless file_sync_off was called. */
int file_sync(int fd);

/*
 * Syncs the folder that contains `path`: what was just made, linked, renamed or removed in it stays so after a power
 * cut. Returns 0, or -1 with errno.
 */
int file_sync_folder_of(const char *path);

/* Turns syncing off for this process: for a simulation, whose files need not survive. */
void file_sync_off(void);

/* ---- locks ---- */

/*
 * Takes a lock between processes on a file below state_dir, and waits until it is free.  Closing `*ret_fd` releases it.
 * The kernel releases it too when the process ends, for whatever reason.  ERR_OUTSIDE, ERR_MEMORY.
 */
int file_lock(const char *state_dir, const char *name, int *ret_fd, struct err *err);

/* The same without waiting.  ERR_NOT_YET where another process holds it; err stays untouched then. */
int file_try_lock(const char *state_dir, const char *name, int *ret_fd, struct err *err);

/* ---- keys and passwords ---- */

/*
 * Whether it is a regular file that only its owner can read or write, as a file with a key or a password must be.  A
 * credential of systemd (LoadCredential) may be readable by its group: the mode shows its access list, which lets only
 * this service read it, as rights of the group.
 */
bool file_is_private(const char *path, const struct stat *st);

#endif
