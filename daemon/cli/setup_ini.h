#ifndef SPOTCHECK_CLI_SETUP_INI_H
#define SPOTCHECK_CLI_SETUP_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* A key whose line in the shipped INI, switched off or not, gives way to "key = value". */
struct setup_value {
	const char *section, *key;
	const char *value; /* NULL: the line stays as it is */
};

#define SETUP_INI_MAX ((size_t)1 << 20)

/* Reads a whole file of at most SETUP_INI_MAX bytes into `out`, which is cleared. */
int setup_read(const char *path, struct buf *out, struct err *err);

/* `template` with the values put in.  Refused: a value with control characters; a key that has no line there. */
int
setup_substitute(struct slice template, const struct setup_value *values, size_t n, struct buf *out, struct err *err);

/* Makes the file (0644) that must not be there yet, with this content, on the disk. */
int setup_write(const char *path, struct slice content, struct err *err);

#endif
