/* SPDX-License-Identifier: Apache-2.0
 *
 * path_byte.h -- what Go's net/url does with the bytes of a path. Any thread.
 *
 * It keeps a path as it came when escaping could have made it (validEncoded): when bytes that are
 * never escaped, and those that may stand, are all that is in it. Else it escapes the decoded path
 * (shouldEscape), and those that may stand as well. */
#pragma once

enum path_byte { PATH_OTHER, PATH_MAY_STAND, PATH_NEVER_ESCAPED };

extern const unsigned char path_byte_table[256];

static inline enum path_byte path_byte_of(char c)
{
	return path_byte_table[(unsigned char)c];
}
