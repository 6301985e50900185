/* SPDX-License-Identifier: Apache-2.0
 *
 * Order of every batch (K1): judged and staged, recorded by the ledger, published, answered. What
 * the ledger could not record is discarded and answered with its reason; nothing of it was ever
 * visible. */
#include "store/keeper.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/ledger.h"

struct keeper {
	pthread_mutex_t mutex; /* who holds it is the one writer */
	struct store *store;
	struct ledger *ledger;
};

struct keeper *keeper_new(const struct keeper_options *options)
{
	struct keeper *k = malloc(sizeof(*k));

	if (k == NULL)
		return NULL;
	*k = (struct keeper){.store = store_new(&options->limits), .ledger = ledger_memory_new()};
	if (k->store == NULL || k->ledger == NULL) {
		(void)store_free(k->store);
		ledger_free(k->ledger);
		free(k);
		return NULL;
	}
	store_set_own_families(k->store, options->own_families, options->n_own_families);
	must_ok(pthread_mutex_init(&k->mutex, NULL));
	return k;
}

struct keeper *keeper_free(struct keeper *k)
{
	if (k == NULL)
		return NULL;
	(void)store_free(k->store);
	ledger_free(k->ledger);
	must_ok(pthread_mutex_destroy(&k->mutex));
	free(k);
	return NULL;
}

void keeper_apply(struct keeper *k, struct change *first)
{
	must_ok(pthread_mutex_lock(&k->mutex));
	store_expect(k->store, first);
	for (struct change *c = first; c != NULL; c = c->next)
		store_stage(k->store, c);
	if (ledger_commit(k->ledger, k->store)) {
		store_publish(k->store);
	} else {
		store_discard(k->store);
		for (struct change *c = first; c != NULL; c = c->next)
			c->verdict = ERR_DISK;
	}
	must_ok(pthread_mutex_unlock(&k->mutex));
}

struct store *keeper_store(struct keeper *k)
{
	return k->store;
}
