/* SPDX-License-Identifier: Apache-2.0
 *
 * A message is first judged as a whole (canon.h): malformed, or too much for the limits, it is
 * refused before anything is made of it. What is read afterwards is well-formed and in canonical
 * order: the labels of a Metric come first, then its values, then what is unknown. */
#include "format/protobuf_parse.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/quote.h"
#include "format/canon.h"
#include "format/native.h"
#include "format/protobuf_write.h"
#include "format/text_index.h"
#include "metric/block.h"

/* The reference's build has a no-break space behind the colon. */
#define PROTO "proto:\xc2\xa0"

struct parser {
	const struct push_limits *limits;
	struct arena *arena;
	struct err *err;
	struct family_list list;
	struct text_index index;
	uint64_t n_series;
	struct buf scratch;
	struct family *family; /* at hand */
};

/* ---- refusals; all return false ---- */

static bool refuse(struct parser *p, enum err_code code, struct slice sentence)
{
	(void)err_set(p->err, code, sentence);
	return false;
}

static bool refuse_memory(struct parser *p)
{
	(void)err_over(p->err, LIMIT_PUSH_MEMORY,
		       "the push needs more memory than one request may take");
	return false;
}

static bool is_over(uint64_t n, uint32_t limit)
{
	return limit != 0 && n > limit;
}

static bool refuse_limit(struct parser *p, enum limit limit, const char *what, uint32_t n_max,
			 const char *of_what)
{
	(void)err_over(p->err, limit, "%s %" PRIu32 " %s", what, n_max, of_what);
	return false;
}

/* metric family "x" and what is wrong with it. */
static bool refuse_family(struct parser *p, enum err_code code, const char *what)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	buf_put(&text, SLICE("metric family "));
	quote_string(&text, p->family->name);
	buf_put(&text, slice_of(what));
	(void)err_set(p->err, code, buf_slice(&text));
	buf_free(&text);
	return false;
}

static bool check_name(struct parser *p, struct slice name)
{
	return !is_over(name.len, p->limits->name_bytes_max) ||
	       refuse_limit(p, LIMIT_PUSH_NAME, "a name in the push has more than",
			    p->limits->name_bytes_max, "bytes");
}

static bool check_value(struct parser *p, struct slice value)
{
	return !is_over(value.len, p->limits->value_bytes_max) ||
	       refuse_limit(p, LIMIT_PUSH_VALUE,
			    "a label value or help text in the push has more than",
			    p->limits->value_bytes_max, "bytes");
}

/* ---- labels ---- */

static bool check_n_labels(struct parser *p, uint64_t n)
{
	uint32_t limit = p->limits->labels_max == 0 || p->limits->labels_max > SERIES_LABELS_MAX
				 ? SERIES_LABELS_MAX
				 : p->limits->labels_max;

	return n <= limit || refuse_limit(p, LIMIT_PUSH_LABELS,
					  "a series in the push has more than", limit, "labels");
}

static bool read_label(struct parser *p, struct slice message, struct label *ret)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	*ret = (struct label){SLICE_EMPTY, SLICE_EMPTY};
	while (wire_next(&w, &field)) {
		if (field.type != WIRE_BYTES)
			continue;
		if (field.number == LABEL_NAME)
			ret->name = field.bytes;
		else if (field.number == LABEL_VALUE)
			ret->value = field.bytes;
	}
	return check_name(p, ret->name) && check_value(p, ret->value);
}

static bool is_label(const struct wire_field *field)
{
	return field->number == METRIC_LABEL && field->type == WIRE_BYTES;
}

/* Leaves in *rest what follows the labels. */
static bool read_labels(struct parser *p, struct slice *rest, struct metric *metric)
{
	struct wire w = wire_start(*rest);
	const char *end = w.at;
	struct wire_field field;
	uint64_t n = 0;

	for (; wire_next(&w, &field) && is_label(&field); n++)
		end = w.at;
	if (!check_n_labels(p, n))
		return false;
	metric->labels = arena_new_array(p->arena, struct label, n);
	if (metric->labels == NULL)
		return refuse_memory(p);
	w = wire_start(slice_between(rest->ptr, end));
	while (wire_next(&w, &field))
		if (!read_label(p, field.bytes, &metric->labels[metric->n_labels++]))
			return false;
	*rest = slice_between(end, rest->ptr + rest->len);
	return true;
}

/* ---- values ---- */

static void read_simple(struct slice message, struct metric *metric)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field))
		if (field.number == SIMPLE_VALUE && field.type == WIRE_FIXED64)
			metric->value = wire_double(field.value);
}

static uint64_t count_points(const struct schema *schema, struct slice message, uint32_t number)
{
	struct wire w = wire_start(message);
	struct wire_field field;
	uint64_t n = 0;

	while (wire_next(&w, &field))
		n += field.number == number && schema_known(schema, &field) != NULL;
	return n;
}

