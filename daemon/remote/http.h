#ifndef SPOTCHECK_REMOTE_HTTP_H
#define SPOTCHECK_REMOTE_HTTP_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/* Several HTTP requests at once, by libcurl.  Answers are bounded in time and size; redirections are not followed. */

#define HTTP_REPLY_MAX ((size_t)64 << 10) /* bytes of an answer */
#define HTTP_FAULT 320
#define HTTP_TYPE 80

struct http_request {
	const char *url;
	struct slice body; /* of a POST; p NULL: a GET */
	/* Set by http_all: */
	long status; /* of HTTP; 0: no answer */
	struct buf reply;
	char type[HTTP_TYPE];   /* its Content-Type, "" where it has none */
	char fault[HTTP_FAULT]; /* why there is no answer, in libcurl's words */
};

/*
 * Sends them at once and waits for all answers, each for at most `seconds`.  0 also where servers fail; ERR_MEMORY.
 * The caller releases each request with http_release, after a failure too.
 */
int http_all(struct http_request *requests, size_t n, unsigned seconds, struct err *err);
void http_release(struct http_request *request); /* NULL is allowed */

#endif
