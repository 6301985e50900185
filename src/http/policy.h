/* SPDX-License-Identifier: Apache-2.0
 *
 * policy.h -- what the operator asks of connections and requests, as one immutable counted value.
 *
 * Made by whoever reads the configuration, then only read, by any thread. Who holds a reference may
 * follow every slice in it. Where it comes from is behind struct http_policy_source. */
#pragma once

#include <stdatomic.h>

#include "base/err.h"
#include "http/http.h"

enum tls_client_auth {
	TLS_NO_CLIENT_CERT,
	TLS_REQUEST_CLIENT_CERT,
	TLS_REQUIRE_ANY_CLIENT_CERT,
	TLS_VERIFY_CLIENT_CERT_IF_GIVEN,
	TLS_REQUIRE_AND_VERIFY_CLIENT_CERT,
};

/* Empty slices: not set. A path wins over the text beside it; relative ones are joined already. */
struct tls_settings {
	struct slice cert, key, client_ca; /* PEM */
	struct slice cert_file, key_file, client_ca_file;
	struct slice client_auth; /* as written; tls_client_auth_find knows the names */
	bool has_allowed_sans;
	const struct slice *allowed_sans;
	size_t n_allowed_sans;
	uint16_t version_min, version_max; /* 0x0303 is TLS 1.2 */
	uint32_t ciphers;                  /* bits of tls_names.h; 0: all that are on by default */
	uint32_t curves;                   /* likewise */
};

struct http_user {
	struct slice name;
	struct slice hash; /* bcrypt; not checked */
};

enum { HTTP_POLICY_HEADERS_MAX = 8 };

struct http_policy {
	struct tls_settings tls;
	bool http2;
	struct http_header headers[HTTP_POLICY_HEADERS_MAX]; /* for each answer, sorted by name */
	size_t n_headers;
	const struct http_user *users; /* none: no one is asked for a password */
	size_t n_users;
	int64_t rate_interval_ns; /* 0: no limit */
	int64_t rate_burst;

	struct arena arena; /* holds all of the above */
	_Atomic uint32_t n_refs;
};

struct http_policy *http_policy_new(size_t bytes_max); /* one reference; NULL: out of memory */
struct http_policy *http_policy_hold(struct http_policy *p);
void http_policy_release(struct http_policy *p); /* takes NULL */

/* TLS is on if a certificate, a key, a client CA or a kind of client authentication is named. */
bool tls_settings_wanted(const struct tls_settings *t);

/* Any thread: the policy that is in force now, with a reference for the caller; or why there is
 * none. */
struct http_policy_source {
	enum err_code (*current)(void *state, struct http_policy **ret, struct err *reterr);
	void *state;
};
