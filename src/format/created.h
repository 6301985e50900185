/* SPDX-License-Identifier: Apache-2.0
 *
 * created.h -- since when a series counts, as its tail (struct series_value). Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "metric/family.h"

/* The tail of a counter, summary or histogram that says nothing else. False when the arena refuses.
 */
must_check bool created_make(enum metric_type type, int64_t unix_ns, struct arena *arena,
			     struct slice *ret);
