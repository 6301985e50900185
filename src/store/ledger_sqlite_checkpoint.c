/* SPDX-License-Identifier: Apache-2.0
 *
 * Checkpoints beside the writer. PASSIVE ones wait for nobody and hold up nobody; but a writer that
 * never rests is always a few frames ahead of them, and SQLite begins its log anew only when all of
 * it is in the database. Hence a last, short one in the writer's place. */
#include "base/log.h"
#include "base/thread.h"
#include "store/ledger_sqlite_private.h"

enum {
	FRAMES_WANTED = 4000,     /* 16 MB */
	FRAMES_IN_TURN_MAX = 256, /* what the writer waits for: about a millisecond */
	PASSES_MAX = 8,
};

/* Returns how many frames are left to do; -1: it failed. */
static int checkpoint(struct checkpointer *cp)
{
	int n_frames = 0, n_done = 0;
	int rc = sqlite3_wal_checkpoint_v2(cp->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &n_frames,
					   &n_done);

	if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
		if (!cp->failing)
			log_error(SLICE("cannot carry commits into the database"),
				  LOG_TEXT("err", slice_of(database_why(cp->db, rc))));
		cp->failing = true;
		return -1;
	}
	cp->failing = false;
	return n_frames - n_done;
}

static int checkpoint_in_turn(struct checkpointer *cp)
{
	int left;

	must_ok(pthread_mutex_lock(&cp->mutex));
	cp->wants_turn = true;
	while (cp->turn != TURN_FREE)
		must_ok(pthread_cond_wait(&cp->changed, &cp->mutex));
	cp->turn = TURN_CHECKPOINT;
	cp->wants_turn = false;
	must_ok(pthread_mutex_unlock(&cp->mutex));
	left = checkpoint(cp);
	must_ok(pthread_mutex_lock(&cp->mutex));
	cp->turn = TURN_FREE;
	must_ok(pthread_cond_broadcast(&cp->changed));
	must_ok(pthread_mutex_unlock(&cp->mutex));
	return left;
}

/* True when all is in the database. */
static bool run(struct checkpointer *cp)
{
	int left = 0, before;

	for (int i = 0; i < PASSES_MAX; i++) {
		before = left;
		left = checkpoint(cp);
		if (left < 0)
			return false;
		/* The writer is as fast as we are; or another reader needs what is left. */
		if (left <= FRAMES_IN_TURN_MAX || (i > 0 && left >= before))
			break;
	}
	return checkpoint_in_turn(cp) == 0;
}

static void *checkpointer_main(void *arg)
{
	struct ledger_sqlite *l = arg;
	struct checkpointer *cp = &l->checkpointer;

	must_ok(pthread_mutex_lock(&cp->mutex));
	while (!cp->stop) {
		bool done;

		if (cp->db == NULL || cp->n_frames < cp->wanted_from) {
			must_ok(pthread_cond_wait(&cp->changed, &cp->mutex));
			continue;
		}
		cp->busy = true;
		must_ok(pthread_mutex_unlock(&cp->mutex));
		done = run(cp);
		must_ok(pthread_mutex_lock(&cp->mutex));
		cp->busy = false;
		cp->wanted_from = FRAMES_WANTED + (done ? 0 : cp->n_frames);
		cp->n_frames = done ? 0 : cp->n_frames;
		must_ok(pthread_cond_broadcast(&cp->changed));
	}
	must_ok(pthread_mutex_unlock(&cp->mutex));
	return NULL;
}

/* After each commit of the writer, on its thread. */
static int on_commit(void *arg, sqlite3 *db, const char *name, int n_frames)
{
	struct checkpointer *cp = arg;

	(void)db;
	(void)name;
	must_ok(pthread_mutex_lock(&cp->mutex));
	cp->n_frames = n_frames;
	if (n_frames < FRAMES_WANTED)
		cp->wanted_from = FRAMES_WANTED; /* it began anew */
	must_ok(pthread_mutex_unlock(&cp->mutex));
	return SQLITE_OK;
}

void checkpointer_enter(struct ledger_sqlite *l)
{
	struct checkpointer *cp = &l->checkpointer;

	must_ok(pthread_mutex_lock(&cp->mutex));
	while (cp->turn != TURN_FREE || cp->wants_turn)
		must_ok(pthread_cond_wait(&cp->changed, &cp->mutex));
	cp->turn = TURN_WRITER;
	must_ok(pthread_mutex_unlock(&cp->mutex));
}

void checkpointer_leave(struct ledger_sqlite *l)
{
	struct checkpointer *cp = &l->checkpointer;

	must_ok(pthread_mutex_lock(&cp->mutex));
	cp->turn = TURN_FREE;
	if (cp->wants_turn || cp->n_frames >= cp->wanted_from)
		must_ok(pthread_cond_broadcast(&cp->changed));
	must_ok(pthread_mutex_unlock(&cp->mutex));
}

void checkpointer_close(struct ledger_sqlite *l)
{
	struct checkpointer *cp = &l->checkpointer;
	sqlite3 *db;

	must_ok(pthread_mutex_lock(&cp->mutex));
	while (cp->busy)
		must_ok(pthread_cond_wait(&cp->changed, &cp->mutex));
	db = cp->db;
	cp->db = NULL;
	cp->n_frames = 0;
	must_ok(pthread_mutex_unlock(&cp->mutex));
	(void)sqlite3_close_v2(db);
}

bool checkpointer_open(struct ledger_sqlite *l)
{
	struct checkpointer *cp = &l->checkpointer;
	sqlite3 *db;

	if (!cp->has_thread)
		return true;
	db = database_open_second(l);
	if (db == NULL)
		return false;
	(void)sqlite3_wal_hook(l->db, on_commit, cp);
	must_ok(pthread_mutex_lock(&cp->mutex));
	cp->db = db;
	cp->wanted_from = FRAMES_WANTED;
	must_ok(pthread_mutex_unlock(&cp->mutex));
	return true;
}

bool checkpointer_start(struct ledger_sqlite *l)
{
	struct checkpointer *cp = &l->checkpointer;

	cp->has_thread = thread_start(&cp->thread, checkpointer_main, l);
	return cp->has_thread;
}

void checkpointer_stop(struct ledger_sqlite *l)
{
	struct checkpointer *cp = &l->checkpointer;

	if (cp->has_thread) {
		must_ok(pthread_mutex_lock(&cp->mutex));
		cp->stop = true;
		must_ok(pthread_cond_broadcast(&cp->changed));
		must_ok(pthread_mutex_unlock(&cp->mutex));
		must_ok(pthread_join(cp->thread, NULL));
		cp->has_thread = false;
	}
	checkpointer_close(l);
}
