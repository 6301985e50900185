/* SPDX-License-Identifier: Apache-2.0
 *
 * Layout of a block: header, an offset per series (none when there is one series: it follows the
 * header), then the series. A series is its header, its numbers (one double, or count, float count,
 * sum and points), its packed own labels, its tail if it has one (length and bytes), and padding to
 * eight bytes. The family's rest, if it has one, ends the block: bytes, then their number. */
#include "metric/block.h"

#include <stdlib.h>

#define INSTANCE SLICE("instance")

struct totals {
	uint64_t count;
	double count_float, sum;
};

static size_t round_up_8(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

struct stamp *stamp_new(const struct label *sorted, size_t n)
{
	size_t bytes = labels_packed_bytes(sorted, n);
	size_t at = 0;
	struct label instance = {.name = INSTANCE, .value = SLICE_EMPTY};
	size_t instance_bytes = labels_packed_bytes(&instance, 1);
	struct stamp *stamp = malloc(sizeof(*stamp) + 2 * bytes + instance_bytes);
	char *text = (char *)(stamp + 1), *end;

	if (stamp == NULL)
		return NULL;
	atomic_init(&stamp->text, NULL);
	atomic_init(&stamp->wire, NULL);
	end = labels_pack_at(sorted, n, text);
	stamp->grouping = (struct labels){slice_between(text, end), (uint32_t)n};
	stamp->implied = stamp->grouping;
	stamp->hash = labels_hash(stamp->grouping);
	while (at < n && slice_compare(sorted[at].name, INSTANCE) < 0)
		at++;
	if (at < n && slice_eq(sorted[at].name, INSTANCE))
		return stamp;
	text = end;
	end = labels_pack_at(sorted, at, end);
	end = labels_pack_at(&instance, 1, end);
	end = labels_pack_at(sorted + at, n - at, end);
	stamp->implied = (struct labels){slice_between(text, end), (uint32_t)n + 1};
	return stamp;
}

void stamp_free(struct stamp *stamp)
{
	if (stamp == NULL)
		return;
	free(atomic_load_explicit(&stamp->text, memory_order_acquire));
	free(atomic_load_explicit(&stamp->wire, memory_order_acquire));
	free(stamp);
}

void *stamp_keep(_Atomic(void *) *slot, void *made)
{
	void *fixed = NULL;

	if (atomic_compare_exchange_strong_explicit(slot, &fixed, made, memory_order_acq_rel,
						    memory_order_acquire))
		return made;
	free(made);
	return fixed;
}

size_t stamp_bytes(const struct stamp *stamp)
{
	/* `implied` is the grouping labels themselves when they have an instance. */
	bool shared = stamp->implied.bytes.ptr == stamp->grouping.bytes.ptr;

	return sizeof(*stamp) + stamp->grouping.bytes.len + (shared ? 0 : stamp->implied.bytes.len);
}

struct help *help_new(struct slice text)
{
	struct help *help = malloc(sizeof(*help) + text.len);
	char *copy = (char *)(help + 1);

	if (help == NULL)
		return NULL;
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	*help = (struct help){.text = {copy, text.len}};
	return help;
}

static bool is_implied_instance(const struct label *label)
{
	return label->value.len == 0 && slice_eq(label->name, INSTANCE);
}

/* Leaves in `metric` only what the group does not give, sorted. A name that comes twice stays
 * twice, for the check to see; the group's value goes to the first (the reference's
 * sanitizeLabels). */
static void keep_own_labels(struct metric *metric, const struct stamp *stamp)
{
	struct label *labels = metric->labels;
	uint32_t n = 0, next;

	labels_sort(labels, metric->n_labels);
	for (uint32_t i = 0; i < metric->n_labels; i = next) {
		struct slice stamped;
		bool given = labels_get(stamp->grouping, labels[i].name, &stamped);

		for (next = i + 1; next < metric->n_labels; next++)
			if (!slice_eq(labels[next].name, labels[i].name))
				break;
		if (next == i + 1 && (given || is_implied_instance(&labels[i])))
			continue;
		if (given)
			labels[i].value = stamped;
		memmove(&labels[n], &labels[i], (next - i) * sizeof(*labels));
		n += next - i;
	}
	metric->n_labels = n;
}

static int stamped_compare(const void *a_ptr, const void *b_ptr, void *context)
{
	const struct stamped_metric *a = a_ptr, *b = b_ptr;
	const struct stamp *stamp = context;
	int order = labels_merged_compare(stamp->implied, a->own, stamp->implied, b->own);

	if (order != 0)
		return order;
	return a->pushed_index < b->pushed_index ? -1 : a->pushed_index > b->pushed_index;
}

bool family_stamp(struct family *family, const struct stamp *stamp, struct arena *arena,
		  struct stamped *ret)
{
	struct stamped_metric *metrics =
		arena_new_array(arena, struct stamped_metric, family->n_metrics);
	struct metric *metric = family->first;
	bool in_order = true;

	if (metrics == NULL)
		return false;
	for (uint32_t i = 0; i < family->n_metrics; i++, metric = metric->next) {
		keep_own_labels(metric, stamp);
		metrics[i] = (struct stamped_metric){.metric = metric, .pushed_index = i};
		if (!labels_pack(metric->labels, metric->n_labels, arena, &metrics[i].own))
			return false;
		in_order = in_order && (i == 0 || stamped_compare(&metrics[i - 1], &metrics[i],
								  (void *)stamp) < 0);
	}
	assert(metric == NULL);
	if (!in_order)
		qsort_r(metrics, family->n_metrics, sizeof(*metrics), stamped_compare,
			(void *)stamp);
	*ret = (struct stamped){.family = family, .metrics = metrics, .n = family->n_metrics};
	return true;
}

static size_t point_bytes(enum metric_type type)
{
	return type == METRIC_SUMMARY ? sizeof(struct quantile) : sizeof(struct bucket);
}

static size_t numbers_bytes(enum metric_type type, uint32_t n_points)
{
	return metric_type_has_points(type) ? sizeof(struct totals) + n_points * point_bytes(type)
					    : sizeof(double);
}

static bool has_tail(const struct metric *m)
{
	return m->tail.len > 0 || m->tail_whole;
}

static size_t tail_bytes(const struct metric *m)
{
	return has_tail(m) ? sizeof(uint32_t) + m->tail.len : 0;
}

static size_t series_bytes(enum metric_type type, const struct stamped_metric *m)
{
	return round_up_8(sizeof(struct series) + numbers_bytes(type, m->metric->n_points) +
			  m->own.bytes.len + tail_bytes(m->metric));
}

static size_t first_series_offset(uint32_t n_series)
{
	return sizeof(struct block) + (n_series == 1 ? 0 : round_up_8(n_series * sizeof(uint32_t)));
}

static void write_numbers(char *at, enum metric_type type, const struct metric *m)
{
	struct totals totals = {.count = m->count, .count_float = m->count_float, .sum = m->sum};

	if (!metric_type_has_points(type)) {
		memcpy(at, &m->value, sizeof(m->value));
		return;
	}
	memcpy(at, &totals, sizeof(totals));
	if (m->n_points > 0)
		memcpy(at + sizeof(totals),
		       type == METRIC_SUMMARY ? (const void *)m->quantiles
					      : (const void *)m->buckets,
		       m->n_points * point_bytes(type));
}

static void write_series(char *at, uint32_t offset, uint32_t index, enum metric_type type,
			 const struct stamped_metric *m)
{
	struct series header = {
		.block_offset = offset,
		.index = index,
		.pushed_index = m->pushed_index,
		.n_points = m->metric->n_points,
		.n_labels = m->own.n & SERIES_LABELS_MAX,
		.lacks_count = m->metric->lacks_count,
		.lacks_sum = m->metric->lacks_sum,
		.lacks_value = m->metric->lacks_value,
		.has_tail = has_tail(m->metric),
		.tail_whole = m->metric->tail_whole,
		.labels_bytes = (uint32_t)m->own.bytes.len,
	};
	uint32_t tail_len = (uint32_t)m->metric->tail.len;

	memcpy(at, &header, sizeof(header));
	write_numbers(at + sizeof(header), type, m->metric);
	at += sizeof(header) + numbers_bytes(type, m->metric->n_points);
	if (m->own.bytes.len > 0)
		memcpy(at, m->own.bytes.ptr, m->own.bytes.len);
	if (!header.has_tail)
		return;
	at += m->own.bytes.len;
	memcpy(at, &tail_len, sizeof(tail_len));
	if (tail_len > 0)
		memcpy(at + sizeof(tail_len), m->metric->tail.ptr, tail_len);
}

static size_t write_rest(char *at, struct slice rest)
{
	uint32_t len = (uint32_t)rest.len;

	if (len == 0)
		return 0;
	memcpy(at, rest.ptr, len);
	memcpy(at + len, &len, sizeof(len));
	return len + sizeof(len);
}

struct block *block_freeze(const struct stamped *family)
{
	enum metric_type type = family->family->type;
	size_t at = first_series_offset(family->n), bytes = at;
	struct slice rest = family->family->rest;
	uint32_t *offsets;
	struct block *b;

	for (uint32_t i = 0; i < family->n; i++) {
		if (family->metrics[i].own.n > SERIES_LABELS_MAX)
			return NULL;
		bytes += series_bytes(type, &family->metrics[i]);
	}
	if (rest.len > 0)
		bytes += rest.len + sizeof(uint32_t);
	/* Offsets are 32 bits wide; the body limit keeps any real push far below. */
	b = bytes > UINT32_MAX ? NULL : calloc(1, bytes);
	if (b == NULL)
		return NULL;
	b->n_series = family->n;
	b->n_bytes = (uint32_t)bytes;
	b->type = (uint8_t)type;
	b->has_rest = rest.len > 0;
	offsets = (uint32_t *)(b + 1);
	for (uint32_t i = 0; i < family->n; i++) {
		if (family->n > 1)
			offsets[i] = (uint32_t)at;
		write_series((char *)b + at, (uint32_t)at, i, type, &family->metrics[i]);
		at += series_bytes(type, &family->metrics[i]);
	}
	at += write_rest((char *)b + at, rest);
	assert(at == bytes);
	return b;
}

struct slice block_rest(const struct block *b)
{
	const char *end = (const char *)b + b->n_bytes;
	uint32_t len;

	if (!b->has_rest)
		return SLICE_EMPTY;
	memcpy(&len, end - sizeof(len), sizeof(len));
	return (struct slice){end - sizeof(len) - len, len};
}

struct block *block_gauge(double value)
{
	struct metric metric = {.value = value};
	struct family family = {.type = METRIC_GAUGE, .rest = SLICE_EMPTY};
	struct stamped_metric one = {.metric = &metric, .own = LABELS_NONE};

	return block_freeze(&(struct stamped){.family = &family, .metrics = &one, .n = 1});
}

void block_free(struct block *b)
{
	free(b);
}

static bool same_layout(const struct series *a, const struct series *b)
{
	return a->block_offset == b->block_offset && a->n_points == b->n_points &&
	       labels_eq(series_own_labels(a), series_own_labels(b));
}

bool block_same_layout(const struct block *a, const struct block *b)
{
	if (a->n_bytes != b->n_bytes || a->n_series != b->n_series || a->type != b->type)
		return false;
	for (uint32_t i = 0; i < a->n_series; i++)
		if (!same_layout(block_series(a, i), block_series(b, i)))
			return false;
	return true;
}

void block_overwrite(struct block *to, const struct block *from)
{
	const struct block kept = *to;

	assert(to->n_bytes == from->n_bytes);
	memcpy(to, from, from->n_bytes);
	to->place = kept.place;
	to->place_at = kept.place_at;
	to->born = kept.born;
	to->n_states = kept.n_states;
}

const struct series *block_series(const struct block *b, uint32_t i)
{
	const uint32_t *offsets = (const uint32_t *)(b + 1);

	assert(i < b->n_series);
	return (const struct series *)((const char *)b +
				       (b->n_series == 1 ? sizeof(*b) : offsets[i]));
}

struct labels series_own_labels(const struct series *s)
{
	const char *at = (const char *)(s + 1) + numbers_bytes(series_block(s)->type, s->n_points);

	return (struct labels){{at, s->labels_bytes}, s->n_labels};
}

static struct slice series_tail(const struct series *s)
{
	struct slice labels;
	uint32_t len;

	if (!s->has_tail)
		return SLICE_EMPTY;
	labels = series_own_labels(s).bytes;
	memcpy(&len, labels.ptr + labels.len, sizeof(len));
	return (struct slice){labels.ptr + labels.len + sizeof(len), len};
}

struct series_value series_value(const struct series *s)
{
	enum metric_type type = series_block(s)->type;
	const char *at = (const char *)(s + 1);
	struct series_value v = {.n_points = s->n_points,
				 .lacks_count = s->lacks_count,
				 .lacks_sum = s->lacks_sum,
				 .lacks_value = s->lacks_value,
				 .tail_whole = s->tail_whole,
				 .tail = series_tail(s)};
	struct totals totals;

	if (!metric_type_has_points(type)) {
		memcpy(&v.value, at, sizeof(v.value));
		return v;
	}
	memcpy(&totals, at, sizeof(totals));
	v.count = totals.count;
	v.count_float = totals.count_float;
	v.sum = totals.sum;
	if (type == METRIC_SUMMARY)
		v.quantiles = (const struct quantile *)(at + sizeof(totals));
	else
		v.buckets = (const struct bucket *)(at + sizeof(totals));
	return v;
}

struct series_value metric_value(enum metric_type type, const struct metric *metric)
{
	struct series_value v = {.value = metric->value,
				 .count = metric->count,
				 .count_float = metric->count_float,
				 .sum = metric->sum,
				 .lacks_count = metric->lacks_count,
				 .lacks_sum = metric->lacks_sum,
				 .lacks_value = metric->lacks_value,
				 .tail_whole = metric->tail_whole,
				 .tail = metric->tail,
				 .n_points = metric->n_points};

	if (type == METRIC_SUMMARY)
		v.quantiles = metric->quantiles;
	else
		v.buckets = metric->buckets;
	return v;
}

int series_compare(const struct series *a, const struct series *b)
{
	return labels_merged_compare(series_block(a)->stamp->implied, series_own_labels(a),
				     series_block(b)->stamp->implied, series_own_labels(b));
}
