/* SPDX-License-Identifier: Apache-2.0
 *
 * number_plain.h -- numbers for people: the digits of number_write, never in exponent form. Pure;
 * any thread. */
#pragma once

#include "format/number.h"

/* A sign, 0, a point, 323 zeros and 17 digits. */
enum { NUMBER_PLAIN_BYTES_MAX = 352 };

size_t number_write_plain(double value, char ret[NUMBER_PLAIN_BYTES_MAX]);
