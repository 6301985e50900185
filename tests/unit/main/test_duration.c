/* SPDX-License-Identifier: Apache-2.0 */
#include "main/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { TEXT_BYTES_MAX = 4096 };

static void assert_slice(struct slice got, const char *wanted)
{
	assert_int_equal(got.len, strlen(wanted));
	assert_memory_equal(got.ptr, wanted, got.len);
}

/* Every unit, fractions, signs and sums are read, and written in Go's own form. */
static void times_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
		const char *shown;
	} rows[] = {
		{"0", 0, "0s"},
		{"-0", 0, "0s"},
		{"5m", INT64_C(300000000000), "5m0s"},
		{"1h", INT64_C(3600000000000), "1h0m0s"},
		{"1h2m3.5s", INT64_C(3723500000000), "1h2m3.5s"},
		{"-1.5h", INT64_C(-5400000000000), "-1h30m0s"},
		{"+.5s", 500000000, "500ms"},
		{"1.s", 1000000000, "1s"},
		{"60s", INT64_C(60000000000), "1m0s"},
		{"1500us", 1500000, "1.5ms"},
		{"1.5\302\265s", 1500, "1.5\302\265s"},
		{"2\316\274s", 2000, "2\302\265s"},
		{"17ns", 17, "17ns"},
		{"0.3333333333333333333h", INT64_C(1200000000000), "20m0s"},
		{"2562047h47m16.854775807s", INT64_MAX, "2562047h47m16.854775807s"},
		{"-2562047h47m16.854775808s", INT64_MIN, "-2562047h47m16.854775808s"},
	};
	struct buf text;

	(void)state;
	buf_init(&text, TEXT_BYTES_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns;

		assert_true(duration_parse(slice_of(rows[i].text), &ns, &text));
		assert_true(ns == rows[i].ns);
		duration_write(&text, ns);
		assert_slice(buf_slice(&text), rows[i].shown);
		buf_clear(&text);
	}
	buf_free(&text);
}

/* What is no time is refused in Go's words. */
static void what_is_no_time_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "time: invalid duration \"\""},
		{"-", "time: invalid duration \"-\""},
		{".", "time: invalid duration \".\""},
		{".s", "time: invalid duration \".s\""},
		{"abc", "time: invalid duration \"abc\""},
		{"1s.", "time: invalid duration \"1s.\""},
		{"5", "time: missing unit in duration \"5\""},
		{"-5", "time: missing unit in duration \"-5\""},
		{"1.5", "time: missing unit in duration \"1.5\""},
		{"+.5.s", "time: missing unit in duration \"+.5.s\""},
		{"1d", "time: unknown unit \"d\" in duration \"1d\""},
		{"1h1x", "time: unknown unit \"x\" in duration \"1h1x\""},
		{"1\"s", "time: unknown unit \"\\\"s\" in duration \"1\\\"s\""},
		{"1\303\251", "time: unknown unit \"\\xc3\\xa9\" in duration \"1\\xc3\\xa9\""},
		{"9999999999h", "time: invalid duration \"9999999999h\""},
		{"9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""},
		{"99999999999999999999s", "time: invalid duration \"99999999999999999999s\""},
		{"2562047h48m", "time: invalid duration \"2562047h48m\""},
	};
	struct buf why;

	(void)state;
	buf_init(&why, TEXT_BYTES_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = 0;

		assert_false(duration_parse(slice_of(rows[i].text), &ns, &why));
		assert_slice(buf_slice(&why), rows[i].why);
		buf_clear(&why);
	}
	buf_free(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_and_written),
		cmocka_unit_test(what_is_no_time_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
