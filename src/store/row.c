/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row.h"

#include <xxhash.h>

#include "format/wire.h"

enum {
	KIND_TYPE = 0x07,
	KIND_HELP = 0x08,
	KIND_LARGE = 0x10,
	KIND_REST = 0x20,
	KIND_ALL = KIND_TYPE | KIND_HELP | KIND_LARGE | KIND_REST,
};

enum {
	SERIES_LACKS_COUNT = 0x01,
	SERIES_LACKS_SUM = 0x02,
	SERIES_LACKS_VALUE = 0x04,
	SERIES_TAIL = 0x08,
	SERIES_TAIL_WHOLE = 0x10, /* with SERIES_TAIL only */
	SERIES_FLOATS = 0x20,     /* float counts follow whole ones */
	SERIES_INDEX = 0x40,      /* in the body it had another index than here */
	SERIES_LABELS = 0x80,
};

/* The least that one takes in the content, which bounds what a number can make us allocate. */
enum {
	SERIES_BYTES_MIN = 1 + 8,
	FAMILY_BYTES_MIN = 4,
	QUANTILE_BYTES = 8 + 8,
	BUCKET_BYTES_MIN = 8 + 1,
};

uint64_t row_checksum(int64_t key, struct slice text, struct slice content)
{
	uint64_t over_text = XXH3_64bits_withSeed(text.ptr, text.len, (uint64_t)key);

	return XXH3_64bits_withSeed(content.ptr, content.len, over_text);
}

/* ---- writing ---- */

static char *put_fixed64(char *at, uint64_t bits)
{
	for (int i = 0; i < 8; i++)
		at[i] = (char)(bits >> 8 * i);
	return at + 8;
}

static char *put_float(char *at, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return put_fixed64(at, bits);
}

/* Wraps around, as does its reverse. */
static char *put_relative(char *at, int64_t value, int64_t base)
{
	return wire_put_varint(at, wire_zigzag((int64_t)((uint64_t)value - (uint64_t)base)));
}

static char *put_text(char *at, struct slice s)
{
	return slice_put(wire_put_varint(at, s.len), s);
}

static void claim(struct buf *out, const char *end)
{
	buf_advance(out, (size_t)(end - (out->ptr + out->len)));
}

/* When its value was set stands in its block. */
static struct kept_time time_of(const struct group_state *state, struct slice name, double seconds)
{
	for (uint32_t i = 0; i < state->n_held; i++)
		if (slice_eq(state->held[i].family->name, name))
			return (struct kept_time){seconds, state->held[i].block->pushed_ns};
	return (struct kept_time){seconds, 0};
}

void row_put_head(struct buf *out, const struct group_state *state)
{
	struct kept_time push = time_of(state, PUSH_TIME_NAME, state->push_time);
	struct kept_time failure = time_of(state, PUSH_FAILURE_TIME_NAME, state->failure_time);
	char *at = buf_reserve(out, 2 * (8 + WIRE_VARINT_BYTES_MAX) + WIRE_VARINT_BYTES_MAX);
	uint32_t n = 0;

	if (at == NULL)
		return;
	for (uint32_t i = 0; i < state->n_held; i++)
		n += !state->held[i].family->is_time;
	at = put_float(at, push.seconds);
	at = put_relative(at, push.set_ns, 0);
	at = put_float(at, failure.seconds);
	at = put_relative(at, failure.set_ns, push.set_ns);
	at = wire_put_varint(at, n);
	claim(out, at);
}

static void put_family_head(struct buf *out, const struct held *held, int kind,
			    int64_t *previous_ns)
{
	const struct help *help = held->block->help;
	struct slice rest = block_rest(held->block);
	size_t bytes = 1 + 4 * WIRE_VARINT_BYTES_MAX + held->family->name.len +
		       (help == NULL ? 0 : help->text.len) + rest.len;
	char *at = buf_reserve(out, bytes);

	if (at == NULL)
		return;
	*at++ = (char)(kind | held->block->type | (help == NULL ? 0 : KIND_HELP) |
		       (rest.len == 0 ? 0 : KIND_REST));
	at = put_text(at, held->family->name);
	if (help != NULL)
		at = put_text(at, help->text);
	if (rest.len > 0)
		at = put_text(at, rest);
	at = put_relative(at, held->block->pushed_ns, *previous_ns);
	*previous_ns = held->block->pushed_ns;
	claim(out, at);
}

