/* SPDX-License-Identifier: Apache-2.0
 *
 * Order of every batch (K1): judged and staged, recorded by the ledger, published, answered. What
 * the ledger could not record is discarded and answered with its reason; nothing of it was ever
 * visible. What a failed commit left in the file is put right before the next batch, and at once if
 * the disk lets it (K2). */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/keeper_private.h"
#include "store/store_private.h"

const double keeper_duration_bounds[KEEPER_DURATIONS] = {
	0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
const double keeper_size_bounds[KEEPER_SIZES] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

/* ---- life ---- */

static void destroy(struct keeper *k)
{
	(void)store_free(k->store);
	if (k->ledger != NULL)
		ledger_free(k->ledger);
	free(k);
}

struct keeper *keeper_new(const struct keeper_options *options)
{
	struct ledger *ledger = options->ledger != NULL ? options->ledger : ledger_memory_new();
	struct keeper *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		ledger_free(ledger);
		return NULL;
	}
	k->store = store_new(&options->limits);
	k->ledger = ledger;
	if (k->store == NULL || k->ledger == NULL) {
		destroy(k);
		return NULL;
	}
	store_set_own_families(k->store, options->own_families, options->n_own_families);
	k->relaxed_ns = options->relaxed_ns;
	k->waiting_bytes_max = options->waiting_bytes_max;
	k->failed = options->failed;
	k->after_load = options->after_load;
	k->context = options->context;
	k->inbox_tail = &k->inbox;
	atomic_init(&k->phase, ledger->ops->syncs ? KEEPER_LOADING : KEEPER_SERVING);
	must_ok(pthread_mutex_init(&k->mutex, NULL));
	must_ok(pthread_mutex_init(&k->mail, NULL));
	must_ok(pthread_cond_init(&k->sent, NULL));
	must_ok(pthread_cond_init(&k->judged, NULL));
	return k;
}

struct keeper *keeper_free(struct keeper *k)
{
	if (k == NULL)
		return NULL;
	keeper_stop(k);
	must_ok(pthread_mutex_destroy(&k->mutex));
	must_ok(pthread_mutex_destroy(&k->mail));
	must_ok(pthread_cond_destroy(&k->sent));
	must_ok(pthread_cond_destroy(&k->judged));
	destroy(k);
	return NULL;
}

/* ---- what it says of itself ---- */

/* Written by the one writer alone. */
static void observe(struct keeper_histogram *h, const double *bounds, size_t n, double value)
{
	size_t i = 0;

	while (i < n && value > bounds[i])
		i++;
	atomic_fetch_add_explicit(&h->buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&h->count, 1, memory_order_relaxed);
	atomic_store_explicit(&h->sum, atomic_load_explicit(&h->sum, memory_order_relaxed) + value,
			      memory_order_relaxed);
}

static void log_trouble(const struct keeper *k, const char *before, const char *now)
{
	if (k->ledger->view.path == NULL)
		return;
	if (before == NULL && now != NULL)
		log_error(SLICE("error persisting metrics"), LOG_TEXT("err", slice_of(now)),
			  LOG_TEXT("file", slice_of(k->ledger->view.path)));
	else if (before != NULL && now == NULL)
		log_info(SLICE("metrics are persisted again"),
			 LOG_TEXT("file", slice_of(k->ledger->view.path)));
}

static void note_commit(struct keeper *k, size_t n_changes, int64_t began_ns, const char *why)
{
	const char *before = atomic_exchange(&k->trouble, why);

	if (why != NULL)
		atomic_fetch_add_explicit(&k->stats.n_failures, 1, memory_order_relaxed);
	log_trouble(k, before, why);
	if (why != NULL)
		return;
	atomic_fetch_add_explicit(&k->stats.n_commits, 1, memory_order_relaxed);
	atomic_store_explicit(&k->stats.last_commit_unix_ns, clock_unix_ns(), memory_order_relaxed);
	observe(&k->stats.durations, keeper_duration_bounds, KEEPER_DURATIONS,
		(double)(clock_monotonic_ns() - began_ns) / 1e9);
	n_changes += atomic_exchange(&k->n_unwritten, 0);
	observe(&k->stats.sizes, keeper_size_bounds, KEEPER_SIZES, (double)n_changes);
}

/* ---- batches ---- */

