/* SPDX-License-Identifier: Apache-2.0
 *
 * The reading half: frames to requests, and what a client may ask for without asking for anything.
 *
 * nghttp2 has judged the frames, the pseudo-headers and each field's bytes before it calls; what a
 * request means is judged here, by the HTTP/1 parser. */
#include "base/clock.h"
#include "base/log.h"
#include "http/http2_private.h"

/* Frames that carry nothing are paid for by those that do: a request, a piece of a body, a piece of
 * an answer (whose windows the client opens). Clients in earnest never come near. */
enum {
	FRAMES_BURST = 2000,
	FRAMES_PER_S = 500,
	RESETS_BURST = 500,
	RESETS_PER_S = 50,
	EARNED_BY_REQUEST = 4,
	EARNED_BY_PIECE = 2,
	EARNING_BYTES_MIN = 1024,  /* a client must not win by a window of one byte */
	BODY_BYTES_PER_FRAME = 64, /* smaller pieces of a body are not worth their frame */
	FIELD_EXTRA_BYTES = 4,     /* ": " and CRLF */
};

int http2_on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *arg)
{
	struct http2 *h = arg;
	int64_t now_ms = h->conn->worker->now_ms;
	int64_t earned = hd->type == NGHTTP2_DATA ? (int64_t)hd->length / BODY_BYTES_PER_FRAME : 0;

	(void)session;
	if (!budget_spend(&h->frames, earned > 1 ? 0 : 1 - earned, FRAMES_BURST, FRAMES_PER_S,
			  now_ms))
		http2_terminate_over(h, LIMIT_HTTP2_FRAMES,
				     SLICE("too many frames that carry nothing"));
	if (hd->type == NGHTTP2_RST_STREAM &&
	    !budget_spend(&h->resets, 1, RESETS_BURST, RESETS_PER_S, now_ms))
		http2_terminate_over(h, LIMIT_HTTP2_RESETS, SLICE("too many streams reset"));
	return 0;
}

/* Who sends what must be answered by a reset has us work as well as who resets. */
static bool own_reset_is_free(uint32_t code)
{
	return code == NGHTTP2_NO_ERROR || code == NGHTTP2_CANCEL || code == NGHTTP2_INTERNAL_ERROR;
}

static void goaway_sent(struct http2 *h, const nghttp2_goaway *frame)
{
	if (frame->error_code == NGHTTP2_NO_ERROR)
		return;
	h->conn->linger = true; /* or the client might never read why */
	if (!h->over)           /* nghttp2 found the fault */
		http2_log_ended(
			h, frame->error_code,
			(struct slice){(const char *)frame->opaque_data, frame->opaque_data_len});
	h->over = true;
}

int http2_on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *s;

	(void)session;
	if (frame->hd.type == NGHTTP2_GOAWAY)
		goaway_sent(h, &frame->goaway);
	if (frame->hd.type == NGHTTP2_DATA && frame->hd.length >= EARNING_BYTES_MIN)
		(void)budget_spend(&h->frames, -EARNED_BY_PIECE, FRAMES_BURST, FRAMES_PER_S,
				   h->conn->worker->now_ms);
	if (frame->hd.type == NGHTTP2_RST_STREAM &&
	    !own_reset_is_free(frame->rst_stream.error_code) &&
	    !budget_spend(&h->resets, 1, RESETS_BURST, RESETS_PER_S, h->conn->worker->now_ms))
		http2_terminate_over(h, LIMIT_HTTP2_RESETS, SLICE("too many streams at fault"));
	if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) ||
	    !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	s = http2_stream_of(h, frame->hd.stream_id);
	if (s == NULL || s->ended)
		return 0;
	/* Answered early: the rest of the body is not wanted (RFC 9113 8.1). A reset at once would
	 * cost the client the answer: curl 7.88 that finds both in one read reports the reset. */
	http2_answer_forget(s);
	http2_charge_less(s);
	s->phase = HTTP2_LINGERING;
	s->since_ms = h->conn->worker->now_ms;
	return 0;
}

