/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.h -- one coding each: appends to `out` what `in` inflates to, up to out->bytes_max.
 *
 * All return ERR_NONE; ERR_SYNTAX when `in` is not what it claims to be (`out` has all that came
 * before); ERR_TOO_BIG when there is more than fits; ERR_NOMEM. Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* gzip, all members (RFC 1952), refused in the words of Go's compress/gzip. */
must_check enum err_code inflate_gzip(struct slice in, struct buf *out, struct err *reterr);
/* The header of the first member alone. */
must_check enum err_code inflate_gzip_head(struct slice in, struct err *reterr);

bool inflate_is_zlib(struct slice in); /* by its first bytes */
must_check enum err_code inflate_zlib(struct slice in, struct buf *out, struct err *reterr);

bool inflate_is_zstd(struct slice in); /* by its first bytes */
must_check enum err_code inflate_zstd(struct slice in, struct buf *out, struct err *reterr);

/* The snappy framing format, refused in the words of Go's snappy.Reader; or, when it is not that, a
 * block. */
must_check enum err_code inflate_snappy(struct slice in, struct buf *out, struct err *reterr);

/* ---- between the codings ---- */

enum err_code inflate_too_big(struct err *reterr);
enum err_code inflate_nomem(struct err *reterr);
enum err_code inflate_cut_off(struct err *reterr); /* "unexpected EOF" */

/* Room for some more bytes, at most as many as may still come: *ret_at and *ret_len. When none may
 * come *ret_len is 0. */
must_check bool inflate_room(struct buf *out, char **ret_at, size_t *ret_len);