/* NULL, or why not. */
static const char *commit(struct keeper *k, size_t n_changes)
{
	const struct ledger_ops *ops = k->ledger->ops;
	const char *why;
	int64_t began_ns;

	if (!ops->syncs)
		return ops->commit(k->ledger, k->store);
	if (k->store->n_moves == 0 && !ops->behind(k->ledger))
		return NULL;
	began_ns = clock_monotonic_ns();
	why = ops->commit(k->ledger, k->store);
	note_commit(k, n_changes, began_ns, why);
	return why;
}

static const char *record(struct keeper *k, size_t n_changes)
{
	const char *why;

	/* While the disk refuses, nobody is told that it will hold what it may not. */
	if (k->relaxed_ns <= 0 || atomic_load(&k->trouble) != NULL)
		return commit(k, n_changes);
	why = k->ledger->ops->note(k->ledger, k->store);
	if (why == NULL)
		atomic_fetch_add(&k->n_unwritten, n_changes);
	return why;
}

/* Under the mutex; nothing is staged. */
static void write_waiting(struct keeper *k)
{
	const struct ledger_ops *ops = k->ledger->ops;
	int64_t began_ns;
	const char *why;

	/* Refused before anything was written (the end of memory): there is nothing to put right,
	 * and nobody would ask for it again. */
	if (!ops->behind(k->ledger)) {
		log_trouble(k, atomic_exchange(&k->trouble, NULL), NULL);
		return;
	}
	began_ns = clock_monotonic_ns();
	why = ops->write(k->ledger, k->store);
	note_commit(k, 0, began_ns, why);
}

void keeper_write(struct keeper *k)
{
	must_ok(pthread_mutex_lock(&k->mutex));
	write_waiting(k);
	must_ok(pthread_mutex_unlock(&k->mutex));
}

void keeper_apply(struct keeper *k, struct change *first)
{
	size_t n = 0;
	const char *why;

	must_ok(pthread_mutex_lock(&k->mutex));
	store_expect(k->store, first);
	for (struct change *c = first; c != NULL; c = c->next, n++)
		store_stage(k->store, c);
	why = record(k, n);
	if (why == NULL) {
		store_publish(k->store);
	} else {
		store_discard(k->store);
		for (struct change *c = first; c != NULL; c = c->next) {
			c->verdict = ERR_DISK;
			c->why = why;
		}
		write_waiting(k);
	}
	must_ok(pthread_mutex_unlock(&k->mutex));
}

enum err_code keeper_load(struct keeper *k, struct err *reterr)
{
	enum err_code code;

	must_ok(pthread_mutex_lock(&k->mutex));
	code = k->ledger->ops->load(k->ledger, k->store, reterr);
	must_ok(pthread_mutex_unlock(&k->mutex));
	if (code == ERR_NONE && k->after_load != NULL)
		code = k->after_load(k->context, k, reterr);
	/* What the loading found lacking. */
	if (code == ERR_NONE)
		keeper_write(k);
	atomic_store(&k->phase, code == ERR_NONE ? KEEPER_SERVING : KEEPER_FAILED);
	return code;
}

/* ---- any thread ---- */

struct store *keeper_store(struct keeper *k)
{
	return k->store;
}

enum keeper_phase keeper_phase(const struct keeper *k)
{
	return atomic_load_explicit(&k->phase, memory_order_acquire);
}

void keeper_progress(const struct keeper *k, uint64_t *ret_done, uint64_t *ret_all)
{
	*ret_done = atomic_load_explicit(&k->ledger->view.n_loaded, memory_order_relaxed);
	*ret_all = atomic_load_explicit(&k->ledger->view.n_all, memory_order_relaxed);
}

const char *keeper_trouble(const struct keeper *k)
{
	return atomic_load(&k->trouble);
}

uint64_t keeper_n_waiting(const struct keeper *k)
{
	return atomic_load_explicit(&k->n_waiting, memory_order_relaxed);
}

uint64_t keeper_n_unwritten(const struct keeper *k)
{
	return atomic_load_explicit(&k->n_unwritten, memory_order_relaxed);
}

const struct keeper_stats *keeper_stats(const struct keeper *k)
{
	return &k->stats;
}

const struct ledger_view *keeper_ledger_view(const struct keeper *k)
{
	return &k->ledger->view;
}
