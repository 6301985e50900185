/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the lines. A family is made when its first sample comes; until then what its
 * metadata say is remembered. Families, and the metrics within each, come in one piece, so that
 * only the one at hand is open; the index holds the names and label sets of those before it.
 *
 * A body whose last line has no newline is parsed with one of ours (see text_parse.c); only # EOF
 * may stand there. */
#include "format/openmetrics_parse.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "format/family_rest.h"
#include "format/number.h"
#include "format/openmetrics_metric.h"
#include "format/text_index.h"

/* The family at hand. */
struct open_family {
	struct slice name;
	const struct om_type *type; /* NULL: no TYPE line so far */
	struct slice help, unit;
	bool has_help, has_unit;
	struct family *family; /* NULL: no sample so far */
	/* keys of its series in the index, and of the groups of a state set */
	struct known_family series_key, group_key;
	struct metric *group; /* of a state set, the one at hand; NULL: none so far */
};

struct parser {
	struct text_cursor in;
	enum name_scheme scheme;
	struct family_list list;
	struct text_index index;
	struct buf scratch;
	uint32_t n_series;   /* metrics, points and exemplars */
	uint32_t n_families; /* those without samples included */
	struct open_family *at_hand;
	struct om_metric metric; /* of the family at hand; its `metric` NULL: none so far */
	bool ended;              /* by # EOF */

	/* the line at hand */
	struct slice name;
	struct label *labels;
	uint32_t n_labels, labels_capacity;
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
	if (!cursor_is_over((uint64_t)p->n_labels + 1, p->in.limits->labels_max))
		return true;
	err_over(p->in.err, LIMIT_PUSH_LABELS, "the series in line %u has more than %u labels",
		 p->in.line, p->in.limits->labels_max);
	return false;
}

/* ---- families ---- */

/* A name that the family's samples may have belongs to it alone. */
static bool claim(struct parser *p, struct slice suffix)
{
	const struct open_family *f = p->at_hand;
	struct slice parts[] = {f->name, suffix};
	size_t len = f->name.len + suffix.len;
	char *text = arena_text(p->in.arena, len);
	struct family *claimed = arena_new(p->in.arena, struct family);
	uint64_t hash;

	if (text == NULL || claimed == NULL)
		return cursor_fail_memory(&p->in);
	memcpy(text, parts[0].ptr, parts[0].len);
	if (suffix.len > 0)
		memcpy(text + parts[0].len, parts[1].ptr, parts[1].len);
	claimed->name = (struct slice){text, len};
	hash = text_index_hash(&p->index, claimed->name);
	if (text_index_family(&p->index, claimed->name, hash) != NULL)
		return cursor_fail_string(&p->in, "more than one metric family has the name ",
					  claimed->name, "");
	return text_index_add_family(&p->index, claimed, hash) != NULL ||
	       cursor_fail_memory(&p->in);
}

static bool check_unit(struct parser *p)
{
	const struct open_family *f = p->at_hand;
	struct slice unit = f->unit;

	if (!f->has_unit || unit.len == 0)
		return true;
	if (slice_eq(f->type->word, SLICE("info")) || slice_eq(f->type->word, SLICE("stateset")))
		return cursor_fail_string(&p->in, "a unit has no place in the info or stateset ",
					  f->name, "");
	if (f->name.len > unit.len + 1 && slice_ends(f->name, unit) &&
	    f->name.ptr[f->name.len - unit.len - 1] == '_')
		return true;
	return cursor_fail_string(&p->in, "the name does not end in its unit: ", f->name, "");
}

/* The type is known for good: with the first sample, or at the end of a family without any. */
static bool settle(struct parser *p)
{
	struct open_family *f = p->at_hand;
	bool has_bare = false;

	if (f->type == NULL)
		f->type = om_type_unknown();
	if (!check_unit(p))
		return false;
	for (uint8_t i = 0; i < f->type->n_samples; i++) {
		struct slice suffix = f->type->samples[i].suffix;

		has_bare = has_bare || suffix.len == 0;
		if (!claim(p, suffix))
			return false;
	}
	return has_bare || claim(p, SLICE_EMPTY);
}

