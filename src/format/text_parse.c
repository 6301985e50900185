/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the bytes. Every production is a function that starts at the cursor's place, leaves
 * it behind what it took, and returns false once the error is set.
 *
 * A body whose last line has no newline can only fail, but maybe with another error before its end:
 * that line is parsed from a copy with a newline of ours, and whoever stumbles over that one has
 * found the end of the input. */
#include "format/text_parse.h"

#include <math.h>

#include "format/number.h"
#include "format/text_cursor.h"
#include "format/text_index.h"

/* What a sample line of a summary or histogram tells, by the suffix of its name. */
enum role { ROLE_PLAIN, ROLE_COUNT, ROLE_SUM };

struct parser {
	struct text_cursor in;
	enum name_scheme scheme;
	struct family_list list; /* with families that have no sample */
	struct text_index index;
	uint32_t n_series; /* metrics and points */

	/* the line at hand */
	struct known_family *known; /* NULL: not yet named */
	enum role role;
	struct label *labels; /* without le or quantile once the family is known */
	uint32_t n_labels, labels_capacity;
	uint32_t n_labels_seen; /* le and quantile included */
	double point;           /* le or quantile; NaN: none */

	/* the last name looked up: what it means never changes within a body */
	struct slice last_name;
	struct known_family *last_known;
	enum role last_role;
};

/* ---- limits ---- */

static bool count_series(struct parser *p)
{
	if (!cursor_is_over((uint64_t)p->n_series + 1, p->in.limits->series_max)) {
		p->n_series++;
		return true;
	}
	err_over(p->in.err, LIMIT_PUSH_SERIES, "the push has more than %u series",
		 p->in.limits->series_max);
	return false;
}

static bool count_label(struct parser *p)
{
	if (!cursor_is_over((uint64_t)p->n_labels_seen + 1, p->in.limits->labels_max)) {
		p->n_labels_seen++;
		return true;
	}
	err_over(p->in.err, LIMIT_PUSH_LABELS, "the series in line %u has more than %u labels",
		 p->in.line, p->in.limits->labels_max);
	return false;
}

/* ---- families ---- */

static bool is_histogram(enum metric_type type)
{
	return type == METRIC_HISTOGRAM || type == METRIC_GAUGE_HISTOGRAM;
}

static struct slice family_name(const struct parser *p)
{
	return p->known == NULL ? SLICE_EMPTY : p->known->family->name;
}

static bool family_create(struct parser *p, struct slice name, uint64_t hash)
{
	struct family *family;

	if (cursor_is_over((uint64_t)p->list.n_families + 1, p->in.limits->families_max)) {
		err_over(p->in.err, LIMIT_PUSH_FAMILIES,
			 "the push has more than %u metric families", p->in.limits->families_max);
		return false;
	}
	family = family_add(&p->list, p->in.arena, name);
	p->known = family == NULL ? NULL : text_index_add_family(&p->index, family, hash);
	return p->known != NULL || cursor_fail_memory(&p->in);
}

/* h_bucket, h_count, h_sum of an earlier summary or histogram h. */
static bool find_by_suffix(struct parser *p, struct slice name)
{
	static const struct {
		struct slice suffix;
		enum role role;
		bool of_summaries;
	} suffixes[] = {
		{SLICE("_bucket"), ROLE_PLAIN, false},
		{SLICE("_count"), ROLE_COUNT, true},
		{SLICE("_sum"), ROLE_SUM, true},
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		struct slice stem = {name.ptr, name.len - suffixes[i].suffix.len};
		struct known_family *known;

		if (name.len <= suffixes[i].suffix.len || !slice_ends(name, suffixes[i].suffix))
			continue;
		known = text_index_family(&p->index, stem, text_index_hash(&p->index, stem));
		if (known == NULL || !known->has_type)
			return false;
		if (!is_histogram(known->family->type) &&
		    !(known->family->type == METRIC_SUMMARY && suffixes[i].of_summaries))
			return false;
		p->known = known;
		p->role = suffixes[i].role;
		return true;
	}
	return false;
}

