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

/* A family without metrics takes the place of the one before: it is gone, and in nobody's way. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_of_metrics_are_told),
		cmocka_unit_test(unchecked_faults_are_found_later),
		cmocka_unit_test(empty_families_replace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
