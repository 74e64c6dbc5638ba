#ifndef SPOTCHECK_APP_PROGRAM_H
#define SPOTCHECK_APP_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Programs of the service's own, for work that needs large libraries: so the service itself carries none of them while nothing
 * is to be done.  A program gets its task over its standard input, texts that each end in a NUL, and reports on its standard
 * output.  It knows no INI, since the file may by now be another, or broken.
 */

/*
 * For a process that child_begin made: becomes the program `name`, which stands beside this one, as in a build tree, or where it
 * is installed.  `write` writes the task.  Returns an exit status where that fails, which is told.
 */
int program_exec(const char *name, bool (*write)(int fd, const void *task), const void *task, int pipe);

/* All of the task, NUL-terminated texts, at most `max` bytes; the caller frees it.  NULL: none, or no memory. */
char *program_read_task(int fd, size_t max, size_t *ret_len);

/* The next text of it: `*at` moves on; NULL where there is no further one. */
char *program_next_text(char **at, const char *end);

/* Writes one text with its NUL. */
bool program_write_text(int fd, const char *text);

#endif
