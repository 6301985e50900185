/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log_line.h"

#include <time.h>

#include "base/quote.h"
#include "base/utf8.h"

/* slog's text handler quotes what JSON would escape, blanks and '='; a backslash alone and DEL are
 * not quoted. U+FFFD is, even where it was really meant. */
static bool needs_quotes(struct slice text)
{
	if (text.len == 0)
		return true;
	while (text.len > 0) {
		size_t len;
		bool valid;
		uint32_t c = utf8_next(text, &len, &valid);

		if (c < 0x80 ? c <= ' ' || c == '=' || c == '"'
			     : !valid || c == 0xfffd || !quote_is_print(c))
			return true;
		text = slice_skip(text, len);
	}
	return false;
}

static void put_logfmt(struct buf *out, struct slice text)
{
	if (needs_quotes(text))
		quote_string(out, text);
	else
		buf_put(out, text);
}

/* slog's JSON handler: no \b and \f, the two line separators escaped, DEL and HTML as they are. */
static void put_json(struct buf *out, struct slice text)
{
	buf_put_byte(out, '"');
	while (text.len > 0) {
		size_t len;
		bool valid;
		uint32_t c = utf8_next(text, &len, &valid);

		if (!valid) {
			buf_put(out, SLICE("\\ufffd"));
		} else if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t') {
			buf_put_byte(out, '\\');
			buf_put_byte(out, c == '\n'   ? 'n'
					  : c == '\r' ? 'r'
					  : c == '\t' ? 't'
						      : (char)c);
		} else if (c < ' ' || c == 0x2028 || c == 0x2029) {
			buf_putf(out, "\\u%04x", c);
		} else {
			buf_put(out, (struct slice){text.ptr, len});
		}
		text = slice_skip(text, len);
	}
	buf_put_byte(out, '"');
}

static struct slice level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return SLICE("debug");
	case LOG_INFO:
		return SLICE("info");
	case LOG_WARN:
		return SLICE("warn");
	case LOG_ERROR:
		return SLICE("error");
	}
	not_reached();
}

static void put_value(struct buf *out, enum log_format format, struct slice value, bool bare)
{
	if (value.len > LOG_VALUE_BYTES_MAX)
		value.len = LOG_VALUE_BYTES_MAX;
	if (format == LOG_LOGFMT)
		put_logfmt(out, value);
	else if (bare)
		buf_put(out, value);
	else
		put_json(out, value);
}

static bool is_own_key(struct slice key)
{
	static const struct slice own[] = {
		{"ts", 2}, {"level", 5}, {"caller", 6}, {"msg", 3}, {"source", 6},
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (slice_eq(key, own[i]))
			return true;
	}
	return false;
}

static void put_key(struct buf *out, enum log_format format, struct slice prefix, struct slice key)
{
	if (format == LOG_JSON)
		buf_put(out, SLICE(",\""));
	else
		buf_put_byte(out, ' ');
	buf_put(out, prefix);
	buf_put(out, key);
	if (format == LOG_JSON)
		buf_put(out, SLICE("\":"));
	else
		buf_put_byte(out, '=');
}

static void put_time(struct buf *out, int64_t unix_ns)
{
	time_t seconds = unix_ns / 1000000000;
	struct tm utc;

	if (gmtime_r(&seconds, &utc) == NULL)
		utc = (struct tm){.tm_year = 70, .tm_mday = 1};
	buf_putf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900, utc.tm_mon + 1,
		 utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		 (int)(unix_ns % 1000000000 / 1000000));
}

static void put_place(struct buf *out, const struct log_line *line)
{
	if (line->with_function)
		buf_putf(out, "%s(%s):%d", line->place.file, line->place.function,
			 line->place.line);
	else
		buf_putf(out, "%s:%d", line->place.file, line->place.line);
}

void log_line_write(struct buf *out, enum log_format format, const struct log_line *line)
{
	struct slice quote = format == LOG_JSON ? SLICE("\"") : SLICE_EMPTY;

	buf_put(out, format == LOG_JSON ? SLICE("{\"ts\":\"") : SLICE("ts="));
	put_time(out, line->unix_ns);
	buf_put(out, quote);
	put_key(out, format, SLICE_EMPTY, SLICE("level"));
	put_value(out, format, level_name(line->level), false);
	put_key(out, format, SLICE_EMPTY, SLICE("caller"));
	buf_put(out, quote);
	put_place(out, line);
	buf_put(out, quote);
	put_key(out, format, SLICE_EMPTY, SLICE("msg"));
	put_value(out, format, line->msg, false);
	for (size_t i = 0; i < line->n_attrs; i++) {
		const struct log_attr *attr = &line->attrs[i];
		struct slice key = slice_of(attr->key);

		put_key(out, format, is_own_key(key) ? SLICE("logged_") : SLICE_EMPTY, key);
		put_value(out, format, attr->value, attr->bare);
	}
	buf_put(out, format == LOG_JSON ? SLICE("}\n") : SLICE("\n"));
}
