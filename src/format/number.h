/* SPDX-License-Identifier: Apache-2.0
 *
 * number.h -- numbers as Prometheus writes and reads them: no locale, correctly rounded both ways.
 * Pure; any thread. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/must.h"
#include "base/slice.h"

enum { NUMBER_TEXT_BYTES_MAX = 32 };

/* Shortest digits that read back as the same double; exponent form below 1e-4 and from 1e6 on, with
 * sign and at least two exponent digits; NaN, +Inf, -Inf. Negative zero is `-0`: text exposition
 * writes 0 for it (reference-compatible), JSON does not. Returns the number of bytes written. */
size_t number_write(double value, char ret[NUMBER_TEXT_BYTES_MAX]);

size_t number_write_u64(uint64_t value, char ret[NUMBER_TEXT_BYTES_MAX]);

/* The NaN that Go has: protobuf shows its bits, and Prometheus gives some others a meaning. */
static inline double number_nan(void)
{
	const uint64_t bits = 0x7ff8000000000001;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* A sample value of text format 0.0.4: Go's strconv.ParseFloat without hexadecimal and underscores;
 * inf and infinity in any case with optional sign, nan in any case without. False on anything else
 * and on overflow; underflow is zero. */
must_check bool number_parse(struct slice text, double *ret);

/* Base 10, optional sign, no blanks; false when out of range. */
must_check bool number_parse_i64(struct slice text, int64_t *ret);
