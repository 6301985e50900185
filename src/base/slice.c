/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

static unsigned char ascii_lower(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return false;
	return true;
}

bool slice_cut(struct slice s, char sep, struct slice *ret_head, struct slice *ret_tail)
{
	const char *at = s.len == 0 ? NULL : memchr(s.ptr, sep, s.len);

	if (at == NULL)
		return false;
	*ret_head = slice_between(s.ptr, at);
	*ret_tail = slice_between(at + 1, s.ptr + s.len);
	return true;
}
