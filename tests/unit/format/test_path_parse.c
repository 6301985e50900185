/* SPDX-License-Identifier: Apache-2.0 */
#include "format/path_parse.h"

#include <stdlib.h>

#include "base/buf.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ODD "odd number of components in label string "

enum { ARENA_BYTES_MAX = 64 << 20, TEXT_BYTES_MAX = 16 << 20, LABELS_MAX = 100 };

/* The labels as name=value in brackets, or the sentence of the refusal. */
static void tell(const struct push_path *path, enum name_scheme scheme, uint32_t labels_max,
		 struct buf *ret)
{
	struct arena arena;
	struct label *labels = NULL;
	size_t n = 12345;
	struct err err;
	enum err_code code;

	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	code = path_parse(path, scheme, labels_max, &arena, &labels, &n, &err);
	assert_int_equal(code, err.code);
	if (code == ERR_NONE) {
		for (size_t i = 0; i < n; i++) {
			buf_put(ret, SLICE("["));
			buf_put(ret, labels[i].name);
			buf_put(ret, SLICE("="));
			buf_put(ret, labels[i].value);
			buf_put(ret, SLICE("]"));
		}
	} else {
		assert_int_equal(n, 12345); /* written on success only */
		assert_null(labels);
		buf_put(ret, err.msg);
	}
	arena_free(&arena);
}

struct row {
	struct slice labels, want;
};

#define ROW(labels, want)                                                                          \
	{                                                                                          \
		SLICE_TEXT(labels), SLICE_TEXT(want)                                               \
	}

static void check(const struct row *rows, size_t n, enum name_scheme scheme)
{
	for (size_t i = 0; i < n; i++) {
		struct push_path path = {.job = SLICE("x"), .labels = rows[i].labels};
		struct buf got;

		buf_init(&got, TEXT_BYTES_MAX);
		tell(&path, scheme, LABELS_MAX, &got);
		assert_text(buf_slice(&got), rows[i].want);
		buf_free(&got);
	}
}

