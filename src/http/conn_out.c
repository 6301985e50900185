/* SPDX-License-Identifier: Apache-2.0
 *
 * The writing half of a connection: answers to bytes, bytes to the socket.
 *
 * Small answers gather in `out` and leave with one send at the turn's end. Pieces of a producer are
 * never copied (but for the first 2048 bytes, which decide between a length and chunks): sendmsg
 * takes them from the producer's memory, and the next ones are asked for when these are gone, so a
 * slow reader makes nothing grow. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/http2.h"

enum {
	LENGTH_BODY_MAX =
		2048,    /* like the reference: longer bodies of unknown length are chunked */
	PIECES_MAX = 64, /* of one chunk: small families come a piece each */
	BATCH_BYTES_MAX = 128 * 1024,
	TURN_BYTES_MAX = 128 * 1024, /* of one connection in one turn */
	/* likewise: others wait while pieces are made, and one may be a hundred times the work of
	 * another that was kept */
	TURN_NS_MAX = 60 * 1000,
	UNSENT_BYTES_MAX = 128 * 1024,
};

struct stream {
	struct http_producer producer;
	int64_t progress_ms; /* when the socket last took some of it */
	bool chunked;
	bool ended;  /* `next` said so */
	bool failed; /* likewise: what is sent stays without its end */
	/* chunk head, pieces, chunk end; from `at` on not sent */
	struct iovec parts[PIECES_MAX + 2];
	int at, n_parts;
	char chunk_head[20];
};

void stream_free(struct conn *c)
{
	struct stream *s = c->stream;

	if (s == NULL)
		return;
	c->stream = NULL;
	*c->stream_link = c->stream_next;
	if (c->stream_next != NULL)
		c->stream_next->stream_link = c->stream_link;
	s->producer.release(s->producer.state);
	free(s);
}

/* The kernel takes megabytes for a client that does not read. With this it is seen soon, and cannot
 * hold much there; the window of one that reads grows as before. */
static void bound_unsent(struct conn *c)
{
	int bytes = UNSENT_BYTES_MAX;

	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}

static void stream_enter(struct conn *c, struct stream *s)
{
	struct conn **first = &c->worker->streams;

	c->stream = s;
	c->stream_next = *first;
	c->stream_link = first;
	if (*first != NULL)
		(*first)->stream_link = &c->stream_next;
	*first = c;
}

int64_t conn_stalled_since_ms(const struct conn *c)
{
	return c->blocked ? c->stream->progress_ms : INT64_MAX;
}

void conn_cut(struct conn *c)
{
	conn_reset_on_close(c);
	conn_close(c);
}

static void part_add(struct stream *s, struct slice part)
{
	s->parts[s->n_parts++] = (struct iovec){(void *)part.ptr, part.len};
}

static void chunk_end_add(struct stream *s, bool in_chunk)
{
	if (!s->chunked)
		return;
	if (s->ended)
		part_add(s, in_chunk ? SLICE("\r\n0\r\n\r\n") : SLICE("0\r\n\r\n"));
	else if (in_chunk)
		part_add(s, SLICE("\r\n"));
}

/* The next chunk: as many pieces as fit, and as can be made until then, but one at least. */
static void stream_fill(struct stream *s, int64_t until_ns)
{
	size_t bytes = 0;
	struct slice piece;
	enum http_piece said = HTTP_PIECE;

	s->at = 0;
	s->n_parts = s->chunked ? 1 : 0;
	for (int n = 0; n < PIECES_MAX && bytes < BATCH_BYTES_MAX && said == HTTP_PIECE; n++) {
		said = http_producer_next(&s->producer, &piece);
		if (!http_piece_came(said))
			break;
		part_add(s, piece);
		bytes += piece.len;
		if (clock_monotonic_ns() >= until_ns)
			break;
	}
	s->ended = said == HTTP_PIECE_END;
	s->failed = said == HTTP_PIECE_FAILED;
	if (s->chunked && bytes > 0) {
		int len = snprintf(s->chunk_head, sizeof(s->chunk_head), "%zx\r\n", bytes);

		assert(len > 0 && len < (int)sizeof(s->chunk_head));
		s->parts[0] = (struct iovec){s->chunk_head, (size_t)len};
	} else if (s->chunked) {
		s->at = 1;
	}
	chunk_end_add(s, bytes > 0);
}