static bool finish_metric(struct parser *p)
{
	bool finished =
		p->metric.metric == NULL || om_metric_finish(&p->metric, &p->in, &p->scratch);

	p->metric.metric = NULL;
	return finished;
}

static bool finish_family(struct parser *p)
{
	if (p->at_hand == NULL)
		return true;
	return finish_metric(p) && (p->at_hand->family != NULL || settle(p));
}

static bool open_family(struct parser *p, struct slice name)
{
	if (!metric_name_valid(name, p->scheme))
		return cursor_fail_string(&p->in, "invalid metric name ", name, "");
	if (!finish_family(p))
		return false;
	if (cursor_is_over((uint64_t)p->n_families + 1, p->in.limits->families_max)) {
		err_over(p->in.err, LIMIT_PUSH_FAMILIES,
			 "the push has more than %u metric families", p->in.limits->families_max);
		return false;
	}
	p->n_families++;
	p->at_hand = arena_new(p->in.arena, struct open_family);
	if (p->at_hand == NULL)
		return cursor_fail_memory(&p->in);
	*p->at_hand = (struct open_family){.name = name, .help = SLICE_EMPTY, .unit = SLICE_EMPTY};
	return true;
}

/* With its first sample the family is one that is kept. */
static bool make_family(struct parser *p)
{
	struct open_family *f = p->at_hand;
	char *name;
	size_t len;

	if (!settle(p))
		return false;
	len = f->name.len + f->type->stored_suffix.len;
	name = arena_text(p->in.arena, len);
	f->family = name == NULL ? NULL : family_add(&p->list, p->in.arena, SLICE_EMPTY);
	if (f->family == NULL)
		return cursor_fail_memory(&p->in);
	memcpy(name, f->name.ptr, f->name.len);
	if (len > f->name.len)
		memcpy(name + f->name.len, f->type->stored_suffix.ptr, len - f->name.len);
	f->family->name = (struct slice){name, len};
	f->family->type = f->type->stored;
	f->family->help = f->help;
	f->family->has_help = f->has_help;
	if (!family_rest_make(f->unit, p->in.arena, &f->family->rest))
		return cursor_fail_memory(&p->in);
	f->series_key.hash = f->group_key.hash = text_index_hash(&p->index, f->family->name);
	return cursor_check_name_bytes(&p->in, f->family->name);
}

/* ---- metadata ---- */

static bool fail_second(struct parser *p, const char *keyword)
{
	char before[64];

	(void)snprintf(before, sizeof(before), "second %s line for metric name ", keyword);
	return cursor_fail_string(&p->in, before, p->at_hand->name, "");
}

static bool parse_type(struct parser *p)
{
	struct open_family *f = p->at_hand;
	const char *newline = cursor_find_newline(&p->in);
	struct slice word = slice_between(p->in.at, newline);

	if (f->type != NULL)
		return fail_second(p, "TYPE");
	f->type = om_type_of_word(word);
	p->in.at = newline;
	return f->type != NULL ? cursor_end_line(&p->in)
			       : cursor_fail_string(&p->in, "unknown metric type ", word, "");
}

static bool parse_unit(struct parser *p)
{
	struct open_family *f = p->at_hand;
	const char *newline = cursor_find_newline(&p->in);

	if (f->has_unit)
		return fail_second(p, "UNIT");
	f->has_unit = true;
	f->unit = slice_between(p->in.at, newline);
	p->in.at = newline;
	return cursor_end_line(&p->in);
}

static bool parse_help(struct parser *p)
{
	struct open_family *f = p->at_hand;

	if (f->has_help)
		return fail_second(p, "HELP");
	f->has_help = true;
	return om_take_help(&p->in, &f->help) && cursor_end_line(&p->in);
}

/* Behind "# EOF" nothing may come but the end of its line. */
static bool parse_end(struct parser *p)
{
	if (!finish_family(p))
		return false;
	p->in.at += SLICE("# EOF").len;
	if (p->in.at != p->in.missing_newline)
		p->in.at++;
	p->ended = true;
	return true;
}