void row_put_family(struct buf *out, const struct held *held, int64_t *previous_ns)
{
	put_family_head(out, held, 0, previous_ns);
	row_put_series(out, held->block);
}

void row_put_large_family(struct buf *out, const struct held *held, uint64_t checksum,
			  int64_t *previous_ns)
{
	char *at;

	put_family_head(out, held, KIND_LARGE, previous_ns);
	at = buf_reserve(out, 8);
	if (at != NULL)
		claim(out, put_fixed64(at, checksum));
}

static bool is_zero(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits == 0;
}

static bool has_floats(enum metric_type type, const struct series_value *v)
{
	if (!is_zero(v->count_float))
		return true;
	for (uint32_t i = 0; type != METRIC_SUMMARY && i < v->n_points; i++)
		if (!is_zero(v->buckets[i].count_float))
			return true;
	return false;
}

static int series_flags(const struct series *s, uint32_t i, const struct series_value *v,
			bool floats)
{
	return (v->lacks_count ? SERIES_LACKS_COUNT : 0) | (v->lacks_sum ? SERIES_LACKS_SUM : 0) |
	       (v->lacks_value ? SERIES_LACKS_VALUE : 0) |
	       (v->tail.len > 0 || v->tail_whole ? SERIES_TAIL : 0) |
	       (v->tail_whole ? SERIES_TAIL_WHOLE : 0) | (floats ? SERIES_FLOATS : 0) |
	       (s->pushed_index != i ? SERIES_INDEX : 0) | (s->n_labels > 0 ? SERIES_LABELS : 0);
}

static char *put_points(char *at, enum metric_type type, const struct series_value *v, bool floats)
{
	at = wire_put_varint(at, v->n_points);
	for (uint32_t i = 0; type == METRIC_SUMMARY && i < v->n_points; i++) {
		at = put_float(at, v->quantiles[i].quantile);
		at = put_float(at, v->quantiles[i].value);
	}
	for (uint32_t i = 0; type != METRIC_SUMMARY && i < v->n_points; i++) {
		at = put_float(at, v->buckets[i].upper_bound);
		at = wire_put_varint(at, v->buckets[i].count);
		if (floats)
			at = put_float(at, v->buckets[i].count_float);
	}
	return at;
}

static char *put_numbers(char *at, enum metric_type type, const struct series_value *v, bool floats)
{
	if (!metric_type_has_points(type))
		return put_float(at, v->value);
	at = wire_put_varint(at, v->count);
	at = put_float(at, v->sum);
	if (floats)
		at = put_float(at, v->count_float);
	return put_points(at, type, v, floats);
}

static void put_one_series(struct buf *out, const struct series *s, uint32_t i,
			   enum metric_type type)
{
	struct series_value v = series_value(s);
	struct labels own = series_own_labels(s);
	bool floats = metric_type_has_points(type) && has_floats(type, &v);
	int flags = series_flags(s, i, &v, floats);
	size_t bytes = 1 + 5 * WIRE_VARINT_BYTES_MAX + 16 + own.bytes.len +
		       (size_t)v.n_points * (16 + WIRE_VARINT_BYTES_MAX) + v.tail.len;
	char *at = buf_reserve(out, bytes);

	if (at == NULL)
		return;
	*at++ = (char)flags;
	if (flags & SERIES_INDEX)
		at = wire_put_varint(at, s->pushed_index);
	if (flags & SERIES_LABELS)
		at = put_text(at, own.bytes);
	at = put_numbers(at, type, &v, floats);
	if (flags & SERIES_TAIL)
		at = put_text(at, v.tail);
	claim(out, at);
}

void row_put_series(struct buf *out, const struct block *b)
{
	char *at = buf_reserve(out, WIRE_VARINT_BYTES_MAX);

	if (at != NULL)
		claim(out, wire_put_varint(at, b->n_series));
	for (uint32_t i = 0; i < b->n_series && buf_ok(out); i++)
		put_one_series(out, block_series(b, i), i, b->type);
}

/* ---- reading ---- */

static double take_float(struct wire *w)
{
	return wire_double(wire_fixed64(w));
}

static int64_t take_relative(struct wire *w, int64_t base)
{
	return (int64_t)((uint64_t)wire_unzigzag(wire_varint(w)) + (uint64_t)base);
}

static void set_bad(struct wire *w)
{
	w->bad = true;
	w->at = w->end;
}

