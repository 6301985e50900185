/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include "base/utf8.h"
#include "base/printable.h"

bool quote_is_print(uint32_t code_point)
{
	size_t low = 0, high = sizeof(printable) / sizeof(printable[0]);

	if (code_point < 0x7f)
		return code_point >= ' ';
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code_point > printable[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof(printable) / sizeof(printable[0]) && code_point >= printable[low].first;
}

static void put_escape(struct buf *out, char kind, uint32_t value, unsigned n_digits)
{
	char text[10] = {'\\', kind};

	assert(n_digits <= 8);
	for (unsigned i = 0; i < n_digits; i++)
		text[2 + i] = "0123456789abcdef"[value >> 4 * (n_digits - 1 - i) & 0xf];
	buf_put(out, (struct slice){text, 2 + n_digits});
}

/* The letter of \a, \b, ... or 0. */
static char short_escape(uint32_t code_point)
{
	static const char letters[] = "abtnvfr"; /* from 7 on */

	return code_point >= 7 && code_point <= 13 ? letters[code_point - 7] : 0;
}

static void put_code_point(struct buf *out, uint32_t code_point, char quote)
{
	char text[4];
	char letter = short_escape(code_point);

	if (code_point == (unsigned char)quote || code_point == '\\') {
		buf_put(out, (struct slice){(char[]){'\\', (char)code_point}, 2});
	} else if (quote_is_print(code_point)) {
		buf_put(out, (struct slice){text, utf8_encode(code_point, text)});
	} else if (letter != 0) {
		buf_put(out, (struct slice){(char[]){'\\', letter}, 2});
	} else if (code_point < ' ' || code_point == 0x7f) {
		put_escape(out, 'x', code_point, 2);
	} else if (code_point < 0x10000) {
		put_escape(out, 'u', code_point, 4);
	} else {
		put_escape(out, 'U', code_point, 8);
	}
}

void quote_string(struct buf *out, struct slice s)
{
	buf_put_byte(out, '"');
	while (s.len > 0 && buf_ok(out)) {
		size_t len;
		bool valid;
		uint32_t code_point = utf8_next(s, &len, &valid);

		if (valid)
			put_code_point(out, code_point, '"');
		else
			put_escape(out, 'x', (unsigned char)*s.ptr, 2);
		s = slice_skip(s, len);
	}
	buf_put_byte(out, '"');
}

void quote_byte(struct buf *out, unsigned char byte)
{
	buf_put_byte(out, '\'');
	put_code_point(out, byte, '\'');
	buf_put_byte(out, '\'');
}
