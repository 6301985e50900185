/* SPDX-License-Identifier: Apache-2.0
 *
 * native_text.h -- a native histogram for people, as the reference's page shows it:
 * {count:12, sum:18.4, [-4,-2):1, [-1e-128,1e-128]:2, (1,2]:2}, buckets that are not empty, from
 * low to high. Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "format/native.h"

/* `value` is that of the series that `n` is of. The arena holds what must be turned round; false
 * when it refuses. */
must_check bool native_write_text(struct buf *out, const struct native *n,
				  const struct series_value *value, struct arena *arena);
