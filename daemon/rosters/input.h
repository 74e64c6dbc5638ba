#ifndef SPOTCHECK_ROSTERS_INPUT_H
#define SPOTCHECK_ROSTERS_INPUT_H

#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"

/*
 * A text file of unknown encoding, from a file or a pipe, as a stream of UTF-8.
 *
 * All of it is first copied to a nameless file in the state's directory.  So the digest, the choice of encoding and the
 * rows come from the same bytes even if the original changes meanwhile, and memory does not grow with the file.
 */

#define INPUT_MAX ((uint64_t)1 << 32) /* bytes */

enum input_encoding { INPUT_UTF8, INPUT_GB18030 };

struct input {
	int fd;
	uint64_t size, done; /* bytes of the original */
	struct hash digest;  /* SHA-256 of the original's bytes */
	enum input_encoding encoding;
	iconv_t converter;
	bool converting;
	char pending[8192]; /* read and not yet converted */
	size_t n_pending;
	uint64_t lines; /* line feeds handed out: tells the line of an encoding fault */
};

/*
 * Copies all of `fd`.  It is taken for UTF-8 (a BOM is dropped), unless its bytes are no valid UTF-8 and look like
 * GB18030 rather than damaged UTF-8.  Damaged UTF-8 is handed out as it is.  ERR_REFUSED: UTF-16, a workbook, an empty
 * file, a folder.  ERR_LIMIT: more than INPUT_MAX bytes.  ERR_OUTSIDE, ERR_MEMORY.
 */
int input_open(struct input *ret_input, int fd, const char *dir, struct err *err);

/* The next bytes of UTF-8, at most `cap` (8192 or more); `*ret_n` is 0 at the end.  ERR_REFUSED: no GB18030 either. */
int input_read(struct input *input, char *buffer, size_t cap, size_t *ret_n, struct err *err);

void input_release(struct input *input); /* NULL and a zeroed struct with fd -1 are allowed */

#endif
