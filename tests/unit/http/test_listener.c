/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses are read, bound and complained about in the reference's words (Go's net package). */
#include "http/listener.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 16);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* As SLICE, but a constant for tables. */
#define S(lit)                                                                                     \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}

static const struct {
	struct slice address, words;
} bad[] = {
	{S("foo"), S("listen tcp: address foo: missing port in address")},
	{S("a:b:c"), S("listen tcp: address a:b:c: too many colons in address")},
	{S("::1"), S("listen tcp: address ::1: too many colons in address")},
	{S("[::1"), S("listen tcp: address [::1: missing ']' in address")},
	{S("[::1]"), S("listen tcp: address [::1]: missing port in address")},
	{S("[::1]21"), S("listen tcp: address [::1]21: missing port in address")},
	{S("[::1]:80:"), S("listen tcp: address [::1]:80:: too many colons in address")},
	{S("[a]b:1"), S("listen tcp: address [a]b:1: missing port in address")},
	{S("a[b:1"), S("listen tcp: address a[b:1: unexpected '[' in address")},
	{S("a]b:1"), S("listen tcp: address a]b:1: unexpected ']' in address")},
	{S(":99999"), S("listen tcp: address 99999: invalid port")},
	{S(":65536"), S("listen tcp: address 65536: invalid port")},
	{S(":4294967297"), S("listen tcp: address 4294967297: invalid port")},
	{S(":-1"), S("listen tcp: address -1: invalid port")},
	{S(":no-such-service"), S("listen tcp: lookup tcp/no-such-service: unknown port")},
	{S("192.0.2.1:0"), S("listen tcp 192.0.2.1:0: bind: cannot assign requested address")},
};

/* What cannot be listened on is refused with the reference's sentence, and nothing stays open. */
static void bad_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = err_in(&arena);
		struct listener l;

		assert_int_not_equal(listener_open(&l, bad[i].address, 2, &err), ERR_NONE);
		if (!slice_eq(err.msg, bad[i].words))
			fail_msg("%.*s: '%.*s'", SLICE_ARG(bad[i].address), SLICE_ARG(err.msg));
		assert_null(l.fds);
	}
}

static void open_ok(struct listener *l, const char *address, uint32_t n)
{
	struct err err = err_in(&arena);

	if (listener_open(l, slice_of(address), n, &err) != ERR_NONE)
		fail_msg("%s: %.*s", address, SLICE_ARG(err.msg));
}

/* Port 0 is resolved once: all workers' sockets have the same port, and the name tells it. */
static void free_port_is_shared(void **state)
{
	struct listener l;

	(void)state;
	open_ok(&l, "127.0.0.1:0", 3);
	for (uint32_t i = 0; i < 3; i++) {
		struct sockaddr_in a;
		socklen_t len = sizeof(a);
		char name[32];

		assert_int_equal(getsockname(l.fds[i], (struct sockaddr *)&a, &len), 0);
		(void)snprintf(name, sizeof(name), "127.0.0.1:%u", ntohs(a.sin_port));
		assert_string_equal(l.name, name);
	}
	listener_close(&l);
}

/* A port in use is refused, also when its owner shares it among workers and we would, too. */
static void port_in_use(void **state)
{
	char words[128];
	struct listener first, second;
	struct err err = err_in(&arena);

	(void)state;
	open_ok(&first, "127.0.0.1:0", 2);
	assert_int_not_equal(listener_open(&second, slice_of(first.name), 2, &err), ERR_NONE);
	(void)snprintf(words, sizeof(words), "listen tcp %s: bind: address already in use",
		       first.name);
	assert_true(slice_eq(err.msg, slice_of(words)));
	listener_close(&first);
}

static bool connects_v4(const char *name)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)atoi(strrchr(name, ':') + 1)),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

	close(fd);
	return ok;
}

/* Without a host, and with 0.0.0.0 like the reference, both address families are served. */
static void wildcards_are_dual_stack(void **state)
{
	static const char *const addresses[] = {":0", "", "0.0.0.0:0", "[::]:0"};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct listener l;

		open_ok(&l, addresses[i], 1);
		assert_int_equal(strncmp(l.name, "[::]:", 5), 0);
		assert_true(connects_v4(l.name));
		listener_close(&l);
	}
}

/* [::1] is bound and named in brackets; localhost is its IPv4 address. */
static void names(void **state)
{
	struct listener l;

	(void)state;
	open_ok(&l, "[::1]:0", 1);
	assert_int_equal(strncmp(l.name, "[::1]:", 6), 0);
	listener_close(&l);
	open_ok(&l, "localhost:0", 1);
	assert_int_equal(strncmp(l.name, "127.0.0.1:", 10), 0);
	listener_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_addresses), cmocka_unit_test(free_port_is_shared),
		cmocka_unit_test(port_in_use),   cmocka_unit_test(wildcards_are_dual_stack),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
