/* SPDX-License-Identifier: Apache-2.0 */
#include "app/router.h"

#include <stdlib.h>

#include "app/path_byte.h"

enum { MOVED = 301, TEMPORARY = 307, ALLOW_BYTES_MAX = 64 };

/* ---- paths ---- */

/* path.Clean of Go for a rooted path: no empty, `.` or `..` element; a last slash is kept. Writes
 * at most path.len + 1 bytes. */
static struct slice clean_path(struct slice path, char *at)
{
	size_t n = 0;
	bool slash = path.len > 0 && path.ptr[path.len - 1] == '/';
	struct slice element;

	while (path.len > 0) {
		if (!slice_cut(path, '/', &element, &path)) {
			element = path;
			path = SLICE_EMPTY;
		}
		if (element.len == 0 || slice_eq(element, SLICE(".")))
			continue;
		if (slice_eq(element, SLICE(".."))) {
			while (n > 0 && at[--n] != '/')
				;
			continue;
		}
		at[n++] = '/';
		memcpy(at + n, element.ptr, element.len);
		n += element.len;
	}
	if (n == 0 || slash)
		at[n++] = '/';
	return (struct slice){at, n};
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_escape(struct slice path, size_t i)
{
	return path.ptr[i] == '%' && path.len - i > 2 && is_hex(path.ptr[i + 1]) &&
	       is_hex(path.ptr[i + 2]);
}

/* Percent-encodes a path; one that is encoded already keeps its escapes. At most three times as
 * long. */
static size_t encode_path(struct slice path, bool encoded, char *at)
{
	size_t n = 0;

	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (path_byte_of(path.ptr[i]) == PATH_NEVER_ESCAPED ||
		    (encoded && is_escape(path, i))) {
			at[n++] = (char)c;
			continue;
		}
		at[n++] = '%';
		at[n++] = "0123456789ABCDEF"[c >> 4];
		at[n++] = "0123456789ABCDEF"[c & 15];
	}
	return n;
}

/* ---- redirects ---- */

struct place {
	struct slice path;
	bool encoded; /* the path keeps its escapes */
	bool by_mux;  /* which leaves an empty query out; httprouter keeps its `?` */
	int status;
};

/* Go's http.Redirect escapes what is not ASCII, with small letters. */
static size_t encode_rest(struct slice text, char *at)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c < 0x80) {
			at[n++] = (char)c;
			continue;
		}
		at[n++] = '%';
		at[n++] = "0123456789abcdef"[c >> 4];
		at[n++] = "0123456789abcdef"[c & 15];
	}
	return n;
}

/* Location: [origin]path[?query]. */
static enum router_result redirect(const struct http_request *r, struct slice origin,
				   const struct place *to, struct arena *arena,
				   struct router_match *ret)
{
	char *text = arena_text(arena, 3 * (origin.len + to->path.len + r->query.len) + 1);
	size_t n;

	if (text == NULL)
		return ROUTER_NOMEM;
	n = encode_rest(origin, text);
	for (size_t i = 0; i < n && text[i] != ':'; i++) /* a scheme is written small */
		text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]);
	n += encode_path(to->path, to->encoded, text + n);
	if (r->query.len > 0 || (r->has_query && !to->by_mux))
		text[n++] = '?';
	n += encode_rest(r->query, text + n);
	ret->status = to->status;
	ret->location = (struct slice){text, n};
	return ROUTER_REDIRECT;
}

/* What stands before the path of an absolute-form target. */
static struct slice origin_of(const struct http_request *r)
{
	size_t len = r->target.len - r->path_raw.len - (r->has_query ? r->query.len + 1 : 0);

	return (struct slice){r->target.ptr, len};
}

/* ---- matching ---- */

