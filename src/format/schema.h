/* SPDX-License-Identifier: Apache-2.0
 *
 * schema.h -- the messages of io.prometheus.client (client_model 0.6, metrics.proto) as tables.
 * Constant data; any thread. */
#pragma once

#include <stdint.h>

#include "format/wire.h"

enum schema_kind {
	KIND_NONE, /* no field has this number */
	KIND_DOUBLE,
	KIND_UINT64,
	KIND_UINT32,
	KIND_INT64,
	KIND_INT32, /* and enums */
	KIND_SINT64,
	KIND_SINT32,
	KIND_TYPE, /* enum MetricType */
	KIND_STRING,
	KIND_MESSAGE,
};

struct schema_field {
	const char *name;
	enum schema_kind kind;
	bool repeated;
	bool counted;  /* each one counts as a series against the limit of a push */
	bool implicit; /* of a proto3 message: a zero is as good as none, and not written */
	const struct schema *message; /* KIND_MESSAGE */
};

struct schema {
	const struct schema_field *fields; /* by number */
	uint32_t number_max;               /* at most 31 */
	const uint8_t *declared;           /* the numbers in the order of declaration, then 0 */
};

extern const struct schema schema_family, schema_metric, schema_summary, schema_histogram;
extern const struct schema schema_empty; /* of a message that nothing is known of */

/* The numbers of the fields that are read by name. */
enum { FAMILY_NAME = 1, FAMILY_HELP = 2, FAMILY_TYPE = 3, FAMILY_METRIC = 4, FAMILY_UNIT = 5 };
enum {
	METRIC_LABEL = 1,
	METRIC_GAUGE_VALUE = 2,
	METRIC_COUNTER_VALUE = 3,
	METRIC_SUMMARY_VALUE = 4,
	METRIC_UNTYPED_VALUE = 5,
	METRIC_TIMESTAMP = 6,
	METRIC_HISTOGRAM_VALUE = 7,
};
enum { LABEL_NAME = 1, LABEL_VALUE = 2 };
enum { SIMPLE_VALUE = 1 }; /* of Gauge, Counter, Untyped */
enum { COUNTER_EXEMPLAR = 2, COUNTER_CREATED = 3 };
enum { EXEMPLAR_LABEL = 1, EXEMPLAR_VALUE = 2, EXEMPLAR_TIMESTAMP = 3 };
enum { TIMESTAMP_SECONDS = 1, TIMESTAMP_NANOS = 2 };
enum { SUMMARY_COUNT = 1, SUMMARY_SUM = 2, SUMMARY_QUANTILE = 3, SUMMARY_CREATED = 4 };
enum { QUANTILE_QUANTILE = 1, QUANTILE_VALUE = 2 };
enum {
	HISTOGRAM_COUNT = 1,
	HISTOGRAM_SUM = 2,
	HISTOGRAM_BUCKET = 3,
	HISTOGRAM_COUNT_FLOAT = 4,
	HISTOGRAM_SCHEMA = 5,
	HISTOGRAM_ZERO_THRESHOLD = 6,
	HISTOGRAM_ZERO_COUNT = 7,
	HISTOGRAM_ZERO_COUNT_FLOAT = 8,
	HISTOGRAM_NEGATIVE_SPAN = 9,
	HISTOGRAM_NEGATIVE_DELTA = 10,
	HISTOGRAM_NEGATIVE_COUNT = 11,
	HISTOGRAM_POSITIVE_SPAN = 12,
	HISTOGRAM_POSITIVE_DELTA = 13,
	HISTOGRAM_POSITIVE_COUNT = 14,
	HISTOGRAM_CREATED = 15,
};
enum { BUCKET_COUNT = 1, BUCKET_UPPER_BOUND = 2, BUCKET_EXEMPLAR = 3, BUCKET_COUNT_FLOAT = 4 };
enum { SPAN_OFFSET = 1, SPAN_LENGTH = 2 };

/* The field of that number if it is there with a wire type that it may have (a repeated number may
 * come packed); NULL: to this schema the field is unknown. */
const struct schema_field *schema_known(const struct schema *schema,
					const struct wire_field *field);

enum wire_type schema_wire_type(enum schema_kind kind);

/* A varint as its field's type keeps it: cut to 32 bits, sign extended. */
uint64_t schema_varint(enum schema_kind kind, uint64_t value);
