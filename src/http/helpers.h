/* SPDX-License-Identifier: Apache-2.0
 *
 * helpers.h -- a few threads for work that no event loop should wait for.
 *
 * A worker gives a job, a helper runs it, and it comes back through the worker's box; whoever made
 * the job owns it before and after. Helpers are less urgent than event loops: where all processors
 * are busy, they get the rest. How much may wait is the givers' matter. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/must.h"

struct helpers;
struct helper_box;

/* The first member of what the giver makes. */
struct helper_job {
	void (*run)(struct helper_job *job); /* on a helper's thread */

	/* the helpers' */
	struct helper_job *next;
	struct helper_box *box;
};

/* One giver's. Only its own thread calls the functions below. */
struct helper_box {
	void (*wake)(void *context); /* on a helper's thread: helper_box_take has something */
	void *context;

	pthread_mutex_t mutex;
	pthread_cond_t came;
	struct helper_job *first, **tail; /* under the mutex: done */
	uint32_t n_away;                  /* under the mutex: given and not done */
	_Atomic bool has_job;
};

/* Main thread. NULL: out of memory. */
struct helpers *helpers_new(uint32_t n);
must_check bool helpers_start(struct helpers *h); /* false: no threads */
struct helpers *
helpers_free(struct helpers *h); /* all boxes are closed; takes NULL, returns NULL */

void helper_box_init(struct helper_box *box, void (*wake)(void *context), void *context);
void helpers_give(struct helpers *h, struct helper_box *box, struct helper_job *job);
/* The jobs that are done, linked by `next`, or NULL. */
struct helper_job *helper_box_take(struct helper_box *box);
/* Gives back all that is away as helper_box_take: what no helper has begun as it was given, and the
 * rest once it is done. The box is gone. */
struct helper_job *helper_box_close(struct helpers *h, struct helper_box *box);
