/* SPDX-License-Identifier: Apache-2.0 */
#include "format/number_plain.h"

/* Of the mantissa "1.25" the digits "125"; the point is behind the first, if anywhere. */
static size_t take_digits(struct slice mantissa, char *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < mantissa.len; i++)
		if (mantissa.ptr[i] != '.')
			ret[n++] = mantissa.ptr[i];
	return n;
}

static size_t read_exponent(struct slice text)
{
	size_t exponent = 0;

	for (size_t i = 1; i < text.len; i++)
		exponent = exponent * 10 + (size_t)(text.ptr[i] - '0');
	return exponent;
}

size_t number_write_plain(double value, char ret[NUMBER_PLAIN_BYTES_MAX])
{
	char text[NUMBER_TEXT_BYTES_MAX], digits[NUMBER_TEXT_BYTES_MAX], *at = ret;
	struct slice mantissa, exponent, all = {text, number_write(value, text)};
	size_t n, places;

	if (!slice_cut(all, 'e', &mantissa, &exponent)) {
		memcpy(ret, text, all.len);
		return all.len;
	}
	if (slice_starts(mantissa, SLICE("-"))) {
		*at++ = '-';
		mantissa = slice_skip(mantissa, 1);
	}
	n = take_digits(mantissa, digits);
	places = read_exponent(exponent);
	if (exponent.ptr[0] == '-') {
		*at++ = '0';
		*at++ = '.';
		memset(at, '0', places - 1);
		memcpy(at + places - 1, digits, n);
		return (size_t)(at - ret) + places - 1 + n;
	}
	for (size_t i = 0; i <= places || i < n; i++) {
		if (i == places + 1)
			*at++ = '.';
		*at++ = i < n ? digits[i] : '0';
	}
	return (size_t)(at - ret);
}
