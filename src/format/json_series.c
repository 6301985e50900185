/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json_series.h"

#include <stdlib.h>

#include "format/json_write.h"
#include "format/native.h"
#include "format/number.h"
#include "format/schema.h"

/* ---- single values ---- */

static double number_of_message(struct slice message)
{
	struct wire w = wire_start(message);
	struct wire_field field;
	double value = 0;

	/* Gauge, Counter and Untyped have it as their first field. */
	while (wire_next(&w, &field))
		if (field.number == 1 && field.type == WIRE_FIXED64)
			value = wire_double(field.value);
	return value;
}

/* The reference does not look at the family's type: gauge, counter, untyped, whichever a metric
 * has first. Only protobuf can say another than the type's. */
static double value_of_fields(struct slice metric)
{
	static const uint32_t numbers[] = {METRIC_GAUGE_VALUE, METRIC_COUNTER_VALUE,
					   METRIC_UNTYPED_VALUE};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct wire w = wire_start(metric);
		struct wire_field field;

		while (wire_next(&w, &field))
			if (field.number == numbers[i] && field.type == WIRE_BYTES)
				return number_of_message(field.bytes);
	}
	return 0;
}

static double single_value(enum metric_type type, const struct series_value *v)
{
	if (v->tail_whole)
		return value_of_fields(v->tail);
	return type == METRIC_GAUGE_HISTOGRAM ? 0 : v->value;
}

/* ---- quantiles and classic buckets: a map by the number's text ---- */

struct entry {
	char key[NUMBER_TEXT_BYTES_MAX];
	size_t key_len;
	uint32_t index;
};

static int entry_order(const void *a_ptr, const void *b_ptr)
{
	const struct entry *a = a_ptr, *b = b_ptr;
	int order = slice_compare((struct slice){a->key, a->key_len},
				  (struct slice){b->key, b->key_len});

	if (order != 0)
		return order;
	return a->index < b->index ? -1 : a->index > b->index;
}

static bool same_key(const struct entry *a, const struct entry *b)
{
	return a->key_len == b->key_len && memcmp(a->key, b->key, a->key_len) == 0;
}

static void put_point(struct buf *out, const struct series_value *v, uint32_t i)
{
	if (v->quantiles != NULL)
		json_put_double(out, v->quantiles[i].value);
	else if (v->buckets[i].count_float > 0)
		json_put_double(out, v->buckets[i].count_float);
	else
		json_put_u64(out, v->buckets[i].count);
}

/* Keys are sorted as text; of equal ones the last stays. */
static bool put_points(struct buf *out, const struct series_value *v, struct arena *arena)
{
	struct entry *entries = arena_new_array(arena, struct entry, v->n_points);
	bool first = true;

	if (entries == NULL)
		return false;
	for (uint32_t i = 0; i < v->n_points; i++) {
		double number =
			v->quantiles != NULL ? v->quantiles[i].quantile : v->buckets[i].upper_bound;

		entries[i].key_len = number_write(number, entries[i].key);
		entries[i].index = i;
	}
	if (v->n_points > 1)
		qsort(entries, v->n_points, sizeof(*entries), entry_order);
	buf_put_byte(out, '{');
	for (uint32_t i = 0; i < v->n_points; i++) {
		if (i + 1 < v->n_points && same_key(&entries[i], &entries[i + 1]))
			continue;
		if (!first)
			buf_put_byte(out, ',');
		json_put_string(out, (struct slice){entries[i].key, entries[i].key_len});
		buf_put_byte(out, ':');
		put_point(out, v, entries[i].index);
		first = false;
	}
	buf_put_byte(out, '}');
	return true;
}

/* ---- native buckets ---- */

enum boundaries { OPEN_LEFT = 0, OPEN_RIGHT = 1, CLOSED_BOTH = 3 };

struct native_list {
	struct buf *out;
	const struct native *native;
	bool any;
};

