#ifndef SPOTCHECK_CORE_BASE_SLICE_H
#define SPOTCHECK_CORE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that somebody else owns; not NUL-terminated. */
struct slice {
	const char *p;
	size_t n;
};

static inline struct slice
slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
slice_is(struct slice a, const char *text)
{
	return slice_eq(a, slice_of(text));
}

/* Bytewise order: negative, 0, positive. */
static inline int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/*
 * Cuts `*rest` at the first `at`: returns what stands before it, and `*rest` becomes what follows.  Without an `at` all
 * is returned and `*rest` becomes empty with p NULL.
 */
static inline struct slice
slice_cut(struct slice *rest, char at)
{
	const char *end = rest->n == 0 ? NULL : memchr(rest->p, at, rest->n);
	struct slice head = *rest;

	if (end == NULL) {
		*rest = (struct slice){NULL, 0};
		return head;
	}
	head.n = (size_t)(end - rest->p);
	rest->n -= head.n + 1;
	rest->p = end + 1;
	return head;
}

/* A NUL-terminated copy that the caller frees; NULL: no memory. */
static inline char *
slice_dup(struct slice s)
{
	char *copy = malloc(s.n + 1);

	if (copy == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

#define SLICE_ARGS(s) (int)((s).n > 200 ? 200 : (s).n), (s).n == 0 ? "" : (s).p /* for "%.*s" in messages */

#endif
