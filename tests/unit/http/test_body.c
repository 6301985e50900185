/* SPDX-License-Identifier: Apache-2.0
 *
 * A body's Content-Encoding is undone, bounded, and refused in the words of the reference. */
#include "http/body.h"

#include "../cm.h"

#include <snappy-c.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

/* As SLICE, but a constant for tables. */
#define S(lit)                                                                                     \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}

#define TEXT "m{a=\"b\"} 1\n"
#define TEXT_CRC32C "\x92\x1d\xcf\xdf" /* masked, of TEXT */
#define IDENTIFIER "\xff\x06\0\0sNaPpY"
#define BLOCK "\x0b\x28" TEXT                 /* a snappy block: one literal of 11 bytes */
#define FRAME "\x01\x0f\0\0" TEXT_CRC32C TEXT /* an uncompressed chunk */

enum { BOUND = 1 << 20 };

struct outcome {
	enum err_code code;
	struct slice text;
	struct slice sentence;
	struct buf space;
	struct arena arena;
};

static void decode(enum body_coding coding, struct slice raw, size_t bound, struct outcome *o)
{
	struct err err;

	arena_init(&o->arena, BOUND);
	err = err_in(&o->arena);
	buf_init(&o->space, bound);
	o->text = SLICE_EMPTY;
	o->code = body_decode(coding, raw, &o->space, &o->text, &err);
	o->sentence = err.msg;
	assert_true(o->space.len <= bound && o->space.capacity <= bound);
}

static void outcome_free(struct outcome *o)
{
	buf_free(&o->space);
	arena_free(&o->arena);
}

static void assert_decodes(enum body_coding coding, struct slice raw, struct slice text)
{
	struct outcome o;

	decode(coding, raw, BOUND, &o);
	assert_text(o.sentence, SLICE_EMPTY);
	assert_int_equal(o.code, ERR_NONE);
	assert_text(o.text, text);
	outcome_free(&o);
}

/* Refused with `sentence`, and `before` is what stood before the fault. */
static void assert_refused(enum body_coding coding, struct slice raw, struct slice before,
			   struct slice sentence)
{
	struct outcome o;

	decode(coding, raw, BOUND, &o);
	assert_text(o.sentence, sentence);
	assert_int_equal(o.code, ERR_SYNTAX);
	assert_text(o.text, before);
	outcome_free(&o);
}

static void put_le32(struct buf *b, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		buf_put_byte(b, (char)(value >> 8 * i));
}

/* zlib's own encoder; 31: gzip, 15: zlib. */
static void put_deflated(struct buf *b, struct slice text, int window_bits)
{
	z_stream z = {0};
	char *room;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
	room = buf_reserve(b, deflateBound(&z, text.len));
	assert_non_null(room);
	z.next_in = (Bytef *)(uintptr_t)text.ptr;
	z.avail_in = (uInt)text.len;
	z.next_out = (Bytef *)room;
	z.avail_out = (uInt)(b->capacity - b->len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_advance(b, z.total_out);
	assert_int_equal(deflateEnd(&z), Z_OK);
}

static void put_zstd(struct buf *b, struct slice text)
{
	size_t room_bytes = ZSTD_compressBound(text.len), n;
	char *room = buf_reserve(b, room_bytes);

	assert_non_null(room);
	n = ZSTD_compress(room, room_bytes, text.ptr, text.len, 1);
	assert_false(ZSTD_isError(n));
	buf_advance(b, n);
}

static void put_block(struct buf *b, struct slice text)
{
	size_t n = snappy_max_compressed_length(text.len);
	char *room = buf_reserve(b, n);

	assert_non_null(room);
	assert_int_equal(snappy_compress(text.ptr, text.len, room, &n), SNAPPY_OK);
	buf_advance(b, n);
}

/* A gzip member of one stored block, with this header; the checksum is that of `crc_of`. */
static void put_stored(struct buf *b, struct slice head, struct slice text, struct slice crc_of)
{
	buf_put(b, head);
	buf_put_byte(b, 1);
	put_le32(b, (uint32_t)text.len | (uint32_t)(0xffff ^ text.len) << 16);
	buf_put(b, text);
	put_le32(b, (uint32_t)crc32_z(0, (const Bytef *)crc_of.ptr, crc_of.len));
	put_le32(b, (uint32_t)text.len);
}

#define PLAIN_HEAD SLICE("\x1f\x8b\x08\0\0\0\0\0\0\xff")

/* The first Content-Encoding header says it, in any case; lists and unknown names say nothing. */
static void the_header_names_the_coding(void **state)
{
	static const struct {
		struct slice value;
		enum body_coding coding;
	} rows[] = {
		{S("gzip"), BODY_GZIP},      {S("GZip"), BODY_GZIP},
		{S("snappy"), BODY_SNAPPY},  {S("SNAPPY"), BODY_SNAPPY},
		{S("zstd"), BODY_ZSTD},      {S("deflate"), BODY_DEFLATE},
		{S("identity"), BODY_PLAIN}, {S("x-gzip"), BODY_PLAIN},
		{S("br"), BODY_PLAIN},       {S("gzip, gzip"), BODY_PLAIN},
		{S(""), BODY_PLAIN},
	};
	struct http_header headers[2] = {{SLICE("content-encoding"), SLICE_EMPTY},
					 {SLICE("Content-Encoding"), SLICE("zstd")}};
	struct http_request r = {.headers = headers, .n_headers = 2};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		headers[0].value = rows[i].value;
		assert_int_equal(body_coding_of(&r), rows[i].coding);
	}
	r.n_headers = 0;
	assert_int_equal(body_coding_of(&r), BODY_PLAIN);
}

