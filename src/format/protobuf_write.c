/* SPDX-License-Identifier: Apache-2.0 */
#include "format/protobuf_write.h"

#include <stdlib.h>

#include "format/schema.h"

enum {
	DOUBLE_FIELD_BYTES =
		1 + sizeof(double), /* all numbers here are below 16: a tag is a byte */
	QUANTILE_BYTES = 2 * DOUBLE_FIELD_BYTES,
};

uint32_t protobuf_value_field(enum metric_type type)
{
	static const uint8_t fields[METRIC_TYPES] = {
		[METRIC_COUNTER] = METRIC_COUNTER_VALUE,
		[METRIC_GAUGE] = METRIC_GAUGE_VALUE,
		[METRIC_SUMMARY] = METRIC_SUMMARY_VALUE,
		[METRIC_UNTYPED] = METRIC_UNTYPED_VALUE,
		[METRIC_HISTOGRAM] = METRIC_HISTOGRAM_VALUE,
		[METRIC_GAUGE_HISTOGRAM] = METRIC_HISTOGRAM_VALUE,
	};

	assert((unsigned)type < METRIC_TYPES);
	return fields[type];
}

/* ---- numbers ---- */

/* The reference's text parser makes all counts of a histogram floats where one is (expfmt,
 * normalizeHistogram); a body of protobuf that differs from that has a whole tail. */
static bool has_float_counts(const struct series_value *v)
{
	for (uint32_t i = 0; i < v->n_points; i++)
		if (v->buckets[i].count_float != 0)
			return true;
	return v->count_float != 0;
}

/* Both counts, where a body of text had one that was whole and one that was not. */
static bool writes_count(const struct series_value *v, bool floats)
{
	return floats ? v->count != 0 : !v->lacks_count;
}

static size_t count_bytes(uint64_t count)
{
	return 1 + wire_varint_bytes(count);
}

static size_t bucket_bytes(const struct bucket *b, bool floats)
{
	return DOUBLE_FIELD_BYTES + (floats ? DOUBLE_FIELD_BYTES : count_bytes(b->count));
}

static size_t histogram_bytes(const struct series_value *v)
{
	bool floats = has_float_counts(v);
	size_t bytes = writes_count(v, floats) ? count_bytes(v->count) : 0;

	bytes += v->lacks_sum ? 0 : DOUBLE_FIELD_BYTES;
	for (uint32_t i = 0; i < v->n_points; i++)
		bytes += wire_field_bytes(HISTOGRAM_BUCKET, bucket_bytes(&v->buckets[i], floats));
	return bytes + (floats ? DOUBLE_FIELD_BYTES : 0);
}

static size_t summary_bytes(const struct series_value *v)
{
	return (v->lacks_count ? 0 : count_bytes(v->count)) +
	       (v->lacks_sum ? 0 : DOUBLE_FIELD_BYTES) +
	       v->n_points * wire_field_bytes(SUMMARY_QUANTILE, QUANTILE_BYTES);
}

size_t protobuf_numbers_bytes(enum metric_type type, const struct series_value *value)
{
	switch (type) {
	case METRIC_SUMMARY:
		return summary_bytes(value);
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		return histogram_bytes(value);
	default:
		return DOUBLE_FIELD_BYTES;
	}
}

static char *put_count(char *at, uint32_t number, uint64_t count)
{
	return wire_put_varint(wire_put_tag(at, number, WIRE_VARINT), count);
}

static char *put_length(char *at, uint32_t number, size_t bytes)
{
	return wire_put_varint(wire_put_tag(at, number, WIRE_BYTES), bytes);
}

static char *put_histogram(char *at, const struct series_value *v)
{
	bool floats = has_float_counts(v);

	if (writes_count(v, floats))
		at = put_count(at, HISTOGRAM_COUNT, v->count);
	if (!v->lacks_sum)
		at = wire_put_double(at, HISTOGRAM_SUM, v->sum);
	for (uint32_t i = 0; i < v->n_points; i++) {
		const struct bucket *b = &v->buckets[i];

		at = put_length(at, HISTOGRAM_BUCKET, bucket_bytes(b, floats));
		if (!floats)
			at = put_count(at, BUCKET_COUNT, b->count);
		at = wire_put_double(at, BUCKET_UPPER_BOUND, b->upper_bound);
		if (floats)
			at = wire_put_double(at, BUCKET_COUNT_FLOAT, b->count_float);
	}
	return floats ? wire_put_double(at, HISTOGRAM_COUNT_FLOAT, v->count_float) : at;
}

