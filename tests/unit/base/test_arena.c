/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "../cm.h"

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifdef IS_SANITIZED
#include <sanitizer/asan_interface.h>
#endif

enum { PLENTY = 64 * 1024 * 1024, SMALL_BYTES_MAX = 32 * 1024 };

/* No memory is taken before the first allocation. */
static void a_new_arena_holds_nothing(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, PLENTY);
	assert_int_equal(arena.bytes_used, 0);
	arena_reset(&arena);
	assert_int_equal(arena.bytes_used, 0);
	arena_free(&arena);
}

/* Things are zeroed, aligned for any type, and apart, across the borders of chunks too. */
static void things_are_zeroed_aligned_and_apart(void **state)
{
	enum { N = 2000 };
	static unsigned char *things[N];
	struct arena arena;

	(void)state;
	arena_init(&arena, PLENTY);
	for (size_t i = 0; i < N; i++) {
		size_t bytes = 1 + i % 97;

		assert_non_null(arena_text(&arena, 1));
		things[i] = arena_alloc(&arena, bytes);
		assert_non_null(things[i]);
		assert_int_equal((uintptr_t)things[i] % alignof(max_align_t), 0);
		for (size_t j = 0; j < bytes; j++)
			assert_int_equal(things[i][j], 0);
		memset(things[i], (int)(i & 0xff), bytes);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < 1 + i % 97; j++)
			assert_int_equal(things[i][j], i & 0xff);
	arena_free(&arena);
}

/* What was written before a reset is not seen by what is allocated after it. */
static void things_are_zeroed_after_a_reset_too(void **state)
{
	struct arena arena;
	char *text;
	const char *thing;

	(void)state;
	arena_init(&arena, PLENTY);
	text = arena_text(&arena, 1000);
	assert_non_null(text);
	memset(text, 'x', 1000);
	arena_reset(&arena);
	thing = arena_alloc(&arena, 1000);
	assert_non_null(thing);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(thing[i], 0);
	arena_free(&arena);
}

/* A string is a copy with a NUL behind it; at the ceiling there is none. */
static void strings_end_in_nul(void **state)
{
	struct arena arena;
	char from[] = "path!";
	char *string;

	(void)state;
	arena_init(&arena, PLENTY);
	string = arena_string(&arena, (struct slice){from, 4});
	assert_non_null(string);
	from[0] = 'x';
	assert_string_equal(string, "path");
	string = arena_string(&arena, SLICE_EMPTY);
	assert_non_null(string);
	assert_string_equal(string, "");
	arena_free(&arena);
	arena_init(&arena, 4);
	assert_null(arena_string(&arena, SLICE("path")));
	arena_free(&arena);
}

/* For every ceiling: allocations are refused before more than that is asked of malloc, and a
 * refused one takes nothing. */
static void the_ceiling_is_never_passed(void **state)
{
	(void)state;
	for (size_t ceiling = 0; ceiling < 100000; ceiling += 997) {
		struct arena arena;
		size_t given = 0, used;

		arena_init(&arena, ceiling);
		while (arena_text(&arena, 100) != NULL)
			given += 100;
		assert_true(given <= ceiling);
		assert_true(arena.bytes_used <= ceiling);
		used = arena.bytes_used;
		assert_null(arena_alloc(&arena, 100));
		assert_int_equal(arena.bytes_used, used);
		arena_free(&arena);
	}
}

/* What is left below the ceiling is given although a chunk would usually be larger. */
static void little_is_given_when_little_is_left(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 200);
	assert_non_null(arena_text(&arena, 100));
	assert_null(arena_text(&arena, 200));
	arena_free(&arena);
}

/* A refusal is not the end: what fits is given after it. */
static void a_refusal_is_for_that_size_only(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 20000);
	assert_non_null(arena_text(&arena, 1));
	assert_null(arena_text(&arena, 30000));
	assert_non_null(arena_text(&arena, 10));
	arena_free(&arena);
}