/* gzip members follow each other; empty ones are members too. */
static void gzip_has_any_number_of_members(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BOUND);
	put_deflated(&b, SLICE("a 1\n"), 31);
	put_deflated(&b, SLICE_EMPTY, 31);
	put_stored(&b, PLAIN_HEAD, SLICE("b 2\n"), SLICE("b 2\n"));
	assert_decodes(BODY_GZIP, buf_slice(&b), SLICE("a 1\nb 2\n"));
	buf_free(&b);
}

/* Cut anywhere, a gzip body ends unexpectedly; what came before the cut is there. */
static void gzip_cut_anywhere_is_an_early_end(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BOUND);
	put_stored(&b, PLAIN_HEAD, SLICE(TEXT), SLICE(TEXT));
	assert_refused(BODY_GZIP, SLICE_EMPTY, SLICE_EMPTY, SLICE("EOF"));
	for (size_t n = 1; n < b.len; n++) {
		size_t before = n < 15 ? 0 : n - 15;

		if (before > sizeof(TEXT) - 1)
			before = sizeof(TEXT) - 1;
		assert_refused(BODY_GZIP, (struct slice){b.ptr, n}, (struct slice){TEXT, before},
			       SLICE("unexpected EOF"));
	}
	buf_free(&b);
}

/* Bytes behind the last member are the header of another. */
static void gzip_bytes_behind_the_end_are_a_header(void **state)
{
	static const struct {
		struct slice rest, sentence;
	} rows[] = {
		{S("\0"), S("unexpected EOF")},
		{S("\0\0\0\0\0\0\0\0\0"), S("unexpected EOF")},
		{S("\0\0\0\0\0\0\0\0\0\0"), S("gzip: invalid header")},
		{S(TEXT), S("gzip: invalid header")},
		{S("\x1f\x8b"), S("unexpected EOF")},
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_init(&b, BOUND);
		put_stored(&b, PLAIN_HEAD, SLICE(TEXT), SLICE(TEXT));
		buf_put(&b, rows[i].rest);
		assert_refused(BODY_GZIP, buf_slice(&b), SLICE(TEXT), rows[i].sentence);
		buf_free(&b);
	}
}

