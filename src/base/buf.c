/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FIRST_BYTES = 256,
	TERMINATOR_BYTES = 1, /* room behind the capacity for what vsnprintf ends its text with */
};

void buf_init(struct buf *b, size_t bytes_max)
{
	*b = (struct buf){.bytes_max = bytes_max};
}

void buf_free(struct buf *b)
{
	free(b->ptr);
	buf_init(b, b->bytes_max);
}

char *buf_reserve(struct buf *b, size_t bytes)
{
	size_t capacity;
	char *grown;

	if (b->failed)
		return NULL;
	if (bytes <= b->capacity - b->len)
		return b->ptr == NULL ? NULL : b->ptr + b->len;
	if (bytes > b->bytes_max - b->len) {
		b->failed = true;
		return NULL;
	}
	capacity = b->capacity < FIRST_BYTES ? FIRST_BYTES : b->capacity * 2;
	if (capacity < b->len + bytes)
		capacity = b->len + bytes;
	if (capacity > b->bytes_max)
		capacity = b->bytes_max;
	grown = realloc(b->ptr, capacity + TERMINATOR_BYTES);
	if (grown == NULL) {
		b->failed = true;
		return NULL;
	}
	b->ptr = grown;
	b->capacity = capacity;
	return b->ptr + b->len;
}

void buf_put(struct buf *b, struct slice s)
{
	char *at;

	if (s.len == 0)
		return;
	at = buf_reserve(b, s.len);
	if (at == NULL)
		return;
	memcpy(at, s.ptr, s.len);
	b->len += s.len;
}

void buf_put_byte(struct buf *b, char c)
{
	buf_put(b, (struct slice){&c, 1});
}

void buf_put_u64(struct buf *b, uint64_t value)
{
	char digits[20];
	char *at = digits + sizeof(digits);

	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	buf_put(b, slice_between(at, digits + sizeof(digits)));
}

void buf_putf(struct buf *b, const char *format, ...)
{
	va_list args;
	int len;
	char *at;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	if (len == 0)
		return;
	at = buf_reserve(b, (size_t)len);
	if (at == NULL)
		return;
	va_start(args, format);
	(void)vsnprintf(at, (size_t)len + TERMINATOR_BYTES, format, args);
	va_end(args);
	b->len += (size_t)len;
}
