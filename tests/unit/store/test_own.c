/* SPDX-License-Identifier: Apache-2.0
 *
 * Pushes that meet families which are exposed beside the store, and helps that do not agree. */
#include "store/keeper.h"

#include <unistd.h>

#include "base/log.h"

#include "support.h"

enum { FIXED, LATE, N_OWN };

struct fixture {
	struct own_family own[N_OWN];
	struct keeper *keeper;
	int64_t time_ns;
};

static int setup(void **state)
{
	static struct fixture f;
	struct keeper_options options = {
		.limits = {.groups_max = 100, .series_max = 1000, .shapes_per_family_max = 10},
		.own_families = f.own,
		.n_own_families = N_OWN,
	};

	f.own[FIXED] = (struct own_family){.name = SLICE("fixed"),
					   .help = SLICE("Its help."),
					   .type = METRIC_GAUGE,
					   .help_imposed = true,
					   .present = true};
	f.own[LATE] = (struct own_family){
		.name = SLICE("late"), .help = SLICE("A \"help\"."), .type = METRIC_SUMMARY};
	f.keeper = keeper_new(&options);
	f.time_ns = 1;
	*state = &f;
	return f.keeper == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->keeper = keeper_free(f->keeper);
	return 0;
}

/* Pushes and says what was found fault with: "" for nothing. */
static const char *push_as(struct fixture *f, enum change_kind kind, const char *job,
			   const char *body)
{
	static char text[4096];
	struct change *c = test_push(kind, test_stamp_job(job), body, ++f->time_ns);
	struct buf faults;

	keeper_apply(f->keeper, c);
	buf_init(&faults, sizeof(text) - 1);
	if (c->verdict == ERR_CONFLICT)
		faults_write(&c->faults, &faults);
	assert_true(buf_ok(&faults) && (c->verdict == ERR_NONE || c->verdict == ERR_CONFLICT));
	memcpy(text, buf_slice(&faults).ptr, faults.len);
	text[faults.len] = '\0';
	buf_free(&faults);
	change_free(c);
	return text;
}

static const char *push(struct fixture *f, const char *job, const char *body)
{
	return push_as(f, CHANGE_REPLACE, job, body);
}

/* Where the help is imposed any help will do, but not another type. */
static void test_an_imposed_help(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(push(f, "a", "# TYPE fixed gauge\nfixed 1\n"), "");
	assert_string_equal(push(f, "a", "# HELP fixed x\n# TYPE fixed gauge\nfixed 1\n"), "");
	assert_string_equal(push(f, "a", "fixed 1\n"), "gathered metric family fixed has type "
						       "UNTYPED but should have GAUGE");
	assert_string_equal(push(f, "b", "# TYPE fixed counter\nfixed 1\nfixed{a=\"b\"} 1\n"),
			    "gathered metric family fixed has type COUNTER but should have GAUGE");
}

/* A family that is not there is no matter; once it is, help is judged before type. */
static void test_a_family_that_comes_up(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(push(f, "a", "late 1\n"), "");
	assert_string_equal(push(f, "a", "late_count 1\n"), "");
	assert_string_equal(push(f, "a", ""), "");
	atomic_store(&f->own[LATE].present, true);
	assert_string_equal(push(f, "a", "late 1\n"),
			    "gathered metric family late has help \"\" but should have "
			    "\"A \\\"help\\\".\"");
	assert_string_equal(push(f, "a", "# HELP late A \"help\".\nlate 1\n"),
			    "gathered metric family late has type UNTYPED but should have SUMMARY");
	assert_string_equal(
		push(f, "a", "# HELP late A \"help\".\n# TYPE late summary\nlate_sum 1\n"), "");
}

/* An unchanged family is judged again: it may have been there before the other came up. */
static void test_a_family_that_was_pushed_before(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(push(f, "a", "late 1\n"), "");
	atomic_store(&f->own[LATE].present, true);
	assert_string_equal(push(f, "a", "late 1\n"),
			    "gathered metric family late has help \"\" but should have "
			    "\"A \\\"help\\\".\"");
}

