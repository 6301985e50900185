/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <stdlib.h>

#include "store/store_private.h"

enum { HELD_BYTES_MIN = 64 * 1024 * 1024 };

struct snapshot {
	struct store *store;
	struct epoch_mark mark;
	uint32_t n_refs;        /* under the store's mutex */
	atomic_bool consistent; /* a reader found it so */
	atomic_bool outlived;   /* set under the mutex */
	const struct order_node *families, *groups;
	uint64_t n_groups, n_series, version;
	size_t live_bytes; /* of the store when it was taken */
};

/* ---- life ---- */

struct store *store_new(const struct store_limits *limits)
{
	struct store *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct store){0};
	must_ok(pthread_mutex_init(&s->mutex, NULL));
	epoch_init(&s->epoch);
	order_init(&s->families, &store_family_ops, &s->epoch);
	order_init(&s->groups, &store_group_ops, &s->epoch);
	index_init(&s->index, limits, &s->epoch);
	return s;
}

struct store *store_free(struct store *s)
{
	struct change wipe = {.kind = CHANGE_WIPE};

	if (s == NULL)
		return NULL;
	assert(s->epoch.newest == NULL);
	store_stage(s, &wipe);
	store_publish(s);
	index_free(&s->index);
	order_free(&s->families);
	order_free(&s->groups);
	must_ok(pthread_mutex_destroy(&s->mutex));
	free(s->moves);
	free(s);
	return NULL;
}

void store_set_own_families(struct store *s, const struct own_family *families, size_t n)
{
	assert(s->index.n_groups == 0);
	s->index.own_families = families;
	s->index.n_own_families = n;
}

/* ---- reading ---- */

static struct snapshot *snapshot_new(struct store *s)
{
	struct snapshot *snap = malloc(sizeof(*snap));

	if (snap == NULL)
		return NULL;
	*snap = (struct snapshot){.store = s,
				  .families = order_root(&s->families),
				  .groups = order_root(&s->groups),
				  .n_groups = s->n_groups,
				  .n_series = s->n_series,
				  .version = s->version,
				  .live_bytes = s->live_bytes};
	epoch_enter(&s->epoch, &snap->mark);
	return snap;
}

const struct snapshot *store_snapshot(struct store *s)
{
	struct snapshot *snap;

	must_ok(pthread_mutex_lock(&s->mutex));
	if (s->latest == NULL)
		s->latest = snapshot_new(s);
	snap = s->latest;
	if (snap != NULL)
		snap->n_refs++;
	must_ok(pthread_mutex_unlock(&s->mutex));
	return snap;
}

void snapshot_release(const struct snapshot *shared)
{
	struct snapshot *snap = (struct snapshot *)shared;
	struct store *s = snap->store;
	struct epoch_dead_list unseen = {0};

	must_ok(pthread_mutex_lock(&s->mutex));
	if (--snap->n_refs > 0) {
		must_ok(pthread_mutex_unlock(&s->mutex));
		return;
	}
	if (s->latest == snap)
		s->latest = NULL;
	epoch_leave(&s->epoch, &snap->mark, &unseen);
	must_ok(pthread_mutex_unlock(&s->mutex));
	epoch_free_all(&unseen);
	free(snap);
}

const struct order_node *snapshot_families(const struct snapshot *snap)
{
	return snap->families;
}

const struct order_node *snapshot_groups(const struct snapshot *snap)
{
	return snap->groups;
}

const struct own_family *snapshot_own_families(const struct snapshot *snap, size_t *ret_n)
{
	/* Set before the first reader, and fixed. */
	*ret_n = snap->store->index.n_own_families;
	return snap->store->index.own_families;
}

const struct group_state *snapshot_group(const struct snapshot *snap, const struct stamp *stamp)
{
	const struct group_state wanted = {.stamp = stamp};

	return order_find(snap->groups, &wanted);
}

uint64_t snapshot_version(const struct snapshot *snap)
{
	return snap->version;
}

uint64_t snapshot_n_groups(const struct snapshot *snap)
{
	return snap->n_groups;
}

uint64_t snapshot_n_series(const struct snapshot *snap)
{
	return snap->n_series;
}

static struct snapshot *snapshot_of(struct epoch_mark *mark)
{
	return (struct snapshot *)((char *)mark - offsetof(struct snapshot, mark));
}

/* With what the store holds now it may come to twice what the store holds, or held when the oldest
 * was taken: after a wipe the rest of an answer is all there is. */
static size_t held_bytes_max(const struct store *s, struct epoch_mark *oldest)
{
	size_t then = snapshot_of(oldest)->live_bytes, now = s->live_bytes;
	size_t held_max = 2 * (then > now ? then : now) - now;

	return held_max < HELD_BYTES_MIN ? HELD_BYTES_MIN : held_max;
}

void store_outlive(struct store *s)
{
	size_t held = s->epoch.dead_bytes, held_max;
	struct epoch_mark *mark = s->epoch.newest;

	if (held <= HELD_BYTES_MIN)
		return;
	while (mark->older != NULL)
		mark = mark->older;
	held_max = held_bytes_max(s, mark);
	/* What is in the list of the oldest is seen by no other. */
	for (; mark != NULL && held > held_max; mark = mark->newer) {
		if (!atomic_exchange(&snapshot_of(mark)->outlived, true))
			atomic_fetch_add(&s->n_outlived, 1);
		held -= mark->dead.bytes;
	}
}

uint64_t store_n_outlived(const struct store *s)
{
	return atomic_load_explicit(&s->n_outlived, memory_order_acquire);
}

bool snapshot_outlived(const struct snapshot *snap)
{
	return atomic_load_explicit(&snap->outlived, memory_order_relaxed);
}

bool snapshot_consistent(const struct snapshot *snap)
{
	return atomic_load_explicit(&snap->consistent, memory_order_relaxed);
}

void snapshot_set_consistent(const struct snapshot *snap)
{
	atomic_store_explicit(&((struct snapshot *)snap)->consistent, true, memory_order_relaxed);
}
