/* SPDX-License-Identifier: Apache-2.0
 *
 * A text that is read as a number is written so that it reads back as the same one, and glibc
 * agrees on what it is. */
#include "format/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static void check_writing(double value)
{
	char text[NUMBER_TEXT_BYTES_MAX];
	size_t len = number_write(value, text);
	double back;

	assert(len > 0 && len <= sizeof(text));
	if (!number_parse((struct slice){text, len}, &back))
		abort();
	assert(isnan(value) ? isnan(back) : bits_of(back) == bits_of(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	double value, raw;
	int64_t integer;

	if (size >= sizeof(raw)) {
		memcpy(&raw, data, sizeof(raw));
		check_writing(raw);
	}
	if (number_parse_i64(text, &integer)) {
		char copy[64];

		if (size < sizeof(copy)) {
			(void)snprintf(copy, sizeof(copy), "%.*s", SLICE_ARG(text));
			assert(strtoll(copy, NULL, 10) == integer);
		}
		assert(number_parse(text, &value));
	}
	if (!number_parse(text, &value))
		return 0;
	check_writing(value);
	if (size < 1000) {
		char copy[1000];

		memcpy(copy, data, size);
		copy[size] = 0;
		assert(isnan(value) || bits_of(strtod(copy, NULL)) == bits_of(value));
	}
	return 0;
}
