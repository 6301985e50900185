/* SPDX-License-Identifier: Apache-2.0
 *
 * keeper.h -- the one writer of the store, as a role: durable, then visible, then acknowledged.
 *
 * With a ledger that does not wait for a disk, whoever sends changes does the keeper's work itself,
 * under a mutex. With one that does, a thread does it: all changes that wait become one commit, and
 * each sender is woken at most once for it.
 *
 *	LOADING ───────▶ SERVING
 *	        └──────▶ FAILED   the file could not be read; nothing is served
 */
#pragma once

#include "base/err.h"
#include "store/ledger.h"
#include "store/store.h"

struct keeper;
struct keeper_box; /* a sender's: what it sent comes back to it judged */

struct keeper_options {
	struct store_limits limits;
	/* What is exposed beside the store; they must outlive the keeper. */
	const struct own_family *own_families;
	size_t n_own_families;
	/* Taken, also when keeper_new fails; NULL: one that records nothing. */
	struct ledger *ledger;
	/* Above 0: changes are acknowledged when they are visible, and durable at most so much
	 * later. */
	int64_t relaxed_ns;
	/* Of changes that wait for a disk, see keeper_admit; 0: no limit. */
	uint64_t waiting_bytes_max;
	/* The loading has failed; on the keeper's thread. May be NULL. */
	void (*failed)(void *context);
	/* Runs once, after what the ledger had was loaded and before anything is served, on the
	 * thread that loads. It may stage changes and commit them with keeper_apply. May be NULL.
	 */
	enum err_code (*after_load)(void *context, struct keeper *k, struct err *reterr);
	void *context;
};

struct keeper *keeper_new(const struct keeper_options *options); /* NULL: out of memory */
/* Takes NULL, returns NULL. What waits in the ledger is written; no box may be left. */
struct keeper *keeper_free(struct keeper *k);

/* Loads what the ledger has and then serves: on a thread where the ledger waits for a disk, else
 * at once. False: no thread. */
must_check bool keeper_start(struct keeper *k);

/* No more is sent: what was sent is judged, committed, and the thread ends. */
void keeper_stop(struct keeper *k);

/* ---- by hand: in a test, or under keeper_send ---- */

must_check enum err_code keeper_load(struct keeper *k, struct err *reterr);

/* Checks, stages, records and publishes all changes of the list in order; when it returns, each
 * change holds its verdict, and what was accepted is durable (but see relaxed_ns) and visible to
 * the next snapshot. ERR_DISK: `c->why` says why; nothing of the batch is visible. */
void keeper_apply(struct keeper *k, struct change *first);

/* What waits in the ledger is written: what relaxed_ns left there, or what a failure did. */
void keeper_write(struct keeper *k);

/* ---- a sender ---- */

/* `wake` is called on the keeper's thread, when keeper_receive has something. NULL: out of memory.
 */
struct keeper_box *keeper_box_new(struct keeper *k, void (*wake)(void *context), void *context);

/* Takes NULL. Waits for what was sent and gives it back, judged: the last keeper_receive. */
must_check struct change *keeper_box_close(struct keeper_box *box);
void keeper_box_free(struct keeper_box *box); /* after keeper_box_close; takes NULL */

/* Any thread, before a change is sent. False: with all others that are admitted and not judged it
 * would hold more memory than may wait, and it is not to be sent. When none waits, any is admitted,
 * and where nobody waits for a disk all are. */
must_check bool keeper_admit(struct keeper *k, struct change *c);

void keeper_send(struct keeper_box *box, struct change *first);
/* What has been judged since, in the order in which it was sent, or NULL. */
must_check struct change *keeper_receive(struct keeper_box *box);

/* ---- any thread ---- */

struct store *keeper_store(struct keeper *k);

enum keeper_phase { KEEPER_LOADING, KEEPER_SERVING, KEEPER_FAILED };
enum keeper_phase keeper_phase(const struct keeper *k);

/* Groups loaded so far, and all. */
void keeper_progress(const struct keeper *k, uint64_t *ret_done, uint64_t *ret_all);

/* Why the last commit failed, for ever; NULL: it did not. */
const char *keeper_trouble(const struct keeper *k);

/* Changes that were sent and are not judged. */
uint64_t keeper_n_waiting(const struct keeper *k);
/* Changes that were acknowledged and are not durable (relaxed_ns). */
uint64_t keeper_n_unwritten(const struct keeper *k);

/* What commits have been like. The bounds of a histogram are in keeper.c's tables. */
enum { KEEPER_DURATIONS = 14, KEEPER_SIZES = 11 };
extern const double keeper_duration_bounds[KEEPER_DURATIONS]; /* seconds */
extern const double keeper_size_bounds[KEEPER_SIZES];         /* changes */

struct keeper_histogram {
	_Atomic uint64_t count;
	_Atomic double sum;
	_Atomic uint64_t
		buckets[KEEPER_DURATIONS + 1]; /* not cumulative; the last one has no bound */
};

struct keeper_stats {
	_Atomic uint64_t n_commits, n_failures;
	_Atomic int64_t last_commit_unix_ns; /* 0: none yet */
	struct keeper_histogram durations, sizes;
};

const struct keeper_stats *keeper_stats(const struct keeper *k);
const struct ledger_view *keeper_ledger_view(const struct keeper *k);
