/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* A family under construction; ends with the test. */
struct maker {
	struct arena arena;
	struct family_list list;
	struct family *family;
};

static void maker_init(struct maker *m, enum metric_type type)
{
	arena_init(&m->arena, SIZE_MAX / 2);
	family_list_init(&m->list);
	m->family = family_add(&m->list, &m->arena, SLICE("m"));
	assert_non_null(m->family);
	m->family->type = type;
}

/* Labels as "a=1,b=2"; the slices point into the text. */
static size_t labels_of(const char *text, struct label ret[8])
{
	size_t n = 0;

	for (struct slice rest = slice_of(text), one; rest.len > 0;) {
		if (!slice_cut(rest, ',', &one, &rest)) {
			one = rest;
			rest = SLICE_EMPTY;
		}
		assert_true(n < 8 && slice_cut(one, '=', &ret[n].name, &ret[n].value));
		n++;
	}
	return n;
}

static struct metric *maker_add(struct maker *m, const char *labels, double value)
{
	struct metric *metric = metric_add(&m->list, m->family, &m->arena);

	assert_non_null(metric);
	metric->labels = arena_new_array(&m->arena, struct label, 8);
	assert_non_null(metric->labels);
	metric->n_labels = (uint32_t)labels_of(labels, metric->labels);
	metric->value = value;
	return metric;
}

static struct stamp *stamp_of(const char *labels)
{
	struct label sorted[8];
	size_t n = labels_of(labels, sorted);
	struct stamp *stamp = stamp_new(sorted, n);

	assert_non_null(stamp);
	return stamp;
}

static struct block *maker_freeze(struct maker *m, const struct stamp *stamp)
{
	struct stamped stamped;
	struct block *b;

	assert_true(family_stamp(m->family, stamp, &m->arena, &stamped));
	b = block_freeze(&stamped);
	assert_non_null(b);
	b->stamp = stamp;
	arena_free(&m->arena);
	return b;
}

static void assert_labels(struct labels is, const char *should)
{
	char text[256] = "";
	size_t at = 0;
	struct label label;
	uint32_t n = 0;

	for (struct slice rest = is.bytes; labels_next(&rest, &label); n++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%.*s=%.*s",
				       n == 0 ? "" : ",", SLICE_ARG(label.name),
				       SLICE_ARG(label.value));
	assert_string_equal(text, should);
	assert_int_equal(n, is.n);
}

