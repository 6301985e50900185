/* SPDX-License-Identifier: Apache-2.0
 *
 * The hot path of a scrape: room for a line is reserved once, from a bound that holds even if every
 * byte must be escaped, and the bytes are then written through a bare pointer. The labels of a
 * group are written once and kept with it; the usual line is a name, these, and a number. A series
 * of several lines writes its labels once and copies them from line to line. */
#include "format/text_write.h"

#include <math.h>
#include <stdlib.h>

#include "format/number.h"

enum {
	SUFFIX_BYTES_MAX = sizeof("_bucket") - 1,
	/* quotes, or the prefix of an escaped name */
	NAME_EXTRA_BYTES = ESCAPE_PREFIX_BYTES,
	/* braces, the last label's name, blank, newline, and the quotes, comma, equals sign of a
	 * label's */
	LINE_EXTRA_BYTES = SUFFIX_BYTES_MAX + NAME_EXTRA_BYTES + 2 + sizeof("quantile=\"\"") + 2 +
			   (size_t)2 * NUMBER_TEXT_BYTES_MAX,
	LABEL_EXTRA_BYTES = NAME_EXTRA_BYTES + 4,
};

/* How many bytes one may become: two as in \\n, more only in a name. */
static size_t growth_max(enum escaping escaping)
{
	return escaping == ESCAPING_ALLOW_UTF8 ? 2 : ESCAPE_GROWTH_MAX;
}

static const bool is_escaped[256] = {['\\'] = true, ['\n'] = true, ['"'] = true};

/* Values and quoted names escape their quotes, too; help texts do not. */
static char *put_escaped(char *at, struct slice text, bool quotes)
{
	const char *from = text.ptr, *end = text.ptr + text.len;

	for (;;) {
		while (from < end && !is_escaped[(unsigned char)*from])
			*at++ = *from++;
		if (from == end)
			return at;
		if (*from != '"' || quotes)
			*at++ = '\\';
		*at++ = *from == '\n' ? 'n' : *from;
		from++;
	}
}

static char *put_quoted(char *at, struct slice text)
{
	*at++ = '"';
	at = put_escaped(at, text, true);
	*at++ = '"';
	return at;
}

/* Label names, too, are judged as metric names: the reference leaves a:b bare. */
static char *put_name(char *at, enum escaping escaping, struct slice name, bool *plain)
{
	if (metric_name_valid(name, NAME_LEGACY))
		return slice_put(at, name);
	*plain = false;
	return escaping == ESCAPING_ALLOW_UTF8 ? put_quoted(at, name)
					       : at + name_escape(name, escaping, at);
}

/* Text exposition knows no negative zero (expfmt, writeFloat). */
static char *put_number(char *at, double value)
{
	if (value == 0) {
		*at++ = '0';
		return at;
	}
	return at + number_write(value, at);
}

bool text_write_head(struct buf *out, enum escaping escaping, struct slice name,
		     const struct slice *help, enum metric_type type)
{
	size_t help_bytes = help == NULL ? 0 : help->len;
	char *begin = buf_reserve(out, 2 * growth_max(escaping) * name.len + 2 * help_bytes + 64);
	char *at = begin;
	bool plain = true;

	if (begin == NULL)
		return true;
	if (help != NULL) {
		at = slice_put(at, SLICE("# HELP "));
		at = put_name(at, escaping, name, &plain);
		*at++ = ' ';
		at = put_escaped(at, *help, false);
		*at++ = '\n';
	}
	at = slice_put(at, SLICE("# TYPE "));
	at = put_name(at, escaping, name, &plain);
	*at++ = ' ';
	at = slice_put(at, metric_type_exposition(type));
	*at++ = '\n';
	buf_advance(out, (size_t)(at - begin));
	return plain;
}

/* ---- the labels of a group ---- */

/* Kept with the stamp; the same in every scheme of escaping, or of no use. */
struct stamp_text {
	uint32_t len;
	bool plain;  /* its names are legacy-valid; else there is no text */
	char text[]; /* ,a="b",c="d" and COPY_BYTES more */
};

