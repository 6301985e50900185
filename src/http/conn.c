/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection's life: from accept to free, its place in the worker's lists, its deadlines. */
#include "http/http2.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

enum {
	STALLED_MS_MIN = 2,          /* who reads at once is not cut */
	OUT_WAITING_MAX = 64 * 1024, /* more answers than this wait: handle no further request */
};

void conn_open(struct http_worker *w, int fd, const struct sockaddr_storage *remote)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		close(fd);
		worker_conn_gone(w);
		return;
	}
	c->worker = w;
	c->fd = fd;
	c->phase = CONN_IDLE;
	c->secure = w->tls != NULL;
	c->exchange.conn = c;
	buf_init(&c->in, w->limits.header_bytes_max + w->limits.body_bytes_max +
				 2 * (size_t)CONN_READ_BYTES_MAX);
	buf_init(&c->out, SIZE_MAX / 4); /* what the app answers is the app's to bound */
	c->remote_len = (unsigned char)remote_format(fd, remote, c->remote);
	must_ok(event_assign(&c->readable, w->base, fd, EV_READ | EV_PERSIST, conn_on_readable, c));
	must_ok(event_assign(&c->writable, w->base, fd, EV_WRITE | EV_PERSIST, conn_on_writable,
			     c));
	worker_wait(w, c, WAIT_HEADER);
	conn_set_reading(c, true);
}

void conn_set_reading(struct conn *c, bool reading)
{
	if (c->reading == reading || c->phase == CONN_GONE)
		return;
	if ((reading ? event_add(&c->readable, NULL) : event_del(&c->readable)) == 0)
		c->reading = reading;
	else
		conn_close(c);
	if (reading && c->tls != NULL && tls_has_more(c->tls))
		conn_mark_unread(c);
}

void conn_set_writing(struct conn *c, bool writing)
{
	if (c->writing == writing || c->phase == CONN_GONE)
		return;
	if ((writing ? event_add(&c->writable, NULL) : event_del(&c->writable)) == 0)
		c->writing = writing;
	else
		conn_close(c);
}

void conn_mark_unread(struct conn *c)
{
	if (c->is_unread || c->phase == CONN_GONE)
		return;
	c->is_unread = true;
	c->unread_next = c->worker->unread;
	c->worker->unread = c;
}

void conn_mark_dirty(struct conn *c)
{
	if (c->is_dirty)
		return;
	c->is_dirty = true;
	c->dirty_next = c->worker->dirty;
	c->worker->dirty = c;
}

void conn_mark_ready(struct conn *c)
{
	if (c->is_ready)
		return;
	c->is_ready = true;
	c->ready_next = c->worker->ready;
	c->worker->ready = c;
}

bool conn_may_parse(const struct conn *c)
{
	return (c->phase == CONN_IDLE || c->phase == CONN_HEAD || c->phase == CONN_BODY ||
		c->phase == CONN_MANY) &&
	       !c->blocked && c->stream == NULL && c->out.len - c->out_at < OUT_WAITING_MAX;
}

static enum wait_class class_of_phase(const struct conn *c)
{
	if (c->phase == CONN_MANY)
		return http2_wait_class(c);
	if (c->blocked)
		return WAIT_RESPONSE;
	switch (c->phase) {
	case CONN_IDLE:
		return WAIT_IDLE;
	case CONN_HEAD:
		return WAIT_HEADER;
	case CONN_BODY:
		return WAIT_BODY;
	case CONN_CLOSING:
		return WAIT_RESPONSE;
	case CONN_LINGER:
		return WAIT_LINGER;
	case CONN_JUDGING:
	case CONN_HANDLING:
	case CONN_GONE:
		return WAIT_APP;
	case CONN_MANY:
		break;
	}
	not_reached();
}