/* Sizes that overflow are refused like others. */
static void sizes_that_overflow_are_refused(void **state)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 7, SIZE_MAX - 8, SIZE_MAX / 2 + 1,
				       SIZE_MAX / 2};
	struct arena arena;

	(void)state;
	arena_init(&arena, SIZE_MAX / 4);
	assert_non_null(arena_text(&arena, 1));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_null(arena_text(&arena, sizes[i]));
		assert_null(arena_alloc(&arena, sizes[i]));
	}
	assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
	assert_null(arena_array(&arena, (size_t)1 << 33, (size_t)1 << 33));
	assert_non_null(arena_array(&arena, 3, 5));
	arena_free(&arena);
}

/* A reset gives back all but one small chunk, also when the first thing in the arena was large. */
static void a_reset_keeps_little(void **state)
{
	static const size_t sizes[][2] = {{10, 5000000}, {5000000, 10}, {17000, 17000}, {10, 10}};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct arena arena;

		arena_init(&arena, PLENTY);
		assert_non_null(arena_text(&arena, sizes[i][0]));
		assert_non_null(arena_text(&arena, sizes[i][1]));
		arena_reset(&arena);
		assert_true(arena.bytes_used <= SMALL_BYTES_MAX);
		arena_free(&arena);
		assert_int_equal(arena.bytes_used, 0);
	}
}

/* After a reset, and after being freed, an arena has all its room again. */
static void an_arena_may_be_used_again(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1000000);
	for (int i = 0; i < 10; i++) {
		assert_non_null(arena_text(&arena, 900000));
		assert_null(arena_text(&arena, 900000));
		if (i % 2 == 0)
			arena_reset(&arena);
		else
			arena_free(&arena);
	}
	arena_free(&arena);
}

/* A copy is the same bytes elsewhere; a refused one leaves the result alone. */
static void a_copy_has_its_own_bytes(void **state)
{
	char text[] = "a\0b";
	struct slice copy = SLICE("kept");
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	assert_false(arena_copy(&arena, (struct slice){text, 3}, &copy));
	assert_text(copy, SLICE("kept"));
	arena_init(&arena, PLENTY);
	assert_true(arena_copy(&arena, (struct slice){text, 3}, &copy));
	memset(text, 'x', sizeof(text));
	assert_text(copy, SLICE("a\0b"));
	assert_true(arena_copy(&arena, (struct slice){NULL, 0}, &copy));
	assert_int_equal(copy.len, 0);
	arena_free(&arena);
}

#ifdef IS_SANITIZED
/* The sanitizer sees reads behind a thing, between two things, and of things before a reset. */
static void memory_that_is_not_given_is_poisoned(void **state)
{
	struct arena arena;
	char *first, *second;

	(void)state;
	arena_init(&arena, PLENTY);
	first = arena_text(&arena, 13);
	second = arena_alloc(&arena, 16);
	assert_non_null(first);
	assert_non_null(second);
	assert_null(__asan_region_is_poisoned(first, 13));
	assert_null(__asan_region_is_poisoned(second, 16));
	assert_true(__asan_address_is_poisoned(first + 13));
	assert_true(__asan_address_is_poisoned(second - 1));
	assert_true(__asan_address_is_poisoned(second + 16));
	assert_true(__asan_address_is_poisoned(second + 5000));
	arena_reset(&arena);
	assert_true(__asan_address_is_poisoned(first));
	assert_true(__asan_address_is_poisoned(second + 15));
	arena_free(&arena);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_arena_holds_nothing),
		cmocka_unit_test(things_are_zeroed_aligned_and_apart),
		cmocka_unit_test(things_are_zeroed_after_a_reset_too),
		cmocka_unit_test(strings_end_in_nul),
		cmocka_unit_test(the_ceiling_is_never_passed),
		cmocka_unit_test(little_is_given_when_little_is_left),
		cmocka_unit_test(a_refusal_is_for_that_size_only),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(a_reset_keeps_little),
		cmocka_unit_test(an_arena_may_be_used_again),
		cmocka_unit_test(a_copy_has_its_own_bytes),
#ifdef IS_SANITIZED
		cmocka_unit_test(memory_that_is_not_given_is_poisoned),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
