/* SPDX-License-Identifier: Apache-2.0
 *
 * tls_names.h -- versions, cipher suites, curves and kinds of client authentication by the names
 * that Go gives them, and what OpenSSL calls them. Pure; any thread. */
#pragma once

#include "base/buf.h"
#include "http/policy.h"

must_check bool tls_version_find(struct slice name, uint16_t *ret);
must_check bool tls_cipher_find(struct slice name, uint32_t *ret_bit);
must_check bool tls_curve_find(struct slice name, uint32_t *ret_bit);
must_check bool tls_client_auth_find(struct slice name, enum tls_client_auth *ret); /* "": none */

/* OpenSSL's lists, joined with ':' in the order of preference that Go has on processors with AES
 * instructions; an order in the file means nothing, as in Go. The first list may come out empty. */
void tls_put_ciphers_to_1_2(struct buf *out, uint32_t ciphers);
void tls_put_curves(struct buf *out, uint32_t curves);