static struct quantile read_quantile(struct slice message)
{
	struct wire w = wire_start(message);
	struct wire_field field;
	struct quantile q = {0};

	while (wire_next(&w, &field)) {
		if (field.type != WIRE_FIXED64)
			continue;
		if (field.number == QUANTILE_QUANTILE)
			q.quantile = wire_double(field.value);
		else if (field.number == QUANTILE_VALUE)
			q.value = wire_double(field.value);
	}
	return q;
}

static bool read_summary(struct parser *p, struct slice message, struct metric *metric)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	metric->quantiles =
		arena_new_array(p->arena, struct quantile,
				count_points(&schema_summary, message, SUMMARY_QUANTILE));
	if (metric->quantiles == NULL)
		return refuse_memory(p);
	while (wire_next(&w, &field)) {
		if (schema_known(&schema_summary, &field) == NULL)
			continue;
		if (field.number == SUMMARY_COUNT) {
			metric->count = field.value;
			metric->lacks_count = false;
		} else if (field.number == SUMMARY_SUM) {
			metric->sum = wire_double(field.value);
			metric->lacks_sum = false;
		} else if (field.number == SUMMARY_QUANTILE) {
			metric->quantiles[metric->n_points++] = read_quantile(field.bytes);
		}
	}
	return true;
}

static struct bucket read_bucket(struct slice message)
{
	struct wire w = wire_start(message);
	struct wire_field field;
	struct bucket b = {0};

	while (wire_next(&w, &field)) {
		if (field.number == BUCKET_COUNT && field.type == WIRE_VARINT)
			b.count = field.value;
		else if (field.number == BUCKET_UPPER_BOUND && field.type == WIRE_FIXED64)
			b.upper_bound = wire_double(field.value);
		else if (field.number == BUCKET_COUNT_FLOAT && field.type == WIRE_FIXED64)
			b.count_float = wire_double(field.value);
	}
	return b;
}

/* The reference's JSON API and page crash on what is refused here, and so does every scrape by a
 * Prometheus that takes native histograms fail. */
static bool check_native(struct parser *p, const struct native *native)
{
	static const char *const sides[] = {
		[NATIVE_NEGATIVE] = "negative", [NATIVE_POSITIVE] = "positive"};
	char text[160];

	if (native->schema < NATIVE_SCHEMA_MIN || native->schema > NATIVE_SCHEMA_MAX) {
		(void)snprintf(text, sizeof(text),
			       ": the schema of a native histogram is %" PRId32
			       ", but must be from %d to %d",
			       native->schema, NATIVE_SCHEMA_MIN, NATIVE_SCHEMA_MAX);
		return refuse_family(p, ERR_SYNTAX, text);
	}
	for (int side = NATIVE_NEGATIVE; side <= NATIVE_POSITIVE; side++) {
		uint64_t by_spans, values;

		native_bucket_counts(native, (enum native_side)side, &by_spans, &values);
		if (by_spans == values || !native->has_spans)
			continue;
		(void)snprintf(text, sizeof(text),
			       ": the %s spans of a native histogram are of %" PRIu64
			       " buckets, but it has %" PRIu64 " %s",
			       sides[side], by_spans, values, native->floats ? "counts" : "deltas");
		return refuse_family(p, ERR_SYNTAX, text);
	}
	return true;
}

static bool read_histogram(struct parser *p, struct slice message, struct metric *metric)
{
	struct wire w = wire_start(message);
	struct wire_field field;
	struct native native;

	metric->buckets =
		arena_new_array(p->arena, struct bucket,
				count_points(&schema_histogram, message, HISTOGRAM_BUCKET));
	if (metric->buckets == NULL)
		return refuse_memory(p);
	while (wire_next(&w, &field)) {
		if (schema_known(&schema_histogram, &field) == NULL)
			continue;
		if (field.number == HISTOGRAM_COUNT) {
			metric->count = field.value;
			metric->lacks_count = false;
		} else if (field.number == HISTOGRAM_COUNT_FLOAT) {
			metric->count_float = wire_double(field.value);
		} else if (field.number == HISTOGRAM_SUM) {
			metric->sum = wire_double(field.value);
			metric->lacks_sum = false;
		} else if (field.number == HISTOGRAM_BUCKET) {
			metric->buckets[metric->n_points++] = read_bucket(field.bytes);
		}
	}
	native = native_read(message, metric->count_float);
	return check_native(p, &native);
}

static bool read_value(struct parser *p, struct slice message, struct metric *metric)
{
	switch (p->family->type) {
	case METRIC_SUMMARY:
		return read_summary(p, message, metric);
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		return read_histogram(p, message, metric);
	default:
		read_simple(message, metric);
		return true;
	}
}

