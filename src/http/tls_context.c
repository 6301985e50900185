/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "http/tls_names.h"

enum {
	PEM_BYTES_MAX = 4 << 20,
	LIST_BYTES_MAX = 1024,
	SECURITY_LEVEL = 1,     /* 112 bits: what Go takes; keys of 1024 bits, unlike level 2 */
	SECURITY_LEVEL_OLD = 0, /* TLS 1.0 and 1.1 sign with MD5 and SHA-1 */
	TRIES_MAX = 5,
	TICKET_S_MAX = 24 * 3600,
};

static enum err_code refuse(struct err *reterr, struct slice sentence)
{
	return err_set(reterr, ERR_SYNTAX, sentence);
}

static enum err_code refuse_pair(struct err *reterr, struct slice sentence)
{
	return err_setf(reterr, ERR_SYNTAX, "failed to load X509KeyPair: tls: %.*s",
			SLICE_ARG(sentence));
}

static enum err_code no_memory(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
}

/* --- PEM ---------------------------------------------------------------------------------------
 */

struct pem_block {
	char *name, *header;
	unsigned char *data;
	long len;
};

static bool pem_next(BIO *bio, struct pem_block *ret)
{
	return PEM_read_bio(bio, &ret->name, &ret->header, &ret->data, &ret->len) == 1;
}

static void pem_free(struct pem_block *b)
{
	OPENSSL_free(b->name);
	OPENSSL_free(b->header);
	OPENSSL_clear_free(b->data, (size_t)b->len);
}

static bool is_key(const struct pem_block *b)
{
	return slice_ends(slice_of(b->name), SLICE("PRIVATE KEY"));
}

static X509 *certificate_of(const struct pem_block *b)
{
	const unsigned char *at = b->data;

	return d2i_X509(NULL, &at, b->len);
}

/* The first certificate is the server's, the others go along with it. */
static enum err_code chain_use(SSL_CTX *ctx, struct slice pem, struct err *reterr)
{
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	struct pem_block b;
	int n_certificates = 0;
	bool any = false, key = false, ok = true;

	if (bio == NULL)
		return no_memory(reterr);
	for (; ok && pem_next(bio, &b); pem_free(&b)) {
		X509 *certificate;

		any = true;
		key |= is_key(&b);
		if (strcmp(b.name, "CERTIFICATE") != 0)
			continue;
		certificate = certificate_of(&b);
		ok = certificate != NULL &&
		     (n_certificates == 0 ? SSL_CTX_use_certificate(ctx, certificate)
					  : SSL_CTX_add1_chain_cert(ctx, certificate)) == 1;
		n_certificates++;
		X509_free(certificate);
	}
	BIO_free(bio);
	if (!ok)
		return err_set(reterr, ERR_SYNTAX,
			       SLICE("failed to load X509KeyPair: x509: malformed certificate"));
	if (n_certificates > 0)
		return ERR_NONE;
	if (!any)
		return refuse_pair(reterr,
				   SLICE("failed to find any PEM data in certificate input"));
	return refuse_pair(reterr,
			   key ? SLICE("failed to find certificate PEM data in certificate input, "
				       "but did find a private key; PEM inputs may have been "
				       "switched")
			       : SLICE("failed to find \"CERTIFICATE\" PEM block in certificate "
				       "input"));
}

static EVP_PKEY *key_of(const struct pem_block *b)
{
	const unsigned char *at = b->data;

	return d2i_AutoPrivateKey(NULL, &at, b->len);
}

static enum err_code key_use_block(SSL_CTX *ctx, const struct pem_block *b, struct err *reterr)
{
	EVP_PKEY *key = key_of(b);
	X509 *certificate = SSL_CTX_get0_certificate(ctx);
	const EVP_PKEY *public = X509_get0_pubkey(certificate);
	enum err_code code = ERR_NONE;

	assert(public != NULL); /* SSL_CTX_use_certificate takes no other */
	if (key == NULL)
		return refuse_pair(reterr, SLICE("failed to parse private key"));
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_get_base_id(public))
		code = refuse_pair(reterr,
				   SLICE("private key type does not match public key type"));
	else if (X509_check_private_key(certificate, key) != 1)
		code = refuse_pair(reterr, SLICE("private key does not match public key"));
	else if (SSL_CTX_use_PrivateKey(ctx, key) != 1)
		code = refuse_pair(reterr, SLICE("the private key cannot be used"));
	EVP_PKEY_free(key);
	return code;
}

