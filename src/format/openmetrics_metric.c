/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openmetrics_metric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- types ---- */

static const struct om_type types[] = {
	{.word = SLICE_TEXT("unknown"),
	 .stored = METRIC_UNTYPED,
	 .samples = {{SLICE_TEXT(""), OM_VALUE}},
	 .n_samples = 1},
	{.word = SLICE_TEXT("gauge"),
	 .stored = METRIC_GAUGE,
	 .samples = {{SLICE_TEXT(""), OM_VALUE}},
	 .n_samples = 1},
	{.word = SLICE_TEXT("counter"),
	 .stored = METRIC_COUNTER,
	 .stored_suffix = SLICE_TEXT("_total"),
	 .samples = {{SLICE_TEXT("_total"), OM_VALUE}, {SLICE_TEXT("_created"), OM_CREATED}},
	 .n_samples = 2},
	{.word = SLICE_TEXT("summary"),
	 .stored = METRIC_SUMMARY,
	 .point_label = SLICE_TEXT("quantile"),
	 .samples = {{SLICE_TEXT(""), OM_QUANTILE},
		     {SLICE_TEXT("_count"), OM_COUNT},
		     {SLICE_TEXT("_sum"), OM_SUM},
		     {SLICE_TEXT("_created"), OM_CREATED}},
	 .n_samples = 4},
	{.word = SLICE_TEXT("histogram"),
	 .stored = METRIC_HISTOGRAM,
	 .point_label = SLICE_TEXT("le"),
	 .samples = {{SLICE_TEXT("_bucket"), OM_BUCKET},
		     {SLICE_TEXT("_count"), OM_COUNT},
		     {SLICE_TEXT("_sum"), OM_SUM},
		     {SLICE_TEXT("_created"), OM_CREATED}},
	 .n_samples = 4},
	{.word = SLICE_TEXT("gaugehistogram"),
	 .stored = METRIC_GAUGE_HISTOGRAM,
	 .point_label = SLICE_TEXT("le"),
	 .samples = {{SLICE_TEXT("_bucket"), OM_BUCKET},
		     {SLICE_TEXT("_gcount"), OM_COUNT},
		     {SLICE_TEXT("_gsum"), OM_SUM}},
	 .n_samples = 3},
	{.word = SLICE_TEXT("info"),
	 .stored = METRIC_GAUGE,
	 .stored_suffix = SLICE_TEXT("_info"),
	 .samples = {{SLICE_TEXT("_info"), OM_INFO}},
	 .n_samples = 1},
	{.word = SLICE_TEXT("stateset"),
	 .stored = METRIC_GAUGE,
	 .samples = {{SLICE_TEXT(""), OM_STATE}},
	 .n_samples = 1},
};

const struct om_type *om_type_unknown(void)
{
	return &types[0];
}

const struct om_type *om_type_of_word(struct slice word)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq(types[i].word, word))
			return &types[i];
	return NULL;
}

const enum om_role *om_type_role(const struct om_type *type, struct slice suffix)
{
	for (uint8_t i = 0; i < type->n_samples; i++)
		if (slice_eq(type->samples[i].suffix, suffix))
			return &type->samples[i].role;
	return NULL;
}

bool om_role_takes_exemplar(const struct om_type *type, enum om_role role)
{
	return role == OM_BUCKET || (role == OM_VALUE && type->stored == METRIC_COUNTER);
}

/* ---- one sample ---- */

static bool is_gauge_histogram(const struct om_metric *m)
{
	return m->type->stored == METRIC_GAUGE_HISTOGRAM;
}

/* "SENTENCE: TYPE "name"" */
static bool refuse(const struct om_metric *m, struct text_cursor *c, const char *sentence)
{
	char before[128];

	(void)snprintf(before, sizeof(before), "%s in the %.*s ", sentence,
		       SLICE_ARG(m->type->word));
	return cursor_fail_string(c, before, m->family, "");
}

