/* SPDX-License-Identifier: Apache-2.0
 *
 * Pushes of what only protobuf can say: what the check finds in them, what the store makes of them.
 */
#include "../../wire_text.h"
#include "format/protobuf_parse.h"
#include "render.h"
#include "store/check_snapshot.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct store_limits limits = {
	.groups_max = 100, .series_max = 1000, .shapes_per_family_max = 10};

#define JOB "label:{name:\"instance\"  value:\"\"}  label:{name:\"job\"  value:\"x\"}"

/* Pushes messages, up to NULL, to {job="x"}. */
static struct change *push(struct store *s, enum change_kind kind, const char *const *texts,
			   bool unchecked)
{
	static const struct push_limits no_limits = {0};
	struct family_list list;
	struct arena arena;
	struct change *c;
	struct buf body;
	struct err err;

	arena_init(&arena, SIZE_MAX / 2);
	buf_init(&body, SIZE_MAX / 2);
	err = err_in(&arena);
	for (; *texts != NULL; texts++)
		wire_text_delimited(&body, *texts);
	assert_int_equal(protobuf_parse(buf_slice(&body), &no_limits, &arena, &list, &err),
			 ERR_NONE);
	c = change_new_push(kind, test_stamp_job("x"), &list, 1000000000, unchecked, &arena);
	assert_non_null(c);
	buf_free(&body);
	arena_free(&arena);
	store_stage(s, c);
	store_publish(s);
	return c;
}

/* A metric must have the value of its family's type; labels may be anything and are told of. */
static void faults_of_metrics_are_told(void **state)
{
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{"1:\"m\" 3:1 4:{3:{1:1d}}",
		 "collected metric \"m\" { " JOB "  counter:{value:1}} is not a GAUGE"},
		{"1:\"m\" 4:{2:{1:1d}}",
		 "collected metric \"m\" { " JOB "  gauge:{value:1}} is not a COUNTER"},
		{"1:\"m\" 3:2 4:{5:{1:1d 99:7}}",
		 "collected metric \"m\" { " JOB "  untyped:{value:1  99:7}} is not a SUMMARY"},
		{"1:\"m\" 3:3 4:{4:{1:3}}",
		 "collected metric \"m\" { " JOB "  summary:{sample_count:3}} is not a UNTYPED"},
		{"1:\"m\" 3:4 4:{}", "collected metric \"m\" { " JOB "} is not a HISTOGRAM"},
		{"1:\"m\" 3:5 4:{2:{}}",
		 "collected metric \"m\" { " JOB "  gauge:{}} is not a GAUGE_HISTOGRAM"},
		/* before its labels are looked at */
		{"1:\"m\" 3:1 4:{1:{1:\"__x\" 2:\"y\"}}",
		 "collected metric \"m\" { label:{name:\"__x\"  value:\"y\"}  " JOB
		 "} is not a GAUGE"},
		/* the group's value goes to the first of a repeated label */
		{"1:\"m\" 3:1 4:{1:{1:\"job\" 2:\"a\"} 1:{1:\"job\" 2:\"b\"} 2:{1:1d}}",
		 "collected metric \"m\" { " JOB
		 "  label:{name:\"job\"  value:\"b\"}  gauge:{value:1}} "
		 "has two or more labels with the same name: job"},
		{"1:\"m\" 3:1 4:{1:{1:\"instance\"} 1:{1:\"instance\"} 2:{1:1d}}",
		 "collected metric \"m\" { label:{name:\"instance\"  value:\"\"}  " JOB
		 "  gauge:{value:1}} has two or more labels with the same name: instance"},
		{"1:\"m\" 3:1 4:{1:{1:\"k\" 2:\"\\xff\"} 2:{1:1d}}",
		 "collected metric \"m\" { " JOB
		 "  label:{name:\"k\"  value:\"\\xff\"}  gauge:{value:1}} "
		 "has a label named \"k\" whose value is not utf8: \"\\xff\""},
		{"1:\"h\" 3:4 4:{1:{1:\"\\xff\"} 7:{1:1 5:2 12:{2:1} 13:2}}",
		 "collected metric \"h\" { " JOB "  label:{name:\"\\xff\"  value:\"\"}  "
		 "histogram:{sample_count:1  schema:1  positive_span:{length:1}  "
		 "positive_delta:1}} "
		 "has a label with an invalid name: \xff"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct store *s = store_new(&limits);
		struct change *c =
			push(s, CHANGE_REPLACE, (const char *[]){rows[i].text, NULL}, false);
		struct buf text;

		assert_int_equal(c->verdict, ERR_CONFLICT);
		buf_init(&text, 1 << 20);
		faults_write(&c->faults, &text);
		buf_put_byte(&text, '\0');
		assert_string_equal(text.ptr, rows[i].fault);
		buf_free(&text);
		change_free(c);
		assert_null(store_free(s));
	}
}

