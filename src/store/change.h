/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h -- one push, delete or wipe on its way from a worker to the keeper and back.
 *
 * A worker makes it (the deep copy out of the request's arena happens here), the keeper judges and
 * applies it, the worker reads the verdict and frees it. One thread at a time. */
#pragma once

#include "base/err.h"
#include "format/selector.h"
#include "metric/block.h"
#include "store/fault.h"

enum change_kind {
	CHANGE_REPLACE, /* PUT: the families of the group become these */
	CHANGE_MERGE,   /* POST: these families replace those of the same names */
	CHANGE_DELETE,
	CHANGE_DELETE_SELECTED, /* all groups that selectors take, as one step */
	CHANGE_WIPE,
	CHANGE_RESTORE, /* a group as it was kept: like PUT, but never judged, and it brings its
			   times */
};

/* A value of push_time_seconds or push_failure_time_seconds, and when it was set. */
struct kept_time {
	double seconds; /* Unix; 0: never */
	int64_t set_ns;
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
	int64_t time_ns;     /* Unix */
	struct stamp *stamp; /* the change's until the store takes it; NULL: of no one group */
	struct change_family *families; /* sorted by name, no name twice; room for two more */
	uint32_t n_families;
	uint32_t n_series;                        /* as charged, see block_charge */
	struct kept_time kept_push, kept_failure; /* CHANGE_RESTORE */

	/* of CHANGE_DELETE_SELECTED */
	struct selectors *selectors;
	struct selector_budget budget; /* exhausted: the verdict is ERR_BUSY, nothing is deleted */
	uint64_t n_deleted;

	/* The verdict: ERR_NONE, ERR_CONFLICT (see faults), ERR_FULL (see full), ERR_DISK (see
	 * why), ERR_BUSY (see budget) or ERR_NOMEM. */
	enum err_code verdict;
	struct faults faults;
	enum limit full;     /* the limit that it would exceed */
	const char *why;     /* the commit failed; lives for ever */
	bool unchecked;      /* stored whatever it contradicts */
	bool group_at_fault; /* the grouping labels alone are wrong: no failure is recorded */

	void *owner;            /* the worker's own */
	struct keeper_box *box; /* the keeper's: where it goes when it is judged */
	size_t waiting_bytes;   /* the keeper's: see keeper_admit */
};

/* PUT or POST. Stamps, orders and freezes the families of `list`, and checks what can be checked
 * without the store (unless `unchecked`; timestamps are always refused); faults found are already
 * in the change. Families named like the gateway's own push_time_seconds and
 * push_failure_time_seconds are left out. Takes `stamp`, also when it fails. NULL: out of memory,
 * or over the arena's ceiling. */
must_check struct change *change_new_push(enum change_kind kind, struct stamp *stamp,
					  struct family_list *list, int64_t time_ns, bool unchecked,
					  struct arena *arena);

/* The same for CHANGE_RESTORE, whatever the families contradict. The time of each is then set in
 * its block; those of kept_push and kept_failure in the change. */
must_check struct change *change_new_restore(struct stamp *stamp, struct family_list *list,
					     struct arena *arena);

/* Takes `stamp`. NULL: out of memory. */
must_check struct change *change_new_delete(struct stamp *stamp, int64_t time_ns);
must_check struct change *change_new_wipe(int64_t time_ns);

/* Takes the selectors. The keeper asks them, of every group that there is at that moment. */
must_check struct change *change_new_delete_selected(struct selectors *selectors, int64_t time_ns);

/* All memory that it holds before it is judged, about. */
size_t change_bytes(const struct change *c);

void change_free(struct change *c);
