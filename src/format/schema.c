/* SPDX-License-Identifier: Apache-2.0 */
#include "format/schema.h"

#define FIELDS(table) .fields = (table), .number_max = sizeof(table) / sizeof((table)[0]) - 1
#define DECLARED(...)                                                                              \
	.declared = (const uint8_t[])                                                              \
	{                                                                                          \
		__VA_ARGS__, 0                                                                     \
	}

static const struct schema_field no_fields[] = {{.kind = KIND_NONE}};
const struct schema schema_empty = {FIELDS(no_fields), .declared = (const uint8_t[]){0}};

static const struct schema_field label_fields[] = {
    [LABEL_NAME] = {"name", KIND_STRING},
    [LABEL_VALUE] = {"value", KIND_STRING},
};
static const struct schema schema_label = {FIELDS(label_fields), DECLARED(1, 2)};

static const struct schema_field timestamp_fields[] = {
    [1] = {"seconds", KIND_INT64, .implicit = true},
    [2] = {"nanos", KIND_INT32, .implicit = true},
};
static const struct schema schema_timestamp = {FIELDS(timestamp_fields), DECLARED(1, 2)};

static const struct schema_field exemplar_fields[] = {
    [1] = {"label", KIND_MESSAGE, .repeated = true, .message = &schema_label},
    [2] = {"value", KIND_DOUBLE},
    [3] = {"timestamp", KIND_MESSAGE, .message = &schema_timestamp},
};
static const struct schema schema_exemplar = {FIELDS(exemplar_fields), DECLARED(1, 2, 3)};

static const struct schema_field gauge_fields[] = {
    [SIMPLE_VALUE] = {"value", KIND_DOUBLE},
};
static const struct schema schema_gauge = {FIELDS(gauge_fields), DECLARED(1)};

static const struct schema_field counter_fields[] = {
    [SIMPLE_VALUE] = {"value", KIND_DOUBLE},
    [2] = {"exemplar", KIND_MESSAGE, .message = &schema_exemplar},
    [3] = {"created_timestamp", KIND_MESSAGE, .message = &schema_timestamp},
};
static const struct schema schema_counter = {FIELDS(counter_fields), DECLARED(1, 2, 3)};

static const struct schema_field quantile_fields[] = {
    [QUANTILE_QUANTILE] = {"quantile", KIND_DOUBLE},
    [QUANTILE_VALUE] = {"value", KIND_DOUBLE},
};
static const struct schema schema_quantile = {FIELDS(quantile_fields), DECLARED(1, 2)};

static const struct schema_field summary_fields[] = {
    [SUMMARY_COUNT] = {"sample_count", KIND_UINT64},
    [SUMMARY_SUM] = {"sample_sum", KIND_DOUBLE},
    [SUMMARY_QUANTILE] = {"quantile", KIND_MESSAGE, .repeated = true, .counted = true,
			  .message = &schema_quantile},
    [4] = {"created_timestamp", KIND_MESSAGE, .message = &schema_timestamp},
};
const struct schema schema_summary = {FIELDS(summary_fields), DECLARED(1, 2, 3, 4)};

static const struct schema_field span_fields[] = {
    [SPAN_OFFSET] = {"offset", KIND_SINT32},
    [SPAN_LENGTH] = {"length", KIND_UINT32},
};
static const struct schema schema_span = {FIELDS(span_fields), DECLARED(1, 2)};

static const struct schema_field bucket_fields[] = {
    [BUCKET_COUNT] = {"cumulative_count", KIND_UINT64},
    [BUCKET_UPPER_BOUND] = {"upper_bound", KIND_DOUBLE},
    [3] = {"exemplar", KIND_MESSAGE, .message = &schema_exemplar},
    [BUCKET_COUNT_FLOAT] = {"cumulative_count_float", KIND_DOUBLE},
};
static const struct schema schema_bucket = {FIELDS(bucket_fields), DECLARED(1, 4, 2, 3)};

