/* SPDX-License-Identifier: Apache-2.0
 *
 * The server over real loopback sockets, with a small app:
 *
 *	/echo        the request's method, path and body
 *	/late/...    the same, from turn_end
 *	/held        waits until the test says so, from another thread
 *	/bytes/N     N bytes from memory;  /pieces/N  N bytes from a producer;  /endless  without
 *end /empty       204
 *	/kept        as /late, of a body that was kept until turn_end
 *	/cut         what http_worker_cut_stalled says */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"

/* --- the app -----------------------------------------------------------------------------------
 */

enum { LATE_MAX = 64, PIECE_BYTES = 10000, WORKERS_MAX = 4 };

struct late {
	struct http_exchange *x;
	struct buf text;
};

/* one worker's */
struct context {
	struct late late[LATE_MAX];
	size_t n_late;
	struct http_exchange *held, *keeping;
	struct http_kept_body kept;
};

static struct {
	_Atomic(struct http_worker *) worker; /* the one opened last */
	_Atomic int opens_allowed;
	_Atomic int n_held, n_releases, n_nexts, n_handled;
	_Atomic bool let_go, outlived;
} app;

static char pattern[PIECE_BYTES];

struct pieces {
	size_t left;
	bool endless, brief, failing;
	char space[PIECE_BYTES]; /* of the brief piece */
};

static enum http_piece pieces_next(void *state, struct slice *ret)
{
	struct pieces *p = state;
	size_t n = p->left < PIECE_BYTES ? p->left : PIECE_BYTES;

	app.n_nexts++;
	if (n == 0)
		return p->failing ? HTTP_PIECE_FAILED : HTTP_PIECE_END;
	if (!p->endless)
		p->left -= n;
	*ret = (struct slice){pattern, n};
	if (!p->brief)
		return HTTP_PIECE;
	/* the piece before is no longer valid */
	memset(p->space, 'X', sizeof(p->space));
	memcpy(p->space, pattern, n);
	ret->ptr = p->space;
	return HTTP_PIECE_BRIEF;
}

static void pieces_release(void *state)
{
	app.n_releases++;
	free(state);
}

static bool pieces_outlived(void *state)
{
	(void)state;
	return app.outlived;
}

static struct pieces *pieces_new(struct pieces how)
{
	struct pieces *p = malloc(sizeof(*p));

	assert_non_null(p);
	*p = how;
	return p;
}

static void answer_pieces(struct http_exchange *x, struct pieces how)
{
	struct pieces *p = pieces_new(how);
	struct http_producer producer = {.next = pieces_next,
					 .release = pieces_release,
					 .outlived = p->endless ? pieces_outlived : NULL,
					 .state = p};

	http_answer(x, &(struct http_answer){.status = 200, .producer = &producer});
}

static void answer_text(struct http_exchange *x, struct slice text)
{
	const struct http_header type = {SLICE("Content-Type"), SLICE("text/plain")};

	http_answer(x, &(struct http_answer){
			       .status = 200, .headers = &type, .n_headers = 1, .body = text});
}

static void describe(const struct http_request *r, struct buf *b)
{
	buf_init(b, SIZE_MAX / 4);
	buf_put(b, r->method_text);
	buf_put_byte(b, ' ');
	buf_put(b, r->path);
	buf_put_byte(b, ' ');
	buf_put(b, r->body);
}

static void *app_open(void *unused, struct http_worker *w)
{
	(void)unused;
	if (app.opens_allowed-- <= 0)
		return NULL;
	app.worker = w;
	return calloc(1, sizeof(struct context));
}

static bool app_turn_end(void *context)
{
	struct context *c = context;
	size_t n = c->n_late;

	if (c->held != NULL && app.let_go) {
		answer_text(c->held, SLICE("let go"));
		c->held = NULL;
		return true;
	}
	if (app.outlived)
		http_worker_review(app.worker);
	if (c->keeping != NULL) {
		struct http_exchange *x = c->keeping;

		c->keeping = NULL;
		answer_text(x, c->kept.bytes);
		http_kept_body_free(app.worker, &c->kept);
		return true;
	}
	c->n_late = 0;
	for (size_t i = 0; i < n; i++) {
		answer_text(c->late[i].x, buf_slice(&c->late[i].text));
		buf_free(&c->late[i].text);
	}
	return n > 0;
}

static void app_close(void *context)
{
	struct context *c = context;

	if (c->held != NULL)
		http_answer_error(c->held, 503, SLICE("stopping"));
	free(c);
}

