/* SPDX-License-Identifier: Apache-2.0 */
#include "store/table.h"

#include "support.h"

struct thing {
	uint64_t hash;
	uint32_t id;
	bool is_in;
};

static bool has_id(const void *item, const void *key)
{
	return ((const struct thing *)item)->id == *(const uint32_t *)key;
}

static struct thing *find(const struct table *t, const struct thing *thing)
{
	return table_find(t, thing->hash, has_id, &thing->id);
}

/* A table without items finds nothing and needs no memory. */
static void test_empty(void **state)
{
	struct table t = {0};
	struct thing thing = {.hash = 7};

	(void)state;
	assert_null(find(&t, &thing));
	assert_null(t.slots);
	table_free(&t);
}

/* Things of one hash are told apart by the comparison; others are not even compared. */
static void test_equal_hashes(void **state)
{
	struct table t = {0};
	struct thing things[20];

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		things[i] = (struct thing){.hash = 63, .id = i};
		assert_true(table_add(&t, 63, &things[i]));
	}
	for (uint32_t i = 0; i < 20; i++)
		assert_ptr_equal(find(&t, &things[i]), &things[i]);
	assert_null(table_find(&t, 63 + 64, has_id, &things[0].id));
	table_free(&t);
}

/* What stands behind a removed thing is moved back, also around the end of the slots, unless that
 * would put it before its own place. */
static void test_gap_is_closed(void **state)
{
	static const uint64_t homes[] = {62, 62, 63, 62, 0, 1, 1, 62};
	enum { N = sizeof(homes) / sizeof(homes[0]) };

	(void)state;
	for (uint32_t gone = 0; gone < N; gone++) {
		struct table t = {0};
		struct thing things[N];

		for (uint32_t i = 0; i < N; i++) {
			/* with the secret 0 the top bits of the hash are the slot */
			things[i] = (struct thing){.hash = homes[i] << 58, .id = i};
			assert_int_equal(i == 0 ? homes[0] : table_home(&t, things[i].hash),
					 homes[i]);
			assert_true(table_add(&t, things[i].hash, &things[i]));
		}
		assert_int_equal(t.capacity, 64);
		table_remove(&t, things[gone].hash, &things[gone]);
		for (uint32_t i = 0; i < N; i++)
			assert_ptr_equal(find(&t, &things[i]), i == gone ? NULL : &things[i]);
		table_free(&t);
	}
}

/* Hashes that share a slot under one secret are spread by another. */
static void test_secret(void **state)
{
	enum { N = 48 };
	uint32_t n_at_home = 0;

	(void)state;
	for (uint64_t secret = 0; secret < 2; secret++) {
		struct table t = {.secret = secret * 0x9e3779b97f4a7c15};
		struct thing things[N];

		n_at_home = 0;
		for (uint32_t i = 0; i < N; i++) {
			things[i] = (struct thing){.hash = i, .id = i};
			assert_true(table_add(&t, i, &things[i]));
			n_at_home += table_home(&t, i) == table_home(&t, 0);
		}
		assert_true(secret == 0 ? n_at_home == N : n_at_home < 8);
		table_free(&t);
	}
}

/* After any adding and removing, with hashes that fall together, it holds what an array says. */
static void test_as_an_array(void **state)
{
	enum { N = 600, STEPS = 60000 };
	static struct thing things[N];
	struct dice dice = {test_number("TEST_SEED", 1)};
	struct table t = {0};
	size_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < N; i++)
		things[i] = (struct thing){.hash = dice_below(&dice, 3) == 0
							   ? dice_below(&dice, 8) - (uint64_t)4
							   : dice_next(&dice) % 512 << 55,
					   .id = i};
	for (int step = 0; step < STEPS; step++) {
		struct thing *thing = &things[dice_below(&dice, N)];
		bool grows = step / 5000 % 2 == 0;

		if (!thing->is_in && dice_below(&dice, 4) < (grows ? 3 : 1)) {
			assert_true(table_add(&t, thing->hash, thing));
			thing->is_in = true;
			n++;
		} else if (thing->is_in && dice_below(&dice, 4) < (grows ? 1 : 3)) {
			table_remove(&t, thing->hash, thing);
			thing->is_in = false;
			n--;
		}
		assert_int_equal(t.n, n);
		if (step % 50 != 0)
			continue;
		for (uint32_t i = 0; i < N; i++)
			assert_ptr_equal(find(&t, &things[i]), things[i].is_in ? &things[i] : NULL);
	}
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),         cmocka_unit_test(test_equal_hashes),
		cmocka_unit_test(test_gap_is_closed), cmocka_unit_test(test_secret),
		cmocka_unit_test(test_as_an_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