static uint8_t take_byte(struct wire *w)
{
	if (w->at == w->end) {
		set_bad(w);
		return 0;
	}
	return (uint8_t)*w->at++;
}

static struct slice take_text(struct wire *w)
{
	uint64_t len = wire_varint(w);
	struct slice text = {w->at, (size_t)len};

	if (len > (uint64_t)(w->end - w->at)) {
		set_bad(w);
		return SLICE_EMPTY;
	}
	w->at += len;
	return text;
}

/* A number of things of which each takes at least so many bytes. */
static uint32_t take_count(struct wire *w, size_t bytes_min)
{
	uint64_t n = wire_varint(w);

	if (n > (uint64_t)(w->end - w->at) / bytes_min || n > UINT32_MAX) {
		set_bad(w);
		return 0;
	}
	return (uint32_t)n;
}

static bool labels_ok(struct slice packed, bool names_differ, uint32_t *ret_n)
{
	struct wire w = wire_start(packed);
	struct slice before = SLICE_EMPTY;
	uint32_t n = 0;

	while (wire_more(&w)) {
		struct slice name = take_text(&w);
		int order;

		(void)take_text(&w);
		order = n == 0 ? -1 : slice_compare(before, name);
		if (w.bad || order > 0 || (order == 0 && names_differ) || n == SERIES_LABELS_MAX)
			return false;
		before = name;
		n++;
	}
	*ret_n = n;
	return true;
}

bool row_labels_ok(struct slice packed, uint32_t *ret_n)
{
	return labels_ok(packed, true, ret_n);
}

enum row_result row_open(struct row_reader *r, struct slice content)
{
	struct wire w = wire_start(content);

	*r = (struct row_reader){0};
	r->push.seconds = take_float(&w);
	r->push.set_ns = take_relative(&w, 0);
	r->failure.seconds = take_float(&w);
	r->failure.set_ns = take_relative(&w, r->push.set_ns);
	r->n_families = r->n_left = take_count(&w, FAMILY_BYTES_MIN);
	r->rest = slice_between(w.at, w.end);
	return w.bad || (r->n_left == 0 && wire_more(&w)) ? ROW_BAD : ROW_OK;
}

static enum row_result take_points(struct wire *w, enum metric_type type, bool floats,
				   struct arena *arena, struct metric *m)
{
	m->n_points = take_count(w, type == METRIC_SUMMARY ? QUANTILE_BYTES : BUCKET_BYTES_MIN);
	if (type == METRIC_SUMMARY) {
		m->quantiles = arena_new_array(arena, struct quantile, m->n_points);
		if (m->quantiles == NULL)
			return ROW_NOMEM;
		for (uint32_t i = 0; i < m->n_points; i++) {
			m->quantiles[i].quantile = take_float(w);
			m->quantiles[i].value = take_float(w);
		}
		return ROW_OK;
	}
	m->buckets = arena_new_array(arena, struct bucket, m->n_points);
	if (m->buckets == NULL)
		return ROW_NOMEM;
	for (uint32_t i = 0; i < m->n_points; i++) {
		m->buckets[i].upper_bound = take_float(w);
		m->buckets[i].count = wire_varint(w);
		m->buckets[i].count_float = floats ? take_float(w) : 0;
	}
	return ROW_OK;
}

static enum row_result take_numbers(struct wire *w, enum metric_type type, bool floats,
				    struct arena *arena, struct metric *m)
{
	if (!metric_type_has_points(type)) {
		m->value = take_float(w);
		return ROW_OK;
	}
	m->count = wire_varint(w);
	m->sum = take_float(w);
	m->count_float = floats ? take_float(w) : 0;
	return take_points(w, type, floats, arena, m);
}

static bool take_own_labels(struct wire *w, struct labels *ret)
{
	ret->bytes = take_text(w);
	return !w->bad && labels_ok(ret->bytes, false, &ret->n);
}

static enum row_result take_one_series(struct wire *w, enum metric_type type, uint32_t i,
				       struct arena *arena, struct stamped_metric *ret)
{
	int flags = take_byte(w);
	struct metric *m = ret->metric;
	enum row_result result;

