/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "../cm.h"

enum { PLENTY = 1 << 20 };

/* A code is a status. */
static void codes_have_their_status(void **state)
{
	static const struct {
		enum err_code code;
		int status;
	} rows[] = {
		{ERR_SYNTAX, 400}, {ERR_CONFLICT, 400}, {ERR_TOO_BIG, 413}, {ERR_FULL, 429},
		{ERR_BUSY, 503},   {ERR_DISK, 503},     {ERR_NOMEM, 503},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(err_http_status(rows[i].code), rows[i].status);
}

/* An err that was not set says so. */
static void a_new_err_is_none(void **state)
{
	struct arena arena;
	struct err err = err_in(&arena);

	(void)state;
	assert_int_equal(err.code, ERR_NONE);
	assert_int_equal(err.msg.len, 0);
}

/* The sentence is a copy: what it was made of may go. */
static void the_sentence_is_kept(void **state)
{
	char text[] = "no\0 such";
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, PLENTY);
	err = err_in(&arena);
	assert_int_equal(err_set(&err, ERR_CONFLICT, (struct slice){text, 8}), ERR_CONFLICT);
	memset(text, 'x', sizeof(text));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_text(err.msg, SLICE("no\0 such"));
	arena_free(&arena);
}

/* Layers put their prefixes before the sentence; the code stays that of the cause. */
static void prefixes_are_put_before_the_sentence(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, PLENTY);
	err = err_in(&arena);
	assert_int_equal(err_setf(&err, ERR_SYNTAX, "found '%c'", 'x'), ERR_SYNTAX);
	assert_int_equal(err_wrapf(&err, "line %d: ", 7), ERR_SYNTAX);
	assert_int_equal(err_wrapf(&err, "%s: ", "a.txt"), ERR_SYNTAX);
	assert_text(err.msg, SLICE("a.txt: line 7: found 'x'"));
	arena_free(&arena);
}

/* A prefix keeps a NUL in the sentence. */
static void a_prefix_keeps_every_byte(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, PLENTY);
	err = err_in(&arena);
	err_set(&err, ERR_SYNTAX, SLICE("a\0b"));
	err_wrapf(&err, "line 1: ");
	assert_text(err.msg, SLICE("line 1: a\0b"));
	arena_free(&arena);
}

/* A later fault takes the place of an earlier one, code and sentence. */
static void a_later_fault_replaces(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, PLENTY);
	err = err_in(&arena);
	err_set(&err, ERR_SYNTAX, SLICE("first"));
	err_setf(&err, ERR_BUSY, "%s", "second");
	assert_int_equal(err.code, ERR_BUSY);
	assert_text(err.msg, SLICE("second"));
	arena_free(&arena);
}

/* The sentence has no limit but the arena's. */
static void a_sentence_may_be_long(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, PLENTY);
	err = err_in(&arena);
	err_setf(&err, ERR_SYNTAX, "%0100000d", 7);
	assert_int_equal(err.msg.len, 100000);
	err_wrapf(&err, "%0100000d", 8);
	assert_int_equal(err.msg.len, 200000);
	assert_int_equal(err.msg.ptr[99999], '8');
	assert_int_equal(err.msg.ptr[199999], '7');
	arena_free(&arena);
}

/* Where the sentence has no room a fixed one stands in, and the code is right. */
static void without_room_a_fixed_sentence_stands_in(void **state)
{
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, 0);
	err = err_in(&arena);
	assert_int_equal(err_set(&err, ERR_NOMEM, SLICE("x")), ERR_NOMEM);
	assert_text(err.msg, SLICE("out of memory"));
	assert_int_equal(err_setf(&err, ERR_TOO_BIG, "%d", 1), ERR_TOO_BIG);
	assert_text(err.msg, SLICE("the request needs too much memory"));
	assert_int_equal(err_wrapf(&err, "line %d: ", 1), ERR_TOO_BIG);
	assert_text(err.msg, SLICE("the request needs too much memory"));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_have_their_status),
		cmocka_unit_test(a_new_err_is_none),
		cmocka_unit_test(the_sentence_is_kept),
		cmocka_unit_test(prefixes_are_put_before_the_sentence),
		cmocka_unit_test(a_prefix_keeps_every_byte),
		cmocka_unit_test(a_later_fault_replaces),
		cmocka_unit_test(a_sentence_may_be_long),
		cmocka_unit_test(without_room_a_fixed_sentence_stands_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
