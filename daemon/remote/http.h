#ifndef SPOTCHECK_REMOTE_HTTP_H
#define SPOTCHECK_REMOTE_HTTP_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/* Several requests at once, by libcurl: what a stranger answers is bounded in time and size, and never followed elsewhere. */

#define HTTP_REPLY_MAX ((size_t)64 << 10) /* bytes of an answer */
#define HTTP_FAULT 320
#define HTTP_TYPE 80

struct http_request {
	const char *url;
	struct slice body; /* of a POST; p NULL: a GET */
	/* What came of it: */
	long status; /* 0: no answer */
	struct buf reply;
	char type[HTTP_TYPE];   /* its Content-Type, "" where it has none */
	char fault[HTTP_FAULT]; /* why there is no answer, in libcurl's words */
};

/*
 * Sends them all and waits for all, at most `seconds` in sum.  ERR_MEMORY, ERR_OUTSIDE (libcurl cannot be had); that a
 * server fails is no fault of the call.  Each is released with http_release, also after a failure.
 */
int http_all(struct http_request *requests, size_t n, unsigned seconds, struct err *err);
void http_release(struct http_request *request); /* NULL is allowed */

#endif
