/* SPDX-License-Identifier: Apache-2.0
 *
 * http2_private.h -- between http2.c (the session), http2_in.c (requests), http2_out.c (answers),
 * http2_memory.c (nghttp2's memory).
 */
#pragma once

#include <nghttp2/nghttp2.h>

#include "base/limits.h"
#include "http/http2.h"

enum {
	HTTP2_STREAMS_MAX = 100, /* open at once; RFC 9113 6.5.2 wants no less */
	/* Those whose client went away count until their answer is there. */
	HTTP2_STREAMS_KEPT_MAX = 2 * HTTP2_STREAMS_MAX,
	HTTP2_STREAM_WINDOW_BYTES = 256 * 1024,
	HTTP2_CONN_WINDOW_BYTES = 1024 * 1024,
};

enum http2_phase {
	HTTP2_HEAD,
	HTTP2_JUDGING,
	HTTP2_BODY,
	HTTP2_HANDLING,
	HTTP2_ANSWERING,
	HTTP2_LINGERING, /* answered before its end: what still comes is not wanted */
};

/* So many at once, and so many more each second. */
struct budget {
	int64_t spent;
	int64_t at_ms;
};

struct http2_stream {
	struct http_exchange exchange;
	struct http2 *h2;
	struct http2_stream *next, *prev; /* in the order in which they came */
	int32_t id;
	enum http2_phase phase;
	int64_t since_ms;    /* its deadline counts from here */
	bool owed : 1;       /* by the app or by a helper */
	bool closed : 1;     /* nghttp2 has forgotten it */
	bool ended : 1;      /* the request is whole */
	bool too_large : 1;  /* its header is */
	bool malformed : 1;  /* likewise */
	bool head_begun : 1; /* `head` has its request line */
	bool no_body : 1;    /* HEAD */
	bool producing : 1;
	bool cut : 1;           /* nothing more is to be said but RST_STREAM */
	enum limit over;        /* the request does not fit: what still comes of it is not kept */
	size_t charged_bytes;   /* of its buffers and of its producer, at the worker */
	size_t uncharged_bytes; /* of an answer for which there was no room */

	/* the request */
	struct buf pseudo; /* method, path and authority, one after the other */
	size_t method_len, path_len, authority_len;
	size_t method_at, path_at, authority_at;
	struct buf head; /* the fields as an HTTP/1 head */
	size_t fields_bytes;
	struct buf body;
	size_t held_bytes; /* of the body, for which the client got no new window yet */
	enum gate_verdict verdict;
	struct http_policy *policy;           /* or NULL */
	const struct http_identity *identity; /* in the policy, or NULL */

	/* the answer: what is left of `answer`, of `piece`, of what the producer gives */
	struct buf answer;
	size_t answer_at;
	struct slice piece;
	struct http_producer producer;
	int64_t progress_ms; /* when the client's windows and the socket last took some of it */
	struct http2_stream *producing_next, **producing_link; /* in worker->h2_streams */
};

struct http2 {
	struct conn *conn;
	nghttp2_session *session;
	struct http2_stream *first, *last;
	size_t n_streams;
	size_t n_owed;
	uint64_t body_bytes;    /* of all bodies that are not whole */
	size_t session_bytes;   /* that nghttp2 has allocated */
	size_t charged_bytes;   /* of them, at the worker */
	size_t uncharged_bytes; /* of all streams */
	bool greeted;           /* a request has come */
	bool over;              /* terminated: what still comes is not looked at */
	struct budget frames, resets;
	int64_t progress_ms; /* as a stream's, of any */
};

/* http2.c */
struct http2_stream *http2_stream_of(struct http2 *h, int32_t id);
/* NULL: no memory. */
struct http2_stream *http2_stream_new(struct http2 *h, int32_t id);
void http2_stream_free(struct http2_stream *s);
void http2_terminate(struct http2 *h, uint32_t code, struct slice reason); /* and log it */
/* The client asks for too much: likewise, and count it. */
void http2_terminate_over(struct http2 *h, enum limit limit, struct slice reason);
void http2_log_ended(const struct http2 *h, uint32_t code, struct slice reason);
/* Tells the worker what the stream takes now. False: together with all others that is too much. */
must_check bool http2_charge(struct http2_stream *s);
void http2_charge_less(struct http2_stream *s); /* it takes less, or as much, now */
bool budget_spend(struct budget *b, int64_t n, int64_t burst, int64_t per_s, int64_t now_ms);

/* http2_memory.c */
nghttp2_mem http2_session_memory(struct http2 *h);
/* Tells the worker what the session takes now. False: together with all others that is too much,
 * and the connection has been closed. */
must_check bool http2_charge_session(struct http2 *h);
/* Of what a session takes without being charged, are so many bytes left? */
bool http2_session_has_spare(const struct http2 *h, size_t bytes);

/* http2_in.c: nghttp2's callbacks. */
int http2_on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *arg);
int http2_on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg);
int http2_on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		    size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
		    void *arg);
int http2_on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *ptr,
		  size_t len, void *arg);
int http2_on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *arg);
void http2_request_forget(struct http2_stream *s); /* it takes no more memory */
void http2_body_late(struct http2_stream *s);

/* http2_out.c */
/* An answer that is not the app's. */
void http2_refuse(struct http2_stream *s, int status, struct slice sentence);
void http2_refuse_head(struct http2_stream *s, enum http1_error error);
void http2_producer_release(struct http2_stream *s);
void http2_answer_forget(struct http2_stream *s); /* it is sent, or will not be */
ssize_t http2_on_send(nghttp2_session *session, const uint8_t *ptr, size_t len, int flags,
		      void *arg);
int http2_on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *arg);
