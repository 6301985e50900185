/* SPDX-License-Identifier: Apache-2.0
 *
 * The chunked coding is undone or refused, however it is cut. */
#include "http/chunked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* As SLICE, but a constant for tables. */
#define S(lit)                                                                                     \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}

struct outcome {
	enum chunked_result result;
	size_t consumed;
	struct slice decoded;
	struct slice sentence;
};

/* Decodes `input` in pieces of the given lengths, in place, as a connection does: what is decoded
 * gathers in front, and the next piece arrives right behind it. */
static struct outcome decode_cut(struct slice input, size_t first, size_t then, char *space)
{
	struct chunked c = {0};
	struct outcome o = {.result = CHUNKED_MORE, .decoded = {space, 0}};
	size_t at = 0;

	while (o.result == CHUNKED_MORE && at < input.len) {
		size_t n = at == 0 && first > 0 ? first : then;
		size_t consumed = 0, decoded = 0;

		if (n > input.len - at)
			n = input.len - at;
		memcpy(space + o.decoded.len, input.ptr + at, n);
		o.result = chunked_decode(&c, space + o.decoded.len, n, &consumed, &decoded,
					  &o.sentence);
		if (o.result == CHUNKED_REFUSED)
			break;
		if (o.result == CHUNKED_MORE)
			assert_int_equal(consumed, n);
		assert_true(decoded <= consumed && consumed <= n);
		o.decoded.len += decoded;
		at += consumed;
	}
	o.consumed = at;
	return o;
}