struct slice worker_date(struct http_worker *w)
{
	struct timespec now;

	must_ok(clock_gettime(CLOCK_REALTIME_COARSE, &now));
	if (now.tv_sec != w->date_s) {
		w->date_s = now.tv_sec;
		http_date_text(now.tv_sec, w->date);
	}
	return (struct slice){w->date, HTTP_DATE_LEN};
}

static void put_header(struct buf *b, struct slice name, struct slice value)
{
	buf_put(b, name);
	buf_put(b, SLICE(": "));
	buf_put(b, value);
	buf_put(b, SLICE("\r\n"));
}

static void put_status_line(struct conn *c, int status)
{
	if (status == 200 && c->version_minor > 0) {
		buf_put(&c->out, SLICE("HTTP/1.1 200 OK\r\n"));
		return;
	}
	buf_put(&c->out, c->version_minor > 0 ? SLICE("HTTP/1.1 ") : SLICE("HTTP/1.0 "));
	buf_put_u64(&c->out, (uint64_t)status);
	buf_put_byte(&c->out, ' ');
	buf_put(&c->out, http_status_words(status));
	buf_put(&c->out, SLICE("\r\n"));
}

/* The order is the reference's: the app's, Date, Content-Length, a guessed Content-Type,
 * Connection, Transfer-Encoding. */
static void put_head(struct conn *c, const struct http_answer *a, int64_t length, bool close_said)
{
	struct buf *out = &c->out;
	struct http_headers headers = http_headers_of(a, c->policy);
	const struct http_header *h;

	put_status_line(c, a->status);
	while ((h = http_headers_next(&headers)) != NULL)
		put_header(out, h->name, h->value);
	buf_put(out, SLICE("Date: "));
	buf_put(out, worker_date(c->worker));
	buf_put(out, SLICE("\r\n"));
	if (http_length_is_said(length, a->status, c->no_body)) {
		buf_put(out, SLICE("Content-Length: "));
		buf_put_u64(out, (uint64_t)length);
		buf_put(out, SLICE("\r\n"));
	}
	if (a->type_guessed.len > 0)
		put_header(out, SLICE("Content-Type"), a->type_guessed);
	if (close_said && c->version_minor > 0)
		buf_put(out, SLICE("Connection: close\r\n"));
	if (c->keep_alive && c->version_minor == 0)
		buf_put(out, SLICE("Connection: keep-alive\r\n"));
	if (c->stream != NULL && c->stream->chunked)
		buf_put(out, SLICE("Transfer-Encoding: chunked\r\n"));
	buf_put(out, SLICE("\r\n"));
}

/* The body is over 2048 bytes: `first` bytes of it are copied, `piece` is the next one. */
static void stream_begin(struct conn *c, const struct http_answer *a, struct slice first,
			 struct slice piece)
{
	struct stream *s = malloc(sizeof(*s));

	if (s == NULL) {
		a->producer->release(a->producer->state);
		conn_close(c);
		return;
	}
	*s = (struct stream){.producer = *a->producer,
			     .progress_ms = c->worker->now_ms,
			     .chunked = c->version_minor > 0};
	stream_enter(c, s);
	bound_unsent(c);
	if (c->version_minor == 0) /* HTTP/1.0: the end of the connection is the end of the body */
		c->keep_alive = false;
	put_head(c, a, HTTP_LENGTH_UNKNOWN, !c->keep_alive);
	if (s->chunked)
		buf_putf(&c->out, "%zx\r\n", first.len + piece.len);
	buf_put(&c->out, first);
	part_add(s, piece);
	chunk_end_add(s, true);
}