/* Names, comments, extra fields and the header's checksum are read past, within Go's limits. */
static void gzip_headers_are_read_as_go_reads_them(void **state)
{
	static char long_name[10 + 512 + 1] = "\x1f\x8b\x08\x08\0\0\0\0\0\xff";
	static const struct {
		struct slice head;
		const char *sentence; /* NULL: it is fine */
	} rows[] = {
		{S("\x1f\x8b\x08\x08\0\0\0\0\0\xffname\0"), NULL},
		{S("\x1f\x8b\x08\x18\0\0\0\0\0\xffname\0remark\0"), NULL},
		{S("\x1f\x8b\x08\x04\0\0\0\0\0\xff\3\0abc"), NULL},
		{S("\x1f\x8b\x08\xe1\0\0\0\0\0\xff"), NULL},
		{S("\x1f\x8b\x07\0\0\0\0\0\0\xff"), "gzip: invalid header"},
		{S("\x1f\x8c\x08\0\0\0\0\0\0\xff"), "gzip: invalid header"},
		{S("0123456789"), "gzip: invalid header"},
		{S("\x1f\x8b\x08\x02\0\0\0\0\0\xff\0\0"), "gzip: invalid header"},
		{S("\x1f\x8b\x08\x04\0\0\0\0\0\xff\xff\xff"), "unexpected EOF"},
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_init(&b, BOUND);
		put_stored(&b, rows[i].head, SLICE(TEXT), SLICE(TEXT));
		if (rows[i].sentence == NULL)
			assert_decodes(BODY_GZIP, buf_slice(&b), SLICE(TEXT));
		else
			assert_refused(BODY_GZIP, buf_slice(&b), SLICE_EMPTY,
				       slice_of(rows[i].sentence));
		buf_free(&b);
	}
	memset(long_name + 10, 'n', 512);
	for (size_t n = 511; n <= 512; n++) {
		long_name[10 + n] = 0;
		buf_init(&b, BOUND);
		put_stored(&b, (struct slice){long_name, 10 + n + 1}, SLICE(TEXT), SLICE(TEXT));
		if (n == 511)
			assert_decodes(BODY_GZIP, buf_slice(&b), SLICE(TEXT));
		else
			assert_refused(BODY_GZIP, buf_slice(&b), SLICE_EMPTY,
				       SLICE("gzip: invalid header"));
		buf_free(&b);
		long_name[10 + n] = 'n';
	}
}

/* A wrong checksum and broken data are found behind the text that they concern. */
static void gzip_faults_come_behind_the_text(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BOUND);
	put_stored(&b, PLAIN_HEAD, SLICE(TEXT), SLICE("another"));
	assert_refused(BODY_GZIP, buf_slice(&b), SLICE(TEXT), SLICE("gzip: invalid checksum"));
	buf_clear(&b);
	put_stored(&b, PLAIN_HEAD, SLICE(TEXT), SLICE(TEXT));
	b.ptr[b.len - 1] = 1;
	assert_refused(BODY_GZIP, buf_slice(&b), SLICE(TEXT), SLICE("gzip: invalid checksum"));
	b.ptr[10] = 7; /* a block of the third kind, which there is not */
	assert_refused(BODY_GZIP, buf_slice(&b), SLICE_EMPTY,
		       SLICE("flate: corrupt input before offset 1"));
	b.ptr[10] = 1;
	b.ptr[11] = 'x'; /* the length and its complement differ */
	assert_refused(BODY_GZIP, buf_slice(&b), SLICE_EMPTY,
		       SLICE("flate: corrupt input before offset 5"));
	buf_free(&b);
}

/* Only the header of a gzip body is looked at when the body may not be wanted. */
static void the_head_alone_is_checked_first(void **state)
{
	static const struct {
		enum body_coding coding;
		struct slice raw;
		enum err_code code;
	} rows[] = {
		{BODY_GZIP, S(""), ERR_SYNTAX},
		{BODY_GZIP, S("\x1f\x8b\x08\0\0\0\0\0\0"), ERR_SYNTAX},
		{BODY_GZIP, S("\x1f\x8b\x08\0\0\0\0\0\0\xff"), ERR_NONE},
		{BODY_GZIP, S("\x1f\x8b\x08\0\0\0\0\0\0\xffrubbish"), ERR_NONE},
		{BODY_SNAPPY, S("rubbish"), ERR_NONE},
		{BODY_PLAIN, S(""), ERR_NONE},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, BOUND);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = err_in(&arena);

		assert_int_equal(body_check_head(rows[i].coding, rows[i].raw, &err), rows[i].code);
	}
	arena_free(&arena);
}

