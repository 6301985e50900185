/* SPDX-License-Identifier: Apache-2.0
 *
 * wire.h -- the wire format of protocol buffers, read and written.
 *
 * Reading takes nothing on trust: a length is compared with what is there before it is used, groups
 * nest no deeper than WIRE_GROUPS_MAX, nothing is allocated. What is accepted is what protobuf-go
 * accepts. Writing is through a bare pointer into room that the size functions have measured. Pure;
 * any thread. */
#pragma once

#include <stdint.h>

#include "base/must.h"
#include "base/slice.h"

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_GROUP = 3,
	WIRE_GROUP_END = 4,
	WIRE_FIXED32 = 5,
};

enum {
	WIRE_GROUPS_MAX = 100,
	WIRE_VARINT_BYTES_MAX = 10,
	WIRE_NUMBER_MAX = (1 << 29) - 1,
};

/* A place in bytes; `bad` is sticky, and a bad cursor is at its end. */
struct wire {
	const char *at, *end;
	bool bad;
};

struct wire_field {
	uint32_t number;
	enum wire_type type;
	uint64_t value;      /* WIRE_VARINT, WIRE_FIXED64, WIRE_FIXED32: its bits */
	struct slice bytes;  /* WIRE_BYTES: the payload; WIRE_GROUP: what is in it */
	struct slice behind; /* all that follows the tag: what must be kept to keep the field */
	bool tag_minimal;    /* has no byte too many */
	bool value_minimal;  /* nor has the varint or length behind it */
};

static inline struct wire wire_start(struct slice s)
{
	return (struct wire){s.ptr, s.ptr + s.len, false};
}

static inline bool wire_more(const struct wire *w)
{
	return w->at < w->end;
}

/* 0, and bad, when it is cut off or does not fit 64 bits. */
uint64_t wire_varint(struct wire *w);

/* 0, and bad, when there are no eight bytes. */
uint64_t wire_fixed64(struct wire *w);

/* The next field; false at the end and when bad. */
bool wire_next(struct wire *w, struct wire_field *ret);

static inline double wire_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* sint32 and sint64: small numbers of either sign are short. */
static inline int64_t wire_unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static inline uint64_t wire_zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

/* ---- writing ---- */

static inline size_t wire_varint_bytes(uint64_t v)
{
	return (size_t)(70 - __builtin_clzll(v | 1)) / 7;
}

static inline size_t wire_tag_bytes(uint32_t number)
{
	return wire_varint_bytes((uint64_t)number << 3);
}

/* Tag, length and `bytes` of payload. */
static inline size_t wire_field_bytes(uint32_t number, size_t bytes)
{
	return wire_tag_bytes(number) + wire_varint_bytes(bytes) + bytes;
}

char *wire_put_varint(char *at, uint64_t v);
char *wire_put_tag(char *at, uint32_t number, enum wire_type type);
char *wire_put_double(char *at, uint32_t number, double value);  /* with its tag */
char *wire_put_bytes(char *at, uint32_t number, struct slice s); /* with tag and length */