static bool parse_comment(struct parser *p)
{
	static const struct {
		struct slice start;
		bool (*parse)(struct parser *);
	} keywords[] = {
		{SLICE("# TYPE "), parse_type},
		{SLICE("# HELP "), parse_help},
		{SLICE("# UNIT "), parse_unit},
	};
	struct slice line = slice_between(p->in.at, cursor_find_newline(&p->in)), name;

	if (slice_eq(line, SLICE("# EOF")))
		return parse_end(p);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (!slice_starts(line, keywords[i].start))
			continue;
		p->in.at += keywords[i].start.len;
		if (!om_take_name(&p->in, true, &name, NULL) ||
		    !om_take(&p->in, ' ', "expected ' ' after metric name, found "))
			return false;
		if (p->at_hand == NULL || !slice_eq(name, p->at_hand->name)) {
			if (!open_family(p, name))
				return false;
		} else if (p->at_hand->family != NULL) {
			return cursor_fail_string(&p->in, "metadata after samples of metric name ",
						  name, "");
		}
		return keywords[i].parse(p);
	}
	p->in.at += line.len;
	return cursor_fail_string(&p->in, "expected a HELP, TYPE, UNIT or EOF line, found ", line,
				  "");
}

/* ---- labels ---- */

static bool add_label(struct parser *p, struct label label)
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
	p->labels[p->n_labels++] = label;
	return true;
}

/* name="value"; in the braces of a sample also a quoted name alone, that of the metric. */
static bool parse_label(struct parser *p, bool may_be_metric)
{
	struct label label;
	bool quoted;

	if (!om_take_name(&p->in, false, &label.name, &quoted))
		return false;
	if (may_be_metric && quoted && p->name.len == 0 && p->n_labels == 0 && *p->in.at != '=') {
		p->name = label.name;
		return label.name.len > 0 || cursor_fail(&p->in, SLICE("invalid metric name"));
	}
	if (label.name.len == 0 && !quoted)
		return cursor_fail_byte(&p->in, "expected label name, found ");
	if (!label_name_valid(label.name, p->scheme))
		return cursor_fail_string(&p->in, "invalid label name ", label.name, "");
	if (slice_eq(label.name, SLICE("__name__")))
		return cursor_fail(&p->in, SLICE("label name \"__name__\" is reserved"));
	return count_label(p) && om_take(&p->in, '=', "expected '=' after label name, found ") &&
	       om_take_label_value(&p->in, &label.value) && add_label(p, label);
}

/* Sorted, and none twice. */
static bool settle_labels(struct parser *p)
{
	labels_sort(p->labels, p->n_labels);
	for (uint32_t i = 1; i < p->n_labels; i++)
		if (slice_eq(p->labels[i - 1].name, p->labels[i].name))
			return cursor_fail_string(&p->in, "duplicate label names for metric ",
						  p->name, "");
	return true;
}

static bool parse_labels(struct parser *p, bool may_have_metric)
{
	assert(*p->in.at == '{');
	p->in.at++;
	if (*p->in.at == '}') {
		p->in.at++;
		return true;
	}
	for (;;) {
		if (!parse_label(p, may_have_metric))
			return false;
		if (*p->in.at == '}')
			break;
		if (!om_take(&p->in, ',', "expected ',' or '}' after label value, found "))
			return false;
	}
	p->in.at++;
	return settle_labels(p);
}

/* ---- samples ---- */

/* The role of a sample of that name in the family at hand; NULL: it is of another family. */
static const enum om_role *role_at_hand(const struct parser *p)
{
	const struct open_family *f = p->at_hand;

	if (f == NULL || !slice_starts(p->name, f->name))
		return NULL;
	return om_type_role(f->type != NULL ? f->type : om_type_unknown(),
			    slice_skip(p->name, f->name.len));
}

static bool fail_own_name(struct parser *p)
{
	char before[64];

	(void)snprintf(before, sizeof(before),
		       "a %.*s has no sample of its own name: ", SLICE_ARG(p->at_hand->type->word));
	return cursor_fail_string(&p->in, before, p->name, "");
}

