/* SPDX-License-Identifier: Apache-2.0
 *
 * notebook.h -- a ledger without SQLite: whole groups are appended, a line ends each batch, and a
 * sync keeps what was appended. It shows what the keeper makes of any ledger's failures, and is
 * fast enough for many thousands of runs. */
#pragma once

#include "disk.h"
#include "store/ledger.h"

struct notebook;

struct notebook *notebook_new(uint64_t seed);
struct notebook *notebook_free(struct notebook *n); /* takes NULL, returns NULL */

/* What would be found (DISK_TORN: some of what was not synchronised, from its start on). */
struct notebook *notebook_after(const struct notebook *n, enum disk_loss loss, uint64_t seed);

/* After `after` more appends and syncs, `times` of them fail. */
void notebook_fail(struct notebook *n, unsigned after, unsigned times);

/* Called before each append and sync. */
void notebook_watch(struct notebook *n, void (*seen)(void *context), void *context);

/* NULL: out of memory. The notebook must outlive it. */
struct ledger *notebook_ledger(struct notebook *n);