/* Names with a suffix collide with it as with a pushed one. */
static void test_suffixes(void **state)
{
	struct fixture *f = *state;

	atomic_store(&f->own[LATE].present, true);
	f->own[FIXED].name = SLICE("fixed_count");
	assert_string_equal(push(f, "a", "late_sum 1\n"),
			    "collected metric named \"late_sum\" collides with previously "
			    "collected summary named \"late\"");
	assert_string_equal(push(f, "a", "late_bucket 1\n"), "");
	assert_string_equal(push(f, "a", "# TYPE fixed histogram\nfixed_sum 1\n"),
			    "collected histogram or summary named \"fixed\" collides with "
			    "previously collected metric named \"fixed_count\"");
}

static void read_log(int fd, char *ret, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size - 1 && (got = read(fd, ret + n, size - 1 - n)) > 0)
		n += (size_t)got;
	ret[n] = '\0';
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

/* A push that brings its group another help than the family is exposed with is logged, and not when
 * the group pushes it again. A help that only changes is no matter. */
static void test_the_log(void **state)
{
	struct fixture *f = *state;
	static char text[65536];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(log_start(LOG_INFO, LOG_LOGFMT, ends[1]));
	(void)push(f, "a", "# HELP m one\n# TYPE m gauge\nm 1\n");
	(void)push(f, "a", "# HELP m won\n# TYPE m gauge\nm 1\n");
	(void)push(f, "b", "# HELP m two\n# TYPE m gauge\nm 1\n"); /* 1 */
	for (int i = 0; i < 3; i++) {
		(void)push(f, "b", "# HELP m two\n# TYPE m gauge\nm 1\n");
		(void)push(f, "a", "# HELP m won\n# TYPE m gauge\nm 1\n");
	}
	(void)push(f, "b", "# HELP m won\n# TYPE m gauge\nm 1\n");
	(void)push(f, "b", "# TYPE m gauge\nm 1\n");                 /* 2 */
	(void)push(f, "c", "# TYPE m gauge\nm 1\n");                 /* 3 */
	(void)push(f, "d", "# HELP m won\n# TYPE m counter\nm 1\n"); /* refused */
	(void)push(f, "a", "# TYPE fixed gauge\nfixed 1\n");         /* overlap 1 */
	(void)push(f, "b", "# TYPE fixed gauge\nfixed 1\n");
	(void)push(f, "c", "# HELP fixed Its help.\n# TYPE fixed gauge\nfixed 1\n");
	(void)push(f, "c", "# HELP fixed \"x\"\n# TYPE fixed gauge\nfixed 1\n"); /* overlap 2 */
	log_stop();
	(void)close(ends[1]);
	read_log(ends[0], text, sizeof(text));
	(void)close(ends[0]);
	assert_int_equal(count(text, "msg=\"metric families inconsistent help strings\""), 3);
	assert_int_equal(count(text, "msg=\"metric families overlap\""), 2);
	assert_int_equal(count(text, "\n"), 5);
	assert_int_equal(count(text, " level=info "), 5);
	assert_non_null(strstr(text, " new=\"name:\\\"m\\\"  help:\\\"two\\\"  type:GAUGE\" "
				     "old=\"name:\\\"m\\\"  help:\\\"won\\\"  type:GAUGE\"\n"));
	assert_non_null(strstr(text, " new=\"name:\\\"m\\\"  type:GAUGE\" "
				     "old=\"name:\\\"m\\\"  help:\\\"won\\\"  type:GAUGE\"\n"));
	assert_non_null(strstr(text, " metric_family=\"name:\\\"fixed\\\"  type:GAUGE\" "
				     "standard_help=\"Its help.\"\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_imposed_help, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_family_that_comes_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_family_that_was_pushed_before, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_suffixes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_log, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
