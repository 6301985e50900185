/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests are put together as their client sends them, and parsed as the server does it: what is
 * tested is the way from a request line to a route. The routes are those of the reference. */
#include "app/router.h"

#include <stdlib.h>

#include "base/buf.h"
#include "http/http1_parse.h"

#include "../cm.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_BYTES_MAX = 1 << 20, HEAD_BYTES_MAX = 64 * 1024, TEXT_BYTES_MAX = 1 << 20 };

enum {
	HEALTH,
	METRICS,
	PUSH,
	PUSH64,
	STATIC,
	STATUS,
	ROOT,
	QUIT,
	QUIT_GET,
	API_STATUS,
	API_METRICS,
	PREFLIGHT,
	WIPE,
};

#define R(verb, how, text, which)                                                                  \
	{                                                                                          \
		.method = (verb), .kind = (how), .path = SLICE_TEXT(text), .id = (which)           \
	}
#define API(verb, how, text, which)                                                                \
	{                                                                                          \
		.method = (verb), .kind = (how), .path = SLICE_TEXT(text), .id = (which),          \
		.api = true                                                                        \
	}
#define API_ROUTES                                                                                 \
	API(HTTP_GET, ROUTE_EXACT, "/status", API_STATUS),                                         \
		API(HTTP_GET, ROUTE_EXACT, "/metrics", API_METRICS),                               \
		API(HTTP_OPTIONS, ROUTE_TREE, "/", PREFLIGHT),                                     \
		API(HTTP_PUT, ROUTE_EXACT, "/admin/wipe", WIPE)
#define ROUTES(P)                                                                                  \
	R(HTTP_GET, ROUTE_EXACT, P "/-/healthy", HEALTH),                                          \
		R(HTTP_GET, ROUTE_EXACT, P "/metrics", METRICS),                                   \
		R(HTTP_PUT, ROUTE_PUSH, P "/metrics/job", PUSH),                                   \
		R(HTTP_POST, ROUTE_PUSH, P "/metrics/job", PUSH),                                  \
		R(HTTP_DELETE, ROUTE_PUSH, P "/metrics/job", PUSH),                                \
		R(HTTP_PUT, ROUTE_PUSH, P "/metrics/job@base64", PUSH64),                          \
		R(HTTP_POST, ROUTE_PUSH, P "/metrics/job@base64", PUSH64),                         \
		R(HTTP_DELETE, ROUTE_PUSH, P "/metrics/job@base64", PUSH64),                       \
		R(HTTP_GET, ROUTE_TREE, P "/static/", STATIC),                                     \
		R(HTTP_GET, ROUTE_EXACT, P "/status", STATUS),                                     \
		R(HTTP_GET, ROUTE_EXACT, P "/", ROOT),                                             \
		R(HTTP_PUT, ROUTE_EXACT, P "/-/quit", QUIT),                                       \
		R(HTTP_POST, ROUTE_EXACT, P "/-/quit", QUIT),                                      \
		R(HTTP_GET, ROUTE_EXACT, "/-/quit", QUIT_GET), API_ROUTES

static const struct route plain_routes[] = {ROUTES("")};
static const struct route prefixed_routes[] = {ROUTES("/p")};
static const struct router plain = {plain_routes, N(plain_routes), SLICE_TEXT("/api/v1")};
static const struct router prefixed = {prefixed_routes, N(prefixed_routes),
				       SLICE_TEXT("/p/api/v1")};

static void parse(const char *request_line, char *decoded, struct buf *text,
		  struct http1_head *ret_head)
{
	static struct http_header headers[8];
	struct http1_space space = {headers, N(headers), decoded, HEAD_BYTES_MAX};
	struct http1_scan scan = {0};
	enum http1_error error;

	buf_putf(text, "%s HTTP/1.1\r\nHost: x\r\n\r\n", request_line);
	if (http1_parse(buf_slice(text), &space, &scan, ret_head, &error) != HTTP1_COMPLETE)
		fail_msg("%s: is no request", request_line);
}

static const char *const result_words[] = {
	[ROUTER_FOUND] = "found",         [ROUTER_REDIRECT] = "redirect",
	[ROUTER_OPTIONS] = "options",     [ROUTER_NOT_ALLOWED] = "not allowed",
	[ROUTER_NOT_FOUND] = "not found", [ROUTER_BAD_TARGET] = "bad target",
	[ROUTER_NOMEM] = "no memory",
};
static const char *const route_words[] = {
	"health", "metrics",  "push",       "push64",      "static",    "status", "root",
	"quit",   "quit get", "api status", "api metrics", "preflight", "wipe",
};

