/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "../cm.h"

/* What is appended stands one after the other, NULs among it. */
static void appended_bytes_stand_in_order(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_text(buf_slice(&b), SLICE_EMPTY);
	buf_put(&b, SLICE("a\0b"));
	buf_put(&b, (struct slice){NULL, 0});
	buf_put_byte(&b, '\n');
	buf_put_u64(&b, 42);
	buf_putf(&b, " %s=%d", "x", -7);
	assert_true(buf_ok(&b));
	assert_text(buf_slice(&b), SLICE("a\0b\n42 x=-7"));
	buf_free(&b);
}

/* A buffer grows from nothing to its largest size, bytes kept. */
static void a_buffer_grows_to_its_largest_size(void **state)
{
	enum { BYTES_MAX = 100003 };
	struct buf b;

	(void)state;
	buf_init(&b, BYTES_MAX);
	for (int i = 0; i < BYTES_MAX; i++)
		buf_put_byte(&b, (char)i);
	assert_true(buf_ok(&b));
	assert_int_equal(b.len, BYTES_MAX);
	assert_true(b.capacity <= BYTES_MAX);
	for (int i = 0; i < BYTES_MAX; i++)
		assert_int_equal(b.ptr[i], (char)i);
	buf_put_byte(&b, 'x');
	assert_false(buf_ok(&b));
	assert_int_equal(b.len, BYTES_MAX);
	buf_free(&b);
}

/* After the first refusal nothing is appended, although it would fit. */
static void a_refusal_is_for_good(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_put(&b, SLICE("ab"));
	buf_put(&b, SLICE("cde"));
	assert_false(buf_ok(&b));
	buf_put(&b, SLICE("c"));
	buf_putf(&b, "%d", 1);
	assert_null(buf_reserve(&b, 1));
	assert_text(buf_slice(&b), SLICE("ab"));
	buf_free(&b);
}

/* A cleared buffer is empty and usable, and keeps its memory; a freed one gives it back. */
static void a_buffer_may_be_used_again(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_put(&b, SLICE("abcde"));
	assert_false(buf_ok(&b));
	buf_clear(&b);
	assert_true(buf_ok(&b));
	buf_put(&b, SLICE("abcd"));
	assert_text(buf_slice(&b), SLICE("abcd"));
	buf_free(&b);
	assert_int_equal(b.capacity, 0);
	buf_put(&b, SLICE("x"));
	assert_text(buf_slice(&b), SLICE("x"));
	buf_free(&b);
}

/* Reserved bytes belong to the text once they are claimed, and only as many as are. */
static void reserved_bytes_are_claimed(void **state)
{
	struct buf b;
	char *at;

	(void)state;
	buf_init(&b, 10);
	buf_put(&b, SLICE("a"));
	at = buf_reserve(&b, 9);
	assert_non_null(at);
	memset(at, 'b', 9);
	assert_text(buf_slice(&b), SLICE("a"));
	buf_advance(&b, 2);
	assert_text(buf_slice(&b), SLICE("abb"));
	assert_null(buf_reserve(&b, 8));
	assert_false(buf_ok(&b));
	buf_free(&b);
}

/* Sizes that overflow are refused. */
static void sizes_that_overflow_are_refused(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_put(&b, SLICE("abc"));
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_ok(&b));
	buf_clear(&b);
	assert_null(buf_reserve(&b, SIZE_MAX - 2));
	assert_false(buf_ok(&b));
	buf_free(&b);
}

/* Numbers are decimal, from the least to the greatest. */
static void numbers_are_decimal(void **state)
{
	static const struct {
		uint64_t value;
		struct slice want;
	} rows[] = {
		{0, SLICE_TEXT("0")},
		{9, SLICE_TEXT("9")},
		{10, SLICE_TEXT("10")},
		{UINT64_MAX, SLICE_TEXT("18446744073709551615")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;

		buf_init(&b, 20);
		buf_put_u64(&b, rows[i].value);
		assert_true(buf_ok(&b));
		assert_text(buf_slice(&b), rows[i].want);
		buf_free(&b);
	}
}

/* A formatted text may fill the buffer to its last byte, and not more. */
static void a_format_may_fill_the_buffer(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_putf(&b, "%s", "hello");
	assert_true(buf_ok(&b));
	assert_text(buf_slice(&b), SLICE("hello"));
	buf_putf(&b, "%s", "");
	assert_true(buf_ok(&b));
	buf_putf(&b, "%s", "!");
	assert_false(buf_ok(&b));
	assert_text(buf_slice(&b), SLICE("hello"));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appended_bytes_stand_in_order),
		cmocka_unit_test(a_buffer_grows_to_its_largest_size),
		cmocka_unit_test(a_refusal_is_for_good),
		cmocka_unit_test(a_buffer_may_be_used_again),
		cmocka_unit_test(reserved_bytes_are_claimed),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(numbers_are_decimal),
		cmocka_unit_test(a_format_may_fill_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
