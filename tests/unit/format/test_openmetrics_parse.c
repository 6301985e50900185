/* SPDX-License-Identifier: Apache-2.0
 *
 * What OpenMetrics bodies become, shown as text format 0.0.4 and as OpenMetrics, and what is wrong
 * with those that are refused. */
#include "../../expose_openmetrics.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define PREFIX "OpenMetrics format parsing error in line "
#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

enum { ARENA_BYTES_MAX = 1 << 20 };

struct parsed {
	struct arena arena;
	struct err err;
	struct family_list list;
	enum err_code code;
};

static void parse(struct parsed *p, struct slice body, enum name_scheme scheme,
		  const struct push_limits *limits)
{
	arena_init(&p->arena, ARENA_BYTES_MAX);
	p->err = err_in(&p->arena);
	p->code = openmetrics_parse(body, scheme, limits, &p->arena, &p->list, &p->err);
}

static void check_text(struct slice body, enum name_scheme scheme, struct slice want)
{
	const struct label job = {SLICE("job"), SLICE("x")};
	struct parsed p;
	struct buf out;

	parse(&p, body, scheme, &no_limits);
	if (p.code != ERR_NONE)
		fail_msg("%.*s: %.*s", SLICE_ARG(body), SLICE_ARG(p.err.msg));
	buf_init(&out, ARENA_BYTES_MAX);
	expose_families(&p.list, &job, 1, &p.arena, &out);
	assert_text(buf_slice(&out), want);
	buf_free(&out);
	arena_free(&p.arena);
}

static void check_openmetrics(struct slice body, enum name_scheme scheme, struct slice want)
{
	struct arena arena;
	struct buf out;
	struct err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	buf_init(&out, ARENA_BYTES_MAX);
	err = err_in(&arena);
	if (expose_openmetrics(body, scheme, ESCAPING_ALLOW_UTF8, &arena, &out, &err) != ERR_NONE)
		fail_msg("%.*s: %.*s", SLICE_ARG(body), SLICE_ARG(err.msg));
	assert_text(buf_slice(&out), want);
	buf_free(&out);
	arena_free(&arena);
}

struct row {
	struct slice body, text, openmetrics;
};

static void check_rows(const struct row *rows, size_t n, enum name_scheme scheme)
{
	for (size_t i = 0; i < n; i++) {
		check_text(rows[i].body, scheme, rows[i].text);
		check_openmetrics(rows[i].body, scheme, rows[i].openmetrics);
	}
}

/* Counters, infos and state sets have the names in text format that Prometheus gives their series;
 * metadata without samples are no family. */
