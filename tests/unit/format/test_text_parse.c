/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentences are the reference's, to the byte: they are what its users read. */
#include "format/text_parse.h"

#include <stdio.h>

#include "../../expose.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_BYTES_MAX = 16 << 20 };

struct refusal {
	struct slice body, error; /* after "text format parsing error in " */
};

static enum err_code parse(struct slice body, const struct push_limits *limits, struct arena *arena,
			   struct family_list *list, struct err *err)
{
	arena_init(arena, ARENA_BYTES_MAX);
	*err = err_in(arena);
	return text_parse(body, NAME_LEGACY, limits, arena, list, err);
}

/* Every byte of a body is the last that may be read: ASan watches the copy's end. */
static char *exact_copy(struct slice body)
{
	char *copy = malloc(body.len);

	assert_true(copy != NULL || body.len == 0);
	if (body.len > 0)
		memcpy(copy, body.ptr, body.len);
	return copy;
}

static void check_refusals(const struct refusal *cases, size_t n, enum name_scheme scheme)
{
	for (size_t i = 0; i < n; i++) {
		char *body = exact_copy(cases[i].body);
		struct family_list list;
		struct arena arena;
		struct err err;

		arena_init(&arena, ARENA_BYTES_MAX);
		err = err_in(&arena);
		assert_int_equal(text_parse((struct slice){body, cases[i].body.len}, scheme,
					    &no_limits, &arena, &list, &err),
				 ERR_SYNTAX);
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_true(slice_starts(err.msg, SLICE("text format parsing error in ")));
		assert_text(slice_skip(err.msg, sizeof("text format parsing error in ") - 1),
			    cases[i].error);
		arena_free(&arena);
		free(body);
	}
}