/* The family that a sample's name belongs to becomes the one at hand. */
static bool resolve(struct parser *p, enum om_role *ret)
{
	const enum om_role *role = role_at_hand(p);

	if (role == NULL) {
		if (p->at_hand != NULL && p->at_hand->type != NULL &&
		    slice_eq(p->name, p->at_hand->name))
			return fail_own_name(p);
		if (!open_family(p, p->name))
			return false;
		role = om_type_role(om_type_unknown(), SLICE_EMPTY);
	}
	assert(role != NULL);
	*ret = *role;
	return p->at_hand->family != NULL || make_family(p);
}

static bool take_label(struct parser *p, struct slice name, struct slice *ret)
{
	for (uint32_t i = 0; i < p->n_labels; i++) {
		if (!slice_eq(p->labels[i].name, name))
			continue;
		*ret = p->labels[i].value;
		memmove(&p->labels[i], &p->labels[i + 1],
			(p->n_labels - i - 1) * sizeof(*p->labels));
		p->n_labels--;
		return true;
	}
	return false;
}

/* le and quantile are no labels but say where a point stands. */
static bool take_point(struct parser *p, struct om_sample *sample)
{
	const struct om_type *type = p->at_hand->type;
	bool wants = sample->role == OM_BUCKET || sample->role == OM_QUANTILE;
	struct slice text;

	if (!om_type_has_points(type))
		return true;
	if (!take_label(p, type->point_label, &text))
		return !wants || cursor_fail_string(&p->in, "there is no label le or quantile for ",
						    p->name, "");
	if (!wants)
		return cursor_fail_string(&p->in, "there is a label le or quantile for ", p->name,
					  "");
	if (!number_parse(text, &sample->point) || isnan(sample->point))
		return cursor_fail_string(&p->in, "expected float as value of le or quantile, got ",
					  text, "");
	return count_series(p);
}

static bool copy_labels(struct parser *p, struct metric *metric)
{
	metric->labels = arena_new_array(p->in.arena, struct label, p->n_labels);
	if (metric->labels == NULL)
		return cursor_fail_memory(&p->in);
	if (p->n_labels > 0)
		memcpy(metric->labels, p->labels, p->n_labels * sizeof(*p->labels));
	metric->n_labels = p->n_labels;
	return true;
}

static bool add_metric(struct parser *p, const struct known_family *key, struct metric *metric)
{
	return metric == NULL || !text_index_add_series(&p->index, key, metric)
		       ? cursor_fail_memory(&p->in)
		       : true;
}

static struct metric *new_metric(struct parser *p)
{
	struct metric *metric;

	if (!count_series(p))
		return NULL;
	metric = metric_add(&p->list, p->at_hand->family, p->in.arena);
	if (metric == NULL)
		(void)cursor_fail_memory(&p->in);
	return metric != NULL && copy_labels(p, metric) ? metric : NULL;
}

static bool is_same_metric(const struct parser *p, const struct metric *metric)
{
	if (metric == NULL || metric->n_labels != p->n_labels)
		return false;
	for (uint32_t i = 0; i < p->n_labels; i++)
		if (!slice_eq(metric->labels[i].value, p->labels[i].value) ||
		    !slice_eq(metric->labels[i].name, p->labels[i].name))
			return false;
	return true;
}

/* The metric of these labels becomes the one at hand, if it has not been that before. */
static bool select_metric(struct parser *p)
{
	const struct open_family *f = p->at_hand;
	struct metric *metric;

	if (is_same_metric(p, p->metric.metric))
		return true;
	if (!finish_metric(p))
		return false;
	if (text_index_series(&p->index, &f->series_key, p->labels, p->n_labels) != NULL)
		return cursor_fail_string(
			&p->in, "the samples of a metric are not together: ", p->name, "");
	metric = new_metric(p);
	if (metric == NULL || !add_metric(p, &f->series_key, metric))
		return false;
	om_metric_start(&p->metric, f->type, f->name, metric, p->in.line);
	return true;
}

