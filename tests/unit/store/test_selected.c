/* SPDX-License-Identifier: Apache-2.0
 *
 * Deleting what selectors take; finding a group; what a group takes; versions. */
#include "store/keeper.h"
#include "support.h"

enum { GROUPS = 1000 };

static struct keeper *make_keeper(void)
{
	const struct keeper_options options = {
		.limits = {.groups_max = UINT64_MAX,
			   .series_max = UINT64_MAX,
			   .shapes_per_family_max = UINT32_MAX},
	};
	struct keeper *k = keeper_new(&options);

	assert_non_null(k);
	return k;
}

static struct stamp *stamp_of(uint32_t i)
{
	char job[32], env[2] = {(char)('a' + i % 3), 0};

	(void)snprintf(job, sizeof(job), "job-%u", i);
	return test_stamp(
		(struct label[]){{SLICE("env"), slice_of(env)}, {SLICE("job"), slice_of(job)}}, 2);
}

static void apply(struct keeper *k, struct change *c)
{
	keeper_apply(k, c);
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
}

static void fill(struct keeper *k, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		apply(k, test_push(CHANGE_REPLACE, stamp_of(i), "a 1\n", 1));
}

static struct change *delete_selected(const char *selector)
{
	const struct slice text = slice_of(selector);
	struct selectors *selectors;
	struct arena arena;
	struct change *c;
	struct err err;

	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	assert_int_equal(selectors_parse(&text, 1, &selectors, &err), ERR_NONE);
	c = change_new_delete_selected(selectors, 2);
	assert_non_null(c);
	arena_free(&arena);
	return c;
}

static const struct group_state *find(const struct snapshot *snapshot, uint32_t i)
{
	struct stamp *stamp = stamp_of(i);
	const struct group_state *group = snapshot_group(snapshot, stamp);

	stamp_free(stamp);
	return group;
}

/* Exactly what matches goes; an older snapshot sees it still. */
static void what_matches_goes(void **state)
{
	struct keeper *k = make_keeper();
	const struct snapshot *before, *after;
	struct change *c = delete_selected("{env=~'b|x'}");

	(void)state;
	fill(k, GROUPS);
	before = store_snapshot(keeper_store(k));
	keeper_apply(k, c);
	assert_int_equal(c->verdict, ERR_NONE);
	assert_int_equal(c->n_deleted, GROUPS / 3);
	change_free(c);
	after = store_snapshot(keeper_store(k));
	assert_int_equal(snapshot_n_groups(after), GROUPS - GROUPS / 3);
	for (uint32_t i = 0; i < GROUPS; i++) {
		const struct group_state *group = find(before, i), *left = find(after, i);

		assert_non_null(group);
		assert_ptr_equal(left, i % 3 == 1 ? NULL : group);
	}
	assert_null(find(before, GROUPS));
	snapshot_release(before);
	snapshot_release(after);
	(void)keeper_free(k);
}

/* The groups are those of the batch's moment: a push before the deletion is judged, one behind it
 * stays. */
static void order_within_a_batch(void **state)
{
	struct keeper *k = make_keeper();
	struct change *first = test_push(CHANGE_REPLACE, stamp_of(0), "a 1\n", 1);
	struct change *second = delete_selected("{env='a'}");
	struct change *third = test_push(CHANGE_REPLACE, stamp_of(3), "a 1\n", 1);
	const struct snapshot *snapshot;

	(void)state;
	first->next = second;
	second->next = third;
	keeper_apply(k, first);
	assert_int_equal(second->n_deleted, 1);
	snapshot = store_snapshot(keeper_store(k));
	assert_null(find(snapshot, 0));
	assert_non_null(find(snapshot, 3));
	snapshot_release(snapshot);
	change_free(first);
	change_free(second);
	change_free(third);
	(void)keeper_free(k);
}

/* A deletion that costs too much says so and changes nothing. */
static void too_much_is_refused(void **state)
{
	struct keeper *k = make_keeper();
	struct change *c = delete_selected("{env=~'a.*'}");
	const struct snapshot *snapshot;

	(void)state;
	fill(k, 100);
	c->budget.cost_left = 300;
	keeper_apply(k, c);
	assert_int_equal(c->verdict, ERR_BUSY);
	change_free(c);
	snapshot = store_snapshot(keeper_store(k));
	assert_int_equal(snapshot_n_groups(snapshot), 100);
	snapshot_release(snapshot);
	(void)keeper_free(k);
}

/* What is staged and discarded was never there. */
static void discarded_deletion(void **state)
{
	const struct store_limits limits = {
		.groups_max = 10, .series_max = 100, .shapes_per_family_max = 10};
	struct store *s = store_new(&limits);
	struct change *push = test_push(CHANGE_REPLACE, stamp_of(0), "a 1\n", 1);
	struct change *c = delete_selected("{}");
	const struct snapshot *snapshot;

	(void)state;
	assert_non_null(s);
	store_stage(s, push);
	store_publish(s);
	store_stage(s, c);
	assert_int_equal(c->n_deleted, 1);
	store_discard(s);
	snapshot = store_snapshot(s);
	assert_non_null(find(snapshot, 0));
	snapshot_release(snapshot);
	change_free(push);
	change_free(c);
	(void)store_free(s);
}

/* The bytes of a group are those of its labels and blocks, and follow its pushes. */
static void bytes_of_a_group(void **state)
{
	struct keeper *k = make_keeper();
	const struct snapshot *small, *large;
	uint64_t blocks = 0;

	(void)state;
	apply(k, test_push(CHANGE_REPLACE, stamp_of(0), "a 1\n", 1));
	small = store_snapshot(keeper_store(k));
	apply(k, test_push(CHANGE_MERGE, stamp_of(0), "b{k=\"1\"} 1\nb{k=\"2\"} 2\n", 1));
	large = store_snapshot(keeper_store(k));
	for (uint32_t i = 0; i < find(large, 0)->n_held; i++)
		blocks += index_held_bytes(find(large, 0)->held[i].block);
	assert_int_equal(find(large, 0)->n_bytes,
			 blocks + index_group_bytes(find(large, 0)->stamp));
	assert_true(find(small, 0)->n_bytes < find(large, 0)->n_bytes);
	assert_int_equal(find(large, 0)->n_series, 5);
	snapshot_release(small);
	snapshot_release(large);
	(void)keeper_free(k);
}

/* A version is the same as long as nothing changes, whatever snapshots come and go. */
static void versions(void **state)
{
	struct keeper *k = make_keeper();
	const struct snapshot *s = store_snapshot(keeper_store(k));
	uint64_t first = snapshot_version(s), second;

	(void)state;
	snapshot_release(s);
	s = store_snapshot(keeper_store(k));
	assert_int_equal(snapshot_version(s), first);
	snapshot_release(s);
	fill(k, 1);
	s = store_snapshot(keeper_store(k));
	second = snapshot_version(s);
	assert_int_not_equal(second, first);
	snapshot_release(s);
	apply(k, delete_selected("{job='nobody'}"));
	s = store_snapshot(keeper_store(k));
	assert_int_equal(snapshot_version(s), second);
	snapshot_release(s);
	(void)keeper_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_matches_goes),   cmocka_unit_test(order_within_a_batch),
		cmocka_unit_test(too_much_is_refused), cmocka_unit_test(discarded_deletion),
		cmocka_unit_test(bytes_of_a_group),    cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