int http2_on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *s;

	if (frame->headers.cat != NGHTTP2_HCAT_REQUEST || h->over)
		return 0;
	if (h->n_streams >= HTTP2_STREAMS_KEPT_MAX)
		return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
						 NGHTTP2_REFUSED_STREAM);
	s = http2_stream_new(h, frame->hd.stream_id);
	if (s == NULL)
		return NGHTTP2_ERR_NOMEM;
	worker_buf_take(h->conn->worker, &s->head);
	return nghttp2_session_set_stream_user_data(session, s->id, s);
}

/* --- the head ----------------------------------------------------------------------------------
 */

static struct slice pseudo(const struct http2_stream *s, size_t at, size_t len)
{
	return len == 0 ? SLICE_EMPTY : (struct slice){s->pseudo.ptr + at, len};
}

/* What would end or begin a word of an HTTP/1 head. */
static bool has_blank(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ')
			return true;
	return false;
}

static bool has_line_end(struct slice s)
{
	return s.len > 0 && (memchr(s.ptr, '\r', s.len) != NULL ||
			     memchr(s.ptr, '\n', s.len) != NULL || memchr(s.ptr, 0, s.len) != NULL);
}

static void pseudo_add(struct http2_stream *s, struct slice name, struct slice value)
{
	size_t at = s->pseudo.len;

	s->malformed |= has_blank(value);
	if (slice_eq(name, SLICE(":method"))) {
		s->method_at = at;
		s->method_len = value.len;
	} else if (slice_eq(name, SLICE(":path"))) {
		s->path_at = at;
		s->path_len = value.len;
	} else if (slice_eq(name, SLICE(":authority"))) {
		s->authority_at = at;
		s->authority_len = value.len;
	} else {
		return;
	}
	buf_put(&s->pseudo, value);
}

/* CONNECT has no path: its target is the authority, as in HTTP/1. */
static void head_begin(struct http2_stream *s)
{
	struct slice authority = pseudo(s, s->authority_at, s->authority_len);

	s->head_begun = true;
	buf_put(&s->head, pseudo(s, s->method_at, s->method_len));
	buf_put_byte(&s->head, ' ');
	buf_put(&s->head, s->path_len > 0 ? pseudo(s, s->path_at, s->path_len) : authority);
	buf_put(&s->head, SLICE(" HTTP/1.1\r\n"));
	if (authority.len == 0)
		return;
	buf_put(&s->head, SLICE("host: "));
	buf_put(&s->head, authority);
	buf_put(&s->head, SLICE("\r\n"));
}

static void field_add(struct http2_stream *s, struct slice name, struct slice value)
{
	/* A second Host that says the same is no fault, another one is the parser's to refuse. */
	if (s->authority_len > 0 && slice_eq(name, SLICE("host")) &&
	    slice_eq(value, pseudo(s, s->authority_at, s->authority_len)))
		return;
	s->malformed |= has_blank(name) || has_line_end(value);
	buf_put(&s->head, name);
	buf_put(&s->head, SLICE(": "));
	buf_put(&s->head, value);
	buf_put(&s->head, SLICE("\r\n"));
}

