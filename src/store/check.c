/* SPDX-License-Identifier: Apache-2.0
 *
 * Why no index of all series is needed: a series of family F with labels L can be stored already
 * only by a group whose grouping labels are part of L. All groups of one shape (set of grouping
 * label names) that could hold it are one group: the one whose values are those of L. So for each
 * shape among the holders of F: restrict L to the shape, look that group up, look L up in its block
 * (sorted). The group's own shape leads to the group itself and is left out. */
#include "store/check.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "store/check_metric.h"
#include "store/own_families.h"

/* ---- without the store ---- */

/* A fault of the grouping labels would be one of every metric; it is told once, of
 * push_time_seconds that each group has. */
static bool check_group(struct change *c, struct arena *arena)
{
	struct metric metric = {.value = (double)c->time_ns / 1e9};
	struct faulty_metric m = {
		.family = PUSH_TIME_NAME, .type = METRIC_GAUGE, .metric = &metric};

	m.labels = merge_labels(c->stamp->implied, LABELS_NONE, arena, &m.n_labels);
	if (m.labels == NULL)
		return false;
	c->group_at_fault = check_labels(&c->faults, &m);
	return true;
}

/* Where the metrics of the body, in its order, stand among the sorted ones. NULL when the arena
 * refuses. */
static uint32_t *places_by_body(const struct stamped *family, struct arena *arena)
{
	uint32_t *places = arena_new_array(arena, uint32_t, family->n);

	for (uint32_t i = 0; places != NULL && i < family->n; i++)
		places[family->metrics[i].pushed_index] = i;
	return places;
}

/* Own labels that no rule has anything against: sorted, so a repeated name has its like beside it.
 */
static bool labels_are_sound(struct labels own, enum metric_type type)
{
	struct slice previous = SLICE_EMPTY;
	struct label label;

	for (struct slice rest = own.bytes; labels_next(&rest, &label); previous = label.name)
		if (slice_eq(previous, label.name) || label_name_reserved(label.name) ||
		    !utf8_valid(label.value) ||
		    (type == METRIC_SUMMARY && slice_eq(label.name, SLICE("quantile"))))
			return false;
	return true;
}

/* The usual family has no fault, which is seen without putting all labels of its metrics together:
 * those of the group were checked before. */
static bool family_is_sound(const struct stamped *family, struct labels implied)
{
	enum metric_type type = family->family->type;
	struct slice unused;

	if (type == METRIC_SUMMARY && labels_get(implied, SLICE("quantile"), &unused))
		return false;
	for (uint32_t i = 0; i < family->n; i++) {
		const struct stamped_metric *metric = &family->metrics[i];

		if (metric->metric->lacks_value || !labels_are_sound(metric->own, type) ||
		    (i > 0 && labels_eq(metric->own, family->metrics[i - 1].own)))
			return false;
	}
	return true;
}

/* Faults are told in the order of the body, and of equal series the later one is at fault. */
static bool check_family_alone(struct change *c, const struct stamped *family, struct arena *arena)
{
	struct faulty_metric m = {.family = family->family->name, .type = family->family->type};
	struct labels implied = c->stamp->implied;
	const uint32_t *places;

	if (family_is_sound(family, implied))
		return true;
	places = places_by_body(family, arena);
	if (places == NULL)
		return false;
	for (uint32_t n = 0; n < family->n; n++) {
		uint32_t i = places[n];
		const struct stamped_metric *metric = &family->metrics[i];

		m.metric = metric->metric;
		m.labels = merge_labels(implied, metric->own, arena, &m.n_labels);
		if (m.labels == NULL)
			return false;
		if (check_value(&c->faults, &m) || check_labels(&c->faults, &m))
			continue;
		if (i > 0 && labels_merged_compare(implied, family->metrics[i - 1].own, implied,
						   metric->own) == 0)
			fault_series_twice(&c->faults, &m);
	}
	return true;
}

