/* SPDX-License-Identifier: Apache-2.0
 *
 * What is a field and what is none; the limits are protobuf-go's. */
#include "../../wire_text.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define NINE "\xff\xff\xff\xff\xff\xff\xff\xff\xff"

/* Numbers of up to 64 bits, with or without bytes too many; anything else is bad. */
static void varints_fit_64_bits(void **state)
{
	static const struct {
		struct slice bytes;
		bool bad;
		uint64_t value;
	} rows[] = {
		{SLICE("\x00"), false, 0},
		{SLICE("\x7f"), false, 127},
		{SLICE("\x80\x01"), false, 128},
		{SLICE("\x80\x80\x00"), false, 0},
		{SLICE(NINE "\x01"), false, UINT64_MAX},
		{SLICE(NINE "\x02"), true, 0},
		{SLICE(NINE "\x80\x00"), true, 0},
		{SLICE(""), true, 0},
		{SLICE("\x80"), true, 0},
		{SLICE(NINE), true, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct wire w = wire_start(rows[i].bytes);

		assert_int_equal(wire_varint(&w), rows[i].value);
		assert_int_equal(w.bad, rows[i].bad);
		assert_false(wire_more(&w));
	}
}

/* What is written is as long as was said, and reads back. */
static void varints_are_written_as_measured(void **state)
{
	(void)state;
	for (int bit = 0; bit < 64; bit++)
		for (int more = -1; more <= 0; more++) {
			uint64_t value = ((uint64_t)1 << bit) + (uint64_t)(int64_t)more;
			char text[WIRE_VARINT_BYTES_MAX];
			struct slice bytes = slice_between(text, wire_put_varint(text, value));
			struct wire w = wire_start(bytes);

			assert_int_equal(bytes.len, wire_varint_bytes(value));
			assert_int_equal(wire_varint(&w), value);
			assert_int_equal(wire_unzigzag(wire_zigzag((int64_t)value)), value);
		}
}

static bool is_good(struct slice message)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field))
		;
	return !w.bad;
}

/* Numbers from 1 to 2^29-1, the six wire types, lengths that are there. */
static void fields_are_checked(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"", true},
		{"1:1 2:1d 3:\"abc\" 4:1f 5:[]", true},
		{"536870911:0", true},
		{"#0000", false},          /* number 0 */
		{"#8080808010 00", false}, /* number 2^29 */
		{"#08", false},            /* no varint */
		{"#09 01020304050607", false},
		{"#0d 010203", false},
		{"#0a", false}, /* no length */
		{"#0a02 61", false},
		{"#0affffffffffffffffff01", false}, /* longer than memory */
		{"#0c", false},                     /* the end of no group */
		{"#0e00", false},                   /* wire type 6 */
		{"#0f00", false},                   /* wire type 7 */
		{"5:[1:1 2:1d 3:\"abc\" 4:1f 5:[]]", true},
		{"#2b", false}, /* a group without end */
		{"#2b 0801", false},
		{"#2b 34", false}, /* the end of another */
		{"#2b 33 34 2c", true},
		{"#2b 33 2c 34", false},
		{"#2b 0a05 2c", false}, /* a text beyond the end of the group */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf message;

		buf_init(&message, 1 << 20);
		wire_text(&message, rows[i].text);
		if (is_good(buf_slice(&message)) != rows[i].good)
			fail_msg("%s", rows[i].text);
		buf_free(&message);
	}
}

/* Groups nest, but not so deep that reading them costs a stack. */
static void groups_nest_up_to_a_limit(void **state)
{
	(void)state;
	for (int deeper = 0; deeper <= 1; deeper++) {
		struct buf message;

		buf_init(&message, 1 << 20);
		for (int i = 0; i < WIRE_GROUPS_MAX + deeper; i++)
			buf_put_byte(&message, '\x2b');
		for (int i = 0; i < WIRE_GROUPS_MAX + deeper; i++)
			buf_put_byte(&message, '\x2c');
		assert_int_equal(is_good(buf_slice(&message)), deeper == 0);
		buf_free(&message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(varints_fit_64_bits),
		cmocka_unit_test(varints_are_written_as_measured),
		cmocka_unit_test(fields_are_checked),
		cmocka_unit_test(groups_nest_up_to_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
