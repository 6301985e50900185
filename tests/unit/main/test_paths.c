/* SPDX-License-Identifier: Apache-2.0 */
#include "main/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { ARENA_BYTES_MAX = 1 << 20 };

struct row {
	const char *external_path; /* of --web.external-url */
	const char *route_prefix, *telemetry_path;
	const char *wanted[3]; /* prefix, external prefix, path of the metrics */
	const char *why;       /* or the refusal */
};

static void assert_slice(struct slice got, const char *wanted)
{
	assert_int_equal(got.len, strlen(wanted));
	assert_memory_equal(got.ptr, wanted, got.len);
}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct flags flags = {0};
		struct paths paths;
		struct arena arena;
		struct err err;

		arena_init(&arena, ARENA_BYTES_MAX);
		err = err_in(&arena);
		flags.web_external_url.path = slice_of(rows[i].external_path);
		flags.web_route_prefix = slice_of(rows[i].route_prefix);
		flags.web_telemetry_path = slice_of(rows[i].telemetry_path);
		if (rows[i].why == NULL) {
			assert_int_equal(paths_make(&flags, &arena, &paths, &err), ERR_NONE);
			assert_slice(paths.route_prefix, rows[i].wanted[0]);
			assert_slice(paths.external_prefix, rows[i].wanted[1]);
			assert_slice(paths.telemetry_path, rows[i].wanted[2]);
		} else {
			assert_int_equal(paths_make(&flags, &arena, &paths, &err), ERR_SYNTAX);
			assert_slice(err.msg, rows[i].why);
		}
		arena_free(&arena);
	}
}

/* The prefix is --web.route-prefix, else the path of --web.external-url, with one slash in front
 * and one less at the end. */
static void prefixes(void **state)
{
	static const struct row rows[] = {
		{"", "", "/metrics", {"", "", "/metrics"}, NULL},
		{"/", "/", "/metrics", {"", "", "/metrics"}, NULL},
		{"", "x", "/metrics", {"/x", "", "/x/metrics"}, NULL},
		{"", "/x/", "/metrics", {"/x", "", "/x/metrics"}, NULL},
		{"foo/bar", "", "/metrics", {"/foo/bar", "/foo/bar", "/foo/bar/metrics"}, NULL},
		{"/a/", "", "/metrics", {"/a", "/a", "/a/metrics"}, NULL},
		{"/a", "/", "/metrics", {"", "/a", "/metrics"}, NULL},
		{"/a", "/b", "/metrics", {"/b", "/a", "/b/metrics"}, NULL},
		{"/a//b:c", "/b", "/metrics", {"/b", "/a//b:c", "/b/metrics"}, NULL},
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

/* The path of the metrics is joined with the prefix as Go's path.Join does. */
static void telemetry_paths(void **state)
{
	static const struct row rows[] = {
		{"", "", "/metrics/", {"", "", "/metrics"}, NULL},
		{"", "", "//x", {"", "", "/x"}, NULL},
		{"", "", "/a/./../b/c", {"", "", "/b/c"}, NULL},
		{"", "", "/../x", {"", "", "/x"}, NULL},
		{"", "", "/static", {"", "", "/static"}, NULL},
		{"", "", "/metrics/job/x", {"", "", "/metrics/job/x"}, NULL},
		{"", "x", "metrics", {"/x", "", "/x/metrics"}, NULL},
		{"", "x", "", {"/x", "", "/x"}, NULL},
		{"", "x", "../metrics", {"/x", "", "/metrics"}, NULL},
		{"", "x", "/../../../m", {"/x", "", "/m"}, NULL},
		{"", "x", "/-/healthy/../h", {"/x", "", "/x/-/h"}, NULL},
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

/* What would end the reference at the start, be a wildcard there, or never be reached is refused.
 */
static void refusals(void **state)
{
#define WILDCARD "holds ':' or '*', which the Go Pushgateway takes for a wildcard"
#define UNREACHABLE "cannot be reached: it has an empty, '.' or '..' path segment"
	static const struct row rows[] = {
		{"", "", "", {0}, "--web.telemetry-path: '' does not begin with '/'"},
		{"", "", "metrics", {0}, "--web.telemetry-path: 'metrics' does not begin with '/'"},
		{"", "", "../x", {0}, "--web.telemetry-path: '../x' does not begin with '/'"},
		{"", "", "/", {0}, "--web.telemetry-path: '/' is the path of something else"},
		{"",
		 "",
		 "/status/",
		 {0},
		 "--web.telemetry-path: '/status/' is the path of something else"},
		{"",
		 "",
		 "/-/ready",
		 {0},
		 "--web.telemetry-path: '/-/ready' is the path of something else"},
		{"",
		 "",
		 "/-/healthy",
		 {0},
		 "--web.telemetry-path: '/-/healthy' is the path of something else"},
		{"",
		 "",
		 "/-/quit",
		 {0},
		 "--web.telemetry-path: '/-/quit' is the path of something else"},
		{"",
		 "",
		 "/static/x",
		 {0},
		 "--web.telemetry-path: '/static/x' is the path of something else"},
		{"",
		 "x",
		 "status",
		 {0},
		 "--web.telemetry-path: 'status' is the path of something else"},
		{"", "", "/:x", {0}, "--web.telemetry-path: '/:x' " WILDCARD},
		{"", "", "/a*b", {0}, "--web.telemetry-path: '/a*b' " WILDCARD},
		{"", "/*x", "/m", {0}, "--web.route-prefix: '/*x' " WILDCARD},
		{"/a:b", "", "/m", {0}, "--web.external-url: '/a:b' " WILDCARD},
		{"", "//a//", "/m", {0}, "--web.route-prefix: '//a//' " UNREACHABLE},
		{"", "//", "/m", {0}, "--web.route-prefix: '//' " UNREACHABLE},
		{"", "a//b", "/m", {0}, "--web.route-prefix: 'a//b' " UNREACHABLE},
		{"", "x/../y", "/m", {0}, "--web.route-prefix: 'x/../y' " UNREACHABLE},
		{"/a/.", "", "/m", {0}, "--web.external-url: '/a/.' " UNREACHABLE},
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(telemetry_paths),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
