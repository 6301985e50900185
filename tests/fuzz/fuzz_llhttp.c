/* SPDX-License-Identifier: Apache-2.0
 *
 * Our parser beside llhttp, over whole connections. Where both take a request they read the same
 * method, target, headers and body, and where one sees its end the other does not wait for more. We
 * may refuse what llhttp takes; what we take and llhttp refuses is in the table of exceptions. */
#include "http/chunked.h"
#include "http/http1_parse.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "llhttp_oracle.h"

enum { INPUT_MAX = 4096, FIELDS_MAX = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* One request as we read it. */
struct ours {
	struct http1_head head;
	struct slice body;
	struct slice raw_body; /* with its chunks' frames */
};

enum step { STEP_REQUEST, STEP_HEAD_INCOMPLETE, STEP_BODY_INCOMPLETE, STEP_REFUSED };

static enum step read_one(struct slice *at, struct ours *ret, char *space)
{
	static struct http_header fields[FIELDS_MAX];
	static char decoded[INPUT_MAX];
	const struct http1_space heads = {fields, FIELDS_MAX, decoded, INPUT_MAX};
	struct http1_scan scan = {0};
	struct chunked chunked = {0};
	enum http1_error error;
	size_t n;
	struct slice sentence;

	switch (http1_parse(*at, &heads, &scan, &ret->head, &error)) {
	case HTTP1_INCOMPLETE:
		return STEP_HEAD_INCOMPLETE;
	case HTTP1_REFUSED:
		return STEP_REFUSED;
	case HTTP1_COMPLETE:
		break;
	}
	*at = slice_skip(*at, ret->head.head_len);
	ret->body = ret->raw_body = SLICE_EMPTY;
	if (ret->head.framing == HTTP1_LENGTH) {
		if ((uint64_t)ret->head.request.content_length > at->len)
			return STEP_BODY_INCOMPLETE;
		ret->body = (struct slice){at->ptr, (size_t)ret->head.request.content_length};
		*at = slice_skip(*at, ret->body.len);
	} else if (ret->head.framing == HTTP1_CHUNKED) {
		if (at->len > 0)
			memcpy(space, at->ptr, at->len);
		switch (chunked_decode(&chunked, space, at->len, &n, &ret->body.len, &sentence)) {
		case CHUNKED_MORE:
			return STEP_BODY_INCOMPLETE;
		case CHUNKED_REFUSED:
			return STEP_REFUSED;
		case CHUNKED_COMPLETE:
			break;
		}
		ret->body.ptr = space;
		ret->raw_body = (struct slice){at->ptr, n};
		*at = slice_skip(*at, n);
	}
	return STEP_REQUEST;
}

/* ---- what we take and llhttp refuses ---- */

static bool has_header(const struct ours *o, struct slice name)
{
	struct slice value;

	return http_header_get(&o->head.request, name, &value);
}

/* llhttp knows a list of methods, and treats some of them as other protocols. */
static bool is_other_method(const struct ours *o)
{
	return o->head.request.method == HTTP_OTHER || o->head.request.method == HTTP_CONNECT;
}

/* Clients push raw UTF-8 in paths, and the reference takes it. */
static bool is_other_target(const struct ours *o)
{
	struct slice target = o->head.request.target;

	for (size_t i = 0; i < target.len; i++)
		if ((unsigned char)target.ptr[i] > 0x7e)
			return true;
	return false;
}

/* Ours is as Go's: any scheme and host that could be meant; what counts is the path. */
static bool is_absolute(const struct ours *o)
{
	return o->head.request.target.ptr[0] != '/';
}

/* A later minor version of HTTP/1 is spoken to as 1.1 (RFC 9110 2.5). */
static bool is_later_version(const struct ours *o)
{
	const char *version = o->head.request.target.ptr + o->head.request.target.len + 1;

	return version[7] != '0' && version[7] != '1';
}

/* Chunked wins, as in the reference, and the connection is closed behind the answer. */
static bool has_length_and_coding(const struct ours *o)
{
	return o->head.framing == HTTP1_CHUNKED && has_header(o, SLICE("Content-Length"));
}

/* Text of any form is passed over in extensions; it means nothing. */
static bool has_extension(const struct ours *o)
{
	return o->raw_body.len > 0 && memchr(o->raw_body.ptr, ';', o->raw_body.len) != NULL;
}

/* Trailers mean nothing to us; llhttp reads framing out of them. */
static bool has_trailer(const struct ours *o)
{
	size_t end = o->raw_body.len < 4 ? 0 : o->raw_body.len - 4; /* CR LF, CR LF */
	size_t at = end;

	while (at > 0 && o->raw_body.ptr[at - 1] != '\n')
		at--;
	return end > at && memchr(o->raw_body.ptr + at, ':', end - at) != NULL;
}

/* A tab is as good as a blank there (RFC 9110 5.6.3). */
static bool has_tab_by_value(const struct ours *o)
{
	for (size_t i = 0; i < o->head.request.n_headers; i++) {
		const struct http_header *h = &o->head.request.headers[i];
		const char *at = h->name.ptr + h->name.len;

		for (; *at != '\r'; at++)
			if (*at == '\t' && (at < h->value.ptr || at >= h->value.ptr + h->value.len))
				return true;
	}
	return false;
}

static bool (*const exceptions[])(const struct ours *o) = {
	is_other_method,       is_other_target, is_absolute, is_later_version,
	has_length_and_coding, has_extension,   has_trailer, has_tab_by_value,
};

static bool is_exception(const struct ours *o)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (exceptions[i](o))
			return true;
	return false;
}

