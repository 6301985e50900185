/* SPDX-License-Identifier: Apache-2.0
 *
 * http2.h -- HTTP/2 on a connection, by nghttp2: frames to requests, answers to frames.
 *
 * The values are those of HTTP/1: the fields of a request are written down as an HTTP/1 head and
 * read by the same parser, so that there is one way to read a target, a Host or a length. Requests
 * of one connection are handled as they become whole; answers leave in any order, each as far as
 * the client's windows are open, and a producer is asked only for what can leave now.
 *
 * The connection (conn.h) owns the socket, the buffer of what is to be sent and its place in the
 * worker's lists; this owns the session and its streams. The worker's thread only. Failure is the
 * connection's: it is closed, or told GOAWAY first. */
#pragma once

#include "http/conn.h"

struct http2;        /* the session of one connection */
struct http2_stream; /* one request and its answer */

/* After the handshake. `adequate`: its cipher suite may carry HTTP/2 (RFC 9113 9.2.2). */
void http2_open(struct conn *c, bool adequate);

void http2_input(struct conn *c, struct slice bytes);

/* With all of c->out sent: puts there what may be sent next. False: nothing; the connection's phase
 * is CONN_CLOSING then if the session is over. */
bool http2_fill(struct conn *c);

void http2_answer(struct http2_stream *s, const struct http_answer *a); /* as http_answer */
void http2_judged(struct http2_stream *s, bool right);                  /* as conn_judged */
/* As http_exchange_keep_body. False: there is no body here. */
must_check bool http2_body_give(struct http2_stream *s, struct http_kept_body *ret);

enum wait_class http2_wait_class(const struct conn *c);
void http2_tick(struct conn *c);   /* looks at the deadlines of its streams */
void http2_drain(struct conn *c);  /* GOAWAY: no further requests */
void http2_review(struct conn *c); /* resets the streams whose answers are outlived */

/* Of the answers that are made while they are sent, the one whose client has taken nothing of it
 * for the longest time, and since when; NULL and INT64_MAX: all are read. */
struct http2_stream *http2_longest_stalled(const struct http_worker *w, int64_t *ret_since_ms);
void http2_stream_cut(struct http2_stream *s); /* it gets no more of its answer */

bool http2_owes(const struct conn *c); /* the app owes answers, or a helper verdicts */
void http2_close(struct conn *c);      /* the connection is closed: producers are released */
void http2_free(struct http2 *h);      /* takes NULL */
