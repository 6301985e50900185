/* SPDX-License-Identifier: Apache-2.0
 *
 * The texts are what the reference says of these bodies in its consistency errors. */
#include "format/debug_write.h"

#include "../../expose.h"
#include "../../wire_text.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* Every type, with what was pushed and without what was not. */
static void metrics_are_written_as_protobuf_text(void **state)
{
	static const struct {
		struct slice body, text;
	} cases[] = {
		{SLICE("m{a=\"b\"} 0\n"),
		 SLICE("label:{name:\"a\"  value:\"b\"}  untyped:{value:0}")},
		{SLICE("m +Inf\n"), SLICE("untyped:{value:inf}")},
		{SLICE("m -Inf\n"), SLICE("untyped:{value:-inf}")},
		{SLICE("m NaN\n"), SLICE("untyped:{value:nan}")},
		{SLICE("# TYPE m counter\nm -0\n"), SLICE("counter:{value:-0}")},
		{SLICE("# TYPE m gauge\nm 123456789\n"), SLICE("gauge:{value:1.23456789e+08}")},
		{SLICE("# TYPE s summary\ns 7\n"), SLICE("summary:{}")},
		{SLICE("# TYPE s summary\ns_count 7\n"), SLICE("summary:{sample_count:7}")},
		{SLICE("# TYPE s summary\ns{quantile=\"0.5\"} 1e20\ns_sum -Inf\ns_count 7\n"),
		 SLICE("summary:{sample_count:7  sample_sum:-inf  "
		       "quantile:{quantile:0.5  value:1e+20}}")},
		{SLICE("# TYPE h histogram\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 4\n"),
		 SLICE("histogram:{bucket:{cumulative_count:3  upper_bound:1}  "
		       "bucket:{cumulative_count:4  upper_bound:inf}}")},
		{SLICE("# TYPE h gaugehistogram\nh_bucket{le=\"1\"} 0\nh_count 0\n"),
		 SLICE("histogram:{sample_count:0  bucket:{cumulative_count:0  upper_bound:1}}")},
		{SLICE("# TYPE h histogram\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"2\"} 2.5\n"),
		 SLICE("histogram:{sample_count_float:0  "
		       "bucket:{cumulative_count_float:3  upper_bound:1}  "
		       "bucket:{cumulative_count_float:2.5  upper_bound:2}}")},
		{SLICE("# TYPE h histogram\nh_count NaN\nh_bucket{le=\"1\"} 3\n"),
		 SLICE("histogram:{sample_count_float:nan  "
		       "bucket:{cumulative_count_float:3  upper_bound:1}}")},
		{SLICE("# TYPE h histogram\nh_count 3\nh_count 2.5\nh_sum -0\n"),
		 SLICE("histogram:{sample_count:3  sample_count_float:2.5  sample_sum:-0}")},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct family_list list;
		struct arena arena;
		struct buf out;
		struct err err;
		const struct metric *metric;

		arena_init(&arena, 1 << 20);
		buf_init(&out, 1 << 20);
		err = err_in(&arena);
		assert_int_equal(
			text_parse(cases[i].body, NAME_LEGACY, &no_limits, &arena, &list, &err),
			ERR_NONE);
		metric = list.first->first;
		debug_write_metric(&out, list.first->type, metric->labels, metric->n_labels,
				   metric);
		assert_text(buf_slice(&out), cases[i].text);
		buf_free(&out);
		arena_free(&arena);
	}
}

