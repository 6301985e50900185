/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include "store/own_families.h"

/* Sorted, as a group holds them. */
static const char *const names[PLAIN_NAMES] = {"a", "b", "h", "large"};
static const char *const helps[] = {NULL, "0", "One.", "Two, with a \\\\ and a \\n in it."};
static const char *const help_texts[] = {NULL, "0", "One.", "Two, with a \\ and a \n in it."};
enum { HELPS = 4, LABEL_BYTES = 4000 };

/* ---- changes ---- */

static struct plain_family roll_family(struct dice *dice, enum plain_name name)
{
	static const enum metric_type types[] = {METRIC_GAUGE, METRIC_GAUGE, METRIC_GAUGE,
						 METRIC_COUNTER, METRIC_UNTYPED};
	struct plain_family f = {.is_there = true,
				 .type = (uint8_t)types[dice_below(dice, 5)],
				 .help = (uint8_t)dice_below(dice, HELPS),
				 .n = (uint8_t)(1 + dice_below(dice, PLAIN_SERIES_MAX)),
				 .value = (int)dice_below(dice, 100000)};

	if (name == PLAIN_HISTOGRAM)
		f.type = METRIC_HISTOGRAM;
	if (name == PLAIN_LARGE)
		f.type = METRIC_GAUGE;
	return f;
}

struct plain_change plain_roll(struct dice *dice, int64_t time_ns)
{
	struct plain_change c = {.group = (int)dice_below(dice, PLAIN_GROUPS), .time_ns = time_ns};
	uint32_t kind = dice_below(dice, 20);

	c.kind = kind == 0       ? CHANGE_WIPE
		 : kind <= 3     ? CHANGE_DELETE
		 : kind % 2 == 0 ? CHANGE_REPLACE
				 : CHANGE_MERGE;
	if (c.kind == CHANGE_WIPE || c.kind == CHANGE_DELETE)
		return c;
	for (int i = 0; i < PLAIN_NAMES; i++) {
		if (dice_below(dice, i == PLAIN_LARGE ? 5 : 2) != 0)
			continue;
		c.families[i] = roll_family(dice, (enum plain_name)i);
		c.families[i].pushed_ns = time_ns;
		c.has_timestamps = c.has_timestamps || dice_below(dice, 30) == 0;
	}
	return c;
}

static void put_series(struct buf *out, const char *name, const struct plain_family *f, int i,
		       const char *end)
{
	int value = f->value + i;

	if (f->type != METRIC_HISTOGRAM) {
		buf_putf(out, "%s{k=\"%d", name, i);
		for (int n = 0; strcmp(name, names[PLAIN_LARGE]) == 0 && n < LABEL_BYTES; n++)
			buf_put_byte(out, 'x');
		buf_putf(out, "\"} %d%s", value, end);
		return;
	}
	buf_putf(out, "%s_bucket{k=\"%d\",le=\"1\"} %d%s", name, i, value, end);
	buf_putf(out, "%s_bucket{k=\"%d\",le=\"+Inf\"} %d%s", name, i, value + 1, end);
	buf_putf(out, "%s_sum{k=\"%d\"} %d.5%s", name, i, value, end);
	buf_putf(out, "%s_count{k=\"%d\"} %d%s", name, i, value + 1, end);
}

static void put_body(struct buf *out, const struct plain_change *c)
{
	static const char *const types[METRIC_TYPES] = {[METRIC_COUNTER] = "counter",
							[METRIC_GAUGE] = "gauge",
							[METRIC_UNTYPED] = "untyped",
							[METRIC_HISTOGRAM] = "histogram"};
	const char *end = c->has_timestamps ? " 1000\n" : "\n";

	for (int i = 0; i < PLAIN_NAMES; i++) {
		const struct plain_family *f = &c->families[i];

		if (!f->is_there)
			continue;
		if (f->help > 0)
			buf_putf(out, "# HELP %s %s\n", names[i], helps[f->help]);
		buf_putf(out, "# TYPE %s %s\n", names[i], types[f->type]);
		for (int k = 0; k < f->n; k++)
			put_series(out, names[i], f, k, end);
	}
	buf_put_byte(out, '\0');
}

/* Those of odd number have a second label. */
static struct stamp *make_stamp(int group)
{
	char job[] = {'g', (char)('0' + group), '\0'};
	const struct label labels[] = {{SLICE("job"), slice_of(job)}, {SLICE("zone"), SLICE("z")}};

	return test_stamp(labels, (size_t)(1 + group % 2));
}

struct change *plain_make(const struct plain_change *c)
{
	struct change *made;
	struct buf body;

	if (c->kind == CHANGE_WIPE || c->kind == CHANGE_DELETE) {
		made = c->kind == CHANGE_WIPE ? change_new_wipe(c->time_ns)
					      : change_new_delete(make_stamp(c->group), c->time_ns);
		assert_non_null(made);
		return made;
	}
	buf_init(&body, 1 << 20);
	put_body(&body, c);
	made = test_push(c->kind, make_stamp(c->group), body.ptr, c->time_ns);
	buf_free(&body);
	return made;
}

/* ---- rules ---- */

bool plain_accepts(const struct plain *p, const struct plain_change *c)
{
	for (int g = 0; g < PLAIN_GROUPS; g++)
		for (int i = 0; i < PLAIN_NAMES && g != c->group && p->groups[g].is_there; i++)
			if (c->families[i].is_there && p->groups[g].families[i].is_there &&
			    p->groups[g].families[i].type != c->families[i].type)
				return false;
	return !c->has_timestamps;
}

