/* SPDX-License-Identifier: Apache-2.0
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
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>

#include "format/text_write.h"
#include "store/check.h"
#include "store/helps.h"
#include "store/own_families.h"

enum {
	CHUNK_TEXT_BYTES = 32 * 1024,
	GROUPS_PER_LEAF = 64,
	FAMILIES_PER_LEAF = 64,
};

struct snapshot {
	struct store *store;
	struct epoch_mark mark;
	uint32_t n_refs;        /* under the store's mutex */
	atomic_bool consistent; /* a reader found it so */
	const struct order_node *families, *groups;
	uint64_t n_groups, n_series;
};

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
	struct snapshot *latest;       /* of the present generation; NULL: the store changed since */
	uint64_t n_groups, n_series;   /* published */

	/* owned by the keeper */
	struct index index;
	struct staged_move *moves;
	size_t n_moves, moves_capacity;
};

/* ---- what stands in order ---- */

/* A block of one series keeps its place itself, another one has a table. */
static struct order_place block_place(const struct block *b, uint32_t i)
{
	if (b->n_series == 1)
		return (struct order_place){b->place, b->place_at};
	return ((struct order_place *)b->place)[i];
}

static void block_set_place(struct block *b, uint32_t i, struct order_place place)
{
	if (b->n_series == 1) {
		b->place = place.leaf;
		b->place_at = (uint16_t)place.at;
	} else {
		((struct order_place *)b->place)[i] = place;
	}
}

static int series_order(const void *a, const void *b)
{
	return series_compare(a, b);
}

/* The weight of a series in its chunk must not depend on how its family is called, which a block
 * does not know: a name of usual length stands in. */
static uint32_t series_weight(const void *series)
{
	return text_series_bytes(SLICE("a_metric_name_of_usual_length"), series);
}

static void series_placed(const void *series, struct order_place place)
{
	const struct series *s = series;

	block_set_place((struct block *)series_block(s), s->index, place);
}

static void made_drop(void *thing)
{
	struct made *made = thing;

	if (made != NULL)
		made->drop(made);
}

static const struct order_ops series_ops = {
	.compare = series_order,
	.weight = series_weight,
	.placed = series_placed,
	.drop_made = made_drop,
	.leaf_weight_max = CHUNK_TEXT_BYTES,
};

static uint32_t weight_one(const void *entry)
{
	(void)entry;
	return 1;
}

static int family_order(const void *a, const void *b)
{
	return slice_compare(((const struct store_family_version *)a)->name,
			     ((const struct store_family_version *)b)->name);
}

static void family_placed(const void *entry, struct order_place place)
{
	((const struct store_family_version *)entry)->family->place = place;
}

static const struct order_ops family_ops = {
	.compare = family_order,
	.weight = weight_one,
	.placed = family_placed,
	.leaf_weight_max = FAMILIES_PER_LEAF,
};

static int group_order(const void *a, const void *b)
{
	return labels_compare_as_key(((const struct group_state *)a)->stamp->grouping,
				     ((const struct group_state *)b)->stamp->grouping);
}

static void group_placed(const void *entry, struct order_place place)
{
	((const struct group_state *)entry)->group->place = place;
}

