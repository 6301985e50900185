/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper's thread and the boxes of its senders, on a ledger that waits and fails when a test
 * says so. */
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/keeper.h"

#include "support.h"

enum { SENDERS = 3, PUSHES = 300, WAIT_MS = 20000 };

/* A ledger whose commits can be held up. */
struct slow_ledger {
	struct ledger base;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool held, inside; /* a commit may not go on; one waits */
	bool failing, behind;
	int n_commits, n_freed;
};

static struct slow_ledger *slow_of(struct ledger *l)
{
	return (struct slow_ledger *)l;
}

static enum err_code slow_load(struct ledger *l, struct store *s, struct err *reterr)
{
	(void)l;
	(void)s;
	(void)reterr;
	return ERR_NONE;
}

static const char *slow_commit(struct ledger *base, struct store *s)
{
	struct slow_ledger *l = slow_of(base);
	bool failing;

	(void)s;
	must_ok(pthread_mutex_lock(&l->mutex));
	l->inside = true;
	must_ok(pthread_cond_broadcast(&l->changed));
	while (l->held)
		must_ok(pthread_cond_wait(&l->changed, &l->mutex));
	l->inside = false;
	l->n_commits++;
	failing = l->failing;
	l->behind = failing;
	must_ok(pthread_mutex_unlock(&l->mutex));
	return failing ? "no such disk" : NULL;
}

static const char *slow_note(struct ledger *base, struct store *s)
{
	(void)s;
	slow_of(base)->behind = true;
	return NULL;
}

static bool slow_behind(const struct ledger *base)
{
	return ((const struct slow_ledger *)base)->behind;
}

static void slow_free(struct ledger *base)
{
	slow_of(base)->n_freed++;
}

static const struct ledger_ops slow_ops = {.load = slow_load,
					   .commit = slow_commit,
					   .note = slow_note,
					   .write = slow_commit,
					   .behind = slow_behind,
					   .free = slow_free,
					   .syncs = true};

struct sender {
	struct fixture *f;
	struct keeper_box *box;
	pthread_t thread;
	atomic_int n_woken;
	int nth;
};

struct fixture {
	struct slow_ledger ledger;
	struct keeper *keeper;
	struct sender senders[SENDERS];
};

static void woken(void *context)
{
	struct sender *s = context;

	atomic_fetch_add(&s->n_woken, 1);
}

static int setup_as(void **state, int64_t relaxed_ns, uint64_t waiting_bytes_max)
{
	static struct fixture f;
	struct keeper_options options = {
		.limits = {.groups_max = 1000, .series_max = 100000, .shapes_per_family_max = 10},
		.ledger = &f.ledger.base,
		.relaxed_ns = relaxed_ns,
		.waiting_bytes_max = waiting_bytes_max,
	};

	f = (struct fixture){.ledger = {.base = {.ops = &slow_ops}}};
	must_ok(pthread_mutex_init(&f.ledger.mutex, NULL));
	must_ok(pthread_cond_init(&f.ledger.changed, NULL));
	f.keeper = keeper_new(&options);
	assert_non_null(f.keeper);
	for (int i = 0; i < SENDERS; i++) {
		f.senders[i].f = &f;
		f.senders[i].nth = i;
		f.senders[i].box = keeper_box_new(f.keeper, woken, &f.senders[i]);
		assert_non_null(f.senders[i].box);
	}
	*state = &f;
	return keeper_start(f.keeper) ? 0 : -1;
}

static int setup(void **state)
{
	return setup_as(state, 0, 0);
}

static int setup_relaxed(void **state)
{
	return setup_as(state, INT64_C(50) * 1000000, 0);
}

enum { WAITING_BYTES_MAX = 8192 };

static int setup_bounded(void **state)
{
	return setup_as(state, 0, WAITING_BYTES_MAX);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < SENDERS; i++) {
		assert_null(keeper_box_close(f->senders[i].box));
		keeper_box_free(f->senders[i].box);
	}
	f->keeper = keeper_free(f->keeper);
	assert_int_equal(f->ledger.n_freed, 1);
	must_ok(pthread_mutex_destroy(&f->ledger.mutex));
	must_ok(pthread_cond_destroy(&f->ledger.changed));
	return 0;
}

