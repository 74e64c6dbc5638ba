/* The witness's HTTP server: reads requests, judges them by its state, and answers. */

#include "witness/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/log/witness.h"
#include "system/clock.h"
#include "witness/connections.h"
#include "witness/state.h"

#define CONNECTION_MEMORY ((size_t)32 << 10)
#define OTHER_FILES 32 /* that are open beside the connections */
#define SYSTEMD_FD 3
#define TOO_LARGE 413
#define FAULT 500
#define BUSY 503
#define TEXT_TYPE "text/plain; charset=utf-8"

/* ---- the two requests ---- */

/* Answers with the reason, and reports it.  Returns `status`. */
static int
refuse_request(const struct witness_server *s, int status, const struct err *why, struct buf *reply)
{
	buf_text(reply, why->message);
	buf_byte(reply, '\n');
	if (s->tell != NULL)
		s->tell(s->ctx, status, why->message);
	return status;
}

static int
status_of(int rc)
{
	return rc == ERR_REFUSED || rc == ERR_LIMIT ? WITNESS_BAD_REQUEST : FAULT;
}

/* 0, or the HTTP status to answer with.  Locks the state until it is closed: never while a client is waited for. */
static int
open_witness_state(const struct witness_server *s, struct witness_file *ret_file, struct buf *reply, struct err *why)
{
	int rc = witness_file_open(s->state, ret_file, why);

	return rc == 0 ? 0 : refuse_request(s, rc == ERR_NOT_YET ? BUSY : FAULT, why, reply);
}

static int
save_and_cosign(const struct witness_server *s, struct witness_file *file, struct witness_known *known,
    const struct witness_request *r, int64_t now, struct buf *reply, struct err *why)
{
	char words[256];
	int rc;

	witness_file_take(known, &r->note, &r->checkpoint);
	rc = witness_file_save(file, why);
	if (rc != 0)
		return refuse_request(s, status_of(rc), why, reply);
	note_cosign(r->note.text, s->key->name, s->key->secret, (uint64_t)now, reply);
	(void)snprintf(words, sizeof words, "%.200s: %llu", known->vkey, (unsigned long long)known->size);
	if (s->tell != NULL)
		s->tell(s->ctx, WITNESS_YES, words);
	return WITNESS_YES;
}

static int
answer_checkpoint(const struct witness_server *s, struct witness_file *file, struct witness_known *known,
    const struct witness_request *r, int64_t now, struct buf *reply, const char **type)
{
	struct witness_log log = witness_file_view(known);
	struct err why = {.code = 0};
	enum witness_answer answer = witness_judge(r, &log, &why);

	if (answer == WITNESS_YES)
		return save_and_cosign(s, file, known, r, now, reply, &why);
	if (answer == WITNESS_CONFLICT && r->old == known->size)
		witness_file_keep_fork(file, known, r->checkpoint.size, r->bytes);
	(void)refuse_request(s, (int)answer, &why, reply);
	if (answer == WITNESS_CONFLICT) {
		buf_clear(reply);
		buf_uint(reply, known->size);
		buf_byte(reply, '\n');
		*type = WITNESS_SIZE_TYPE;
	}
	return (int)answer;
}

static int
add_checkpoint(const struct witness_server *s, struct slice body, int64_t now, struct buf *reply, const char **type)
{
	struct witness_request *r = malloc(sizeof *r);
	struct witness_file file = {.lock = -1};
	struct witness_known *known = NULL;
	struct err why = {.code = 0};
	int rc = r == NULL ? err_memory(&why) : witness_request_parse(body, r, &why);
	int status =
	    rc != 0 ? refuse_request(s, status_of(rc), &why, reply) : open_witness_state(s, &file, reply, &why);

	if (status == 0) {
		known = witness_file_find(&file, r->checkpoint.origin);
		status = known != NULL ? answer_checkpoint(s, &file, known, r, now, reply, type)
		                       : refuse_request(s, (int)witness_judge(r, NULL, &why), &why, reply);
	}
	witness_file_close(&file);
	free(r);
	return status;
}

static int
answer_beacon(const struct witness_server *s, struct witness_file *file, struct witness_known *known,
    const struct witness_beacon_request *r, int64_t now, struct buf *reply)
{
	char hash[HASH_HEX + 1], signature[WITNESS_SIGNATURE_HEX];
	struct witness_log log = witness_file_view(known);
	struct err why = {.code = 0};
	uint64_t n = 0;
	enum witness_answer answer = witness_beacon_judge(r, &log, slice_of(s->key->vkey), now, &n, hash, &why);
	int rc;

	if (answer != WITNESS_YES)
		return refuse_request(s, (int)answer, &why, reply);
	rc = witness_file_give(known, n, hash, &why);
	if (rc == 0)
		rc = witness_file_save(file, &why);
	if (rc != 0)
		return refuse_request(s, rc == ERR_REFUSED ? WITNESS_NOT_SIGNED : FAULT, &why, reply);
	witness_beacon_sign(slice_of(hash), s->key->secret, signature);
	if (signature[0] == '\0')
		return FAULT;
	buf_text(reply, signature);
	buf_byte(reply, '\n');
	if (s->tell != NULL)
		s->tell(s->ctx, WITNESS_YES, hash);
	return WITNESS_YES;
}

