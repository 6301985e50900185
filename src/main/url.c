/* SPDX-License-Identifier: Apache-2.0 */
#include "main/url.h"

#include <stdint.h>

#include "base/quote.h"

/* Which part of a URL text is (un)escaped for: the rules differ. */
enum part { PART_PATH, PART_USER, PART_HOST, PART_ZONE, PART_FRAGMENT };

/* What the URL is made of, each part unescaped. */
struct parts {
	struct slice scheme, opaque, user, password, host, path, path_raw, query, fragment;
	struct slice fragment_raw;
	bool has_user, has_password, omits_host, has_query;
};

struct parser {
	struct arena *arena;
	struct buf *err;
};

static bool fail(struct parser *p, struct slice why)
{
	buf_put(p->err, why);
	return false;
}

static bool fail_quoted(struct parser *p, struct slice before, struct slice text,
			struct slice after)
{
	buf_put(p->err, before);
	quote_string(p->err, text);
	buf_put(p->err, after);
	return false;
}

static bool one_of(char c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool needs_escape(char c, enum part part)
{
	if (is_letter(c) || is_digit(c) || one_of(c, "-_.~"))
		return false;
	switch (part) {
	case PART_HOST:
	case PART_ZONE:
		return !one_of(c, "!$&'()*+,;=:[]<>\"");
	case PART_PATH:
		return !one_of(c, "$&+,/:;=@");
	case PART_USER:
		return !one_of(c, "$&+,;=");
	case PART_FRAGMENT:
		return !one_of(c, "$&+,/:;=?@!()*");
	}
	not_reached();
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte behind a %XX at the start of `s`, or -1. */
static int escaped_byte(struct slice s)
{
	if (s.len < 3 || hex_value(s.ptr[1]) < 0 || hex_value(s.ptr[2]) < 0)
		return -1;
	return hex_value(s.ptr[1]) * 16 + hex_value(s.ptr[2]);
}

static bool escape_allowed(struct slice s, int byte, enum part part)
{
	if (byte < 0)
		return false;
	if (slice_starts(s, SLICE("%25")))
		return true;
	/* RFC 3986: in a host only bytes beyond ASCII are written with percent signs. */
	if (part == PART_HOST)
		return byte >= 0x80;
	return part != PART_ZONE || byte == ' ' || !needs_escape((char)byte, PART_HOST);
}

static bool unescape(struct parser *p, struct slice s, enum part part, struct slice *ret)
{
	char *text = arena_text(p->arena, s.len);
	size_t len = 0;

	if (text == NULL)
		return fail(p, SLICE("out of memory"));
	while (s.len > 0) {
		bool is_host = part == PART_HOST || part == PART_ZONE;

		if (s.ptr[0] == '%') {
			int byte = escaped_byte(s);

			if (!escape_allowed(s, byte, part)) {
				s.len = s.len < 3 ? s.len : 3;
				return fail_quoted(p, SLICE("invalid URL escape "), s, SLICE_EMPTY);
			}
			text[len++] = (char)byte;
			s = slice_skip(s, 3);
			continue;
		}
		if (is_host && (unsigned char)s.ptr[0] < 0x80 && needs_escape(s.ptr[0], part))
			return fail_quoted(p, SLICE("invalid character "), (struct slice){s.ptr, 1},
					   SLICE(" in host name"));
		text[len++] = s.ptr[0];
		s = slice_skip(s, 1);
	}
	*ret = (struct slice){text, len};
	return true;
}

static void put_escaped(struct buf *out, struct slice s, enum part part)
{
	for (size_t i = 0; i < s.len; i++) {
		if (needs_escape(s.ptr[i], part))
			buf_putf(out, "%%%02X", (unsigned char)s.ptr[i]);
		else
			buf_put_byte(out, s.ptr[i]);
	}
}

/* As it came where that is a valid escaping, else escaped anew. */
static void put_as_written(struct buf *out, struct slice raw, struct slice plain, enum part part)
{
	for (size_t i = 0; i < raw.len; i++) {
		if (!one_of(raw.ptr[i], "!$&'()*+,;=:@[]%") && needs_escape(raw.ptr[i], part)) {
			put_escaped(out, plain, part);
			return;
		}
	}
	buf_put(out, raw);
}

static size_t find_byte(struct slice s, char c)
{
	const char *at = s.len == 0 ? NULL : memchr(s.ptr, c, s.len);

	return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

static size_t find_last_byte(struct slice s, char c)
{
	const char *at = s.len == 0 ? NULL : memrchr(s.ptr, c, s.len);

	return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

static bool take_scheme(struct parser *p, struct slice *rest, struct parts *ret)
{
	char *lower;

	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->ptr[i];

		if (is_letter(c) || (i > 0 && (is_digit(c) || one_of(c, "+-."))))
			continue;
		if (c != ':')
			return true;
		if (i == 0)
			return fail(p, SLICE("missing protocol scheme"));
		lower = arena_text(p->arena, i);
		if (lower == NULL)
			return fail(p, SLICE("out of memory"));
		for (size_t k = 0; k < i; k++)
			lower[k] = is_letter(rest->ptr[k]) ? (char)(rest->ptr[k] | 0x20)
							   : rest->ptr[k];
		ret->scheme = (struct slice){lower, i};
		*rest = slice_skip(*rest, i + 1);
		return true;
	}
	return true;
}

static bool is_port(struct slice s)
{
	if (s.len > 0 && s.ptr[0] != ':')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (!is_digit(s.ptr[i]))
			return false;
	}
	return true;
}

static bool parse_zoned_host(struct parser *p, struct slice host, size_t zone, size_t bracket,
			     struct slice *ret)
{
	struct slice a, b, c;
	char *text = arena_text(p->arena, host.len);

	if (text == NULL)
		return fail(p, SLICE("out of memory"));
	if (!unescape(p, (struct slice){host.ptr, zone}, PART_HOST, &a) ||
	    !unescape(p, slice_between(host.ptr + zone, host.ptr + bracket), PART_ZONE, &b) ||
	    !unescape(p, slice_skip(host, bracket), PART_HOST, &c))
		return false;
	memcpy(text, a.ptr, a.len);
	memcpy(text + a.len, b.ptr, b.len);
	memcpy(text + a.len + b.len, c.ptr, c.len);
	*ret = (struct slice){text, a.len + b.len + c.len};
	return true;
}

static bool parse_host(struct parser *p, struct slice host, struct slice *ret)
{
	struct slice port = SLICE_EMPTY;
	size_t bracket = SIZE_MAX;

	if (find_byte(host, '[') != SIZE_MAX) {
		bracket = find_last_byte(host, ']');
		if (bracket == SIZE_MAX)
			return fail(p, SLICE("missing ']' in host"));
		port = slice_skip(host, bracket + 1);
	} else if (find_last_byte(host, ':') != SIZE_MAX) {
		port = slice_skip(host, find_last_byte(host, ':'));
	}
	if (!is_port(port))
		return fail_quoted(p, SLICE("invalid port "), port, SLICE(" after host"));
	if (bracket != SIZE_MAX) {
		const char *zone = memmem(host.ptr, bracket, "%25", 3);

		if (zone != NULL)
			return parse_zoned_host(p, host, (size_t)(zone - host.ptr), bracket, ret);
	}
	return unescape(p, host, PART_HOST, ret);
}

static bool parse_user(struct parser *p, struct slice user, struct parts *ret)
{
	struct slice password = SLICE_EMPTY;

	for (size_t i = 0; i < user.len; i++) {
		char c = user.ptr[i];

		if (!is_letter(c) && !is_digit(c) && !one_of(c, "-._:~!$&'()*+,;=%@"))
			return fail(p, SLICE("net/url: invalid userinfo"));
	}
	ret->has_user = true;
	ret->has_password = slice_cut(user, ':', &user, &password);
	return unescape(p, user, PART_USER, &ret->user) &&
	       unescape(p, password, PART_USER, &ret->password);
}

static bool parse_authority(struct parser *p, struct slice authority, struct parts *ret)
{
	size_t at = find_last_byte(authority, '@');

	if (at == SIZE_MAX)
		return parse_host(p, authority, &ret->host);
	return parse_host(p, slice_skip(authority, at + 1), &ret->host) &&
	       parse_user(p, (struct slice){authority.ptr, at}, ret);
}

static bool has_colon_in_first_segment(struct slice path)
{
	return find_byte(path, ':') < find_byte(path, '/');
}

/* Everything but the fragment. */
static bool parse_all(struct parser *p, struct slice text, struct parts *ret)
{
	struct slice rest = text;

	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return fail(p, SLICE("net/url: invalid control character in URL"));
	}
	if (slice_eq(text, SLICE("*"))) {
		ret->path = ret->path_raw = text;
		return true;
	}
	if (!take_scheme(p, &rest, ret))
		return false;
	ret->has_query = slice_cut(rest, '?', &rest, &ret->query);
	if (!slice_starts(rest, SLICE("/"))) {
		if (ret->scheme.len > 0) {
			ret->opaque = rest;
			return true;
		}
		if (has_colon_in_first_segment(rest))
			return fail(p, SLICE("first path segment in URL cannot contain colon"));
	}
	if (slice_starts(rest, SLICE("//")) &&
	    (ret->scheme.len > 0 || !slice_starts(rest, SLICE("///")))) {
		struct slice authority = slice_skip(rest, 2);
		size_t slash = find_byte(authority, '/');

		if (slash == SIZE_MAX)
			slash = authority.len;
		rest = slice_skip(authority, slash);
		authority.len = slash;
		if (!parse_authority(p, authority, ret))
			return false;
	} else {
		ret->omits_host = ret->scheme.len > 0;
	}
	ret->path_raw = rest;
	return unescape(p, rest, PART_PATH, &ret->path);
}

static void put_authority(struct buf *out, const struct parts *u)
{
	if (u->scheme.len == 0 && u->host.len == 0 && !u->has_user)
		return;
	if (u->omits_host)
		return;
	if (u->host.len > 0 || u->path.len > 0 || u->has_user)
		buf_put(out, SLICE("//"));
	if (u->has_user) {
		put_escaped(out, u->user, PART_USER);
		if (u->has_password) {
			buf_put_byte(out, ':');
			put_escaped(out, u->password, PART_USER);
		}
		buf_put_byte(out, '@');
	}
	put_escaped(out, u->host, PART_HOST);
}

static void put_url(struct buf *out, const struct parts *u)
{
	if (u->scheme.len > 0) {
		buf_put(out, u->scheme);
		buf_put_byte(out, ':');
	}
	if (u->opaque.len > 0) {
		buf_put(out, u->opaque);
	} else {
		put_authority(out, u);
		if (out->len == 0 && has_colon_in_first_segment(u->path_raw))
			buf_put(out, SLICE("./"));
		put_as_written(out, u->path_raw, u->path, PART_PATH);
	}
	if (u->has_query) {
		buf_put_byte(out, '?');
		buf_put(out, u->query);
	}
	if (u->fragment.len > 0) {
		buf_put_byte(out, '#');
		put_as_written(out, u->fragment_raw, u->fragment, PART_FRAGMENT);
	}
}

bool url_parse(struct slice text, struct arena *arena, struct url *ret, struct buf *reterr)
{
	struct buf why, whole;
	struct parser p = {.arena = arena, .err = &why};
	struct slice main_part = text;
	struct parts parts = {0};
	bool ok;

	buf_init(&why, reterr->bytes_max);
	buf_init(&whole, reterr->bytes_max);
	slice_cut(text, '#', &main_part, &parts.fragment_raw);
	ok = parse_all(&p, main_part, &parts);
	if (ok && parts.fragment_raw.len > 0) {
		main_part = text; /* what a bad fragment's error quotes */
		ok = unescape(&p, parts.fragment_raw, PART_FRAGMENT, &parts.fragment);
	}
	if (ok) {
		put_url(&whole, &parts);
		ok = buf_ok(&whole) && arena_copy(arena, parts.path, &ret->path) &&
		     arena_copy(arena, buf_slice(&whole), &ret->text);
		if (!ok)
			buf_put(reterr, SLICE("the URL is too long"));
	} else {
		buf_put(reterr, SLICE("parse "));
		quote_string(reterr, main_part);
		buf_put(reterr, SLICE(": "));
		buf_put(reterr, buf_slice(&why));
	}
	buf_free(&why);
	buf_free(&whole);
	return ok;
}