static void types_become_those_of_the_store(void **state)
{
	static const struct row rows[] = {
		{SLICE("# EOF"), SLICE(""), SLICE("# EOF\n")},
		{SLICE("# TYPE m gauge\n# HELP m x\n# EOF\n"), SLICE(""), SLICE("# EOF\n")},
		{SLICE("# TYPE c counter\n# HELP c Counts.\nc_total 17\n# EOF\n"),
		 SLICE("# HELP c_total Counts.\n# TYPE c_total "
		       "counter\nc_total{instance=\"\",job=\"x\"} 17\n"),
		 SLICE("# HELP c Counts.\n# TYPE c counter\nc_total{instance=\"\",job=\"x\"} "
		       "17.0\n# EOF\n")},
		{SLICE("# TYPE g gauge\ng{a=\"b\"} -0.5\n# EOF\n"),
		 SLICE("# TYPE g gauge\ng{a=\"b\",instance=\"\",job=\"x\"} -0.5\n"),
		 SLICE("# TYPE g gauge\ng{a=\"b\",instance=\"\",job=\"x\"} -0.5\n# EOF\n")},
		{SLICE("u{} NaN\n# EOF\n"),
		 SLICE("# TYPE u untyped\nu{instance=\"\",job=\"x\"} NaN\n"),
		 SLICE("# TYPE u unknown\nu{instance=\"\",job=\"x\"} NaN\n# EOF\n")},
		{SLICE("# TYPE u unknown\nu +inf\n# EOF\n"),
		 SLICE("# TYPE u untyped\nu{instance=\"\",job=\"x\"} +Inf\n"),
		 SLICE("# TYPE u unknown\nu{instance=\"\",job=\"x\"} +Inf\n# EOF\n")},
		{SLICE("# TYPE b info\nb_info{v=\"1\"} 1\n# EOF\n"),
		 SLICE("# TYPE b_info gauge\nb_info{instance=\"\",job=\"x\",v=\"1\"} 1\n"),
		 SLICE("# TYPE b_info gauge\nb_info{instance=\"\",job=\"x\",v=\"1\"} 1.0\n# "
		       "EOF\n")},
		{SLICE("# TYPE s stateset\ns{s=\"a\",z=\"1\"} 1\ns{z=\"1\",s=\"b\"} 0\n"
		       "s{s=\"a\",z=\"2\"} 0\n# EOF\n"),
		 SLICE("# TYPE s gauge\ns{instance=\"\",job=\"x\",s=\"a\",z=\"1\"} 1\n"
		       "s{instance=\"\",job=\"x\",s=\"a\",z=\"2\"} "
		       "0\ns{instance=\"\",job=\"x\",s=\"b\",z=\"1\"} 0\n"),
		 SLICE("# TYPE s gauge\ns{instance=\"\",job=\"x\",s=\"a\",z=\"1\"} 1.0\n"
		       "s{instance=\"\",job=\"x\",s=\"a\",z=\"2\"} "
		       "0.0\ns{instance=\"\",job=\"x\",s=\"b\",z=\"1\"} 0.0\n"
		       "# EOF\n")},
	};

	(void)state;
	check_rows(rows, N(rows), NAME_LEGACY);
}

/* Their points come in the order of the body; a histogram may leave count and sum out. */
static void summaries_and_histograms_are_one_metric(void **state)
{
	static const struct row rows[] = {
		{SLICE("# TYPE s summary\ns_sum 5\ns{quantile=\"0.9\"} 3\ns_count 2\n"
		       "s{quantile=\"0\"} NaN\n# EOF\n"),
		 SLICE("# TYPE s summary\ns{instance=\"\",job=\"x\",quantile=\"0.9\"} 3\n"
		       "s{instance=\"\",job=\"x\",quantile=\"0\"} "
		       "NaN\ns_sum{instance=\"\",job=\"x\"} 5\n"
		       "s_count{instance=\"\",job=\"x\"} 2\n"),
		 SLICE("# TYPE s summary\ns{instance=\"\",job=\"x\",quantile=\"0.9\"} 3.0\n"
		       "s{instance=\"\",job=\"x\",quantile=\"0.0\"} "
		       "NaN\ns_sum{instance=\"\",job=\"x\"} 5.0\n"
		       "s_count{instance=\"\",job=\"x\"} 2\n# EOF\n")},
		{SLICE("# TYPE h histogram\nh_bucket{le=\"-1\"} 1\nh_bucket{le=\"+Inf\"} 3\n"
		       "# EOF\n"),
		 SLICE("# TYPE h histogram\nh_bucket{instance=\"\",job=\"x\",le=\"-1\"} 1\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} "
		       "3\nh_sum{instance=\"\",job=\"x\"} 0\n"
		       "h_count{instance=\"\",job=\"x\"} 3\n"),
		 SLICE("# TYPE h histogram\nh_bucket{instance=\"\",job=\"x\",le=\"-1.0\"} 1\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} "
		       "3\nh_sum{instance=\"\",job=\"x\"} 0.0\n"
		       "h_count{instance=\"\",job=\"x\"} 3\n# EOF\n")},
		{SLICE("# TYPE h gaugehistogram\nh_gsum -4\nh_bucket{le=\"-1.0\"} 3\n"
		       "h_gcount 3.0\nh_bucket{le=\"+Inf\"} 3\n# EOF\n"),
		 SLICE("# TYPE h histogram\nh_bucket{instance=\"\",job=\"x\",le=\"-1\"} 3\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} "
		       "3\nh_sum{instance=\"\",job=\"x\"} -4\n"
		       "h_count{instance=\"\",job=\"x\"} 3\n"),
		 SLICE("# TYPE h gaugehistogram\nh_bucket{instance=\"\",job=\"x\",le=\"-1.0\"} 3\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} "
		       "3\nh_gsum{instance=\"\",job=\"x\"} -4.0\n"
		       "h_gcount{instance=\"\",job=\"x\"} 3\n# EOF\n")},
	};

	(void)state;
	check_rows(rows, N(rows), NAME_LEGACY);
}