/* Without the check it is stored, and what reads all finds it. */
static void unchecked_faults_are_found_later(void **state)
{
	static const char *const texts[] = {"1:\"m\" 3:5 4:{2:{1:1d}}", NULL};
	struct store *s = store_new(&limits);
	const struct snapshot *snap;
	struct faults faults;
	struct arena arena;
	struct change *c = push(s, CHANGE_REPLACE, texts, true);
	struct buf text;

	(void)state;
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
	snap = store_snapshot(s);
	arena_init(&arena, SIZE_MAX / 2);
	faults_init(&faults);
	assert_true(check_snapshot(snap, &arena, &faults));
	buf_init(&text, 1 << 20);
	faults_write(&faults, &text);
	buf_put_byte(&text, '\0');
	assert_string_equal(text.ptr, "collected metric \"m\" { " JOB
				      "  gauge:{value:1}} is not a GAUGE_HISTOGRAM");
	buf_free(&text);
	faults_free(&faults);
	arena_free(&arena);
	snapshot_release(snap);
	assert_null(store_free(s));
}

static uint64_t n_series(struct store *s)
{
	const struct snapshot *snap = store_snapshot(s);
	uint64_t n = snapshot_n_series(snap);

	snapshot_release(snap);
	return n;
}

static void push_accepted(struct store *s, enum change_kind kind, const char *const *texts)
{
	struct change *c = push(s, kind, texts, false);

	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
}

/* A family without metrics takes the place of the one before, and is in nobody's way. */
static void empty_families_replace(void **state)
{
	static const char *const full[] = {"1:\"m\" 3:1 4:{2:{1:1d}}", "1:\"n\" 3:1 4:{2:{1:1d}}",
					   NULL};
	static const char *const empty[] = {"1:\"m\" 3:1", "1:\"other\"", NULL};
	static const char *const summary[] = {"1:\"s\" 3:2 4:{4:{1:1}}", "1:\"s_sum\" 3:1",
					      "1:\"n\"", NULL};
	static const char *const base[] = {"1:\"s\" 3:2", "1:\"s_sum\" 3:1 4:{2:{1:1d}}", NULL};
	struct store *s = store_new(&limits);

	(void)state;
	push_accepted(s, CHANGE_REPLACE, full);
	assert_int_equal(n_series(s), 4);
	push_accepted(s, CHANGE_MERGE, empty);
	assert_int_equal(n_series(s), 3);
	push_accepted(s, CHANGE_MERGE, empty);
	assert_int_equal(n_series(s), 3);
	push_accepted(s, CHANGE_MERGE, summary);
	assert_int_equal(n_series(s), 3);
	/* the summary of before goes in the same push, so its sum may come as a gauge */
	push_accepted(s, CHANGE_MERGE, base);
	assert_int_equal(n_series(s), 3);
	push_accepted(s, CHANGE_REPLACE, empty);
	assert_int_equal(n_series(s), 2);
	assert_null(store_free(s));
}

/* Against the limit of series, a family without any counts as one. */
static void empty_families_meet_the_limit(void **state)
{
	static const struct store_limits four = {
		.groups_max = 100, .series_max = 4, .shapes_per_family_max = 10};
	struct store *s = store_new(&four);
	struct change *c;

	(void)state;
	push_accepted(s, CHANGE_REPLACE, (const char *[]){"1:\"a\"", "1:\"b\"", NULL});
	push_accepted(s, CHANGE_MERGE, (const char *[]){"1:\"b\"", NULL});
	c = push(s, CHANGE_MERGE, (const char *[]){"1:\"c\"", NULL}, false);
	assert_int_equal(c->verdict, ERR_FULL);
	assert_int_equal(c->full, LIMIT_STORE_SERIES);
	change_free(c);
	assert_null(store_free(s));
}

/* What a family says besides name, help, type and metrics stays with it. */
static void the_rest_of_a_family_is_kept(void **state)
{
	static const char *const texts[] = {
		"1:\"full\" 3:1 4:{2:{1:1d}} 4:{1:{1:\"a\" 2:\"b\"} 2:{1:2d}} 5:\"bytes\" 77:7",
		"1:\"empty\" 5:\"seconds\" 78:\"x\"", NULL};
	static const char *const wants[] = {"5:\"seconds\" 78:\"x\"", "5:\"bytes\" 77:7"};
	struct store *s = store_new(&limits);
	const struct snapshot *snap;
	const struct group_state *group;

	(void)state;
	push_accepted(s, CHANGE_REPLACE, texts);
	snap = store_snapshot(s);
	group = order_first(snapshot_groups(snap));
	assert_int_equal(group->n_held, 4);
	for (uint32_t i = 0; i < N(wants); i++) {
		struct slice rest = block_rest(group->held[i].block);
		struct buf want;

		buf_init(&want, 1 << 20);
		wire_text(&want, wants[i]);
		assert_true(slice_eq(rest, buf_slice(&want)));
		buf_free(&want);
	}
	assert_int_equal(block_rest(group->held[2].block).len, 0);
	snapshot_release(snap);
	assert_null(store_free(s));
}

enum { GROUPS = 3, FAMILIES = 4 };
enum holding { ABSENT, EMPTY, FULL, HOLDINGS };

