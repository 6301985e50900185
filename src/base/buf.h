/* SPDX-License-Identifier: Apache-2.0
 *
 * buf.h -- growing bytes with a largest size and a sticky error.
 *
 * Append as often as you like and ask buf_ok once at the end: after the first refusal (over
 * `bytes_max`, or malloc failed) appends do nothing. One thread at a time. */
#pragma once

#include <stdint.h>

#include "base/must.h"
#include "base/slice.h"

struct buf {
	char *ptr;
	size_t len;
	size_t capacity;
	size_t bytes_max;
	bool failed;
};

void buf_init(struct buf *b, size_t bytes_max);
void buf_free(struct buf *b);
static inline void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

static inline bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

static inline struct slice buf_slice(const struct buf *b)
{
	return (struct slice){b->len == 0 ? "" : b->ptr, b->len};
}

/* Room for `bytes` more, to be written at the returned place and then claimed with buf_advance;
 * NULL when refused. */
char *buf_reserve(struct buf *b, size_t bytes);
static inline void buf_advance(struct buf *b, size_t bytes)
{
	assert(bytes <= b->capacity - b->len);
	b->len += bytes;
}

void buf_put(struct buf *b, struct slice s);
void buf_put_byte(struct buf *b, char c);
void buf_put_u64(struct buf *b, uint64_t value); /* decimal */
void buf_putf(struct buf *b, const char *format, ...) printf_like(2, 3);
