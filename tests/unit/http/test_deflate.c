/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts deflated one by one join into one gzip member. Built twice: with what the build was
 * configured for, and with zlib. */
#include "http/deflate.h"

#include "../cm.h"

#include <stdlib.h>
#include <zlib.h>

enum { BOUND = 1 << 24 };

/* Lines as they are in an exposition, up to `len` bytes; `noise`: bytes that do not shrink. */
static void put_text(struct buf *b, size_t len, bool noise)
{
	uint64_t random = 88172645463325252u + len;
	size_t end = b->len + len;

	while (b->len < end) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		if (noise)
			buf_put_byte(b, (char)(random >> 32));
		else
			buf_putf(b, "some_metric{job=\"x\",instance=\"%u\"} %u\n",
				 (unsigned)(random % 1000), (unsigned)(random >> 40));
	}
	b->len = end;
}

/* zlib's reader: one member, nothing behind it. */
static void assert_gunzips_to(struct slice member, struct slice text)
{
	char *to = malloc(text.len + 1);
	z_stream z = {0};

	assert_non_null(to);
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)member.ptr;
	z.avail_in = (uInt)member.len;
	z.next_out = (Bytef *)to;
	z.avail_out = (uInt)text.len + 1;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_int_equal(z.total_out, text.len);
	assert_memory_equal(to, text.ptr, text.len);
	assert_int_equal(inflateEnd(&z), Z_OK);
	free(to);
}

static void sum_add(struct gzip_sum *sum, struct slice text)
{
	struct gzip_part part = gzip_part(text);

	gzip_sum_add(sum, &part);
}

static void join_and_check(const size_t *lens, size_t n, bool noise)
{
	struct deflater *d = deflater_new();
	struct gzip_sum sum = {0};
	char tail[GZIP_TAIL_BYTES];
	struct buf text, member;

	assert_non_null(d);
	buf_init(&text, BOUND);
	buf_init(&member, BOUND);
	buf_put(&member, GZIP_HEAD);
	for (size_t i = 0; i < n; i++) {
		size_t begin = text.len;
		struct slice piece;

		put_text(&text, lens[i], noise);
		piece = slice_skip(buf_slice(&text), begin);
		deflate_text(d, piece, &member);
		sum_add(&sum, piece);
	}
	gzip_tail(&sum, tail);
	buf_put(&member, (struct slice){tail, sizeof(tail)});
	assert_true(buf_ok(&text) && buf_ok(&member));
	assert_gunzips_to(buf_slice(&member), buf_slice(&text));
	buf_free(&text);
	buf_free(&member);
	assert_null(deflater_free(d));
}

/* Pieces of any length, in any order, one deflater for all. */
static void joined_pieces_are_one_member(void **state)
{
	static const size_t lens[] = {1,     100,   32768, 0,   3,      65535, 65536,
				      65537, 33000, 7,     512, 300000, 2,     32767};

	(void)state;
	for (size_t n = 0; n <= sizeof(lens) / sizeof(lens[0]); n++) {
		join_and_check(lens, n, false);
		join_and_check(lens, n, true);
	}
}

/* A chunk of an exposition shrinks to a quarter at least. */
static void an_exposition_shrinks(void **state)
{
	struct deflater *d = deflater_new();
	struct buf text, out;

	(void)state;
	assert_non_null(d);
	buf_init(&text, BOUND);
	buf_init(&out, BOUND);
	put_text(&text, 32768, false);
	deflate_text(d, buf_slice(&text), &out);
	assert_true(buf_ok(&out) && out.len < text.len / 4);
	buf_free(&text);
	buf_free(&out);
	(void)deflater_free(d);
}

/* No piece refers to one before it: the same text gives the same bytes whatever came before. */
static void pieces_do_not_know_each_other(void **state)
{
	struct deflater *d = deflater_new();
	struct buf text, out;

	(void)state;
	assert_non_null(d);
	buf_init(&text, BOUND);
	buf_init(&out, BOUND);
	put_text(&text, 20000, false);
	deflate_text(d, buf_slice(&text), &out);
	deflate_text(d, buf_slice(&text), &out);
	assert_int_equal(out.len % 2, 0);
	assert_memory_equal(out.ptr, out.ptr + out.len / 2, out.len / 2);
	buf_free(&text);
	buf_free(&out);
	(void)deflater_free(d);
}

/* The sum of pieces is that of the whole, its length counted modulo 2^32. */
static void sums_combine(void **state)
{
	struct gzip_part empty = gzip_part(SLICE_EMPTY);
	struct gzip_sum sum = {0};
	char tail[GZIP_TAIL_BYTES];

	(void)state;
	sum_add(&sum, SLICE("1234"));
	sum_add(&sum, SLICE_EMPTY);
	sum_add(&sum, SLICE("56789"));
	assert_int_equal(sum.crc, 0xcbf43926);
	gzip_tail(&sum, tail);
	assert_memory_equal(tail, "\x03\0\x26\x39\xf4\xcb\x09\0\0\0", sizeof(tail));
	empty.len = (size_t)UINT32_MAX;
	gzip_sum_add(&sum, &empty);
	assert_int_equal(sum.len, 8);
}

/* What does not fit is refused by the buffer, not written past it. */
static void a_full_buffer_refuses(void **state)
{
	struct deflater *d = deflater_new();
	struct buf out;

	(void)state;
	assert_non_null(d);
	buf_init(&out, 10);
	deflate_text(d, SLICE("a text that is longer than ten bytes"), &out);
	assert_false(buf_ok(&out));
	buf_free(&out);
	(void)deflater_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joined_pieces_are_one_member),
		cmocka_unit_test(an_exposition_shrinks),
		cmocka_unit_test(pieces_do_not_know_each_other),
		cmocka_unit_test(sums_combine),
		cmocka_unit_test(a_full_buffer_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
