/* SPDX-License-Identifier: Apache-2.0
 *
 * The session: from the handshake to its end, its streams, their deadlines, its budgets. */
#include "http/http2_private.h"

#include "base/log.h"

enum {
	BLOCK_EXTRA_BYTES = 64 * 1024, /* of an answer's header, beside the request's own words */
	FRAME_BYTES = 16 * 1024,
	CONTINUATIONS_EXTRA = 8,
};

/* --- budgets -----------------------------------------------------------------------------------
 */

bool budget_spend(struct budget *b, int64_t n, int64_t burst, int64_t per_s, int64_t now_ms)
{
	int64_t earned = (now_ms - b->at_ms) * per_s / 1000;

	if (earned > 0) {
		b->spent = earned > b->spent ? 0 : b->spent - earned;
		b->at_ms = now_ms;
	}
	b->spent += n;
	if (b->spent < 0)
		b->spent = 0;
	return b->spent <= burst;
}

void http2_log_ended(const struct http2 *h, uint32_t code, struct slice reason)
{
	const struct conn *c = h->conn;

	LOG_AT(code == NGHTTP2_ENHANCE_YOUR_CALM ? LOG_WARN : LOG_DEBUG,
	       SLICE("HTTP/2 connection ended"),
	       LOG_TEXT("source", ((struct slice){c->remote, c->remote_len})),
	       LOG_TEXT("code", slice_of(nghttp2_http2_strerror(code))), LOG_TEXT("err", reason));
}

void http2_terminate(struct http2 *h, uint32_t code, struct slice reason)
{
	struct conn *c = h->conn;

	if (h->over)
		return;
	h->over = true;
	http2_log_ended(h, code, reason);
	if (nghttp2_session_terminate_session(h->session, code) != 0)
		conn_close(c);
	else
		conn_mark_dirty(c);
}

void http2_terminate_over(struct http2 *h, enum limit limit, struct slice reason)
{
	if (h->over)
		return;
	limit_exceeded(limit);
	http2_terminate(h, NGHTTP2_ENHANCE_YOUR_CALM, reason);
}

/* --- streams -----------------------------------------------------------------------------------
 */

struct http2_stream *http2_stream_of(struct http2 *h, int32_t id)
{
	return nghttp2_session_get_stream_user_data(h->session, id);
}

struct http2_stream *http2_stream_new(struct http2 *h, int32_t id)
{
	struct http2_stream *s = calloc(1, sizeof(*s));
	const struct http_limits *limits = &h->conn->worker->limits;

	if (s == NULL)
		return NULL;
	s->exchange = (struct http_exchange){.conn = h->conn, .stream = s};
	s->h2 = h;
	s->id = id;
	s->phase = HTTP2_HEAD;
	s->since_ms = h->conn->worker->now_ms;
	buf_init(&s->pseudo, limits->header_bytes_max);
	buf_init(&s->head, 2 * limits->header_bytes_max + BLOCK_EXTRA_BYTES);
	buf_init(&s->body, limits->body_bytes_max);
	buf_init(&s->answer, SIZE_MAX / 4); /* what the app answers is the app's to bound */
	s->prev = h->last;
	*(h->last == NULL ? &h->first : &h->last->next) = s;
	h->last = s;
	h->n_streams++;
	return s;
}

static size_t chargeable(const struct http2_stream *s)
{
	return sizeof(*s) + s->head.capacity + s->pseudo.capacity + s->body.capacity +
	       s->answer.capacity + (s->producing ? CONN_STREAM_BYTES : 0);
}

bool http2_charge(struct http2_stream *s)
{
	struct http_worker *w = s->h2->conn->worker;
	size_t bytes = chargeable(s);

	if (bytes <= s->charged_bytes)
		return true;
	while (!worker_buffer_charge(w, bytes - s->charged_bytes))
		if (!conn_make_room(s->h2->conn))
			return false;
	s->charged_bytes = bytes;
	return true;
}

void http2_charge_less(struct http2_stream *s)
{
	size_t bytes = chargeable(s);

	if (bytes >= s->charged_bytes)
		return;
	worker_buffer_release(s->h2->conn->worker, s->charged_bytes - bytes);
	s->charged_bytes = bytes;
}

