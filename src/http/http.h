/* SPDX-License-Identifier: Apache-2.0
 *
 * http.h -- HTTP as values: what a handler reads and what it answers. Knows nothing of metrics and
 * nothing of sockets; HTTP/1 and HTTP/2 make the same values.
 *
 * Everything in a request belongs to the connection and lives until the handler returns (body
 * included), not until the answer: what an answer that comes later needs, the handler copies. */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_CONNECT,
	HTTP_TRACE,
	HTTP_PATCH,
	HTTP_OTHER, /* another valid token, lower-case `put` among them */
};

struct http_header {
	struct slice name, value; /* value without blanks around it */
};

/* Who sent a request, by name; what they may do is a value of the app's own. */
struct http_identity {
	struct slice name;
	const void *rights; /* NULL: everything */
};

struct http_request {
	enum http_method method;
	struct slice method_text;
	struct slice target;   /* as received */
	struct slice path_raw; /* of the target, still percent-encoded; `*` for OPTIONS *, empty for
				* CONNECT host:port */
	struct slice path;     /* percent-decoded */
	struct slice query;    /* after `?`, not decoded; empty when there is none */
	bool has_query;
	struct slice host; /* of an absolute target, else of the Host header; may be empty */
	int version_minor; /* HTTP/1.x */
	const struct http_header *headers;
	size_t n_headers;
	struct slice body;        /* whole, transfer coding undone */
	int64_t content_length;   /* -1: none was sent, or chunked */
	int64_t received_unix_ns; /* when the body was complete */
	bool body_comes;          /* while it is judged, before there is a body */
	struct slice remote;      /* ip:port, [ip6]:port */
	/* NULL: nobody was asked who they are, and everybody may do everything */
	const struct http_identity *identity;
};

/* The first header of that name (ASCII case ignored); false when there is none. */
bool http_header_get(const struct http_request *r, struct slice name, struct slice *ret_value);

/* What a producer says of the piece it gives. */
enum http_piece {
	HTTP_PIECE,        /* valid until `release` */
	HTTP_PIECE_BRIEF,  /* valid until `next` is called again */
	HTTP_PIECE_END,    /* there is none: the body is complete */
	HTTP_PIECE_FAILED, /* there is none: the body cannot be completed, the connection is cut */
};

/* A body that is made while it is sent. `release` is called exactly once, also when the client went
 * away or when the answer has no body (HEAD, 204, 304). Both are called on the worker that owns the
 * connection, the first `next` perhaps within http_answer; neither may call http_answer. */
struct http_producer {
	enum http_piece (*next)(void *state, struct slice *ret_piece);
	void (*release)(void *state);
	/* NULL, or tells http_worker_review that what it reads must be given back early: then the
	 * connection is cut, as with HTTP_PIECE_FAILED. */
	bool (*outlived)(void *state);
	void *state;
};

/* Date, Content-Length or Transfer-Encoding and Connection are added by the connection, behind
 * these headers. Slices are copied before http_answer returns. */
struct http_answer {
	int status;
	const struct http_header *headers;
	size_t n_headers;
	struct slice body;
	const struct http_producer *producer; /* instead of body when not NULL */
	/* When not empty: a Content-Type behind Content-Length, where the reference puts one that
	 * it guessed from the body. */
	struct slice type_guessed;
	bool close; /* end the connection after this answer */
};

struct http_exchange; /* one request that waits for its answer; owned by the connection */
struct http_worker;   /* one event loop and its thread */

/* What the app wants to be told when an exchange is answered; all zero in a new one. The names are
 * the app's business. */
struct http_note {
	uint32_t id; /* 0: tell nothing */
	uint32_t bytes;
	int64_t started_ns;
};

struct http_note *http_exchange_note(struct http_exchange *x); /* until it is answered */

const struct http_request *
http_exchange_request(const struct http_exchange *x); /* in the handler */

/* A request's body that outlives its handler. */
struct http_kept_body {
	struct slice bytes;
	char *memory;
	size_t charged_bytes; /* see http_limits.buffer_bytes_max */
};

/* In the handler, once: the body is the caller's from now on. It is where it was, or a copy when it
 * is small. False: together with all others that would be too much, or there is
 * no memory. */
must_check bool http_exchange_keep_body(struct http_exchange *x, struct http_kept_body *ret);
void http_kept_body_free(struct http_worker *w, struct http_kept_body *body); /* w's thread */

/* Exactly once per exchange, on the worker's own thread, in the handler or later. If the client is
 * gone the answer is dropped. The exchange is gone afterwards. */
void http_answer(struct http_exchange *x, const struct http_answer *answer);

/* Plain text as the reference's error helper writes it: text/plain; charset=utf-8, nosniff, the
 * sentence and one newline. */
void http_answer_error(struct http_exchange *x, int status, struct slice sentence);

/* Any thread: has the worker run a turn, and so turn_end, soon. Many wakes may become one turn. Not
 * after worker_close. */
void http_worker_wake(struct http_worker *w);

/* The worker's thread, in turn_end: looks after answers whose clients do not read, and cuts those
 * that are outlived. */
void http_worker_review(struct http_worker *w);
/* The worker's thread: of the answers that are made while they are sent, cuts the one whose client
 * has read nothing for the longest time, if that is at least so long. False: there is none. */
bool http_worker_cut_stalled(struct http_worker *w, int64_t stalled_ms_min);

/* What the server serves. All are called on a worker's thread; `context` is that worker's own. */
struct http_app {
	void *(*worker_open)(void *app, struct http_worker *w); /* NULL fails the start */
	/* Its connections are closed by then. Exchanges that still wait may be answered in here, to
	 * no effect; they are gone afterwards. */
	void (*worker_close)(void *context);
	void (*handle)(void *context, struct http_exchange *x);
	/* Of a request that has an identity with rights and whose body is still to come: would
	 * `handle` refuse it at once, whatever the body is? Then it need not come, and `handle` may
	 * be called without one. Nothing of `r` may be kept. May be NULL. */
	bool (*refuses)(void *context, const struct http_request *r);
	/* After the events of one loop turn: answer what was put together. Called again as long as
	 * it returns true (it answered something, and pipelined requests may have come up). */
	bool (*turn_end)(void *context);
	/* Within http_answer, once for each exchange whose note has an id, also when its client is
	 * gone. May be NULL. */
	void (*answered)(void *context, const struct http_note *note, int status);
	void *app;
};
