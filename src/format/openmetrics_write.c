/* SPDX-License-Identifier: Apache-2.0
 *
 * As text_write.c: room for a line is reserved once, from a bound that holds even if every byte
 * must be escaped, and a series of several lines writes its labels once and copies them. */
#include "format/openmetrics_write.h"

#include <math.h>

#include "base/utf8.h"
#include "format/extras.h"
#include "format/number.h"

enum {
	SUFFIX_BYTES_MAX = sizeof("_created") - 1,
	/* quotes, or the prefix of an escaped name */
	NAME_EXTRA_BYTES = ESCAPE_PREFIX_BYTES,
	/* braces, the last label, blank, newline; a number may get a ".0", a time has a point */
	LINE_EXTRA_BYTES = SUFFIX_BYTES_MAX + NAME_EXTRA_BYTES + 2 + sizeof("quantile=\"\"") + 2 +
			   (size_t)2 * (NUMBER_TEXT_BYTES_MAX + 2),
	LABEL_EXTRA_BYTES = NAME_EXTRA_BYTES + 4,
	EXEMPLAR_EXTRA_BYTES = sizeof(" # {}  ") + (size_t)2 * (NUMBER_TEXT_BYTES_MAX + 2),
};

#define TOTAL SLICE("_total")

static size_t growth_max(enum escaping escaping)
{
	return escaping == ESCAPING_ALLOW_UTF8 ? 2 : ESCAPE_GROWTH_MAX;
}

/* ---- names and values ---- */

static char *put_escaped(char *at, struct slice text)
{
	for (const char *from = text.ptr, *end = text.ptr + text.len; from < end; from++) {
		if (*from == '"' || *from == '\\' || *from == '\n')
			*at++ = '\\';
		*at++ = *from == '\n' ? 'n' : *from;
	}
	return at;
}

static char *put_quoted(char *at, struct slice text)
{
	*at++ = '"';
	at = put_escaped(at, text);
	*at++ = '"';
	return at;
}

/* A label a:b needs quotes, where there may be some. */
static char *put_label(char *at, enum escaping escaping, const struct label *label)
{
	if (label_name_valid(label->name, NAME_LEGACY))
		at = slice_put(at, label->name);
	else if (escaping == ESCAPING_ALLOW_UTF8)
		at = put_quoted(at, label->name);
	else
		at += name_escape(label->name, escaping, at);
	*at++ = '=';
	return put_quoted(at, label->value);
}

static bool needs_quotes(enum escaping escaping, struct slice name)
{
	return escaping == ESCAPING_ALLOW_UTF8 && !metric_name_valid(name, NAME_LEGACY);
}

/* A name without its last `cut` bytes and with a suffix, escaped but not quoted. */
static char *put_name(char *at, enum escaping escaping, struct slice name, size_t cut,
		      struct slice suffix)
{
	if (escaping == ESCAPING_ALLOW_UTF8)
		at = put_escaped(at, (struct slice){name.ptr, name.len - cut});
	else
		at += name_escape(name, escaping, at) - cut;
	return slice_put(at, suffix);
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == ':' || c == '_';
}

/* Does the name, escaped, end in _total? So does foo.total in every scheme that escapes it. */
static bool is_total(enum escaping escaping, struct slice name)
{
	if (name_escaped_bytes(name, escaping) <= TOTAL.len || name.len < TOTAL.len)
		return false;
	if (escaping == ESCAPING_ALLOW_UTF8 || metric_name_valid(name, NAME_LEGACY))
		return slice_ends(name, TOTAL);
	return slice_ends(name, SLICE("total")) &&
	       (slice_ends(name, TOTAL) || !is_name_byte(name.ptr[name.len - TOTAL.len]));
}

/* How much of the name of a counter is no part of its family's. */
static size_t suffix_bytes(enum escaping escaping, struct slice name, enum metric_type type)
{
	return type == METRIC_COUNTER && is_total(escaping, name) ? TOTAL.len : 0;
}

/* ---- numbers ---- */

/* With a point, an exponent, or of no digits: else a reader may take it for an integer (expfmt,
 * writeOpenMetricsFloat). */
static char *put_float(char *at, double value)
{
	/* no negative zero */
	size_t n = number_write(value == 0 ? 0 : value, at);

	if (!isfinite(value) || memchr(at, '.', n) != NULL || memchr(at, 'e', n) != NULL)
		return at + n;
	return slice_put(at + n, SLICE(".0"));
}