static void app_handle(void *context, struct http_exchange *x)
{
	struct context *c = context;
	const struct http_request *r = http_exchange_request(x);

	app.n_handled++;
	if (slice_starts(r->path, SLICE("/late"))) {
		struct late *l = &c->late[c->n_late++];

		l->x = x;
		describe(r, &l->text);
	} else if (slice_eq(r->path, SLICE("/kept"))) {
		if (http_exchange_keep_body(x, &c->kept))
			c->keeping = x;
		else
			http_answer_error(x, 429, SLICE("no room"));
	} else if (slice_eq(r->path, SLICE("/cut"))) {
		answer_text(x,
			    http_worker_cut_stalled(app.worker, 50) ? SLICE("cut") : SLICE("none"));
	} else if (slice_eq(r->path, SLICE("/held"))) {
		c->held = x;
		app.n_held++;
	} else if (slice_starts(r->path, SLICE("/bytes/"))) {
		size_t n = (size_t)atoi(r->path.ptr + 7);
		char *bytes = malloc(n + 1);

		memset(bytes, 'b', n);
		http_answer(x, &(struct http_answer){.status = 200, .body = {bytes, n}});
		free(bytes);
	} else if (slice_starts(r->path, SLICE("/pieces/"))) {
		answer_pieces(x, (struct pieces){.left = (size_t)atoi(r->path.ptr + 8)});
	} else if (slice_starts(r->path, SLICE("/briefs/"))) {
		answer_pieces(
			x, (struct pieces){.left = (size_t)atoi(r->path.ptr + 8), .brief = true});
	} else if (slice_starts(r->path, SLICE("/fails/"))) {
		answer_pieces(
			x, (struct pieces){.left = (size_t)atoi(r->path.ptr + 7), .failing = true});
	} else if (slice_eq(r->path, SLICE("/endless"))) {
		answer_pieces(x, (struct pieces){.left = PIECE_BYTES, .endless = true});
	} else if (slice_eq(r->path, SLICE("/empty"))) {
		http_answer(x, &(struct http_answer){.status = 204, .body = SLICE("not sent")});
	} else if (slice_eq(r->path, SLICE("/guessed"))) {
		http_answer(x, &(struct http_answer){.status = 200,
						     .body = SLICE("OK"),
						     .type_guessed = SLICE("text/plain")});
	} else if (slice_starts(r->path, SLICE("/echo"))) {
		struct buf text;

		describe(r, &text);
		answer_text(x, buf_slice(&text));
		buf_free(&text);
	} else {
		http_answer_error(x, 404, SLICE("404 page not found"));
	}
}

/* --- the server --------------------------------------------------------------------------------
 */

static struct arena arena;
static struct http_server *server;
static int port;

static struct http_server_options options_default(void)
{
	static const struct slice address = {"127.0.0.1:0", 11};

	return (struct http_server_options){
		.addresses = &address,
		.n_addresses = 1,
		.n_workers = 1,
		.limits = {.header_bytes_max = 4096,
			   .body_bytes_max = 1 << 20,
			   .buffer_bytes_max = 64 << 20,
			   .connections_max = 1000,
			   .header_timeout_ms = 10000,
			   .body_timeout_ms = 10000,
			   .idle_timeout_ms = 10000,
			   .response_timeout_ms = 10000},
		.app = {.worker_open = app_open,
			.worker_close = app_close,
			.handle = app_handle,
			.turn_end = app_turn_end},
	};
}

static void serve_with(const struct http_server_options *o)
{
	struct err err;

	arena_init(&arena, 1 << 16);
	err = err_in(&arena);
	app.n_held = app.n_releases = app.n_nexts = app.n_handled = 0;
	app.let_go = app.outlived = false;
	app.opens_allowed = WORKERS_MAX;
	if (http_server_open(o, &server, &err) != ERR_NONE)
		fail_msg("%.*s", SLICE_ARG(err.msg));
	port = atoi(strchr(http_server_address(server, 0).ptr, ':') + 1);
	assert_int_equal(http_server_start(server, &err), ERR_NONE);
}

static void serve(void)
{
	struct http_server_options o = options_default();

	serve_with(&o);
}

static int stop(void **state)
{
	(void)state;
	server = http_server_free(server);
	arena_free(&arena);
	return 0;
}

/* --- the client --------------------------------------------------------------------------------
 */

static int client(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval patience = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* False when the server has closed. */
static bool say_bytes(int fd, struct slice s)
{
	while (s.len > 0) {
		ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);

		if (n < 0)
			return false;
		s = slice_skip(s, (size_t)n);
	}
	return true;
}

static void say(int fd, const char *text)
{
	assert_true(say_bytes(fd, slice_of(text)));
}

static void pause_ms(unsigned ms)
{
	(void)usleep(ms * 1000);
}

/* Reads at most `step` bytes at a time until `end` has been seen, or n bytes, or the server closes;
 * NUL-terminated. */
static struct buf hear_by(int fd, const char *end, size_t n, size_t step)
{
	struct buf got;

	buf_init(&got, 1 << 28);
	for (;;) {
		char *at = buf_reserve(&got, step + 1);
		ssize_t r = recv(fd, at, n > 0 && n - got.len < step ? n - got.len : step, 0);

		if (r < 0 && errno == EAGAIN)
			fail_msg("no answer in time, only '%.*s'", SLICE_ARG(buf_slice(&got)));
		if (r <= 0)
			break;
		at[r] = '\0';
		buf_advance(&got, (size_t)r);
		if (n > 0 && got.len == n)
			break;
		if (end != NULL && slice_ends(buf_slice(&got), slice_of(end)))
			break;
	}
	if (got.len == 0)
		*buf_reserve(&got, 1) = '\0';
	return got;
}

/* With `end`, nothing behind it is taken. */
static struct buf hear(int fd, const char *end, size_t n)
{
	return hear_by(fd, end, n, end == NULL ? 65536 : 1);
}

/* To the end of a chunked body that nothing follows. */
static struct buf hear_chunks(int fd)
{
	return hear_by(fd, "\r\n0\r\n\r\n", 0, 65536);
}

/* The Date's value becomes D, so that answers can be compared whole. */
static void mask_dates(struct buf *b)
{
	char *at = b->ptr;

	while ((at = strstr(at, "\r\nDate: ")) != NULL) {
		at += 8;
		assert_memory_equal(at + 25, " GMT", 4);
		*at = 'D';
		memmove(at + 1, at + 29, strlen(at + 29) + 1);
		b->len -= 28;
	}
}

static void assert_heard(struct buf got, const char *wanted)
{
	mask_dates(&got);
	assert_string_equal(got.ptr, wanted);
	buf_free(&got);
}

