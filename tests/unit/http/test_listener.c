/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses are read, bound and complained about in the reference's words (Go's net package). */
#include "http/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include <cmocka.h>

#include "http/remote.h"

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
	{S("unix:"), S("listen unix : the path must begin with a slash")},
	{S("unix:x"), S("listen unix x: the path must begin with a slash")},
	{S("unix:@x"), S("listen unix @x: the path must begin with a slash")},
	{S("unix:/tmp/"), S("listen unix /tmp/: the path is that of a folder")},
	{S("unix:/tmp/x,mode=8"),
	 S("listen unix /tmp/x,mode=8: the mode is not three or four octal digits up to 0777")},
	{S("unix:/tmp/x,mode=01777"),
	 S("listen unix /tmp/x,mode=01777: the mode is not three or four octal digits up to "
	   "0777")},
	{S("unix:/no/such/x"), S("listen unix /no/such/x: open folder: no such file or directory")},
	{S("unix:/123456789012345678901234567890123456789012345678901234567890"
	   "12345678901234567890123456789012345678901234567"),
	 S("listen unix /123456789012345678901234567890123456789012345678901234567890"
	   "12345678901234567890123456789012345678901234567: the path is longer than 107 bytes")},
	{S("vsock://"), S("missing port in address")},
	{S("vsock://9100"), S("address 9100: missing port in address")},
	{S("vsock://:x"), S("parse \"vsock://:x\": invalid port \":x\" after host")},
	{S("vsock://:-1"), S("parse \"vsock://:-1\": invalid port \":-1\" after host")},
	{S("vsock://:"), S("strconv.ParseUint: parsing \"\": invalid syntax")},
	{S("vsock://:4294967296"),
	 S("strconv.ParseUint: parsing \"4294967296\": value out of range")},
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
	char words[256];
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

/* A folder of the test's own, and the address of a socket in it. */
struct place {
	char folder[32], path[48], address[64];
};

static void place_make(struct place *p)
{
	(void)strcpy(p->folder, "/tmp/test_listener.XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	(void)snprintf(p->path, sizeof(p->path), "%s/gw,1", p->folder);
	(void)snprintf(p->address, sizeof(p->address), "unix:%s", p->path);
}

static void place_remove(const struct place *p)
{
	assert_int_equal(rmdir(p->folder), 0); /* nothing is left in it */
}

static bool connects_unix(const struct place *p)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool ok;

	(void)strcpy(a.sun_path, p->path);
	ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return ok;
}

