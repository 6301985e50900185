/* SPDX-License-Identifier: Apache-2.0 */
#include "format/protobuf_write.h"

#include "format/schema.h"

enum {
	DOUBLE_FIELD_BYTES = 1 + sizeof(double), /* all numbers here are below 16: a tag is a byte */
	QUANTILE_BYTES = 2 * DOUBLE_FIELD_BYTES,
	NAME_BYTES_ON_STACK = 1024,
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

static char *put(char *at, struct slice s)
{
	if (s.len > 0)
		memcpy(at, s.ptr, s.len);
	return at + s.len;
}

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
		return put(at, v->tail);
	at = put_length(at, protobuf_value_field(type),
			protobuf_numbers_bytes(type, v) + v->tail.len);
	return put(protobuf_put_numbers(at, type, v), v->tail);
}

static size_t label_bytes(const struct label *label, size_t name_bytes)
{
	return wire_field_bytes(LABEL_NAME, name_bytes) +
	       wire_field_bytes(LABEL_VALUE, label->value.len);
}

static size_t escaped_bytes(enum escaping escaping, struct slice name)
{
	char on_stack[ESCAPE_PREFIX_BYTES + ESCAPE_GROWTH_MAX * NAME_BYTES_ON_STACK];
	char *room = on_stack;
	size_t bytes;

	if (escaping == ESCAPING_ALLOW_UTF8 || metric_name_valid(name, NAME_LEGACY))
		return name.len;
	if (name.len > NAME_BYTES_ON_STACK)
		room = malloc(ESCAPE_PREFIX_BYTES + ESCAPE_GROWTH_MAX * name.len);
	assert(room != NULL);
	bytes = name_escape(name, escaping, room);
	if (room != on_stack)
		free(room);
	return bytes;
}