/* HELP and TYPE lines have one metric name, come once, and TYPE before the samples. */
static void comments_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("# HELP m x\n"
		       "# HELP m y\n"),
		 SLICE("line 2: second HELP line for metric name \"m\"")},
		{SLICE("# HELP s_sum x\n"
		       "# TYPE s summary\n"
		       "# HELP s x\n"
		       "# HELP s_count y\n"
		       "# HELP s_sum z\n"),
		 SLICE("line 4: second HELP line for metric name \"s\"")},
		{SLICE("# TYPE m counter\n"
		       "# TYPE m counter\n"),
		 SLICE("line 2: second TYPE line for metric name \"m\", or TYPE reported after "
		       "samples")},
		{SLICE("m 1\n"
		       "# TYPE m counter\n"),
		 SLICE("line 2: second TYPE line for metric name \"m\", or TYPE reported after "
		       "samples")},
		{SLICE("# TYPE s summary\n"
		       "# TYPE s_sum gauge\n"),
		 SLICE("line 2: second TYPE line for metric name \"s\", or TYPE reported after "
		       "samples")},
		{SLICE("# TYPE m gauge \n"), SLICE("line 1: unknown metric type \"gauge \"")},
		{SLICE("# TYPE m unknown\n"), SLICE("line 1: unknown metric type \"unknown\"")},
		{SLICE("# TYPE m info x\n"), SLICE("line 1: unknown metric type \"info x\"")},
		{SLICE("# TYPE m g\\\\a\\uge\"\n"),
		 SLICE("line 1: unknown metric type \"gauge\\\"\"")},
		{SLICE("# TYPE 1 gauge\n"), SLICE("line 1: invalid metric name in comment")},
		{SLICE("# TYPE m{ gauge\n"), SLICE("line 1: invalid metric name in comment")},
		{SLICE("# HELP m\\x y\n"), SLICE("line 1: invalid metric name in comment")},
		{SLICE("# HELP \"m\"x y\n"), SLICE("line 1: invalid metric name in comment")},
		{SLICE("# HELP \"m.x\" y\n"), SLICE("line 1: invalid metric name \"m.x\"")},
		{SLICE("# HELP \"\" y\n"), SLICE("line 1: invalid metric name \"\"")},
		{SLICE("# TYPE \"a\\tb\" gauge\n"), SLICE("line 1: invalid escape sequence '\\t'")},
		{SLICE("# TYPE \"a\n"
		       "b\" gauge\n"),
		 SLICE("line 1: metric name \"a\" contains unescaped new-line")},
		{SLICE("\n"
		       " \n"
		       "# HELP m a\\tb\n"),
		 SLICE("line 3: invalid escape sequence '\\t'")},
		{SLICE("# HELP m a\\\xe4"
		       "b\n"),
		 SLICE("line 1: invalid escape sequence '\\\xc3\xa4'")},
		{SLICE("# HELP m a\\\n"), SLICE("line 1: invalid escape sequence '\\\n"
						"'")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* A metric name is of letters, digits, underscores and colons; what ends it early becomes the
 * value. */
static void names_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("m.n 1\n"), SLICE("line 1: expected float as value, got \".n\"")},
		{SLICE("m-n 1\n"), SLICE("line 1: expected float as value, got \"-n\"")},
		{SLICE("m\xc3\xa4 1\n"),
		 SLICE("line 1: expected float as value, got \"\xc3\xa4\"")},
		{SLICE("m\x00 1\n"), SLICE("line 1: expected float as value, got \"\\x00\"")},
		{SLICE("1m 1\n"), SLICE("line 1: invalid metric name")},
		{SLICE("{1m} 1\n"), SLICE("line 1: invalid label name for metric \"\"")},
		{SLICE("=\n"), SLICE("line 1: invalid metric name")},
		{SLICE("m\\ 1\n"), SLICE("line 1: expected float as value, got \"\\\\\"")},
		{SLICE("\"\" 1\n"), SLICE("line 1: invalid metric name")},
		{SLICE("\"m.x\" 1\n"), SLICE("line 1: invalid metric name \"m.x\"")},
		{SLICE("\"m\"x 1\n"), SLICE("line 1: expected float as value, got \"x\"")},
		{SLICE("m\"x\"y 1\n"), SLICE("line 1: expected float as value, got \"y\"")},
		{SLICE("\"m\\t\" 1\n"), SLICE("line 1: invalid escape sequence '\\t'")},
		{SLICE("\"m\\\n"), SLICE("line 1: invalid escape sequence '\\\n"
					 "'")},
		{SLICE("a\"m\\n\n"
		       "\" 1\n"),
		 SLICE("line 1: metric name \"am\\n\" contains unescaped new-line")},
		{SLICE("{\"m.x\",a=\"b\"} 1\n"), SLICE("line 1: invalid metric name \"m.x\"")},
		{SLICE("{\"m\n"
		       "x\"} 1\n"),
		 SLICE("line 1: label name \"m\" contains unescaped new-line")},
		{SLICE("m\x0b 1\n"), SLICE("line 1: expected float as value, got \"\\v\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* A label set is name="value" pairs with commas between, each name once. */
static void label_sets_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("m{a=\"b\",a=\"c\"} 1\n"),
		 SLICE("line 1: duplicate label names for metric \"m\"")},
		{SLICE("m{__name__=\"b\"} 1\n"),
		 SLICE("line 1: label name \"__name__\" is reserved")},
		{SLICE("m{\"__name__\"=\"b\"} 1\n"),
		 SLICE("line 1: label name \"__name__\" is reserved")},
		{SLICE("m{\"a.b\"=\"c\"} 1\n"), SLICE("line 1: invalid label name \"a.b\"")},
		{SLICE("m{\"\"=\"c\"} 1\n"), SLICE("line 1: invalid label name for metric \"m\"")},
		{SLICE("m{1a=\"b\"} 1\n"), SLICE("line 1: invalid label name for metric \"m\"")},
		{SLICE("m{\xc3\xa4=\"b\"} 1\n"),
		 SLICE("line 1: invalid label name for metric \"m\"")},
		{SLICE("m{,} 1\n"), SLICE("line 1: invalid label name for metric \"m\"")},
		{SLICE("m{a=\"b\",,} 1\n"), SLICE("line 1: invalid label name for metric \"m\"")},
		{SLICE("m{a} 1\n"), SLICE("line 1: expected '=' after label name, found '}'")},
		{SLICE("m{a } 1\n"), SLICE("line 1: expected '=' after label name, found '}'")},
		{SLICE("m{a,b=\"c\"} 1\n"),
		 SLICE("line 1: expected '=' after label name, found ','")},
		{SLICE("m{\"a\"b=\"c\"} 1\n"),
		 SLICE("line 1: expected '=' after label name, found 'b'")},
		{SLICE("m{a''} 1\n"), SLICE("line 1: expected '=' after label name, found '\\''")},
		{SLICE("m{a\xc3=\"b\"} 1\n"),
		 SLICE("line 1: expected '=' after label name, found '\xc3\x83'")},
		{SLICE("m{a\x01=\"b\"} 1\n"),
		 SLICE("line 1: expected '=' after label name, found '\\x01'")},
		{SLICE("m{a=b} 1\n"),
		 SLICE("line 1: expected '\"' at start of label value, found 'b'")},
		{SLICE("m{a=\n"
		       "} 1\n"),
		 SLICE("line 1: expected '\"' at start of label value, found '\\n'")},
		{SLICE("m{a=\"b\n"
		       "c\"} 1\n"),
		 SLICE("line 1: label value \"b\" contains unescaped new-line")},
		{SLICE("m{a=\"b\\\"\\n\n"
		       "c\"} 1\n"),
		 SLICE("line 1: label value \"b\\\"\\n\" contains unescaped new-line")},
		{SLICE("m{a=\"b\\tc\"} 1\n"), SLICE("line 1: invalid escape sequence '\\t'")},
		{SLICE("m{a=\"b\\\xff"
		       "c\"} 1\n"),
		 SLICE("line 1: invalid escape sequence '\\\xc3\xbf'")},
		{SLICE("m{a=\"\xff\"} 1\n"), SLICE("line 1: invalid label value \"\\xff\"")},
		{SLICE("m{a=\"b\"x} 1\n"), SLICE("line 1: unexpected end of label value \"b\"")},
		{SLICE("m{a=\"b\" c=\"d\"} 1\n"),
		 SLICE("line 1: unexpected end of label value \"b\"")},
		{SLICE("m{a=\"b\"\n"), SLICE("line 1: unexpected end of label value \"b\"")},
		{SLICE("m{\"a\n"
		       "b\"=\"c\"} 1\n"),
		 SLICE("line 1: label name \"a\" contains unescaped new-line")},
		{SLICE("m{\"a\\tb\"=\"c\"} 1\n"), SLICE("line 1: invalid escape sequence '\\t'")},
		{SLICE("m{a:b=\"c\"} 1\n"),
		 SLICE("line 1: expected '=' after label name, found ':'")},
		{SLICE("m{\n"), SLICE("line 1: invalid label name for metric \"m\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* Braces may hold the metric name instead, once, and must hold it if nothing stands before them. */
static void names_in_braces_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("{} 1\n"), SLICE("line 1: invalid metric name")},
		{SLICE("# a comment\n"
		       "{} 1\n"),
		 SLICE("line 2: invalid metric name")},
		{SLICE("{a=\"b\"} 1\n"), SLICE("line 1: invalid metric name")},
		{SLICE("{m,n} 1\n"), SLICE("line 1: multiple metric names for metric \"m\"")},
		{SLICE("{m,a=\"b\",\"n\"} 1\n"),
		 SLICE("line 1: multiple metric names for metric \"m\"")},
		{SLICE("{m n} 1\n"), SLICE("line 1: unexpected end of metric name 'n'")},
		{SLICE("{m'} 1\n"), SLICE("line 1: unexpected end of metric name '\\''")},
		{SLICE("{a=\"b\",\"m\" 1\n"), SLICE("line 1: unexpected end of metric name '1'")},
		{SLICE("{:m} 1\n"), SLICE("line 1: invalid label name for metric \"\"")},
		{SLICE("{m:n} 1\n"), SLICE("line 1: unexpected end of metric name ':'")},
		{SLICE("{m,,} 1\n"), SLICE("line 1: invalid label name for metric \"m\"")},
		{SLICE("{m,a=\"1\",a=\"2\"} 1\n"),
		 SLICE("line 1: duplicate label names for metric \"m\"")},
		{SLICE("{a=\"1\",m,a=\"2\"} 1\n"),
		 SLICE("line 1: duplicate label names for metric \"m\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* A value is one decimal number up to a blank or the end of the line. */
static void values_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("m\n"), SLICE("line 1: expected float as value, got \"\"")},
		{SLICE("m \n"), SLICE("line 1: expected float as value, got \"\"")},
		{SLICE("m{a=\"b\"}\n"), SLICE("line 1: expected float as value, got \"\"")},
		{SLICE("m x\n"), SLICE("line 1: expected float as value, got \"x\"")},
		{SLICE("m 0x10\n"), SLICE("line 1: expected float as value, got \"0x10\"")},
		{SLICE("m 0x1p3\n"), SLICE("line 1: expected float as value, got \"0x1p3\"")},
		{SLICE("m 1_0\n"), SLICE("line 1: expected float as value, got \"1_0\"")},
		{SLICE("m 1e309\n"), SLICE("line 1: expected float as value, got \"1e309\"")},
		{SLICE("m 1d\n"), SLICE("line 1: expected float as value, got \"1d\"")},
		{SLICE("m 1,5\n"), SLICE("line 1: expected float as value, got \"1,5\"")},
		{SLICE("m e3\n"), SLICE("line 1: expected float as value, got \"e3\"")},
		{SLICE("m +NaN\n"), SLICE("line 1: expected float as value, got \"+NaN\"")},
		{SLICE("m 1\r\n"), SLICE("line 1: expected float as value, got \"1\\r\"")},
		{SLICE("m \"\\\n"), SLICE("line 1: expected float as value, got \"\\\"\\\\\"")},
		{SLICE("m \xff\xc3\xa4\xe2\x80\x8b\xf3\xa0\x80\x81\x07\n"),
		 SLICE("line 1: expected float as value, got "
		       "\"\\xff\xc3\xa4\\u200b\\U000e0001\\a\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* After a value and a blank comes an integer and nothing else. */
static void timestamps_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("m 1 \n"), SLICE("line 1: expected integer as timestamp, got \"\"")},
		{SLICE("m 1\t\n"), SLICE("line 1: expected integer as timestamp, got \"\"")},
		{SLICE("m 1 1.5\n"), SLICE("line 1: expected integer as timestamp, got \"1.5\"")},
		{SLICE("m 1 #\n"), SLICE("line 1: expected integer as timestamp, got \"#\"")},
		{SLICE("m 1 9223372036854775808\n"),
		 SLICE("line 1: expected integer as timestamp, got \"9223372036854775808\"")},
		{SLICE("m 1 2 \n"), SLICE("line 1: spurious string after timestamp: \" \"")},
		{SLICE("m 1 2 3\n"), SLICE("line 1: spurious string after timestamp: \" 3\"")},
		{SLICE("m 1 2 a\\b\"\n"),
		 SLICE("line 1: spurious string after timestamp: \" ab\\\"\"")},
		{SLICE("m 1 \\\n"), SLICE("line 1: expected integer as timestamp, got \"\\\\\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* Quantiles and bounds are numbers; populations are not negative. */
static void quantiles_and_buckets_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("# TYPE s summary\n"
		       "s{quantile=\"x\"} 1\n"),
		 SLICE("line 2: expected float as value for 'quantile' label, got \"x\"")},
		{SLICE("# TYPE s summary\n"
		       "s{quantile=\"\"} 1\n"),
		 SLICE("line 2: expected float as value for 'quantile' label, got \"\"")},
		{SLICE("# TYPE s summary\n"
		       "s_sum{quantile=\"0x1\"} 1\n"),
		 SLICE("line 2: expected float as value for 'quantile' label, got \"0x1\"")},
		{SLICE("# TYPE s summary\n"
		       "s{le=\"1\",le=\"2\"} 1\n"),
		 SLICE("line 2: duplicate label names for metric \"s\"")},
		{SLICE("# TYPE h histogram\n"
		       "h_bucket{le=\"x\"} 1\n"),
		 SLICE("line 2: expected float as value for 'le' label, got \"x\"")},
		{SLICE("# TYPE h histogram\n"
		       "h{quantile=\"1\",quantile=\"2\"} 1\n"),
		 SLICE("line 2: duplicate label names for metric \"h\"")},
		{SLICE("# TYPE h histogram\n"
		       "h_bucket{a=\"1\",le=\"2\",a=\"2\"} 1\n"),
		 SLICE("line 2: duplicate label names for metric \"h\"")},
		{SLICE("# TYPE h histogram\n"
		       "h_count -1\n"),
		 SLICE("line 2: negative count for histogram \"h\"")},
		{SLICE("# TYPE h gaugehistogram\n"
		       "h_count -0.5\n"),
		 SLICE("line 2: negative count for histogram \"h\"")},
		{SLICE("# TYPE h histogram\n"
		       "h_bucket{le=\"1\"} -1\n"),
		 SLICE("line 2: negative bucket population for histogram \"h\"")},
		{SLICE("# TYPE h gauge_histogram\n"
		       "h{le=\"1\"} -Inf\n"),
		 SLICE("line 2: negative bucket population for histogram \"h\"")},
		{SLICE("# TYPE h histogram\n"
		       "{le=\"x\",h_bucket} 1\n"),
		 SLICE("line 2: expected float as value for 'le' label, got \"x\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* The last line, too, ends in a newline; whatever it is in the middle of. */
static void the_end_comes_too_early(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("m 1"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m "), SLICE("line 1: unexpected end of input stream")},
		{SLICE("\"m"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("\"\""), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a="), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\""), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\"b"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\"b\\"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\"b\""), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\"b\","), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\"b\"}"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m{a=\"b\"} "), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m 1 "), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m 1 2"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("#"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("#a"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# EOF"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# HELP"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# HELP m"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# HELP m "), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# HELP m x"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# HELP m x\\"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("# TYPE m gauge"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("{"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("{m"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("{m}"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("{m,"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("{\"m\"} 1"), SLICE("line 1: unexpected end of input stream")},
		{SLICE("m 1\n"
		       "m{b=\"c\"} 1\n"
		       "\n"
		       "#"),
		 SLICE("line 4: unexpected end of input stream")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_LEGACY);
}

/* With UTF-8 names, only what is no UTF-8 or empty is no name. */
static void utf8_names_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{SLICE("\"\\\"\xff\" 1\n"), SLICE("line 1: invalid metric name \"\\\"\\xff\"")},
		{SLICE("# HELP \"\" x\n"), SLICE("line 1: invalid metric name \"\"")},
		{SLICE("m{\"\xc3\"=\"x\"} 1\n"), SLICE("line 1: invalid label name \"\\xc3\"")},
		{SLICE("m{\"a\"=\"\xc3\"} 1\n"), SLICE("line 1: invalid label value \"\\xc3\"")},
		{SLICE("m.x 1\n"), SLICE("line 1: expected float as value, got \".x\"")},
	};

	(void)state;
	check_refusals(cases, N(cases), NAME_UTF8);
}

/* Of more labels than are compared as they come, a name that comes twice is found as well. */
static void a_repeated_label_is_found_among_many(void **state)
{
	(void)state;
	for (int n = 2; n < 200; n += 3) {
		for (int repeated = 0; repeated < n; repeated += 1 + n / 5) {
			char body[4000];
			int len = snprintf(body, sizeof(body), "m{");
			struct family_list list;
			struct arena arena;
			struct err err;

			for (int i = 0; i < n; i++)
				len += snprintf(body + len, sizeof(body) - (size_t)len, "l%d=\"\",",
						i * 7 % 211);
			(void)snprintf(body + len, sizeof(body) - (size_t)len, "} 1\n");
			assert_int_equal(parse(slice_of(body), &no_limits, &arena, &list, &err),
					 ERR_NONE);
			assert_int_equal(list.first->first->n_labels, n);
			arena_free(&arena);
			(void)snprintf(body + len, sizeof(body) - (size_t)len, "l%d=\"\"} 1\n",
				       repeated * 7 % 211);
			assert_int_equal(parse(slice_of(body), &no_limits, &arena, &list, &err),
					 ERR_SYNTAX);
			assert_text(err.msg, SLICE("text format parsing error in line 1: duplicate "
						   "label names for metric \"m\""));
			arena_free(&arena);
		}
	}
}

/* A timestamp is understood; that it is not welcome is said elsewhere. */
static void timestamps_are_noted(void **state)
{
	struct family_list list;
	struct arena arena;
	struct err err;

	(void)state;
	assert_int_equal(parse(SLICE("m 1 \t -5\nn 1\n"), &no_limits, &arena, &list, &err),
			 ERR_NONE);
	assert_true(list.has_timestamps);
	assert_true(list.first->first->has_timestamp);
	assert_false(list.first->next->first->has_timestamp);
	arena_free(&arena);
	assert_int_equal(parse(SLICE("m 1\n"), &no_limits, &arena, &list, &err), ERR_NONE);
	assert_false(list.has_timestamps);
	arena_free(&arena);
}

/* Families and metrics stand in the order of the body; those without samples are gone. */
static void the_order_of_the_body_is_kept(void **state)
{
	struct family_list list;
	struct arena arena;
	struct err err;

	(void)state;
	assert_int_equal(parse(SLICE("z 1\n# TYPE y gauge\na 2\nz{b=\"c\"} 3\n# HELP a text\n"),
			       &no_limits, &arena, &list, &err),
			 ERR_NONE);
	assert_int_equal(list.n_families, 2);
	assert_int_equal(list.n_metrics, 3);
	assert_text(list.first->name, SLICE("z"));
	assert_false(list.first->has_help);
	assert_int_equal(list.first->n_metrics, 2);
	assert_true(list.first->first->value == 1 && list.first->first->next->value == 3);
	assert_text(list.first->first->next->labels[0].value, SLICE("c"));
	assert_text(list.first->next->name, SLICE("a"));
	assert_true(list.first->next->has_help);
	assert_text(list.first->next->help, SLICE("text"));
	assert_null(list.first->next->next);
	arena_free(&arena);
}

/* What a body lacks of a summary or histogram is remembered for the debug text. */
static void missing_counts_and_sums_are_remembered(void **state)
{
	struct family_list list;
	struct arena arena;
	struct err err;
	const struct metric *metric;

	(void)state;
	assert_int_equal(parse(SLICE("# TYPE s summary\ns_sum{a=\"1\"} 0\ns_count{a=\"2\"} 0\n"
				     "s_count{a=\"1\"} 1\n"),
			       &no_limits, &arena, &list, &err),
			 ERR_NONE);
	metric = list.first->first;
	assert_false(metric->lacks_sum || metric->lacks_count);
	metric = metric->next;
	assert_true(metric->lacks_sum && !metric->lacks_count);
	arena_free(&arena);
}

/* Plain text is not copied: it points into the body. */
static void slices_point_into_the_body(void **state)
{
	const struct slice body = SLICE("# HELP m help\n\"m\"{a=\"b\",\"c\"=\"\\\\\"} 1\n");
	const char *end = body.ptr + body.len;
	struct family_list list;
	struct arena arena;
	struct err err;
	const struct label *labels;

	(void)state;
	assert_int_equal(parse(body, &no_limits, &arena, &list, &err), ERR_NONE);
	labels = list.first->first->labels;
	assert_true(list.first->name.ptr >= body.ptr && list.first->name.ptr < end);
	assert_true(list.first->help.ptr >= body.ptr && list.first->help.ptr < end);
	assert_true(labels[0].value.ptr >= body.ptr && labels[0].value.ptr < end);
	assert_true(labels[1].name.ptr >= body.ptr && labels[1].name.ptr < end);
	assert_false(labels[1].value.ptr >= body.ptr && labels[1].value.ptr < end);
	arena_free(&arena);
}

static const struct {
	struct push_limits limits;
	struct slice fits, over, error;
} limit_cases[] = {
	{{.families_max = 2},
	 SLICE("a 1\nb 1\na 2\n"),
	 SLICE("a 1\nb 1\nc 1\n"),
	 SLICE("the push has more than 2 metric families (--push.max-families)")},
	{{.families_max = 1},
	 SLICE("a 1\n"),
	 SLICE("a 1\n# HELP b x\n"),
	 SLICE("the push has more than 1 metric families (--push.max-families)")},
	{{.series_max = 2},
	 SLICE("a 1\na 1\n"),
	 SLICE("a 1\nb 1\na 1\n"),
	 SLICE("the push has more than 2 series (--push.max-series)")},
	{{.series_max = 2},
	 SLICE("# TYPE s summary\ns{quantile=\"1\"} 1\ns_sum 1\n"),
	 SLICE("# TYPE s summary\ns{quantile=\"1\"} 1\ns{quantile=\"2\"} 1\n"),
	 SLICE("the push has more than 2 series (--push.max-series)")},
	{{.series_max = 2},
	 SLICE("# TYPE h histogram\nh{le=\"1\"} 1\nh_sum 1\n"),
	 SLICE("# TYPE h histogram\nh{le=\"1\"} 1\nh{le=\"2\"} 1\n"),
	 SLICE("the push has more than 2 series (--push.max-series)")},
	{{.labels_max = 2},
	 SLICE("a{b=\"\",c=\"\"} 1\na{d=\"\"} 1\n"),
	 SLICE("\na{b=\"\",c=\"\",d=\"\"} 1\n"),
	 SLICE("the series in line 2 has more than 2 labels "
	       "(--push.max-labels-per-series)")},
	{{.labels_max = 1},
	 SLICE("# TYPE s summary\ns{quantile=\"1\"} 1\n"),
	 SLICE("# TYPE s summary\ns{quantile=\"1\",a=\"\"} 1\n"),
	 SLICE("the series in line 2 has more than 1 labels "
	       "(--push.max-labels-per-series)")},
	{{.name_bytes_max = 3},
	 SLICE("\"abc\"{\"def\"=\"abcd\"} 1\n"),
	 SLICE("abcd 1\n"),
	 SLICE("a name in line 1 has more than 3 bytes (--push.max-name-bytes)")},
	{{.name_bytes_max = 3},
	 SLICE("# HELP abc abcd\n"),
	 SLICE("a{abcd=\"\"} 1\n"),
	 SLICE("a name in line 1 has more than 3 bytes (--push.max-name-bytes)")},
	{{.name_bytes_max = 3},
	 SLICE("abc{abc=\"abcd\"} 1\n"),
	 SLICE("# TYPE abcd gauge\n"),
	 SLICE("a name in line 1 has more than 3 bytes (--push.max-name-bytes)")},
	{{.value_bytes_max = 3},
	 SLICE("abcd{abcd=\"abc\"} 1\n"),
	 SLICE("a{b=\"abcd\"} 1\n"),
	 SLICE("a label value or help text in line 1 has more than 3 bytes "
	       "(--push.max-value-bytes)")},
	{{.value_bytes_max = 3},
	 SLICE("# HELP a \\\\bc\n"),
	 SLICE("# HELP a abcd\n"),
	 SLICE("a label value or help text in line 1 has more than 3 bytes "
	       "(--push.max-value-bytes)")},
};

/* At a limit a push passes, one over it the error names the limit and its flag. */
static void limits_are_kept_and_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(limit_cases); i++) {
		struct family_list list;
		struct arena arena;
		struct err err;

		assert_int_equal(
			parse(limit_cases[i].fits, &limit_cases[i].limits, &arena, &list, &err),
			ERR_NONE);
		arena_free(&arena);
		assert_int_equal(
			parse(limit_cases[i].over, &limit_cases[i].limits, &arena, &list, &err),
			ERR_TOO_BIG);
		assert_text(err.msg, limit_cases[i].error);
		arena_free(&arena);
	}
}

/* Under any ceiling the parser ends with the families or with a clean refusal. */
static void any_ceiling_is_kept(void **state)
{
	const struct slice body = SLICE("# HELP h a\\nb\n# TYPE h histogram\n"
					"h_bucket{le=\"1\",a=\"\\\\\"} 1\nh_bucket{le=\"2\"} 2.5\n"
					"\"x\\\\y\" 1\n");
	size_t n_refused = 0, step = 8;

	(void)state;
	for (size_t bytes_max = 0;; bytes_max += step) {
		struct arena arena;
		struct err err;
		struct family_list list;
		enum err_code code;

		arena_init(&arena, bytes_max);
		err = err_in(&arena);
		code = text_parse(body, NAME_UTF8, &no_limits, &arena, &list, &err);
		assert_true(arena.bytes_used <= bytes_max);
		arena_free(&arena);
		if (code == ERR_NONE)
			break;
		assert_int_equal(code, ERR_TOO_BIG);
		n_refused++;
	}
	assert_true(n_refused > 100);
}

/* An error that quotes a long text is as long as the arena allows and no longer. */
static void long_errors_are_bounded(void **state)
{
	enum { TOKEN_BYTES = 100000 };
	char *body = malloc(TOKEN_BYTES + 3);

	(void)state;
	assert_non_null(body);
	memcpy(body, "m ", 2);
	memset(body + 2, 1, TOKEN_BYTES);
	body[TOKEN_BYTES + 2] = '\n';
	for (size_t bytes_max = 1 << 10; bytes_max <= 4 << 20; bytes_max *= 2) {
		struct arena arena;
		struct err err;
		struct family_list list;
		enum err_code code;

		arena_init(&arena, bytes_max);
		err = err_in(&arena);
		code = text_parse((struct slice){body, TOKEN_BYTES + 3}, NAME_LEGACY, &no_limits,
				  &arena, &list, &err);
		assert_true(code == ERR_SYNTAX || code == ERR_TOO_BIG);
		assert_true(arena.bytes_used <= bytes_max);
		assert_true(err.msg.len <= bytes_max);
		assert_int_equal(err.msg.len > 4 * TOKEN_BYTES, bytes_max > 5 * TOKEN_BYTES);
		arena_free(&arena);
	}
	free(body);
}

/* Ten thousand families and as many merged series are found by hash: this test ends. */
static void many_families_and_series_are_found(void **state)
{
	enum { MANY = 10000, LINE_BYTES = 64 };
	char *body = malloc((size_t)MANY * 4 * LINE_BYTES);
	struct family_list list;
	struct arena arena;
	struct err err;
	size_t len = 0;

	(void)state;
	assert_non_null(body);
	len += (size_t)snprintf(body, LINE_BYTES, "# TYPE h histogram\n");
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++)
			len += (size_t)snprintf(body + len, (size_t)2 * LINE_BYTES,
						"m%d{a=\"b\"} 1\nh_bucket{le=\"%d\",i=\"%d\"} 1\n",
						i, round, i);
	}
	assert_int_equal(parse((struct slice){body, len}, &no_limits, &arena, &list, &err),
			 ERR_NONE);
	assert_int_equal(list.n_families, MANY + 1);
	assert_int_equal(list.n_metrics, 3 * MANY);
	assert_int_equal(list.first->n_metrics, MANY);
	for (const struct metric *metric = list.first->first; metric != NULL; metric = metric->next)
		assert_int_equal(metric->n_points, 2);
	arena_free(&arena);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_are_refused),
		cmocka_unit_test(names_are_refused),
		cmocka_unit_test(label_sets_are_refused),
		cmocka_unit_test(names_in_braces_are_refused),
		cmocka_unit_test(values_are_refused),
		cmocka_unit_test(timestamps_are_refused),
		cmocka_unit_test(quantiles_and_buckets_are_refused),
		cmocka_unit_test(the_end_comes_too_early),
		cmocka_unit_test(utf8_names_are_refused),
		cmocka_unit_test(a_repeated_label_is_found_among_many),
		cmocka_unit_test(timestamps_are_noted),
		cmocka_unit_test(the_order_of_the_body_is_kept),
		cmocka_unit_test(missing_counts_and_sums_are_remembered),
		cmocka_unit_test(slices_point_into_the_body),
		cmocka_unit_test(limits_are_kept_and_named),
		cmocka_unit_test(any_ceiling_is_kept),
		cmocka_unit_test(long_errors_are_bounded),
		cmocka_unit_test(many_families_and_series_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