/* In the name that the family has without _total. */
static void units_are_kept(void **state)
{
	static const struct row rows[] = {
		{SLICE("# UNIT c_s s\n# TYPE c_s counter\nc_s_total 1\n# EOF\n"),
		 SLICE("# TYPE c_s_total counter\nc_s_total{instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# TYPE c_s counter\n# UNIT c_s s\n"
		       "c_s_total{instance=\"\",job=\"x\"} 1.0\n# EOF\n")},
		{SLICE("# UNIT g \ng 1\n# EOF\n"),
		 SLICE("# TYPE g untyped\ng{instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# TYPE g unknown\ng{instance=\"\",job=\"x\"} 1.0\n# EOF\n")},
	};

	(void)state;
	check_rows(rows, N(rows), NAME_LEGACY);
}

/* Text format 0.0.4 does not show them. */
static void exemplars_and_creation_are_kept(void **state)
{
	static const struct row rows[] = {
		{SLICE("# TYPE c counter\nc_created 1700000000.123456789\n"
		       "c_total 1 # {b=\"\\\"\",a=\"\"} 0.5 1.5\n# EOF\n"),
		 SLICE("# TYPE c_total counter\nc_total{instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# TYPE c counter\nc_total{instance=\"\",job=\"x\"} 1.0 # "
		       "{a=\"\",b=\"\\\"\"} 0.5 1.5\n"
		       "c_created{instance=\"\",job=\"x\"} 1700000000.123456789\n# EOF\n")},
		{SLICE("# TYPE c counter\nc_total 1 # {} -1\n# EOF\n"),
		 SLICE("# TYPE c_total counter\nc_total{instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# TYPE c counter\nc_total{instance=\"\",job=\"x\"} 1.0 # {} -1.0\n# "
		       "EOF\n")},
		{SLICE("# TYPE s summary\ns_count 2\ns_created -1.5\n# EOF\n"),
		 SLICE("# TYPE s summary\ns_sum{instance=\"\",job=\"x\"} "
		       "0\ns_count{instance=\"\",job=\"x\"} 2\n"),
		 SLICE("# TYPE s summary\ns_sum{instance=\"\",job=\"x\"} "
		       "0.0\ns_count{instance=\"\",job=\"x\"} 2\n"
		       "s_created{instance=\"\",job=\"x\"} -1.5\n# EOF\n")},
		{SLICE("# TYPE h histogram\nh_bucket{le=\"1\"} 1\n"
		       "h_bucket{le=\"2\"} 1 # {t=\"y\"} 1.5 1e9\nh_bucket{le=\"+Inf\"} 3 # {} 9\n"
		       "h_created 0\n# EOF\n"),
		 SLICE("# TYPE h histogram\nh_bucket{instance=\"\",job=\"x\",le=\"1\"} 1\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"2\"} "
		       "1\nh_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 3\n"
		       "h_sum{instance=\"\",job=\"x\"} 0\nh_count{instance=\"\",job=\"x\"} 3\n"),
		 SLICE("# TYPE h histogram\nh_bucket{instance=\"\",job=\"x\",le=\"1.0\"} 1\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"2.0\"} 1 # {t=\"y\"} 1.5 "
		       "1000000000.0\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 3 # {} "
		       "9.0\nh_sum{instance=\"\",job=\"x\"} 0.0\n"
		       "h_count{instance=\"\",job=\"x\"} 3\nh_created{instance=\"\",job=\"x\"} "
		       "0.0\n# EOF\n")},
		{SLICE("# TYPE h gaugehistogram\nh_bucket{le=\"+Inf\"} 3 # {a=\"b\"} 9\n# EOF\n"),
		 SLICE("# TYPE h histogram\nh_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 3\n"
		       "h_sum{instance=\"\",job=\"x\"} 0\nh_count{instance=\"\",job=\"x\"} 3\n"),
		 SLICE("# TYPE h gaugehistogram\n"
		       "h_bucket{instance=\"\",job=\"x\",le=\"+Inf\"} 3 # {a=\"b\"} 9.0\n"
		       "h_gsum{instance=\"\",job=\"x\"} 0.0\nh_gcount{instance=\"\",job=\"x\"} "
		       "3\n# EOF\n")},
	};

	(void)state;
	check_rows(rows, N(rows), NAME_LEGACY);
}

