/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip and zlib bodies. The headers of gzip are read here, not by zlib, for Go's verdicts on them;
 * the deflate data is zlib's work. */
#include <limits.h>
#include <zlib.h>

#include "http/inflate.h"

enum {
	HEAD_BYTES = 10,
	TRAILER_BYTES = 8,
	TEXT_BYTES_MAX = 512, /* of a name or a comment, its NUL included; Go's limit */
	FLAG_HEAD_CRC = 1 << 1,
	FLAG_EXTRA = 1 << 2,
	FLAG_NAME = 1 << 3,
	FLAG_COMMENT = 1 << 4,
	RAW_WINDOW_BITS = -15,
	ZLIB_WINDOW_BITS = 15,
};

static uint32_t le16_at(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint32_t)(b[0] | b[1] << 8);
}

static uint32_t le32_at(const char *at)
{
	return le16_at(at) | le16_at(at + 2) << 16;
}

static uint32_t crc_of(struct slice s)
{
	return (uint32_t)crc32_z(0, (const Bytef *)s.ptr, s.len);
}

static enum err_code refuse_head(struct err *reterr)
{
	return err_set(reterr, ERR_SYNTAX, SLICE("gzip: invalid header"));
}

/* A text that ends in a NUL, at `at`; moves `at` behind it. */
static enum err_code skip_text(struct slice in, size_t *at, struct err *reterr)
{
	struct slice rest = slice_skip(in, *at);
	size_t n = rest.len < TEXT_BYTES_MAX ? rest.len : TEXT_BYTES_MAX;
	const char *nul = n == 0 ? NULL : memchr(rest.ptr, 0, n);

	if (nul == NULL)
		return n == TEXT_BYTES_MAX ? refuse_head(reterr) : inflate_cut_off(reterr);
	*at += (size_t)(nul - rest.ptr) + 1;
	return ERR_NONE;
}

/* A member's header: takes it from `in`. The reserved flags and the times mean nothing to Go. */
static enum err_code take_head(struct slice *in, struct err *reterr)
{
	size_t at = HEAD_BYTES;
	unsigned flags;

	if (in->len == 0)
		return err_set(reterr, ERR_SYNTAX, SLICE("EOF"));
	if (in->len < HEAD_BYTES)
		return inflate_cut_off(reterr);
	if (memcmp(in->ptr, "\x1f\x8b\x08", 3) != 0)
		return refuse_head(reterr);
	flags = (unsigned char)in->ptr[3];
	if ((flags & FLAG_EXTRA) != 0) {
		if (in->len - at < 2 || in->len - at - 2 < le16_at(in->ptr + at))
			return inflate_cut_off(reterr);
		at += 2 + le16_at(in->ptr + at);
	}
	if ((flags & FLAG_NAME) != 0 && skip_text(*in, &at, reterr) != ERR_NONE)
		return reterr->code;
	if ((flags & FLAG_COMMENT) != 0 && skip_text(*in, &at, reterr) != ERR_NONE)
		return reterr->code;
	if ((flags & FLAG_HEAD_CRC) != 0) {
		if (in->len - at < 2)
			return inflate_cut_off(reterr);
		if (le16_at(in->ptr + at) != (crc_of((struct slice){in->ptr, at}) & 0xffff))
			return refuse_head(reterr);
		at += 2;
	}
	*in = slice_skip(*in, at);
	return ERR_NONE;
}

static void feed(z_stream *z, struct slice in)
{
	z->next_in = (Bytef *)in.ptr;
	z->avail_in = in.len < UINT_MAX ? (uInt)in.len : UINT_MAX;
}

static enum err_code open_stream(z_stream *z, int window_bits, struct err *reterr)
{
	*z = (z_stream){0};
	return inflateInit2(z, window_bits) == Z_OK ? ERR_NONE : inflate_nomem(reterr);
}

