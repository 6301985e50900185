/* SPDX-License-Identifier: Apache-2.0
 *
 * What is refused, in which words (behaviour of client_golang's Gather), and what a refusal leaves.
 */
#include "store/check.h"

#include "render.h"

#define HELPLESS "instance=\"\",job=\"x\""

/* The labels of every series of group job=x, as the sentences show them. */
#define LABELS "label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"x\"} "

static const struct store_limits limits = {
	.groups_max = 100, .series_max = 1000, .shapes_per_family_max = 10};

/* Groups of the tests, written "job=x,zone=z": sorted, without escapes. */
static struct stamp *stamp_of(const char *text)
{
	struct label labels[8];
	size_t n = 0;

	for (struct slice rest = slice_of(text), one; rest.len > 0;) {
		if (!slice_cut(rest, ',', &one, &rest)) {
			one = rest;
			rest = SLICE_EMPTY;
		}
		assert_true(n < 8 && slice_cut(one, '=', &labels[n].name, &labels[n].value));
		n++;
	}
	return test_stamp(labels, n);
}

static struct change *put(struct store *s, const char *group, const char *body)
{
	struct change *c = test_push(CHANGE_REPLACE, stamp_of(group), body, 1000000000);

	store_stage(s, c);
	store_publish(s);
	return c;
}

static void put_accepted(struct store *s, const char *group, const char *body)
{
	struct change *c = put(s, group, body);

	assert_int_equal(c->verdict, ERR_NONE);
	assert_int_equal(c->faults.n, 0);
	change_free(c);
}

/* Protobuf text has one blank or two between its fields, by the build of the reference. */
static void write_single_blanks(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (i == 0 || text.ptr[i] != ' ' || text.ptr[i - 1] != ' ')
			buf_put_byte(out, text.ptr[i]);
}

static void assert_fault(const struct change *c, const char *should)
{
	struct buf text, is;

	buf_init(&text, SIZE_MAX / 2);
	buf_init(&is, SIZE_MAX / 2);
	faults_write(&c->faults, &text);
	write_single_blanks(&is, buf_slice(&text));
	buf_put_byte(&is, '\0');
	assert_string_equal(is.ptr, should);
	buf_free(&text);
	buf_free(&is);
}

static void put_refused(struct store *s, const char *group, const char *body, const char *should)
{
	struct change *c = put(s, group, body);

	assert_int_equal(c->verdict, ERR_CONFLICT);
	assert_fault(c, should);
	change_free(c);
}

static void render_now(struct store *s, struct buf *ret)
{
	const struct snapshot *snap = store_snapshot(s);

	buf_init(ret, SIZE_MAX / 2);
	render(ret, snap, false);
	buf_put_byte(ret, '\0');
	snapshot_release(snap);
}

static uint64_t n_groups(struct store *s)
{
	const struct snapshot *snap = store_snapshot(s);
	uint64_t n = snapshot_n_groups(snap);

	snapshot_release(snap);
	return n;
}

struct fault_case {
	const char *stored_group, *stored; /* accepted before; NULL: nothing */
	const char *group, *body;
	const char *fault;
};