/* What becomes of a request, in words. */
static void tell(const struct router *router, const char *request_line, struct buf *ret)
{
	char *decoded = malloc(HEAD_BYTES_MAX);
	struct router_match match;
	enum router_result result;
	struct http1_head head;
	struct arena arena;
	struct buf text;

	assert_non_null(decoded);
	arena_init(&arena, ARENA_BYTES_MAX);
	buf_init(&text, TEXT_BYTES_MAX);
	parse(request_line, decoded, &text, &head);
	result = router_find(router, &head.request, &arena, &match);
	if (result == ROUTER_FOUND) {
		buf_putf(ret, "%s", route_words[match.route->id]);
		if (match.route->kind == ROUTE_PUSH)
			buf_putf(ret, " job=%.*s labels=%.*s", SLICE_ARG(match.job),
				 SLICE_ARG(match.labels));
		if (match.route->kind == ROUTE_TREE)
			buf_putf(ret, " %.*s", SLICE_ARG(match.rest));
	} else if (result == ROUTER_REDIRECT) {
		buf_putf(ret, "%d %.*s", match.status, SLICE_ARG(match.location));
	} else {
		buf_putf(ret, "%s", result_words[result]);
		if (match.allow.len > 0)
			buf_putf(ret, ": %.*s", SLICE_ARG(match.allow));
	}
	buf_free(&text);
	arena_free(&arena);
	free(decoded);
}

struct row {
	const char *request_line, *want;
};

static void check(const struct router *router, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf got;

		buf_init(&got, TEXT_BYTES_MAX);
		tell(router, rows[i].request_line, &got);
		if (!slice_eq(buf_slice(&got), slice_of(rows[i].want)))
			fail_msg("%s\n got: %.*s\nwant: %s", rows[i].request_line,
				 SLICE_ARG(buf_slice(&got)), rows[i].want);
		buf_free(&got);
	}
}

