/* SPDX-License-Identifier: Apache-2.0
 *
 * accept_encoding.h -- which coding an answer gets: the reference's reading of Accept-Encoding
 * (client_golang's copy of golang/gddo), which offers identity and gzip, and zstd for who wants it
 * more than gzip. Pure; any thread. */
#pragma once

#include "http/http.h"

enum http_coding { CODING_IDENTITY, CODING_GZIP, CODING_ZSTD };

/* `*ret_refused`: all that is offered has a q of 0, which the reference logs; the answer is sent as
 * it is then. */
enum http_coding accept_encoding(const struct http_request *r, bool *ret_refused);