static const struct order_ops group_ops = {
	.compare = group_order,
	.weight = weight_one,
	.placed = group_placed,
	.leaf_weight_max = GROUPS_PER_LEAF,
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
	order_init(&s->families, &family_ops, &s->epoch);
	order_init(&s->groups, &group_ops, &s->epoch);
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

/* ---- states ---- */

static void free_dead(void *thing)
{
	free(thing);
}

static void block_drop(struct store *s, struct block *b)
{
	assert(b->n_states > 0);
	if (--b->n_states > 0)
		return;
	if (b->n_series > 1)
		free(b->place);
	if (b->born == 0)
		block_free(b);
	else
		epoch_retire(&s->epoch, b, b->born, free_dead);
}

static void state_drop(struct store *s, struct group_state *state)
{
	if (state == NULL)
		return;
	for (uint32_t i = 0; i < state->n_held; i++)
		block_drop(s, state->held[i].block);
	if (state->born == 0)
		free(state);
	else
		epoch_retire(&s->epoch, state, state->born, free_dead);
}

static struct group_state *state_alloc(struct store_group *group, uint32_t n_held_max)
{
	struct group_state *state = malloc(sizeof(*state) + n_held_max * sizeof(struct held));

	if (state != NULL)
		*state = (struct group_state){.stamp = group->stamp, .group = group};
	return state;
}

static void state_add(struct group_state *state, struct held held)
{
	state->held[state->n_held++] = held;
	state->n_series += held.block->n_series;
	held.block->n_states++;
}

/* Undoes state_add for a state that was never staged; the blocks go back to their owners. */
static void state_abandon(struct group_state *state)
{
	for (uint32_t i = 0; i < state->n_held; i++)
		state->held[i].block->n_states--;
	free(state);
}

/* ---- fetching ahead ---- */

enum { EXPECT_CHANGES_MAX = 64, EXPECT_HELD_MAX = 16 };

/* Each pass follows one pointer for all groups of the batch, so that their misses overlap. */
static void expect_groups(const struct group_state *const *states, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < states[i]->n_held && j < EXPECT_HELD_MAX; j++) {
			__builtin_prefetch(states[i]->held[j].block);
			__builtin_prefetch(states[i]->held[j].block + 1);
		}
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < states[i]->n_held && j < EXPECT_HELD_MAX; j++)
			__builtin_prefetch(states[i]->held[j].block->place);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < states[i]->n_held && j < EXPECT_HELD_MAX; j++)
			order_expect(block_place(states[i]->held[j].block, 0));
}

void store_expect(const struct store *s, const struct change *first)
{
	const struct group_state *states[EXPECT_CHANGES_MAX];
	uint32_t n_changes = 0, n = 0;

	for (const struct change *c = first; c != NULL && n_changes < EXPECT_CHANGES_MAX;
	     c = c->next, n_changes++)
		if (c->stamp != NULL)
			table_expect(&s->index.groups, c->stamp->hash);
	for (const struct change *c = first; c != NULL && n < EXPECT_CHANGES_MAX; c = c->next) {
		const struct store_group *group =
			c->stamp == NULL ? NULL : index_group(&s->index, c->stamp);

		if (group != NULL && group->staged != NULL) {
			__builtin_prefetch(group->staged);
			__builtin_prefetch(&group->staged->held[2]);
			order_expect(group->place);
			states[n++] = group->staged;
		}
	}
	expect_groups(states, n);
}

/* ---- staging ---- */

static bool moves_reserve(struct store *s, size_t n)
{
	struct staged_move *moves;
	size_t capacity = s->moves_capacity * 2 + 16 + n;

	if (s->n_moves + n <= s->moves_capacity)
		return true;
	moves = reallocarray(s->moves, capacity, sizeof(*moves));
	if (moves == NULL)
		return false;
	s->moves = moves;
	s->moves_capacity = capacity;
	return true;
}

/* Room for the move was reserved. */
static void stage_move(struct store *s, struct store_group *group, struct group_state *to)
{
	assert(s->n_moves < s->moves_capacity);
	s->moves[s->n_moves++] =
		(struct staged_move){.group = group, .replaced = group->staged};
	index_move(&s->index, group, to);
}

/* Gives the block of a pushed family what it shares with others. */
static bool adopt_block(struct store *s, struct store_group *group, struct change_family *pushed)
{
	pushed->block->stamp = group->stamp;
	pushed->block->help = NULL;
	if (!pushed->has_help)
		return true;
	pushed->block->help = index_help_make(&s->index, pushed->help);
	return pushed->block->help != NULL;
}

/* Puts a family of the store's own among those of the change, in order. */
static bool add_own_family(struct change *c, struct slice name, struct slice help, double value)
{
	uint32_t at = c->n_families;
	struct block *block = block_gauge(value);

	if (block == NULL)
		return false;
	block->pushed_ns = c->time_ns;
	for (; at > 0 && slice_compare(c->families[at - 1].name, name) > 0; at--)
		c->families[at] = c->families[at - 1];
	c->families[at] = (struct change_family){
		.name = name, .help = help, .has_help = true, .block = block};
	c->n_families++;
	return true;
}