/* Each state of a set is a series; the states of one set stand together. */
static bool select_state(struct parser *p)
{
	struct open_family *f = p->at_hand;
	struct label state = {.name = f->name};
	struct metric *metric;

	if (!take_label(p, f->name, &state.value))
		return cursor_fail_string(&p->in, "there is no label of the name of the stateset ",
					  f->name, "");
	if (!is_same_metric(p, f->group)) {
		if (text_index_series(&p->index, &f->group_key, p->labels, p->n_labels) != NULL)
			return cursor_fail_string(
				&p->in, "the samples of a metric are not together: ", p->name, "");
		f->group = arena_new(p->in.arena, struct metric);
		if (f->group == NULL || !copy_labels(p, f->group) ||
		    !add_metric(p, &f->group_key, f->group))
			return cursor_fail_memory(&p->in);
	}
	if (!add_label(p, state))
		return false;
	labels_sort(p->labels, p->n_labels);
	if (text_index_series(&p->index, &f->series_key, p->labels, p->n_labels) != NULL)
		return cursor_fail_string(&p->in, "a state comes twice in the stateset ", f->name,
					  "");
	metric = new_metric(p);
	if (metric == NULL || !add_metric(p, &f->series_key, metric))
		return false;
	om_metric_start(&p->metric, f->type, f->name, metric, p->in.line);
	return true;
}

/* ---- the rest of a sample's line ---- */

static bool check_exemplar_labels(struct parser *p)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n_labels; i++)
		n += utf8_count(p->labels[i].name) + utf8_count(p->labels[i].value);
	return n <= EXEMPLAR_CHARACTERS_MAX ||
	       cursor_fail_string(
		       &p->in, "the labels of an exemplar have more than 128 characters: ", p->name,
		       "");
}

/* # {a="b"} 1.0 1700000000.5 */
static bool parse_exemplar(struct parser *p, struct om_sample *sample)
{
	struct moment time;
	bool has_time;
	double value;

	if (!om_role_takes_exemplar(p->at_hand->type, sample->role))
		return cursor_fail_string(&p->in, "an exemplar has no place at ", p->name, "");
	p->in.at++;
	p->n_labels = 0;
	if (!om_take(&p->in, ' ', "expected ' ' after '#', found "))
		return false;
	if (*p->in.at != '{')
		return cursor_fail_byte(&p->in, "expected '{' at start of exemplar, found ");
	if (!parse_labels(p, false) || !check_exemplar_labels(p) || !count_series(p) ||
	    !om_take(&p->in, ' ', "expected ' ' after the labels of an exemplar, found ") ||
	    !om_take_number(&p->in, "expected float as value of an exemplar, got ", &value))
		return false;
	has_time = *p->in.at == ' ';
	if (has_time) {
		p->in.at++;
		if (!om_take_moment(&p->in, "expected time of an exemplar, got ", &time))
			return false;
	}
	buf_clear(&p->scratch);
	exemplar_write(&p->scratch, p->labels, p->n_labels, value, has_time ? &time : NULL);
	sample->has_exemplar = true;
	return (buf_ok(&p->scratch) &&
		arena_copy(p->in.arena, buf_slice(&p->scratch), &sample->exemplar)) ||
	       cursor_fail_memory(&p->in);
}

/* It is only looked at so far as to be refused later, with all of the push. */
static bool parse_timestamp(struct parser *p)
{
	double timestamp;

	if (!om_take_number(&p->in, "expected float as timestamp, got ", &timestamp))
		return false;
	if (!isfinite(timestamp))
		return cursor_fail(&p->in, SLICE("a timestamp must be finite"));
	p->metric.metric->has_timestamp = true;
	p->list.has_timestamps = true;
	return true;
}

/* Value, timestamp, exemplar. */
static bool parse_rest(struct parser *p, struct om_sample *sample)
{
	if (!om_take(&p->in, ' ', "expected ' ' before the value, found "))
		return false;
	if (sample->role == OM_CREATED) {
		if (!om_take_moment(&p->in, "expected time of creation, got ", &sample->created))
			return false;
	} else if (!om_take_number(&p->in, "expected float as value, got ", &sample->value)) {
		return false;
	}
	if (*p->in.at == ' ' && p->in.at[1] != '#') {
		p->in.at++;
		if (!parse_timestamp(p))
			return false;
	}
	if (*p->in.at == ' ') {
		p->in.at++;
		if (*p->in.at != '#')
			return cursor_fail_byte(&p->in, "expected '#' after timestamp, found ");
		if (!parse_exemplar(p, sample))
			return false;
	}
	return *p->in.at == '\n' ||
	       cursor_fail_byte(&p->in, "expected the end of the line, found ");
}

