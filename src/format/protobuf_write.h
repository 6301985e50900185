/* SPDX-License-Identifier: Apache-2.0
 *
 * protobuf_write.h -- frozen series as io.prometheus.client.Metric, a family of them as one
 * delimited MetricFamily, byte for byte as protobuf-go writes them. Pure; any thread.
 *
 * A MetricFamily is length, head, metrics: sizes are known before a byte is written, so that a
 * family of any size can be written piece by piece. */
#pragma once

#include "base/buf.h"
#include "format/escape.h"
#include "metric/block.h"

/* Name, help unless NULL, type. */
void protobuf_write_head(struct buf *out, enum escaping escaping, struct slice name,
			 const struct slice *help, enum metric_type type);

/* What stands before a message of that many bytes. */
void protobuf_write_length(struct buf *out, uint64_t bytes);

/* Field `metric` of the family: tag, length, Metric. */
void protobuf_write_series(struct buf *out, enum escaping escaping, const struct series *s);

/* Exactly how many bytes protobuf_write_series writes. */
size_t protobuf_series_bytes(enum escaping escaping, const struct series *s);

/* The same of n series: faster where they lie scattered. */
void protobuf_write_all(struct buf *out, enum escaping escaping, const void *const *series,
			size_t n);
uint64_t protobuf_all_bytes(enum escaping escaping, const void *const *series, size_t n);

/* A Metric on its own, of any labels, not escaped. */
void protobuf_write_metric(struct buf *out, enum metric_type type, const struct label *labels,
			   size_t n_labels, const struct series_value *value);

/* What the numbers alone say, as a value message (Counter, Histogram, ...): what series_value calls
 * the fields before the tail. */
size_t protobuf_numbers_bytes(enum metric_type type, const struct series_value *value);
char *protobuf_put_numbers(char *at, enum metric_type type, const struct series_value *value);

/* The number of the value field that a family's type wants. */
uint32_t protobuf_value_field(enum metric_type type);