bool check_push_alone(struct change *c, const struct stamped *families, uint32_t n, bool timestamps,
		      struct arena *arena)
{
	if (!check_group(c, arena))
		return false;
	if (timestamps) {
		/* The reference looks for timestamps before all else. */
		faults_free(&c->faults);
		faults_init(&c->faults);
		fault_timestamps(&c->faults);
	}
	for (uint32_t i = 0; !c->group_at_fault && !timestamps && i < n; i++)
		if (!check_family_alone(c, &families[i], arena))
			return false;
	return true;
}

/* ---- against the store ---- */

struct check {
	struct index *ix;
	struct change *change;
	const struct store_group *group;  /* NULL: it does not exist yet */
	const struct group_state *before; /* its state now */
};

/* The push cannot be judged, so it cannot be accepted. */
static void no_memory(const struct check *check)
{
	check->change->verdict = ERR_NOMEM;
}

static int compare_name(const void *name, const void *family)
{
	return slice_compare(*(const struct slice *)name,
			     ((const struct change_family *)family)->name);
}

static const struct change_family *pushed(const struct change *c, struct slice name)
{
	return c->n_families == 0 ? NULL
				  : bsearch(&name, c->families, c->n_families, sizeof(*c->families),
					    compare_name);
}

/* Held by the group before, with the same type: brings no new collision of names. */
static bool unchanged(const struct check *check, const struct change_family *family)
{
	const struct store_family *f = index_family(check->ix, family->name);
	const struct block *before = f == NULL ? NULL : state_block(check->before, f);

	return before != NULL && before->type == family->block->type;
}

/* True when families of this name and type are there besides what the push brings: held by other
 * groups, or by this group and not replaced. */
static bool stays(const struct check *check, struct slice name, enum metric_type type)
{
	const struct store_family *f = index_family(check->ix, name);

	if (f == NULL)
		return false;
	if (family_holders(f, type, check->before) > 0)
		return true;
	return check->change->kind == CHANGE_MERGE && f->n_groups_of_type[type] > 0 &&
	       pushed(check->change, name) == NULL;
}

/* Exposed beside the store: it counts as collected before all that is pushed. */
static const struct own_family *own_there(const struct check *check, struct slice name)
{
	const struct own_family *own = index_own_family(check->ix, name);

	return own != NULL && own_family_present(own) ? own : NULL;
}

static bool stays_any(const struct check *check, struct slice name)
{
	for (int type = 0; type < METRIC_TYPES; type++)
		if (stays(check, name, type))
			return true;
	return false;
}

static bool there(const struct check *check, struct slice name, enum metric_type type)
{
	const struct change_family *family = pushed(check->change, name);
	const struct own_family *own = own_there(check, name);

	return (family != NULL && family->block->n_series > 0 && family->block->type == type) ||
	       stays(check, name, type) || (own != NULL && own->type == type);
}

/* N_count (N_sum, N_bucket) while N is a summary or histogram. */
static bool check_suffix(const struct check *check, struct slice name)
{
	for (int i = 0; i < N_SUFFIXES; i++) {
		struct slice base = {name.ptr, name.len - suffixes[i].text.len};

		if (name.len <= suffixes[i].text.len || !slice_ends(name, suffixes[i].text))
			continue;
		if (suffixes[i].of_summary && there(check, base, METRIC_SUMMARY)) {
			fault_suffix(&check->change->faults, name, METRIC_SUMMARY, base);
			return true;
		}
		if (there(check, base, METRIC_HISTOGRAM)) {
			fault_suffix(&check->change->faults, name, METRIC_HISTOGRAM, base);
			return true;
		}
	}
	return false;
}

/* N is a summary or histogram while N_count (N_sum, N_bucket) is there. When the same push brings
 * that one anew, check_suffix tells of it. */