static double seconds(int64_t time_ns)
{
	return (double)time_ns / 1e9;
}

/* What the group holds after the change: `keep_others` of its present state, and all of the
 * change's families. NULL: out of memory. */
static struct group_state *state_after(struct store *s, struct store_group *group, struct change *c,
				       bool keep_others)
{
	static const struct group_state none;
	const struct group_state *before = group->staged == NULL ? &none : group->staged;
	struct group_state *state = state_alloc(group, before->n_held + c->n_families);
	uint32_t i = 0, j = 0;

	while (state != NULL && (i < before->n_held || j < c->n_families)) {
		const struct held *held = &before->held[i];
		struct change_family *pushed = &c->families[j];
		int order = i == before->n_held ? 1
			    : j == c->n_families
				    ? -1
				    : slice_compare(held->family->name, pushed->name);
		struct store_family *f;

		if (order < 0) {
			if (keep_others || held->family->is_time)
				state_add(state, *held);
			i++;
			continue;
		}
		f = order == 0 ? held->family : index_family_make(&s->index, pushed->name);
		if (f == NULL || !adopt_block(s, group, pushed)) {
			state_abandon(state);
			return NULL;
		}
		state_add(state, (struct held){.family = f, .block = pushed->block});
		i += order == 0;
		j++;
	}
	return state;
}

/* From now on the blocks are the state's. */
static void take_blocks(struct change *c)
{
	for (uint32_t i = 0; i < c->n_families; i++)
		c->families[i].block = NULL;
	c->n_families = 0;
}

static void drop_blocks(struct change *c)
{
	for (uint32_t i = 0; i < c->n_families; i++)
		block_free(c->families[i].block);
	c->n_families = 0;
}

/* The times of the state that the change leads to. */
static bool add_times(struct change *c, const struct group_state *before, bool failed)
{
	if (failed)
		return add_own_family(c, PUSH_FAILURE_TIME_NAME, PUSH_FAILURE_TIME_HELP,
				      seconds(c->time_ns)) &&
		       (before != NULL ||
			add_own_family(c, PUSH_TIME_NAME, PUSH_TIME_HELP, 0));
	return add_own_family(c, PUSH_TIME_NAME, PUSH_TIME_HELP, seconds(c->time_ns)) &&
	       (before != NULL ||
		add_own_family(c, PUSH_FAILURE_TIME_NAME, PUSH_FAILURE_TIME_HELP, 0));
}

static enum err_code stage_push(struct store *s, struct change *c, bool failed)
{
	struct store_group *group;
	struct group_state *before, *after;

	if (!moves_reserve(s, 1))
		return ERR_NOMEM;
	group = index_group_make(&s->index, &c->stamp);
	if (group == NULL)
		return ERR_NOMEM;
	before = group->staged;
	after = add_times(c, before, failed)
			? state_after(s, group, c, failed || c->kind == CHANGE_MERGE)
			: NULL;
	if (after == NULL) {
		index_touch_group(&s->index, group); /* a new one goes again */
		return ERR_NOMEM;
	}
	after->push_time = failed ? (before == NULL ? 0 : before->push_time) : seconds(c->time_ns);
	after->failure_time = failed ? seconds(c->time_ns) : before == NULL ? 0 : before->failure_time;
	take_blocks(c);
	stage_move(s, group, after);
	return ERR_NONE;
}

/* How many series of the group the push puts others in the place of, or takes away. */
static uint64_t series_replaced(const struct store_group *group, const struct change *c)
{
	uint64_t n = 0;
	uint32_t j = 0;

	for (uint32_t i = 0; group != NULL && i < group->staged->n_held; i++) {
		const struct held *held = &group->staged->held[i];

		while (j < c->n_families && slice_compare(c->families[j].name, held->family->name) < 0)
			j++;
		if (held->family->is_time)
			continue;
		if (c->kind == CHANGE_REPLACE ||
		    (j < c->n_families && slice_eq(c->families[j].name, held->family->name)))
			n += held->block->n_series;
	}
	return n;
}

