/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads: writers push while readers render. Most is seen under the tsan preset. */
#include "store/keeper.h"

#include <pthread.h>

#include "render.h"

enum { READERS = 2, WRITERS = 2, GROUPS = 7, PUSHES = 1500, SERIES = 40 };

struct shared {
	struct keeper *keeper;
	atomic_int n_writing;
};

struct writer {
	struct shared *shared;
	int nth;
};

/* The number behind the first line that starts so, or -1. */
static long value_of(const char *text, const char *line_start)
{
	const char *at = strstr(text, line_start);

	return at == NULL ? -1 : strtol(at + strlen(line_start), NULL, 10);
}

static const char *job_of(int group, char text[32])
{
	(void)snprintf(text, 32, "job-%d", group);
	return text;
}

/* Three families that are always pushed together, with one value; the middle one has enough series
 * for several leaves, of changing labels, so that leaves are cut and joined. */
static struct change *make_push(int group, int value)
{
	struct buf body;
	struct change *c;
	char job[32];

	buf_init(&body, SIZE_MAX / 2);
	buf_putf(&body, "# HELP first value %d\n# TYPE first gauge\nfirst %d\n", value % 3, value);
	buf_putf(&body, "# TYPE middle histogram\n");
	for (int i = 0; i < SERIES; i++)
		buf_putf(&body, "middle_bucket{k=\"%d\",le=\"1\"} %d\nmiddle_sum{k=\"%d\"} 1\n",
			 i * (1 + value % 4), value, i * (1 + value % 4));
	buf_putf(&body, "third %d\n", value);
	buf_put_byte(&body, '\0');
	c = test_push(value % 2 == 0 ? CHANGE_REPLACE : CHANGE_MERGE,
		      test_stamp_job(job_of(group, job)), body.ptr, value);
	buf_free(&body);
	return c;
}

/* Batches of a push and a delete or another push, each writer to its own groups. */
static void *write_all(void *ptr)
{
	struct writer *w = ptr;

	for (int value = 0; value < PUSHES; value++) {
		int group = w->nth * GROUPS + value % GROUPS;
		struct change *c = make_push(group, value), *next = make_push(group, value + 1);

		if (value % 5 == 0) {
			change_free(next);
			next = change_new_delete(test_stamp_job("job-0"), value);
		}
		c->next = next;
		keeper_apply(w->shared->keeper, c);
		assert(c->verdict == ERR_NONE && next->verdict == ERR_NONE);
		change_free(c);
		change_free(next);
	}
	atomic_fetch_sub(&w->shared->n_writing, 1);
	return NULL;
}

/* In every snapshot a group has all three families with one value, or none of them. */
static void check_snapshot(const struct snapshot *snap)
{
	struct buf text;

	buf_init(&text, SIZE_MAX / 2);
	render(&text, snap, true);
	buf_put_byte(&text, '\0');
	for (int group = 0; group < WRITERS * GROUPS; group++) {
		char job[32], line[128];
		long first, middle, third;

		(void)job_of(group, job);
		(void)snprintf(line, sizeof(line), "\nfirst{instance=\"\",job=\"%s\"} ", job);
		first = value_of(text.ptr, line);
		(void)snprintf(line, sizeof(line),
			       "\nmiddle_bucket{instance=\"\",job=\"%s\",k=\"0\",le=\"1\"} ", job);
		middle = value_of(text.ptr, line);
		(void)snprintf(line, sizeof(line), "\nthird{instance=\"\",job=\"%s\"} ", job);
		third = value_of(text.ptr, line);
		assert(first == middle && first == third);
	}
	buf_free(&text);
}

static void *read_all(void *ptr)
{
	struct shared *shared = ptr;
	const struct snapshot *older = store_snapshot(keeper_store(shared->keeper));

	while (atomic_load(&shared->n_writing) > 0) {
		const struct snapshot *snap = store_snapshot(keeper_store(shared->keeper));

		check_snapshot(snap);
		check_snapshot(older);
		snapshot_release(older);
		older = snap;
	}
	snapshot_release(older);
	return NULL;
}

/* Whatever is written meanwhile, a reader sees batches whole. */
static void test_readers_see_whole_batches(void **state)
{
	const struct keeper_options options = {
		.limits = {.groups_max = 1000, .series_max = 1000000, .shapes_per_family_max = 10}};
	struct shared shared = {.keeper = keeper_new(&options), .n_writing = WRITERS};
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS + READERS];

	(void)state;
	assert_non_null(shared.keeper);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.shared = &shared, .nth = i};
		must_ok(pthread_create(&threads[i], NULL, write_all, &writers[i]));
	}
	for (int i = 0; i < READERS; i++)
		must_ok(pthread_create(&threads[WRITERS + i], NULL, read_all, &shared));
	for (int i = 0; i < WRITERS + READERS; i++)
		must_ok(pthread_join(threads[i], NULL));
	assert_null(keeper_free(shared.keeper));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers_see_whole_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
