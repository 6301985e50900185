/* SPDX-License-Identifier: Apache-2.0
 *
 * Invariants.
 * O1 A node that a live mark can see (epoch_visible) is never written, but for its `made` slot.
 * O2 home->node is the current version of a node; node->home is its home; a node has exactly one
 *    parent, and that parent's current version holds the node's current version.
 * O3 Every entry's owner knows the home of the leaf that holds it.
 * O4 No leaf but an only one is empty; no inner node has fewer than one child, the root fewer than
 *    two. */
#include "store/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum {
	INNER_MAX = 64,
	LEAF_ENTRIES_MAX = 4096,
	FIRST_CAPACITY = 4,
};

struct order_home {
	struct order_node *node;
	struct order_home *parent; /* NULL: the root */
};

static struct order_node *child_node(const struct order_node *n, uint32_t i)
{
	return (struct order_node *)n->child[i];
}

static struct order_node *node_new(const struct order *o, struct order_home *home, uint8_t level,
				   uint32_t capacity)
{
	struct order_node *n = malloc(sizeof(*n) + capacity * sizeof(n->child[0]));

	assert(n != NULL && capacity <= UINT16_MAX);
	*n = (struct order_node){.born = o->epoch->now,
				 .capacity = (uint16_t)capacity,
				 .level = level,
				 .home = home,
				 .ops = o->ops};
	home->node = n;
	return n;
}

static struct order_home *home_new(const struct order *o, struct order_home *parent, uint8_t level,
				   uint32_t capacity)
{
	struct order_home *home = malloc(sizeof(*home));

	assert(home != NULL);
	home->parent = parent;
	(void)node_new(o, home, level, capacity);
	return home;
}

static void drop_made(struct order_node *n)
{
	void *made = atomic_load_explicit(&n->made, memory_order_acquire);

	if (made == NULL)
		return;
	n->ops->drop_made(made);
	atomic_store_explicit(&n->made, NULL, memory_order_relaxed);
}

static void node_free(void *node)
{
	drop_made(node);
	free(node);
}

static uint32_t child_index(const struct order_node *n, const void *child)
{
	for (uint32_t i = 0; i < n->n; i++)
		if (n->child[i] == child)
			return i;
	not_reached();
}

/* The same from a guess, which is exact unless neighbours came or went. */
static uint32_t entry_index(const struct order_node *leaf, uint32_t guess, const void *entry)
{
	if (guess < leaf->n && leaf->child[guess] == entry)
		return guess;
	return child_index(leaf, entry);
}

static void entry_put(struct order_node *leaf, uint32_t at, const void *entry)
{
	leaf->child[at] = entry;
	leaf->ops->placed(entry, (struct order_place){leaf->home, at});
}

static struct order_node *writable(struct order *o, struct order_home *home, uint32_t room);

/* The two below call each other once for every level above a node, at most ORDER_LEVELS_MAX times.
 * NOLINTBEGIN(misc-no-recursion) */

/* Makes a node of `capacity` the current version of `home` and retires the former. */
static struct order_node *node_copy(struct order *o, struct order_home *home, uint32_t capacity)
{
	struct order_node *old = home->node, *copy = node_new(o, home, old->level, capacity);

	copy->n = old->n;
	copy->weight = old->weight;
	memcpy(copy->child, old->child, old->n * sizeof(old->child[0]));
	if (home->parent != NULL) {
		struct order_node *parent = writable(o, home->parent, 0);

		parent->child[child_index(parent, old)] = copy;
	}
	epoch_retire(o->epoch, old, old->born, node_free);
	return copy;
}

/* The current version of a node, safe to change (O1), with room for so many more children. What was
 * made of it is gone. */
static struct order_node *writable(struct order *o, struct order_home *home, uint32_t room)
{
	struct order_node *n = home->node;
	uint32_t capacity = n->capacity;

