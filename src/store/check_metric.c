/* SPDX-License-Identifier: Apache-2.0 */
#include "store/check_metric.h"

#include "base/utf8.h"

const struct suffix suffixes[N_SUFFIXES] = {
	{SLICE_TEXT("_count"), true},
	{SLICE_TEXT("_sum"), true},
	{SLICE_TEXT("_bucket"), false},
};

bool label_name_reserved(struct slice name)
{
	return slice_starts(name, SLICE("__")) || name.len == 0 || !utf8_valid(name);
}

struct label *merge_labels(struct labels stamp, struct labels own, struct arena *arena,
			   size_t *ret_n)
{
	struct label *labels = arena_new_array(arena, struct label, stamp.n + own.n);
	struct labels_merge merge;
	size_t n = 0;

	if (labels == NULL)
		return NULL;
	labels_merge_start(&merge, stamp, own);
	while (labels_merge_next(&merge, &labels[n]))
		n++;
	*ret_n = n;
	return labels;
}

bool check_value(struct faults *faults, const struct faulty_metric *m)
{
	if (m->metric->lacks_value)
		fault_type(faults, m, m->type);
	return m->metric->lacks_value;
}

bool check_labels(struct faults *faults, const struct faulty_metric *m)
{
	/* Empty at first, as in the reference: an empty name is told as repeated. */
	struct slice previous = SLICE_EMPTY;

	for (size_t i = 0; i < m->n_labels; i++) {
		const struct label *label = &m->labels[i];

		if (slice_eq(previous, label->name))
			fault_label_repeated(faults, m, label->name);
		else if (label_name_reserved(label->name))
			fault_label_name(faults, m, label->name);
		else if (m->type == METRIC_SUMMARY && slice_eq(label->name, SLICE("quantile")))
			fault_label_explicit(faults, m, label->name);
		else if (!utf8_valid(label->value))
			fault_label_value(faults, m, label);
		else {
			previous = label->name;
			continue;
		}
		return true;
	}
	return false;
}

bool faulty_of_series(struct slice family, const struct series *s, const struct stamp *stamp,
		      struct arena *arena, struct metric *ret_metric, struct faulty_metric *ret)
{
	struct series_value v = series_value(s);
	enum metric_type type = series_block(s)->type;

	*ret_metric = (struct metric){.n_points = v.n_points,
				      .value = v.value,
				      .count = v.count,
				      .count_float = v.count_float,
				      .sum = v.sum,
				      .lacks_count = v.lacks_count,
				      .lacks_sum = v.lacks_sum,
				      .lacks_value = v.lacks_value,
				      .tail_whole = v.tail_whole,
				      .tail = v.tail};
	if (type == METRIC_SUMMARY)
		ret_metric->quantiles = (struct quantile *)v.quantiles;
	else
		ret_metric->buckets = (struct bucket *)v.buckets;
	*ret = (struct faulty_metric){.family = family, .type = type, .metric = ret_metric};
	ret->labels = merge_labels(stamp->implied, series_own_labels(s), arena, &ret->n_labels);
	return ret->labels != NULL;
}