static const struct {
	const char *name;
	struct slice input, decoded;
	size_t rest; /* bytes behind the end */
} good[] = {
	{"nothing", S("0\r\n\r\n"), S(""), 0},
	{"one chunk", S("4\r\na 1\n\r\n0\r\n\r\n"), S("a 1\n"), 0},
	{"two chunks", S("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), S("abc"), 0},
	{"hex in both cases", S("a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"),
	 S("01234567890123456789a"), 0},
	{"leading zeros", S("0004\r\na 1\n\r\n000\r\n\r\n"), S("a 1\n"), 0},
	{"as many digits as may be", S("0000000000000001\r\na\r\n0\r\n\r\n"), S("a"), 0},
	{"extension", S("4;a=b\r\na 1\n\r\n0;c\r\n\r\n"), S("a 1\n"), 0},
	{"quoted extension", S("1;a=\"b;c\"\r\na\r\n0\r\n\r\n"), S("a"), 0},
	{"trailers", S("1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n"), S("a"), 0},
	{"CRLF as data", S("2\r\n\r\n\r\n0\r\n\r\n"), S("\r\n"), 0},
	{"a request behind", S("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n"), S("a"), 16},
};

/* Good codings give their data and end where they end, in pieces of any length. */
static void good_codings_are_undone(void **state)
{
	char space[128];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		for (size_t first = 0; first <= good[i].input.len; first++) {
			size_t then = first == 0 ? 1 : good[i].input.len;
			struct outcome o = decode_cut(good[i].input, first, then, space);

			if (o.result != CHUNKED_COMPLETE || !slice_eq(o.decoded, good[i].decoded) ||
			    o.consumed != good[i].input.len - good[i].rest)
				fail_msg("%s, cut at %zu: result %d", good[i].name, first,
					 o.result);
		}
	}
}

static const struct {
	const char *name;
	struct slice input, sentence;
} bad[] = {
	{"no digit", S("zz\r\n"), S("invalid byte in chunk length")},
	{"sign", S("+1\r\na"), S("invalid byte in chunk length")},
	{"minus", S("-1\r\na"), S("invalid byte in chunk length")},
	{"0x", S("0x1\r\na"), S("invalid byte in chunk length")},
	{"blank before", S(" 1\r\na"), S("invalid byte in chunk length")},
	{"blank behind", S("1 \r\na"), S("invalid byte in chunk length")},
	{"blank before the extension", S("1 ;a\r\na"), S("invalid byte in chunk length")},
	{"NUL in the length", S("1\0\r\na"), S("invalid byte in chunk length")},
	{"underscore", S("1_0\r\na"), S("invalid byte in chunk length")},
	{"no length", S("\r\na"), S("empty hex number for chunk length")},
	{"extension without length", S(";a=b\r\n"), S("empty hex number for chunk length")},
	{"too many digits", S("00000000000000001\r\na"), S("http chunk length too large")},
	{"length over 64 bits", S("11111111111111111\r\na"), S("http chunk length too large")},
	{"bare LF behind the length", S("1\na\r\n0\r\n\r\n"), S("chunked line ends with bare LF")},
	{"bare LF behind the extension", S("1;a\na\r\n"), S("chunked line ends with bare LF")},
	{"CR without LF behind the length", S("1\ra"), S("malformed chunked encoding")},
	{"CR inside the extension", S("1;a\rb\r\n"), S("malformed chunked encoding")},
	{"control byte in the extension", S("1;\x01\r\n"), S("invalid byte in chunk extension")},
	{"NUL in the extension", S("1;\0\r\n"), S("invalid byte in chunk extension")},
	{"chunk longer than said", S("1\r\nab\r\n"), S("malformed chunked encoding")},
	{"bare LF behind the data", S("1\r\na\n0\r\n\r\n"), S("malformed chunked encoding")},
	{"CR without LF behind the data", S("1\r\na\rX"), S("malformed chunked encoding")},
	{"bare LF at the end", S("0\r\n\n"), S("invalid byte in trailer")},
	{"CR without LF at the end", S("0\r\n\rX"), S("malformed chunked encoding")},
	{"trailer without colon", S("0\r\nX y\r\n"), S("invalid byte in trailer")},
	{"trailer without name", S("0\r\n: y\r\n"), S("invalid byte in trailer")},
	{"folded trailer", S("0\r\nX: y\r\n z\r\n\r\n"), S("invalid byte in trailer")},
	{"NUL in a trailer", S("0\r\nX: \0\r\n\r\n"), S("invalid byte in trailer")},
	{"bare LF behind a trailer", S("0\r\nX: y\n\r\n"), S("invalid byte in trailer")},
};

/* Bad codings are refused with the reference's sentence, in pieces of any length. */
static void bad_codings_are_refused(void **state)
{
	char space[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (size_t first = 0; first <= bad[i].input.len; first++) {
			size_t then = first == 0 ? 1 : bad[i].input.len;
			struct outcome o = decode_cut(bad[i].input, first, then, space);

			if (o.result != CHUNKED_REFUSED || !slice_eq(o.sentence, bad[i].sentence))
				fail_msg("%s, cut at %zu: result %d, '%.*s'", bad[i].name, first,
					 o.result, SLICE_ARG(o.sentence));
		}
	}
}

/* A coding that stops early is not complete, whatever prefix of it there is. */
static void prefixes_are_incomplete(void **state)
{
	char space[128];
	struct slice whole = SLICE("4;x\r\na 1\n\r\n0\r\nX: y\r\n\r\n");

	(void)state;
	for (size_t n = 0; n < whole.len; n++) {
		struct outcome o = decode_cut((struct slice){whole.ptr, n}, 0, 3, space);

		assert_int_equal(o.result, CHUNKED_MORE);
	}
}

/* Feeds one byte `n` times and returns how many were taken before a refusal. */
static size_t feed(struct chunked *c, char byte, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char one = byte;
		size_t consumed, decoded;
		struct slice sentence;

		if (chunked_decode(c, &one, 1, &consumed, &decoded, &sentence) == CHUNKED_REFUSED) {
			assert_true(slice_eq(sentence,
					     SLICE("chunked encoding contains too much non-data")));
			return i;
		}
	}
	return n;
}

/* Extensions and trailers may have 16 KiB, not one byte more. */
static void overhead_is_bounded(void **state)
{
	struct chunked c = {0};

	(void)state;
	assert_int_equal(feed(&c, '1', 1), 1);
	assert_int_equal(feed(&c, ';', 1), 1);
	assert_int_equal(feed(&c, 'x', 20000), 16384);
	c = (struct chunked){.state = CHUNKED_TRAILER_START};
	assert_int_equal(feed(&c, 'x', 20000), 16384);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_codings_are_undone),
		cmocka_unit_test(bad_codings_are_refused),
		cmocka_unit_test(prefixes_are_incomplete),
		cmocka_unit_test(overhead_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