/* Counts are integers but for the float ones of protobuf. */
static char *put_count(char *at, double count_float, uint64_t count)
{
	return count_float != 0 ? put_float(at, count_float) : at + number_write_u64(count, at);
}

/* Seconds with their nanoseconds, exactly: no double holds those of today. */
static char *put_moment(char *at, struct moment moment)
{
	int64_t seconds = moment.seconds;
	int32_t nanos = moment.nanos;
	char digits[9];
	int n = 9;

	if (seconds < 0) {
		*at++ = '-';
		seconds = nanos == 0 ? -seconds : -(seconds + 1);
		nanos = nanos == 0 ? 0 : 1000000000 - nanos;
	}
	at += number_write_u64((uint64_t)seconds, at);
	for (int i = 8; i >= 0; i--, nanos /= 10)
		digits[i] = (char)('0' + nanos % 10);
	while (n > 1 && digits[n - 1] == '0')
		n--;
	*at++ = '.';
	return slice_put(at, (struct slice){digits, (size_t)n});
}

/* ---- the head of a family ---- */

static struct slice type_word(enum metric_type type, bool total)
{
	static const struct slice words[METRIC_TYPES] = {
		[METRIC_COUNTER] = SLICE_TEXT("counter"),
		[METRIC_GAUGE] = SLICE_TEXT("gauge"),
		[METRIC_SUMMARY] = SLICE_TEXT("summary"),
		[METRIC_UNTYPED] = SLICE_TEXT("unknown"),
		[METRIC_HISTOGRAM] = SLICE_TEXT("histogram"),
		[METRIC_GAUGE_HISTOGRAM] = SLICE_TEXT("gaugehistogram"),
	};

	return words[type == METRIC_COUNTER && !total ? METRIC_UNTYPED : type];
}

/* Where escaping changes the name it may not end in the unit any more. */
static bool has_unit(struct slice stem, struct slice unit)
{
	return unit.len > 0 && metric_name_valid(stem, NAME_LEGACY) && slice_ends(stem, unit) &&
	       stem.len > unit.len + 1 && stem.ptr[stem.len - unit.len - 1] == '_';
}

/* # KEYWORD name */
static char *put_keyword(char *at, struct slice keyword, enum escaping escaping, struct slice name,
			 size_t cut)
{
	bool quotes = needs_quotes(escaping, name);

	at = slice_put(at, SLICE("# "));
	at = slice_put(at, keyword);
	at = slice_put(at, quotes ? SLICE(" \"") : SLICE(" "));
	at = put_name(at, escaping, name, cut, SLICE_EMPTY);
	return slice_put(at, quotes ? SLICE("\" ") : SLICE(" "));
}

void openmetrics_write_head(struct buf *out, enum escaping escaping, struct slice name,
			    const struct slice *help, struct slice unit, enum metric_type type)
{
	size_t cut = suffix_bytes(escaping, name, type);
	struct slice stem = {name.ptr, name.len - cut};
	size_t name_bytes = growth_max(escaping) * name.len + NAME_EXTRA_BYTES;
	size_t help_bytes = help == NULL ? 0 : 2 * help->len;
	char *begin = buf_reserve(out, 3 * name_bytes + help_bytes + unit.len + 64);
	char *at = begin;

	if (begin == NULL)
		return;
	if (help != NULL) {
		at = put_keyword(at, SLICE("HELP"), escaping, name, cut);
		at = put_escaped(at, *help);
		*at++ = '\n';
	}
	at = put_keyword(at, SLICE("TYPE"), escaping, name, cut);
	at = slice_put(at, type_word(type, cut > 0));
	*at++ = '\n';
	if (has_unit(stem, unit)) {
		at = put_keyword(at, SLICE("UNIT"), escaping, name, cut);
		at = slice_put(at, unit);
		*at++ = '\n';
	}
	buf_advance(out, (size_t)(at - begin));
}

/* ---- exemplars ---- */

static bool has_label_before(struct slice rest, struct slice end, struct slice name)
{
	struct label label;

	while (exemplar_next_label(&rest, &label) && rest.ptr < end.ptr)
		if (slice_eq(label.name, name))
			return true;
	return false;
}

