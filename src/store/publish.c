/* SPDX-License-Identifier: Apache-2.0
 *
 * What is staged becomes visible, or is undone: the difference between the published and the staged
 * state of each touched group, applied to the three ordered sequences. */
#include <stdlib.h>

#include "format/text_write.h"
#include "store/helps.h"
#include "store/store_private.h"

enum {
	CHUNK_TEXT_BYTES = 32 * 1024,
	GROUPS_PER_LEAF = 64,
	FAMILIES_PER_LEAF = 64,
};

/* ---- what stands in order ---- */

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

const struct order_ops store_family_ops = {
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

const struct order_ops store_group_ops = {
	.compare = group_order,
	.weight = weight_one,
	.placed = group_placed,
	.leaf_weight_max = GROUPS_PER_LEAF,
};

/* ---- what is replaced ---- */

static void free_dead(void *thing)
{
	free(thing);
}

static void block_drop(struct store *s, struct block *b)
{
	assert(b->n_states > 0);
	if (--b->n_states > 0)
		return;
	s->live_bytes -= b->born == 0 ? 0 : b->n_bytes;
	if (b->n_series > 1)
		free(b->place);
	if (b->born == 0)
		block_free(b);
	else
		epoch_retire(&s->epoch, b, b->born, free_dead);
}

static size_t state_bytes(const struct group_state *state)
{
	return sizeof(*state) + state->n_held * sizeof(state->held[0]);
}

static void state_drop(struct store *s, struct group_state *state)
{
	if (state == NULL)
		return;
	s->live_bytes -= state->born == 0 ? 0 : state_bytes(state);
	for (uint32_t i = 0; i < state->n_held; i++)
		block_drop(s, state->held[i].block);
	if (state->born == 0)
		free(state);
	else
		epoch_retire(&s->epoch, state, state->born, free_dead);
}

enum { GROUPS_AHEAD = 24, STATES_AHEAD = 12, BLOCKS_AHEAD = 6 };

/* As much as most states take. */
static void state_expect(const struct group_state *state)
{
	if (state == NULL)
		return;
	__builtin_prefetch(state);
	__builtin_prefetch(&state->held[0]);
	__builtin_prefetch(&state->held[5]);
}

/* What drop_replaced comes to in some steps: after a wipe all of it is cold. */
static void expect_replaced(const struct store *s, size_t at)
{
	const struct group_state *state;

	if (at + STATES_AHEAD < s->n_moves)
		state_expect(s->moves[at + STATES_AHEAD].replaced);
	if (at + BLOCKS_AHEAD < s->n_moves) {
		state = s->moves[at + BLOCKS_AHEAD].replaced;
		for (uint32_t i = 0; state != NULL && i < state->n_held; i++)
			__builtin_prefetch(state->held[i].block);
	}
}

/* The same for a walk over the touched groups that has come to that of move `at`, backwards. */
static void expect_touched(const struct store *s, size_t at)
{
	const struct store_group *group;

	if (at < GROUPS_AHEAD)
		return;
	__builtin_prefetch(s->moves[at - GROUPS_AHEAD].group);
	group = s->moves[at - STATES_AHEAD].group;
	state_expect(group->published);
}

static void drop_replaced(struct store *s)
{
	for (size_t i = 0; i < s->n_moves; i++) {
		struct staged_move *m = &s->moves[i];

		expect_replaced(s, i);
		if (m->replaced != NULL && m->replaced == m->group->published)
			m->replaced = m->group->outdated; /* see state_renew */
		state_drop(s, m->replaced);
	}
	s->n_moves = 0;
}

/* ---- publishing ---- */

static void place_new(struct block *b)
{
	if (b->n_series <= 1)
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

/* The usual push, where no reader saw the one before it: its numbers are written over the old ones,
 * which stay where they are, and its block goes to the replaced state, to be freed with it. So
 * memory keeps the order in which groups came, and what is freed was touched just now. */
static bool block_renew(struct store *s, struct held *from, struct held *to)
{
	struct block *old = from->block, *new = to->block;

	if (old->n_states > 1 || new->n_states > 1 || new->born != 0 ||
	    epoch_visible(&s->epoch, old->born) || !block_same_layout(old, new))
		return false;
	block_overwrite(old, new);
	for (uint32_t i = 0; i < old->n_series; i++)
		order_renew(&to->family->series, block_place(old, i));
	from->block = new;
	to->block = old;
	return true;
}

static void family_ready(struct store *s, struct store_family *f, const struct block *b)
{
	f->born = f->born == 0 ? s->epoch.now : f->born;
	if (f->series.root == NULL && b->n_series > 0)
		order_init(&f->series, &series_ops, &s->epoch);
}

static void held_publish(struct store *s, struct held *from, struct held *to)
{
	if (to == NULL) {
		/* with its last holder the whole order goes (family_withdraw) */
		if (from->family->n_groups > 0)
			series_remove(from->family, from->block);
		return;
	}
	family_ready(s, to->family, to->block);
	if (to->block->help != NULL && to->block->help->born == 0)
		((struct help *)to->block->help)->born = s->epoch.now;
	if (from != NULL && from->block != to->block && block_renew(s, from, to))
		return;
	if (to->block->born == 0) {
		to->block->born = s->epoch.now;
		s->live_bytes += to->block->n_bytes;
	}
	if (from == NULL)
		series_add(to->family, to->block);
	else if (from->block != to->block)
		series_exchange(to->family, from->block, to->block);
}

static void group_publish_series(struct store *s, struct group_state *from, struct group_state *to)
{
	uint32_t i = 0, j = 0;

	while (i < from->n_held || j < to->n_held) {
		struct held *old = i < from->n_held ? &from->held[i] : NULL;
		struct held *new = j < to->n_held ? &to->held[j] : NULL;
		int order = old == NULL   ? 1
			    : new == NULL ? -1
			    : old->family == new->family
				    ? 0
				    : slice_compare(old->family->name, new->family->name);

		held_publish(s, order <= 0 ? old : NULL, order >= 0 ? new : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

/* As block_renew: the staged state and the published one exchange what they say. The old words, in
 * the staged one's memory, are the group's `outdated`. */
static bool state_renew(struct store *s, struct store_group *group)
{
	struct group_state *from = group->published, *to = group->staged;
	const struct group_state old = *from;

	if (epoch_visible(&s->epoch, from->born) || from->n_held != to->n_held)
		return false;
	*from = *to;
	*to = old;
	for (uint32_t i = 0; i < from->n_held; i++) {
		const struct held held = from->held[i];

		from->held[i] = to->held[i];
		to->held[i] = held;
	}
	group->staged = from;
	group->outdated = to;
	return true;
}

static void group_publish(struct store *s, struct store_group *group)
{
	static struct group_state none; /* holds nothing */
	struct group_state *from = group->published, *to = group->staged;

	if (from == to)
		return;
	if (to != NULL) {
		to->born = s->epoch.now;
		s->live_bytes += state_bytes(to);
	}
	group_publish_series(s, from == NULL ? &none : from, to == NULL ? &none : to);
	if (from == NULL)
		order_insert(&s->groups, to);
	else if (to == NULL && s->index.n_groups > 0)
		order_remove(&s->groups, group->place, from);
	else if (to != NULL && state_renew(s, group))
		order_renew(&s->groups, group->place);
	else if (to != NULL)
		order_replace(&s->groups, group->place, from, to);
	group->published = group->staged;
}

/* No reader of series sees it any more; groups may hold it without. */
static void family_withdraw(struct store *s, struct store_family *f)
{
	if (f->version != NULL) {
		order_remove(&s->families, f->place, f->version);
		epoch_retire(&s->epoch, f->version, f->version->born, free_dead);
		f->version = NULL;
	}
	if (f->series.root != NULL)
		order_free(&f->series);
	f->help_came = false;
	f->exposed_help = NULL;
	if (f->n_empty == 0)
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
	epoch_retire(&s->epoch, old, old->born, free_dead);
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

	if (s->index.n_groups == 0)
		index_forget_groups(&s->index);
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
	size_t at = s->n_moves; /* the newest touched stands first in the list */

	if (s->index.touched_groups == NULL && s->index.touched_families == NULL)
		return;
	must_ok(pthread_mutex_lock(&s->mutex));
	for (struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched) {
		expect_touched(s, at);
		at -= at > 0;
		group_publish(s, group);
	}
	if (s->index.n_groups == 0) {
		order_free(&s->groups);
		order_init(&s->groups, &store_group_ops, &s->epoch);
	}
	settle_families(s, SETTLE_PUBLISHED);
	drop_replaced(s);
	settle_groups(s);
	s->n_groups = s->index.n_groups;
	s->n_series = s->index.n_series;
	s->version++;
	s->latest = NULL;
	store_outlive(s);
	must_ok(pthread_mutex_unlock(&s->mutex));
}

static int group_by_key(const void *a_ptr, const void *b_ptr)
{
	const struct store_group *const *a = a_ptr, *const *b = b_ptr;

	return labels_compare_as_key((*a)->stamp->grouping, (*b)->stamp->grouping);
}

/* Puts the touched groups in the order of their keys. */
static void sort_touched(struct index *ix, struct store_group **groups, size_t n)
{
	bool sorted = true;

	for (struct store_group *group = ix->touched_groups; group != NULL;
	     group = group->next_touched)
		groups[--n] = group; /* they stand in the list with the last one first */
	for (n = 1; n < ix->n_groups && sorted; n++)
		sorted = group_by_key(&groups[n - 1], &groups[n]) <= 0;
	if (!sorted)
		qsort(groups, ix->n_groups, sizeof(struct store_group *), group_by_key);
	ix->touched_groups = NULL;
	for (n = ix->n_groups; n > 0; n--) {
		groups[n - 1]->next_touched = ix->touched_groups;
		ix->touched_groups = groups[n - 1];
	}
}

void store_publish_loaded(struct store *s)
{
	struct store_group **groups;
	size_t n = 0;

	for (const struct store_group *group = s->index.touched_groups; group != NULL;
	     group = group->next_touched)
		n++;
	groups =
		n == s->index.n_groups ? reallocarray(NULL, n, sizeof(struct store_group *)) : NULL;
	if (groups != NULL)
		sort_touched(&s->index, groups, n);
	free(groups);
	store_publish(s);
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