/* Labels come out sorted by name, job among them, whatever order they had. */
static void labels_are_sorted_by_name(void **state)
{
	static const struct row rows[] = {
		ROW("", "[job=x]"),
		ROW("/a/1", "[a=1][job=x]"),
		ROW("/b/2/a/1", "[a=1][b=2][job=x]"),
		ROW("/z/1/_/2/Z/3", "[Z=3][_=2][job=x][z=1]"),
		ROW("/le/1/quantile/2/instance/3", "[instance=3][job=x][le=1][quantile=2]"),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* A single slash means nothing; otherwise a slash at the end is one more, empty component. */
static void a_slash_at_the_end_is_an_empty_component(void **state)
{
	static const struct row rows[] = {
		ROW("/", "[job=x]"),
		ROW("/a/", "[a=][job=x]"),
		ROW("/a/b/", ODD "\"/a/b/\""),
		ROW("/a/b/c/", "[a=b][c=][job=x]"),
		ROW("/a@base64/", "[a=][job=x]"),
		ROW("/a@base64/=", "[a=][job=x]"),
		ROW("//", "improper label name \"\""),
		ROW("///", ODD "\"///\""),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* An odd number of components is refused; what is quoted is the whole label part. */
static void components_come_in_pairs(void **state)
{
	static const struct row rows[] = {
		ROW("/a", ODD "\"/a\""),
		ROW("/a/b/c", ODD "\"/a/b/c\""),
		ROW("/1a/b/c", ODD "\"/1a/b/c\""),
		ROW("/a@base64/!/c", ODD "\"/a@base64/!/c\""),
		ROW("/\"\\\n\xff\xc3\xa4\0", ODD "\"/\\\"\\\\\\n\\xff\xc3\xa4\\x00\""),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* Of a name that comes twice the later value counts, and a job among the labels counts nothing. */
static void the_later_value_of_a_name_counts(void **state)
{
	static const struct row rows[] = {
		ROW("/a/1/a/2", "[a=2][job=x]"),
		ROW("/a/1/b/2/a/3/b/4/a/5", "[a=5][b=4][job=x]"),
		ROW("/a/1/a@base64/Mg", "[a=2][job=x]"),
		ROW("/job/y", "[job=x]"),
		ROW("/job/y/job/z/a/1", "[a=1][job=x]"),
		ROW("/a/1/a@base64/!", "invalid base64 encoding for label a=\"!\": illegal base64 "
				       "data at input byte 0"),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* A name is letters, digits and underscores, no digit first, and does not begin with two of the
 * last; the sentence names it without its suffix. */
static void names_are_valid(void **state)
{
	static const struct row rows[] = {
		ROW("/_aZ09/b", "[_aZ09=b][job=x]"),
		ROW("/_/b", "[_=b][job=x]"),
		ROW("/1a/b", "improper label name \"1a\""),
		ROW("/a-b/c", "improper label name \"a-b\""),
		ROW("/a.b/c", "improper label name \"a.b\""),
		ROW("/a:b/c", "improper label name \"a:b\""),
		ROW("/\xc3\xa4/c", "improper label name \"\xc3\xa4\""),
		ROW("/a\0/c", "improper label name \"a\\x00\""),
		ROW("/@base64/Yg", "improper label name \"\""),
		ROW("/__/b", "improper label name \"__\""),
		ROW("/__a/b", "improper label name \"__a\""),
		ROW("/__name__/b", "improper label name \"__name__\""),
		ROW("/__a@base64/!", "improper label name \"__a\""),
		ROW("/U__a/b", "[U__a=b][job=x]"),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* The suffix is taken off once, in this spelling only. */
static void the_suffix_is_taken_off_once(void **state)
{
	static const struct row rows[] = {
		ROW("/a@base64/eA", "[a=x][job=x]"),
		ROW("/a@base64@base64/eA", "improper label name \"a@base64\""),
		ROW("/a@BASE64/eA", "improper label name \"a@BASE64\""),
		ROW("/a@base32/eA", "improper label name \"a@base32\""),
		ROW("/abase64/eA", "[abase64=eA][job=x]"),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* Encoded values may hold what a path cannot, invalid UTF-8 included; other values are taken as
 * they are. */
static void values_are_any_bytes(void **state)
{
	static const struct row rows[] = {
		ROW("/a@base64/L3Zhci90bXA=", "[a=/var/tmp][job=x]"),
		ROW("/a@base64/AAr_", "[a=\0\n\xff][job=x]"),
		ROW("/a@base64/e\nB===", "[a=x][job=x]"),
		ROW("/a/\xff\0=@base64", "[a=\xff\0=@base64][job=x]"),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* A value that is no base64 is quoted as it came, with the place of the illegal byte. */
static void bad_base64_in_a_value_is_refused(void **state)
{
	static const struct row rows[] = {
		ROW("/a@base64/+w==",
		    "invalid base64 encoding for label a=\"+w==\": illegal base64 "
		    "data at input byte 0"),
		ROW("/a@base64/YWJjZ===",
		    "invalid base64 encoding for label a=\"YWJjZ===\": illegal "
		    "base64 data at input byte 4"),
		ROW("/a@base64/eA==\n", "invalid base64 encoding for label a=\"eA==\\n\": illegal "
					"base64 data at input byte 2"),
	};

	(void)state;
	check(rows, N(rows), NAME_LEGACY);
}

/* The job's base64 comes first, then the labels, then the empty job. */
static void faults_have_an_order(void **state)
{
	static const struct {
		struct slice job, labels, want;
	} rows[] = {
		{SLICE_TEXT("eA"), SLICE_TEXT("/a/b"), SLICE_TEXT("[a=b][job=x]")},
		{SLICE_TEXT("L1wKIg=="), SLICE_TEXT(""), SLICE_TEXT("[job=/\\\n\"]")},
		{SLICE_TEXT("YWJj!"), SLICE_TEXT("/a"),
		 SLICE_TEXT("invalid base64 encoding in job name \"abc\": illegal base64 data at "
			    "input "
			    "byte 4")},
		{SLICE_TEXT("x"), SLICE_TEXT("/1/"),
		 SLICE_TEXT(
			 "invalid base64 encoding in job name \"\": illegal base64 data at input "
			 "byte 0")},
		{SLICE_TEXT("="), SLICE_TEXT("/a"), SLICE_TEXT(ODD "\"/a\"")},
		{SLICE_TEXT("="), SLICE_TEXT("/1/"), SLICE_TEXT("improper label name \"1\"")},
		{SLICE_TEXT("="), SLICE_TEXT("/a/b"), SLICE_TEXT("job name is required")},
		{SLICE_TEXT("\n"), SLICE_TEXT("/job/y"), SLICE_TEXT("job name is required")},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct push_path path = {rows[i].job, true, rows[i].labels};
		struct buf got;

		buf_init(&got, TEXT_BYTES_MAX);
		tell(&path, NAME_LEGACY, LABELS_MAX, &got);
		assert_text(buf_slice(&got), rows[i].want);
		buf_free(&got);
	}
}

/* A job that is not encoded is taken as it is, but for an empty one. */
static void a_plain_job_is_any_bytes(void **state)
{
	static const struct {
		struct slice job, want;
	} rows[] = {
		{SLICE_TEXT("\xff\0="), SLICE_TEXT("[job=\xff\0=]")},
		{SLICE_TEXT("x@base64"), SLICE_TEXT("[job=x@base64]")},
		{SLICE_TEXT(""), SLICE_TEXT("job name is required")},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct push_path path = {rows[i].job, false, SLICE_EMPTY};
		struct buf got;

		buf_init(&got, TEXT_BYTES_MAX);
		tell(&path, NAME_LEGACY, LABELS_MAX, &got);
		assert_text(buf_slice(&got), rows[i].want);
		buf_free(&got);
	}
}

/* With UTF-8 names any valid UTF-8 is a name, still neither reserved nor empty. */
static void utf8_names_are_any_utf8(void **state)
{
	static const struct row rows[] = {
		ROW("/a.b/c/\xc3\xa4/d", "[a.b=c][job=x][\xc3\xa4=d]"),
		ROW("/1 \0/c", "[1 \0=c][job=x]"),
		ROW("/\xff/c", "improper label name \"\\xff\""),
		ROW("/@base64/Yg", "improper label name \"\""),
		ROW("/__a/c", "improper label name \"__a\""),
		ROW("/a@BASE64/eA", "[a@BASE64=eA][job=x]"),
		ROW("/a@base64@base64/eA", "[a@base64=x][job=x]"),
	};

	(void)state;
	check(rows, N(rows), NAME_UTF8);
}

/* Behind U__ two underscores are one and _HEX_ is a code point of up to five digits. */
static void escaped_names_are_unescaped(void **state)
{
	static const struct row rows[] = {
		ROW("/U__a_2e_b/c", "[a.b=c][job=x]"),
		ROW("/U__a__b/c", "[a_b=c][job=x]"),
		ROW("/U___61__62_/c", "[ab=c][job=x]"),
		ROW("/U___00061_/c", "[a=c][job=x]"),
		ROW("/U___E4_/c", "[job=x][\xc3\xa4=c]"),
		ROW("/U___1F600_/c", "[job=x][\xf0\x9f\x98\x80=c]"),
		ROW("/U___0_/c", "[\0=c][job=x]"),
		ROW("/U___ffff_/c", "[job=x][\xef\xbf\xbf=c]"),
		ROW("/U__a/c", "[a=c][job=x]"),
		ROW("/U__a_2e_b@base64/eA", "[a.b=x][job=x]"),
		ROW("/u__a__b/c", "[job=x][u__a__b=c]"),
		ROW("/U___6\x11_/c", "[a=c][job=x]"), /* a digit to the reference: 0x11 | 0x20 */
	};

	(void)state;
	check(rows, N(rows), NAME_UTF8);
}

/* A name with any fault in it stays as it is, escapes before the fault included. */
static void a_faulty_escape_leaves_the_name_alone(void **state)
{
	static const struct row rows[] = {
		ROW("/U__a_/c", "[U__a_=c][job=x]"),
		ROW("/U___/c", "[U___=c][job=x]"),
		ROW("/U___61/c", "[U___61=c][job=x]"),
		ROW("/U___g_/c", "[U___g_=c][job=x]"),
		ROW("/U___10ffff_/c", "[U___10ffff_=c][job=x]"),
		ROW("/U___000061_/c", "[U___000061_=c][job=x]"),
		ROW("/U___d800_/c", "[U___d800_=c][job=x]"),
		ROW("/U___dfff_/c", "[U___dfff_=c][job=x]"),
		ROW("/U__a__b_x_/c", "[U__a__b_x_=c][job=x]"),
	};

	(void)state;
	check(rows, N(rows), NAME_UTF8);
}

/* What is unescaped is judged as a name, but reserved is what begins with two underscores before;
 * so the escaped job is the job, and an escaped reserved name passes here. */
static void names_are_judged_before_and_after_unescaping(void **state)
{
	static const struct row rows[] = {
		ROW("/U__/c", "improper label name \"U__\""),
		ROW("/U__a\xff/c", "improper label name \"U__a\\xff\""),
		ROW("/U__job/y", "[job=x]"),
		ROW("/U__a/1/a/2", "[a=2][job=x]"),
		ROW("/a/1/U___61_/2", "[a=2][job=x]"),
		ROW("/U______x/c", "[__x=c][job=x]"),
	};

	(void)state;
	check(rows, N(rows), NAME_UTF8);
}

/* A path may have as many labels as a series, job counted; one more is refused by the flag's name.
 */
static void the_number_of_labels_is_bounded(void **state)
{
	static const struct {
		const char *labels;
		uint32_t labels_max;
		const char *want;
	} rows[] = {
		{"/a/1/b/2", 3, "[a=1][b=2][job=x]"},
		{"/a/1/b/2", 2, "the path has more than 2 labels (--push.max-labels-per-series)"},
		{"/1/1/b/2", 2, "the path has more than 2 labels (--push.max-labels-per-series)"},
		{"/a/1/b", 1, ODD "\"/a/1/b\""},
		{"", 1, "[job=x]"},
		{"/a/1/b/2", 0, "[a=1][b=2][job=x]"},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct push_path path = {SLICE("x"), false, slice_of(rows[i].labels)};
		struct buf got;

		buf_init(&got, TEXT_BYTES_MAX);
		tell(&path, NAME_LEGACY, rows[i].labels_max, &got);
		assert_text(buf_slice(&got), slice_of(rows[i].want));
		buf_free(&got);
	}
}

/* Without a limit on labels a request line of the largest size is read in good time: each name is
 * not compared with each other one. */
static void very_many_labels_are_read_in_good_time(void **state)
{
	enum { N_LABELS = 150000 };
	struct push_path path = {.job = SLICE("x")};
	struct label *labels;
	struct arena arena;
	struct buf text;
	struct err err;
	size_t n;

	(void)state;
	buf_init(&text, TEXT_BYTES_MAX);
	for (int i = 0; i < N_LABELS; i++)
		buf_putf(&text, "/a%06d/%d/a%06d/%d", i, i, i / 2, i);
	path.labels = buf_slice(&text);
	arena_init(&arena, ARENA_BYTES_MAX);
	err = err_in(&arena);
	assert_int_equal(path_parse(&path, NAME_LEGACY, 0, &arena, &labels, &n, &err), ERR_NONE);
	assert_int_equal(n, N_LABELS + 1);
	assert_text(labels[7].value, SLICE("15"));
	assert_text(labels[N_LABELS - 1].value, SLICE("149999"));
	assert_text(labels[N_LABELS].name, SLICE("job"));
	arena_free(&arena);
	buf_free(&text);
}

/* Whatever the arena refuses, the path is parsed rightly or refused as too big for memory. */
static void a_full_arena_is_an_error(void **state)
{
	struct push_path path = {SLICE("eHl6"), true, SLICE("/U__a_2e_b@base64/eHl6/c/d")};
	size_t n_refused = 0;

	(void)state;
	for (size_t ceiling = 0; ceiling < 2000; ceiling++) {
		struct label *labels = NULL;
		struct arena arena;
		struct err err;
		size_t n = 0;

		arena_init(&arena, ceiling);
		err = err_in(&arena);
		if (path_parse(&path, NAME_UTF8, 0, &arena, &labels, &n, &err) == ERR_NONE) {
			assert_int_equal(n, 3);
			assert_text(labels[0].name, SLICE("a.b"));
			assert_text(labels[0].value, SLICE("xyz"));
		} else {
			assert_int_equal(err.code, ERR_TOO_BIG);
			assert_true(err.msg.len > 0);
			assert_null(labels);
			n_refused++;
		}
		arena_free(&arena);
	}
	assert_true(n_refused > 0 && n_refused < 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_sorted_by_name),
		cmocka_unit_test(a_slash_at_the_end_is_an_empty_component),
		cmocka_unit_test(components_come_in_pairs),
		cmocka_unit_test(the_later_value_of_a_name_counts),
		cmocka_unit_test(names_are_valid),
		cmocka_unit_test(the_suffix_is_taken_off_once),
		cmocka_unit_test(values_are_any_bytes),
		cmocka_unit_test(bad_base64_in_a_value_is_refused),
		cmocka_unit_test(faults_have_an_order),
		cmocka_unit_test(a_plain_job_is_any_bytes),
		cmocka_unit_test(utf8_names_are_any_utf8),
		cmocka_unit_test(escaped_names_are_unescaped),
		cmocka_unit_test(a_faulty_escape_leaves_the_name_alone),
		cmocka_unit_test(names_are_judged_before_and_after_unescaping),
		cmocka_unit_test(the_number_of_labels_is_bounded),
		cmocka_unit_test(very_many_labels_are_read_in_good_time),
		cmocka_unit_test(a_full_arena_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
