/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"

#include <stdatomic.h>

#include "base/clock.h"

static const struct slice flags[LIMITS] = {[LIMIT_NONE] = SLICE_TEXT(""),
#define X(limit, flag) [limit] = SLICE_TEXT(flag),
					   LIMIT_TABLE(X)
#undef X
};

static struct {
	_Atomic uint64_t n;
	_Atomic int64_t first_ns;
} counts[LIMITS];

static _Atomic bool any_exceeded;

struct slice limit_flag(enum limit limit)
{
	return flags[limit];
}

void limit_exceeded(enum limit limit)
{
	int64_t never = 0;

	if (limit == LIMIT_NONE)
		return;
	if (atomic_load_explicit(&counts[limit].first_ns, memory_order_relaxed) == 0)
		atomic_compare_exchange_strong(&counts[limit].first_ns, &never, clock_unix_ns());
	atomic_fetch_add_explicit(&counts[limit].n, 1, memory_order_relaxed);
	atomic_store_explicit(&any_exceeded, true, memory_order_release);
}

uint64_t limit_count(enum limit limit, int64_t *ret_first_ns)
{
	*ret_first_ns = atomic_load_explicit(&counts[limit].first_ns, memory_order_relaxed);
	return atomic_load_explicit(&counts[limit].n, memory_order_relaxed);
}

bool limit_any_exceeded(void)
{
	return atomic_load_explicit(&any_exceeded, memory_order_acquire);
}