static bool one_shape_more(const struct store_family *f, struct labels grouping)
{
	for (uint32_t i = 0; i < f->n_shapes; i++)
		if (index_shape_fits(f->shapes[i].shape, grouping))
			return false;
	return true;
}

/* Would the push put the store over a limit? */
static bool over_limit(const struct store *s, struct change *c)
{
	const struct index *ix = &s->index;
	const struct store_group *group = index_group(ix, c->stamp);
	uint64_t n_series = ix->n_series + c->n_series + (group == NULL ? N_OWN_FAMILIES : 0);

	if (group == NULL && ix->n_groups >= ix->limits.groups_max)
		c->full = "store.max-groups";
	else if (n_series > ix->limits.series_max &&
		 n_series - series_replaced(group, c) > ix->limits.series_max)
		c->full = "store.max-series";
	for (uint32_t i = 0; c->full == NULL && i < c->n_families; i++) {
		const struct store_family *f = index_family(ix, c->families[i].name);

		if (f != NULL && f->n_shapes >= ix->limits.shapes_per_family_max &&
		    one_shape_more(f, c->stamp->grouping))
			c->full = "push.max-shapes-per-family";
	}
	return c->full != NULL;
}

static void judge(struct store *s, struct change *c)
{
	if (c->verdict != ERR_NONE)
		return;
	if (over_limit(s, c)) {
		c->verdict = ERR_FULL;
		return;
	}
	if (!c->unchecked)
		check_push(&s->index, c);
	if (c->verdict == ERR_NONE && c->faults.n > 0)
		c->verdict = ERR_CONFLICT;
}

/* A refused push leaves its time in its group, which is made for that when there is room. */
static void stage_failure(struct store *s, struct change *c)
{
	/* the stamp is gone when the end of memory came after a new group had taken it */
	bool exists = c->stamp != NULL && index_group(&s->index, c->stamp) != NULL, unknown;

	drop_blocks(c);
	if (c->group_at_fault)
		return;
	if (!exists && (c->verdict != ERR_CONFLICT ||
			s->index.n_groups >= s->index.limits.groups_max ||
			check_group_collides(&s->index, c->stamp, &unknown) || unknown))
		return;
	if (stage_push(s, c, true) == ERR_NOMEM)
		drop_blocks(c);
}

static void stage_delete(struct store *s, struct change *c)
{
	struct store_group *group = index_group(&s->index, c->stamp);

	if (group == NULL)
		return;
	if (moves_reserve(s, 1))
		stage_move(s, group, NULL);
	else
		c->verdict = ERR_NOMEM;
}

static void stage_wipe(struct store *s, struct change *c)
{
	struct table *groups = &s->index.groups;

	if (!moves_reserve(s, groups->n)) {
		c->verdict = ERR_NOMEM;
		return;
	}
	for (size_t i = 0; i < groups->capacity; i++) {
		struct store_group *group = groups->slots[i].item;

		if (group != NULL && group->staged != NULL)
			stage_move(s, group, NULL);
	}
}

void store_stage(struct store *s, struct change *c)
{
	switch (c->kind) {
	case CHANGE_DELETE:
		stage_delete(s, c);
		return;
	case CHANGE_WIPE:
		stage_wipe(s, c);
		return;
	case CHANGE_REPLACE:
	case CHANGE_MERGE:
		judge(s, c);
		if (c->verdict == ERR_NONE)
			c->verdict = stage_push(s, c, false);
		if (c->verdict != ERR_NONE)
			stage_failure(s, c);
		return;
	}
	not_reached();
}

/* ---- publishing ---- */

static void place_new(struct block *b)
{
	if (b->n_series == 1)
		return;
	b->place = calloc(b->n_series, sizeof(struct order_place));
	assert(b->place != NULL); /* as order.h: the change is durable by now */
}

static void series_add(struct store_family *f, struct block *b)
{
	place_new(b);
	for (uint32_t i = 0; i < b->n_series; i++)
		order_insert(&f->series, block_series(b, i));
}