void om_metric_start(struct om_metric *m, const struct om_type *type, struct slice family,
		     struct metric *metric, uint32_t line)
{
	*m = (struct om_metric){.type = type,
				.family = family,
				.metric = metric,
				.line = line,
				.exemplar = SLICE_EMPTY};
	metric->tail = SLICE_EMPTY;
	if (om_type_has_points(type))
		metric->lacks_count = metric->lacks_sum = true;
}

static bool is_integer(double value)
{
	return value >= 0 && value < 18446744073709551616.0 && value == floor(value);
}

/* A sum of anything but gauges grows, and so does what a counter counts. */
static bool check_grown(const struct om_metric *m, struct text_cursor *c,
			const struct om_sample *sample)
{
	bool may_fall = is_gauge_histogram(m) && sample->role == OM_SUM;

	if (isnan(sample->value))
		return refuse(m, c, "NaN is no value of a sample");
	return sample->value >= 0 || may_fall || refuse(m, c, "a sample is negative");
}

static bool check_value(const struct om_metric *m, struct text_cursor *c,
			const struct om_sample *sample)
{
	double value = sample->value;

	switch (sample->role) {
	case OM_VALUE:
		return m->type->stored != METRIC_COUNTER || check_grown(m, c, sample);
	case OM_INFO:
		return value == 1 || refuse(m, c, "a value is not 1");
	case OM_STATE:
		return value == 0 || value == 1 || refuse(m, c, "a value is neither 0 nor 1");
	case OM_QUANTILE:
		if (!(sample->point >= 0 && sample->point <= 1))
			return refuse(m, c, "a quantile is not from 0 to 1");
		return !(value < 0) || refuse(m, c, "a sample is negative");
	case OM_BUCKET:
	case OM_COUNT:
		return check_grown(m, c, sample) &&
		       (is_integer(value) || refuse(m, c, "a count is no integer"));
	case OM_SUM:
		return check_grown(m, c, sample);
	case OM_CREATED:
		return true;
	}
	not_reached();
}

/* The points' arrays grow at powers of two, so their capacity needs no field. */
static void *grow(struct text_cursor *c, void *array, uint32_t n, size_t size)
{
	const uint32_t first = 8;
	void *grown;

	if (n != 0 && (n < first || (n & (n - 1)) != 0))
		return array;
	grown = arena_array(c->arena, n == 0 ? first : (size_t)n * 2, size);
	if (grown == NULL)
		(void)cursor_fail_memory(c);
	else if (n > 0)
		memcpy(grown, array, n * size);
	return grown;
}

static bool add_quantile(struct om_metric *m, struct text_cursor *c, const struct om_sample *sample)
{
	struct metric *metric = m->metric;
	struct quantile *quantiles =
		grow(c, metric->quantiles, metric->n_points, sizeof(*quantiles));

	if (quantiles == NULL)
		return false;
	metric->quantiles = quantiles;
	quantiles[metric->n_points++] = (struct quantile){sample->point, sample->value};
	return true;
}

static bool add_bucket(struct om_metric *m, struct text_cursor *c, const struct om_sample *sample)
{
	struct metric *metric = m->metric;
	uint32_t n = metric->n_points;
	struct bucket bucket = {.upper_bound = sample->point, .count = (uint64_t)sample->value};
	struct bucket *buckets;
	struct slice *exemplars;

	if (n > 0 && !(bucket.upper_bound > metric->buckets[n - 1].upper_bound))
		return refuse(m, c, "the buckets are not in rising order");
	if (n > 0 && bucket.count < metric->buckets[n - 1].count)
		return refuse(m, c, "the counts of the buckets fall");
	buckets = grow(c, metric->buckets, n, sizeof(*buckets));
	exemplars = grow(c, m->exemplars, n, sizeof(*exemplars));
	if (buckets == NULL || exemplars == NULL)
		return false;
	buckets[n] = bucket;
	exemplars[n] = sample->has_exemplar ? sample->exemplar : SLICE_EMPTY;
	m->has_exemplars = m->has_exemplars || sample->has_exemplar;
	m->exemplars = exemplars;
	metric->buckets = buckets;
	metric->n_points++;
	return true;
}

