/* SPDX-License-Identifier: Apache-2.0 */
#include "format/extras.h"

#include "format/protobuf_write.h"
#include "format/schema.h"

enum {
	SECOND_NS = 1000000000,
	TIMESTAMP_BYTES_MAX = 2 * (1 + WIRE_VARINT_BYTES_MAX), /* its two fields */
};

static const int64_t SECONDS_MIN = -62135596800; /* 0001-01-01T00:00:00Z */
static const int64_t SECONDS_MAX = 253402300799; /* 9999-12-31T23:59:59Z */

bool moment_valid(struct moment moment)
{
	return moment.seconds >= SECONDS_MIN && moment.seconds <= SECONDS_MAX &&
	       moment.nanos >= 0 && moment.nanos < SECOND_NS;
}

static uint32_t created_field(enum metric_type type)
{
	static const uint8_t fields[METRIC_TYPES] = {
		[METRIC_COUNTER] = COUNTER_CREATED,
		[METRIC_SUMMARY] = SUMMARY_CREATED,
		[METRIC_HISTOGRAM] = HISTOGRAM_CREATED,
		[METRIC_GAUGE_HISTOGRAM] = HISTOGRAM_CREATED,
	};

	assert((unsigned)type < METRIC_TYPES);
	return fields[type];
}

/* ---- reading ---- */

static bool find_message(struct slice in, uint32_t number, struct slice *ret)
{
	struct wire w = wire_start(in);
	struct wire_field field;

	while (wire_next(&w, &field)) {
		if (field.number != number || field.type != WIRE_BYTES)
			continue;
		*ret = field.bytes;
		return true;
	}
	return false;
}

struct slice extras_message(enum metric_type type, const struct series_value *value)
{
	struct slice message = SLICE_EMPTY;

	if (!value->tail_whole)
		return value->tail;
	(void)find_message(value->tail, protobuf_value_field(type), &message);
	return message;
}

static struct moment read_moment(struct slice message)
{
	struct wire w = wire_start(message);
	struct moment moment = {0, 0};
	struct wire_field field;

	while (wire_next(&w, &field)) {
		if (field.type != WIRE_VARINT)
			continue;
		if (field.number == TIMESTAMP_SECONDS)
			moment.seconds = (int64_t)field.value;
		else if (field.number == TIMESTAMP_NANOS)
			moment.nanos = (int32_t)(uint32_t)field.value;
	}
	return moment;
}

bool extras_created(enum metric_type type, struct slice message, struct moment *ret)
{
	uint32_t number = created_field(type);
	struct slice time;

	if (number == 0 || !find_message(message, number, &time))
		return false;
	*ret = read_moment(time);
	return moment_valid(*ret);
}

static bool read_exemplar(struct slice in, uint32_t number, struct exemplar *ret)
{
	struct wire_field field;
	struct wire w;

	*ret = (struct exemplar){.message = SLICE_EMPTY};
	if (!find_message(in, number, &ret->message))
		return false;
	for (w = wire_start(ret->message); wire_next(&w, &field);) {
		if (field.number == EXEMPLAR_VALUE && field.type == WIRE_FIXED64) {
			ret->value = wire_double(field.value);
		} else if (field.number == EXEMPLAR_TIMESTAMP && field.type == WIRE_BYTES) {
			ret->has_time = true;
			ret->time = read_moment(field.bytes);
		}
	}
	return true;
}

bool extras_counter_exemplar(struct slice message, struct exemplar *ret)
{
	return read_exemplar(message, COUNTER_EXEMPLAR, ret);
}

void extras_buckets_start(struct slice message, struct extras_buckets *ret)
{
	ret->rest = message;
}

bool extras_buckets_next(struct extras_buckets *buckets, struct exemplar *ret)
{
	struct wire w = wire_start(buckets->rest);
	struct wire_field field;

	while (wire_next(&w, &field)) {
		if (field.number != HISTOGRAM_BUCKET || field.type != WIRE_BYTES)
			continue;
		buckets->rest = slice_between(w.at, w.end);
		return read_exemplar(field.bytes, BUCKET_EXEMPLAR, ret);
	}
	buckets->rest = SLICE_EMPTY;
	return false;
}

static struct label read_label(struct slice message)
{
	struct label label = {SLICE_EMPTY, SLICE_EMPTY};

	(void)find_message(message, LABEL_NAME, &label.name);
	(void)find_message(message, LABEL_VALUE, &label.value);
	return label;
}

bool exemplar_next_label(struct slice *rest, struct label *ret)
{
	struct wire w = wire_start(*rest);
	struct wire_field field;

	while (wire_next(&w, &field)) {
		*rest = slice_between(w.at, w.end);
		if (field.number != EXEMPLAR_LABEL || field.type != WIRE_BYTES)
			continue;
		*ret = read_label(field.bytes);
		return true;
	}
	return false;
}

/* ---- writing ---- */

/* Of a proto3 message: a zero is not written. */
static char *put_varint_field(char *at, uint32_t number, uint64_t value)
{
	return value == 0 ? at : wire_put_varint(wire_put_tag(at, number, WIRE_VARINT), value);
}

static void write_bytes(struct buf *out, uint32_t number, struct slice bytes)
{
	char *at = buf_reserve(out, wire_field_bytes(number, bytes.len));

	if (at != NULL)
		buf_advance(out, (size_t)(wire_put_bytes(at, number, bytes) - at));
}

