/* SPDX-License-Identifier: Apache-2.0
 *
 * The files below /static/, as the reference's file server answers: content types by extension
 * without a charset, ranges, conditions. Beyond it: deflated where the client takes that, an ETag,
 * and a lifetime for links that carry the revision, which name other bytes when these change. */
#include <stdio.h>

#include "app/app_private.h"
#include "app/assets.h"
#include "http/accept_encoding.h"
#include "http/answer.h"
#include "http/range.h"

enum { HEADERS_MAX = 12, CONTENT_RANGE_BYTES_MAX = 80 };

const struct asset *asset_find(struct slice path)
{
	for (size_t i = 0; i < n_assets; i++)
		if (slice_eq(assets[i].path, path))
			return &assets[i];
	return NULL;
}

static struct slice content_type(struct slice path)
{
	static const struct {
		struct slice suffix, type;
	} types[] = {
		{SLICE_TEXT(".css"), SLICE_TEXT("text/css")},
		{SLICE_TEXT(".ico"), SLICE_TEXT("image/x-icon")},
		{SLICE_TEXT(".js"), SLICE_TEXT("application/javascript")},
		{SLICE_TEXT(".svg"), SLICE_TEXT("image/svg+xml")},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_ends(path, types[i].suffix))
			return types[i].type;
	return SLICE("application/octet-stream");
}

/* A file as one request is to have it. */
struct serving {
	const struct asset *asset;
	bool gzip;
	struct slice etag, bytes;
	char modified[HTTP_DATE_LEN + 1];
};

/* One of the listed tags, weak or strong, or `*`. */
static bool names_tag(struct slice list, struct slice etag)
{
	struct slice item;

	while (list.len > 0) {
		if (!slice_cut(list, ',', &item, &list)) {
			item = list;
			list = SLICE_EMPTY;
		}
		while (slice_starts(item, SLICE(" ")))
			item = slice_skip(item, 1);
		while (slice_ends(item, SLICE(" ")))
			item.len--;
		if (slice_starts(item, SLICE("W/")))
			item = slice_skip(item, 2);
		if (slice_eq(item, etag) || slice_eq(item, SLICE("*")))
			return true;
	}
	return false;
}

/* Clients send back the date that they were given, so another one is another version. */
static bool is_fresh(const struct http_request *r, const struct serving *s)
{
	struct slice value;

	if (http_header_get(r, SLICE("If-None-Match"), &value))
		return names_tag(value, s->etag);
	return http_header_get(r, SLICE("If-Modified-Since"), &value) &&
	       slice_eq(value, slice_of(s->modified));
}

static enum range_result wanted_range(const struct http_request *r, const struct serving *s,
				      uint64_t *ret_from, uint64_t *ret_len)
{
	struct slice range, condition;

	if (!http_header_get(r, SLICE("Range"), &range))
		return RANGE_WHOLE;
	if (http_header_get(r, SLICE("If-Range"), &condition) && !slice_eq(condition, s->etag) &&
	    !slice_eq(condition, slice_of(s->modified)))
		return RANGE_WHOLE;
	return range_parse(range, s->bytes.len, ret_from, ret_len);
}

static struct slice cache_control(const struct http_request *r)
{
	if (slice_starts(r->query, SLICE("v=")) &&
	    slice_eq(slice_skip(r->query, 2), assets_revision))
		return SLICE("public, max-age=31536000, immutable");
	return SLICE("no-cache");
}

static void serve(struct http_exchange *x, const struct http_request *r, const struct serving *s)
{
	struct http_header headers[HEADERS_MAX];
	char content_range[CONTENT_RANGE_BYTES_MAX];
	struct slice bytes = s->bytes;
	uint64_t from = 0, len = 0;
	int status = 200, written;
	size_t n = 0;

	headers[n++] = (struct http_header){SLICE("Accept-Ranges"), SLICE("bytes")};
	headers[n++] = (struct http_header){SLICE("Cache-Control"), cache_control(r)};
	if (s->gzip)
		headers[n++] = (struct http_header){SLICE("Content-Encoding"), SLICE("gzip")};
	headers[n++] = (struct http_header){SLICE("Content-Type"), content_type(s->asset->path)};
	headers[n++] = (struct http_header){SLICE("ETag"), s->etag};
	headers[n++] = (struct http_header){SLICE("Last-Modified"), slice_of(s->modified)};
	headers[n++] = (struct http_header){SLICE("Vary"), SLICE("Accept-Encoding")};
	headers[n++] = (struct http_header){SLICE("X-Content-Type-Options"), SLICE("nosniff")};
	if (is_fresh(r, s)) {
		status = 304;
		bytes = SLICE_EMPTY;
	} else if (wanted_range(r, s, &from, &len) == RANGE_PART) {
		status = 206;
		written = snprintf(content_range, sizeof(content_range), "bytes %llu-%llu/%zu",
				   (unsigned long long)from, (unsigned long long)(from + len - 1),
				   s->bytes.len);
		assert(written > 0 && (size_t)written < sizeof(content_range));
		headers[n++] = (struct http_header){SLICE("Content-Range"),
						    {content_range, (size_t)written}};
		bytes = (struct slice){s->bytes.ptr + from, len};
	}
	http_answer(x,
		    &(struct http_answer){
			    .status = status, .headers = headers, .n_headers = n, .body = bytes});
}

static void answer_beyond(struct http_exchange *x, const struct serving *s)
{
	char content_range[CONTENT_RANGE_BYTES_MAX];
	int written = snprintf(content_range, sizeof(content_range), "bytes */%zu", s->bytes.len);
	const struct http_header headers[] = {
		{SLICE("Content-Range"), {content_range, (size_t)written}},
		{SLICE("Content-Type"), SLICE("text/plain; charset=utf-8")},
		{SLICE("X-Content-Type-Options"), SLICE("nosniff")},
	};

	assert(written > 0 && (size_t)written < sizeof(content_range));
	http_answer(x, &(struct http_answer){
			       .status = 416,
			       .headers = headers,
			       .n_headers = sizeof(headers) / sizeof(headers[0]),
			       .body = SLICE("invalid range: failed to overlap\n"),
		       });
}

void handle_static(struct worker *w, struct http_exchange *x)
{
	const struct http_request *r = http_exchange_request(x);
	struct serving s = {
		.asset = asset_find(slice_skip(r->path, w->app->options.route_prefix.len))};
	uint64_t from, len;
	bool refused;

	if (s.asset == NULL) {
		http_answer_error(x, 404, SLICE("404 page not found"));
		return;
	}
	s.gzip = accept_encoding(r, &refused) == CODING_GZIP;
	s.etag = s.gzip ? s.asset->etag_gzip : s.asset->etag;
	s.bytes = s.gzip ? s.asset->gzip : s.asset->plain;
	http_date_text(assets_modified_unix_s, s.modified);
	if (!is_fresh(r, &s) && wanted_range(r, &s, &from, &len) == RANGE_NONE)
		answer_beyond(x, &s);
	else
		serve(x, r, &s);
}
