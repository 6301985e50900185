/* SPDX-License-Identifier: Apache-2.0
 *
 * debug_write.h -- one metric as single-line protobuf text, as the reference's consistency errors
 * quote it: label:{name:"job"  value:"x"}  untyped:{value:1}
 * Two spaces between fields, as Debian's build of the reference (protobuf-go varies them on
 * purpose). Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "metric/family.h"

/* `labels` are all labels of the metric, sorted. */
void debug_write_metric(struct buf *out, enum metric_type type, const struct label *labels,
			size_t n_labels, const struct metric *metric);
