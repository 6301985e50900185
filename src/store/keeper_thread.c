/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper's thread and its mail. A batch is whatever waits: while a commit is under way the next
 * batch gathers, so no timer is needed. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "store/keeper_private.h"

static const int64_t RETRY_NS = 1000000000; /* after a failed commit, while nobody sends */

/* ---- boxes ---- */

struct keeper_box *keeper_box_new(struct keeper *k, void (*wake)(void *context), void *context)
{
	struct keeper_box *box = calloc(1, sizeof(*box));

	if (box == NULL)
		return NULL;
	box->keeper = k;
	box->wake = wake;
	box->context = context;
	box->tail = &box->first;
	return box;
}

static struct change *take_mail(struct keeper_box *box)
{
	struct change *first = box->first;

	box->first = NULL;
	box->tail = &box->first;
	atomic_store_explicit(&box->has_mail, false, memory_order_relaxed);
	return first;
}

struct change *keeper_box_close(struct keeper_box *box)
{
	struct keeper *k;
	struct change *first;

	if (box == NULL)
		return NULL;
	k = box->keeper;
	must_ok(pthread_mutex_lock(&k->mail));
	while (box->n_sent > 0 || k->posting)
		must_ok(pthread_cond_wait(&k->judged, &k->mail));
	first = take_mail(box);
	must_ok(pthread_mutex_unlock(&k->mail));
	return first;
}

void keeper_box_free(struct keeper_box *box)
{
	assert(box == NULL || (box->first == NULL && box->n_sent == 0));
	free(box);
}

static size_t count(const struct change *first)
{
	size_t n = 0;

	for (; first != NULL; first = first->next)
		n++;
	return n;
}

/* Judged on the spot. */
static void apply_here(struct keeper_box *box, struct change *first)
{
	struct keeper *k = box->keeper;
	size_t n = count(first);

	atomic_fetch_add_explicit(&k->n_waiting, n, memory_order_relaxed);
	keeper_apply(k, first);
	atomic_fetch_sub_explicit(&k->n_waiting, n, memory_order_relaxed);
	*box->tail = first;
	while (*box->tail != NULL)
		box->tail = &(*box->tail)->next;
	atomic_store_explicit(&box->has_mail, true, memory_order_relaxed);
}

bool keeper_admit(struct keeper *k, struct change *c)
{
	size_t bytes;
	uint64_t before;

	if (!k->ledger->ops->syncs || k->waiting_bytes_max == 0)
		return true;
	bytes = change_bytes(c);
	before = atomic_fetch_add_explicit(&k->waiting_bytes, bytes, memory_order_relaxed);
	if (before > 0 && before + bytes > k->waiting_bytes_max) {
		atomic_fetch_sub_explicit(&k->waiting_bytes, bytes, memory_order_relaxed);
		return false;
	}
	c->waiting_bytes = bytes;
	return true;
}

void keeper_send(struct keeper_box *box, struct change *first)
{
	struct keeper *k = box->keeper;
	struct change *last = NULL;
	size_t n = 0;
	bool wake;

	if (!k->ledger->ops->syncs) {
		apply_here(box, first);
		return;
	}
	for (struct change *c = first; c != NULL; c = c->next, n++) {
		c->box = box;
		last = c;
	}
	assert(last != NULL);
	atomic_fetch_add_explicit(&k->n_waiting, n, memory_order_relaxed);
	must_ok(pthread_mutex_lock(&k->mail));
	*k->inbox_tail = first;
	k->inbox_tail = &last->next;
	box->n_sent += n;
	wake = k->idle;
	k->idle = false;
	must_ok(pthread_mutex_unlock(&k->mail));
	if (wake)
		must_ok(pthread_cond_signal(&k->sent));
}

struct change *keeper_receive(struct keeper_box *box)
{
	struct keeper *k = box->keeper;
	struct change *first;

	if (!atomic_load_explicit(&box->has_mail, memory_order_acquire))
		return NULL;
	if (!k->ledger->ops->syncs)
		return take_mail(box);
	must_ok(pthread_mutex_lock(&k->mail));
	first = take_mail(box);
	must_ok(pthread_mutex_unlock(&k->mail));
	return first;
}

/* ---- the thread ---- */