/* Strings escape quotes, controls and invalid bytes; other text stays as it is. */
static void strings_are_escaped(void **state)
{
	static const struct label labels[] = {
		{SLICE("__x"), SLICE("\"\\\n\t\r\x01\x7f\xc2\x80\xc3\xa4\xe2\x80\x8b'\xff\xc2")},
		{SLICE("n\xfe"), SLICE("")},
	};
	const struct metric metric = {.value = 1.5};
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	debug_write_metric(&out, METRIC_GAUGE, labels, N(labels), &metric);
	assert_text(buf_slice(&out),
		    SLICE("label:{name:\"__x\"  value:\"\\\"\\\\\\n\\t\\r\\x01\\x7f\\u0080"
			  "\xc3\xa4\xe2\x80\x8b'\\xff\\xc2\"}  "
			  "label:{name:\"n\\xfe\"  value:\"\"}  gauge:{value:1.5}"));
	buf_free(&out);
}

/* Fields in the order of their declaration, which is not that of their numbers; unknown ones last.
 */
static void messages_are_written_whole(void **state)
{
	static const struct {
		const char *message, *line, *lines;
	} rows[] = {
		{"1:\"m\" 2:\"h\" 3:4 4:{7:{1:3 2:1d 3:{1:1 2:2d 4:0.5d} 4:9d 5:3 13:3 13:4 "
		 "15:{1:17 "
		 "2:-1}}}",
		 "name:\"m\"  help:\"h\"  type:HISTOGRAM  metric:{histogram:{sample_count:3  "
		 "sample_count_float:9  sample_sum:1  "
		 "bucket:{cumulative_count:1  cumulative_count_float:0.5  upper_bound:2}  "
		 "created_timestamp:{seconds:17  nanos:-1}  schema:-2  positive_delta:-2  "
		 "positive_delta:2}}",
		 "name:  \"m\"\nhelp:  \"h\"\ntype:  HISTOGRAM\nmetric:  {\n  histogram:  {\n"
		 "    sample_count:  3\n    sample_count_float:  9\n    sample_sum:  1\n    "
		 "bucket:  "
		 "{\n"
		 "      cumulative_count:  1\n      cumulative_count_float:  0.5\n      "
		 "upper_bound:  "
		 "2\n"
		 "    }\n    created_timestamp:  {\n      seconds:  17\n      nanos:  -1\n    }\n"
		 "    schema:  -2\n    positive_delta:  -2\n    positive_delta:  2\n  }\n}"},
		{"4:{2:{} 99:5 99:1d 99:7f 99:\"a\\n\" 98:[1:1 2:[]]} 4:{}",
		 "metric:{gauge:{}  99:5  99:0x3ff0000000000000  99:0x7  99:\"a\\n\"  98:{1:1  "
		 "2:{}}}  "
		 "metric:{}",
		 "metric:  {\n  gauge:  {}\n  99:  5\n  99:  0x3ff0000000000000\n  99:  0x7\n"
		 "  99:  \"a\\n\"\n  98:  {\n    1:  1\n    2:  {}\n  }\n}\nmetric:  {}"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf message, out;

		buf_init(&message, 1 << 20);
		buf_init(&out, 1 << 20);
		wire_text(&message, rows[i].message);
		debug_write_message(&out, &schema_family, buf_slice(&message), DEBUG_LINE, false);
		assert_text(buf_slice(&out), slice_of(rows[i].line));
		buf_clear(&out);
		debug_write_message(&out, &schema_family, buf_slice(&message), DEBUG_LINES, false);
		assert_text(buf_slice(&out), slice_of(rows[i].lines));
		buf_free(&message);
		buf_free(&out);
	}
}

/* What follows other fields begins with the gap between two. */
static void fields_follow_others(void **state)
{
	struct buf message, out;

	(void)state;
	buf_init(&message, 1 << 20);
	buf_init(&out, 1 << 20);
	wire_text(&message, "3:1");
	debug_write_message(&out, &schema_family, buf_slice(&message), DEBUG_LINE, true);
	debug_write_message(&out, &schema_family, buf_slice(&message), DEBUG_LINES, true);
	assert_text(buf_slice(&out), SLICE("  type:GAUGE\ntype:  GAUGE"));
	buf_free(&message);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_are_written_as_protobuf_text),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(messages_are_written_whole),
		cmocka_unit_test(fields_follow_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
