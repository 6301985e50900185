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
	assert_int_equal(count(helper_box_close(&box)), 0);
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

/* Who closes its box waits for what is away and gets it, in order where there is one helper. */
static void test_close(void **state)
{
	struct helpers *helpers = helpers_new(1);
	struct job jobs[JOBS] = {0};
	_Atomic int n_wakes = 0;
	struct helper_box box;
	struct helper_job *first;

	(void)state;
	assert_non_null(helpers);
	assert_true(helpers_start(helpers));
	helper_box_init(&box, count_wake, &n_wakes);
	assert_null(helper_box_take(&box));
	for (int i = 0; i < JOBS; i++) {
		jobs[i].helper.run = run;
		helpers_give(helpers, &box, &jobs[i].helper);
	}
	first = helper_box_close(&box);
	for (int i = 0; i < JOBS; i++, first = first->next)
		assert_ptr_equal(first, &jobs[i].helper);
	assert_null(first);
	assert_int_equal(n_wakes, JOBS);
	assert_null(helpers_free(helpers));
	assert_null(helpers_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_givers),
		cmocka_unit_test(test_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
