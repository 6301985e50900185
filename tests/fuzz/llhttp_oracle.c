/* SPDX-License-Identifier: Apache-2.0 */
#include "llhttp_oracle.h"

#include <llhttp.h>

struct state {
	struct oracle_reading *reading;
	struct buf target, name, value, head, body;
	bool headers_done, begun;
};

static struct state *state_of(llhttp_t *parser)
{
	return parser->data;
}

static int put(struct buf *b, const char *at, size_t len)
{
	buf_put(b, (struct slice){at, len});
	return 0;
}

static int on_begin(llhttp_t *parser)
{
	struct state *s = state_of(parser);

	buf_clear(&s->target);
	buf_clear(&s->head);
	buf_clear(&s->body);
	buf_clear(&s->name);
	buf_clear(&s->value);
	s->headers_done = false;
	s->begun = true;
	return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
	return put(&state_of(parser)->target, at, len);
}

static int on_name(llhttp_t *parser, const char *at, size_t len)
{
	return put(&state_of(parser)->name, at, len);
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
	return put(&state_of(parser)->value, at, len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int on_value_complete(llhttp_t *parser)
{
	struct state *s = state_of(parser);
	struct slice value = buf_slice(&s->value);

	while (value.len > 0 && is_blank(value.ptr[0]))
		value = slice_skip(value, 1);
	while (value.len > 0 && is_blank(value.ptr[value.len - 1]))
		value.len--;
	if (!s->headers_done) { /* else it is a trailer */
		buf_put(&s->head, buf_slice(&s->name));
		buf_put(&s->head, SLICE(": "));
		buf_put(&s->head, value);
		buf_put_byte(&s->head, '\n');
	}
	buf_clear(&s->name);
	buf_clear(&s->value);
	return 0;
}

static int on_headers_complete(llhttp_t *parser)
{
	state_of(parser)->headers_done = true;
	return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	return put(&state_of(parser)->body, at, len);
}

static int on_complete(llhttp_t *parser)
{
	struct state *s = state_of(parser);
	struct oracle_reading *r = s->reading;
	struct buf *request;

	if (r->n == ORACLE_REQUESTS_MAX)
		return -1;
	request = &r->requests[r->n++];
	buf_init(request, SIZE_MAX / 4);
	buf_put(request, slice_of(llhttp_method_name((llhttp_method_t)parser->method)));
	buf_put_byte(request, ' ');
	buf_put(request, buf_slice(&s->target));
	buf_put_byte(request, '\n');
	buf_put(request, buf_slice(&s->head));
	buf_put_byte(request, '\n');
	buf_put(request, buf_slice(&s->body));
	s->begun = false;
	return 0;
}

static enum oracle_end end_of(llhttp_errno_t error, const struct state *s)
{
	if (error == HPE_PAUSED_UPGRADE)
		return ORACLE_LEFT;
	if (error != HPE_OK)
		return ORACLE_REFUSED;
	return s->begun ? ORACLE_INCOMPLETE : ORACLE_OPEN;
}

void oracle_read(struct slice bytes, struct oracle_reading *ret)
{
	struct buf *bufs[5];
	struct state s = {.reading = ret};
	llhttp_settings_t settings;
	llhttp_t parser;

	bufs[0] = &s.target;
	bufs[1] = &s.name;
	bufs[2] = &s.value;
	bufs[3] = &s.head;
	bufs[4] = &s.body;
	for (size_t i = 0; i < 5; i++)
		buf_init(bufs[i], SIZE_MAX / 4);
	*ret = (struct oracle_reading){0};
	llhttp_settings_init(&settings);
	settings.on_message_begin = on_begin;
	settings.on_url = on_url;
	settings.on_header_field = on_name;
	settings.on_header_value = on_value;
	settings.on_header_value_complete = on_value_complete;
	settings.on_headers_complete = on_headers_complete;
	settings.on_body = on_body;
	settings.on_message_complete = on_complete;
	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = &s;
	ret->end = end_of(llhttp_execute(&parser, bytes.ptr, bytes.len), &s);
	ret->reason = ret->end == ORACLE_REFUSED ? llhttp_get_error_reason(&parser) : "";
	for (size_t i = 0; i < 5; i++)
		buf_free(bufs[i]);
}

void oracle_free(struct oracle_reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		buf_free(&r->requests[i]);
}
