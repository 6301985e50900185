/* SPDX-License-Identifier: Apache-2.0
 *
 * ratchet_drive REQUESTS UNCOUNTED MACHINE -- the gateway with one connection, client and all in
 * one thread: sends the requests of a file, each after the answer to the one before, which must
 * be 200.
 *
 * The worker takes the turns of all but the first UNCOUNTED requests in counted_turn, so that
 * valgrind can be told to count there (--toggle-collect=counted_turn). For two runs to count the
 * same, nothing comes from outside: the clock is a count of its readings, the secret of the hashes
 * is fixed, and what /proc says is said by files in the folder MACHINE. In REQUESTS each request
 * stands behind a line with its length in bytes. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "http/conn.h"

enum {
	ANSWER_BYTES_MAX = 64 << 20,
	READ_BYTES = 64 * 1024,
	START_UNIX_S = 1795197166,
	START_MONOTONIC_S = 1000,
	START_NS = 123456789, /* no round numbers: they compress better than those of a day */
	READING_NS = 1013,    /* the clock goes on by so much when it is read */
};

struct gateway {
	struct self_metrics *self;
	struct keeper *keeper;
	struct app *app;
	struct http_shared shared;
	struct http_worker worker;
	int client_fd;
};

/* --- what would come from outside --------------------------------------------------------------
 *
 * These stand before the C library's, for libevent, too. */

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *ret)
{
	static int64_t ns = START_NS;
	bool monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE;

	ns += READING_NS;
	*ret = (struct timespec){
		.tv_sec = (monotonic ? START_MONOTONIC_S : START_UNIX_S) + ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};
	return 0;
}

static int machine_fd = -1;

__attribute__((visibility("default"))) int open(const char *path, int flags, ...)
{
	static const char proc[] = "/proc/";
	va_list rest;
	mode_t mode = 0;

	va_start(rest, flags);
	if (flags & O_CREAT)
		mode = va_arg(rest, mode_t);
	va_end(rest);
	if (machine_fd >= 0 && strncmp(path, proc, sizeof(proc) - 1) == 0)
		return openat(machine_fd, path + 1, flags, mode);
	return openat(AT_FDCWD, path, flags, mode);
}

/* --- the gateway, as main makes it -------------------------------------------------------------
 */

static void open_app(struct gateway *g)
{
	static const struct self_build build = {
		.branch = SLICE_TEXT("main"),
		.goarch = SLICE_TEXT("amd64"),
		.goos = SLICE_TEXT("linux"),
		.goversion = SLICE_TEXT("gcc 12.2.0"),
		.revision = SLICE_TEXT("0123456789abcdef0123456789abcdef01234567"),
		.tags = SLICE_TEXT("unknown"),
		.version = SLICE_TEXT("1.0.0"),
	};
	struct keeper_options keeping = {
		.limits = {.groups_max = 2000000,
			   .series_max = 10000000,
			   .shapes_per_family_max = 100,
			   .bytes_max = (uint64_t)1 << 32,
			   .hash_secret = 1},
	};
	struct app_options serving = {
		.route_prefix = SLICE(""),
		.external_prefix = SLICE(""),
		.telemetry_path = SLICE("/metrics"),
		.push_limits = {.families_max = 10000,
				.series_max = 200000,
				.labels_max = 100,
				.name_bytes_max = 1024,
				.value_bytes_max = 65536,
				.rendered_bytes_max = 256 << 20},
		.push_arena_bytes_max = 256 << 20,
		.inflated_bytes_max = 128 << 20,
		.n_helpers = 1, /* and none is started: nothing here is large */
		.scrapes_max = 40,
		.waiting_max = 1000,
	};

	g->self = self_metrics_new(&build);
	assert(g->self != NULL);
	keeping.own_families = self_metrics_families(g->self, &keeping.n_own_families);
	g->keeper = keeper_new(&keeping);
	assert(g->keeper != NULL && keeper_start(g->keeper));
	self_metrics_set_keeper(g->self, g->keeper);
	serving.self = g->self;
	g->app = app_new(&serving, g->keeper);
	assert(g->app != NULL);
}

/* Not accepted: the name of who comes through a Unix socket has a process id in it, of some length.
 */
static void open_connection(struct gateway *g)
{
	const struct sockaddr_in client = {
		.sin_family = AF_INET,
		.sin_port = htons(40000),
		.sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
	};
	struct sockaddr_storage remote = {0};
	int fds[2];

	must_ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
	memcpy(&remote, &client, sizeof(client));
	g->client_fd = fds[1];
	g->worker.n_connections++;
	g->shared.n_connections++;
	conn_open(&g->worker, fds[0], &remote);
}

