/* SPDX-License-Identifier: Apache-2.0
 *
 * extras.h -- exemplars and created timestamps, in and out of the wire bytes behind the numbers of
 * a series (its tail, metric/block.h). Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "metric/block.h"

/* A time since 1970; `nanos` is from 0 to 999,999,999 and counts forward from `seconds`. */
struct moment {
	int64_t seconds;
	int32_t nanos;
};

/* As google.protobuf.Timestamp may say it: from the year 1 to the year 9999. */
bool moment_valid(struct moment moment);

/* OpenMetrics allows no more, of the names and values of its labels. */
enum { EXEMPLAR_CHARACTERS_MAX = 128 };

struct exemplar {
	struct slice message; /* with its labels, for exemplar_next_label */
	double value;
	bool has_time;
	struct moment time;
};

/* ---- reading ---- */

/* The fields of a series' value message (Counter, Histogram, ...) that its tail holds; empty when
 * it has none. */
struct slice extras_message(enum metric_type type, const struct series_value *value);

/* False when none is known, or it is no valid time. */
bool extras_created(enum metric_type type, struct slice message, struct moment *ret);

/* That of a counter. */
bool extras_counter_exemplar(struct slice message, struct exemplar *ret);

/* Those of a histogram's buckets, in the order of the buckets. */
struct extras_buckets {
	struct slice rest;
};
void extras_buckets_start(struct slice message, struct extras_buckets *ret);
/* Steps to the next bucket; false when that one has none. */
bool extras_buckets_next(struct extras_buckets *buckets, struct exemplar *ret);

/* `rest` starts as the exemplar's message. False at the end. */
bool exemplar_next_label(struct slice *rest, struct label *ret);

/* ---- writing ---- */

/* The message Exemplar; its time NULL: none. */
void exemplar_write(struct buf *out, const struct label *labels, size_t n, double value,
		    const struct moment *time);

/* What stands behind the numbers of a metric that is no histogram with exemplars; both may be NULL.
 */
void extras_write_tail(struct buf *out, enum metric_type type, const struct slice *exemplar,
		       const struct moment *created);

/* The tail of a counter, summary or histogram that says nothing else than since when it counts.
 * False when the arena refuses. */
must_check bool extras_make_created(enum metric_type type, int64_t unix_ns, struct arena *arena,
				    struct slice *ret);

/* The whole tail of a histogram: exemplars[i] is the message of the i-th bucket, empty for none. */
void extras_write_whole_tail(struct buf *out, enum metric_type type, const struct metric *metric,
			     const struct slice *exemplars, const struct moment *created);
