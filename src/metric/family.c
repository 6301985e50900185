/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/family.h"

struct type_names {
	struct slice name, exposition;
};

/* Text format 0.0.4 knows no gauge histogram; the reference exposes it as a histogram. */
static const struct type_names types[METRIC_TYPES] = {
	[METRIC_COUNTER] = {SLICE("COUNTER"), SLICE("counter")},
	[METRIC_GAUGE] = {SLICE("GAUGE"), SLICE("gauge")},
	[METRIC_SUMMARY] = {SLICE("SUMMARY"), SLICE("summary")},
	[METRIC_UNTYPED] = {SLICE("UNTYPED"), SLICE("untyped")},
	[METRIC_HISTOGRAM] = {SLICE("HISTOGRAM"), SLICE("histogram")},
	[METRIC_GAUGE_HISTOGRAM] = {SLICE("GAUGE_HISTOGRAM"), SLICE("histogram")},
};

struct slice metric_type_name(enum metric_type type)
{
	assert((unsigned)type < METRIC_TYPES);
	return types[type].name;
}

struct slice metric_type_exposition(enum metric_type type)
{
	assert((unsigned)type < METRIC_TYPES);
	return types[type].exposition;
}

void family_list_init(struct family_list *list)
{
	*list = (struct family_list){0};
	list->tail = &list->first;
}

struct family *family_add(struct family_list *list, struct arena *arena, struct slice name)
{
	struct family *family = arena_new(arena, struct family);

	if (family == NULL)
		return NULL;
	family->name = name;
	family->help = SLICE_EMPTY;
	family->rest = SLICE_EMPTY;
	family->tail = &family->first;
	*list->tail = family;
	list->tail = &family->next;
	list->n_families++;
	return family;
}

struct metric *metric_add(struct family_list *list, struct family *family, struct arena *arena)
{
	struct metric *metric = arena_new(arena, struct metric);

	if (metric == NULL)
		return NULL;
	*family->tail = metric;
	family->tail = &metric->next;
	family->n_metrics++;
	list->n_metrics++;
	return metric;
}