/* Finds or makes the family that a name belongs to. */
static bool resolve_family(struct parser *p, struct slice name)
{
	uint64_t hash;

	if (p->last_known != NULL && slice_eq(name, p->last_name)) {
		p->known = p->last_known;
		p->role = p->last_role;
		return true;
	}
	p->role = ROLE_PLAIN;
	hash = text_index_hash(&p->index, name);
	p->known = text_index_family(&p->index, name, hash);
	if (p->known == NULL) {
		if (!metric_name_valid(name, p->scheme))
			return cursor_fail_string(&p->in, "invalid metric name ", name, "");
		if (!find_by_suffix(p, name) && !family_create(p, name, hash))
			return false;
	}
	p->last_name = name;
	p->last_known = p->known;
	p->last_role = p->role;
	return true;
}

/* A sample without a TYPE line before it makes its family untyped, once and for all. */
static void settle_type(struct known_family *known)
{
	if (!known->has_type)
		known->family->type = METRIC_UNTYPED;
	known->has_type = true;
}

/* ---- comments ---- */

static bool parse_help(struct parser *p)
{
	struct family *family = p->known->family;

	if (family->has_help)
		return cursor_fail_string(&p->in, "second HELP line for metric name ", family->name,
					  "");
	family->has_help = true;
	return cursor_take_help(&p->in, &family->help) && cursor_end_line(&p->in);
}

/* As strings.ToUpper sees letters: the dotless i and the long s have ASCII capitals. */
static bool next_upper(struct slice *text, unsigned char *ret)
{
	if (text->len == 0)
		return false;
	*ret = (unsigned char)*text->ptr;
	if (slice_starts(*text, SLICE("\u0131")) || slice_starts(*text, SLICE("\u017f"))) {
		*ret = *ret == 0xc4 ? 'I' : 'S';
		*text = slice_skip(*text, 2);
		return true;
	}
	if (*ret >= 'a' && *ret <= 'z')
		*ret -= 'a' - 'A';
	*text = slice_skip(*text, 1);
	return true;
}

static bool is_upper_of(struct slice text, struct slice upper)
{
	unsigned char c;

	for (size_t i = 0; i < upper.len; i++)
		if (!next_upper(&text, &c) || c != (unsigned char)upper.ptr[i])
			return false;
	return text.len == 0;
}

static bool parse_type(struct parser *p)
{
	static const struct {
		struct slice upper;
		enum metric_type type;
	} names[] = {
		{SLICE("COUNTER"), METRIC_COUNTER},
		{SLICE("GAUGE"), METRIC_GAUGE},
		{SLICE("SUMMARY"), METRIC_SUMMARY},
		{SLICE("UNTYPED"), METRIC_UNTYPED},
		{SLICE("HISTOGRAM"), METRIC_HISTOGRAM},
		{SLICE("GAUGE_HISTOGRAM"), METRIC_GAUGE_HISTOGRAM},
		{SLICE("GAUGEHISTOGRAM"), METRIC_GAUGE_HISTOGRAM},
	};
	struct slice name;

	if (p->known->has_type)
		return cursor_fail_string(&p->in, "second TYPE line for metric name ",
					  family_name(p), ", or TYPE reported after samples");
	if (!cursor_take_rest(&p->in, &name))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is_upper_of(name, names[i].upper)) {
			p->known->family->type = names[i].type;
			p->known->has_type = true;
			return cursor_end_line(&p->in);
		}
	}
	return cursor_fail_string(&p->in, "unknown metric type ", name, "");
}

static bool parse_comment(struct parser *p)
{
	struct slice keyword, name;
	bool is_help;

	p->in.at++;
	cursor_skip_blanks(&p->in);
	keyword = cursor_take_token(&p->in);
	is_help = slice_eq(keyword, SLICE("HELP"));
	if (!is_help && !slice_eq(keyword, SLICE("TYPE"))) {
		p->in.at = cursor_find_newline(&p->in);
		return cursor_end_line(&p->in);
	}
	cursor_skip_blanks(&p->in);
	if (*p->in.at == '\n')
		return cursor_end_line(&p->in);
	if (!cursor_take_metric_name(&p->in, &name))
		return false;
	if (*p->in.at == '\n')
		return cursor_end_line(&p->in);
	if (!cursor_is_blank(*p->in.at))
		return cursor_fail(&p->in, SLICE("invalid metric name in comment"));
	if (!resolve_family(p, name))
		return false;
	cursor_skip_blanks(&p->in);
	if (*p->in.at == '\n')
		return cursor_end_line(&p->in);
	return is_help ? parse_help(p) : parse_type(p);
}

