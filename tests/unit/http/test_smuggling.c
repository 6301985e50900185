/* SPDX-License-Identifier: Apache-2.0
 *
 * Each row of smuggling.h is read in its one way: by the parser at once and cut anywhere, and over
 * a socket in one piece and byte by byte. */
#include "../../smuggling.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "http/chunked.h"
#include "http/http1_parse.h"
#include "http/server.h"

enum { HEAD_BYTES_MAX = 4096, BODY_BYTES_MAX = 1 << 20, FIELDS_MAX = 32 };

static const struct slice next_request = SLICE_TEXT(SMUGGLING_NEXT);

static void put_request(struct buf *b, const struct http_request *r, struct slice body)
{
	buf_put(b, r->method_text);
	buf_put_byte(b, ' ');
	buf_put(b, r->path);
	buf_put_byte(b, ' ');
	buf_put(b, body);
	buf_put_byte(b, '\n');
}

/* --- the parser --------------------------------------------------------------------------------
 */

struct reading {
	struct buf requests;
	int end;
};

/* `at` is moved behind the body, which is in *ret. 0: it is whole, else how the reading ends. */
static int read_body(const struct http1_head *head, struct slice *at, char *space,
		     struct slice *ret)
{
	struct chunked chunked = {0};
	size_t consumed, decoded;
	struct slice sentence;
	uint64_t length = (uint64_t)head->request.content_length;

	*ret = SLICE_EMPTY;
	if (head->framing == HTTP1_NO_BODY)
		return 0;
	if (head->framing == HTTP1_LENGTH) {
		if (length > BODY_BYTES_MAX)
			return 413;
		if (length > at->len)
			return END_WAITS;
		*ret = (struct slice){at->ptr, (size_t)length};
		*at = slice_skip(*at, (size_t)length);
		return 0;
	}
	memcpy(space, at->ptr, at->len);
	switch (chunked_decode(&chunked, space, at->len, &consumed, &decoded, &sentence)) {
	case CHUNKED_REFUSED:
		return 400;
	case CHUNKED_MORE:
		return chunked.left > BODY_BYTES_MAX ? 413 : END_WAITS;
	case CHUNKED_COMPLETE:
		break;
	}
	*ret = (struct slice){space, decoded};
	*at = slice_skip(*at, consumed);
	return 0;
}

/* As a connection reads, with the heads in pieces of `step` bytes. */
static void read_all(struct slice bytes, size_t step, struct reading *r)
{
	static struct http_header fields[FIELDS_MAX];
	static char decoded[HEAD_BYTES_MAX], space[HEAD_BYTES_MAX];
	const struct http1_space heads = {fields, FIELDS_MAX, decoded, HEAD_BYTES_MAX};

	buf_init(&r->requests, HEAD_BYTES_MAX);
	r->end = 0;
	while (r->end == 0) {
		struct http1_scan scan = {0};
		struct http1_head head;
		enum http1_error error;
		enum http1_result result = HTTP1_INCOMPLETE;
		struct slice body;

		if (bytes.len == 0) {
			r->end = END_OPEN;
			return;
		}
		for (size_t n = 0; result == HTTP1_INCOMPLETE && n < bytes.len;) {
			n = n + step < bytes.len ? n + step : bytes.len;
			result = http1_parse((struct slice){bytes.ptr, n}, &heads, &scan, &head,
					     &error);
		}
		if (result == HTTP1_REFUSED)
			r->end = http1_error_status(error);
		if (result == HTTP1_INCOMPLETE)
			r->end = END_WAITS;
		if (r->end != 0)
			return;
		bytes = slice_skip(bytes, head.head_len);
		r->end = read_body(&head, &bytes, space, &body);
		if (r->end != 0)
			return;
		put_request(&r->requests, &head.request, body);
		if (!head.keep_alive)
			r->end = END_CLOSED;
	}
}

static void assert_reads(const struct smuggling *c, const struct reading *r, const char *how)
{
	if (!slice_eq(buf_slice(&r->requests), slice_of(c->reads)) || r->end != c->end)
		fail_msg("%s, %s: reads '%.*s', ends with %d", c->name, how,
			 SLICE_ARG(buf_slice(&r->requests)), r->end);
}

/* The parser reads each row so, wherever it is cut. */
static void test_parser(void **state)
{
	(void)state;
	for (size_t i = 0; i < SMUGGLING_CASES; i++) {
		const struct smuggling *c = &smuggling_table[i];

		for (size_t step = 1; step <= c->bytes.len; step++) {
			struct reading r;

			read_all(c->bytes, step, &r);
			assert_reads(c, &r, "parsed");
			buf_free(&r.requests);
		}
	}
}

/* --- over a socket -----------------------------------------------------------------------------
 */

static struct arena arena;
static struct http_server *server;
static int port;

static void *echo_open(void *unused, struct http_worker *w)
{
	(void)unused;
	return w;
}

static void echo_close(void *unused)
{
	(void)unused;
}

static void echo(void *unused, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	struct buf text;

	(void)unused;
	buf_init(&text, BODY_BYTES_MAX);
	put_request(&text, r, r->body);
	http_answer(x, &(struct http_answer){.status = 200, .body = buf_slice(&text)});
	buf_free(&text);
}

