/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http1_parse.h"

#include <stdint.h>

enum {
	TOKEN = 1, /* RFC 9110 5.6.2 */
	VALUE = 2, /* field value: no control byte but HTAB; bytes over 0x7f are opaque */
	TARGET =
		4, /* no blank, no control byte; RFC 3986 is not enforced: clients push raw UTF-8 */
	HOST = 8,  /* reg-name, IP literal and port, as loosely as the reference */
	HEX = 16,
	DIGIT = 32,
};

static const char token_marks[] = "!#$%&'*+-.^_`|~";
static const char host_marks[] = "!$%&'()*+,-.:;=[]_~";

static unsigned char class_of[256];

/* The table is the same whoever writes it; built before main, so that no thread sees it half made.
 */
__attribute__((constructor)) static void class_table_make(void)
{
	for (int c = 0; c < 256; c++) {
		bool digit = c >= '0' && c <= '9';
		bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		bool graph = c > 0x20 && c != 0x7f;
		int class = 0;

		if (digit || alpha || (c != 0 && strchr(token_marks, c) != NULL))
			class |= TOKEN;
		if (digit || alpha || (c != 0 && strchr(host_marks, c) != NULL))
			class |= HOST;
		if (graph || c == ' ' || c == '\t')
			class |= VALUE;
		if (graph)
			class |= TARGET;
		if (hex)
			class |= HEX;
		if (digit)
			class |= DIGIT;
		class_of[c] = (unsigned char)class;
	}
}

static bool is(char c, int class)
{
	return (class_of[(unsigned char)c] & class) != 0;
}

static size_t span(struct slice s, int class)
{
	size_t n = 0;

	while (n < s.len && is(s.ptr[n], class))
		n++;
	return n;
}

static bool all(struct slice s, int class)
{
	return span(s, class) == s.len;
}

int http1_error_status(enum http1_error error)
{
	switch (error) {
#define X(name, status, sentence)                                                                  \
	case name:                                                                                 \
		return status;
		HTTP1_ERROR_TABLE(X)
#undef X
	case HTTP1_ERROR_NONE:
		break;
	}
	not_reached();
}

struct slice http1_error_sentence(enum http1_error error)
{
	static const char *const sentences[] = {[HTTP1_ERROR_NONE] = NULL,
#define X(name, status, sentence) [name] = sentence,
						HTTP1_ERROR_TABLE(X)
#undef X
	};

	return sentences[error] == NULL ? SLICE_EMPTY : slice_of(sentences[error]);
}

static const struct {
	struct slice text;
	enum http_method method;
} methods[] = {
	{{"GET", 3}, HTTP_GET},         {{"HEAD", 4}, HTTP_HEAD},
	{{"POST", 4}, HTTP_POST},       {{"PUT", 3}, HTTP_PUT},
	{{"DELETE", 6}, HTTP_DELETE},   {{"OPTIONS", 7}, HTTP_OPTIONS},
	{{"CONNECT", 7}, HTTP_CONNECT}, {{"TRACE", 5}, HTTP_TRACE},
	{{"PATCH", 5}, HTTP_PATCH},
};

static enum http_method method_of(struct slice text)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (slice_eq(text, methods[i].text))
			return methods[i].method;
	return HTTP_OTHER;
}

static unsigned hex_value(char c)
{
	if (c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a' + 10);
}

/* False for a `%` without two hex digits. Without any `%` the path is its own decoding. */
static bool path_decode(struct slice raw, char *decoded, struct slice *ret)
{
	const char *escape = raw.len == 0 ? NULL : memchr(raw.ptr, '%', raw.len);
	char *to = decoded;

	if (escape == NULL) {
		*ret = raw;
		return true;
	}
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.ptr[i] != '%') {
			*to++ = raw.ptr[i];
			continue;
		}
		if (raw.len - i < 3 || !is(raw.ptr[i + 1], HEX) || !is(raw.ptr[i + 2], HEX))
			return false;
		*to++ = (char)(hex_value(raw.ptr[i + 1]) << 4 | hex_value(raw.ptr[i + 2]));
		i += 2;
	}
	*ret = slice_between(decoded, to);
	return true;
}

