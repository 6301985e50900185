/* SPDX-License-Identifier: Apache-2.0
 *
 * The writing half: answers to frames.
 *
 * The order of a header is the reference's: sorted by name, then a guessed content-type,
 * content-length and date. It gives a length to bodies of up to 4096 bytes here. */
#include "http/http2_private.h"

enum {
	LENGTH_BODY_MAX = 4096,
	OUT_BYTES_MAX = 64 * 1024, /* gathered for one send */
	FIELDS_EXTRA = 4,          /* status, content-type, content-length, date */
};

static void producer_enter(struct http2_stream *s, const struct http_producer *p)
{
	struct http2_stream **first = &s->h2->conn->worker->h2_streams;

	s->producer = *p;
	s->producing = true;
	s->progress_ms = s->h2->conn->worker->now_ms;
	s->producing_next = *first;
	s->producing_link = first;
	if (*first != NULL)
		(*first)->producing_link = &s->producing_next;
	*first = s;
}

void http2_producer_release(struct http2_stream *s)
{
	if (!s->producing)
		return;
	s->producing = false;
	*s->producing_link = s->producing_next;
	if (s->producing_next != NULL)
		s->producing_next->producing_link = s->producing_link;
	http2_charge_less(s);
	s->cut = true; /* unless its end was seen: who releases it then says so */
	s->producer.release(s->producer.state);
}

ssize_t http2_on_send(nghttp2_session *session, const uint8_t *ptr, size_t len, int flags,
		      void *arg)
{
	struct http2 *h = arg;
	struct buf *out = &h->conn->out;

	(void)session;
	(void)flags;
	if (out->len >= OUT_BYTES_MAX)
		return NGHTTP2_ERR_WOULDBLOCK;
	buf_put(out, (struct slice){(const char *)ptr, len});
	return buf_ok(out) ? (ssize_t)len : NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* --- the body ----------------------------------------------------------------------------------
 */

/* False: there is none, and perhaps the stream is cut. */
static bool next_piece(struct http2_stream *s)
{
	enum http_piece said = http_producer_next(&s->producer, &s->piece);

	if (http_piece_came(said))
		return true;
	s->piece = SLICE_EMPTY;
	http2_producer_release(s);
	s->cut = said == HTTP_PIECE_FAILED;
	return false;
}

static size_t take(struct http2_stream *s, uint8_t *to, size_t room)
{
	struct slice left = slice_skip(buf_slice(&s->answer), s->answer_at);
	bool of_answer = left.len > 0;
	size_t n;

	if (!of_answer)
		left = s->piece;
	n = left.len < room ? left.len : room;
	memcpy(to, left.ptr, n);
	if (of_answer)
		s->answer_at += n;
	else
		s->piece = slice_skip(s->piece, n);
	return n;
}

static bool is_dry(const struct http2_stream *s)
{
	return s->answer_at == s->answer.len && s->piece.len == 0;
}

static ssize_t on_read(nghttp2_session *session, int32_t id, uint8_t *to, size_t size,
		       uint32_t *flags, nghttp2_data_source *source, void *arg)
{
	struct http2_stream *s = source->ptr;
	size_t n = 0;

	(void)session, (void)id, (void)arg;
	while (n < size && !s->cut) {
		if (is_dry(s) && (!s->producing || !next_piece(s)))
			break;
		n += take(s, to + n, size - n);
	}
	if (s->cut)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* RST_STREAM */
	if (is_dry(s) && !s->producing)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	s->progress_ms = s->h2->progress_ms = s->h2->conn->worker->now_ms;
	return (ssize_t)n;
}

/* --- the header --------------------------------------------------------------------------------
 */

struct fields {
	nghttp2_nv *list;
	size_t n;
};

static void field_add(struct fields *f, struct slice name, struct slice value)
{
	f->list[f->n++] = (nghttp2_nv){(uint8_t *)name.ptr, (uint8_t *)value.ptr, name.len,
				       value.len, NGHTTP2_NV_FLAG_NONE};
}

/* nghttp2 copies all, and writes names in lower case. */
static int submit(struct http2_stream *s, const struct http_answer *a, int64_t length)
{
	struct http_worker *w = s->h2->conn->worker;
	nghttp2_data_provider body = {.source.ptr = s, .read_callback = on_read};
	bool has_body = s->answer.len > 0 || s->producing;
	struct fields f = {.list = calloc(a->n_headers + HTTP_POLICY_HEADERS_MAX + FIELDS_EXTRA,
					  sizeof(*f.list))};
	struct http_headers headers = http_headers_of(a, s->policy);
	const struct http_header *h;
	char numbers[32];
	struct buf text = {
		.ptr = numbers, .capacity = sizeof(numbers), .bytes_max = sizeof(numbers)};
	int error;

	if (f.list == NULL)
		return NGHTTP2_ERR_NOMEM;
	buf_put_u64(&text, (uint64_t)a->status);
	field_add(&f, SLICE(":status"), buf_slice(&text));
	while ((h = http_headers_next(&headers)) != NULL)
		field_add(&f, h->name, h->value);
	if (a->type_guessed.len > 0)
		field_add(&f, SLICE("content-type"), a->type_guessed);
	if (http_length_is_said(length, a->status, s->no_body)) {
		size_t at = text.len;

		buf_put_u64(&text, (uint64_t)length);
		field_add(&f, SLICE("content-length"), slice_skip(buf_slice(&text), at));
	}
	field_add(&f, SLICE("date"), worker_date(w));
	error = nghttp2_submit_response(s->h2->session, s->id, f.list, f.n,
					has_body ? &body : NULL);
	free(f.list);
	return error;
}

/* Puts together what decides on a length. False: it cannot be completed. */
static bool produce_first(struct http2_stream *s, const struct http_answer *a, int64_t *ret_length)
{
	*ret_length = HTTP_LENGTH_UNKNOWN;
	producer_enter(s, a->producer);
	if (s->no_body || !http_status_has_body(a->status)) {
		http2_producer_release(s);
		s->cut = false;
		return true;
	}
	while (next_piece(s)) {
		if (s->piece.len > LENGTH_BODY_MAX - s->answer.len)
			return true;
		buf_put(&s->answer, s->piece);
		s->piece = SLICE_EMPTY;
	}
	*ret_length = (int64_t)s->answer.len;
	return !s->cut;
}

static void stream_answer(struct http2_stream *s, const struct http_answer *a)
{
	struct http2 *h = s->h2;
	int64_t length = (int64_t)a->body.len;
	bool whole = true;
	int error;

	s->phase = HTTP2_ANSWERING;
	s->since_ms = h->conn->worker->now_ms;
	if (a->producer != NULL)
		whole = produce_first(s, a, &length);
	else if (!s->no_body && http_status_has_body(a->status))
		buf_put(&s->answer, a->body);
	if (!buf_ok(&s->answer) || !whole)
		error = nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, s->id,
						  NGHTTP2_INTERNAL_ERROR);
	else
		error = submit(s, a, length);
	http_policy_release(s->policy);
	s->policy = NULL;
	s->identity = NULL;
	if (error != 0) {
		conn_close(h->conn);
		return;
	}
	conn_mark_dirty(h->conn);
}