static char *put_summary(char *at, const struct series_value *v)
{
	if (!v->lacks_count)
		at = put_count(at, SUMMARY_COUNT, v->count);
	if (!v->lacks_sum)
		at = wire_put_double(at, SUMMARY_SUM, v->sum);
	for (uint32_t i = 0; i < v->n_points; i++) {
		at = put_length(at, SUMMARY_QUANTILE, QUANTILE_BYTES);
		at = wire_put_double(at, QUANTILE_QUANTILE, v->quantiles[i].quantile);
		at = wire_put_double(at, QUANTILE_VALUE, v->quantiles[i].value);
	}
	return at;
}

char *protobuf_put_numbers(char *at, enum metric_type type, const struct series_value *value)
{
	switch (type) {
	case METRIC_SUMMARY:
		return put_summary(at, value);
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		return put_histogram(at, value);
	default:
		return wire_put_double(at, SIMPLE_VALUE, value->value);
	}
}

/* ---- a Metric ---- */

/* All but the labels. */
static size_t value_bytes(enum metric_type type, const struct series_value *v)
{
	if (v->tail_whole)
		return v->tail.len;
	return wire_field_bytes(protobuf_value_field(type),
				protobuf_numbers_bytes(type, v) + v->tail.len);
}

static char *put_value(char *at, enum metric_type type, const struct series_value *v)
{
	if (v->tail_whole)
		return slice_put(at, v->tail);
	at = put_length(at, protobuf_value_field(type),
			protobuf_numbers_bytes(type, v) + v->tail.len);
	return slice_put(protobuf_put_numbers(at, type, v), v->tail);
}

static size_t label_bytes(enum escaping escaping, const struct label *label)
{
	return wire_field_bytes(LABEL_NAME, name_escaped_bytes(label->name, escaping)) +
	       wire_field_bytes(LABEL_VALUE, label->value.len);
}

static char *put_name(char *at, enum escaping escaping, uint32_t number, struct slice name)
{
	at = put_length(at, number, name_escaped_bytes(name, escaping));
	return at + name_escape(name, escaping, at);
}

static char *put_label(char *at, enum escaping escaping, const struct label *label)
{
	at = put_length(at, METRIC_LABEL, label_bytes(escaping, label));
	at = put_name(at, escaping, LABEL_NAME, label->name);
	return wire_put_bytes(at, LABEL_VALUE, label->value);
}

/* Without tag and length. */
static size_t metric_bytes(enum escaping escaping, const struct series *s,
			   const struct series_value *value)
{
	size_t bytes = value_bytes(series_block(s)->type, value);
	struct labels_merge merge;
	struct label label;

	labels_merge_start(&merge, series_block(s)->stamp->implied, series_own_labels(s));
	while (labels_merge_next(&merge, &label))
		bytes += wire_field_bytes(METRIC_LABEL, label_bytes(escaping, &label));
	return bytes;
}

/* ---- series ---- */

/* The labels of a group, kept with the stamp; the same in every scheme of escaping, or of no use.
 */
struct stamp_wire {
	uint32_t len;
	bool plain;  /* its names are legacy-valid; else there are no bytes */
	char text[]; /* a field `label` each, and COPY_BYTES more */
};

enum {
	COPY_BYTES = 32,
	/* a field of the value message, tag and length of it, and a number */
	NUMBER_BYTES = 2 + DOUBLE_FIELD_BYTES,
};

static inline char *put_roomy(char *at, const char *text, size_t len)
{
	for (size_t done = 0; done < len; done += COPY_BYTES)
		memcpy(at + done, text + done, COPY_BYTES);
	return at + len;
}

/* NULL: out of memory. */
static const struct stamp_wire *stamp_wire_make(struct stamp *stamp)
{
	struct slice rest = stamp->implied.bytes;
	struct stamp_wire *made;
	struct label label;
	size_t len = 0;
	bool plain = true;
	char *at;

	while (labels_next(&rest, &label)) {
		plain = plain && metric_name_valid(label.name, NAME_LEGACY);
		len += wire_field_bytes(METRIC_LABEL, label_bytes(ESCAPING_ALLOW_UTF8, &label));
	}
	len = plain ? len : 0;
	made = calloc(1, sizeof(*made) + len + COPY_BYTES);
	if (made == NULL)
		return NULL;
	made->len = (uint32_t)len;
	made->plain = plain;
	at = made->text;
	rest = stamp->implied.bytes;
	while (plain && labels_next(&rest, &label))
		at = put_label(at, ESCAPING_ALLOW_UTF8, &label);
	return stamp_keep(&stamp->wire, made);
}

/* Of a series of one number and with the group's labels alone, the usual one. NULL: of any other,
 * which is written label by label. */
