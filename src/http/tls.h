/* SPDX-License-Identifier: Apache-2.0
 *
 * tls.h -- TLS on a connection's socket, by OpenSSL, for sockets that do not block.
 *
 * A connection that has sent nothing costs nothing: its TLS state is made when its first bytes are
 * there, with the certificates and settings that are in force then. The process ignores SIGPIPE:
 * OpenSSL writes with write(2). */
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include "http/policy.h"

/* What all connections share: the newest context. Any thread. */
struct tls_server;

/* `alpn`: protocols are chosen and unknown ones refused. NULL: out of memory. */
struct tls_server *tls_server_new(struct http_policy_source source, bool alpn);
struct tls_server *tls_server_free(struct tls_server *s); /* takes NULL, returns NULL */

/* Would a handshake find all that it needs? */
must_check enum err_code tls_server_check(struct tls_server *s, struct err *reterr);

/* One connection; its worker's thread. */
struct tls;

enum tls_step {
	TLS_DONE,
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_FAILED,
	TLS_FAILED_HTTP, /* what came is a request without TLS */
};

/* The descriptor stays the caller's. On failure the sentence is for the log. */
must_check enum err_code tls_open(struct tls_server *s, int fd, struct tls **ret,
				  struct err *reterr);
void tls_free(struct tls *t); /* takes NULL */

enum tls_step tls_handshake(struct tls *t);
bool tls_is_ready(const struct tls *t);       /* the handshake is done */
struct slice tls_reason(const struct tls *t); /* of TLS_FAILED; as Go's http server logs it */
bool tls_wants_http2(const struct tls *t);    /* likewise, and `h2` was agreed on */
bool tls_may_http2(const struct tls *t);      /* the cipher suite allows it (RFC 9113 9.2.2) */
struct slice tls_alert_internal(void);        /* for a client whose handshake cannot even begin */

/* As recv and send: -1 with EAGAIN when the socket has or takes no more; 0 at the end. tls_recv
 * fills all of `size` if it can. `gather` is where small parts are joined into one record. */
ssize_t tls_recv(struct tls *t, char *ptr, size_t size);
ssize_t tls_send(struct tls *t, const struct iovec *parts, size_t n_parts, char *gather,
		 size_t gather_bytes);

/* The last tls_recv got all it asked for, and there may be more that no poll will tell of. */
bool tls_has_more(const struct tls *t);
/* The last tls_recv waits for the socket to take something. */
bool tls_recv_wants_write(const struct tls *t);

void tls_say_end(struct tls *t); /* close_notify, once, if it can be said at once */
void tls_cut(struct tls *t);     /* it is not to be said: what was sent is not whole */