static const struct fault_case fault_cases[] = {
	/* rule 3 */
	{"job=y", "# TYPE s summary\ns_sum 1\n", "job=x", "s_count 1\n",
	 "collected metric named \"s_count\" collides with previously collected summary named "
	 "\"s\""},
	{"job=y", "# TYPE s summary\ns_sum 1\n", "job=x", "s_sum 1\n",
	 "collected metric named \"s_sum\" collides with previously collected summary named \"s\""},
	/* rule 4 */
	{"job=y", "# TYPE h histogram\nh_sum 1\n", "job=x", "h_bucket 1\n",
	 "collected metric named \"h_bucket\" collides with previously collected histogram named "
	 "\"h\""},
	{"job=y", "# TYPE h histogram\nh_sum 1\n", "job=x", "# TYPE h_count gauge\nh_count 1\n",
	 "collected metric named \"h_count\" collides with previously collected histogram named "
	 "\"h\""},
	/* rule 5 */
	{"job=y", "s_count 1\n", "job=x", "# TYPE s summary\ns_sum 1\n",
	 "collected histogram or summary named \"s\" collides with previously collected metric "
	 "named \"s_count\""},
	{"job=y", "h_sum 1\n", "job=x", "# TYPE h histogram\nh_count 1\n",
	 "collected histogram or summary named \"h\" collides with previously collected metric "
	 "named \"h_sum\""},
	/* rule 6 */
	{"job=y", "h_bucket 1\n", "job=x", "# TYPE h histogram\nh_count 1\n",
	 "collected histogram named \"h\" collides with previously collected metric named "
	 "\"h_bucket\""},
	/* within one push */
	{NULL, NULL, "job=x", "# TYPE s_count gauge\ns_count 1\n# TYPE s summary\ns_sum 1\n",
	 "collected metric named \"s_count\" collides with previously collected summary named "
	 "\"s\""},
	/* rule 7 */
	{"job=y", "# TYPE m gauge\nm 1\n", "job=x", "# TYPE m counter\nm 1.5\n",
	 "collected metric \"m\" { " LABELS "counter:{value:1.5}} is not a GAUGE"},
	{"job=y", "# TYPE m counter\nm 1\n", "job=x", "m 2\n",
	 "collected metric \"m\" { " LABELS "untyped:{value:2}} is not a COUNTER"},
	{"job=y", "m 1\n", "job=x", "# TYPE m summary\nm_sum 2\nm_count 1\n",
	 "collected metric \"m\" { " LABELS
	 "summary:{sample_count:1 sample_sum:2}} is not a UNTYPED"},
	{"job=y", "# TYPE m summary\nm_sum 2\n", "job=x", "# TYPE m gauge\nm 2\n",
	 "collected metric \"m\" { " LABELS "gauge:{value:2}} is not a SUMMARY"},
	{"job=y", "# TYPE m histogram\nm_sum 2\n", "job=x", "# TYPE m gauge\nm 2\n",
	 "collected metric \"m\" { " LABELS "gauge:{value:2}} is not a HISTOGRAM"},
	/* rule 9 */
	{NULL, NULL, "job=x", "m{__a=\"1\"} 1\n",
	 "collected metric \"m\" { label:{name:\"__a\" value:\"1\"} " LABELS
	 "untyped:{value:1}} has a label with an invalid name: __a"},
	{NULL, NULL, "__a=1,job=x", "m 1\n",
	 "collected metric \"push_time_seconds\" { label:{name:\"__a\" value:\"1\"} " LABELS
	 "gauge:{value:1}} has a label with an invalid name: __a"},
	/* rule 10 */
	{NULL, NULL, "job=x,quantile=1", "# TYPE m summary\nm_sum 2\n",
	 "collected metric \"m\" { " LABELS "label:{name:\"quantile\" value:\"1\"} "
	 "summary:{sample_sum:2}} must not have an explicit \"quantile\" label"},
	/* rule 11 */
	{NULL, NULL, "job=\xff", "m 1\n",
	 "collected metric \"push_time_seconds\" { label:{name:\"instance\" value:\"\"} "
	 "label:{name:\"job\" value:\"\\xff\"} gauge:{value:1}} has a label named \"job\" whose "
	 "value is not utf8: \"\\xff\""},
	/* rule 12 */
	{NULL, NULL, "job=x", "m 1\nm 2\n",
	 "collected metric \"m\" { " LABELS
	 "untyped:{value:2}} was collected before with the same name and label values"},
	{NULL, NULL, "job=x", "m{job=\"a\"} 1\nm{job=\"b\"} 2\n",
	 "collected metric \"m\" { " LABELS
	 "untyped:{value:2}} was collected before with the same name and label values"},
	{"job=x,zone=z", "m 1\n", "job=x", "m{zone=\"z\"} 2\n",
	 "collected metric \"m\" { " LABELS "label:{name:\"zone\" value:\"z\"} "
	 "untyped:{value:2}} was collected before with the same name and label values"},
	{"job=x", "m{zone=\"z\"} 2\n", "job=x,zone=z", "m 1\n",
	 "collected metric \"m\" { " LABELS "label:{name:\"zone\" value:\"z\"} "
	 "untyped:{value:1}} was collected before with the same name and label values"},
	{"instance=,job=x", "m 1\n", "job=x", "m 2\n",
	 "collected metric \"push_time_seconds\" { " LABELS
	 "gauge:{value:1}} was collected before with the same name and label values"},
	{"job=x", "m 1\n", "instance=,job=x", "m 2\n",
	 "collected metric \"push_time_seconds\" { " LABELS
	 "gauge:{value:1}} was collected before with the same name and label values"},
	/* before all else */
	{NULL, NULL, "job=x", "m 1\nm 2 1000\n", "pushed metrics must not have timestamps"},
};

