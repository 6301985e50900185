/* SPDX-License-Identifier: Apache-2.0 */
#include "format/number_plain.h"

#include <math.h>
#include <stdlib.h>

#include "../cm.h"

/* Numbers stand in plain decimal, with the digits that they need and no more. */
static void test_is_plain(void **state)
{
	static const struct {
		double in;
		const char *out;
	} cases[] = {
		{0, "0"},
		{-0.0, "-0"},
		{1, "1"},
		{42.25, "42.25"},
		{1e-9, "0.000000001"},
		{-1.25e-7, "-0.000000125"},
		{1e6, "1000000"},
		{1500000, "1500000"},
		{1795181115.9059544, "1795181115.9059544"},
		{-1.5e9, "-1500000000"},
		{1e21, "1000000000000000000000"},
		{1.25e23, "125000000000000000000000"},
		{INFINITY, "+Inf"},
		{-INFINITY, "-Inf"},
		{NAN, "NaN"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[NUMBER_PLAIN_BYTES_MAX];
		size_t len = number_write_plain(cases[i].in, text);

		assert_text((struct slice){text, len}, slice_of(cases[i].out));
	}
}

/* The largest and the smallest fit, and read back as themselves. */
static void test_extremes_fit(void **state)
{
	static const double values[] = {1.7976931348623157e308, -2.2250738585072014e-308, 5e-324,
					-4.9406564584124654e-324, 1.2345678901234567e-300};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[NUMBER_PLAIN_BYTES_MAX + 1];
		size_t len = number_write_plain(values[i], text);

		assert_in_range(len, 1, NUMBER_PLAIN_BYTES_MAX);
		text[len] = '\0';
		assert_null(strchr(text, 'e'));
		assert_true(strtod(text, NULL) == values[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_plain),
		cmocka_unit_test(test_extremes_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
