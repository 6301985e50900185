/* SPDX-License-Identifier: Apache-2.0
 *
 * The text format of protobuf (protobuf-go, prototext) for io.prometheus.client.Metric, whose
 * fields stand in the order of their declaration in metrics.proto. Whether count and sum were
 * pushed at all is not kept; they are always written. */
#include "format/debug_write.h"

#include <math.h>

#include "base/utf8.h"
#include "format/number.h"

/* Two spaces before every field of a message but its first. */
static void put_field(struct buf *out, bool *first, const char *name)
{
	if (!*first)
		buf_put(out, SLICE("  "));
	*first = false;
	buf_put(out, slice_of(name));
}

static void put_number(struct buf *out, double value)
{
	char text[NUMBER_TEXT_BYTES_MAX];

	if (isnan(value))
		buf_put(out, SLICE("nan"));
	else if (isinf(value))
		buf_put(out, value < 0 ? SLICE("-inf") : SLICE("inf"));
	else
		buf_put(out, (struct slice){text, number_write(value, text)});
}

static void put_double(struct buf *out, bool *first, const char *name, double value)
{
	put_field(out, first, name);
	buf_put_byte(out, ':');
	put_number(out, value);
}

static void put_count(struct buf *out, bool *first, const char *name, uint64_t value)
{
	put_field(out, first, name);
	buf_put_byte(out, ':');
	buf_put_u64(out, value);
}

static void put_hex(struct buf *out, char kind, uint32_t value, unsigned n_digits)
{
	char text[6] = {'\\', kind};

	assert(n_digits <= 4);
	for (unsigned i = 0; i < n_digits; i++)
		text[2 + i] = "0123456789abcdef"[value >> 4 * (n_digits - 1 - i) & 0xf];
	buf_put(out, (struct slice){text, 2 + n_digits});
}

static char short_escape(uint32_t code_point)
{
	switch (code_point) {
	case '"':
	case '\\':
		return (char)code_point;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static void put_string(struct buf *out, struct slice s)
{
	buf_put_byte(out, '"');
	while (s.len > 0 && buf_ok(out)) {
		size_t len;
		bool valid;
		uint32_t code_point = utf8_next(s, &len, &valid);
		char letter = short_escape(code_point);

		if (!valid)
			put_hex(out, 'x', (unsigned char)*s.ptr, 2);
		else if (letter != 0)
			buf_put(out, (struct slice){(char[]){'\\', letter}, 2});
		else if (code_point < ' ' || code_point == 0x7f)
			put_hex(out, 'x', code_point, 2);
		else if (code_point >= 0x80 && code_point <= 0x9f)
			put_hex(out, 'u', code_point, 4);
		else
			buf_put(out, (struct slice){s.ptr, len});
		s = slice_skip(s, len);
	}
	buf_put_byte(out, '"');
}

static void put_label(struct buf *out, bool *first, const struct label *label)
{
	put_field(out, first, "label:{name:");
	put_string(out, label->name);
	buf_put(out, SLICE("  value:"));
	put_string(out, label->value);
	buf_put_byte(out, '}');
}

static void put_summary(struct buf *out, const struct metric *metric)
{
	bool first = true;

	if (!metric->lacks_count)
		put_count(out, &first, "sample_count", metric->count);
	if (!metric->lacks_sum)
		put_double(out, &first, "sample_sum", metric->sum);
	for (uint32_t i = 0; i < metric->n_points; i++) {
		bool inner = true;

		put_field(out, &first, "quantile:{");
		put_double(out, &inner, "quantile", metric->quantiles[i].quantile);
		put_double(out, &inner, "value", metric->quantiles[i].value);
		buf_put_byte(out, '}');
	}
}

/* The reference makes all counts of a histogram floats where one is (expfmt, normalizeHistogram).
 */
static bool has_float_counts(const struct metric *metric)
{
	for (uint32_t i = 0; i < metric->n_points; i++)
		if (metric->buckets[i].count_float != 0)
			return true;
	return metric->count_float != 0;
}

static void put_bucket(struct buf *out, const struct bucket *bucket, bool floats)
{
	bool first = true;

	if (floats)
		put_double(out, &first, "cumulative_count_float", bucket->count_float);
	else
		put_count(out, &first, "cumulative_count", bucket->count);
	put_double(out, &first, "upper_bound", bucket->upper_bound);
}

static void put_histogram(struct buf *out, const struct metric *metric)
{
	bool first = true, floats = has_float_counts(metric);

	/* Both, where a body has one count that is whole and one that is not. */
	if (floats ? metric->count != 0 : !metric->lacks_count)
		put_count(out, &first, "sample_count", metric->count);
	if (floats)
		put_double(out, &first, "sample_count_float", metric->count_float);
	if (!metric->lacks_sum)
		put_double(out, &first, "sample_sum", metric->sum);
	for (uint32_t i = 0; i < metric->n_points; i++) {
		put_field(out, &first, "bucket:{");
		put_bucket(out, &metric->buckets[i], floats);
		buf_put_byte(out, '}');
	}
}

void debug_write_metric(struct buf *out, enum metric_type type, const struct label *labels,
			size_t n_labels, const struct metric *metric)
{
	static const char *const fields[METRIC_TYPES] = {
	    [METRIC_COUNTER] = "counter:{",     [METRIC_GAUGE] = "gauge:{",
	    [METRIC_SUMMARY] = "summary:{",     [METRIC_UNTYPED] = "untyped:{",
	    [METRIC_HISTOGRAM] = "histogram:{", [METRIC_GAUGE_HISTOGRAM] = "histogram:{",
	};
	bool first = true, inner = true;

	assert((unsigned)type < METRIC_TYPES);
	for (size_t i = 0; i < n_labels; i++)
		put_label(out, &first, &labels[i]);
	put_field(out, &first, fields[type]);
	if (type == METRIC_SUMMARY)
		put_summary(out, metric);
	else if (type == METRIC_HISTOGRAM || type == METRIC_GAUGE_HISTOGRAM)
		put_histogram(out, metric);
	else
		put_double(out, &inner, "value", metric->value);
	buf_put_byte(out, '}');
}
