/* SPDX-License-Identifier: Apache-2.0
 *
 * The text format of protobuf (protobuf-go, prototext), for messages whose fields are in the order
 * of their numbers: those of one number stand together, so that each is found by one walk.
 * Recursion goes as deep as the schema and WIRE_GROUPS_MAX. */
#include "format/debug_write.h"

#include <inttypes.h>
#include <math.h>

#include "base/utf8.h"
#include "format/number.h"
#include "format/protobuf_write.h"

struct text {
	struct buf *out;
	bool lines;
	unsigned depth;
	bool first; /* field of the message at hand */
};

/* ---- values ---- */

static void put_number(struct buf *out, double value)
{
	char text[NUMBER_TEXT_BYTES_MAX];

	if (isnan(value))
		buf_put(out, SLICE("nan"));
	else if (isinf(value))
		buf_put(out, value < 0 ? SLICE("-inf") : SLICE("inf"));
	else
		buf_put(out, (struct slice){text, number_write(value, text)});
}

static void put_hex(struct buf *out, char kind, uint32_t value, unsigned n_digits)
{
	char text[6] = {'\\', kind};

	assert(n_digits <= 4);
	for (unsigned i = 0; i < n_digits; i++)
		text[2 + i] = "0123456789abcdef"[value >> 4 * (n_digits - 1 - i) & 0xf];
	buf_put(out, (struct slice){text, 2 + n_digits});
}

static char short_escape(uint32_t code_point)
{
	switch (code_point) {
	case '"':
	case '\\':
		return (char)code_point;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static void put_string(struct buf *out, struct slice s)
{
	buf_put_byte(out, '"');
	while (s.len > 0 && buf_ok(out)) {
		size_t len;
		bool valid;
		uint32_t code_point = utf8_next(s, &len, &valid);
		char letter = short_escape(code_point);

		if (!valid)
			put_hex(out, 'x', (unsigned char)*s.ptr, 2);
		else if (letter != 0)
			buf_put(out, (struct slice){(char[]){'\\', letter}, 2});
		else if (code_point < ' ' || code_point == 0x7f)
			put_hex(out, 'x', code_point, 2);
		else if (code_point >= 0x80 && code_point <= 0x9f)
			put_hex(out, 'u', code_point, 4);
		else
			buf_put(out, (struct slice){s.ptr, len});
		s = slice_skip(s, len);
	}
	buf_put_byte(out, '"');
}

static void put_value(struct buf *out, const struct schema_field *known,
		      const struct wire_field *field)
{
	switch (known->kind) {
	case KIND_DOUBLE:
		put_number(out, wire_double(field->value));
		return;
	case KIND_STRING:
		put_string(out, field->bytes);
		return;
	case KIND_SINT32:
	case KIND_SINT64:
		buf_putf(out, "%" PRId64, wire_unzigzag(field->value));
		return;
	case KIND_INT32:
	case KIND_INT64:
		buf_putf(out, "%" PRId64, (int64_t)field->value);
		return;
	case KIND_TYPE:
		buf_put(out, metric_type_name((enum metric_type)field->value));
		return;
	default:
		buf_put_u64(out, field->value);
		return;
	}
}

/* ---- fields ---- */

/* Between fields: two spaces, or a new line. */
static void put_gap(struct text *t)
{
	if (t->lines && (!t->first || t->depth > 0)) {
		buf_put_byte(t->out, '\n');
		for (unsigned i = 0; i < t->depth; i++)
			buf_put(t->out, SLICE("  "));
	} else if (!t->first) {
		buf_put(t->out, SLICE("  "));
	}
	t->first = false;
}

static void put_colon(struct text *t)
{
	buf_put(t->out, t->lines ? SLICE(":  ") : SLICE(":"));
}

/* Recursion follows the schema, a tree six messages deep, and unknown groups, which the wire
 * reader bounds (WIRE_GROUPS_MAX). NOLINTBEGIN(misc-no-recursion) */
static void put_fields(struct text *t, const struct schema *schema, struct slice message);

static void put_message(struct text *t, const struct schema *schema, struct slice message)
{
	struct text inner = {
		.out = t->out, .lines = t->lines, .depth = t->depth + 1, .first = true};

	buf_put_byte(t->out, '{');
	put_fields(&inner, schema, message);
	if (!inner.first && t->lines) {
		inner.depth--;
		put_gap(&inner);
	}
	buf_put_byte(t->out, '}');
}

static void put_known(struct text *t, const struct schema_field *known,
		      const struct wire_field *field)
{
	put_gap(t);
	buf_put(t->out, slice_of(known->name));
	put_colon(t);
	if (known->kind == KIND_MESSAGE)
		put_message(t, known->message, field->bytes);
	else
		put_value(t->out, known, field);
}

static void put_unknown(struct text *t, const struct wire_field *field)
{
	put_gap(t);
	buf_put_u64(t->out, field->number);
	put_colon(t);
	switch (field->type) {
	case WIRE_VARINT:
		buf_put_u64(t->out, field->value);
		return;
	case WIRE_BYTES:
		put_string(t->out, field->bytes);
		return;
	case WIRE_GROUP:
		put_message(t, &schema_empty, field->bytes);
		return;
	default:
		buf_putf(t->out, "0x%" PRIx64, field->value);
		return;
	}
}

/* The fields of one number, which stand together; 0: those that are unknown. */
static void put_number_fields(struct text *t, const struct schema *schema, struct slice message,
			      uint32_t number)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field) && buf_ok(t->out)) {
		const struct schema_field *known = schema_known(schema, &field);

		if (known == NULL && number == 0)
			put_unknown(t, &field);
		else if (known != NULL && field.number == number)
			put_known(t, known, &field);
	}
}

static void put_fields(struct text *t, const struct schema *schema, struct slice message)
{
	for (const uint8_t *number = schema->declared; *number != 0; number++)
		put_number_fields(t, schema, message, *number);
	put_number_fields(t, schema, message, 0);
}

/* NOLINTEND(misc-no-recursion) */

void debug_write_message(struct buf *out, const struct schema *schema, struct slice message,
			 enum debug_style style, bool follows)
{
	struct text text = {.out = out, .lines = style == DEBUG_LINES, .first = !follows};

	put_fields(&text, schema, message);
}

void debug_write_metric(struct buf *out, enum metric_type type, const struct label *labels,
			size_t n_labels, const struct metric *metric)
{
	struct series_value value = metric_value(type, metric);
	struct buf message;

	buf_init(&message, SIZE_MAX / 2);
	protobuf_write_metric(&message, type, labels, n_labels, &value);
	if (buf_ok(&message))
		debug_write_message(out, &schema_metric, buf_slice(&message), DEBUG_LINE, false);
	else
		out->failed = true;
	buf_free(&message);
}