static bool check_suffixed(const struct check *check, const struct change_family *family)
{
	bool histogram = family->block->type == METRIC_HISTOGRAM;
	const struct change_family *other;
	char *text;

	if (!histogram && family->block->type != METRIC_SUMMARY)
		return false;
	text = arena_text(&check->ix->scratch, family->name.len + LONGEST_SUFFIX);
	if (text == NULL) {
		no_memory(check);
		return true;
	}
	memcpy(text, family->name.ptr, family->name.len);
	for (int i = 0; i < N_SUFFIXES; i++) {
		struct slice name = {text, family->name.len + suffixes[i].text.len};

		if (!histogram && !suffixes[i].of_summary)
			continue;
		memcpy(text + family->name.len, suffixes[i].text.ptr, suffixes[i].text.len);
		other = pushed(check->change, name);
		if (own_there(check, name) == NULL &&
		    (other == NULL || other->block->n_series == 0 ? !stays_any(check, name)
								  : !unchanged(check, other)))
			continue;
		fault_suffixed(&check->change->faults, family->name, name, !suffixes[i].of_summary);
		return true;
	}
	return false;
}

static bool fill_faulty(struct faulty_metric *ret, const struct check *check,
			const struct change_family *family, const struct series *s,
			struct metric *metric)
{
	if (faulty_of_series(family->name, s, check->change->stamp, &check->ix->scratch, metric,
			     ret))
		return true;
	no_memory(check);
	return false;
}

static bool check_type(const struct check *check, const struct store_family *f,
		       const struct change_family *family)
{
	for (int type = 0; type < METRIC_TYPES; type++) {
		if (types_agree(type, family->block->type) ||
		    family_holders(f, type, check->before) == 0)
			continue;
		for (uint32_t i = 0; i < family->block->n_series; i++) {
			struct faulty_metric m;
			struct metric metric;

			arena_reset(&check->ix->scratch);
			if (fill_faulty(&m, check, family, block_series(family->block, i), &metric))
				fault_type(&check->change->faults, &m, type);
		}
		return true;
	}
	return false;
}