enum { COPY_BYTES = 32 };

/* Copies in steps of a fixed size: up to COPY_BYTES behind both texts are touched. */
static inline char *put_roomy(char *at, const char *text, size_t len)
{
	for (size_t done = 0; done < len; done += COPY_BYTES)
		memcpy(at + done, text + done, COPY_BYTES);
	return at + len;
}

static bool names_plain(struct labels labels)
{
	struct slice rest = labels.bytes;
	struct label label;

	while (labels_next(&rest, &label))
		if (!metric_name_valid(label.name, NAME_LEGACY))
			return false;
	return true;
}

static char *put_plain_labels(char *at, struct labels labels)
{
	struct slice rest = labels.bytes;
	struct label label;

	while (labels_next(&rest, &label)) {
		*at++ = ',';
		at = slice_put(at, label.name);
		*at++ = '=';
		at = put_quoted(at, label.value);
	}
	return at;
}

/* NULL: out of memory. */
static const struct stamp_text *stamp_text_make(struct stamp *stamp)
{
	struct labels labels = stamp->implied;
	bool plain = names_plain(labels);
	size_t bytes_max = plain ? 2 * labels.bytes.len + labels.n * (size_t)LABEL_EXTRA_BYTES : 0;
	struct stamp_text *made = malloc(sizeof(*made) + bytes_max + COPY_BYTES), *exact;
	size_t len;

	if (made == NULL)
		return NULL;
	len = plain ? (size_t)(put_plain_labels(made->text, labels) - made->text) : 0;
	memset(made->text + len, 0, COPY_BYTES);
	made->len = (uint32_t)len;
	made->plain = plain;
	exact = realloc(made, sizeof(*made) + len + COPY_BYTES);
	return stamp_keep(&stamp->text, exact == NULL ? made : exact);
}

/* NULL: there is none, write the labels one by one. */
static inline const struct stamp_text *stamp_text(const struct stamp *stamp)
{
	const struct stamp_text *text = atomic_load_explicit(&stamp->text, memory_order_acquire);

	if (text == NULL && stamp->implied.n > 0)
		text = stamp_text_make((struct stamp *)stamp);
	return text != NULL && text->plain ? text : NULL;
}

/* ---- lines ---- */

/* What the lines of one series have in common. */
struct lines {
	struct buf *out;
	enum escaping escaping;
	struct slice name;
	bool name_plain;
	bool name_in_braces;
	bool plain;                     /* no name so far but legacy-valid ones */
	size_t labels_at, labels_bytes; /* their text in `out`, once written: {a="b",c="d" */
	size_t bytes_max;               /* of a line */
	struct labels stamp, own;
};

static void lines_start(struct lines *lines, struct buf *out, enum escaping escaping,
			struct slice name, bool name_plain, const struct series *s)
{
	struct labels own = series_own_labels(s);
	struct labels stamp = series_block(s)->stamp->implied;

	*lines = (struct lines){
		.out = out,
		.escaping = escaping,
		.name = name,
		.name_plain = name_plain,
		.name_in_braces = !name_plain && escaping == ESCAPING_ALLOW_UTF8,
		.plain = name_plain,
		.bytes_max = growth_max(escaping) * (name.len + stamp.bytes.len + own.bytes.len) +
			     ((size_t)stamp.n + own.n) * LABEL_EXTRA_BYTES + LINE_EXTRA_BYTES,
		.stamp = stamp,
		.own = own,
	};
}

/* ,a="b",c="d" */
static char *put_labels(struct lines *lines, char *at)
{
	struct labels_merge merge;
	struct label label;

	labels_merge_start(&merge, lines->stamp, lines->own);
	while (labels_merge_next(&merge, &label)) {
		*at++ = ',';
		at = put_name(at, lines->escaping, label.name, &lines->plain);
		*at++ = '=';
		at = put_quoted(at, label.value);
	}
	return at;
}

