/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages, and what protobuf-go makes of them when it writes them again. */
#include "format/canon.h"

#include "../../wire_text.h"
#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* What is in canonical form is found to be, and stays as it is. */
static void canonical_messages_stay(void **state)
{
	static const char *const rows[] = {
		"",
		"1:\"m\" 2:\"help\" 3:1 4:{1:{1:\"a\" 2:\"b\"} 1:{} 2:{1:1.5d}} 4:{} 5:\"unit\"",
		"4:{3:{1:1d 2:{1:{1:\"a\"} 2:1d 3:{1:1 2:-5}} 3:{1:17}}}",
		"4:{4:{1:3 2:1d 3:{1:0.5d 2:1d} 3:{} 4:{}}}",
		"4:{7:{1:1 2:1d 3:{1:1 2:1d 3:{} 4:1d} 4:1d 5:1 6:1d 7:1 8:1d 9:{1:1 2:2} 9:{}"
		" 10:1 10:2 11:1d 11:2d 12:{} 13:1 14:1d 15:{} 16:{}}}",
		"4:{6:0}",
		/* unknown fields come last, in the order in which they came, with any bytes too
		   many */
		"1:\"m\" 17:1 6:\"x\" 17:2d 99:[1:1]",
		"#880680808000",
		/* known numbers with other wire types are unknown, too */
		"4:{2:{1:1d 1:7}} 1:1",
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf message, again;
		uint64_t count = 0;

		buf_init(&message, 1 << 20);
		buf_init(&again, 1 << 20);
		wire_text(&message, rows[i]);
		if (canon_judge(&schema_family, buf_slice(&message), &count) != CANON_IS)
			fail_msg("%s", rows[i]);
		canon_write(&schema_family, buf_slice(&message), &again);
		assert_true(buf_ok(&again));
		assert_memory_equal(again.ptr == NULL ? "" : again.ptr,
				    message.ptr == NULL ? "" : message.ptr, message.len);
		assert_int_equal(again.len, message.len);
		buf_free(&message);
		buf_free(&again);
	}
}

/* Everything else is written anew: order, repetition, packing, bytes too many. */
static void other_messages_are_written_anew(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		/* order */
		{"4:{} 2:\"h\" 1:\"m\"", "1:\"m\" 2:\"h\" 4:{}"},
		{"4:{2:{1:1d} 1:{2:\"b\" 1:\"a\"}}", "4:{1:{1:\"a\" 2:\"b\"} 2:{1:1d}}"},
		{"17:1 1:\"m\"", "1:\"m\" 17:1"},
		{"3:1d 3:1", "3:1 3:1d"},
		/* of a number that comes twice the last one counts */
		{"1:\"m\" 1:\"n\"", "1:\"n\""},
		{"3:1 4:{} 3:2", "3:2 4:{}"},
		/* messages are joined */
		{"4:{2:{} 2:{1:1d}}", "4:{2:{1:1d}}"},
		{"4:{7:{1:1 3:{1:1}} 7:{1:2 3:{2:1d}}}", "4:{7:{1:2 3:{1:1} 3:{2:1d}}}"},
		{"4:{3:{3:{1:1}} 3:{3:{2:2}}}", "4:{3:{3:{1:1 2:2}}}"},
		/* packed numbers */
		{"4:{7:{10:\"\\x01\\x02\" 10:3}}", "4:{7:{10:1 10:2 10:3}}"},
		{"4:{7:{13:\"\"}}", "4:{7:{}}"},
		{"4:{7:{11:\"\\x00\\x00\\x00\\x00\\x00\\x00\\xf0\\x3f\"}}", "4:{7:{11:1d}}"},
		/* bytes too many: of a tag, a number, a length; beyond the width of the type */
		{"#8a0001 6d", "1:\"m\""},
		{"#188100", "3:1"},
		{"#0a8100 6d", "1:\"m\""},
		{"4:{7:{9:{2:4294967299}}}", "4:{7:{9:{2:3}}}"},
		{"4:{3:{3:{2:4294967301}}}", "4:{3:{3:{2:5}}}"},
		{"3:4294967295", "3:-1"},
		/* proto3 does not write zeros */
		{"4:{3:{3:{1:0 2:0}}}", "4:{3:{3:{}}}"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf from, to, want;
		uint64_t count = 0;

		buf_init(&from, 1 << 20);
		buf_init(&to, 1 << 20);
		buf_init(&want, 1 << 20);
		wire_text(&from, rows[i].from);
		wire_text(&want, rows[i].to);
		if (canon_judge(&schema_family, buf_slice(&from), &count) != CANON_OTHER)
			fail_msg("%s", rows[i].from);
		canon_write(&schema_family, buf_slice(&from), &to);
		assert_true(buf_ok(&to));
		if (!slice_eq(buf_slice(&to), buf_slice(&want)))
			fail_msg("%s", rows[i].from);
		assert_int_equal(canon_judge(&schema_family, buf_slice(&to), &count), CANON_IS);
		buf_free(&from);
		buf_free(&to);
		buf_free(&want);
	}
}

/* At any depth; what is within an unknown text is nobody's business. */
static void bad_messages_are_bad(void **state)
{
	static const struct {
		const char *text;
		enum canon_verdict verdict;
	} rows[] = {
		{"#08", CANON_BAD},
		{"4:\"\\x0a\"", CANON_BAD},
		{"4:{1:\"\\x0a\\x02\\x61\"}", CANON_BAD},
		{"4:{7:{3:{3:{1:{1:\"a\" #0a05}}}}}", CANON_BAD},
		{"4:{7:{10:\"\\x80\"}}", CANON_BAD},
		{"4:{7:{11:\"\\x00\"}}", CANON_BAD},
		{"4:{} 99:\"\\x0a\"", CANON_IS},
		{"1:\"\\x0a\\xff\"", CANON_IS},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf message;
		uint64_t count = 0;

		buf_init(&message, 1 << 20);
		wire_text(&message, rows[i].text);
		if (canon_judge(&schema_family, buf_slice(&message), &count) != rows[i].verdict)
			fail_msg("%s", rows[i].text);
		buf_free(&message);
	}
}

/* Metrics, quantiles, buckets, spans, deltas and counts, exemplars: what costs memory. */
static void what_counts_is_counted(void **state)
{
	static const struct {
		const char *text;
		uint64_t count;
	} rows[] = {
		{"1:\"m\" 2:\"h\" 99:{1:1}", 0},
		{"4:{1:{} 2:{1:1d}} 4:{}", 2},
		{"4:{4:{3:{} 3:{}}}", 3},
		{"4:{7:{3:{} 9:{} 10:1 10:\"\\x01\\x02\\x03\" 12:{} 14:1d 16:{}}}", 10},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf message;
		uint64_t count = 100;

		buf_init(&message, 1 << 20);
		wire_text(&message, rows[i].text);
		assert_int_not_equal(canon_judge(&schema_family, buf_slice(&message), &count),
				     CANON_BAD);
		assert_int_equal(count, 100 + rows[i].count);
		buf_free(&message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_messages_stay),
		cmocka_unit_test(other_messages_are_written_anew),
		cmocka_unit_test(bad_messages_are_bad),
		cmocka_unit_test(what_counts_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