static void series_remove(struct store_family *f, const struct block *b)
{
	for (uint32_t i = 0; i < b->n_series; i++)
		order_remove(&f->series, block_place(b, i), block_series(b, i));
}

static bool same_label_sets(const struct block *a, const struct block *b)
{
	if (a->n_series != b->n_series)
		return false;
	for (uint32_t i = 0; i < a->n_series; i++)
		if (!labels_eq(series_own_labels(block_series(a, i)),
			       series_own_labels(block_series(b, i))))
			return false;
	return true;
}

/* The usual push: every series takes the place of its predecessor, and nothing is searched. Both
 * share the table of places until all are exchanged: a replacement may move those still to come. */
static void series_exchange_all(struct store_family *f, struct block *from, struct block *to)
{
	to->place = from->place;
	for (uint32_t i = 0; i < to->n_series; i++)
		order_replace(&f->series, block_place(from, i), block_series(from, i),
			      block_series(to, i));
	if (from->n_series > 1)
		from->place = NULL;
}

static void series_exchange(struct store_family *f, struct block *from, struct block *to)
{
	uint32_t i = 0, j = 0;

	if (same_label_sets(from, to)) {
		series_exchange_all(f, from, to);
		return;
	}
	place_new(to);
	while (i < from->n_series || j < to->n_series) {
		const struct series *old = i < from->n_series ? block_series(from, i) : NULL;
		const struct series *new = j < to->n_series ? block_series(to, j) : NULL;
		int order = old == NULL ? 1 : new == NULL ? -1 : series_compare(old, new);

		if (order == 0)
			order_replace(&f->series, block_place(from, i), old, new);
		else if (order < 0)
			order_remove(&f->series, block_place(from, i), old);
		else
			order_insert(&f->series, new);
		i += order <= 0;
		j += order >= 0;
	}
}

static void family_ready(struct store *s, struct store_family *f)
{
	if (f->series.root != NULL)
		return;
	order_init(&f->series, &series_ops, &s->epoch);
	f->born = s->epoch.now;
}

static void held_publish(struct store *s, const struct held *from, const struct held *to)
{
	if (to == NULL) {
		series_remove(from->family, from->block);
		return;
	}
	family_ready(s, to->family);
	to->block->born = to->block->born == 0 ? s->epoch.now : to->block->born;
	if (to->block->help != NULL && to->block->help->born == 0)
		((struct help *)to->block->help)->born = s->epoch.now;
	if (from == NULL)
		series_add(to->family, to->block);
	else if (from->block != to->block)
		series_exchange(to->family, from->block, to->block);
}

