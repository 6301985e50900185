/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json_write.h"

#include "base/utf8.h"
#include "format/number.h"

enum { LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR = 0x2029 };

/* Go 1.22 and later have short escapes for backspace and form feed, too. */
static char short_escape(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void put_ascii(struct buf *out, unsigned char c)
{
	char escape = short_escape(c);

	if (escape == 0) {
		buf_putf(out, "\\u%04x", c);
		return;
	}
	buf_put_byte(out, '\\');
	buf_put_byte(out, escape);
}

/* Puts the code point at the start of `s`, which is not ASCII; returns its length. */
static size_t put_code_point(struct buf *out, struct slice s)
{
	size_t len;
	bool valid;
	uint32_t c = utf8_next(s, &len, &valid);

	if (!valid)
		buf_put(out, SLICE("\\ufffd"));
	else if (c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR)
		buf_putf(out, "\\u%04x", c);
	else
		buf_put(out, (struct slice){s.ptr, len});
	return len;
}

void json_put_string(struct buf *out, struct slice s)
{
	buf_put_byte(out, '"');
	while (s.len > 0) {
		size_t n = 0;

		while (n < s.len && is_plain((unsigned char)s.ptr[n]))
			n++;
		buf_put(out, (struct slice){s.ptr, n});
		s = slice_skip(s, n);
		if (s.len == 0)
			break;
		if ((unsigned char)s.ptr[0] < 0x80) {
			put_ascii(out, (unsigned char)s.ptr[0]);
			s = slice_skip(s, 1);
		} else {
			s = slice_skip(s, put_code_point(out, s));
		}
	}
	buf_put_byte(out, '"');
}

void json_put_double(struct buf *out, double value)
{
	char text[NUMBER_TEXT_BYTES_MAX];

	buf_put_byte(out, '"');
	buf_put(out, (struct slice){text, number_write(value, text)});
	buf_put_byte(out, '"');
}

void json_put_u64(struct buf *out, uint64_t value)
{
	buf_put_byte(out, '"');
	buf_put_u64(out, value);
	buf_put_byte(out, '"');
}

static void put_label(struct buf *out, const struct label *label)
{
	json_put_string(out, label->name);
	buf_put_byte(out, ':');
	json_put_string(out, label->value);
}

void json_put_labels(struct buf *out, struct labels stamp, struct labels own)
{
	struct labels_merge merge;
	struct label label, next;
	bool first = true, more;

	labels_merge_start(&merge, stamp, own);
	more = labels_merge_next(&merge, &label);
	buf_put_byte(out, '{');
	while (more) {
		more = labels_merge_next(&merge, &next);
		if (!more || !slice_eq(next.name, label.name)) {
			if (!first)
				buf_put_byte(out, ',');
			put_label(out, &label);
			first = false;
		}
		label = next;
	}
	buf_put_byte(out, '}');
}