/* Every route is found under its method and path. */
static void routes_are_found(void **state)
{
	static const struct row rows[] = {
		{"GET /-/healthy", "health"},
		{"GET /metrics", "metrics"},
		{"GET /metrics?x", "metrics"},
		{"PUT /metrics/job/x", "push job=x labels="},
		{"POST /metrics/job/x/a/b", "push job=x labels=/a/b"},
		{"DELETE /metrics/job/x/", "push job=x labels=/"},
		{"PUT /metrics/job@base64/eA", "push64 job=eA labels="},
		{"DELETE /metrics/job@base64/eA/a/b/", "push64 job=eA labels=/a/b/"},
		{"GET /static/", "static "},
		{"GET /static/a/b.css", "static a/b.css"},
		{"GET /status", "status"},
		{"GET /", "root"},
		{"GET /?", "root"},
		{"PUT /-/quit", "quit"},
		{"POST /-/quit", "quit"},
		{"GET /-/quit", "quit get"},
		{"GET /api/v1/status", "api status"},
		{"GET /api/v1/metrics", "api metrics"},
		{"PUT /api/v1/admin/wipe", "wipe"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* The decoded path is matched: a decoded slash is a separator, plus and semicolon are themselves.
 */
static void the_decoded_path_is_matched(void **state)
{
	static const struct row rows[] = {
		{"GET /%6detrics", "metrics"},
		{"PUT /metrics/job/x%2Fa/b", "push job=x labels=/a/b"},
		{"PUT /metrics/job/a%2Fb", "push job=a labels=/b"},
		{"PUT /metrics/job/%2F", "push job= labels=/"},
		{"PUT /metrics/job/x/a/%2Fb", "push job=x labels=/a//b"},
		{"PUT /metrics/job/x/a/b%2F%2Fc", "push job=x labels=/a/b//c"},
		{"PUT /metrics/job/x/a/%2e%2e", "push job=x labels=/a/.."},
		{"PUT /metrics%2Fjob%2Fx", "push job=x labels="},
		{"PUT /metrics/job/a+b;c?d", "push job=a+b;c labels="},
		{"PUT /metrics/job/a%3Fb%25", "push job=a?b% labels="},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* A path that is not clean leads to the clean one, for every method but CONNECT. */
static void paths_are_cleaned_first(void **state)
{
	static const struct row rows[] = {
		{"PUT /metrics/job/x//a/b", "301 /metrics/job/x/a/b"},
		{"PUT /metrics/job//a/b", "301 /metrics/job/a/b"},
		{"GET //", "301 /"},
		{"DELETE /a/./b", "301 /a/b"},
		{"HEAD /a/../b", "301 /b"},
		{"OPTIONS /a/.", "301 /a"},
		{"PATCH /a/b/..", "301 /a"},
		{"put /nosuch//", "301 /nosuch/"},
		{"GET /../../metrics", "301 /metrics"},
		{"GET /a//b/?x=//&y", "301 /a/b/?x=//&y"},
		{"GET //metrics?", "301 /metrics"},
		{"GET /...", "not found"},
		{"CONNECT /a//b", "not found"},
		{"CONNECT //metrics", "not found"},
		{"PUT /api//v1/x", "301 /api/v1/x"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* Unlike in the reference, escapes in a path that is cleaned are not escaped again. */
static void a_cleaned_path_is_encoded_once(void **state)
{
	static const struct row rows[] = {
		{"PUT /metrics/job/a%20b//c/%c3%A4", "301 /metrics/job/a%20b/c/%c3%A4"},
		{"GET //%2e%2e/%2F", "301 /%2e%2e/%2F"},
		{"GET /%25//x", "301 /%25/x"},
		{"GET /a|b//x", "301 /a%7Cb/x"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* Where only the last slash is wrong the request is sent to the right path: 301 for GET, else 307.
 * An encoded slash counts, and the query is kept, even an empty one. */
static void the_last_slash_is_corrected(void **state)
{
	static const struct row rows[] = {
		{"GET /-/healthy/", "301 /-/healthy"},
		{"GET /metrics/", "301 /metrics"},
		{"GET /metrics/?a=b/&c", "301 /metrics?a=b/&c"},
		{"GET /metrics/?", "301 /metrics?"},
		{"GET /metrics/?\xc3\xa4", "301 /metrics?%c3%a4"},
		{"GET /metrics%2F", "301 /metrics"},
		{"GET /static", "301 /static/"},
		{"PUT /-/quit/", "307 /-/quit"},
		{"POST /-/quit/", "307 /-/quit"},
		{"GET /-/quit/", "301 /-/quit"},
		{"HEAD /-/healthy/", "not found"},
		{"PUT /-/healthy/", "not found"},
		{"CONNECT /metrics/", "not found"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* The reference takes the bare /metrics/job/ for another spelling of a path that does not exist. */
static void a_push_without_a_job(void **state)
{
	static const struct row rows[] = {
		{"PUT /metrics/job/", "307 /metrics/job"},
		{"DELETE /metrics/job/", "307 /metrics/job"},
		{"GET /metrics/job/", "not found"},
		{"PUT /metrics/job", "not found"},
		{"PUT /metrics/job@base64/", "not found"},
		{"PUT /metrics/job@base64", "not found"},
		{"PUT /metrics/jobs/x", "not found"},
		{"PUT /metrics", "not allowed: GET, OPTIONS"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* A path that matches but for its case is sent to the route's spelling; values keep theirs. */
static void other_case_leads_to_the_route(void **state)
{
	static const struct row rows[] = {
		{"GET /METRICS", "301 /metrics"},
		{"GET /METRICS/", "301 /metrics"},
		{"GET /%2Fmetrics", "301 /metrics"},
		{"GET /STATIC/A.css", "301 /static/A.css"},
		{"GET /Static", "301 /static/"},
		{"PUT /Metrics/Job/x", "307 /metrics/job/x"},
		{"PUT /METRICS/JOB/Xy/Ab/Cd/?Q", "307 /metrics/job/Xy/Ab/Cd/?Q"},
		{"DELETE /metrics/JOB@Base64/eA", "307 /metrics/job@base64/eA"},
		{"PUT /METRICS/job/%20%7f%c3%a4%22/a%00", "307 /metrics/job/%20%7F%C3%A4%22/a%00"},
		{"PUT /METRICS/job/x/a%2F%2Fb/%2e%2e/c", "307 /metrics/job/x/a/c"},
		{"POST /METRICS", "not found"},
		{"HEAD /METRICS", "not found"},
		{"PUT /METRICS/JOB", "not found"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* A path that exists for other methods is 405, and OPTIONS lists them. */
static void methods_are_listed(void **state)
{
	static const struct row rows[] = {
		{"PUT /metrics", "not allowed: GET, OPTIONS"},
		{"HEAD /-/healthy", "not allowed: GET, OPTIONS"},
		{"PATCH /", "not allowed: GET, OPTIONS"},
		{"TRACE /static/x", "not allowed: GET, OPTIONS"},
		{"CONNECT /status", "not allowed: GET, OPTIONS"},
		{"FOO /status", "not allowed: GET, OPTIONS"},
		{"GET /metrics/job/x", "not allowed: DELETE, OPTIONS, POST, PUT"},
		{"put /metrics/job/x", "not allowed: DELETE, OPTIONS, POST, PUT"},
		{"HEAD /metrics/job@base64/x/a", "not allowed: DELETE, OPTIONS, POST, PUT"},
		{"DELETE /-/quit", "not allowed: GET, OPTIONS, POST, PUT"},
		{"OPTIONS /metrics", "options: GET, OPTIONS"},
		{"OPTIONS /metrics/job/x", "options: DELETE, OPTIONS, POST, PUT"},
		{"OPTIONS /-/quit", "options: GET, OPTIONS, POST, PUT"},
		{"OPTIONS /nosuch", "not found"},
		{"OPTIONS /metrics/", "not found"},
		{"HEAD /nosuch", "not found"},
		{"GET /nosuch", "not found"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* The asterisk is for OPTIONS alone, and names no methods. */
static void the_asterisk_is_for_options(void **state)
{
	static const struct row rows[] = {
		{"OPTIONS *", "options"},
		{"GET *", "bad target"},
		{"CONNECT *", "bad target"},
		{"GET /*", "not found"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* CONNECT to an address, which has no path, leads to the page. */
static void an_authority_is_no_path(void **state)
{
	static const struct row rows[] = {{"CONNECT h:1", "301 /"}, {"CONNECT h", "301 /"}};

	(void)state;
	check(&plain, rows, N(rows));
}

/* Of an absolute target the path counts; it stays absolute where a route is corrected, and is
 * relative where it is cleaned or was missing. */
static void absolute_targets_work(void **state)
{
	static const struct row rows[] = {
		{"GET http://h/metrics", "metrics"},
		{"PUT http://h:1/metrics/job/x/a/b?c", "push job=x labels=/a/b"},
		{"GET http://h/metrics/", "301 http://h/metrics"},
		{"GET HTTP://H:80/METRICS?x", "301 http://H:80/metrics?x"},
		{"PUT http://h/metrics/job/", "307 http://h/metrics/job"},
		{"GET http://h//metrics", "301 /metrics"},
		{"GET http://h", "301 /"},
		{"PUT http://h?x", "301 /?x"},
		{"GET http://h/", "root"},
		{"GET http://h/?", "root"},
		{"GET http://h/api/v1", "301 /api/v1/"},
		{"GET http://h/api/v1/status/", "301 http://h/status"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* The API is a tree of its own: OPTIONS is answered everywhere in it, and redirects lose its
 * prefix, as they do in the reference. */
static void the_api_has_its_own_tree(void **state)
{
	static const struct row rows[] = {
		{"GET /api/v1", "301 /api/v1/"},
		{"PUT /api/v1?x", "301 /api/v1/?x"},
		{"PUT /api/v1?", "301 /api/v1/"},
		{"GET /api/v1/", "not found"},
		{"OPTIONS /api/v1/", "preflight "},
		{"OPTIONS /api/v1/no/such?x", "preflight no/such"},
		{"GET /api/v1/status/", "301 /status"},
		{"GET /api/v1/metrics/", "301 /metrics"},
		{"GET /api/v1/Status", "301 /status"},
		{"PUT /api/v1/admin/wipe/?", "307 /admin/wipe?"},
		{"POST /api/v1/admin/wipe", "not allowed: OPTIONS, PUT"},
		{"HEAD /api/v1/status", "not allowed: GET, OPTIONS"},
		{"PUT /api/v1/status", "not allowed: GET, OPTIONS"},
		{"GET /api/v1/healthy", "not found"},
		{"PUT /api/v1/metrics/job/x", "not found"},
		{"GET /api/v1status", "not found"},
		{"GET /api/v12", "not found"},
		{"GET /API/v1/status", "not found"},
		{"GET /status/", "301 /status"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* The API's prefix is matched element by element, and found only when it is not escaped. */
static void the_prefix_of_the_api_is_spelled_out(void **state)
{
	static const struct row rows[] = {
		{"GET /%61pi/v1", "301 /api/v1/"},
		{"GET /%61pi/v1/status", "not found"},
		{"OPTIONS /ap%69/v1/status", "not found"},
		{"GET /api%2Fv1", "not found"},
		{"PUT /api%2Fv1/admin/wipe", "not found"},
		{"PUT /api/v1%2Fadmin/wipe", "not found"},
		{"GET /%2Fapi/v1", "not found"},
		{"PUT /api/v1/admin%2Fwipe", "wipe"},
		{"GET /api/v1/%73tatus", "api status"},
	};

	(void)state;
	check(&plain, rows, N(rows));
}

/* With a prefix only what is below it exists, but for GET /-/quit. */
static void prefixed_routes_are_found_below_the_prefix(void **state)
{
	static const struct row rows[] = {
		{"GET /p", "301 /p/"},
		{"GET /p?", "301 /p/?"},
		{"GET /p/", "root"},
		{"PUT /p", "not found"},
		{"GET /P/METRICS", "301 /p/metrics"},
		{"GET /p/metrics", "metrics"},
		{"GET /%70%2Fmetrics", "metrics"},
		{"PUT /p/metrics/job/x/a/b", "push job=x labels=/a/b"},
		{"GET /p/metrics/", "301 /p/metrics"},
		{"GET /", "not found"},
		{"GET /metrics", "not found"},
		{"PUT /metrics/job/x", "not found"},
		{"GET /pq", "not found"},
		{"GET /-/quit", "quit get"},
		{"GET /-/quit/", "301 /-/quit"},
		{"POST /-/quit", "not allowed: GET, OPTIONS"},
		{"PUT /p/-/quit", "quit"},
		{"GET /p/-/quit", "not allowed: OPTIONS, POST, PUT"},
		{"GET /p/api/v1", "301 /p/api/v1/"},
		{"GET /p/api/v1/status", "api status"},
		{"GET /p/api/v1/status/", "301 /status"},
		{"PUT /%70/api/v1/admin/wipe", "not found"},
		{"GET /api/v1", "not found"},
		{"OPTIONS /api/v1/x", "not found"},
	};

	(void)state;
	check(&prefixed, rows, N(rows));
}

/* A prefix whose bytes must be escaped is reached the way every client writes it. */
static void a_prefix_may_have_to_be_escaped(void **state)
{
	static const struct route routes[] = {
		R(HTTP_GET, ROUTE_EXACT, "/\xc3\xa4/metrics", METRICS), API_ROUTES};
	static const struct router router = {routes, N(routes), SLICE_TEXT("/\xc3\xa4/api/v1")};
	static const struct row rows[] = {
		{"GET /%C3%A4/metrics", "metrics"},
		{"GET /%C3%A4/api/v1", "301 /%C3%A4/api/v1/"},
		{"GET /%C3%A4/api/v1/status", "api status"},
		{"GET /%C3%A4/metrics/", "301 /%C3%A4/metrics"},
	};

	(void)state;
	check(&router, rows, N(rows));
}

/* Whatever the arena refuses, the answer is either the right one or "no memory". */
static void a_full_arena_is_told(void **state)
{
	static const char *const lines[] = {
		"GET /METRICS/?a", "PUT /metrics/job/",  "GET /a//b",
		"DELETE /metrics", "GET /nosuch",        "GET /api/v1",
		"GET /%61pi/v1/x", "GET /api/v1/Status", "PUT /metrics/job/x",
	};

	(void)state;
	for (size_t i = 0; i < N(lines); i++) {
		enum router_result right = ROUTER_NOMEM;
		char *decoded = malloc(HEAD_BYTES_MAX);
		struct http1_head head;
		struct buf text;
		size_t n_refused = 0;

		assert_non_null(decoded);
		buf_init(&text, TEXT_BYTES_MAX);
		parse(lines[i], decoded, &text, &head);
		for (size_t ceiling = 4096; ceiling-- > 0;) {
			struct router_match match;
			enum router_result result;
			struct arena arena;

			arena_init(&arena, ceiling);
			result = router_find(&plain, &head.request, &arena, &match);
			if (right == ROUTER_NOMEM)
				right = result;
			if (result == ROUTER_NOMEM)
				n_refused++;
			else
				assert_int_equal(result, right);
			arena_free(&arena);
		}
		assert_int_not_equal(right, ROUTER_NOMEM);
		assert_true(n_refused > 0);
		buf_free(&text);
		free(decoded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(the_decoded_path_is_matched),
		cmocka_unit_test(paths_are_cleaned_first),
		cmocka_unit_test(a_cleaned_path_is_encoded_once),
		cmocka_unit_test(the_last_slash_is_corrected),
		cmocka_unit_test(a_push_without_a_job),
		cmocka_unit_test(other_case_leads_to_the_route),
		cmocka_unit_test(methods_are_listed),
		cmocka_unit_test(the_asterisk_is_for_options),
		cmocka_unit_test(an_authority_is_no_path),
		cmocka_unit_test(absolute_targets_work),
		cmocka_unit_test(the_api_has_its_own_tree),
		cmocka_unit_test(the_prefix_of_the_api_is_spelled_out),
		cmocka_unit_test(prefixed_routes_are_found_below_the_prefix),
		cmocka_unit_test(a_prefix_may_have_to_be_escaped),
		cmocka_unit_test(a_full_arena_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
