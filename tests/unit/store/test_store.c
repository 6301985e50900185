/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "store/check_snapshot.h"

#include "model.h"
#include "render.h"

static const struct store_limits limits = {
	.groups_max = 1000000, .series_max = 1000000, .shapes_per_family_max = 100};

enum { HELD_MAX = 5, BATCH_MAX = 5 };

/* A snapshot that a reader holds, and what it showed at first. */
struct held_snapshot {
	const struct snapshot *snap; /* NULL: free */
	struct buf text;
};

struct run {
	struct dice dice;
	struct store *store;
	struct model model;
	struct held_snapshot held[HELD_MAX];
	bool unchecked;
	int seconds;
	uint32_t n_accepted, n_refused, n_consistent, n_inconsistent;
};

static void assert_same_text(const struct buf *is, const struct buf *should)
{
	if (!slice_eq(buf_slice(is), buf_slice(should)))
		fail_msg("is:\n%.*sshould be:\n%.*s", SLICE_ARG(buf_slice(is)),
			 SLICE_ARG(buf_slice(should)));
}

static void assert_renders(const struct snapshot *snap, const struct buf *should, bool keep)
{
	struct buf is;

	buf_init(&is, SIZE_MAX / 2);
	render(&is, snap, keep);
	assert_same_text(&is, should);
	buf_free(&is);
}

/* Stages one random change in the store and in the model; they must agree on the verdict. */
static void change_both(struct run *run, uint32_t group)
{
	struct label labels[MODEL_LABELS];
	size_t n = model_grouping_labels(group, labels);
	int64_t time_ns = ++run->seconds * (int64_t)1000000000;
	struct model_push push;
	struct buf body;
	struct change *c;
	bool accepted = true;
	uint32_t kind = dice_below(&run->dice, 60);

	buf_init(&body, SIZE_MAX / 2);
	if (kind == 0) {
		c = change_new_wipe(time_ns);
		run->model = (struct model){0};
	} else if (kind < 12) {
		c = change_new_delete(test_stamp(labels, n), time_ns);
		model_delete(&run->model, group);
	} else {
		model_roll_push(&run->dice, &push);
		model_write_body(&body, &push);
		buf_put_byte(&body, '\0');
		c = test_push_as(push.replaces ? CHANGE_REPLACE : CHANGE_MERGE,
				 test_stamp(labels, n), body.ptr, time_ns, run->unchecked);
		accepted =
			model_apply_push(&run->model, group, &push, run->seconds, run->unchecked);
	}
	assert_non_null(c);
	store_stage(run->store, c);
	if (c->verdict != (accepted ? ERR_NONE : ERR_CONFLICT)) {
		struct buf faults;

		buf_init(&faults, SIZE_MAX / 2);
		faults_write(&c->faults, &faults);
		fail_msg("verdict %d on\n%s%.*s", (int)c->verdict, body.ptr,
			 SLICE_ARG(buf_slice(&faults)));
	}
	run->n_accepted += accepted;
	run->n_refused += !accepted;
	change_free(c);
	buf_free(&body);
}

/* Several changes, often of one group; visible at once, or not at all. */
static void batch(struct run *run)
{
	struct model before = run->model;
	uint32_t n = 1 + dice_below(&run->dice, BATCH_MAX);
	uint32_t group = dice_below(&run->dice, MODEL_GROUPS);

	for (uint32_t i = 0; i < n; i++) {
		change_both(run, group);
		if (dice_below(&run->dice, 2) == 0)
			group = dice_below(&run->dice, MODEL_GROUPS);
	}
	if (dice_below(&run->dice, 6) > 0) {
		store_publish(run->store);
		return;
	}
	store_discard(run->store);
	run->model = before;
}

/* The groups of a snapshot in their order, with their times. */
static void assert_groups(const struct snapshot *snap, const struct model *m)
{
	struct labels previous = LABELS_NONE;
	struct order_walk walk;
	const struct order_node *leaf;
	uint32_t n = 0, n_series = 0, n_should = 0;

	order_walk_start(&walk, snapshot_groups(snap));
	while ((leaf = order_walk_next(&walk)) != NULL) {
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *state = leaf->child[i];
			struct labels labels = state->stamp->grouping;

			assert_true(n == 0 || labels_compare_as_key(previous, labels) < 0);
			previous = labels;
			n++;
			n_series += (uint32_t)state->n_series;
			for (uint32_t g = 0; g < MODEL_GROUPS; g++) {
				struct label should[MODEL_LABELS];
				size_t n_labels = model_grouping_labels(g, should);
				struct stamp *stamp = test_stamp(should, n_labels);

				if (labels_eq(stamp->grouping, labels)) {
					assert_true(state->push_time ==
						    model_time(&m->groups[g], MODEL_TIME));
					assert_true(state->failure_time ==
						    model_time(&m->groups[g], MODEL_FAILURE_TIME));
				}
				stamp_free(stamp);
			}
		}
	}
	for (uint32_t g = 0; g < MODEL_GROUPS; g++)
		n_should += m->groups[g].is_there;
	assert_int_equal(n, n_should);
	assert_int_equal(snapshot_n_groups(snap), n);
	assert_int_equal(snapshot_n_series(snap), n_series);
}

