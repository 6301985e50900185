/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* Strings are quoted as Go's %q does it. */
static void strings_are_quoted_like_go(void **state)
{
	static const struct {
		struct slice in, out;
	} cases[] = {
		{SLICE(""), SLICE("\"\"")},
		{SLICE("a b'~"), SLICE("\"a b'~\"")},
		{SLICE("\"\\"), SLICE("\"\\\"\\\\\"")},
		{SLICE("\a\b\f\n\r\t\v"), SLICE("\"\\a\\b\\f\\n\\r\\t\\v\"")},
		{SLICE("\0\x01\x1f\x7f"), SLICE("\"\\x00\\x01\\x1f\\x7f\"")},
		{SLICE("\xff\xc3"), SLICE("\"\\xff\\xc3\"")},
		{SLICE("\xc3(\xed\xa0\x80"), SLICE("\"\\xc3(\\xed\\xa0\\x80\"")},
		{SLICE("\xc2\x80\xc2\xa0\xc2\xad"), SLICE("\"\\u0080\\u00a0\\u00ad\"")},
		{SLICE("\xe2\x80\x8b\xef\xbf\xbd"), SLICE("\"\\u200b\xef\xbf\xbd\"")},
		{SLICE("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
		 SLICE("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"")},
		{SLICE("\xf3\xa0\x80\x81\xf4\x8f\xbf\xbf"), SLICE("\"\\U000e0001\\U0010ffff\"")},
		/* U+323AF is of Unicode 15.0, U+2EBF0 of 15.1 */
		{SLICE("\xf0\xb2\x8e\xaf\xf0\xae\xaf\xb0"),
		 SLICE("\"\xf0\xb2\x8e\xaf\\U0002ebf0\"")},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf out;

		buf_init(&out, 1000);
		quote_string(&out, cases[i].in);
		assert_true(buf_ok(&out));
		assert_text(buf_slice(&out), cases[i].out);
		buf_free(&out);
	}
}

/* A byte is quoted as the character of that number. */
static void bytes_are_quoted_as_characters(void **state)
{
	static const struct {
		unsigned char in;
		struct slice out;
	} cases[] = {
		{'a', SLICE("'a'")},        {'\'', SLICE("'\\''")},     {'"', SLICE("'\"'")},
		{'\\', SLICE("'\\\\'")},    {'\n', SLICE("'\\n'")},     {0, SLICE("'\\x00'")},
		{0x7f, SLICE("'\\x7f'")},   {0x80, SLICE("'\\u0080'")}, {0xc3, SLICE("'\xc3\x83'")},
		{0xa0, SLICE("'\\u00a0'")},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf out;

		buf_init(&out, 1000);
		quote_byte(&out, cases[i].in);
		assert_text(buf_slice(&out), cases[i].out);
		buf_free(&out);
	}
}

/* A buffer that is too small fails and does not run on. */
static void a_full_buffer_fails(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 5);
	quote_string(&out, SLICE("abcdefgh"));
	assert_false(buf_ok(&out));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_quoted_like_go),
		cmocka_unit_test(bytes_are_quoted_as_characters),
		cmocka_unit_test(a_full_buffer_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