static int
give_beacon(const struct witness_server *s, struct slice body, int64_t now, struct buf *reply)
{
	struct witness_beacon_request *r = malloc(sizeof *r);
	struct witness_file file = {.lock = -1};
	struct witness_known *known = NULL;
	struct err why = {.code = 0};
	int rc = r == NULL ? err_memory(&why) : witness_beacon_parse(body, r, &why);
	int status =
	    rc != 0 ? refuse_request(s, status_of(rc), &why, reply) : open_witness_state(s, &file, reply, &why);

	if (status == 0) {
		char hash[HASH_HEX + 1];
		uint64_t n;

		known = witness_file_find(&file, r->checkpoint.origin);
		if (known != NULL)
			status = answer_beacon(s, &file, known, r, now, reply);
		else
			status = refuse_request(s,
			    (int)witness_beacon_judge(r, NULL, slice_of(s->key->vkey), now, &n, hash, &why), &why,
			    reply);
	}
	witness_file_close(&file);
	free(r);
	return status;
}

static int
answer_front_page(const struct witness_server *s, struct buf *reply)
{
	struct witness_file file;
	struct err why = {.code = 0};
	int status = open_witness_state(s, &file, reply, &why);

	if (status != 0)
		return status;
	buf_format(reply, "spotcheck witness\n%s\n", s->key->vkey);
	for (size_t i = 0; i < file.n; i++)
		buf_format(reply, "%s %llu\n", file.logs[i].vkey, (unsigned long long)file.logs[i].size);
	witness_file_close(&file);
	return reply->failed ? FAULT : WITNESS_YES;
}

int
witness_answer(const struct witness_server *s, const char *path, struct slice body, int64_t now, struct buf *reply,
    const char **ret_type)
{
	static const struct err absent = {
	    .message = "there is nothing of this name: POST /add-checkpoint or /spotcheck-beacon"};
	int status;

	*ret_type = TEXT_TYPE;
	if (strcmp(path, "/add-checkpoint") == 0)
		status = add_checkpoint(s, body, now, reply, ret_type);
	else if (strcmp(path, "/spotcheck-beacon") == 0)
		status = give_beacon(s, body, now, reply);
	else
		status = refuse_request(s, 404, &absent, reply);
	return reply->failed ? FAULT : status;
}

/* ---- HTTP ---- */

struct serving {
	const struct witness_server *server;
	struct connections connections;
};

static enum MHD_Result
respond(struct MHD_Connection *connection, int status, const char *type, struct slice text)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(text.n, (void *)(uintptr_t)text.p, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	/* One answer a connection, so that no client that does not read gets a second one. */
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(connection, (unsigned)status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
answer_request(const struct witness_server *s, struct MHD_Connection *connection, const char *path, const char *method,
    const struct buf *body)
{
	const char *type = TEXT_TYPE;
	enum MHD_Result result;
	struct buf reply;
	int status;

	buf_init(&reply, WITNESS_BODY_MAX);
	if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 && strcmp(path, "/") == 0)
		status = answer_front_page(s, &reply);
	else if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
		status = 405;
	else if (body->failed)
		status = TOO_LARGE;
	else
		status = witness_answer(s, path, buf_view(body), clock_now(), &reply, &type);
	result = respond(connection, status, type, reply.len == 0 ? (struct slice){"", 0} : buf_view(&reply));
	buf_release(&reply);
	return result;
}

/* MHD calls it first with *state NULL, then for each piece of the body, then with *len 0. */
static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *data, size_t *len, void **state)
{
	const struct serving *serving = ctx;
	struct buf *body = *state;

	(void)version;
	if (body == NULL) {
		body = malloc(sizeof *body);
		if (body == NULL)
			return MHD_NO;
		buf_init(body, WITNESS_BODY_MAX);
		*state = body;
		return MHD_YES;
	}
	if (*len == 0)
		return answer_request(serving->server, connection, url, method, body);
	buf_put(body, data, *len);
	*len = 0;
	return MHD_YES;
}

static void
on_request_end(void *ctx, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
	(void)ctx;
	(void)connection;
	(void)code;
	if (*state != NULL)
		buf_release(*state);
	free(*state);
	*state = NULL;
}