static enum err_code key_use(SSL_CTX *ctx, struct slice pem, struct err *reterr)
{
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	enum err_code code;
	struct pem_block b;
	bool any = false, certificate = false, found = false;

	if (bio == NULL)
		return no_memory(reterr);
	for (; !found && pem_next(bio, &b); pem_free(&b)) {
		any = true;
		certificate |= strcmp(b.name, "CERTIFICATE") == 0;
		found = is_key(&b);
		if (found)
			code = key_use_block(ctx, &b, reterr);
	}
	BIO_free(bio);
	if (found)
		return code;
	if (!any)
		return refuse_pair(reterr, SLICE("failed to find any PEM data in key input"));
	return refuse_pair(reterr,
			   certificate
				   ? SLICE("found a certificate rather than a key in the PEM for "
					   "the private key")
				   : SLICE("failed to find PEM block with type ending in \"PRIVATE "
					   "KEY\" in key input"));
}

/* What is no certificate is passed over, as in Go: a pool may come out empty. */
static enum err_code pool_use(SSL_CTX *ctx, struct slice pem, struct err *reterr)
{
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	struct pem_block b;

	if (bio == NULL)
		return no_memory(reterr);
	for (; pem_next(bio, &b); pem_free(&b)) {
		X509 *certificate = strcmp(b.name, "CERTIFICATE") == 0 ? certificate_of(&b) : NULL;

		if (certificate != NULL) {
			(void)X509_STORE_add_cert(store, certificate);
			(void)SSL_CTX_add_client_CA(ctx, certificate);
		}
		X509_free(certificate);
	}
	BIO_free(bio);
	/* Any certificate of the pool is trusted as it is, not only those that sign themselves. */
	(void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	return ERR_NONE;
}

/* --- files or text -----------------------------------------------------------------------------
 */

typedef enum err_code use_fn(SSL_CTX *ctx, struct slice pem, struct err *reterr);

/* `key` is how the reference names the path in its sentence; NULL: not at all. */
static enum err_code source_use(SSL_CTX *ctx, struct slice path, struct slice text, use_fn *use,
				const char *key, struct err *reterr)
{
	struct buf pem;
	enum err_code code;

	if (path.len == 0)
		return use(ctx, text, reterr);
	buf_init(&pem, (size_t)2 * PEM_BYTES_MAX);
	code = file_read(path, PEM_BYTES_MAX, &pem, reterr);
	if (code == ERR_NONE)
		code = use(ctx, buf_slice(&pem), reterr);
	else if (key != NULL)
		err_wrapf(reterr, "failed to read %s (%.*s): ", key, SLICE_ARG(path));
	if (pem.len > 0)
		OPENSSL_cleanse(pem.ptr, pem.len);
	buf_free(&pem);
	return code;
}

/* --- names of a certificate --------------------------------------------------------------------
 */

static bool is_allowed(struct slice name, const struct slice *allowed, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(name, allowed[i]))
			return true;
	return false;
}

static struct slice name_text(const GENERAL_NAME *name, char address[INET6_ADDRSTRLEN])
{
	const ASN1_STRING *s;

	switch (name->type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		s = name->d.ia5;
		return (struct slice){(const char *)ASN1_STRING_get0_data(s),
				      (size_t)ASN1_STRING_length(s)};
	case GEN_IPADD:
		s = name->d.iPAddress;
		if (ASN1_STRING_length(s) != 4 && ASN1_STRING_length(s) != 16)
			return SLICE_EMPTY;
		(void)inet_ntop(ASN1_STRING_length(s) == 4 ? AF_INET : AF_INET6,
				ASN1_STRING_get0_data(s), address, INET6_ADDRSTRLEN);
		return slice_of(address);
	default:
		return SLICE_EMPTY;
	}
}

