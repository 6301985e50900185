/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "base/must.h"

/* Unicode 15, table 3-7: the ranges of the second byte keep out overlong forms and surrogates. */
static size_t sequence_length(unsigned char first, unsigned char *ret_low, unsigned char *ret_high)
{
	*ret_low = 0x80;
	*ret_high = 0xbf;
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef) {
		if (first == 0xe0)
			*ret_low = 0xa0;
		if (first == 0xed)
			*ret_high = 0x9f;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		if (first == 0xf0)
			*ret_low = 0x90;
		if (first == 0xf4)
			*ret_high = 0x8f;
		return 4;
	}
	return 0;
}

uint32_t utf8_next(struct slice s, size_t *ret_len, bool *ret_valid)
{
	const unsigned char *bytes = (const unsigned char *)s.ptr;
	unsigned char low, high;
	size_t n;
	uint32_t code_point;

	assert(s.len > 0);
	n = sequence_length(bytes[0], &low, &high);
	*ret_valid = n != 0 && n <= s.len && (n < 2 || (bytes[1] >= low && bytes[1] <= high));
	for (size_t i = 2; *ret_valid && i < n; i++)
		*ret_valid = (bytes[i] & 0xc0) == 0x80;
	*ret_len = 1;
	if (!*ret_valid)
		return 0xfffd;
	*ret_len = n;
	if (n == 1)
		return bytes[0];
	code_point = bytes[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++)
		code_point = code_point << 6 | (bytes[i] & 0x3fU);
	return code_point;
}

/* Bytes at the start that are ASCII, eight at a time. */
static size_t ascii_words(struct slice s)
{
	size_t n = 0;
	uint64_t word;

	for (; s.len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.ptr + n, sizeof(word));
		if ((word & 0x8080808080808080) != 0)
			break;
	}
	return n;
}

bool utf8_valid(struct slice s)
{
	s = slice_skip(s, ascii_words(s));
	while (s.len > 0) {
		size_t len;
		bool valid;

		(void)utf8_next(s, &len, &valid);
		if (!valid)
			return false;
		s = slice_skip(s, len);
	}
	return true;
}

size_t utf8_encode(uint32_t code_point, char ret[4])
{
	assert(code_point <= 0x10ffff);
	if (code_point < 0x80) {
		ret[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		ret[0] = (char)(0xc0 | code_point >> 6);
		ret[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point < 0x10000) {
		ret[0] = (char)(0xe0 | code_point >> 12);
		ret[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | code_point >> 18);
	ret[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}

size_t utf8_count(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n;
}
