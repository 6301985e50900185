/* SPDX-License-Identifier: Apache-2.0
 *
 * tls_context.h -- from TLS settings to OpenSSL's SSL_CTX: certificates, key, client CAs, versions,
 * suites, curves, kinds of client authentication.
 *
 * A context never changes and is counted; connections of any thread may share it. It also keeps the
 * stamps of the files it was made of, and so knows when it is out of date. */
#pragma once

#include <openssl/ssl.h>

#include "http/file_stamp.h"
#include "http/policy.h"

enum tls_file { TLS_FILE_CERT, TLS_FILE_KEY, TLS_FILE_CLIENT_CA, N_TLS_FILES };

/* What session tickets are sealed with; sessions outlive the context that they began with. */
enum { TLS_TICKET_KEY_BYTES = 80 };
struct tls_tickets {
	unsigned char keys[TLS_TICKET_KEY_BYTES];
};

struct tls_context {
	_Atomic uint32_t n_refs;
	SSL_CTX *ctx;
	struct http_policy *policy; /* held; its TLS settings are what this was made of */
	struct file_stamp stamps[N_TLS_FILES];
	enum tls_client_auth client_auth;
};

/* Fails with the reference's sentences ("failed to load X509KeyPair: tls: private key does not
 * match public key"). */
must_check enum err_code tls_context_make(struct http_policy *policy,
					  const struct tls_tickets *tickets,
					  struct tls_context **ret, struct err *reterr);
struct tls_context *tls_context_hold(struct tls_context *t);
void tls_context_release(struct tls_context *t); /* takes NULL */

/* It was made of this policy, and the files are as they were. */
bool tls_context_is_current(const struct tls_context *t, const struct http_policy *policy);

/* One of these names of a certificate: DNS, e-mail, IP, URI, exactly. */
bool tls_certificate_has_san(X509 *certificate, const struct slice *allowed, size_t n);
