/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "http/deflate.h"

enum { LEVEL = 1, RAW_WINDOW_BITS = -15, MEMORY_LEVEL = 8, FLUSH_BYTES = 16 };

struct deflater {
	z_stream z;
};

struct deflater *deflater_new(void)
{
	struct deflater *d = calloc(1, sizeof(*d));

	if (d != NULL && deflateInit2(&d->z, LEVEL, Z_DEFLATED, RAW_WINDOW_BITS, MEMORY_LEVEL,
				      Z_DEFAULT_STRATEGY) != Z_OK) {
		free(d);
		return NULL;
	}
	return d;
}

struct deflater *deflater_free(struct deflater *d)
{
	if (d != NULL)
		(void)deflateEnd(&d->z);
	free(d);
	return NULL;
}

/* A part of a text, flushed. */
static void deflate_step(z_stream *z, struct slice text, struct buf *out)
{
	size_t room_bytes = deflateBound(z, (uLong)text.len) + FLUSH_BYTES;
	char *room = buf_reserve(out, room_bytes);
	int said;

	if (room == NULL)
		return;
	z->next_in = (Bytef *)text.ptr;
	z->avail_in = (uInt)text.len;
	z->next_out = (Bytef *)room;
	z->avail_out = (uInt)room_bytes;
	said = deflate(z, Z_FULL_FLUSH);
	assert(said == Z_OK && z->avail_in == 0 && z->avail_out > 0);
	buf_advance(out, room_bytes - z->avail_out);
}

void deflate_text(struct deflater *d, struct slice text, struct buf *out)
{
	enum { STEP_BYTES = 1 << 28 };

	must_ok(deflateReset(&d->z));
	while (text.len > 0) {
		size_t n = text.len < STEP_BYTES ? text.len : STEP_BYTES;

		deflate_step(&d->z, (struct slice){text.ptr, n}, out);
		text = slice_skip(text, n);
	}
}

uint32_t deflate_crc32(struct slice text)
{
	return (uint32_t)crc32_z(0, (const Bytef *)text.ptr, text.len);
}