/* The check of everything says what the model says. */
static bool assert_consistency(const struct snapshot *snap, const struct model *m)
{
	bool consistent = model_consistent(m);
	struct faults faults;
	struct arena arena;

	arena_init(&arena, SIZE_MAX / 2);
	faults_init(&faults);
	assert_true(check_snapshot(snap, &arena, &faults));
	if ((faults.n == 0) != consistent) {
		struct buf text;

		buf_init(&text, SIZE_MAX / 2);
		faults_write(&faults, &text);
		render(&text, snap, false);
		fail_msg("%d: %.*s", consistent, SLICE_ARG(buf_slice(&text)));
	}
	faults_free(&faults);
	arena_free(&arena);
	return consistent;
}

static void compare(struct run *run)
{
	const struct snapshot *snap = store_snapshot(run->store);
	struct buf should;

	assert_non_null(snap);
	buf_init(&should, SIZE_MAX / 2);
	model_render(&should, &run->model);
	if (!assert_consistency(snap, &run->model)) {
		run->n_inconsistent++;
	} else {
		run->n_consistent++;
		assert_renders(snap, &should, dice_below(&run->dice, 2) == 0);
	}
	if (dice_below(&run->dice, 10) == 0)
		assert_groups(snap, &run->model);
	snapshot_release(snap);
	buf_free(&should);
}

static void hold(struct run *run, struct held_snapshot *held)
{
	held->snap = store_snapshot(run->store);
	assert_non_null(held->snap);
	buf_init(&held->text, SIZE_MAX / 2);
	render(&held->text, held->snap, dice_below(&run->dice, 2) == 0);
}

static void let_go(struct held_snapshot *held)
{
	assert_renders(held->snap, &held->text, false);
	assert_renders(held->snap, &held->text, true);
	snapshot_release(held->snap);
	buf_free(&held->text);
	held->snap = NULL;
}

static void run_model(uint64_t seed, uint64_t n_steps, bool always_compare, bool unchecked)
{
	struct run run = {.dice = {seed}, .store = store_new(&limits), .unchecked = unchecked};

	assert_non_null(run.store);
	print_message("TEST_SEED=%" PRIu64 " TEST_STEPS=%" PRIu64 "\n", seed, n_steps);
	for (uint64_t step = 0; step < n_steps; step++) {
		struct held_snapshot *held = &run.held[dice_below(&run.dice, HELD_MAX)];

		batch(&run);
		if (always_compare || dice_below(&run.dice, 8) == 0)
			compare(&run);
		if (dice_below(&run.dice, 4) == 0) {
			if (held->snap == NULL)
				hold(&run, held);
			else
				let_go(held);
		}
	}
	for (int i = 0; i < HELD_MAX; i++)
		if (run.held[i].snap != NULL)
			let_go(&run.held[i]);
	compare(&run);
	assert_true(run.n_accepted > n_steps / 2 &&
		    run.n_refused > n_steps / (unchecked ? 100 : 10));
	assert_true(run.n_consistent > n_steps / 20);
	assert_true(!unchecked || run.n_inconsistent > n_steps / 20);
	assert_null(store_free(run.store));
}

/* Whatever is pushed, deleted, wiped and discarded: verdicts and /metrics are those of the model,
 * and every snapshot stays what it was. */
static void test_as_the_model(void **state)
{
	uint64_t seed = test_number("TEST_SEED", 4), n_steps = test_number("TEST_STEPS", 4000);

	(void)state;
	run_model(seed, n_steps, true, false);
}

/* The same when few readers come, so that most changes meet nothing visible. */
static void test_as_the_model_with_few_readers(void **state)
{
	uint64_t seed = test_number("TEST_SEED", 5), n_steps = test_number("TEST_STEPS", 4000);

	(void)state;
	run_model(seed, n_steps, false, false);
}

/* Unchecked, everything but timestamps is taken, and the check of the whole store tells exactly
 * whether /metrics could be written; whenever it could, it is the model's. */
static void test_as_the_model_unchecked(void **state)
{
	uint64_t seed = test_number("TEST_SEED", 6), n_steps = test_number("TEST_STEPS", 4000);

	(void)state;
	run_model(seed, n_steps, true, true);
}