/* The message Timestamp. */
static struct slice timestamp(const struct moment *moment, char ret[TIMESTAMP_BYTES_MAX])
{
	char *at = put_varint_field(ret, TIMESTAMP_SECONDS, (uint64_t)moment->seconds);

	at = put_varint_field(at, TIMESTAMP_NANOS, (uint64_t)moment->nanos);
	return slice_between(ret, at);
}

static void write_moment(struct buf *out, uint32_t number, const struct moment *moment)
{
	char text[TIMESTAMP_BYTES_MAX];

	write_bytes(out, number, timestamp(moment, text));
}

static void write_label(struct buf *out, const struct label *label)
{
	size_t bytes = wire_field_bytes(LABEL_NAME, label->name.len) +
		       wire_field_bytes(LABEL_VALUE, label->value.len);
	char *begin = buf_reserve(out, wire_field_bytes(EXEMPLAR_LABEL, bytes)), *at = begin;

	if (begin == NULL)
		return;
	at = wire_put_varint(wire_put_tag(at, EXEMPLAR_LABEL, WIRE_BYTES), bytes);
	at = wire_put_bytes(at, LABEL_NAME, label->name);
	at = wire_put_bytes(at, LABEL_VALUE, label->value);
	buf_advance(out, (size_t)(at - begin));
}

void exemplar_write(struct buf *out, const struct label *labels, size_t n, double value,
		    const struct moment *time)
{
	char *at;

	for (size_t i = 0; i < n; i++)
		write_label(out, &labels[i]);
	at = buf_reserve(out, 1 + sizeof(value));
	if (at != NULL)
		buf_advance(out, (size_t)(wire_put_double(at, EXEMPLAR_VALUE, value) - at));
	if (time != NULL)
		write_moment(out, EXEMPLAR_TIMESTAMP, time);
}

void extras_write_tail(struct buf *out, enum metric_type type, const struct slice *exemplar,
		       const struct moment *created)
{
	assert(exemplar == NULL || type == METRIC_COUNTER);
	if (exemplar != NULL)
		write_bytes(out, COUNTER_EXEMPLAR, *exemplar);
	if (created != NULL)
		write_moment(out, created_field(type), created);
}

bool extras_make_created(enum metric_type type, int64_t unix_ns, struct arena *arena,
			 struct slice *ret)
{
	int64_t ns =
		unix_ns % SECOND_NS < 0 ? unix_ns % SECOND_NS + SECOND_NS : unix_ns % SECOND_NS;
	struct moment moment = {(unix_ns - ns) / SECOND_NS, (int32_t)ns};
	uint32_t number = created_field(type);
	char message[TIMESTAMP_BYTES_MAX], *text;
	struct slice time = timestamp(&moment, message);

	text = arena_text(arena, wire_field_bytes(number, time.len));
	if (text == NULL)
		return false;
	*ret = slice_between(text, wire_put_bytes(text, number, time));
	return true;
}

/* In a bucket the exemplar comes before the count as a float. */
static void write_bucket(struct buf *out, struct slice numbers, struct slice exemplar)
{
	struct slice head = numbers, tail = SLICE_EMPTY;
	struct wire w = wire_start(numbers);
	struct wire_field field;
	struct buf bucket;

	for (const char *begin = w.at; wire_next(&w, &field); begin = w.at) {
		if (field.number <= BUCKET_EXEMPLAR)
			continue;
		head = slice_between(numbers.ptr, begin);
		tail = slice_between(begin, w.end);
		break;
	}
	buf_init(&bucket, SIZE_MAX / 2);
	buf_put(&bucket, head);
	if (exemplar.len > 0)
		write_bytes(&bucket, BUCKET_EXEMPLAR, exemplar);
	buf_put(&bucket, tail);
	write_bytes(out, HISTOGRAM_BUCKET, buf_slice(&bucket));
	out->failed = out->failed || !buf_ok(&bucket);
	buf_free(&bucket);
}

/* Numbers in the order of their fields, buckets with their exemplars. */
static void write_histogram(struct buf *out, struct slice numbers, const struct slice *exemplars)
{
	struct wire w = wire_start(numbers);
	struct wire_field field;
	size_t n = 0;

	for (const char *begin = w.at; wire_next(&w, &field); begin = w.at) {
		if (field.number == HISTOGRAM_BUCKET)
			write_bucket(out, field.bytes, exemplars[n++]);
		else
			buf_put(out, slice_between(begin, w.at));
	}
}

void extras_write_whole_tail(struct buf *out, enum metric_type type, const struct metric *metric,
			     const struct slice *exemplars, const struct moment *created)
{
	struct series_value value = metric_value(type, metric);
	size_t bytes = protobuf_numbers_bytes(type, &value);
	struct buf numbers, message;
	char *at;

	buf_init(&numbers, SIZE_MAX / 2);
	buf_init(&message, SIZE_MAX / 2);
	at = buf_reserve(&numbers, bytes);
	if (at != NULL)
		buf_advance(&numbers, (size_t)(protobuf_put_numbers(at, type, &value) - at));
	write_histogram(&message, buf_slice(&numbers), exemplars);
	extras_write_tail(&message, type, NULL, created);
	write_bytes(out, protobuf_value_field(type), buf_slice(&message));
	out->failed = out->failed || !buf_ok(&numbers) || !buf_ok(&message);
	buf_free(&numbers);
	buf_free(&message);
}