/* A backslash before any other character is one; quotes may be escaped in a help text, too. */
static void escapes_are_undone(void **state)
{
	static const struct row rows[] = {
		{SLICE("# HELP g \\\"a\\\\\\nb\\c\\\ng{a=\"\\\\\\\"\\n\\c\"} 1\n# EOF\n"),
		 SLICE("# HELP g \"a\\\\\\nb\\\\c\\\\\n# TYPE g untyped\n"
		       "g{a=\"\\\\\\\"\\n\\\\c\",instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# HELP g \\\"a\\\\\\nb\\\\c\\\\\n# TYPE g unknown\n"
		       "g{a=\"\\\\\\\"\\n\\\\c\",instance=\"\",job=\"x\"} 1.0\n# EOF\n")},
		{SLICE("# HELP g \ng 1\n# EOF\n"),
		 SLICE("# HELP g \n# TYPE g untyped\ng{instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# HELP g \n# TYPE g unknown\ng{instance=\"\",job=\"x\"} 1.0\n# EOF\n")},
	};

	(void)state;
	check_rows(rows, N(rows), NAME_LEGACY);
}

/* In quotes, and that of a sample as the first thing in its braces. */
static void names_may_be_utf8(void **state)
{
	static const struct row rows[] = {
		{SLICE("# TYPE \"a.b\" counter\n{\"a.b_total\",\"c d\"=\"e\"} 1 # {\"f.g\"=\"h\"} "
		       "1\n"
		       "{\"a.b_created\",\"c d\"=\"e\"} 1\n{\"x\"} 1\n# EOF\n"),
		 SLICE("# TYPE \"a.b_total\" counter\n{\"a.b_total\",\"c "
		       "d\"=\"e\",instance=\"\",job=\"x\"} 1\n"
		       "# TYPE x untyped\nx{instance=\"\",job=\"x\"} 1\n"),
		 SLICE("# TYPE \"a.b\" counter\n"
		       "{\"a.b_total\",\"c d\"=\"e\",instance=\"\",job=\"x\"} 1.0 # "
		       "{\"f.g\"=\"h\"} 1.0\n"
		       "{\"a.b_created\",\"c d\"=\"e\",instance=\"\",job=\"x\"} 1.0\n"
		       "# TYPE x unknown\nx{instance=\"\",job=\"x\"} 1.0\n# EOF\n")},
	};

	(void)state;
	check_rows(rows, N(rows), NAME_UTF8);
}

struct refusal {
	const char *body, *sentence;
};

static void check_refusals(const struct refusal *rows, size_t n, enum name_scheme scheme)
{
	for (size_t i = 0; i < n; i++) {
		struct parsed p;

		parse(&p, slice_of(rows[i].body), scheme, &no_limits);
		if (p.code != ERR_SYNTAX)
			fail_msg("accepted: %s", rows[i].body);
		assert_true(slice_starts(p.err.msg, SLICE(PREFIX)));
		assert_text(slice_skip(p.err.msg, sizeof(PREFIX) - 1), slice_of(rows[i].sentence));
		arena_free(&p.arena);
	}
}

/* The last line is # EOF, with or without a newline. */
static void the_end_is_needed(void **state)
{
	static const struct refusal rows[] = {
		{"", "1: no # EOF before the unexpected end of input stream"},
		{"a 1\n", "2: no # EOF before the unexpected end of input stream"},
		{"a 1", "1: unexpected end of input stream"},
		{"a 1\n# EO", "2: unexpected end of input stream"},
		{"# EOF\n\n", "2: there is text after # EOF"},
		{"# EOF\na 1\n", "2: there is text after # EOF"},
		{"# EOF\n ", "2: there is text after # EOF"},
		{"# EOF \n", "1: expected a HELP, TYPE, UNIT or EOF line, found \"# EOF \""},
	};

	(void)state;
	check_refusals(rows, N(rows), NAME_LEGACY);
}

