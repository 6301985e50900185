/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of groups beside a plain model: sort everything, cut it up. */
#include "app/group_page.h"

#include "../store/support.h"
#include "store/keeper.h"

enum { GROUPS = 300, ARENA_BYTES = 64 << 20 };

static struct keeper *fill(uint32_t n, struct dice *dice)
{
	const struct keeper_options options = {
		.limits = {.groups_max = UINT64_MAX,
			   .series_max = UINT64_MAX,
			   .shapes_per_family_max = UINT32_MAX},
	};
	struct keeper *k = keeper_new(&options);

	assert_non_null(k);
	for (uint32_t i = 0; i < n; i++) {
		char job[32];
		const char *body = dice_below(dice, 2) == 0 ? "a 1\n" : "a 1\nb{k=\"1\"} 1\nb 2\n";
		struct change *c;

		(void)snprintf(job, sizeof(job), "job-%u", dice_below(dice, 10 * n));
		c = test_push(CHANGE_REPLACE, test_stamp_job(job), body,
			      (int64_t)dice_below(dice, 50) * 1000000000);
		keeper_apply(k, c);
		assert_int_equal(c->verdict, ERR_NONE);
		change_free(c);
	}
	return k;
}

struct sorted {
	double value;
	const struct group_state *group;
};

static bool sorted_descending;
static bool sorted_by_labels;

static int model_order(const void *a_ptr, const void *b_ptr)
{
	const struct sorted *a = a_ptr, *b = b_ptr;
	int labels = labels_compare_as_key(a->group->stamp->grouping, b->group->stamp->grouping);
	int sign = sorted_descending ? -1 : 1;

	if (sorted_by_labels)
		return sign * labels;
	if (a->value != b->value)
		return a->value < b->value ? -sign : sign;
	return labels;
}

static uint32_t model_sort(const struct snapshot *snapshot, const struct group_query *q,
			   struct sorted *ret)
{
	const struct order_node *leaf;
	struct order_walk walk;
	uint32_t n = 0;

	order_walk_start(&walk, snapshot_groups(snapshot));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct group_state *group = leaf->child[i];

			ret[n++] = (struct sorted){group_sort_value(group, q->sort), group};
		}
	sorted_descending = q->descending;
	sorted_by_labels = q->sort == GROUP_SORT_LABELS;
	qsort(ret, n, sizeof(*ret), model_order);
	return n;
}

/* Turns all pages, each by the cursor of the one before as a client has it. */
static void turn_pages(const struct snapshot *snapshot, struct group_query q,
		       const struct sorted *model, uint32_t n)
{
	struct group_page page;
	struct arena arena;
	struct buf cursor;
	struct err err;
	uint32_t at = 0;

	arena_init(&arena, ARENA_BYTES);
	err = err_in(&arena);
	buf_init(&cursor, 1 << 20);
	do {
		assert_int_equal(group_page_find(snapshot, &q, &page), ERR_NONE);
		assert_int_equal(page.total, n);
		assert_int_equal(page.n, n - at < q.limit ? n - at : q.limit);
		for (size_t i = 0; i < page.n; i++)
			assert_ptr_equal(page.groups[i], model[at++].group);
		assert_int_equal(page.more, at < n);
		buf_clear(&cursor);
		if (page.more)
			group_cursor_put(&cursor, &q, page.groups[page.n - 1]);
		stamp_free(q.cursor_stamp);
		q.cursor_stamp = NULL;
		if (page.more)
			assert_int_equal(group_cursor_parse(buf_slice(&cursor), &q, &arena, &err),
					 ERR_NONE);
		free(page.groups);
	} while (page.more);
	buf_free(&cursor);
	arena_free(&arena);
}

/* Whatever the order and the size of a page, all pages together are the sorted list. */
static void pages_are_the_sorted_list(void **state)
{
	static const uint32_t limits[] = {1, 7, 100, GROUP_PAGE_MAX};
	struct dice dice = {test_number("SEED", 1)};
	struct keeper *k = fill(GROUPS, &dice);
	const struct snapshot *snapshot = store_snapshot(keeper_store(k));
	struct sorted model[GROUPS];

	(void)state;
	for (int sort = GROUP_SORT_LABELS; sort <= GROUP_SORT_BYTES; sort++)
		for (int descending = 0; descending < 2; descending++)
			for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
				struct group_query q = {.sort = (enum group_sort)sort,
							.descending = descending,
							.limit = limits[i]};
				uint32_t n = model_sort(snapshot, &q, model);

				turn_pages(snapshot, q, model, n);
			}
	snapshot_release(snapshot);
	(void)keeper_free(k);
}

