/*
 * Who has to leave a server: whoever has been there too long, and where all places are taken, the oldest of the most.
 */

#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "witness/connections.h"

#define PEOPLE 64

static struct connections all;
/* Each is a pair of sockets: the server's, and the client's, which sees its end. */
static struct {
	int ends[2];
	struct connection *place;
} people[PEOPLE];
static size_t n_people;

static void
make_address(const char *text, struct sockaddr_storage *ret)
{
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)ret;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)ret;

	memset(ret, 0, sizeof *ret);
	if (strchr(text, ':') == NULL) {
		four->sin_family = AF_INET;
		assert_int_equal(inet_pton(AF_INET, text, &four->sin_addr), 1);
	} else {
		six->sin6_family = AF_INET6;
		assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
	}
}

/* The number of who comes. */
static size_t
come(const char *from, int64_t now)
{
	struct sockaddr_storage address;

	assert_true(n_people < PEOPLE);
	make_address(from, &address);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, people[n_people].ends), 0);
	people[n_people].place = connections_add(&all, people[n_people].ends[0], (struct sockaddr *)&address, now);
	assert_non_null(people[n_people].place);
	return n_people++;
}

/* As a server does, when the client is gone. */
static void
go(size_t i)
{
	connections_remove(&all, people[i].place);
	people[i].place = NULL;
	assert_int_equal(close(people[i].ends[0]), 0);
}

static bool
is_shut_out(size_t i)
{
	char byte;

	return recv(people[i].ends[1], &byte, 1, 0) == 0;
}

/* Those alone, as "0 3 4". */
static void
shut_out(const char *numbers)
{
	bool want[PEOPLE] = {false};
	char *end = NULL;

	for (const char *p = numbers; *p != '\0'; p = end)
		want[strtoul(p, &end, 10)] = true;
	for (size_t i = 0; i < n_people; i++)
		if (people[i].place != NULL && is_shut_out(i) != want[i])
			fail_msg("%zu is%s shut out; should be: %s", i, want[i] ? " not" : "", numbers);
}

static int
set_up(void **state)
{
	(void)state;
	n_people = 0;
	connections_init(&all, 4);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_people; i++) {
		if (people[i].place != NULL)
			go(i);
		(void)close(people[i].ends[1]);
	}
	return all.n == 0 ? 0 : -1;
}

/* Whatever they do meanwhile: nothing but the time counts. */
static void
test_nobody_stays_for_ever(void **state)
{
	(void)state;
	assert_int_equal(connections_expire(&all, 5), -1);
	(void)come("192.0.2.1", 1000);
	(void)come("192.0.2.2", 3000);
	assert_int_equal(connections_expire(&all, 1000), CONNECTIONS_LAST_MS);
	assert_int_equal(connections_expire(&all, 1000 + CONNECTIONS_LAST_MS - 1), 1);
	shut_out("");
	assert_int_equal(connections_expire(&all, 1000 + CONNECTIONS_LAST_MS), 2000);
	shut_out("0");
	go(1);
	assert_int_equal(connections_expire(&all, 1000 + CONNECTIONS_LAST_MS), -1);
}

static void
test_the_oldest_leaves(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		(void)come("192.0.2.1", 4 - i); /* the last one is the oldest */
	shut_out("");
	(void)come("192.0.2.1", 5);
	shut_out("3");
	go(3); /* who left already gives no second place */
	(void)come("192.0.2.1", 6);
	shut_out("2");
	go(0);
	(void)come("192.0.2.1", 7);
	shut_out("2");
}

static void
test_of_the_address_with_the_most(void **state)
{
	(void)state;
	(void)come("192.0.2.1", 1);
	(void)come("192.0.2.2", 2);
	(void)come("192.0.2.2", 3);
	(void)come("192.0.2.3", 4);
	(void)come("192.0.2.4", 5);
	shut_out("1");
	(void)come("192.0.2.5", 6); /* now each has one */
	shut_out("0 1");
	(void)come("192.0.2.3", 7);
	shut_out("0 1 2");
	(void)come("192.0.2.3", 8);
	shut_out("0 1 2 3");
}

/* Otherwise one customer had as many addresses as there are, and all of IPv4 were one on a socket for both. */
static void
test_networks_of_ipv6(void **state)
{
	(void)state;
	(void)come("::ffff:192.0.2.1", 1);
	(void)come("::ffff:192.0.2.2", 2);
	(void)come("2001:db8:0:1::1", 3);
	(void)come("2001:db8:0:1:ffff::2", 4);
	(void)come("2001:db8:0:2::1", 5);
	shut_out("2");
	(void)come("192.0.2.2", 6);
	shut_out("0 2");
	(void)come("2001:db8:0:3::1", 7);
	shut_out("0 1 2");
}

/* A server that closes late, or never. */
static void
test_no_room_at_all(void **state)
{
	struct sockaddr_storage address;
	int ends[2], late[2];
	char byte;

	(void)state;
	make_address("192.0.2.1", &address);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, late), 0);
	for (size_t i = 0; i < CONNECTIONS_ROOM; i++)
		assert_non_null(connections_add(&all, dup(ends[0]), (struct sockaddr *)&address, (int64_t)i));
	assert_int_equal(all.n, 4);
	assert_null(connections_add(&all, late[0], (struct sockaddr *)&address, 1000));
	assert_int_equal(recv(late[1], &byte, 1, 0), 0);
	for (size_t i = 0; i < CONNECTIONS_ROOM; i++) {
		assert_int_equal(close(all.all[i].fd), 0);
		connections_remove(&all, &all.all[i]);
	}
	connections_remove(&all, NULL);
	for (int i = 0; i < 2; i++) {
		(void)close(ends[i]);
		(void)close(late[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_nobody_stays_for_ever, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_the_oldest_leaves, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_of_the_address_with_the_most, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_networks_of_ipv6, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_no_room_at_all, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
