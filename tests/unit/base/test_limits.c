/* SPDX-License-Identifier: Apache-2.0
 *
 * What met a limit is counted under the limit's flag. */
#include "base/limits.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

/* Every limit has a flag, and no two have the same; they are in the order of their flags. */
static void test_flags(void **state)
{
	(void)state;
	assert_int_equal(limit_flag(LIMIT_NONE).len, 0);
	for (enum limit limit = LIMIT_NONE + 2; limit < LIMITS; limit++)
		assert_true(slice_compare(limit_flag(limit - 1), limit_flag(limit)) < 0);
}

static void *exceed_often(void *unused)
{
	for (int i = 0; i < 1000; i++)
		limit_exceeded(LIMIT_BODY);
	return unused;
}

/* Each meeting is counted, whichever thread saw it; no limit is none. */
static void test_counts(void **state)
{
	pthread_t threads[4];
	int64_t first_ns;

	(void)state;
	limit_exceeded(LIMIT_NONE);
	assert_false(limit_any_exceeded());
	assert_int_equal(limit_count(LIMIT_BODY, &first_ns), 0);
	assert_int_equal(first_ns, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, exceed_often, NULL), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_true(limit_any_exceeded());
	assert_int_equal(limit_count(LIMIT_BODY, &first_ns), 4000);
	assert_true(first_ns > 0);
	assert_int_equal(limit_count(LIMIT_HEADER, &first_ns), 0);
}

/* An error over a limit knows it, and its sentence ends with the flag. */
static void test_an_error_names_its_limit(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 16);
	err = err_in(&arena);
	assert_int_equal(err_over(&err, LIMIT_PUSH_SERIES, "more than %d", 2), ERR_TOO_BIG);
	assert_int_equal(err.limit, LIMIT_PUSH_SERIES);
	assert_true(slice_eq(err.msg, SLICE("more than 2 (--push.max-series)")));
	assert_int_equal(err_set(&err, ERR_SYNTAX, SLICE("x")), ERR_SYNTAX);
	assert_int_equal(err.limit, LIMIT_NONE);
	arena_free(&arena);
}

/* The flag is named also when it is the memory for the sentence itself that is at its end. */
static void test_no_memory_for_the_sentence(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 0);
	err = err_in(&arena);
	(void)err_over(&err, LIMIT_PUSH_MEMORY, "the push needs more");
	assert_true(slice_ends(err.msg, SLICE("(--push.max-memory-bytes)")));
	arena_free(&arena);
}

/* A sentence that fits is kept, also one that is as long as the fixed one. */
static void test_a_sentence_of_any_length_is_kept(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 1 << 16);
	err = err_in(&arena);
	for (int len = 1; len < 64; len++) {
		(void)err_over(&err, LIMIT_PUSH_MEMORY, "%0*d", len, 1);
		assert_int_equal(err.msg.len, (size_t)len + strlen(" (--push.max-memory-bytes)"));
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_an_error_names_its_limit),
		cmocka_unit_test(test_no_memory_for_the_sentence),
		cmocka_unit_test(test_a_sentence_of_any_length_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
