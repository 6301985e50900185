/* SPDX-License-Identifier: Apache-2.0 */
#include "store/index.h"

#include <stdlib.h>
#include <xxhash.h>

enum { SCRATCH_BYTES_MAX = 64 * 1024 * 1024 };

void index_init(struct index *ix, const struct store_limits *limits, struct epoch *epoch)
{
	struct table empty = {.secret = limits->hash_secret};

	*ix = (struct index){.limits = *limits,
			     .epoch = epoch,
			     .groups = empty,
			     .families = empty,
			     .shapes = empty,
			     .helps = empty};
	arena_init(&ix->scratch, SCRATCH_BYTES_MAX);
}

void index_free(struct index *ix)
{
	assert(ix->groups.n == 0 && ix->families.n == 0 && ix->shapes.n == 0 && ix->helps.n == 0);
	table_free(&ix->groups);
	table_free(&ix->families);
	table_free(&ix->shapes);
	table_free(&ix->helps);
	arena_free(&ix->scratch);
}

static bool group_has_labels(const void *item, const void *key)
{
	const struct store_group *group = item;
	const struct labels *labels = key;

	return labels_eq(group->stamp->grouping, *labels);
}

static struct store_group *group_find(const struct index *ix, uint64_t hash, struct labels labels)
{
	return table_find(&ix->groups, hash, group_has_labels, &labels);
}

struct store_group *index_group_by_labels(const struct index *ix, uint64_t hash,
					  struct labels labels)
{
	struct store_group *group = group_find(ix, hash, labels);

	return group == NULL || group->staged == NULL ? NULL : group;
}

struct store_group *index_group(const struct index *ix, const struct stamp *stamp)
{
	return index_group_by_labels(ix, stamp->hash, stamp->grouping);
}

static uint64_t shape_hash(struct labels labels)
{
	uint64_t hash = 0;
	struct label label;

	for (struct slice rest = labels.bytes; labels_next(&rest, &label);)
		hash = XXH3_64bits_withSeed(label.name.ptr, label.name.len, hash + 1);
	return hash;
}

bool index_shape_fits(const struct shape *shape, struct labels grouping)
{
	struct slice rest = grouping.bytes;
	struct label label;

	if (shape->n_names != grouping.n)
		return false;
	for (uint32_t i = 0; labels_next(&rest, &label); i++)
		if (!slice_eq(shape->names[i], label.name))
			return false;
	return true;
}

static bool shape_has_names(const void *item, const void *key)
{
	return index_shape_fits(item, *(const struct labels *)key);
}

static size_t name_bytes(struct labels labels)
{
	size_t bytes = 0;
	struct label label;

	for (struct slice rest = labels.bytes; labels_next(&rest, &label);)
		bytes += label.name.len;
	return bytes;
}

static struct shape *shape_new(struct labels labels, uint64_t hash)
{
	struct shape *shape =
		malloc(sizeof(*shape) + labels.n * sizeof(struct slice) + name_bytes(labels));
	struct slice rest = labels.bytes;
	struct label label;
	char *text;

	if (shape == NULL)
		return NULL;
	*shape = (struct shape){.hash = hash, .n_names = labels.n};
	text = (char *)&shape->names[labels.n];
	for (uint32_t i = 0; labels_next(&rest, &label); i++) {
		memcpy(text, label.name.ptr, label.name.len);
		shape->names[i] = (struct slice){text, label.name.len};
		text += label.name.len;
	}
	return shape;
}

static struct shape *shape_take(struct index *ix, struct labels labels)
{
	uint64_t hash = shape_hash(labels);
	struct shape *shape = table_find(&ix->shapes, hash, shape_has_names, &labels);

	if (shape == NULL) {
		shape = shape_new(labels, hash);
		if (shape == NULL || !table_add(&ix->shapes, hash, shape)) {
			free(shape);
			return NULL;
		}
	}
	shape->n_groups++;
	return shape;
}

static void shape_drop(struct index *ix, struct shape *shape)
{
	if (--shape->n_groups > 0)
		return;
	table_remove(&ix->shapes, shape->hash, shape);
	free(shape);
}

struct store_group *index_group_make(struct index *ix, struct stamp **stamp)
{
	struct store_group *group = group_find(ix, (*stamp)->hash, (*stamp)->grouping);
	struct shape *shape;

	if (group != NULL)
		return group;
	shape = shape_take(ix, (*stamp)->grouping);
	if (shape == NULL)
		return NULL;
	group = malloc(sizeof(*group));
	if (group == NULL || !table_add(&ix->groups, (*stamp)->hash, group)) {
		free(group);
		shape_drop(ix, shape);
		return NULL;
	}
	*group = (struct store_group){.stamp = *stamp, .shape = shape};
	*stamp = NULL;
	return group;
}

static void stamp_free_dead(void *stamp)
{
	stamp_free(stamp);
}

void index_forget_groups(struct index *ix)
{
	assert(ix->n_groups == 0);
	table_free(&ix->groups);
}

