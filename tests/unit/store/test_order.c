/* SPDX-License-Identifier: Apache-2.0 */
#include "store/order.h"

#include "support.h"

/* An entry: ordered by key, told apart by version. */
struct entry {
	uint32_t key, weight;
	struct order_place place; /* as placed() told */
};

static int n_made; /* made things that are alive */

static int entry_compare(const void *a, const void *b)
{
	uint32_t x = ((const struct entry *)a)->key, y = ((const struct entry *)b)->key;

	return x < y ? -1 : x > y;
}

static uint32_t entry_weight(const void *entry)
{
	return ((const struct entry *)entry)->weight;
}

static void entry_placed(const void *entry, struct order_place place)
{
	((struct entry *)entry)->place = place;
}

static void made_free(void *made)
{
	n_made--;
	free(made);
}

static void *made_new(void)
{
	void *made = malloc(1);

	assert_non_null(made);
	n_made++;
	return made;
}

enum { WEIGHT_MAX = 64 };

static const struct order_ops ops = {
	.compare = entry_compare,
	.weight = entry_weight,
	.placed = entry_placed,
	.drop_made = made_free,
	.leaf_weight_max = WEIGHT_MAX,
};

static const struct order_ops heavy_leaves_ops = {
	.compare = entry_compare,
	.weight = entry_weight,
	.placed = entry_placed,
	.drop_made = made_free,
	.leaf_weight_max = 1 << 20,
};

static struct entry *entry_new(uint32_t key, uint32_t weight)
{
	struct entry *entry = malloc(sizeof(*entry));

	assert_non_null(entry);
	*entry = (struct entry){.key = key, .weight = weight};
	return entry;
}

static void free_dead(void *thing)
{
	free(thing);
}

/* The model: entries by key, NULL where there is none. */
struct model {
	struct epoch epoch;
	struct order order;
	struct entry **by_key;
	uint32_t n_keys;
};

static void model_init(struct model *m, const struct order_ops *with, uint32_t n_keys)
{
	epoch_init(&m->epoch);
	order_init(&m->order, with, &m->epoch);
	m->by_key = calloc(n_keys, sizeof(m->by_key[0]));
	m->n_keys = n_keys;
	assert_non_null(m->by_key);
}

static void model_insert(struct model *m, uint32_t key, uint32_t weight)
{
	m->by_key[key] = entry_new(key, weight);
	order_insert(&m->order, m->by_key[key]);
}

/* Readers may still walk over the old entry, as the store's do. */
static void model_replace(struct model *m, uint32_t key, uint32_t weight)
{
	struct entry *old = m->by_key[key];

	m->by_key[key] = entry_new(key, weight);
	order_replace(&m->order, old->place, old, m->by_key[key]);
	epoch_retire(&m->epoch, old, 0, free_dead);
}

static void model_remove(struct model *m, uint32_t key)
{
	struct entry *old = m->by_key[key];

	m->by_key[key] = NULL;
	order_remove(&m->order, old->place, old);
	epoch_retire(&m->epoch, old, 0, free_dead);
}

static void model_free(struct model *m)
{
	for (uint32_t key = 0; key < m->n_keys; key++)
		if (m->by_key[key] != NULL)
			model_remove(m, key);
	assert_null(order_first(order_root(&m->order)));
	order_free(&m->order);
	free(m->by_key);
	assert_null(m->epoch.newest);
	assert_int_equal(n_made, 0);
}

static uint32_t n_leaves(const struct order_node *root)
{
	struct order_walk walk;
	uint32_t n = 0;

	order_walk_start(&walk, root);
	while (order_walk_next(&walk) != NULL)
		n++;
	return n;
}

/* Everything that holds of an order at any time. */
static void model_check(const struct model *m)
{
	struct order_walk walk;
	const struct order_node *root = order_root(&m->order), *leaf;
	uint32_t key = 0, n_empty = 0;

	order_walk_start(&walk, root);
	while ((leaf = order_walk_next(&walk)) != NULL) {
		uint64_t weight = 0;

		for (uint32_t i = 0; i < leaf->n; i++, key++) {
			const struct entry *entry = leaf->child[i];

			while (key < m->n_keys && m->by_key[key] == NULL)
				key++;
			assert_true(key < m->n_keys);
			assert_ptr_equal(entry, m->by_key[key]);
			assert_ptr_equal(entry->place.leaf, leaf->home);
			weight += entry->weight;
		}
		assert_int_equal(leaf->weight, weight);
		assert_true(leaf->n <= 1 || weight <= m->order.ops->leaf_weight_max);
		n_empty += leaf->n == 0;
	}
	while (key < m->n_keys && m->by_key[key] == NULL)
		key++;
	assert_int_equal(key, m->n_keys);
	assert_true(n_empty == 0 || (n_empty == 1 && root->level == 0));
}

/* What a reader holds: a root, and what it walked when it was taken. */
struct reader {
	struct epoch_mark mark;
	const struct order_node *root;
	const struct entry **entries;
	void **made; /* by leaf */
	uint32_t n, n_leaves;
};