/* As the format wants it. There are few labels: none is without a name. */
static bool can_be_said(const struct exemplar *exemplar)
{
	struct slice rest = exemplar->message;
	size_t n_characters = 0;
	struct label label;

	while (exemplar_next_label(&rest, &label)) {
		if (!label_name_valid(label.name, NAME_UTF8) || !utf8_valid(label.value))
			return false;
		n_characters += utf8_count(label.name) + utf8_count(label.value);
		if (n_characters > EXEMPLAR_CHARACTERS_MAX ||
		    has_label_before(exemplar->message, rest, label.name))
			return false;
	}
	return !exemplar->has_time || moment_valid(exemplar->time);
}

/*  # {a="b"} 1.0 1700000000.5 */
static void write_exemplar(struct buf *out, enum escaping escaping, const struct exemplar *exemplar)
{
	struct slice rest = exemplar->message;
	struct label label;
	char *begin, *at;

	/* A label has more bytes in the message than its name and value. */
	begin = at = buf_reserve(out, (growth_max(escaping) + LABEL_EXTRA_BYTES) * rest.len +
					      EXEMPLAR_EXTRA_BYTES);
	if (begin == NULL)
		return;
	at = slice_put(at, SLICE(" # {"));
	while (exemplar_next_label(&rest, &label)) {
		at = put_label(at, escaping, &label);
		*at++ = ',';
	}
	if (at[-1] == ',')
		at--;
	at = slice_put(at, SLICE("} "));
	at = put_float(at, exemplar->value);
	if (exemplar->has_time) {
		*at++ = ' ';
		at = put_moment(at, exemplar->time);
	}
	buf_advance(out, (size_t)(at - begin));
}

/* ---- lines ---- */

/* What the lines of one series have in common. */
struct lines {
	struct buf *out;
	enum escaping escaping;
	struct slice name;
	size_t cut; /* bytes of the name that are no part of the family's */
	bool name_in_braces;
	size_t labels_at, labels_bytes; /* their text in `out`, once written: ,a="b",c="d" */
	size_t bytes_max;               /* of a line */
	struct labels stamp, own;
	enum metric_type type;
	struct slice message; /* exemplars and the created timestamp are in it */
};

static void lines_start(struct lines *lines, struct buf *out, enum escaping escaping,
			struct slice name, const struct series *s)
{
	struct labels own = series_own_labels(s);
	struct labels stamp = series_block(s)->stamp->implied;
	enum metric_type type = (enum metric_type)series_block(s)->type;

	*lines = (struct lines){
		.out = out,
		.escaping = escaping,
		.name = name,
		.cut = suffix_bytes(escaping, name, type),
		.name_in_braces = needs_quotes(escaping, name),
		.bytes_max = growth_max(escaping) * (name.len + stamp.bytes.len + own.bytes.len) +
			     ((size_t)stamp.n + own.n) * LABEL_EXTRA_BYTES + LINE_EXTRA_BYTES,
		.stamp = stamp,
		.own = own,
		.type = type,
	};
}

/* The labels with a comma before each; from the second line on copied from the first. */
static char *put_labels(struct lines *lines, char *at)
{
	struct labels_merge merge;
	struct label label;
	char *begin = at;

	if (lines->labels_at != 0)
		return slice_put(at, (struct slice){lines->out->ptr + lines->labels_at,
						    lines->labels_bytes});
	labels_merge_start(&merge, lines->stamp, lines->own);
	while (labels_merge_next(&merge, &label)) {
		*at++ = ',';
		at = put_label(at, lines->escaping, &label);
	}
	lines->labels_at = (size_t)(begin - lines->out->ptr);
	lines->labels_bytes = (size_t)(at - begin);
	return at;
}

/* A label behind all others whose value is a number, or NULL. */
struct point {
	struct slice name;
	double value;
};

/* Up to the blank before the value; NULL when the buffer refuses. */
static char *start_line(struct lines *lines, size_t cut, struct slice suffix,
			const struct point *point)
{
	char *at = buf_reserve(lines->out, lines->bytes_max), *labels;

	if (at == NULL)
		return NULL;
	if (lines->name_in_braces)
		at = slice_put(at, SLICE("{\""));
	at = put_name(at, lines->escaping, lines->name, cut, suffix);
	if (lines->name_in_braces)
		*at++ = '"';
	labels = at;
	at = put_labels(lines, at);
	if (point != NULL) {
		*at++ = ',';
		at = slice_put(at, point->name);
		at = slice_put(at, SLICE("=\""));
		at = put_float(at, point->value);
		*at++ = '"';
	}
	if (at > labels && !lines->name_in_braces)
		*labels = '{'; /* in place of the first comma */
	if (at > labels || lines->name_in_braces)
		*at++ = '}';
	*at++ = ' ';
	return at;
}