static bool match_push(const struct route *route, struct slice path, struct router_match *ret)
{
	struct slice tail;

	path = slice_skip(path, route->path.len);
	if (path.len < 2 || path.ptr[0] != '/')
		return false;
	path = slice_skip(path, 1);
	ret->job = path;
	ret->labels = SLICE_EMPTY;
	if (slice_cut(path, '/', &ret->job, &tail))
		ret->labels = (struct slice){tail.ptr - 1, tail.len + 1};
	return true;
}

static bool match(const struct route *route, struct slice path, struct router_match *ret)
{
	if (!slice_starts(path, route->path))
		return false;
	ret->route = route;
	switch (route->kind) {
	case ROUTE_EXACT:
		return path.len == route->path.len;
	case ROUTE_TREE:
		ret->rest = slice_skip(path, route->path.len);
		return true;
	case ROUTE_PUSH:
		return match_push(route, path, ret);
	}
	return false;
}

struct search {
	const struct router *router;
	bool api;
	struct slice path; /* decoded; below /api/v1 when api */
	const struct http_request *request;
};

static bool find(const struct search *s, enum http_method method, struct slice path,
		 struct router_match *ret)
{
	for (size_t i = 0; i < s->router->n_routes; i++) {
		const struct route *route = &s->router->routes[i];

		if (route->api == s->api && route->method == method && match(route, path, ret))
			return true;
	}
	return false;
}

static bool has_method(const struct search *s, enum http_method method)
{
	for (size_t i = 0; i < s->router->n_routes; i++)
		if (s->router->routes[i].api == s->api && s->router->routes[i].method == method)
			return true;
	return false;
}

/* httprouter's oddity: below a static node of a tree with a parameter, the bare slash is "the other
 * spelling" of the path without it: PUT /metrics/job/ leads to /metrics/job, which is 404. */
static bool is_bare_push(const struct search *s, struct slice path)
{
	for (size_t i = 0; i < s->router->n_routes; i++) {
		const struct route *route = &s->router->routes[i];

		if (route->kind == ROUTE_PUSH && !route->api &&
		    route->method == s->request->method && path.len == route->path.len + 1 &&
		    slice_starts(path, route->path) && path.ptr[path.len - 1] == '/')
			return !slice_ends(route->path, SLICE("@base64"));
	}
	return false;
}

/* The path with its last slash taken off or put on. */
static bool toggle_slash(struct slice path, struct arena *arena, struct slice *ret)
{
	char *text;

	if (path.len > 1 && path.ptr[path.len - 1] == '/') {
		*ret = (struct slice){path.ptr, path.len - 1};
		return true;
	}
	text = arena_text(arena, path.len + 1);
	if (text == NULL)
		return false;
	memcpy(text, path.ptr, path.len);
	text[path.len] = '/';
	*ret = (struct slice){text, path.len + 1};
	return true;
}

/* httprouter's oddity: in another spelling, `job@base64` is found only if no labels follow. */
static bool is_lost(const struct router_match *found)
{
	return found->route->kind == ROUTE_PUSH && !found->route->api && found->labels.len > 0 &&
	       slice_ends(found->route->path, SLICE("@base64"));
}

/* The registered spelling of a path that matches but for its case, in `text` of path.len bytes. */
static bool find_nocase(const struct search *s, struct slice path, char *text, struct slice *ret,
			struct router_match *ret_match)
{
	for (size_t i = 0; i < s->router->n_routes; i++) {
		const struct route *route = &s->router->routes[i];

		if (route->api != s->api || route->method != s->request->method ||
		    path.len < route->path.len ||
		    !slice_eq_nocase((struct slice){path.ptr, route->path.len}, route->path))
			continue;
		memcpy(text, path.ptr, path.len);
		memcpy(text, route->path.ptr, route->path.len);
		*ret = (struct slice){text, path.len};
		if (match(route, *ret, ret_match))
			return true;
	}
	return false;
}

/* Only within the tree of the request's own method. */
static enum router_result find_other_spelling(const struct search *s, struct arena *arena,
					      struct router_match *ret)
{
	const struct http_request *r = s->request;
	struct slice origin = origin_of(r), cleaned;
	struct place other = {.status = r->method == HTTP_GET ? MOVED : TEMPORARY};
	struct router_match unused, found;
	char *text, *spelled;

