/* SPDX-License-Identifier: Apache-2.0
 *
 * test_number [N]: with N, that many random doubles instead of a million. */
#include "format/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static unsigned long n_random = 1000000;

static struct slice write(double value)
{
	static char text[NUMBER_TEXT_BYTES_MAX + 1];
	size_t len = number_write(value, text);

	assert_true(len <= NUMBER_TEXT_BYTES_MAX);
	return (struct slice){text, len};
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double of_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Plain form from 1e-4 up to 1e6, exponent form outside, and the names of what is no number. */
static void numbers_are_written_like_prometheus(void **state)
{
	static const struct {
		double in;
		const char *out;
	} cases[] = {
		{0, "0"},
		{-0.0, "-0"},
		{1, "1"},
		{-1, "-1"},
		{NAN, "NaN"},
		{-NAN, "NaN"},
		{INFINITY, "+Inf"},
		{-INFINITY, "-Inf"},
		{999999, "999999"},
		{-999999, "-999999"},
		{999999.5, "999999.5"},
		{123456.789, "123456.789"},
		{1000000, "1e+06"},
		{-1000000, "-1e+06"},
		{1234567.5, "1.2345675e+06"},
		{123456789, "1.23456789e+08"},
		{0.0001, "0.0001"},
		{0.00012345, "0.00012345"},
		{0.0000999, "9.99e-05"},
		{0.1, "0.1"},
		{100, "100"},
		{120.5, "120.5"},
		{-2398.283, "-2398.283"},
		{1e9, "1e+09"},
		{1e21, "1e+21"},
		{1e100, "1e+100"},
		{1e-100, "1e-100"},
		{4.9e-324, "5e-324"},
		{2.2250738585072014e-308, "2.2250738585072014e-308"},
		{1.7976931348623157e308, "1.7976931348623157e+308"},
		{-1.7976931348623157e308, "-1.7976931348623157e+308"},
		{18446744073709551615.0, "1.8446744073709552e+19"},
		{9007199254740992, "9.007199254740992e+15"},
		{5e-324 * 3, "1.5e-323"},
		{9.5367431640625e-07, "9.5367431640625e-07"},
		{0.3, "0.3"},
		{0.1 + 0.2, "0.30000000000000004"},
		{1125899906842624.25, "1.1258999068426242e+15"},
		{0x1p-1017, "7.120236347223045e-307"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_text(write(cases[i].in), slice_of(cases[i].out));
}

/* What Go's ParseFloat takes without hexadecimal and underscores. */
static void numbers_are_read_like_go(void **state)
{
	static const struct {
		const char *in;
		double out;
	} good[] = {
		{"0", 0},
		{"-0", -0.0},
		{"+1", 1},
		{"007", 7},
		{".5", 0.5},
		{"5.", 5},
		{"1.e3", 1000},
		{"1E3", 1000},
		{"1e+3", 1000},
		{"1e-3", 0.001},
		{"-.5e1", -5},
		{"inf", INFINITY},
		{"+Inf", INFINITY},
		{"-INFINITY", -INFINITY},
		{"iNfInItY", INFINITY},
		{"4.9e-324", 4.9e-324},
		{"2.4703282292062327e-324", 0},
		{"2.4703282292062328e-324", 4.9e-324},
		{"1e-400", 0},
		{"-1e-400", -0.0},
		{"1e-99999999999999999999", 0},
		{"0e99999999999999999999", 0},
		{"0.0000000000000000000000000000001", 1e-31},
		{"1.7976931348623158e308", 1.7976931348623157e308},
		{"1.7976931348623158079372897140530341507993413271003782693617377898e308",
		 1.7976931348623157e308},
		/* halfway cases and what lies just beside them */
		{"9007199254740993", 9007199254740992},
		{"9007199254740993.00000000000000000000000000000000000000000001", 9007199254740994},
		{"9007199254740992.99999999999999999999999999999999999999999999", 9007199254740992},
		{"9007199254740991", 9007199254740991},
		{"1.00000000000000011102230246251565", 1},
		{"1.00000000000000011102230246251565404236316680908203126", 1.0000000000000002},
		{"2.2250738585072011e-308", 2.2250738585072011e-308},
		{"2.2250738585072012e-308", 2.2250738585072014e-308},
		{"6.631236846766476e-316", 6.631236846766476e-316},
		{"8.5e22", 8.5e22},
		{"1e22", 1e22},
		{"1e23", 1e23},
		{"123456789012345678901234567890", 1.2345678901234568e29},
		{"0.1e-22", 1e-23},
	};
	double value;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		if (!number_parse(slice_of(good[i].in), &value) ||
		    bits_of(value) != bits_of(good[i].out))
			fail_msg("%s", good[i].in);
	}
	assert_true(number_parse(SLICE("nAn"), &value) && isnan(value));
	assert_true(bits_of(value) == bits_of(number_nan()) &&
		    bits_of(value) == 0x7ff8000000000001);
}

/* Nothing else is a number, and nothing is written then. */
static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"+",
		"-",
		".",
		"+.",
		"e3",
		".e3",
		"1e",
		"1e+",
		"1e+-1",
		"1d",
		"1f",
		"0x10",
		"0x1p3",
		"1_0",
		"1__0",
		"0b1",
		"0o7",
		"1,5",
		" 1",
		"1 ",
		"--1",
		"+-1",
		"1.1.1",
		"1e1.5",
		"+NaN",
		"-nan",
		"nan1",
		"na",
		"in",
		"infin",
		"infinityx",
		"1e309",
		"1.8e308",
		"-1e309",
		"1e99999999999999999999",
		"1.7976931348623159e308",
		"nan(1)",
		"1\r",
		"0xinf",
		"+e1",
	};
	double value;

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		value = 42;
		if (number_parse(slice_of(bad[i]), &value) || value != 42)
			fail_msg("%s", bad[i]);
	}
	assert_false(number_parse(SLICE("1\0"), &value));
}