/* Each rule of the consistency check refuses with its sentence, and leaves what was stored. */
static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fault_cases) / sizeof(fault_cases[0]); i++) {
		const struct fault_case *t = &fault_cases[i];
		struct store *s = store_new(&limits);

		assert_non_null(s);
		if (t->stored != NULL)
			put_accepted(s, t->stored_group, t->stored);
		put_refused(s, t->group, t->body, t->fault);
		if (t->stored != NULL)
			put_accepted(s, t->stored_group, t->stored);
		assert_null(store_free(s));
	}
}

/* Label names that the text format cannot push: repeated (rule 8), empty. */
static void test_label_names(void **state)
{
	static const struct {
		struct label labels[2];
		const char *fault;
	} cases[] = {
		{{{SLICE_TEXT("k"), SLICE_TEXT("1")}, {SLICE_TEXT("k"), SLICE_TEXT("2")}},
		 "collected metric \"m\" { " LABELS
		 "label:{name:\"k\" value:\"1\"} label:{name:\"k\" value:\"2\"} "
		 "untyped:{value:0}} has two or more labels with the same name: k"},
		{{{SLICE_TEXT(""), SLICE_TEXT("1")}, {SLICE_TEXT("k"), SLICE_TEXT("2")}},
		 "collected metric \"m\" { label:{name:\"\" value:\"1\"} " LABELS
		 "label:{name:\"k\" value:\"2\"} "
		 "untyped:{value:0}} has two or more labels with the same name: "},
		{{{SLICE_TEXT("k"), SLICE_TEXT("1")}, {SLICE_TEXT("\xff"), SLICE_TEXT("2")}},
		 "collected metric \"m\" { " LABELS "label:{name:\"k\" value:\"1\"} "
		 "label:{name:\"\\xff\" value:\"2\"} "
		 "untyped:{value:0}} has a label with an invalid name: \xff"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct label labels[2] = {cases[i].labels[0], cases[i].labels[1]};
		struct family_list list;
		struct family *family;
		struct metric *metric;
		struct change *c;
		struct arena arena;

		arena_init(&arena, SIZE_MAX / 2);
		family_list_init(&list);
		family = family_add(&list, &arena, SLICE("m"));
		assert_non_null(family);
		family->type = METRIC_UNTYPED;
		metric = metric_add(&list, family, &arena);
		assert_non_null(metric);
		metric->labels = labels;
		metric->n_labels = 2;
		c = change_new_push(CHANGE_REPLACE, stamp_of("job=x"), &list, 1, false, &arena);
		assert_non_null(c);
		assert_int_equal(c->verdict, ERR_CONFLICT);
		assert_fault(c, cases[i].fault);
		change_free(c);
		arena_free(&arena);
	}
}

/* A family without metrics, which text cannot push either, is as good as not there. */
static void test_empty_family(void **state)
{
	struct store *s = store_new(&limits);
	struct family_list list;
	struct change *c;
	struct arena arena;

	(void)state;
	arena_init(&arena, SIZE_MAX / 2);
	family_list_init(&list);
	assert_non_null(family_add(&list, &arena, SLICE("m")));
	c = change_new_push(CHANGE_REPLACE, stamp_of("job=x"), &list, 1, false, &arena);
	assert_non_null(c);
	store_stage(s, c);
	store_publish(s);
	assert_int_equal(c->verdict, ERR_NONE);
	assert_int_equal(n_groups(s), 1);
	change_free(c);
	arena_free(&arena);
	assert_null(store_free(s));
}

struct accepted_case {
	const char *stored_group, *stored;
	const char *group, *body;
};

static const struct accepted_case accepted_cases[] = {
	/* a group may change the type of what it alone holds */
	{"job=x", "# TYPE m gauge\nm 1\n", "job=x", "# TYPE m counter\nm 1\n"},
	{"job=x", "# TYPE s summary\ns_sum 1\n", "job=x", "s_count 1\n"},
	{"job=x", "s_count 1\n", "job=x", "# TYPE s summary\ns_sum 1\n"},
	/* summaries have no buckets */
	{"job=y", "# TYPE s summary\ns_sum 1\n", "job=x", "s_bucket 1\n"},
	{"job=y", "s_bucket 1\n", "job=x", "# TYPE s summary\ns_sum 1\n"},
	/* a suffix alone is no name, and others mean nothing */
	{"job=y", "# TYPE s counter\ns 1\n", "job=x",
	 "s_total 1\ns_created 1\ns_count 1\n_count 1\n"},
	/* the same labels in another group */
	{"job=y", "m{zone=\"z\"} 1\n", "job=x,zone=z", "m 1\n"},
	{"instance=1,job=x", "m 1\n", "job=x", "m 1\nm{instance=\"2\"} 1\n"},
	{"job=x,zone=z", "m{a=\"1\"} 1\n", "job=x", "m{zone=\"z\"} 1\n"},
	/* le is no label of a sample */
	{NULL, NULL, "job=x,le=1", "# TYPE h histogram\nh_sum 1\n"},
	{NULL, NULL, "job=x,quantile=1", "m 1\n"},
	/* counters may fall and be no number */
	{NULL, NULL, "job=x", "# TYPE m counter\nm -1\nm{a=\"1\"} NaN\n"},
	/* nothing at all */
	{NULL, NULL, "job=x", ""},
};

/* What looks like a contradiction and is none is stored. */
static void test_no_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted_cases) / sizeof(accepted_cases[0]); i++) {
		const struct accepted_case *t = &accepted_cases[i];
		struct store *s = store_new(&limits);

		assert_non_null(s);
		if (t->stored != NULL)
			put_accepted(s, t->stored_group, t->stored);
		put_accepted(s, t->group, t->body);
		assert_null(store_free(s));
	}
}