static void hold(struct fixture *f, bool held)
{
	must_ok(pthread_mutex_lock(&f->ledger.mutex));
	f->ledger.held = held;
	must_ok(pthread_cond_broadcast(&f->ledger.changed));
	must_ok(pthread_mutex_unlock(&f->ledger.mutex));
}

static void wait_inside(struct fixture *f)
{
	must_ok(pthread_mutex_lock(&f->ledger.mutex));
	while (!f->ledger.inside)
		must_ok(pthread_cond_wait(&f->ledger.changed, &f->ledger.mutex));
	must_ok(pthread_mutex_unlock(&f->ledger.mutex));
}

static struct change *make_push(int sender, int number)
{
	char job[32], body[32];

	(void)snprintf(job, sizeof(job), "job-%d", sender);
	(void)snprintf(body, sizeof(body), "m %d\n", number);
	return test_push(CHANGE_MERGE, test_stamp_job(job), body, number + 1);
}

/* The next judged changes; fails when none come. */
static struct change *receive(struct sender *s)
{
	for (int i = 0; i < WAIT_MS; i++) {
		struct change *c = keeper_receive(s->box);

		if (c != NULL)
			return c;
		(void)usleep(1000);
	}
	fail_msg("nothing came back");
	return NULL;
}

static void free_all(struct change *c)
{
	while (c != NULL) {
		struct change *next = c->next;

		change_free(c);
		c = next;
	}
}

static void *send_all(void *arg)
{
	struct sender *s = arg;
	int n_sent = 0, n_back = 0;

	while (n_back < PUSHES) {
		struct change *next;

		for (int i = 0; i < 3 && n_sent < PUSHES; i++) {
			struct change *first = make_push(s->nth, n_sent++);

			if (n_sent < PUSHES)
				first->next = make_push(s->nth, n_sent++);
			keeper_send(s->box, first);
		}
		for (struct change *c = receive(s); c != NULL; c = next, n_back++) {
			next = c->next;
			assert(c->verdict == ERR_NONE && c->time_ns == n_back + 1);
			change_free(c);
		}
	}
	return NULL;
}

/* Everything comes back to its sender, in its order, and nobody is woken more often than there are
 * commits. */
static void everything_comes_back_in_order(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < SENDERS; i++)
		must_ok(pthread_create(&f->senders[i].thread, NULL, send_all, &f->senders[i]));
	for (int i = 0; i < SENDERS; i++)
		must_ok(pthread_join(f->senders[i].thread, NULL));
	assert_int_equal(keeper_n_waiting(f->keeper), 0);
	must_ok(pthread_mutex_lock(&f->ledger.mutex));
	for (int i = 0; i < SENDERS; i++)
		assert_in_range(f->senders[i].n_woken, 1, f->ledger.n_commits);
	must_ok(pthread_mutex_unlock(&f->ledger.mutex));
}

/* What arrives while a commit is under way is one commit afterwards. */
static void what_waits_is_one_commit(void **state)
{
	struct fixture *f = *state;

	hold(f, true);
	keeper_send(f->senders[0].box, make_push(0, 0));
	wait_inside(f);
	for (int i = 1; i <= 20; i++)
		keeper_send(f->senders[1].box, make_push(1, i));
	assert_int_equal(keeper_n_waiting(f->keeper), 21);
	assert_null(keeper_receive(f->senders[0].box));
	hold(f, false);
	free_all(receive(&f->senders[0]));
	free_all(receive(&f->senders[1]));
	must_ok(pthread_mutex_lock(&f->ledger.mutex));
	assert_int_equal(f->ledger.n_commits, 2);
	must_ok(pthread_mutex_unlock(&f->ledger.mutex));
	assert_int_equal(keeper_stats(f->keeper)->n_commits, 2);
	assert_true(keeper_stats(f->keeper)->sizes.sum == 21);
}

