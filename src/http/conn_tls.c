/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection's bytes on their way to and from the socket: as they are, or through TLS. */
#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "http/http2.h"

enum { ERR_BYTES_MAX = 64 * 1024, LINE_BYTES_MAX = 8 * 1024 };

static void log_failed(const struct conn *c, struct slice reason)
{
	char line[LINE_BYTES_MAX];
	int n = snprintf(line, sizeof(line), "http: TLS handshake error from %.*s: %.*s",
			 c->remote_len, c->remote, SLICE_ARG(reason));

	assert(n > 0);
	log_plain((struct slice){line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1});
}

/* What is said from here on is said as it is; the client may read it before the end. */
static void handshake_failed(struct conn *c, struct slice reason, struct slice last_words)
{
	log_failed(c, reason);
	tls_free(c->tls);
	c->tls = NULL;
	c->secure = false;
	c->linger = true;
	c->phase = CONN_CLOSING;
	worker_buf_take(c->worker, &c->out);
	buf_put(&c->out, last_words);
	if (!buf_ok(&c->out)) {
		conn_close(c);
		return;
	}
	conn_set_writing(c, false);
	conn_mark_dirty(c);
	conn_wait_again(c);
}

/* With the certificates that are there now. */
static void handshake_begin(struct conn *c)
{
	struct arena arena;
	struct err err = err_in(&arena);

	arena_init(&arena, ERR_BYTES_MAX);
	if (tls_open(c->worker->tls, c->fd, &c->tls, &err) != ERR_NONE)
		handshake_failed(c, err.msg, tls_alert_internal());
	arena_free(&arena);
}

bool conn_handshake(struct conn *c)
{
	if (c->tls == NULL)
		handshake_begin(c);
	if (c->tls == NULL)
		return false;
	if (tls_is_ready(c->tls))
		return true;
	switch (tls_handshake(c->tls)) {
	case TLS_DONE:
		conn_set_writing(c, false);
		if (c->phase != CONN_GONE && tls_wants_http2(c->tls))
			http2_open(c, tls_may_http2(c->tls));
		return c->phase != CONN_GONE;
	case TLS_WANT_READ:
		conn_set_writing(c, false);
		return false;
	case TLS_WANT_WRITE:
		conn_set_writing(c, true);
		return false;
	case TLS_FAILED:
		handshake_failed(c, tls_reason(c->tls), SLICE_EMPTY);
		return false;
	case TLS_FAILED_HTTP:
		handshake_failed(c, tls_reason(c->tls),
				 SLICE("HTTP/1.0 400 Bad Request\r\n\r\n"
				       "Client sent an HTTP request to an HTTPS server.\n"));
		return false;
	}
	not_reached();
}

ssize_t conn_recv(struct conn *c, char *ptr, size_t size)
{
	ssize_t n;
	int saved;

	if (!c->secure)
		return recv(c->fd, ptr, size, 0);
	n = tls_recv(c->tls, ptr, size);
	saved = errno;
	if (tls_has_more(c->tls))
		conn_mark_unread(c);
	if (tls_recv_wants_write(c->tls))
		conn_set_writing(c, true);
	errno = saved;
	return n;
}

ssize_t conn_send(struct conn *c, struct iovec *parts, size_t n_parts)
{
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = n_parts};

	if (c->secure)
		return tls_send(c->tls, parts, n_parts, c->worker->scratch, WORKER_SCRATCH_BYTES);
	if (n_parts == 1)
		return send(c->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
	return sendmsg(c->fd, &message, MSG_NOSIGNAL);
}

void conn_handshake_late(const struct conn *c, struct slice sentence)
{
	log_failed(c, sentence);
}