bool tls_certificate_has_san(X509 *certificate, const struct slice *allowed, size_t n)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	char address[INET6_ADDRSTRLEN];
	bool found = false;

	for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names) && !found; i++) {
		struct slice name = name_text(sk_GENERAL_NAME_value(names, i), address);

		found = name.len > 0 && is_allowed(name, allowed, n);
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* --- client authentication ---------------------------------------------------------------------
 */

/* For a client that sent a certificate. */
static int verify(X509_STORE_CTX *store, void *arg)
{
	const struct tls_context *t = arg;
	const struct tls_settings *settings = &t->policy->tls;

	if ((t->client_auth == TLS_VERIFY_CLIENT_CERT_IF_GIVEN ||
	     t->client_auth == TLS_REQUIRE_AND_VERIFY_CLIENT_CERT) &&
	    X509_verify_cert(store) != 1)
		return 0;
	if (settings->has_allowed_sans &&
	    !tls_certificate_has_san(X509_STORE_CTX_get0_cert(store), settings->allowed_sans,
				     settings->n_allowed_sans)) {
		X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
		return 0;
	}
	return 1;
}

static enum err_code client_auth_use(struct tls_context *t, const struct tls_settings *settings,
				     struct err *reterr)
{
	bool has_pool = settings->client_ca.len > 0 || settings->client_ca_file.len > 0;
	int mode = SSL_VERIFY_PEER;
	enum err_code code = ERR_NONE;

	if (has_pool)
		code = source_use(t->ctx, settings->client_ca_file, settings->client_ca, pool_use,
				  NULL, reterr);
	if (code != ERR_NONE)
		return code;
	if (!tls_client_auth_find(settings->client_auth, &t->client_auth))
		return err_setf(reterr, ERR_SYNTAX, "invalid ClientAuth: %.*s",
				SLICE_ARG(settings->client_auth));
	if (t->client_auth == TLS_NO_CLIENT_CERT && has_pool)
		return refuse(reterr, SLICE("client CA's have been configured without a Client "
					    "Auth Policy"));
	if (t->client_auth == TLS_NO_CLIENT_CERT && settings->has_allowed_sans)
		return refuse(reterr, SLICE("client_allowed_sans needs a client_auth_type that "
					    "asks for certificates"));
	if (t->client_auth == TLS_NO_CLIENT_CERT)
		return ERR_NONE;
	if (!has_pool && SSL_CTX_set_default_verify_paths(t->ctx) != 1)
		return no_memory(reterr);
	/* A client without a certificate has no allowed name. */
	if (t->client_auth == TLS_REQUIRE_ANY_CLIENT_CERT ||
	    t->client_auth == TLS_REQUIRE_AND_VERIFY_CLIENT_CERT || settings->has_allowed_sans)
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(t->ctx, mode, NULL);
	SSL_CTX_set_cert_verify_callback(t->ctx, verify, t);
	/* A resumed session brings a certificate that was judged long ago; each one is judged. */
	(void)SSL_CTX_set_options(t->ctx, SSL_OP_NO_TICKET);
	(void)SSL_CTX_set_num_tickets(t->ctx, 0);
	return ERR_NONE;
}

/* --- the context -------------------------------------------------------------------------------
 */

static bool lists_use(SSL_CTX *ctx, const struct tls_settings *settings)
{
	struct buf ciphers, curves;
	bool ok;

	buf_init(&ciphers, LIST_BYTES_MAX);
	buf_init(&curves, LIST_BYTES_MAX);
	tls_put_ciphers_to_1_2(&ciphers, settings->ciphers);
	buf_put_byte(&ciphers, 0);
	tls_put_curves(&curves, settings->curves);
	buf_put_byte(&curves, 0);
	ok = buf_ok(&ciphers) && buf_ok(&curves) &&
	     SSL_CTX_set1_groups_list(ctx, curves.ptr) == 1 &&
	     SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
					   "TLS_CHACHA20_POLY1305_SHA256") == 1;
	if (ok && ciphers.len > 1)
		ok = SSL_CTX_set_cipher_list(ctx, ciphers.ptr) == 1;
	else if (ok) /* suites of TLS 1.3 alone are named: then there is nothing for older ones */
		ok = SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1;
	buf_free(&ciphers);
	buf_free(&curves);
	return ok;
}

static bool basics_use(SSL_CTX *ctx, const struct tls_settings *settings)
{
	static const unsigned char session_id_context[] = "pushgateway";

	SSL_CTX_set_security_level(ctx, settings->version_min < TLS1_2_VERSION ? SECURITY_LEVEL_OLD
									       : SECURITY_LEVEL);
	(void)SSL_CTX_set_options(
		ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
			     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
			     SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_SINGLE_ECDH_USE);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
					    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					    SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(ctx, 1); /* one read for a record, not two */
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets only */
	(void)SSL_CTX_set_timeout(ctx, TICKET_S_MAX);
	(void)SSL_CTX_set_num_tickets(ctx, 1);
	/* A least version above the greatest is no error here: handshakes will say so. */
	return SSL_CTX_set_session_id_context(ctx, session_id_context,
					      sizeof(session_id_context) - 1) == 1 &&
	       SSL_CTX_set_min_proto_version(ctx, settings->version_min) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, settings->version_max) == 1 &&
	       lists_use(ctx, settings);
}

