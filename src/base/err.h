/* SPDX-License-Identifier: Apache-2.0
 *
 * err.h -- how a call fails: a code for the program, a sentence for the person.
 *
 * The sentence is what the client reads in the HTTP body, so it has no length limit of its own: it
 * lives in the request's arena. When not even the sentence fits there, a fixed one stands in.
 * Programmer errors are assertions, never an err. */
#pragma once

#include "base/arena.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/slice.h"

/* code, HTTP status */
#define ERR_TABLE(X)                                                                               \
	X(ERR_SYNTAX, 400)    /* what was sent is not what it claims to be */                      \
	X(ERR_CONFLICT, 400)  /* it contradicts itself or what is stored */                        \
	X(ERR_FORBIDDEN, 403) /* who asks may not do it, as the sentence says */                   \
	X(ERR_TOO_BIG, 413)   /* over a limit, which the sentence names */                         \
	X(ERR_FULL, 429)      /* the store is at a limit, which the sentence names */              \
	X(ERR_BUSY, 503)      /* come again later */                                               \
	X(ERR_DISK, 503)      /* the change could not be made durable */                           \
	X(ERR_NOMEM, 503)     /* no memory for this request */

enum err_code {
	ERR_NONE = 0,
#define X(code, status) code,
	ERR_TABLE(X)
#undef X
};

struct err {
	enum err_code code;
	enum limit limit; /* that was met, if it was one with a flag */
	struct slice msg; /* no newline at its end */
	struct arena *arena;
};

/* `arena` must outlive the err. */
static inline struct err err_in(struct arena *arena)
{
	return (struct err){.code = ERR_NONE, .msg = SLICE_EMPTY, .arena = arena};
}

int err_http_status(enum err_code code);

/* Both return `code`, so that a failing function can end in `return err_set(...)`. */
enum err_code err_set(struct err *err, enum err_code code, struct slice msg);
enum err_code err_setf(struct err *err, enum err_code code, const char *format, ...)
	printf_like(3, 4);

/* ERR_TOO_BIG, and " (--FLAG)" behind the sentence. */
enum err_code err_over(struct err *err, enum limit limit, const char *format, ...)
	printf_like(3, 4);

/* Puts a prefix before the sentence; the code stays. */
enum err_code err_wrapf(struct err *err, const char *format, ...) printf_like(2, 3);
