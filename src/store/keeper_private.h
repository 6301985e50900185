/* SPDX-License-Identifier: Apache-2.0
 *
 * keeper_private.h -- between keeper.c (the role) and keeper_thread.c (its thread and the boxes).
 */
#pragma once

#include <pthread.h>

#include "store/keeper.h"

struct keeper_box {
	struct keeper *keeper;
	void (*wake)(void *context);
	void *context;

	/* Under the keeper's mail mutex; without a thread the sender's own. */
	struct change *first, **tail; /* judged */
	size_t n_sent;                /* and not judged */
	struct keeper_box *next_woken;
	bool woken;

	_Atomic bool has_mail;
};

struct keeper {
	/* never change after keeper_new */
	int64_t relaxed_ns;
	uint64_t waiting_bytes_max;
	void (*failed)(void *context);
	enum err_code (*after_load)(void *context, struct keeper *k, struct err *reterr);
	void *context;

	/* who holds it is the one writer */
	pthread_mutex_t mutex;
	struct store *store;
	struct ledger *ledger;

	/* any thread */
	_Atomic enum keeper_phase phase;
	_Atomic(const char *) trouble;
	_Atomic uint64_t n_waiting;
	_Atomic uint64_t waiting_bytes; /* of what is admitted and not judged */
	_Atomic uint64_t n_unwritten;   /* visible changes that wait in the ledger */
	struct keeper_stats stats;

	/* the thread, and what it shares with senders: under `mail` */
	pthread_t thread;
	bool has_thread; /* the main thread's */
	pthread_mutex_t mail;
	pthread_cond_t sent, judged;
	struct change *inbox, **inbox_tail;
	bool idle;    /* the thread waits */
	bool posting; /* boxes are being woken: none may be freed */
	bool stop;
};