/* Timestamps are decimal integers of 64 bits with an optional sign. */
static void integers_are_read_like_go(void **state)
{
	static const char *const bad[] = {"",
					  "+",
					  "-",
					  "1.5",
					  " 1",
					  "1 ",
					  "+-1",
					  "--1",
					  "0x1",
					  "1_0",
					  "9223372036854775808",
					  "-9223372036854775809",
					  "#"};
	int64_t value;

	(void)state;
	assert_true(number_parse_i64(SLICE("9223372036854775807"), &value) && value == INT64_MAX);
	assert_true(number_parse_i64(SLICE("-9223372036854775808"), &value) && value == INT64_MIN);
	assert_true(number_parse_i64(SLICE("+007"), &value) && value == 7);
	assert_true(number_parse_i64(SLICE("-0"), &value) && value == 0);
	for (size_t i = 0; i < N(bad); i++)
		if (number_parse_i64(slice_of(bad[i]), &value))
			fail_msg("%s", bad[i]);
}

/* Unsigned integers of all lengths. */
static void unsigned_integers_are_written(void **state)
{
	uint64_t value = 0;

	(void)state;
	for (int i = 0; i < 64; i++, value = value * 2 + (uint64_t)(i % 3)) {
		char text[NUMBER_TEXT_BYTES_MAX], want[32];
		size_t len = number_write_u64(value, text);

		assert_int_equal(snprintf(want, sizeof(want), "%" PRIu64, value), len);
		assert_text((struct slice){text, len}, slice_of(want));
	}
}

/* Whether a text of so many digits reads back as the value; then it is left in `ret`. */
static bool round_trips(double value, int n_digits, char ret[64])
{
	char *end, digits[64], exponent_text[16];
	int64_t mantissa = 0;
	int exponent;

	(void)snprintf(ret, 64, "%.*e", n_digits - 1, value);
	if (strtod(ret, NULL) == value)
		return true;
	if (frexp(value, &exponent) != 0.5)
		return false;
	/* Below a power of two the doubles are nearer: the nearest text may be too far below where
	 * one that is farther, above, is not. */
	for (end = ret; *end != 'e'; end++)
		if (*end != '.')
			mantissa = mantissa * 10 + (*end - '0');
	(void)snprintf(exponent_text, sizeof(exponent_text), "%s", end);
	(void)snprintf(digits, sizeof(digits), "%" PRId64, mantissa + 1);
	(void)snprintf(ret, 64, "%c%s%.20s%.10s", digits[0], n_digits > 1 ? "." : "", digits + 1,
		       exponent_text);
	return strtod(ret, NULL) == value;
}