/* The port, if any, in digits (RFC 3986 3.2.3); everything before it is the HOST class's matter. */
static bool authority_ok(struct slice s)
{
	size_t digits = 0;

	if (s.len == 0 || !all(s, HOST))
		return false;
	while (digits < s.len && is(s.ptr[s.len - 1 - digits], DIGIT))
		digits++;
	if (s.ptr[s.len - 1] == ']')
		return s.ptr[0] == '[';
	return memchr(s.ptr, ':', s.len) == NULL || s.ptr[s.len - 1 - digits] == ':';
}

/* scheme "://" authority path-abempty: the authority becomes the request's host. */
static bool target_absolute(struct slice target, struct http_request *r, struct slice *ret_rest)
{
	size_t scheme = 0;
	size_t end;
	struct slice rest;

	while (scheme < target.len && is(target.ptr[scheme], TOKEN))
		scheme++;
	rest = slice_skip(target, scheme);
	if (scheme == 0 || !slice_starts(rest, SLICE("://")))
		return false;
	rest = slice_skip(rest, 3);
	for (end = 0; end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?'; end++)
		;
	r->host = (struct slice){rest.ptr, end};
	*ret_rest = slice_skip(rest, end);
	return authority_ok(r->host);
}

static bool target_parse(struct slice target, char *decoded, struct http_request *r)
{
	struct slice rest = target;

	r->target = target;
	r->query = SLICE_EMPTY;
	r->has_query = false;
	r->host = (struct slice){NULL, 0}; /* not known yet */
	if (slice_eq(target, SLICE("*"))) {
		r->path_raw = r->path = target;
		return true;
	}
	if (target.ptr[0] != '/') {
		if (r->method == HTTP_CONNECT) {
			r->path_raw = r->path = SLICE_EMPTY;
			r->host = target;
			return authority_ok(target);
		}
		if (!target_absolute(target, r, &rest))
			return false;
	}
	r->has_query = slice_cut(rest, '?', &r->path_raw, &r->query);
	if (!r->has_query)
		r->path_raw = rest;
	if (r->path_raw.len == 0) /* RFC 9110 4.2.3: an empty path is "/" */
		r->path_raw = SLICE("/");
	return path_decode(r->path_raw, decoded, &r->path);
}

/* "HTTP/1.1". A later minor version is spoken to as 1.1, like the reference does. */
static enum http1_error version_parse(struct slice text, int *ret_minor)
{
	if (text.len != 8 || !slice_starts(text, SLICE("HTTP/")) || !is(text.ptr[5], DIGIT) ||
	    text.ptr[6] != '.' || !is(text.ptr[7], DIGIT))
		return HTTP1_BAD_REQUEST_LINE;
	if (text.ptr[5] != '1')
		return HTTP1_BAD_VERSION;
	*ret_minor = text.ptr[7] == '0' ? 0 : 1;
	return HTTP1_ERROR_NONE;
}

static enum http1_error request_line_parse(struct slice line, char *decoded, struct http_request *r)
{
	struct slice target, version;
	enum http1_error error;

	if (!slice_cut(line, ' ', &r->method_text, &line) ||
	    !slice_cut(line, ' ', &target, &version))
		return HTTP1_BAD_REQUEST_LINE;
	if (r->method_text.len == 0 || !all(r->method_text, TOKEN))
		return HTTP1_BAD_REQUEST_LINE;
	if (target.len == 0 || !all(target, TARGET))
		return HTTP1_BAD_REQUEST_LINE;
	error = version_parse(version, &r->version_minor);
	if (error != HTTP1_ERROR_NONE)
		return error;
	r->method = method_of(r->method_text);
	return target_parse(target, decoded, r) ? HTTP1_ERROR_NONE : HTTP1_BAD_TARGET;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct slice trimmed(struct slice s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = slice_skip(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* A header line without its CRLF. */
static enum http1_error parse_field(struct slice line, struct http_header *ret)
{
	size_t name = span(line, TOKEN);

	if (line.len > 0 && is_blank(line.ptr[0]))
		return HTTP1_FOLDED_FIELD;
	if (name == 0 || name == line.len)
		return HTTP1_BAD_FIELD;
	if (line.ptr[name] != ':')
		return is_blank(line.ptr[name]) ? HTTP1_BLANK_BEFORE_COLON : HTTP1_BAD_FIELD;
	ret->name = (struct slice){line.ptr, name};
	ret->value = trimmed(slice_skip(line, name + 1));
	return all(ret->value, VALUE) ? HTTP1_ERROR_NONE : HTTP1_BAD_FIELD;
}

/* What the headers together say about framing and persistence; gathered in one pass. */
struct meaning {
	size_t n_hosts, n_lengths, n_codings;
	struct slice host, length, coding, expect;
	bool close, keep_alive;
};

/* Whether the word stands in a list of any kind, as the reference reads Expect and Connection (Go's
 * hasToken). */
static bool has_word(struct slice list, struct slice word)
{
	for (size_t i = 0; i + word.len <= list.len; i++) {
		size_t end = i + word.len;

		if ((i == 0 || strchr(" ,\t", list.ptr[i - 1]) != NULL) &&
		    (end == list.len || strchr(" ,\t", list.ptr[end]) != NULL) &&
		    slice_eq_nocase((struct slice){list.ptr + i, word.len}, word))
			return true;
	}
	return false;
}

static void connection_read(struct meaning *m, struct slice list)
{
	m->close = m->close || has_word(list, SLICE("close"));
	m->keep_alive = m->keep_alive || has_word(list, SLICE("keep-alive"));
}

static void meaning_add(struct meaning *m, const struct http_header *h)
{
	switch (h->name.len) {
	case 4:
		if (slice_eq_nocase(h->name, SLICE("host"))) {
			m->n_hosts++;
			m->host = h->value;
		}
		break;
	case 6:
		if (slice_eq_nocase(h->name, SLICE("expect")) && m->expect.ptr == NULL)
			m->expect = h->value;
		break;
	case 10:
		if (slice_eq_nocase(h->name, SLICE("connection")))
			connection_read(m, h->value);
		break;
	case 14:
		if (slice_eq_nocase(h->name, SLICE("content-length"))) {
			m->n_lengths++;
			m->length = h->value;
		}
		break;
	case 17:
		if (slice_eq_nocase(h->name, SLICE("transfer-encoding"))) {
			m->n_codings++;
			m->coding = h->value;
		}
		break;
	default:
		break;
	}
}

static enum http1_error length_parse(struct slice text, int64_t *ret)
{
	int64_t value = 0;

	if (text.len == 0)
		return HTTP1_EMPTY_LENGTH;
	for (size_t i = 0; i < text.len; i++) {
		int64_t digit = text.ptr[i] - '0';

		if (!is(text.ptr[i], DIGIT) || value > (INT64_MAX - digit) / 10)
			return HTTP1_BAD_LENGTH;
		value = value * 10 + digit;
	}
	*ret = value;
	return HTTP1_ERROR_NONE;
}

static enum http1_error framing_judge(const struct meaning *m, struct http1_head *head)
{
	struct http_request *r = &head->request;
	int64_t length = -1;

	if (m->n_codings > 0 && r->version_minor == 0) /* RFC 9112 6.1: faulty framing */
		return HTTP1_CODING_IN_1_0;
	if (m->n_codings > 1 ||
	    (m->n_codings == 1 && !slice_eq_nocase(m->coding, SLICE("chunked"))))
		return HTTP1_BAD_CODING;
	if (m->n_lengths > 1)
		return HTTP1_MANY_LENGTHS;
	if (m->n_lengths == 1) {
		enum http1_error error = length_parse(m->length, &length);

		if (error != HTTP1_ERROR_NONE)
			return error;
	}
	head->framing = m->n_codings == 1 ? HTTP1_CHUNKED
			: length > 0      ? HTTP1_LENGTH
					  : HTTP1_NO_BODY;
	r->content_length = m->n_codings == 1 ? -1 : length;
	return HTTP1_ERROR_NONE;
}

static enum http1_error head_judge(const struct meaning *m, struct http1_head *head)
{
	struct http_request *r = &head->request;
	enum http1_error error = framing_judge(m, head);

	if (error != HTTP1_ERROR_NONE)
		return error;
	if (m->n_hosts > 1)
		return HTTP1_MANY_HOSTS;
	if (m->n_hosts == 0 && r->version_minor > 0)
		return HTTP1_NO_HOST;
	if (m->n_hosts == 1 && !all(m->host, HOST))
		return HTTP1_BAD_HOST;
	if (r->host.ptr == NULL)
		r->host = m->n_hosts == 1 ? m->host : SLICE_EMPTY;
	head->expect_continue = false;
	if (r->version_minor > 0 && m->expect.len > 0) {
		if (!has_word(m->expect, SLICE("100-continue")))
			return HTTP1_BAD_EXPECTATION;
		head->expect_continue = true;
	}
	head->keep_alive = !m->close && (r->version_minor > 0 || m->keep_alive);
	/* Chunked wins over a length, as in the reference; but whoever sends both is not trusted
	 * with a second request on this connection (RFC 9112 6.1). */
	if (m->n_codings > 0 && m->n_lengths > 0)
		head->keep_alive = false;
	return HTTP1_ERROR_NONE;
}

enum line_result { LINE_GIVEN, LINE_INCOMPLETE, LINE_REFUSED };

/* The line that begins at scan->line_at, without its CRLF, and moves the scan behind it. */
static enum line_result line_take(struct slice input, const struct http1_space *space,
				  struct http1_scan *scan, struct slice *ret,
				  enum http1_error *reterr)
{
	size_t from = scan->seen > scan->line_at ? scan->seen : scan->line_at;
	const char *lf =
		from == input.len ? NULL : memchr(input.ptr + from, '\n', input.len - from);
	size_t end = lf == NULL ? input.len : (size_t)(lf - input.ptr) + 1;

	if (end > space->head_bytes_max) {
		*reterr = HTTP1_HEAD_TOO_LARGE;
		return LINE_REFUSED;
	}
	scan->seen = end;
	if (lf == NULL)
		return LINE_INCOMPLETE;
	if (end - scan->line_at < 2 || lf[-1] != '\r') {
		*reterr = HTTP1_BARE_LF;
		return LINE_REFUSED;
	}
	*ret = slice_between(input.ptr + scan->line_at, lf - 1);
	scan->line_at = end;
	scan->n_lines++;
	return LINE_GIVEN;
}

/* Judges line after line from where the scan stands; at the empty line the head is complete. */
static enum http1_result lines_parse(struct slice input, const struct http1_space *space,
				     struct http1_scan *scan, struct http1_head *head,
				     struct meaning *m, enum http1_error *reterr)
{
	struct slice line;

	for (;;) {
		enum http1_error error;
		enum line_result given = line_take(input, space, scan, &line, reterr);

		if (given != LINE_GIVEN)
			return given == LINE_REFUSED ? HTTP1_REFUSED : HTTP1_INCOMPLETE;
		if (scan->n_lines == 1) {
			error = request_line_parse(line, space->decoded, &head->request);
		} else if (line.len == 0) {
			return HTTP1_COMPLETE;
		} else if (scan->n_lines - 2 == space->headers_max) {
			error = HTTP1_MANY_FIELDS;
		} else {
			struct http_header *h = &space->headers[scan->n_lines - 2];

			error = parse_field(line, h);
			if (error == HTTP1_ERROR_NONE)
				meaning_add(m, h);
		}
		if (error != HTTP1_ERROR_NONE) {
			*reterr = error;
			return HTTP1_REFUSED;
		}
	}
}

enum http1_result http1_parse(struct slice input, const struct http1_space *space,
			      struct http1_scan *scan, struct http1_head *ret_head,
			      enum http1_error *reterr)
{
	bool resumed = scan->n_lines > 0;
	struct http1_head head = {0};
	struct meaning m = {0};
	enum http1_result result = lines_parse(input, space, scan, &head, &m, reterr);
	enum http1_error error;

	if (result != HTTP1_COMPLETE)
		return result;
	if (resumed) { /* earlier lines were judged in earlier calls: now gather them all */
		*scan = (struct http1_scan){0};
		m = (struct meaning){0};
		result = lines_parse(input, space, scan, &head, &m, reterr);
		assert(result == HTTP1_COMPLETE);
	}
	error = head_judge(&m, &head);
	if (error != HTTP1_ERROR_NONE) {
		*reterr = error;
		return HTTP1_REFUSED;
	}
	head.head_len = scan->line_at;
	head.request.headers = space->headers;
	head.request.n_headers = scan->n_lines - 2;
	*ret_head = head;
	return HTTP1_COMPLETE;
}
