/* SPDX-License-Identifier: Apache-2.0
 *
 * answer.h -- what both versions of HTTP say alike of an answer: status texts, dates, headers, its
 * length, the pieces of its body. Any thread; a producer is its worker's. */
#pragma once

#include "http/policy.h"

/* Those that this server answers, and 204, whose framing it knows. */
#define HTTP_STATUS_TABLE(X)                                                                       \
	X(200, "OK")                                                                               \
	X(202, "Accepted")                                                                         \
	X(204, "No Content")                                                                       \
	X(206, "Partial Content")                                                                  \
	X(301, "Moved Permanently")                                                                \
	X(304, "Not Modified")                                                                     \
	X(307, "Temporary Redirect")                                                               \
	X(400, "Bad Request")                                                                      \
	X(401, "Unauthorized")                                                                     \
	X(403, "Forbidden")                                                                        \
	X(404, "Not Found")                                                                        \
	X(405, "Method Not Allowed")                                                               \
	X(408, "Request Timeout")                                                                  \
	X(413, "Request Entity Too Large") /* the reference's words, not RFC 9110's */             \
	X(416, "Requested Range Not Satisfiable")                                                  \
	X(417, "Expectation Failed")                                                               \
	X(429, "Too Many Requests")                                                                \
	X(431, "Request Header Fields Too Large")                                                  \
	X(500, "Internal Server Error")                                                            \
	X(501, "Not Implemented")                                                                  \
	X(503, "Service Unavailable")                                                              \
	X(505, "HTTP Version Not Supported")

struct slice http_status_words(int status);
bool http_status_has_body(int status);

enum { HTTP_DATE_LEN = 29 };

/* "Fri, 20 Nov 2026 17:45:40 GMT" and a NUL; for times from 1970 to 9999. */
void http_date_text(int64_t unix_s, char ret[HTTP_DATE_LEN + 1]);

/* Of an answer that is a sentence. */
enum { HTTP_ERROR_HEADERS = 2 };
extern const struct http_header http_error_headers[HTTP_ERROR_HEADERS];

/* The headers of an answer, as they are sent: those of the app, and among them, in their order,
 * those that the operator wants. Where both have the same, the app's holds, as it comes later in
 * the reference. */
struct http_headers {
	const struct http_header *own, *wanted; /* what is left */
	size_t n_own, n_wanted;
};

/* `policy` may be NULL. */
static inline struct http_headers http_headers_of(const struct http_answer *a,
						  const struct http_policy *policy)
{
	return (struct http_headers){.own = a->headers,
				     .wanted = policy == NULL ? NULL : policy->headers,
				     .n_own = a->n_headers,
				     .n_wanted = policy == NULL ? 0 : policy->n_headers};
}

/* NULL: that was all. */
static inline const struct http_header *http_headers_next(struct http_headers *h)
{
	while (h->n_wanted > 0) {
		int order = h->n_own == 0 ? -1 : slice_compare(h->wanted->name, h->own->name);

		if (order > 0)
			break;
		h->n_wanted--;
		h->wanted++;
		if (order < 0)
			return h->wanted - 1;
	}
	if (h->n_own == 0)
		return NULL;
	h->n_own--;
	return h->own++;
}

enum { HTTP_LENGTH_UNKNOWN = -1 };

/* As Go's net/http, which knows no length of what a HEAD never wrote. */
static inline bool http_length_is_said(int64_t length, int status, bool no_body)
{
	return length != HTTP_LENGTH_UNKNOWN && http_status_has_body(status) &&
	       (length > 0 || !no_body);
}

static inline bool http_piece_came(enum http_piece said)
{
	return said == HTTP_PIECE || said == HTTP_PIECE_BRIEF;
}

/* Passes over pieces without bytes. */
static inline enum http_piece http_producer_next(const struct http_producer *p, struct slice *ret)
{
	enum http_piece said;

	do
		said = p->next(p->state, ret);
	while (http_piece_came(said) && ret->len == 0);
	return said;
}