int http2_on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name_ptr,
		    size_t name_len, const uint8_t *value_ptr, size_t value_len, uint8_t flags,
		    void *arg)
{
	struct http2 *h = arg;
	size_t bytes_max = h->conn->worker->limits.header_bytes_max;
	struct http2_stream *s = http2_stream_of(h, frame->hd.stream_id);
	struct slice name = {(const char *)name_ptr, name_len};
	struct slice value = {(const char *)value_ptr, value_len};

	(void)session;
	(void)flags;
	if (s == NULL || h->over || s->over != LIMIT_NONE)
		return 0;
	s->fields_bytes += name.len + value.len + FIELD_EXTRA_BYTES;
	if (s->fields_bytes > 2 * bytes_max) {
		/* a few bytes can name large fields again and again */
		http2_terminate_over(h, LIMIT_HEADER, SLICE("the header is too large"));
	}
	if (s->phase != HTTP2_HEAD) /* a trailer: of no use, and the head was judged long ago */
		return 0;
	s->too_large |= s->fields_bytes > bytes_max;
	if (s->too_large)
		return 0;
	if (name.len > 0 && name.ptr[0] == ':') {
		pseudo_add(s, name, value);
		return 0;
	}
	if (!s->head_begun)
		head_begin(s);
	field_add(s, name, value);
	if (!http2_charge(s))
		s->over = LIMIT_BUFFER;
	return 0;
}

static enum http1_error head_parse(struct http2_stream *s)
{
	struct http_worker *w = s->h2->conn->worker;
	struct http1_scan scan = {0};
	enum http1_error error;

	if (s->too_large || !buf_ok(&s->head) || !buf_ok(&s->pseudo))
		return HTTP1_HEAD_TOO_LARGE;
	if (s->malformed)
		return HTTP1_BAD_FIELD;
	switch (http1_parse(buf_slice(&s->head), &w->space, &scan, &w->head, &error)) {
	case HTTP1_COMPLETE:
		return HTTP1_ERROR_NONE;
	case HTTP1_REFUSED:
		return error;
	case HTTP1_INCOMPLETE:
		break;
	}
	not_reached(); /* it ends with an empty line */
}

/* --- the body ----------------------------------------------------------------------------------
 */

/* The bodies of one connection may together hold what one may, and the oldest goes on beyond that,
 * so that one at least is whole some day. */
static bool may_grow(const struct http2_stream *s)
{
	const struct http2 *h = s->h2;
	const struct http2_stream *oldest = h->first;

	if (h->body_bytes <= h->conn->worker->limits.body_bytes_max)
		return true;
	while (oldest != NULL && (oldest->phase != HTTP2_BODY || oldest->closed))
		oldest = oldest->next;
	return oldest == s;
}

static void window_give(struct http2_stream *s)
{
	if (s->held_bytes == 0 || s->closed || s->phase != HTTP2_BODY || !may_grow(s))
		return;
	if (nghttp2_session_consume_stream(s->h2->session, s->id, s->held_bytes) != 0)
		conn_close(s->h2->conn);
	s->held_bytes = 0;
}

void http2_request_forget(struct http2_stream *s)
{
	struct http2 *h = s->h2;

	h->body_bytes -= s->body.len;
	buf_free(&s->body);
	buf_free(&s->pseudo);
	buf_clear(&s->head);
	worker_buf_give(h->conn->worker, &s->head);
	http2_charge_less(s);
	if (h->conn->phase != CONN_MANY)
		return;
	for (struct http2_stream *other = h->first; other != NULL; other = other->next)
		window_give(other);
}

bool http2_body_give(struct http2_stream *s, struct http_kept_body *ret)
{
	size_t charged_bytes = s->body.capacity;

	if (s->body.ptr == NULL)
		return false;
	assert(charged_bytes <= s->charged_bytes); /* or it would have been refused */
	s->charged_bytes -= charged_bytes;
	s->h2->body_bytes -= s->body.len;
	*ret = (struct http_kept_body){.bytes = buf_slice(&s->body),
				       .memory = s->body.ptr,
				       .charged_bytes = charged_bytes};
	buf_init(&s->body, s->body.bytes_max);
	return true;
}

void http2_body_late(struct http2_stream *s)
{
	char text[CONN_OVER_BYTES];

	limit_exceeded(LIMIT_BODY_TIMEOUT);
	http2_refuse(s, 408,
		     conn_late_text(s->h2->conn->worker->limits.body_timeout_ms, "the body",
				    "web.body-timeout", text));
}