/* Some small ones are let through: they say perhaps that there is no room. */
static bool let_through(struct http2_stream *s)
{
	struct http2 *h = s->h2;
	size_t bytes = sizeof(*s) + s->answer.capacity;

	if (s->producing || s->answer.len > LENGTH_BODY_MAX || !http2_session_has_spare(h, bytes))
		return false;
	s->uncharged_bytes = bytes;
	h->uncharged_bytes += bytes;
	return true;
}

void http2_answer_forget(struct http2_stream *s)
{
	buf_free(&s->answer);
	s->answer_at = 0;
	s->h2->uncharged_bytes -= s->uncharged_bytes;
	s->uncharged_bytes = 0;
}

static void bound(struct http2_stream *s)
{
	const struct conn *c = s->h2->conn;
	char text[CONN_OVER_BYTES];

	if (c->phase != CONN_MANY || !http2_charge_session(s->h2) || http2_charge(s) ||
	    let_through(s))
		return;
	limit_exceeded(LIMIT_BUFFER);
	conn_log_refused(c, 429, conn_over_buffer_text(c, text));
	http2_stream_cut(s);
}

void http2_answer(struct http2_stream *s, const struct http_answer *a)
{
	struct http2 *h = s->h2;

	assert(s->owed && s->phase == HTTP2_HANDLING);
	s->owed = false;
	h->n_owed--;
	if (s->closed || h->over || h->conn->phase != CONN_MANY) {
		if (a->producer != NULL)
			a->producer->release(a->producer->state);
		s->phase = HTTP2_ANSWERING;
		if (s->closed)
			http2_stream_free(s);
		return;
	}
	stream_answer(s, a);
	bound(s);
	if (a->close && h->conn->phase == CONN_MANY)
		http2_drain(h->conn);
}

static void refuse_with(struct http2_stream *s, int status, struct slice text, size_t n_headers)
{
	struct http_answer a = {.status = status,
				.headers = http_error_headers,
				.n_headers = n_headers,
				.body = text};

	http2_request_forget(s);
	stream_answer(s, &a);
	bound(s);
}

void http2_refuse(struct http2_stream *s, int status, struct slice sentence)
{
	struct buf text;

	buf_init(&text, SIZE_MAX / 4);
	buf_put(&text, sentence);
	if (sentence.len > 0)
		buf_put_byte(&text, '\n');
	conn_log_refused(s->h2->conn, status, sentence);
	refuse_with(s, status, buf_ok(&text) ? buf_slice(&text) : SLICE_EMPTY,
		    sentence.len > 0 ? HTTP_ERROR_HEADERS : 0);
	buf_free(&text);
}

void http2_refuse_head(struct http2_stream *s, enum http1_error error)
{
	int status = http1_error_status(error);
	struct slice words = http_status_words(status);
	struct slice sentence = http1_error_sentence(error);
	struct buf text;

	if (error == HTTP1_BAD_EXPECTATION) {
		http2_refuse(s, 417, SLICE_EMPTY);
		return;
	}
	if (error == HTTP1_HEAD_TOO_LARGE)
		limit_exceeded(LIMIT_HEADER);
	buf_init(&text, SIZE_MAX / 4);
	buf_putf(&text, "%d %.*s%s%.*s", status, SLICE_ARG(words), sentence.len > 0 ? ": " : "",
		 SLICE_ARG(sentence));
	conn_log_refused(s->h2->conn, status, sentence);
	refuse_with(s, status, buf_ok(&text) ? buf_slice(&text) : SLICE_EMPTY, 1);
	buf_free(&text);
}
