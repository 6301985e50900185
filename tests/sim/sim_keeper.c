/* SPDX-License-Identifier: Apache-2.0
 *
 * sim_keeper [--notebook] [--seed N] [--runs N]: random lives of a keeper, on SQLite on a simulated
 * disk or on a notebook. Each has batches, failures of the medium and of memory, checkpoints, ends
 * and losses; after every step what is visible, and after every start what is there, is compared
 * with the model (world.h). A failing run says its seed. */
#include <signal.h>
#include <sqlite3.h>
#include <sys/random.h>
#include <unistd.h>

#include "world.h"

enum { STEPS_MAX = 40 };

/* ASan, UBSan and TSan end a run like a failed assertion: with its seed. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "abort_on_error=1:handle_abort=0";
}
__attribute__((visibility("default"))) const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}
__attribute__((visibility("default"))) const char *__tsan_default_options(void)
{
	return "abort_on_error=1:halt_on_error=1";
}

static const char *program, *flag = "";
static uint64_t seed;

static void on_abort(int signal)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "again: %s%s --seed %" PRIu64 " --runs 1\n", program,
			 flag, seed);

	(void)signal;
	if (n > 0)
		(void)!write(STDERR_FILENO, line, (size_t)n);
}

/* ---- chance ---- */

static struct world_fault roll_fault(struct dice *dice)
{
	static const unsigned kinds[] = {DISK_WRITE,          DISK_WRITE, DISK_SYNC,
					 DISK_SYNC,           DISK_OPEN,  DISK_READ,
					 DISK_TRUNCATE,       DISK_ALL,   DISK_WRITE | DISK_SYNC,
					 DISK_ALL ^ DISK_READ};
	static const int errors[] = {SQLITE_FULL, SQLITE_IOERR_WRITE};
	struct world_fault f = {.kinds = kinds[dice_below(dice, 10)],
				.after = dice_below(dice, 25),
				.times = 1 + dice_below(dice, 4),
				.error = errors[dice_below(dice, 2)]};

	if (dice_below(dice, 3) == 0)
		f.times = 1 << 30;
	return f;
}

static struct world_fault roll_end_of_memory(struct dice *dice)
{
	struct world_fault f = {.allocs_from_then = dice_below(dice, 2) == 0};

	if (dice_below(dice, 2) == 0)
		f.allocs_after = 1 + dice_below(dice, 60);
	else
		f.sqlite_allocs_after = 1 + dice_below(dice, 60);
	return f;
}

/* ---- steps ---- */

/* A moment within a batch, as it would be found. */
struct moment {
	struct world *world;
	unsigned until;
	enum disk_loss loss;
	struct disk *disk;
};

static void at_operation(void *context, const struct disk *d, unsigned kind)
{
	struct moment *m = context;

	(void)kind;
	if (m->disk == NULL && m->until-- == 0)
		m->disk = disk_after(d, m->loss, dice_next(&m->world->dice));
}

static size_t roll_batch(struct world *w, struct plain_change *ret, uint32_t n_max)
{
	size_t n = 1 + dice_below(&w->dice, n_max);

	for (size_t i = 0; i < n; i++) {
		w->time_ns += 1 + dice_below(&w->dice, 1000000000);
		ret[i] = plain_roll(&w->dice, w->time_ns);
	}
	return n;
}

static void step_batch(struct world *w)
{
	struct plain_change changes[WORLD_BATCH_MAX];
	struct world_fault fault;
	uint32_t what = dice_below(&w->dice, 10);
	size_t n = roll_batch(w, changes, what == 0 ? 2 : WORLD_BATCH_MAX);

	if (what == 0)
		fault = roll_end_of_memory(&w->dice);
	else if (what <= 3)
		fault = roll_fault(&w->dice);
	world_apply(w, changes, n, what <= 3 ? &fault : NULL);
}

