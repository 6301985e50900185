/* SPDX-License-Identifier: Apache-2.0
 *
 * Families come in the order of their names, so x stands before x_count: of two that collide, the
 * longer name is told, as "collides with previously collected". All families whose names begin with
 * the same x stand together; the open ones are kept on a stack. */
#include "store/check_snapshot.h"

#include <stdlib.h>

#include "store/check_metric.h"
#include "store/own_families.h"

struct gather {
	struct faults *faults;
	struct arena *arena;
	const struct own_family *owns; /* exposed beside the store, so collected before it */
	size_t n_owns;
	/* summaries and histograms whose names the present name begins with */
	const struct store_family_version **open;
	size_t n_open, open_capacity;
	bool no_memory;
};

/* The name is that of a part of the summary or histogram `base`, with which it begins. */
static bool is_part(struct slice name, struct slice base, enum metric_type type)
{
	struct slice rest = slice_skip(name, base.len);

	for (int i = 0; i < N_SUFFIXES; i++)
		if (slice_eq(rest, suffixes[i].text) &&
		    (type == METRIC_HISTOGRAM || suffixes[i].of_summary))
			return true;
	return false;
}

static bool collides(const struct gather *g, struct slice name)
{
	for (size_t i = 0; i < g->n_open; i++)
		if (is_part(name, g->open[i]->name, g->open[i]->type)) {
			fault_suffix(g->faults, name, g->open[i]->type, g->open[i]->name);
			return true;
		}
	return false;
}

static bool collides_with_own(const struct gather *g, const struct store_family_version *family)
{
	struct slice help = family->help == NULL ? SLICE_EMPTY : family->help->text;

	for (size_t i = 0; i < g->n_owns; i++) {
		const struct own_family *own = &g->owns[i];
		bool same = slice_eq(own->name, family->name);

		if (!own_family_present(own))
			continue;
		if (same && !own->help_imposed && !slice_eq(help, own->help))
			fault_own_help(g->faults, family->name, help, own->help);
		else if (same && family->type != own->type)
			fault_own_type(g->faults, family->name, family->type, own->type);
		else if (own->type == METRIC_SUMMARY && slice_starts(family->name, own->name) &&
			 is_part(family->name, own->name, own->type))
			fault_suffix(g->faults, family->name, own->type, own->name);
		else
			continue;
		return true;
	}
	return false;
}

static void open_family(struct gather *g, const struct store_family_version *family)
{
	const struct store_family_version **open;

	if (family->type != METRIC_SUMMARY && family->type != METRIC_HISTOGRAM)
		return;
	if (g->n_open == g->open_capacity) {
		g->open_capacity = g->open_capacity * 2 + 8;
		open = reallocarray(g->open, g->open_capacity,
				    sizeof(struct store_family_version *));
		if (open == NULL) {
			g->no_memory = true;
			return;
		}
		g->open = open;
	}
	g->open[g->n_open++] = family;
}

static void check_series(struct gather *g, const struct store_family_version *family,
			 const struct series *s, const struct series *previous)
{
	struct faulty_metric m;
	struct metric metric;

	arena_reset(g->arena);
	if (!faulty_of_series(family->name, s, series_block(s)->stamp, g->arena, &metric, &m))
		g->no_memory = true;
	else if (!types_agree(series_block(s)->type, family->type))
		fault_type(g->faults, &m, family->type);
	else if (!check_value(g->faults, &m) && !check_labels(g->faults, &m) && previous != NULL &&
		 series_compare(previous, s) == 0)
		fault_series_twice(g->faults, &m);
}

static void check_family(struct gather *g, const struct store_family_version *family)
{
	const struct series *previous = NULL;
	const struct order_node *leaf;
	struct order_walk walk;

	while (g->n_open > 0 && !slice_starts(family->name, g->open[g->n_open - 1]->name))
		g->n_open--;
	if (collides(g, family->name) || collides_with_own(g, family))
		return;
	order_walk_start(&walk, family->series);
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n && !g->no_memory; i++) {
			check_series(g, family, leaf->child[i], previous);
			previous = leaf->child[i];
		}
	open_family(g, family);
}

bool check_snapshot(const struct snapshot *snap, struct arena *arena, struct faults *ret_faults)
{
	struct gather g = {.faults = ret_faults, .arena = arena};
	const struct order_node *leaf;
	struct order_walk walk;

	g.owns = snapshot_own_families(snap, &g.n_owns);
	order_walk_start(&walk, snapshot_families(snap));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n && !g.no_memory; i++)
			check_family(&g, leaf->child[i]);
	free(g.open);
	return !g.no_memory;
}