static void apply(struct store *s, struct change *c)
{
	store_stage(s, c);
	store_publish(s);
	change_free(c);
}

/* Snapshots of an unchanged store are one and the same; a change makes another. */
static void test_snapshots_are_shared(void **state)
{
	struct store *s = store_new(&limits);
	const struct snapshot *a = store_snapshot(s), *b = store_snapshot(s), *c;

	(void)state;
	assert_ptr_equal(a, b);
	apply(s, test_push(CHANGE_REPLACE, test_stamp_job("x"), "m 1\n", 1));
	c = store_snapshot(s);
	assert_ptr_not_equal(a, c);
	assert_int_equal(snapshot_n_groups(a), 0);
	assert_int_equal(snapshot_n_groups(c), 1);
	assert_int_equal(snapshot_n_series(c), 3);
	snapshot_release(a);
	snapshot_release(b);
	snapshot_release(c);
	assert_null(store_free(s));
}

/* The only series of family m as a reader finds it. */
static const struct series *series_of_m(const struct snapshot *snap)
{
	const struct store_family_version *m = order_first(snapshot_families(snap));

	assert_true(slice_eq(m->name, SLICE("m")));
	return order_first(m->series);
}

/* A push of the series of the one before is written over it, unless a reader might see that: then
 * the reader keeps what it saw. */
static void test_a_push_is_written_over_the_last_unless_it_is_seen(void **state)
{
	struct store *s = store_new(&limits);
	const struct snapshot *snap;
	const struct series *first, *again;

	(void)state;
	apply(s, test_push(CHANGE_REPLACE, test_stamp_job("x"), "m{a=\"b\"} 1\n", 1));
	snap = store_snapshot(s);
	first = series_of_m(snap);
	apply(s, test_push(CHANGE_REPLACE, test_stamp_job("x"), "m{a=\"b\"} 2\n", 2));
	assert_true(series_number(first) == 1);
	snapshot_release(snap);

	snap = store_snapshot(s);
	again = series_of_m(snap);
	assert_ptr_not_equal(first, again);
	snapshot_release(snap);
	apply(s, test_push(CHANGE_REPLACE, test_stamp_job("x"), "m{a=\"b\"} 3\n", 3));
	snap = store_snapshot(s);
	assert_ptr_equal(series_of_m(snap), again);
	assert_true(series_number(again) == 3);
	assert_int_equal(series_block(again)->pushed_ns, 3);
	snapshot_release(snap);
	assert_null(store_free(s));
}

/* A family of so many series, each with a label of 64 KB. */
static struct change *large_push(const char *job, int n, int64_t time_ns)
{
	struct buf body;
	struct change *c;

	buf_init(&body, SIZE_MAX / 2);
	for (int i = 0; i < n; i++) {
		char *value;

		buf_putf(&body, "m{a=\"%d", i);
		value = buf_reserve(&body, 65000);
		assert_non_null(value);
		memset(value, 'x', 65000);
		buf_advance(&body, 65000);
		buf_putf(&body, "\"} %" PRIi64 "\n", time_ns);
	}
	buf_put_byte(&body, '\0');
	c = test_push(CHANGE_REPLACE, test_stamp_job(job), body.ptr, time_ns);
	buf_free(&body);
	return c;
}

/* What only old snapshots see may come to as much as the store holds, or held when they were taken,
 * and to 64 MB in any case. Beyond that the oldest are outlived, and no more of them than needed.
 */
static void test_old_snapshots_are_outlived(void **state)
{
	enum { SERIES = 600 }; /* 39 MB */
	struct store *s = store_new(&limits);
	const struct snapshot *snaps[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		apply(s, large_push("x", SERIES, i + 1));
		snaps[i] = store_snapshot(s);
		/* 0, 39, 78, then 117 MB without the first, which is counted until it is released
		 */
		assert_int_equal(store_n_outlived(s), i < 2 ? 0 : i - 1);
		for (int j = 0; j <= i; j++)
			assert_int_equal(snapshot_outlived(snaps[j]), j < i - 1);
	}
	for (int i = 0; i < 3; i++)
		snapshot_release(snaps[i]);
	apply(s, change_new_wipe(9));
	assert_false(snapshot_outlived(snaps[3]));
	snapshot_release(snaps[3]);
	assert_int_equal(store_n_outlived(s), 2);
	assert_null(store_free(s));
}

/* The rest of an answer to a reader may be as much as the store was, when nothing is left of it. */
static void test_a_wipe_outlives_nobody(void **state)
{
	struct store *s = store_new(&limits);
	const struct snapshot *snap;

	(void)state;
	apply(s, large_push("x", 1100, 1)); /* 71 MB */
	snap = store_snapshot(s);
	apply(s, change_new_wipe(2));
	assert_false(snapshot_outlived(snap));
	snapshot_release(snap);
	assert_null(store_free(s));
}