/* ---- labels ---- */

enum { LABELS_BY_SIGHT = 32 };

static bool fail_duplicate(struct parser *p)
{
	return cursor_fail_string(&p->in, "duplicate label names for metric ", family_name(p), "");
}

/* le of a histogram and quantile of a summary are no labels but say where its point stands. */
static bool is_point_name(const struct parser *p, struct slice name)
{
	enum metric_type type = p->known->family->type;

	return type == METRIC_SUMMARY ? slice_eq(name, SLICE("quantile"))
	       : is_histogram(type)   ? slice_eq(name, SLICE("le"))
				      : false;
}

static bool set_point(struct parser *p, struct slice value)
{
	if (number_parse(value, &p->point))
		return true;
	if (p->known->family->type == METRIC_SUMMARY)
		return cursor_fail_string(
			&p->in, "expected float as value for 'quantile' label, got ", value, "");
	return cursor_fail_string(&p->in, "expected float as value for 'le' label, got ", value,
				  "");
}

static bool is_repeated(const struct parser *p, uint32_t n, struct slice name)
{
	for (uint32_t i = 0; i < n; i++)
		if (slice_eq(p->labels[i].name, name))
			return true;
	return false;
}

static bool add_label(struct parser *p, struct slice name, struct slice value)
{
	if (p->n_labels == p->labels_capacity) {
		uint32_t capacity = p->labels_capacity == 0 ? 16 : p->labels_capacity * 2;
		struct label *grown = arena_new_array(p->in.arena, struct label, capacity);

		if (grown == NULL)
			return cursor_fail_memory(&p->in);
		if (p->n_labels > 0)
			memcpy(grown, p->labels, p->n_labels * sizeof(*grown));
		p->labels = grown;
		p->labels_capacity = capacity;
	}
	p->labels[p->n_labels++] = (struct label){name, value};
	return true;
}

/* The first LABELS_BY_SIGHT are compared as they come; more are sorted and compared at the end. */
static bool check_many_labels(struct parser *p)
{
	if (p->n_labels <= LABELS_BY_SIGHT)
		return true;
	labels_sort(p->labels, p->n_labels);
	for (uint32_t i = 1; i < p->n_labels; i++)
		if (slice_eq(p->labels[i - 1].name, p->labels[i].name))
			return fail_duplicate(p);
	return true;
}

/* From the equals sign to the comma or brace behind the value, which stays at hand. */
static bool parse_label(struct parser *p, struct slice name, bool quoted)
{
	bool is_point;
	struct slice value;

	if (slice_eq(name, SLICE("__name__")))
		return cursor_fail(&p->in, SLICE("label name \"__name__\" is reserved"));
	if (quoted && !label_name_valid(name, p->scheme))
		return cursor_fail_string(&p->in, "invalid label name ", name, "");
	if (!count_label(p))
		return false;
	is_point = p->known != NULL && is_point_name(p, name);
	if (!is_point) {
		if (p->known != NULL && p->n_labels <= LABELS_BY_SIGHT &&
		    is_repeated(p, p->n_labels, name))
			return fail_duplicate(p);
		if (!add_label(p, name, SLICE_EMPTY))
			return false;
	}
	p->in.at++;
	cursor_skip_blanks(&p->in);
	if (*p->in.at != '"')
		return cursor_fail_byte(&p->in, "expected '\"' at start of label value, found ");
	if (!cursor_take_label_value(&p->in, &value))
		return false;
	if (!is_point)
		p->labels[p->n_labels - 1].value = value;
	else if (!set_point(p, value))
		return false;
	p->in.at++;
	cursor_skip_blanks(&p->in);
	if (*p->in.at != ',' && *p->in.at != '}')
		return cursor_fail_string(&p->in, "unexpected end of label value ", value, "");
	return true;
}

