/* SPDX-License-Identifier: Apache-2.0
 *
 * worker.h -- one event loop, its thread and what its connections share.
 *
 * A turn: the events of one epoll wake, then (until nothing comes up) requests that waited behind
 * an answer and app.turn_end, then everything that was answered is sent, then closed connections
 * are freed. So a request that arrives whole costs one wake, one recv and one send.
 *
 * No connection has a timer of its own. Each stands in the list of its deadline class; as all of a
 * class have the same span, the list is in order of expiry, and one periodic timer looks at heads.
 */
#pragma once

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "http/answer.h"
#include "http/gate.h"
#include "http/http1_parse.h"
#include "http/server.h"
#include "http/tls.h"

struct conn;
struct http2_stream;

enum {
	WORKER_SCRATCH_BYTES = 64 * 1024,
	WORKER_HEADERS_MAX = 1000, /* header lines of one request */
	WORKER_SPARES_MAX = 256,
	WORKER_SPARE_BYTES = 4096,
	LINGER_MS = 2000,
};

enum wait_class {
	WAIT_HEADER,
	WAIT_BODY,
	WAIT_IDLE,
	WAIT_RESPONSE,
	WAIT_LINGER,
	WAIT_STREAMS, /* of HTTP/2: each has its own, looked at once in a while */
	WAIT_APP,     /* no deadline: the app answers */
	N_WAIT_CLASSES,
};

struct wait_list {
	struct conn *head, *tail;
	uint32_t timeout_ms;
};

struct worker_listener {
	struct event event;
	struct http_worker *worker;
	int fd; /* the server's */
};

/* What all workers count together. */
struct http_shared {
	_Atomic uint32_t n_connections;
	_Atomic size_t buffer_bytes; /* see http_limits */
};

struct http_worker {
	/* set before the thread starts, then only read */
	struct http_limits limits;
	struct http_app app;
	struct http_shared *shared; /* the server's */
	struct http_gate *gate;     /* all workers'; NULL: everything is served */
	struct tls_server *tls;     /* all workers'; NULL: nothing is TLS */
	struct worker_listener *listeners;
	size_t n_listeners;

	/* any thread */
	int wake_fd;
	_Atomic bool woken;
	_Atomic int64_t stop_at_ms; /* 0: serve; else drain, until then at most */
	struct login_mailbox mail;  /* verdicts for connections of this worker */

	/* owned by the main thread */
	pthread_t thread;
	bool has_thread;

	/* start: under mtx */
	pthread_mutex_t mtx;
	pthread_cond_t opened;
	enum { WORKER_OPENING, WORKER_OPEN, WORKER_FAILED } state;

	/* owned by the worker's thread */
	struct event_base *base;
	struct event wake_event, sweep_event;
	void *context; /* the app's */
	bool draining, accepting, sweeping_on;
	size_t n_connections;
	struct conn *streams; /* answers that are made while they are sent, in no order */
	struct http2_stream *h2_streams; /* likewise, over HTTP/2 */
	bool starved;   /* the last accept failed for want of descriptors or memory */
	int64_t now_ms; /* of the newest event */
	struct wait_list waiting[N_WAIT_CLASSES];
	struct conn *ready;              /* input waits that can go on */
	struct conn *dirty;              /* something to send */
	struct conn *dead;               /* closed, to be freed at the turn's end */
	struct conn *unread;             /* TLS holds input of theirs that no poll tells of */
	char *spares[WORKER_SPARES_MAX]; /* buffers of WORKER_SPARE_BYTES */
	size_t n_spares;
	int64_t date_s;
	char date[HTTP_DATE_LEN + 1]; /* of date_s */

	/* of the request that is being read or handled */
	char *scratch; /* WORKER_SCRATCH_BYTES */
	struct http1_space space;
	struct http1_head head;
	struct arena gate_arena; /* while it is judged */
};

/* Main thread. The listening sockets stay the caller's. False: no memory or no descriptors. */
must_check bool worker_init(struct http_worker *w, const struct http_server_options *options,
			    struct http_shared *shared, const int *listen_fds, size_t n);
must_check bool worker_start(struct http_worker *w);         /* waits for app.worker_open */
void worker_stop(struct http_worker *w, int64_t stop_at_ms); /* returns at once */
void worker_join(struct http_worker *w);
void worker_destroy(struct http_worker *w);

/* What the worker's thread does, for who drives a worker by hand, on one thread and instead of
 * worker_start: begin, turns as long as they return true (for ever, unless it is stopped), end.
 * A turn waits until there is an event, and sends all that was answered by then. */
must_check bool worker_begin(struct http_worker *w); /* false: app.worker_open failed */
must_check bool worker_turn(struct http_worker *w);
void worker_end(struct http_worker *w);

/* The worker's thread, for its connections. */
struct slice worker_date(struct http_worker *w);
void worker_wait(struct http_worker *w, struct conn *c, enum wait_class class); /* from now */
void worker_unwait(struct http_worker *w, struct conn *c);
/* A buffer that holds nothing gets memory from the spares, or gives it back to them. */
void worker_buf_take(struct http_worker *w, struct buf *b);
void worker_buf_give(struct http_worker *w, struct buf *b);
void worker_conn_gone(struct http_worker *w); /* one less */

/* Some more bytes of the buffers of all connections, or some less. False: that would be too many,
 * and it is as before. */
must_check bool worker_buffer_charge(struct http_worker *w, size_t bytes);
void worker_buffer_release(struct http_worker *w, size_t bytes);
