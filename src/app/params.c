/* SPDX-License-Identifier: Apache-2.0 */
#include "app/params.h"

#include <inttypes.h>
#include <math.h>

#include "base/buf.h"
#include "base/quote.h"
#include "format/number.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The first error stays. `text` is quoted between the two. */
static void set_error(struct err *err, const char *before, struct slice text, const char *behind)
{
	struct buf sentence;

	if (err->code != ERR_NONE)
		return;
	buf_init(&sentence, 4096);
	buf_put(&sentence, slice_of(before));
	quote_string(&sentence, (struct slice){text.ptr, text.len < 512 ? text.len : 512});
	buf_put(&sentence, slice_of(behind));
	(void)err_set(err, ERR_SYNTAX, buf_slice(&sentence));
	buf_free(&sentence);
}

static enum err_code decode(struct slice text, struct arena *arena, struct slice *ret,
			    struct err *reterr)
{
	char *out = arena_text(arena, text.len);
	size_t n = 0;

	if (out == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			if (text.len - i < 3 || hex(text.ptr[i + 1]) < 0 ||
			    hex(text.ptr[i + 2]) < 0) {
				set_error(reterr, "not a percent-encoded query: ", text, "");
				return reterr->code;
			}
			c = (char)(hex(text.ptr[i + 1]) << 4 | hex(text.ptr[i + 2]));
			i += 2;
		}
		out[n++] = c;
	}
	*ret = (struct slice){out, n};
	return ERR_NONE;
}

enum err_code params_parse(struct slice query, struct arena *arena, struct params *ret,
			   struct err *reterr)
{
	struct slice part, name, value;

	ret->n = 0;
	while (query.len > 0) {
		struct param *p = &ret->items[ret->n];

		if (!slice_cut(query, '&', &part, &query)) {
			part = query;
			query = SLICE_EMPTY;
		}
		if (part.len == 0)
			continue;
		if (ret->n == PARAMS_MAX)
			return err_setf(reterr, ERR_SYNTAX, "there are more than %d parameters",
					PARAMS_MAX);
		if (!slice_cut(part, '=', &name, &value)) {
			name = part;
			value = SLICE_EMPTY;
		}
		*p = (struct param){0};
		if (decode(name, arena, &p->name, reterr) != ERR_NONE ||
		    decode(value, arena, &p->value, reterr) != ERR_NONE)
			return reterr->code;
		ret->n++;
	}
	return ERR_NONE;
}

bool params_text(struct params *p, struct slice name, struct slice *ret, struct err *err)
{
	bool found = false;

	for (size_t i = 0; i < p->n; i++) {
		if (!slice_eq(p->items[i].name, name))
			continue;
		if (found)
			set_error(err, "the parameter ", name, " is there more than once");
		p->items[i].known = true;
		*ret = p->items[i].value;
		found = true;
	}
	return found;
}

bool params_bool(struct params *p, struct slice name, bool *ret, struct err *err)
{
	struct slice text;

	if (!params_text(p, name, &text, err))
		return false;
	*ret = slice_eq(text, SLICE("true"));
	if (!*ret && !slice_eq(text, SLICE("false")))
		set_error(err, "the parameter ", name, " is neither true nor false");
	return true;
}

bool params_number(struct params *p, struct slice name, double *ret, struct err *err)
{
	struct slice text;

	if (!params_text(p, name, &text, err))
		return false;
	if (!number_parse(text, ret) || !isfinite(*ret)) {
		*ret = 0;
		set_error(err, "the parameter ", name, " is not a number");
	}
	return true;
}

bool params_count(struct params *p, struct slice name, int64_t min, int64_t max, int64_t *ret,
		  struct err *err)
{
	struct slice text;
	int64_t value;

	if (!params_text(p, name, &text, err))
		return false;
	if (number_parse_i64(text, &value) && value >= min && value <= max)
		*ret = value;
	else if (err->code == ERR_NONE)
		(void)err_setf(err, ERR_SYNTAX,
			       "the parameter \"%.*s\" is not a number from %" PRId64
			       " to %" PRId64,
			       SLICE_ARG(name), min, max);
	return true;
}

size_t params_all(struct params *p, struct slice name, struct slice *ret, size_t n_max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (!slice_eq(p->items[i].name, name))
			continue;
		p->items[i].known = true;
		if (n < n_max)
			ret[n] = p->items[i].value;
		n++;
	}
	return n;
}

enum err_code params_end(const struct params *p, struct err *err)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->items[i].known)
			set_error(err, "unknown parameter ", p->items[i].name, "");
	return err->code;
}