static void put_native(struct native_list *l, enum boundaries boundaries, double lower,
		       double upper, const struct native_bucket *bucket)
{
	if (native_bucket_is_empty(l->native, bucket))
		return;
	buf_put(l->out, l->any ? SLICE(",[") : SLICE("["));
	buf_put_u64(l->out, boundaries);
	buf_put_byte(l->out, ',');
	json_put_double(l->out, lower);
	buf_put_byte(l->out, ',');
	json_put_double(l->out, upper);
	buf_put_byte(l->out, ',');
	if (l->native->floats)
		json_put_double(l->out, bucket->count_float);
	else
		json_put_u64(l->out, bucket->count);
	buf_put_byte(l->out, ']');
	l->any = true;
}

static bool put_native_buckets(struct buf *out, const struct native *native, struct arena *arena)
{
	struct native_list l = {.out = out, .native = native};
	struct native_bucket bucket = {.count = native->zero_count,
				       .count_float = native->zero_count_float};
	struct native_bucket *negative;
	struct native_walk walk;
	size_t n;

	if (!native_gather_negative(native, arena, &negative, &n))
		return false;
	buf_put_byte(out, '[');
	while (n-- > 0)
		put_native(&l, OPEN_RIGHT, -native_bound(native->schema, negative[n].index),
			   -native_bound_below(native->schema, negative[n].index), &negative[n]);
	put_native(&l, CLOSED_BOTH, -native->zero_threshold, native->zero_threshold, &bucket);
	native_walk_start(native, NATIVE_POSITIVE, &walk);
	while (native_walk_next(&walk, &bucket))
		put_native(&l, OPEN_LEFT, native_bound_below(native->schema, bucket.index),
			   native_bound(native->schema, bucket.index), &bucket);
	buf_put_byte(out, ']');
	return true;
}

/* ---- a series ---- */

static void put_key(struct buf *out, struct slice name)
{
	json_put_string(out, name);
	buf_put_byte(out, ':');
}

static void put_series_labels(struct buf *out, const struct series *s)
{
	put_key(out, SLICE("labels"));
	json_put_labels(out, series_block(s)->stamp->implied, series_own_labels(s));
}

static bool put_histogram(struct buf *out, const struct series *s, const struct series_value *v,
			  struct arena *arena)
{
	struct native native = native_of_series(s);

	buf_put_byte(out, '{');
	put_key(out, SLICE("buckets"));
	if (!(native.has_spans ? put_native_buckets(out, &native, arena)
			       : put_points(out, v, arena)))
		return false;
	buf_put(out, SLICE(",\"count\":"));
	if (v->count_float > 0)
		json_put_double(out, v->count_float);
	else
		json_put_u64(out, v->count);
	buf_put_byte(out, ',');
	put_series_labels(out, s);
	buf_put(out, SLICE(",\"sum\":"));
	json_put_double(out, v->sum);
	buf_put_byte(out, '}');
	return true;
}

static bool put_summary(struct buf *out, const struct series *s, const struct series_value *v,
			struct arena *arena)
{
	buf_put(out, SLICE("{\"count\":"));
	json_put_u64(out, v->count);
	buf_put_byte(out, ',');
	put_series_labels(out, s);
	buf_put(out, SLICE(",\"quantiles\":"));
	if (!put_points(out, v, arena))
		return false;
	buf_put(out, SLICE(",\"sum\":"));
	json_put_double(out, v->sum);
	buf_put_byte(out, '}');
	return true;
}

bool json_put_series(struct buf *out, const struct series *s, struct arena *arena)
{
	enum metric_type type = series_block(s)->type;
	struct series_value v = series_value(s);

	if (type == METRIC_SUMMARY)
		return put_summary(out, s, &v, arena);
	if (type == METRIC_HISTOGRAM)
		return put_histogram(out, s, &v, arena);
	buf_put_byte(out, '{');
	put_series_labels(out, s);
	buf_put(out, SLICE(",\"value\":"));
	json_put_double(out, single_value(type, &v));
	buf_put_byte(out, '}');
	return true;
}