/* The framing format: identifiers repeat, other chunks are skipped, all is checked. */
static void snappy_frames_are_read_as_go_reads_them(void **state)
{
	static const struct {
		struct slice raw, text;
		const char *sentence; /* NULL: it is fine */
	} rows[] = {
		{S(""), S(""), NULL},
		{S(IDENTIFIER), S(""), NULL},
		{S(IDENTIFIER FRAME), S(TEXT), NULL},
		{S(IDENTIFIER "\0\x11\0\0" TEXT_CRC32C BLOCK), S(TEXT), NULL},
		{S(IDENTIFIER FRAME IDENTIFIER FRAME), S(TEXT TEXT), NULL},
		{S(IDENTIFIER "\x80\3\0\0abc" FRAME "\xfe\1\0\0x"), S(TEXT), NULL},
		{S(FRAME), S(""), "snappy: corrupt input"},
		{S("\xff\x06\0\0sNaPpX"), S(""), "snappy: corrupt input"},
		{S("\xff\x05\0\0sNaPp"), S(""), "snappy: corrupt input"},
		{S(IDENTIFIER FRAME "\x02\0\0\0"), S(TEXT), "snappy: unsupported input"},
		{S(IDENTIFIER "\x7f\1\0\0x"), S(""), "snappy: unsupported input"},
		{S(IDENTIFIER "\x80\xff\xff\xff"), S(""), "snappy: unsupported input"},
		{S(IDENTIFIER "\x01\x0f\0\0zzzz" TEXT), S(""), "snappy: corrupt input"},
		{S(IDENTIFIER "\x01\3\0\0abc"), S(""), "snappy: corrupt input"},
		{S(IDENTIFIER FRAME "\x01"), S(TEXT), "snappy: corrupt input"},
		{S(IDENTIFIER "\0\x11\0\0" TEXT_CRC32C "\x0c\x28" TEXT), S(""),
		 "snappy: corrupt input"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].sentence == NULL)
			assert_decodes(BODY_SNAPPY, rows[i].raw, rows[i].text);
		else
			assert_refused(BODY_SNAPPY, rows[i].raw, rows[i].text,
				       slice_of(rows[i].sentence));
	}
}

/* A snappy block without a frame is read; one that is no block is refused as the reference would.
 */
static void snappy_blocks_are_read(void **state)
{
	(void)state;
	assert_decodes(BODY_SNAPPY, SLICE(BLOCK), SLICE(TEXT));
	assert_refused(BODY_SNAPPY, SLICE("\x0c\x28" TEXT), SLICE_EMPTY,
		       SLICE("snappy: corrupt input"));
	assert_refused(BODY_SNAPPY, SLICE(TEXT), SLICE_EMPTY, SLICE("snappy: corrupt input"));
}

/* zstd and deflate are read where the first bytes say so, and else are no encoding. */
static void zstd_and_deflate_are_read_by_their_first_bytes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BOUND);
	put_zstd(&b, SLICE(TEXT));
	put_zstd(&b, SLICE("b 2\n"));
	assert_decodes(BODY_ZSTD, buf_slice(&b), SLICE(TEXT "b 2\n"));
	assert_refused(BODY_ZSTD, (struct slice){b.ptr, b.len - 1}, SLICE(TEXT "b 2"),
		       SLICE("unexpected EOF"));
	assert_decodes(BODY_DEFLATE, buf_slice(&b), buf_slice(&b));
	buf_clear(&b);
	put_deflated(&b, SLICE(TEXT), 15);
	assert_decodes(BODY_DEFLATE, buf_slice(&b), SLICE(TEXT));
	assert_refused(BODY_DEFLATE, (struct slice){b.ptr, b.len - 1}, SLICE(TEXT),
		       SLICE("unexpected EOF"));
	assert_decodes(BODY_ZSTD, buf_slice(&b), buf_slice(&b));
	b.ptr[b.len - 1] ^= 1;
	assert_refused(BODY_DEFLATE, buf_slice(&b), SLICE(TEXT),
		       SLICE("deflate: incorrect data check"));
	assert_decodes(BODY_ZSTD, SLICE(TEXT), SLICE(TEXT));
	assert_decodes(BODY_DEFLATE, SLICE("x 1\n"), SLICE("x 1\n"));
	assert_decodes(BODY_DEFLATE, SLICE("hCount 1\n"), SLICE("hCount 1\n"));
	buf_free(&b);
}

