/* SPDX-License-Identifier: Apache-2.0
 *
 * debug_write.h -- protobuf text, as the reference shows metrics: on one line in consistency errors
 * and compact-text, label:{name:"job"  value:"x"}  untyped:{value:1}, on many lines in text.
 * Spaces as in Debian's build of the reference (protobuf-go varies them on purpose). Pure; any
 * thread. */
#pragma once

#include "base/buf.h"
#include "format/schema.h"
#include "metric/block.h"

/* `labels` are all labels of the metric, sorted. */
void debug_write_metric(struct buf *out, enum metric_type type, const struct label *labels,
			size_t n_labels, const struct metric *metric);

enum debug_style {
	DEBUG_LINE,  /* all on one line */
	DEBUG_LINES, /* each field on a line, messages in it a step deeper */
};

/* The fields of a message that is in canonical form (canon.h), in the order of their declaration,
 * those that are unknown last; no newline at the end. With `follows` there are fields before them.
 */
void debug_write_message(struct buf *out, const struct schema *schema, struct slice message,
			 enum debug_style style, bool follows);
