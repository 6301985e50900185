/* SPDX-License-Identifier: Apache-2.0
 *
 * Recursion goes as deep as the schema does: six messages. */
#include "format/canon.h"

/* ---- judging ---- */

/* Numbers that came in one field. They are written one by one. */
static bool packed_is_good(const struct schema_field *known, struct slice packed, uint64_t *count)
{
	struct wire w = wire_start(packed);

	for (; wire_more(&w); (*count)++)
		if (known->kind == KIND_DOUBLE)
			(void)wire_fixed64(&w);
		else
			(void)wire_varint(&w);
	return !w.bad;
}

static bool varint_is_kept(const struct schema_field *known, const struct wire_field *field)
{
	if (field->type != WIRE_VARINT)
		return true;
	return schema_varint(known->kind, field->value) == field->value &&
	       !(known->implicit && field->value == 0);
}

static enum canon_verdict worse(enum canon_verdict a, enum canon_verdict b)
{
	return a < b ? a : b;
}

/* Recursion below follows the schema, a tree six messages deep.
 * NOLINTBEGIN(misc-no-recursion) */
static enum canon_verdict judge_value(const struct schema_field *known,
				      const struct wire_field *field, uint64_t *count)
{
	enum canon_verdict verdict =
		field->value_minimal && varint_is_kept(known, field) ? CANON_IS : CANON_OTHER;

	if (known->kind == KIND_MESSAGE) {
		*count += known->counted;
		return worse(verdict, canon_judge(known->message, field->bytes, count));
	}
	if (field->type == schema_wire_type(known->kind)) {
		*count += known->counted;
		return verdict;
	}
	return packed_is_good(known, field->bytes, count) ? CANON_OTHER : CANON_BAD;
}

enum canon_verdict canon_judge(const struct schema *schema, struct slice message, uint64_t *count)
{
	struct wire w = wire_start(message);
	enum canon_verdict verdict = CANON_IS;
	struct wire_field field;
	uint32_t previous = 0;

	while (verdict != CANON_BAD && wire_next(&w, &field)) {
		const struct schema_field *known = schema_known(schema, &field);
		uint32_t rank = known == NULL ? UINT32_MAX : field.number;
		bool in_order =
			rank > previous || (rank == previous && (known == NULL || known->repeated));

		if (!in_order || !field.tag_minimal)
			verdict = CANON_OTHER;
		previous = rank;
		if (known != NULL)
			verdict = worse(verdict, judge_value(known, &field, count));
	}
	return w.bad ? CANON_BAD : verdict;
}

/* ---- writing ---- */

static void put_tag(struct buf *out, uint32_t number, enum wire_type type)
{
	char *at = buf_reserve(out, WIRE_VARINT_BYTES_MAX);

	if (at != NULL)
		buf_advance(out, (size_t)(wire_put_tag(at, number, type) - at));
}

static void put_varint(struct buf *out, uint64_t value)
{
	char *at = buf_reserve(out, WIRE_VARINT_BYTES_MAX);

	if (at != NULL)
		buf_advance(out, (size_t)(wire_put_varint(at, value) - at));
}

static void put_message(struct buf *out, uint32_t number, const struct schema *schema,
			struct slice message)
{
	struct buf inner;

	buf_init(&inner, out->bytes_max);
	canon_write(schema, message, &inner);
	if (!buf_ok(&inner))
		out->failed = true;
	put_tag(out, number, WIRE_BYTES);
	put_varint(out, inner.len);
	buf_put(out, buf_slice(&inner));
	buf_free(&inner);
}

static void put_packed(struct buf *out, uint32_t number, const struct schema_field *known,
		       struct slice packed)
{
	struct wire w = wire_start(packed);

	while (wire_more(&w)) {
		put_tag(out, number, schema_wire_type(known->kind));
		if (known->kind == KIND_DOUBLE) {
			buf_put(out, (struct slice){w.at, sizeof(uint64_t)});
			(void)wire_fixed64(&w);
		} else {
			put_varint(out, schema_varint(known->kind, wire_varint(&w)));
		}
	}
}

static void put_field(struct buf *out, const struct schema_field *known,
		      const struct wire_field *field)
{
	if (known->kind == KIND_MESSAGE) {
		put_message(out, field->number, known->message, field->bytes);
		return;
	}
	if (field->type != schema_wire_type(known->kind)) {
		put_packed(out, field->number, known, field->bytes);
		return;
	}
	if (known->implicit && schema_varint(known->kind, field->value) == 0)
		return;
	put_tag(out, field->number, field->type);
	if (field->type == WIRE_VARINT) {
		put_varint(out, schema_varint(known->kind, field->value));
	} else if (field->type == WIRE_BYTES) {
		put_varint(out, field->bytes.len);
		buf_put(out, field->bytes);
	} else {
		buf_put(out, field->behind);
	}
}

/* Joined messages are one message with the fields of both. */
static void put_singular(struct buf *out, const struct schema *schema, struct slice message,
			 uint32_t number)
{
	const struct schema_field *known = &schema->fields[number];
	struct wire w = wire_start(message);
	struct wire_field field, last = {0};
	struct buf joined;

	buf_init(&joined, message.len);
	while (wire_next(&w, &field))
		if (field.number == number && schema_known(schema, &field) != NULL) {
			last = field;
			if (known->kind == KIND_MESSAGE)
				buf_put(&joined, field.bytes);
		}
	if (known->kind == KIND_MESSAGE) {
		if (!buf_ok(&joined))
			out->failed = true;
		last.bytes = buf_slice(&joined);
	}
	put_field(out, known, &last);
	buf_free(&joined);
}

static void put_repeated(struct buf *out, const struct schema *schema, struct slice message,
			 uint32_t number)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field))
		if (field.number == number && schema_known(schema, &field) != NULL)
			put_field(out, &schema->fields[number], &field);
}

static void put_unknown(struct buf *out, const struct schema *schema, struct slice message)
{
	struct wire w = wire_start(message);
	struct wire_field field;

	while (wire_next(&w, &field))
		if (schema_known(schema, &field) == NULL) {
			put_tag(out, field.number, field.type);
			buf_put(out, field.behind);
		}
}

static uint32_t numbers_present(const struct schema *schema, struct slice message)
{
	struct wire w = wire_start(message);
	struct wire_field field;
	uint32_t present = 0;

	while (wire_next(&w, &field))
		if (schema_known(schema, &field) != NULL)
			present |= (uint32_t)1 << field.number;
	return present;
}

void canon_write(const struct schema *schema, struct slice message, struct buf *out)
{
	uint32_t present = numbers_present(schema, message);

	for (uint32_t number = 1; number <= schema->number_max; number++) {
		if ((present >> number & 1) == 0)
			continue;
		if (schema->fields[number].repeated)
			put_repeated(out, schema, message, number);
		else
			put_singular(out, schema, message, number);
	}
	put_unknown(out, schema, message);
}

/* NOLINTEND(misc-no-recursion) */
