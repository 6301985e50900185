/* SPDX-License-Identifier: Apache-2.0
 *
 * Native histograms, decoded from the tail of a series. */
#include "format/native.h"

#include <float.h>
#include <math.h>

#include <math.h>

#include "../../expose_protobuf.h"
#include "../../wire_text.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The only series of a pushed family, frozen; the caller frees. */
struct frozen {
	struct arena arena;
	struct buf body;
	struct stamp *stamp;
	struct block *block;
};

static const struct series *freeze(struct frozen *f, const char *text)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct family_list list;
	struct stamped stamped;
	struct err err;

	arena_init(&f->arena, 1 << 20);
	err = err_in(&f->arena);
	buf_init(&f->body, 1 << 20);
	wire_text_delimited(&f->body, text);
	assert_int_equal(protobuf_parse(buf_slice(&f->body), &no_limits, &f->arena, &list, &err),
			 ERR_NONE);
	f->stamp = stamp_new(&job, 1);
	assert_non_null(f->stamp);
	assert_true(family_stamp(list.first, f->stamp, &f->arena, &stamped));
	f->block = block_freeze(&stamped);
	assert_non_null(f->block);
	return block_series(f->block, 0);
}

static void frozen_end(struct frozen *f)
{
	block_free(f->block);
	stamp_free(f->stamp);
	buf_free(&f->body);
	arena_free(&f->arena);
}

static void assert_buckets(const struct native *n, enum native_side side,
			   const struct native_bucket *want, size_t n_want)
{
	struct native_bucket got;
	struct native_walk walk;

	native_walk_start(n, side, &walk);
	for (size_t i = 0; i < n_want; i++) {
		assert_true(native_walk_next(&walk, &got));
		assert_int_equal(got.index, want[i].index);
		assert_int_equal(got.count, want[i].count);
		assert_true(got.count_float == want[i].count_float);
	}
	assert_false(native_walk_next(&walk, &got));
}

/* Deltas add up; offsets are gaps, the first one an index; empty spans are none. */
static void integer_histograms(void **state)
{
	static const struct native_bucket positive[] = {{3, 2, 0}, {4, 3, 0}, {7, 1, 0}};
	static const struct native_bucket negative[] = {{-2, 5, 0}};
	static const char *const texts[] = {
		"1:\"h\" 3:4 4:{7:{1:12 2:1d 5:1 6:0.5d 7:2 9:{1:3 2:1} 10:10"
		" 12:{1:6 2:2} 12:{1:2} 12:{1:2 2:1} 13:4 13:2 13:3}}",
		/* the same of a gauge, with a bucket whose exemplar makes the tail whole */
		"1:\"h\" 3:5 4:{7:{1:12 2:1d 3:{1:1 2:1d 3:{}} 5:1 6:0.5d 7:2 9:{1:3 2:1} 10:10"
		" 12:{1:6 2:2} 12:{1:2} 12:{1:2 2:1} 13:4 13:2 13:3}}",
	};

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct frozen f;
		struct native n = native_of_series(freeze(&f, texts[i]));

		assert_true(n.has_spans && !n.floats);
		assert_int_equal(n.schema, -1);
		assert_true(n.zero_threshold == 0.5);
		assert_int_equal(n.zero_count, 2);
		assert_buckets(&n, NATIVE_POSITIVE, positive, N(positive));
		assert_buckets(&n, NATIVE_NEGATIVE, negative, N(negative));
		frozen_end(&f);
	}
}

/* A float count, of all or at zero, says that buckets are counts. */
static void float_histograms(void **state)
{
	static const struct native_bucket positive[] = {{0, 0, 1.5}, {1, 0, 2.5}};
	static const char *const texts[] = {
		"1:\"h\" 3:4 4:{7:{4:4d 12:{2:2} 14:1.5d 14:2.5d}}",
		"1:\"h\" 3:4 4:{7:{8:4d 12:{2:2} 14:1.5d 14:2.5d}}",
	};

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct frozen f;
		struct native n = native_of_series(freeze(&f, texts[i]));

		assert_true(n.has_spans && n.floats);
		assert_buckets(&n, NATIVE_POSITIVE, positive, N(positive));
		assert_buckets(&n, NATIVE_NEGATIVE, NULL, 0);
		frozen_end(&f);
	}
}

/* Counts below zero and indexes beyond an int32 wrap, as they do in the reference. */
static void numbers_wrap(void **state)
{
	static const struct native_bucket positive[] = {{INT32_MAX, UINT64_MAX, 0},
							{INT32_MIN, UINT64_MAX, 0}};
	struct frozen f;
	struct native n = native_of_series(
		freeze(&f, "1:\"h\" 3:4 4:{7:{1:1 12:{1:4294967294 2:2} 13:1 13:0}}"));

	(void)state;
	assert_buckets(&n, NATIVE_POSITIVE, positive, N(positive));
	frozen_end(&f);
}

/* A classic histogram has none. */
static void classic_histograms(void **state)
{
	static const char *const texts[] = {
		"1:\"h\" 3:4 4:{7:{1:1 2:1d 3:{1:1 2:1d}}}",
		"1:\"h\" 3:4 4:{7:{1:1 2:1d 3:{1:1 2:1d 3:{}}}}",
	};

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct frozen f;
		struct native n = native_of_series(freeze(&f, texts[i]));

		assert_false(n.has_spans || n.floats);
		assert_int_equal(n.schema, 0);
		assert_buckets(&n, NATIVE_POSITIVE, NULL, 0);
		frozen_end(&f);
	}
}

/* Bounds are the reference's to the last bit, those that are not the nearest double among them; the
 * last bucket ends at the largest number, and one beyond it at infinity. */
static void bounds(void **state)
{
	static const struct {
		int32_t schema, index;
		double below, bound;
	} rows[] = {
		{0, 0, 0.5, 1},
		{0, 1, 1, 2},
		{0, -1, 0.25, 0.5},
		{-2, -2, 0.000244140625, 0.00390625},
		{-2, 2, 16, 256},
		{-4, 1, 1, 65536},
		{1, 0, 0.7071067811865475, 1},
		{1, -1, 0.5, 0.7071067811865475},
		{2, -1, 0.7071067811865475, 0.8408964152537144},
		{3, -7, 0.5, 0.5452538663326288},
		{8, -255, 0.5, 0.5013556375251013},
		{8, 0, 0.9972960560854698, 1},
		{8, 262141, 1.7783284081322978e+308, 1.7831499455763332e+308},
		{0, 1024, 8.98846567431158e+307, DBL_MAX},
		{0, 1025, DBL_MAX, INFINITY},
		{8, 262144, 1.7928322734501122e+308, DBL_MAX},
		{8, 262145, DBL_MAX, INFINITY},
		{0, INT32_MAX, INFINITY, INFINITY},
		{-4, INT32_MIN, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double below = native_bound_below(rows[i].schema, rows[i].index);
		double bound = native_bound(rows[i].schema, rows[i].index);

		if (below != rows[i].below || bound != rows[i].bound)
			fail_msg("schema %d, index %d: %.17g to %.17g", rows[i].schema,
				 rows[i].index, below, bound);
	}
	assert_true(isnan(native_bound(9, 0)));
	assert_true(isnan(native_bound_below(-5, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integer_histograms), cmocka_unit_test(float_histograms),
		cmocka_unit_test(numbers_wrap),       cmocka_unit_test(bounds),
		cmocka_unit_test(classic_histograms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
