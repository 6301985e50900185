/* SPDX-License-Identifier: Apache-2.0
 *
 * block.h -- one pushed metric family of one group, frozen: a single allocation that does not change
 * while a reader can see it.
 *
 * A series in it holds only its own labels; those of the group (the stamp) are shared. Series are
 * sorted in the order of exposition; `pushed_index` remembers the order of the body. Blocks are
 * made on a worker (block_freeze) and belong to the store from then on; any thread that holds a
 * snapshot may read them. */
#pragma once

#include <stdatomic.h>

#include "metric/family.h"

struct block {
	/* owned by the keeper: no reader of a snapshot touches these */
	void *place;            /* where its series stand in the store's order (publish.c) */
	uint64_t born;          /* generation in which it was published; 0 before that */
	uint32_t n_states : 31; /* group states that hold it */
	uint32_t recorded : 1;  /* the ledger has it in a row of its own */

	/* after publication only block_overwrite changes them */
	uint32_t n_series; /* 0: protobuf can push a family without metrics */
	uint32_t n_bytes;  /* of the whole allocation */
	uint8_t type;      /* enum metric_type */
	bool has_rest;

	uint16_t place_at; /* owned by the keeper, with place; here it fills a gap */

	const struct stamp *stamp;
	const struct help *help; /* NULL: none was pushed */
	int64_t pushed_ns;       /* time of the push, Unix */
};

/* The labels that a group gives to all of its series. Made once per group; immutable. */
struct stamp {
	uint64_t hash;          /* of grouping */
	struct labels grouping; /* the grouping key */
	struct labels implied; /* the same, and instance="" where no grouping label is `instance` */

	/* What a writer of a format made of the implied labels, for all lines to come. Write-once,
	 * by the first reader that needs it (stamp_keep). */
	_Atomic(void *) text, wire;
};

/* A help text, shared by all blocks that were pushed with it. Immutable but for what is the
 * keeper's. */
struct help {
	struct slice text;

	/* owned by the keeper */
	struct help *next_touched;
	bool touched;
	uint32_t n_blocks; /* of staged states */
	uint64_t hash, born;
};

/* One allocation that owns its labels; `sorted` has no name twice. NULL: out of memory. */
must_check struct stamp *stamp_new(const struct label *sorted, size_t n);
void stamp_free(struct stamp *stamp);
size_t stamp_bytes(const struct stamp *stamp); /* of the allocation */

/* Any thread: fixes what was made (one allocation) in a slot of a stamp, or frees it when another
 * reader was faster. Returns what is fixed. */
void *stamp_keep(_Atomic(void *) *slot, void *made);

must_check struct help *help_new(struct slice text); /* NULL: out of memory */

struct series {
	uint32_t block_offset;  /* from the block's first byte to this one */
	uint32_t index;         /* among the block's series */
	uint32_t pushed_index;  /* among the series of the body */
	uint32_t n_points;      /* quantiles or buckets */
	uint32_t n_labels : 27; /* own ones */
	uint32_t lacks_count : 1, lacks_sum : 1, lacks_value : 1;
	uint32_t has_tail : 1, tail_whole : 1;
	uint32_t labels_bytes;
};

enum { SERIES_LABELS_MAX = (1 << 27) - 1 };

/* A series' value, as a reader wants it. Arrays point into the block.
 *
 * What protobuf says beyond the numbers is kept as its wire bytes, in canonical form
 * (format/canon.h): the fields of the value message (Counter, Histogram, ...) that follow those
 * which the numbers give; or, `tail_whole`, all fields of the Metric but its labels, the numbers
 * repeated among them. Most series have no tail. */
struct series_value {
	double value;
	uint64_t count;
	double count_float, sum;
	bool lacks_count, lacks_sum, lacks_value; /* as in struct metric */
	bool tail_whole;
	struct slice tail;
	uint32_t n_points;
	const struct quantile *quantiles;
	const struct bucket *buckets;
};