static const struct schema_field histogram_fields[] = {
    [HISTOGRAM_COUNT] = {"sample_count", KIND_UINT64},
    [HISTOGRAM_SUM] = {"sample_sum", KIND_DOUBLE},
    [HISTOGRAM_BUCKET] = {"bucket", KIND_MESSAGE, .repeated = true, .counted = true,
			  .message = &schema_bucket},
    [HISTOGRAM_COUNT_FLOAT] = {"sample_count_float", KIND_DOUBLE},
    [HISTOGRAM_SCHEMA] = {"schema", KIND_SINT32},
    [HISTOGRAM_ZERO_THRESHOLD] = {"zero_threshold", KIND_DOUBLE},
    [HISTOGRAM_ZERO_COUNT] = {"zero_count", KIND_UINT64},
    [HISTOGRAM_ZERO_COUNT_FLOAT] = {"zero_count_float", KIND_DOUBLE},
    [HISTOGRAM_NEGATIVE_SPAN] = {"negative_span", KIND_MESSAGE, .repeated = true, .counted = true,
				 .message = &schema_span},
    [HISTOGRAM_NEGATIVE_DELTA] = {"negative_delta", KIND_SINT64, .repeated = true, .counted = true},
    [HISTOGRAM_NEGATIVE_COUNT] = {"negative_count", KIND_DOUBLE, .repeated = true, .counted = true},
    [HISTOGRAM_POSITIVE_SPAN] = {"positive_span", KIND_MESSAGE, .repeated = true, .counted = true,
				 .message = &schema_span},
    [HISTOGRAM_POSITIVE_DELTA] = {"positive_delta", KIND_SINT64, .repeated = true, .counted = true},
    [HISTOGRAM_POSITIVE_COUNT] = {"positive_count", KIND_DOUBLE, .repeated = true, .counted = true},
    [15] = {"created_timestamp", KIND_MESSAGE, .message = &schema_timestamp},
    [16] = {"exemplars", KIND_MESSAGE, .repeated = true, .counted = true,
	    .message = &schema_exemplar},
};
const struct schema schema_histogram = {
    FIELDS(histogram_fields),
    DECLARED(1, 4, 2, 3, 15, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16),
};

static const struct schema_field metric_fields[] = {
    [METRIC_LABEL] = {"label", KIND_MESSAGE, .repeated = true, .message = &schema_label},
    [METRIC_GAUGE_VALUE] = {"gauge", KIND_MESSAGE, .message = &schema_gauge},
    [METRIC_COUNTER_VALUE] = {"counter", KIND_MESSAGE, .message = &schema_counter},
    [METRIC_SUMMARY_VALUE] = {"summary", KIND_MESSAGE, .message = &schema_summary},
    [METRIC_UNTYPED_VALUE] = {"untyped", KIND_MESSAGE, .message = &schema_gauge},
    [METRIC_TIMESTAMP] = {"timestamp_ms", KIND_INT64},
    [METRIC_HISTOGRAM_VALUE] = {"histogram", KIND_MESSAGE, .message = &schema_histogram},
};
const struct schema schema_metric = {FIELDS(metric_fields), DECLARED(1, 2, 3, 4, 5, 7, 6)};

static const struct schema_field family_fields[] = {
    [FAMILY_NAME] = {"name", KIND_STRING},
    [FAMILY_HELP] = {"help", KIND_STRING},
    [FAMILY_TYPE] = {"type", KIND_TYPE},
    [FAMILY_METRIC] = {"metric", KIND_MESSAGE, .repeated = true, .counted = true,
		       .message = &schema_metric},
    [5] = {"unit", KIND_STRING},
};
const struct schema schema_family = {FIELDS(family_fields), DECLARED(1, 2, 3, 4, 5)};

enum wire_type schema_wire_type(enum schema_kind kind)
{
	switch (kind) {
	case KIND_DOUBLE:
		return WIRE_FIXED64;
	case KIND_STRING:
	case KIND_MESSAGE:
		return WIRE_BYTES;
	default:
		return WIRE_VARINT;
	}
}

const struct schema_field *schema_known(const struct schema *schema, const struct wire_field *field)
{
	const struct schema_field *known;
	enum wire_type type;

	if (field->number > schema->number_max)
		return NULL;
	known = &schema->fields[field->number];
	if (known->kind == KIND_NONE)
		return NULL;
	type = schema_wire_type(known->kind);
	return field->type == type || (field->type == WIRE_BYTES && known->repeated) ? known : NULL;
}

uint64_t schema_varint(enum schema_kind kind, uint64_t value)
{
	switch (kind) {
	case KIND_UINT32:
	case KIND_SINT32:
		return (uint32_t)value;
	case KIND_INT32:
	case KIND_TYPE:
		return (uint64_t)(int64_t)(int32_t)(uint32_t)value;
	default:
		return value;
	}
}
