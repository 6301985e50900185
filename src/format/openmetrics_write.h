/* SPDX-License-Identifier: Apache-2.0
 *
 * openmetrics_write.h -- frozen series as OpenMetrics 1.0 text. Pure; any thread. Both functions
 * append to a buf, whose sticky error the caller asks for.
 *
 * Samples have the names that text format 0.0.4 gives them, so that a scraper that changes its
 * format sees the same series; a gauge histogram's _gsum and _gcount are the exception that the
 * format wants. A counter whose name does not end in _total is therefore of type unknown, as in
 * client_golang (expfmt, MetricFamilyToOpenMetrics). */
#pragma once

#include "base/buf.h"
#include "format/escape.h"
#include "metric/block.h"

#define OPENMETRICS_END SLICE("# EOF\n")

/* HELP unless it is NULL, TYPE, and UNIT where the family's name ends in that unit; an empty unit
 * is none. */
void openmetrics_write_head(struct buf *out, enum escaping escaping, struct slice name,
			    const struct slice *help, struct slice unit, enum metric_type type);

/* All lines of one series, with its exemplars and, where it is known, its _created. An exemplar
 * that the format cannot say (over 128 characters of labels, no UTF-8, a label twice) is left out.
 */
void openmetrics_write_series(struct buf *out, enum escaping escaping, struct slice name,
			      const struct series *s);
