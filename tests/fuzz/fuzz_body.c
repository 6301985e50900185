/* SPDX-License-Identifier: Apache-2.0
 *
 * A body under each coding (the first byte chooses it and the bound): what comes out is never
 * larger than the bound, and a smaller bound gives the same text, or the beginning of it. */
#include "http/body.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum { BOUND = 1 << 20, SENTENCES_BYTES_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum err_code decode(enum body_coding coding, struct slice raw, size_t bound,
			    struct buf *space, struct slice *ret)
{
	struct arena arena;
	struct err err;
	enum err_code code;

	arena_init(&arena, SENTENCES_BYTES_MAX);
	err = err_in(&arena);
	buf_init(space, bound);
	*ret = SLICE_EMPTY;
	code = body_decode(coding, raw, space, ret, &err);
	assert(space->len <= bound && space->capacity <= bound);
	assert(code == ERR_NONE || code == ERR_SYNTAX || code == ERR_TOO_BIG);
	assert((code == ERR_NONE) == (err.msg.len == 0));
	if (code == ERR_NONE)
		assert(body_check_head(coding, raw, &err) == ERR_NONE);
	arena_free(&arena);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf large, small;
	struct slice raw, whole, part;
	enum err_code code;
	enum body_coding coding;
	size_t bound;

	if (len == 0)
		return 0;
	coding = (enum body_coding)(data[0] % 5);
	raw = (struct slice){(const char *)data + 1, len - 1};
	code = decode(coding, raw, BOUND, &large, &whole);
	bound = (size_t)(data[0] / 5) * whole.len / 50;
	if (bound > BOUND)
		bound = BOUND;
	if (decode(coding, raw, bound, &small, &part) != ERR_TOO_BIG) {
		assert(slice_eq(part, whole));
	} else {
		assert(code == ERR_TOO_BIG || whole.len > bound || code == ERR_SYNTAX);
		assert(slice_starts(whole, part));
	}
	buf_free(&large);
	buf_free(&small);
	return 0;
}
