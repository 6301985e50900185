/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/family.h"

#include "../cm.h"

/* Types have protobuf's names, and those of text exposition, which knows no gauge histogram. */
static void types_have_two_names(void **state)
{
	(void)state;
	assert_text(metric_type_name(METRIC_COUNTER), SLICE("COUNTER"));
	assert_text(metric_type_name(METRIC_GAUGE_HISTOGRAM), SLICE("GAUGE_HISTOGRAM"));
	assert_text(metric_type_exposition(METRIC_UNTYPED), SLICE("untyped"));
	assert_text(metric_type_exposition(METRIC_SUMMARY), SLICE("summary"));
	assert_text(metric_type_exposition(METRIC_GAUGE_HISTOGRAM), SLICE("histogram"));
}

/* Families and metrics keep the order in which they were added, and are counted. */
static void lists_keep_their_order(void **state)
{
	struct arena arena;
	struct family_list list;
	struct family *a, *b;
	struct metric *first, *second;

	(void)state;
	arena_init(&arena, 1 << 16);
	family_list_init(&list);
	a = family_add(&list, &arena, SLICE("z"));
	b = family_add(&list, &arena, SLICE("a"));
	first = metric_add(&list, b, &arena);
	second = metric_add(&list, b, &arena);
	assert_non_null(metric_add(&list, a, &arena));
	assert_ptr_equal(list.first, a);
	assert_ptr_equal(a->next, b);
	assert_null(b->next);
	assert_ptr_equal(b->first, first);
	assert_ptr_equal(first->next, second);
	assert_null(second->next);
	assert_int_equal(list.n_families, 2);
	assert_int_equal(list.n_metrics, 3);
	assert_int_equal(a->n_metrics, 1);
	assert_int_equal(b->n_metrics, 2);
	arena_free(&arena);
}

/* Where the arena refuses, nothing is added. */
static void a_full_arena_adds_nothing(void **state)
{
	struct arena arena;
	struct family_list list;

	(void)state;
	arena_init(&arena, 16);
	family_list_init(&list);
	assert_null(family_add(&list, &arena, SLICE("a")));
	assert_null(list.first);
	assert_int_equal(list.n_families, 0);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_have_two_names),
		cmocka_unit_test(lists_keep_their_order),
		cmocka_unit_test(a_full_arena_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
