/* SPDX-License-Identifier: Apache-2.0
 *
 * A request head is read in exactly one way, or refused for exactly one reason, however it is cut.
 */
#include "http/http1_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { FIELDS_MAX = 8, HEAD_MAX = 256 };

static struct http_header fields[FIELDS_MAX];
static char decoded[HEAD_MAX];
static const struct http1_space space = {fields, FIELDS_MAX, decoded, HEAD_MAX};

/* As SLICE, but a constant for tables. */
#define S(lit)                                                                                     \
	{                                                                                          \
		"" lit "", sizeof(lit) - 1                                                         \
	}
#define H "Host: a\r\n"
#define GET "GET / HTTP/1.1\r\n"
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

struct verdict {
	enum http1_result result;
	enum http1_error error;
	struct http1_head head;
};

static struct verdict parse(struct slice input, struct http1_scan *scan)
{
	struct verdict v = {.error = HTTP1_ERROR_NONE};

	v.result = http1_parse(input, &space, scan, &v.head, &v.error);
	return v;
}

static struct verdict parse_at_once(struct slice input)
{
	struct http1_scan scan = {0};

	return parse(input, &scan);
}

static void assert_slice(struct slice got, struct slice wanted, const char *what)
{
	if (!slice_eq(got, wanted))
		fail_msg("%s: got '%.*s', wanted '%.*s'", what, SLICE_ARG(got), SLICE_ARG(wanted));
}

static void assert_same(const struct verdict *a, const struct verdict *b, const char *name)
{
	if (a->result != b->result || a->error != b->error)
		fail_msg("%s: result %d error %d, or %d and %d", name, a->result, a->error,
			 b->result, b->error);
	if (a->result != HTTP1_COMPLETE)
		return;
	assert_int_equal(a->head.head_len, b->head.head_len);
	assert_int_equal(a->head.framing, b->head.framing);
	assert_int_equal(a->head.keep_alive, b->head.keep_alive);
	assert_int_equal(a->head.expect_continue, b->head.expect_continue);
	assert_int_equal(a->head.request.content_length, b->head.request.content_length);
	assert_int_equal(a->head.request.n_headers, b->head.request.n_headers);
	assert_slice(a->head.request.host, b->head.request.host, name);
	assert_slice(a->head.request.target, b->head.request.target, name);
}

/* Byte after byte, in two and in three pieces: at each length the verdict is that of reading all of
 * it at once, and once there is a verdict no further byte changes it. */
static void assert_cut_does_not_matter(struct slice input, const char *name)
{
	struct http1_scan scan = {0};
	struct verdict final = {.result = HTTP1_INCOMPLETE};

	for (size_t n = 0; n <= input.len; n++) {
		struct slice prefix = {input.ptr, n};
		struct verdict once = parse_at_once(prefix);

		if (final.result != HTTP1_INCOMPLETE) {
			assert_same(&once, &final, name);
			continue;
		}
		final = parse(prefix, &scan);
		assert_same(&final, &once, name);
	}
	for (size_t first = 0; first <= input.len; first++) {
		struct verdict whole = parse_at_once(input);
		struct verdict v;

		scan = (struct http1_scan){0};
		v = parse((struct slice){input.ptr, first}, &scan);
		if (v.result == HTTP1_INCOMPLETE)
			v = parse(input, &scan);
		assert_same(&v, &whole, name);
	}
}

