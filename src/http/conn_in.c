/* SPDX-License-Identifier: Apache-2.0
 *
 * The reading half of a connection: bytes to requests.
 *
 * I1  What is not consumed of the input is looked at again only when conn_may_parse says so; if it
 *     was put aside for that reason the connection is `stalled`, and whoever makes parsing possible
 *     again puts it on the ready list.
 * I2  A partial request stands at the window's start as [head][body decoded so far]; the chunked
 *     decoder takes every byte it is given, so nothing undecoded stays behind these two. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/http2.h"

enum {
	READ_BYTES_MIN = 4096,
	LINGER_BYTES_MAX = 8 * 1024 * 1024,
	DENIED_BODY_BYTES_MAX = 256 * 1024, /* read although refused; Go's */
};

struct window {
	char *ptr;
	size_t len;
};

/* The request, and its answer if that is there at once. The worker has its head. */
static void exchange(struct conn *c, struct slice body)
{
	struct http_worker *w = c->worker;
	struct http_request *r = &w->head.request;

	r->body = body;
	r->received_unix_ns = clock_unix_ns();
	r->remote = (struct slice){c->remote, c->remote_len};
	r->identity = c->identity;
	c->phase = CONN_HANDLING;
	c->exchanging = true;
	c->exchange.note = (struct http_note){0};
	if (c->verdict == GATE_PASS || c->verdict == GATE_FORBIDDEN)
		w->app.handle(w->context, &c->exchange);
	else
		http_exchange_deny(&c->exchange, c->verdict, c->policy);
}

static void handle(struct conn *c, struct window *win, size_t request_len)
{
	struct slice body = {win->ptr + c->head_len, (size_t)c->body_len};

	win->ptr += request_len;
	win->len -= request_len;
	c->scan = (struct http1_scan){0};
	c->phase = CONN_HANDLING;
	conn_wait_again(c);
	exchange(c, body);
}

/* Other connections have used the worker's space since the head was read. */
static void head_again(struct conn *c, const char *ptr)
{
	struct http_worker *w = c->worker;
	struct http1_scan scan = {0};
	enum http1_error error;
	enum http1_result again =
		http1_parse((struct slice){ptr, c->head_len}, &w->space, &scan, &w->head, &error);

	assert(again == HTTP1_COMPLETE && w->head.head_len == c->head_len);
}

static void refuse_too_large(struct conn *c)
{
	char text[CONN_OVER_BYTES];

	limit_exceeded(LIMIT_BODY);
	conn_refuse_body(c, 413, conn_over_body_text(c, text), true);
}

/* True when the body is complete; *ret_len is then the whole request as received. */
static bool chunked_step(struct conn *c, struct window *win, size_t *ret_len)
{
	size_t have = c->head_len + (size_t)c->body_len;
	size_t bytes_max = c->worker->limits.body_bytes_max;
	size_t consumed, decoded;
	struct slice sentence;
	enum chunked_result result = chunked_decode(&c->chunked, win->ptr + have, win->len - have,
						    &consumed, &decoded, &sentence);

	if (result == CHUNKED_REFUSED) {
		conn_refuse_body(c, 400, sentence, true);
		return false;
	}
	c->body_len += decoded;
	if (c->body_len > bytes_max ||
	    (chunked_size_known(&c->chunked) && c->chunked.left > bytes_max - c->body_len)) {
		refuse_too_large(c);
		return false;
	}
	if (result == CHUNKED_MORE) {
		win->len = have + decoded;
		return false;
	}
	*ret_len = have + consumed;
	return true;
}

/* True when the request was complete and has been handled. */
static bool body_step(struct conn *c, struct window *win, bool head_is_fresh)
{
	size_t request_len = c->head_len;

	if (c->framing == HTTP1_LENGTH) {
		if (win->len - c->head_len < c->body_len)
			return false;
		request_len += (size_t)c->body_len;
	} else if (c->framing == HTTP1_CHUNKED && !chunked_step(c, win, &request_len)) {
		return false;
	}
	if (!head_is_fresh)
		head_again(c, win->ptr);
	handle(c, win, request_len);
	return true;
}