static void put_produced(struct conn *c, const struct http_answer *a)
{
	const struct http_producer *p = a->producer;
	char first[LENGTH_BODY_MAX];
	size_t len = 0;
	struct slice piece;
	enum http_piece said;

	if (c->no_body || !http_status_has_body(a->status)) {
		p->release(p->state);
		put_head(c, a, HTTP_LENGTH_UNKNOWN, !c->keep_alive);
		return;
	}
	while (http_piece_came(said = http_producer_next(p, &piece))) {
		if (piece.len > sizeof(first) - len) {
			stream_begin(c, a, (struct slice){first, len}, piece);
			return;
		}
		memcpy(first + len, piece.ptr, piece.len);
		len += piece.len;
	}
	p->release(p->state);
	if (said == HTTP_PIECE_FAILED) {
		conn_close(c);
		return;
	}
	put_head(c, a, (int64_t)len, !c->keep_alive);
	buf_put(&c->out, (struct slice){first, len});
}

static void put_answer(struct conn *c, const struct http_answer *a)
{
	worker_buf_take(c->worker, &c->out);
	if (a->producer != NULL) {
		put_produced(c, a);
	} else {
		put_head(c, a, (int64_t)a->body.len, !c->keep_alive);
		if (!c->no_body && http_status_has_body(a->status))
			buf_put(&c->out, a->body);
	}
}

/* Reading may go on: at what was put aside, and at the socket. */
void conn_input_open(struct conn *c)
{
	if (c->busy || !conn_may_parse(c))
		return;
	if (c->stalled)
		conn_mark_ready(c);
	conn_set_reading(c, true);
}

const struct http_request *http_exchange_request(const struct http_exchange *x)
{
	return &x->conn->worker->head.request;
}

struct http_note *http_exchange_note(struct http_exchange *x)
{
	return &x->note;
}

void http_answer(struct http_exchange *x, const struct http_answer *a)
{
	struct conn *c = x->conn;
	struct http_worker *w = c->worker;
	bool gone = c->phase == CONN_GONE;

	if (x->note.id != 0 && w->app.answered != NULL)
		w->app.answered(w->context, &x->note, a->status);
	if (x->stream != NULL) {
		http2_answer(x->stream, a);
		if (gone)
			conn_bury(c);
		return;
	}
	assert(c->exchanging);
	c->exchanging = false;
	if (gone) {
		if (a->producer != NULL)
			a->producer->release(a->producer->state);
		conn_bury(c);
		return;
	}
	assert(c->phase == CONN_HANDLING);
	if (a->close || w->draining)
		c->keep_alive = false;
	put_answer(c, a);
	http_policy_release(c->policy);
	c->policy = NULL;
	c->identity = NULL;
	if (c->phase == CONN_GONE)
		return;
	if (!buf_ok(&c->out)) {
		conn_close(c);
		return;
	}
	if (!conn_charge(c)) {
		conn_overflow(c);
		return;
	}
	c->phase = c->keep_alive ? CONN_IDLE : CONN_CLOSING;
	conn_mark_dirty(c);
	conn_input_open(c);
}

void http_answer_error(struct http_exchange *x, int status, struct slice sentence)
{
	struct buf body;
	struct http_answer a = {
		.status = status,
		.headers = http_error_headers,
		.n_headers = HTTP_ERROR_HEADERS,
	};

	buf_init(&body, SIZE_MAX / 4);
	buf_put(&body, sentence);
	buf_put_byte(&body, '\n');
	a.body = buf_ok(&body) ? buf_slice(&body) : SLICE("out of memory\n");
	http_answer(x, &a);
	buf_free(&body);
}

static void deny_login(struct http_exchange *x, const struct http_policy *policy)
{
	struct http_header headers[HTTP_ERROR_HEADERS + GATE_CHALLENGES_MAX] = {
		http_error_headers[0]};
	size_t n = 1 + gate_challenges(policy, headers + 1);

	headers[n++] = http_error_headers[1];
	http_answer(x, &(struct http_answer){.status = 401,
					     .headers = headers,
					     .n_headers = n,
					     .body = SLICE("Unauthorized\n")});
}

void http_exchange_deny(struct http_exchange *x, enum gate_verdict verdict,
			const struct http_policy *policy)
{
	if (verdict == GATE_LOGIN)
		deny_login(x, policy);
	else
		http_answer_error(x, gate_status(verdict), gate_sentence(verdict));
}

