/* SPDX-License-Identifier: Apache-2.0
 *
 * snappy bodies. Of the framing format (google/snappy, framing_format.txt) the chunks are read here
 * and the blocks in them by libsnappy. The order in which things are looked at, and so the verdict,
 * is that of Go's snappy.Reader. */
#include <pthread.h>
#include <snappy-c.h>

#include "http/inflate.h"

enum {
	CHUNK_COMPRESSED = 0x00,
	CHUNK_UNCOMPRESSED = 0x01,
	CHUNK_SKIPPABLE_FIRST = 0x80,
	CHUNK_IDENTIFIER = 0xff,
	CHUNK_HEAD_BYTES = 4,
	CRC_BYTES = 4,
	TEXT_BYTES_MAX = 65536, /* of one chunk, inflated */
	/* a block of that many bytes at its worst, and its checksum: the size of Go's buffer */
	CHUNK_BYTES_MAX = 76490 + CRC_BYTES,
	/* 64 bytes are said in no less than three */
	RATIO_MAX = 22,
};

#define IDENTIFIER SLICE("\xff\x06\x00\x00sNaPpY")

static uint32_t crc32c_table[8][256];

static void make_crc32c_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
		crc32c_table[0][i] = crc;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			crc32c_table[k][i] = crc32c_table[k - 1][i] >> 8 ^
					     crc32c_table[0][crc32c_table[k - 1][i] & 0xff];
}

/* Eight bytes at a time ("slicing by 8", Kounavis and Berry). */
static uint32_t crc32c(struct slice s)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const unsigned char *at = (const unsigned char *)s.ptr, *end = at + s.len;
	uint32_t crc = UINT32_MAX;

	must_ok(pthread_once(&once, make_crc32c_table));
	for (; end - at >= 8; at += 8)
		crc = crc32c_table[7][at[0] ^ (crc & 0xff)] ^
		      crc32c_table[6][at[1] ^ (crc >> 8 & 0xff)] ^
		      crc32c_table[5][at[2] ^ (crc >> 16 & 0xff)] ^
		      crc32c_table[4][at[3] ^ crc >> 24] ^ crc32c_table[3][at[4]] ^
		      crc32c_table[2][at[5]] ^ crc32c_table[1][at[6]] ^ crc32c_table[0][at[7]];
	for (; at < end; at++)
		crc = crc32c_table[0][(crc ^ *at) & 0xff] ^ crc >> 8;
	return ~crc;
}

static bool has_checksum(struct slice text, const char *checksum)
{
	uint32_t crc = crc32c(text);
	uint32_t masked = (crc >> 15 | crc << 17) + 0xa282ead8;
	const unsigned char *b = (const unsigned char *)checksum;

	return masked ==
	       ((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
}

static enum err_code corrupt(struct err *reterr)
{
	return err_set(reterr, ERR_SYNTAX, SLICE("snappy: corrupt input"));
}

static enum err_code unsupported(struct err *reterr)
{
	return err_set(reterr, ERR_SYNTAX, SLICE("snappy: unsupported input"));
}

/* Why there was no room for bytes that are known to come. */
static enum err_code no_room(const struct buf *out, size_t bytes, struct err *reterr)
{
	return bytes > out->bytes_max - out->len ? inflate_too_big(reterr) : inflate_nomem(reterr);
}

/* A chunk of either kind of data: checksum and the rest. */
static enum err_code put_data(struct slice data, bool compressed, struct buf *out,
			      struct err *reterr)
{
	struct slice block = slice_skip(data, CRC_BYTES);
	size_t n = block.len;
	char *room;

	if (compressed && snappy_uncompressed_length(block.ptr, block.len, &n) != SNAPPY_OK)
		return corrupt(reterr);
	if (n > TEXT_BYTES_MAX)
		return corrupt(reterr);
	if (compressed && snappy_validate_compressed_buffer(block.ptr, block.len) != SNAPPY_OK)
		return corrupt(reterr);
	if (n == 0)
		return has_checksum(SLICE_EMPTY, data.ptr) ? ERR_NONE : corrupt(reterr);
	room = n > out->bytes_max - out->len ? NULL : buf_reserve(out, n);
	if (room == NULL)
		return no_room(out, n, reterr);
	if (!compressed)
		memcpy(room, block.ptr, n);
	else if (snappy_uncompress(block.ptr, block.len, room, &n) != SNAPPY_OK)
		return corrupt(reterr);
	if (!has_checksum((struct slice){room, n}, data.ptr))
		return corrupt(reterr);
	buf_advance(out, n);
	return ERR_NONE;
}

static enum err_code put_chunk(unsigned type, struct slice data, struct buf *out,
			       struct err *reterr)
{
	switch (type) {
	case CHUNK_COMPRESSED:
	case CHUNK_UNCOMPRESSED:
		return put_data(data, type == CHUNK_COMPRESSED, out, reterr);
	case CHUNK_IDENTIFIER:
		return slice_eq(data, slice_skip(IDENTIFIER, CHUNK_HEAD_BYTES)) ? ERR_NONE
										: corrupt(reterr);
	default:
		return ERR_NONE; /* one to be skipped */
	}
}

static enum err_code inflate_frames(struct slice in, struct buf *out, struct err *reterr)
{
	bool first = true;

	while (in.len > 0) {
		const unsigned char *b = (const unsigned char *)in.ptr;
		size_t len;

		if (in.len < CHUNK_HEAD_BYTES || (first && b[0] != CHUNK_IDENTIFIER))
			return corrupt(reterr);
		first = false;
		len = (size_t)b[1] | (size_t)b[2] << 8 | (size_t)b[3] << 16;
		if (len > CHUNK_BYTES_MAX)
			return unsupported(reterr);
		if (b[0] <= CHUNK_UNCOMPRESSED && len < CRC_BYTES)
			return corrupt(reterr);
		if (b[0] > CHUNK_UNCOMPRESSED && b[0] < CHUNK_SKIPPABLE_FIRST)
			return unsupported(reterr);
		in = slice_skip(in, CHUNK_HEAD_BYTES);
		if (in.len < len)
			return corrupt(reterr);
		if (put_chunk(b[0], (struct slice){in.ptr, len}, out, reterr) != ERR_NONE)
			return reterr->code;
		in = slice_skip(in, len);
	}
	return ERR_NONE;
}

static enum err_code inflate_block(struct slice in, size_t n, struct buf *out, struct err *reterr)
{
	char *room = n > out->bytes_max - out->len ? NULL : buf_reserve(out, n);

	if (room == NULL)
		return no_room(out, n, reterr);
	if (snappy_uncompress(in.ptr, in.len, room, &n) != SNAPPY_OK)
		return corrupt(reterr);
	buf_advance(out, n);
	return ERR_NONE;
}

enum err_code inflate_snappy(struct slice in, struct buf *out, struct err *reterr)
{
	size_t n;

	if (in.len == 0 || slice_starts(in, IDENTIFIER) ||
	    snappy_uncompressed_length(in.ptr, in.len, &n) != SNAPPY_OK || n == 0 ||
	    n / RATIO_MAX > in.len ||
	    snappy_validate_compressed_buffer(in.ptr, in.len) != SNAPPY_OK)
		return inflate_frames(in, out, reterr);
	return inflate_block(in, n, out, reterr);
}