/* The slow way: the fewest digits that strtod reads back. */
static struct slice write_slowly(double value)
{
	static char text[80];
	char digits[64];
	int exponent, n_decimals;
	int n_digits = round_trips(fabs(value), 15, digits) ? 1 : 16;

	while (!round_trips(fabs(value), n_digits, digits))
		n_digits++;
	exponent = atoi(strchr(digits, 'e') + 1);
	if (exponent < -4 || exponent >= 6) {
		(void)snprintf(text, sizeof(text), "%s%s", value < 0 ? "-" : "", digits);
		return slice_of(text);
	}
	n_decimals = n_digits - 1 - exponent > 0 ? n_digits - 1 - exponent : 0;
	(void)snprintf(text, sizeof(text), "%.*f", n_decimals, value);
	return slice_of(text);
}

static void check_double(double value)
{
	struct slice got = write(value), want;
	double back;

	if (isnan(value) || isinf(value))
		return;
	want = write_slowly(value);
	if (value != 0 && !slice_eq(got, want))
		fail_msg("%a: got %.*s, want %.*s", value, SLICE_ARG(got), SLICE_ARG(want));
	if (!number_parse(got, &back) || bits_of(back) != bits_of(value))
		fail_msg("%a: %.*s does not read back", value, SLICE_ARG(got));
}

/* Doubles of random bits are written shortest and read back as themselves. */
static void random_bits_survive(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (unsigned long i = 0; i < n_random / 2; i++)
		check_double(of_bits(next_random(&random)));
}

/* So are numbers as people write them: few digits, small exponents. */
static void random_decimals_survive(void **state)
{
	uint64_t random = 2;

	(void)state;
	for (unsigned long i = 0; i < n_random / 2; i++) {
		uint64_t draw = next_random(&random);
		double value = (double)(int64_t)(draw >> (11 + draw % 50));

		check_double(value * pow(10, (double)(next_random(&random) % 40) - 25));
	}
}

/* Powers of two, where the doubles below are nearer than those above, and their neighbours. */
static void powers_of_two_survive(void **state)
{
	(void)state;
	for (int exponent = -1074; exponent < 1024; exponent++) {
		double power = ldexp(1, exponent);

		check_double(power);
		check_double(nextafter(power, 0));
		check_double(nextafter(power, INFINITY));
		check_double(-power);
	}
}

/* Texts of random digits are rounded as glibc rounds them, which is correct. */
static void random_texts_are_rounded_correctly(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (unsigned long i = 0; i < n_random / 2; i++) {
		char text[64];
		uint64_t draw = next_random(&random);
		double want, got = 0;
		int n = (int)(draw % 30), len = 0;
		bool ok;

		for (int digit = 0; digit <= n; digit++) {
			if (digit == (int)(draw >> 8) % 31)
				text[len++] = '.';
			text[len++] = (char)('0' + next_random(&random) % 10);
		}
		if (draw & 0x80000)
			len += snprintf(text + len, sizeof(text) - (size_t)len, "e%d",
					(int)(draw >> 32) % 340);
		text[len] = 0;
		want = strtod(text, NULL);
		ok = number_parse((struct slice){text, (size_t)len}, &got);
		if (ok != !isinf(want) || (ok && bits_of(got) != bits_of(want)))
			fail_msg("%s", text);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_like_prometheus),
		cmocka_unit_test(numbers_are_read_like_go),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(integers_are_read_like_go),
		cmocka_unit_test(unsigned_integers_are_written),
		cmocka_unit_test(random_bits_survive),
		cmocka_unit_test(random_decimals_survive),
		cmocka_unit_test(powers_of_two_survive),
		cmocka_unit_test(random_texts_are_rounded_correctly),
	};

	if (argc > 1)
		n_random = strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
