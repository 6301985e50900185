/* SPDX-License-Identifier: Apache-2.0 */
#include "store/epoch.h"

#include "support.h"

/* A thing that counts its end; freed memory itself is watched by ASan. */
struct thing {
	int *n_freed;
};

static void thing_free(void *ptr)
{
	struct thing *thing = ptr;

	++*thing->n_freed;
	free(thing);
}

static struct thing *thing_new(int *n_freed)
{
	struct thing *thing = malloc(sizeof(*thing));

	assert_non_null(thing);
	thing->n_freed = n_freed;
	return thing;
}

static void leave(struct epoch *e, struct epoch_mark *mark)
{
	struct epoch_dead_list unseen = {0};

	epoch_leave(e, mark, &unseen);
	epoch_free_all(&unseen);
}

/* Without readers nothing is visible, and what is retired is freed at once. */
static void test_nobody_looks(void **state)
{
	struct epoch e;
	int n_freed = 0;

	(void)state;
	epoch_init(&e);
	assert_false(epoch_visible(&e, 0));
	assert_false(epoch_visible(&e, e.now));
	epoch_retire(&e, thing_new(&n_freed), e.now, thing_free);
	assert_int_equal(n_freed, 1);
}

/* A reader sees what was born before it came, not what was born after. */
static void test_visible(void **state)
{
	struct epoch e;
	struct epoch_mark mark;

	(void)state;
	epoch_init(&e);
	epoch_enter(&e, &mark);
	assert_true(epoch_visible(&e, mark.generation));
	assert_true(e.now > mark.generation);
	assert_false(epoch_visible(&e, e.now));
	leave(&e, &mark);
	assert_false(epoch_visible(&e, mark.generation));
}

/* A retired thing lives as long as the reader that sees it; one born later ends at once. */
static void test_reader_keeps_what_it_sees(void **state)
{
	struct epoch e;
	struct epoch_mark mark;
	int old_freed = 0, new_freed = 0;

	(void)state;
	epoch_init(&e);
	epoch_enter(&e, &mark);
	epoch_retire(&e, thing_new(&old_freed), mark.generation, thing_free);
	epoch_retire(&e, thing_new(&new_freed), e.now, thing_free);
	assert_int_equal(old_freed, 0);
	assert_int_equal(new_freed, 1);
	leave(&e, &mark);
	assert_int_equal(old_freed, 1);
}

/* What the older of two readers sees survives the newer one's leaving; the rest does not. */
static void test_handed_to_the_older_reader(void **state)
{
	struct epoch e;
	struct epoch_mark older, newer;
	int seen_by_both = 0, seen_by_newer = 0;

	(void)state;
	epoch_init(&e);
	epoch_enter(&e, &older);
	epoch_enter(&e, &newer);
	epoch_retire(&e, thing_new(&seen_by_both), older.generation, thing_free);
	epoch_retire(&e, thing_new(&seen_by_newer), newer.generation, thing_free);
	leave(&e, &newer);
	assert_int_equal(seen_by_both, 0);
	assert_int_equal(seen_by_newer, 1);
	leave(&e, &older);
	assert_int_equal(seen_by_both, 1);
}

/* A reader that left while a newer one stays frees nothing that the newer one sees. */
static void test_older_leaves_first(void **state)
{
	struct epoch e;
	struct epoch_mark older, newer;
	int before_newer = 0, after = 0;

	(void)state;
	epoch_init(&e);
	epoch_enter(&e, &older);
	epoch_retire(&e, thing_new(&before_newer), older.generation, thing_free);
	epoch_enter(&e, &newer);
	epoch_retire(&e, thing_new(&after), older.generation, thing_free);
	leave(&e, &older);
	assert_int_equal(before_newer, 1);
	assert_int_equal(after, 0);
	leave(&e, &newer);
	assert_int_equal(after, 1);
}

/* Generations do not run out: a snapshot may be taken a hundred thousand times a second for years.
 */
static void test_beyond_32_bits(void **state)
{
	struct epoch e = {.now = UINT32_MAX};
	struct epoch_mark older, newer;
	int n_freed = 0;

	(void)state;
	epoch_enter(&e, &older);
	epoch_enter(&e, &newer);
	assert_true(newer.generation > older.generation);
	assert_false(epoch_visible(&e, e.now));
	epoch_retire(&e, thing_new(&n_freed), newer.generation, thing_free);
	leave(&e, &newer);
	assert_int_equal(n_freed, 1);
	leave(&e, &older);
}

enum { MARKS = 6, THINGS = 200, STEPS = 20000 };

struct watched {
	bool is_retired;
	uint64_t born, died; /* seen by marks of generations [born, died) */
	int n_freed;
	struct thing *thing;
};

/* With readers that come and go in any order, a retired thing is there exactly as long as one of
 * those that saw it. */
static void test_any_order(void **state)
{
	struct dice dice = {test_number("TEST_SEED", 2)};
	struct watched all[THINGS] = {0};
	struct epoch_mark marks[MARKS];
	bool in[MARKS] = {false};
	struct epoch e;

	(void)state;
	epoch_init(&e);
	for (int step = 0; step < STEPS; step++) {
		uint32_t m = dice_below(&dice, MARKS);
		struct watched *w = &all[dice_below(&dice, THINGS)];

		if (dice_below(&dice, 4) == 0 && !in[m])
			epoch_enter(&e, &marks[m]);
		else if (dice_below(&dice, 4) == 0 && in[m])
			leave(&e, &marks[m]);
		else
			m = MARKS;
		if (m < MARKS)
			in[m] = !in[m];
		if (w->thing == NULL) {
			*w = (struct watched){.born = e.now, .thing = thing_new(&w->n_freed)};
		} else if (!w->is_retired) {
			w->is_retired = true;
			w->died = e.now;
			epoch_retire(&e, w->thing, w->born, thing_free);
		} else if (w->n_freed > 0) {
			*w = (struct watched){0};
		}
		for (int i = 0; i < THINGS; i++) {
			bool seen = false;

			for (int j = 0; j < MARKS; j++)
				seen = seen || (in[j] && marks[j].generation >= all[i].born &&
						marks[j].generation < all[i].died);
			if (all[i].is_retired)
				assert_int_equal(all[i].n_freed, seen ? 0 : 1);
		}
	}
	for (int j = 0; j < MARKS; j++)
		if (in[j])
			leave(&e, &marks[j]);
	for (int i = 0; i < THINGS; i++)
		if (all[i].thing != NULL && !all[i].is_retired)
			epoch_retire(&e, all[i].thing, all[i].born, thing_free);
	assert_null(e.newest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_looks),
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_reader_keeps_what_it_sees),
		cmocka_unit_test(test_handed_to_the_older_reader),
		cmocka_unit_test(test_older_leaves_first),
		cmocka_unit_test(test_beyond_32_bits),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