/* A failed commit comes back with its reason and is tried again without anybody sending. */
static void a_failure_has_a_reason_and_ends(void **state)
{
	struct fixture *f = *state;
	struct change *c;

	must_ok(pthread_mutex_lock(&f->ledger.mutex));
	f->ledger.failing = true;
	must_ok(pthread_mutex_unlock(&f->ledger.mutex));
	keeper_send(f->senders[0].box, make_push(0, 0));
	c = receive(&f->senders[0]);
	assert_int_equal(c->verdict, ERR_DISK);
	assert_string_equal(c->why, "no such disk");
	assert_string_equal(keeper_trouble(f->keeper), "no such disk");
	change_free(c);
	must_ok(pthread_mutex_lock(&f->ledger.mutex));
	f->ledger.failing = false;
	must_ok(pthread_mutex_unlock(&f->ledger.mutex));
	for (int i = 0; i < WAIT_MS && keeper_trouble(f->keeper) != NULL; i++)
		(void)usleep(1000);
	assert_null(keeper_trouble(f->keeper));
}

/* A sender that ends gets back what it sent, judged. */
static void closing_waits(void **state)
{
	struct fixture *f = *state;
	struct change *c;

	keeper_send(f->senders[0].box, make_push(0, 0));
	c = keeper_box_close(f->senders[0].box);
	assert_true(c != NULL && c->verdict == ERR_NONE);
	change_free(c);
}

/* Relaxed, a change comes back before any commit, and one comes within the interval; what is left
 * is written at the end. */
static void relaxed_changes_come_back_first(void **state)
{
	struct fixture *f = *state;

	hold(f, true);
	keeper_send(f->senders[0].box, make_push(0, 0));
	free_all(receive(&f->senders[0]));
	wait_inside(f);
	hold(f, false);
	keeper_send(f->senders[0].box, make_push(0, 1));
	free_all(receive(&f->senders[0]));
	keeper_stop(f->keeper);
	assert_false(f->ledger.behind);
	assert_int_equal(keeper_n_unwritten(f->keeper), 0);
}

static struct change *make_long_push(size_t n_bytes)
{
	char body[2 * WAITING_BYTES_MAX];
	struct change *c;

	assert(n_bytes + 64 < sizeof(body));
	(void)snprintf(body, sizeof(body), "# HELP m %0*d\nm 1\n", (int)n_bytes, 0);
	c = test_push(CHANGE_MERGE, test_stamp_job("long"), body, 1);
	assert_in_range(change_bytes(c), n_bytes, n_bytes + 1024);
	return c;
}

/* What waits for the disk is bounded in bytes: one over the bound is not admitted, though a smaller
 * one is; what was judged counts no more, and a change that nothing waits beside may be of any
 * size. */
static void what_waits_is_bounded_in_bytes(void **state)
{
	struct fixture *f = *state;
	struct change *half = make_long_push(WAITING_BYTES_MAX / 2);
	struct change *other = make_long_push(WAITING_BYTES_MAX / 2);
	struct change *large = make_long_push(WAITING_BYTES_MAX + 1);
	struct change *small = make_push(1, 1);

	hold(f, true);
	assert_true(keeper_admit(f->keeper, half));
	keeper_send(f->senders[0].box, half);
	wait_inside(f);
	assert_false(keeper_admit(f->keeper, other));
	assert_true(keeper_admit(f->keeper, small));
	keeper_send(f->senders[1].box, small);
	hold(f, false);
	for (int n = 0; n < 2; n++) {
		struct change *c = receive(&f->senders[n]);

		assert_null(c->next);
		change_free(c);
	}
	assert_true(keeper_admit(f->keeper, large));
	assert_false(keeper_admit(f->keeper, other));
	keeper_send(f->senders[0].box, large);
	free_all(keeper_box_close(f->senders[0].box));
	assert_true(keeper_admit(f->keeper, other));
	keeper_send(f->senders[1].box, other);
	free_all(receive(&f->senders[1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(everything_comes_back_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(what_waits_is_one_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_has_a_reason_and_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(closing_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(relaxed_changes_come_back_first, setup_relaxed,
						teardown),
		cmocka_unit_test_setup_teardown(what_waits_is_bounded_in_bytes, setup_bounded,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
