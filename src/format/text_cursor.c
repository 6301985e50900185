/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text_cursor.h"

#include "base/buf.h"
#include "base/quote.h"
#include "base/utf8.h"

/* ---- refusals ---- */

enum { SENTENCE_EXTRA_BYTES = 256 };

/* Room for what the arena could still take, and for a sentence that quotes nothing. */
static void sentence_start(const struct text_cursor *c, struct buf *sentence, const char *before)
{
	const struct arena *arena = c->err->arena;

	buf_init(sentence, arena->bytes_max - arena->bytes_used + SENTENCE_EXTRA_BYTES);
	buf_putf(sentence, "%s format parsing error in line %u: ", c->format, c->line);
	buf_put(sentence, slice_of(before));
}

static bool sentence_end(struct text_cursor *c, struct buf *sentence)
{
	if (c->at == c->missing_newline)
		err_setf(c->err, ERR_SYNTAX,
			 "%s format parsing error in line %u: unexpected end of input stream",
			 c->format, c->line);
	else if (buf_ok(sentence))
		err_set(c->err, ERR_SYNTAX, buf_slice(sentence));
	else
		err_setf(c->err, ERR_SYNTAX,
			 "%s format parsing error in line %u: (too long to be quoted)", c->format,
			 c->line);
	buf_free(sentence);
	return false;
}

bool cursor_fail(struct text_cursor *c, struct slice text)
{
	struct buf sentence;

	sentence_start(c, &sentence, "");
	buf_put(&sentence, text);
	return sentence_end(c, &sentence);
}

bool cursor_fail_string(struct text_cursor *c, const char *before, struct slice quoted,
			const char *after)
{
	struct buf sentence;

	sentence_start(c, &sentence, before);
	quote_string(&sentence, quoted);
	buf_put(&sentence, slice_of(after));
	return sentence_end(c, &sentence);
}

bool cursor_fail_byte(struct text_cursor *c, const char *before)
{
	struct buf sentence;

	sentence_start(c, &sentence, before);
	quote_byte(&sentence, (unsigned char)*c->at);
	return sentence_end(c, &sentence);
}

/* The reference prints the byte as the character of that number (%c). */
static bool fail_escape(struct text_cursor *c)
{
	struct buf sentence;
	char character[4];

	sentence_start(c, &sentence, "invalid escape sequence '\\");
	buf_put(&sentence,
		(struct slice){character, utf8_encode((unsigned char)*c->at, character)});
	buf_put_byte(&sentence, '\'');
	return sentence_end(c, &sentence);
}

bool cursor_fail_memory(struct text_cursor *c)
{
	err_over(c->err, LIMIT_PUSH_MEMORY, "the push needs more memory than one request may take");
	return false;
}

bool cursor_check_name_bytes(struct text_cursor *c, struct slice name)
{
	if (!cursor_is_over(name.len, c->limits->name_bytes_max))
		return true;
	err_over(c->err, LIMIT_PUSH_NAME, "a name in line %u has more than %u bytes", c->line,
		 c->limits->name_bytes_max);
	return false;
}

bool cursor_check_value_bytes(struct text_cursor *c, struct slice value)
{
	if (!cursor_is_over(value.len, c->limits->value_bytes_max))
		return true;
	err_over(c->err, LIMIT_PUSH_VALUE,
		 "a label value or help text in line %u has more than %u bytes", c->line,
		 c->limits->value_bytes_max);
	return false;
}

/* ---- bytes ---- */

enum {
	C_METRIC = 1,       /* in a metric name */
	C_METRIC_START = 2, /* first in it; a quote may be, too */
	C_LABEL = 4,        /* in a label name */
	C_LABEL_START = 8,  /* first in it */
	C_QUOTED_STOP = 16, /* ends a plain run of quoted text */
	C_TOKEN_STOP = 32,  /* ends a token */
	C_LETTER = C_METRIC | C_METRIC_START | C_LABEL | C_LABEL_START,
};

static const unsigned char classes[256] = {
	['a' ... 'z'] = C_LETTER,
	['A' ... 'Z'] = C_LETTER,
	['_'] = C_LETTER,
	[':'] = C_METRIC | C_METRIC_START,
	['0' ... '9'] = C_METRIC | C_LABEL,
	['"'] = C_QUOTED_STOP,
	['\\'] = C_QUOTED_STOP,
	['\n'] = C_QUOTED_STOP | C_TOKEN_STOP,
	[' '] = C_TOKEN_STOP,
	['\t'] = C_TOKEN_STOP,
};

static bool is_class(char c, unsigned class)
{
	return (classes[(unsigned char)c] & class) != 0;
}

const char *cursor_find_newline(const struct text_cursor *c)
{
	const char *newline = memchr(c->at, '\n', (size_t)(c->end - c->at));

	assert(newline != NULL);
	return newline;
}

bool cursor_end_line(struct text_cursor *c)
{
	assert(*c->at == '\n');
	if (c->at == c->missing_newline)
		return cursor_fail(c, SLICE_EMPTY);
	c->at++;
	return true;
}

struct slice cursor_take_token(struct text_cursor *c)
{
	const char *begin = c->at;

