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
	[LABEL_NAME] = {.name = "name", .kind = KIND_STRING},
	[LABEL_VALUE] = {.name = "value", .kind = KIND_STRING},
};
static const struct schema schema_label = {FIELDS(label_fields), DECLARED(1, 2)};

static const struct schema_field timestamp_fields[] = {
	[TIMESTAMP_SECONDS] = {.name = "seconds", .kind = KIND_INT64, .implicit = true},
	[TIMESTAMP_NANOS] = {.name = "nanos", .kind = KIND_INT32, .implicit = true},
};
static const struct schema schema_timestamp = {FIELDS(timestamp_fields), DECLARED(1, 2)};

static const struct schema_field exemplar_fields[] = {
	[EXEMPLAR_LABEL] = {.name = "label",
			    .kind = KIND_MESSAGE,
			    .repeated = true,
			    .message = &schema_label},
	[EXEMPLAR_VALUE] = {.name = "value", .kind = KIND_DOUBLE},
	[EXEMPLAR_TIMESTAMP] = {.name = "timestamp",
				.kind = KIND_MESSAGE,
				.message = &schema_timestamp},
};
static const struct schema schema_exemplar = {FIELDS(exemplar_fields), DECLARED(1, 2, 3)};

static const struct schema_field gauge_fields[] = {
	[SIMPLE_VALUE] = {.name = "value", .kind = KIND_DOUBLE},
};
static const struct schema schema_gauge = {FIELDS(gauge_fields), DECLARED(1)};

static const struct schema_field counter_fields[] = {
	[SIMPLE_VALUE] = {.name = "value", .kind = KIND_DOUBLE},
	[COUNTER_EXEMPLAR] = {.name = "exemplar",
			      .kind = KIND_MESSAGE,
			      .message = &schema_exemplar},
	[COUNTER_CREATED] = {.name = "created_timestamp",
			     .kind = KIND_MESSAGE,
			     .message = &schema_timestamp},
};
static const struct schema schema_counter = {FIELDS(counter_fields), DECLARED(1, 2, 3)};

static const struct schema_field quantile_fields[] = {
	[QUANTILE_QUANTILE] = {.name = "quantile", .kind = KIND_DOUBLE},
	[QUANTILE_VALUE] = {.name = "value", .kind = KIND_DOUBLE},
};
static const struct schema schema_quantile = {FIELDS(quantile_fields), DECLARED(1, 2)};

static const struct schema_field summary_fields[] = {
	[SUMMARY_COUNT] = {.name = "sample_count", .kind = KIND_UINT64},
	[SUMMARY_SUM] = {.name = "sample_sum", .kind = KIND_DOUBLE},
	[SUMMARY_QUANTILE] = {.name = "quantile",
			      .kind = KIND_MESSAGE,
			      .repeated = true,
			      .counted = true,
			      .message = &schema_quantile},
	[SUMMARY_CREATED] = {.name = "created_timestamp",
			     .kind = KIND_MESSAGE,
			     .message = &schema_timestamp},
};
const struct schema schema_summary = {FIELDS(summary_fields), DECLARED(1, 2, 3, 4)};

static const struct schema_field span_fields[] = {
	[SPAN_OFFSET] = {.name = "offset", .kind = KIND_SINT32},
	[SPAN_LENGTH] = {.name = "length", .kind = KIND_UINT32},
};
static const struct schema schema_span = {FIELDS(span_fields), DECLARED(1, 2)};

static const struct schema_field bucket_fields[] = {
	[BUCKET_COUNT] = {.name = "cumulative_count", .kind = KIND_UINT64},
	[BUCKET_UPPER_BOUND] = {.name = "upper_bound", .kind = KIND_DOUBLE},
	[BUCKET_EXEMPLAR] = {.name = "exemplar", .kind = KIND_MESSAGE, .message = &schema_exemplar},
	[BUCKET_COUNT_FLOAT] = {.name = "cumulative_count_float", .kind = KIND_DOUBLE},
};
static const struct schema schema_bucket = {FIELDS(bucket_fields), DECLARED(1, 4, 2, 3)};