static void refused(struct conn *c)
{
	c->linger = true;
	if (!buf_ok(&c->out)) {
		conn_close(c);
		return;
	}
	c->phase = CONN_CLOSING;
	conn_mark_dirty(c);
}

/* What met a limit or a deadline is for the operator; the rest is for who looks for it. */
void conn_log_refused(const struct conn *c, int status, struct slice sentence)
{
	bool is_limit = status == 408 || status == 413 || status == 429 || status == 431;
	enum log_level level = is_limit ? LOG_WARN : LOG_DEBUG;
	char code[4] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
			(char)('0' + status % 10), 0};

	LOG_AT(level, SLICE("request refused"), LOG_TEXT("code", slice_of(code)),
	       LOG_TEXT("source", ((struct slice){c->remote, c->remote_len})),
	       LOG_TEXT("err", sentence.len > 0 ? sentence : http_status_words(status)));
}

void conn_refuse(struct conn *c, int status, struct slice sentence)
{
	struct slice words = http_status_words(status);
	struct buf *out = &c->out;
	bool bare =
		status == 501; /* the one whose sentence the reference gives without the status */

	worker_buf_take(c->worker, out);
	buf_putf(out, "HTTP/1.1 %d %.*s", status, SLICE_ARG(words));
	if (sentence.len > 0 && !bare)
		buf_putf(out, ": %.*s", SLICE_ARG(sentence));
	buf_put(out, SLICE("\r\nContent-Type: text/plain; charset=utf-8\r\n"
			   "Connection: close\r\n\r\n"));
	if (!bare)
		buf_putf(out, "%d %.*s", status, SLICE_ARG(words));
	if (sentence.len > 0 && !bare)
		buf_put(out, SLICE(": "));
	buf_put(out, sentence);
	conn_log_refused(c, status, sentence);
	refused(c);
}

void conn_refuse_body(struct conn *c, int status, struct slice sentence, bool close_said)
{
	struct http_answer a = {
		.status = status,
		.headers = http_error_headers,
		.n_headers = sentence.len == 0 ? 0 : HTTP_ERROR_HEADERS,
	};
	bool newline = sentence.len > 0;

	worker_buf_take(c->worker, &c->out);
	c->keep_alive = false;
	put_head(c, &a, (int64_t)sentence.len + newline, close_said);
	if (!c->no_body && newline) {
		buf_put(&c->out, sentence);
		buf_put_byte(&c->out, '\n');
	}
	conn_log_refused(c, status, sentence);
	refused(c);
}

void conn_continue(struct conn *c)
{
	worker_buf_take(c->worker, &c->out);
	buf_put(&c->out, SLICE("HTTP/1.1 100 Continue\r\n\r\n"));
	conn_mark_dirty(c);
}

static bool has_output(const struct conn *c)
{
	return c->out.len > c->out_at || c->stream != NULL;
}

static ssize_t send_parts(struct conn *c)
{
	struct iovec parts[PIECES_MAX + 3];
	size_t n = 0;

	if (c->out.len > c->out_at)
		parts[n++] = (struct iovec){c->out.ptr + c->out_at, c->out.len - c->out_at};
	for (int i = c->stream == NULL ? 0 : c->stream->at;
	     c->stream != NULL && i < c->stream->n_parts; i++)
		parts[n++] = c->stream->parts[i];
	return conn_send(c, parts, n);
}

static void sent_bytes(struct conn *c, size_t n)
{
	struct stream *s = c->stream;
	size_t of_out = n < c->out.len - c->out_at ? n : c->out.len - c->out_at;

	if (s != NULL)
		s->progress_ms = c->worker->now_ms;
	c->out_at += of_out;
	n -= of_out;
	while (n > 0) {
		struct iovec *part;

		assert(s != NULL);
		part = &s->parts[s->at];

		if (n < part->iov_len) {
			part->iov_base = (char *)part->iov_base + n;
			part->iov_len -= n;
			return;
		}
		n -= part->iov_len;
		s->at++;
	}
}