static void refuse_over(struct http2_stream *s)
{
	const struct conn *c = s->h2->conn;
	char text[CONN_OVER_BYTES];

	limit_exceeded(s->over);
	if (s->over == LIMIT_BODY)
		http2_refuse(s, 413, conn_over_body_text(c, text));
	else
		http2_refuse(s, 429, conn_over_buffer_text(c, text));
}

/* False: there is no memory. */
static bool body_put(struct http2_stream *s, struct slice bytes)
{
	struct http2 *h = s->h2;

	if (bytes.len > h->conn->worker->limits.body_bytes_max - s->body.len) {
		s->over = LIMIT_BODY;
		return true;
	}
	buf_put(&s->body, bytes);
	if (!buf_ok(&s->body))
		return false;
	h->body_bytes += bytes.len;
	s->held_bytes += bytes.len;
	if (!http2_charge(s))
		s->over = LIMIT_BUFFER;
	return true;
}

int http2_on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *ptr,
		  size_t len, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *s = http2_stream_of(h, id);

	(void)flags;
	if (nghttp2_session_consume_connection(session, len) != 0)
		return NGHTTP2_ERR_CALLBACK_FAILURE;
	if (s == NULL || h->over || s->over != LIMIT_NONE ||
	    (s->phase != HTTP2_BODY && s->phase != HTTP2_JUDGING))
		return 0; /* refused already: what comes is not wanted */
	if (!body_put(s, (struct slice){(const char *)ptr, len}))
		return NGHTTP2_ERR_NOMEM;
	if (s->over == LIMIT_NONE)
		window_give(s);
	else if (s->phase == HTTP2_BODY) /* else when the verdict is there */
		refuse_over(s);
	return 0;
}

/* --- the request -------------------------------------------------------------------------------
 */

static void handle(struct http2_stream *s)
{
	struct http2 *h = s->h2;
	struct http_worker *w = h->conn->worker;
	struct http_request *r = &w->head.request;

	r->body = s->verdict == GATE_PASS ? buf_slice(&s->body) : SLICE_EMPTY;
	r->received_unix_ns = clock_unix_ns();
	r->remote = (struct slice){h->conn->remote, h->conn->remote_len};
	r->identity = s->identity;
	s->phase = HTTP2_HANDLING;
	s->owed = true;
	h->n_owed++;
	s->exchange.note = (struct http_note){0};
	w->app.handle(w->context, &s->exchange);
	(void)budget_spend(&h->frames, -EARNED_BY_REQUEST, FRAMES_BURST, FRAMES_PER_S, w->now_ms);
	http2_request_forget(s); /* nothing frees a stream but nghttp2, which is not asked here */
}

/* A malformed request (RFC 9113 8.1.1), which nghttp2 ends, but for CONNECT. */
static bool is_of_another_length(const struct http2_stream *s)
{
	int64_t length = s->h2->conn->worker->head.request.content_length;

	return s->ended && length >= 0 && (uint64_t)length != s->body.len;
}

/* The worker's space holds this request's head: is there more to do before it is handled? */
static void request_step(struct http2_stream *s)
{
	if (s->verdict == GATE_PASS && is_of_another_length(s)) {
		http2_refuse_head(s, HTTP1_BAD_LENGTH);
	} else if (s->verdict == GATE_FORBIDDEN || (s->verdict == GATE_PASS && s->ended)) {
		handle(s);
	} else if (s->verdict != GATE_PASS) {
		s->phase = HTTP2_HANDLING;
		s->owed = true;
		s->h2->n_owed++;
		s->exchange.note = (struct http_note){0};
		http_exchange_deny(&s->exchange, s->verdict, s->policy);
		http2_request_forget(s);
	}
}