/* The group that a cursor names need not be there any more. */
static void a_cursor_outlives_its_group(void **state)
{
	struct dice dice = {7};
	struct keeper *k = fill(20, &dice);
	const struct snapshot *before = store_snapshot(keeper_store(k)), *after;
	struct group_query q = {.sort = GROUP_SORT_SERIES, .descending = true, .limit = 5};
	struct group_page first, second, rest;
	struct change *gone;
	struct arena arena;
	struct buf cursor;
	struct err err;

	(void)state;
	arena_init(&arena, ARENA_BYTES);
	err = err_in(&arena);
	buf_init(&cursor, 1 << 20);
	assert_int_equal(group_page_find(before, &q, &first), ERR_NONE);
	group_cursor_put(&cursor, &q, first.groups[4]);
	assert_int_equal(group_cursor_parse(buf_slice(&cursor), &q, &arena, &err), ERR_NONE);
	assert_int_equal(group_page_find(before, &q, &second), ERR_NONE);
	{
		struct slice job = SLICE_EMPTY;
		char text[32];

		assert_true(labels_get(first.groups[4]->stamp->grouping, SLICE("job"), &job));
		(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(job));
		gone = change_new_delete(test_stamp_job(text), 1);
	}
	keeper_apply(k, gone);
	change_free(gone);
	after = store_snapshot(keeper_store(k));
	assert_int_equal(group_page_find(after, &q, &rest), ERR_NONE);
	assert_int_equal(rest.n, second.n);
	for (size_t i = 0; i < rest.n; i++)
		assert_true(labels_eq(rest.groups[i]->stamp->grouping,
				      second.groups[i]->stamp->grouping));
	free(first.groups);
	free(second.groups);
	free(rest.groups);
	stamp_free(q.cursor_stamp);
	snapshot_release(before);
	snapshot_release(after);
	(void)keeper_free(k);
	buf_free(&cursor);
	arena_free(&arena);
}

/* What is no cursor is refused and leaves nothing behind. */
static void no_cursors(void **state)
{
	static const struct slice rows[] = {
		SLICE_TEXT(""),
		SLICE_TEXT("!"),
		SLICE_TEXT("eA"),
		SLICE_TEXT("MCswMDAwMDAwMDAwMDAwMDAw"),               /* no label */
		SLICE_TEXT("MCswMDAwMDAwMDAwMDAwMDAwMzpqb2I5OmE"),    /* a value that is cut off */
		SLICE_TEXT("MCswMDAwMDAwMDAwMDAwMDAwMzpqb2ItMTph"),   /* a length below zero */
		SLICE_TEXT("MCswMDAwMDAwMDAwMDAwMDAwMTpiMDoxOmEwOg"), /* labels not sorted */
		SLICE_TEXT("MCtmZmZmZmZmZmZmZmZmZmZmMzpqb2IxOmE"), /* a value that is no number */
		SLICE_TEXT("MCt4MDAwMDAwMDAwMDAwMDAwMzpqb2IxOmE"), /* bits that are not hex */
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BYTES);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct group_query q = {.limit = 1};
		struct err err = err_in(&arena);

		assert_int_equal(group_cursor_parse(rows[i], &q, &arena, &err), ERR_SYNTAX);
		assert_null(q.cursor_stamp);
		assert_false(q.wants_cursor);
	}
	arena_free(&arena);
}

/* A group counts as fresh in every span that its last push falls into. */
static void freshness(void **state)
{
	static const int64_t ages[] = {59, 60, 61, 3600, 86400, 604800, 604801};
	static const uint64_t want[FRESH_COUNTS] = {[FRESH_MINUTE] = 2,
						    [FRESH_HOUR] = 4,
						    [FRESH_DAY] = 5,
						    [FRESH_WEEK] = 6,
						    [FRESH_OLDER] = 1};
	const int64_t now = 2000000000;
	struct group_query q = {.limit = 1, .wants_freshness = true, .now = (double)now};
	struct dice dice = {1};
	struct keeper *k = fill(0, &dice);
	const struct snapshot *snapshot;
	struct group_page page;

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		char job[2] = {(char)('a' + i), 0};
		struct change *c = test_push(CHANGE_REPLACE, test_stamp_job(job), "",
					     (now - ages[i]) * 1000000000);

		keeper_apply(k, c);
		change_free(c);
	}
	snapshot = store_snapshot(keeper_store(k));
	assert_int_equal(group_page_find(snapshot, &q, &page), ERR_NONE);
	assert_memory_equal(page.fresh, want, sizeof(want));
	free(page.groups);
	snapshot_release(snapshot);
	(void)keeper_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_the_sorted_list),
		cmocka_unit_test(a_cursor_outlives_its_group),
		cmocka_unit_test(no_cursors),
		cmocka_unit_test(freshness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