void plain_apply(struct plain *p, const struct plain_change *c)
{
	struct plain_group *group = &p->groups[c->group];

	if (c->kind == CHANGE_WIPE)
		*p = (struct plain){0};
	if (c->kind == CHANGE_DELETE)
		*group = (struct plain_group){0};
	if (c->kind == CHANGE_WIPE || c->kind == CHANGE_DELETE)
		return;
	group->is_there = true;
	group->push_ns = c->time_ns;
	for (int i = 0; i < PLAIN_NAMES; i++)
		if (c->kind == CHANGE_REPLACE || c->families[i].is_there)
			group->families[i] = c->families[i];
}

void plain_fail(struct plain *p, const struct plain_change *c, bool makes)
{
	struct plain_group *group = &p->groups[c->group];

	if (c->kind == CHANGE_WIPE || c->kind == CHANGE_DELETE || (!group->is_there && !makes))
		return;
	group->is_there = true;
	group->failure_ns = c->time_ns;
}

/* ---- comparison ---- */

static const char *differing_value(const struct plain_family *f, const struct series *s, int i)
{
	struct series_value v = series_value(s);
	int value = f->value + i;

	if (f->type != METRIC_HISTOGRAM)
		return v.value == value ? NULL : "a value";
	if (v.count != (uint64_t)value + 1 || v.sum != value + 0.5 || v.n_points != 2)
		return "a histogram";
	return NULL;
}

static const char *differing_family(const struct plain_family *f, const struct block *b)
{
	if (b->type != f->type)
		return "a type";
	if (b->n_series != f->n)
		return "how many series there are";
	if (b->pushed_ns != f->pushed_ns)
		return "the time of a family's push";
	if ((b->help != NULL) != (f->help != 0) ||
	    (f->help != 0 && !slice_eq(b->help->text, slice_of(help_texts[f->help]))))
		return "a help text";
	for (uint32_t i = 0; i < b->n_series; i++) {
		const char *what = differing_value(f, block_series(b, i), (int)i);

		if (what != NULL)
			return what;
	}
	return NULL;
}

static const char *differing_group(const struct plain_group *group, const struct group_state *state)
{
	uint32_t n = 0;

	if (state->push_time != (double)group->push_ns / 1e9)
		return "the time of a push";
	if (state->failure_time != (double)group->failure_ns / 1e9)
		return "the time of a failure";
	for (int i = 0; i < PLAIN_NAMES; i++) {
		const char *what;

		if (!group->families[i].is_there)
			continue;
		while (n < state->n_held && state->held[n].family->is_time)
			n++;
		if (n == state->n_held ||
		    !slice_eq(state->held[n].family->name, slice_of(names[i])))
			return "which families there are";
		what = differing_family(&group->families[i], state->held[n++].block);
		if (what != NULL)
			return what;
	}
	while (n < state->n_held && state->held[n].family->is_time)
		n++;
	return n == state->n_held ? NULL : "which families there are";
}

/* Compares what is there; where `*n_missing` is given, a large family that is not there is counted.
 */
static const char *differing_or_lame(const struct plain_group *group,
				     const struct group_state *state, unsigned *n_missing)
{
	struct plain_group lame = *group;
	const char *what;

	if (!group->is_there)
		return "which groups there are";
	what = differing_group(group, state);
	if (what == NULL || n_missing == NULL || !group->families[PLAIN_LARGE].is_there)
		return what;
	lame.families[PLAIN_LARGE].is_there = false;
	++*n_missing;
	return differing_group(&lame, state);
}

static const char *differing(const struct plain *p, const struct snapshot *snap,
			     unsigned *n_missing)
{
	struct order_walk walk;
	const struct order_node *leaf;
	unsigned n = 0;

	for (int g = 0; g < PLAIN_GROUPS; g++)
		n += p->groups[g].is_there;
	if (snapshot_n_groups(snap) > n || (snapshot_n_groups(snap) < n && n_missing == NULL))
		return "how many groups there are";
	if (n_missing != NULL)
		*n_missing = n - (unsigned)snapshot_n_groups(snap);
	order_walk_start(&walk, snapshot_groups(snap));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *state = leaf->child[i];
			const char *what;
			struct slice job;

			if (!labels_get(state->stamp->grouping, SLICE("job"), &job) ||
			    job.len != 2 || job.ptr[1] < '0' || job.ptr[1] >= '0' + PLAIN_GROUPS)
				return "a group's labels";
			what = differing_or_lame(&p->groups[job.ptr[1] - '0'], state, n_missing);
			if (what != NULL)
				return what;
		}
	return NULL;
}

bool plain_is(const struct plain *p, struct store *s, const char **ret_what)
{
	const struct snapshot *snap = store_snapshot(s);

	assert_non_null(snap);
	*ret_what = differing(p, snap, NULL);
	snapshot_release(snap);
	return *ret_what == NULL;
}

bool plain_is_part_of(const struct plain *p, struct store *s, unsigned *ret_n,
		      const char **ret_what)
{
	const struct snapshot *snap = store_snapshot(s);

	assert_non_null(snap);
	*ret_what = differing(p, snap, ret_n);
	snapshot_release(snap);
	return *ret_what == NULL;
}