/* One blank, no tabs, no blank lines, no comments. */
static void lines_are_strict(void **state)
{
	static const struct refusal rows[] = {
		{"\n# EOF\n", "1: a line is empty"},
		{"# comment\n", "1: expected a HELP, TYPE, UNIT or EOF line, found \"# comment\""},
		{"#TYPE a gauge\n", "1: expected a HELP, TYPE, UNIT or EOF line, found "
				    "\"#TYPE a gauge\""},
		{"# TYPE  a gauge\n", "1: invalid metric name \"\""},
		{" a 1\n", "1: invalid metric name"},
		{"a  1\n", "1: expected float as value, got \"\""},
		{"a\t1\n", "1: expected ' ' before the value, found '\\t'"},
		{"a 1 \n", "1: expected float as timestamp, got \"\""},
		{"a 1\r\n", "1: expected float as value, got \"1\\r\""},
		{"a {} 1\n", "1: expected float as value, got \"{}\""},
		{"a{}1\n", "1: expected ' ' before the value, found '1'"},
		{"a{ } 1\n", "1: expected label name, found ' '"},
		{"a{b=\"c\",} 1\n", "1: expected label name, found '}'"},
		{"a{b=\"c\" } 1\n", "1: expected ',' or '}' after label value, found ' '"},
		{"a{b =\"c\"} 1\n", "1: expected '=' after label name, found ' '"},
		{"a{b=c} 1\n", "1: expected '\"' at start of label value, found 'c'"},
		{"a{b=\"c\n", "1: label value \"c\" is not closed"},
		{"a{b=\"\xff\"} 1\n", "1: invalid label value \"\\xff\""},
		{"a{b=\"c\",b=\"d\"} 1\n", "1: duplicate label names for metric \"a\""},
		{"a{__name__=\"c\"} 1\n", "1: label name \"__name__\" is reserved"},
		{"a{a:b=\"c\"} 1\n", "1: expected '=' after label name, found ':'"},
		{"a{\"a:b\"=\"c\"} 1\n", "1: invalid label name \"a:b\""},
		{"{} 1\n", "1: invalid metric name"},
		{"{a=\"b\"} 1\n", "1: invalid metric name"},
		{"{\"a.b\"} 1\n", "1: invalid metric name \"a.b\""},
		{"# HELP a \xff\n", "1: invalid help text \"\\xff\""},
		{"a one\n", "1: expected float as value, got \"one\""},
		{"a 0x1\n", "1: expected float as value, got \"0x1\""},
		{"a 1 NaN\n", "1: a timestamp must be finite"},
		{"a 1 2 3\n", "1: expected '#' after timestamp, found '3'"},
	};

	(void)state;
	check_refusals(rows, N(rows), NAME_LEGACY);
}

/* Once each, before the samples, and all of one family together. */
static void metadata_are_strict(void **state)
{
	static const struct refusal rows[] = {
		{"# TYPE a gauge\n# TYPE a gauge\n", "2: second TYPE line for metric name \"a\""},
		{"# HELP a x\n# HELP a x\n", "2: second HELP line for metric name \"a\""},
		{"# UNIT a_b b\n# UNIT a_b b\n", "2: second UNIT line for metric name \"a_b\""},
		{"# TYPE a untyped\n", "1: unknown metric type \"untyped\""},
		{"# TYPE a Gauge\n", "1: unknown metric type \"Gauge\""},
		{"# TYPE a gauge \n", "1: unknown metric type \"gauge \""},
		{"# HELP a\n", "1: expected ' ' after metric name, found '\\n'"},
		{"a 1\n# TYPE a gauge\n", "2: metadata after samples of metric name \"a\""},
		{"# TYPE a gauge\na 1\n# HELP a x\n",
		 "3: metadata after samples of metric name \"a\""},
		{"# UNIT a b\na 1\n", "2: the name does not end in its unit: \"a\""},
		{"# UNIT a_b b\n# UNIT ab b\n# EOF\n",
		 "3: the name does not end in its unit: \"ab\""},
		{"# TYPE a_b info\n# UNIT a_b b\na_b_info 1\n",
		 "3: a unit has no place in the info or stateset \"a_b\""},
		{"# TYPE a gauge\na 1\nb 1\na{c=\"d\"} 1\n",
		 "4: more than one metric family has the name \"a\""},
		{"# TYPE a counter\na_total 1\n# TYPE a_created gauge\na_created 1\n",
		 "4: more than one metric family has the name \"a_created\""},
		{"# TYPE a_count gauge\na_count 1\n# TYPE a summary\n# EOF\n",
		 "4: more than one metric family has the name \"a_count\""},
		{"# TYPE a counter\na 1\n", "2: a counter has no sample of its own name: \"a\""},
		{"# TYPE a counter\na_sum 1\na_total 1\n",
		 "3: more than one metric family has the name \"a_total\""},
	};

	(void)state;
	check_refusals(rows, N(rows), NAME_LEGACY);
}