/* A group whose labels alone are wrong is not even made to hold its failure time; with the
 * reference it would make every scrape fail from then on. */
static void test_no_poisoning(void **state)
{
	static const char *const groups[] = {"instance=,job=x", "__a=1,job=x", "job=\xff"};
	static const char *const bodies[] = {"n 1\n", "n 1 1000\n", "",
					     "n{__a=\"1\"} 1\nn 1\nn 1\n"};
	struct store *s = store_new(&limits);
	struct buf before, after;

	(void)state;
	put_accepted(s, "job=x", "m 1\n");
	render_now(s, &before);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (size_t j = 0; j < sizeof(bodies) / sizeof(bodies[0]); j++) {
			struct change *c = put(s, groups[i], bodies[j]);

			assert_int_equal(c->verdict, ERR_CONFLICT);
			change_free(c);
			assert_int_equal(n_groups(s), 1);
			render_now(s, &after);
			assert_string_equal(after.ptr, before.ptr);
			buf_free(&after);
		}
	buf_free(&before);
	put_accepted(s, "job=x", "m 2\n");
	assert_null(store_free(s));
}

/* Any other refusal makes the group, with a push time of zero and its failure time. */
static void test_refusal_leaves_its_time(void **state)
{
	static const char *const bodies[] = {"m 1\nm 1\n", "m 1 1000\n", "m{__a=\"1\"} 1\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct store *s = store_new(&limits);
		struct change *c = put(s, "job=x", bodies[i]);
		struct buf text;

		assert_int_equal(c->verdict, ERR_CONFLICT);
		change_free(c);
		render_now(s, &text);
		assert_string_equal(
			text.ptr,
			"# HELP push_failure_time_seconds Last Unix time when changing this group "
			"in "
			"the Pushgateway failed.\n"
			"# TYPE push_failure_time_seconds gauge\n"
			"push_failure_time_seconds{" HELPLESS "} 1\n"
			"# HELP push_time_seconds Last Unix time when changing this group in the "
			"Pushgateway succeeded.\n"
			"# TYPE push_time_seconds gauge\n"
			"push_time_seconds{" HELPLESS "} 0\n");
		buf_free(&text);
		assert_null(store_free(s));
	}
}

