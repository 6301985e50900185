/* SPDX-License-Identifier: Apache-2.0
 *
 * As Go's mime package does (mediatype.go): what is wrong anywhere makes all of it wrong, but for a
 * lone semicolon at the end. Parameters in several parts (RFC 2231, name*0=) are not put together.
 */
#include "format/media_type.h"

enum { VALUE_BYTES_MAX = 64, PARAMETERS_MAX = 32 };

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_special(char c)
{
	return c != '\0' && strchr("()<>@,;:\\\"/[]?=", c) != NULL;
}

static struct slice skip_spaces(struct slice s)
{
	while (s.len > 0 && is_space(*s.ptr))
		s = slice_skip(s, 1);
	return s;
}

static struct slice take_token(struct slice *rest)
{
	const char *begin = rest->ptr;

	while (rest->len > 0 && *rest->ptr > ' ' && *rest->ptr < 0x7f && !is_special(*rest->ptr))
		*rest = slice_skip(*rest, 1);
	return slice_between(begin, rest->ptr);
}

/* What a parameter is, as far as it is looked at. */
struct parameter {
	struct slice name;
	char value[VALUE_BYTES_MAX];
	size_t len; /* of the value, however long */
};

static void value_put(struct parameter *p, char c)
{
	if (p->len < VALUE_BYTES_MAX)
		p->value[p->len] = c;
	p->len++;
}

static bool value_is(const struct parameter *p, struct slice text)
{
	return p->len <= VALUE_BYTES_MAX && slice_eq((struct slice){p->value, p->len}, text);
}

static bool same_value(const struct parameter *a, const struct parameter *b)
{
	return a->len <= VALUE_BYTES_MAX && value_is(b, (struct slice){a->value, a->len});
}

static bool take_quoted(struct slice *rest, struct parameter *ret)
{
	for (*rest = slice_skip(*rest, 1); rest->len > 0; *rest = slice_skip(*rest, 1)) {
		char c = *rest->ptr;

		if (c == '"') {
			*rest = slice_skip(*rest, 1);
			return true;
		}
		if (c == '\r' || c == '\n')
			return false;
		/* Windows paths in old browsers: a backslash escapes only what needs it. */
		if (c == '\\' && rest->len > 1 && is_special(rest->ptr[1])) {
			*rest = slice_skip(*rest, 1);
			c = *rest->ptr;
		}
		value_put(ret, c);
	}
	return false;
}

static bool take_value(struct slice *rest, struct parameter *ret)
{
	struct slice token;

	if (rest->len > 0 && *rest->ptr == '"')
		return take_quoted(rest, ret);
	token = take_token(rest);
	for (size_t i = 0; i < token.len; i++)
		value_put(ret, token.ptr[i]);
	return token.len > 0;
}

/* ; name = value */
static bool take_parameter(struct slice *rest, struct parameter *ret)
{
	ret->len = 0;
	if (*rest->ptr != ';')
		return false;
	*rest = skip_spaces(slice_skip(*rest, 1));
	ret->name = take_token(rest);
	*rest = skip_spaces(*rest);
	if (ret->name.len == 0 || rest->len == 0 || *rest->ptr != '=')
		return false;
	*rest = skip_spaces(slice_skip(*rest, 1));
	return take_value(rest, ret);
}

/* A name that comes twice must come with the same value. */
static bool is_consistent(const struct parameter *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_nocase(all[i].name, all[n].name) && !same_value(&all[i], &all[n]))
			return false;
	return true;
}

static struct slice trim(struct slice s)
{
	s = skip_spaces(s);
	while (s.len > 0 && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct media_type {
	struct parameter all[PARAMETERS_MAX];
	size_t n;
};

/* False when it is malformed, or not of that type. */
static bool read_media_type(struct slice content_type, struct slice wanted, struct media_type *ret)
{
	struct slice type = content_type, rest = SLICE_EMPTY;

	ret->n = 0;
	if (slice_cut(content_type, ';', &type, &rest))
		rest = (struct slice){rest.ptr - 1, rest.len + 1};
	if (!slice_eq_nocase(trim(type), wanted))
		return false;
	for (rest = skip_spaces(rest); rest.len > 0; rest = skip_spaces(rest)) {
		if (slice_eq(trim(rest), SLICE(";")))
			break;
		if (ret->n == PARAMETERS_MAX || !take_parameter(&rest, &ret->all[ret->n]) ||
		    !is_consistent(ret->all, ret->n))
			return false;
		ret->n++;
	}
	return true;
}

static const struct parameter *find(const struct media_type *type, struct slice name)
{
	for (size_t i = 0; i < type->n; i++)
		if (slice_eq_nocase(type->all[i].name, name))
			return &type->all[i];
	return NULL;
}

bool media_type_is_protobuf(struct slice content_type)
{
	const struct parameter *proto, *encoding;
	struct media_type type;

	if (!read_media_type(content_type, SLICE("application/vnd.google.protobuf"), &type))
		return false;
	proto = find(&type, SLICE("proto"));
	encoding = find(&type, SLICE("encoding"));
	return proto != NULL && value_is(proto, SLICE("io.prometheus.client.MetricFamily")) &&
	       encoding != NULL && value_is(encoding, SLICE("delimited"));
}

bool media_type_is_openmetrics(struct slice content_type)
{
	const struct parameter *version;
	struct media_type type;

	if (!read_media_type(content_type, SLICE("application/openmetrics-text"), &type))
		return false;
	version = find(&type, SLICE("version"));
	return version == NULL || value_is(version, SLICE("1.0.0")) ||
	       value_is(version, SLICE("0.0.1"));
}
