/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openmetrics_cursor.h"

#include <math.h>

#include "base/utf8.h"
#include "format/number.h"

enum { NANOS_DIGITS = 9 };

bool om_take(struct text_cursor *c, char wanted, const char *expected)
{
	if (*c->at != wanted)
		return cursor_fail_byte(c, expected);
	c->at++;
	return true;
}

/* ---- quoted text ---- */

static bool is_escape(char c)
{
	return c == '\\' || c == '"' || c == 'n';
}

/* A backslash before any other character is itself one. */
static bool unescape(struct text_cursor *c, struct slice text, struct slice *ret)
{
	const char *end = text.ptr + text.len;
	char *to, *begin;

	*ret = text;
	if (text.len == 0 || memchr(text.ptr, '\\', text.len) == NULL)
		return true;
	begin = to = arena_text(c->arena, text.len);
	if (to == NULL)
		return cursor_fail_memory(c);
	for (const char *from = text.ptr; from < end; from++) {
		if (*from == '\\' && from + 1 < end && is_escape(from[1])) {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	*ret = slice_between(begin, to);
	return true;
}

static bool take_quoted(struct text_cursor *c, const char *what, struct slice *ret)
{
	const char *begin = ++c->at;

	while (*c->at != '"') {
		if (*c->at == '\\' && c->at[1] != '\n')
			c->at++;
		if (*c->at == '\n')
			return cursor_fail_string(c, what, slice_between(begin, c->at),
						  " is not closed");
		c->at++;
	}
	c->at++;
	return unescape(c, slice_between(begin, c->at - 1), ret);
}

static bool is_name_byte(char c, bool first, bool colons)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (colons && c == ':') || (!first && c >= '0' && c <= '9');
}

bool om_take_name(struct text_cursor *c, bool colons, struct slice *ret, bool *ret_quoted)
{
	const char *begin = c->at;
	bool quoted = *begin == '"';

	if (ret_quoted != NULL)
		*ret_quoted = quoted;
	if (quoted) {
		if (!take_quoted(c, "quoted name ", ret))
			return false;
	} else {
		while (is_name_byte(*c->at, c->at == begin, colons))
			c->at++;
		*ret = slice_between(begin, c->at);
	}
	return cursor_check_name_bytes(c, *ret);
}

bool om_take_label_value(struct text_cursor *c, struct slice *ret)
{
	if (*c->at != '"')
		return cursor_fail_byte(c, "expected '\"' at start of label value, found ");
	if (!take_quoted(c, "label value ", ret))
		return false;
	if (!utf8_valid(*ret))
		return cursor_fail_string(c, "invalid label value ", *ret, "");
	return cursor_check_value_bytes(c, *ret);
}

bool om_take_help(struct text_cursor *c, struct slice *ret)
{
	const char *newline = cursor_find_newline(c);
	struct slice text = slice_between(c->at, newline);

	c->at = newline;
	if (!utf8_valid(text))
		return cursor_fail_string(c, "invalid help text ", text, "");
	return unescape(c, text, ret) && cursor_check_value_bytes(c, *ret);
}

/* ---- numbers ---- */

/* Up to a blank or newline; a tab is no blank here, and no number either. */
static struct slice take_token(struct text_cursor *c)
{
	const char *begin = c->at;

	while (*c->at != ' ' && *c->at != '\n')
		c->at++;
	return slice_between(begin, c->at);
}

bool om_take_number(struct text_cursor *c, const char *what, double *ret)
{
	struct slice token = take_token(c);

	return number_parse(token, ret) || cursor_fail_string(c, what, token, "");
}

/* Digits, and digits behind a point. */
static bool parse_decimal(struct slice token, struct moment *ret)
{
	bool negative = token.len > 0 && *token.ptr == '-';
	struct slice whole = token, fraction = SLICE_EMPTY;
	int64_t nanos = 0;

	(void)slice_cut(token, '.', &whole, &fraction);
	if (!number_parse_i64(whole, &ret->seconds))
		return false;
	for (size_t i = 0; i < fraction.len; i++)
		if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
			return false;
	for (size_t i = 0; i < NANOS_DIGITS; i++)
		nanos = nanos * 10 + (i < fraction.len ? fraction.ptr[i] - '0' : 0);
	if (negative && nanos > 0) {
		if (ret->seconds == INT64_MIN)
			return false;
		ret->seconds--;
		nanos = 1000000000 - nanos;
	}
	ret->nanos = (int32_t)nanos;
	return true;
}

/* Any other number, such as 1.7e9. */
static bool parse_seconds(double value, struct moment *ret)
{
	double seconds = floor(value);

	if (!(seconds >= -1e12 && seconds <= 1e12))
		return false;
	ret->seconds = (int64_t)seconds;
	ret->nanos = (int32_t)((value - seconds) * 1e9);
	return true;
}

bool om_take_moment(struct text_cursor *c, const char *what, struct moment *ret)
{
	struct slice token = take_token(c);
	double value;

	if (number_parse(token, &value) &&
	    (parse_decimal(token, ret) || parse_seconds(value, ret)) && moment_valid(*ret))
		return true;
	return cursor_fail_string(c, what, token, "");
}
