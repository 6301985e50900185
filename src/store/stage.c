/* SPDX-License-Identifier: Apache-2.0
 *
 * A change is judged and staged: its group moves to the state that it leads to, in the index alone.
 */
#include <stdlib.h>

#include "store/check.h"
#include "store/own_families.h"
#include "store/store_private.h"

/* ---- states ---- */

static struct group_state *state_alloc(struct store_group *group, uint32_t n_held_max)
{
	struct group_state *state = malloc(sizeof(*state) + n_held_max * sizeof(struct held));

	if (state != NULL)
		*state = (struct group_state){
			.stamp = group->stamp,
			.group = group,
			.n_bytes = index_group_bytes(group->stamp),
		};
	return state;
}

static void state_add(struct group_state *state, struct held held)
{
	state->held[state->n_held++] = held;
	state->n_series += held.block->n_series;
	state->n_empty += held.block->n_series == 0;
	state->n_bytes += index_held_bytes(held.block);
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

enum { EXPECT_CHANGES_MAX = 64, EXPECT_HELD_MAX = 16, LINE_BYTES = 64, BLOCK_LINES_MAX = 6 };

/* The labels of an old series are compared with those of the new one. */
static void expect_block_rest(const struct block *b)
{
	for (size_t line = 2; line < BLOCK_LINES_MAX && line * LINE_BYTES < b->n_bytes; line++)
		__builtin_prefetch((const char *)b + line * LINE_BYTES);
}

/* Each pass follows one pointer for all groups of the batch, so that their misses overlap. */
static void expect_blocks(const struct group_state *const *states, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < states[i]->n_held && j < EXPECT_HELD_MAX; j++) {
			__builtin_prefetch(states[i]->held[j].block);
			__builtin_prefetch((const char *)states[i]->held[j].block + LINE_BYTES);
		}
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < states[i]->n_held && j < EXPECT_HELD_MAX; j++) {
			__builtin_prefetch(states[i]->held[j].block->place);
			expect_block_rest(states[i]->held[j].block);
		}
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < states[i]->n_held && j < EXPECT_HELD_MAX; j++)
			if (states[i]->held[j].block->n_series > 0)
				order_expect(block_place(states[i]->held[j].block, 0));
}

/* Likewise. A group is taken for the change's by its hash alone: nothing but time is lost if it is
 * another. */
static void expect_groups(const struct store_group *const *groups, uint32_t n)
{
	const struct group_state *states[EXPECT_CHANGES_MAX];
	uint32_t n_states = 0;

	for (uint32_t i = 0; i < n; i++)
		__builtin_prefetch(groups[i]);
	for (uint32_t i = 0; i < n; i++) {
		__builtin_prefetch(groups[i]->stamp);
		__builtin_prefetch((const char *)groups[i]->stamp + LINE_BYTES);
		if (groups[i]->staged == NULL)
			continue;
		__builtin_prefetch(groups[i]->staged);
		__builtin_prefetch(&groups[i]->staged->held[0]);
		__builtin_prefetch(&groups[i]->staged->held[5]);
		order_expect(groups[i]->place);
		states[n_states++] = groups[i]->staged;
	}
	expect_blocks(states, n_states);
}

