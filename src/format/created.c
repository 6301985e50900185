/* SPDX-License-Identifier: Apache-2.0 */
#include "format/created.h"

#include "format/schema.h"

enum {
	SECOND_NS = 1000000000,
	TIMESTAMP_BYTES_MAX = 2 * (1 + WIRE_VARINT_BYTES_MAX), /* its two fields */
};

static uint32_t created_field(enum metric_type type)
{
	switch (type) {
	case METRIC_COUNTER:
		return COUNTER_CREATED;
	case METRIC_SUMMARY:
		return SUMMARY_CREATED;
	case METRIC_HISTOGRAM:
		return HISTOGRAM_CREATED;
	default:
		not_reached();
	}
}

bool created_make(enum metric_type type, int64_t unix_ns, struct arena *arena, struct slice *ret)
{
	/* A timestamp's nanoseconds count forward, before 1970, too. */
	int64_t ns =
		unix_ns % SECOND_NS < 0 ? unix_ns % SECOND_NS + SECOND_NS : unix_ns % SECOND_NS;
	int64_t seconds = (unix_ns - ns) / SECOND_NS;
	char timestamp[TIMESTAMP_BYTES_MAX], *at = timestamp, *text;

	/* of a proto3 message: a zero is not written */
	if (seconds != 0)
		at = wire_put_varint(wire_put_tag(at, TIMESTAMP_SECONDS, WIRE_VARINT),
				     (uint64_t)seconds);
	if (ns != 0)
		at = wire_put_varint(wire_put_tag(at, TIMESTAMP_NANOS, WIRE_VARINT), (uint64_t)ns);
	text = arena_text(arena, wire_field_bytes(created_field(type), (size_t)(at - timestamp)));
	if (text == NULL)
		return false;
	*ret = slice_between(
		text, wire_put_bytes(text, created_field(type), slice_between(timestamp, at)));
	return true;
}
