/* SPDX-License-Identifier: Apache-2.0
 *
 * quote.h -- quoting as Go's %q, for sentences that quote input. Pure; any thread. */
#pragma once

#include "base/buf.h"

/* "..." : printable Unicode kept, short escapes, \xff for invalid bytes, \x01, \u200b, \U0001f600
 * for what is not printable. */
void quote_string(struct buf *out, struct slice s);

/* '.' : one byte taken as a code point of that number. */
void quote_byte(struct buf *out, unsigned char byte);

/* Shown as it is: letters, marks, numbers, punctuation, symbols and the ASCII space (Go's
 * strconv.IsPrint). */
bool quote_is_print(uint32_t code_point);
