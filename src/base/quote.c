/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include "base/unicode.h"
#include "base/utf8.h"

static const char hex_digits[] = "0123456789abcdef";

static void put_hex(struct buf *out, uint32_t value, int digits)
{
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
		buf_put_byte(out, hex_digits[(value >> shift) & 15]);
}

/* The letter of a short escape in Go's quoted strings, or 0. */
static char short_escape(uint32_t c)
{
	static const char letters[] = {
	    ['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',  ['\r'] = 'r',
	    ['\t'] = 't', ['\v'] = 'v', ['"'] = '"',  ['\\'] = '\\',
	};

	return c < sizeof(letters) ? letters[c] : 0;
}

void quote_put(struct buf *out, struct slice text)
{
	buf_put_byte(out, '"');
	while (text.len > 0) {
		size_t len;
		bool valid;
		uint32_t c = utf8_next(text, &len, &valid);

		if (!valid) {
			buf_put(out, SLICE("\\x"));
			put_hex(out, (unsigned char)text.ptr[0], 2);
		} else if (short_escape(c) != 0) {
			buf_put_byte(out, '\\');
			buf_put_byte(out, short_escape(c));
		} else if (unicode_is_print(c)) {
			buf_put(out, (struct slice){text.ptr, len});
		} else if (c < 0x80) {
			buf_put(out, SLICE("\\x"));
			put_hex(out, c, 2);
		} else if (c < 0x10000) {
			buf_put(out, SLICE("\\u"));
			put_hex(out, c, 4);
		} else {
			buf_put(out, SLICE("\\U"));
			put_hex(out, c, 8);
		}
		text = slice_skip(text, len);
	}
	buf_put_byte(out, '"');
}
