/* SPDX-License-Identifier: Apache-2.0
 *
 * What was pushed as protobuf or text, as OpenMetrics. */
#include "../../expose_openmetrics.h"
#include "../../wire_text.h"
#include "../cm.h"
#include "format/protobuf_parse.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define GROUP "instance=\"\",job=\"x\""
#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

enum { ARENA_BYTES_MAX = 1 << 20 };

static void check_list(const struct family_list *list, enum escaping escaping, struct arena *arena,
		       const char *want)
{
	struct buf out;

	buf_init(&out, ARENA_BYTES_MAX);
	expose_openmetrics_families(list, escaping, arena, &out);
	assert_true(buf_ok(&out));
	assert_text(buf_slice(&out), slice_of(want));
	buf_free(&out);
}

/* One message, written as in wire_text.h. */
static void check_protobuf(const char *text, enum escaping escaping, const char *want)
{
	struct family_list list;
	struct arena arena;
	struct buf body;
	struct err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	buf_init(&body, ARENA_BYTES_MAX);
	err = err_in(&arena);
	wire_text_delimited(&body, text);
	if (protobuf_parse(buf_slice(&body), &no_limits, &arena, &list, &err) != ERR_NONE)
		fail_msg("%s: %.*s", text, SLICE_ARG(err.msg));
	check_list(&list, escaping, &arena, want);
	buf_free(&body);
	arena_free(&arena);
}

static void check_text(const char *text, enum escaping escaping, const char *want)
{
	struct family_list list;
	struct arena arena;
	struct err err;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	if (text_parse(slice_of(text), NAME_UTF8, &no_limits, &arena, &list, &err) != ERR_NONE)
		fail_msg("%s: %.*s", text, SLICE_ARG(err.msg));
	check_list(&list, escaping, &arena, want);
	arena_free(&arena);
}

struct row {
	const char *pushed, *shown;
};