/* Claims the line that was started; its end may follow behind an exemplar. */
static void end_line(struct lines *lines, const char *at, const struct exemplar *exemplar)
{
	buf_advance(lines->out, (size_t)(at - (lines->out->ptr + lines->out->len)));
	if (exemplar != NULL && can_be_said(exemplar))
		write_exemplar(lines->out, lines->escaping, exemplar);
	buf_put_byte(lines->out, '\n');
}

static void write_float(struct lines *lines, struct slice suffix, const struct point *point,
			double value, const struct exemplar *exemplar)
{
	char *at = start_line(lines, 0, suffix, point);

	if (at != NULL)
		end_line(lines, put_float(at, value), exemplar);
}

static void write_count(struct lines *lines, struct slice suffix, const struct point *point,
			double count_float, uint64_t count, const struct exemplar *exemplar)
{
	char *at = start_line(lines, 0, suffix, point);

	if (at != NULL)
		end_line(lines, put_count(at, count_float, count), exemplar);
}

static void write_created(struct lines *lines)
{
	struct moment created;
	char *at;

	if (!extras_created(lines->type, lines->message, &created))
		return;
	at = start_line(lines, lines->cut, SLICE("_created"), NULL);
	if (at != NULL)
		end_line(lines, put_moment(at, created), NULL);
}

/* ---- values ---- */

/* A counter without _total is unknown to this format, which knows no exemplars of such. */
static void write_counter(struct lines *lines, const struct series_value *value)
{
	bool total = lines->cut > 0;
	struct exemplar exemplar;
	bool has_exemplar = total && extras_counter_exemplar(lines->message, &exemplar);

	write_float(lines, SLICE_EMPTY, NULL, value->value, has_exemplar ? &exemplar : NULL);
	if (total)
		write_created(lines);
}

static void write_summary(struct lines *lines, const struct series_value *value)
{
	for (uint32_t i = 0; i < value->n_points; i++) {
		const struct point point = {SLICE("quantile"), value->quantiles[i].quantile};

		write_float(lines, SLICE_EMPTY, &point, value->quantiles[i].value, NULL);
	}
	write_float(lines, SLICE("_sum"), NULL, value->sum, NULL);
	write_count(lines, SLICE("_count"), NULL, value->count_float, value->count, NULL);
	write_created(lines);
}

static void write_buckets(struct lines *lines, const struct series_value *value)
{
	const struct point infinity = {SLICE("le"), INFINITY};
	struct extras_buckets walk;
	bool has_infinity = false;

	extras_buckets_start(lines->message, &walk);
	for (uint32_t i = 0; i < value->n_points; i++) {
		const struct bucket *bucket = &value->buckets[i];
		const struct point point = {SLICE("le"), bucket->upper_bound};
		struct exemplar exemplar;
		bool has_exemplar = extras_buckets_next(&walk, &exemplar);

		write_count(lines, SLICE("_bucket"), &point, bucket->count_float, bucket->count,
			    has_exemplar ? &exemplar : NULL);
		has_infinity = has_infinity || bucket->upper_bound == INFINITY;
	}
	if (!has_infinity)
		write_count(lines, SLICE("_bucket"), &infinity, value->count_float, value->count,
			    NULL);
}

static void write_histogram(struct lines *lines, const struct series_value *value)
{
	bool of_gauges = lines->type == METRIC_GAUGE_HISTOGRAM;

	write_buckets(lines, value);
	write_float(lines, of_gauges ? SLICE("_gsum") : SLICE("_sum"), NULL, value->sum, NULL);
	write_count(lines, of_gauges ? SLICE("_gcount") : SLICE("_count"), NULL, value->count_float,
		    value->count, NULL);
	if (!of_gauges)
		write_created(lines);
}

void openmetrics_write_series(struct buf *out, enum escaping escaping, struct slice name,
			      const struct series *s)
{
	struct series_value value = series_value(s);
	struct lines lines;

	lines_start(&lines, out, escaping, name, s);
	lines.message = extras_message(lines.type, &value);
	switch (lines.type) {
	case METRIC_COUNTER:
		write_counter(&lines, &value);
		return;
	case METRIC_GAUGE:
	case METRIC_UNTYPED:
		write_float(&lines, SLICE_EMPTY, NULL, value.value, NULL);
		return;
	case METRIC_SUMMARY:
		write_summary(&lines, &value);
		return;
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		write_histogram(&lines, &value);
		return;
	}
	not_reached();
}
