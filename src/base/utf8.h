/* SPDX-License-Identifier: Apache-2.0
 *
 * utf8.h -- UTF-8 as Go's unicode/utf8 sees it: no surrogates, no overlong forms, at most U+10FFFF.
 * Pure; any thread. */
#pragma once

#include <stdint.h>

#include "base/slice.h"

bool utf8_valid(struct slice s);

/* How many code points valid UTF-8 is of. */
size_t utf8_count(struct slice s);

/* The first code point of a non-empty slice and its length in bytes; for a byte that starts no
 * valid sequence, U+FFFD and length 1, and `*ret_valid` false. */
uint32_t utf8_next(struct slice s, size_t *ret_len, bool *ret_valid);

/* Writes 1 to 4 bytes and returns how many. */
size_t utf8_encode(uint32_t code_point, char ret[4]);