/* The series of a block with those labels; the block is sorted by them. */
static bool block_has(const struct block *b, const struct series *wanted, struct labels stamp)
{
	uint32_t low = 0, high = b->n_series;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const struct series *s = block_series(b, middle);
		int order = labels_merged_compare(b->stamp->implied, series_own_labels(s), stamp,
						  series_own_labels(wanted));

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The one group of that shape that could hold the series. */
static const struct store_group *group_of_shape(const struct index *ix, const struct shape *shape,
						struct labels stamp, struct labels own,
						struct label *scratch, char *packed)
{
	struct labels_merge merge;
	struct label label;
	uint32_t n = 0;
	struct labels key;

	labels_merge_start(&merge, stamp, own);
	while (n < shape->n_names && labels_merge_next(&merge, &label))
		if (slice_eq(label.name, shape->names[n]))
			scratch[n++] = label;
	if (n < shape->n_names)
		return NULL;
	key = (struct labels){slice_between(packed, labels_pack_at(scratch, n, packed)), n};
	return index_group_by_labels(ix, labels_hash(key), key);
}

static void check_series(const struct check *check, const struct store_family *f,
			 const struct change_family *family, const struct series *s)
{
	const struct stamp *stamp = check->change->stamp;
	struct labels own = series_own_labels(s);
	struct arena *arena = &check->ix->scratch;
	struct label *scratch;
	char *packed;

	arena_reset(arena);
	scratch = arena_new_array(arena, struct label, stamp->implied.n + own.n);
	packed = arena_text(arena, stamp->implied.bytes.len + own.bytes.len);
	if (scratch == NULL || packed == NULL) {
		no_memory(check);
		return;
	}
	for (uint32_t i = 0; i < f->n_shapes; i++) {
		const struct store_group *other = group_of_shape(
			check->ix, f->shapes[i].shape, stamp->implied, own, scratch, packed);
		const struct block *block;
		struct faulty_metric m;
		struct metric metric;

		if (other == NULL || other == check->group)
			continue;
		block = state_block(other->staged, f);
		if (block == NULL || !block_has(block, s, stamp->implied))
			continue;
		if (fill_faulty(&m, check, family, s, &metric))
			fault_series_twice(&check->change->faults, &m);
		return;
	}
}

static bool only_own_shape(const struct check *check, const struct store_family *f)
{
	if (f->n_shapes != 1)
		return f->n_shapes == 0;
	if (check->group != NULL)
		return f->shapes[0].shape == check->group->shape;
	return index_shape_fits(f->shapes[0].shape, check->change->stamp->grouping);
}

/* Against a family of the same name that is exposed beside the store. A fault is one of the whole
 * family. */
static bool check_own(const struct check *check, const struct own_family *own,
		      const struct change_family *family)
{
	struct faults *faults = &check->change->faults;
	struct slice help = family->has_help ? family->help : SLICE_EMPTY;

	if (!own->help_imposed && !slice_eq(help, own->help))
		fault_own_help(faults, family->name, help, own->help);
	else if (family->block->type != own->type)
		fault_own_type(faults, family->name, family->block->type, own->type);
	else
		return false;
	return true;
}

static void check_family(const struct check *check, const struct change_family *family)
{
	const struct store_family *f = index_family(check->ix, family->name);
	const struct own_family *own =
		f != NULL ? f->own : index_own_family(check->ix, family->name);

	arena_reset(&check->ix->scratch);
	if (own != NULL && own_family_present(own)) {
		if (check_own(check, own, family))
			return;
	} else if (!unchanged(check, family)) {
		if (check_suffix(check, family->name) || check_suffixed(check, family))
			return;
		if (f != NULL && check_type(check, f, family))
			return;
	}
	if (f == NULL || only_own_shape(check, f))
		return;
	for (uint32_t i = 0; i < family->block->n_series; i++)
		check_series(check, f, family, block_series(family->block, i));
}

bool check_group_collides(struct index *ix, const struct stamp *stamp, bool *ret_no_memory)
{
	struct labels other = stamp->implied;
	struct slice instance;
	const struct store_group *group;

	*ret_no_memory = false;
	if (labels_get(stamp->grouping, SLICE("instance"), &instance)) {
		struct label *rest = arena_new_array(&ix->scratch, struct label, stamp->grouping.n);
		struct slice bytes = stamp->grouping.bytes;
		size_t n = 0;

		if (instance.len > 0)
			return false;
		while (rest != NULL && labels_next(&bytes, &rest[n]))
			n += !slice_eq(rest[n].name, SLICE("instance"));
		if (rest == NULL || !labels_pack(rest, n, &ix->scratch, &other)) {
			*ret_no_memory = true;
			return false;
		}
	}
	group = index_group_by_labels(ix, labels_hash(other), other);
	arena_reset(&ix->scratch);
	return group != NULL;
}

static void check_new_group(const struct check *check)
{
	struct change *c = check->change;
	struct metric metric = {.value = (double)c->time_ns / 1e9};
	struct faulty_metric m = {
		.family = PUSH_TIME_NAME, .type = METRIC_GAUGE, .metric = &metric};
	bool unknown;

	c->group_at_fault = check_group_collides(check->ix, c->stamp, &unknown);
	if (unknown)
		no_memory(check);
	if (!c->group_at_fault)
		return;
	m.labels = merge_labels(c->stamp->implied, LABELS_NONE, &check->ix->scratch, &m.n_labels);
	if (m.labels != NULL)
		fault_series_twice(&c->faults, &m);
	else
		no_memory(check);
}

void check_push(struct index *ix, struct change *c)
{
	const struct store_group *group = index_group(ix, c->stamp);
	struct check check = {.ix = ix,
			      .change = c,
			      .group = group,
			      .before = group == NULL ? NULL : group->staged};

	if (group == NULL)
		check_new_group(&check);
	for (uint32_t i = 0; !c->group_at_fault && i < c->n_families; i++)
		if (c->families[i].block->n_series > 0)
			check_family(&check, &c->families[i]);
	arena_reset(&ix->scratch);
}
