/* SPDX-License-Identifier: Apache-2.0 */
#include "main/duration.h"

struct unit {
	struct slice name;
	uint64_t ns;
};

static const struct unit units[] = {
	{{"ns", 2}, 1},
	{{"us", 2}, 1000},
	{{"\xc2\xb5s", 3}, 1000}, /* micro sign */
	{{"\xce\xbcs", 3}, 1000}, /* Greek mu */
	{{"ms", 2}, 1000000},
	{{"s", 1}, 1000000000},
	{{"m", 1}, UINT64_C(60000000000)},
	{{"h", 1}, UINT64_C(3600000000000)},
};

static const uint64_t TOO_MUCH = (uint64_t)INT64_MAX + 1; /* fits only when negated */

/* Go's time package quotes on its own: bytes beyond ASCII and controls as \xHH. */
static void put_quoted(struct buf *out, struct slice text)
{
	buf_put_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= 0x80 || c < ' ')
			buf_putf(out, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			buf_putf(out, "\\%c", c);
		else
			buf_put_byte(out, (char)c);
	}
	buf_put_byte(out, '"');
}

static bool fail(struct buf *reterr, struct slice why, struct slice text)
{
	buf_put(reterr, why);
	put_quoted(reterr, text);
	return false;
}

static bool fail_unit(struct buf *reterr, struct slice unit, struct slice text)
{
	buf_put(reterr, SLICE("time: unknown unit "));
	put_quoted(reterr, unit);
	return fail(reterr, SLICE(" in duration "), text);
}

static bool is_digit(struct slice s)
{
	return s.len > 0 && s.ptr[0] >= '0' && s.ptr[0] <= '9';
}

/* False on overflow. */
static bool take_whole(struct slice *rest, uint64_t *ret)
{
	uint64_t value = 0;

	for (; is_digit(*rest); *rest = slice_skip(*rest, 1)) {
		if (value > TOO_MUCH / 10)
			return false;
		value = value * 10 + (uint64_t)(rest->ptr[0] - '0');
		if (value > TOO_MUCH)
			return false;
	}
	*ret = value;
	return true;
}

/* Digits that do not fit are read and have no effect. */
static void take_fraction(struct slice *rest, uint64_t *ret, double *ret_scale)
{
	uint64_t value = 0;
	double scale = 1;
	bool full = false;

	for (; is_digit(*rest); *rest = slice_skip(*rest, 1)) {
		if (full || value > (uint64_t)INT64_MAX / 10) {
			full = true;
			continue;
		}
		value = value * 10 + (uint64_t)(rest->ptr[0] - '0');
		scale *= 10;
	}
	*ret = value;
	*ret_scale = scale;
}

static struct slice take_unit(struct slice *rest)
{
	struct slice unit = {rest->ptr, 0};

	while (rest->len > 0 && rest->ptr[0] != '.' && !is_digit(*rest)) {
		unit.len++;
		*rest = slice_skip(*rest, 1);
	}
	return unit;
}

static const struct unit *find_unit(struct slice name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (slice_eq(units[i].name, name))
			return &units[i];
	}
	return NULL;
}

/* One number with its unit. */
static bool take_term(struct slice *rest, struct slice text, uint64_t *ret_ns, struct buf *reterr)
{
	const struct slice invalid = SLICE("time: invalid duration ");
	size_t before = rest->len;
	uint64_t whole, fraction = 0;
	double scale = 1;
	bool has_digits;
	struct slice name;
	const struct unit *unit;

	if (!take_whole(rest, &whole))
		return fail(reterr, invalid, text);
	has_digits = rest->len != before;
	if (rest->len > 0 && rest->ptr[0] == '.') {
		*rest = slice_skip(*rest, 1);
		has_digits |= is_digit(*rest);
		take_fraction(rest, &fraction, &scale);
	}
	if (!has_digits)
		return fail(reterr, invalid, text);
	name = take_unit(rest);
	if (name.len == 0)
		return fail(reterr, SLICE("time: missing unit in duration "), text);
	unit = find_unit(name);
	if (unit == NULL)
		return fail_unit(reterr, name, text);
	if (whole > TOO_MUCH / unit->ns)
		return fail(reterr, invalid, text);
	*ret_ns = whole * unit->ns + (uint64_t)((double)fraction * ((double)unit->ns / scale));
	return *ret_ns <= TOO_MUCH || fail(reterr, invalid, text);
}

bool duration_parse(struct slice text, int64_t *ret_ns, struct buf *reterr)
{
	const struct slice invalid = SLICE("time: invalid duration ");
	bool negative = slice_starts(text, SLICE("-"));
	struct slice rest = text;
	uint64_t total = 0;

	if (negative || slice_starts(text, SLICE("+")))
		rest = slice_skip(rest, 1);
	if (slice_eq(rest, SLICE("0"))) {
		*ret_ns = 0;
		return true;
	}
	if (rest.len == 0)
		return fail(reterr, invalid, text);
	while (rest.len > 0) {
		uint64_t ns;

		if (!take_term(&rest, text, &ns, reterr))
			return false;
		total += ns;
		if (total > TOO_MUCH)
			return fail(reterr, invalid, text);
	}
	if (!negative && total == TOO_MUCH)
		return fail(reterr, invalid, text);
	*ret_ns = negative ? (int64_t)(0 - total) : (int64_t)total;
	return true;
}

/* `value` in units of 10^digits, without zeros at the end of the fraction. */
static void put_decimal(struct buf *out, uint64_t value, int digits)
{
	char fraction[10];
	int len = digits;
	uint64_t scale = 1;

	for (int i = 0; i < digits; i++)
		scale *= 10;
	buf_put_u64(out, value / scale);
	value %= scale;
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		fraction[i] = (char)('0' + value % 10);
	while (len > 0 && fraction[len - 1] == '0')
		len--;
	if (len > 0) {
		buf_put_byte(out, '.');
		buf_put(out, (struct slice){fraction, (size_t)len});
	}
}

void duration_write(struct buf *out, int64_t ns)
{
	uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	const uint64_t minute = UINT64_C(60000000000);

	if (ns < 0)
		buf_put_byte(out, '-');
	if (left == 0) {
		buf_put(out, SLICE("0s"));
	} else if (left < 1000) {
		buf_putf(out, "%uns", (unsigned int)left);
	} else if (left < 1000000) {
		put_decimal(out, left, 3);
		buf_put(out, SLICE("\xc2\xb5s"));
	} else if (left < 1000000000) {
		put_decimal(out, left, 6);
		buf_put(out, SLICE("ms"));
	} else {
		if (left >= 60 * minute)
			buf_putf(out, "%lluh", (unsigned long long)(left / (60 * minute)));
		if (left >= minute)
			buf_putf(out, "%um", (unsigned int)(left / minute % 60));
		put_decimal(out, left % minute, 9);
		buf_put_byte(out, 's');
	}
}