void http2_stream_free(struct http2_stream *s)
{
	struct http2 *h = s->h2;

	http2_producer_release(s);
	http2_request_forget(s);
	*(s->prev == NULL ? &h->first : &s->prev->next) = s->next;
	*(s->next == NULL ? &h->last : &s->next->prev) = s->prev;
	h->n_streams--;
	h->n_owed -= s->owed;
	http_policy_release(s->policy);
	http2_answer_forget(s);
	worker_buffer_release(h->conn->worker, s->charged_bytes);
	free(s);
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t code, void *arg)
{
	struct http2_stream *s = nghttp2_session_get_stream_user_data(session, id);

	(void)code;
	(void)arg;
	if (s == NULL)
		return 0;
	http2_producer_release(s);
	if (s->phase < HTTP2_HANDLING)
		http2_request_forget(s);
	s->closed = true;
	if (!s->owed)
		http2_stream_free(s);
	return 0;
}

/* --- the session -------------------------------------------------------------------------------
 */

static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
			     const uint8_t *name, size_t name_len, const uint8_t *value,
			     size_t value_len, uint8_t flags, void *arg)
{
	(void)session, (void)frame, (void)name, (void)name_len;
	(void)value, (void)value_len, (void)flags, (void)arg;
	return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* not passed over: the stream is reset */
}

static nghttp2_session_callbacks *callbacks_new(void)
{
	nghttp2_session_callbacks *cb;

	if (nghttp2_session_callbacks_new(&cb) != 0)
		return NULL;
	nghttp2_session_callbacks_set_on_begin_frame_callback(cb, http2_on_begin_frame);
	nghttp2_session_callbacks_set_on_begin_headers_callback(cb, http2_on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(cb, http2_on_header);
	nghttp2_session_callbacks_set_on_invalid_header_callback(cb, on_invalid_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(cb, http2_on_data);
	nghttp2_session_callbacks_set_on_frame_recv_callback(cb, http2_on_frame);
	nghttp2_session_callbacks_set_on_stream_close_callback(cb, on_stream_close);
	nghttp2_session_callbacks_set_send_callback(cb, http2_on_send);
	nghttp2_session_callbacks_set_on_frame_send_callback(cb, http2_on_frame_sent);
	return cb;
}

static nghttp2_option *option_new(const struct http_limits *limits)
{
	nghttp2_option *o;

	if (nghttp2_option_new(&o) != 0)
		return NULL;
	nghttp2_option_set_no_auto_window_update(o, 1);
	nghttp2_option_set_no_closed_streams(o, 1);
	nghttp2_option_set_max_continuations(o, limits->header_bytes_max / FRAME_BYTES +
							CONTINUATIONS_EXTRA);
	/* a Location repeats the target */
	nghttp2_option_set_max_send_header_block_length(o, 4 * limits->header_bytes_max +
								   BLOCK_EXTRA_BYTES);
	return o;
}

static bool session_new(struct http2 *h)
{
	nghttp2_session_callbacks *cb = callbacks_new();
	nghttp2_option *o = option_new(&h->conn->worker->limits);
	nghttp2_mem memory = http2_session_memory(h);
	bool ok = cb != NULL && o != NULL &&
		  nghttp2_session_server_new3(&h->session, cb, h, o, &memory) == 0;

	nghttp2_session_callbacks_del(cb);
	nghttp2_option_del(o);
	return ok;
}

static bool session_greet(struct http2 *h)
{
	const struct http_limits *limits = &h->conn->worker->limits;
	nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, HTTP2_STREAMS_MAX},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, HTTP2_STREAM_WINDOW_BYTES},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
		 limits->header_bytes_max > UINT32_MAX ? UINT32_MAX
						       : (uint32_t)limits->header_bytes_max},
		/* the tree of priorities would be the client's to grow */
		{NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
	};

	return nghttp2_submit_settings(h->session, NGHTTP2_FLAG_NONE, settings,
				       sizeof(settings) / sizeof(settings[0])) == 0 &&
	       nghttp2_session_set_local_window_size(h->session, NGHTTP2_FLAG_NONE, 0,
						     HTTP2_CONN_WINDOW_BYTES) == 0;
}