/* Values that a type cannot have, and samples that do not make a metric. */
static void types_are_strict(void **state)
{
	static const struct refusal rows[] = {
		{"# TYPE c counter\nc_total -1\n", "2: a sample is negative in the counter \"c\""},
		{"# TYPE c counter\nc_total NaN\n",
		 "2: NaN is no value of a sample in the counter \"c\""},
		{"# TYPE c counter\nc_total 1\nc_total 1\n",
		 "3: a sample comes twice in the counter \"c\""},
		{"# TYPE c counter\nc_created 1\n# EOF\n",
		 "2: there is no _total in the counter \"c\""},
		{"# TYPE c counter\nc_created x\n", "2: expected time of creation, got \"x\""},
		{"# TYPE c counter\nc_created 1e300\n",
		 "2: expected time of creation, got \"1e300\""},
		{"g 1\ng 1\n", "2: a sample comes twice in the unknown \"g\""},
		{"g 1\ng{a=\"b\"} 1\ng 1\n", "3: the samples of a metric are not together: \"g\""},
		{"# TYPE i info\ni_info 2\n", "2: a value is not 1 in the info \"i\""},
		{"# TYPE s stateset\ns{s=\"a\"} 0.5\n",
		 "2: a value is neither 0 nor 1 in the stateset \"s\""},
		{"# TYPE s stateset\ns 1\n",
		 "2: there is no label of the name of the stateset \"s\""},
		{"# TYPE s stateset\ns{s=\"a\"} 1\ns{s=\"a\"} 0\n",
		 "3: a state comes twice in the stateset \"s\""},
		{"# TYPE s stateset\ns{s=\"a\"} 1\ns{s=\"a\",b=\"c\"} 1\ns{s=\"d\"} 0\n",
		 "4: the samples of a metric are not together: \"s\""},
		{"# TYPE s summary\ns{quantile=\"1.5\"} 1\n",
		 "2: a quantile is not from 0 to 1 in the summary \"s\""},
		{"# TYPE s summary\ns{quantile=\"0.5\"} -1\n",
		 "2: a sample is negative in the summary \"s\""},
		{"# TYPE s summary\ns{quantile=\"0.5\"} 1\ns{quantile=\".5\"} 1\n# EOF\n",
		 "3: a quantile comes twice in the summary \"s\""},
		{"# TYPE s summary\ns 1\n", "2: there is no label le or quantile for \"s\""},
		{"# TYPE s summary\ns_sum{quantile=\"0.5\"} 1\n",
		 "2: there is a label le or quantile for \"s_sum\""},
		{"# TYPE s summary\ns_count 1.5\n",
		 "2: a count is no integer in the summary \"s\""},
		{"# TYPE s summary\ns_count 18446744073709551616\n",
		 "2: a count is no integer in the summary \"s\""},
		{"# TYPE s summary\ns{quantile=\"x\"} 1\n",
		 "2: expected float as value of le or quantile, got \"x\""},
		{"# TYPE h histogram\nh_bucket{le=\"NaN\"} 1\n",
		 "2: expected float as value of le or quantile, got \"NaN\""},
		{"# TYPE h histogram\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\n",
		 "3: the buckets are not in rising order in the histogram \"h\""},
		{"# TYPE h histogram\nh_bucket{le=\"2\"} 2\nh_bucket{le=\"3\"} 1\n",
		 "3: the counts of the buckets fall in the histogram \"h\""},
		{"# TYPE h histogram\nh_bucket{le=\"2\"} 2\n# EOF\n",
		 "2: there is no bucket of le=\"+Inf\" in the histogram \"h\""},
		{"# TYPE h histogram\nh_count 1\nh_sum 1\na 1\n",
		 "3: there is no bucket of le=\"+Inf\" in the histogram \"h\""},
		{"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 1\n# EOF\n",
		 "4: the count is not that of the bucket of le=\"+Inf\" in the histogram \"h\""},
		{"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\n# EOF\n",
		 "3: of count and sum there is only one in the histogram \"h\""},
		{"# TYPE h histogram\nh_bucket{le=\"-1\"} 2\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\n"
		 "h_count 2\n# EOF\n",
		 "5: there is a sum beside buckets of negative values in the histogram \"h\""},
		{"# TYPE h gaugehistogram\nh_bucket{le=\"+Inf\"} 2\nh_gsum -1\nh_gcount 2\n# EOF\n",
		 "4: the sum is negative, but no bucket in the gaugehistogram \"h\""},
		{"# TYPE h gaugehistogram\nh_count 2\nh_bucket{le=\"+Inf\"} 2\n",
		 "3: more than one metric family has the name \"h_bucket\""},
	};

	(void)state;
	check_refusals(rows, N(rows), NAME_LEGACY);
}

