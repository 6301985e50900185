/* SPDX-License-Identifier: Apache-2.0
 *
 * world.h -- a keeper driven by hand on a medium that fails, dies and loses, and beside it the
 * model of what must be there.
 *
 * `now` is what was acknowledged: exactly that is visible, always. `maybe` is what a reopening may
 * find: `now`, and, until the medium has told of a success, what was under way when it failed; one
 * of them as a whole, never a mixture. */
#pragma once

#include "disk.h"
#include "notebook.h"
#include "plain.h"
#include "store/keeper.h"

enum { WORLD_MAYBE_MAX = 128, WORLD_BATCH_MAX = 4 };

struct world {
	/* set by the caller */
	uint64_t seed;
	bool on_notebook; /* else on SQLite */
	bool relaxed;     /* changes wait; they are durable with keeper_write */

	struct disk *disk; /* may be set by the caller */
	struct notebook *notebook;
	struct keeper *keeper;
	struct ledger *ledger; /* the keeper's */
	struct dice dice;
	int64_t time_ns; /* the clock */

	struct plain now, maybe[WORLD_MAYBE_MAX];
	size_t n_maybe;
	struct buf picture; /* of all that is visible, to the last bit */

	/* What happened, so that a test can say that it happened at all. */
	unsigned n_refused, n_failed, n_recovered, n_lost, n_found, n_reopened;
};

/* A failure of the medium or of memory, to come. */
struct world_fault {
	unsigned kinds; /* of the disk's operations */
	unsigned after, times;
	int error;
	unsigned allocs_after, sqlite_allocs_after; /* 0: none fails */
	bool allocs_from_then;
};

/* Ends the program, and says how to see it again. */
_Noreturn void world_fail(const struct world *w, const char *what) printf_like(2, 0);

void world_begin(struct world *w, uint64_t seed);
void world_end(struct world *w);

/* `changes` as one batch. Then looks at everything. */
void world_apply(struct world *w, const struct plain_change *changes, size_t n,
		 const struct world_fault *fault);
void world_write(struct world *w);
void world_heal(struct world *w);
void world_checkpoint(struct world *w, int mode); /* by another connection */

/* A clean end, and a start that must find all. */
void world_restart(struct world *w);

/* The end of the process or of power at this moment, and a start. */
void world_lose(struct world *w, enum disk_loss loss);

/* The same, but with `found` as what the medium looks like. Takes it. */
void world_lose_to(struct world *w, struct disk *found);

/* A start on a medium that fails; it succeeds or not, and dies again. */
void world_stumble(struct world *w, const struct world_fault *fault);

/* The states that the next batch may lead to are counted in before it is applied; for those who
 * look at the medium while it is. */
void world_expect(struct world *w, const struct plain_change *changes, size_t n);

/* Opens what was found, which must be one of `maybe`; closes it again. */
void world_assert_found(const struct world *w, struct disk *found, const struct plain *maybe,
			size_t n_maybe);