/* A metric name within the braces. The labels before it were taken without knowing what le and
 * quantile mean; the reference takes them by the family of an earlier line. */
static bool resolve_in_braces(struct parser *p, struct slice name)
{
	uint32_t n = p->n_labels;

	if (p->known != NULL)
		return cursor_fail_string(&p->in, "multiple metric names for metric ",
					  family_name(p), "");
	if (*p->in.at != ',' && *p->in.at != '}')
		return cursor_fail_byte(&p->in, "unexpected end of metric name ");
	if (!resolve_family(p, name))
		return false;
	settle_type(p->known);
	p->n_labels = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct label label = p->labels[i];

		if (is_point_name(p, label.name)) {
			if (!set_point(p, label.value))
				return false;
			continue;
		}
		if (p->n_labels <= LABELS_BY_SIGHT && is_repeated(p, p->n_labels, label.name))
			return fail_duplicate(p);
		p->labels[p->n_labels++] = label;
	}
	return true;
}

static bool parse_labels(struct parser *p)
{
	bool in_braces = p->known == NULL;

	assert(*p->in.at == '{');
	do {
		struct slice name;
		bool quoted;

		p->in.at++;
		cursor_skip_blanks(&p->in);
		if (*p->in.at == '}')
			break;
		if (!cursor_take_label_name(&p->in, &name, &quoted))
			return false;
		if (name.len == 0)
			return cursor_fail_string(&p->in, "invalid label name for metric ",
						  family_name(p), "");
		cursor_skip_blanks(&p->in);
		if (*p->in.at == '=') {
			if (!parse_label(p, name, quoted))
				return false;
		} else if (in_braces) {
			if (!resolve_in_braces(p, name))
				return false;
		} else {
			return cursor_fail_byte(&p->in, "expected '=' after label name, found ");
		}
	} while (*p->in.at == ',');
	assert(*p->in.at == '}');
	if (p->known == NULL)
		return cursor_fail(&p->in, SLICE("invalid metric name"));
	if (!check_many_labels(p))
		return false;
	p->in.at++;
	return true;
}

/* ---- metrics ---- */

static struct metric *add_metric(struct parser *p)
{
	struct metric *metric;

	if (!count_series(p))
		return NULL;
	metric = metric_add(&p->list, p->known->family, p->in.arena);
	if (metric != NULL && p->n_labels > 0) {
		metric->labels = arena_new_array(p->in.arena, struct label, p->n_labels);
		if (metric->labels == NULL)
			metric = NULL;
		else
			memcpy(metric->labels, p->labels, p->n_labels * sizeof(*p->labels));
	}
	if (metric == NULL) {
		cursor_fail_memory(&p->in);
		return NULL;
	}
	metric->n_labels = p->n_labels;
	return metric;
}

/* The one metric of a summary or histogram with these labels, whatever their order was. */
static struct metric *find_or_add_metric(struct parser *p)
{
	struct metric *metric;

	labels_sort(p->labels, p->n_labels);
	metric = text_index_series(&p->index, p->known, p->labels, p->n_labels);
	if (metric != NULL)
		return metric;
	metric = add_metric(p);
	if (metric == NULL)
		return NULL;
	metric->lacks_count = true;
	metric->lacks_sum = true;
	if (text_index_add_series(&p->index, p->known, metric))
		return metric;
	cursor_fail_memory(&p->in);
	return NULL;
}

/* ---- values ---- */

/* Go's uint64(float64) on amd64: below 2^63 a signed conversion, so that negative numbers wrap, and
 * 2^63 for everything that no integer stands for. */
static uint64_t go_uint64(double value)
{
	const double two_to_63 = 9223372036854775808.0;

	if (value >= -two_to_63 && value < two_to_63)
		return (uint64_t)(int64_t)value;
	if (value >= two_to_63 && value < 2 * two_to_63)
		return (uint64_t)value;
	return (uint64_t)1 << 63;
}

/* The points' array grows at powers of two, so its capacity needs no field. */
static void *grow_points(struct parser *p, void *points, uint32_t n, size_t size)
{
	const uint32_t first = 8;
	void *grown;

	if (n != 0 && (n < first || (n & (n - 1)) != 0))
		return points;
	grown = arena_array(p->in.arena, n == 0 ? first : (size_t)n * 2, size);
	if (grown == NULL)
		cursor_fail_memory(&p->in);
	else if (n > 0)
		memcpy(grown, points, n * size);
	return grown;
}