static void head_known(struct conn *c, const struct http1_head *head)
{
	c->head_len = head->head_len;
	c->framing = head->framing;
	c->keep_alive = head->keep_alive;
	c->version_minor = (unsigned char)head->request.version_minor;
	c->no_body = head->request.method == HTTP_HEAD;
	c->chunked = (struct chunked){0};
	c->body_len = head->framing == HTTP1_LENGTH ? (uint64_t)head->request.content_length : 0;
	c->expects_continue = head->expect_continue;
	c->phase = CONN_BODY;
}

static bool body_comes(const struct conn *c)
{
	return c->framing == HTTP1_CHUNKED || c->body_len > 0;
}

static bool has_rights(const struct http_identity *identity)
{
	return identity != NULL && identity->rights != NULL;
}

enum gate_verdict conn_ask_app(struct http_worker *w, const struct http_identity *identity)
{
	struct http_request *r = &w->head.request;

	if (!r->body_comes || !has_rights(identity) || w->app.refuses == NULL)
		return GATE_PASS;
	r->identity = identity;
	return w->app.refuses(w->context, r) ? GATE_FORBIDDEN : GATE_PASS;
}

static void judge(struct conn *c)
{
	struct http_worker *w = c->worker;
	struct gate_admission admission;

	http_policy_release(c->policy);
	c->policy = NULL;
	c->identity = NULL;
	if (w->gate == NULL)
		return;
	w->head.request.body_comes = body_comes(c);
	c->verdict = gate_judge(w->gate, &w->head.request, &w->gate_arena, &w->mail, &c->exchange,
				&admission);
	c->policy = admission.policy;
	c->identity = admission.identity;
	if (c->verdict == GATE_PASS)
		c->verdict = conn_ask_app(w, c->identity);
	if (c->verdict != GATE_LATER)
		return;
	c->judging = true;
	c->phase = CONN_JUDGING;
}

/* A refused client need not send its body. The reference, too, reads on for a refused request only
 * what is not worth a new connection, and does not ask for it. */
static bool is_denied_at_once(const struct conn *c, const struct window *win)
{
	if (c->verdict == GATE_PASS || c->framing == HTTP1_NO_BODY)
		return false;
	if (c->framing == HTTP1_LENGTH && win->len - c->head_len >= c->body_len)
		return c->expects_continue;
	return c->expects_continue || c->body_len > DENIED_BODY_BYTES_MAX;
}

static void deny_at_once(struct conn *c, const struct window *win, bool head_is_fresh)
{
	if (!head_is_fresh)
		head_again(c, win->ptr);
	c->keep_alive = false;
	c->linger = true;
	exchange(c, SLICE_EMPTY);
}

/* The head is known and judged. True when the request was complete and has been handled. */
static bool request_step(struct conn *c, struct window *win, bool head_is_fresh)
{
	if (is_denied_at_once(c, win)) {
		deny_at_once(c, win, head_is_fresh);
		return false;
	}
	if (c->framing == HTTP1_LENGTH && c->body_len > c->worker->limits.body_bytes_max) {
		refuse_too_large(c);
		return false;
	}
	if (body_step(c, win, head_is_fresh))
		return true;
	if (c->phase == CONN_BODY && c->expects_continue) {
		c->expects_continue = false;
		conn_continue(c);
	}
	return false;
}

static void refuse_head(struct conn *c, enum http1_error error)
{
	if (error == HTTP1_BAD_EXPECTATION) {
		c->version_minor = 1; /* there is no Expect in HTTP/1.0 */
		conn_refuse_body(c, 417, SLICE_EMPTY, true);
	} else {
		conn_refuse(c, http1_error_status(error), http1_error_sentence(error));
	}
}

/* True when a whole request was there and has been handled. */
static bool head_step(struct conn *c, struct window *win)
{
	struct http_worker *w = c->worker;
	enum http1_error error;

	switch (http1_parse((struct slice){win->ptr, win->len}, &w->space, &c->scan, &w->head,
			    &error)) {
	case HTTP1_INCOMPLETE:
		c->phase = CONN_HEAD;
		return false;
	case HTTP1_REFUSED:
		c->no_body = false;
		if (error == HTTP1_HEAD_TOO_LARGE)
			limit_exceeded(LIMIT_HEADER);
		refuse_head(c, error);
		return false;
	case HTTP1_COMPLETE:
		break;
	}
	head_known(c, &w->head);
	judge(c);
	return c->phase == CONN_BODY && request_step(c, win, true);
}

