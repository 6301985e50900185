/* SPDX-License-Identifier: Apache-2.0
 *
 * A byte of options, then what a client sends after its preface, through the connection's code to
 * an app that answers each request in one of several ways, some of them late. Whatever it is: each
 * request that the app sees is whole and within the limits, each is answered once, each producer is
 * released once, and nothing is left when the connection is closed. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum {
	HEADER_BYTES_MAX = 2000,
	BODY_BYTES_MAX = 3000,
	LATE_MAX = 256,
	STEP_MS = 40,
	NO_PREFACE = 1,
	SMALL_PIECES = 2,
	NEVER_READ = 4,
};

static struct http_worker worker;
static struct http_exchange *late[LATE_MAX];
static size_t n_late;
static int n_producers;

struct pieces {
	int left;
	bool fails;
};

static enum http_piece next_piece(void *state, struct slice *ret)
{
	struct pieces *p = state;
	static const char text[700];

	if (p->left-- == 0)
		return p->fails ? HTTP_PIECE_FAILED : HTTP_PIECE_END;
	*ret = (struct slice){text, sizeof(text)};
	return p->left % 2 == 0 ? HTTP_PIECE : HTTP_PIECE_BRIEF;
}

static void release(void *state)
{
	n_producers--;
	free(state);
}

static bool outlived(void *state)
{
	return ((struct pieces *)state)->fails;
}

static void answer_pieces(struct http_exchange *x, int n, bool fails)
{
	struct pieces *p = malloc(sizeof(*p));
	struct http_producer producer = {next_piece, release, outlived, p};
	struct http_answer a = {.status = 200, .producer = &producer};

	assert(p != NULL);
	*p = (struct pieces){n, fails};
	n_producers++;
	http_answer(x, &a);
}

static void answer(struct http_exchange *x, size_t how)
{
	static const struct http_header header = {SLICE_TEXT("X-Name"), SLICE_TEXT("value")};
	struct http_answer a = {.status = 200, .headers = &header, .n_headers = 1};

	switch (how % 6) {
	case 0:
		a.body = SLICE("some text");
		http_answer(x, &a);
		break;
	case 1:
		http_answer_error(x, 404, SLICE("404 page not found"));
		break;
	case 2:
		answer_pieces(x, 3, false);
		break;
	case 3:
		answer_pieces(x, 40, false);
		break;
	case 4:
		answer_pieces(x, how % 40 == 4 ? 2 : 20, true);
		break;
	default:
		a.status = 204;
		a.close = how % 90 == 5;
		http_answer(x, &a);
		break;
	}
}

static void handle(void *context, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	size_t bytes = r->target.len;

	(void)context;
	assert(r->body.len <= BODY_BYTES_MAX && r->method_text.len > 0);
	assert(r->content_length < 0 || (size_t)r->content_length == r->body.len);
	for (size_t i = 0; i < r->n_headers; i++) {
		bytes += r->headers[i].name.len + r->headers[i].value.len;
		for (size_t k = 0; k < r->headers[i].value.len; k++)
			assert(r->headers[i].value.ptr[k] != '\r' &&
			       r->headers[i].value.ptr[k] != '\n' &&
			       r->headers[i].value.ptr[k] != 0);
	}
	assert(bytes <= HEADER_BYTES_MAX);
	if (bytes % 7 == 3 && n_late < LATE_MAX)
		late[n_late++] = x;
	else
		answer(x, bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct http_shared shared;
	static const struct http_server_options options = {
		.limits = {.header_bytes_max = HEADER_BYTES_MAX,
			   .body_bytes_max = BODY_BYTES_MAX,
			   .connections_max = 10,
			   .buffer_bytes_max = 1024 * 1024,
			   .header_timeout_ms = 1000,
			   .body_timeout_ms = 1000,
			   .idle_timeout_ms = 1000,
			   .response_timeout_ms = 1000},
		.app = {.handle = handle},
	};

	(void)argc;
	(void)argv;
	assert(worker_init(&worker, &options, &shared, NULL, 0));
	return 0;
}

static void answer_late(void)
{
	while (n_late > 0) {
		n_late--;
		answer(late[n_late], n_late);
	}
}

static void read_all(int fd)
{
	char bytes[65536];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/* What worker.c does after each event. */
static void turn(struct conn **c, int peer, bool reads)
{
	struct conn *dirty = worker.dirty;

	worker.dirty = NULL;
	if (dirty != NULL) {
		dirty->is_dirty = false;
		conn_flush(dirty);
	}
	if (reads)
		read_all(peer);
	if ((*c)->phase != CONN_GONE && (*c)->blocked && reads)
		conn_on_writable((*c)->fd, EV_WRITE, *c);
	worker.now_ms += STEP_MS;
	if ((*c)->phase != CONN_GONE && worker.now_ms - (*c)->wait_ms >= 1000)
		conn_expired(*c);
}

static void finish(struct conn *c)
{
	conn_close(c);
	answer_late();
	assert(worker.dead == c && c->dead_next == NULL);
	worker.dead = worker.dirty = worker.ready = NULL;
	c->is_dirty = c->is_ready = false;
	conn_free(c);
	assert(n_producers == 0 && worker.n_connections == 0);
	for (int class = 0; class < N_WAIT_CLASSES; class ++)
		assert(worker.waiting[class].head == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
	struct sockaddr_storage remote = {.ss_family = AF_INET};
	unsigned options = size > 0 ? data[0] : 0;
	size_t step = options & SMALL_PIECES ? 100 : 4000;
	struct conn *c;
	int fds[2];

	if (size < 2)
		return 0;
	assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
	worker.n_connections++;
	worker.shared->n_connections++;
	conn_open(&worker, fds[0], &remote);
	c = worker.waiting[WAIT_HEADER].head;
	assert(c != NULL);
	http2_open(c, true);
	if (!(options & NO_PREFACE))
		http2_input(c, (struct slice){preface, sizeof(preface)});
	for (size_t at = 1; at < size && c->phase == CONN_MANY; at += step) {
		size_t n = size - at < step ? size - at : step;

		http2_input(c, (struct slice){(const char *)data + at, n});
		turn(&c, fds[1], !(options & NEVER_READ));
		http2_review(c);
		if (at % 3 == 0)
			answer_late();
	}
	for (int i = 0; i < 3 && c->phase != CONN_GONE; i++)
		turn(&c, fds[1], true);
	finish(c);
	close(fds[1]);
	return 0;
}