/* The bound is met exactly and not by one byte more, whatever the coding. */
static void the_bound_is_exact(void **state)
{
	enum { N = 50000 };
	static char text[N];
	static const enum body_coding codings[] = {BODY_GZIP, BODY_SNAPPY, BODY_DEFLATE, BODY_ZSTD};
	struct slice zeros = {text, N};

	(void)state;
	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {
		struct outcome o;
		struct buf b;

		buf_init(&b, BOUND);
		if (codings[i] == BODY_SNAPPY)
			put_block(&b, zeros);
		else if (codings[i] == BODY_ZSTD)
			put_zstd(&b, zeros);
		else
			put_deflated(&b, zeros, codings[i] == BODY_GZIP ? 31 : 15);
		decode(codings[i], buf_slice(&b), N, &o);
		assert_text(o.sentence, SLICE_EMPTY);
		assert_text(o.text, zeros);
		outcome_free(&o);
		for (size_t bound = 0; bound < N; bound += N - 1) {
			decode(codings[i], buf_slice(&b), bound, &o);
			assert_int_equal(o.code, ERR_TOO_BIG);
			outcome_free(&o);
		}
		buf_free(&b);
	}
}

/* Frames of RFC 8878 and frames to be skipped are read, also one behind the other; what older
 * versions of zstd wrote is refused, at the start and behind a frame. */
static void zstd_frames_of_older_formats_are_refused(void **state)
{
	static const char skipped[] = "\x5a\x2a\x4d\x18\x02\x00\x00\x00zz";
	static const char older[] = "\x27\xb5\x2f\xfd\x00\x00\x01\x00\x00";
	struct buf b;

	(void)state;
	buf_init(&b, BOUND);
	put_zstd(&b, SLICE("a 1\n"));
	buf_put(&b, (struct slice){skipped, sizeof(skipped) - 1});
	put_zstd(&b, SLICE("b 2\n"));
	assert_decodes(BODY_ZSTD, buf_slice(&b), SLICE("a 1\nb 2\n"));
	buf_put(&b, (struct slice){older, sizeof(older) - 1});
	assert_refused(BODY_ZSTD, buf_slice(&b), SLICE("a 1\nb 2\n"),
		       SLICE("zstd: Unknown frame descriptor"));
	buf_free(&b);
}

/* A promise of much text takes no memory: a snappy block of 3 GB in 12 bytes, a zstd frame of 4 GB.
 */
static void promises_take_no_memory(void **state)
{
	struct outcome o;

	(void)state;
	decode(BODY_SNAPPY, SLICE("\x80\x80\x80\x80\x0c\x28xxxxxxxxx"), SIZE_MAX / 4, &o);
	assert_int_equal(o.code, ERR_SYNTAX);
	assert_true(o.space.capacity < BOUND);
	outcome_free(&o);
	decode(BODY_ZSTD, SLICE("\x28\xb5\x2f\xfd\xa4\xff\xff\xff\xff\xff\xff\xff\xff\x09\0\0x"),
	       SIZE_MAX / 4, &o);
	assert_int_equal(o.code, ERR_SYNTAX);
	assert_true(o.space.capacity < BOUND);
	outcome_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_names_the_coding),
		cmocka_unit_test(gzip_has_any_number_of_members),
		cmocka_unit_test(gzip_cut_anywhere_is_an_early_end),
		cmocka_unit_test(gzip_bytes_behind_the_end_are_a_header),
		cmocka_unit_test(gzip_headers_are_read_as_go_reads_them),
		cmocka_unit_test(gzip_faults_come_behind_the_text),
		cmocka_unit_test(the_head_alone_is_checked_first),
		cmocka_unit_test(snappy_frames_are_read_as_go_reads_them),
		cmocka_unit_test(snappy_blocks_are_read),
		cmocka_unit_test(zstd_and_deflate_are_read_by_their_first_bytes),
		cmocka_unit_test(zstd_frames_of_older_formats_are_refused),
		cmocka_unit_test(the_bound_is_exact),
		cmocka_unit_test(promises_take_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
