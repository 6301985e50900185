/* SPDX-License-Identifier: Apache-2.0
 *
 * store.h -- what is currently pushed, as immutable snapshots.
 *
 * The keeper changes a store; any thread may read it. A snapshot never changes: take one, read at
 * leisure, release it; what only it could see is freed then. Snapshots of an unchanged store are
 * one and the same. */
#pragma once

#include "store/change.h"
#include "store/index.h"
#include "store/made.h"

struct store;
struct snapshot;

/* A metric family as a reader sees it: its series, over all groups, in the order of exposition. */
struct store_family_version {
	uint64_t born; /* keeper's */
	enum metric_type type;
	struct slice name;
	const struct help *help;         /* that of its first series, like type; NULL: none */
	const struct order_node *series; /* leaves hold struct series */
	struct store_family *family;     /* keeper's */
};

struct store *store_new(const struct store_limits *limits); /* NULL: out of memory */
struct store *store_free(struct store *s); /* takes NULL, returns NULL; no snapshot may be left */

/* Before the first change. What is exposed beside the store: it must outlive it. */
void store_set_own_families(struct store *s, const struct own_family *families, size_t n);

/* Keeper only. Fetches ahead what the changes of a batch will touch: with many groups each push
 * meets cold memory, and waiting for all of it at once is what keeps its cost flat. Changes
 * nothing. */
void store_expect(const struct store *s, const struct change *first);

/* Keeper only. Judges and stages a change: its verdict is set, and what it changes (its failure
 * time, when it was refused) is staged. Takes blocks and stamp out of it as needed. */
void store_stage(struct store *s, struct change *c);

void store_publish(struct store *s); /* what is staged becomes visible, all at once */
void store_discard(struct store *s); /* ... or never happened */

/* What is replaced is kept as long as a snapshot sees it. When that comes to more than the store
 * itself holds, or held when they were taken, and is not little, the oldest snapshots are
 * *outlived*: whoever reads one ends that early, and releases it. The count, of all so far, tells
 * when to look. Any thread. */
uint64_t store_n_outlived(const struct store *s);
bool snapshot_outlived(const struct snapshot *snap);

/* As store_publish, for a store that was empty: in the order of the groups' keys, in which every
 * series finds its place at once. */
void store_publish_loaded(struct store *s);

/* Any thread. */
const struct snapshot *store_snapshot(struct store *s); /* NULL: out of memory */
void snapshot_release(const struct snapshot *shared);

/* Roots of ordered sequences: walk them with order_walk. */
const struct order_node *snapshot_families(const struct snapshot *snap); /* store_family_version */
const struct order_node *snapshot_groups(const struct snapshot *snap);   /* group_state */
/* Those that are exposed beside the store. */
const struct own_family *snapshot_own_families(const struct snapshot *snap, size_t *ret_n);
/* The group of these labels; NULL: there is none. */
const struct group_state *snapshot_group(const struct snapshot *snap, const struct stamp *stamp);
uint64_t snapshot_n_groups(const struct snapshot *snap);
uint64_t snapshot_n_series(const struct snapshot *snap);

/* Two snapshots of one store with the same number show the same. */
uint64_t snapshot_version(const struct snapshot *snap);

/* A reader that has walked it (check_snapshot.h) spares the next one the walk. */
bool snapshot_consistent(const struct snapshot *snap);
void snapshot_set_consistent(const struct snapshot *snap);
