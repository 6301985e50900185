/* SPDX-License-Identifier: Apache-2.0
 *
 * sim_power [--seed N]: some scripted lives of a keeper on SQLite, and the power goes at every
 * operation of the disk, before and after each sync; and the failures that it takes a certain order
 * of events to see. Nothing acknowledged may be lost, nothing be found that is a mixture, no row
 * counted as damaged, and the database must open. */
#include <sqlite3.h>

#include "world.h"

enum { LIVES = 8, BATCHES = 24, TEARINGS = 5, MOMENTS_MAX = 512 };

static uint64_t seed = 1;

/* ---- the power goes ---- */

struct moments {
	struct disk *disks[MOMENTS_MAX];
	size_t n;
	struct dice dice;
};

static void at_operation(void *context, const struct disk *d, unsigned kind)
{
	struct moments *m = context;

	assert(m->n + 2 + TEARINGS <= MOMENTS_MAX);
	m->disks[m->n++] = disk_after(d, DISK_KILLED, dice_next(&m->dice));
	m->disks[m->n++] = disk_after(d, DISK_FORGOT, dice_next(&m->dice));
	/* Between two writes tearing differs little. */
	for (int i = 0; i < TEARINGS && (kind == DISK_SYNC || kind == DISK_TRUNCATE); i++)
		m->disks[m->n++] = disk_after(d, DISK_TORN, dice_next(&m->dice));
}

static size_t assert_all_found(struct world *w, struct moments *m, const struct plain *maybe,
			       size_t n_maybe)
{
	size_t n = m->n;

	disk_watch(w->disk, 0, NULL, NULL);
	for (; m->n > 0; m->n--)
		world_assert_found(w, m->disks[m->n - 1], maybe, n_maybe);
	return n;
}

static size_t roll_batch(struct world *w, struct plain_change changes[WORLD_BATCH_MAX])
{
	size_t n = 1 + dice_below(&w->dice, WORLD_BATCH_MAX);

	for (size_t i = 0; i < n; i++)
		changes[i] = plain_roll(&w->dice, w->time_ns += 1000000007);
	return n;
}

/* The power goes at each operation of a batch, which may fail. */
static size_t batch(struct world *w, struct moments *m, const struct world_fault *fault)
{
	struct plain_change changes[WORLD_BATCH_MAX];
	struct plain maybe[WORLD_MAYBE_MAX];
	size_t n = roll_batch(w, changes), n_maybe;

	world_expect(w, changes, n);
	n_maybe = w->n_maybe;
	memcpy(maybe, w->maybe, sizeof(maybe));
	disk_watch(w->disk, DISK_ALL ^ DISK_READ, at_operation, m);
	world_apply(w, changes, n, fault);
	return assert_all_found(w, m, maybe, n_maybe);
}

/* ... and of what puts a failed commit right. */
static size_t recovery(struct world *w, struct moments *m)
{
	struct plain maybe[WORLD_MAYBE_MAX];
	size_t n_maybe = w->n_maybe;

	memcpy(maybe, w->maybe, sizeof(maybe));
	world_heal(w);
	disk_watch(w->disk, DISK_ALL ^ DISK_READ, at_operation, m);
	world_write(w);
	return assert_all_found(w, m, maybe, n_maybe);
}

static size_t checkpoint(struct world *w, struct moments *m, int mode)
{
	disk_watch(w->disk, DISK_ALL ^ DISK_READ, at_operation, m);
	world_checkpoint(w, mode);
	return assert_all_found(w, m, w->maybe, w->n_maybe);
}

static size_t live(void)
{
	static const int modes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART,
				    SQLITE_CHECKPOINT_TRUNCATE};
	const struct world_fault fault = {.kinds = DISK_SYNC, .times = 2};
	struct world w = {0};
	struct moments m = {.dice = {seed}};
	size_t n = 0;

	world_begin(&w, seed);
	for (unsigned i = 0; i < BATCHES; i++) {
		n += batch(&w, &m, i % 5 == 3 ? &fault : NULL);
		n += recovery(&w, &m);
		if (i % 4 == 2)
			n += checkpoint(&w, &m, modes[i / 4 % 3]);
	}
	world_restart(&w);
	assert_true(w.n_failed > 2);
	world_end(&w);
	return n;
}

/* Batches, some of which fail, checkpoints, recoveries: at every operation the power goes. */
static void nothing_acknowledged_is_lost(void **state)
{
	uint64_t first = seed;
	size_t n = 0;

	(void)state;
	for (; seed < first + LIVES; seed++)
		n += live();
	seed = first;
	printf("%zu losses of power and kills\n", n);
	assert_true(n > (size_t)LIVES * 1000);
}

/* A start is cut while it makes the database: the next one makes it. */
static void the_making_of_the_database_may_be_cut(void **state)
{
	struct moments m = {.dice = {seed}};
	struct world w = {.disk = disk_new(seed)};

	(void)state;
	disk_watch(w.disk, DISK_ALL ^ DISK_READ, at_operation, &m);
	world_begin(&w, seed);
	assert_true(assert_all_found(&w, &m, w.maybe, w.n_maybe) > 50);
	world_end(&w);
}

/* ---- failures in turn ---- */

static void begin_filled(struct world *w)
{
	struct plain_change changes[WORLD_BATCH_MAX];

	world_begin(w, seed);
	for (int i = 0; i < 12; i++)
		world_apply(w, changes, roll_batch(w, changes), NULL);
}

/* Every operation of a start fails once: that start fails or succeeds, and the next one has all. A
 * row that could not be read, for one, is not taken for a damaged one. */
static void each_operation_of_a_start_may_fail(void **state)
{
	static const unsigned kinds[] = {DISK_READ, DISK_WRITE, DISK_SYNC, DISK_OPEN | DISK_DELETE,
					 DISK_TRUNCATE};
	struct world w = {0};

	(void)state;
	begin_filled(&w);
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
		for (unsigned after = 0; after < 40; after++)
			world_stumble(&w, &(struct world_fault){.kinds = kinds[kind],
								.after = after,
								.times = 1,
								.error = SQLITE_IOERR_WRITE});
	for (unsigned after = 1; after < 200; after++) {
		world_stumble(&w, &(struct world_fault){.allocs_after = after});
		world_stumble(&w, &(struct world_fault){.sqlite_allocs_after = after});
	}
	world_end(&w);
}

/* Every allocation of a batch fails once, or it and all later ones: the changes are refused, a
 * refusal is told only with its failure time kept, and the keeper is ready for the next batch. */
static void each_allocation_of_a_batch_may_fail(void **state)
{
	struct plain_change changes[WORLD_BATCH_MAX];
	struct world w = {0};

	(void)state;
	begin_filled(&w);
	for (unsigned after = 1; after < 150; after++)
		for (int from_then = 0; from_then < 2; from_then++) {
			size_t n = roll_batch(&w, changes);

			world_apply(&w, changes, n < 2 ? n : 2,
				    &(struct world_fault){.allocs_after = after % 75,
							  .sqlite_allocs_after = after,
							  .allocs_from_then = from_then});
			world_write(&w);
		}
	world_restart(&w);
	world_end(&w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_acknowledged_is_lost),
		cmocka_unit_test(the_making_of_the_database_may_be_cut),
		cmocka_unit_test(each_operation_of_a_start_may_fail),
		cmocka_unit_test(each_allocation_of_a_batch_may_fail),
	};

	if (argc == 3 && strcmp(argv[1], "--seed") == 0)
		seed = strtoull(argv[2], NULL, 10);
	printf("seed %" PRIu64 "\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
