#ifndef SPOTCHECK_WITNESS_SERVER_H
#define SPOTCHECK_WITNESS_SERVER_H

#include "core/base/err.h"
#include "ledger/keys.h"

/*
 * A witness as a service: C2SP tlog-witness (POST /add-checkpoint) and the beacon (POST /spotcheck-beacon,
 * core/log/witness.h).  GET / gives its key and what it cosigned last, as plain text.  The HTTP server is
 * libmicrohttpd.
 */
struct witness_server {
	const struct signing_key *key;
	const char *state; /* the path of its state (witness/state.h) */
	/* Called with each answer to a POST, and each fault, in words; may be NULL. */
	void (*tell)(void *ctx, int status, const char *message);
	void *ctx;
};

/*
 * Serves at "ADDR:PORT" ("[::1]:8080"), or on the socket that systemd hands over, until SIGTERM or SIGINT.  `began`
 * (may be NULL) is called once it listens.  ERR_REFUSED: the address is none; ERR_OUTSIDE.
 */
int witness_serve(const struct witness_server *server, const char *address, void (*began)(void *ctx), struct err *err);

/* Answers one POST: returns the HTTP status, and writes the answer to `reply`; `*ret_type` is its Content-Type. */
int witness_answer(const struct witness_server *server, const char *path, struct slice body, int64_t now,
    struct buf *reply, const char **ret_type);

#endif
