/* SPDX-License-Identifier: Apache-2.0
 *
 * unicode.h -- which code points are shown as they are when text is quoted, as Go's
 * unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. Pure; any
 * thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool unicode_is_print(uint32_t code_point);
