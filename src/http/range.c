/* SPDX-License-Identifier: Apache-2.0 */
#include "http/range.h"

/* Digits alone; false when there are none. A number that is too large is the largest. */
static bool parse_number(struct slice text, uint64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint64_t digit = (uint64_t)(unsigned char)text.ptr[i] - '0';

		if (digit > 9)
			return false;
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	*ret = n;
	return text.len > 0;
}

enum range_result range_parse(struct slice value, uint64_t bytes, uint64_t *ret_from,
			      uint64_t *ret_len)
{
	struct slice first, last;
	uint64_t from = 0, to = UINT64_MAX;

	if (!slice_starts_nocase(value, SLICE("bytes=")) ||
	    !slice_cut(slice_skip(value, sizeof("bytes=") - 1), '-', &first, &last))
		return RANGE_WHOLE;
	if (first.len == 0) { /* the last so many */
		if (!parse_number(last, &to))
			return RANGE_WHOLE;
		if (to == 0 || bytes == 0)
			return RANGE_NONE;
		*ret_len = to < bytes ? to : bytes;
		*ret_from = bytes - *ret_len;
		return RANGE_PART;
	}
	if (!parse_number(first, &from) || (last.len > 0 && !parse_number(last, &to)) || to < from)
		return RANGE_WHOLE;
	if (from >= bytes)
		return RANGE_NONE;
	*ret_from = from;
	*ret_len = (to < bytes ? to + 1 : bytes) - from;
	return RANGE_PART;
}