static bool add_quantile(struct parser *p, struct metric *metric, double value)
{
	struct quantile *quantiles;

	if (!count_series(p))
		return false;
	quantiles = grow_points(p, metric->quantiles, metric->n_points, sizeof(*quantiles));
	if (quantiles == NULL)
		return false;
	metric->quantiles = quantiles;
	quantiles[metric->n_points++] = (struct quantile){p->point, value};
	return true;
}

static bool add_bucket(struct parser *p, struct metric *metric, double value)
{
	struct bucket bucket = {.upper_bound = p->point};
	struct bucket *buckets;

	if (value == (double)go_uint64(value))
		bucket.count = go_uint64(value);
	else if (value < 0)
		return cursor_fail_string(&p->in, "negative bucket population for histogram ",
					  family_name(p), "");
	else
		bucket.count_float = value;
	if (!count_series(p))
		return false;
	buckets = grow_points(p, metric->buckets, metric->n_points, sizeof(*buckets));
	if (buckets == NULL)
		return false;
	metric->buckets = buckets;
	buckets[metric->n_points++] = bucket;
	return true;
}

static void set_sum(struct metric *metric, double value)
{
	metric->lacks_sum = false;
	metric->sum = value;
}

static bool add_summary_value(struct parser *p, struct metric *metric, double value)
{
	switch (p->role) {
	case ROLE_COUNT:
		metric->lacks_count = false;
		metric->count = go_uint64(value);
		return true;
	case ROLE_SUM:
		set_sum(metric, value);
		return true;
	case ROLE_PLAIN:
		return isnan(p->point) || add_quantile(p, metric, value);
	}
	not_reached();
}

static bool add_histogram_value(struct parser *p, struct metric *metric, double value)
{
	switch (p->role) {
	case ROLE_COUNT:
		metric->lacks_count = false;
		if (value == (double)go_uint64(value))
			metric->count = go_uint64(value);
		else if (value < 0)
			return cursor_fail_string(&p->in, "negative count for histogram ",
						  family_name(p), "");
		else
			metric->count_float = value;
		return true;
	case ROLE_SUM:
		set_sum(metric, value);
		return true;
	case ROLE_PLAIN:
		return isnan(p->point) || add_bucket(p, metric, value);
	}
	not_reached();
}

static bool parse_timestamp(struct parser *p, struct metric *metric)
{
	struct slice token, rest;
	int64_t timestamp_ms;

	cursor_skip_blanks(&p->in);
	token = cursor_take_token(&p->in);
	if (!number_parse_i64(token, &timestamp_ms))
		return cursor_fail_string(&p->in, "expected integer as timestamp, got ", token, "");
	metric->has_timestamp = true;
	p->list.has_timestamps = true;
	if (!cursor_take_rest(&p->in, &rest))
		return false;
	if (rest.len > 0)
		return cursor_fail_string(&p->in, "spurious string after timestamp: ", rest, "");
	return cursor_end_line(&p->in);
}

static bool parse_value(struct parser *p)
{
	enum metric_type type = p->known->family->type;
	bool merged = type == METRIC_SUMMARY || is_histogram(type), added = true;
	struct metric *metric = merged ? find_or_add_metric(p) : add_metric(p);
	struct slice token;
	double value;

	if (metric == NULL)
		return false;
	cursor_skip_blanks(&p->in);
	token = cursor_take_token(&p->in);
	if (!number_parse(token, &value))
		return cursor_fail_string(&p->in, "expected float as value, got ", token, "");
	if (!merged)
		metric->value = value;
	else if (type == METRIC_SUMMARY)
		added = add_summary_value(p, metric, value);
	else
		added = add_histogram_value(p, metric, value);
	if (!added)
		return false;
	return *p->in.at == '\n' ? cursor_end_line(&p->in) : parse_timestamp(p, metric);
}

/* ---- lines ---- */

