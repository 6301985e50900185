/* SPDX-License-Identifier: Apache-2.0 */
#include "format/native_text.h"

#include "../cm.h"

enum { ROOM = 1 << 20 };

/* Fields of a Histogram: schema 0, zero threshold 1 with 2 samples, positive buckets (0.5,1]: 1,
 * (1,2]: 0, (2,4]: 2. */
static const char positive[] = "\x28\x00\x31\x00\x00\x00\x00\x00\x00\xf0\x3f\x38\x02"
			       "\x62\x04\x08\x00\x10\x03\x68\x02\x68\x01\x68\x04";
/* Negative [-1,-0.5): 1, [-2,-1): 3, and no zero bucket. */
static const char negative[] = "\x28\x00\x38\x00\x4a\x04\x08\x00\x10\x02\x50\x02\x50\x04";

static void assert_written(struct slice message, struct series_value value, const char *wanted)
{
	struct native native = native_read(message, value.count_float);
	struct arena arena;
	struct buf out;

	arena_init(&arena, ROOM);
	buf_init(&out, ROOM);
	assert_true(native_write_text(&out, &native, &value, &arena));
	assert_true(buf_ok(&out));
	assert_text(buf_slice(&out), slice_of(wanted));
	buf_free(&out);
	arena_free(&arena);
}

/* Buckets that are empty are left out; each shows which of its ends belongs to it. */
static void test_positive(void **state)
{
	(void)state;
	assert_written((struct slice){positive, sizeof(positive) - 1},
		       (struct series_value){.count = 5, .sum = 18.5},
		       "{count:5, sum:18.5, [-1,1]:2, (0.5,1]:1, (2,4]:2}");
}

/* Negative buckets come first, from the lowest on. */
static void test_negative(void **state)
{
	(void)state;
	assert_written((struct slice){negative, sizeof(negative) - 1},
		       (struct series_value){.count = 4, .sum = -4},
		       "{count:4, sum:-4, [-2,-1):3, [-1,-0.5):1}");
}

/* A histogram without buckets is its totals. */
static void test_empty(void **state)
{
	(void)state;
	assert_written(SLICE_EMPTY, (struct series_value){.count = 0, .sum = 0},
		       "{count:0, sum:0}");
}

/* Without memory to turn the negative side round it fails, and says so. */
static void test_no_memory(void **state)
{
	struct native native = native_read((struct slice){negative, sizeof(negative) - 1}, 0);
	struct series_value value = {.count = 4};
	struct arena arena;
	struct buf out;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&out, ROOM);
	assert_false(native_write_text(&out, &native, &value, &arena));
	buf_free(&out);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positive),
		cmocka_unit_test(test_negative),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