/* The labels with a comma before each; from the second line on copied from the first. */
static char *put_common_labels(struct lines *lines, char *at)
{
	char *begin = at;

	if (lines->labels_at != 0)
		return slice_put(at, (struct slice){lines->out->ptr + lines->labels_at,
						    lines->labels_bytes});
	at = put_labels(lines, at);
	lines->labels_at = (size_t)(begin - lines->out->ptr);
	lines->labels_bytes = (size_t)(at - begin);
	return at;
}

/* A suffix stands behind the escaped name: it is never escaped itself. */
static char *put_line_name(struct lines *lines, char *at, struct slice suffix)
{
	if (lines->name_plain)
		return slice_put(slice_put(at, lines->name), suffix);
	if (!lines->name_in_braces)
		return slice_put(put_name(at, lines->escaping, lines->name, &lines->plain), suffix);
	*at++ = '{';
	*at++ = '"';
	at = put_escaped(at, lines->name, true);
	at = slice_put(at, suffix);
	*at++ = '"';
	return at;
}

/* One line; `last` is the name of the label behind all others, whose value is `point`. */
static void write_line(struct lines *lines, struct slice suffix, struct slice last, double point,
		       double value)
{
	char *begin = buf_reserve(lines->out, lines->bytes_max);
	char *at = begin, *labels;

	if (begin == NULL)
		return;
	at = put_line_name(lines, at, suffix);
	labels = at;
	at = put_common_labels(lines, at);
	if (last.len > 0) {
		*at++ = ',';
		at = slice_put(at, last);
		at = slice_put(at, SLICE("=\""));
		at = put_number(at, point);
		*at++ = '"';
	}
	if (at > labels && !lines->name_in_braces)
		*labels = '{'; /* in place of the first comma */
	if (at > labels || lines->name_in_braces)
		*at++ = '}';
	*at++ = ' ';
	at = put_number(at, value);
	*at++ = '\n';
	buf_advance(lines->out, (size_t)(at - begin));
}

/* Counts are exposed as floats; the float field wins where it is not zero. */
static double either(double count_float, uint64_t count)
{
	return count_float != 0 ? count_float : (double)count;
}

static void write_sum_and_count(struct lines *lines, const struct series_value *value)
{
	write_line(lines, SLICE("_sum"), SLICE_EMPTY, 0, value->sum);
	write_line(lines, SLICE("_count"), SLICE_EMPTY, 0,
		   either(value->count_float, value->count));
}

static void write_summary(struct lines *lines, const struct series_value *value)
{
	for (uint32_t i = 0; i < value->n_points; i++)
		write_line(lines, SLICE_EMPTY, SLICE("quantile"), value->quantiles[i].quantile,
			   value->quantiles[i].value);
	write_sum_and_count(lines, value);
}

static void write_histogram(struct lines *lines, const struct series_value *value)
{
	bool has_infinity = false;

	for (uint32_t i = 0; i < value->n_points; i++) {
		const struct bucket *bucket = &value->buckets[i];

		write_line(lines, SLICE("_bucket"), SLICE("le"), bucket->upper_bound,
			   either(bucket->count_float, bucket->count));
		has_infinity = has_infinity || bucket->upper_bound == INFINITY;
	}
	if (!has_infinity)
		write_line(lines, SLICE("_bucket"), SLICE("le"), INFINITY,
			   either(value->count_float, value->count));
	write_sum_and_count(lines, value);
}

static void write_value(struct lines *lines, enum metric_type type,
			const struct series_value *value)
{
	switch (type) {
	case METRIC_COUNTER:
	case METRIC_GAUGE:
	case METRIC_UNTYPED:
		write_line(lines, SLICE_EMPTY, SLICE_EMPTY, 0, value->value);
		return;
	case METRIC_SUMMARY:
		write_summary(lines, value);
		return;
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		write_histogram(lines, value);
		return;
	}
	not_reached();
}

static bool write_series(struct buf *out, enum escaping escaping, struct slice name,
			 bool name_plain, const struct series *s)
{
	struct series_value value = series_value(s);
	struct lines lines;

	lines_start(&lines, out, escaping, name, name_plain, s);
	write_value(&lines, (enum metric_type)series_block(s)->type, &value);
	return lines.plain;
}

