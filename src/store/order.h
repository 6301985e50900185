/* SPDX-License-Identifier: Apache-2.0
 *
 * order.h -- an ordered sequence of pointers, cut into leaves, that readers may walk while the
 * keeper changes it: a B+-tree whose nodes are copied only where a reader could see the change.
 *
 * A *node* is published: a reader that reached it through a snapshot's root may read it until the
 * snapshot is released. A *home* is the keeper's: the stable identity of a node through its copies.
 * The owner of an entry is told the home of the leaf it stands in (`placed`), so that a replacement
 * searches nothing. A leaf has one write-once slot, `made`, for what a reader made of its entries;
 * it is dropped when the leaf changes. Changes are made by the keeper under the store's mutex. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "store/epoch.h"

struct order_home;

/* Where an entry stands: the home of its leaf, and a guess at its position there (right as long as
 * no neighbour came or went). */
struct order_place {
	struct order_home *leaf;
	uint32_t at;
};

struct order_node {
	uint64_t born;
	uint16_t n, capacity;
	uint8_t level;           /* 0: a leaf */
	uint64_t weight;         /* keeper's; of a leaf's entries */
	struct order_home *home; /* keeper's */
	const struct order_ops *ops;
	_Atomic(void *) made; /* of a leaf: NULL until a reader made it, then fixed */
	const void *child[];  /* entries of a leaf, else struct order_node */
};

struct order_ops {
	int (*compare)(const void *a, const void *b);
	uint32_t (*weight)(const void *entry);
	void (*placed)(const void *entry, struct order_place place);
	void (*drop_made)(void *made); /* may be NULL when nothing is made of leaves */
	uint64_t leaf_weight_max;      /* above it a leaf is split */
};

struct order {
	const struct order_ops *ops;
	struct epoch *epoch;
	struct order_home *root;
};

/* Empty: one leaf without entries. Memory that a change needs when nobody can refuse it any more is
 * asserted to be there: the change is durable by then, and a restart has it. */
void order_init(struct order *o, const struct order_ops *ops, struct epoch *epoch);
void order_free(struct order *o); /* retires all nodes */

const struct order_node *order_root(const struct order *o);

void order_insert(struct order *o, const void *entry);
void order_replace(struct order *o, struct order_place place, const void *old, const void *entry);
void order_remove(struct order *o, struct order_place place, const void *old);

/* What the entry points to was written anew; its key and weight are the same. */
void order_renew(struct order *o, struct order_place place);

void order_expect(struct order_place place); /* fetches ahead what order_replace will touch */

/* Readers. The leaves from first to last. */
enum { ORDER_LEVELS_MAX = 12 };
struct order_walk {
	const struct order_node *path[ORDER_LEVELS_MAX];
	uint16_t at[ORDER_LEVELS_MAX];
	int depth; /* -1: at the end */
};

void order_walk_start(struct order_walk *w, const struct order_node *root);
const struct order_node *order_walk_next(struct order_walk *w); /* NULL at the end */
const void *order_first(const struct order_node *root);         /* NULL when empty */

/* The entry that compares equal to `key`, which need be no more than what compare looks at. NULL:
 * there is none. */
const void *order_find(const struct order_node *root, const void *key);

/* Any thread: fixes what was made of a leaf, or drops it when another reader was faster. Returns
 * what is fixed. */
void *order_leaf_keep(const struct order_node *leaf, void *made);