/* One spare of each buffer is the connection's own, bounded by how many there may be. */
static size_t beyond_spare(const struct buf *b)
{
	return b->capacity > WORKER_SPARE_BYTES ? b->capacity - WORKER_SPARE_BYTES : 0;
}

/* Whoever does not read gives way. False: there is nobody. */
bool conn_make_room(struct conn *c)
{
	if (c->stream != NULL && c->blocked) /* it may be the one */
		return false;
	if (!http_worker_cut_stalled(c->worker, STALLED_MS_MIN))
		return false;
	limit_exceeded(LIMIT_BUFFER);
	log_warn(SLICE("answer cut: its client does not read, and others need the memory "
		       "(--web.max-buffer-bytes)"));
	return true;
}

size_t conn_chargeable(const struct conn *c)
{
	return beyond_spare(&c->in) + beyond_spare(&c->out) +
	       (c->stream == NULL ? 0 : CONN_STREAM_BYTES);
}

bool conn_charge(struct conn *c)
{
	size_t bytes = conn_chargeable(c);

	if (bytes > c->charged_bytes) {
		while (!worker_buffer_charge(c->worker, bytes - c->charged_bytes))
			if (!conn_make_room(c))
				return false;
		c->charged_bytes = bytes;
	}
	return true;
}

void conn_charge_less(struct conn *c)
{
	size_t bytes = conn_chargeable(c);

	if (bytes < c->charged_bytes) {
		worker_buffer_release(c->worker, c->charged_bytes - bytes);
		c->charged_bytes = bytes;
	}
}

struct slice conn_over_buffer_text(const struct conn *c, char ret[CONN_OVER_BYTES])
{
	int n = snprintf(ret, CONN_OVER_BYTES,
			 "requests and answers under way need more than %zu bytes "
			 "(--web.max-buffer-bytes)",
			 c->worker->limits.buffer_bytes_max);

	assert(n > 0 && n < CONN_OVER_BYTES);
	return slice_of(ret);
}

struct slice conn_over_body_text(const struct conn *c, char ret[CONN_OVER_BYTES])
{
	int n = snprintf(ret, CONN_OVER_BYTES,
			 "the request body is over the limit of %zu bytes (--web.max-body-bytes)",
			 c->worker->limits.body_bytes_max);

	assert(n > 0 && n < CONN_OVER_BYTES);
	return slice_of(ret);
}

void conn_overflow(struct conn *c)
{
	char text[CONN_OVER_BYTES];
	struct slice sentence = conn_over_buffer_text(c, text);

	limit_exceeded(LIMIT_BUFFER);
	if (c->phase == CONN_IDLE || c->phase == CONN_HEAD) { /* nothing is known of the request */
		c->version_minor = 1;
		c->no_body = false;
	}
	if (c->phase == CONN_IDLE || c->phase == CONN_HEAD || c->phase == CONN_BODY) {
		conn_refuse_body(c, 429, sentence, true);
		return;
	}
	conn_log_refused(c, 429, sentence);
	conn_close(c);
}

/* Deadlines are total: standing in the right list already, it keeps its place. */
void conn_wait_again(struct conn *c)
{
	enum wait_class class = class_of_phase(c);

	if (c->phase == CONN_GONE || c->wait == class)
		return;
	worker_unwait(c->worker, c);
	worker_wait(c->worker, c, class);
}

struct slice conn_late_text(uint32_t timeout_ms, const char *what, const char *flag,
			    char ret[CONN_OVER_BYTES])
{
	int n = timeout_ms % 1000 == 0
			? snprintf(ret, CONN_OVER_BYTES, "%s did not arrive within %u s (--%s)",
				   what, timeout_ms / 1000, flag)
			: snprintf(ret, CONN_OVER_BYTES, "%s did not arrive within %u ms (--%s)",
				   what, timeout_ms, flag);

	assert(n > 0 && n < CONN_OVER_BYTES);
	return slice_of(ret);
}