bool text_write_series(struct buf *out, enum escaping escaping, struct slice name,
		       const struct series *s)
{
	return write_series(out, escaping, name, metric_name_valid(name, NAME_LEGACY), s);
}

/* The usual line, of one number and with the group's labels alone, of which `name` stands in
 * `prefix` with a brace behind it. */
static void write_usual_line(struct buf *out, struct slice prefix, const struct stamp_text *labels,
			     double value)
{
	char *begin = buf_reserve(out, prefix.len + labels->len + (size_t)2 * COPY_BYTES +
					       NUMBER_TEXT_BYTES_MAX);
	char *at = begin;

	if (begin == NULL)
		return;
	at = put_roomy(at, prefix.ptr, prefix.len);
	at = put_roomy(at - 1, labels->text, labels->len); /* the brace takes the first comma */
	at[-(ptrdiff_t)labels->len] = '{';
	*at++ = '}';
	*at++ = ' ';
	at = put_number(at, value);
	*at++ = '\n';
	buf_advance(out, (size_t)(at - begin));
}

bool text_write_all(struct buf *out, enum escaping escaping, struct slice name,
		    const void *const *series, size_t n)
{
	char prefix[256];
	bool name_plain = metric_name_valid(name, NAME_LEGACY), plain = name_plain;
	bool name_short = name.len < sizeof(prefix) - COPY_BYTES;

	memset(prefix, '{', sizeof(prefix));
	if (name_plain && name_short)
		memcpy(prefix, name.ptr, name.len);
	for (size_t i = 0; i < n; i++) {
		const struct series *s = series[i];
		const struct stamp_text *labels;

		series_fetch_ahead(series, n, i);
		labels = stamp_text(series_block(s)->stamp);
		if (labels != NULL && name_plain && name_short && s->n_labels == 0 &&
		    series_is_number(s))
			write_usual_line(out, (struct slice){prefix, name.len + 1}, labels,
					 series_number(s));
		else
			plain = write_series(out, escaping, name, name_plain, s) && plain;
	}
	return plain;
}

/* `labels_bytes` are those of names and values. */
static uint64_t estimate(enum metric_type type, uint64_t n_points, uint64_t name_bytes,
			 uint64_t n_labels, uint64_t labels_bytes)
{
	/* behind each label =, quotes and a comma */
	uint64_t line = name_bytes + labels_bytes + 4 * n_labels + sizeof("{} 1234.5\n");
	uint64_t n_lines = 1;

	if (type == METRIC_SUMMARY)
		n_lines = 2 + n_points;
	else if (type == METRIC_HISTOGRAM || type == METRIC_GAUGE_HISTOGRAM)
		n_lines = 3 + n_points;
	if (n_lines > 1)
		line += sizeof("_bucket") + sizeof(",le=\"0.25\"");
	return n_lines * line;
}

uint32_t text_series_bytes(struct slice name, const struct series *s)
{
	const struct block *block = series_block(s);
	struct labels own = series_own_labels(s), stamp = block->stamp->implied;
	uint64_t n_labels = (uint64_t)own.n + stamp.n;
	/* a packed label has two lengths */
	uint64_t bytes = estimate(block->type, s->n_points, name.len, n_labels,
				  own.bytes.len + stamp.bytes.len - 2 * n_labels);

	return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

static uint64_t metric_bytes(const struct family *family, const struct metric *metric,
			     struct labels implied)
{
	uint64_t bytes = implied.bytes.len;

	for (uint32_t i = 0; i < metric->n_labels; i++)
		bytes += metric->labels[i].name.len + metric->labels[i].value.len;
	return estimate(family->type, metric->n_points, family->name.len,
			(uint64_t)metric->n_labels + implied.n, bytes);
}

uint64_t text_push_bytes(const struct family_list *list, struct labels implied)
{
	uint64_t bytes = 0;

	for (const struct family *f = list->first; f != NULL; f = f->next)
		for (const struct metric *m = f->first; m != NULL; m = m->next)
			bytes += metric_bytes(f, m, implied);
	return bytes;
}
