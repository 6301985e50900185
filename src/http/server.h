/* SPDX-License-Identifier: Apache-2.0
 *
 * server.h -- listeners, workers and their connections: an HTTP/1.1 and, with TLS,
 * HTTP/2 server on libevent's event_base.
 *
 * Made, started, stopped and freed by the main thread. Each worker owns its connections; nothing of
 * a connection crosses threads. */
#pragma once

#include "base/err.h"
#include "http/http.h"
#include "http/policy.h"

struct http_limits {
	size_t header_bytes_max; /* request line and headers */
	size_t body_bytes_max;
	/* Over all connections: what has come of requests that are not whole, and what was answered
	 * and not read. A request that needs more is refused, an answer cut. */
	size_t buffer_bytes_max;
	uint32_t connections_max; /* over all workers; one more is closed at once */
	/* Total deadlines, not per read. */
	uint32_t header_timeout_ms;   /* from the first byte of a request, or from accept */
	uint32_t body_timeout_ms;     /* from the end of the headers */
	uint32_t idle_timeout_ms;     /* between requests */
	uint32_t response_timeout_ms; /* from the answer to its last byte */
};

struct http_server;

struct http_server_options {
	const struct slice *addresses; /* as in listener.h */
	size_t n_addresses;
	const int *sockets; /* listening ones that are there already, taken; instead of addresses */
	size_t n_sockets;
	uint32_t n_workers;
	struct http_limits limits;
	struct http_app app;
};

/* Opens all listeners; a failure ("listen tcp 127.0.0.1:9091: bind: address already in use")
 * closes those already open. */
must_check enum err_code http_server_open(const struct http_server_options *options,
					  struct http_server **ret, struct err *reterr);

size_t http_server_n_listeners(const struct http_server *s);

/* The address that listener i is bound to, as text ([::]:9091); for logs, and for port 0. */
struct slice http_server_address(const struct http_server *s, size_t i);

/* What is served is judged by the policy of `source` from the first request on, and TLS is spoken
 * if the policy asks for it now. Between open and start, at most once. `source` must outlive the
 * server. */
struct http_security {
	struct http_policy_source source;
	uint32_t logins_waiting_max; /* passwords that wait to be checked */
};
must_check enum err_code
http_server_secure(struct http_server *s, const struct http_security *security, struct err *reterr);

must_check enum err_code http_server_start(struct http_server *s, struct err *reterr);

/* Stops accepting, lets requests in flight finish for at most grace_ms, closes the rest, joins the
 * workers. Idle connections are closed at once. */
void http_server_stop(struct http_server *s, uint32_t grace_ms);

struct http_server *http_server_free(struct http_server *s); /* takes NULL, returns NULL */