static const struct schema_field histogram_fields[] = {
	[HISTOGRAM_COUNT] = {.name = "sample_count", .kind = KIND_UINT64},
	[HISTOGRAM_SUM] = {.name = "sample_sum", .kind = KIND_DOUBLE},
	[HISTOGRAM_BUCKET] = {.name = "bucket",
			      .kind = KIND_MESSAGE,
			      .repeated = true,
			      .counted = true,
			      .message = &schema_bucket},
	[HISTOGRAM_COUNT_FLOAT] = {.name = "sample_count_float", .kind = KIND_DOUBLE},
	[HISTOGRAM_SCHEMA] = {.name = "schema", .kind = KIND_SINT32},
	[HISTOGRAM_ZERO_THRESHOLD] = {.name = "zero_threshold", .kind = KIND_DOUBLE},
	[HISTOGRAM_ZERO_COUNT] = {.name = "zero_count", .kind = KIND_UINT64},
	[HISTOGRAM_ZERO_COUNT_FLOAT] = {.name = "zero_count_float", .kind = KIND_DOUBLE},
	[HISTOGRAM_NEGATIVE_SPAN] = {.name = "negative_span",
				     .kind = KIND_MESSAGE,
				     .repeated = true,
				     .counted = true,
				     .message = &schema_span},
	[HISTOGRAM_NEGATIVE_DELTA] = {.name = "negative_delta",
				      .kind = KIND_SINT64,
				      .repeated = true,
				      .counted = true},
	[HISTOGRAM_NEGATIVE_COUNT] = {.name = "negative_count",
				      .kind = KIND_DOUBLE,
				      .repeated = true,
				      .counted = true},
	[HISTOGRAM_POSITIVE_SPAN] = {.name = "positive_span",
				     .kind = KIND_MESSAGE,
				     .repeated = true,
				     .counted = true,
				     .message = &schema_span},
	[HISTOGRAM_POSITIVE_DELTA] = {.name = "positive_delta",
				      .kind = KIND_SINT64,
				      .repeated = true,
				      .counted = true},
	[HISTOGRAM_POSITIVE_COUNT] = {.name = "positive_count",
				      .kind = KIND_DOUBLE,
				      .repeated = true,
				      .counted = true},
	[HISTOGRAM_CREATED] = {.name = "created_timestamp",
			       .kind = KIND_MESSAGE,
			       .message = &schema_timestamp},
	[16] = {.name = "exemplars",
		.kind = KIND_MESSAGE,
		.repeated = true,
		.counted = true,
		.message = &schema_exemplar},
};
const struct schema schema_histogram = {
	FIELDS(histogram_fields),
	DECLARED(1, 4, 2, 3, 15, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16),
};

static const struct schema_field metric_fields[] = {
	[METRIC_LABEL] = {.name = "label",
			  .kind = KIND_MESSAGE,
			  .repeated = true,
			  .message = &schema_label},
	[METRIC_GAUGE_VALUE] = {.name = "gauge", .kind = KIND_MESSAGE, .message = &schema_gauge},
	[METRIC_COUNTER_VALUE] = {.name = "counter",
				  .kind = KIND_MESSAGE,
				  .message = &schema_counter},
	[METRIC_SUMMARY_VALUE] = {.name = "summary",
				  .kind = KIND_MESSAGE,
				  .message = &schema_summary},
	[METRIC_UNTYPED_VALUE] = {.name = "untyped",
				  .kind = KIND_MESSAGE,
				  .message = &schema_gauge},
	[METRIC_TIMESTAMP] = {.name = "timestamp_ms", .kind = KIND_INT64},
	[METRIC_HISTOGRAM_VALUE] = {.name = "histogram",
				    .kind = KIND_MESSAGE,
				    .message = &schema_histogram},
};
const struct schema schema_metric = {FIELDS(metric_fields), DECLARED(1, 2, 3, 4, 5, 7, 6)};

static const struct schema_field family_fields[] = {
	[FAMILY_NAME] = {.name = "name", .kind = KIND_STRING},
	[FAMILY_HELP] = {.name = "help", .kind = KIND_STRING},
	[FAMILY_TYPE] = {.name = "type", .kind = KIND_TYPE},
	[FAMILY_METRIC] = {.name = "metric",
			   .kind = KIND_MESSAGE,
			   .repeated = true,
			   .counted = true,
			   .message = &schema_metric},
	[FAMILY_UNIT] = {.name = "unit", .kind = KIND_STRING},
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