static const struct {
	const char *name;
	struct slice input;
	enum http1_error error;
} refused[] = {
	/* the request line */
	{"no version", S("GET /\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"one word", S("GARBAGE\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"empty line first", S("\r\n" GET H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"blank first", S(" GET / HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"no method", S(" / HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"no target", S("GET  HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"two blanks before the target", S("GET  / HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"two blanks before the version", S("GET /  HTTP/1.1\r\n" H "\r\n"),
	 HTTP1_BAD_REQUEST_LINE},
	{"blank at the end", S("GET / HTTP/1.1 \r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"blank in the target", S("GET /a b HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"tab for a blank", S("GET\t/ HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"@ in the method", S("P@T / HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"NUL in the method", S("G\0T / HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"NUL in the target", S("GET /\0 HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"CR in the target", S("GET /\r HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"tab in the target", S("GET /\t HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"DEL in the target", S("GET /\x7f HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"a TLS hello", S("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"),
	 HTTP1_BAD_REQUEST_LINE},
	{"lower-case protocol", S("GET / http/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"other protocol", S("GET / ICY/1.1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"version without minor", S("GET / HTTP/1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"version with two digits", S("GET / HTTP/1.10\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"version with a comma", S("GET / HTTP/1,1\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"version with a letter", S("GET / HTTP/1.x\r\n" H "\r\n"), HTTP1_BAD_REQUEST_LINE},
	{"HTTP/0.9", S("GET / HTTP/0.9\r\n" H "\r\n"), HTTP1_BAD_VERSION},
	{"HTTP/2 preface", S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), HTTP1_BAD_VERSION},
	{"HTTP/3.0", S("GET / HTTP/3.0\r\n" H "\r\n"), HTTP1_BAD_VERSION},
	/* the target */
	{"relative target", S("GET a HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"query alone", S("GET ?a HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"escape without digits", S("GET /%zz HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"escape cut by the end", S("GET /%2 HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"escape cut by the query", S("GET /%2?f HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"percent alone", S("GET /% HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"opaque target", S("GET a:b HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"absolute without host", S("GET http:///a HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"absolute with user", S("GET http://u@h/ HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"absolute with word for port", S("GET http://h:x/ HTTP/1.1\r\n" H "\r\n"),
	 HTTP1_BAD_TARGET},
	{"absolute without scheme", S("GET ://h/ HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	{"CONNECT with user", S("CONNECT u@h:1 HTTP/1.1\r\n" H "\r\n"), HTTP1_BAD_TARGET},
	/* header lines */
	{"no colon", S(GET H "A\r\n\r\n"), HTTP1_BAD_FIELD},
	{"no name", S(GET H ": a\r\n\r\n"), HTTP1_BAD_FIELD},
	{"blank before the colon", S(GET H "A : b\r\n\r\n"), HTTP1_BLANK_BEFORE_COLON},
	{"tab before the colon", S(GET H "A\t: b\r\n\r\n"), HTTP1_BLANK_BEFORE_COLON},
	{"blank before the colon of a length", S(GET H "Content-Length : 3\r\n\r\n"),
	 HTTP1_BLANK_BEFORE_COLON},
	{"@ in a name", S(GET H "A@: b\r\n\r\n"), HTTP1_BAD_FIELD},
	{"NUL in a name", S(GET H "A\0: b\r\n\r\n"), HTTP1_BAD_FIELD},
	{"high byte in a name", S(GET H "\xc3\xa4: b\r\n\r\n"), HTTP1_BAD_FIELD},
	{"NUL in a value", S(GET H "A: b\0c\r\n\r\n"), HTTP1_BAD_FIELD},
	{"control byte in a value", S(GET H "A: b\x01\r\n\r\n"), HTTP1_BAD_FIELD},
	{"DEL in a value", S(GET H "A: \x7f\r\n\r\n"), HTTP1_BAD_FIELD},
	{"CR in a value", S(GET H "A: b\rC: d\r\n\r\n"), HTTP1_BAD_FIELD},
	{"CR before CRLF", S(GET H "A: b\r\r\n\r\n"), HTTP1_BAD_FIELD},
	{"CR alone as a line", S(GET H "\r\r\n\r\n"), HTTP1_BAD_FIELD},
	{"folded value", S(GET H "A: b\r\n c\r\n\r\n"), HTTP1_FOLDED_FIELD},
	{"value folded by a tab", S(GET H "A: b\r\n\tc\r\n\r\n"), HTTP1_FOLDED_FIELD},
	{"first header indented", S(GET " " H "\r\n"), HTTP1_FOLDED_FIELD},
	{"line of a blank", S(GET H " \r\n\r\n"), HTTP1_FOLDED_FIELD},
	{"bare LF after the request line", S("GET / HTTP/1.1\n" H "\r\n"), HTTP1_BARE_LF},
	{"bare LF after a header", S(GET "Host: a\n\r\n"), HTTP1_BARE_LF},
	{"bare LF as the end", S(GET H "\n"), HTTP1_BARE_LF},
	{"bare LF in a value", S(GET H "A: b\nContent-Length: 3\r\n\r\n"), HTTP1_BARE_LF},
	{"LF first", S("\n" GET H "\r\n"), HTTP1_BARE_LF},
	/* Host */
	{"no Host", S(GET "\r\n"), HTTP1_NO_HOST},
	{"no Host with absolute target", S("GET http://a/ HTTP/1.1\r\n\r\n"), HTTP1_NO_HOST},
	{"two Hosts", S(GET H "Host: b\r\n\r\n"), HTTP1_MANY_HOSTS},
	{"the same Host twice", S(GET H "host: a\r\n\r\n"), HTTP1_MANY_HOSTS},
	{"two Hosts in HTTP/1.0", S("GET / HTTP/1.0\r\n" H H "\r\n"), HTTP1_MANY_HOSTS},
	{"blank in Host", S(GET "Host: a b\r\n\r\n"), HTTP1_BAD_HOST},
	{"slash in Host", S(GET "Host: a/b\r\n\r\n"), HTTP1_BAD_HOST},
	{"user in Host", S(GET "Host: u@a\r\n\r\n"), HTTP1_BAD_HOST},
	{"high byte in Host", S(GET "Host: \xc3\xa4\r\n\r\n"), HTTP1_BAD_HOST},
	/* framing */
	{"two lengths", S(GET H "Content-Length: 3\r\nContent-Length: 4\r\n\r\n"),
	 HTTP1_MANY_LENGTHS},
	{"the same length twice", S(GET H "Content-Length: 3\r\ncontent-length: 3\r\n\r\n"),
	 HTTP1_MANY_LENGTHS},
	{"list of lengths", S(GET H "Content-Length: 3, 3\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length with plus", S(GET H "Content-Length: +3\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length with minus", S(GET H "Content-Length: -3\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length in hex", S(GET H "Content-Length: 0x3\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length with blank inside", S(GET H "Content-Length: 1 2\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length with fraction", S(GET H "Content-Length: 3.0\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length of a word", S(GET H "Content-Length: three\r\n\r\n"), HTTP1_BAD_LENGTH},
	{"length over 63 bits", S(GET H "Content-Length: 9223372036854775808\r\n\r\n"),
	 HTTP1_BAD_LENGTH},
	{"length that wraps 64 bits", S(GET H "Content-Length: 18446744073709551619\r\n\r\n"),
	 HTTP1_BAD_LENGTH},
	{"empty length", S(GET H "Content-Length:\r\n\r\n"), HTTP1_EMPTY_LENGTH},
	{"gzip coding", S(GET H "Transfer-Encoding: gzip\r\n\r\n"), HTTP1_BAD_CODING},
	{"gzip then chunked", S(GET H "Transfer-Encoding: gzip, chunked\r\n\r\n"),
	 HTTP1_BAD_CODING},
	{"chunked then gzip", S(GET H "Transfer-Encoding: chunked, gzip\r\n\r\n"),
	 HTTP1_BAD_CODING},
	{"identity coding", S(GET H "Transfer-Encoding: identity\r\n\r\n"), HTTP1_BAD_CODING},
	{"empty coding", S(GET H "Transfer-Encoding:\r\n\r\n"), HTTP1_BAD_CODING},
	{"chunked with parameter", S(GET H "Transfer-Encoding: chunked;a=b\r\n\r\n"),
	 HTTP1_BAD_CODING},
	{"chunked in quotes", S(GET H "Transfer-Encoding: \"chunked\"\r\n\r\n"), HTTP1_BAD_CODING},
	{"xchunked", S(GET H "Transfer-Encoding: xchunked\r\n\r\n"), HTTP1_BAD_CODING},
	{"chunked twice in a list", S(GET H "Transfer-Encoding: chunked, chunked\r\n\r\n"),
	 HTTP1_BAD_CODING},
	{"chunked in two lines",
	 S(GET H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
	 HTTP1_BAD_CODING},
	{"chunked with vertical tab",
	 S(GET H "Transfer-Encoding: \x0b"
		 "chunked\r\n\r\n"),
	 HTTP1_BAD_FIELD},
	{"chunked in HTTP/1.0", S("GET / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n"),
	 HTTP1_CODING_IN_1_0},
	{"chunked beside a bad length",
	 S(GET H "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n"), HTTP1_BAD_LENGTH},
	/* the rest */
	{"unknown expectation", S(GET H "Expect: 200-maybe\r\n\r\n"), HTTP1_BAD_EXPECTATION},
	{"one header line too many",
	 S(GET H "A:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\nA:6\r\nA:7\r\nA:8\r\n\r\n"),
	 HTTP1_MANY_FIELDS},
	{"one byte too many",
	 S(GET H "A: " FIFTY FIFTY FIFTY FIFTY TEN TEN "12345"
		 "\r\n\r\n"),
	 HTTP1_HEAD_TOO_LARGE},
	{"endless line", S("GET /" FIFTY FIFTY FIFTY FIFTY FIFTY "12"), HTTP1_HEAD_TOO_LARGE},
};

/* Each malformed head is refused for the reason that its name gives. */
static void malformed_heads_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct verdict v = parse_at_once(refused[i].input);

		if (v.result != HTTP1_REFUSED || v.error != refused[i].error)
			fail_msg("%s: result %d, error %d", refused[i].name, v.result, v.error);
		assert_cut_does_not_matter(refused[i].input, refused[i].name);
	}
}

static const struct {
	const char *name;
	struct slice input;
	enum http_method method;
	struct slice path_raw, path, query, host;
	enum http1_framing framing;
	int64_t length;
	bool keep_alive;
} accepted[] = {
	{"plain", S(GET H "\r\n"), HTTP_GET, S("/"), S("/"), S(""), S("a"), HTTP1_NO_BODY, -1,
	 true},
	{"HTTP/1.0 without Host", S("GET / HTTP/1.0\r\n\r\n"), HTTP_GET, S("/"), S("/"), S(""),
	 S(""), HTTP1_NO_BODY, -1, false},
	{"HTTP/1.0 that stays", S("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), HTTP_GET,
	 S("/"), S("/"), S(""), S(""), HTTP1_NO_BODY, -1, true},
	{"later minor version", S("GET / HTTP/1.7\r\n" H "\r\n"), HTTP_GET, S("/"), S("/"), S(""),
	 S("a"), HTTP1_NO_BODY, -1, true},
	{"empty Host", S(GET "Host:\r\n\r\n"), HTTP_GET, S("/"), S("/"), S(""), S(""),
	 HTTP1_NO_BODY, -1, true},
	{"Host with port and brackets", S(GET "Host: [::1]:9091\r\n\r\n"), HTTP_GET, S("/"), S("/"),
	 S(""), S("[::1]:9091"), HTTP1_NO_BODY, -1, true},
	{"escapes", S("PUT /a%2Fb%20c?%zz HTTP/1.1\r\n" H "\r\n"), HTTP_PUT, S("/a%2Fb%20c"),
	 S("/a/b c"), S("%zz"), S("a"), HTTP1_NO_BODY, -1, true},
	{"escaped NUL", S("PUT /%00 HTTP/1.1\r\n" H "\r\n"), HTTP_PUT, S("/%00"), S("/\0"), S(""),
	 S("a"), HTTP1_NO_BODY, -1, true},
	{"raw UTF-8", S("PUT /\xc3\xa4 HTTP/1.1\r\n" H "\r\n"), HTTP_PUT, S("/\xc3\xa4"),
	 S("/\xc3\xa4"), S(""), S("a"), HTTP1_NO_BODY, -1, true},
	{"second question mark", S("GET /a?b?c HTTP/1.1\r\n" H "\r\n"), HTTP_GET, S("/a"), S("/a"),
	 S("b?c"), S("a"), HTTP1_NO_BODY, -1, true},
	{"absolute target, its host wins", S("GET http://b:80/c?d HTTP/1.1\r\n" H "\r\n"), HTTP_GET,
	 S("/c"), S("/c"), S("d"), S("b:80"), HTTP1_NO_BODY, -1, true},
	{"absolute target without path", S("GET http://b HTTP/1.1\r\n" H "\r\n"), HTTP_GET, S("/"),
	 S("/"), S(""), S("b"), HTTP1_NO_BODY, -1, true},
	{"absolute target, query only", S("GET http://b?c HTTP/1.1\r\n" H "\r\n"), HTTP_GET, S("/"),
	 S("/"), S("c"), S("b"), HTTP1_NO_BODY, -1, true},
	{"asterisk", S("OPTIONS * HTTP/1.1\r\n" H "\r\n"), HTTP_OPTIONS, S("*"), S("*"), S(""),
	 S("a"), HTTP1_NO_BODY, -1, true},
	{"CONNECT", S("CONNECT b:80 HTTP/1.1\r\n" H "\r\n"), HTTP_CONNECT, S(""), S(""), S(""),
	 S("b:80"), HTTP1_NO_BODY, -1, true},
	{"CONNECT to a path", S("CONNECT /b HTTP/1.1\r\n" H "\r\n"), HTTP_CONNECT, S("/b"), S("/b"),
	 S(""), S("a"), HTTP1_NO_BODY, -1, true},
	{"lower-case put is another method", S("put / HTTP/1.1\r\n" H "\r\n"), HTTP_OTHER, S("/"),
	 S("/"), S(""), S("a"), HTTP1_NO_BODY, -1, true},
	{"any token is a method", S("M!#$%&'*+-.^_`|~ / HTTP/1.1\r\n" H "\r\n"), HTTP_OTHER, S("/"),
	 S("/"), S(""), S("a"), HTTP1_NO_BODY, -1, true},
	{"length", S("PUT / HTTP/1.1\r\n" H "content-LENGTH: \t 003 \t\r\n\r\nabc"), HTTP_PUT,
	 S("/"), S("/"), S(""), S("a"), HTTP1_LENGTH, 3, true},
	{"length of zero", S("PUT / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"), HTTP_PUT, S("/"),
	 S("/"), S(""), S("a"), HTTP1_NO_BODY, 0, true},
	{"largest length", S("PUT / HTTP/1.1\r\n" H "Content-Length: 9223372036854775807\r\n\r\n"),
	 HTTP_PUT, S("/"), S("/"), S(""), S("a"), HTTP1_LENGTH, INT64_MAX, true},
	{"chunked", S("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n"), HTTP_PUT,
	 S("/"), S("/"), S(""), S("a"), HTTP1_CHUNKED, -1, true},
	{"chunked beside a length wins, and ends the connection",
	 S("PUT / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
	 HTTP_PUT, S("/"), S("/"), S(""), S("a"), HTTP1_CHUNKED, -1, false},
	{"close", S(GET H "Connection: close\r\n\r\n"), HTTP_GET, S("/"), S("/"), S(""), S("a"),
	 HTTP1_NO_BODY, -1, false},
	{"close in a list", S(GET H "Connection: te , CLOSE,keep-alive\r\n\r\n"), HTTP_GET, S("/"),
	 S("/"), S(""), S("a"), HTTP1_NO_BODY, -1, false},
	{"close in a second line", S(GET H "Connection: te\r\nConnection: close\r\n\r\n"), HTTP_GET,
	 S("/"), S("/"), S(""), S("a"), HTTP1_NO_BODY, -1, false},
	{"closed is not close", S(GET H "Connection: closed\r\n\r\n"), HTTP_GET, S("/"), S("/"),
	 S(""), S("a"), HTTP1_NO_BODY, -1, true},
	{"expectation in HTTP/1.0 is nothing", S("GET / HTTP/1.0\r\nExpect: 200-maybe\r\n\r\n"),
	 HTTP_GET, S("/"), S("/"), S(""), S(""), HTTP1_NO_BODY, -1, false},
	{"as many bytes as may be",
	 S(GET H "A: " FIFTY FIFTY FIFTY FIFTY TEN TEN "12"
		 "\r\n\r\n"),
	 HTTP_GET, S("/"), S("/"), S(""), S("a"), HTTP1_NO_BODY, -1, true},
	{"as many lines as may be",
	 S(GET H "A:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\nA:6\r\nA:7\r\n\r\n"), HTTP_GET, S("/"), S("/"),
	 S(""), S("a"), HTTP1_NO_BODY, -1, true},
};

/* Each good head gives the request that it says. */
static void good_heads_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		const char *name = accepted[i].name;
		struct verdict v = parse_at_once(accepted[i].input);
		const struct http_request *r = &v.head.request;

		if (v.result != HTTP1_COMPLETE)
			fail_msg("%s: result %d, error %d", name, v.result, v.error);
		if (r->method != accepted[i].method || v.head.framing != accepted[i].framing ||
		    v.head.keep_alive != accepted[i].keep_alive ||
		    r->content_length != accepted[i].length)
			fail_msg("%s: method %d framing %d keep-alive %d", name, r->method,
				 v.head.framing, v.head.keep_alive);
		assert_slice(r->path_raw, accepted[i].path_raw, name);
		assert_slice(r->path, accepted[i].path, name);
		assert_slice(r->query, accepted[i].query, name);
		assert_slice(r->host, accepted[i].host, name);
		assert_cut_does_not_matter(accepted[i].input, name);
	}
}

/* What follows the empty line is not looked at. */
static void the_head_ends_at_the_empty_line(void **state)
{
	struct slice input = SLICE(GET H "\r\n\0\n\rGET");
	struct verdict v = parse_at_once(input);

	(void)state;
	assert_int_equal(v.result, HTTP1_COMPLETE);
	assert_int_equal(v.head.head_len, input.len - 6);
}

/* Names and values come without the blanks around them, and blanks inside stay. */
static void header_lines_are_trimmed(void **state)
{
	struct verdict v = parse_at_once(SLICE(GET H "A:\r\nB: \t b  c \t\r\nC:d:e\r\n\r\n"));
	const struct http_request *r = &v.head.request;
	struct slice value;

	(void)state;
	assert_int_equal(v.result, HTTP1_COMPLETE);
	assert_int_equal(r->n_headers, 4);
	assert_slice(r->headers[1].value, SLICE(""), "A");
	assert_slice(r->headers[2].value, SLICE("b  c"), "B");
	assert_true(http_header_get(r, SLICE("c"), &value));
	assert_slice(value, SLICE("d:e"), "C");
	assert_false(http_header_get(r, SLICE("D"), &value));
}

/* Expect: 100-continue is heard in any case of letters. */
static void expectation_is_read(void **state)
{
	struct verdict v = parse_at_once(SLICE(GET H "expect: 100-Continue\r\n\r\n"));

	(void)state;
	assert_int_equal(v.result, HTTP1_COMPLETE);
	assert_true(v.head.expect_continue);
}

/* Every error has a status, and a sentence that fits on a status line. */
static void errors_have_status_and_sentence(void **state)
{
	(void)state;
#define X(error, status, sentence)                                                                 \
	assert_int_equal(http1_error_status(error), status);                                       \
	assert_null(memchr(http1_error_sentence(error).ptr, '\n', http1_error_sentence(error).len));
	HTTP1_ERROR_TABLE(X)
#undef X
	assert_slice(http1_error_sentence(HTTP1_NO_HOST), SLICE("missing required Host header"),
		     "no Host");
	assert_slice(http1_error_sentence(HTTP1_BAD_TARGET), SLICE(""), "bad target");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_heads_are_refused),
		cmocka_unit_test(good_heads_are_read),
		cmocka_unit_test(the_head_ends_at_the_empty_line),
		cmocka_unit_test(header_lines_are_trimmed),
		cmocka_unit_test(expectation_is_read),
		cmocka_unit_test(errors_have_status_and_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
