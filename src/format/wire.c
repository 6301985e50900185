/* SPDX-License-Identifier: Apache-2.0 */
#include "format/wire.h"

static uint64_t fail(struct wire *w)
{
	w->bad = true;
	w->at = w->end;
	return 0;
}

static bool fail_field(struct wire *w)
{
	(void)fail(w);
	return false;
}

uint64_t wire_varint(struct wire *w)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < WIRE_VARINT_BYTES_MAX && w->at < w->end; i++) {
		uint64_t byte = (unsigned char)*w->at++;

		if (i == WIRE_VARINT_BYTES_MAX - 1 && byte > 1)
			break;
		v |= (byte & 0x7f) << 7 * i;
		if (byte < 0x80)
			return v;
	}
	return fail(w);
}

static uint64_t take_little_endian(struct wire *w, size_t bytes)
{
	uint64_t v = 0;

	if ((size_t)(w->end - w->at) < bytes)
		return fail(w);
	for (size_t i = 0; i < bytes; i++)
		v |= (uint64_t)(unsigned char)w->at[i] << 8 * i;
	w->at += bytes;
	return v;
}

uint64_t wire_fixed64(struct wire *w)
{
	return take_little_endian(w, sizeof(uint64_t));
}

static struct slice take_bytes(struct wire *w, uint64_t bytes)
{
	struct slice s = {w->at, (size_t)bytes};

	if (bytes > (uint64_t)(w->end - w->at)) {
		(void)fail(w);
		return SLICE_EMPTY;
	}
	w->at += bytes;
	return s;
}

static bool take_tag(struct wire *w, uint32_t *ret_number, unsigned *ret_type)
{
	uint64_t tag = wire_varint(w);

	if (w->bad || tag >> 3 < 1 || tag >> 3 > WIRE_NUMBER_MAX)
		return fail_field(w);
	*ret_number = (uint32_t)(tag >> 3);
	*ret_type = tag & 7;
	return true;
}

/* Takes a group up to its end and says what is in it. */
static struct slice take_group(struct wire *w, uint32_t number)
{
	uint32_t open[WIRE_GROUPS_MAX] = {number};
	const char *begin = w->at, *end = begin;
	unsigned depth = 1;

	while (depth > 0 && !w->bad) {
		unsigned type;

		end = w->at;
		if (!take_tag(w, &number, &type))
			break;
		if (type == WIRE_VARINT)
			(void)wire_varint(w);
		else if (type == WIRE_FIXED64)
			(void)wire_fixed64(w);
		else if (type == WIRE_FIXED32)
			(void)take_little_endian(w, sizeof(uint32_t));
		else if (type == WIRE_BYTES)
			(void)take_bytes(w, wire_varint(w));
		else if (type == WIRE_GROUP && depth < WIRE_GROUPS_MAX)
			open[depth++] = number;
		else if (type == WIRE_GROUP_END && open[depth - 1] == number)
			depth--;
		else
			(void)fail(w);
	}
	return w->bad ? SLICE_EMPTY : slice_between(begin, end);
}

bool wire_next(struct wire *w, struct wire_field *ret)
{
	const char *tag = w->at, *behind;
	unsigned type;

	if (w->at == w->end || !take_tag(w, &ret->number, &type))
		return false;
	behind = w->at;
	ret->type = (enum wire_type)type;
	ret->value_minimal = true;
	ret->tag_minimal = (size_t)(behind - tag) == wire_tag_bytes(ret->number);
	switch (type) {
	case WIRE_VARINT:
		ret->value = wire_varint(w);
		ret->value_minimal = (size_t)(w->at - behind) == wire_varint_bytes(ret->value);
		break;
	case WIRE_FIXED64:
		ret->value = wire_fixed64(w);
		break;
	case WIRE_FIXED32:
		ret->value = take_little_endian(w, sizeof(uint32_t));
		break;
	case WIRE_BYTES:
		ret->bytes = take_bytes(w, wire_varint(w));
		ret->value_minimal = (size_t)(w->at - behind) - ret->bytes.len ==
				     wire_varint_bytes(ret->bytes.len);
		break;
	case WIRE_GROUP:
		ret->bytes = take_group(w, ret->number);
		break;
	default:
		return fail_field(w);
	}
	ret->behind = slice_between(behind, w->at);
	return !w->bad;
}

char *wire_put_varint(char *at, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*at++ = (char)(v | 0x80);
	*at++ = (char)v;
	return at;
}

char *wire_put_tag(char *at, uint32_t number, enum wire_type type)
{
	return wire_put_varint(at, (uint64_t)number << 3 | type);
}

char *wire_put_double(char *at, uint32_t number, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	at = wire_put_tag(at, number, WIRE_FIXED64);
	for (unsigned i = 0; i < 8; i++)
		*at++ = (char)(bits >> 8 * i);
	return at;
}

char *wire_put_bytes(char *at, uint32_t number, struct slice s)
{
	return slice_put(wire_put_varint(wire_put_tag(at, number, WIRE_BYTES), s.len), s);
}