/* Each change goes back to its box. */
static void post(struct keeper *k, struct change *first)
{
	struct keeper_box *woken = NULL, *box;
	struct change *next;
	size_t n = 0, bytes = 0;

	must_ok(pthread_mutex_lock(&k->mail));
	for (struct change *c = first; c != NULL; c = next, n++) {
		next = c->next;
		bytes += c->waiting_bytes;
		box = c->box;
		c->next = NULL;
		*box->tail = c;
		box->tail = &c->next;
		box->n_sent--;
		if (box->woken)
			continue;
		box->woken = true;
		box->next_woken = woken;
		woken = box;
		atomic_store_explicit(&box->has_mail, true, memory_order_release);
	}
	atomic_fetch_sub_explicit(&k->n_waiting, n, memory_order_relaxed);
	atomic_fetch_sub_explicit(&k->waiting_bytes, bytes, memory_order_relaxed);
	k->posting = true;
	must_ok(pthread_mutex_unlock(&k->mail));
	for (box = woken; box != NULL; box = box->next_woken)
		box->wake(box->context);
	must_ok(pthread_mutex_lock(&k->mail));
	k->posting = false;
	for (box = woken; box != NULL; box = box->next_woken)
		box->woken = false;
	must_ok(pthread_cond_broadcast(&k->judged));
	must_ok(pthread_mutex_unlock(&k->mail));
}

/* When the thread has something to do though nobody sends; INT64_MAX: never. */
static int64_t due_ns(const struct keeper *k, int64_t written_ns)
{
	if (!k->ledger->ops->behind(k->ledger))
		return INT64_MAX;
	if (atomic_load(&k->trouble) != NULL || k->relaxed_ns <= 0)
		return written_ns + RETRY_NS;
	return k->relaxed_ns < INT64_MAX - written_ns ? written_ns + k->relaxed_ns : INT64_MAX;
}

/* Waits for mail until then; takes it. Under `mail`. */
static struct change *take_inbox(struct keeper *k, int64_t until_ns)
{
	struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000};
	struct change *first;
	int result = 0;

	while (k->inbox == NULL && !k->stop && result != ETIMEDOUT) {
		k->idle = true;
		if (until_ns == INT64_MAX)
			must_ok(pthread_cond_wait(&k->sent, &k->mail));
		else
			result =
				pthread_cond_clockwait(&k->sent, &k->mail, CLOCK_MONOTONIC, &until);
		assert(result == 0 || result == ETIMEDOUT);
	}
	k->idle = false;
	first = k->inbox;
	k->inbox = NULL;
	k->inbox_tail = &k->inbox;
	return first;
}

static void serve(struct keeper *k)
{
	int64_t written_ns = clock_monotonic_ns();
	bool stop = false;

	while (!stop) {
		struct change *first;

		must_ok(pthread_mutex_lock(&k->mail));
		first = take_inbox(k, due_ns(k, written_ns));
		stop = k->stop && first == NULL;
		must_ok(pthread_mutex_unlock(&k->mail));
		if (first != NULL) {
			keeper_apply(k, first);
			post(k, first);
		}
		if (stop || clock_monotonic_ns() >= due_ns(k, written_ns)) {
			keeper_write(k);
			written_ns = clock_monotonic_ns();
		} else if (!k->ledger->ops->behind(k->ledger)) {
			written_ns = clock_monotonic_ns();
		}
	}
}

static void *keeper_main(void *arg)
{
	enum { SENTENCE_BYTES_MAX = 64 * 1024 };
	struct keeper *k = arg;
	struct arena arena;
	struct err err;
	bool loaded;

	arena_init(&arena, SENTENCE_BYTES_MAX);
	err = err_in(&arena);
	loaded = keeper_load(k, &err) == ERR_NONE;
	if (!loaded && err.code != ERR_BUSY) {
		log_error(SLICE("could not load persisted metrics"), LOG_TEXT("err", err.msg));
		if (k->failed != NULL)
			k->failed(k->context);
	}
	arena_free(&arena);
	if (loaded)
		serve(k);
	return NULL;
}

bool keeper_start(struct keeper *k)
{
	if (!k->ledger->ops->syncs)
		return true;
	k->has_thread = thread_start(&k->thread, keeper_main, k);
	return k->has_thread;
}

void keeper_stop(struct keeper *k)
{
	if (!k->has_thread)
		return;
	atomic_store(&k->ledger->view.stop, true);
	must_ok(pthread_mutex_lock(&k->mail));
	k->stop = true;
	must_ok(pthread_cond_signal(&k->sent));
	must_ok(pthread_mutex_unlock(&k->mail));
	must_ok(pthread_join(k->thread, NULL));
	k->has_thread = false;
}