void http2_open(struct conn *c, bool adequate)
{
	struct http2 *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		conn_close(c);
		return;
	}
	h->conn = c;
	h->frames.at_ms = h->resets.at_ms = c->worker->now_ms;
	c->http2 = h;
	c->phase = CONN_MANY;
	if (!session_new(h) || !session_greet(h)) {
		conn_close(c);
		return;
	}
	if (!adequate)
		http2_terminate(h, NGHTTP2_INADEQUATE_SECURITY,
				SLICE("the cipher suite is not for HTTP/2"));
	else if (c->worker->draining)
		http2_drain(c);
	conn_mark_dirty(c);
}

void http2_input(struct conn *c, struct slice bytes)
{
	struct http2 *h = c->http2;
	ssize_t n;

	if (h->over)
		return;
	c->busy = true;
	n = nghttp2_session_mem_recv(h->session, (const uint8_t *)bytes.ptr, bytes.len);
	c->busy = false;
	if (c->phase == CONN_GONE)
		return;
	if (n == NGHTTP2_ERR_FLOODED || n == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS)
		http2_terminate_over(h,
				     n == NGHTTP2_ERR_FLOODED ? LIMIT_HTTP2_FRAMES : LIMIT_HEADER,
				     SLICE("too many control frames"));
	else if (n == NGHTTP2_ERR_BAD_CLIENT_MAGIC)
		http2_terminate(h, NGHTTP2_PROTOCOL_ERROR, SLICE("this is not HTTP/2"));
	else if (n < 0)
		conn_close(c);
	if (c->phase == CONN_GONE || !http2_charge_session(h))
		return;
	conn_mark_dirty(c);
	conn_wait_again(c);
}

bool http2_fill(struct conn *c)
{
	struct http2 *h = c->http2;
	int error;

	if (c->phase != CONN_MANY)
		return false;
	buf_clear(&c->out);
	c->out_at = 0;
	worker_buf_take(c->worker, &c->out);
	error = nghttp2_session_send(h->session);
	if (c->phase == CONN_GONE)
		return false;
	if (error != 0 || !buf_ok(&c->out)) {
		conn_close(c);
		return false;
	}
	if (!http2_charge_session(h))
		return false;
	if (c->out.len > 0)
		return true;
	if (!nghttp2_session_want_read(h->session) && !nghttp2_session_want_write(h->session))
		c->phase = CONN_CLOSING;
	return false;
}

void http2_drain(struct conn *c)
{
	struct http2 *h = c->http2;
	int32_t last = nghttp2_session_get_last_proc_stream_id(h->session);

	if (h->over)
		return;
	if (nghttp2_submit_goaway(h->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0) !=
	    0)
		conn_close(c);
	else
		conn_mark_dirty(c);
}

/* --- deadlines ---------------------------------------------------------------------------------
 */

enum wait_class http2_wait_class(const struct conn *c)
{
	const struct http2 *h = c->http2;

	if (h->n_streams > 0 && !h->over)
		return WAIT_STREAMS;
	if (c->blocked || h->over)
		return WAIT_RESPONSE;
	return h->greeted ? WAIT_IDLE : WAIT_HEADER;
}

/* The client gets no more of the answer, and is told so. */
static void stream_cut(struct http2_stream *s, uint32_t code)
{
	struct http2 *h = s->h2;

	if (s->cut)
		return;
	s->cut = true;
	http2_producer_release(s);
	s->piece = SLICE_EMPTY;
	http2_answer_forget(s);
	http2_charge_less(s);
	if (nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, s->id, code) != 0)
		conn_close(h->conn);
	else
		conn_mark_dirty(h->conn);
}

void http2_stream_cut(struct http2_stream *s)
{
	stream_cut(s, NGHTTP2_CANCEL);
}

