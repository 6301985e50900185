/* SPDX-License-Identifier: Apache-2.0
 *
 * store_private.h -- the store's inside: store.c (life, snapshots), stage.c, publish.c.
 *
 * A change lives twice. *Staged*, it is in the index alone (index.h), where the next change of the
 * same batch is judged by it and where it can still be undone. *Published*, it is in three ordered
 * sequences that readers walk: the families, the series of each family, the groups.
 *
 * Invariants.
 * S1 Between batches, staged and published are the same.
 * S2 A block belongs to the group states that hold it (n_states) and is retired with the last one.
 * S3 Every block of a published state has all of its series in its family's order, and place knows
 *    the leaf of each.
 * S4 Nothing that a live mark sees is written (order.c O1); replaced things are retired, never
 *    freed outright. */
#pragma once

#include <pthread.h>

#include "store/store.h"

/* A move that may have to be undone. */
struct staged_move {
	struct store_group *group;
	struct group_state *replaced; /* NULL: there was none */
};

struct store {
	/* shared: under mutex */
	pthread_mutex_t mutex;
	struct epoch epoch;
	struct order families, groups; /* published */
	struct snapshot *latest;      /* of the present generation; NULL: the store changed since */
	uint64_t n_groups, n_series;  /* published */
	size_t live_bytes;            /* of published blocks and states */
	_Atomic(uint64_t) n_outlived; /* snapshots given up so far; read by any thread */
	uint64_t version;             /* of what is published */

	/* owned by the keeper */
	struct index index;
	struct staged_move *moves;
	size_t n_moves, moves_capacity;
};

/* Under the mutex, after publishing: gives up snapshots until what only old ones see is less than
 * what the store holds. */
void store_outlive(struct store *s);

/* The orders of families (by name) and of groups (by key). */
extern const struct order_ops store_family_ops, store_group_ops;

/* A block of one series keeps its place itself, another one has a table. */
static inline struct order_place block_place(const struct block *b, uint32_t i)
{
	if (b->n_series == 1)
		return (struct order_place){b->place, b->place_at};
	return ((struct order_place *)b->place)[i];
}