/* A Unix socket has the mode that the address asks for and is gone after the close. */
static void unix_sockets(void **state)
{
	char address[80];
	struct listener l;
	struct place p;
	struct stat st;

	(void)state;
	place_make(&p);
	(void)snprintf(address, sizeof(address), "%s,mode=0640", p.address);
	open_ok(&l, address, 2);
	assert_string_equal(l.name, p.path);
	assert_int_equal(lstat(p.path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0640);
	assert_true(connects_unix(&p));
	listener_refuse(&l);
	assert_false(connects_unix(&p));
	listener_close(&l);
	place_remove(&p);
}

/* A socket on which somebody listens is in use; one that a dead process left is replaced. */
static void stale_unix_sockets(void **state)
{
	char words[128];
	struct listener first, second;
	struct err err = err_in(&arena);
	struct place p;

	(void)state;
	place_make(&p);
	open_ok(&first, p.address, 1);
	assert_int_not_equal(listener_open(&second, slice_of(p.address), 1, &err), ERR_NONE);
	(void)snprintf(words, sizeof(words), "listen unix %s: bind: address already in use",
		       p.path);
	assert_true(slice_eq(err.msg, slice_of(words)));
	listener_refuse(&first); /* as if its process had died */
	open_ok(&second, p.address, 1);
	listener_close(&first); /* does not remove what is not its own */
	assert_true(connects_unix(&p));
	listener_close(&second);
	place_remove(&p);
}

/* What is not a socket is never replaced. */
static void unix_paths_of_files(void **state)
{
	struct err err = err_in(&arena);
	struct listener l;
	struct place p;
	FILE *file;

	(void)state;
	place_make(&p);
	file = fopen(p.path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_int_not_equal(listener_open(&l, slice_of(p.address), 1, &err), ERR_NONE);
	assert_int_equal(unlink(p.path), 0);
	place_remove(&p);
}

/* A vsock listener is bound, or the kernel says why there is none. */
static void vsock(void **state)
{
	struct err err = err_in(&arena);
	struct listener l;
	int probe = socket(AF_VSOCK, SOCK_STREAM, 0);

	(void)state;
	if (probe >= 0) {
		unsigned int port;
		char end;

		close(probe);
		open_ok(&l, "vsock://ignored:0", 2);
		assert_int_equal(sscanf(l.name, "%*[a-z](%*u):%u%c", &port, &end), 1);
		assert_int_not_equal(port, 0);
		listener_close(&l);
	} else {
		assert_int_not_equal(listener_open(&l, SLICE("vsock://:0"), 2, &err), ERR_NONE);
		assert_true(slice_starts(err.msg, SLICE("listen vsock vm(4294967295):")));
	}
}

/* A socket that was opened by somebody else is served and named, and stays open to its owner. */
static void adopted_sockets(void **state)
{
	struct listener owner, l;
	struct err err = err_in(&arena);
	int fd;

	(void)state;
	open_ok(&owner, "127.0.0.1:0", 1);
	fd = dup(owner.fds[0]);
	assert_int_equal(listener_adopt(&l, fd, 3, &err), ERR_NONE);
	assert_string_equal(l.name, owner.name);
	listener_refuse(&l);
	listener_close(&l);
	assert_true(connects_v4(owner.name));
	listener_close(&owner);
}

/* What cannot be accepted from is refused by its number, and closed. */
static void bad_sockets(void **state)
{
	int fds[] = {socket(AF_INET, SOCK_STREAM, 0), socket(AF_INET, SOCK_DGRAM, 0),
		     open("/dev/null", O_RDONLY)};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct err err = err_in(&arena);
		struct listener l;
		char words[80];

		assert_int_not_equal(listener_adopt(&l, fds[i], 1, &err), ERR_NONE);
		(void)snprintf(words, sizeof(words),
			       "file descriptor %d is not a listening stream socket", fds[i]);
		assert_true(slice_eq(err.msg, slice_of(words)));
		assert_int_equal(fcntl(fds[i], F_GETFD), -1);
	}
}

/* Clients of each kind of listener have a name for the log. */
static void remotes(void **state)
{
	static const struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = 0x5000};
	static const struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = 0x5000};
	static const struct sockaddr_vm vm = {.svm_family = AF_VSOCK, .svm_cid = 2, .svm_port = 7};
	struct sockaddr_storage a = {0};
	char name[REMOTE_BYTES_MAX], words[64];
	int pair[2];

	(void)state;
	memcpy(&a, &in4, sizeof(in4));
	assert_int_equal(remote_format(-1, &a, name), strlen("0.0.0.0:80"));
	assert_string_equal(name, "0.0.0.0:80");
	memcpy(&a, &in6, sizeof(in6));
	(void)remote_format(-1, &a, name);
	assert_string_equal(name, "[::]:80");
	memcpy(&a, &vm, sizeof(vm));
	(void)remote_format(-1, &a, name);
	assert_string_equal(name, "host(2):7");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	a = (struct sockaddr_storage){.ss_family = AF_UNIX};
	(void)remote_format(pair[0], &a, name);
	(void)snprintf(words, sizeof(words), "unix:uid=%u,pid=%d", getuid(), getpid());
	assert_string_equal(name, words);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(free_port_is_shared),
		cmocka_unit_test(port_in_use),
		cmocka_unit_test(wildcards_are_dual_stack),
		cmocka_unit_test(names),
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(stale_unix_sockets),
		cmocka_unit_test(unix_paths_of_files),
		cmocka_unit_test(vsock),
		cmocka_unit_test(adopted_sockets),
		cmocka_unit_test(bad_sockets),
		cmocka_unit_test(remotes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
