/* Which connections of a server are shut down, so that slow clients cannot take all its places. */

#include "witness/connections.h"

#include <netinet/in.h>
#include <string.h>

#define NETWORK_BYTES 8 /* of an IPv6 address: the network (/64) that one customer usually has */

void
connections_init(struct connections *c, int max)
{
	c->n = 0;
	c->max = max;
	for (size_t i = 0; i < CONNECTIONS_ROOM; i++)
		c->all[i].fd = -1;
}

/* ---- addresses ---- */

/* IPv4 as IPv6 writes it (::ffff:a.b.c.d), so that it is the same on a socket for both. */
static void
write_address(const struct sockaddr *from, uint8_t ret_address[static 16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	memset(ret_address, 0, 16);
	if (from != NULL && from->sa_family == AF_INET) {
		memcpy(ret_address, mapped, sizeof mapped);
		memcpy(ret_address + sizeof mapped, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	} else if (from != NULL && from->sa_family == AF_INET6) {
		const struct in6_addr *address = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;

		memcpy(ret_address, address, IN6_IS_ADDR_V4MAPPED(address) ? 16 : NETWORK_BYTES);
	}
}

static bool
is_still_open(const struct connection *x)
{
	return x->fd >= 0 && !x->leaving;
}

static bool
is_from(const struct connection *x, const uint8_t *address)
{
	return is_still_open(x) && memcmp(x->address, address, sizeof x->address) == 0;
}

/* `change` is +1 or -1: one connection more, or less, of this address. */
static void
count_neighbours(struct connections *c, const uint8_t *address, int change)
{
	for (size_t i = 0; i < CONNECTIONS_ROOM; i++)
		if (is_from(&c->all[i], address))
			c->all[i].neighbours += change;
	c->n += change;
}

static int
neighbours_of(const struct connections *c, const uint8_t *address)
{
	for (size_t i = 0; i < CONNECTIONS_ROOM; i++)
		if (is_from(&c->all[i], address))
			return c->all[i].neighbours;
	return 0;
}

/* ---- shutting down ---- */

static void
shut_down(struct connections *c, struct connection *x)
{
	count_neighbours(c, x->address, -1);
	x->leaving = true;
	(void)shutdown(x->fd, SHUT_RDWR);
}

static bool
leaves_before(const struct connection *a, const struct connection *b)
{
	return a->neighbours != b->neighbours ? a->neighbours > b->neighbours : a->since_ms < b->since_ms;
}

static void
shut_down_one(struct connections *c)
{
	struct connection *first = NULL;

	for (size_t i = 0; i < CONNECTIONS_ROOM; i++)
		if (is_still_open(&c->all[i]) && (first == NULL || leaves_before(&c->all[i], first)))
			first = &c->all[i];
	if (first != NULL)
		shut_down(c, first);
}

int
connections_expire(struct connections *c, int64_t now_ms)
{
	int64_t next = -1;

	for (size_t i = 0; i < CONNECTIONS_ROOM; i++) {
		int64_t left = c->all[i].since_ms + CONNECTIONS_LAST_MS - now_ms;

		if (!is_still_open(&c->all[i]))
			continue;
		if (left <= 0)
			shut_down(c, &c->all[i]);
		else if (next < 0 || left < next)
			next = left;
	}
	return (int)next;
}

/* ---- adding and removing ---- */

static struct connection *
find_free_place(struct connections *c)
{
	for (size_t i = 0; i < CONNECTIONS_ROOM; i++)
		if (c->all[i].fd < 0)
			return &c->all[i];
	return NULL;
}

struct connection *
connections_add(struct connections *c, int fd, const struct sockaddr *from, int64_t now_ms)
{
	struct connection *x = find_free_place(c);

	if (x == NULL) {
		(void)shutdown(fd, SHUT_RDWR);
		return NULL;
	}
	if (c->n >= c->max)
		shut_down_one(c);
	write_address(from, x->address);
	x->neighbours = neighbours_of(c, x->address);
	x->since_ms = now_ms;
	x->leaving = false;
	x->fd = fd;
	count_neighbours(c, x->address, 1);
	return x;
}

void
connections_remove(struct connections *c, struct connection *x)
{
	if (x == NULL)
		return;
	if (is_still_open(x))
		count_neighbours(c, x->address, -1);
	x->fd = -1;
}
