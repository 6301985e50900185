/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The least and the greatest code point of each length, and those beside the surrogates. */
static const struct {
	struct slice bytes;
	uint32_t code_point;
} edges[] = {
	{SLICE_TEXT("\0"), 0},
	{SLICE_TEXT("\x7f"), 0x7f},
	{SLICE_TEXT("\xc2\x80"), 0x80},
	{SLICE_TEXT("\xdf\xbf"), 0x7ff},
	{SLICE_TEXT("\xe0\xa0\x80"), 0x800},
	{SLICE_TEXT("\xed\x9f\xbf"), 0xd7ff},
	{SLICE_TEXT("\xee\x80\x80"), 0xe000},
	{SLICE_TEXT("\xef\xbf\xbd"), 0xfffd},
	{SLICE_TEXT("\xef\xbf\xbf"), 0xffff},
	{SLICE_TEXT("\xf0\x90\x80\x80"), 0x10000},
	{SLICE_TEXT("\xf3\xa0\x80\x81"), 0xe0001},
	{SLICE_TEXT("\xf4\x8f\xbf\xbf"), 0x10ffff},
};

/* A code point is read from its bytes and written to the same bytes. */
static void code_points_are_read_and_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(edges); i++) {
		char written[4];
		size_t len;
		bool valid;

		assert_int_equal(utf8_next(edges[i].bytes, &len, &valid), edges[i].code_point);
		assert_int_equal(len, edges[i].bytes.len);
		assert_true(valid);
		assert_true(utf8_valid(edges[i].bytes));
		len = utf8_encode(edges[i].code_point, written);
		assert_text((struct slice){written, len}, edges[i].bytes);
	}
}

/* Every code point but the surrogates survives both ways. */
static void every_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
		bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
		char bytes[4];
		size_t len = utf8_encode(code_point, bytes), read;
		bool valid;

		if (utf8_next((struct slice){bytes, len}, &read, &valid) !=
		    (surrogate ? 0xfffd : code_point))
			fail_msg("U+%04X is not read as it was written", code_point);
		assert_int_equal(valid, !surrogate);
		assert_int_equal(read, surrogate ? 1 : len);
	}
}

/* A byte that starts no valid sequence is one U+FFFD, however many were announced. */
static void what_starts_no_sequence_is_one_bad_byte(void **state)
{
	static const struct slice bad[] = {
		SLICE_TEXT("\x80"),             /* a follower alone */
		SLICE_TEXT("\xbf\x80"),         /* followers alone */
		SLICE_TEXT("\xc0\x80"),         /* NUL in two bytes */
		SLICE_TEXT("\xc1\xbf"),         /* DEL in two bytes */
		SLICE_TEXT("\xe0\x9f\xbf"),     /* U+07FF in three */
		SLICE_TEXT("\xf0\x8f\xbf\xbf"), /* U+FFFF in four */
		SLICE_TEXT("\xed\xa0\x80"),     /* the first surrogate */
		SLICE_TEXT("\xed\xbf\xbf"),     /* the last one */
		SLICE_TEXT("\xf4\x90\x80\x80"), /* U+110000 */
		SLICE_TEXT("\xf5\x80\x80\x80"),
		SLICE_TEXT("\xff"),
		SLICE_TEXT("\xc3"), /* cut short */
		SLICE_TEXT("\xe2\x82"),
		SLICE_TEXT("\xf0\x9f\x98"),
		SLICE_TEXT("\xc3("), /* a follower that is none */
		SLICE_TEXT("\xe2\x82("),
		SLICE_TEXT("\xf0\x9f\x98("),
		SLICE_TEXT("\xe2(\xac"),
	};

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		size_t len;
		bool valid;

		assert_int_equal(utf8_next(bad[i], &len, &valid), 0xfffd);
		assert_int_equal(len, 1);
		assert_false(valid);
		assert_false(utf8_valid(bad[i]));
	}
}

/* A slice that is cut inside a sequence ends there, whatever bytes follow in memory. */
static void nothing_is_read_behind_the_slice(void **state)
{
	struct slice euro = SLICE("\xe2\x82\xac");

	(void)state;
	assert_true(utf8_valid(euro));
	assert_false(utf8_valid((struct slice){euro.ptr, 2}));
	assert_false(utf8_valid((struct slice){euro.ptr, 1}));
	assert_true(utf8_valid((struct slice){euro.ptr, 0}));
	assert_true(utf8_valid((struct slice){NULL, 0}));
}

/* One bad byte anywhere makes the text invalid. */
static void text_is_valid_as_a_whole(void **state)
{
	(void)state;
	assert_true(utf8_valid(SLICE("a\xc3\xa4\0\xe2\x82\xac\xf0\x9f\x98\x80z")));
	assert_false(utf8_valid(SLICE("a\xc3\xa4\xffz")));
	assert_false(utf8_valid(SLICE("\xe2\x82\xac\xe2\x82")));
}

/* Bytes that go on with a character are not counted. */
static void code_points_are_counted(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(SLICE_EMPTY), 0);
	assert_int_equal(utf8_count(SLICE("abc")), 3);
	assert_int_equal(utf8_count(SLICE("\u00fc\u20ac\U0001f600x")), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_points_are_counted),
		cmocka_unit_test(code_points_are_read_and_written),
		cmocka_unit_test(every_code_point_comes_back),
		cmocka_unit_test(what_starts_no_sequence_is_one_bad_byte),
		cmocka_unit_test(nothing_is_read_behind_the_slice),
		cmocka_unit_test(text_is_valid_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
