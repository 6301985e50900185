/* SPDX-License-Identifier: Apache-2.0 */
#include "http/range.h"

#include "../cm.h"

static const struct {
	const char *value;
	enum range_result result;
	uint64_t from, len;
} cases[] = {
	{"bytes=0-9", RANGE_PART, 0, 10},
	{"Bytes=0-0", RANGE_PART, 0, 1},
	{"bytes=90-", RANGE_PART, 90, 10},
	{"bytes=90-200", RANGE_PART, 90, 10},
	{"bytes=-10", RANGE_PART, 90, 10},
	{"bytes=-200", RANGE_PART, 0, 100},
	{"bytes=0-99999999999999999999999", RANGE_PART, 0, 100},
	{"bytes=99-99", RANGE_PART, 99, 1},
	/* nothing of the file */
	{"bytes=100-", RANGE_NONE, 0, 0},
	{"bytes=99999999999999999999999-", RANGE_NONE, 0, 0},
	{"bytes=-0", RANGE_NONE, 0, 0},
	/* no range, or several: the file as it is */
	{"bytes=9-0", RANGE_WHOLE, 0, 0},
	{"bytes=-", RANGE_WHOLE, 0, 0},
	{"bytes=a-b", RANGE_WHOLE, 0, 0},
	{"bytes=1-2,4-5", RANGE_WHOLE, 0, 0},
	{"bytes=--5", RANGE_WHOLE, 0, 0},
	{"lines=1-2", RANGE_WHOLE, 0, 0},
	{"", RANGE_WHOLE, 0, 0},
};

/* Of a file of 100 bytes a request has the part that it names. */
static void test_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t from = 0, len = 0;
		enum range_result result = range_parse(slice_of(cases[i].value), 100, &from, &len);

		if (result != cases[i].result || from != cases[i].from || len != cases[i].len)
			fail_msg("%s: %d, %llu, %llu", cases[i].value, (int)result,
				 (unsigned long long)from, (unsigned long long)len);
	}
}

/* An empty file has no part. */
static void test_empty_file(void **state)
{
	uint64_t from, len;

	(void)state;
	assert_int_equal(range_parse(SLICE("bytes=0-"), 0, &from, &len), RANGE_NONE);
	assert_int_equal(range_parse(SLICE("bytes=-5"), 0, &from, &len), RANGE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_empty_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