static enum err_code settings_use(struct tls_context *t, struct err *reterr)
{
	const struct tls_settings *s = &t->policy->tls;
	enum err_code code;

	if (!tls_settings_wanted(s))
		return refuse(reterr, SLICE("TLS config is not present"));
	if (s->cert_file.len == 0 && s->cert.len == 0)
		return refuse(reterr, SLICE("missing one of cert or cert_file"));
	if (s->key_file.len == 0 && s->key.len == 0)
		return refuse(reterr, SLICE("missing one of key or key_file"));
	code = source_use(t->ctx, s->cert_file, s->cert, chain_use, "cert_file", reterr);
	if (code == ERR_NONE)
		code = source_use(t->ctx, s->key_file, s->key, key_use, "key_file", reterr);
	if (code == ERR_NONE && !basics_use(t->ctx, s))
		code = no_memory(reterr);
	if (code == ERR_NONE)
		code = client_auth_use(t, s, reterr);
	return code;
}

static struct slice file_path(const struct http_policy *policy, enum tls_file file)
{
	switch (file) {
	case TLS_FILE_CERT:
		return policy->tls.cert_file;
	case TLS_FILE_KEY:
		return policy->tls.key_file;
	case TLS_FILE_CLIENT_CA:
		return policy->tls.client_ca_file;
	case N_TLS_FILES:
		break;
	}
	not_reached();
}

static void stamps_take(const struct http_policy *policy, struct file_stamp ret[N_TLS_FILES])
{
	for (int i = 0; i < N_TLS_FILES; i++) {
		struct slice path = file_path(policy, (enum tls_file)i);

		ret[i] = path.len == 0 ? (struct file_stamp){0} : file_stamp_take(path);
	}
}

static bool stamps_same(const struct file_stamp a[N_TLS_FILES],
			const struct file_stamp b[N_TLS_FILES])
{
	for (int i = 0; i < N_TLS_FILES; i++)
		if (a[i].exists != b[i].exists ||
		    (a[i].exists && !file_stamp_same_file(&a[i], &b[i])))
			return false;
	return true;
}

static enum err_code make_once(struct http_policy *policy, const struct tls_tickets *tickets,
			       struct tls_context **ret, struct err *reterr)
{
	struct tls_context *t = calloc(1, sizeof(*t));
	enum err_code code;

	if (t == NULL)
		return no_memory(reterr);
	atomic_init(&t->n_refs, 1);
	t->policy = http_policy_hold(policy);
	stamps_take(policy, t->stamps);
	t->ctx = SSL_CTX_new(TLS_server_method());
	code = t->ctx == NULL ? no_memory(reterr) : settings_use(t, reterr);
	if (code == ERR_NONE && SSL_CTX_set_tlsext_ticket_keys(t->ctx, (void *)tickets->keys,
							       sizeof(tickets->keys)) != 1)
		code = no_memory(reterr);
	ERR_clear_error();
	if (code == ERR_NONE)
		*ret = t;
	else
		tls_context_release(t);
	return code;
}

enum err_code tls_context_make(struct http_policy *policy, const struct tls_tickets *tickets,
			       struct tls_context **ret, struct err *reterr)
{
	struct file_stamp before[N_TLS_FILES], after[N_TLS_FILES];
	enum err_code code;
	int n_tries = 0;

	do { /* again if a renewal came in between, so that key and certificate were not a pair */
		stamps_take(policy, before);
		code = make_once(policy, tickets, ret, reterr);
		stamps_take(policy, after);
	} while (code != ERR_NONE && !stamps_same(before, after) && ++n_tries < TRIES_MAX);
	return code;
}

struct tls_context *tls_context_hold(struct tls_context *t)
{
	uint32_t before = atomic_fetch_add_explicit(&t->n_refs, 1, memory_order_relaxed);

	assert(before > 0);
	return t;
}

void tls_context_release(struct tls_context *t)
{
	if (t == NULL || atomic_fetch_sub_explicit(&t->n_refs, 1, memory_order_acq_rel) > 1)
		return;
	SSL_CTX_free(t->ctx);
	http_policy_release(t->policy);
	free(t);
}

bool tls_context_is_current(const struct tls_context *t, const struct http_policy *policy)
{
	if (t->policy != policy)
		return false;
	for (int i = 0; i < N_TLS_FILES; i++) {
		struct slice path = file_path(policy, (enum tls_file)i);
		struct file_stamp now;

		if (path.len == 0)
			continue;
		now = file_stamp_take(path);
		if (!file_stamp_same(&t->stamps[i], &now))
			return false;
	}
	return true;
}