/* A pushed family that is called like one of the two times is left out, of whatever type. */
static void test_time_families_are_not_taken(void **state)
{
	struct store *s = store_new(&limits);
	struct buf text;

	(void)state;
	for (int i = 0; i < 2; i++) {
		put_accepted(s, "job=x",
			     "# TYPE push_time_seconds counter\npush_time_seconds{a=\"1\"} 77\n"
			     "push_failure_time_seconds 77\n");
		render_now(s, &text);
		assert_null(strstr(text.ptr, "77"));
		assert_non_null(strstr(text.ptr, "push_time_seconds{" HELPLESS "} 1\n"));
		buf_free(&text);
	}
	assert_null(store_free(s));
}

/* Several faults are counted and listed, those of one family in the order of the body. */
static void test_several_faults(void **state)
{
	struct store *s = store_new(&limits);

	(void)state;
	put_refused(s, "job=x", "m{a=\"2\"} 1\nm{a=\"2\"} 2\nm{__a=\"1\"} 3\nm 4\nm 5\n",
		    "3 error(s) occurred:\n"
		    "* collected metric \"m\" { label:{name:\"a\" value:\"2\"} " LABELS
		    "untyped:{value:2}} was collected before with the same name and label values\n"
		    "* collected metric \"m\" { label:{name:\"__a\" value:\"1\"} " LABELS
		    "untyped:{value:3}} has a label with an invalid name: __a\n"
		    "* collected metric \"m\" { " LABELS
		    "untyped:{value:5}} was collected before with the same name and label values");
	put_accepted(s, "job=y", "# TYPE h histogram\nh_sum 1\n# TYPE g gauge\ng 1\n");
	put_refused(
		s, "job=x", "g 1\nh_count 1\n",
		"2 error(s) occurred:\n"
		"* collected metric \"g\" { " LABELS "untyped:{value:1}} is not a GAUGE\n"
		"* collected metric named \"h_count\" collides with previously collected histogram "
		"named \"h\"");
	assert_null(store_free(s));
}

/* However many faults, the text stays readable and says how many it leaves out. */
static void test_faults_are_bounded(void **state)
{
	enum { FAULTS = 20000, TEXT_BYTES_MAX = 70 * 1024 };
	struct store *s = store_new(&limits);
	struct buf body, text;
	struct change *c;
	char last[64];

	(void)state;
	buf_init(&body, SIZE_MAX / 2);
	for (int i = 0; i < FAULTS; i++)
		buf_putf(&body, "m{__a=\"%d\"} 1\n", i);
	buf_put_byte(&body, '\0');
	c = put(s, "job=x", body.ptr);
	buf_init(&text, SIZE_MAX / 2);
	faults_write(&c->faults, &text);
	assert_int_equal(c->faults.n, FAULTS);
	assert_true(text.len < TEXT_BYTES_MAX);
	assert_true(slice_starts(buf_slice(&text), SLICE("20000 error(s) occurred:\n* collected")));
	(void)snprintf(last, sizeof(last), "\n* %" PRIu32 " more",
		       c->faults.n - c->faults.n_written);
	assert_true(slice_ends(buf_slice(&text), slice_of(last)));
	buf_free(&body);
	buf_free(&text);
	change_free(c);
	assert_null(store_free(s));
}

static void assert_head(struct store *s, const char *head)
{
	struct buf text;

	render_now(s, &text);
	if (strncmp(text.ptr, head, strlen(head)) != 0)
		fail_msg("%s", text.ptr);
	buf_free(&text);
}

/* The help of a family is that of its first series, which may have none; it changes no verdict. */
static void test_help(void **state)
{
	struct store *s = store_new(&limits);

	(void)state;
	put_accepted(s, "job=b", "# HELP m of b\nm 1\n");
	assert_head(s, "# HELP m of b\n# TYPE m untyped\nm{");
	put_accepted(s, "job=c", "# HELP m of c\nm 1\n");
	assert_head(s, "# HELP m of b\n# TYPE m untyped\nm{");
	put_accepted(s, "job=a", "m 1\n");
	assert_head(s, "# TYPE m untyped\nm{");
	put_accepted(s, "job=a", "");
	put_accepted(s, "job=b", "");
	assert_head(s, "# HELP m of c\n# TYPE m untyped\nm{");
	assert_null(store_free(s));
}