/* Each has a point or an exponent, or no digits at all. */
static void floats_look_like_floats(void **state)
{
	static const struct row rows[] = {
		{"0", "0.0"},           {"-0", "0.0"},
		{"1", "1.0"},           {"-1", "-1.0"},
		{"17", "17.0"},         {"0.5", "0.5"},
		{"999999", "999999.0"}, {"1000000", "1e+06"},
		{"1e-5", "1e-05"},      {"123456.5", "123456.5"},
		{"nan", "NaN"},         {"inf", "+Inf"},
		{"-inf", "-Inf"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[64], want[128];

		(void)snprintf(text, sizeof(text), "g %s\n", rows[i].pushed);
		(void)snprintf(want, sizeof(want), "# TYPE g unknown\ng{" GROUP "} %s\n# EOF\n",
			       rows[i].shown);
		check_text(text, ESCAPING_UNDERSCORES, want);
	}
}

/* The series of text pushes have the names that text format gives them; a counter of another name
 * is unknown to OpenMetrics. */
static void names_are_those_of_text(void **state)
{
	static const struct row rows[] = {
		{"# TYPE c_total counter\n# HELP c_total \"a\"\\\\\nc_total 1\n",
		 "# HELP c \\\"a\\\"\\\\\n# TYPE c counter\nc_total{" GROUP "} 1.0\n# EOF\n"},
		{"# TYPE c counter\nc 1\n", "# TYPE c unknown\nc{" GROUP "} 1.0\n# EOF\n"},
		{"# TYPE _total counter\n_total 1\n",
		 "# TYPE _total unknown\n_total{" GROUP "} 1.0\n# EOF\n"},
		{"# TYPE s summary\ns{quantile=\"1\"} 2\ns_count 3\n",
		 "# TYPE s summary\ns{" GROUP ",quantile=\"1.0\"} 2.0\ns_sum{" GROUP "} 0.0\n"
		 "s_count{" GROUP "} 3\n# EOF\n"},
		{"# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_count 3\nh_sum 4\n",
		 "# TYPE h histogram\nh_bucket{" GROUP ",le=\"1.0\"} 2\n"
		 "h_bucket{" GROUP ",le=\"+Inf\"} 3\nh_sum{" GROUP "} 4.0\nh_count{" GROUP
		 "} 3\n# EOF\n"},
		{"# TYPE h histogram\nh_bucket{le=\"1\"} 2.5\nh_count 3\nh_sum 4\n",
		 "# TYPE h histogram\nh_bucket{" GROUP ",le=\"1.0\"} 2.5\n"
		 "h_bucket{" GROUP ",le=\"+Inf\"} 3.0\nh_sum{" GROUP "} 4.0\nh_count{" GROUP
		 "} 3.0\n# EOF\n"},
		{"# TYPE h gaugehistogram\nh_bucket{le=\"+Inf\"} 3\nh_count 3\nh_sum 4\n",
		 "# TYPE h gaugehistogram\nh_bucket{" GROUP ",le=\"+Inf\"} 3\nh_gsum{" GROUP
		 "} 4.0\nh_gcount{" GROUP "} 3\n# EOF\n"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check_text(rows[i].pushed, ESCAPING_UNDERSCORES, rows[i].shown);
}

/* Of protobuf: at counters and buckets, with their times to the nanosecond. */
static void exemplars_and_creation_are_shown(void **state)
{
	static const struct row rows[] = {
		{"1:\"c_total\" 4:{3:{1:2d 2:{1:{1:\"a\" 2:\"b\"} 2:0.5d 3:{1:17 2:500}} 3:{1:9}}}",
		 "# TYPE c counter\nc_total{" GROUP "} 2.0 # {a=\"b\"} 0.5 17.0000005\n"
		 "c_created{" GROUP "} 9.0\n# EOF\n"},
		{"1:\"c\" 4:{3:{1:2d 2:{2:0.5d} 3:{1:9}}}",
		 "# TYPE c unknown\nc{" GROUP "} 2.0\n# EOF\n"},
		{"1:\"s\" 3:2 4:{4:{1:2 2:1d 4:{1:-2 2:500000000}}}",
		 "# TYPE s summary\ns_sum{" GROUP "} 1.0\ns_count{" GROUP "} 2\ns_created{" GROUP
		 "} -1.5\n# EOF\n"},
		{"1:\"h\" 3:4 4:{7:{1:3 2:1d 3:{1:1 2:1d} 3:{1:2 2:2d 3:{2:1.5d}} 15:{}}}",
		 "# TYPE h histogram\nh_bucket{" GROUP ",le=\"1.0\"} 1\n"
		 "h_bucket{" GROUP ",le=\"2.0\"} 2 # {} 1.5\nh_bucket{" GROUP ",le=\"+Inf\"} 3\n"
		 "h_sum{" GROUP "} 1.0\nh_count{" GROUP "} 3\nh_created{" GROUP "} 0.0\n# EOF\n"},
		{"1:\"h\" 3:5 4:{7:{1:3 2:1d 3:{1:2 2:2d 3:{2:1.5d}} 15:{}}}",
		 "# TYPE h gaugehistogram\nh_bucket{" GROUP ",le=\"2.0\"} 2 # {} 1.5\n"
		 "h_bucket{" GROUP ",le=\"+Inf\"} 3\nh_gsum{" GROUP "} 1.0\nh_gcount{" GROUP
		 "} 3\n# EOF\n"},
		{"1:\"g\" 3:1 4:{}", "# TYPE g gauge\ng{" GROUP "} 0.0\n# EOF\n"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check_protobuf(rows[i].pushed, ESCAPING_UNDERSCORES, rows[i].shown);
}

/* Labels that are too long, are no UTF-8, have no name or come twice; times of no calendar. */
static void what_cannot_be_said_is_left_out(void **state)
{
	static const char *const exemplars[] = {
		"1:{1:\"a\" 2:\"" FORTY FORTY FORTY "12345678\"}",
		"1:{1:\"a\" 2:\"\\xff\"}",
		"1:{1:\"\\xff\" 2:\"a\"}",
		"1:{2:\"a\"}",
		"1:{1:\"a\" 2:\"b\"} 1:{1:\"b\" 2:\"b\"} 1:{1:\"a\" 2:\"c\"}",
		"3:{2:-1}",
		"3:{2:1000000000}",
		"3:{1:253402300800}",
	};

	(void)state;
	for (size_t i = 0; i < N(exemplars); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text),
			       "1:\"c_total\" 4:{3:{1:2d 2:{%s} 3:{1:-62135596801}}}",
			       exemplars[i]);
		check_protobuf(text, ESCAPING_UNDERSCORES,
			       "# TYPE c counter\nc_total{" GROUP "} 2.0\n# EOF\n");
	}
	check_protobuf("1:\"c_total\" 4:{3:{1:2d 2:{1:{1:\"a\" 2:\"" FORTY FORTY FORTY
		       "1234567\"}}}}",
		       ESCAPING_UNDERSCORES,
		       "# TYPE c counter\nc_total{" GROUP "} 2.0 # {a=\"" FORTY FORTY FORTY
		       "1234567\"} 0.0\n# EOF\n");
}

/* A counter's _total is looked for in the escaped name, as in client_golang. */
static void names_are_escaped(void **state)
{
	static const struct {
		const char *pushed;
		enum escaping escaping;
		const char *shown;
	} rows[] = {
		{"1:\"a.b_total\" 2:\"h\" 4:{1:{1:\"c.d\" 2:\"e\"} 3:{1:2d 2:{1:{1:\"f.g\"}} "
		 "3:{}}}",
		 ESCAPING_ALLOW_UTF8,
		 "# HELP \"a.b\" h\n# TYPE \"a.b\" counter\n"
		 "{\"a.b_total\",\"c.d\"=\"e\"," GROUP "} 2.0 # {\"f.g\"=\"\"} 0.0\n"
		 "{\"a.b_created\",\"c.d\"=\"e\"," GROUP "} 0.0\n# EOF\n"},
		{"1:\"a.b_total\" 4:{1:{1:\"c.d\" 2:\"e\"} 3:{1:2d 2:{1:{1:\"f.g\"}} 3:{}}}",
		 ESCAPING_UNDERSCORES,
		 "# TYPE a_b counter\na_b_total{c_d=\"e\"," GROUP "} 2.0 # {f_g=\"\"} 0.0\n"
		 "a_b_created{c_d=\"e\"," GROUP "} 0.0\n# EOF\n"},
		{"1:\"a.b_total\" 4:{3:{1:2d 3:{}}}", ESCAPING_DOTS,
		 "# TYPE a_dot_b_ counter\na_dot_b__total{" GROUP "} 2.0\na_dot_b__created{" GROUP
		 "} 0.0\n# EOF\n"},
		{"1:\"a.b_total\" 4:{3:{1:2d}}", ESCAPING_VALUES,
		 "# TYPE U__a_2e_b_ counter\nU__a_2e_b__total{" GROUP "} 2.0\n# EOF\n"},
		{"1:\"a.total\" 4:{3:{1:2d}}", ESCAPING_ALLOW_UTF8,
		 "# TYPE \"a.total\" unknown\n{\"a.total\"," GROUP "} 2.0\n# EOF\n"},
		{"1:\"a.total\" 4:{3:{1:2d}}", ESCAPING_UNDERSCORES,
		 "# TYPE a counter\na_total{" GROUP "} 2.0\n# EOF\n"},
		{"1:\"a.xtotal\" 4:{3:{1:2d}}", ESCAPING_UNDERSCORES,
		 "# TYPE a_xtotal unknown\na_xtotal{" GROUP "} 2.0\n# EOF\n"},
		{"1:\"\\xc3\\xa9total\" 4:{3:{1:2d}}", ESCAPING_UNDERSCORES,
		 "# TYPE _total unknown\n_total{" GROUP "} 2.0\n# EOF\n"},
		{"1:\"h.h\" 3:4 4:{7:{1:3 2:1d}}", ESCAPING_ALLOW_UTF8,
		 "# TYPE \"h.h\" histogram\n{\"h.h_bucket\"," GROUP ",le=\"+Inf\"} 3\n"
		 "{\"h.h_sum\"," GROUP "} 1.0\n{\"h.h_count\"," GROUP "} 3\n# EOF\n"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check_protobuf(rows[i].pushed, rows[i].escaping, rows[i].shown);
}

/* Only where the name that is shown ends in it. */
static void units_are_those_of_the_name(void **state)
{
	static const struct {
		const char *name, *unit;
		enum metric_type type;
		const char *want;
	} rows[] = {
		{"a_seconds", "seconds", METRIC_GAUGE,
		 "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n"},
		{"a_seconds_total", "seconds", METRIC_COUNTER,
		 "# TYPE a_seconds counter\n# UNIT a_seconds seconds\n"},
		{"a_seconds_total", "seconds", METRIC_GAUGE, "# TYPE a_seconds_total gauge\n"},
		{"aseconds", "seconds", METRIC_GAUGE, "# TYPE aseconds gauge\n"},
		{"_seconds", "seconds", METRIC_GAUGE, "# TYPE _seconds gauge\n"},
		{"seconds", "seconds", METRIC_GAUGE, "# TYPE seconds gauge\n"},
		{"a_seconds", "", METRIC_GAUGE, "# TYPE a_seconds gauge\n"},
		{"a.b_s", "s", METRIC_GAUGE, "# TYPE a_b_s gauge\n"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf out;

		buf_init(&out, ARENA_BYTES_MAX);
		openmetrics_write_head(&out, ESCAPING_UNDERSCORES, slice_of(rows[i].name), NULL,
				       slice_of(rows[i].unit), rows[i].type);
		assert_text(buf_slice(&out), slice_of(rows[i].want));
		buf_free(&out);
	}
}

/* In all schemes, with everything that must be escaped: the room that is reserved is enough, which
 * ASan sees. */
static void the_worst_fits(void **state)
{
	(void)state;
	for (int escaping = 0; escaping < ESCAPINGS; escaping++) {
		struct family_list list;
		struct arena arena;
		struct buf body, out;
		struct err err;

		arena_init(&arena, ARENA_BYTES_MAX);
		buf_init(&body, ARENA_BYTES_MAX);
		buf_init(&out, ARENA_BYTES_MAX);
		err = err_in(&arena);
		wire_text_delimited(&body, "1:\"\\xff\\xff\\xff\\xff_total\" 2:\"\\\"\\\"\\n\\n\" "
					   "4:{1:{1:\"\\xff\\xff\\xff\\xff\" 2:\"\\n\\n\\\"\\\"\"} "
					   "3:{1:-1.2345678901234567e-300d 2:{1:{1:\"....\" "
					   "2:\"\\n\\n\"} 2:-1.2345678901234567e-300d "
					   "3:{1:-62135596800 2:1}} 3:{1:-62135596800 2:1}}}");
		assert_int_equal(protobuf_parse(buf_slice(&body), &no_limits, &arena, &list, &err),
				 ERR_NONE);
		expose_openmetrics_families(&list, (enum escaping)escaping, &arena, &out);
		assert_true(buf_ok(&out) && slice_ends(buf_slice(&out), SLICE("\n# EOF\n")));
		buf_free(&out);
		buf_free(&body);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floats_look_like_floats),
		cmocka_unit_test(names_are_those_of_text),
		cmocka_unit_test(exemplars_and_creation_are_shown),
		cmocka_unit_test(what_cannot_be_said_is_left_out),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(units_are_those_of_the_name),
		cmocka_unit_test(the_worst_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
