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
	struct http_identity who;
	struct slice hash; /* bcrypt; not checked */
};

enum { HTTP_TOKEN_DIGEST_BYTES = 32 };

struct http_token {
	struct http_identity who;
	unsigned char sha256[HTTP_TOKEN_DIGEST_BYTES]; /* of the token */
};

enum { HTTP_POLICY_HEADERS_MAX = 8 };

struct http_policy {
	struct tls_settings tls;
	bool http2;
	struct http_header headers[HTTP_POLICY_HEADERS_MAX]; /* for each answer, sorted by name */
	size_t n_headers;
	/* Neither of them: no one is asked who they are. */
	const struct http_user *users;
	size_t n_users;
	const struct http_token *tokens;
	size_t n_tokens;
	const struct slice *open_paths; /* decoded; one that ends in a star stands for all below */
	size_t n_open_paths;
	int64_t rate_interval_ns; /* 0: no limit */
	int64_t rate_burst;

	/* What the rights of identities are made of, and how it is freed; or NULL. */
	void *rights;
	void (*rights_free)(void *rights);

	struct arena arena; /* holds all of the above but the rights */
	_Atomic uint32_t n_refs;
};

struct http_policy *http_policy_new(size_t bytes_max); /* one reference; NULL: out of memory */
struct http_policy *http_policy_hold(struct http_policy *p);
void http_policy_release(struct http_policy *p); /* takes NULL */

/* Must who comes say who they are? */
bool http_policy_asks(const struct http_policy *p);

/* NULL: there is none of that name. */
const struct http_user *http_policy_user(const struct http_policy *p, struct slice name);

/* A request that changes nothing and brings no body, for a path that is open to everybody. */
bool http_policy_is_open(const struct http_policy *p, const struct http_request *r);

/* TLS is on if a certificate, a key, a client CA or a kind of client authentication is named. */
bool tls_settings_wanted(const struct tls_settings *t);

/* Any thread: the policy that is in force now, with a reference for the caller; or why there is
 * none. */
struct http_policy_source {
	enum err_code (*current)(void *state, struct http_policy **ret, struct err *reterr);
	void *state;
};
