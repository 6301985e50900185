/* SPDX-License-Identifier: Apache-2.0
 *
 * conn.h -- one connection: reading HTTP/1 requests, answering them in order. One that has agreed
 * on HTTP/2 is MANY instead, and http2.h has its requests and answers.
 *
 * Owned by one worker, touched by its thread only.
 *
 *	            first byte       head        body complete     answered
 *	  IDLE ───────────▶ HEAD ───────▶ BODY ───────▶ HANDLING ───────▶ IDLE
 *	                     │ refused     │ refused                │ close
 *	                     └─────────────┴────────▶ CLOSING ◀─────┘
 *	                               all sent: LINGER, or closed at once
 *
 * Between HEAD and BODY, a request that a gate has to judge may be JUDGING until a helper's
 * verdict is there.
 *
 * While something cannot be sent (`blocked`) nothing is read. A connection that is closed while its
 * exchange or its verdict waits stays as GONE until that is there.
 *
 * An idle connection holds this struct and no buffer: requests are read into the worker's scratch
 * and parsed there; only what is incomplete is copied into `in`. */
#pragma once

#include <event2/event_struct.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "http/chunked.h"
#include "http/remote.h"
#include "http/tls.h"
#include "http/worker.h"

enum conn_phase {
	CONN_IDLE,
	CONN_HEAD,
	CONN_JUDGING, /* the head is there, whether it may be served is not known yet */
	CONN_BODY,
	CONN_HANDLING,
	CONN_MANY, /* HTTP/2: each stream has a phase of its own */
	CONN_CLOSING,
	CONN_LINGER,
	CONN_GONE,
};

struct stream; /* a producer and those of its pieces that are being sent */
struct http2;
struct http2_stream;

struct http_exchange {
	struct conn *conn;
	struct http2_stream *stream; /* NULL: HTTP/1 */
	struct http_note note;
};

enum {
	CONN_STREAM_BYTES = 128 * 1024,  /* about what an answer takes, made while it is sent */
	CONN_READ_BYTES_MAX = 64 * 1024, /* of one connection in one turn: others wait so long */
};

struct conn {
	struct http_worker *worker;
	struct event readable, writable;
	int fd;
	enum conn_phase phase;

	/* deadlines: in worker->waiting[wait], since wait_ms */
	enum wait_class wait;
	int64_t wait_ms;
	struct conn *wait_next, *wait_prev;
	struct conn *ready_next, *dirty_next, *dead_next, *unread_next;

	bool reading : 1;    /* `readable` is armed */
	bool writing : 1;    /* `writable` is armed */
	bool blocked : 1;    /* the socket took no more */
	bool is_ready : 1;   /* on worker->ready */
	bool is_dirty : 1;   /* on worker->dirty */
	bool busy : 1;       /* in conn_process: do not enter again */
	bool stalled : 1;    /* `in` holds bytes that were not looked at for want of a free turn */
	bool peer_ended : 1; /* no more input will come */
	bool linger : 1;     /* before closing, let the client read the answer */
	bool exchanging : 1; /* the app owes an answer */
	bool judging : 1;    /* a helper thread owes a verdict */
	bool secure : 1;     /* TLS is spoken here */
	bool is_unread : 1;  /* on worker->unread */

	struct tls *tls;     /* NULL: before the first byte */
	struct http2 *http2; /* NULL: HTTP/1 */

	/* of the request in progress */
	bool keep_alive : 1;
	bool no_body : 1;          /* HEAD */
	bool expects_continue : 1; /* and has not got it */
	enum gate_verdict verdict;
	struct http_policy *policy;           /* whose headers its answer carries, or NULL */
	const struct http_identity *identity; /* in the policy: whose request it is, or NULL */
	unsigned char version_minor;
	enum http1_framing framing;
	struct http1_scan scan;
	size_t head_len;
	uint64_t body_len; /* decoded so far, or expected by HTTP1_LENGTH */
	struct chunked chunked;
	struct http_exchange exchange;

	/* input that is not consumed: in.ptr[in_at..in.len) */
	struct buf in;
	size_t in_at;

	/* to be sent: out.ptr[out_at..out.len), then the stream */
	struct buf out;
	size_t out_at;
	struct stream *stream;
	struct conn *stream_next, **stream_link; /* in worker->streams */

