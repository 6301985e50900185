/* SPDX-License-Identifier: Apache-2.0 */
#include "main/paths.h"

static bool join(struct arena *arena, struct slice a, struct slice b, struct slice *ret)
{
	char *text = arena_text(arena, a.len + b.len);

	if (text == NULL)
		return false;
	if (a.len > 0)
		memcpy(text, a.ptr, a.len);
	if (b.len > 0)
		memcpy(text + a.len, b.ptr, b.len);
	*ret = (struct slice){text, a.len + b.len};
	return true;
}

/* "" or "/x": a slash in front, one slash less at the end. */
static bool make_prefix(struct arena *arena, struct slice text, struct slice *ret)
{
	if (text.len == 0 || slice_eq(text, SLICE("/"))) {
		*ret = SLICE_EMPTY;
		return true;
	}
	if (slice_ends(text, SLICE("/")))
		text.len--;
	return join(arena, slice_starts(text, SLICE("/")) ? SLICE_EMPTY : SLICE("/"), text, ret);
}

static struct slice next_segment(struct slice *rest)
{
	struct slice segment = *rest;

	if (!slice_cut(*rest, '/', &segment, rest))
		*rest = SLICE_EMPTY;
	return segment;
}

/* What is left of `len` bytes of a path when its last segment goes; `floor` of them stay. */
static size_t without_last(const char *text, size_t len, size_t floor)
{
	while (len > floor && text[len - 1] != '/')
		len--;
	return len > floor ? len - 1 : len; /* the slash */
}

/* Go's path.Clean of an absolute or relative path, in place of `path`'s bytes in the arena. */
static bool clean(struct arena *arena, struct slice path, struct slice *ret)
{
	bool rooted = slice_starts(path, SLICE("/"));
	char *text = arena_text(arena, path.len + 1);
	struct slice rest = path;
	size_t len = 0, floor = 0; /* what `..` may not take away */

	if (text == NULL)
		return false;
	if (rooted)
		text[len++] = '/';
	floor = len;
	while (rest.len > 0) {
		struct slice segment = next_segment(&rest);
		bool up = slice_eq(segment, SLICE(".."));

		if (segment.len == 0 || slice_eq(segment, SLICE(".")))
			continue;
		if (up && len > floor) {
			len = without_last(text, len, floor);
			continue;
		}
		if (up && rooted)
			continue;
		if (len > (size_t)rooted)
			text[len++] = '/';
		memcpy(text + len, segment.ptr, segment.len);
		len += segment.len;
		if (up)
			floor = len;
	}
	if (len == 0)
		text[len++] = '.';
	*ret = (struct slice){text, len};
	return true;
}

/* Go's path.Join. */
static bool join_clean(struct arena *arena, struct slice a, struct slice b, struct slice *ret)
{
	struct slice whole;

	if (a.len == 0 && b.len == 0) {
		*ret = SLICE_EMPTY;
		return true;
	}
	if (a.len == 0)
		return clean(arena, b, ret);
	return join(arena, a, SLICE("/"), &whole) && join(arena, whole, b, &whole) &&
	       clean(arena, whole, ret);
}

static enum err_code refuse(struct err *err, const char *flag, struct slice value, const char *why)
{
	return err_setf(err, ERR_SYNTAX, "--%s: '%.*s' %s", flag, SLICE_ARG(value), why);
}

static const char WILDCARD[] = "holds ':' or '*', which the Go Pushgateway takes for a wildcard";

static bool has_wildcard(struct slice path)
{
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == ':' || path.ptr[i] == '*')
			return true;
	}
	return false;
}

/* Request paths are cleaned before they are routed: one with these segments never arrives. */
static bool is_unreachable(struct slice prefix)
{
	struct slice rest = slice_skip(prefix, prefix.len > 0);

	if (slice_ends(prefix, SLICE("/")))
		return true;
	while (rest.len > 0) {
		struct slice segment = next_segment(&rest);

		if (segment.len == 0 || slice_eq(segment, SLICE(".")) ||
		    slice_eq(segment, SLICE("..")))
			return true;
	}
	return false;
}

/* The GET routes below the prefix that a path of the metrics would hide. */
static bool is_taken(struct slice prefix, struct slice path)
{
	static const struct slice routes[] = {
		{"/", 1}, {"/status", 7}, {"/-/healthy", 10}, {"/-/ready", 8}, {"/-/quit", 7},
	};
	struct slice rest;

	if (!slice_starts(path, prefix))
		return false;
	rest = slice_skip(path, prefix.len);
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (slice_eq(rest, routes[i]))
			return true;
	}
	return slice_starts(rest, SLICE("/static/"));
}

enum err_code paths_make(const struct flags *flags, struct arena *arena, struct paths *ret,
			 struct err *reterr)
{
	bool from_url = flags->web_route_prefix.len == 0;
	const char *prefix_flag = from_url ? "web.external-url" : "web.route-prefix";
	struct slice external = flags->web_external_url.path;
	struct slice prefix = from_url ? external : flags->web_route_prefix;
	struct slice telemetry = flags->web_telemetry_path;

	if (!make_prefix(arena, prefix, &ret->route_prefix) ||
	    !make_prefix(arena, external, &ret->external_prefix) ||
	    !join_clean(arena, ret->route_prefix, telemetry, &ret->telemetry_path))
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	if (is_unreachable(ret->route_prefix))
		return refuse(reterr, prefix_flag, prefix,
			      "cannot be reached: it has an empty, '.' or '..' path segment");
	if (has_wildcard(ret->route_prefix))
		return refuse(reterr, prefix_flag, prefix, WILDCARD);
	if (has_wildcard(ret->telemetry_path))
		return refuse(reterr, "web.telemetry-path", telemetry, WILDCARD);
	if (!slice_starts(ret->telemetry_path, SLICE("/")))
		return refuse(reterr, "web.telemetry-path", telemetry, "does not begin with '/'");
	if (is_taken(ret->route_prefix, ret->telemetry_path))
		return refuse(reterr, "web.telemetry-path", telemetry,
			      "is the path of something else");
	return ERR_NONE;
}
