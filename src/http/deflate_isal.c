/* SPDX-License-Identifier: Apache-2.0 */
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#include "base/must.h"
#include "http/deflate.h"

enum {
	LEVEL = 1,
	TABLE_BYTES_MIN = 512, /* codes of its own do not pay for a shorter text */
	/* Stored blocks, at worst: 5 bytes for each 65535; and the flush. */
	STORED_BYTES = 65535,
	STORED_HEAD_BYTES = 5,
	FLUSH_BYTES = 64,
	STEP_BYTES = 1 << 28,
};

struct deflater {
	struct isal_zstream z;
	uint8_t level_buf[ISAL_DEF_LVL1_DEFAULT];
};

struct deflater *deflater_new(void)
{
	return malloc(sizeof(struct deflater));
}

struct deflater *deflater_free(struct deflater *d)
{
	free(d);
	return NULL;
}

/* A part of a text, flushed. */
static void deflate_step(struct deflater *d, struct slice text, struct buf *out)
{
	size_t room_bytes =
		text.len + (text.len / STORED_BYTES + 1) * STORED_HEAD_BYTES + FLUSH_BYTES;
	char *room = buf_reserve(out, room_bytes);
	struct isal_zstream *z = &d->z;
	int said;

	if (room == NULL)
		return;
	isal_deflate_stateless_init(z);
	if (text.len < TABLE_BYTES_MIN)
		must_ok(isal_deflate_set_hufftables(z, NULL, IGZIP_HUFFTABLE_STATIC));
	else
		z->level = LEVEL;
	z->level_buf = d->level_buf;
	z->level_buf_size = sizeof(d->level_buf);
	z->flush = FULL_FLUSH;
	z->end_of_stream = 0;
	z->gzip_flag = IGZIP_DEFLATE;
	z->next_in = (uint8_t *)text.ptr;
	z->avail_in = (uint32_t)text.len;
	z->next_out = (uint8_t *)room;
	z->avail_out = (uint32_t)room_bytes;
	said = isal_deflate_stateless(z);
	assert(said == COMP_OK && z->avail_in == 0);
	buf_advance(out, room_bytes - z->avail_out);
}

void deflate_text(struct deflater *d, struct slice text, struct buf *out)
{
	while (text.len > 0) {
		size_t n = text.len < STEP_BYTES ? text.len : STEP_BYTES;

		deflate_step(d, (struct slice){text.ptr, n}, out);
		text = slice_skip(text, n);
	}
}

uint32_t deflate_crc32(struct slice text)
{
	return crc32_gzip_refl(0, (const unsigned char *)text.ptr, text.len);
}
