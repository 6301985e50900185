/* SPDX-License-Identifier: Apache-2.0
 *
 * limits.h -- the bounds on what clients can make grow, each by the name of its flag, and how often
 * each was met.
 *
 * One table for the whole program: whoever refuses says which bound it was, and the counts are
 * exposed as pushgateway_limit_exceeded_total. Any thread. */
#pragma once

#include <stdint.h>

#include "base/slice.h"

/* In the order of their names. Those of HTTP/2's budgets are not flags: nobody needs to set them.
 */
#define LIMIT_TABLE(X)                                                                             \
	X(LIMIT_PUSH_FAMILIES, "push.max-families")                                                \
	X(LIMIT_PUSH_LABELS, "push.max-labels-per-series")                                         \
	X(LIMIT_PUSH_MEMORY, "push.max-memory-bytes")                                              \
	X(LIMIT_PUSH_NAME, "push.max-name-bytes")                                                  \
	X(LIMIT_PUSH_RENDERED, "push.max-rendered-bytes")                                          \
	X(LIMIT_PUSH_SERIES, "push.max-series")                                                    \
	X(LIMIT_PUSH_SHAPES, "push.max-shapes-per-family")                                         \
	X(LIMIT_PUSH_VALUE, "push.max-value-bytes")                                                \
	X(LIMIT_PUSH_WAITING, "push.max-waiting")                                                  \
	X(LIMIT_PUSH_WAITING_BYTES, "push.max-waiting-bytes")                                      \
	X(LIMIT_STORE_BYTES, "store.max-bytes")                                                    \
	X(LIMIT_STORE_GROUPS, "store.max-groups")                                                  \
	X(LIMIT_STORE_SERIES, "store.max-series")                                                  \
	X(LIMIT_BODY_TIMEOUT, "web.body-timeout")                                                  \
	X(LIMIT_HEADER_TIMEOUT, "web.header-timeout")                                              \
	X(LIMIT_HTTP2_FRAMES, "web.http2-frames")                                                  \
	X(LIMIT_HTTP2_RESETS, "web.http2-resets")                                                  \
	X(LIMIT_BODY, "web.max-body-bytes")                                                        \
	X(LIMIT_BUFFER, "web.max-buffer-bytes")                                                    \
	X(LIMIT_CONNECTIONS, "web.max-connections")                                                \
	X(LIMIT_HEADER, "web.max-header-bytes")                                                    \
	X(LIMIT_INFLATED, "web.max-inflated-bytes")                                                \
	X(LIMIT_LOGINS, "web.max-logins-waiting")                                                  \
	X(LIMIT_SCRAPES, "web.max-scrapes")                                                        \
	X(LIMIT_RESPONSE_TIMEOUT, "web.response-timeout")

enum limit {
	LIMIT_NONE = 0,
#define X(limit, flag) limit,
	LIMIT_TABLE(X)
#undef X
		LIMITS,
};

struct slice limit_flag(enum limit limit); /* without its dashes; empty for LIMIT_NONE */

void limit_exceeded(enum limit limit); /* counts; LIMIT_NONE: nothing */

/* How often, and since when it has been counted (Unix; 0: never met). */
uint64_t limit_count(enum limit limit, int64_t *ret_first_ns);
bool limit_any_exceeded(void);
