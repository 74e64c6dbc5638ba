#ifndef SPOTCHECK_WITNESS_CONNECTIONS_H
#define SPOTCHECK_WITNESS_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * Who is connected to a server, and who has to leave so that others are heard: whoever is slow takes a place and gives it back
 * late or never, so a server whose places can all be taken for long is one that a single client stops.
 *
 * - A connection may last CONNECTIONS_LAST_MS, however busily it is used: it is for one request.
 * - Where all places are taken, a new connection is given that of another: of the address with the most connections, the oldest.
 *   Where everybody comes from one address, a proxy's, that is the oldest of all.  Addresses of one network of IPv6 (/64) are one.
 *
 * Who leaves has its socket shut down.  The server sees that as the client's end, and closes it in its own time.
 */

#define CONNECTIONS_MAX 256
#define CONNECTIONS_ROOM (CONNECTIONS_MAX + 32) /* with those that were shut down and are not closed yet */
#define CONNECTIONS_LAST_MS 15000

struct connection {
	int fd; /* the server's; -1: a place that nobody has */
	uint8_t address[16];
	int64_t since_ms; /* when it came */
	int neighbours;   /* connections of the same address, itself included */
	bool leaving;     /* it was shut down, and counts no more */
};

struct connections {
	struct connection all[CONNECTIONS_ROOM];
	int n; /* without those that leave */
	int max;
};

/* Nobody is connected; `max` may be, 1 to CONNECTIONS_MAX.  Times are of one clock that never goes back. */
void connections_init(struct connections *c, int max);

/* A new one.  NULL: CONNECTIONS_ROOM is taken, and it is shut down at once. */
struct connection *connections_add(struct connections *c, int fd, const struct sockaddr *from, int64_t now_ms);

/* The server is about to close it; NULL is allowed. */
void connections_remove(struct connections *c, struct connection *x);

/* Shuts down who has been here too long.  Milliseconds until the next one will have been; -1: nobody is there. */
int connections_expire(struct connections *c, int64_t now_ms);

#endif
