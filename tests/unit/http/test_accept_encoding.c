/* SPDX-License-Identifier: Apache-2.0
 *
 * Accept-Encoding is read as the reference reads it. */
#include "http/accept_encoding.h"

#include "../cm.h"

/* As SLICE, but a constant for tables. */
#define S(lit)                                                                                     \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}

enum { LINES_MAX = 4 };

/* `|` stands between header lines. */
struct row {
	struct slice lines;
	enum http_coding coding;
	bool refused;
};

static void assert_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct http_header headers[LINES_MAX + 1] = {{SLICE("Accept"), SLICE("gzip")}};
		struct http_request r = {.headers = headers, .n_headers = 1};
		struct slice rest = rows[i].lines, line = rest;
		enum http_coding coding;
		bool refused, more = true;

		while (more) {
			more = slice_cut(rest, '|', &line, &rest);
			headers[r.n_headers++] =
				(struct http_header){SLICE("accept-Encoding"), more ? line : rest};
		}
		coding = accept_encoding(&r, &refused);
		if (coding != rows[i].coding || refused != rows[i].refused)
			fail_msg("%.*s: %d, %d", SLICE_ARG(rows[i].lines), (int)coding, refused);
	}
}

/* Each row was asked of the reference; `refused` where it logs that nothing is left. */
static void identity_and_gzip_are_chosen_as_by_the_reference(void **state)
{
	static const struct row rows[] = {
		{S(""), CODING_IDENTITY, false},
		{S("gzip"), CODING_GZIP, false},
		{S("GZIP"), CODING_IDENTITY, false},
		{S("identity"), CODING_IDENTITY, false},
		{S("*"), CODING_IDENTITY, false},
		{S("gzip, *"), CODING_IDENTITY, false},
		{S("gzip;q=0.5, *"), CODING_IDENTITY, false},
		{S("gzip;q=0.5, *;q=0.4"), CODING_GZIP, false},
		{S("*;q=0.4, gzip;q=0.5"), CODING_GZIP, false},
		{S("identity;q=0.5, *"), CODING_IDENTITY, false},
		{S("identity;q=0.5, gzip"), CODING_GZIP, false},
		{S("gzip;q=0"), CODING_IDENTITY, true},
		{S("*;q=0"), CODING_IDENTITY, true},
		{S("identity;q=0"), CODING_IDENTITY, true},
		{S("identity;q=0, gzip;q=0"), CODING_IDENTITY, true},
		{S("identity;q=0, gzip"), CODING_GZIP, false},
		{S("identity;q=0, *"), CODING_IDENTITY, false},
		{S("gzip;q=1.5"), CODING_GZIP, false},
		{S("identity, gzip;q=1.5"), CODING_GZIP, false},
		{S("gzip;q=2"), CODING_IDENTITY, false},
		{S("gzip;q=.5"), CODING_IDENTITY, false},
		{S("gzip;q="), CODING_IDENTITY, false},
		{S("gzip;q=0."), CODING_IDENTITY, true},
		{S("gzip;q=1."), CODING_GZIP, false},
		{S("gzip;level=1"), CODING_IDENTITY, false},
		{S("br, gzip;level=1"), CODING_IDENTITY, false},
		{S("gzip;level=1, gzip"), CODING_IDENTITY, false},
		{S("gzip;Q=1"), CODING_IDENTITY, false},
		{S("gzip ; q=1"), CODING_GZIP, false},
		{S("gzip; q=1"), CODING_GZIP, false},
		{S("gzip;q =1"), CODING_IDENTITY, false},
		{S("gzip;q= 1"), CODING_IDENTITY, false},
		{S("gzip;q=1;x=y"), CODING_GZIP, false},
		{S("gzip;q=1x"), CODING_GZIP, false},
		{S("gzip;q=1 , identity;q=0.5"), CODING_GZIP, false},
		{S(",gzip"), CODING_IDENTITY, false},
		{S("br,,gzip"), CODING_IDENTITY, false},
		{S("br|gzip"), CODING_GZIP, false},
		{S(",|gzip"), CODING_GZIP, false},
		{S("identity;q=0|gzip"), CODING_GZIP, false},
		{S("gzip;q=0|identity;q=0.5"), CODING_IDENTITY, false},
		{S("deflate, gzip;q=1.0, *;q=0.5"), CODING_GZIP, false},
		{S("gzip/x"), CODING_IDENTITY, false},
		{S("x-gzip"), CODING_IDENTITY, false},
		{S("gzip;"), CODING_IDENTITY, false},
		{S("gzip,"), CODING_GZIP, false},
		{S("\"gzip\""), CODING_IDENTITY, false},
		{S("gzip;q=0.0000000000000000000000000000000000001"), CODING_GZIP, false},
		{S("gzip;q=0.9223372036854775808"), CODING_GZIP, false},
		{S("gzip;q=0.00000000000000000000"), CODING_IDENTITY, true},
		{S("identity;q=0.1, gzip;q=0.99999999999999999999"), CODING_GZIP, false},
		{S("gzip;q=0."
		   "0000000000000000000000000000000000000000000000000000000000000000000000000"),
		 CODING_IDENTITY, false},
		{S("identity;q=0.1,gzip;q=0."
		   "1111111111111111111111111111111111111111111111111111111111111111111111111111"),
		 CODING_GZIP, false},
		{S("identity;q=0.1,gzip;q=0."
		   "00000000000000000000000000000000000000000000000000000000000000000000000"),
		 CODING_IDENTITY, false},
		{S("br;q=1.0, gzip;q=0.8, *;q=0.1"), CODING_GZIP, false},
	};

	(void)state;
	assert_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* zstd must be named and wanted more than both of the others. */
static void zstd_is_for_who_wants_it_most(void **state)
{
	static const struct row rows[] = {
		{S("zstd"), CODING_ZSTD, false},
		{S("gzip, zstd"), CODING_GZIP, false},
		{S("zstd, gzip"), CODING_GZIP, false},
		{S("gzip, deflate, br, zstd"), CODING_GZIP, false},
		{S("zstd;q=1, gzip;q=0.9"), CODING_ZSTD, false},
		{S("zstd, identity"), CODING_IDENTITY, false},
		{S("zstd;q=0.5, *;q=0.5"), CODING_IDENTITY, false},
		{S("zstd;q=0"), CODING_IDENTITY, false},
		{S("zstd;q=0.1, gzip;q=0"), CODING_ZSTD, false},
		{S("ZSTD"), CODING_IDENTITY, false},
		{S("zstd, *;q=0.1"), CODING_ZSTD, false},
	};

	(void)state;
	assert_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Without the header an answer is sent as it is. */
static void no_header_is_identity(void **state)
{
	const struct http_request r = {.n_headers = 0};
	bool refused = true;

	(void)state;
	assert_int_equal(accept_encoding(&r, &refused), CODING_IDENTITY);
	assert_false(refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_and_gzip_are_chosen_as_by_the_reference),
		cmocka_unit_test(zstd_is_for_who_wants_it_most),
		cmocka_unit_test(no_header_is_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
