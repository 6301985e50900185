/* SPDX-License-Identifier: Apache-2.0
 *
 * The size of a push as the reference counts it; every number was recorded from it (1.11.2). */
#include "app/push_size.h"

#include "../cm.h"

#define HOST                                                                                       \
	{                                                                                          \
		SLICE_TEXT("Host"), SLICE_TEXT("h")                                                \
	}
#define CLOSE                                                                                      \
	{                                                                                          \
		SLICE_TEXT("Connection"), SLICE_TEXT("close")                                      \
	}

struct row {
	const char *what;
	size_t bytes;
	const char *target, *path_raw, *path, *host;
	int64_t content_length;
	struct http_header headers[6];
	size_t n_headers;
};

#define PLAIN .target = "/metrics/job/x", .path_raw = "/metrics/job/x", .path = "/metrics/job/x"

static const struct row rows[] = {
	{"target, method, protocol, headers, host", 56, PLAIN, .host = "h",
	 .headers = {HOST, CLOSE, {SLICE_TEXT("Content-Length"), SLICE_TEXT("0")}}, .n_headers = 3},
	{"the declared length", 60, PLAIN, .host = "h", .content_length = 4,
	 .headers = {HOST, CLOSE, {SLICE_TEXT("Content-Length"), SLICE_TEXT("4")}}, .n_headers = 3},
	{"chunked: no length, and headers that Go takes away", 41, PLAIN, .host = "h",
	 .content_length = -1,
	 .headers = {HOST,
		     CLOSE,
		     {SLICE_TEXT("Transfer-Encoding"), SLICE_TEXT("chunked")},
		     {SLICE_TEXT("Content-Length"), SLICE_TEXT("4")},
		     {SLICE_TEXT("Trailer"), SLICE_TEXT("A")}},
	 .n_headers = 5},
	{"a name twice, and the cache control that Go adds", 82, PLAIN, .host = "h",
	 .headers = {HOST,
		     CLOSE,
		     {SLICE_TEXT("X-A"), SLICE_TEXT("1")},
		     {SLICE_TEXT("x-a"), SLICE_TEXT("22")},
		     {SLICE_TEXT("Pragma"), SLICE_TEXT("no-cache")}},
	 .n_headers = 5},
	{"a cache control that came is not added again", 73, PLAIN, .host = "h",
	 .headers = {HOST,
		     CLOSE,
		     {SLICE_TEXT("X-A"), SLICE_TEXT("1")},
		     {SLICE_TEXT("Pragma"), SLICE_TEXT("no-cache")},
		     {SLICE_TEXT("Cache-Control"), SLICE_TEXT("a")}},
	 .n_headers = 5},
	{"braces are escaped", 47, .target = "/metrics/job/{x}", .path_raw = "/metrics/job/{x}",
	 .path = "/metrics/job/{x}", .host = "h", .headers = {HOST, CLOSE}, .n_headers = 2},
	{"parentheses are not", 45, .target = "/metrics/job/(x)!*",
	 .path_raw = "/metrics/job/(x)!*", .path = "/metrics/job/(x)!*", .host = "h",
	 .headers = {HOST, CLOSE}, .n_headers = 2},
	{"but beside a brace they are", 54, .target = "/metrics/job/{x}(/a/b",
	 .path_raw = "/metrics/job/{x}(/a/b", .path = "/metrics/job/{x}(/a/b", .host = "h",
	 .headers = {HOST, CLOSE}, .n_headers = 2},
	{"escapes and a query stay", 51, .target = "/metrics/job/%7Bx%7D?a=b",
	 .path_raw = "/metrics/job/%7Bx%7D", .path = "/metrics/job/{x}", .host = "h",
	 .headers = {HOST, CLOSE}, .n_headers = 2},
	{"an empty query stays", 42, .target = "/metrics/job/x?", .path_raw = "/metrics/job/x",
	 .path = "/metrics/job/x", .host = "h", .headers = {HOST, CLOSE}, .n_headers = 2},
	{"bytes beyond ASCII are escaped", 46, .target = "/metrics/job/\xc3\xa4",
	 .path_raw = "/metrics/job/\xc3\xa4", .path = "/metrics/job/\xc3\xa4", .host = "h",
	 .headers = {HOST, CLOSE}, .n_headers = 2},
	{"an absolute target", 57, .target = "http://other/metrics/job/x",
	 .path_raw = "/metrics/job/x", .path = "/metrics/job/x", .host = "other",
	 .headers = {HOST, CLOSE}, .n_headers = 2},
	{"no header at all", 25, PLAIN, .host = ""},
};

/* Each row. */
static void test_as_the_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct http_request r = {
			.method = HTTP_PUT,
			.method_text = SLICE("PUT"),
			.target = slice_of(row->target),
			.path_raw = slice_of(row->path_raw),
			.path = slice_of(row->path),
			.host = slice_of(row->host),
			.headers = row->headers,
			.n_headers = row->n_headers,
			.content_length = row->content_length,
		};

		if (push_size_bytes(&r) != row->bytes)
			fail_msg("%s: got %zu, want %zu", row->what, push_size_bytes(&r),
				 row->bytes);
	}
}

/* So many headers that their square would be felt: the same name throughout is counted once. */
static void test_many_headers(void **state)
{
	enum { N = 100000 };
	struct http_header *headers = calloc(N, sizeof(*headers));
	struct http_request r = {.method_text = SLICE("PUT"),
				 .target = SLICE("/"),
				 .path_raw = SLICE("/"),
				 .path = SLICE("/"),
				 .host = SLICE("h"),
				 .headers = headers,
				 .n_headers = N};

	(void)state;
	assert_non_null(headers);
	for (size_t i = 0; i < N; i++)
		headers[i] = (struct http_header){SLICE("a-name"), SLICE("v")};
	assert_int_equal(push_size_bytes(&r), 1 + 3 + 8 + 1 + 6 + N);
	free(headers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_reference),
		cmocka_unit_test(test_many_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
