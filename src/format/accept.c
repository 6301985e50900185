/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference's ways (goautoneg, expfmt.Negotiate) are kept, also the odd ones: blanks are spaces
 * alone; quotes have no meaning; letter case counts; a parameter with no value, or with a second =
 * that something follows, is passed over; q=0 excludes nothing; and the order is no proper one, as
 * precedes() tells.
 *
 * Two things differ, for lists that no client sends: the reference's sort shuffles more than 12
 * equal entries, here they keep their order; and a q in hexadecimal, with underscores, or beyond
 * 1e308 is 0 here. */
#include "format/accept.h"

#include <stdint.h>

#include "base/must.h"
#include "format/number.h"

struct entry {
	struct slice type, subtype;
	struct slice version, escaping, proto, encoding; /* parameters; empty: none */
	float q;
};

static struct slice trim(struct slice s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = slice_skip(s, 1);
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* Takes what stands before the next `separator`, or all. */
static struct slice take(struct slice *rest, char separator)
{
	struct slice head = *rest, tail = SLICE_EMPTY;

	(void)slice_cut(*rest, separator, &head, &tail);
	*rest = tail;
	return head;
}

static bool is_any(struct slice s)
{
	return slice_eq(s, SLICE("*"));
}

/* `*` alone is any type of any kind. */
static bool read_type(struct slice text, struct entry *ret)
{
	ret->type = trim(take(&text, '/'));
	if (text.len == 0) {
		ret->subtype = SLICE("*");
		return is_any(ret->type);
	}
	ret->subtype = trim(take(&text, '/'));
	return text.len == 0;
}

/* No number is 0. Not trimmed: neither is it by the reference. */
static float read_q(struct slice text)
{
	double q;

	return number_parse(text, &q) ? (float)q : 0;
}

static void read_parameter(struct slice text, struct entry *ret)
{
	struct slice name = trim(take(&text, '='));
	struct slice value = take(&text, '=');

	if (value.len == 0 || text.len > 0)
		return;
	if (slice_eq(name, SLICE("q")))
		ret->q = read_q(value);
	else if (slice_eq(name, SLICE("version")))
		ret->version = trim(value);
	else if (slice_eq(name, SLICE("escaping")))
		ret->escaping = trim(value);
	else if (slice_eq(name, SLICE("proto")))
		ret->proto = trim(value);
	else if (slice_eq(name, SLICE("encoding")))
		ret->encoding = trim(value);
}

/* False when it is none. */
static bool read_entry(struct slice text, struct entry *ret)
{
	*ret = (struct entry){.version = SLICE_EMPTY,
			      .escaping = SLICE_EMPTY,
			      .proto = SLICE_EMPTY,
			      .encoding = SLICE_EMPTY,
			      .q = 1};
	text = trim(text);
	if (!read_type(take(&text, ';'), ret))
		return false;
	while (text.len > 0)
		read_parameter(take(&text, ';'), ret);
	return true;
}

/* Not an order: with a/b;q=0.5 and a type of `*` with a higher q each precedes the other, and what
 * came later ends up in front (goautoneg, Less). */
static bool precedes(const struct entry *a, const struct entry *b)
{
	return a->q > b->q || (!is_any(a->type) && is_any(b->type)) ||
	       (!is_any(a->subtype) && is_any(b->subtype));
}

static size_t read_entries(struct slice accept, struct entry *ret)
{
	size_t n = 0;

	while (accept.len > 0 && n < ACCEPT_ENTRIES_MAX) {
		struct entry entry;
		size_t at = n;

		if (!read_entry(take(&accept, ','), &entry))
			continue;
		for (; at > 0 && precedes(&entry, &ret[at - 1]); at--)
			ret[at] = ret[at - 1];
		ret[at] = entry;
		n++;
	}
	return n;
}

static bool is_protobuf_offered(const struct entry *e, enum exposition *ret)
{
	static const struct slice encodings[] = {
		[EXPOSITION_DELIMITED] = SLICE_TEXT("delimited"),
		[EXPOSITION_PROTO_TEXT] = SLICE_TEXT("text"),
		[EXPOSITION_COMPACT] = SLICE_TEXT("compact-text"),
	};

	if (!slice_eq(e->proto, SLICE("io.prometheus.client.MetricFamily")))
		return false;
	for (int i = EXPOSITION_DELIMITED; i <= EXPOSITION_COMPACT; i++)
		if (slice_eq(e->encoding, encodings[i])) {
			*ret = (enum exposition)i;
			return true;
		}
	return false;
}

/* Of no version is the older one (expfmt, NegotiateIncludingOpenMetrics). */
static bool is_openmetrics_offered(const struct entry *e, enum exposition *ret)
{
	*ret = slice_eq(e->version, SLICE("1.0.0")) ? EXPOSITION_OPENMETRICS_1_0_0
						    : EXPOSITION_OPENMETRICS_0_0_1;
	return *ret == EXPOSITION_OPENMETRICS_1_0_0 || e->version.len == 0 ||
	       slice_eq(e->version, SLICE("0.0.1"));
}

static bool is_offered(const struct entry *e, bool openmetrics, enum exposition *ret)
{
	if (slice_eq(e->type, SLICE("application")) &&
	    slice_eq(e->subtype, SLICE("vnd.google.protobuf")))
		return is_protobuf_offered(e, ret);
	if (openmetrics && slice_eq(e->type, SLICE("application")) &&
	    slice_eq(e->subtype, SLICE("openmetrics-text")))
		return is_openmetrics_offered(e, ret);
	if (!slice_eq(e->type, SLICE("text")) || !slice_eq(e->subtype, SLICE("plain")))
		return false;
	*ret = EXPOSITION_TEXT;
	return e->version.len == 0 || slice_eq(e->version, SLICE("0.0.4"));
}

struct accept_choice accept_choose(struct slice accept, bool openmetrics)
{
	struct accept_choice choice = {EXPOSITION_TEXT, ESCAPING_UNDERSCORES};
	struct entry entries[ACCEPT_ENTRIES_MAX];
	size_t n = read_entries(accept, entries);
	enum exposition offered;

	for (size_t i = 0; i < n; i++) {
		(void)escaping_of_word(entries[i].escaping, &choice.escaping);
		if (is_offered(&entries[i], openmetrics, &offered)) {
			choice.exposition = offered;
			break;
		}
	}
	return choice;
}

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define PROTOBUF_TYPE "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily"
#define OPENMETRICS_TYPE(version) "application/openmetrics-text; version=" version "; charset=utf-8"
#define IN_ALL_SCHEMES(type)                                                                       \
	{                                                                                          \
		[ESCAPING_UNDERSCORES] = SLICE_TEXT(type "; escaping=underscores"),                \
		[ESCAPING_DOTS] = SLICE_TEXT(type "; escaping=dots"),                              \
		[ESCAPING_VALUES] = SLICE_TEXT(type "; escaping=values"),                          \
		[ESCAPING_ALLOW_UTF8] = SLICE_TEXT(type "; escaping=allow-utf-8"),                 \
	}

struct slice accept_content_type(struct accept_choice choice)
{
	static const struct slice types[EXPOSITIONS][ESCAPINGS] = {
		[EXPOSITION_TEXT] = IN_ALL_SCHEMES(TEXT_TYPE),
		[EXPOSITION_DELIMITED] = IN_ALL_SCHEMES(PROTOBUF_TYPE "; encoding=delimited"),
		[EXPOSITION_PROTO_TEXT] = IN_ALL_SCHEMES(PROTOBUF_TYPE "; encoding=text"),
		[EXPOSITION_COMPACT] = IN_ALL_SCHEMES(PROTOBUF_TYPE "; encoding=compact-text"),
		[EXPOSITION_OPENMETRICS_1_0_0] = IN_ALL_SCHEMES(OPENMETRICS_TYPE("1.0.0")),
		[EXPOSITION_OPENMETRICS_0_0_1] = IN_ALL_SCHEMES(OPENMETRICS_TYPE("0.0.1")),
	};

	return types[choice.exposition][choice.escaping];
}
