/* SPDX-License-Identifier: Apache-2.0
 *
 * number.cc -- std::from_chars and std::to_chars behind a C header.
 *
 * Why not own code: both directions need a table of some 10 KB of 128-bit powers of ten and proofs
 * to go with it (Eisel-Lemire and its slow path in, Ryu out). libstdc++ since gcc 12 has exactly
 * these algorithms, correctly rounded and shortest, without a locale and without memory, tested by
 * everybody. Why not libc: strtod and printf heed the locale, and finding the shortest form takes
 * up to three printf calls. Most samples never come here: short decimals and small integers are
 * read and written by the exact paths below. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <charconv>
#include <cmath>

extern "C" {
#include "format/number.h"
}

/* ---- writing ---- */

static size_t put(char *ret, const char *text)
{
	size_t len = strlen(text);

	memcpy(ret, text, len);
	return len;
}

static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

/* Backwards from `end`; returns the first digit. */
static char *put_digits_before(char *end, uint64_t value)
{
	for (; value >= 100; value /= 100)
		memcpy(end -= 2, pairs + value % 100 * 2, 2);
	if (value >= 10)
		memcpy(end -= 2, pairs + value * 2, 2);
	else
		*--end = (char)('0' + value);
	return end;
}

size_t number_write_u64(uint64_t value, char ret[NUMBER_TEXT_BYTES_MAX])
{
	char digits[20];
	char *end = digits + sizeof(digits), *at = put_digits_before(end, value);

	memcpy(ret, at, (size_t)(end - at));
	return (size_t)(end - at);
}

enum { SHORT_DIGITS = 15 };

/* Makes "123.45" of the digits 12345 and the decimal exponent 2 of the first. */
static size_t put_plain(const char *digits, int n, int exponent, char *ret)
{
	if (exponent < 0) {
		memcpy(ret, "0.000", 5);
		memcpy(ret + 1 - exponent, digits, SHORT_DIGITS);
		return (size_t)-exponent + 1 + (size_t)n;
	}
	memcpy(ret, digits, SHORT_DIGITS);
	if (n <= exponent + 1)
		return (size_t)exponent + 1;
	ret[exponent + 1] = '.';
	memcpy(ret + exponent + 2, digits + exponent + 1, SHORT_DIGITS);
	return (size_t)n + 1;
}

/* "1.2345e+06" or "1e-09": a short decimal's exponent has two digits. */
static size_t put_scientific(const char *digits, int n, int exponent, char *ret)
{
	size_t magnitude = (size_t)(exponent < 0 ? -exponent : exponent);
	char *at = ret;

	*at++ = *digits;
	if (n > 1) {
		*at++ = '.';
		memcpy(at, digits + 1, SHORT_DIGITS);
		at += n - 1;
	}
	*at++ = 'e';
	*at++ = exponent < 0 ? '-' : '+';
	memcpy(at, pairs + magnitude % 100 * 2, 2);
	return (size_t)(at + 2 - ret);
}

/* The decimal of at most 15 digits that reads back as `value`, if one of so few decimals does: it
 * is the shortest text, for no two decimals of 15 digits are the same double. Reading back is one
 * exact division (see exact_product). */
static bool short_decimal(double value, uint64_t *ret_digits, int *ret_decimals)
{
	double scale = value < 1e6 ? 1e9 : value < 1e9 ? 1e6 : value < 1e12 ? 1e3 : 1;
	double rounded = value * scale + 0.5;
	uint64_t digits;

	if (__FLT_EVAL_METHOD__ != 0 || !(value < 1e15))
		return false;
	digits = (uint64_t)rounded;
	if ((double)digits / scale != value)
		return false;
	*ret_digits = digits;
	*ret_decimals = value < 1e6 ? 9 : value < 1e9 ? 6 : value < 1e12 ? 3 : 0;
	return true;
}

static size_t put_short(uint64_t value, int n_decimals, char *ret)
{
	/* zeros to the left and room to the right for copies of a fixed size */
	char text[3 * SHORT_DIGITS + 5];
	char *end = text + SHORT_DIGITS + 5, *digits;
	int n, exponent;

	while (value % 1000 == 0) {
		value /= 1000;
		n_decimals -= 3;
	}
	while (value % 10 == 0) {
		value /= 10;
		n_decimals--;
	}
	memset(end, '0', SHORT_DIGITS);
	digits = put_digits_before(end, value);
	n = (int)(end - digits);
	exponent = n - 1 - n_decimals;
	if (exponent >= -4 && exponent < 6)
		return put_plain(digits, n, exponent, ret);
	return put_scientific(digits, n, exponent, ret);
}

size_t number_write(double value, char ret[NUMBER_TEXT_BYTES_MAX])
{
	uint64_t digits;
	int n_decimals;
	char *at = ret;

	if (std::isnan(value))
		return put(ret, "NaN");
	if (std::signbit(value)) {
		*at++ = '-';
		value = -value;
	}
	if (value < 1e6 && value == (double)(uint32_t)value)
		return (size_t)(at - ret) + number_write_u64((uint32_t)value, at);
	if (short_decimal(value, &digits, &n_decimals))
		return (size_t)(at - ret) + put_short(digits, n_decimals, at);
	if (std::isinf(value))
		return put(ret, at == ret ? "+Inf" : "-Inf");
	auto end = std::to_chars(at, ret + NUMBER_TEXT_BYTES_MAX, value,
				 value >= 1e-4 && value < 1e6 ? std::chars_format::fixed
							      : std::chars_format::scientific);
	assert(end.ec == std::errc());
	return (size_t)(end.ptr - ret);
}

