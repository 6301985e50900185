/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

#include "../cm.h"

#define NOTHING ((struct slice){NULL, 0})

/* Slices are equal when their bytes are; a NUL is a byte, and nothing equals nothing. */
static void equal_bytes_are_equal_slices(void **state)
{
	(void)state;
	assert_true(slice_eq(SLICE("a\0b"), SLICE("a\0b")));
	assert_false(slice_eq(SLICE("a\0b"), SLICE("a\0c")));
	assert_false(slice_eq(SLICE("a"), SLICE("ab")));
	assert_true(slice_eq(NOTHING, SLICE_EMPTY));
	assert_false(slice_eq(NOTHING, SLICE("a")));
}

/* The order is that of unsigned bytes, and a prefix comes before what it begins. */
static void the_order_is_bytewise(void **state)
{
	static const struct slice sorted[] = {
		SLICE_TEXT(""),  SLICE_TEXT("\0"), SLICE_TEXT("A"),    SLICE_TEXT("_"),
		SLICE_TEXT("a"), SLICE_TEXT("aa"), SLICE_TEXT("\x7f"), SLICE_TEXT("\x80"),
	};
	size_t n = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int order = slice_compare(sorted[i], sorted[j]);

			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
	assert_int_equal(slice_compare(NOTHING, SLICE_EMPTY), 0);
	assert_true(slice_compare(NOTHING, SLICE("a")) < 0);
}

/* A slice starts and ends with itself, with nothing, and with what is really there. */
static void starts_and_ends_are_compared_whole(void **state)
{
	(void)state;
	assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
	assert_true(slice_starts(SLICE("abc"), SLICE("abc")));
	assert_true(slice_starts(SLICE("abc"), SLICE_EMPTY));
	assert_true(slice_starts(NOTHING, SLICE_EMPTY));
	assert_false(slice_starts(SLICE("ab"), SLICE("abc")));
	assert_false(slice_starts(SLICE("abc"), SLICE("bc")));
	assert_true(slice_ends(SLICE("abc"), SLICE("bc")));
	assert_true(slice_ends(SLICE("abc"), SLICE("abc")));
	assert_true(slice_ends(SLICE("abc"), SLICE_EMPTY));
	assert_false(slice_ends(SLICE("bc"), SLICE("abc")));
	assert_false(slice_ends(SLICE("abc"), SLICE("ab")));
}

/* Case is that of ASCII letters: neighbours of the letters and bytes of UTF-8 are themselves. */
static void case_is_of_ascii_letters_only(void **state)
{
	(void)state;
	assert_true(slice_eq_nocase(SLICE("AZaz09-"), SLICE("azAZ09-")));
	assert_false(slice_eq_nocase(SLICE("@"), SLICE("`")));
	assert_false(slice_eq_nocase(SLICE("["), SLICE("{")));
	assert_false(slice_eq_nocase(SLICE("\xc3\x84"), SLICE("\xc3\xa4")));
	assert_false(slice_eq_nocase(SLICE("a"), SLICE("ab")));
	assert_true(slice_eq_nocase(NOTHING, SLICE_EMPTY));
	assert_true(slice_starts_nocase(SLICE("GZip, x"), SLICE("gzip")));
	assert_false(slice_starts_nocase(SLICE("gzi"), SLICE("gzip")));
}

/* A cut is made at the first separator, which belongs to neither side. */
static void a_cut_is_made_at_the_first_separator(void **state)
{
	struct slice head, tail;

	(void)state;
	assert_true(slice_cut(SLICE("a/b/c"), '/', &head, &tail));
	assert_text(head, SLICE("a"));
	assert_text(tail, SLICE("b/c"));
	assert_true(slice_cut(SLICE("/"), '/', &head, &tail));
	assert_text(head, SLICE_EMPTY);
	assert_text(tail, SLICE_EMPTY);
	assert_true(slice_cut(SLICE("a\0b"), '\0', &head, &tail));
	assert_text(tail, SLICE("b"));
}

/* Without a separator nothing is written. */
static void without_a_separator_there_is_no_cut(void **state)
{
	struct slice head = SLICE("kept"), tail = SLICE("kept");

	(void)state;
	assert_false(slice_cut(SLICE("abc"), '/', &head, &tail));
	assert_false(slice_cut(NOTHING, '/', &head, &tail));
	assert_false(slice_cut((struct slice){"ab/", 2}, '/', &head, &tail));
	assert_text(head, SLICE("kept"));
	assert_text(tail, SLICE("kept"));
}

/* Pieces are made without copying. */
static void pieces_point_into_the_text(void **state)
{
	static const char text[] = "abcdef";

	(void)state;
	assert_ptr_equal(slice_skip(slice_of(text), 2).ptr, text + 2);
	assert_text(slice_skip(slice_of(text), 6), SLICE_EMPTY);
	assert_text(slice_between(text + 1, text + 3), SLICE("bc"));
	assert_text(slice_of(text), SLICE("abcdef"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_bytes_are_equal_slices),
		cmocka_unit_test(the_order_is_bytewise),
		cmocka_unit_test(starts_and_ends_are_compared_whole),
		cmocka_unit_test(case_is_of_ascii_letters_only),
		cmocka_unit_test(a_cut_is_made_at_the_first_separator),
		cmocka_unit_test(without_a_separator_there_is_no_cut),
		cmocka_unit_test(pieces_point_into_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
