/* SPDX-License-Identifier: Apache-2.0 */
#include "format/native_text.h"

#include "format/number.h"

static void put_number(struct buf *out, double value)
{
	char text[NUMBER_TEXT_BYTES_MAX];

	buf_put(out, (struct slice){text, number_write(value, text)});
}

static void put_bucket(struct buf *out, const struct native *n, char open, double from, double to,
		       char close, const struct native_bucket *bucket)
{
	buf_put(out, SLICE(", "));
	buf_put_byte(out, open);
	put_number(out, from);
	buf_put_byte(out, ',');
	put_number(out, to);
	buf_put_byte(out, close);
	buf_put_byte(out, ':');
	if (n->floats)
		put_number(out, bucket->count_float);
	else
		buf_put_u64(out, bucket->count);
}

bool native_write_text(struct buf *out, const struct native *n, const struct series_value *value,
		       struct arena *arena)
{
	const struct native_bucket zero = {.count = n->zero_count,
					   .count_float = n->zero_count_float};
	struct native_bucket bucket, *negative;
	struct native_walk walk;
	size_t n_negative;

	if (!native_gather_negative(n, arena, &negative, &n_negative))
		return false;
	buf_put(out, SLICE("{count:"));
	if (n->floats)
		put_number(out, value->count_float);
	else
		buf_put_u64(out, value->count);
	buf_put(out, SLICE(", sum:"));
	put_number(out, value->sum);
	while (n_negative-- > 0)
		put_bucket(out, n, '[', -native_bound(n->schema, negative[n_negative].index),
			   -native_bound_below(n->schema, negative[n_negative].index), ')',
			   &negative[n_negative]);
	if (!native_bucket_is_empty(n, &zero))
		put_bucket(out, n, '[', -n->zero_threshold, n->zero_threshold, ']', &zero);
	native_walk_start(n, NATIVE_POSITIVE, &walk);
	while (native_walk_next(&walk, &bucket))
		if (!native_bucket_is_empty(n, &bucket))
			put_bucket(out, n, '(', native_bound_below(n->schema, bucket.index),
				   native_bound(n->schema, bucket.index), ']', &bucket);
	buf_put_byte(out, '}');
	return true;
}