	m->lacks_count = flags & SERIES_LACKS_COUNT;
	m->lacks_sum = flags & SERIES_LACKS_SUM;
	m->lacks_value = flags & SERIES_LACKS_VALUE;
	m->tail_whole = flags & SERIES_TAIL_WHOLE;
	ret->pushed_index = i;
	if (flags & SERIES_INDEX) {
		uint64_t index = wire_varint(w);

		if (index > UINT32_MAX)
			return ROW_BAD;
		ret->pushed_index = (uint32_t)index;
	}
	ret->own = LABELS_NONE;
	if (flags & SERIES_LABELS && !take_own_labels(w, &ret->own))
		return ROW_BAD;
	result = take_numbers(w, type, flags & SERIES_FLOATS, arena, m);
	if (flags & SERIES_TAIL)
		m->tail = take_text(w);
	else if (m->tail_whole)
		return ROW_BAD;
	return w->bad ? ROW_BAD : result;
}

/* Otherwise the order that the store keeps would be broken. */
static bool in_order(const struct stamped_metric *a, const struct stamped_metric *b,
		     const struct stamp *stamp)
{
	return labels_merged_compare(stamp->implied, a->own, stamp->implied, b->own) <= 0;
}

static enum row_result take_series(struct wire *w, const struct row_family *family,
				   const struct stamp *stamp, struct arena *arena,
				   struct block **ret)
{
	uint32_t n = take_count(w, SERIES_BYTES_MIN);
	struct metric *metrics = arena_new_array(arena, struct metric, n);
	struct stamped_metric *stamped = arena_new_array(arena, struct stamped_metric, n);
	struct family head = {.type = family->type, .rest = family->rest};

	if (w->bad)
		return ROW_BAD;
	if (metrics == NULL || stamped == NULL)
		return ROW_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		enum row_result result;

		stamped[i].metric = &metrics[i];
		result = take_one_series(w, family->type, i, arena, &stamped[i]);
		if (result != ROW_OK)
			return result;
		if (i > 0 && !in_order(&stamped[i - 1], &stamped[i], stamp))
			return ROW_BAD;
	}
	*ret = block_freeze(&(struct stamped){.family = &head, .metrics = stamped, .n = n});
	if (*ret == NULL)
		return ROW_NOMEM;
	(*ret)->pushed_ns = family->pushed_ns;
	return ROW_OK;
}

static bool take_family_head(struct wire *w, struct row_reader *r, struct row_family *ret)
{
	int kind = take_byte(w);

	*ret = (struct row_family){.type = kind & KIND_TYPE, .large = kind & KIND_LARGE};
	if ((kind & ~KIND_ALL) != 0 || (kind & KIND_TYPE) >= METRIC_TYPES)
		return false;
	ret->family.name = take_text(w);
	ret->family.has_help = kind & KIND_HELP;
	ret->family.help = ret->family.has_help ? take_text(w) : SLICE_EMPTY;
	ret->rest = kind & KIND_REST ? take_text(w) : SLICE_EMPTY;
	ret->pushed_ns = take_relative(w, r->previous_ns);
	r->previous_ns = ret->pushed_ns;
	if (w->bad || own_family_is_time(ret->family.name) ||
	    ((kind & KIND_REST) != 0 && ret->rest.len == 0) ||
	    (r->n_left < r->n_families && slice_compare(r->previous_name, ret->family.name) >= 0))
		return false;
	r->previous_name = ret->family.name;
	return true;
}

enum row_result row_next(struct row_reader *r, const struct stamp *stamp, struct arena *arena,
			 struct row_family *ret)
{
	struct wire w = wire_start(r->rest);
	enum row_result result = ROW_OK;

	assert(r->n_left > 0);
	if (!take_family_head(&w, r, ret))
		return ROW_BAD;
	if (ret->large)
		ret->checksum = wire_fixed64(&w);
	else
		result = take_series(&w, ret, stamp, arena, &ret->family.block);
	if (result != ROW_OK)
		return result;
	r->rest = slice_between(w.at, w.end);
	if (!w.bad && (--r->n_left > 0 || !wire_more(&w)))
		return ROW_OK;
	block_free(ret->family.block);
	ret->family.block = NULL;
	return ROW_BAD;
}

enum row_result row_read_series(struct slice content, const struct row_family *family,
				const struct stamp *stamp, struct arena *arena, struct block **ret)
{
	struct wire w = wire_start(content);
	enum row_result result = take_series(&w, family, stamp, arena, ret);

	if (result != ROW_OK || !wire_more(&w))
		return result;
	block_free(*ret);
	*ret = NULL;
	return ROW_BAD;
}
