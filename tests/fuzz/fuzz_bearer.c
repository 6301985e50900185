/* SPDX-License-Identifier: Apache-2.0
 *
 * Any Authorization header is a token or it is not; a token is a piece of it, without bytes that
 * could end a header, and written again it is read as the same. */
#include "base/buf.h"
#include "http/basic_auth.h"
#include "http/bearer.h"

enum { ARENA_BYTES_MAX = 1 << 24 };

static void check_again(struct slice token)
{
	struct slice again;
	struct buf header;

	buf_init(&header, ARENA_BYTES_MAX);
	buf_put(&header, SLICE("BEARER  "));
	buf_put(&header, token);
	assert(bearer_read(buf_slice(&header), &again) && slice_eq(token, again));
	buf_free(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice value = {(const char *)data, size};
	struct slice token, name, password;
	struct arena arena;

	if (!bearer_read(size == 0 ? SLICE_EMPTY : value, &token))
		return 0;
	assert(token.len > 0 && token.ptr > value.ptr && token.ptr + token.len == value.ptr + size);
	for (size_t i = 0; i < token.len; i++)
		assert(token.ptr[i] > ' ' && token.ptr[i] < 0x7f && token.ptr[i] != ',');
	check_again(token);
	arena_init(&arena, ARENA_BYTES_MAX);
	assert(!basic_auth_read(value, &arena, &name, &password)); /* it is one or the other */
	arena_free(&arena);
	return 0;
}
