/* SPDX-License-Identifier: Apache-2.0
 *
 * push_size.h -- how large a push is for pushgateway_http_push_size_bytes: about the bytes of its
 * request, as client_golang counts them. Pure; any thread. */
#pragma once

#include "http/http.h"

/* Target, method, protocol, headers (a name that comes twice counts once, its values all), host and
 * declared length; what was decoded from chunks has none. */
size_t push_size_bytes(const struct http_request *r);