/* With all parts sent: asks for more, or is done with the producer, or cuts the connection. */
static void stream_step(struct conn *c, int64_t until_ns)
{
	struct stream *s = c->stream;

	while (s->at == s->n_parts && !s->ended && !s->failed)
		stream_fill(s, until_ns);
	if (s->at == s->n_parts && s->failed) {
		if (!s->chunked) /* else the missing last chunk tells */
			conn_reset_on_close(c);
		conn_close(c);
	} else if (s->at == s->n_parts) {
		stream_free(c);
	}
}

static void set_blocked(struct conn *c, bool blocked)
{
	c->blocked = blocked;
	conn_set_writing(c, blocked);
}

static void all_sent(struct conn *c)
{
	buf_clear(&c->out);
	c->out_at = 0;
	worker_buf_give(c->worker, &c->out);
	conn_charge_less(c);
	set_blocked(c, false);
	if (c->phase == CONN_CLOSING) {
		if (!c->linger && c->in.len == c->in_at) {
			conn_close(c);
			return;
		}
		/* Closing with input unread makes the kernel send a reset, and a reset can
		 * cost the client the answer: end our half, and read on for a while. */
		c->phase = CONN_LINGER;
		if (c->tls != NULL)
			tls_say_end(c->tls);
		if (shutdown(c->fd, SHUT_WR) != 0) {
			conn_close(c);
			return;
		}
		conn_set_reading(c, true);
	}
	conn_input_open(c);
	conn_wait_again(c);
}

static void wait_writable(struct conn *c)
{
	/* Otherwise the answer was charged when it was put there. */
	if (c->phase == CONN_MANY && !conn_charge(c)) {
		conn_overflow(c);
		return;
	}
	set_blocked(c, true);
	conn_wait_again(c);
}

/* Nothing could be sent. */
static void not_sent(struct conn *c)
{
	if (errno == EAGAIN)
		wait_writable(c);
	else
		conn_close(c);
}

/* Has something to send next. False: the stream has ended, and perhaps the connection. */
static bool stream_ready(struct conn *c, int64_t until_ns)
{
	if (c->stream == NULL || c->out.len > c->out_at)
		return true;
	stream_step(c, until_ns);
	return c->phase != CONN_GONE && c->stream != NULL;
}

static bool turn_is_over(const struct conn *c, size_t bytes, int64_t until_ns)
{
	return bytes >= TURN_BYTES_MAX ||
	       (bytes > 0 && c->stream != NULL && clock_monotonic_ns() >= until_ns);
}

void conn_flush(struct conn *c)
{
	int64_t until_ns = c->stream == NULL ? 0 : clock_monotonic_ns() + TURN_NS_MAX;
	size_t bytes = 0;

	if (c->phase == CONN_GONE || c->phase == CONN_LINGER)
		return;
	while (has_output(c) || (c->http2 != NULL && http2_fill(c))) {
		ssize_t n;

		if (turn_is_over(c, bytes, until_ns)) {
			wait_writable(c);
			return;
		}
		if (!stream_ready(c, until_ns))
			break;
		do
			n = send_parts(c);
		while (n < 0 && errno == EINTR);
		if (n < 0) {
			not_sent(c);
			return;
		}
		bytes += (size_t)n;
		sent_bytes(c, (size_t)n);
	}
	if (c->phase != CONN_GONE)
		all_sent(c);
}

void conn_review(struct conn *c)
{
	const struct http_producer *p = c->stream == NULL ? NULL : &c->stream->producer;

	if (c->phase == CONN_MANY)
		http2_review(c);
	if (p == NULL || p->outlived == NULL || !p->outlived(p->state))
		return;
	conn_reset_on_close(c);
	conn_close(c);
}

void conn_on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	if (c->secure &&
	    (c->tls == NULL || !tls_is_ready(c->tls) || tls_recv_wants_write(c->tls))) {
		conn_set_writing(c, c->blocked);
		conn_on_readable(c->fd, EV_READ, c);
	}
	if (c->blocked)
		conn_mark_dirty(c);
}