bool om_metric_take(struct om_metric *m, struct text_cursor *c, const struct om_sample *sample)
{
	struct metric *metric = m->metric;

	if (!check_value(m, c, sample))
		return false;
	m->line = c->line;
	if (sample->role == OM_QUANTILE)
		return add_quantile(m, c, sample);
	if (sample->role == OM_BUCKET)
		return add_bucket(m, c, sample);
	if (m->has[sample->role])
		return refuse(m, c, "a sample comes twice");
	m->has[sample->role] = true;
	switch (sample->role) {
	case OM_COUNT:
		metric->count = (uint64_t)sample->value;
		metric->lacks_count = false;
		return true;
	case OM_SUM:
		metric->sum = sample->value;
		metric->lacks_sum = false;
		return true;
	case OM_CREATED:
		m->created = sample->created;
		return true;
	default:
		metric->value = sample->value;
		if (sample->has_exemplar)
			m->exemplar = sample->exemplar;
		return true;
	}
}

/* ---- all samples ---- */

/* The bucket without an upper bound is the count; a histogram may leave the count out. */
static bool finish_histogram(struct om_metric *m, struct text_cursor *c)
{
	struct metric *metric = m->metric;
	const struct bucket *last =
		metric->n_points == 0 ? NULL : &metric->buckets[metric->n_points - 1];

	if (last == NULL || last->upper_bound != INFINITY)
		return refuse(m, c, "there is no bucket of le=\"+Inf\"");
	if (m->has[OM_COUNT] && metric->count != last->count)
		return refuse(m, c, "the count is not that of the bucket of le=\"+Inf\"");
	if (m->has[OM_COUNT] != m->has[OM_SUM])
		return refuse(m, c, "of count and sum there is only one");
	if (metric->buckets[0].upper_bound < 0) {
		if (m->has[OM_SUM] && !is_gauge_histogram(m))
			return refuse(m, c, "there is a sum beside buckets of negative values");
	} else if (m->has[OM_SUM] && metric->sum < 0) {
		return refuse(m, c, "the sum is negative, but no bucket");
	}
	metric->count = last->count;
	metric->lacks_count = false;
	return true;
}

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* They may come in any order. */
static bool check_quantiles(const struct om_metric *m, struct text_cursor *c)
{
	uint32_t n = m->metric->n_points;
	double *sorted = arena_new_array(c->arena, double, n);

	if (sorted == NULL)
		return cursor_fail_memory(c);
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = m->metric->quantiles[i].quantile;
	qsort(sorted, n, sizeof(*sorted), compare_numbers);
	for (uint32_t i = 1; i < n; i++)
		if (sorted[i] == sorted[i - 1])
			return refuse(m, c, "a quantile comes twice");
	return true;
}

static bool check_whole(struct om_metric *m, struct text_cursor *c)
{
	switch (m->type->stored) {
	case METRIC_COUNTER:
		return m->has[OM_VALUE] || refuse(m, c, "there is no _total");
	case METRIC_HISTOGRAM:
	case METRIC_GAUGE_HISTOGRAM:
		return finish_histogram(m, c);
	case METRIC_SUMMARY:
		return m->metric->n_points < 2 || check_quantiles(m, c);
	default:
		return true;
	}
}

bool om_metric_finish(struct om_metric *m, struct text_cursor *c, struct buf *scratch)
{
	const struct moment *created = m->has[OM_CREATED] ? &m->created : NULL;
	const struct slice *exemplar = m->exemplar.len > 0 ? &m->exemplar : NULL;
	uint32_t line = c->line;

	c->line = m->line;
	if (!check_whole(m, c))
		return false;
	c->line = line;
	if (created == NULL && exemplar == NULL && !m->has_exemplars)
		return true;
	buf_clear(scratch);
	m->metric->tail_whole = m->has_exemplars;
	if (m->has_exemplars)
		extras_write_whole_tail(scratch, m->type->stored, m->metric, m->exemplars, created);
	else
		extras_write_tail(scratch, m->type->stored, exemplar, created);
	return (buf_ok(scratch) && arena_copy(c->arena, buf_slice(scratch), &m->metric->tail)) ||
	       cursor_fail_memory(c);
}