/* They stand at counters and buckets, and are small. */
static void exemplars_are_strict(void **state)
{
	static const struct refusal rows[] = {
		{"g 1 # {} 1\n", "1: an exemplar has no place at \"g\""},
		{"# TYPE c counter\nc_created 1 # {} 1\n",
		 "2: an exemplar has no place at \"c_created\""},
		{"# TYPE c counter\nc_total 1 #{} 1\n", "2: expected ' ' after '#', found '{'"},
		{"# TYPE c counter\nc_total 1 # 1\n",
		 "2: expected '{' at start of exemplar, found '1'"},
		{"# TYPE c counter\nc_total 1 # {}\n",
		 "2: expected ' ' after the labels of an exemplar, found '\\n'"},
		{"# TYPE c counter\nc_total 1 # {} x\n",
		 "2: expected float as value of an exemplar, got \"x\""},
		{"# TYPE c counter\nc_total 1 # {} 1 x\n",
		 "2: expected time of an exemplar, got \"x\""},
		{"# TYPE c counter\nc_total 1 # {} 1 1 1\n",
		 "2: expected the end of the line, found ' '"},
		{"# TYPE c counter\nc_total 1 # {a=\"\",a=\"\"} 1\n",
		 "2: duplicate label names for metric \"c_total\""},
		{"# TYPE c counter\nc_total 1 # {\"c\"} 1\n",
		 "2: expected '=' after label name, found '}'"},
		{"# TYPE c counter\nc_total 1 # {a=\"" FORTY FORTY FORTY "12345678\"} 1\n",
		 "2: the labels of an exemplar have more than 128 characters: \"c_total\""},
	};

	(void)state;
	check_refusals(rows, N(rows), NAME_LEGACY);
}

/* 128 characters are not 128 bytes. */
static void exemplars_are_measured_in_characters(void **state)
{
	(void)state;
	check_text(SLICE("# TYPE c counter\nc_total 1 # {a=\"" FORTY FORTY FORTY
			 "123456\u00fc\"} 1\n# EOF\n"),
		   NAME_LEGACY,
		   SLICE("# TYPE c_total counter\nc_total{instance=\"\",job=\"x\"} 1\n"));
}

/* The store refuses what has them, with a sentence of its own. */
static void timestamps_are_noted(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, SLICE("# TYPE c counter\nc_total 1 1.5 # {} 1\n# EOF\n"), NAME_LEGACY,
	      &no_limits);
	assert_int_equal(p.code, ERR_NONE);
	assert_true(p.list.has_timestamps && p.list.first->first->has_timestamp);
	arena_free(&p.arena);
}

