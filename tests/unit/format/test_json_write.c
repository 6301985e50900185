/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json_write.h"

#include <math.h>

#include "../cm.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Strings are escaped as Go's encoding/json escapes them. */
static void strings(void **state)
{
	static const struct {
		struct slice text, want;
	} rows[] = {
		{SLICE_TEXT(""), SLICE_TEXT("\"\"")},
		{SLICE_TEXT("plain \x7f ~"), SLICE_TEXT("\"plain \x7f ~\"")},
		{SLICE_TEXT("\"\\/"), SLICE_TEXT("\"\\\"\\\\/\"")},
		{SLICE_TEXT("\b\f\n\r\t"), SLICE_TEXT("\"\\b\\f\\n\\r\\t\"")},
		{SLICE_TEXT("\0\x01\x1f"), SLICE_TEXT("\"\\u0000\\u0001\\u001f\"")},
		{SLICE_TEXT("<&>"), SLICE_TEXT("\"\\u003c\\u0026\\u003e\"")},
		{SLICE_TEXT("é€😀"), SLICE_TEXT("\"é€😀\"")},
		{SLICE_TEXT("a\u2028b\u2029c\u2027"), SLICE_TEXT("\"a\\u2028b\\u2029c\u2027\"")},
		{SLICE_TEXT("\xff\xc3"), SLICE_TEXT("\"\\ufffd\\ufffd\"")},
		{SLICE_TEXT("\xed\xa0\x80x"), SLICE_TEXT("\"\\ufffd\\ufffd\\ufffdx\"")},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < N(rows); i++) {
		buf_clear(&out);
		json_put_string(&out, rows[i].text);
		assert_text(buf_slice(&out), rows[i].want);
	}
	buf_free(&out);
}

/* Numbers are strings; negative zero keeps its sign. */
static void numbers(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	json_put_double(&out, 1e6);
	json_put_double(&out, -0.0);
	json_put_double(&out, INFINITY);
	json_put_double(&out, NAN);
	json_put_u64(&out, UINT64_MAX);
	assert_text(buf_slice(&out),
		    SLICE("\"1e+06\"\"-0\"\"+Inf\"\"NaN\"\"18446744073709551615\""));
	buf_free(&out);
}

static struct labels pack(struct arena *arena, const struct label *sorted, size_t n)
{
	char *text = arena_text(arena, labels_packed_bytes(sorted, n));

	return (struct labels){slice_between(text, labels_pack_at(sorted, n, text)), (uint32_t)n};
}

/* Labels of group and series are one object, sorted; of a name that comes twice the last stays. */
static void labels(void **state)
{
	const struct label stamp[] = {{SLICE("instance"), SLICE("")}, {SLICE("job"), SLICE("x")}};
	const struct label own[] = {
		{SLICE("a"), SLICE("1")}, {SLICE("k"), SLICE("2")}, {SLICE("k"), SLICE("3")}};
	struct arena arena;
	struct buf out;

	(void)state;
	arena_init(&arena, 1 << 16);
	buf_init(&out, 1000);
	json_put_labels(&out, LABELS_NONE, LABELS_NONE);
	json_put_labels(&out, pack(&arena, stamp, 2), pack(&arena, own, 3));
	assert_text(buf_slice(&out),
		    SLICE("{}{\"a\":\"1\",\"instance\":\"\",\"job\":\"x\",\"k\":\"3\"}"));
	buf_free(&out);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),
		cmocka_unit_test(numbers),
		cmocka_unit_test(labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