	if (!has_method(s, r->method) || r->method == HTTP_CONNECT || slice_eq(s->path, SLICE("/")))
		return ROUTER_NOT_FOUND;
	if (!toggle_slash(s->path, arena, &other.path))
		return ROUTER_NOMEM;
	if (is_bare_push(s, s->path) || find(s, r->method, other.path, &unused))
		return redirect(r, origin, &other, arena, ret);
	text = arena_text(arena, s->path.len + 1);
	spelled = arena_text(arena, s->path.len + 2);
	if (text == NULL || spelled == NULL)
		return ROUTER_NOMEM;
	cleaned = clean_path(s->path, text);
	if (find_nocase(s, cleaned, spelled, &other.path, &found))
		return is_lost(&found) ? ROUTER_NOT_FOUND : redirect(r, origin, &other, arena, ret);
	if (!toggle_slash(cleaned, arena, &cleaned))
		return ROUTER_NOMEM;
	if (find_nocase(s, cleaned, spelled, &other.path, &found))
		return redirect(r, origin, &other, arena, ret);
	return ROUTER_NOT_FOUND;
}

/* The other methods that the path has, as httprouter lists them; in `text` of ALLOW_BYTES_MAX. */
static bool allowed(const struct search *s, char *text, struct slice *ret)
{
	static const struct {
		enum http_method method;
		struct slice name;
	} methods[] = {
		{HTTP_DELETE, SLICE_TEXT("DELETE")},   {HTTP_GET, SLICE_TEXT("GET")},
		{HTTP_OPTIONS, SLICE_TEXT("OPTIONS")}, {HTTP_POST, SLICE_TEXT("POST")},
		{HTTP_PUT, SLICE_TEXT("PUT")},
	};
	size_t n = 0;
	bool any = false;
	struct router_match unused;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		bool options = methods[i].method == HTTP_OPTIONS;
		bool has = !options && methods[i].method != s->request->method &&
			   find(s, methods[i].method, s->path, &unused);

		any = any || has;
		if (!has && !options)
			continue;
		if (n > 0) {
			memcpy(text + n, ", ", 2);
			n += 2;
		}
		memcpy(text + n, methods[i].name.ptr, methods[i].name.len);
		n += methods[i].name.len;
	}
	*ret = any ? (struct slice){text, n} : SLICE_EMPTY;
	return any;
}

static enum router_result route_path(const struct search *s, struct arena *arena,
				     struct router_match *ret)
{
	const struct http_request *r = s->request;
	enum router_result result;
	char *allow;

	if (find(s, r->method, s->path, ret))
		return ROUTER_FOUND;
	result = find_other_spelling(s, arena, ret);
	if (result != ROUTER_NOT_FOUND)
		return result;
	allow = arena_text(arena, ALLOW_BYTES_MAX);
	if (allow == NULL)
		return ROUTER_NOMEM;
	if (!allowed(s, allow, &ret->allow))
		return ROUTER_NOT_FOUND;
	return r->method == HTTP_OPTIONS ? ROUTER_OPTIONS : ROUTER_NOT_ALLOWED;
}

/* ---- what Go's ServeMux does before any route is looked at ---- */

/* An absolute-form target without a path, which the request has as `/`. */
static bool has_no_path(const struct http_request *r)
{
	struct slice target = r->target;

	if (r->has_query)
		target.len -= r->query.len + 1;
	return slice_eq(r->path_raw, SLICE("/")) && !slice_ends(target, SLICE("/"));
}

/* The path as Go's URL.EscapedPath has it: as it came, or encoded anew when it came with a byte
 * that should have been escaped. An escaped slash of the latter is a slash. */
