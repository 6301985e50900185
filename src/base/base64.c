/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

enum base64_result base64_decode(struct slice text, struct arena *arena, struct slice *ret,
				 size_t *ret_offset)
{
	char *out;
	size_t n = 0;
	uint32_t bits = 0;
	int n_digits = 0; /* of the quantum of four */

	while (text.len > 0 && text.ptr[text.len - 1] == '=')
		text.len--;
	out = arena_text(arena, text.len / 4 * 3 + 3);
	if (out == NULL)
		return BASE64_NOMEM;
	*ret = (struct slice){out, 0};
	for (size_t i = 0; i < text.len; i++) {
		int value = digit(text.ptr[i]);

		if (text.ptr[i] == '\n' || text.ptr[i] == '\r')
			continue;
		if (value < 0) {
			*ret_offset = i;
			ret->len = n;
			return BASE64_ILLEGAL;
		}
		bits = bits << 6 | (uint32_t)value;
		if (++n_digits == 4) {
			out[n++] = (char)(bits >> 16);
			out[n++] = (char)(bits >> 8);
			out[n++] = (char)bits;
			n_digits = 0;
		}
	}
	ret->len = n;
	if (n_digits == 1) {
		*ret_offset = text.len - 1; /* Go counts what it skipped after the digit */
		return BASE64_ILLEGAL;
	}
	if (n_digits >= 2)
		out[n++] = (char)(bits >> (n_digits == 2 ? 4 : 10));
	if (n_digits == 3)
		out[n++] = (char)(bits >> 2);
	ret->len = n;
	return BASE64_OK;
}

static int digit_standard(char c)
{
	if (c == '-' || c == '_')
		return -1;
	return c == '+' ? 62 : c == '/' ? 63 : digit(c);
}

bool base64_decode_standard(struct slice text, struct arena *arena, struct slice *ret)
{
	char *out = arena_text(arena, text.len / 4 * 3 + 3);
	size_t n = 0;
	uint32_t bits = 0;
	int n_digits = 0, n_pads = 0; /* of the quantum of four */

	if (out == NULL)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		int value = digit_standard(c);

		if (c == '\n' || c == '\r')
			continue;
		if (n_pads > 0 && (c != '=' || n_digits == 0)) /* nothing follows the padding */
			return false;
		if (c == '=' && n_digits >= 2) {
			n_pads++;
			value = 0;
		}
		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (++n_digits < 4)
			continue;
		out[n] = (char)(bits >> 16);
		out[n + 1] = (char)(bits >> 8);
		out[n + 2] = (char)bits;
		n += 3 - (size_t)n_pads;
		n_digits = 0;
	}
	*ret = (struct slice){out, n};
	return n_digits == 0;
}

void base64_put(struct buf *out, struct slice bytes)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	int n_bits = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		bits = (bits << 8 | (unsigned char)bytes.ptr[i]) & 0xffff;
		for (n_bits += 8; n_bits >= 6; n_bits -= 6)
			buf_put_byte(out, alphabet[bits >> (n_bits - 6) & 63]);
	}
	if (n_bits > 0)
		buf_put_byte(out, alphabet[bits << (6 - n_bits) & 63]);
}
