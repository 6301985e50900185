/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_BYTES_MAX = 64 * 1024, NO_OFFSET = 999 };

struct row {
	struct slice text, want;
	size_t offset; /* of the illegal byte; NO_OFFSET when there is none */
};

#define OK(text, want)                                                                             \
	{                                                                                          \
		SLICE_TEXT(text), SLICE_TEXT(want), NO_OFFSET                                      \
	}
#define ILLEGAL(text, decoded, offset)                                                             \
	{                                                                                          \
		SLICE_TEXT(text), SLICE_TEXT(decoded), offset                                      \
	}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena arena;
		struct slice got;
		size_t offset = NO_OFFSET;
		enum base64_result result;

		arena_init(&arena, ARENA_BYTES_MAX);
		result = base64_decode(rows[i].text, &arena, &got, &offset);
		assert_int_equal(result, rows[i].offset == NO_OFFSET ? BASE64_OK : BASE64_ILLEGAL);
		assert_int_equal(offset, rows[i].offset);
		assert_text(got, rows[i].want);
		arena_free(&arena);
	}
}

/* Groups of four digits are three bytes; two or three digits at the end are one or two. */
static void digits_become_bytes(void **state)
{
	static const struct row rows[] = {
		OK("", ""),           OK("eA", "x"),
		OK("YWI", "ab"),      OK("YWJj", "abc"),
		OK("YWJjZA", "abcd"), OK("YWJjZGVmZ2hpamtsbW5v", "abcdefghijklmno"),
	};

	(void)state;
	check(rows, N(rows));
}

/* The alphabet is the URL-safe one: - and _, neither + nor /. */
static void the_alphabet_is_url_safe(void **state)
{
	static const struct row rows[] = {
		OK("-_-_", "\xfb\xff\xbf"),
		OK("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
		   "\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51"
		   "\x55\x97\x61\x96\x9b\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a"
		   "\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf"),
		ILLEGAL("+_-_", "", 0),
		ILLEGAL("YWJj/AAA", "abc", 4),
	};

	(void)state;
	check(rows, N(rows));
}

/* All padding at the end is taken off, however much there is. */
static void padding_at_the_end_means_nothing(void **state)
{
	static const struct row rows[] = {
		OK("=", ""),          OK("=====", ""),    OK("eA=", "x"),        OK("eA==", "x"),
		OK("eA=======", "x"), OK("YWJj=", "abc"), ILLEGAL("x==", "", 0),
	};

	(void)state;
	check(rows, N(rows));
}

/* Padding elsewhere is illegal, a line feed behind it included. */
static void padding_in_the_middle_is_illegal(void **state)
{
	static const struct row rows[] = {
		ILLEGAL("eA==eA", "", 2),
		ILLEGAL("YWJjeA=A", "abc", 6),
		ILLEGAL("=eA", "", 0),
		ILLEGAL("eA==\n", "", 2),
	};

	(void)state;
	check(rows, N(rows));
}

/* Line feeds and carriage returns are skipped wherever they stand; other blanks are not. */
static void line_ends_are_skipped(void **state)
{
	static const struct row rows[] = {
		OK("\n", ""),
		OK("\r\n=", ""),
		OK("e\nA", "x"),
		OK("\r\nY\rW\nJ\r\nj\n", "abc"),
		ILLEGAL("e A", "", 1),
		ILLEGAL("eA\t", "", 2),
		ILLEGAL("\ne\n\n!", "", 4),
	};

	(void)state;
	check(rows, N(rows));
}

/* Bits that are left over need not be zero. */
static void left_over_bits_are_ignored(void **state)
{
	static const struct row rows[] = {
		OK("eA", "x"), OK("eB", "x"), OK("eP", "x"), OK("YWI", "ab"), OK("YWL", "ab"),
	};

	(void)state;
	check(rows, N(rows));
}

/* One digit alone is half a byte: illegal, at the last byte of the text, skipped ones counted. */
static void a_single_digit_at_the_end_is_illegal(void **state)
{
	static const struct row rows[] = {
		ILLEGAL("x", "", 0),       ILLEGAL("YWJjZ", "abc", 4),   ILLEGAL("x\n", "", 1),
		ILLEGAL("x\n\r\n", "", 3), ILLEGAL("YWJjZ\r", "abc", 5),
	};

	(void)state;
	check(rows, N(rows));
}

/* What was decoded before the illegal byte are whole groups of four digits. */
static void whole_groups_are_decoded_before_an_illegal_byte(void **state)
{
	static const struct row rows[] = {
		ILLEGAL("YWJjZG!", "abc", 6),
		ILLEGAL("YWJj\0", "abc", 4),
		ILLEGAL("YWJjZGVm\xff", "abcdef", 8),
	};

	(void)state;
	check(rows, N(rows));
}

/* What is decoded may be any bytes. */
static void any_byte_may_come_out(void **state)
{
	static const struct row rows[] = {
		OK("AAAA", "\0\0\0"),
		OK("L1wKIg", "/\\\n\""),
		OK("____", "\xff\xff\xff"),
	};

	(void)state;
	check(rows, N(rows));
}

/* What is written reads back as the same bytes, without padding. */
static void bytes_become_digits(void **state)
{
	static const struct {
		struct slice bytes, want;
	} rows[] = {
		{SLICE_TEXT(""), SLICE_TEXT("")},
		{SLICE_TEXT("x"), SLICE_TEXT("eA")},
		{SLICE_TEXT("xy"), SLICE_TEXT("eHk")},
		{SLICE_TEXT("xyz"), SLICE_TEXT("eHl6")},
		{SLICE_TEXT("\0\xff\xfe\xfb"), SLICE_TEXT("AP_--w")},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	for (size_t i = 0; i < N(rows); i++) {
		buf_clear(&out);
		base64_put(&out, rows[i].bytes);
		assert_text(buf_slice(&out), rows[i].want);
	}
	buf_free(&out);
}

/* An arena that is full is told apart from text that is bad. */
static void a_full_arena_refuses(void **state)
{
	struct arena arena;
	struct slice got;
	size_t offset;

	(void)state;
	arena_init(&arena, 0);
	assert_int_equal(base64_decode(SLICE("eA"), &arena, &got, &offset), BASE64_NOMEM);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_become_bytes),
		cmocka_unit_test(the_alphabet_is_url_safe),
		cmocka_unit_test(padding_at_the_end_means_nothing),
		cmocka_unit_test(padding_in_the_middle_is_illegal),
		cmocka_unit_test(line_ends_are_skipped),
		cmocka_unit_test(left_over_bits_are_ignored),
		cmocka_unit_test(a_single_digit_at_the_end_is_illegal),
		cmocka_unit_test(whole_groups_are_decoded_before_an_illegal_byte),
		cmocka_unit_test(any_byte_may_come_out),
		cmocka_unit_test(bytes_become_digits),
		cmocka_unit_test(a_full_arena_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
