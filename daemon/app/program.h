#ifndef SPOTCHECK_APP_PROGRAM_H
#define SPOTCHECK_APP_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Helper programs for work that needs large libraries, so that the service itself does not load them.  A program reads
 * its task from standard input, as texts that each end with a NUL, and reports on standard output.  It does not read
 * the INI: the file may have changed since the service read it, or be broken.
 */

/*
 * For a process that child_begin made: executes the program `name`, from the folder of the running program (a build
 * tree) or else from LIBEXEC_DIR.  `write` writes the task.  Returns only on failure: it logs why, and returns an exit
 * status.
 */
int program_exec(const char *name, bool (*write)(int fd, const void *task), const void *task, int pipe);

/* The whole task, at most `max` bytes; the caller frees it.  NULL: no task, or no memory. */
char *program_read_task(int fd, size_t max, size_t *ret_len);

/* The next text of the task at `*at`, which moves past it; NULL at `end`. */
char *program_next_text(char **at, const char *end);

/* Writes one text with its NUL; false where that fails. */
bool program_write_text(int fd, const char *text);

#endif
