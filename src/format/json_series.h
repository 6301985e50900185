/* SPDX-License-Identifier: Apache-2.0
 *
 * json_series.h -- a series as /api/v1/metrics shows it. Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "metric/block.h"

/* {"labels":{...},"value":"1"}, or count, sum and quantiles or buckets: keys sorted, numbers as
 * strings, a native histogram's buckets as an array of [boundaries, "lower", "upper", "count"]. The
 * arena is for the order of quantiles and buckets; false when it refuses. */
must_check bool json_put_series(struct buf *out, const struct series *s, struct arena *arena);
