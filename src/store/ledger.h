/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h -- the durable copy of the store, behind a small table of functions.
 *
 * Keeper only, but for what struct ledger_view shows. A function that can fail returns NULL, or why
 * it failed as a text that lives for ever ("No space left on device"). */
#pragma once

#include <stdatomic.h>

#include "base/err.h"
#include "base/must.h"
#include "store/store.h"

struct ledger;

/* What others may read at any time. */
struct ledger_view {
	const char *path;                 /* NULL: there is no file; never changes */
	_Atomic uint64_t n_loaded, n_all; /* groups, while they are loaded */
	_Atomic uint64_t n_corrupt;       /* rows that are set aside */
	_Atomic bool stop;                /* others ask the loading to end */
};

struct ledger_ops {
	/* Fills an empty store with what is recorded, and publishes it. What is damaged is set
	 * aside, counted and logged. ERR_BUSY: it was asked to stop. */
	enum err_code (*load)(struct ledger *l, struct store *s, struct err *reterr);
	/* Makes what is staged durable, and what waits. On failure the outcome in the file is
	 * unknown: what was staged is discarded by the caller, and the ledger writes its rows again
	 * from memory before anything else. */
	const char *(*commit)(struct ledger *l, struct store *staged);
	/* What is staged waits for `write`. */
	const char *(*note)(struct ledger *l, struct store *staged);
	/* Makes all that waits durable, as it is in memory; nothing may be staged. */
	const char *(*write)(struct ledger *l, struct store *s);
	/* Something waits to be written. */
	bool (*behind)(const struct ledger *l);
	void (*free)(struct ledger *l);
	bool syncs; /* it waits for a disk */
};

/* The first member of every implementation. */
struct ledger {
	const struct ledger_ops *ops;
	struct ledger_view view;
};

/* Records nothing: what is in memory is all there is. NULL: out of memory. */
must_check struct ledger *ledger_memory_new(void);

static inline void ledger_free(struct ledger *l)
{
	if (l != NULL)
		l->ops->free(l);
}