/* ---- comparing ---- */

static void put_request(struct buf *b, const struct ours *o)
{
	const struct http_request *r = &o->head.request;

	buf_init(b, SIZE_MAX / 4);
	buf_put(b, r->method_text);
	buf_put_byte(b, ' ');
	buf_put(b, r->target);
	buf_put_byte(b, '\n');
	for (size_t i = 0; i < r->n_headers; i++) {
		buf_put(b, r->headers[i].name);
		buf_put(b, SLICE(": "));
		buf_put(b, r->headers[i].value);
		buf_put_byte(b, '\n');
	}
	buf_put_byte(b, '\n');
	buf_put(b, o->body);
}

static void check_same(const struct ours *o, const struct oracle_reading *theirs, size_t n)
{
	struct buf request;

	if (n >= theirs->n) {
		if (theirs->end != ORACLE_REFUSED || !is_exception(o))
			(void)fprintf(stderr, "llhttp does not take it: %d, %s\n", theirs->end,
				      theirs->reason);
		assert(theirs->end == ORACLE_REFUSED && is_exception(o));
		return;
	}
	put_request(&request, o);
	if (!slice_eq(buf_slice(&request), buf_slice(&theirs->requests[n])))
		(void)fprintf(stderr, "ours:\n%.*s\ntheirs:\n%.*s\n",
			      SLICE_ARG(buf_slice(&request)),
			      SLICE_ARG(buf_slice(&theirs->requests[n])));
	assert(slice_eq(buf_slice(&request), buf_slice(&theirs->requests[n])));
	buf_free(&request);
}

/* As Go, we take the words of Connection apart at blanks and tabs, too; llhttp at commas and blanks
 * alone, and sees the end of an HTTP/1.0 connection where we go on. */
static bool is_kept_in_other_words(const struct ours *o)
{
	const struct http_request *r = &o->head.request;

	for (size_t i = 0; r->version_minor == 0 && i < r->n_headers; i++) {
		const struct http_header *h = &r->headers[i];
		const char *after = h->value.ptr + h->value.len;

		if (slice_eq_nocase(h->name, SLICE("connection")) &&
		    (!slice_eq_nocase(h->value, SLICE("keep-alive")) || *after != '\r' ||
		     h->value.ptr[-1] == '\t'))
			return true;
	}
	return false;
}

static void compare(struct slice input, const struct oracle_reading *theirs)
{
	static char space[INPUT_MAX];
	struct slice at = input;

	for (size_t n = 0; n < ORACLE_REQUESTS_MAX && at.len > 0; n++) {
		struct ours o;
		enum step step = read_one(&at, &o, space);

		if (n == theirs->n && theirs->end == ORACLE_LEFT)
			return;
		/* For llhttp the head of a CONNECT is all of it, and another protocol follows. */
		if ((step == STEP_BODY_INCOMPLETE || step == STEP_REQUEST) &&
		    o.head.request.method == HTTP_CONNECT)
			return;
		if (step == STEP_HEAD_INCOMPLETE || step == STEP_BODY_INCOMPLETE)
			assert(theirs->n <= n); /* it does not end where we wait for more */
		if (step != STEP_REQUEST)
			return;
		check_same(&o, theirs, n);
		if (n >= theirs->n || !o.head.keep_alive || is_kept_in_other_words(&o))
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct slice input = {(const char *)data, len};
	struct oracle_reading theirs;

	if (len == 0 || len > INPUT_MAX)
		return 0;
	oracle_read(input, &theirs);
	compare(input, &theirs);
	oracle_free(&theirs);
	return 0;
}