static int64_t
loop_now_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
on_connection(void *ctx, struct MHD_Connection *connection, void **place, enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct serving *s = ctx;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
		connections_remove(&s->connections, *place);
	else if (fd != NULL)
		*place = connections_add(&s->connections, fd->connect_fd, from == NULL ? NULL : from->client_addr,
		    loop_now_ms());
}

/* ---- where it listens ---- */

/* The one socket that systemd opened for this process (sd_listen_fds(3)); -1: none. */
static int
systemd_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");

	return pid != NULL && n != NULL && strtol(pid, NULL, 10) == (long)getpid() && strcmp(n, "1") == 0 ? SYSTEMD_FD
	                                                                                                  : -1;
}

/* "ADDR:PORT", in which an IPv6 address stands in brackets. */
static int
open_socket(const char *address, int *ret_fd, struct err *err)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM};
	const char *colon = strrchr(address, ':');
	uint64_t port = 0;
	size_t len = colon == NULL ? 0 : (size_t)(colon - address);
	struct addrinfo *found = NULL;
	char host[128];
	int fd, one = 1;

	if (len == 0 || len >= sizeof host || !text_to_uint(slice_of(colon + 1), &port) || port < 1 || port > 65535)
		return err_set(err, ERR_REFUSED, N_("\"%s\" is no address: write it as 127.0.0.1:8080, or [::1]:8080"),
		    address);
	if (address[0] == '[' && address[len - 1] == ']')
		(void)snprintf(host, sizeof host, "%.*s", (int)len - 2, address + 1);
	else
		(void)snprintf(host, sizeof host, "%.*s", (int)len, address);
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return err_set(err, ERR_REFUSED, N_("\"%s\" is no address: write it as 127.0.0.1:8080, or [::1]:8080"),
		    address);
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0) {
		int why = errno;

		if (fd >= 0)
			(void)close(fd);
		freeaddrinfo(found);
		return err_set(err, ERR_OUTSIDE, N_("%s cannot be listened on: %s"), address, strerror(why));
	}
	freeaddrinfo(found);
	*ret_fd = fd;
	return 0;
}

/* ---- serving ---- */

/*
 * How many connections are allowed: fewer than there are descriptors.  Without a free one the server could not accept a
 * new connection, and so would not shut down an older one for it.
 */
static int
count_places(void)
{
	struct rlimit files = {.rlim_cur = RLIM_INFINITY};

	(void)getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur >= CONNECTIONS_ROOM + OTHER_FILES)
		return CONNECTIONS_MAX;
	return files.rlim_cur > 4 * OTHER_FILES ? (int)files.rlim_cur - 2 * OTHER_FILES : OTHER_FILES;
}

/* Runs libmicrohttpd until a signal comes.  One thread answers one request after another: there is one state. */
static int
serve_until_signal(struct MHD_Daemon *daemon, struct connections *connections, int signals)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd ready[2] = {{.fd = info == NULL ? -1 : info->epoll_fd, .events = POLLIN},
	    {.fd = signals, .events = POLLIN}};

	while (ready[1].revents == 0) {
		MHD_UNSIGNED_LONG_LONG at_most = 0;
		int wait = connections_expire(connections, loop_now_ms());

		if (MHD_get_timeout(daemon, &at_most) == MHD_YES && (wait < 0 || at_most < (unsigned)wait))
			wait = (int)at_most;
		if (poll(ready, 2, wait) < 0 && errno != EINTR)
			return -1;
		if (MHD_run(daemon) != MHD_YES)
			return -1;
	}
	return 0;
}

static struct MHD_Daemon *
start_http(struct serving *s, int fd)
{
	connections_init(&s->connections, count_places());
	return MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_NOTIFY_COMPLETED, on_request_end, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_ROOM, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    CONNECTION_MEMORY, MHD_OPTION_END);
}

/* Blocks SIGTERM and SIGINT, and returns a descriptor that gets readable when one comes; -1: none can be had. */
static int
open_signals(void)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

int
witness_serve(const struct witness_server *server, const char *address, void (*began)(void *ctx), struct err *err)
{
	struct serving serving = {.server = server};
	struct MHD_Daemon *daemon;
	int fd = systemd_socket(), signals;
	int rc = fd >= 0 ? 0 : open_socket(address, &fd, err);

	if (rc != 0)
		return rc;
	signals = open_signals();
	daemon = signals < 0 ? NULL : start_http(&serving, fd);
	if (daemon == NULL) {
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be listened on: %s"), address, strerror(errno));
		(void)close(fd);
		if (signals >= 0)
			(void)close(signals);
		return rc;
	}
	if (began != NULL)
		began(server->ctx);
	if (serve_until_signal(daemon, &serving.connections, signals) != 0)
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be listened on: %s"), address, strerror(errno));
	MHD_stop_daemon(daemon);
	(void)close(signals);
	return rc;
}
