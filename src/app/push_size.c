/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference counts the request as Go's net/http hands it over (promhttp,
 * computeApproximateRequestSize): with the URL written anew, and with its server's changes to the
 * header map. */
#include "app/push_size.h"

#include "app/path_byte.h"

enum {
	PROTOCOL_BYTES = sizeof("HTTP/1.1") - 1,
	NAMES_LOOKED_BACK_MAX = 64, /* so that many headers cost no square of their number */
};

static size_t path_bytes(const struct http_request *r)
{
	size_t bytes = r->path.len;

	for (size_t i = 0; i < r->path_raw.len; i++)
		if (path_byte_of(r->path_raw.ptr[i]) == PATH_OTHER) {
			for (size_t j = 0; j < r->path.len; j++)
				bytes += path_byte_of(r->path.ptr[j]) == PATH_NEVER_ESCAPED ? 0 : 2;
			return bytes;
		}
	return r->path_raw.len;
}

/* Headers that Go's server takes out of the map. */
static bool taken_out(const struct http_request *r, struct slice name)
{
	switch (name.len) {
	case 4:
		return slice_eq_nocase(name, SLICE("Host"));
	case 7:
		return slice_eq_nocase(name, SLICE("Trailer"));
	case 14:
		return r->content_length < 0 && slice_eq_nocase(name, SLICE("Content-Length"));
	case 17:
		return slice_eq_nocase(name, SLICE("Transfer-Encoding"));
	default:
		return false;
	}
}

static bool came_before(const struct http_request *r, size_t i)
{
	size_t from = i < NAMES_LOOKED_BACK_MAX ? 0 : i - NAMES_LOOKED_BACK_MAX;

	for (size_t j = from; j < i; j++)
		if (r->headers[j].name.len == r->headers[i].name.len &&
		    slice_eq_nocase(r->headers[j].name, r->headers[i].name))
			return true;
	return false;
}

static size_t headers_bytes(const struct http_request *r)
{
	size_t bytes = 0;
	struct slice value;

	for (size_t i = 0; i < r->n_headers; i++) {
		struct slice name = r->headers[i].name;

		if (taken_out(r, name))
			continue;
		bytes += r->headers[i].value.len + (came_before(r, i) ? 0 : name.len);
		/* A cache control of HTTP/1.0 is given the one of HTTP/1.1 (fixPragmaCacheControl).
		 */
		if (name.len == 6 && slice_eq_nocase(name, SLICE("Pragma")) && !came_before(r, i) &&
		    slice_eq(r->headers[i].value, SLICE("no-cache")) &&
		    !http_header_get(r, SLICE("Cache-Control"), &value))
			bytes += sizeof("Cache-Controlno-cache") - 1;
	}
	return bytes;
}

size_t push_size_bytes(const struct http_request *r)
{
	size_t around_path = r->target.len - r->path_raw.len; /* scheme and host, query */

	return around_path + path_bytes(r) + r->method_text.len + PROTOCOL_BYTES +
	       headers_bytes(r) + r->host.len +
	       (r->content_length > 0 ? (size_t)r->content_length : 0);
}