static void reader_enter(struct reader *r, struct model *m)
{
	struct order_walk walk;
	const struct order_node *leaf;

	r->root = order_root(&m->order);
	r->entries = calloc(m->n_keys, sizeof(r->entries[0]));
	r->made = calloc(m->n_keys + 1, sizeof(r->made[0]));
	assert_true(r->entries != NULL && r->made != NULL);
	r->n = r->n_leaves = 0;
	epoch_enter(&m->epoch, &r->mark);
	order_walk_start(&walk, r->root);
	while ((leaf = order_walk_next(&walk)) != NULL) {
		for (uint32_t i = 0; i < leaf->n; i++)
			r->entries[r->n++] = leaf->child[i];
		r->made[r->n_leaves++] = order_leaf_keep(leaf, made_new());
	}
}

static void reader_check(const struct reader *r)
{
	struct order_walk walk;
	const struct order_node *leaf;
	uint32_t at = 0, at_leaf = 0;

	order_walk_start(&walk, r->root);
	while ((leaf = order_walk_next(&walk)) != NULL) {
		for (uint32_t i = 0; i < leaf->n; i++)
			assert_ptr_equal(leaf->child[i], r->entries[at++]);
		assert_ptr_equal(atomic_load(&leaf->made), r->made[at_leaf++]);
	}
	assert_int_equal(at, r->n);
	assert_int_equal(at_leaf, r->n_leaves);
}

static void reader_leave(struct reader *r, struct model *m)
{
	struct epoch_dead_list unseen = {0};

	epoch_leave(&m->epoch, &r->mark, &unseen);
	epoch_free_all(&unseen);
	free(r->entries);
	free(r->made);
}

static uint32_t some_weight(struct dice *dice)
{
	return dice_below(dice, 50) == 0 ? WEIGHT_MAX * 3 : 1 + dice_below(dice, 12);
}

/* Under random inserts, replacements and removals it holds what a sorted array holds, tells every
 * entry its leaf, keeps its leaves within bounds, and shows each reader for as long as it stays
 * what it showed at first, with what was made of it. */
static void test_as_a_sorted_array(void **state)
{
	enum { KEYS = 1500, STEPS = 30000, READERS = 4 };
	struct dice dice = {test_number("TEST_SEED", 3)};
	struct reader readers[READERS];
	bool in[READERS] = {false};
	struct model m;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (int step = 0; step < STEPS; step++) {
		uint32_t key = dice_below(&dice, KEYS), r = dice_below(&dice, READERS);
		bool grows = step / 4000 % 2 == 0;

		if (m.by_key[key] == NULL && dice_below(&dice, 5) < (grows ? 4 : 1))
			model_insert(&m, key, some_weight(&dice));
		else if (m.by_key[key] != NULL && dice_below(&dice, 5) < (grows ? 1 : 4))
			model_remove(&m, key);
		else if (m.by_key[key] != NULL)
			model_replace(&m, key, some_weight(&dice));
		if (dice_below(&dice, 40) == 0) {
			if (in[r])
				reader_leave(&readers[r], &m);
			else
				reader_enter(&readers[r], &m);
			in[r] = !in[r];
		}
		if (step % 20 != 0)
			continue;
		model_check(&m);
		for (r = 0; r < READERS; r++)
			if (in[r])
				reader_check(&readers[r]);
	}
	for (uint32_t r = 0; r < READERS; r++)
		if (in[r])
			reader_leave(&readers[r], &m);
	model_free(&m);
}

/* A fill in ascending order leaves full leaves. */
static void test_ascending_fill(void **state)
{
	enum { KEYS = 10000 };
	struct model m;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (uint32_t key = 0; key < KEYS; key++)
		model_insert(&m, key, 1);
	model_check(&m);
	assert_int_equal(n_leaves(order_root(&m.order)), (KEYS + WEIGHT_MAX - 1) / WEIGHT_MAX);
	model_free(&m);
}

/* A fill in descending order, the worst for halves, stays within twice as many. */
static void test_descending_fill(void **state)
{
	enum { KEYS = 10000 };
	struct model m;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (uint32_t key = KEYS; key-- > 0;)
		model_insert(&m, key, 1);
	model_check(&m);
	assert_true(n_leaves(order_root(&m.order)) <= 2 * KEYS / WEIGHT_MAX + 2);
	model_free(&m);
}

/* After most entries are gone, most leaves are gone; after the last, one empty leaf is left. */
static void test_leaves_shrink(void **state)
{
	enum { KEYS = 10000, KEPT_EVERY = 100 };
	struct model m;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (uint32_t key = 0; key < KEYS; key++)
		model_insert(&m, key, 1);
	for (uint32_t key = 0; key < KEYS; key++)
		if (key % KEPT_EVERY != 0)
			model_remove(&m, key);
	model_check(&m);
	assert_true(n_leaves(order_root(&m.order)) <= KEYS / KEPT_EVERY / (WEIGHT_MAX / 4) + 1);
	for (uint32_t key = 0; key < KEYS; key += KEPT_EVERY)
		model_remove(&m, key);
	assert_int_equal(order_root(&m.order)->level, 0);
	assert_int_equal(n_leaves(order_root(&m.order)), 1);
	model_free(&m);
}