/* The process or the power ends amid a batch. */
static void step_cut_batch(struct world *w)
{
	struct plain_change changes[WORLD_BATCH_MAX];
	size_t n = roll_batch(w, changes, WORLD_BATCH_MAX), n_maybe;
	struct moment m = {.world = w,
			   .until = dice_below(&w->dice, 30),
			   .loss = (enum disk_loss)dice_below(&w->dice, DISK_LOSSES)};
	struct plain maybe[WORLD_MAYBE_MAX];
	struct world_fault fault = roll_fault(&w->dice);
	bool failing = dice_below(&w->dice, 2) == 0;

	world_expect(w, changes, n);
	n_maybe = w->n_maybe;
	memcpy(maybe, w->maybe, sizeof(maybe));
	disk_watch(w->disk, DISK_ALL ^ DISK_READ, at_operation, &m);
	world_apply(w, changes, n, failing ? &fault : NULL);
	disk_watch(w->disk, 0, NULL, NULL);
	if (m.disk == NULL)
		return;
	world_heal(w);
	memcpy(w->maybe, maybe, sizeof(maybe));
	w->n_maybe = n_maybe;
	world_lose_to(w, m.disk);
}

static void step(struct world *w)
{
	static const int modes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART,
				    SQLITE_CHECKPOINT_TRUNCATE};
	uint32_t what = dice_below(&w->dice, 100);
	struct world_fault fault;

	if (what < 60) {
		step_batch(w);
	} else if (what < 68) {
		world_write(w);
	} else if (what < 76) {
		world_checkpoint(w, modes[dice_below(&w->dice, 3)]);
	} else if (what < 80) {
		world_restart(w);
	} else if (what < 84) {
		fault = dice_below(&w->dice, 3) == 0 ? roll_end_of_memory(&w->dice)
						     : roll_fault(&w->dice);
		world_stumble(w, &fault);
	} else if (what < 92 && !w->on_notebook) {
		step_cut_batch(w);
	} else {
		world_lose(w, (enum disk_loss)dice_below(&w->dice, DISK_LOSSES));
	}
	if (dice_below(&w->dice, 3) != 0)
		world_heal(w);
}

/* ---- runs ---- */

struct counts {
	uint64_t n_steps, n_refused, n_failed, n_recovered, n_lost, n_found, n_reopened;
};

static void run(bool on_notebook, struct counts *counts)
{
	struct world w = {.on_notebook = on_notebook, .relaxed = seed % 4 == 0};
	uint32_t n_steps;

	world_begin(&w, seed);
	n_steps = 1 + dice_below(&w.dice, STEPS_MAX);
	for (uint32_t i = 0; i < n_steps; i++)
		step(&w);
	world_heal(&w);
	world_restart(&w);
	counts->n_steps += n_steps;
	counts->n_refused += w.n_refused;
	counts->n_failed += w.n_failed;
	counts->n_recovered += w.n_recovered;
	counts->n_lost += w.n_lost;
	counts->n_found += w.n_found;
	counts->n_reopened += w.n_reopened;
	world_end(&w);
}

static void say(const struct counts *c, uint64_t n_runs)
{
	printf("%" PRIu64 " runs, %" PRIu64 " steps: %" PRIu64 " changes refused, %" PRIu64
	       " batches failed (%" PRIu64 " put right at once), %" PRIu64 " starts, %" PRIu64
	       " of them after a loss; %" PRIu64 " found what had been under way\n",
	       n_runs, c->n_steps, c->n_refused, c->n_failed, c->n_recovered, c->n_reopened,
	       c->n_lost, c->n_found);
}

int main(int argc, char **argv)
{
	uint64_t first, n_runs = 1000;
	struct counts counts = {0};
	bool on_notebook = false;

	program = argv[0];
	(void)!getrandom(&first, sizeof(first), 0);
	first %= 1000000000;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--notebook") == 0)
			on_notebook = true;
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			first = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc)
			n_runs = strtoull(argv[++i], NULL, 10);
		else
			return fprintf(stderr, "usage: %s [--notebook] [--seed N] [--runs N]\n",
				       program),
			       2;
	}
	flag = on_notebook ? " --notebook" : "";
	(void)signal(SIGABRT, on_abort);
	printf("seeds from %" PRIu64 "\n", first);
	(void)fflush(stdout);
	for (seed = first; seed < first + n_runs; seed++)
		run(on_notebook, &counts);
	say(&counts, n_runs);
	/* A simulation in which nothing happens proves nothing. */
	if (n_runs < 200)
		return 0;
	assert(counts.n_refused > 0 && counts.n_recovered > 0 && counts.n_found > 0);
	assert(counts.n_failed > counts.n_recovered && counts.n_lost > n_runs);
	return 0;
}