static inline const struct stamp_wire *usual(const struct series *s)
{
	const struct stamp *stamp = series_block(s)->stamp;
	const struct stamp_wire *wire;

	if (s->n_labels > 0 || s->has_tail || !series_is_number(s))
		return NULL;
	wire = atomic_load_explicit(&stamp->wire, memory_order_acquire);
	if (wire == NULL)
		wire = stamp->implied.n == 0 ? NULL : stamp_wire_make((struct stamp *)stamp);
	return wire != NULL && wire->plain ? wire : NULL;
}

size_t protobuf_series_bytes(enum escaping escaping, const struct series *s)
{
	const struct stamp_wire *labels = usual(s);
	struct series_value value;

	if (labels != NULL)
		return wire_field_bytes(FAMILY_METRIC, labels->len + NUMBER_BYTES);
	value = series_value(s);
	return wire_field_bytes(FAMILY_METRIC, metric_bytes(escaping, s, &value));
}

uint64_t protobuf_all_bytes(enum escaping escaping, const void *const *series, size_t n)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		series_fetch_ahead(series, n, i);
		bytes += protobuf_series_bytes(escaping, series[i]);
	}
	return bytes;
}

static void write_usual(struct buf *out, const struct series *s, const struct stamp_wire *labels)
{
	size_t bytes = labels->len + NUMBER_BYTES;
	char *begin = buf_reserve(out, 1 + WIRE_VARINT_BYTES_MAX + bytes + COPY_BYTES), *at = begin;

	if (begin == NULL)
		return;
	at = put_length(at, FAMILY_METRIC, bytes);
	at = put_roomy(at, labels->text, labels->len);
	at = put_length(at, protobuf_value_field(series_block(s)->type), DOUBLE_FIELD_BYTES);
	at = wire_put_double(at, SIMPLE_VALUE, series_number(s));
	buf_advance(out, (size_t)(at - begin));
}

static void write_any(struct buf *out, enum escaping escaping, const struct series *s)
{
	struct series_value value = series_value(s);
	size_t bytes = metric_bytes(escaping, s, &value);
	char *begin = buf_reserve(out, wire_field_bytes(FAMILY_METRIC, bytes)), *at = begin;
	struct labels_merge merge;
	struct label label;

	if (begin == NULL)
		return;
	at = put_length(at, FAMILY_METRIC, bytes);
	labels_merge_start(&merge, series_block(s)->stamp->implied, series_own_labels(s));
	while (labels_merge_next(&merge, &label))
		at = put_label(at, escaping, &label);
	at = put_value(at, series_block(s)->type, &value);
	buf_advance(out, (size_t)(at - begin));
}

void protobuf_write_series(struct buf *out, enum escaping escaping, const struct series *s)
{
	const struct stamp_wire *labels = usual(s);

	if (labels != NULL)
		write_usual(out, s, labels);
	else
		write_any(out, escaping, s);
}

void protobuf_write_all(struct buf *out, enum escaping escaping, const void *const *series,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		series_fetch_ahead(series, n, i);
		protobuf_write_series(out, escaping, series[i]);
	}
}

void protobuf_write_metric(struct buf *out, enum metric_type type, const struct label *labels,
			   size_t n_labels, const struct series_value *value)
{
	size_t bytes = value_bytes(type, value);
	char *begin, *at;

	for (size_t i = 0; i < n_labels; i++)
		bytes += wire_field_bytes(METRIC_LABEL,
					  label_bytes(ESCAPING_ALLOW_UTF8, &labels[i]));
	at = begin = buf_reserve(out, bytes);
	if (begin == NULL)
		return;
	for (size_t i = 0; i < n_labels; i++)
		at = put_label(at, ESCAPING_ALLOW_UTF8, &labels[i]);
	at = put_value(at, type, value);
	buf_advance(out, (size_t)(at - begin));
}

/* ---- a MetricFamily ---- */

void protobuf_write_length(struct buf *out, uint64_t bytes)
{
	char *at = buf_reserve(out, WIRE_VARINT_BYTES_MAX);

	if (at != NULL)
		buf_advance(out, (size_t)(wire_put_varint(at, bytes) - at));
}

void protobuf_write_head(struct buf *out, enum escaping escaping, struct slice name,
			 const struct slice *help, enum metric_type type)
{
	size_t bytes = wire_field_bytes(FAMILY_NAME, name_escaped_bytes(name, escaping)) +
		       (help == NULL ? 0 : wire_field_bytes(FAMILY_HELP, help->len)) + 2;
	char *begin = buf_reserve(out, bytes), *at = begin;

	if (begin == NULL)
		return;
	at = put_name(at, escaping, FAMILY_NAME, name);
	if (help != NULL)
		at = wire_put_bytes(at, FAMILY_HELP, *help);
	at = put_count(at, FAMILY_TYPE, (uint64_t)type);
	buf_advance(out, (size_t)(at - begin));
}
