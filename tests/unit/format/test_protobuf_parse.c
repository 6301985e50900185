/* SPDX-License-Identifier: Apache-2.0
 *
 * Delimited protobuf: what is refused, in which words, and what is made of what is not. */
#include "format/protobuf_parse.h"

#include "../../wire_text.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define NBSP "\xc2\xa0"
#define NINE "\xff\xff\xff\xff\xff\xff\xff\xff\xff"

static const struct push_limits no_limits = {0};

struct parsed {
	struct arena arena;
	struct err err;
	struct buf body;
	struct family_list list;
	enum err_code code;
};

static void parse_bytes(struct parsed *p, struct slice body, const struct push_limits *limits)
{
	arena_init(&p->arena, 1 << 20);
	p->err = err_in(&p->arena);
	p->code = protobuf_parse(body, limits, &p->arena, &p->list, &p->err);
}

/* One message to a row of `texts`, up to NULL. */
static void parse_texts(struct parsed *p, const char *const *texts,
			const struct push_limits *limits)
{
	buf_init(&p->body, SIZE_MAX / 2);
	for (; *texts != NULL; texts++)
		wire_text_delimited(&p->body, *texts);
	parse_bytes(p, buf_slice(&p->body), limits);
}

static void parse_text(struct parsed *p, const char *text)
{
	parse_texts(p, (const char *[]){text, NULL}, &no_limits);
	if (p->code != ERR_NONE)
		fail_msg("%s: %.*s", text, SLICE_ARG(p->err.msg));
}

static void parsed_end(struct parsed *p)
{
	buf_free(&p->body);
	arena_free(&p->arena);
}

static const struct metric *only_metric(const struct parsed *p)
{
	assert_int_equal(p->list.n_families, 1);
	assert_int_equal(p->list.first->n_metrics, 1);
	return p->list.first->first;
}

/* The reference's sentences for a stream that is broken. */
static void broken_streams_are_refused(void **state)
{
	static const struct {
		struct slice body, sentence;
	} rows[] = {
		/* clang-format off */
	    {SLICE("\x05\x0a\x01"), SLICE("unexpected EOF")},
	    {SLICE("\x80"), SLICE("unexpected EOF")},
	    {SLICE(NINE), SLICE("unexpected EOF")},
	    {SLICE("\xff\xff\xff\xff\x0f"), SLICE("unexpected EOF")},
	    {SLICE(NINE "\x01"), SLICE("unexpected EOF")},
	    {SLICE(NINE "\xff"), SLICE("proto:" NBSP "variable length integer overflow")},
	    {SLICE(NINE "\xff\xff"), SLICE("proto:" NBSP "variable length integer overflow")},
	    {SLICE(NINE "\x02"), SLICE("proto:" NBSP "variable length integer overflow")},
	    {SLICE("\x01\x0a"), SLICE("proto:" NBSP "cannot parse invalid wire-format data")},
	    {SLICE("\x02\x0a\x05"), SLICE("proto:" NBSP "cannot parse invalid wire-format data")},
	    {SLICE("\x02\x00\x00"), SLICE("proto:" NBSP "cannot parse invalid wire-format data")},
	    {SLICE("\x03\x22\x01\x0a"), SLICE("proto:" NBSP "cannot parse invalid wire-format data")},
	    {SLICE("m 1\n"), SLICE("unexpected EOF")},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct parsed p = {0};

		parse_bytes(&p, rows[i].body, &no_limits);
		assert_int_equal(p.code, ERR_SYNTAX);
		assert_text(p.err.msg, rows[i].sentence);
		arena_free(&p.arena);
	}
}

/* Nothing, messages of nothing, and families that have neither name nor metrics. */
static void empty_messages_are_fine(void **state)
{
	static const char *const texts[] = {"", "2:\"help\" 3:1", "17:1", NULL};
	struct parsed p = {0};

	(void)state;
	parse_texts(&p, texts, &no_limits);
	assert_int_equal(p.code, ERR_NONE);
	assert_int_equal(p.list.n_families, 0);
	assert_null(p.list.first);
	parsed_end(&p);
	parse_bytes(&p, SLICE_EMPTY, &no_limits);
	assert_int_equal(p.code, ERR_NONE);
	arena_free(&p.arena);
}