void store_expect(const struct store *s, const struct change *first)
{
	const struct store_group *groups[EXPECT_CHANGES_MAX];
	const struct change *c;
	uint32_t n_changes = 0, n = 0;

	for (c = first; c != NULL && n_changes < EXPECT_CHANGES_MAX; c = c->next, n_changes++)
		if (c->stamp != NULL)
			table_expect(&s->index.groups, c->stamp->hash);
	for (c = first; c != NULL && n < EXPECT_CHANGES_MAX; c = c->next) {
		groups[n] = c->stamp == NULL ? NULL : table_guess(&s->index.groups, c->stamp->hash);
		n += groups[n] != NULL;
	}
	expect_groups(groups, n);
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
	s->moves[s->n_moves++] = (struct staged_move){.group = group, .replaced = group->staged};
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
static bool add_own_family(struct change *c, struct slice name, struct slice help,
			   struct kept_time time)
{
	uint32_t at = c->n_families;
	struct block *block = block_gauge(time.seconds);

	if (block == NULL)
		return false;
	block->pushed_ns = time.set_ns;
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

/* Adds a pushed family, `known` when the group holds it. */
static bool add_pushed(struct store *s, struct store_group *group, struct group_state *state,
		       struct store_family *known, struct change_family *pushed)
{
	struct store_family *f = known;

	/* a new holder needs room, and one without series is none yet */
	if (f == NULL || f->n_empty > 0)
		f = index_family_make(&s->index, pushed->name);
	if (f == NULL || !adopt_block(s, group, pushed))
		return false;
	state_add(state, (struct held){.family = f, .block = pushed->block});
	return true;
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
		int order = i == before->n_held  ? 1
			    : j == c->n_families ? -1
						 : slice_compare(held->family->name, pushed->name);

		if (order < 0) {
			if (keep_others || held->family->is_time)
				state_add(state, *held);
			i++;
			continue;
		}
		if (!add_pushed(s, group, state, order == 0 ? held->family : NULL, pushed)) {
			state_abandon(state);
			return NULL;
		}
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

static bool add_push_time(struct change *c, struct kept_time time)
{
	return add_own_family(c, PUSH_TIME_NAME, PUSH_TIME_HELP, time);
}

static bool add_failure_time(struct change *c, struct kept_time time)
{
	return add_own_family(c, PUSH_FAILURE_TIME_NAME, PUSH_FAILURE_TIME_HELP, time);
}

/* The times of the state that the change leads to. */
static bool add_times(struct change *c, const struct group_state *before, bool failed)
{
	struct kept_time now = {seconds(c->time_ns), c->time_ns}, never = {0, c->time_ns};

	if (c->kind == CHANGE_RESTORE)
		return add_push_time(c, c->kept_push) && add_failure_time(c, c->kept_failure);
	if (failed)
		return add_failure_time(c, now) && (before != NULL || add_push_time(c, never));
	return add_push_time(c, now) && (before != NULL || add_failure_time(c, never));
}

static void set_times(struct group_state *after, const struct change *c,
		      const struct group_state *before, bool failed)
{
	static const struct group_state none;
	double now = seconds(c->time_ns);

	if (before == NULL)
		before = &none;
	after->push_time = failed ? before->push_time : now;
	after->failure_time = failed ? now : before->failure_time;
	if (c->kind == CHANGE_RESTORE) {
		after->push_time = c->kept_push.seconds;
		after->failure_time = c->kept_failure.seconds;
	}
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
	set_times(after, c, before, failed);
	take_blocks(c);
	stage_move(s, group, after);
	return ERR_NONE;
}

enum { OWN_HELD_BYTES = 160 }; /* about index_held_bytes of a time */

/* What the store is charged with. */
struct charge {
	uint64_t n_series, n_bytes;
};

/* What of the group the push puts other things in the place of, or takes away. */
static struct charge charge_replaced(const struct store_group *group, const struct change *c)
{
	struct charge replaced = {0, 0};
	uint32_t j = 0;

	for (uint32_t i = 0; group != NULL && i < group->staged->n_held; i++) {
		const struct held *held = &group->staged->held[i];

		while (j < c->n_families &&
		       slice_compare(c->families[j].name, held->family->name) < 0)
			j++;
		if (held->family->is_time)
			continue;
		if (c->kind == CHANGE_REPLACE ||
		    (j < c->n_families && slice_eq(c->families[j].name, held->family->name))) {
			replaced.n_series += block_charge(held->block);
			replaced.n_bytes += index_held_bytes(held->block);
		}
	}
	return replaced;
}

/* What the push brings. */
static struct charge charge_pushed(const struct store_group *group, const struct change *c)
{
	struct charge pushed = {.n_series = c->n_series};

	for (uint32_t i = 0; i < c->n_families; i++)
		pushed.n_bytes += index_held_bytes(c->families[i].block);
	if (group == NULL) {
		pushed.n_series += N_OWN_FAMILIES;
		pushed.n_bytes +=
			index_group_bytes(c->stamp) + (uint64_t)N_OWN_FAMILIES * OWN_HELD_BYTES;
	}
	return pushed;
}

static bool is_over(uint64_t held, uint64_t pushed, uint64_t replaced, uint64_t limit)
{
	return limit != 0 && held + pushed > limit && held + pushed - replaced > limit;
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
	struct charge pushed = charge_pushed(group, c), replaced = {0, 0};

	if (is_over(ix->n_series + ix->n_empty, pushed.n_series, 0, ix->limits.series_max) ||
	    is_over(ix->n_bytes, pushed.n_bytes, 0, ix->limits.bytes_max))
		replaced = charge_replaced(group, c);
	if (group == NULL && ix->n_groups >= ix->limits.groups_max)
		c->full = LIMIT_STORE_GROUPS;
	else if (is_over(ix->n_series + ix->n_empty, pushed.n_series, replaced.n_series,
			 ix->limits.series_max))
		c->full = LIMIT_STORE_SERIES;
	else if (is_over(ix->n_bytes, pushed.n_bytes, replaced.n_bytes, ix->limits.bytes_max))
		c->full = LIMIT_STORE_BYTES;
	for (uint32_t i = 0; c->full == LIMIT_NONE && i < c->n_families; i++) {
		const struct store_family *f = index_family(ix, c->families[i].name);

		if (c->families[i].block->n_series > 0 && f != NULL &&
		    f->n_shapes >= ix->limits.shapes_per_family_max &&
		    one_shape_more(f, c->stamp->grouping))
			c->full = LIMIT_PUSH_SHAPES;
	}
	return c->full != LIMIT_NONE;
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
	const struct store_limits *limits = &s->index.limits;

	drop_blocks(c);
	if (c->group_at_fault)
		return;
	if (!exists && (c->verdict != ERR_CONFLICT || s->index.n_groups >= limits->groups_max ||
			(limits->bytes_max != 0 && s->index.n_bytes >= limits->bytes_max) ||
			check_group_collides(&s->index, c->stamp, &unknown) || unknown))
		return;
	if (stage_push(s, c, true) == ERR_NOMEM) {
		drop_blocks(c);
		c->verdict = ERR_NOMEM; /* a refusal is told when its time is kept, not before */
	}
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

/* The groups that the selectors take; NULL, and a verdict, when they cannot be found. All are asked
 * before the first goes, so that a refusal changes nothing. */
static struct store_group **find_selected(const struct store *s, struct change *c, size_t *ret_n)
{
	const struct table *groups = &s->index.groups;
	struct store_group **found = reallocarray(NULL, groups->n + 1, sizeof(void *));
	size_t n = 0;

	if (found == NULL) {
		c->verdict = ERR_NOMEM;
		return NULL;
	}
	for (size_t i = 0; i < groups->capacity && !c->budget.exhausted; i++) {
		struct store_group *group = groups->slots[i].item;

		if (group != NULL && group->staged != NULL &&
		    selectors_match(c->selectors, group->stamp->grouping, &c->budget))
			found[n++] = group;
	}
	*ret_n = n;
	if (!c->budget.exhausted)
		return found;
	c->verdict = ERR_BUSY;
	free(found);
	return NULL;
}

static void stage_delete_selected(struct store *s, struct change *c)
{
	size_t n;
	struct store_group **found = find_selected(s, c, &n);

	if (found == NULL)
		return;
	if (moves_reserve(s, n)) {
		for (size_t i = 0; i < n; i++)
			stage_move(s, found[i], NULL);
		c->n_deleted = n;
	} else {
		c->verdict = ERR_NOMEM;
	}
	free(found);
}

/* What a wipe comes to in some steps. */
static void expect_group(const struct order_node *leaf, uint32_t at)
{
	enum { STATES_AHEAD = 16, BLOCKS_AHEAD = 8 };
	const struct group_state *state;

	if (at + STATES_AHEAD < leaf->n)
		__builtin_prefetch(leaf->child[at + STATES_AHEAD]);
	if (at + BLOCKS_AHEAD >= leaf->n)
		return;
	state = leaf->child[at + BLOCKS_AHEAD];
	__builtin_prefetch(state->group);
	for (uint32_t i = 0; i < state->n_held && i < EXPECT_HELD_MAX; i++)
		__builtin_prefetch(state->held[i].block);
}

static void stage_away(struct store *s, struct store_group *group)
{
	if (group->staged != NULL)
		stage_move(s, group, NULL);
}

/* In the order of their keys: what was stored in that order is met, and freed, as it lies in
 * memory. */
static void stage_wipe(struct store *s, struct change *c)
{
	const struct order_node *leaf;
	struct order_walk w;

	if (!moves_reserve(s, s->index.groups.n)) {
		c->verdict = ERR_NOMEM;
		return;
	}
	order_walk_start(&w, order_root(&s->groups));
	while ((leaf = order_walk_next(&w)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *published = leaf->child[i];

			expect_group(leaf, i);
			stage_away(s, published->group);
		}
	/* Those that came with this batch are touched, so the list stays as it is. */
	for (struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched)
		stage_away(s, group);
}

void store_stage(struct store *s, struct change *c)
{
	switch (c->kind) {
	case CHANGE_DELETE:
		stage_delete(s, c);
		return;
	case CHANGE_DELETE_SELECTED:
		stage_delete_selected(s, c);
		return;
	case CHANGE_WIPE:
		stage_wipe(s, c);
		return;
	case CHANGE_RESTORE:
		c->verdict = stage_push(s, c, false);
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
