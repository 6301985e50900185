/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies as clients push them, tests/golden/push/NAME.txt, and beside each what the reference's
 * /metrics shows of it, or what its parser answers, NAME.expected. (bad_duplicate and bad_timestamp
 * are good text; they are refused later.) */
#include <stdio.h>

#include "../../expose.h"
#include "../cm.h"

enum { FILE_BYTES_MAX = 1 << 20 };

static void read_golden(const char *name, const char *suffix, struct buf *ret)
{
	/* tests/unit/format/test_golden.c */
	const char *here = __FILE__, *end = strstr(here, "unit/format/test_golden.c");
	char path[4096];
	FILE *file;
	char *at;

	assert_non_null(end);
	(void)snprintf(path, sizeof(path), "%.*sgolden/push/%s%s", (int)(end - here), here, name,
		       suffix);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s", path);
	buf_init(ret, FILE_BYTES_MAX);
	at = buf_reserve(ret, FILE_BYTES_MAX);
	assert_non_null(at);
	buf_advance(ret, fread(at, 1, FILE_BYTES_MAX, file));
	assert_int_equal(fclose(file), 0);
}

static void check_golden(const char *name, enum name_scheme scheme)
{
	struct buf body, expected, got;
	struct arena arena;
	struct err err;

	read_golden(name, ".txt", &body);
	read_golden(name, ".expected", &expected);
	arena_init(&arena, FILE_BYTES_MAX);
	buf_init(&got, FILE_BYTES_MAX);
	err = err_in(&arena);
	if (expose(buf_slice(&body), scheme, &arena, &got, &err) != ERR_NONE) {
		buf_put(&got, err.msg);
		buf_put_byte(&got, '\n'); /* of the HTTP body */
	}
	assert_text(buf_slice(&got), buf_slice(&expected));
	buf_free(&body);
	buf_free(&expected);
	buf_free(&got);
	arena_free(&arena);
}

/* Counters, gauges, untyped samples and help texts. */
static void simple_bodies(void **state)
{
	(void)state;
	check_golden("simple", NAME_LEGACY);
}

/* NaN, infinities, negative zero, extreme exponents, escapes. */
static void special_values(void **state)
{
	(void)state;
	check_golden("special_values", NAME_LEGACY);
}

/* Summaries and histograms, one without its +Inf bucket. */
static void histograms_and_summaries(void **state)
{
	(void)state;
	check_golden("histogram_summary", NAME_LEGACY);
	check_golden("float_histogram", NAME_LEGACY);
}

/* Names that need quotes. */
static void utf8_names(void **state)
{
	(void)state;
	check_golden("utf8_names", NAME_UTF8);
}

/* Carriage returns and a missing newline are syntax errors; duplicates and timestamps are not. */
static void bad_bodies(void **state)
{
	(void)state;
	check_golden("bad_crlf", NAME_LEGACY);
	check_golden("bad_no_final_newline", NAME_LEGACY);
	check_golden("bad_duplicate", NAME_LEGACY);
	check_golden("bad_timestamp", NAME_LEGACY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(simple_bodies),
		cmocka_unit_test(special_values),
		cmocka_unit_test(histograms_and_summaries),
		cmocka_unit_test(utf8_names),
		cmocka_unit_test(bad_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
