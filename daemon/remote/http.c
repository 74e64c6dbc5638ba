/* HTTP by libcurl's multi interface, for answers of witnesses and relays that may be slow, large or hostile. */

#include "remote/http.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text/printable.h"

#define CONNECT_S 5
#define POLL_MS 1000

/* One request under way. */
struct call {
	struct http_request *request;
	CURL *easy;
	char words[CURL_ERROR_SIZE];
};

static size_t
on_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
	struct http_request *r = ctx;

	buf_put(&r->reply, bytes, size * n);
	return r->reply.failed ? 0 : size * n;
}

static bool
prepare_call(struct call *c, struct curl_slist *headers, unsigned seconds)
{
	struct http_request *r = c->request;
	CURL *easy = curl_easy_init();

	c->easy = easy;
	buf_init(&r->reply, HTTP_REPLY_MAX);
	if (easy == NULL)
		return false;
	(void)curl_easy_setopt(easy, CURLOPT_URL, r->url);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "spotcheckd/" VERSION);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)seconds);
	(void)curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, (long)HTTP_REPLY_MAX);
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, c);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->words);
	if (r->body.p != NULL) {
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)r->body.n);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.p);
	}
	return true;
}

static void
finish_call(struct call *c, CURLcode code)
{
	struct http_request *r = c->request;
	const char *type = NULL;

	if (code == CURLE_OK) {
		(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &r->status);
		(void)curl_easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
		(void)snprintf(r->type, sizeof r->type, "%s", type == NULL ? "" : type);
		plain_clean(r->type);
		return;
	}
	buf_clear(&r->reply);
	(void)snprintf(r->fault, sizeof r->fault, "%s", c->words[0] != '\0' ? c->words : curl_easy_strerror(code));
	plain_clean(r->fault);
}

static void
finish_ended_calls(CURLM *multi)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi, &left)) != NULL) {
		struct call *c = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&c);
		finish_call(c, message->data.result);
	}
}

static void
perform_calls(CURLM *multi)
{
	int running = 1;

	while (running > 0) {
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			return;
		finish_ended_calls(multi);
		if (running > 0 && curl_multi_poll(multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			return;
	}
}

int
http_all(struct http_request *requests, size_t n, unsigned seconds, struct err *err)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
	struct call *calls = calloc(n + 1, sizeof *calls);
	CURLM *multi = curl_multi_init();
	bool good = headers != NULL && calls != NULL && multi != NULL;

	for (size_t i = 0; i < n; i++) {
		requests[i].status = 0;
		(void)snprintf(requests[i].fault, sizeof requests[i].fault, "%s", "no answer");
	}
	for (size_t i = 0; good && i < n; i++) {
		calls[i].request = &requests[i];
		good = prepare_call(&calls[i], headers, seconds) &&
		    curl_multi_add_handle(multi, calls[i].easy) == CURLM_OK;
	}
	if (good)
		perform_calls(multi);
	for (size_t i = 0; calls != NULL && i < n; i++) {
		if (calls[i].easy != NULL && multi != NULL)
			(void)curl_multi_remove_handle(multi, calls[i].easy);
		curl_easy_cleanup(calls[i].easy);
	}
	(void)curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
	free(calls);
	return good ? 0 : err_memory(err);
}

void
http_release(struct http_request *request)
{
	if (request != NULL)
		buf_release(&request->reply);
}