/* Entries that grow in place, all of them, are cut into as many leaves as their weight asks for. */
static void test_replacements_grow(void **state)
{
	enum { KEYS = 500 };
	struct model m;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (uint32_t key = 0; key < KEYS; key++)
		model_insert(&m, key, 1);
	for (uint32_t key = 0; key < KEYS; key++)
		model_replace(&m, key, WEIGHT_MAX / 2);
	model_check(&m);
	model_free(&m);
}

/* One entry heavier than a leaf stands alone, wherever it comes. */
static void test_heavy_entry_stands_alone(void **state)
{
	enum { KEYS = WEIGHT_MAX };

	(void)state;
	for (uint32_t heavy = 0; heavy < KEYS; heavy++) {
		struct model m;

		model_init(&m, &ops, KEYS);
		for (uint32_t key = 0; key < KEYS; key++)
			if (key != heavy)
				model_insert(&m, key, 1);
		model_insert(&m, heavy, 10 * WEIGHT_MAX);
		model_check(&m);
		model_free(&m);
	}
}

/* Light entries are bounded by number, so that a leaf stays cheap to copy. */
static void test_entries_per_leaf(void **state)
{
	enum { KEYS = 20000, LEAF_ENTRIES_MAX = 4096 };
	struct order_walk walk;
	const struct order_node *leaf;
	struct model m;

	(void)state;
	model_init(&m, &heavy_leaves_ops, KEYS);
	for (uint32_t i = 0; i < KEYS; i++)
		model_insert(&m, i * 7919 % KEYS, 1);
	model_check(&m);
	order_walk_start(&walk, order_root(&m.order));
	while ((leaf = order_walk_next(&walk)) != NULL)
		assert_true(leaf->n <= LEAF_ENTRIES_MAX);
	model_free(&m);
}

static const struct order_node *nth_leaf(const struct order *o, uint32_t n)
{
	struct order_walk walk;
	const struct order_node *leaf;

	order_walk_start(&walk, order_root(o));
	do
		leaf = order_walk_next(&walk);
	while (n-- > 0);
	return leaf;
}

/* What was made of a leaf is dropped when the leaf changes and kept when another one does. */
static void test_made(void **state)
{
	enum { KEYS = 2 * WEIGHT_MAX };
	struct model m;
	void *first, *second;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (uint32_t key = 0; key < KEYS; key++)
		model_insert(&m, key, 1);
	first = order_leaf_keep(nth_leaf(&m.order, 0), made_new());
	second = order_leaf_keep(nth_leaf(&m.order, 1), made_new());
	assert_int_equal(n_made, 2);
	model_replace(&m, 0, 1);
	assert_int_equal(n_made, 1);
	assert_null(atomic_load(&nth_leaf(&m.order, 0)->made));
	assert_ptr_equal(atomic_load(&nth_leaf(&m.order, 1)->made), second);
	first = order_leaf_keep(nth_leaf(&m.order, 0), made_new());
	model_remove(&m, KEYS - 1);
	assert_int_equal(n_made, 1);
	assert_ptr_equal(atomic_load(&nth_leaf(&m.order, 0)->made), first);
	model_free(&m);
}

/* Of two readers that make the same, the slower one's is dropped and both get the first. */
static void test_made_twice(void **state)
{
	struct model m;
	void *made;

	(void)state;
	model_init(&m, &ops, 1);
	model_insert(&m, 0, 1);
	made = made_new();
	assert_ptr_equal(order_leaf_keep(order_root(&m.order), made), made);
	assert_ptr_equal(order_leaf_keep(order_root(&m.order), made_new()), made);
	assert_int_equal(n_made, 1);
	model_free(&m);
}

/* While a reader looks, a change copies the path to one leaf and leaves all else shared; once
 * copied, the next change there copies nothing. */
static void test_only_the_path_is_copied(void **state)
{
	enum { KEYS = 100 * WEIGHT_MAX };
	struct reader reader;
	struct model m;
	const struct order_node *root, *other;

	(void)state;
	model_init(&m, &ops, KEYS);
	for (uint32_t key = 0; key < KEYS; key++)
		model_insert(&m, key, 1);
	reader_enter(&reader, &m);
	other = nth_leaf(&m.order, 50);
	model_replace(&m, 0, 1);
	root = order_root(&m.order);
	assert_ptr_not_equal(root, reader.root);
	assert_ptr_equal(nth_leaf(&m.order, 50), other);
	model_replace(&m, 1, 1);
	assert_ptr_equal(order_root(&m.order), root);
	reader_check(&reader);
	reader_leave(&reader, &m);
	model_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_a_sorted_array),
		cmocka_unit_test(test_ascending_fill),
		cmocka_unit_test(test_descending_fill),
		cmocka_unit_test(test_leaves_shrink),
		cmocka_unit_test(test_replacements_grow),
		cmocka_unit_test(test_heavy_entry_stands_alone),
		cmocka_unit_test(test_entries_per_leaf),
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_made_twice),
		cmocka_unit_test(test_only_the_path_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