/* A stamp implies an empty instance, in its place, unless the group says which instance it is. */
static void test_stamp(void **state)
{
	static const struct {
		const char *grouping, *implied;
	} cases[] = {
		{"job=x", "instance=,job=x"},
		{"a=1,job=x", "a=1,instance=,job=x"},
		{"a=1,b=2", "a=1,b=2,instance="},
		{"instance=,job=x", "instance=,job=x"},
		{"instance=i,job=x", "instance=i,job=x"},
		{"instancf=i", "instance=,instancf=i"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stamp *stamp = stamp_of(cases[i].grouping);

		assert_labels(stamp->grouping, cases[i].grouping);
		assert_labels(stamp->implied, cases[i].implied);
		assert_int_equal(stamp->hash, labels_hash(stamp->grouping));
		stamp_free(stamp);
	}
}

/* Of a metric's labels those remain, sorted, that the group does not give; the group's win. */
static void test_own_labels(void **state)
{
	static const struct {
		const char *grouping, *pushed, *own;
	} cases[] = {
		{"job=x", "", ""},
		{"job=x", "job=other", ""},
		{"job=x", "z=1,a=2,job=y", "a=2,z=1"},
		{"job=x", "instance=", ""},
		{"job=x", "instance=i", "instance=i"},
		{"instance=i,job=x", "instance=k", ""},
		{"instance=i,job=x", "instance=", ""},
		{"instance=,job=x", "instance=k", ""},
		/* the check refuses these */
		{"job=x", "b=1,a=1,b=2", "a=1,b=1,b=2"},
		{"job=x", "job=a,job=b", "job=x,job=b"},
		{"job=x", "instance=,instance=", "instance=,instance="},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stamp *stamp = stamp_of(cases[i].grouping);
		struct maker m;
		struct block *b;

		maker_init(&m, METRIC_GAUGE);
		(void)maker_add(&m, cases[i].pushed, 1);
		b = maker_freeze(&m, stamp);
		assert_labels(series_own_labels(block_series(b, 0)), cases[i].own);
		block_free(b);
		stamp_free(stamp);
	}
}

/* Fewer labels first, then values in the order of names, then names; the implied instance counts.
 * Equal ones keep the order of the body. */
static void test_series_are_in_order(void **state)
{
	static const struct {
		const char *labels;
		uint32_t rank;
	} pushed[] = {
		{"b=1", 2}, {"a=2", 3},     {"", 0},        {"a=1,b=0", 6},
		{"a=1", 1}, {"z=9,y=1", 4}, {"a=1,z=0", 5},
	};
	enum { N = sizeof(pushed) / sizeof(pushed[0]) };
	struct stamp *stamp = stamp_of("job=x");
	struct maker m;
	struct block *b;

	(void)state;
	maker_init(&m, METRIC_UNTYPED);
	for (uint32_t i = 0; i < N; i++)
		(void)maker_add(&m, pushed[i].labels, i);
	b = maker_freeze(&m, stamp);
	assert_int_equal(b->n_series, N);
	for (uint32_t i = 0; i < N; i++) {
		const struct series *s = block_series(b, i);

		assert_int_equal(s->index, i);
		assert_ptr_equal(series_block(s), b);
		assert_int_equal(pushed[s->pushed_index].rank, i);
		assert_true(series_value(s).value == s->pushed_index);
		if (i > 0)
			assert_true(series_compare(block_series(b, i - 1), s) < 0);
	}
	block_free(b);
	stamp_free(stamp);
}

/* Series that are the same once stamped stand beside each other, the earlier first. */
static void test_equal_series(void **state)
{
	struct stamp *stamp = stamp_of("job=x");
	struct maker m;
	struct block *b;

	(void)state;
	maker_init(&m, METRIC_GAUGE);
	(void)maker_add(&m, "job=b,k=2", 0);
	(void)maker_add(&m, "k=1", 1);
	(void)maker_add(&m, "job=a,k=2", 2);
	b = maker_freeze(&m, stamp);
	assert_int_equal(block_series(b, 0)->pushed_index, 1);
	assert_int_equal(block_series(b, 1)->pushed_index, 0);
	assert_int_equal(block_series(b, 2)->pushed_index, 2);
	assert_int_equal(series_compare(block_series(b, 1), block_series(b, 2)), 0);
	block_free(b);
	stamp_free(stamp);
}

/* Over groups, it is all labels that are compared, wherever they come from. */
static void test_compare_over_groups(void **state)
{
	static const struct {
		const char *a_group, *a, *b_group, *b;
		int order;
	} cases[] = {
		{"job=x", "zone=z", "job=x,zone=z", "", 0},
		{"job=x", "instance=i", "instance=i,job=x", "", 0},
		{"job=x", "", "instance=,job=x", "", 0},
		{"job=x", "", "job=y", "", -1},
		{"job=x", "a=1", "job=w", "", 1},
		{"job=x", "a=2", "b=1,job=x", "", 1},
		{"job=x", "a=1", "b=1,job=x", "", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stamp *stamps[] = {stamp_of(cases[i].a_group), stamp_of(cases[i].b_group)};
		const char *const own[] = {cases[i].a, cases[i].b};
		struct block *b[2];

		for (int j = 0; j < 2; j++) {
			struct maker m;

			maker_init(&m, METRIC_GAUGE);
			(void)maker_add(&m, own[j], 1);
			b[j] = maker_freeze(&m, stamps[j]);
		}
		for (int j = 0; j < 2; j++) {
			int order =
				series_compare(block_series(b[j], 0), block_series(b[1 - j], 0));

			assert_int_equal((order > 0) - (order < 0),
					 j == 0 ? cases[i].order : -cases[i].order);
		}
		for (int j = 0; j < 2; j++) {
			block_free(b[j]);
			stamp_free(stamps[j]);
		}
	}
}

/* All numbers of all types come back, with any number of points and labels of any length. */
static void test_values(void **state)
{
	static const char *const labels[] = {"", "a=1", "a=12,b=345", "k=0123456789abcdef"};
	struct stamp *stamp = stamp_of("job=x");

	(void)state;
	for (int type = 0; type < METRIC_TYPES; type++) {
		struct maker m;
		struct block *b;

		maker_init(&m, type);
		for (uint32_t i = 0; i < 4; i++) {
			struct metric *metric = maker_add(&m, labels[i], 0.5 + i);

			metric->count = UINT64_MAX - i;
			metric->count_float = 0.25 + i;
			metric->sum = -1.0 * i;
			metric->n_points = i;
			if (type == METRIC_SUMMARY)
				metric->quantiles = arena_new_array(&m.arena, struct quantile, i);
			else
				metric->buckets = arena_new_array(&m.arena, struct bucket, i);
			for (uint32_t j = 0; j < i && type == METRIC_SUMMARY; j++)
				metric->quantiles[j] = (struct quantile){j, 10.0 * j};
			for (uint32_t j = 0; j < i && type != METRIC_SUMMARY; j++)
				metric->buckets[j] = (struct bucket){j, 100 + j, 0.125};
		}
		b = maker_freeze(&m, stamp);
		assert_int_equal(b->type, type);
		for (uint32_t i = 0; i < 4; i++) {
			const struct series *s = block_series(b, i);
			uint32_t pushed = s->pushed_index;
			struct series_value v = series_value(s);

			assert_labels(series_own_labels(s), labels[pushed]);
			assert_int_equal((uintptr_t)s % 8, 0);
			if (type == METRIC_COUNTER || type == METRIC_GAUGE ||
			    type == METRIC_UNTYPED) {
				assert_true(v.value == 0.5 + pushed);
				continue;
			}
			assert_true(v.count == UINT64_MAX - pushed && v.sum == -1.0 * pushed);
			assert_true(v.count_float == 0.25 + pushed);
			assert_int_equal(v.n_points, pushed);
			for (uint32_t j = 0; j < v.n_points && type == METRIC_SUMMARY; j++)
				assert_true(v.quantiles[j].quantile == j &&
					    v.quantiles[j].value == 10.0 * j);
			for (uint32_t j = 0; j < v.n_points && type != METRIC_SUMMARY; j++)
				assert_true(v.buckets[j].upper_bound == j &&
					    v.buckets[j].count == 100 + j &&
					    v.buckets[j].count_float == 0.125);
		}
		block_free(b);
	}
	stamp_free(stamp);
}

/* A lone series needs no table of offsets: a group's times are small. */
static void test_gauge_is_small(void **state)
{
	struct block *b = block_gauge(1.5);
	struct stamp *stamp = stamp_of("job=x");

	(void)state;
	assert_non_null(b);
	b->stamp = stamp;
	assert_int_equal(b->type, METRIC_GAUGE);
	assert_int_equal(b->n_series, 1);
	assert_true(series_value(block_series(b, 0)).value == 1.5);
	assert_labels(series_own_labels(block_series(b, 0)), "");
	assert_int_equal(b->n_bytes, sizeof(struct block) + sizeof(struct series) + sizeof(double));
	block_free(b);
	stamp_free(stamp);
}

/* At any ceiling of the arena stamping either succeeds or says that it did not. */
static void test_stamp_at_the_ceiling(void **state)
{
	struct stamp *stamp = stamp_of("job=x");
	bool stamped = false;
	uint32_t n_refused = 0;

	(void)state;
	for (size_t more = 0; !stamped; more += 64) {
		struct maker m;
		struct arena small;
		struct stamped ret;

		maker_init(&m, METRIC_GAUGE);
		for (int i = 0; i < 20; i++)
			(void)maker_add(&m, i % 2 == 0 ? "k=2,l=1" : "k=1", i);
		arena_init(&small, more);
		stamped = family_stamp(m.family, stamp, &small, &ret);
		n_refused += !stamped;
		arena_free(&small);
		arena_free(&m.arena);
	}
	assert_true(n_refused > 2);
	stamp_free(stamp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_own_labels),
		cmocka_unit_test(test_series_are_in_order),
		cmocka_unit_test(test_equal_series),
		cmocka_unit_test(test_compare_over_groups),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_gauge_is_small),
		cmocka_unit_test(test_stamp_at_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