	while (!is_class(*c->at, C_TOKEN_STOP))
		c->at++;
	return slice_between(begin, c->at);
}

/* The reference remembers each backslash as the start of an escape and then forgets it (expfmt,
 * readTokenUntilNewline). */
bool cursor_take_rest(struct text_cursor *c, struct slice *ret)
{
	const char *newline = cursor_find_newline(c);
	struct slice rest = slice_between(c->at, newline);
	char *kept;
	size_t n = 0;

	c->at = newline;
	*ret = rest;
	if (rest.len == 0 || memchr(rest.ptr, '\\', rest.len) == NULL)
		return true;
	kept = arena_text(c->arena, rest.len);
	if (kept == NULL)
		return cursor_fail_memory(c);
	for (size_t i = 0; i < rest.len; i++)
		if (rest.ptr[i] != '\\')
			kept[n++] = rest.ptr[i];
	*ret = (struct slice){kept, n};
	return true;
}

/* ---- escapes ---- */

static bool is_escape(char c)
{
	return c == '\\' || c == '"' || c == 'n';
}

/* `head`, and `text` with its escapes, all valid, undone. */
static bool unescape(struct text_cursor *c, struct slice head, struct slice text, size_t n_escapes,
		     struct slice *ret)
{
	char *to;

	if (head.len == 0 && n_escapes == 0) {
		*ret = text;
		return true;
	}
	assert(n_escapes <= text.len / 2);
	to = arena_text(c->arena, head.len + text.len - n_escapes);
	if (to == NULL)
		return cursor_fail_memory(c);
	*ret = (struct slice){to, head.len + text.len - n_escapes};
	memcpy(to, head.ptr, head.len);
	to += head.len;
	for (const char *from = text.ptr, *end = text.ptr + text.len; from < end; from++) {
		if (*from == '\\') {
			from++;
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			*to++ = *from;
		}
	}
	return true;
}

bool cursor_take_help(struct text_cursor *c, struct slice *ret)
{
	const char *begin = c->at, *newline = cursor_find_newline(c);
	size_t n_escapes = 0;

	for (;;) {
		const char *backslash = memchr(c->at, '\\', (size_t)(newline - c->at));

		if (backslash == NULL)
			break;
		c->at = backslash + 1;
		if (!is_escape(*c->at))
			return fail_escape(c);
		c->at++;
		n_escapes++;
	}
	c->at = newline;
	return unescape(c, SLICE_EMPTY, slice_between(begin, newline), n_escapes, ret) &&
	       cursor_check_value_bytes(c, *ret);
}

/* ---- quoted text and names ---- */

/* From the opening quote to the closing one, which stays at hand. `what` names it in the error. */
static bool take_quoted(struct text_cursor *c, struct slice head, const char *what,
			struct slice *ret, bool *ret_ascii)
{
	const char *begin = ++c->at;
	size_t n_escapes = 0;
	unsigned char all = 0;
	struct slice so_far;

	assert(begin[-1] == '"');
	for (;;) {
		while (!is_class(*c->at, C_QUOTED_STOP))
			all |= (unsigned char)*c->at++;
		if (*c->at == '"')
			break;
		if (*c->at == '\n') {
			if (!unescape(c, head, slice_between(begin, c->at), n_escapes, &so_far))
				return false;
			return cursor_fail_string(c, what, so_far, " contains unescaped new-line");
		}
		if (!is_escape(*++c->at))
			return fail_escape(c);
		c->at++;
		n_escapes++;
	}
	*ret_ascii = all < 0x80;
	return unescape(c, head, slice_between(begin, c->at), n_escapes, ret);
}

static bool end_quoted_name(struct text_cursor *c, struct slice head, const char *what,
			    struct slice *ret)
{
	bool ascii;

	if (!take_quoted(c, head, what, ret, &ascii))
		return false;
	c->at++;
	return cursor_check_name_bytes(c, *ret);
}

bool cursor_take_metric_name(struct text_cursor *c, struct slice *ret)
{
	const char *begin = c->at;

	if (is_class(*begin, C_METRIC_START))
		while (is_class(*c->at, C_METRIC))
			c->at++;
	*ret = slice_between(begin, c->at);
	if (*c->at == '"')
		return end_quoted_name(c, *ret, "metric name ", ret);
	return cursor_check_name_bytes(c, *ret);
}

bool cursor_take_label_name(struct text_cursor *c, struct slice *ret, bool *ret_quoted)
{
	const char *begin = c->at;

	if (is_class(*begin, C_LABEL_START))
		while (is_class(*c->at, C_LABEL))
			c->at++;
	*ret = slice_between(begin, c->at);
	*ret_quoted = *c->at == '"';
	if (*ret_quoted)
		return end_quoted_name(c, *ret, "label name ", ret);
	return cursor_check_name_bytes(c, *ret);
}

bool cursor_take_label_value(struct text_cursor *c, struct slice *ret)
{
	bool ascii;

	if (!take_quoted(c, SLICE_EMPTY, "label value ", ret, &ascii))
		return false;
	if (!ascii && !utf8_valid(*ret))
		return cursor_fail_string(c, "invalid label value ", *ret, "");
	return cursor_check_value_bytes(c, *ret);
}
