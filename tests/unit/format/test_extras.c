/* SPDX-License-Identifier: Apache-2.0 */
#include "format/extras.h"

#include "../../wire_text.h"
#include "../cm.h"

/* Each type has its own number for it; what is zero is not written. */
static void a_time_becomes_a_tail(void **state)
{
	static const struct {
		enum metric_type type;
		int64_t unix_ns;
		const char *tail;
	} rows[] = {
		{METRIC_COUNTER, 1795180817965707037, "3:{1:1795180817 2:965707037}"},
		{METRIC_SUMMARY, 7000000001, "4:{1:7 2:1}"},
		{METRIC_HISTOGRAM, 7000000000, "15:{1:7}"},
		{METRIC_COUNTER, 5, "3:{2:5}"},
		{METRIC_COUNTER, 0, "3:{}"},
		{METRIC_COUNTER, -1, "3:{1:-1 2:999999999}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct slice tail;
		struct buf want;

		arena_init(&arena, 1 << 20);
		buf_init(&want, 1 << 20);
		wire_text(&want, rows[i].tail);
		assert_true(extras_make_created(rows[i].type, rows[i].unix_ns, &arena, &tail));
		assert_text(tail, buf_slice(&want));
		buf_free(&want);
		arena_free(&arena);
	}
}

/* Without memory there is none. */
static void the_end_of_memory_is_told(void **state)
{
	struct arena arena;
	struct slice tail;

	(void)state;
	arena_init(&arena, 0);
	assert_false(extras_make_created(METRIC_COUNTER, 1, &arena, &tail));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_becomes_a_tail),
		cmocka_unit_test(the_end_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