static void assert_closes_with(int fd, const char *wanted)
{
	assert_heard(hear(fd, NULL, 0), wanted);
	close(fd);
}

static void assert_answer(int fd, const char *wanted)
{
	struct buf got = hear(fd, "\r\n\r\n", 0);
	const char *length = strstr(got.ptr, "Content-Length: ");

	assert_non_null(length);
	if (atoi(length + 16) > 0) {
		struct buf body = hear(fd, NULL, (size_t)atoi(length + 16));

		buf_put(&got, buf_slice(&body));
		*buf_reserve(&got, 1) = '\0';
		buf_free(&body);
	}
	assert_heard(got, wanted);
}

#define OK_TEXT(length, body)                                                                      \
	"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: D\r\nContent-Length: " length        \
	"\r\n\r\n" body
#define OK_TEXT_CLOSE(length, body)                                                                \
	"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: D\r\nContent-Length: " length        \
	"\r\nConnection: close\r\n\r\n" body
#define PROTOCOL_ERROR(words)                                                                      \
	"HTTP/1.1 " words                                                                          \
	"\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" words
#define BODY_ERROR(words, length, connection, sentence)                                            \
	"HTTP/1.1 " words "\r\nContent-Type: text/plain; charset=utf-8\r\n"                        \
	"X-Content-Type-Options: nosniff\r\nDate: D\r\nContent-Length: " length "\r\n" connection  \
	"\r\n" sentence "\n"

static void wait_until(_Atomic int *counter, int at_least)
{
	for (int i = 0; i < 2000 && *counter < at_least; i++)
		pause_ms(5);
	assert_true(*counter >= at_least);
}

/* --- reading requests --------------------------------------------------------------------------
 */