static void gateway_open(struct gateway *g)
{
	struct http_server_options options = {
		.limits = {.header_bytes_max = 1 << 20,
			   .body_bytes_max = 64 << 20,
			   .buffer_bytes_max = 256 << 20,
			   .connections_max = 20000,
			   .header_timeout_ms = 10000,
			   .body_timeout_ms = 60000,
			   .idle_timeout_ms = 120000,
			   .response_timeout_ms = 60000},
	};

	open_app(g);
	options.app = app_http(g->app);
	assert(worker_init(&g->worker, &options, &g->shared, NULL, 0));
	assert(worker_begin(&g->worker));
	open_connection(g);
}

static void gateway_close(struct gateway *g)
{
	worker_end(&g->worker);
	worker_destroy(&g->worker);
	close(g->client_fd);
	(void)app_free(g->app);
	(void)keeper_free(g->keeper);
	(void)self_metrics_free(g->self);
}

/* --- the client --------------------------------------------------------------------------------
 */

void counted_turn(struct http_worker *w);

/* A function of its own in the program, whatever the compiler would like. */
__attribute__((noipa)) void counted_turn(struct http_worker *w)
{
	bool goes_on = worker_turn(w);

	assert(goes_on);
}

static void send_request(int fd, struct slice request)
{
	ssize_t n = send(fd, request.ptr, request.len, MSG_NOSIGNAL);

	assert(n == (ssize_t)request.len);
}

static void receive(int fd, struct buf *answer)
{
	ssize_t n;

	do {
		char *room = buf_reserve(answer, READ_BYTES);

		assert(room != NULL);
		n = recv(fd, room, READ_BYTES, 0);
		assert(n > 0 || (n < 0 && errno == EAGAIN));
		if (n > 0)
			buf_advance(answer, (size_t)n);
	} while (n > 0);
}

/* Its end is where its length says, or behind its last chunk. */
static bool is_complete(struct slice answer)
{
	static const struct slice last = SLICE_TEXT("\r\n0\r\n\r\n"), end = SLICE_TEXT("\r\n\r\n"),
				  length = SLICE_TEXT("\r\nContent-Length: ");
	const char *head_end = memmem(answer.ptr, answer.len, end.ptr, end.len), *found;
	struct slice head;

	if (head_end == NULL)
		return false;
	head = slice_between(answer.ptr, head_end + end.len);
	found = memmem(head.ptr, head.len, length.ptr, length.len);
	if (found == NULL)
		return slice_ends(answer, last);
	return answer.len - head.len >= strtoul(found + length.len, NULL, 10);
}

static void exchange(struct gateway *g, struct slice request, bool counted, struct buf *answer)
{
	buf_clear(answer);
	send_request(g->client_fd, request);
	do {
		if (counted)
			counted_turn(&g->worker);
		else
			assert(worker_turn(&g->worker));
		receive(g->client_fd, answer);
	} while (!is_complete(buf_slice(answer)));
	if (!slice_starts(buf_slice(answer), SLICE("HTTP/1.1 200 "))) {
		(void)fprintf(stderr, "ratchet_drive: not 200:\n%.*s",
			      SLICE_ARG(buf_slice(answer)));
		exit(1);
	}
}

/* --- the program -------------------------------------------------------------------------------
 */

/* Not into the heap, which is counted. */
static struct slice map_requests(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat file;
	void *bytes;

	if (fd < 0 || fstat(fd, &file) != 0) {
		perror(path);
		exit(1);
	}
	bytes = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert(bytes != MAP_FAILED);
	close(fd);
	return (struct slice){bytes, (size_t)file.st_size};
}

/* False: there is none left. */
static bool next_request(struct slice *rest, struct slice *ret)
{
	struct slice line, behind;
	size_t len;

	if (rest->len == 0)
		return false;
	assert(slice_cut(*rest, '\n', &line, &behind));
	len = strtoul(line.ptr, NULL, 10);
	assert(len <= behind.len);
	*ret = (struct slice){behind.ptr, len};
	*rest = slice_skip(behind, len);
	return true;
}

int main(int argc, char **argv)
{
	static struct gateway gateway;
	struct slice requests, rest, request;
	struct buf answer;
	unsigned long n_uncounted;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: ratchet_drive REQUESTS UNCOUNTED MACHINE\n");
		return 2;
	}
	n_uncounted = strtoul(argv[2], NULL, 10);
	machine_fd = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (machine_fd < 0) {
		perror(argv[3]);
		return 1;
	}
	buf_init(&answer, ANSWER_BYTES_MAX);
	requests = rest = map_requests(argv[1]);
	gateway_open(&gateway);
	for (unsigned long i = 0; next_request(&rest, &request); i++)
		exchange(&gateway, request, i >= n_uncounted, &answer);
	gateway_close(&gateway);
	must_ok(munmap((void *)requests.ptr, requests.len));
	buf_free(&answer);
	close(machine_fd);
	return 0;
}