/* One over each limit of a push; the sentence names its flag. */
static void limits_are_kept(void **state)
{
	static const struct {
		const char *body;
		struct push_limits limits;
		const char *sentence;
	} rows[] = {
		{"a 1\nb 1\n",
		 {.families_max = 1},
		 "the push has more than 1 metric families (--push.max-families)"},
		{"# TYPE a gauge\n# TYPE b gauge\n",
		 {.families_max = 1},
		 "the push has more than 1 metric families (--push.max-families)"},
		{"a 1\na{b=\"c\"} 1\n",
		 {.series_max = 1},
		 "the push has more than 1 series (--push.max-series)"},
		{"# TYPE c counter\nc_total 1 # {} 1\n",
		 {.series_max = 1},
		 "the push has more than 1 series (--push.max-series)"},
		{"# TYPE s summary\ns{quantile=\"0\"} 1\ns{quantile=\"1\"} 1\n",
		 {.series_max = 2},
		 "the push has more than 2 series (--push.max-series)"},
		{"a{b=\"\",c=\"\"} 1\n",
		 {.labels_max = 1},
		 "the series in line 1 has more than 1 labels (--push.max-labels-per-series)"},
		{"# TYPE abc gauge\n",
		 {.name_bytes_max = 2},
		 "a name in line 1 has more than 2 bytes (--push.max-name-bytes)"},
		{"# TYPE c counter\nc_total 1\n",
		 {.name_bytes_max = 6},
		 "a name in line 2 has more than 6 bytes (--push.max-name-bytes)"},
		{"a{b=\"cd\"} 1\n",
		 {.value_bytes_max = 1},
		 "a label value or help text in line 1 has more than 1 bytes "
		 "(--push.max-value-bytes)"},
		{"# HELP a bc\n",
		 {.value_bytes_max = 1},
		 "a label value or help text in line 1 has more than 1 bytes "
		 "(--push.max-value-bytes)"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct parsed p;

		parse(&p, slice_of(rows[i].body), NAME_LEGACY, &rows[i].limits);
		assert_int_equal(p.code, ERR_TOO_BIG);
		assert_text(p.err.msg, slice_of(rows[i].sentence));
		arena_free(&p.arena);
	}
}

/* With any ceiling a body is accepted, or refused by the ceiling. */
static void memory_is_bounded(void **state)
{
	struct slice body =
		SLICE("# TYPE c counter\n# HELP c \\n\nc_total{a=\"\\n\"} 1 # {b=\"\"} 1\n"
		      "c_created{a=\"\\n\"} 1\n# TYPE s stateset\ns{s=\"a\"} 1\n"
		      "# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} 1\n"
		      "h_bucket{le=\"+Inf\"} 1\n# TYPE q summary\n"
		      "q{quantile=\"1\"} 1\nq{quantile=\"0\"} 1\n# EOF");
	size_t n_refused = 0;

	(void)state;
	for (size_t bytes_max = 0; bytes_max < 32768; bytes_max += 64) {
		struct family_list list;
		struct arena arena;
		struct err err;
		enum err_code code;

		arena_init(&arena, bytes_max);
		err = err_in(&arena);
		code = openmetrics_parse(body, NAME_LEGACY, &no_limits, &arena, &list, &err);
		assert_true(code == ERR_NONE || code == ERR_TOO_BIG);
		assert_true(arena.bytes_used <= bytes_max);
		n_refused += code == ERR_TOO_BIG;
		arena_free(&arena);
	}
	assert_true(n_refused > 0 && n_refused < 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_become_those_of_the_store),
		cmocka_unit_test(summaries_and_histograms_are_one_metric),
		cmocka_unit_test(units_are_kept),
		cmocka_unit_test(exemplars_and_creation_are_kept),
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(names_may_be_utf8),
		cmocka_unit_test(the_end_is_needed),
		cmocka_unit_test(lines_are_strict),
		cmocka_unit_test(metadata_are_strict),
		cmocka_unit_test(types_are_strict),
		cmocka_unit_test(exemplars_are_strict),
		cmocka_unit_test(exemplars_are_measured_in_characters),
		cmocka_unit_test(timestamps_are_noted),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
