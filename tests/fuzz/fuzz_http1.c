/* SPDX-License-Identifier: Apache-2.0
 *
 * A request head and a chunked body behind it, read at once and in pieces that the first input byte
 * chooses: both ways must agree, stay within the input and within the limits. */
#include "http/chunked.h"
#include "http/http1_parse.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIELDS_MAX = 16, HEAD_MAX = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct reading {
	struct http_header fields[FIELDS_MAX];
	char decoded[HEAD_MAX];
	enum http1_result result;
	enum http1_error error;
	struct http1_head head;
};

static bool within(struct slice s, const char *begin, size_t len)
{
	return s.ptr >= begin && s.len <= len && s.ptr <= begin + len - s.len;
}

static void check_head(const struct reading *r, struct slice input)
{
	const struct http_request *q = &r->head.request;

	assert(r->head.head_len >= 16 && r->head.head_len <= input.len);
	assert(r->head.head_len <= HEAD_MAX && q->n_headers <= FIELDS_MAX);
	input.len = r->head.head_len;
	assert(slice_ends(input, SLICE("\r\n\r\n")));
	assert(within(q->method_text, input.ptr, input.len));
	assert(within(q->target, input.ptr, input.len));
	assert(q->path_raw.len <= 1 || within(q->path_raw, input.ptr, input.len));
	assert(q->path.len <= 1 || within(q->path, input.ptr, input.len) ||
	       within(q->path, r->decoded, sizeof(r->decoded)));
	assert(!q->has_query || within(q->query, input.ptr, input.len));
	assert(q->host.len == 0 || within(q->host, input.ptr, input.len));
	assert(q->path.len <= q->path_raw.len);
	assert((r->head.framing == HTTP1_LENGTH) == (q->content_length > 0));
	for (size_t i = 0; i < q->n_headers; i++) {
		struct slice value = q->headers[i].value;

		assert(q->headers[i].name.len > 0);
		assert(within(q->headers[i].name, input.ptr, input.len));
		assert(within(value, input.ptr, input.len));
		assert(value.len == 0 || memchr(value.ptr, '\n', value.len) == NULL);
		assert(value.len == 0 || memchr(value.ptr, '\0', value.len) == NULL);
	}
}

/* In pieces of `step` bytes; 0: at once. Each piece lives in memory of its own exact size. */
static void read_head(struct slice input, size_t step, struct reading *r)
{
	const struct http1_space space = {r->fields, FIELDS_MAX, r->decoded, HEAD_MAX};
	struct http1_scan scan = {0};
	size_t n = step == 0 ? input.len : 0;

	do {
		n = n + step < input.len ? n + step : input.len;
		r->result = http1_parse((struct slice){input.ptr, n}, &space, &scan, &r->head,
					&r->error);
	} while (r->result == HTTP1_INCOMPLETE && n < input.len);
	if (r->result == HTTP1_COMPLETE)
		check_head(r, (struct slice){input.ptr, n});
}

static void check_same(const struct reading *a, const struct reading *b)
{
	assert(a->result == b->result);
	if (a->result == HTTP1_REFUSED)
		assert(a->error == b->error);
	if (a->result != HTTP1_COMPLETE)
		return;
	assert(a->head.head_len == b->head.head_len && a->head.framing == b->head.framing);
	assert(a->head.keep_alive == b->head.keep_alive);
	assert(a->head.request.content_length == b->head.request.content_length);
	assert(a->head.request.n_headers == b->head.request.n_headers);
	assert(slice_eq(a->head.request.path, b->head.request.path));
}

struct body {
	enum chunked_result result;
	size_t consumed, len;
	char *bytes;
	struct slice sentence;
};

static void read_body(struct slice input, size_t step, struct body *b)
{
	struct chunked c = {0};

	*b = (struct body){.result = CHUNKED_MORE, .bytes = malloc(input.len + 1)};
	while (b->result == CHUNKED_MORE && b->consumed < input.len) {
		size_t n = input.len - b->consumed;
		size_t consumed = 0, decoded = 0;

		if (step != 0 && step < n)
			n = step;
		memcpy(b->bytes + b->len, input.ptr + b->consumed, n);
		b->result =
			chunked_decode(&c, b->bytes + b->len, n, &consumed, &decoded, &b->sentence);
		if (b->result == CHUNKED_REFUSED)
			return;
		assert(decoded <= consumed && consumed <= n);
		assert(b->result == CHUNKED_COMPLETE || consumed == n);
		b->consumed += consumed;
		b->len += decoded;
	}
	assert(c.decoded == b->len && c.overhead <= 16384 + c.decoded);
}

static void check_body(struct slice input, size_t step)
{
	struct body once, cut;

	read_body(input, 0, &once);
	read_body(input, step, &cut);
	assert(once.result == cut.result);
	if (once.result == CHUNKED_REFUSED)
		assert(slice_eq(once.sentence, cut.sentence));
	else
		assert(once.consumed == cut.consumed && once.len == cut.len &&
		       memcmp(once.bytes, cut.bytes, once.len) == 0);
	free(once.bytes);
	free(cut.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct reading once, cut;
	struct slice input;
	size_t step;

	if (len < 1)
		return 0;
	step = 1 + data[0] % 16;
	input = (struct slice){(const char *)data + 1, len - 1};
	read_head(input, 0, &once);
	read_head(input, step, &cut);
	check_same(&once, &cut);
	check_body(input, step);
	if (once.result == HTTP1_COMPLETE && once.head.framing == HTTP1_CHUNKED)
		check_body(slice_skip(input, once.head.head_len), step);
	return 0;
}
