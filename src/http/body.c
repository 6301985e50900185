/* SPDX-License-Identifier: Apache-2.0 */
#include "http/body.h"

#include "http/inflate.h"

enum body_coding body_coding_of(const struct http_request *r)
{
	static const struct {
		struct slice name;
		enum body_coding coding;
	} codings[] = {
		{SLICE_TEXT("gzip"), BODY_GZIP},
		{SLICE_TEXT("snappy"), BODY_SNAPPY},
		{SLICE_TEXT("deflate"), BODY_DEFLATE},
		{SLICE_TEXT("zstd"), BODY_ZSTD},
	};
	struct slice value;

	if (!http_header_get(r, SLICE("Content-Encoding"), &value))
		return BODY_PLAIN;
	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++)
		if (slice_eq_nocase(value, codings[i].name))
			return codings[i].coding;
	return BODY_PLAIN;
}

enum err_code body_check_head(enum body_coding coding, struct slice raw, struct err *reterr)
{
	return coding == BODY_GZIP ? inflate_gzip_head(raw, reterr) : ERR_NONE;
}

enum err_code body_decode(enum body_coding coding, struct slice raw, struct buf *space,
			  struct slice *ret, struct err *reterr)
{
	enum err_code code = ERR_NONE;

	if (coding == BODY_DEFLATE && !inflate_is_zlib(raw))
		coding = BODY_PLAIN;
	if (coding == BODY_ZSTD && !inflate_is_zstd(raw))
		coding = BODY_PLAIN;
	switch (coding) {
	case BODY_PLAIN:
		*ret = raw;
		return ERR_NONE;
	case BODY_GZIP:
		code = inflate_gzip(raw, space, reterr);
		break;
	case BODY_SNAPPY:
		code = inflate_snappy(raw, space, reterr);
		break;
	case BODY_DEFLATE:
		code = inflate_zlib(raw, space, reterr);
		break;
	case BODY_ZSTD:
		code = inflate_zstd(raw, space, reterr);
		break;
	}
	*ret = buf_slice(space);
	return code;
}

enum err_code inflate_too_big(struct err *reterr)
{
	return err_set(reterr, ERR_TOO_BIG, SLICE("the inflated body is too large"));
}

enum err_code inflate_nomem(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
}

enum err_code inflate_cut_off(struct err *reterr)
{
	return err_set(reterr, ERR_SYNTAX, SLICE("unexpected EOF"));
}

bool inflate_room(struct buf *out, char **ret_at, size_t *ret_len)
{
	enum { STEP_BYTES = 16 * 1024 };
	size_t left = out->bytes_max - out->len;

	*ret_len = 0;
	if (left == 0)
		return true;
	*ret_at = buf_reserve(out, left < STEP_BYTES ? left : STEP_BYTES);
	*ret_len = out->capacity - out->len;
	return *ret_at != NULL;
}