/* The numbers are not kept twice: what they alone say of the value is cut from its front. */
static bool cut_tail(struct parser *p, struct slice value, struct metric *metric)
{
	enum metric_type type = p->family->type;
	struct series_value numbers = metric_value(type, metric);
	size_t bytes = protobuf_numbers_bytes(type, &numbers);
	char *at;

	if (bytes > value.len)
		return false;
	buf_clear(&p->scratch);
	at = buf_reserve(&p->scratch, bytes);
	if (at == NULL)
		return false;
	(void)protobuf_put_numbers(at, type, &numbers);
	if (bytes > 0 && memcmp(at, value.ptr, bytes) != 0)
		return false;
	metric->tail = slice_skip(value, bytes);
	return true;
}

/* ---- metrics ---- */

static bool read_metric(struct parser *p, struct slice message)
{
	struct metric *metric = metric_add(&p->list, p->family, p->arena);
	uint32_t number = protobuf_value_field(p->family->type);
	struct slice rest = message, value = SLICE_EMPTY;
	struct wire_field field;
	struct wire w;
	uint32_t n_fields = 0;

	if (metric == NULL)
		return refuse_memory(p);
	metric->tail = SLICE_EMPTY;
	metric->lacks_value = metric->lacks_count = metric->lacks_sum = true;
	if (!read_labels(p, &rest, metric))
		return false;
	for (w = wire_start(rest); wire_next(&w, &field); n_fields++) {
		if (schema_known(&schema_metric, &field) == NULL)
			continue;
		if (field.number == METRIC_TIMESTAMP)
			metric->has_timestamp = true;
		if (field.number != number)
			continue;
		value = field.bytes;
		metric->lacks_value = false;
	}
	if (!metric->lacks_value && !read_value(p, value, metric))
		return false;
	if (!check_n_labels(p, (uint64_t)metric->n_labels + (metric->n_points > 0)))
		return false;
	if (metric->lacks_value || n_fields > 1 || !cut_tail(p, value, metric)) {
		metric->tail_whole = true;
		metric->tail = rest;
	}
	return true;
}

/* ---- families ---- */

/* Makes the family at hand, in place of an earlier one of that name. */
static bool make_family(struct parser *p, struct slice name)
{
	uint64_t hash = text_index_hash(&p->index, name);
	struct known_family *known = text_index_family(&p->index, name, hash);

	if (known != NULL) {
		struct family *family = known->family;

		*family = (struct family){.next = family->next,
					  .name = name,
					  .help = SLICE_EMPTY,
					  .rest = SLICE_EMPTY};
		family->tail = &family->first;
		p->family = family;
		return true;
	}
	if (is_over((uint64_t)p->list.n_families + 1, p->limits->families_max))
		return refuse_limit(p, LIMIT_PUSH_FAMILIES, "the push has more than",
				    p->limits->families_max, "metric families");
	p->family = family_add(&p->list, p->arena, name);
	if (p->family == NULL || text_index_add_family(&p->index, p->family, hash) == NULL)
		return refuse_memory(p);
	return true;
}

/* What a family says of itself, before and behind its metrics. */
struct head {
	struct slice name, help, unit;
	struct slice rest; /* behind the metrics */
	bool has_help;
	int32_t type;
	uint64_t n_metrics;
};

static struct head read_head(struct slice message)
{
	struct head head = {.name = SLICE_EMPTY,
			    .help = SLICE_EMPTY,
			    .unit = SLICE_EMPTY,
			    .rest = message,
			    .type = METRIC_COUNTER};
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field)) {
		if (schema_known(&schema_family, &field) == NULL)
			break;
		if (field.number == FAMILY_UNIT) {
			head.unit = field.bytes;
			break;
		}
		head.rest = slice_between(w.at, w.end);
		if (field.number == FAMILY_NAME) {
			head.name = field.bytes;
		} else if (field.number == FAMILY_HELP) {
			head.help = field.bytes;
			head.has_help = true;
		} else if (field.number == FAMILY_TYPE) {
			head.type = (int32_t)field.value;
		} else if (field.number == FAMILY_METRIC) {
			head.n_metrics++;
		}
	}
	return head;
}

static bool start_family(struct parser *p, const struct head *head)
{
	char text[64];

	if (head->name.len == 0)
		return refuse(p, ERR_SYNTAX, SLICE("a metric family in the push has no name"));
	if (!check_name(p, head->name) || !check_value(p, head->help) ||
	    !check_value(p, head->unit) || !make_family(p, head->name))
		return false;
	if (head->type < 0 || head->type >= METRIC_TYPES) {
		(void)snprintf(text, sizeof(text), " has the unknown type %" PRId32, head->type);
		return refuse_family(p, ERR_SYNTAX, text);
	}
	p->family->type = (enum metric_type)head->type;
	p->family->help = head->help;
	p->family->has_help = head->has_help;
	p->family->rest = head->rest;
	return true;
}

