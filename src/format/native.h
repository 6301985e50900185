/* SPDX-License-Identifier: Apache-2.0
 *
 * native.h -- the native histogram of a series, decoded from its tail when somebody asks. Pure; any
 * thread. */
#pragma once

#include "base/arena.h"
#include "format/schema.h"
#include "metric/block.h"

enum { NATIVE_SCHEMA_MIN = -4, NATIVE_SCHEMA_MAX = 8 };

struct native {
	struct slice message; /* fields of Histogram, in canonical form */
	bool has_spans;       /* the reference shows it as native then */
	bool floats;          /* counts are absolute floats, not deltas */
	int32_t schema;
	double zero_threshold;
	uint64_t zero_count;
	double zero_count_float;
};

/* From the fields of a Histogram in canonical form, its numbers included or not. */
struct native native_read(struct slice message, double count_float);

/* Of a series of a histogram or gauge histogram. */
struct native native_of_series(const struct series *s);

enum native_side { NATIVE_NEGATIVE, NATIVE_POSITIVE };

/* How many buckets the spans of a side are of, and how many deltas or counts there are. A push in
 * which they differ is refused. */
void native_bucket_counts(const struct native *n, enum native_side side, uint64_t *ret_by_spans,
			  uint64_t *ret_values);

struct native_bucket {
	int32_t index;
	uint64_t count; /* sum of the deltas, modulo 2^64 like the reference's */
	double count_float;
};

/* The buckets of a side, by rising index. */
struct native_walk {
	struct wire spans, values;
	uint32_t span_number, value_number;
	uint32_t left; /* in the span at hand */
	struct native_bucket next;
};

void native_walk_start(const struct native *n, enum native_side side, struct native_walk *ret);
bool native_walk_next(struct native_walk *w, struct native_bucket *ret); /* false at the end */

/* Readers are not shown a bucket without observations. */
bool native_bucket_is_empty(const struct native *n, const struct native_bucket *bucket);

/* Those of the negative side that are not empty, from the one nearest to zero downwards. False when
 * the arena refuses. */
must_check bool native_gather_negative(const struct native *n, struct arena *arena,
				       struct native_bucket **ret, size_t *ret_n);

/* Where the bucket of that index ends, to the last bit as the reference has it, and where it
 * begins: at the end of the one before. Of the positive side; the negative one mirrors it. */
double native_bound(int32_t schema, int32_t index);
double native_bound_below(int32_t schema, int32_t index);