void index_drop_group(struct index *ix, struct store_group *group)
{
	assert(group->staged == NULL && group->published == NULL);
	if (ix->groups.n > 0)
		table_remove(&ix->groups, group->stamp->hash, group);
	shape_drop(ix, group->shape);
	epoch_retire(ix->epoch, group->stamp, 0, stamp_free_dead);
	free(group);
}

static bool family_has_name(const void *item, const void *key)
{
	const struct store_family *f = item;

	return slice_eq(f->name, *(const struct slice *)key);
}

static struct store_family *family_find(const struct index *ix, uint64_t hash, struct slice name)
{
	return table_find(&ix->families, hash, family_has_name, &name);
}

struct store_family *index_family(const struct index *ix, struct slice name)
{
	struct store_family *f = family_find(ix, XXH3_64bits(name.ptr, name.len), name);

	return f == NULL || f->n_groups == 0 ? NULL : f;
}

static struct store_family *family_find_or_make(struct index *ix, struct slice name)
{
	uint64_t hash = XXH3_64bits(name.ptr, name.len);
	struct store_family *f = family_find(ix, hash, name);

	if (f != NULL)
		return f;
	f = malloc(sizeof(*f) + name.len);
	if (f == NULL || !table_add(&ix->families, hash, f)) {
		free(f);
		return NULL;
	}
	*f = (struct store_family){.hash = hash,
				   .name = {(char *)(f + 1), name.len},
				   .own = index_own_family(ix, name),
				   .is_time = own_family_is_time(name)};
	memcpy((char *)(f + 1), name.ptr, name.len);
	index_touch_family(ix, f);
	return f;
}

static bool shapes_reserve(struct store_family *f)
{
	uint32_t capacity = f->shapes_capacity * 2 + 1;
	struct shape_count *shapes;

	if (f->is_time || f->n_shapes < f->shapes_capacity)
		return true;
	shapes = reallocarray(f->shapes, capacity, sizeof(*shapes));
	if (shapes == NULL)
		return false;
	f->shapes = shapes;
	f->shapes_capacity = capacity;
	return true;
}

struct store_family *index_family_make(struct index *ix, struct slice name)
{
	struct store_family *f = family_find_or_make(ix, name);

	return f == NULL || !shapes_reserve(f) ? NULL : f;
}

const struct own_family *index_own_family(const struct index *ix, struct slice name)
{
	for (size_t i = 0; i < ix->n_own_families; i++)
		if (slice_eq(ix->own_families[i].name, name))
			return &ix->own_families[i];
	return NULL;
}

static void free_dead(void *thing)
{
	free(thing);
}

void index_drop_family(struct index *ix, struct store_family *f)
{
	assert(f->n_groups == 0 && f->n_empty == 0 && f->version == NULL && f->n_shapes == 0);
	table_remove(&ix->families, f->hash, f);
	free(f->shapes);
	epoch_retire(ix->epoch, f, f->born, free_dead);
}

static void help_touch(struct index *ix, struct help *help)
{
	if (help->touched)
		return;
	help->touched = true;
	help->next_touched = ix->touched_helps;
	ix->touched_helps = help;
}

static bool help_has_text(const void *item, const void *key)
{
	return slice_eq(((const struct help *)item)->text, *(const struct slice *)key);
}

const struct help *index_help_make(struct index *ix, struct slice text)
{
	uint64_t hash = XXH3_64bits(text.ptr, text.len);
	struct help *help = table_find(&ix->helps, hash, help_has_text, &text);

	if (help != NULL)
		return help;
	help = help_new(text);
	if (help == NULL || !table_add(&ix->helps, hash, help)) {
		free(help);
		return NULL;
	}
	help->hash = hash;
	help_touch(ix, help);
	return help;
}

void index_drop_helps(struct index *ix)
{
	struct help *next;

	for (struct help *help = ix->touched_helps; help != NULL; help = next) {
		next = help->next_touched;
		help->touched = false;
		if (help->n_blocks > 0)
			continue;
		table_remove(&ix->helps, help->hash, help);
		epoch_retire(ix->epoch, help, help->born, free_dead);
	}
	ix->touched_helps = NULL;
}

