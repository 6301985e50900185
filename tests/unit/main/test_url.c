/* SPDX-License-Identifier: Apache-2.0 */
#include "main/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { TEXT_BYTES_MAX = 4096, ARENA_BYTES_MAX = 1 << 20 };

static void assert_slice(struct slice got, const char *wanted)
{
	assert_int_equal(got.len, strlen(wanted));
	assert_memory_equal(got.ptr, wanted, got.len);
}

/* A URL gives its decoded path, and is shown as Go shows it; all rows were asked of the reference.
 */
static void urls_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *path, *shown;
	} rows[] = {
		{"", "", ""},
		{"#", "", ""},
		{"?", "", "?"},
		{"*", "*", "*"},
		{"http://x.y/a b\"c", "/a b\"c", "http://x.y/a%20b%22c"},
		{"HTTP://x/Y", "/Y", "http://x/Y"},
		{"//h/p", "/p", "//h/p"},
		{"///x", "///x", "///x"},
		{"http:///x", "/x", "http:///x"},
		{"http://x?q", "", "http://x?q"},
		{"http://x/a?q#f", "/a", "http://x/a?q#f"},
		{"http://h/a//b/../c", "/a//b/../c", "http://h/a//b/../c"},
		{"http://h:/x", "/x", "http://h:/x"},
		{"http://h:80:90/", "/", "http://h:80:90/"},
		{"http://x/\303\251", "/\303\251", "http://x/%C3%A9"},
		{"http://x/%C3%a9", "/\303\251", "http://x/%C3%a9"},
		{"http://u:p:q@h/x", "/x", "http://u:p%3Aq@h/x"},
		{"http://[fe80::1%25en0]/x", "/x", "http://[fe80::1%25en0]/x"},
		{"foo/bar", "foo/bar", "foo/bar"},
		{"a/b:c", "a/b:c", "a/b:c"},
		{"/a:b", "/a:b", "/a:b"},
		{"a b", "a b", "a%20b"},
		{"mailto:a%zz", "", "mailto:a%zz"},
		{"x://", "", "x:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct buf why;
		struct url url;

		arena_init(&arena, ARENA_BYTES_MAX);
		buf_init(&why, TEXT_BYTES_MAX);
		assert_true(url_parse(slice_of(rows[i].text), &arena, &url, &why));
		assert_slice(url.path, rows[i].path);
		assert_slice(url.text, rows[i].shown);
		buf_free(&why);
		arena_free(&arena);
	}
}

/* What is no URL is refused in Go's words. */
static void what_is_no_url_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"://bad", "parse \"://bad\": missing protocol scheme"},
		{":", "parse \":\": missing protocol scheme"},
		{"1:2", "parse \"1:2\": first path segment in URL cannot contain colon"},
		{" http://x",
		 "parse \" http://x\": first path segment in URL cannot contain colon"},
		{"a\177", "parse \"a\\x7f\": net/url: invalid control character in URL"},
		{"a\nb", "parse \"a\\nb\": net/url: invalid control character in URL"},
		{"http://a b/", "parse \"http://a b/\": invalid character \" \" in host name"},
		{"http://x:80a/", "parse \"http://x:80a/\": invalid port \":80a\" after host"},
		{"http://[::1/", "parse \"http://[::1/\": missing ']' in host"},
		{"http://u[", "parse \"http://u[\": missing ']' in host"},
		{"http://[::1]a/", "parse \"http://[::1]a/\": invalid port \"a\" after host"},
		{"http://[fe80::1%en0]/x",
		 "parse \"http://[fe80::1%en0]/x\": invalid URL escape \"%en\""},
		{"http://%41/", "parse \"http://%41/\": invalid URL escape \"%41\""},
		{"http://u s@h/", "parse \"http://u s@h/\": net/url: invalid userinfo"},
		{"http://x/%zz", "parse \"http://x/%zz\": invalid URL escape \"%zz\""},
		{"http://x/#%zz", "parse \"http://x/#%zz\": invalid URL escape \"%zz\""},
		{"%", "parse \"%\": invalid URL escape \"%\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct buf why;
		struct url url;

		arena_init(&arena, ARENA_BYTES_MAX);
		buf_init(&why, TEXT_BYTES_MAX);
		assert_false(url_parse(slice_of(rows[i].text), &arena, &url, &why));
		assert_slice(buf_slice(&why), rows[i].why);
		buf_free(&why);
		arena_free(&arena);
	}
}

/* Without memory a URL is refused and nothing is leaked. */
static void without_memory_it_is_refused(void **state)
{
	struct arena arena;
	struct buf why;
	struct url url;

	(void)state;
	arena_init(&arena, 0);
	buf_init(&why, TEXT_BYTES_MAX);
	assert_false(url_parse(SLICE("http://u:p@h/x#f"), &arena, &url, &why));
	assert_true(why.len > 0);
	buf_free(&why);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_taken_apart),
		cmocka_unit_test(what_is_no_url_is_refused),
		cmocka_unit_test(without_memory_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
