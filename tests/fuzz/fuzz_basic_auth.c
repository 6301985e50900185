/* SPDX-License-Identifier: Apache-2.0
 *
 * Any Authorization header is name and password or it is not; these two, written again, are read as
 * the same. */
#include "base/buf.h"
#include "http/basic_auth.h"

enum { ARENA_BYTES_MAX = 1 << 24 };

/* The plainest encoder there is. */
static void encode(struct buf *out, struct slice s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < s.len ? (unsigned char)s.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_put_byte(out, i + k > s.len ? '=' : digits[bits >> (18 - 6 * k) & 63]);
	}
}

static void check_again(struct slice name, struct slice password, struct arena *arena)
{
	struct slice name_again, password_again;
	struct buf plain, header;

	buf_init(&plain, ARENA_BYTES_MAX);
	buf_init(&header, ARENA_BYTES_MAX);
	buf_put(&plain, name);
	buf_put_byte(&plain, ':');
	buf_put(&plain, password);
	buf_put(&header, SLICE("bAsIc "));
	encode(&header, buf_slice(&plain));
	assert(basic_auth_read(buf_slice(&header), arena, &name_again, &password_again));
	assert(slice_eq(name, name_again) && slice_eq(password, password_again));
	buf_free(&plain);
	buf_free(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice value = {(const char *)data, size};
	struct slice name, password;
	struct arena arena;

	arena_init(&arena, ARENA_BYTES_MAX);
	if (basic_auth_read(size == 0 ? SLICE_EMPTY : value, &arena, &name, &password)) {
		assert(memchr(name.ptr, ':', name.len) == NULL || name.len == 0);
		check_again(name, password, &arena);
	}
	arena_free(&arena);
	return 0;
}
