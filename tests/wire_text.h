/* SPDX-License-Identifier: Apache-2.0
 *
 * wire_text.h -- for tests: messages of protocol buffers written so that they can be read.
 *
 *     1:"m" 3:1 4:{1:{1:"a" 2:"b"} 2:{1:1.5d}}
 *
 * Each field is its number and a value: "text" (C escapes n, ", \, xFF), {message}, [group], a
 * number (varint; -1 as in int64), 1.5d (64 bits), 7f (32 bits), #hex (bytes as they are, without a
 * tag; up to a comma or the end of the message). */
#pragma once

#include <ctype.h>
#include <stdio.h>

#include "base/buf.h"
#include "format/wire.h"

static inline void wire_text_varint(struct buf *out, uint64_t value)
{
	char text[WIRE_VARINT_BYTES_MAX];

	buf_put(out, slice_between(text, wire_put_varint(text, value)));
}

static inline int wire_text_hex(const char **at)
{
	char digits[3] = {(*at)[0], (*at)[1], '\0'};

	assert(isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]));
	*at += 2;
	return (int)strtol(digits, NULL, 16);
}

static inline const char *wire_text_string(struct buf *out, const char *at)
{
	for (; *at != '"';) {
		char c = *at++;

		assert(c != '\0');
		if (c == '\\' && *at == 'x') {
			at++;
			c = (char)wire_text_hex(&at);
		} else if (c == '\\') {
			c = *at == 'n' ? '\n' : *at;
			at++;
		}
		buf_put_byte(out, c);
	}
	return at + 1;
}

static inline const char *wire_text_number(struct buf *out, uint32_t number, const char *at)
{
	char *end, *float_end;
	double real = strtod(at, &float_end);
	long long whole = *at == '-' ? strtoll(at, &end, 10) : (long long)strtoull(at, &end, 10);
	char bytes[16];

	if (*float_end == 'd') {
		buf_put(out, slice_between(bytes, wire_put_double(bytes, number, real)));
		return float_end + 1;
	}
	assert(end > at);
	if (*end == 'f') {
		wire_text_varint(out, (uint64_t)number << 3 | WIRE_FIXED32);
		for (int i = 0; i < 4; i++)
			buf_put_byte(out, (char)(whole >> 8 * i));
		return end + 1;
	}
	wire_text_varint(out, (uint64_t)number << 3 | WIRE_VARINT);
	wire_text_varint(out, (uint64_t)whole);
	return end;
}

static inline const char *wire_text_fields(struct buf *out, const char *at);

static inline const char *wire_text_value(struct buf *out, uint32_t number, const char *at)
{
	struct buf inner;

	if (*at != '"' && *at != '{' && *at != '[')
		return wire_text_number(out, number, at);
	buf_init(&inner, SIZE_MAX / 2);
	if (*at == '[') {
		at = wire_text_fields(&inner, at + 1);
		assert(*at++ == ']');
		wire_text_varint(out, (uint64_t)number << 3 | WIRE_GROUP);
		buf_put(out, buf_slice(&inner));
		wire_text_varint(out, (uint64_t)number << 3 | WIRE_GROUP_END);
	} else {
		if (*at == '{') {
			at = wire_text_fields(&inner, at + 1);
			assert(*at++ == '}');
		} else {
			at = wire_text_string(&inner, at + 1);
		}
		wire_text_varint(out, (uint64_t)number << 3 | WIRE_BYTES);
		wire_text_varint(out, inner.len);
		buf_put(out, buf_slice(&inner));
	}
	buf_free(&inner);
	return at;
}

static inline const char *wire_text_fields(struct buf *out, const char *at)
{
	for (;;) {
		char *end;
		unsigned long number;

		at += strspn(at, " \n");
		if (*at == '#') {
			for (at++; isxdigit((unsigned char)*at); at += strspn(at, " "))
				buf_put_byte(out, (char)wire_text_hex(&at));
			at += *at == ',';
			continue;
		}
		if (!isdigit((unsigned char)*at))
			return at;
		number = strtoul(at, &end, 10);
		assert(*end == ':');
		at = wire_text_value(out, (uint32_t)number, end + 1);
	}
}

/* Appends one message. */
static inline void wire_text(struct buf *out, const char *text)
{
	const char *end = wire_text_fields(out, text);

	assert(*end == '\0');
}

/* Appends one message behind its length, as pushes are. */
static inline void wire_text_delimited(struct buf *out, const char *text)
{
	struct buf message;

	buf_init(&message, SIZE_MAX / 2);
	wire_text(&message, text);
	wire_text_varint(out, message.len);
	buf_put(out, buf_slice(&message));
	buf_free(&message);
}
