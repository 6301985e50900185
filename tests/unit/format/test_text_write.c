/* SPDX-License-Identifier: Apache-2.0
 *
 * What is pushed and what /metrics then shows, as the reference does it, to the byte. */
#include <stdio.h>

#include "../../expose.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_BYTES_MAX = 16 << 20 };

struct exposition {
	struct slice body, shown; /* of a push to {job="x"} */
};

static void check_expositions(const struct exposition *cases, size_t n, enum name_scheme scheme)
{
	for (size_t i = 0; i < n; i++) {
		struct arena arena;
		struct buf out;
		struct err err;

		arena_init(&arena, ARENA_BYTES_MAX);
		buf_init(&out, ARENA_BYTES_MAX);
		err = err_in(&arena);
		if (expose(cases[i].body, scheme, &arena, &out, &err) != ERR_NONE)
			fail_msg("%.*s", SLICE_ARG(err.msg));
		assert_true(buf_ok(&out));
		assert_text(buf_slice(&out), cases[i].shown);
		buf_free(&out);
		arena_free(&arena);
	}
}

/* Nothing, blank lines and comments make no family; nor does a family without samples. */
static void nothing_is_accepted(void **state)
{
	static const struct exposition cases[] = {
		{SLICE(""), SLICE("")},
		{SLICE("\n"), SLICE("")},
		{SLICE(" "), SLICE("")},
		{SLICE("\t\n"
		       " \n"
		       "  "),
		 SLICE("")},
		{SLICE("# HELP m x\n"
		       "# TYPE m gauge\n"),
		 SLICE("")},
		{SLICE("#\n"
		       "# EOF\n"
		       "#x\n"
		       "# HELP\n"
		       "# TYPE\n"
		       "# HELP m\n"
		       "# TYPE  \n"
		       "# HELPm x\n"
		       "# UNIT m s\n"
		       "# help m x\n"),
		 SLICE("")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_LEGACY);
}

/* Blanks are free around names, labels and values, and not needed between braces and value. */
static void samples_are_accepted(void **state)
{
	static const struct exposition cases[] = {
		{SLICE("m 1\n"), SLICE("# TYPE m untyped\n"
				       "m{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("\t m \t 1\n"
		       "m{a=\"b\"}2\n"
		       "m {a = \"c\" ,\tb= \"d\" , } 3\n"),
		 SLICE("# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n"
		       "m{a=\"b\",instance=\"\",job=\"x\"} 2\n"
		       "m{a=\"c\",b=\"d\",instance=\"\",job=\"x\"} 3\n")},
		{SLICE("m{} 4\n"), SLICE("# TYPE m untyped\n"
					 "m{instance=\"\",job=\"x\"} 4\n")},
		{SLICE("a:b 1\n"
		       ":a 2\n"),
		 SLICE("# TYPE :a untyped\n"
		       ":a{instance=\"\",job=\"x\"} 2\n"
		       "# TYPE a:b untyped\n"
		       "a:b{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("m 1\n"
		       "\n"
		       "\n"
		       " # c\n"
		       "n 2\n"
		       "  "),
		 SLICE("# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n"
		       "# TYPE n untyped\n"
		       "n{instance=\"\",job=\"x\"} 2\n")},
		{SLICE("m{a=\"\\n\\\"\\\\\xc3\xa4\",le=\"x\",quantile=\"y\"} 1\n"),
		 SLICE("# TYPE m untyped\n"
		       "m{a=\"\\n\\\"\\\\\xc3\xa4\",instance=\"\",job=\"x\",le=\"x\",quantile="
		       "\"y\"} "
		       "1\n")},
		{SLICE("m{le=\"\"} 1\n"), SLICE("# TYPE m untyped\n"
						"m{instance=\"\",job=\"x\",le=\"\"} 1\n")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_LEGACY);
}

/* Names may be quoted, and a quote may begin in the middle of one; after the closing one it is
 * over. */
static void quoted_names_are_accepted(void **state)
{
	static const struct exposition cases[] = {
		{SLICE("\"m\" 1\n"
		       "\"m\"{\"a\"=\"b\"} 2\n"
		       "m\"x\" 3\n"),
		 SLICE("# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n"
		       "m{a=\"b\",instance=\"\",job=\"x\"} 2\n"
		       "# TYPE mx untyped\n"
		       "mx{instance=\"\",job=\"x\"} 3\n")},
		{SLICE("\"m\"7\n"), SLICE("# TYPE m untyped\n"
					  "m{instance=\"\",job=\"x\"} 7\n")},
		{SLICE("{\"m\"} 1\n"
		       "{m,a=\"b\"} 2\n"
		       "{a=\"c\",m,b=\"d\",}3\n"),
		 SLICE("# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n"
		       "m{a=\"b\",instance=\"\",job=\"x\"} 2\n"
		       "m{a=\"c\",b=\"d\",instance=\"\",job=\"x\"} 3\n")},
		{SLICE("{ \"m\" , } 4\n"), SLICE("# TYPE m untyped\n"
						 "m{instance=\"\",job=\"x\"} 4\n")},
		{SLICE("# HELP \"m\" x\n"
		       "# TYPE \"m\" gauge\n"
		       "m 1\n"),
		 SLICE("# HELP m x\n"
		       "# TYPE m gauge\n"
		       "m{instance=\"\",job=\"x\"} 1\n")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_LEGACY);
}

/* HELP may have escapes, be empty of text or follow the samples; TYPE is blind to case and loses
 * backslashes. */
static void comments_are_accepted(void **state)
{
	static const struct exposition cases[] = {
		{SLICE("m 1\n"
		       "# HELP m a \"b\" \\\"c\\\\ \\n d \r\n"),
		 SLICE("# HELP m a \"b\" \"c\\\\ \\n d \r\n"
		       "# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("#HELP m x\n"
		       "#TYPE m gAuGe\n"
		       "m 1\n"),
		 SLICE("# HELP m x\n"
		       "# TYPE m gauge\n"
		       "m{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("# TYPE m ga\\uge\n"
		       "m 1\n"),
		 SLICE("# TYPE m gauge\n"
		       "m{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("# TYPE m h\xc4\xb1\xc5\xbftogram\n"
		       "m_sum 1\n"),
		 SLICE("# TYPE m histogram\n"
		       "m_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 0\n"
		       "m_sum{instance=\"\",job=\"x\"} 1\n"
		       "m_count{instance=\"\",job=\"x\"} 0\n")},
		{SLICE("# HELP m \xff\x00\n"
		       "m 1\n"),
		 SLICE("# HELP m \xff\x00\n"
		       "# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("#\t TYPE\tm \tcounter\n"
		       "m 1\n"),
		 SLICE("# TYPE m counter\n"
		       "m{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("# TYPE m untyped\n"
		       "m 1\n"
		       "# TYPE n summary\n"
		       "n_sum 1\n"),
		 SLICE("# TYPE m untyped\n"
		       "m{instance=\"\",job=\"x\"} 1\n"
		       "# TYPE n summary\n"
		       "n_sum{instance=\"\",job=\"x\"} 1\n"
		       "n_count{instance=\"\",job=\"x\"} 0\n")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_LEGACY);
}

/* Values are what Go reads as decimal floats. */
static void values_are_accepted(void **state)
{
	static const struct exposition cases[] = {
		{SLICE("a 5.\n"
		       "b .5\n"
		       "c 1.e3\n"
		       "d -Infinity\n"
		       "e +inf\n"
		       "f nAn\n"
		       "g 4.9e-324\n"
		       "h 1e-400\n"
		       "i -0\n"
		       "j 007\n"
		       "k 123456789\n"
		       "l 1E6\n"),
		 SLICE("# TYPE a untyped\n"
		       "a{instance=\"\",job=\"x\"} 5\n"
		       "# TYPE b untyped\n"
		       "b{instance=\"\",job=\"x\"} 0.5\n"
		       "# TYPE c untyped\n"
		       "c{instance=\"\",job=\"x\"} 1000\n"
		       "# TYPE d untyped\n"
		       "d{instance=\"\",job=\"x\"} -Inf\n"
		       "# TYPE e untyped\n"
		       "e{instance=\"\",job=\"x\"} +Inf\n"
		       "# TYPE f untyped\n"
		       "f{instance=\"\",job=\"x\"} NaN\n"
		       "# TYPE g untyped\n"
		       "g{instance=\"\",job=\"x\"} 5e-324\n"
		       "# TYPE h untyped\n"
		       "h{instance=\"\",job=\"x\"} 0\n"
		       "# TYPE i untyped\n"
		       "i{instance=\"\",job=\"x\"} 0\n"
		       "# TYPE j untyped\n"
		       "j{instance=\"\",job=\"x\"} 7\n"
		       "# TYPE k untyped\n"
		       "k{instance=\"\",job=\"x\"} 1.23456789e+08\n"
		       "# TYPE l untyped\n"
		       "l{instance=\"\",job=\"x\"} 1e+06\n")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_LEGACY);
}

static const struct exposition summaries[] = {
	{SLICE("# TYPE s summary\n"
	       "s{quantile=\"0.9\",a=\"1\"} 2\n"
	       "s_sum{a=\"2\"} 7\n"
	       "s{a=\"1\",quantile=\"0.5\"} 1\n"
	       "s{a=\"1\",quantile=\"0.5\"} 1.5\n"
	       "s_count{a=\"1\"} 3.7\n"
	       "s_count{a=\"2\"} -1\n"
	       "s_sum{a=\"1\"} 1\n"
	       "s_sum{a=\"1\"} 4\n"),
	 SLICE("# TYPE s summary\n"
	       "s{a=\"1\",instance=\"\",job=\"x\",quantile=\"0.9\"} 2\n"
	       "s{a=\"1\",instance=\"\",job=\"x\",quantile=\"0.5\"} 1\n"
	       "s{a=\"1\",instance=\"\",job=\"x\",quantile=\"0.5\"} 1.5\n"
	       "s_sum{a=\"1\",instance=\"\",job=\"x\"} 4\n"
	       "s_count{a=\"1\",instance=\"\",job=\"x\"} 3\n"
	       "s_sum{a=\"2\",instance=\"\",job=\"x\"} 7\n"
	       "s_count{a=\"2\",instance=\"\",job=\"x\"} 1.8446744073709552e+19\n")},
	{SLICE("# TYPE s summary\n"
	       "s 7\n"),
	 SLICE("# TYPE s summary\n"
	       "s_sum{instance=\"\",job=\"x\"} 0\n"
	       "s_count{instance=\"\",job=\"x\"} 0\n")},
	{SLICE("# TYPE s summary\n"
	       "s{quantile=\"NaN\"} 7\n"
	       "s_count NaN\n"),
	 SLICE("# TYPE s summary\n"
	       "s_sum{instance=\"\",job=\"x\"} 0\n"
	       "s_count{instance=\"\",job=\"x\"} 9.223372036854776e+18\n")},
	{SLICE("# TYPE s summary\n"
	       "s_count 1e300\n"
	       "s_sum{quantile=\"3\"} 2\n"
	       "s{quantile=\"1\",quantile=\"2\"} 3\n"),
	 SLICE("# TYPE s summary\n"
	       "s{instance=\"\",job=\"x\",quantile=\"2\"} 3\n"
	       "s_sum{instance=\"\",job=\"x\"} 2\n"
	       "s_count{instance=\"\",job=\"x\"} 9.223372036854776e+18\n")},
	{SLICE("# TYPE s summary\n"
	       "s_count -1e300\n"),
	 SLICE("# TYPE s summary\n"
	       "s_sum{instance=\"\",job=\"x\"} 0\n"
	       "s_count{instance=\"\",job=\"x\"} 9.223372036854776e+18\n")},
	{SLICE("# TYPE s summary\n"
	       "s_count 18446744073709549568\n"
	       "s{quantile=\"0.5\"} -0\n"),
	 SLICE("# TYPE s summary\n"
	       "s{instance=\"\",job=\"x\",quantile=\"0.5\"} 0\n"
	       "s_sum{instance=\"\",job=\"x\"} 0\n"
	       "s_count{instance=\"\",job=\"x\"} 1.844674407370955e+19\n")},
	{SLICE("# TYPE s summary\n"
	       "s{b=\"2\",a=\"1\",quantile=\"1\"} 1\n"
	       "s{a=\"1\",b=\"2\",quantile=\"2\"} 2\n"
	       "{s_sum,a=\"1\",b=\"2\"} 3\n"),
	 SLICE("# TYPE s summary\n"
	       "s{a=\"1\",b=\"2\",instance=\"\",job=\"x\",quantile=\"1\"} 1\n"
	       "s{a=\"1\",b=\"2\",instance=\"\",job=\"x\",quantile=\"2\"} 2\n"
	       "s_sum{a=\"1\",b=\"2\",instance=\"\",job=\"x\"} 3\n"
	       "s_count{a=\"1\",b=\"2\",instance=\"\",job=\"x\"} 0\n")},
	{SLICE("# TYPE s summary\n"
	       "s_bucket{le=\"1\"} 1\n"
	       "s_sum{le=\"1\"} 2\n"),
	 SLICE("# TYPE s summary\n"
	       "s_sum{instance=\"\",job=\"x\",le=\"1\"} 2\n"
	       "s_count{instance=\"\",job=\"x\",le=\"1\"} 0\n"
	       "# TYPE s_bucket untyped\n"
	       "s_bucket{instance=\"\",job=\"x\",le=\"1\"} 1\n")},
};

/* The samples of one label set make one summary, in whatever order they come. */
static void summaries_are_merged(void **state)
{
	(void)state;
	check_expositions(summaries, N(summaries), NAME_LEGACY);
}

static const struct exposition histograms[] = {
	{SLICE("# TYPE h histogram\n"
	       "h_bucket{le=\"2\"} 2\n"
	       "h_bucket{le=\"1\"} 1\n"
	       "h_bucket{le=\"1\"} 1\n"
	       "h_count 3\n"
	       "h_sum -4.5\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"2\"} 2\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"1\"} 1\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"1\"} 1\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 3\n"
	       "h_sum{instance=\"\",job=\"x\"} -4.5\n"
	       "h_count{instance=\"\",job=\"x\"} 3\n")},
	{SLICE("# TYPE h histogram\n"
	       "h{le=\"1\"} 1\n"
	       "h{le=\"NaN\"} 2\n"
	       "h 3\n"
	       "h_bucket{le=\"+Inf\"} 4\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"1\"} 1\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 4\n"
	       "h_sum{instance=\"\",job=\"x\"} 0\n"
	       "h_count{instance=\"\",job=\"x\"} 0\n")},
	{SLICE("# TYPE h gaugehistogram\n"
	       "h_bucket{le=\"-1\",a=\"b\"} 1\n"
	       "h_count{a=\"b\"} 2\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{a=\"b\",instance=\"\",job=\"x\",le=\"-1\"} 1\n"
	       "h_bucket{a=\"b\",instance=\"\",job=\"x\",le=\"+Inf\"} 2\n"
	       "h_sum{a=\"b\",instance=\"\",job=\"x\"} 0\n"
	       "h_count{a=\"b\",instance=\"\",job=\"x\"} 2\n")},
	{SLICE("# TYPE h gauge_histogram\n"
	       "h_sum 1\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 0\n"
	       "h_sum{instance=\"\",job=\"x\"} 1\n"
	       "h_count{instance=\"\",job=\"x\"} 0\n")},
	{SLICE("# TYPE h histogram\n"
	       "h_bucket{le=\"1\"} 1.5\n"
	       "h_bucket{le=\"2\"} 3\n"
	       "h_count 3\n"
	       "h_count 2.5\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"1\"} 1.5\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"2\"} 3\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 2.5\n"
	       "h_sum{instance=\"\",job=\"x\"} 0\n"
	       "h_count{instance=\"\",job=\"x\"} 2.5\n")},
	{SLICE("# TYPE h histogram\n"
	       "h_count NaN\n"
	       "h_bucket{le=\"1\"} 1e300\n"
	       "h_bucket{le=\"-0\"} -0\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"1\"} 1e+300\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"0\"} 0\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} NaN\n"
	       "h_sum{instance=\"\",job=\"x\"} 0\n"
	       "h_count{instance=\"\",job=\"x\"} NaN\n")},
	{SLICE("# TYPE h histogram\n"
	       "h_sum{quantile=\"1\"} 1\n"
	       "h_count{le=\"5\"} 3\n"),
	 SLICE("# TYPE h histogram\n"
	       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 3\n"
	       "h_sum{instance=\"\",job=\"x\"} 0\n"
	       "h_count{instance=\"\",job=\"x\"} 3\n"
	       "h_bucket{instance=\"\",job=\"x\",quantile=\"1\",le=\"+Inf\"} 0\n"
	       "h_sum{instance=\"\",job=\"x\",quantile=\"1\"} 1\n"
	       "h_count{instance=\"\",job=\"x\",quantile=\"1\"} 0\n")},
};

/* So do those of a histogram; buckets keep their order and may lack their counts. */
static void histograms_are_merged(void **state)
{
	(void)state;
	check_expositions(histograms, N(histograms), NAME_LEGACY);
}

/* Without a TYPE line before them _bucket, _sum and _count are families of their own. */
static void suffixes_need_a_type_before(void **state)
{
	static const struct exposition cases[] = {
		{SLICE("h_bucket{le=\"1\"} 1\n"
		       "h_sum 2\n"
		       "h_count 3\n"),
		 SLICE("# TYPE h_bucket untyped\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"1\"} 1\n"
		       "# TYPE h_count untyped\n"
		       "h_count{instance=\"\",job=\"x\"} 3\n"
		       "# TYPE h_sum untyped\n"
		       "h_sum{instance=\"\",job=\"x\"} 2\n")},
		{SLICE("# HELP s x\n"
		       "s_sum 1\n"),
		 SLICE("# TYPE s_sum untyped\n"
		       "s_sum{instance=\"\",job=\"x\"} 1\n")},
		{SLICE("# TYPE _sum summary\n"
		       "_sum_sum 1\n"),
		 SLICE("# TYPE _sum summary\n"
		       "_sum_sum{instance=\"\",job=\"x\"} 1\n"
		       "_sum_count{instance=\"\",job=\"x\"} 0\n")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_LEGACY);
}

/* With UTF-8 names any text is a name, quoted where it is no plain one. */
static void utf8_names_are_accepted(void **state)
{
	static const struct exposition cases[] = {
		{SLICE("{\"my.metric\",\"a.b\"=\"c\",plain=\"x\"} 7\n"),
		 SLICE("# TYPE \"my.metric\" untyped\n"
		       "{\"my.metric\",\"a.b\"=\"c\",instance=\"\",job=\"x\",plain=\"x\"} 7\n")},
		{SLICE("\"my.metric\" 1\n"
		       "\"my.metric\"{\"\xc3\xa4\"=\"b\"} 2\n"),
		 SLICE("# TYPE \"my.metric\" untyped\n"
		       "{\"my.metric\",instance=\"\",job=\"x\"} 1\n"
		       "{\"my.metric\",instance=\"\",job=\"x\",\"\xc3\xa4\"=\"b\"} 2\n")},
		{SLICE("# HELP \"h.x\" \\\\ y\n"
		       "# TYPE \"h.x\" histogram\n"
		       "{\"h.x_bucket\",le=\"1\"} 1\n"
		       "{\"h.x_count\"} 1\n"),
		 SLICE("# HELP \"h.x\" \\\\ y\n"
		       "# TYPE \"h.x\" histogram\n"
		       "{\"h.x_bucket\",instance=\"\",job=\"x\",le=\"1\"} 1\n"
		       "{\"h.x_bucket\",instance=\"\",job=\"x\",le=\"+Inf\"} 1\n"
		       "{\"h.x_sum\",instance=\"\",job=\"x\"} 0\n"
		       "{\"h.x_count\",instance=\"\",job=\"x\"} 1\n")},
		{SLICE("{\" \",\"a\\\"\\\\\\nb\"=\"c\"} 1\n"),
		 SLICE("# TYPE \" \" untyped\n"
		       "{\" \",\"a\\\"\\\\\\nb\"=\"c\",instance=\"\",job=\"x\"} 1\n")},
		{SLICE("m{\"a:b\"=\"c\",a=\"d\"} 1\n"),
		 SLICE("# TYPE m untyped\n"
		       "m{a=\"d\",a:b=\"c\",instance=\"\",job=\"x\"} 1\n")},
	};

	(void)state;
	check_expositions(cases, N(cases), NAME_UTF8);
}

/* HELP is left out when there is none, and shown when it is empty; it escapes no quotes. */
static void heads_have_help_if_any(void **state)
{
	static const struct slice empty = SLICE_EMPTY, text = SLICE("a\\b\nc \"d\"");
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	text_write_head(&out, ESCAPING_ALLOW_UTF8, SLICE("m"), NULL, METRIC_GAUGE_HISTOGRAM);
	text_write_head(&out, ESCAPING_ALLOW_UTF8, SLICE("m"), &empty, METRIC_COUNTER);
	text_write_head(&out, ESCAPING_ALLOW_UTF8, SLICE("m.\"x"), &text, METRIC_UNTYPED);
	assert_text(buf_slice(&out), SLICE("# TYPE m histogram\n"
					   "# HELP m \n# TYPE m counter\n"
					   "# HELP \"m.\\\"x\" a\\\\b\\nc \"d\"\n"
					   "# TYPE \"m.\\\"x\" untyped\n"));
	buf_free(&out);
}

/* The families of a body, shown with other labels of the group than a job. */
static void check_grouping(struct slice body, const struct label *grouping, size_t n,
			   struct slice shown)
{
	struct family_list list;
	struct arena arena;
	struct buf out;
	struct err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	buf_init(&out, ARENA_BYTES_MAX);
	err = err_in(&arena);
	assert_int_equal(text_parse(body, NAME_UTF8, &no_limits, &arena, &list, &err), ERR_NONE);
	expose_families(&list, grouping, n, &arena, &out);
	assert_text(buf_slice(&out), shown);
	buf_free(&out);
	arena_free(&arena);
}

/* The group's labels win over those of the body, but an instance only where the group has one. */
static void grouping_labels_win(void **state)
{
	static const struct label job[] = {{SLICE("job"), SLICE("x")}};
	static const struct label both[] = {{SLICE("instance"), SLICE("i")},
					    {SLICE("job"), SLICE("x")}};
	static const struct label odd[] = {{SLICE("le"), SLICE("\"\\\n")}};
	const struct slice body = SLICE("m{job=\"y\",instance=\"j\",a=\"b\"} 1\n");

	(void)state;
	check_grouping(body, job, N(job),
		       SLICE("# TYPE m untyped\nm{a=\"b\",instance=\"j\",job=\"x\"} 1\n"));
	check_grouping(body, both, N(both),
		       SLICE("# TYPE m untyped\nm{a=\"b\",instance=\"i\",job=\"x\"} 1\n"));
	check_grouping(SLICE("# TYPE \"h.x\" histogram\n\"h.x_sum\" 1\n"), odd, N(odd),
		       SLICE("# TYPE \"h.x\" histogram\n"
			     "{\"h.x_bucket\",instance=\"\",le=\"\\\"\\\\\\n\",le=\"+Inf\"} 0\n"
			     "{\"h.x_sum\",instance=\"\",le=\"\\\"\\\\\\n\"} 1\n"
			     "{\"h.x_count\",instance=\"\",le=\"\\\"\\\\\\n\"} 0\n"));
}

/* The bytes foretold are near those written, whatever the type. */
static void sizes_are_foretold(void **state)
{
	const struct slice body = SLICE("# TYPE h histogram\nh_bucket{le=\"0.25\"} 1\n"
					"h_bucket{le=\"0.5\"} 200\nh_sum 17.25\nh_count 3\n"
					"# TYPE s summary\ns{quantile=\"0.99\",a=\"b\"} 0.125\n"
					"m{some=\"label\",other=\"label\"} 1234.5\nn 1\n");
	const struct label job = {SLICE("job"), SLICE("x")};
	struct stamp *stamp = stamp_new(&job, 1);
	struct family_list list;
	struct arena arena;
	struct err err;

	(void)state;
	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	assert_int_equal(text_parse(body, NAME_LEGACY, &no_limits, &arena, &list, &err), ERR_NONE);
	for (struct family *f = list.first; f != NULL; f = f->next) {
		struct stamped stamped;
		struct block *block;
		struct buf out;
		uint32_t foretold;

		assert_true(family_stamp(f, stamp, &arena, &stamped));
		block = block_freeze(&stamped);
		assert_non_null(block);
		block->stamp = stamp;
		buf_init(&out, ARENA_BYTES_MAX);
		text_write_series(&out, ESCAPING_ALLOW_UTF8, f->name, block_series(block, 0));
		foretold = text_series_bytes(f->name, block_series(block, 0));
		assert_in_range(foretold, out.len * 3 / 4, out.len * 3 / 2);
		buf_free(&out);
		block_free(block);
	}
	stamp_free(stamp);
	arena_free(&arena);
}

/* A buffer that is full fails as a whole and is never overrun. */
static void a_full_buffer_fails(void **state)
{
	const struct slice body = SLICE("# TYPE h histogram\nh_bucket{le=\"1\"} 1\n");

	(void)state;
	for (size_t bytes_max = 0; bytes_max < 300; bytes_max++) {
		struct arena arena;
		struct buf out;
		struct err err;

		arena_init(&arena, ARENA_BYTES_MAX);
		buf_init(&out, bytes_max);
		err = err_in(&arena);
		assert_int_equal(expose(body, NAME_LEGACY, &arena, &out, &err), ERR_NONE);
		assert_true(out.len <= bytes_max);
		assert_false(buf_ok(&out) && bytes_max < 100);
		buf_free(&out);
		arena_free(&arena);
	}
}

/* What a body's families are in a scheme; says what the writers said of their names, all together.
 */
static bool write_escaped(struct slice body, enum escaping escaping, struct buf *out)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct stamp *stamp = stamp_new(&job, 1);
	struct family_list list;
	struct arena arena;
	struct err err;
	bool plain = true;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	assert_int_equal(text_parse(body, NAME_UTF8, &no_limits, &arena, &list, &err), ERR_NONE);
	for (struct family *f = list.first; f != NULL; f = f->next) {
		struct stamped stamped;
		struct block *block;

		assert_true(family_stamp(f, stamp, &arena, &stamped));
		block = block_freeze(&stamped);
		assert_non_null(block);
		block->stamp = stamp;
		plain &= text_write_head(out, escaping, f->name, f->has_help ? &f->help : NULL,
					 f->type);
		for (uint32_t i = 0; i < block->n_series; i++)
			plain &= text_write_series(out, escaping, f->name, block_series(block, i));
		block_free(block);
	}
	stamp_free(stamp);
	arena_free(&arena);
	return plain;
}

static void check_escaped(struct slice body, enum escaping escaping, bool plain, struct slice shown)
{
	struct buf out;

	buf_init(&out, ARENA_BYTES_MAX);
	assert_int_equal(write_escaped(body, escaping, &out), plain);
	assert_text(buf_slice(&out), shown);
	buf_free(&out);
}

/* Names are escaped where they stand, in HELP and TYPE too; suffixes, values and texts are not. */
static void names_are_escaped(void **state)
{
	const struct slice body = SLICE("# HELP \"h.x\" a.b\n# TYPE \"h.x\" histogram\n"
					"{\"h.x_bucket\",le=\"1\",\"a_.\"=\"a.b\",b_=\"c\"} 1\n");

	(void)state;
	check_escaped(
		body, ESCAPING_UNDERSCORES, false,
		SLICE("# HELP h_x a.b\n# TYPE h_x histogram\n"
		      "h_x_bucket{a__=\"a.b\",b_=\"c\",instance=\"\",job=\"x\",le=\"1\"} 1\n"
		      "h_x_bucket{a__=\"a.b\",b_=\"c\",instance=\"\",job=\"x\",le=\"+Inf\"} 0\n"
		      "h_x_sum{a__=\"a.b\",b_=\"c\",instance=\"\",job=\"x\"} 0\n"
		      "h_x_count{a__=\"a.b\",b_=\"c\",instance=\"\",job=\"x\"} 0\n"));
	check_escaped(SLICE("{\"m.x\"} 1\n"), ESCAPING_DOTS, false,
		      SLICE("# TYPE m_dot_x untyped\nm_dot_x{instance=\"\",job=\"x\"} 1\n"));
	check_escaped(SLICE("m{\"a.\"=\"b\"} 1\n"), ESCAPING_VALUES, false,
		      SLICE("# TYPE m untyped\nm{U__a_2e_=\"b\",instance=\"\",job=\"x\"} 1\n"));
	check_escaped(SLICE("{\"m.x\"} 1\n"), ESCAPING_ALLOW_UTF8, false,
		      SLICE("# TYPE \"m.x\" untyped\n{\"m.x\",instance=\"\",job=\"x\"} 1\n"));
}

/* Where no name needs it nothing is escaped, and the writers say so; a label a:b does not need it.
 */
static void legacy_names_are_the_same_in_every_scheme(void **state)
{
	(void)state;
	for (int escaping = 0; escaping < ESCAPINGS; escaping++)
		check_escaped(SLICE("# HELP m_x a.b\nm_x{a_=\"b.c\",\"a:b\"=\"d\"} 1\n"),
			      (enum escaping)escaping, true,
			      SLICE("# HELP m_x a.b\n# TYPE m_x untyped\n"
				    "m_x{a:b=\"d\",a_=\"b.c\",instance=\"\",job=\"x\"} 1\n"));
}

/* One such name in one series is said of the whole: here of a series that is not the last. */
static void one_other_name_is_told(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, ARENA_BYTES_MAX);
	assert_false(write_escaped(SLICE("m 1\nm{\"a.b\"=\"1\"} 2\nm{c=\"1\",d=\"2\"} 3\n"),
				   ESCAPING_ALLOW_UTF8, &out));
	buf_free(&out);
}

/* The room for a line holds the longest that escaping can make of it: else buf_advance ends this.
 */
static void escaped_lines_fit_their_room(void **state)
{
	static const struct slice bodies[] = {
		SLICE("{\"....................................................................\"} "
		      "1\n"),
		SLICE("m{\"\u0800\u0800\u0800\u0800\u0800\u0800\u0800\u0800\"=\"\"} 1\n"),
		SLICE("# TYPE \".\" "
		      "histogram\n{\"._bucket\",le=\"1\",\"1\"=\"\",\"2\"=\"\",\"3\"=\"\"} "
		      "2.2250738585072014e-308\n{\"._sum\",\"1\"=\"\",\"2\"=\"\",\"3\"=\"\"} "
		      "-2.2250738585072014e-308\n"),
	};

	(void)state;
	for (size_t i = 0; i < N(bodies); i++)
		for (int escaping = 0; escaping < ESCAPINGS; escaping++)
			for (size_t bytes_max = 0; bytes_max < 2000; bytes_max++) {
				struct buf out;

				buf_init(&out, bytes_max);
				(void)write_escaped(bodies[i], (enum escaping)escaping, &out);
				assert_true(buf_ok(&out) ? out.len > 0 : bytes_max < 1999);
				buf_free(&out);
			}
}

enum { STAMPS = 5, NAMES = 4, SERIES_EACH = 3 };

/* The family that a push of three series to the group makes: one without labels of its own. */
static struct block *push_three(const char *name, const char *type, struct stamp *stamp)
{
	const char *suffix = strcmp(type, "histogram") == 0 ? "_count" : "";
	struct family_list list;
	struct stamped stamped;
	struct arena arena;
	struct block *block;
	struct buf body;
	struct err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	buf_init(&body, ARENA_BYTES_MAX);
	buf_putf(&body, "# TYPE \"%s\" %s\n{\"%s%s\"} 7\n", name, type, name, suffix);
	buf_putf(&body, "{\"%s%s\",a=\"b\\\"\"} 7.125\n", name, suffix);
	buf_putf(&body, "{\"%s%s\",\"z.z\"=\"\"} 1e+300\n", name, suffix);
	assert_int_equal(text_parse(buf_slice(&body), NAME_UTF8, &no_limits, &arena, &list, &err),
			 ERR_NONE);
	assert_true(family_stamp(list.first, stamp, &arena, &stamped));
	block = block_freeze(&stamped);
	assert_non_null(block);
	assert_int_equal(block->n_series, SERIES_EACH);
	block->stamp = stamp;
	buf_free(&body);
	arena_free(&arena);
	return block;
}

/* Series of one family, in all groups, both ways and in every scheme. */
static void check_all_at_once(const char *name, const char *type, struct stamp *stamps[STAMPS])
{
	const void *series[STAMPS * SERIES_EACH];
	struct block *blocks[STAMPS];

	for (size_t i = 0; i < STAMPS; i++) {
		blocks[i] = push_three(name, type, stamps[i]);
		for (uint32_t j = 0; j < SERIES_EACH; j++)
			series[i * SERIES_EACH + j] = block_series(blocks[i], j);
	}
	for (int escaping = 0; escaping < ESCAPINGS; escaping++)
		for (size_t from = 0; from < N(series); from++) {
			struct buf one, all;
			bool plain = true;

			buf_init(&one, ARENA_BYTES_MAX);
			buf_init(&all, ARENA_BYTES_MAX);
			for (size_t i = from; i < N(series); i++)
				plain &= text_write_series(&one, (enum escaping)escaping,
							   slice_of(name), series[i]);
			assert_int_equal(plain, text_write_all(&all, (enum escaping)escaping,
							       slice_of(name), series + from,
							       N(series) - from));
			assert_text(buf_slice(&all), buf_slice(&one));
			buf_free(&one);
			buf_free(&all);
		}
	for (size_t i = 0; i < STAMPS; i++)
		block_free(blocks[i]);
}

/* Written all at once, series are what they are one by one: of any groups, with labels of their own
 * or without, under names of any length. */
static void all_at_once_is_one_by_one(void **state)
{
	static const struct label odd[] = {{SLICE("instance"), SLICE("i")},
					   {SLICE("job"), SLICE("\"\\\n")}};
	static const struct label utf8[] = {{SLICE("job"), SLICE("x")}, {SLICE("l.l"), SLICE("v")}};
	static const struct label plain[] = {{SLICE("job"), SLICE("x")}};
	static char value[500], name[NAMES][400] = {"m", "a:b_total", "m.m"};
	const struct label large[] = {{SLICE("job"), {value, sizeof(value)}}};
	struct stamp *stamps[STAMPS] = {stamp_new(NULL, 0), stamp_new(odd, N(odd)),
					stamp_new(utf8, N(utf8)), stamp_new(plain, N(plain)), NULL};

	(void)state;
	memset(value, '\n', sizeof(value));
	memset(name[3], 'n', sizeof(name[3]) - 1);
	stamps[4] = stamp_new(large, N(large));
	for (int i = 0; i < NAMES; i++) {
		check_all_at_once(name[i], "gauge", stamps);
		check_all_at_once(name[i], "histogram", stamps);
	}
	for (int i = 0; i < STAMPS; i++)
		stamp_free(stamps[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_accepted),
		cmocka_unit_test(samples_are_accepted),
		cmocka_unit_test(quoted_names_are_accepted),
		cmocka_unit_test(comments_are_accepted),
		cmocka_unit_test(values_are_accepted),
		cmocka_unit_test(summaries_are_merged),
		cmocka_unit_test(histograms_are_merged),
		cmocka_unit_test(suffixes_need_a_type_before),
		cmocka_unit_test(utf8_names_are_accepted),
		cmocka_unit_test(heads_have_help_if_any),
		cmocka_unit_test(grouping_labels_win),
		cmocka_unit_test(sizes_are_foretold),
		cmocka_unit_test(a_full_buffer_fails),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(legacy_names_are_the_same_in_every_scheme),
		cmocka_unit_test(one_other_name_is_told),
		cmocka_unit_test(escaped_lines_fit_their_room),
		cmocka_unit_test(all_at_once_is_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
