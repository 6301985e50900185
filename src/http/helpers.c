/* SPDX-License-Identifier: Apache-2.0 */
#include "http/helpers.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/thread.h"

enum { NICE = 10 }; /* a tenth of a processor beside an event loop that wants it all */

struct helpers {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	/* under the mutex */
	struct helper_job *first, **tail;
	bool stopping;

	/* the main thread's */
	uint32_t n, n_wanted;
	pthread_t threads[];
};

/* ---- boxes ---- */

void helper_box_init(struct helper_box *box, void (*wake)(void *context), void *context)
{
	*box = (struct helper_box){.wake = wake, .context = context};
	box->tail = &box->first;
	must_ok(pthread_mutex_init(&box->mutex, NULL));
	must_ok(pthread_cond_init(&box->came, NULL));
}

/* Under the mutex. */
static struct helper_job *take_all(struct helper_box *box)
{
	struct helper_job *first = box->first;

	box->first = NULL;
	box->tail = &box->first;
	atomic_store_explicit(&box->has_job, false, memory_order_relaxed);
	return first;
}

struct helper_job *helper_box_take(struct helper_box *box)
{
	struct helper_job *first;

	if (!atomic_load_explicit(&box->has_job, memory_order_acquire))
		return NULL;
	must_ok(pthread_mutex_lock(&box->mutex));
	first = take_all(box);
	must_ok(pthread_mutex_unlock(&box->mutex));
	return first;
}

/* Takes the box's jobs out of what waits. */
static struct helper_job *withdraw(struct helpers *h, const struct helper_box *box)
{
	struct helper_job *withdrawn = NULL, **tail = &withdrawn;
	struct helper_job **at;

	must_ok(pthread_mutex_lock(&h->mutex));
	for (at = &h->first; *at != NULL;) {
		struct helper_job *job = *at;

		if (job->box != box) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		job->next = NULL;
		*tail = job;
		tail = &job->next;
	}
	h->tail = at;
	must_ok(pthread_mutex_unlock(&h->mutex));
	return withdrawn;
}

struct helper_job *helper_box_close(struct helpers *h, struct helper_box *box)
{
	struct helper_job *withdrawn = withdraw(h, box), *first;

	must_ok(pthread_mutex_lock(&box->mutex));
	for (const struct helper_job *job = withdrawn; job != NULL; job = job->next)
		box->n_away--;
	while (box->n_away > 0)
		must_ok(pthread_cond_wait(&box->came, &box->mutex));
	*box->tail = withdrawn;
	first = take_all(box);
	must_ok(pthread_mutex_unlock(&box->mutex));
	must_ok(pthread_cond_destroy(&box->came));
	must_ok(pthread_mutex_destroy(&box->mutex));
	return first;
}

/* The wake is within the mutex, so that the box and what it wakes outlive it. */
static void bring_back(struct helper_job *job)
{
	struct helper_box *box = job->box;

	must_ok(pthread_mutex_lock(&box->mutex));
	job->next = NULL;
	*box->tail = job;
	box->tail = &job->next;
	atomic_store_explicit(&box->has_job, true, memory_order_release);
	box->wake(box->context);
	box->n_away--;
	must_ok(pthread_cond_signal(&box->came));
	must_ok(pthread_mutex_unlock(&box->mutex));
}

/* ---- threads ---- */

static void *helper_main(void *arg)
{
	struct helpers *h = arg;

	/* Of this thread alone on Linux; if it may not be, it is as urgent as the others. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
	must_ok(pthread_mutex_lock(&h->mutex));
	for (;;) {
		struct helper_job *job;

		while (h->first == NULL && !h->stopping)
			must_ok(pthread_cond_wait(&h->more, &h->mutex));
		if (h->first == NULL)
			break;
		job = h->first;
		h->first = job->next;
		if (h->first == NULL)
			h->tail = &h->first;
		must_ok(pthread_mutex_unlock(&h->mutex));
		job->run(job);
		bring_back(job);
		must_ok(pthread_mutex_lock(&h->mutex));
	}
	must_ok(pthread_mutex_unlock(&h->mutex));
	return NULL;
}

struct helpers *helpers_new(uint32_t n)
{
	struct helpers *h = calloc(1, sizeof(*h) + n * sizeof(h->threads[0]));

	if (h == NULL)
		return NULL;
	h->n_wanted = n;
	h->tail = &h->first;
	must_ok(pthread_mutex_init(&h->mutex, NULL));
	must_ok(pthread_cond_init(&h->more, NULL));
	return h;
}

bool helpers_start(struct helpers *h)
{
	while (h->n < h->n_wanted && thread_start(&h->threads[h->n], helper_main, h))
		h->n++;
	return h->n == h->n_wanted;
}

struct helpers *helpers_free(struct helpers *h)
{
	if (h == NULL)
		return NULL;
	must_ok(pthread_mutex_lock(&h->mutex));
	h->stopping = true;
	must_ok(pthread_cond_broadcast(&h->more));
	must_ok(pthread_mutex_unlock(&h->mutex));
	for (uint32_t i = 0; i < h->n; i++)
		must_ok(pthread_join(h->threads[i], NULL));
	must_ok(pthread_cond_destroy(&h->more));
	must_ok(pthread_mutex_destroy(&h->mutex));
	free(h);
	return NULL;
}

void helpers_give(struct helpers *h, struct helper_box *box, struct helper_job *job)
{
	job->box = box;
	job->next = NULL;
	must_ok(pthread_mutex_lock(&box->mutex));
	box->n_away++;
	must_ok(pthread_mutex_unlock(&box->mutex));
	must_ok(pthread_mutex_lock(&h->mutex));
	*h->tail = job;
	h->tail = &job->next;
	must_ok(pthread_cond_signal(&h->more));
	must_ok(pthread_mutex_unlock(&h->mutex));
}
