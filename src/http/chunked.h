/* SPDX-License-Identifier: Apache-2.0
 *
 * chunked.h -- undoes the chunked transfer coding (RFC 9112 7.1), in place, byte by byte if need
 * be.
 *
 * Pure; any thread. Extensions and trailers are checked for form, bounded and thrown away. */
#pragma once

#include <stdint.h>

#include "base/must.h"
#include "base/slice.h"

enum chunked_state {
	CHUNKED_SIZE, /* the zero value: before the first byte */
	CHUNKED_EXTENSION,
	CHUNKED_SIZE_LF,
	CHUNKED_DATA,
	CHUNKED_DATA_CR,
	CHUNKED_DATA_LF,
	CHUNKED_TRAILER_START,
	CHUNKED_TRAILER_NAME,
	CHUNKED_TRAILER_VALUE,
	CHUNKED_TRAILER_LF,
	CHUNKED_END_LF,
	CHUNKED_DONE,
};

struct chunked {
	enum chunked_state state;
	unsigned n_digits;
	uint64_t left;     /* of this chunk */
	uint64_t decoded;  /* of all chunks */
	uint64_t overhead; /* extensions and trailers */
};

/* Else more digits of `left` may come, or something that makes the size none. */
static inline bool chunked_size_known(const struct chunked *c)
{
	return c->state != CHUNKED_SIZE;
}

enum chunked_result { CHUNKED_MORE, CHUNKED_COMPLETE, CHUNKED_REFUSED };

/* Takes all of data[0..len), or all up to the end of the coding (*ret_consumed), and leaves what it
 * decoded in data[0..*ret_decoded). After CHUNKED_REFUSED *reterr is the sentence for the client.
 */
must_check enum chunked_result chunked_decode(struct chunked *c, char *data, size_t len,
					      size_t *ret_consumed, size_t *ret_decoded,
					      struct slice *reterr);
