/* SPDX-License-Identifier: Apache-2.0
 *
 * http1_parse.h -- the head of an HTTP/1 request, from bytes to a value (RFC 9112, strictly).
 *
 * Pure; any thread. Nothing is allocated: slices of the result point into the input, into the given
 * space, or at constants. A head is read in exactly one way or refused: no folding, no bare CR or
 * LF, no blank before a colon, one Host, one Content-Length of digits, no coding but chunked.
 *
 * The verdict does not depend on how the bytes were cut: a line is judged when its LF is there, in
 * order, and what several lines say together (framing, Host) when the empty line is there. */
#pragma once

#include "http/http.h"

/*          error                    status   what the client reads; NULL: just the status line */
#define HTTP1_ERROR_TABLE(X)                                                                       \
	X(HTTP1_BAD_REQUEST_LINE, 400, NULL)                                                       \
	X(HTTP1_BAD_TARGET, 400, NULL)                                                             \
	X(HTTP1_BAD_VERSION, 505, "unsupported protocol version")                                  \
	X(HTTP1_BAD_FIELD, 400, NULL)                                                              \
	X(HTTP1_BLANK_BEFORE_COLON, 400, "invalid header name")                                    \
	X(HTTP1_FOLDED_FIELD, 400, "folded header line")                                           \
	X(HTTP1_BARE_LF, 400, "line ends with bare LF")                                            \
	X(HTTP1_NO_HOST, 400, "missing required Host header")                                      \
	X(HTTP1_MANY_HOSTS, 400, NULL)                                                             \
	X(HTTP1_BAD_HOST, 400, "malformed Host header")                                            \
	X(HTTP1_BAD_LENGTH, 400, NULL)                                                             \
	X(HTTP1_EMPTY_LENGTH, 400, "empty Content-Length")                                         \
	X(HTTP1_MANY_LENGTHS, 400, "repeated Content-Length")                                      \
	X(HTTP1_BAD_CODING, 501, "Unsupported transfer encoding")                                  \
	X(HTTP1_CODING_IN_1_0, 400, "Transfer-Encoding in an HTTP/1.0 request")                    \
	X(HTTP1_HEAD_TOO_LARGE, 431, NULL)                                                         \
	X(HTTP1_MANY_FIELDS, 431, "too many header lines")                                         \
	X(HTTP1_BAD_EXPECTATION, 417, NULL)

enum http1_error {
	HTTP1_ERROR_NONE = 0,
#define X(error, status, sentence) error,
	HTTP1_ERROR_TABLE(X)
#undef X
};

int http1_error_status(enum http1_error error);
struct slice http1_error_sentence(enum http1_error error); /* empty when there is none */

enum http1_framing {
	HTTP1_NO_BODY,
	HTTP1_LENGTH, /* request.content_length bytes */
	HTTP1_CHUNKED,
};

/* Where the result lives besides the input; the caller's. */
struct http1_space {
	struct http_header *headers;
	size_t headers_max;
	char *decoded; /* of at least head_bytes_max bytes */
	size_t head_bytes_max;
};

/* How far an incomplete head was judged; all zero before its first byte. */
struct http1_scan {
	size_t line_at; /* start of the first line without LF */
	size_t seen;    /* bytes searched for LF */
	size_t n_lines; /* judged, the request line included */
};

struct http1_head {
	struct http_request request; /* without body, received_unix_ns and remote */
	size_t head_len;             /* the empty line included */
	enum http1_framing framing;
	bool keep_alive;      /* what the client asks for, its version's default included */
	bool expect_continue; /* Expect: 100-continue */
};

enum http1_result { HTTP1_COMPLETE, HTTP1_INCOMPLETE, HTTP1_REFUSED };

/* `input` begins with the head's first byte and grows from call to call with the same `scan`.
 * ret_head is written for HTTP1_COMPLETE only, reterr for HTTP1_REFUSED only. */
must_check enum http1_result http1_parse(struct slice input, const struct http1_space *space,
					 struct http1_scan *scan, struct http1_head *ret_head,
					 enum http1_error *reterr);