static void group_publish_series(struct store *s, const struct group_state *from,
				 const struct group_state *to)
{
	uint32_t i = 0, j = 0;

	while (i < from->n_held || j < to->n_held) {
		const struct held *old = i < from->n_held ? &from->held[i] : NULL;
		const struct held *new = j < to->n_held ? &to->held[j] : NULL;
		int order = old == NULL	  ? 1
			    : new == NULL ? -1
			    : old->family == new->family
				    ? 0
				    : slice_compare(old->family->name, new->family->name);

		held_publish(s, order <= 0 ? old : NULL, order >= 0 ? new : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

static void group_publish(struct store *s, struct store_group *group)
{
	static const struct group_state none;
	struct group_state *from = group->published, *to = group->staged;

	if (from == to)
		return;
	if (to != NULL)
		to->born = s->epoch.now;
	group_publish_series(s, from == NULL ? &none : from, to == NULL ? &none : to);
	if (from == NULL)
		order_insert(&s->groups, to);
	else if (to == NULL)
		order_remove(&s->groups, group->place, from);
	else
		order_replace(&s->groups, group->place, from, to);
	group->published = to;
}

static void version_free(void *thing)
{
	struct store_family_version *version = thing;

	made_drop(atomic_load_explicit(&version->head, memory_order_acquire));
	free(version);
}

static void family_withdraw(struct store *s, struct store_family *f)
{
	if (f->version != NULL) {
		order_remove(&s->families, f->place, f->version);
		epoch_retire(&s->epoch, f->version, f->version->born, version_free);
		f->version = NULL;
	}
	if (f->series.root != NULL) {
		assert(order_first(order_root(&f->series)) == NULL);
		order_free(&f->series);
	}
	index_drop_family(&s->index, f);
}

enum settling { SETTLE_PUBLISHED, SETTLE_DISCARDED };

/* Shows readers the family as it is now. */
static void family_publish(struct store *s, struct store_family *f, enum settling how)
{
	struct store_family_version *old = f->version, *version;
	const struct order_node *root = order_root(&f->series);
	const struct block *first = series_block(order_first(root));
	const struct help *help = first->help;
	enum metric_type type = first->type;

	if (f->help_came && how == SETTLE_PUBLISHED)
		helps_report(f, type);
	f->help_came = false;
	f->exposed_help = help;
	if (old != NULL && old->series == root && old->help == help && old->type == type)
		return;
	version = malloc(sizeof(*version));
	assert(version != NULL); /* as order.h: the change is durable by now */
	*version = (struct store_family_version){.born = s->epoch.now,
						 .type = type,
						 .name = f->name,
						 .help = help,
						 .series = root,
						 .family = f};
	f->version = version;
	if (old == NULL) {
		order_insert(&s->families, version);
		return;
	}
	order_replace(&s->families, f->place, old, version);
	epoch_retire(&s->epoch, old, old->born, version_free);
}

static void settle_families(struct store *s, enum settling how)
{
	struct store_family *next;

	for (struct store_family *f = s->index.touched_families; f != NULL; f = next) {
		next = f->next_touched;
		f->touched = false;
		if (f->n_groups == 0)
			family_withdraw(s, f);
		else
			family_publish(s, f, how);
	}
	s->index.touched_families = NULL;
	index_drop_helps(&s->index);
}

static void settle_groups(struct store *s)
{
	struct store_group *next;

	for (struct store_group *group = s->index.touched_groups; group != NULL; group = next) {
		next = group->next_touched;
		group->touched = false;
		if (group->staged == NULL)
			index_drop_group(&s->index, group);
	}
	s->index.touched_groups = NULL;
}

void store_publish(struct store *s)
{
	if (s->index.touched_groups == NULL && s->index.touched_families == NULL)
		return;
	must_ok(pthread_mutex_lock(&s->mutex));
	for (struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched)
		group_publish(s, group);
	settle_families(s, SETTLE_PUBLISHED);
	for (size_t i = 0; i < s->n_moves; i++)
		state_drop(s, s->moves[i].replaced);
	s->n_moves = 0;
	settle_groups(s);
	s->n_groups = s->index.n_groups;
	s->n_series = s->index.n_series;
	s->latest = NULL;
	must_ok(pthread_mutex_unlock(&s->mutex));
}

void store_discard(struct store *s)
{
	must_ok(pthread_mutex_lock(&s->mutex));
	while (s->n_moves > 0) {
		struct staged_move move = s->moves[--s->n_moves];
		struct group_state *staged = move.group->staged;

		index_move(&s->index, move.group, move.replaced);
		state_drop(s, staged);
	}
	settle_families(s, SETTLE_DISCARDED);
	settle_groups(s);
	must_ok(pthread_mutex_unlock(&s->mutex));
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
				  .n_series = s->n_series};
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

uint64_t snapshot_n_groups(const struct snapshot *snap)
{
	return snap->n_groups;
}

uint64_t snapshot_n_series(const struct snapshot *snap)
{
	return snap->n_series;
}

void *family_head_keep(const struct store_family_version *shared, void *head)
{
	struct store_family_version *version = (struct store_family_version *)shared;
	void *fixed = NULL;

	if (atomic_compare_exchange_strong_explicit(&version->head, &fixed, head,
						    memory_order_acq_rel, memory_order_acquire))
		return head;
	made_drop(head);
	return fixed;
}

bool snapshot_consistent(const struct snapshot *snap)
{
	return atomic_load_explicit(&snap->consistent, memory_order_relaxed);
}

void snapshot_set_consistent(const struct snapshot *snap)
{
	atomic_store_explicit(&((struct snapshot *)snap)->consistent, true, memory_order_relaxed);
}