static void judge(struct http2_stream *s)
{
	struct http_worker *w = s->h2->conn->worker;
	struct gate_admission admission;

	s->verdict = GATE_PASS;
	if (w->gate == NULL)
		return;
	w->head.request.body_comes = !s->ended;
	s->verdict = gate_judge(w->gate, &w->head.request, &w->gate_arena, &w->mail, &s->exchange,
				&admission);
	s->policy = admission.policy;
	s->identity = admission.identity;
	if (s->verdict == GATE_PASS)
		s->verdict = conn_ask_app(w, s->identity);
	if (s->verdict != GATE_LATER)
		return;
	s->phase = HTTP2_JUDGING;
	s->owed = true;
	s->h2->n_owed++;
}

static int continue_say(struct http2_stream *s)
{
	static const nghttp2_nv status = {(uint8_t *)":status", (uint8_t *)"100", 7, 3,
					  NGHTTP2_NV_FLAG_NONE};

	return nghttp2_submit_headers(s->h2->session, NGHTTP2_FLAG_NONE, s->id, NULL, &status, 1,
				      NULL);
}

/* The head is in the worker's space, and the verdict is known. */
static int judged_step(struct http2_stream *s)
{
	struct http_worker *w = s->h2->conn->worker;

	if (s->verdict == GATE_PASS &&
	    w->head.request.content_length > (int64_t)w->limits.body_bytes_max) {
		s->over = LIMIT_BODY;
		refuse_over(s);
		return 0;
	}
	if (w->head.expect_continue && !s->ended && s->verdict == GATE_PASS && continue_say(s) != 0)
		return NGHTTP2_ERR_NOMEM;
	request_step(s);
	return 0;
}

void http2_judged(struct http2_stream *s, bool right)
{
	struct http2 *h = s->h2;
	enum http1_error error;

	s->owed = false;
	h->n_owed--;
	if (s->closed) {
		http2_stream_free(s);
		return;
	}
	if (h->over || h->conn->phase != CONN_MANY)
		return;
	s->verdict = right ? GATE_PASS : GATE_LOGIN;
	s->phase = HTTP2_BODY;
	s->since_ms = h->conn->worker->now_ms;
	conn_mark_dirty(h->conn);
	if (right && s->over != LIMIT_NONE) {
		refuse_over(s);
		return;
	}
	window_give(s);
	error = head_parse(s); /* others have used the worker's space since */
	assert(error == HTTP1_ERROR_NONE);
	if (right) {
		h->conn->worker->head.request.body_comes = !s->ended;
		s->verdict = conn_ask_app(h->conn->worker, s->identity);
	}
	if (judged_step(s) != 0)
		conn_close(h->conn);
}

static int head_complete(struct http2_stream *s)
{
	struct http_worker *w = s->h2->conn->worker;
	enum http1_error error;

	s->h2->greeted = true;
	if (!s->head_begun)
		head_begin(s);
	buf_put(&s->head, SLICE("\r\n"));
	s->phase = HTTP2_BODY;
	s->since_ms = w->now_ms;
	if (s->over == LIMIT_NONE && !http2_charge(s))
		s->over = LIMIT_BUFFER;
	if (s->over != LIMIT_NONE) {
		refuse_over(s);
		return 0;
	}
	error = head_parse(s);
	if (error != HTTP1_ERROR_NONE) {
		http2_refuse_head(s, error);
		return 0;
	}
	s->no_body = w->head.request.method == HTTP_HEAD;
	judge(s);
	return s->phase == HTTP2_JUDGING ? 0 : judged_step(s);
}

int http2_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
	struct http2 *h = arg;
	struct http2_stream *s;

	(void)session;
	if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) || h->over)
		return 0;
	s = http2_stream_of(h, frame->hd.stream_id);
	if (s == NULL || s->closed)
		return 0;
	s->ended |= (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
	if (s->phase == HTTP2_HEAD)
		return head_complete(s);
	if (s->phase == HTTP2_BODY && s->ended) {
		enum http1_error error = head_parse(s); /* others have used the space since */

		assert(error == HTTP1_ERROR_NONE);
		request_step(s);
	}
	return 0;
}
