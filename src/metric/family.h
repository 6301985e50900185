/* SPDX-License-Identifier: Apache-2.0
 *
 * family.h -- what a parser makes of a body: metric families in an arena.
 *
 * Everything here lives in the request's arena, its slices point into the body or the arena, and it
 * dies with the request; what is kept is frozen into blocks (block.h). Lists keep the order of the
 * body. One thread at a time. */
#pragma once

#include <stdint.h>

#include "metric/labels.h"

/* The numbers of io.prometheus.client.MetricType. */
enum metric_type {
	METRIC_COUNTER = 0,
	METRIC_GAUGE = 1,
	METRIC_SUMMARY = 2,
	METRIC_UNTYPED = 3,
	METRIC_HISTOGRAM = 4,
	METRIC_GAUGE_HISTOGRAM = 5,
};
enum { METRIC_TYPES = 6 };

struct slice metric_type_name(enum metric_type type); /* COUNTER */
struct slice
metric_type_exposition(enum metric_type type); /* counter; gauge histograms are histogram */

/* Quantiles or buckets, and so a count and a sum; else one value. */
static inline bool metric_type_has_points(enum metric_type type)
{
	return type == METRIC_SUMMARY || type == METRIC_HISTOGRAM || type == METRIC_GAUGE_HISTOGRAM;
}

struct quantile {
	double quantile, value;
};

struct bucket {
	double upper_bound;
	uint64_t count;     /* cumulative */
	double count_float; /* wins over count where it is not zero */
};

/* One sample, summary or histogram of a family, before it is stamped with its group's labels. */
struct metric {
	struct metric *next;
	struct label *labels; /* without le and quantile */
	uint32_t n_labels;
	bool has_timestamp;
	bool lacks_count, lacks_sum; /* the body had none; protobuf leaves them out */
	uint32_t n_points;           /* of quantiles or buckets */
	union {
		struct quantile *quantiles; /* METRIC_SUMMARY, in the order of the body */
		struct bucket *buckets;     /* METRIC_*HISTOGRAM, in the order of the body */
	};
	double value;       /* METRIC_COUNTER, METRIC_GAUGE, METRIC_UNTYPED */
	uint64_t count;     /* summaries and histograms */
	double count_float; /* histograms; wins over count where it is not zero */
	double sum;         /* summaries and histograms */

	/* Only protobuf can say these. */
	bool lacks_value; /* the value field of the family's type */
	bool tail_whole;
	struct slice tail; /* wire bytes, see struct series_value */
};

struct family {
	struct family *next;
	struct slice name;
	struct slice help;
	bool has_help; /* an empty help is still exposed */
	enum metric_type type;
	struct metric *first;
	struct metric **tail;
	uint32_t n_metrics;
	struct slice rest; /* what else it says, as wire bytes: see block_rest */
};

struct family_list {
	struct family *first;
	struct family **tail;
	uint32_t n_families;
	uint32_t n_metrics;  /* over all families, replaced ones included */
	bool has_timestamps; /* any metric of any family */
};

void family_list_init(struct family_list *list);

/* NULL when the arena refuses. */
struct family *family_add(struct family_list *list, struct arena *arena, struct slice name);
struct metric *metric_add(struct family_list *list, struct family *family, struct arena *arena);

/* How large a push may be; 0 is no limit of its own. */
struct push_limits {
	uint32_t families_max;
	/* metrics over all families; quantiles, buckets, spans, deltas and exemplars are counted,
	 * too */
	uint32_t series_max;
	uint32_t labels_max;         /* of one series, le and quantile included */
	uint32_t name_bytes_max;     /* metric and label names */
	uint32_t value_bytes_max;    /* label values and help texts */
	uint64_t rendered_bytes_max; /* about what it adds to /metrics, with its group's labels */
};
