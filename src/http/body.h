/* SPDX-License-Identifier: Apache-2.0
 *
 * body.h -- what the Content-Encoding of a request means, and its body without it.
 *
 * gzip (any number of members) and the snappy framing format are read as Go's readers do, error
 * texts included. What those can only refuse is read where its first bytes say what it is: a snappy
 * block, and under their own names zstd and deflate (RFC 1950); another body under such a header is
 * taken as it is.
 *
 * Pure; any thread. Memory grows with what has been inflated, whatever the body promises, and ends
 * at the bound of the buffer that the caller gives. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "http/http.h"

enum body_coding { BODY_PLAIN, BODY_GZIP, BODY_SNAPPY, BODY_DEFLATE, BODY_ZSTD };

/* The first header alone counts; a coding that is not known is none, and so is a list. */
enum body_coding body_coding_of(const struct http_request *r);

/* What Go looks at before the body is read, and so whatever is asked for: the header of the first
 * gzip member. */
must_check enum err_code body_check_head(enum body_coding coding, struct slice raw,
					 struct err *reterr);

/* `*ret` points into `raw` or into `space`. ERR_SYNTAX: `*ret` is what stood before the fault, for
 * a reader that may find a fault of its own in it first. ERR_TOO_BIG: the bytes_max of `space` is
 * too small; the caller knows its name and says so. */
must_check enum err_code body_decode(enum body_coding coding, struct slice raw, struct buf *space,
				     struct slice *ret, struct err *reterr);