	size_t charged_bytes; /* of `in`, `out` and `stream`, at the worker */
	uint64_t lingered_bytes;
	unsigned char remote_len;
	char remote[REMOTE_BYTES_MAX];
};

/* Takes the descriptor, also when it fails. */
void conn_open(struct http_worker *w, int fd, const struct sockaddr_storage *remote);

void conn_expired(struct conn *c); /* its deadline has passed */
void conn_resume(struct conn *c);  /* off the ready list: look at input that waited */
void conn_flush(struct conn *c);   /* off the dirty list: send */
void conn_review(struct conn *c);  /* cut it if its answer is outlived */
void conn_drain(struct conn *c); /* the server stops: close if idle, close after the answer else */
void conn_close(struct conn *c); /* now */
void conn_bury(struct conn *c);  /* closed: to the dead list, once nobody owes it anything */
void conn_free(struct conn *c);  /* off the dead list */
void conn_judged(struct http_exchange *x, bool right); /* the verdict of a helper has come */
void conn_read_again(struct conn *c); /* off the unread list: TLS holds more than was asked for */

/* conn_in.c, conn_out.c: between the two halves. */
void conn_on_readable(evutil_socket_t fd, short what, void *arg);
void conn_on_writable(evutil_socket_t fd, short what, void *arg);
void conn_mark_dirty(struct conn *c);
void conn_mark_ready(struct conn *c);
void conn_mark_unread(struct conn *c);
void conn_set_reading(struct conn *c, bool reading);
/* Tells the worker what the buffers take now. False: together with all others that is too much. */
must_check bool conn_charge(struct conn *c);
size_t conn_chargeable(const struct conn *c);
/* When something of this connection is too much: cuts an answer that nobody reads. False: there is
 * none. */
must_check bool conn_make_room(struct conn *c);
enum { CONN_OVER_BYTES = 120 };
struct slice conn_over_buffer_text(const struct conn *c, char ret[CONN_OVER_BYTES]);
struct slice conn_over_body_text(const struct conn *c, char ret[CONN_OVER_BYTES]);
/* "WHAT did not arrive within 5 s (--FLAG)" */
struct slice conn_late_text(uint32_t timeout_ms, const char *what, const char *flag,
			    char ret[CONN_OVER_BYTES]);
void conn_charge_less(struct conn *c); /* a buffer was given back */
/* Refuses what the buffers have no room for; cuts the connection where no answer can be given. */
void conn_overflow(struct conn *c);
void conn_set_writing(struct conn *c, bool writing);
void conn_input_open(struct conn *c); /* what kept it from being read is over */
void conn_wait_again(struct conn *c); /* stand in the list that fits the phase */
bool conn_may_parse(const struct conn *c);
/* A refusal in the form of the reference's protocol errors, or of its error helper. */
void conn_refuse(struct conn *c, int status, struct slice sentence);
void conn_refuse_body(struct conn *c, int status, struct slice sentence, bool close_said);
void conn_log_refused(const struct conn *c, int status, struct slice sentence);
/* Has conn_close send a reset, which no client takes for the end of a body. */
void conn_reset_on_close(struct conn *c);
void conn_continue(struct conn *c); /* 100 Continue */
/* The worker's head is that of a request which the gate lets pass: GATE_PASS, or GATE_FORBIDDEN. */
enum gate_verdict conn_ask_app(struct http_worker *w, const struct http_identity *identity);
/* Answers the exchange as the gate's verdict says. */
void http_exchange_deny(struct http_exchange *x, enum gate_verdict verdict,
			const struct http_policy *policy);

/* conn_tls.c: the socket, or TLS on it. */
bool conn_handshake(struct conn *c);                                   /* true once it is done */
void conn_handshake_late(const struct conn *c, struct slice sentence); /* logs it */
ssize_t conn_recv(struct conn *c, char *ptr, size_t size);
ssize_t conn_send(struct conn *c, struct iovec *parts, size_t n_parts);

/* conn_out.c: an answer that is made while it is sent. */
void stream_free(struct conn *c); /* releases the producer, if there is one */
/* Of one with a stream. INT64_MAX: it is not stalled. */
int64_t conn_stalled_since_ms(const struct conn *c);
void conn_cut(struct conn *c); /* closes it so that no client takes that for the answer's end */
