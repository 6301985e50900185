/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h -- one push, delete or wipe on its way from a worker to the keeper and back.
 *
 * A worker makes it (the deep copy out of the request's arena happens here), the keeper judges and
 * applies it, the worker reads the verdict and frees it. One thread at a time. */
#pragma once

#include "base/err.h"
#include "metric/block.h"
#include "store/fault.h"

enum change_kind {
	CHANGE_REPLACE, /* PUT: the families of the group become these */
	CHANGE_MERGE,   /* POST: these families replace those of the same names */
	CHANGE_DELETE,
	CHANGE_WIPE,
};

/* One pushed family. Name and help live in the change. */
struct change_family {
	struct slice name, help;
	bool has_help;
	struct block *block; /* the change's until the store takes it */
};

struct change {
	struct change *next;
	enum change_kind kind;
	int64_t time_ns;                /* Unix */
	struct stamp *stamp;            /* the change's until the store takes it; NULL for a wipe */
	struct change_family *families; /* sorted by name, no name twice; room for two more */
	uint32_t n_families;
	uint32_t n_series; /* as charged, see block_charge */

	/* The verdict: ERR_NONE, ERR_CONFLICT (see faults), ERR_FULL (see full). */
	enum err_code verdict;
	struct faults faults;
	enum limit full;     /* the limit that it would exceed */
	bool unchecked;      /* stored whatever it contradicts */
	bool group_at_fault; /* the grouping labels alone are wrong: no failure is recorded */

	void *owner; /* the worker's own */
};

/* PUT or POST. Stamps, orders and freezes the families of `list`, and checks what can be checked
 * without the store (unless `unchecked`; timestamps are always refused); faults found are already
 * in the change. Families named like the gateway's own push_time_seconds and
 * push_failure_time_seconds are left out. Takes `stamp`, also when it fails. NULL: out of memory,
 * or over the arena's ceiling. */
must_check struct change *change_new_push(enum change_kind kind, struct stamp *stamp,
					  struct family_list *list, int64_t time_ns, bool unchecked,
					  struct arena *arena);

/* Takes `stamp`. NULL: out of memory. */
must_check struct change *change_new_delete(struct stamp *stamp, int64_t time_ns);
must_check struct change *change_new_wipe(int64_t time_ns);

void change_free(struct change *c);