static bool parse_sample(struct parser *p)
{
	struct om_sample sample = {.value = 0};

	p->n_labels = 0;
	p->name = SLICE_EMPTY;
	if (*p->in.at != '{') {
		if (!om_take_name(&p->in, true, &p->name, NULL))
			return false;
		if (p->name.len == 0)
			return cursor_fail(&p->in, SLICE("invalid metric name"));
	}
	if (*p->in.at == '{' && !parse_labels(p, p->name.len == 0))
		return false;
	if (p->name.len == 0)
		return cursor_fail(&p->in, SLICE("invalid metric name"));
	return resolve(p, &sample.role) && take_point(p, &sample) &&
	       (sample.role == OM_STATE ? select_state(p) : select_metric(p)) &&
	       parse_rest(p, &sample) && om_metric_take(&p->metric, &p->in, &sample) &&
	       cursor_end_line(&p->in);
}

/* ---- the body ---- */

static bool parse_lines(struct parser *p)
{
	while (p->in.at < p->in.end && !p->ended) {
		p->in.line++;
		if (*p->in.at == '\n')
			return cursor_fail(&p->in, SLICE("a line is empty"));
		if (!(*p->in.at == '#' ? parse_comment(p) : parse_sample(p)))
			return false;
	}
	if (p->ended && p->in.at < p->in.end && p->in.at != p->in.missing_newline) {
		p->in.line++;
		return cursor_fail(&p->in, SLICE("there is text after # EOF"));
	}
	return true;
}

/* The last line, which has no newline, from a copy with one. */
static bool parse_last_line(struct parser *p, struct slice line)
{
	char *copy = arena_text(p->in.arena, line.len + 1);

	if (copy == NULL)
		return cursor_fail_memory(&p->in);
	memcpy(copy, line.ptr, line.len);
	copy[line.len] = '\n';
	p->in.at = copy;
	p->in.missing_newline = copy + line.len;
	p->in.end = p->in.missing_newline + 1;
	return parse_lines(p);
}

static bool parse_body(struct parser *p, struct slice body)
{
	const char *last_newline = body.len == 0 ? NULL : memrchr(body.ptr, '\n', body.len);
	struct slice last_line;

	p->in.at = body.ptr;
	p->in.end = last_newline == NULL ? body.ptr : last_newline + 1;
	last_line = slice_between(p->in.end, body.ptr + body.len);
	if (!parse_lines(p))
		return false;
	if (last_line.len > 0 && p->ended) {
		p->in.line++;
		return cursor_fail(&p->in, SLICE("there is text after # EOF"));
	}
	if (last_line.len > 0 && !parse_last_line(p, last_line))
		return false;
	if (p->ended)
		return true;
	p->in.line++;
	return cursor_fail(&p->in, SLICE("no # EOF before the unexpected end of input stream"));
}

enum err_code openmetrics_parse(struct slice body, enum name_scheme scheme,
				const struct push_limits *limits, struct arena *arena,
				struct family_list *ret, struct err *reterr)
{
	struct parser p = {
		.in = {.format = "OpenMetrics", .limits = limits, .arena = arena, .err = reterr},
		.scheme = scheme};
	bool parsed;

	/* Counts are of 32 bits; two bytes of a body make at most one of anything. */
	if (body.len > UINT32_MAX)
		return err_set(reterr, ERR_TOO_BIG, SLICE("the push has more than 4 GiB of text"));
	family_list_init(&p.list);
	buf_init(&p.scratch, SIZE_MAX / 2);
	/* Where things lie in memory is known to this process alone. */
	parsed = text_index_init(&p.index, arena,
				 (uintptr_t)&p ^ (uint64_t)(uintptr_t)body.ptr << 17)
			 ? parse_body(&p, body)
			 : cursor_fail_memory(&p.in);
	buf_free(&p.scratch);
	if (!parsed)
		return reterr->code;
	*ret = p.list;
	if (ret->first == NULL)
		ret->tail = &ret->first;
	return ERR_NONE;
}
