#ifndef SPOTCHECK_CORE_BASE_TEXT_H
#define SPOTCHECK_CORE_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * The forms of PROTOCOL 2: text, ids, tags, integers, hex, dates and times.  All functions are pure.
 */

#define TEXT_MAX 192         /* bytes of a text in a roster */
#define TEXT_REASON_MAX 1024 /* bytes of a reason, label or operator */
#define ID_MAX 32            /* bytes of an id or tag */
#define INTEGER_LIMIT ((int64_t)1 << 53)

#define TIME_TEXT 21 /* "2026-06-22T01:00:00Z" and a NUL */
#define DATE_TEXT 11 /* "2026-06-22" and a NUL */
#define DATE_NONE INT32_MIN
#define DAY_S 86400

/* What is wrong with a text. */
enum text_fault {
	TEXT_OK,
	TEXT_LONG,
	TEXT_UTF8,
	TEXT_COMMA,    /* a comma or a double quote */
	TEXT_SPACE,    /* a space at an end, or two in a row */
	TEXT_FORBIDDEN /* a character that PROTOCOL 2 excludes */
};

/* Text of a roster.  `ret_code_point` (may be NULL) gets the offending character where one is excluded. */
enum text_fault text_check(struct slice text, uint32_t *ret_code_point);

/* A reason, label or operator: at most 1024 bytes.  No character that a text excludes, but commas and quotes. */
enum text_fault text_check_reason(struct slice text);

/* The fault in words ("it is not UTF-8"), a message of the catalogue. */
const char *text_fault_words(enum text_fault fault);

/* Next code point of valid or invalid UTF-8: bytes consumed, 0 at a broken or truncated sequence or at the end. */
size_t text_next(struct slice text, uint32_t *ret_code_point);

bool text_is_utf8(struct slice text);

/* The text is in Unicode normalisation form C by the utf8proc that is linked in.  Only for valid UTF-8. */
bool text_is_nfc(struct slice text);

bool text_is_id(struct slice text);
bool text_is_tag(struct slice text);
bool text_is_hex(struct slice text, size_t digits); /* exactly so many lowercase digits */
bool text_is_zone(struct slice text);               /* parts of A-Z a-z 0-9 + _ -, joined by /; at most 64 bytes */

/* Integers by PROTOCOL 2: canonical, below 2^53 in size. */
bool text_to_uint(struct slice text, uint64_t *ret_value);
bool text_to_int(struct slice text, int64_t *ret_value);

/* Dates as days since 1970-01-01, years 0001 to 9999, by the Gregorian calendar; times as seconds since then, UTC. */
bool text_to_date(struct slice text, int32_t *ret_day);
bool text_to_time(struct slice text, int64_t *ret_seconds);
void text_from_date(int32_t day, char ret_text[static DATE_TEXT]);
void text_from_time(int64_t seconds, char ret_text[static TIME_TEXT]);
int32_t text_date_of(int year, int month, int day); /* no check that the day exists */
int text_year_of(int32_t day);

/* Reads 2*len lowercase hex digits.  False, and nothing written, where they are not. */
bool text_from_hex(struct slice text, uint8_t *ret_bytes, size_t len);
void text_to_hex(const uint8_t *bytes, size_t len, char *ret_text); /* 2*len characters and a NUL */

#endif