const struct block *state_block(const struct group_state *state, const struct store_family *f)
{
	uint32_t low = 0, high = state == NULL ? 0 : state->n_held;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const struct held *held = &state->held[middle];
		int order = slice_compare(held->family->name, f->name);

		if (order == 0)
			return held->block->n_series == 0 ? NULL : held->block;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

uint64_t family_holders(const struct store_family *f, enum metric_type type,
			const struct group_state *except)
{
	const struct block *own = state_block(except, f);

	return f->n_groups_of_type[type] - (own != NULL && own->type == type);
}

static void shapes_enter(struct store_family *f, struct shape *shape)
{
	for (uint32_t i = 0; i < f->n_shapes; i++)
		if (f->shapes[i].shape == shape) {
			f->shapes[i].n_groups++;
			return;
		}
	assert(f->n_shapes < f->shapes_capacity);
	f->shapes[f->n_shapes++] = (struct shape_count){.shape = shape, .n_groups = 1};
}

static void shapes_leave(struct store_family *f, const struct shape *shape)
{
	uint32_t i = 0;

	while (f->shapes[i].shape != shape) {
		i++;
		assert(i < f->n_shapes);
	}
	if (--f->shapes[i].n_groups == 0)
		f->shapes[i] = f->shapes[--f->n_shapes];
}

/* Measured with 1,000,000 groups of one series and with 10,000 of a hundred (docs/limits.md):
 * malloc's share, nodes and tables that are not full. */
enum {
	ALLOCATION_BYTES = 16,
	GROUP_PLACES_BYTES = 96,
	SERIES_PLACES_BYTES = 32,
};

size_t index_group_bytes(const struct stamp *stamp)
{
	return sizeof(struct store_group) + sizeof(struct group_state) + stamp_bytes(stamp) +
	       (size_t)3 * ALLOCATION_BYTES + GROUP_PLACES_BYTES;
}

size_t index_held_bytes(const struct block *b)
{
	return sizeof(struct held) + b->n_bytes + ALLOCATION_BYTES +
	       (size_t)b->n_series * SERIES_PLACES_BYTES;
}

void index_touch_family(struct index *ix, struct store_family *f)
{
	if (f->touched)
		return;
	f->touched = true;
	f->next_touched = ix->touched_families;
	ix->touched_families = f;
}

void index_touch_group(struct index *ix, struct store_group *group)
{
	if (group->touched)
		return;
	group->touched = true;
	group->next_touched = ix->touched_groups;
	ix->touched_groups = group;
}

static void help_use(const struct help *help)
{
	if (help != NULL)
		((struct help *)help)->n_blocks++;
}

static void help_enter(struct store_family *f, const struct help *help)
{
	bool imposed = f->own != NULL && f->own->help_imposed;

	if (f->version == NULL ? imposed : help != f->exposed_help) {
		f->help_came = true;
		f->came = help;
	}
	help_use(help);
}

static void help_leave(struct index *ix, const struct help *shared)
{
	struct help *help = (struct help *)shared;

	if (help != NULL && --help->n_blocks == 0)
		help_touch(ix, help);
}

static void enter(struct index *ix, struct store_group *group, struct held held)
{
	struct store_family *f = held.family;

	index_touch_family(ix, f);
	if (held.block->n_series == 0) {
		f->n_empty++;
		help_use(held.block->help);
		return;
	}
	f->n_groups++;
	f->n_groups_of_type[held.block->type]++;
	if (!f->is_time)
		shapes_enter(f, group->shape);
	help_enter(f, held.block->help);
}

static void leave(struct index *ix, struct store_group *group, struct held held)
{
	struct store_family *f = held.family;

	index_touch_family(ix, f);
	help_leave(ix, held.block->help);
	if (held.block->n_series == 0) {
		f->n_empty--;
		return;
	}
	f->n_groups--;
	f->n_groups_of_type[held.block->type]--;
	if (!f->is_time)
		shapes_leave(f, group->shape);
}

static void exchange(struct index *ix, struct store_group *group, struct held from, struct held to)
{
	struct store_family *f = to.family;

	if (from.block == to.block)
		return;
	if (from.block->n_series == 0 || to.block->n_series == 0) {
		leave(ix, group, from);
		enter(ix, group, to);
		return;
	}
	f->n_groups_of_type[from.block->type]--;
	f->n_groups_of_type[to.block->type]++;
	if (from.block->help != to.block->help) {
		help_enter(f, to.block->help);
		help_leave(ix, from.block->help);
	}
	index_touch_family(ix, f);
}

void index_move(struct index *ix, struct store_group *group, struct group_state *to)
{
	static const struct group_state none;
	const struct group_state *from = group->staged == NULL ? &none : group->staged;
	const struct group_state *next = to == NULL ? &none : to;
	uint32_t i = 0, j = 0;

	while (i < from->n_held || j < next->n_held) {
		int order = i == from->n_held   ? 1
			    : j == next->n_held ? -1
			    : from->held[i].family == next->held[j].family
				    ? 0
				    : slice_compare(from->held[i].family->name,
						    next->held[j].family->name);

		if (order == 0)
			exchange(ix, group, from->held[i++], next->held[j++]);
		else if (order < 0)
			leave(ix, group, from->held[i++]);
		else
			enter(ix, group, next->held[j++]);
	}
	ix->n_series += next->n_series - from->n_series;
	ix->n_empty += (uint64_t)next->n_empty - from->n_empty;
	ix->n_bytes += next->n_bytes - from->n_bytes;
	ix->n_groups += (uint64_t)(to != NULL) - (uint64_t)(group->staged != NULL);
	group->staged = to;
	index_touch_group(ix, group);
}