static bool read_family(struct parser *p, struct slice message)
{
	struct head head = read_head(message);
	struct wire w = wire_start(message);
	struct wire_field field;

	if (head.name.len == 0 && head.n_metrics == 0)
		return true;
	if (!start_family(p, &head))
		return false;
	while (wire_next(&w, &field))
		if (field.number == FAMILY_METRIC && field.type == WIRE_BYTES &&
		    !read_metric(p, field.bytes))
			return false;
	return true;
}

static bool make_canonical(struct parser *p, struct slice *message)
{
	struct buf canonical;
	bool made;

	buf_init(&canonical, 2 * message->len + WIRE_VARINT_BYTES_MAX);
	canon_write(&schema_family, *message, &canonical);
	made = buf_ok(&canonical) && arena_copy(p->arena, buf_slice(&canonical), message);
	buf_free(&canonical);
	return made || refuse_memory(p);
}

static bool parse_message(struct parser *p, struct slice message)
{
	enum canon_verdict verdict = canon_judge(&schema_family, message, &p->n_series);

	if (verdict == CANON_BAD)
		return refuse(p, ERR_SYNTAX, SLICE(PROTO "cannot parse invalid wire-format data"));
	if (is_over(p->n_series, p->limits->series_max))
		return refuse_limit(p, LIMIT_PUSH_SERIES, "the push has more than",
				    p->limits->series_max, "series");
	if (verdict == CANON_OTHER && !make_canonical(p, &message))
		return false;
	return read_family(p, message);
}

/* ---- the stream ---- */

/* False where the body ends within a varint. */
static bool varint_ends(const struct wire *w)
{
	for (size_t i = 0; i < WIRE_VARINT_BYTES_MAX; i++) {
		if ((size_t)(w->end - w->at) <= i)
			return false;
		if ((w->at[i] & 0x80) == 0)
			return true;
	}
	return true;
}

static bool parse_length(struct parser *p, struct wire *w, uint64_t *ret)
{
	if (!varint_ends(w))
		return refuse(p, ERR_SYNTAX, SLICE("unexpected EOF"));
	*ret = wire_varint(w);
	return !w->bad || refuse(p, ERR_SYNTAX, SLICE(PROTO "variable length integer overflow"));
}

static bool parse_stream(struct parser *p, struct slice body)
{
	struct wire w = wire_start(body);

	while (wire_more(&w)) {
		struct slice message;
		uint64_t bytes;

		if (!parse_length(p, &w, &bytes))
			return false;
		if (bytes > (uint64_t)(w.end - w.at))
			return refuse(p, ERR_SYNTAX, SLICE("unexpected EOF"));
		message = (struct slice){w.at, (size_t)bytes};
		w.at += bytes;
		if (!parse_message(p, message))
			return false;
	}
	return true;
}

/* Of the families that stayed. */
static bool has_timestamps(const struct family_list *list)
{
	for (const struct family *f = list->first; f != NULL; f = f->next)
		for (const struct metric *m = f->first; m != NULL; m = m->next)
			if (m->has_timestamp)
				return true;
	return false;
}

typedef bool parse_fn(struct parser *p, struct slice bytes);

static enum err_code parse_with(parse_fn *parse, struct slice body,
				const struct push_limits *limits, struct arena *arena,
				struct family_list *ret, struct err *reterr)
{
	struct parser p = {.limits = limits, .arena = arena, .err = reterr};
	bool parsed;

	/* Counts are of 32 bits; two bytes of a body make at most one of anything. */
	if (body.len > UINT32_MAX)
		return err_set(reterr, ERR_TOO_BIG, SLICE("the push has more than 4 GiB"));
	family_list_init(&p.list);
	buf_init(&p.scratch, 2 * body.len + WIRE_VARINT_BYTES_MAX);
	/* Where things lie in memory is known to this process alone. */
	parsed = text_index_init(&p.index, arena,
				 (uintptr_t)&p ^ (uint64_t)(uintptr_t)body.ptr << 17)
			 ? parse(&p, body)
			 : refuse_memory(&p);
	buf_free(&p.scratch);
	if (!parsed)
		return reterr->code;
	*ret = p.list;
	if (ret->first == NULL)
		ret->tail = &ret->first;
	ret->has_timestamps = has_timestamps(ret);
	return ERR_NONE;
}

enum err_code protobuf_parse(struct slice body, const struct push_limits *limits,
			     struct arena *arena, struct family_list *ret, struct err *reterr)
{
	return parse_with(parse_stream, body, limits, arena, ret, reterr);
}

enum err_code protobuf_parse_family(struct slice message, const struct push_limits *limits,
				    struct arena *arena, struct family_list *ret,
				    struct err *reterr)
{
	return parse_with(parse_message, message, limits, arena, ret, reterr);
}