	if (n->n + room > capacity)
		capacity = capacity < FIRST_CAPACITY ? FIRST_CAPACITY + room
						     : capacity + capacity / 4 + room;
	if (capacity != n->capacity || epoch_visible(o->epoch, n->born))
		return node_copy(o, home, capacity);
	drop_made(n);
	return n;
}

/* NOLINTEND(misc-no-recursion) */

static const void *node_first(const struct order_node *n)
{
	while (n->level > 0)
		n = child_node(n, 0);
	return n->n == 0 ? NULL : n->child[0];
}

/* The number of children that do not come after `entry`. */
static uint32_t rank(const struct order_node *n, const void *entry)
{
	uint32_t low = 0, high = n->n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const void *first =
			n->level == 0 ? n->child[middle] : node_first(child_node(n, middle));

		if (n->ops->compare(first, entry) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void child_put(struct order_node *n, uint32_t at, const void *child)
{
	assert(n->n < n->capacity && at <= n->n);
	memmove(&n->child[at + 1], &n->child[at], (n->n - at) * sizeof(n->child[0]));
	n->child[at] = child;
	n->n++;
}

static void child_take(struct order_node *n, uint32_t at, uint32_t count)
{
	memmove(&n->child[at], &n->child[at + count], (n->n - at - count) * sizeof(n->child[0]));
	n->n = (uint16_t)(n->n - count);
}

/* Tells the children [from, n) of a node where they are now. */
static void adopt(struct order_node *n, uint32_t from)
{
	for (uint32_t i = from; i < n->n; i++) {
		if (n->level == 0)
			n->ops->placed(n->child[i], (struct order_place){n->home, i});
		else
			child_node(n, i)->home->parent = n->home;
	}
}

static uint64_t weight_of(const struct order_node *n, uint32_t from, uint32_t to)
{
	uint64_t weight = 0;

	for (uint32_t i = from; n->level == 0 && i < to; i++)
		weight += n->ops->weight(n->child[i]);
	return weight;
}

/* Where to cut: at half the weight; behind everything but the newcomer when it came last, so that
 * an ascending fill leaves full leaves. */
static uint32_t cut_at(const struct order_node *n, uint32_t newcomer)
{
	uint64_t weight = 0;
	uint32_t at = 0;

	if (newcomer == n->n - 1U)
		return newcomer;
	if (n->level > 0)
		return n->n / 2U;
	while (at < n->n - 1U && weight * 2 < n->weight)
		weight += n->ops->weight(n->child[at++]);
	return at == 0 ? 1 : at;
}

static bool too_big(const struct order_node *n)
{
	if (n->level > 0)
		return n->n > INNER_MAX;
	return n->n > 1 && (n->weight > n->ops->leaf_weight_max || n->n > LEAF_ENTRIES_MAX);
}

/* Gives a root that is to be cut a parent. */
static void raise_root(struct order *o, struct order_home *home)
{
	uint8_t level = (uint8_t)(home->node->level + 1);
	struct order_home *root = home_new(o, NULL, level, FIRST_CAPACITY);

	assert(level < ORDER_LEVELS_MAX);
	child_put(root->node, 0, home->node);
	home->parent = root;
	o->root = root;
}

/* Moves the children from `at` on to a new right neighbour; returns its place in the parent. The
 * node is writable. */
static uint32_t cut(struct order *o, struct order_home *home, uint32_t at)
{
	struct order_node *left = home->node, *right, *parent;
	uint32_t n_right = left->n - at, place;

	right = home_new(o, home->parent, left->level, n_right + FIRST_CAPACITY)->node;
	memcpy(right->child, &left->child[at], n_right * sizeof(left->child[0]));
	right->n = (uint16_t)n_right;
	right->weight = weight_of(right, 0, n_right);
	left->n = (uint16_t)at;
	left->weight -= right->weight;
	adopt(right, 0);
	parent = writable(o, home->parent, 1);
	place = child_index(parent, left) + 1;
	child_put(parent, place, right);
	return place;
}

static void split(struct order *o, struct order_home *home, uint32_t newcomer)
{
	while (too_big(home->node)) {
		if (home->parent == NULL)
			raise_root(o, home);
		newcomer = cut(o, home, cut_at(home->node, newcomer));
		/* One heavy entry, the last before the cut: without it the rest fits. */
		if (too_big(home->node))
			(void)cut(o, home, home->node->n - 1U);
		home = home->parent;
	}
}

/* A file is loaded in order, and what is new often comes last: one comparison then finds its place.
 */
static bool comes_last(const struct order *o, const void *entry, struct order_home **ret_leaf)
{
	const struct order_node *n = o->root->node;

	while (n->level > 0)
		n = child_node(n, n->n - 1U);
	*ret_leaf = n->home;
	return n->n > 0 && o->ops->compare(n->child[n->n - 1], entry) <= 0;
}

/* The leaf that an entry belongs to, and its place there. */
static struct order_home *find_place(const struct order *o, const void *entry, uint32_t *ret_at)
{
	struct order_home *home;

	if (comes_last(o, entry, &home)) {
		*ret_at = home->node->n;
		return home;
	}
	home = o->root;
	while (home->node->level > 0) {
		uint32_t at = rank(home->node, entry);

		home = child_node(home->node, at == 0 ? 0 : at - 1)->home;
	}
	*ret_at = rank(home->node, entry);
	return home;
}

void order_insert(struct order *o, const void *entry)
{
	uint32_t at;
	struct order_home *home = find_place(o, entry, &at);
	struct order_node *leaf = writable(o, home, 1);

	child_put(leaf, at, entry);
	leaf->weight += o->ops->weight(entry);
	o->ops->placed(entry, (struct order_place){home, at});
	split(o, home, at);
}

void order_replace(struct order *o, struct order_place place, const void *old, const void *entry)
{
	struct order_node *leaf = writable(o, place.leaf, 0);

	leaf->weight += o->ops->weight(entry);
	leaf->weight -= o->ops->weight(old);
	entry_put(leaf, entry_index(leaf, place.at, old), entry);
	split(o, place.leaf, 0);
}

void order_renew(struct order *o, struct order_place place)
{
	(void)writable(o, place.leaf, 0);
}

void order_expect(struct order_place place)
{
	__builtin_prefetch(place.leaf->node);
	__builtin_prefetch(&place.leaf->node->child[place.at]);
}

static void home_drop(struct order *o, struct order_home *home)
{
	epoch_retire(o->epoch, home->node, home->node->born, node_free);
	free(home);
}

/* Moves all children of the right neighbour into `left` and takes the neighbour out. */
static void merge(struct order *o, struct order_home *left_home, struct order_home *right_home)
{
	struct order_node *right = right_home->node;
	struct order_node *left = writable(o, left_home, right->n);
	struct order_node *parent = writable(o, left_home->parent, 0);
	uint32_t n_before = left->n;

	memcpy(&left->child[left->n], right->child, right->n * sizeof(right->child[0]));
	left->n = (uint16_t)(left->n + right->n);
	left->weight += right->weight;
	adopt(left, n_before);
	child_take(parent, child_index(parent, right), 1);
	home_drop(o, right_home);
}

static bool fits_together(const struct order_node *a, const struct order_node *b)
{
	if (a->level > 0)
		return a->n + b->n <= INNER_MAX * 3 / 4;
	return a->weight + b->weight <= a->ops->leaf_weight_max * 3 / 4 &&
	       a->n + b->n <= LEAF_ENTRIES_MAX * 3 / 4;
}

static bool thin(const struct order_node *n)
{
	if (n->level > 0)
		return n->n < INNER_MAX / 4;
	return n->weight < n->ops->leaf_weight_max / 4;
}

/* After a removal: joins a thin node with a neighbour, upwards as long as that thins the parent. */
static void mend(struct order *o, struct order_home *home)
{
	while (home->parent != NULL && thin(home->node)) {
		struct order_node *parent = home->parent->node;
		uint32_t at = child_index(parent, home->node);
		struct order_home *up = home->parent;

		if (at + 1 < parent->n && fits_together(home->node, child_node(parent, at + 1)))
			merge(o, home, child_node(parent, at + 1)->home);
		else if (at > 0 && fits_together(child_node(parent, at - 1), home->node))
			merge(o, child_node(parent, at - 1)->home, home);
		else if (home->node->n == 0) {
			child_take(writable(o, up, 0), at, 1);
			home_drop(o, home);
		} else
			return;
		home = up;
	}
	while (o->root->node->level > 0 && o->root->node->n == 1) {
		struct order_home *only = child_node(o->root->node, 0)->home;

		home_drop(o, o->root);
		only->parent = NULL;
		o->root = only;
	}
}

void order_remove(struct order *o, struct order_place place, const void *old)
{
	struct order_node *leaf = writable(o, place.leaf, 0);

	leaf->weight -= o->ops->weight(old);
	child_take(leaf, entry_index(leaf, place.at, old), 1);
	mend(o, place.leaf);
}

void order_init(struct order *o, const struct order_ops *ops, struct epoch *epoch)
{
	*o = (struct order){.ops = ops, .epoch = epoch};
	o->root = home_new(o, NULL, 0, 0);
}

/* As deep as the tree has levels. NOLINTNEXTLINE(misc-no-recursion) */
static void free_below(struct order *o, struct order_home *home)
{
	const struct order_node *n = home->node;

	for (uint32_t i = 0; n->level > 0 && i < n->n; i++)
		free_below(o, child_node(n, i)->home);
	home_drop(o, home);
}

void order_free(struct order *o)
{
	free_below(o, o->root);
	o->root = NULL;
}

const struct order_node *order_root(const struct order *o)
{
	return o->root->node;
}

void order_walk_start(struct order_walk *w, const struct order_node *root)
{
	assert(root->level < ORDER_LEVELS_MAX);
	w->depth = 0;
	w->path[0] = root;
	w->at[0] = 0;
}

/* Leaves that a walk will come to, and what was made of them. */
static void leaf_fetch_ahead(const struct order_node *parent, uint32_t at)
{
	enum { LEAF_AHEAD = 6, MADE_AHEAD = 3 };

	if (at + LEAF_AHEAD < parent->n)
		__builtin_prefetch(child_node(parent, at + LEAF_AHEAD));
	if (at + MADE_AHEAD < parent->n)
		__builtin_prefetch(atomic_load_explicit(&child_node(parent, at + MADE_AHEAD)->made,
							memory_order_relaxed));
}

const struct order_node *order_walk_next(struct order_walk *w)
{
	while (w->depth >= 0) {
		const struct order_node *n = w->path[w->depth];
		uint16_t at = w->at[w->depth];

		if (n->level == 0) {
			w->depth--;
			return n;
		}
		if (at == n->n) {
			w->depth--;
			continue;
		}
		if (n->level == 1)
			leaf_fetch_ahead(n, at);
		w->at[w->depth]++;
		w->depth++;
		w->path[w->depth] = child_node(n, at);
		w->at[w->depth] = 0;
	}
	return NULL;
}

const void *order_first(const struct order_node *root)
{
	return node_first(root);
}

const void *order_find(const struct order_node *root, const void *key)
{
	const struct order_node *n = root;
	uint32_t at = rank(n, key);

	while (n->level > 0 && at > 0) {
		n = child_node(n, at - 1);
		at = rank(n, key);
	}
	if (at == 0 || n->ops->compare(n->child[at - 1], key) != 0)
		return NULL;
	return n->child[at - 1];
}

void *order_leaf_keep(const struct order_node *leaf, void *made)
{
	struct order_node *n = (struct order_node *)leaf;
	void *fixed = NULL;

	if (atomic_compare_exchange_strong_explicit(&n->made, &fixed, made, memory_order_acq_rel,
						    memory_order_acquire))
		return made;
	n->ops->drop_made(made);
	return fixed;
}
