/* SPDX-License-Identifier: Apache-2.0
 *
 * check_metric.h -- what check.c and check_snapshot.c both ask of one metric. Private to the store
 * floor; pure. */
#pragma once

#include "store/fault.h"

/* All labels of a series, in order. NULL when the arena refuses. */
struct label *merge_labels(struct labels stamp, struct labels own, struct arena *arena,
			   size_t *ret_n);

/* Tells of a metric without the value that its family's type wants; false when it has it. (The
 * reference lets such a gauge histogram pass, and its exposition ends there.) */
bool check_value(struct faults *faults, const struct faulty_metric *m);

/* Empty, not UTF-8, or beginning with two underscores. */
bool label_name_reserved(struct slice name);

/* Tells the first fault among the labels; false when there is none. */
bool check_labels(struct faults *faults, const struct faulty_metric *m);

/* A stored series as the faults describe it; `ret_metric` must live as long. False when the arena
 * refuses. */
must_check bool faulty_of_series(struct slice family, const struct series *s,
				 const struct stamp *stamp, struct arena *arena,
				 struct metric *ret_metric, struct faulty_metric *ret);

/* Histograms and gauge histograms carry the same values: the reference takes one for the other. */
static inline bool types_agree(enum metric_type a, enum metric_type b)
{
	return a == b || (a == METRIC_HISTOGRAM && b == METRIC_GAUGE_HISTOGRAM) ||
	       (a == METRIC_GAUGE_HISTOGRAM && b == METRIC_HISTOGRAM);
}

/* The endings that name parts of summaries and histograms. */
enum { N_SUFFIXES = 3, LONGEST_SUFFIX = 7 };
struct suffix {
	struct slice text;
	bool of_summary;
};
extern const struct suffix suffixes[N_SUFFIXES];
