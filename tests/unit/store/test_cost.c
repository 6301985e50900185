/* SPDX-License-Identifier: Apache-2.0
 *
 * What a push costs must not depend on what is stored. Counted in allocations and comparisons, not
 * in time. */
#include "store/store.h"

#include "wrapped.h"

static const struct store_limits limits = {
	.groups_max = 1000000, .series_max = 10000000, .shapes_per_family_max = 100};

struct cost {
	uint64_t n_allocs, n_compares;
};

/* One push to one of many groups, all of one shape. A help text of its own makes each different. */
static struct change *nth_push(int n, int version)
{
	char instance[32], body[256];
	const struct label grouping[] = {{SLICE("instance"), SLICE_EMPTY},
					 {SLICE("job"), SLICE("x")}};
	struct label labels[2];

	memcpy(labels, grouping, sizeof(labels));
	(void)snprintf(instance, sizeof(instance), "host-%07d", n);
	labels[0].value = slice_of(instance);
	(void)snprintf(
		body, sizeof(body),
		"# HELP a help of %07d, version %07d\n# TYPE a counter\na{k=\"1\"} %d\n"
		"a{k=\"2\"} 2\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
		n, version, version);
	return test_push(CHANGE_REPLACE, test_stamp(labels, 2), body, 1);
}

static struct cost apply(struct store *s, struct change *c)
{
	struct cost before = {wrapped.n_allocs, wrapped.n_compares}, cost;

	store_stage(s, c);
	store_publish(s);
	cost = (struct cost){wrapped.n_allocs - before.n_allocs,
			     wrapped.n_compares - before.n_compares};
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
	return cost;
}

static struct store *store_of(int n_groups)
{
	struct store *s = store_new(&limits);

	assert_non_null(s);
	for (int n = 0; n < n_groups; n++)
		(void)apply(s, nth_push(n, 0));
	return s;
}

static const int sizes[] = {10, 1000, 20000};
enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* The usual push, the same series with other values and another help: the same among 10 groups and
 * among 20,000. */
static void test_push_again(void **state)
{
	struct cost costs[N_SIZES];

	(void)state;
	for (int i = 0; i < N_SIZES; i++) {
		struct store *s = store_of(sizes[i]);

		(void)apply(s, nth_push(sizes[i] / 2, 1));
		costs[i] = apply(s, nth_push(sizes[i] / 2, 2));
		assert_null(store_free(s));
	}
	for (int i = 1; i < N_SIZES; i++) {
		assert_int_equal(costs[i].n_allocs, costs[0].n_allocs);
		assert_int_equal(costs[i].n_compares, costs[0].n_compares);
	}
}

/* While a reader holds a snapshot, the push copies the way to its leaves, which grows with the
 * depth of the trees, and no more. */
static void test_push_again_under_a_reader(void **state)
{
	enum { TREES = 6, DEEPER = 2, NODES_AND_THEIR_HOMES = 2 };
	struct cost costs[N_SIZES];

	(void)state;
	for (int i = 0; i < N_SIZES; i++) {
		struct store *s = store_of(sizes[i]);
		const struct snapshot *snap = store_snapshot(s);

		costs[i] = apply(s, nth_push(sizes[i] / 2, 1));
		snapshot_release(snap);
		assert_null(store_free(s));
	}
	for (int i = 1; i < N_SIZES; i++)
		assert_in_range(costs[i].n_allocs, costs[0].n_allocs,
				costs[0].n_allocs + TREES * DEEPER * NODES_AND_THEIR_HOMES);
}

/* A new group is searched its place by halving. */
static void test_push_of_a_new_group(void **state)
{
	struct cost costs[N_SIZES];

	(void)state;
	for (int i = 0; i < N_SIZES; i++) {
		struct store *s = store_of(sizes[i]);

		costs[i] = apply(s, nth_push(sizes[i], 1));
		assert_null(store_free(s));
	}
	for (int i = 1; i < N_SIZES; i++)
		assert_in_range(costs[i].n_compares, costs[0].n_compares, 8 * costs[0].n_compares);
}

/* Families beside those of the push do not matter either. */
static void test_other_families(void **state)
{
	struct cost costs[N_SIZES];

	(void)state;
	for (int i = 0; i < N_SIZES; i++) {
		struct store *s = store_of(1);
		struct buf body;

		buf_init(&body, SIZE_MAX / 2);
		for (int n = 0; n < sizes[i]; n++)
			buf_putf(&body, "family_%d 1\n", n);
		buf_put_byte(&body, '\0');
		(void)apply(s, test_push(CHANGE_REPLACE, test_stamp_job("other"), body.ptr, 1));
		buf_free(&body);
		(void)apply(s, nth_push(0, 1));
		costs[i] = apply(s, nth_push(0, 2));
		assert_null(store_free(s));
	}
	for (int i = 1; i < N_SIZES; i++) {
		assert_int_equal(costs[i].n_allocs, costs[0].n_allocs);
		assert_int_equal(costs[i].n_compares, costs[0].n_compares);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_push_again),
		cmocka_unit_test(test_push_again_under_a_reader),
		cmocka_unit_test(test_push_of_a_new_group),
		cmocka_unit_test(test_other_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