/* Stages a push of what each family of the group is to be; as a POST, absent ones stay. */
static void stage_holdings(struct store *s, uint32_t group, enum change_kind kind,
			   const enum holding holdings[FAMILIES], uint32_t version)
{
	const char *job = (const char *[GROUPS]){"a", "b", "c"}[group];
	struct family_list list;
	struct arena arena;
	struct change *c;

	arena_init(&arena, SIZE_MAX / 2);
	family_list_init(&list);
	for (uint32_t i = 0; i < FAMILIES; i++) {
		struct family *family;

		if (holdings[i] == ABSENT)
			continue;
		family = family_add(&list, &arena, (struct slice){"wxyz" + i, 1});
		assert_non_null(family);
		family->has_help = true;
		family->help = (struct slice){"0123456789" + version % 10, 1};
		family->type = METRIC_GAUGE;
		if (holdings[i] == FULL)
			metric_add(&list, family, &arena)->value = version;
	}
	c = change_new_push(kind, test_stamp_job(job), &list, 1000000000, false, &arena);
	assert_non_null(c);
	arena_free(&arena);
	store_stage(s, c);
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
}

static void assert_holdings(const struct snapshot *snap, enum holding holdings[GROUPS][FAMILIES])
{
	const struct order_node *leaf;
	uint32_t n_full[FAMILIES] = {0};
	struct order_walk walk;

	order_walk_start(&walk, snapshot_groups(snap));
	for (uint32_t g = 0; (leaf = order_walk_next(&walk)) != NULL;)
		for (uint32_t i = 0; i < leaf->n; i++, g++) {
			const struct group_state *group = leaf->child[i];
			enum holding found[FAMILIES] = {ABSENT};

			for (uint32_t j = 0; j < group->n_held; j++)
				if (!group->held[j].family->is_time)
					found[group->held[j].family->name.ptr[0] - 'w'] =
						group->held[j].block->n_series == 0 ? EMPTY : FULL;
			assert_memory_equal(found, holdings[g], sizeof(found));
			for (uint32_t j = 0; j < FAMILIES; j++)
				n_full[j] += found[j] == FULL;
		}
	order_walk_start(&walk, snapshot_families(snap));
	while ((leaf = order_walk_next(&walk)) != NULL)
		for (uint32_t i = 0; i < leaf->n; i++) {
			const struct store_family_version *family = leaf->child[i];
			struct order_walk series;
			const struct order_node *chunk;

			if (family->family->is_time)
				continue;
			order_walk_start(&series, family->series);
			while ((chunk = order_walk_next(&series)) != NULL)
				n_full[family->name.ptr[0] - 'w'] -= chunk->n;
		}
	for (uint32_t j = 0; j < FAMILIES; j++)
		assert_int_equal(n_full[j], 0);
}

/* Families come, lose their metrics, get them back and go, in batches of which some are undone;
 * snapshots of before go on reading what they saw. */
static void empty_families_come_and_go(void **state)
{
	struct dice dice = {test_number("SEED", 7)};
	enum holding now[GROUPS][FAMILIES] = {{ABSENT}}, next[GROUPS][FAMILIES];
	enum holding then[GROUPS][FAMILIES] = {{ABSENT}};
	struct store *s = store_new(&limits);
	const struct snapshot *old, *snap;

	(void)state;
	for (uint32_t g = 0; g < GROUPS; g++)
		stage_holdings(s, g, CHANGE_REPLACE, now[g], 0);
	store_publish(s);
	old = store_snapshot(s);
	for (uint32_t step = 0; step < 2000; step++) {
		memcpy(next, now, sizeof(next));
		for (uint32_t n = dice_below(&dice, 4); n > 0; n--) {
			uint32_t g = dice_below(&dice, GROUPS);
			bool merge = dice_below(&dice, 2) == 0;
			enum holding pushed[FAMILIES];

			for (uint32_t i = 0; i < FAMILIES; i++) {
				pushed[i] = (enum holding)dice_below(&dice, HOLDINGS);
				if (pushed[i] != ABSENT || !merge)
					next[g][i] = pushed[i];
			}
			stage_holdings(s, g, merge ? CHANGE_MERGE : CHANGE_REPLACE, pushed, step);
		}
		if (dice_below(&dice, 4) == 0) {
			store_discard(s);
		} else {
			store_publish(s);
			memcpy(now, next, sizeof(now));
		}
		snap = store_snapshot(s);
		assert_holdings(snap, now);
		assert_holdings(old, then);
		if (dice_below(&dice, 8) != 0) {
			snapshot_release(snap);
			continue;
		}
		snapshot_release(old);
		old = snap;
		memcpy(then, now, sizeof(then));
	}
	snapshot_release(old);
	assert_null(store_free(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_of_metrics_are_told),
		cmocka_unit_test(unchecked_faults_are_found_later),
		cmocka_unit_test(empty_families_replace),
		cmocka_unit_test(empty_families_meet_the_limit),
		cmocka_unit_test(the_rest_of_a_family_is_kept),
		cmocka_unit_test(empty_families_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
