/* SPDX-License-Identifier: Apache-2.0
 *
 * A byte of options, then a request line without its version. Whatever it is: what is found really
 * is that route's, a Location begins with a slash or with the target's own origin and holds
 * printable ASCII only, Allow lists methods in order, and each answer is the only one that its
 * method can get. */
#include <stdint.h>

#include "app/router.h"
#include "base/buf.h"
#include "http/http1_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES_MAX = 1 << 20, HEAD_BYTES_MAX = 64 * 1024, PREFIX = 1, LITTLE_MEMORY = 2 };

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define R(verb, how, text)                                                                         \
	{                                                                                          \
		.method = (verb), .kind = (how), .path = SLICE_TEXT(text)                          \
	}
#define API(verb, how, text)                                                                       \
	{                                                                                          \
		.method = (verb), .kind = (how), .path = SLICE_TEXT(text), .api = true             \
	}
#define ROUTES(P)                                                                                  \
	R(HTTP_GET, ROUTE_EXACT, P "/"), R(HTTP_GET, ROUTE_EXACT, P "/metrics"),                   \
		R(HTTP_PUT, ROUTE_PUSH, P "/metrics/job"),                                         \
		R(HTTP_DELETE, ROUTE_PUSH, P "/metrics/job"),                                      \
		R(HTTP_PUT, ROUTE_PUSH, P "/metrics/job@base64"),                                  \
		R(HTTP_GET, ROUTE_TREE, P "/static/"), R(HTTP_POST, ROUTE_EXACT, P "/-/quit"),     \
		R(HTTP_GET, ROUTE_EXACT, "/-/quit"), API(HTTP_GET, ROUTE_EXACT, "/status"),        \
		API(HTTP_OPTIONS, ROUTE_TREE, "/"), API(HTTP_PUT, ROUTE_EXACT, "/admin/wipe")

static const struct route plain_routes[] = {ROUTES("")};
static const struct route prefixed_routes[] = {ROUTES("/p/q")};
static const struct router plain = {plain_routes, N(plain_routes), SLICE_TEXT("/api/v1")};
static const struct router prefixed = {prefixed_routes, N(prefixed_routes),
				       SLICE_TEXT("/p/q/api/v1")};

static void check_found(const struct router *router, const struct http_request *r,
			const struct router_match *match)
{
	const struct route *route = match->route;
	struct slice path = r->path;

	assert(route >= router->routes && route < router->routes + router->n_routes);
	assert(route->method == r->method);
	if (route->api) {
		assert(slice_starts(path, router->api_path));
		path = slice_skip(path, router->api_path.len);
	}
	assert(slice_starts(path, route->path));
	path = slice_skip(path, route->path.len);
	switch (route->kind) {
	case ROUTE_EXACT:
		assert(path.len == 0);
		return;
	case ROUTE_TREE:
		assert(slice_eq(match->rest, path));
		return;
	case ROUTE_PUSH:
		assert(path.ptr[0] == '/' && path.len == 1 + match->job.len + match->labels.len);
		assert(match->labels.len == 0 || match->labels.ptr[0] == '/');
		assert(memchr(match->job.ptr, '/', match->job.len) == NULL);
		return;
	}
	not_reached();
}

static void check_redirect(const struct http_request *r, const struct router_match *match)
{
	struct slice to = match->location;
	size_t scheme = 0;

	assert(match->status == 301 || (match->status == 307 && r->method != HTTP_GET));
	assert(r->method != HTTP_CONNECT || match->status == 301);
	assert(to.len > 0);
	for (size_t i = 0; i < to.len; i++)
		assert(to.ptr[i] > ' ' && to.ptr[i] < 0x7f);
	if (to.ptr[0] == '/') { /* never a place on another host */
		assert(to.len == 1 || to.ptr[1] != '/');
		return;
	}
	while (r->target.ptr[scheme] != ':')
		scheme++;
	assert(slice_starts_nocase(to, (struct slice){r->target.ptr, scheme + 3}));
	assert(slice_starts(slice_skip(to, scheme + 3), r->host));
	assert(to.ptr[scheme + 3 + r->host.len] == '/');
}

static void check_allow(struct slice allow)
{
	static const char *const methods[] = {"DELETE", "GET", "OPTIONS", "POST", "PUT"};
	struct slice want;
	struct buf list;
	bool right = false;

	buf_init(&list, 100);
	for (unsigned set = 0; set < 1U << N(methods); set++) {
		buf_clear(&list);
		for (size_t i = 0; i < N(methods); i++)
			if (set & 1U << i)
				buf_putf(&list, "%s%s", list.len > 0 ? ", " : "", methods[i]);
		want = buf_slice(&list);
		right = right || (slice_eq(want, allow) && set & 1U << 2 && set != 1U << 2);
	}
	buf_free(&list);
	assert(right);
}

static void check(const struct router *router, const struct http_request *r,
		  enum router_result result, const struct router_match *match)
{
	bool asterisk = slice_eq(r->path_raw, SLICE("*"));

	switch (result) {
	case ROUTER_FOUND:
		check_found(router, r, match);
		return;
	case ROUTER_REDIRECT:
		check_redirect(r, match);
		return;
	case ROUTER_OPTIONS:
		assert(r->method == HTTP_OPTIONS);
		if (!asterisk)
			check_allow(match->allow);
		return;
	case ROUTER_NOT_ALLOWED:
		assert(r->method != HTTP_OPTIONS);
		check_allow(match->allow);
		return;
	case ROUTER_BAD_TARGET:
		assert(asterisk && r->method != HTTP_OPTIONS);
		return;
	case ROUTER_NOT_FOUND:
	case ROUTER_NOMEM:
		return;
	}
	not_reached();
}

static void route_one(struct slice line, unsigned options)
{
	static struct http_header headers[4];
	static char decoded[HEAD_BYTES_MAX];
	const struct router *router = options & PREFIX ? &prefixed : &plain;
	struct http1_space space = {headers, N(headers), decoded, sizeof(decoded)};
	struct http1_scan scan = {0};
	struct router_match match;
	struct http1_head head;
	enum http1_error error;
	struct arena arena;
	struct buf text;

	buf_init(&text, BYTES_MAX);
	buf_put(&text, line);
	buf_put(&text, SLICE(" HTTP/1.1\r\nHost: x\r\n\r\n"));
	if (http1_parse(buf_slice(&text), &space, &scan, &head, &error) == HTTP1_COMPLETE) {
		arena_init(&arena, options & LITTLE_MEMORY ? line.len * 4 : BYTES_MAX);
		check(router, &head.request, router_find(router, &head.request, &arena, &match),
		      &match);
		arena_free(&arena);
	}
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && size < HEAD_BYTES_MAX / 2)
		route_one((struct slice){(const char *)data + 1, size - 1}, data[0]);
	return 0;
}
