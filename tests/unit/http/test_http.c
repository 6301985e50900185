/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of an answer. */
#include "http/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"
#include "http/http1_parse.h"

/* Dates are those of the C library in its C locale, leap years and centuries included. */
static void dates_are_right(void **state)
{
	(void)state;
	for (int64_t s = 0; s < INT64_C(253402300800); s += 86400 * 13 + 3607) {
		char got[HTTP_DATE_LEN + 1], wanted[64];
		struct tm tm;
		time_t t = (time_t)s;

		http_date_text(s, got);
		assert_non_null(gmtime_r(&t, &tm));
		assert_true(strftime(wanted, sizeof(wanted), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0);
		assert_string_equal(got, wanted);
	}
}

/* The last second of a leap day, and the last that fits. */
static void dates_at_edges(void **state)
{
	char got[HTTP_DATE_LEN + 1];

	(void)state;
	http_date_text(1709251199, got);
	assert_string_equal(got, "Thu, 29 Feb 2024 23:59:59 GMT");
	http_date_text(INT64_C(253402300799), got);
	assert_string_equal(got, "Fri, 31 Dec 9999 23:59:59 GMT");
}

/* Status words are the reference's; a number without words still gives a status line. */
static void status_words(void **state)
{
	(void)state;
	assert_true(slice_eq(http_status_words(200), SLICE("OK")));
	assert_true(slice_eq(http_status_words(413), SLICE("Request Entity Too Large")));
	assert_true(slice_eq(http_status_words(599), SLICE("Unknown")));
	assert_true(http_status_has_body(200) && http_status_has_body(404));
	assert_false(http_status_has_body(204) || http_status_has_body(304));
}

/* Whatever a request can be refused with has words of its own. */
static void every_refusal_has_words(void **state)
{
	static const int statuses[] = {
#define X(error, status, sentence) status,
		HTTP1_ERROR_TABLE(X)
#undef X
#define X(error, status) status,
			ERR_TABLE(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		assert_false(slice_eq(http_status_words(statuses[i]), SLICE("Unknown")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_right),
		cmocka_unit_test(dates_at_edges),
		cmocka_unit_test(status_words),
		cmocka_unit_test(every_refusal_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