/* A discarded batch leaves the published roots as they were, to the node. */
static void test_discard_changes_nothing(void **state)
{
	struct store *s = store_new(&limits);
	const struct snapshot *before, *after;
	struct change *c;

	(void)state;
	apply(s, test_push(CHANGE_REPLACE, test_stamp_job("x"), "m 1\n", 1));
	before = store_snapshot(s);
	for (int i = 0; i < 3; i++) {
		c = i == 2 ? change_new_wipe(2)
			   : test_push(CHANGE_MERGE, test_stamp_job(i == 0 ? "x" : "new"),
				       "# HELP m new\nm{a=\"1\"} 2\nn 3\n", 2);
		store_stage(s, c);
		assert_int_equal(c->verdict, ERR_NONE);
		change_free(c);
	}
	store_discard(s);
	after = store_snapshot(s);
	assert_ptr_equal(snapshot_families(after), snapshot_families(before));
	assert_ptr_equal(snapshot_groups(after), snapshot_groups(before));
	assert_int_equal(snapshot_n_series(after), snapshot_n_series(before));
	snapshot_release(before);
	snapshot_release(after);
	assert_null(store_free(s));
}

/* Series that one batch moves from group to group are never seen twice, nor missed. */
static void test_series_moves_within_a_batch(void **state)
{
	const struct label grouping[] = {{SLICE("job"), SLICE("x")}, {SLICE("zone"), SLICE("z")}};
	struct store *s = store_new(&limits);
	const struct snapshot *snap;
	struct change *c;
	struct buf text;

	(void)state;
	apply(s, test_push(CHANGE_REPLACE, test_stamp_job("x"), "m{zone=\"z\"} 1\n", 1000000000));
	c = test_push(CHANGE_REPLACE, test_stamp_job("x"), "n 1\n", 2000000000);
	store_stage(s, c);
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
	c = test_push(CHANGE_REPLACE, test_stamp(grouping, 2), "m 2\n", 2000000000);
	store_stage(s, c);
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
	store_publish(s);
	snap = store_snapshot(s);
	buf_init(&text, SIZE_MAX / 2);
	render(&text, snap, false);
	buf_put_byte(&text, '\0');
	assert_non_null(strstr(text.ptr, "# TYPE m untyped\n"
					 "m{instance=\"\",job=\"x\",zone=\"z\"} 2\n"
					 "# TYPE n untyped\n"));
	buf_free(&text);
	snapshot_release(snap);
	assert_null(store_free(s));
}

/* Histograms that grow in place are cut into more leaves, and are all still there. */
static void test_histograms_grow_in_place(void **state)
{
	enum { SERIES = 300 };
	struct store *s = store_new(&limits);

	(void)state;
	for (int n_buckets = 1; n_buckets <= 40; n_buckets += 13) {
		struct order_walk walk;
		const struct order_node *leaf;
		const struct snapshot *snap;
		uint32_t n = 0;
		struct buf body;

		buf_init(&body, SIZE_MAX / 2);
		buf_putf(&body, "# TYPE a histogram\n");
		for (int i = 0; i < SERIES; i++)
			for (int j = 0; j < n_buckets; j++)
				buf_putf(&body, "a_bucket{k=\"%d\",le=\"%d\"} %d\n", i, j, j);
		buf_put_byte(&body, '\0');
		apply(s, test_push(CHANGE_MERGE, test_stamp_job("x"), body.ptr, 1));
		snap = store_snapshot(s);
		order_walk_start(&walk, ((const struct store_family_version *)order_first(
						 snapshot_families(snap)))
						->series);
		while ((leaf = order_walk_next(&walk)) != NULL) {
			assert_true(leaf->n == 1 || leaf->weight <= leaf->ops->leaf_weight_max);
			n += leaf->n;
		}
		assert_int_equal(n, SERIES);
		snapshot_release(snap);
		buf_free(&body);
	}
	assert_null(store_free(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_model),
		cmocka_unit_test(test_as_the_model_with_few_readers),
		cmocka_unit_test(test_as_the_model_unchecked),
		cmocka_unit_test(test_snapshots_are_shared),
		cmocka_unit_test(test_a_push_is_written_over_the_last_unless_it_is_seen),
		cmocka_unit_test(test_old_snapshots_are_outlived),
		cmocka_unit_test(test_a_wipe_outlives_nobody),
		cmocka_unit_test(test_discard_changes_nothing),
		cmocka_unit_test(test_series_moves_within_a_batch),
		cmocka_unit_test(test_histograms_grow_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
