#ifndef SPOTCHECK_CORE_BASE_JSON_H
#define SPOTCHECK_CORE_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * Canonical JSON of PROTOCOL 2, read and written without a tree.
 *
 * Canonical bytes have one form only, so a reader knows what must come next: it asks for each key in its place and any
 * other byte is a fault.  `struct json_reader` is a cursor with a sticky fault: after the first, every call returns an
 * empty value, and json_done says whether all was well.  No memory is taken, whatever the input.
 */
struct json_reader {
	const char *start;
	const char *at;
	const char *end;
	char last; /* the structural byte just read, or 'v' after a value */
	bool bad;
};

void json_open(struct json_reader *r, struct slice text);
bool json_done(const struct json_reader *r); /* no fault, and nothing left */
size_t json_offset(const struct json_reader *r);

void json_begin(struct json_reader *r, char bracket); /* '{' or '[' */
void json_end(struct json_reader *r, char bracket);   /* '}' or ']' */
void json_key(struct json_reader *r, const char *key);
bool json_has_key(struct json_reader *r, const char *key); /* reads the key if it is the next one; no fault if not */
bool json_more(struct json_reader *r);                     /* in an array: another element follows */

/* A string as it is between its quotes, still escaped; control characters and broken UTF-8 are faults. */
struct slice json_string(struct json_reader *r);
/* A string that must have no escapes: ids, hashes, times, text of rosters. */
struct slice json_plain(struct json_reader *r);
uint64_t json_uint(struct json_reader *r);
int64_t json_int(struct json_reader *r);

/* Undoes \" and \\ of a slice from json_string into `out` (at least s.n bytes); returns the length. */
size_t json_unescape(struct slice s, char *out);

/* Appends a quoted, escaped string.  A control character is written as \u00XX, which is JSON, but not canonical. */
void json_put_string(struct buf *out, struct slice s);

#endif
