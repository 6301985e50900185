/* SPDX-License-Identifier: Apache-2.0 */
#include "format/family_rest.h"

#include "../../wire_text.h"
#include "../cm.h"

static void assert_unit(const char *rest, const char *unit)
{
	struct buf bytes;

	buf_init(&bytes, 1 << 20);
	wire_text(&bytes, rest);
	assert_text(family_rest_unit(buf_slice(&bytes)), slice_of(unit));
	buf_free(&bytes);
}

/* The unit stands first; what nobody knows may have its number and another type. */
static void the_unit_is_found(void **state)
{
	(void)state;
	assert_unit("", "");
	assert_unit("5:\"seconds\"", "seconds");
	assert_unit("5:\"seconds\" 77:\"x\"", "seconds");
	assert_unit("77:\"x\"", "");
	assert_unit("5:7 77:\"x\"", "");
}

/* A unit alone becomes the rest that protobuf would have brought. */
static void a_rest_is_made_of_a_unit(void **state)
{
	struct arena arena;
	struct slice rest;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_true(family_rest_make(SLICE("bytes"), &arena, &rest));
	assert_text(family_rest_unit(rest), SLICE("bytes"));
	assert_true(family_rest_make(SLICE_EMPTY, &arena, &rest));
	assert_int_equal(rest.len, 0);
	arena_free(&arena);
	arena_init(&arena, 0);
	assert_false(family_rest_make(SLICE("bytes"), &arena, &rest));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_unit_is_found),
		cmocka_unit_test(a_rest_is_made_of_a_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