static void put_full(struct store *s, const char *group, const char *body, const char *full)
{
	struct change *c = put(s, group, body);

	assert_int_equal(c->verdict, ERR_FULL);
	assert_true(slice_eq(limit_flag(c->full), slice_of(full)));
	change_free(c);
}

/* One group over the limit is refused and leaves nothing; the others may still be pushed to. */
static void test_groups_max(void **state)
{
	struct store *s = store_new(&(struct store_limits){
		.groups_max = 2, .series_max = 1000, .shapes_per_family_max = 10});
	struct change *c;

	(void)state;
	put_accepted(s, "job=a", "m 1\n");
	put_accepted(s, "job=b", "m 1\n");
	put_full(s, "job=c", "m 1\n", "store.max-groups");
	c = put(s, "job=c", "m 1 1000\n");
	assert_int_equal(c->verdict, ERR_CONFLICT);
	change_free(c);
	assert_int_equal(n_groups(s), 2);
	put_accepted(s, "job=b", "m 2\nn 1\n");
	assert_null(store_free(s));
}

/* Series are counted after the push: what it replaces makes room, what it leaves does not. The two
 * times of a group are series, too. */
static void test_series_max(void **state)
{
	struct store *s = store_new(&(struct store_limits){
		.groups_max = 10, .series_max = 6, .shapes_per_family_max = 10});
	struct change *c;

	(void)state;
	put_full(s, "job=a", "m 1\nm{a=\"1\"} 1\nm{a=\"2\"} 1\nm{a=\"3\"} 1\nm{a=\"4\"} 1\n",
		 "store.max-series");
	put_accepted(s, "job=a", "m 1\nm{a=\"1\"} 1\nm{a=\"2\"} 1\nm{a=\"3\"} 1\n");
	put_accepted(s, "job=a", "n 1\nn{a=\"1\"} 1\nn{a=\"2\"} 1\nn{a=\"3\"} 1\n");
	c = test_push(CHANGE_MERGE, stamp_of("job=a"), "m 1\n", 1);
	store_stage(s, c);
	assert_int_equal(c->verdict, ERR_FULL);
	change_free(c);
	c = test_push(CHANGE_MERGE, stamp_of("job=a"), "n 1\n", 1);
	store_stage(s, c);
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
	store_publish(s);
	put_full(s, "job=b", "n 1\nn{a=\"1\"} 1\n", "store.max-series");
	assert_null(store_free(s));
}

/* A family may be held by so many shapes of grouping labels; groups of those shapes may still take
 * it, a group of another may not, whether it is new or not. */
static void test_shapes_max(void **state)
{
	struct store *s = store_new(&(struct store_limits){
		.groups_max = 100, .series_max = 1000, .shapes_per_family_max = 2});

	(void)state;
	put_accepted(s, "job=x", "m 1\n");
	put_accepted(s, "a=1,job=x", "m 1\n");
	put_accepted(s, "b=1,job=x", "n 1\n");
	put_full(s, "b=2,job=x", "m 1\n", "push.max-shapes-per-family");
	put_full(s, "b=1,job=x", "m 1\n", "push.max-shapes-per-family");
	put_accepted(s, "a=2,job=x", "m 1\n");
	put_accepted(s, "job=x", "m 2\n");
	put_accepted(s, "job=x", "");
	put_accepted(s, "b=2,job=x", "m 1\n");
	assert_null(store_free(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_label_names),
		cmocka_unit_test(test_empty_family),
		cmocka_unit_test(test_no_faults),
		cmocka_unit_test(test_no_poisoning),
		cmocka_unit_test(test_refusal_leaves_its_time),
		cmocka_unit_test(test_time_families_are_not_taken),
		cmocka_unit_test(test_several_faults),
		cmocka_unit_test(test_faults_are_bounded),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_groups_max),
		cmocka_unit_test(test_series_max),
		cmocka_unit_test(test_shapes_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
