/* SPDX-License-Identifier: Apache-2.0
 *
 * keeper.h -- the one writer of the store, as a role: durable, then visible, then acknowledged.
 *
 * Workers hand over batches of changes. With a ledger that does not wait for a disk, keeper_apply
 * does the work on the calling worker, under the store's mutex. */
#pragma once

#include "base/err.h"
#include "store/store.h"

struct keeper;

struct keeper_options {
	struct store_limits limits;
	/* What is exposed beside the store; they must outlive the keeper. */
	const struct own_family *own_families;
	size_t n_own_families;
};

struct keeper *keeper_new(const struct keeper_options *options); /* NULL: out of memory */
struct keeper *keeper_free(struct keeper *k);                    /* takes NULL, returns NULL */

/* Any thread. Checks, stages, records and publishes all changes of the list in order; when it
 * returns, each change holds its verdict and what was accepted is visible to the next snapshot. */
void keeper_apply(struct keeper *k, struct change *first);

struct store *keeper_store(struct keeper *k);