static void peer_ended(struct conn *c)
{
	switch (c->phase) {
	case CONN_IDLE:
		if (c->out.len == c->out_at)
			conn_close(c);
		else
			c->phase = CONN_CLOSING;
		break;
	case CONN_HEAD:
		conn_refuse(c, 400, SLICE_EMPTY);
		break;
	case CONN_BODY: /* the reference says nothing of closing here, and it is the client who did
			 */
		conn_refuse_body(c, 400, SLICE("unexpected EOF"), false);
		break;
	case CONN_JUDGING:
	case CONN_HANDLING:
	case CONN_MANY:
	case CONN_CLOSING:
	case CONN_LINGER:
	case CONN_GONE:
		break;
	}
}

static void process(struct conn *c, struct window *win)
{
	c->busy = true;
	while (win->len > 0 && conn_may_parse(c))
		if (!(c->phase == CONN_BODY ? request_step(c, win, false) : head_step(c, win)))
			break;
	c->busy = false;
	if (c->phase == CONN_CLOSING || c->phase == CONN_GONE) {
		c->linger |= win->len > 0;
		win->len = 0;
	}
	c->stalled = win->len > 0 && !conn_may_parse(c);
	if (c->peer_ended && !c->stalled)
		peer_ended(c);
	conn_wait_again(c);
}

/* What has come is of no use without the rest. */
static void overflow(struct conn *c)
{
	conn_overflow(c);
	conn_wait_again(c);
	if (c->phase == CONN_GONE)
		return;
	c->linger = true;
	c->stalled = false;
	buf_free(&c->in);
	c->in_at = 0;
	conn_charge_less(c);
}

/* What is left of the scratch moves to the connection. */
static void keep_scratch(struct conn *c, const struct window *win)
{
	if (win->len == 0 || c->phase == CONN_GONE)
		return;
	worker_buf_take(c->worker, &c->in);
	buf_put(&c->in, (struct slice){win->ptr, win->len});
	if (!buf_ok(&c->in))
		conn_close(c);
	else if (!conn_charge(c))
		overflow(c);
}

/* The body is in the connection's own buffer: the whole buffer goes with it, and with it its
 * charge. What stands behind the request is copied back (process_own). */
static void give_own(struct conn *c, struct http_kept_body *ret)
{
	size_t others;

	*ret = (struct http_kept_body){.bytes = c->worker->head.request.body,
				       .memory = c->in.ptr,
				       .charged_bytes = c->charged_bytes};
	buf_init(&c->in, c->in.bytes_max);
	c->in_at = 0;
	others = conn_chargeable(c);
	if (others > ret->charged_bytes)
		others = ret->charged_bytes;
	ret->charged_bytes -= others;
	c->charged_bytes = others;
}

bool http_exchange_keep_body(struct http_exchange *x, struct http_kept_body *ret)
{
	struct conn *c = x->conn;
	struct http_worker *w = c->worker;
	struct slice body = w->head.request.body;

	if (x->stream != NULL && http2_body_give(x->stream, ret))
		return true;
	if (x->stream == NULL && c->in.ptr != NULL && body.ptr >= c->in.ptr &&
	    body.ptr < c->in.ptr + c->in.capacity) {
		give_own(c, ret);
		return true;
	}
	if (!worker_buffer_charge(w, body.len))
		return false;
	*ret = (struct http_kept_body){.memory = malloc(body.len + 1), .charged_bytes = body.len};
	if (ret->memory == NULL) {
		worker_buffer_release(w, body.len);
		return false;
	}
	memcpy(ret->memory, body.ptr, body.len);
	ret->bytes = (struct slice){ret->memory, body.len};
	return true;
}

void http_kept_body_free(struct http_worker *w, struct http_kept_body *body)
{
	worker_buffer_release(w, body->charged_bytes);
	free(body->memory);
	*body = (struct http_kept_body){0};
}

static void process_own(struct conn *c)
{
	struct window win = {c->in.ptr + c->in_at, c->in.len - c->in_at};

	process(c, &win);
	if (c->in.ptr == NULL) { /* it went with a body */
		keep_scratch(c, &win);
		return;
	}
	if (win.len == 0 || c->phase == CONN_GONE) {
		buf_clear(&c->in);
		c->in_at = 0;
		worker_buf_give(c->worker, &c->in);
		conn_charge_less(c);
		return;
	}
	c->in_at = (size_t)(win.ptr - c->in.ptr);
	c->in.len = c->in_at + win.len;
}