static bool escaped_path(const struct http_request *r, struct arena *arena, struct slice *ret)
{
	char *text;

	*ret = r->path_raw;
	for (size_t i = 0; i < r->path_raw.len; i++) {
		if (path_byte_of(r->path_raw.ptr[i]) != PATH_OTHER)
			continue;
		text = arena_text(arena, 3 * r->path.len);
		if (text == NULL)
			return false;
		*ret = (struct slice){text, encode_path(r->path, false, text)};
		return true;
	}
	return true;
}

/* An escaped path that is not clean is redirected. The reference (Go 1.22 and later) encodes a
 * clean path twice; here it is a path that leads to the same place. */
static enum router_result clean_first(const struct http_request *r, struct slice escaped,
				      struct arena *arena, struct router_match *ret)
{
	struct place clean = {.encoded = true, .by_mux = true, .status = MOVED};
	char *text;

	if (r->method == HTTP_CONNECT && escaped.len > 0) /* host:port has no path, which is "/" */
		return ROUTER_FOUND;
	text = arena_text(arena, escaped.len + 1);
	if (text == NULL)
		return ROUTER_NOMEM;
	clean.path = clean_path(escaped, text);
	if (slice_eq(clean.path, escaped) && !has_no_path(r))
		return ROUTER_FOUND;
	return redirect(r, SLICE_EMPTY, &clean, arena, ret);
}

/* Whether the path is that of the API or below it, element by element: a decoded slash is part of
 * an element here. */
static bool is_api(const struct router *router, const struct http_request *r, struct slice raw)
{
	if (!slice_starts(r->path, router->api_path))
		return false;
	for (size_t i = 0; i < router->api_path.len; i++) {
		if (router->api_path.ptr[i] == '/' && raw.ptr[0] != '/')
			return false;
		raw = slice_skip(raw, raw.ptr[0] == '%' ? 3 : 1);
	}
	return raw.len == 0 || raw.ptr[0] == '/';
}

/* Go's http.StripPrefix finds nothing when the prefix was escaped although it need not be. */
static bool api_is_spelled_out(const struct router *router, const struct http_request *r,
			       struct arena *arena, bool *ret)
{
	char *text;

	*ret = slice_starts(r->path_raw, router->api_path);
	if (*ret)
		return true;
	text = arena_text(arena, 3 * r->path.len);
	if (text == NULL)
		return false;
	*ret = slice_eq(r->path_raw, (struct slice){text, encode_path(r->path, false, text)});
	return true;
}

static enum router_result route_api(struct search *s, struct arena *arena, struct router_match *ret)
{
	const struct http_request *r = s->request;
	struct place slashed = {.by_mux = true, .status = MOVED};
	bool spelled_out;

	if (r->path.len == s->router->api_path.len)
		return toggle_slash(r->path, arena, &slashed.path)
			       ? redirect(r, SLICE_EMPTY, &slashed, arena, ret)
			       : ROUTER_NOMEM;
	if (!api_is_spelled_out(s->router, r, arena, &spelled_out))
		return ROUTER_NOMEM;
	if (!spelled_out)
		return ROUTER_NOT_FOUND;
	s->api = true;
	s->path = slice_skip(r->path, s->router->api_path.len);
	return route_path(s, arena, ret);
}

enum router_result router_find(const struct router *router, const struct http_request *r,
			       struct arena *arena, struct router_match *ret)
{
	struct search s = {.router = router, .path = r->path, .request = r};
	enum router_result result;
	struct slice escaped;

	*ret = (struct router_match){.allow = SLICE_EMPTY};
	if (slice_eq(r->path_raw, SLICE("*")))
		return r->method == HTTP_OPTIONS ? ROUTER_OPTIONS : ROUTER_BAD_TARGET;
	if (!escaped_path(r, arena, &escaped))
		return ROUTER_NOMEM;
	result = clean_first(r, escaped, arena, ret);
	if (result != ROUTER_FOUND)
		return result;
	ret->main = !is_api(router, r, escaped);
	return ret->main ? route_path(&s, arena, ret) : route_api(&s, arena, ret);
}