/* Who waits idle, or reads on after the last answer, has met no limit. */
static enum limit limit_of_wait(enum wait_class class)
{
	switch (class) {
	case WAIT_HEADER:
		return LIMIT_HEADER_TIMEOUT;
	case WAIT_BODY:
		return LIMIT_BODY_TIMEOUT;
	case WAIT_RESPONSE:
		return LIMIT_RESPONSE_TIMEOUT;
	default:
		return LIMIT_NONE;
	}
}

void conn_expired(struct conn *c)
{
	const struct http_limits *limits = &c->worker->limits;
	char text[CONN_OVER_BYTES];

	limit_exceeded(limit_of_wait(c->wait));
	if (c->phase == CONN_HEAD && c->wait == WAIT_HEADER) {
		conn_refuse(c, 408,
			    conn_late_text(limits->header_timeout_ms, "the header",
					   "web.header-timeout", text));
	} else if (c->phase == CONN_BODY && c->wait == WAIT_BODY) {
		conn_refuse_body(c, 408,
				 conn_late_text(limits->body_timeout_ms, "the body",
						"web.body-timeout", text),
				 true);
	} else if (c->phase == CONN_MANY && c->wait == WAIT_STREAMS) {
		http2_tick(c);
		if (c->phase == CONN_GONE)
			return;
		worker_unwait(c->worker, c); /* to look again */
		worker_wait(c->worker, c, http2_wait_class(c));
		return;
	} else if (c->phase == CONN_MANY && c->wait != WAIT_RESPONSE) {
		http2_drain(c);
	} else {
		if (c->wait == WAIT_RESPONSE)
			conn_log_refused(
				c, 408,
				SLICE("the answer was not read in time (--web.response-timeout)"));
		if (c->tls != NULL && !tls_is_ready(c->tls))
			conn_handshake_late(c, conn_late_text(limits->header_timeout_ms,
							      "the end of the handshake",
							      "web.header-timeout", text));
		conn_close(c);
		return;
	}
	conn_wait_again(c);
}

void conn_drain(struct conn *c)
{
	if (c->phase == CONN_MANY)
		http2_drain(c);
	if (c->phase != CONN_IDLE)
		return;
	if (c->out.len == c->out_at && c->stream == NULL)
		conn_close(c);
	else
		c->phase = CONN_CLOSING;
}

void conn_close(struct conn *c)
{
	struct http_worker *w = c->worker;

	if (c->phase == CONN_GONE)
		return;
	c->phase = CONN_GONE;
	if (c->tls != NULL)
		tls_say_end(c->tls);
	(void)event_del(&c->readable);
	(void)event_del(&c->writable);
	close(c->fd);
	worker_conn_gone(w);
	worker_unwait(w, c);
	stream_free(c);
	if (c->http2 != NULL)
		http2_close(c);
	buf_clear(&c->out);
	worker_buf_give(w, &c->out);
	if (!c->busy) { /* else the window is still being looked at */
		buf_clear(&c->in);
		worker_buf_give(w, &c->in);
	}
	worker_buffer_release(w, c->charged_bytes);
	c->charged_bytes = 0;
	worker_wait(w, c, WAIT_APP);
	conn_bury(c);
}

void conn_bury(struct conn *c)
{
	struct http_worker *w = c->worker;

	assert(c->phase == CONN_GONE);
	if (c->exchanging || c->judging || http2_owes(c))
		return;
	worker_unwait(w, c);
	c->dead_next = w->dead;
	w->dead = c;
}

void conn_reset_on_close(struct conn *c)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (c->tls != NULL)
		tls_cut(c->tls);
}

void conn_free(struct conn *c)
{
	assert(c->phase == CONN_GONE && !c->is_dirty && !c->is_ready && !c->is_unread && !c->busy);
	http2_free(c->http2);
	tls_free(c->tls);
	http_policy_release(c->policy);
	buf_free(&c->in);
	buf_free(&c->out);
	free(c);
}