static int serve(void **state)
{
	static const struct slice address = SLICE_TEXT("127.0.0.1:0");
	const struct http_server_options options = {
		.addresses = &address,
		.n_addresses = 1,
		.n_workers = 1,
		.limits = {.header_bytes_max = HEAD_BYTES_MAX,
			   .body_bytes_max = BODY_BYTES_MAX,
			   .buffer_bytes_max = 8 * BODY_BYTES_MAX,
			   .connections_max = 100,
			   .header_timeout_ms = 20000,
			   .body_timeout_ms = 20000,
			   .idle_timeout_ms = 20000,
			   .response_timeout_ms = 20000},
		.app = {.worker_open = echo_open, .worker_close = echo_close, .handle = echo},
	};
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 16);
	err = err_in(&arena);
	if (http_server_open(&options, &server, &err) != ERR_NONE ||
	    http_server_start(server, &err) != ERR_NONE)
		return -1;
	port = atoi(strchr(http_server_address(server, 0).ptr, ':') + 1);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	server = http_server_free(server);
	arena_free(&arena);
	return 0;
}

static int client(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* Stops when the server has closed. */
static void say(int fd, struct slice bytes, size_t step)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.ptr, step < bytes.len ? step : bytes.len, MSG_NOSIGNAL);

		if (n < 0)
			return;
		bytes = slice_skip(bytes, (size_t)n);
	}
}

static struct buf hear_all(int fd)
{
	struct buf got;
	char piece[4096];
	ssize_t n;

	buf_init(&got, BODY_BYTES_MAX);
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&got, (struct slice){piece, (size_t)n});
	if (n < 0 && errno == EAGAIN)
		fail_msg("not closed, only '%.*s'", SLICE_ARG(buf_slice(&got)));
	return got;
}

/* One answer from `heard`: its status and body; 0 at the end. */
static int answer_take(struct slice *heard, struct slice *ret_body)
{
	static const char length_name[] = "\r\nContent-Length: ";
	const char *end, *length;
	struct slice head;
	int status;

	if (heard->len == 0)
		return 0;
	end = memmem(heard->ptr, heard->len, "\r\n\r\n", 4);
	assert_non_null(end);
	head = slice_between(heard->ptr, end + 2);
	*heard = slice_skip(*heard, head.len + 2);
	status = atoi(head.ptr + 9);
	if (status == 100)
		return answer_take(heard, ret_body);
	length = memmem(head.ptr, head.len, length_name, sizeof(length_name) - 1);
	*ret_body = *heard;
	if (length != NULL)
		ret_body->len = (size_t)atoi(length + sizeof(length_name) - 1);
	*heard = slice_skip(*heard, ret_body->len);
	return status;
}

/* What the server answered as what it read: a good answer echoes its request. */
static void heard_as_reading(struct slice heard, struct reading *r)
{
	struct slice body;
	int status;

	buf_init(&r->requests, HEAD_BYTES_MAX);
	r->end = END_CLOSED;
	while ((status = answer_take(&heard, &body)) != 0) {
		assert_int_equal(r->end, END_CLOSED); /* nothing comes behind a refusal */
		if (status == 200)
			buf_put(&r->requests, body);
		else
			r->end = status;
	}
}

static void check_over_socket(const struct smuggling *c, size_t step)
{
	const struct slice last =
		SLICE("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	struct smuggling wanted = *c;
	struct reading r;
	char reads[512];
	int fd = client();
	struct buf heard;

	say(fd, c->bytes, step);
	if (c->end == END_OPEN) { /* then one more request is read as itself */
		say(fd, last, last.len);
		(void)snprintf(reads, sizeof(reads), "%sGET /last \n", c->reads);
		wanted.reads = reads;
		wanted.end = END_CLOSED;
	} else if (c->end == END_WAITS) { /* and never gets the rest */
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		wanted.end = 400;
	}
	heard = hear_all(fd);
	heard_as_reading(buf_slice(&heard), &r);
	assert_reads(&wanted, &r, step == 1 ? "byte by byte" : "in one piece");
	buf_free(&r.requests);
	buf_free(&heard);
	close(fd);
}

/* A server reads each row so, sent in one piece. */
static void test_one_piece(void **state)
{
	(void)state;
	for (size_t i = 0; i < SMUGGLING_CASES; i++)
		check_over_socket(&smuggling_table[i], smuggling_table[i].bytes.len);
}

/* A server reads each row so, byte by byte. */
static void test_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < SMUGGLING_CASES; i++)
		check_over_socket(&smuggling_table[i], 1);
}

/* Behind a refusal the connection is deaf: a request that comes later is not read either. */
static void test_deaf_behind_a_refusal(void **state)
{
	(void)state;
	for (size_t i = 0; i < SMUGGLING_CASES; i++) {
		const struct smuggling *c = &smuggling_table[i];
		struct reading r;
		struct buf heard;
		int fd;

		if (c->end < 100)
			continue;
		fd = client();
		say(fd, c->bytes, c->bytes.len);
		say(fd, next_request, next_request.len);
		heard = hear_all(fd);
		heard_as_reading(buf_slice(&heard), &r);
		assert_reads(c, &r, "with one more behind");
		buf_free(&r.requests);
		buf_free(&heard);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parser),
		cmocka_unit_test(test_one_piece),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_deaf_behind_a_refusal),
	};

	return cmocka_run_group_tests(tests, serve, stop);
}
