/* SPDX-License-Identifier: Apache-2.0
 *
 * What is given to helpers is run once, on another thread, and comes back to its giver. */
#include "http/helpers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { JOBS = 200, GIVERS = 3 };

struct job {
	struct helper_job helper;
	pthread_t ran_on;
	int n_runs;
};

struct gated {
	struct helper_job helper;
	pthread_barrier_t *begun;
	bool done;
};

static void run(struct helper_job *helper)
{
	struct job *job = (struct job *)helper;

	job->ran_on = pthread_self();
	job->n_runs++;
}

static void count_wake(void *context)
{
	atomic_fetch_add((_Atomic int *)context, 1);
}

static size_t count(const struct helper_job *first)
{
	size_t n = 0;

	for (; first != NULL; first = first->next)
		n++;
	return n;
}

static void *give_and_take(void *helpers)
{
	static _Atomic int n_wakes;
	struct job jobs[JOBS] = {0};
	struct helper_box box;
	size_t n = 0;

	helper_box_init(&box, count_wake, &n_wakes);
	for (int i = 0; i < JOBS; i++) {
		jobs[i].helper.run = run;
		helpers_give(helpers, &box, &jobs[i].helper);
	}
	while (n < JOBS) {
		n += count(helper_box_take(&box));
		(void)usleep(100);
	}
	assert_int_equal(count(helper_box_close(helpers, &box)), 0);
	for (int i = 0; i < JOBS; i++) {
		assert_int_equal(jobs[i].n_runs, 1);
		assert_false(pthread_equal(jobs[i].ran_on, pthread_self()));
	}
	assert_true(n_wakes > 0);
	return NULL;
}

/* Several givers share the helpers, and each gets back its own. */
static void test_givers(void **state)
{
	struct helpers *helpers = helpers_new(2);
	pthread_t givers[GIVERS];

	(void)state;
	assert_non_null(helpers);
	assert_true(helpers_start(helpers));
	for (int i = 0; i < GIVERS; i++)
		assert_int_equal(pthread_create(&givers[i], NULL, give_and_take, helpers), 0);
	for (int i = 0; i < GIVERS; i++)
		assert_int_equal(pthread_join(givers[i], NULL), 0);
	assert_null(helpers_free(helpers));
}

static void wait_for_gate(struct helper_job *helper)
{
	struct gated *gated = (struct gated *)helper;

	(void)pthread_barrier_wait(gated->begun);
	(void)usleep(20 * 1000);
	gated->done = true;
}

/* Who closes its box waits for what was begun, and gets the rest back as it was given; others' jobs
 * go on. */
static void test_close(void **state)
{
	struct helpers *helpers = helpers_new(1);
	pthread_barrier_t begun;
	struct gated gated = {.helper.run = wait_for_gate, .begun = &begun};
	struct job jobs[JOBS] = {0}, other = {.helper.run = run};
	_Atomic int n_wakes = 0;
	struct helper_box box, other_box;
	struct helper_job *first;

	(void)state;
	assert_non_null(helpers);
	assert_int_equal(pthread_barrier_init(&begun, NULL, 2), 0);
	assert_true(helpers_start(helpers));
	helper_box_init(&box, count_wake, &n_wakes);
	helper_box_init(&other_box, count_wake, &n_wakes);
	assert_null(helper_box_take(&box));
	helpers_give(helpers, &box, &gated.helper);
	for (int i = 0; i < JOBS; i++) {
		jobs[i].helper.run = run;
		helpers_give(helpers, &box, &jobs[i].helper);
		if (i == JOBS / 2)
			helpers_give(helpers, &other_box, &other.helper);
	}
	(void)pthread_barrier_wait(&begun);
	first = helper_box_close(helpers, &box);
	assert_ptr_equal(first, &gated.helper);
	assert_true(gated.done);
	first = first->next;
	for (int i = 0; i < JOBS; i++, first = first->next) {
		assert_ptr_equal(first, &jobs[i].helper);
		assert_int_equal(jobs[i].n_runs, 0);
	}
	assert_null(first);
	while ((first = helper_box_take(&other_box)) == NULL)
		(void)usleep(100);
	assert_ptr_equal(first, &other.helper);
	assert_int_equal(other.n_runs, 1);
	assert_null(helper_box_close(helpers, &other_box));
	assert_int_equal(n_wakes, 2);
	assert_null(helpers_free(helpers));
	assert_null(helpers_free(NULL));
	assert_int_equal(pthread_barrier_destroy(&begun), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_givers),
		cmocka_unit_test(test_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
