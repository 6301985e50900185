/* SPDX-License-Identifier: Apache-2.0
 *
 * zstd bodies: any number of frames. */
#include <zstd.h>

#include "http/inflate.h"

/* A frame may ask for a window of gigabytes; RFC 8878 has every decoder take 8 MB. */
enum { WINDOW_LOG_MAX = 23 };

bool inflate_is_zstd(struct slice in)
{
	return slice_starts(in, SLICE("\x28\xb5\x2f\xfd"));
}

static enum err_code refuse(size_t said, struct err *reterr)
{
	return err_setf(reterr, ERR_SYNTAX, "zstd: %s", ZSTD_getErrorName(said));
}

/* RFC 8878 3.1: a frame, or one to be skipped. The library would take the formats before it, too,
 * and what it makes of a damaged one is what memory held by chance. */
static bool is_frame(struct slice at)
{
	return inflate_is_zstd(at) || (at.len >= 4 && (at.ptr[0] & 0xf0) == 0x50 &&
				       slice_starts(slice_skip(at, 1), SLICE("\x2a\x4d\x18")));
}

static enum err_code run(ZSTD_DCtx *d, struct slice text, struct buf *out, struct err *reterr)
{
	ZSTD_inBuffer in = {text.ptr, text.len, 0};
	ZSTD_outBuffer to;
	char probe, *room = NULL;
	size_t n, said = 0;

	do {
		if (said == 0 && !is_frame(slice_skip(text, in.pos)))
			return err_set(reterr, ERR_SYNTAX, SLICE("zstd: Unknown frame descriptor"));
		if (!inflate_room(out, &room, &n))
			return inflate_nomem(reterr);
		to = n > 0 ? (ZSTD_outBuffer){room, n, 0} : (ZSTD_outBuffer){&probe, 1, 0};
		said = ZSTD_decompressStream(d, &to, &in);
		if (n > 0)
			buf_advance(out, to.pos);
		else if (to.pos > 0)
			return inflate_too_big(reterr);
		if (ZSTD_isError(said))
			return refuse(said, reterr);
		if (said == 0 && in.pos == in.size) /* the end of a frame, and none follows */
			return ERR_NONE;
	} while (in.pos < in.size || to.pos == to.size);
	return inflate_cut_off(reterr);
}

enum err_code inflate_zstd(struct slice in, struct buf *out, struct err *reterr)
{
	ZSTD_DCtx *d = ZSTD_createDCtx();
	enum err_code code;

	if (d == NULL)
		return inflate_nomem(reterr);
	if (ZSTD_isError(ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		not_reached();
	code = run(d, in, out, reterr);
	(void)ZSTD_freeDCtx(d);
	return code;
}
