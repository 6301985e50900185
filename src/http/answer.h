/* SPDX-License-Identifier: Apache-2.0
 *
 * answer.h -- the words of an answer: status texts and dates. Pure; any thread. */
#pragma once

#include "http/http.h"

#define HTTP_STATUS_TABLE(X)                                                                       \
	X(200, "OK")                                                                               \
	X(202, "Accepted")                                                                         \
	X(204, "No Content")                                                                       \
	X(206, "Partial Content")                                                                  \
	X(301, "Moved Permanently")                                                                \
	X(302, "Found")                                                                            \
	X(303, "See Other")                                                                        \
	X(304, "Not Modified")                                                                     \
	X(307, "Temporary Redirect")                                                               \
	X(308, "Permanent Redirect")                                                               \
	X(400, "Bad Request")                                                                      \
	X(401, "Unauthorized")                                                                     \
	X(403, "Forbidden")                                                                        \
	X(404, "Not Found")                                                                        \
	X(405, "Method Not Allowed")                                                               \
	X(406, "Not Acceptable")                                                                   \
	X(408, "Request Timeout")                                                                  \
	X(409, "Conflict")                                                                         \
	X(411, "Length Required")                                                                  \
	X(412, "Precondition Failed")                                                              \
	X(413, "Request Entity Too Large") /* the reference's words, not RFC 9110's */             \
	X(414, "Request URI Too Long")                                                             \
	X(415, "Unsupported Media Type")                                                           \
	X(416, "Requested Range Not Satisfiable")                                                  \
	X(417, "Expectation Failed")                                                               \
	X(421, "Misdirected Request")                                                              \
	X(422, "Unprocessable Entity")                                                             \
	X(429, "Too Many Requests")                                                                \
	X(431, "Request Header Fields Too Large")                                                  \
	X(500, "Internal Server Error")                                                            \
	X(501, "Not Implemented")                                                                  \
	X(502, "Bad Gateway")                                                                      \
	X(503, "Service Unavailable")                                                              \
	X(504, "Gateway Timeout")                                                                  \
	X(505, "HTTP Version Not Supported")                                                       \
	X(507, "Insufficient Storage")

struct slice http_status_words(int status);
bool http_status_has_body(int status);

enum { HTTP_DATE_LEN = 29 };

/* "Fri, 20 Nov 2026 17:45:40 GMT" and a NUL; for times from 1970 to 9999. */
void http_date_text(int64_t unix_s, char ret[HTTP_DATE_LEN + 1]);
