/* SPDX-License-Identifier: Apache-2.0 */
#include "http/accept_encoding.h"

#include <math.h>

static const double Q_NONE = -1;

struct wish {
	struct slice name;
	double q;
};

/* The best q for each offer. */
struct wishes {
	double identity, gzip, zstd;
};

static void skip_blanks(struct slice *s)
{
	while (s->len > 0 && (s->ptr[0] == ' ' || s->ptr[0] == '\t'))
		*s = slice_skip(*s, 1);
}

static bool take_byte(struct slice *s, char c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = slice_skip(*s, 1);
	return true;
}

/* RFC 9110's token, and `/`. */
static bool is_name_byte(char c)
{
	return c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"[]?={}", c) == NULL;
}

static struct slice take_name(struct slice *s)
{
	size_t n = 0;
	struct slice name;

	while (n < s->len && is_name_byte(s->ptr[n]))
		n++;
	name = (struct slice){s->ptr, n};
	*s = slice_skip(*s, n);
	return name;
}

/* 0 or 1, then perhaps a point and any digits. They are counted in 64 bits that wrap, as Go's do:
 * what comes of too many (negative, infinite, not a number) is odd, but the same. */
static bool take_q(struct slice *s, double *ret)
{
	uint64_t digits = 0, scale = 1;
	double q;

	if (take_byte(s, '0'))
		q = 0;
	else if (take_byte(s, '1'))
		q = 1;
	else
		return false;
	if (take_byte(s, '.')) {
		for (; s->len > 0 && s->ptr[0] >= '0' && s->ptr[0] <= '9'; *s = slice_skip(*s, 1)) {
			digits = digits * 10 + (uint64_t)(s->ptr[0] - '0');
			scale *= 10;
		}
		q += (double)(int64_t)digits / (double)(int64_t)scale;
	}
	*ret = q;
	return isnan(q) || q >= 0;
}

/* False: the rest of the line means nothing. */
static bool take_wish(struct slice *s, struct wish *ret)
{
	ret->name = take_name(s);
	ret->q = 1;
	if (ret->name.len == 0)
		return false;
	skip_blanks(s);
	if (!take_byte(s, ';'))
		return true;
	skip_blanks(s);
	if (!slice_starts(*s, SLICE("q=")))
		return false;
	*s = slice_skip(*s, 2);
	return take_q(s, &ret->q);
}

static void note(double *best, const struct wish *wish, struct slice name)
{
	if (slice_eq(wish->name, name) && wish->q > *best)
		*best = wish->q;
}

static void read_line(struct slice s, struct wishes *w)
{
	struct wish wish;

	do {
		skip_blanks(&s);
		if (!take_wish(&s, &wish))
			return;
		note(&w->identity, &wish, SLICE("identity"));
		note(&w->identity, &wish, SLICE("*"));
		note(&w->gzip, &wish, SLICE("gzip"));
		note(&w->gzip, &wish, SLICE("*"));
		note(&w->zstd, &wish, SLICE("zstd"));
		skip_blanks(&s);
	} while (take_byte(&s, ','));
}

enum http_coding accept_encoding(const struct http_request *r, bool *ret_refused)
{
	struct wishes w = {Q_NONE, Q_NONE, Q_NONE};

	for (size_t i = 0; i < r->n_headers; i++)
		if (slice_eq_nocase(r->headers[i].name, SLICE("Accept-Encoding")))
			read_line(r->headers[i].value, &w);
	*ret_refused = false;
	if (w.zstd > 0 && w.zstd > w.gzip && w.zstd > w.identity)
		return CODING_ZSTD;
	if (w.gzip > w.identity && w.gzip > 0)
		return CODING_GZIP;
	*ret_refused = w.identity == 0 || (w.identity < 0 && w.gzip == 0);
	return CODING_IDENTITY;
}