/* A family made ready to freeze: its metrics stamped and in order. */
struct stamped_metric {
	struct metric *metric;
	struct labels own; /* packed in the arena */
	uint32_t pushed_index;
};

struct stamped {
	struct family *family;
	struct stamped_metric
		*metrics; /* in the order of exposition; of equal ones the earlier first */
	uint32_t n;
};

/* Takes grouping labels out of every metric (the group's win), sorts and packs the rest, and orders
 * the metrics. A label name that a metric has twice stays twice: the check refuses it. An own
 * instance="" is dropped where the stamp implies it. False when the arena refuses. */
must_check bool family_stamp(struct family *family, const struct stamp *stamp, struct arena *arena,
			     struct stamped *ret);

/* One exact allocation, or NULL. The caller sets stamp, help and pushed_ns. */
must_check struct block *block_freeze(const struct stamped *family);

/* A gauge with the group's labels alone: the store's own push_time_seconds. */
must_check struct block *block_gauge(double value);

void block_free(struct block *b);

/* The same series with the same labels, each at the same offset: only numbers and the like differ,
 * and one can be written over the other. */
bool block_same_layout(const struct block *a, const struct block *b);

/* Writes all that was pushed over a block of the same layout, whose place, age and holders stay. No
 * reader may see it. */
void block_overwrite(struct block *to, const struct block *from);

/* What the family says of itself besides name, help and type, as the wire bytes of its MetricFamily
 * in canonical form: its unit (format/family_rest.h) and unknown fields. Kept to be written back;
 * of scrapes only OpenMetrics shows any of it, the unit; the reference's show nothing. Usually
 * empty. */
struct slice block_rest(const struct block *b);

const struct series *block_series(const struct block *b, uint32_t i);

static inline const struct block *series_block(const struct series *s)
{
	return (const struct block *)((const char *)s - s->block_offset);
}

/* A counter, gauge or untyped: what series_value would give is one number. */
static inline bool series_is_number(const struct series *s)
{
	unsigned type = series_block(s)->type;

	return type == METRIC_COUNTER || type == METRIC_GAUGE || type == METRIC_UNTYPED;
}

static inline double series_number(const struct series *s)
{
	double number;

	memcpy(&number, s + 1, sizeof(number));
	return number;
}

/* As how many series it counts against limits: a family without any takes memory, too. */
static inline uint32_t block_charge(const struct block *b)
{
	return b->n_series == 0 ? 1 : b->n_series;
}

struct labels series_own_labels(const struct series *s);
struct series_value series_value(const struct series *s);
struct series_value metric_value(enum metric_type type, const struct metric *metric);

/* Series of many groups lie scattered in memory. A reader of many calls this with the place of each
 * that it is about to read: what those behind it need is fetched meanwhile, so that it waits for
 * none of them. */
static inline void series_fetch_ahead(const void *const *series, size_t n, size_t at)
{
	enum { SERIES_AHEAD = 24, STAMP_AHEAD = 12, LABELS_AHEAD = 6 };

	if (at + SERIES_AHEAD < n) {
		const char *s = series[at + SERIES_AHEAD];

		/* the end of the numbers, and the block's head if it has this one series */
		__builtin_prefetch(s + sizeof(struct series) + sizeof(double) - 1);
		__builtin_prefetch(s - sizeof(struct block));
	}
	if (at + STAMP_AHEAD < n)
		__builtin_prefetch(&series_block(series[at + STAMP_AHEAD])->stamp->text);
	if (at + LABELS_AHEAD < n) {
		const struct stamp *stamp = series_block(series[at + LABELS_AHEAD])->stamp;

		__builtin_prefetch(atomic_load_explicit(&stamp->text, memory_order_relaxed));
		__builtin_prefetch(atomic_load_explicit(&stamp->wire, memory_order_relaxed));
	}
}

/* Exposition order, over blocks of any groups. */
int series_compare(const struct series *a, const struct series *b);
