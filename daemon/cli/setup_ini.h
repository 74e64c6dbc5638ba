#ifndef SPOTCHECK_CLI_SETUP_INI_H
#define SPOTCHECK_CLI_SETUP_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* "key = value" replaces the key's line in the shipped INI, which may be commented out. */
struct setup_value {
	const char *section, *key;
	const char *value; /* NULL: the line is kept */
};

#define SETUP_INI_MAX ((size_t)1 << 20)

/*
 * Reads a whole file into `out`, which is cleared first and holds at most SETUP_INI_MAX bytes.  ERR_ABSENT,
 * ERR_OUTSIDE.
 */
int setup_read(const char *path, struct buf *out, struct err *err);

/*
 * Appends `template` with the values put in.  ERR_REFUSED: a value is not one printable line; ERR_OUTSIDE: a key has no
 * line.
 */
int
setup_substitute(struct slice template, const struct setup_value *values, size_t n, struct buf *out, struct err *err);

/* Creates a new file (mode 0644) with this content and syncs it.  ERR_OUTSIDE, also where it exists. */
int setup_write(const char *path, struct slice content, struct err *err);

#endif
