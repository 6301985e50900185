/* SPDX-License-Identifier: Apache-2.0 */
#include "format/native.h"

#include "format/extras.h"

struct native native_read(struct slice message, double count_float)
{
	struct native n = {.message = message};
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field)) {
		if (schema_known(&schema_histogram, &field) == NULL)
			continue;
		switch (field.number) {
		case HISTOGRAM_SCHEMA:
			n.schema = (int32_t)wire_unzigzag(field.value);
			break;
		case HISTOGRAM_ZERO_THRESHOLD:
			n.zero_threshold = wire_double(field.value);
			break;
		case HISTOGRAM_ZERO_COUNT:
			n.zero_count = field.value;
			break;
		case HISTOGRAM_ZERO_COUNT_FLOAT:
			n.zero_count_float = wire_double(field.value);
			break;
		case HISTOGRAM_NEGATIVE_SPAN:
		case HISTOGRAM_POSITIVE_SPAN:
			n.has_spans = true;
			break;
		}
	}
	n.floats = count_float > 0 || n.zero_count_float > 0;
	return n;
}

struct native native_of_series(const struct series *s)
{
	struct series_value value = series_value(s);

	return native_read(extras_message(METRIC_HISTOGRAM, &value), value.count_float);
}

static uint32_t span_number(enum native_side side)
{
	return side == NATIVE_POSITIVE ? HISTOGRAM_POSITIVE_SPAN : HISTOGRAM_NEGATIVE_SPAN;
}

static uint32_t value_number(const struct native *n, enum native_side side)
{
	if (side == NATIVE_POSITIVE)
		return n->floats ? HISTOGRAM_POSITIVE_COUNT : HISTOGRAM_POSITIVE_DELTA;
	return n->floats ? HISTOGRAM_NEGATIVE_COUNT : HISTOGRAM_NEGATIVE_DELTA;
}

/* The next field of that number. */
static bool next_of(struct wire *w, uint32_t number, struct wire_field *ret)
{
	while (wire_next(w, ret))
		if (ret->number == number && schema_known(&schema_histogram, ret) != NULL)
			return true;
	return false;
}

struct span {
	int32_t offset;
	uint32_t length;
};

static bool next_span(struct wire *w, uint32_t number, struct span *ret)
{
	struct wire_field field;
	struct wire inner;

	if (!next_of(w, number, &field))
		return false;
	*ret = (struct span){0};
	inner = wire_start(field.bytes);
	while (wire_next(&inner, &field)) {
		if (field.type != WIRE_VARINT)
			continue;
		if (field.number == SPAN_OFFSET)
			ret->offset = (int32_t)wire_unzigzag(field.value);
		else if (field.number == SPAN_LENGTH)
			ret->length = (uint32_t)field.value;
	}
	return true;
}

void native_bucket_counts(const struct native *n, enum native_side side, uint64_t *ret_by_spans,
			  uint64_t *ret_values)
{
	struct wire spans = wire_start(n->message), values = spans;
	struct wire_field field;
	struct span span;

	*ret_by_spans = *ret_values = 0;
	while (next_span(&spans, span_number(side), &span))
		*ret_by_spans += span.length;
	while (next_of(&values, value_number(n, side), &field))
		(*ret_values)++;
}

void native_walk_start(const struct native *n, enum native_side side, struct native_walk *ret)
{
	*ret = (struct native_walk){
		.spans = wire_start(n->message),
		.values = wire_start(n->message),
		.span_number = span_number(side),
		.value_number = value_number(n, side),
	};
}

/* Indexes wrap as the reference's do. */
static int32_t add_wrapping(int32_t a, uint32_t b)
{
	return (int32_t)((uint32_t)a + b);
}

bool native_walk_next(struct native_walk *w, struct native_bucket *ret)
{
	struct wire_field field;
	struct span span;

	while (w->left == 0) {
		if (!next_span(&w->spans, w->span_number, &span))
			return false;
		w->next.index = add_wrapping(w->next.index, (uint32_t)span.offset);
		w->left = span.length;
	}
	if (!next_of(&w->values, w->value_number, &field))
		return false;
	if (field.type == WIRE_FIXED64)
		w->next.count_float = wire_double(field.value);
	else
		w->next.count += (uint64_t)wire_unzigzag(field.value);
	*ret = w->next;
	w->next.index = add_wrapping(w->next.index, 1);
	w->left--;
	return true;
}

bool native_bucket_is_empty(const struct native *n, const struct native_bucket *bucket)
{
	return n->floats ? bucket->count_float == 0 : bucket->count == 0;
}

bool native_gather_negative(const struct native *n, struct arena *arena, struct native_bucket **ret,
			    size_t *ret_n)
{
	struct native_walk walk;
	struct native_bucket bucket;
	size_t kept = 0, at = 0;

	native_walk_start(n, NATIVE_NEGATIVE, &walk);
	while (native_walk_next(&walk, &bucket))
		kept += !native_bucket_is_empty(n, &bucket);
	*ret = arena_new_array(arena, struct native_bucket, kept);
	*ret_n = kept;
	if (*ret == NULL)
		return false;
	native_walk_start(n, NATIVE_NEGATIVE, &walk);
	while (native_walk_next(&walk, &bucket))
		if (!native_bucket_is_empty(n, &bucket))
			(*ret)[at++] = bucket;
	return true;
}