void conn_resume(struct conn *c)
{
	if (c->stalled && conn_may_parse(c))
		process_own(c);
}

/* How much to ask for, behind what is there: a promise of a large body is not yet worth memory. */
static size_t read_size(const struct conn *c)
{
	size_t size = c->in.len < READ_BYTES_MIN ? READ_BYTES_MIN : c->in.len;

	if (size > CONN_READ_BYTES_MAX)
		size = CONN_READ_BYTES_MAX;
	if (c->phase == CONN_BODY && c->framing == HTTP1_LENGTH) {
		uint64_t missing = c->head_len + c->body_len - c->in.len;

		if (missing > 0 && missing < size)
			size = (size_t)missing;
	}
	return size;
}

/* False when there is nothing to look at. */
static bool received(struct conn *c, ssize_t n)
{
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			conn_close(c);
		return false;
	}
	if (n == 0)
		c->peer_ended = true;
	return true;
}

static void read_more(struct conn *c)
{
	char *at;
	ssize_t n;

	if (c->in_at > 0) {
		memmove(c->in.ptr, c->in.ptr + c->in_at, c->in.len - c->in_at);
		c->in.len -= c->in_at;
		c->in_at = 0;
	}
	at = buf_reserve(&c->in, read_size(c));
	if (at == NULL) {
		conn_close(c);
		return;
	}
	if (!conn_charge(c)) {
		overflow(c);
		return;
	}
	n = conn_recv(c, at, read_size(c));
	if (!received(c, n))
		return;
	buf_advance(&c->in, (size_t)n);
	process_own(c);
}

static void read_fresh(struct conn *c)
{
	struct window win = {c->worker->scratch, 0};
	ssize_t n = conn_recv(c, win.ptr, WORKER_SCRATCH_BYTES);

	if (!received(c, n))
		return;
	win.len = (size_t)n;
	process(c, &win);
	keep_scratch(c, &win);
}

static void read_frames(struct conn *c)
{
	ssize_t n = conn_recv(c, c->worker->scratch, WORKER_SCRATCH_BYTES);

	if (!received(c, n))
		return;
	if (n == 0)
		conn_close(c);
	else
		http2_input(c, (struct slice){c->worker->scratch, (size_t)n});
}

static void read_and_forget(struct conn *c)
{
	ssize_t n = recv(c->fd, c->worker->scratch, WORKER_SCRATCH_BYTES, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->lingered_bytes += (uint64_t)n;
	if (n <= 0 || c->lingered_bytes > LINGER_BYTES_MAX)
		conn_close(c);
}

void conn_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	c->worker->now_ms = clock_monotonic_ms();
	if (c->phase == CONN_LINGER)
		read_and_forget(c);
	else if (c->secure && !conn_handshake(c))
		return;
	else if (!conn_may_parse(c))
		conn_set_reading(c, false);
	else if (c->phase == CONN_MANY)
		read_frames(c);
	else if (c->in.len > c->in_at)
		read_more(c);
	else
		read_fresh(c);
}

void conn_read_again(struct conn *c)
{
	if (c->phase != CONN_GONE && c->reading)
		conn_on_readable(c->fd, EV_READ, c);
}

void conn_judged(struct http_exchange *x, bool right)
{
	struct conn *c = x->conn;

	if (x->stream != NULL) {
		bool gone = c->phase == CONN_GONE;

		http2_judged(x->stream, right);
		if (gone)
			conn_bury(c);
		return;
	}
	assert(c->judging);
	c->judging = false;
	if (c->phase == CONN_GONE) {
		conn_bury(c);
		return;
	}
	assert(c->phase == CONN_JUDGING);
	c->verdict = GATE_LOGIN;
	if (right) {
		head_again(c, c->in.ptr + c->in_at);
		c->worker->head.request.body_comes = body_comes(c);
		c->verdict = conn_ask_app(c->worker, c->identity);
	}
	c->phase = CONN_BODY;
	conn_wait_again(c);
	conn_input_open(c);
}
