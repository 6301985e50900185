/* SPDX-License-Identifier: Apache-2.0
 *
 * openmetrics_parse.h -- OpenMetrics 1.0 text into metric families, strictly: what the format calls
 * a MUST is one here. Pure; any thread.
 *
 * Families become those that a client would have pushed as protobuf: a counter foo the family
 * foo_total, an info foo the gauge foo_info, a state set foo the gauge foo with a series for each
 * state, unknown untyped; exemplars and created timestamps stand in the metrics' tails. */
#pragma once

#include "base/err.h"
#include "metric/family.h"

/* The whole body at once. Slices in `*ret` point into `body` or into `arena`. Families without
 * samples are left out. ERR_SYNTAX: "OpenMetrics format parsing error in line N: ...". ERR_TOO_BIG:
 * as of text_parse. `*ret` is written on ERR_NONE only. */
must_check enum err_code openmetrics_parse(struct slice body, enum name_scheme scheme,
					   const struct push_limits *limits, struct arena *arena,
					   struct family_list *ret, struct err *reterr);