/* One deflate stream; takes it from `in`. ERR_SYNTAX sets no sentence yet, but for an early end. */
static enum err_code run(z_stream *z, struct slice *in, struct buf *out, struct err *reterr)
{
	unsigned char probe;
	char *room = NULL;
	size_t n;
	int said;

	do {
		if (!inflate_room(out, &room, &n))
			return inflate_nomem(reterr);
		if (n > UINT_MAX)
			n = UINT_MAX;
		feed(z, *in);
		z->next_out = n > 0 ? (Bytef *)room : &probe; /* full: does anything more come? */
		z->avail_out = n > 0 ? (uInt)n : 1;
		said = inflate(z, Z_NO_FLUSH);
		*in = slice_skip(*in, (size_t)((const char *)z->next_in - in->ptr));
		if (n > 0)
			buf_advance(out, n - z->avail_out);
		else if (z->avail_out == 0)
			return inflate_too_big(reterr);
	} while (said == Z_OK && (in->len > 0 || z->avail_out == 0));
	if (said == Z_STREAM_END)
		return ERR_NONE;
	if (said == Z_MEM_ERROR)
		return inflate_nomem(reterr);
	if (said == Z_OK || said == Z_BUF_ERROR)
		return inflate_cut_off(reterr);
	return err_set(reterr, ERR_SYNTAX, SLICE_EMPTY);
}

/* Deflate data, checksum and length of one member. */
static enum err_code run_member(z_stream *z, struct slice *in, struct buf *out, struct err *reterr)
{
	size_t begin = out->len;
	struct slice text;

	if (run(z, in, out, reterr) != ERR_NONE) {
		if (reterr->code == ERR_SYNTAX && reterr->msg.len == 0)
			return err_setf(reterr, ERR_SYNTAX,
					"flate: corrupt input before offset %lu", z->total_in);
		return reterr->code;
	}
	if (in->len < TRAILER_BYTES)
		return inflate_cut_off(reterr);
	text = slice_skip(buf_slice(out), begin);
	if (le32_at(in->ptr) != crc_of(text) || le32_at(in->ptr + 4) != (uint32_t)text.len)
		return err_set(reterr, ERR_SYNTAX, SLICE("gzip: invalid checksum"));
	*in = slice_skip(*in, TRAILER_BYTES);
	return ERR_NONE;
}

enum err_code inflate_gzip_head(struct slice in, struct err *reterr)
{
	return take_head(&in, reterr);
}

enum err_code inflate_gzip(struct slice in, struct buf *out, struct err *reterr)
{
	enum err_code code;
	z_stream z;

	if (open_stream(&z, RAW_WINDOW_BITS, reterr) != ERR_NONE)
		return reterr->code;
	do {
		code = take_head(&in, reterr);
		if (code == ERR_NONE)
			code = run_member(&z, &in, out, reterr);
		(void)inflateReset(&z);
	} while (code == ERR_NONE && in.len > 0);
	(void)inflateEnd(&z);
	return code;
}

/* The header that every encoder of today writes: a window of 32 KB, no dictionary. Others begin
 * with what may be the first letters of a metric. */
bool inflate_is_zlib(struct slice in)
{
	return in.len >= 2 && in.ptr[0] == 0x78 && memchr("\x01\x5e\x9c\xda", in.ptr[1], 4) != NULL;
}

enum err_code inflate_zlib(struct slice in, struct buf *out, struct err *reterr)
{
	enum err_code code;
	z_stream z;

	if (open_stream(&z, ZLIB_WINDOW_BITS, reterr) != ERR_NONE)
		return reterr->code;
	code = run(&z, &in, out, reterr);
	if (code == ERR_SYNTAX && reterr->msg.len == 0)
		code = err_setf(reterr, ERR_SYNTAX, "deflate: %s",
				z.msg == NULL ? "corrupt input" : z.msg);
	if (code == ERR_NONE && in.len > 0)
		code = err_set(reterr, ERR_SYNTAX, SLICE("deflate: bytes behind the end"));
	(void)inflateEnd(&z);
	return code;
}