/* A connection serves request after request. */
static void keep_alive(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	for (int i = 0; i < 5; i++) {
		say(fd, "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\na 1\n");
		assert_answer(fd, OK_TEXT("14", "PUT /echo a 1\n"));
		say(fd, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_answer(fd, OK_TEXT("10", "GET /late "));
		say(fd, "GET /nope HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_answer(fd, BODY_ERROR("404 Not Found", "19", "", "404 page not found"));
	}
	close(fd);
}

/* Requests that come in one piece are answered in their order, whether at once or later, and
 * nothing behind a last request is. */
static void pipelining(void **state)
{
	struct buf ask, wanted;
	int fd;

	(void)state;
	serve();
	buf_init(&ask, 1 << 20);
	buf_init(&wanted, 1 << 20);
	for (int i = 0; i < 300; i++) {
		const char *kind = i % 3 == 0 ? "late" : "echo";

		buf_putf(&ask, "PUT /%s/%03d HTTP/1.1\r\nHost: a\r\n%s\r\n%s", kind, i,
			 i % 2 ? "Content-Length: 2\r\n" : "Transfer-Encoding: chunked\r\n",
			 i % 2 ? "ab" : "1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
		buf_putf(&wanted, OK_TEXT("16", "PUT /%s/%03d ab"), kind, i);
	}
	buf_putf(&ask, "GET /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	buf_putf(&ask, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	buf_putf(&wanted, OK_TEXT_CLOSE("10", "GET /late "));
	fd = client();
	assert_true(say_bytes(fd, buf_slice(&ask)));
	assert_closes_with(fd, wanted.ptr);
	assert_int_equal(app.n_handled, 301);
	buf_free(&ask);
	buf_free(&wanted);
}

/* However a request is cut in two, its answer is the same. */
static void cut_anywhere(void **state)
{
	static const char *const requests[] = {
		"PUT /echo%2f HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\na 1\n",
		"PUT /late/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		"2;x=y\r\na \r\n2\r\n1\n\r\n0\r\nT: t\r\n\r\n",
	};
	static const char *const answers[] = {OK_TEXT("15", "PUT /echo/ a 1\n"),
					      OK_TEXT("15", "PUT /late/ a 1\n")};
	int fd;

	(void)state;
	serve();
	fd = client();
	for (int k = 0; k < 2; k++) {
		struct slice whole = slice_of(requests[k]);

		for (size_t at = 1; at < whole.len; at++) {
			assert_true(say_bytes(fd, (struct slice){whole.ptr, at}));
			pause_ms(1);
			assert_true(say_bytes(fd, slice_skip(whole, at)));
			assert_answer(fd, answers[k]);
		}
		for (size_t at = 0; at < whole.len; at++)
			assert_true(say_bytes(fd, (struct slice){whole.ptr + at, 1}));
		assert_answer(fd, answers[k]);
	}
	close(fd);
}

/* A body of the largest size arrives whole, with a length and in chunks, and so does the request
 * behind it. */
static void large_bodies(void **state)
{
	enum { LEN = 1 << 20 };
	char *body = malloc(LEN);
	int fd;

	(void)state;
	serve();
	for (size_t i = 0; i < LEN; i++)
		body[i] = (char)('a' + i % 23);
	fd = client();
	for (int chunked = 0; chunked < 2; chunked++) {
		struct buf got;

		say(fd,
		    chunked ? "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
			      "\r\n100000\r\n"
			    : "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
		assert_true(say_bytes(fd, (struct slice){body, LEN}));
		say(fd, chunked ? "\r\n0\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n"
				: "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
		buf_free(&(struct buf){.ptr = (got = hear(fd, "\r\n\r\n", 0)).ptr});
		got = hear(fd, NULL, LEN + 10);
		assert_memory_equal(got.ptr, "PUT /echo ", 10);
		assert_memory_equal(got.ptr + 10, body, LEN);
		buf_free(&got);
		assert_answer(fd, OK_TEXT("10", "GET /echo "));
	}
	close(fd);
	free(body);
}

/* HTTP/1.0 is answered as HTTP/1.0 and closed, unless the client asks to keep it. */
static void http_1_0(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	assert_answer(fd, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nDate: D\r\n"
			  "Content-Length: 10\r\nConnection: keep-alive\r\n\r\nGET /echo ");
	say(fd, "GET /echo HTTP/1.0\r\n\r\n");
	assert_closes_with(fd, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nDate: D\r\n"
			       "Content-Length: 10\r\n\r\nGET /echo ");
}

/* 100 Continue is sent when the body is awaited, not when it is there or will be refused. */
static void expect_continue(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd,
	    "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_heard(hear(fd, "\r\n\r\n", 0), "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "a");
	pause_ms(20);
	say(fd, "b");
	assert_answer(fd, OK_TEXT("12", "PUT /echo ab"));
	say(fd, "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
		"ab");
	assert_answer(fd, OK_TEXT("12", "PUT /echo ab"));
	say(fd, "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
		"Content-Length: 1048577\r\n\r\n");
	assert_closes_with(fd,
			   BODY_ERROR("413 Request Entity Too Large", "75", "Connection: close\r\n",
				      "the request body is over the limit of 1048576 bytes "
				      "(--web.max-body-bytes)"));
	fd = client();
	say(fd, "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: a-cake\r\n\r\n");
	assert_closes_with(fd, "HTTP/1.1 417 Expectation Failed\r\nDate: D\r\nContent-Length: 0\r\n"
			       "Connection: close\r\n\r\n");
}

/* --- refusing requests -------------------------------------------------------------------------
 */

/* What the protocol forbids is answered in the reference's words, and the connection closed. */
static void protocol_errors(void **state)
{
	static const char *const cases[][2] = {
		{"GET / HTTP/1.1\r\n\r\n",
		 PROTOCOL_ERROR("400 Bad Request: missing required Host header")},
		{"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", PROTOCOL_ERROR("400 Bad Request")},
		{"GARBAGE\r\n\r\n", PROTOCOL_ERROR("400 Bad Request")},
		{"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
		 PROTOCOL_ERROR("400 Bad Request: repeated Content-Length")},
		{"GET / HTTP/2.0\r\n\r\n", PROTOCOL_ERROR("505 HTTP Version Not Supported: "
							  "unsupported protocol version")},
		{"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
		 "HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=utf-8\r\n"
		 "Connection: close\r\n\r\nUnsupported transfer encoding"},
	};

	(void)state;
	serve();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = client();

		say(fd, cases[i][0]);
		assert_closes_with(fd, cases[i][1]);
	}
	assert_int_equal(app.n_handled, 0);
}

/* A good request before a bad one is answered; what follows the bad one is not read. */
static void error_behind_a_request(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /late HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n\r\nGET /echo HTTP/1.1\r\n\r\n");
	assert_closes_with(fd, OK_TEXT("10", "GET /late ") PROTOCOL_ERROR("400 Bad Request"));
	assert_int_equal(app.n_handled, 1);
}

/* A client that ends early is told so, in the words that a push is answered with. */
static void early_end(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\na");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_closes_with(fd, BODY_ERROR("400 Bad Request", "15", "", "unexpected EOF"));
	fd = client();
	say(fd, "GET / HT");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_closes_with(fd, PROTOCOL_ERROR("400 Bad Request"));
	fd = client();
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_closes_with(fd, "");
	fd = client();
	say(fd, "GET /late HTTP/1.1\r\nHost: a\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_closes_with(fd, OK_TEXT("10", "GET /late ") OK_TEXT("10", "GET /echo "));
}

/* Broken chunked coding reaches no app. */
static void broken_chunks(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
	assert_closes_with(fd, BODY_ERROR("400 Bad Request", "29", "Connection: close\r\n",
					  "invalid byte in chunk length"));
	assert_int_equal(app.n_handled, 0);
}

/* A header one byte over the limit is 431. */
static void header_limit(void **state)
{
	struct buf ask;
	int fd;

	(void)state;
	serve();
	for (int over = 0; over < 2; over++) {
		buf_init(&ask, 1 << 20);
		buf_putf(&ask, "GET /echo HTTP/1.1\r\nHost: a\r\nA: ");
		while (ask.len < 4096 - 4 + (size_t)over)
			buf_put_byte(&ask, 'x');
		buf_putf(&ask, "\r\n\r\n");
		fd = client();
		assert_true(say_bytes(fd, buf_slice(&ask)));
		buf_free(&ask);
		if (over) {
			assert_closes_with(fd,
					   PROTOCOL_ERROR("431 Request Header Fields Too Large"));
		} else {
			assert_answer(fd, OK_TEXT("10", "GET /echo "));
			close(fd);
		}
	}
}

/* A body over the limit is 413, and a client that sends it all the same can read that. */
static void body_limit(void **state)
{
	static const char *const heads[] = {
		"PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n",
		"PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n",
		"PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		"ffffffffffffffff\r\n",
	};
	char *body = calloc(1, 3000000);

	(void)state;
	serve();
	for (int i = 0; i < 3; i++) {
		int fd = client();

		say(fd, heads[i]);
		assert_true(say_bytes(fd, (struct slice){body, 3000000}));
		assert_closes_with(fd, BODY_ERROR("413 Request Entity Too Large", "75",
						  "Connection: close\r\n",
						  "the request body is over the limit of 1048576 "
						  "bytes (--web.max-body-bytes)"));
	}
	assert_int_equal(app.n_handled, 0);
	free(body);
}

/* --- deadlines ---------------------------------------------------------------------------------
 */

/* Sends a byte of `text` every 20 ms until the server closes or it is all sent. */
static void trickle(int fd, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (!say_bytes(fd, (struct slice){at, 1}) || poll(&p, 1, 20) != 0)
			return;
	}
}

#define LONG_FIELD "A: " X100 X100 X100 X100 X100 X100 X100 X100
#define X100 X20 X20 X20 X20 X20
#define X20 "xxxxxxxxxxxxxxxxxxxx"

/* A slow header is 408 when its total time is over, however steadily its bytes come. */
static void slow_header(void **state)
{
	struct http_server_options o = options_default();
	int64_t began;
	int fd;

	(void)state;
	o.limits.header_timeout_ms = 300;
	serve_with(&o);
	fd = client();
	began = clock_monotonic_ms();
	trickle(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n" LONG_FIELD);
	assert_closes_with(fd, PROTOCOL_ERROR("408 Request Timeout: the header did not arrive "
					      "within 300 ms (--web.header-timeout)"));
	assert_in_range(clock_monotonic_ms() - began, 290, 5000);
}

/* A slow body is 408 likewise. */
static void slow_body(void **state)
{
	struct http_server_options o = options_default();
	int64_t began;
	int fd;

	(void)state;
	o.limits.body_timeout_ms = 1000;
	serve_with(&o);
	fd = client();
	began = clock_monotonic_ms();
	trickle(fd, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" LONG_FIELD);
	assert_closes_with(fd,
			   BODY_ERROR("408 Request Timeout", "56", "Connection: close\r\n",
				      "the body did not arrive within 1 s (--web.body-timeout)"));
	assert_in_range(clock_monotonic_ms() - began, 990, 9000);
}

/* A connection that says nothing, at first or between requests, is closed without a word. */
static void idle(void **state)
{
	struct http_server_options o = options_default();
	int fd;

	(void)state;
	o.limits.header_timeout_ms = 100;
	o.limits.idle_timeout_ms = 200;
	serve_with(&o);
	fd = client();
	assert_closes_with(fd, "");
	fd = client();
	say(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_closes_with(fd, OK_TEXT("10", "GET /echo "));
}

/* Who does not take the answer in time is cut off, and the producer released. */
static void slow_reader_deadline(void **state)
{
	struct http_server_options o = options_default();
	int fd;

	(void)state;
	o.limits.response_timeout_ms = 200;
	serve_with(&o);
	fd = client();
	say(fd, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
	wait_until(&app.n_releases, 1);
	close(fd);
}

/* Who does not take the answer is cut off at a review when what it reads is outlived, long before
 * the deadline; nobody else is. */
static void outlived_answer(void **state)
{
	int stuck, other;

	(void)state;
	serve();
	other = client();
	say(other, "GET /pieces/200000000 HTTP/1.1\r\nHost: a\r\n\r\n");
	stuck = client();
	say(stuck, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
	wait_until(&app.n_handled, 2);
	pause_ms(100);
	http_worker_wake(app.worker);
	pause_ms(100);
	assert_int_equal(app.n_releases, 0);
	app.outlived = true;
	http_worker_wake(app.worker);
	wait_until(&app.n_releases, 1);
	pause_ms(100);
	assert_int_equal(app.n_releases, 1);
	close(stuck);
	close(other);
}

/* --- answers -----------------------------------------------------------------------------------
 */

/* HEAD and 204 have no body; a producer is released all the same. */
static void answers_without_body(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_heard(hear(fd, "\r\n\r\n", 0), OK_TEXT("11", ""));
	say(fd, "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_heard(hear(fd, "\r\n\r\n", 0), "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n");
	say(fd, "HEAD /pieces/9999 HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_heard(hear(fd, "\r\n\r\n", 0), "HTTP/1.1 200 OK\r\nDate: D\r\n\r\n");
	assert_int_equal(app.n_releases, 1);
	say(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_answer(fd, OK_TEXT("10", "GET /echo "));
	close(fd);
}

/* A guessed Content-Type stands behind Content-Length, as in the reference. */
static void guessed_type(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /guessed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	assert_closes_with(fd, "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n"
			       "Content-Type: text/plain\r\nConnection: close\r\n\r\nOK");
}

static void assert_pattern(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != pattern[i % PIECE_BYTES])
			fail_msg("byte %zu is wrong", i);
}

/* Undoes chunks, strictly; the rest must be what follows the last one. */
static size_t dechunk(struct buf *b)
{
	char *at = b->ptr;
	size_t len = 0;

	for (;;) {
		char *end;
		size_t n = strtoul(at, &end, 16);

		assert_memory_equal(end, "\r\n", 2);
		memmove(b->ptr + len, end + 2, n);
		len += n;
		assert_memory_equal(end + 2 + n, "\r\n", 2);
		at = end + 4 + n;
		if (n == 0)
			return len;
	}
}

static void assert_produced(int fd, const char *path, size_t n)
{
	struct buf got;
	char ask[80];

	(void)snprintf(ask, sizeof(ask), "GET %s%zu HTTP/1.1\r\nHost: a\r\n\r\n", path, n);
	say(fd, ask);
	got = hear(fd, "\r\n\r\n", 0);
	if (n <= 2048) {
		const char *length = strstr(got.ptr, "Content-Length: ");

		assert_non_null(length);
		assert_int_equal(atoi(length + 16), n);
		buf_free(&got);
		if (n == 0)
			return;
		got = hear(fd, NULL, n);
	} else {
		assert_non_null(strstr(got.ptr, "\r\nTransfer-Encoding: chunked\r\n\r\n"));
		buf_free(&got);
		got = hear_chunks(fd);
		assert_int_equal(dechunk(&got), n);
	}
	assert_pattern((struct slice){got.ptr, n});
	buf_free(&got);
}

/* Produced bodies of up to 2048 bytes have a length; longer ones are chunked. */
static void producers(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	for (size_t n = 0; n < 300000; n += n == 2047 || n == 2048 ? 1 : 2047) {
		assert_produced(fd, "/pieces/", n);
		assert_produced(fd, "/briefs/", n);
	}
	close(fd);
}

/* A body that cannot be completed is cut so that nobody takes it for whole: without its last chunk,
 * or without any byte, or (HTTP/1.0) by a reset. */
static void failing_producer(void **state)
{
	struct buf got;
	char rest[256];
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /fails/1000 HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_closes_with(fd, "");
	fd = client();
	say(fd, "GET /fails/30000 HTTP/1.1\r\nHost: a\r\n\r\n");
	got = hear(fd, NULL, 0);
	assert_true(got.len > 30000 && !slice_ends(buf_slice(&got), SLICE("0\r\n\r\n")));
	buf_free(&got);
	close(fd);
	fd = client();
	say(fd, "GET /fails/30000 HTTP/1.0\r\n\r\n");
	while (recv(fd, rest, sizeof(rest), 0) > 0)
		;
	assert_int_equal(errno, ECONNRESET);
	close(fd);
	wait_until(&app.n_releases, 3);
}

/* To HTTP/1.0 a long produced body ends with the connection. */
static void producer_to_http_1_0(void **state)
{
	struct buf got;
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /pieces/50000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	assert_heard(hear(fd, "\r\n\r\n", 0), "HTTP/1.0 200 OK\r\nDate: D\r\n\r\n");
	got = hear(fd, NULL, 0);
	assert_int_equal(got.len, 50000);
	assert_pattern(buf_slice(&got));
	buf_free(&got);
	close(fd);
}

/* A reader that stops reading stops the producer, costs no memory, and keeps nobody waiting; when
 * it reads again it gets everything. */
static void slow_reader(void **state)
{
	enum { BYTES = 200 * 1000 * 1000 };
	struct buf got;
	int nexts, fd, other;
	size_t left;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /pieces/200000000 HTTP/1.0\r\n\r\n");
	pause_ms(300);
	nexts = app.n_nexts;
	other = client();
	for (int i = 0; i < 20; i++) {
		say(other, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_answer(other, OK_TEXT("10", "GET /echo "));
	}
	close(other);
	assert_true(app.n_nexts == nexts && nexts < BYTES / PIECE_BYTES / 2);
	buf_free(&(struct buf){.ptr = (got = hear(fd, "\r\n\r\n", 0)).ptr});
	for (left = BYTES; left > 0; left -= 20 * PIECE_BYTES) {
		got = hear(fd, NULL, 20 * PIECE_BYTES);
		assert_int_equal(got.len, 20 * PIECE_BYTES);
		assert_memory_equal(got.ptr + 19 * PIECE_BYTES, pattern, PIECE_BYTES);
		buf_free(&got);
	}
	assert_int_equal(app.n_releases, 1);
	close(fd);
}

/* A large answer from memory to a slow reader arrives whole, and so do answers behind it. */
static void large_answer(void **state)
{
	struct buf got;
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /bytes/9000000 HTTP/1.1\r\nHost: a\r\n\r\n"
		"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	pause_ms(50);
	buf_free(&(struct buf){.ptr = (got = hear(fd, "\r\n\r\n", 0)).ptr});
	got = hear(fd, NULL, 9000000);
	assert_int_equal(got.len, 9000000);
	for (size_t i = 0; i < got.len; i++)
		assert_int_equal(got.ptr[i], 'b');
	buf_free(&got);
	assert_answer(fd, OK_TEXT("10", "GET /echo "));
	close(fd);
}

/* Requests sent ahead whose answers the socket does not take wait, and are answered when the client
 * reads, also when it has sent its last byte by then. */
static void pipelining_to_a_slow_reader(void **state)
{
	enum { N = 200, BYTES = 100000 };
	struct buf ask;
	int fd, handled = 0;

	(void)state;
	serve();
	buf_init(&ask, 1 << 20);
	for (int i = 0; i < N; i++)
		buf_putf(&ask, "GET /bytes/%d HTTP/1.1\r\nHost: a\r\n\r\n", BYTES);
	fd = client();
	assert_true(say_bytes(fd, buf_slice(&ask)));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	for (int i = 0; i < 50; i++) { /* until the socket is full */
		handled = app.n_handled;
		pause_ms(200);
		if (app.n_handled == handled && handled > 0)
			break;
	}
	assert_true(app.n_handled == handled && handled < N);
	for (int i = 0; i < N; i++) {
		struct buf got = hear(fd, "\r\n\r\n", 0);

		buf_free(&got);
		got = hear(fd, NULL, BYTES);
		assert_int_equal(got.len, BYTES);
		assert_int_equal(got.ptr[BYTES - 1], 'b');
		buf_free(&got);
	}
	assert_closes_with(fd, "");
	assert_int_equal(app.n_handled, N);
	buf_free(&ask);
}

/* A client that leaves amid a produced body has the producer released, once. */
static void reader_leaves(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
	buf_free(&(struct buf){.ptr = hear(fd, NULL, 100000).ptr});
	close(fd);
	wait_until(&app.n_releases, 1);
	pause_ms(50);
	assert_int_equal(app.n_releases, 1);
}

/* --- later answers, other threads, the end -----------------------------------------------------
 */

static void let_go(void)
{
	app.let_go = true;
	http_worker_wake(app.worker);
}

/* An answer may come from another thread's word: it wakes the worker. */
static void woken_answer(void **state)
{
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	wait_until(&app.n_held, 1);
	assert_int_equal(app.n_handled, 1);
	let_go();
	assert_answer(fd, OK_TEXT("6", "let go"));
	assert_answer(fd, OK_TEXT("10", "GET /echo "));
	close(fd);
}

/* The answer to a client that is gone is dropped. */
static void answer_to_nobody(void **state)
{
	struct linger hard = {.l_onoff = 1};
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
	wait_until(&app.n_held, 1);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)), 0);
	close(fd);
	pause_ms(20);
	let_go();
	fd = client();
	say(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_answer(fd, OK_TEXT("10", "GET /echo "));
	close(fd);
}

/* One connection over the limit is closed at once; when one ends there is room again. */
static void connections_limit(void **state)
{
	struct http_server_options o = options_default();
	int fds[4], fd;

	(void)state;
	o.limits.connections_max = 4;
	o.n_workers = 2;
	serve_with(&o);
	for (int i = 0; i < 4; i++) {
		fds[i] = client();
		say(fds[i], "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_answer(fds[i], OK_TEXT("10", "GET /echo "));
	}
	assert_closes_with(client(), "");
	say(fds[0], "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	assert_closes_with(fds[0], OK_TEXT_CLOSE("10", "GET /echo "));
	pause_ms(50);
	fd = client();
	say(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_answer(fd, OK_TEXT("10", "GET /echo "));
	close(fd);
	for (int i = 1; i < 4; i++)
		close(fds[i]);
}

static void *stop_with_grace(void *grace_ms)
{
	http_server_stop(server, *(uint32_t *)grace_ms);
	return NULL;
}

/* Stopping closes idle connections and refuses new ones, but a request in flight is answered. */
static void stop_waits_for_requests(void **state)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	uint32_t grace_ms = 10000;
	pthread_t thread;
	int64_t began;
	int idle_fd, fd, late;

	(void)state;
	serve();
	idle_fd = client();
	fd = client();
	say(fd, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
	wait_until(&app.n_held, 1);
	began = clock_monotonic_ms();
	assert_int_equal(pthread_create(&thread, NULL, stop_with_grace, &grace_ms), 0);
	assert_closes_with(idle_fd, "");
	pause_ms(50);
	late = socket(AF_INET, SOCK_STREAM, 0);
	a.sin_port = htons((uint16_t)port);
	assert_int_not_equal(connect(late, (struct sockaddr *)&a, sizeof(a)), 0);
	close(late);
	let_go();
	assert_closes_with(fd, OK_TEXT_CLOSE("6", "let go"));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_in_range(clock_monotonic_ms() - began, 0, 9000);
}

/* Stopping waits no longer than it was told; exchanges without answer may be answered into the void
 * when the worker closes. */
static void stop_gives_up(void **state)
{
	int64_t began;
	int fd;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
	wait_until(&app.n_held, 1);
	began = clock_monotonic_ms();
	http_server_stop(server, 100);
	assert_in_range(clock_monotonic_ms() - began, 90, 5000);
	assert_closes_with(fd, "");
}

/* A worker that cannot open fails the start, and nothing is left running. */
static void failed_start(void **state)
{
	struct http_server_options o = options_default();
	struct err err;

	(void)state;
	o.n_workers = 3;
	arena_init(&arena, 1 << 16);
	err = err_in(&arena);
	app.opens_allowed = 2;
	assert_int_equal(http_server_open(&o, &server, &err), ERR_NONE);
	assert_int_not_equal(http_server_start(server, &err), ERR_NONE);
}

static void *many_requests(void *unused)
{
	(void)unused;
	for (int i = 0; i < 20; i++) {
		int fd = client();

		for (int k = 0; k < 20; k++) {
			say(fd, k % 2 ? "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
				      : "GET /pieces/5000 HTTP/1.1\r\nHost: a\r\n\r\n");
			if (k % 2)
				assert_answer(fd, OK_TEXT("10", "GET /late "));
			else
				buf_free(&(struct buf){.ptr = hear_chunks(fd).ptr});
		}
		close(fd);
	}
	return NULL;
}

/* Several workers and several addresses serve many clients at once. */
static void many_clients(void **state)
{
	static const struct slice addresses[] = {{"127.0.0.1:0", 11}, {"[::1]:0", 7}};
	struct http_server_options o = options_default();
	pthread_t threads[4];

	(void)state;
	o.n_workers = 3;
	o.addresses = addresses;
	o.n_addresses = 2;
	serve_with(&o);
	assert_int_equal(strncmp(http_server_address(server, 1).ptr, "[::1]:", 6), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, many_requests, NULL), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(app.n_handled, 4 * 20 * 20);
	assert_int_equal(app.n_releases, 4 * 20 * 10);
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

/* --- buffers -----------------------------------------------------------------------------------
 */

/* A request with a body of n times `c`, and `behind` at once behind it. */
static void say_large(int fd, const char *path, size_t n, char c, const char *behind)
{
	struct buf b;

	buf_init(&b, 1 << 26);
	buf_putf(&b, "PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", path, n);
	memset(buf_reserve(&b, n), c, n);
	buf_advance(&b, n);
	buf_put(&b, slice_of(behind));
	(void)say_bytes(fd, buf_slice(&b));
	buf_free(&b);
}

/* One answer of 200, whose body is n bytes. */
static void hear_large(int fd, size_t n)
{
	struct buf head = hear(fd, "\r\n\r\n", 0), body;
	const char *length = strstr(head.ptr, "Content-Length: ");

	assert_memory_equal(head.ptr, "HTTP/1.1 200 OK", 15);
	assert_non_null(length);
	assert_int_equal(atoi(length + 16), n);
	buf_free(&head);
	if (n == 0)
		return;
	body = hear_by(fd, NULL, n, 65536);
	assert_int_equal(body.len, n);
	buf_free(&body);
}

/* A request that needs more than all may buffer together is refused, and what it took is given
 * back: one that fits is served, as often as one likes. */
static void buffers_bounded(void **state)
{
	struct http_server_options o = options_default();

	(void)state;
	o.limits.buffer_bytes_max = 400000;
	serve_with(&o);
	for (int i = 0; i < 20; i++) {
		int fd = client();
		struct buf got;

		say_large(fd, "/echo", 800000, 'x', "");
		got = hear(fd, NULL, 0);
		assert_memory_equal(got.ptr, "HTTP/1.1 429 Too Many Requests\r\n", 32);
		assert_non_null(strstr(got.ptr, "need more than 400000 bytes "
						"(--web.max-buffer-bytes)\n"));
		buf_free(&got);
		close(fd);
		fd = client();
		say_large(fd, "/echo", 100000, 'x', "");
		hear_large(fd, sizeof("PUT /echo ") - 1 + 100000);
		close(fd);
	}
}

/* Requests that are not whole share the bound; those that are need none of it. */
static void buffers_shared(void **state)
{
	struct http_server_options o = options_default();
	int waiting[2];
	struct buf got;

	(void)state;
	o.limits.buffer_bytes_max = 300000;
	serve_with(&o);
	for (int i = 0; i < 2; i++) {
		waiting[i] = client();
		say(waiting[i], "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
	}
	for (int i = 0; i < 2; i++) {
		char *bytes = malloc(120000);

		memset(bytes, 'x', 120000);
		assert_true(say_bytes(waiting[i], (struct slice){bytes, 120000}));
		free(bytes);
		pause_ms(200);
	}
	got = hear(waiting[1], NULL, 0);
	assert_memory_equal(got.ptr, "HTTP/1.1 429 ", 13);
	buf_free(&got);
	for (int i = 0; i < 3; i++) {
		int fd = client();

		say(fd, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
		hear_large(fd, sizeof("GET /echo ") - 1);
		close(fd);
	}
	close(waiting[0]);
	close(waiting[1]);
}

/* A body may be kept behind its handler, small or large, and a request behind it is read as ever.
 */
static void kept_bodies(void **state)
{
	static const size_t sizes[] = {0, 10, 5000, 60000, 70000, 900000};

	(void)state;
	serve();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd = client();

		say_large(fd, "/kept", sizes[i], 'k',
			  "GET /echo/behind HTTP/1.1\r\nHost: a\r\n\r\n");
		hear_large(fd, sizes[i]);
		hear_large(fd, sizeof("GET /echo/behind ") - 1);
		say_large(fd, "/kept", sizes[i], 'k', "");
		hear_large(fd, sizes[i]);
		close(fd);
	}
}

/* Of the answers under way the one that is not read can be cut, and none else. */
static void stalled_cut(void **state)
{
	int reading, stalled, fd;
	struct buf got;

	(void)state;
	serve();
	fd = client();
	say(fd, "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
	hear_large(fd, sizeof("none") - 1);
	stalled = client();
	say(stalled, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
	reading = client();
	say(reading, "GET /pieces/3000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	got = hear(reading, NULL, 0);
	buf_free(&got);
	pause_ms(200);
	assert_int_equal(app.n_releases, 1);
	say(fd, "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
	hear_large(fd, sizeof("cut") - 1);
	assert_int_equal(app.n_releases, 2);
	say(fd, "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
	hear_large(fd, sizeof("none") - 1);
	close(fd);
	close(stalled);
	close(reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keep_alive),
		TEST(pipelining),
		TEST(cut_anywhere),
		TEST(large_bodies),
		TEST(http_1_0),
		TEST(expect_continue),
		TEST(protocol_errors),
		TEST(error_behind_a_request),
		TEST(early_end),
		TEST(broken_chunks),
		TEST(header_limit),
		TEST(body_limit),
		TEST(slow_header),
		TEST(slow_body),
		TEST(idle),
		TEST(slow_reader_deadline),
		TEST(outlived_answer),
		TEST(answers_without_body),
		TEST(guessed_type),
		TEST(producers),
		TEST(failing_producer),
		TEST(producer_to_http_1_0),
		TEST(slow_reader),
		TEST(large_answer),
		TEST(pipelining_to_a_slow_reader),
		TEST(reader_leaves),
		TEST(woken_answer),
		TEST(answer_to_nobody),
		TEST(connections_limit),
		TEST(stop_waits_for_requests),
		TEST(stop_gives_up),
		TEST(failed_start),
		TEST(many_clients),
		TEST(buffers_bounded),
		TEST(buffers_shared),
		TEST(kept_bodies),
		TEST(stalled_cut),
	};

	for (size_t i = 0; i < PIECE_BYTES; i++)
		pattern[i] = (char)('A' + i % 26);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
