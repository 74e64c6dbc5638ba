#ifndef SPOTCHECK_WITNESS_CONNECTIONS_H
#define SPOTCHECK_WITNESS_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * The connections of a server, and which of them are shut down so that others are served.  A slow client keeps its
 * place for long; without limits a single one could take all places and so stop the server.
 *
 * - A connection lasts at most CONNECTIONS_LAST_MS, also while it is in use: it is for one request.
 * - Where all places are taken, a new connection gets the place of another: the oldest of the address that has the
 *   most. Where all come from one address, such as a proxy's, it is the oldest of all.  One IPv6 network (/64) counts
 *   as one address.
 *
 * To end a connection, its socket is shut down.  To the server it looks as if the client had closed it, and the server
 * closes it later.
 */

#define CONNECTIONS_MAX 256
#define CONNECTIONS_ROOM (CONNECTIONS_MAX + 32) /* with those that were shut down and are not closed yet */
#define CONNECTIONS_LAST_MS 15000

struct connection {
	int fd; /* the server's; -1: a free place */
	uint8_t address[16];
	int64_t since_ms; /* when it began */
	int neighbours;   /* connections of the same address, itself included */
	bool leaving;     /* it was shut down, and is not counted any more */
};

struct connections {
	struct connection all[CONNECTIONS_ROOM];
	int n; /* without those that leave */
	int max;
};

/* No connection yet, and at most `max`, 1 to CONNECTIONS_MAX.  Times are of one clock that never goes back. */
void connections_init(struct connections *c, int max);

/* Adds a new one.  NULL: all CONNECTIONS_ROOM places are taken, and `fd` was shut down. */
struct connection *connections_add(struct connections *c, int fd, const struct sockaddr *from, int64_t now_ms);

/* To be called before the server closes it; NULL is allowed. */
void connections_remove(struct connections *c, struct connection *x);

/* Shuts down those that have lasted too long.  Milliseconds until the next one is due; -1: there is none. */
int connections_expire(struct connections *c, int64_t now_ms);

#endif