/* What makes the reference end its exposition or crash its pages. */
static void what_breaks_the_reference_is_refused(void **state)
{
	static const struct {
		const char *text, *sentence;
	} rows[] = {
		{"3:1 4:{2:{1:1d}}", "a metric family in the push has no name"},
		{"1:\"\" 3:1 4:{2:{1:1d}}", "a metric family in the push has no name"},
		{"1:\"m\" 3:99 4:{2:{1:1d}}", "metric family \"m\" has the unknown type 99"},
		{"1:\"m\\n\" 3:-1", "metric family \"m\\n\" has the unknown type -1"},
		{"1:\"m\" 3:6", "metric family \"m\" has the unknown type 6"},
		{"1:\"h\" 3:4 4:{7:{5:18 12:{2:1} 13:2}}",
		 "metric family \"h\": the schema of a native histogram is 9, but must be from -4 "
		 "to "
		 "8"},
		{"1:\"h\" 3:5 4:{7:{5:9}}",
		 "metric family \"h\": the schema of a native histogram is "
		 "-5, but must be from -4 to 8"},
		{"1:\"h\" 3:4 4:{7:{1:3 12:{2:2} 13:2}}",
		 "metric family \"h\": the positive spans of "
		 "a native histogram are of 2 buckets, but it "
		 "has 1 deltas"},
		{"1:\"h\" 3:4 4:{7:{1:3 9:{2:4294967295} 9:{2:4294967295} 10:2}}",
		 "metric family \"h\": the negative spans of a native histogram are of 8589934590 "
		 "buckets, "
		 "but it has 1 deltas"},
		{"1:\"h\" 3:4 4:{7:{1:3 9:{} 12:{2:1} 13:2 13:2}}",
		 "metric family \"h\": the positive spans of a native histogram are of 1 buckets, "
		 "but "
		 "it "
		 "has 2 deltas"},
		{"1:\"h\" 3:4 4:{7:{4:3d 12:{2:1} 13:2}}",
		 "metric family \"h\": the positive spans of a native histogram are of 1 buckets, "
		 "but "
		 "it "
		 "has 0 counts"},
		/* floats that say so by neither count are taken for integers, and have no deltas */
		{"1:\"h\" 3:4 4:{7:{4:0d 8:0d 12:{2:1} 14:0d}}",
		 "metric family \"h\": the positive spans of a native histogram are of 1 buckets, "
		 "but "
		 "it "
		 "has 0 deltas"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct parsed p = {0};

		parse_texts(&p, (const char *[]){"1:\"before\"", rows[i].text, NULL}, &no_limits);
		assert_int_equal(p.code, ERR_SYNTAX);
		assert_text(p.err.msg, slice_of(rows[i].sentence));
		parsed_end(&p);
	}
}

/* Names and labels of any bytes, absent ones empty; the check has the last word. */
static void names_and_labels_are_taken_as_they_are(void **state)
{
	struct parsed p = {0};
	const struct metric *m;

	(void)state;
	parse_text(&p, "1:\"a.b \\xff\" 2:\"\" 4:{1:{1:\"\\xff\" 2:\"\\xfe\"} 1:{1:\"a\"} "
		       "1:{2:\"b\"} 3:{1:2d}}");
	m = only_metric(&p);
	assert_text(p.list.first->name, SLICE("a.b \xff"));
	assert_true(p.list.first->has_help);
	assert_text(p.list.first->help, SLICE(""));
	assert_int_equal(p.list.first->type, METRIC_COUNTER);
	assert_int_equal(m->n_labels, 3);
	assert_text(m->labels[0].name, SLICE("\xff"));
	assert_text(m->labels[0].value, SLICE("\xfe"));
	assert_text(m->labels[1].name, SLICE("a"));
	assert_text(m->labels[1].value, SLICE(""));
	assert_text(m->labels[2].name, SLICE(""));
	assert_text(m->labels[2].value, SLICE("b"));
	assert_true(m->value == 2);
	parsed_end(&p);
}

/* Counts, sums and points of every type. */
static void numbers_are_read(void **state)
{
	struct parsed p = {0};
	const struct metric *m;

	(void)state;
	parse_text(&p,
		   "1:\"s\" 3:2 4:{4:{1:18446744073709551615 2:2.5d 3:{1:0.5d 2:7d} 3:{1:0.9d}}}");
	m = only_metric(&p);
	assert_true(m->count == UINT64_MAX && m->sum == 2.5 && m->n_points == 2);
	assert_false(m->lacks_count || m->lacks_sum || m->lacks_value);
	assert_true(m->quantiles[0].quantile == 0.5 && m->quantiles[0].value == 7);
	assert_true(m->quantiles[1].quantile == 0.9 && m->quantiles[1].value == 0);
	parsed_end(&p);
	parse_text(&p, "1:\"h\" 3:4 4:{7:{3:{1:3 2:1d} 3:{2:2d 4:2.5d} 4:9.5d}}");
	m = only_metric(&p);
	assert_true(m->lacks_count && m->lacks_sum && m->count_float == 9.5 && m->n_points == 2);
	assert_true(m->buckets[0].upper_bound == 1 && m->buckets[0].count == 3);
	assert_true(m->buckets[1].upper_bound == 2 && m->buckets[1].count_float == 2.5);
	parsed_end(&p);
}

/* Of several value fields that of the family's type counts; without it the metric has no value. */
static void the_type_picks_the_value(void **state)
{
	static const struct {
		const char *text;
		bool lacks_value;
		double value;
	} rows[] = {
		{"1:\"m\" 3:0 4:{2:{1:1d} 3:{1:2d} 5:{1:3d}}", false, 2},
		{"1:\"m\" 3:1 4:{2:{1:1d} 3:{1:2d} 5:{1:3d}}", false, 1},
		{"1:\"m\" 3:3 4:{2:{1:1d} 3:{1:2d} 5:{1:3d}}", false, 3},
		{"1:\"m\" 4:{2:{1:1d} 3:{1:2d}} 3:1", false, 1},
		{"1:\"m\" 3:1 4:{2:{}}", false, 0},
		{"1:\"m\" 3:1 4:{3:{1:2d}}", true, 0},
		{"1:\"m\" 3:1 4:{}", true, 0},
		{"1:\"m\" 3:1 4:{2:7}", true, 0},
		{"1:\"m\" 3:4 4:{2:{1:1d}}", true, 0},
		{"1:\"m\" 3:5 4:{2:{1:1d}}", true, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct parsed p = {0};
		const struct metric *m;

		parse_text(&p, rows[i].text);
		m = only_metric(&p);
		if (m->lacks_value != rows[i].lacks_value || m->value != rows[i].value)
			fail_msg("%s", rows[i].text);
		parsed_end(&p);
	}
}

/* Only what the numbers do not say is kept beside them. */
static void tails_are_what_numbers_do_not_say(void **state)
{
	static const struct {
		const char *text, *tail;
		bool whole;
	} rows[] = {
		{"1:\"m\" 3:1 4:{1:{1:\"a\"} 2:{1:1d}}", "", false},
		{"1:\"m\" 3:0 4:{3:{1:1d 3:{1:17}}}", "3:{1:17}", false},
		{"1:\"m\" 3:0 4:{3:{3:{1:17} 1:1d}}", "3:{1:17}", false},
		{"1:\"m\" 3:3 4:{5:{1:1d 99:7}}", "99:7", false},
		{"1:\"s\" 3:2 4:{4:{1:1 2:1d 3:{1:1d 2:1d} 4:{1:17}}}", "4:{1:17}", false},
		{"1:\"s\" 3:2 4:{4:{2:1d}}", "", false},
		{"1:\"h\" 3:4 4:{7:{1:1 2:1d 3:{1:1 2:1d} 15:{1:17}}}", "15:{1:17}", false},
		{"1:\"h\" 3:4 4:{7:{2:1d 3:{2:1d 4:1.5d} 4:1.5d 16:{}}}", "16:{}", false},
		{"1:\"h\" 3:5 4:{7:{1:1 2:1d 5:2 6:1d 7:1 12:{2:1} 13:2}}",
		 "5:2 6:1d 7:1 12:{2:1} 13:2", false},
		/* a value that is not there is not a zero, a bucket has an exemplar: all is kept */
		{"1:\"m\" 3:1 4:{1:{1:\"a\"} 2:{}}", "2:{}", true},
		{"1:\"s\" 3:2 4:{4:{3:{1:1d}}}", "4:{3:{1:1d}}", true},
		{"1:\"h\" 3:4 4:{7:{1:1 3:{1:1 2:1d 3:{2:1d}}}}", "7:{1:1 3:{1:1 2:1d 3:{2:1d}}}",
		 true},
		{"1:\"h\" 3:4 4:{7:{1:0 4:1d}}", "7:{1:0 4:1d}", true},
		{"1:\"m\" 3:1 4:{3:{1:2d} 2:{1:1d}}", "2:{1:1d} 3:{1:2d}", true},
		{"1:\"m\" 3:1 4:{2:{1:1d} 99:\"x\"}", "2:{1:1d} 99:\"x\"", true},
		{"1:\"m\" 3:1 4:{}", "", true},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct parsed p = {0};
		const struct metric *m;
		struct buf tail;

		parse_text(&p, rows[i].text);
		m = only_metric(&p);
		buf_init(&tail, 1 << 20);
		wire_text(&tail, rows[i].tail);
		if (m->tail_whole != rows[i].whole || !slice_eq(m->tail, buf_slice(&tail)))
			fail_msg("%s", rows[i].text);
		buf_free(&tail);
		parsed_end(&p);
	}
}

/* ... with its help, its type, its metrics and their timestamps. */
static void a_later_family_replaces_an_earlier_one(void **state)
{
	static const char *const texts[] = {
		"1:\"m\" 2:\"old\" 3:1 4:{2:{1:1d} 6:5} 4:{2:{1:2d}}",
		"1:\"n\" 3:1 4:{2:{1:3d}}",
		"1:\"m\" 3:3 4:{5:{1:4d}}",
		"1:\"n\"",
		NULL,
	};
	struct parsed p = {0};

	(void)state;
	parse_texts(&p, texts, &no_limits);
	assert_int_equal(p.code, ERR_NONE);
	assert_int_equal(p.list.n_families, 2);
	assert_text(p.list.first->name, SLICE("m"));
	assert_int_equal(p.list.first->type, METRIC_UNTYPED);
	assert_false(p.list.first->has_help);
	assert_int_equal(p.list.first->n_metrics, 1);
	assert_true(p.list.first->first->value == 4);
	assert_text(p.list.first->next->name, SLICE("n"));
	assert_int_equal(p.list.first->next->n_metrics, 0);
	assert_null(p.list.first->next->first);
	assert_null(p.list.first->next->next);
	assert_false(p.list.has_timestamps);
	parsed_end(&p);
}

/* Zero is one, too. */
static void timestamps_are_told(void **state)
{
	static const struct {
		const char *text;
		bool has;
	} rows[] = {
		{"1:\"m\" 4:{3:{1:1d} 6:0}", true},
		{"1:\"m\" 4:{3:{1:1d} 6:-1}", true},
		{"1:\"m\" 4:{3:{1:1d} 6:\"\"}", false}, /* not an int64: an unknown field */
		{"1:\"m\" 4:{3:{1:1d}}", false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct parsed p = {0};

		parse_text(&p, rows[i].text);
		assert_int_equal(p.list.has_timestamps, rows[i].has);
		assert_int_equal(only_metric(&p)->has_timestamp, rows[i].has);
		parsed_end(&p);
	}
}

/* One over each limit is refused with the limit's name, one less is not. */
static void limits_hold(void **state)
{
	static const struct {
		struct push_limits limits;
		const char *text, *sentence;
	} rows[] = {
		{{.families_max = 1},
		 "1:\"n\"",
		 "the push has more than 1 metric families (--push.max-families)"},
		{{.series_max = 1},
		 "1:\"n\" 4:{3:{1:1d}} 4:{3:{1:1d}}",
		 "the push has more than 1 series (--push.max-series)"},
		{{.series_max = 2},
		 "1:\"n\" 3:4 4:{7:{3:{} 3:{}}}",
		 "the push has more than 2 series (--push.max-series)"},
		{{.series_max = 2},
		 "1:\"n\" 3:4 4:{7:{12:{2:1} 13:\"\\x01\"}}",
		 "the push has more than 2 series (--push.max-series)"},
		{{.labels_max = 1},
		 "1:\"n\" 4:{1:{1:\"a\"} 1:{1:\"b\"} 3:{1:1d}}",
		 "a series in the push has more than 1 labels (--push.max-labels-per-series)"},
		{{.labels_max = 1},
		 "1:\"n\" 3:2 4:{1:{1:\"a\"} 4:{3:{}}}",
		 "a series in the push has more than 1 labels (--push.max-labels-per-series)"},
		{{.name_bytes_max = 3},
		 "1:\"name\"",
		 "a name in the push has more than 3 bytes (--push.max-name-bytes)"},
		{{.name_bytes_max = 3},
		 "1:\"n\" 4:{1:{1:\"name\"} 3:{1:1d}}",
		 "a name in the push has more than 3 bytes (--push.max-name-bytes)"},
		{{.value_bytes_max = 3},
		 "1:\"n\" 2:\"help\"",
		 "a label value or help text in the push has more than 3 bytes "
		 "(--push.max-value-bytes)"},
		{{.value_bytes_max = 3},
		 "1:\"n\" 4:{1:{1:\"a\" 2:\"help\"} 3:{1:1d}}",
		 "a label value or help text in the push has more than 3 bytes "
		 "(--push.max-value-bytes)"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct push_limits more = rows[i].limits;
		struct parsed p = {0};

		more.families_max += more.families_max > 0;
		more.series_max += more.series_max > 0;
		more.labels_max += more.labels_max > 0;
		more.name_bytes_max += more.name_bytes_max > 0;
		more.value_bytes_max += more.value_bytes_max > 0;
		parse_texts(&p, (const char *[]){"1:\"m\"", rows[i].text, NULL}, &rows[i].limits);
		assert_int_equal(p.code, ERR_TOO_BIG);
		assert_text(p.err.msg, slice_of(rows[i].sentence));
		parsed_end(&p);
		parse_texts(&p, (const char *[]){"1:\"m\"", rows[i].text, NULL}, &more);
		if (p.code != ERR_NONE)
			fail_msg("%s: %.*s", rows[i].text, SLICE_ARG(p.err.msg));
		parsed_end(&p);
	}
}

/* At whatever place the arena ends, the push is refused as too large, and nothing else happens. */
static void memory_is_bounded(void **state)
{
	struct buf body;
	enum err_code code = ERR_TOO_BIG;
	size_t refusals = 0;

	(void)state;
	buf_init(&body, 1 << 20);
	for (int i = 0; i < 100; i++)
		wire_text_delimited(&body,
				    "4:{7:{3:{} 12:{2:1} 13:\"\\x02\"} 1:{1:\"a\"}} 3:4 1:\"m\"");
	for (size_t bytes = 0; code != ERR_NONE; bytes += 64, refusals++) {
		struct family_list list;
		struct arena arena;
		struct err err;

		arena_init(&arena, bytes);
		err = err_in(&arena);
		code = protobuf_parse(buf_slice(&body), &no_limits, &arena, &list, &err);
		assert_true(code == ERR_NONE || code == ERR_TOO_BIG);
		assert_true(code == ERR_NONE || err.msg.len > 0);
		arena_free(&arena);
	}
	assert_true(refusals > 2);
	buf_free(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_streams_are_refused),
		cmocka_unit_test(empty_messages_are_fine),
		cmocka_unit_test(what_breaks_the_reference_is_refused),
		cmocka_unit_test(names_and_labels_are_taken_as_they_are),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(the_type_picks_the_value),
		cmocka_unit_test(tails_are_what_numbers_do_not_say),
		cmocka_unit_test(a_later_family_replaces_an_earlier_one),
		cmocka_unit_test(timestamps_are_told),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
