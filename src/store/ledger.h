/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h -- the durable copy of the store, behind a small table of functions. Keeper only. */
#pragma once

#include "base/must.h"
#include "store/store.h"

struct ledger;

struct ledger_ops {
	/* Makes what is staged durable; false: it is not, and the keeper discards it. */
	bool (*commit)(struct ledger *l, struct store *staged);
	void (*free)(struct ledger *l);
};

/* The first member of every implementation. */
struct ledger {
	const struct ledger_ops *ops;
};

/* Records nothing: what is in memory is all there is. NULL: out of memory. */
must_check struct ledger *ledger_memory_new(void);

must_check static inline bool ledger_commit(struct ledger *l, struct store *staged)
{
	return l->ops->commit(l, staged);
}

static inline void ledger_free(struct ledger *l)
{
	if (l != NULL)
		l->ops->free(l);
}
