#ifndef SPOTCHECK_CORE_BASE_BUF_H
#define SPOTCHECK_CORE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"

/*
 * A growing buffer with a maximum.  A put that does not fit (or for which there is no memory) changes nothing and sets
 * `failed`, which stays set: callers put everything and check once at the end.
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max; /* bytes; never exceeded */
	bool failed;
	bool no_memory; /* `failed` for lack of memory, not because of `max` */
};

/* An empty buffer of at most `max` bytes; no memory is taken yet.  Release with buf_release. */
void buf_init(struct buf *buf, size_t max);

/* Frees the buffer's memory; the struct may be used again after buf_init.  NULL is allowed. */
void buf_release(struct buf *buf);

void buf_clear(struct buf *buf); /* empties it, keeps the memory, forgets `failed` */
void buf_put(struct buf *buf, const void *bytes, size_t len);
void buf_byte(struct buf *buf, char byte);
void buf_text(struct buf *buf, const char *text); /* NUL-terminated */
void buf_slice(struct buf *buf, struct slice slice);
void buf_hex(struct buf *buf, const uint8_t *bytes, size_t len); /* lowercase */
void buf_uint(struct buf *buf, uint64_t value);
void buf_int(struct buf *buf, int64_t value);
__attribute__((format(printf, 2, 3))) void buf_format(struct buf *buf, const char *format, ...);

/* The whole content; valid until the next put. */
struct slice buf_view(const struct buf *buf);

/*
 * Makes the content a NUL-terminated string (the NUL is not counted in len) and hands it over: the caller frees it.
 * NULL if a put has failed or there is no memory.  The buffer is empty afterwards.
 */
char *buf_steal(struct buf *buf);

#endif