/* ---- reading ---- */

/* A run of digits as digits * 10^exponent; `digits` is exact while n_digits <= 19. */
struct decimal {
	uint64_t digits;
	int64_t n_digits; /* without leading zeros */
	int64_t exponent;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *scan_digits(const char *at, const char *end, struct decimal *decimal)
{
	for (; at < end && is_digit(*at); at++) {
		if (decimal->n_digits < 19)
			decimal->digits = decimal->digits * 10 + (uint64_t)(*at - '0');
		if (decimal->n_digits > 0 || *at != '0')
			decimal->n_digits++;
	}
	return at;
}

/* No double needs an exponent past this, however many zeros stand before it. */
static constexpr int64_t EXPONENT_MAX = INT64_MAX / 100;

static bool scan_exponent(const char *at, const char *end, struct decimal *decimal)
{
	int64_t exponent = 0;
	bool negative = false;

	if (at < end && (*at == '+' || *at == '-'))
		negative = *at++ == '-';
	if (at == end)
		return false;
	for (; at < end; at++) {
		if (!is_digit(*at))
			return false;
		if (exponent < EXPONENT_MAX)
			exponent = exponent * 10 + (*at - '0');
	}
	decimal->exponent += negative ? -exponent : exponent;
	return true;
}

static bool scan_decimal(const char *at, const char *end, struct decimal *decimal)
{
	const char *after = scan_digits(at, end, decimal);
	bool has_digits = after > at;

	at = after;
	if (at < end && *at == '.') {
		after = scan_digits(at + 1, end, decimal);
		has_digits = has_digits || after > at + 1;
		decimal->exponent = -(after - (at + 1));
		at = after;
	}
	if (!has_digits)
		return false;
	if (at < end && (*at == 'e' || *at == 'E'))
		return scan_exponent(at + 1, end, decimal);
	return at == end;
}

/* Both factors are exact doubles and IEEE multiplies and divides them with one correct rounding
 * (Clinger 1990); that needs doubles to be computed as doubles. */
static bool exact_product(const struct decimal *decimal, double *ret)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

	if (__FLT_EVAL_METHOD__ != 0 || decimal->n_digits > 19 ||
	    decimal->digits > (uint64_t)1 << 53 || decimal->exponent < -22 ||
	    decimal->exponent > 22)
		return false;
	*ret = decimal->exponent < 0 ? (double)decimal->digits / powers[-decimal->exponent]
				     : (double)decimal->digits * powers[decimal->exponent];
	return true;
}

static bool rounded(const char *at, const char *end, const struct decimal *decimal, double *ret)
{
	double value = 0;
	auto read = std::from_chars(at, end, value);

	/* Out of range is said of too small numbers, too; these are zero here as in Go. */
	if (read.ec == std::errc::result_out_of_range) {
		if (decimal->exponent + decimal->n_digits > 0)
			return false;
		value = 0;
	} else {
		assert(read.ec == std::errc() && read.ptr == end);
	}
	if (std::isinf(value))
		return false;
	*ret = value;
	return true;
}

static bool parse_name(struct slice unsigned_text, bool has_sign, double *ret)
{
	if (slice_eq_nocase(unsigned_text, SLICE("inf")) ||
	    slice_eq_nocase(unsigned_text, SLICE("infinity"))) {
		*ret = HUGE_VAL;
		return true;
	}
	if (!has_sign && slice_eq_nocase(unsigned_text, SLICE("nan"))) {
		*ret = number_nan();
		return true;
	}
	return false;
}

bool number_parse(struct slice text, double *ret)
{
	bool has_sign = text.len > 0 && (*text.ptr == '+' || *text.ptr == '-');
	const char *at = text.ptr + has_sign, *end = text.ptr + text.len;
	struct decimal decimal = {0, 0, 0};
	double value;

	if (at < end && !is_digit(*at) && *at != '.') {
		if (!parse_name(slice_between(at, end), has_sign, &value))
			return false;
	} else if (!scan_decimal(at, end, &decimal)) {
		return false;
	} else if (!exact_product(&decimal, &value) && !rounded(at, end, &decimal, &value)) {
		return false;
	}
	*ret = has_sign && *text.ptr == '-' ? -value : value;
	return true;
}

bool number_parse_i64(struct slice text, int64_t *ret)
{
	const char *end = text.ptr + text.len;
	const char *at = text.ptr;
	int64_t value;

	/* from_chars knows no plus sign. */
	if (text.len > 1 && *at == '+' && is_digit(at[1]))
		at++;
	auto read = std::from_chars(at, end, value);
	if (read.ec != std::errc() || read.ptr != end)
		return false;
	*ret = value;
	return true;
}