/* On a connection that takes nothing, no stream of it could have gone on. */
static int64_t stalled_since_ms(const struct http2_stream *s)
{
	const struct http2 *h = s->h2;

	if (h->conn->blocked || nghttp2_session_get_remote_window_size(h->session) <= 0)
		return s->progress_ms > h->progress_ms ? s->progress_ms : h->progress_ms;
	if (nghttp2_session_get_stream_remote_window_size(h->session, s->id) <= 0)
		return s->progress_ms;
	return INT64_MAX;
}

struct http2_stream *http2_longest_stalled(const struct http_worker *w, int64_t *ret_since_ms)
{
	struct http2_stream *longest = NULL;

	*ret_since_ms = INT64_MAX;
	for (struct http2_stream *s = w->h2_streams; s != NULL; s = s->producing_next) {
		int64_t since_ms = stalled_since_ms(s);

		if (since_ms < *ret_since_ms) {
			longest = s;
			*ret_since_ms = since_ms;
		}
	}
	return longest;
}

static void answer_late(struct http2_stream *s)
{
	struct conn *c = s->h2->conn;

	if (s->cut) /* and waits for the socket */
		return;
	limit_exceeded(LIMIT_RESPONSE_TIMEOUT);
	conn_log_refused(c, 408, SLICE("the answer was not read in time (--web.response-timeout)"));
	stream_cut(s, NGHTTP2_CANCEL);
}

static void stream_expired(struct http2_stream *s)
{
	struct http2 *h = s->h2;

	switch (s->phase) {
	case HTTP2_HEAD: /* nothing else can be read before its end */
		http2_terminate_over(
			h, LIMIT_HEADER_TIMEOUT,
			SLICE("the header did not arrive in time (--web.header-timeout)"));
		break;
	case HTTP2_BODY:
		http2_body_late(s);
		break;
	case HTTP2_ANSWERING:
		answer_late(s);
		if (h->conn->blocked)
			conn_close(h->conn);
		break;
	case HTTP2_LINGERING:
		stream_cut(s, NGHTTP2_NO_ERROR);
		break;
	case HTTP2_JUDGING:
	case HTTP2_HANDLING:
		break;
	}
}

static uint32_t timeout_ms(const struct http2_stream *s)
{
	const struct http_limits *limits = &s->h2->conn->worker->limits;

	switch (s->phase) {
	case HTTP2_HEAD:
		return limits->header_timeout_ms;
	case HTTP2_BODY:
		return limits->body_timeout_ms;
	case HTTP2_ANSWERING:
		return limits->response_timeout_ms;
	case HTTP2_LINGERING:
		return LINGER_MS;
	case HTTP2_JUDGING:
	case HTTP2_HANDLING:
		return UINT32_MAX;
	}
	not_reached();
}

void http2_tick(struct conn *c)
{
	struct http2 *h = c->http2;
	struct http2_stream *s, *next;

	for (s = h->first; s != NULL && c->phase == CONN_MANY && !h->over; s = next) {
		next = s->next;
		if (!s->closed && c->worker->now_ms - s->since_ms >= (int64_t)timeout_ms(s))
			stream_expired(s);
	}
}

void http2_review(struct conn *c)
{
	struct http2 *h = c->http2;

	for (struct http2_stream *s = h->first; s != NULL && c->phase == CONN_MANY; s = s->next) {
		const struct http_producer *p = &s->producer;

		if (s->producing && p->outlived != NULL && p->outlived(p->state))
			stream_cut(s, NGHTTP2_INTERNAL_ERROR);
	}
}

/* --- the end -----------------------------------------------------------------------------------
 */

bool http2_owes(const struct conn *c)
{
	return c->http2 != NULL && c->http2->n_owed > 0;
}

void http2_close(struct conn *c)
{
	for (struct http2_stream *s = c->http2->first; s != NULL; s = s->next)
		http2_producer_release(s);
}

void http2_free(struct http2 *h)
{
	struct http2_stream *s, *next;

	if (h == NULL)
		return;
	for (s = h->first; s != NULL; s = next) {
		next = s->next;
		http2_stream_free(s);
	}
	nghttp2_session_del(h->session);
	assert(h->session_bytes == 0);
	worker_buffer_release(h->conn->worker, h->charged_bytes);
	free(h);
}