static bool parse_sample(struct parser *p)
{
	struct slice name;

	p->known = NULL;
	p->n_labels = 0;
	p->n_labels_seen = 0;
	p->point = NAN;
	if (*p->in.at != '{') {
		if (!cursor_take_metric_name(&p->in, &name))
			return false;
		if (name.len == 0)
			return cursor_fail(&p->in, SLICE("invalid metric name"));
		if (!resolve_family(p, name))
			return false;
		settle_type(p->known);
		cursor_skip_blanks(&p->in);
	}
	if (*p->in.at == '{' && !parse_labels(p))
		return false;
	return parse_value(p);
}

static bool parse_lines(struct parser *p)
{
	while (p->in.at < p->in.end) {
		p->in.line++;
		cursor_skip_blanks(&p->in);
		if (*p->in.at == '\n')
			p->in.at++;
		else if (!(*p->in.at == '#' ? parse_comment(p) : parse_sample(p)))
			return false;
	}
	return true;
}

static bool parse_body(struct parser *p, struct slice body)
{
	const char *end = body.ptr + body.len;
	const char *last_newline = body.len == 0 ? NULL : memrchr(body.ptr, '\n', body.len);
	struct slice last_line;
	char *copy;

	p->in.at = body.ptr;
	p->in.end = last_newline == NULL ? body.ptr : last_newline + 1;
	last_line = slice_between(p->in.end, end);
	if (!parse_lines(p))
		return false;
	if (last_line.len == 0)
		return true;
	copy = arena_text(p->in.arena, last_line.len + 1);
	if (copy == NULL)
		return cursor_fail_memory(&p->in);
	memcpy(copy, last_line.ptr, last_line.len);
	copy[last_line.len] = '\n';
	p->in.at = copy;
	p->in.missing_newline = copy + last_line.len;
	p->in.end = p->in.missing_newline + 1;
	return parse_lines(p);
}

/* ---- the result ---- */

/* One float among the counts makes all of them floats (expfmt, normalizeHistogram). */
static void normalize_histogram(struct metric *metric)
{
	bool has_floats = metric->count_float != 0;

	for (uint32_t i = 0; i < metric->n_points && !has_floats; i++)
		has_floats = metric->buckets[i].count_float != 0;
	if (!has_floats)
		return;
	if (metric->count_float == 0) {
		metric->count_float = (double)metric->count;
		metric->count = 0;
	}
	for (uint32_t i = 0; i < metric->n_points; i++) {
		struct bucket *bucket = &metric->buckets[i];

		if (bucket->count_float == 0) {
			bucket->count_float = (double)bucket->count;
			bucket->count = 0;
		}
	}
}

static void finish(struct parser *p, struct family_list *ret)
{
	struct family *next;

	family_list_init(ret);
	ret->n_metrics = p->list.n_metrics;
	ret->has_timestamps = p->list.has_timestamps;
	for (struct family *family = p->list.first; family != NULL; family = next) {
		next = family->next;
		family->next = NULL;
		if (family->first == NULL)
			continue;
		*ret->tail = family;
		ret->tail = &family->next;
		ret->n_families++;
		if (is_histogram(family->type))
			for (struct metric *metric = family->first; metric != NULL;
			     metric = metric->next)
				normalize_histogram(metric);
	}
}

enum err_code text_parse(struct slice body, enum name_scheme scheme,
			 const struct push_limits *limits, struct arena *arena,
			 struct family_list *ret, struct err *reterr)
{
	struct parser p = {
		.in = {.format = "text", .limits = limits, .arena = arena, .err = reterr},
		.scheme = scheme};

	/* Counts are of 32 bits; two bytes of a body make at most one of anything. */
	if (body.len > UINT32_MAX)
		return err_set(reterr, ERR_TOO_BIG, SLICE("the push has more than 4 GiB of text"));
	family_list_init(&p.list);
	/* Where things lie in memory is known to this process alone. */
	if (!text_index_init(&p.index, arena,
			     (uintptr_t)&p ^ (uint64_t)(uintptr_t)body.ptr << 17)) {
		cursor_fail_memory(&p.in);
		return reterr->code;
	}
	if (!parse_body(&p, body))
		return reterr->code;
	finish(&p, ret);
	return ERR_NONE;
}
