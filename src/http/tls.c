/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/tls_context.h"

enum {
	REASON_BYTES = 200,
	RECORD_BYTES = 16 * 1024,
	VERSIONS_SHOWN_MAX = 16,
	TICKETS_MS_MAX = 24 * 3600 * 1000, /* Go makes new keys each day */
};

struct tls_server {
	struct http_policy_source source;
	bool alpn;

	pthread_mutex_t mutex;
	/* under the mutex */
	struct tls_context *newest;
	struct tls_tickets tickets;
	int64_t tickets_ms; /* when they were made */
};

struct tls {
	SSL *ssl;
	struct tls_context *context;
	bool ready;
	bool broken; /* nothing more may be said, not even the end */
	bool ended;  /* the end was said */
	bool has_more, wants_write;
	char reason[REASON_BYTES]; /* of a failed handshake; empty: not known yet */
};

/* --- callbacks of the handshake ----------------------------------------------------------------
 */

/* The client's versions, newest first as it names them. */
static size_t versions_of(SSL *ssl, uint16_t ret[VERSIONS_SHOWN_MAX])
{
	const unsigned char *list;
	size_t len, n = 0;
	unsigned legacy = SSL_client_hello_get0_legacy_version(ssl);

	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &list, &len) == 1) {
		for (size_t i = 1; i + 1 < len && n < VERSIONS_SHOWN_MAX; i += 2)
			ret[n++] = (uint16_t)(list[i] << 8 | list[i + 1]);
		return n;
	}
	for (unsigned v = legacy > TLS1_2_VERSION ? TLS1_2_VERSION : legacy; v >= TLS1_VERSION; v--)
		ret[n++] = (uint16_t)v;
	return n;
}

static int on_client_hello(SSL *ssl, int *ret_alert, void *arg)
{
	struct tls *t = SSL_get_app_data(ssl);
	const struct tls_settings *settings = &t->context->policy->tls;
	uint16_t versions[VERSIONS_SHOWN_MAX];
	size_t n = versions_of(ssl, versions);
	int len;

	(void)arg;
	for (size_t i = 0; i < n; i++)
		if (versions[i] >= settings->version_min && versions[i] <= settings->version_max)
			return SSL_CLIENT_HELLO_SUCCESS;
	len = snprintf(t->reason, sizeof(t->reason),
		       "tls: client offered only unsupported versions: [");
	for (size_t i = 0; i < n; i++)
		len += snprintf(t->reason + len, sizeof(t->reason) - (size_t)len, "%s%x",
				i == 0 ? "" : " ", versions[i]);
	(void)snprintf(t->reason + len, sizeof(t->reason) - (size_t)len, "]");
	*ret_alert = SSL_AD_PROTOCOL_VERSION;
	return SSL_CLIENT_HELLO_ERROR;
}

/* What a refused client offered, for the log. */
static void protocols_show(struct tls *t, const unsigned char *offered, unsigned len)
{
	size_t n = (size_t)snprintf(t->reason, sizeof(t->reason),
				    "tls: client requested unsupported application protocols ([");

	for (unsigned i = 0; i < len; i += 1U + offered[i]) {
		if (n + offered[i] + sizeof(" \"\"])") > sizeof(t->reason))
			break;
		if (i > 0)
			t->reason[n++] = ' ';
		t->reason[n++] = '"';
		for (unsigned k = 1; k <= offered[i]; k++)
			t->reason[n++] = (char)(isgraph(offered[i + k]) ? offered[i + k] : '?');
		t->reason[n++] = '"';
	}
	memcpy(t->reason + n, "])", sizeof("])"));
}

/* ALPN: HTTP/2 where the client has it, whatever it prefers, as in the reference. */
static int on_alpn(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
		   const unsigned char *offered, unsigned offered_len, void *arg)
{
	static const unsigned char supported[] = "\x02h2\x08http/1.1";
	unsigned char *chosen;

	(void)arg;
	if (SSL_select_next_proto(&chosen, ret_len, supported, sizeof(supported) - 1, offered,
				  offered_len) == OPENSSL_NPN_NEGOTIATED) {
		*ret = chosen;
		return SSL_TLSEXT_ERR_OK;
	}
	protocols_show(SSL_get_app_data(ssl), offered, offered_len);
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* --- choosing what a connection gets -----------------------------------------------------------
 */

static void tickets_make(struct tls_server *s, int64_t now_ms)
{
	must_ok(getentropy(&s->tickets, sizeof(s->tickets)));
	s->tickets_ms = now_ms;
}

struct tls_server *tls_server_new(struct http_policy_source source, bool alpn)
{
	struct tls_server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->source = source;
	s->alpn = alpn;
	must_ok(pthread_mutex_init(&s->mutex, NULL));
	tickets_make(s, clock_monotonic_ms());
	return s;
}

struct tls_server *tls_server_free(struct tls_server *s)
{
	if (s == NULL)
		return NULL;
	tls_context_release(s->newest);
	OPENSSL_cleanse(&s->tickets, sizeof(s->tickets));
	must_ok(pthread_mutex_destroy(&s->mutex));
	free(s);
	return NULL;
}

/* Who finds the context out of date makes the new one while others wait: they need it too. */
static enum err_code context_get(struct tls_server *s, struct tls_context **ret, struct err *reterr)
{
	int64_t now_ms = clock_monotonic_ms();
	struct http_policy *policy;
	struct tls_context *made = NULL;
	enum err_code code = s->source.current(s->source.state, &policy, reterr);

	if (code != ERR_NONE)
		return code;
	must_ok(pthread_mutex_lock(&s->mutex));
	if (now_ms - s->tickets_ms > TICKETS_MS_MAX) {
		tickets_make(s, now_ms);
		tls_context_release(s->newest);
		s->newest = NULL;
	}
	if (s->newest == NULL || !tls_context_is_current(s->newest, policy)) {
		code = tls_context_make(policy, &s->tickets, &made, reterr);
		if (code == ERR_NONE) {
			SSL_CTX_set_client_hello_cb(made->ctx, on_client_hello, NULL);
			if (s->alpn)
				SSL_CTX_set_alpn_select_cb(made->ctx, on_alpn, NULL);
			tls_context_release(s->newest);
			s->newest = made;
		}
	}
	if (code == ERR_NONE)
		*ret = tls_context_hold(s->newest);
	must_ok(pthread_mutex_unlock(&s->mutex));
	http_policy_release(policy);
	return code;
}

enum err_code tls_server_check(struct tls_server *s, struct err *reterr)
{
	struct tls_context *context;
	enum err_code code = context_get(s, &context, reterr);

	if (code == ERR_NONE)
		tls_context_release(context);
	return code;
}

/* --- one connection ----------------------------------------------------------------------------
 */

enum err_code tls_open(struct tls_server *s, int fd, struct tls **ret, struct err *reterr)
{
	struct tls *t = calloc(1, sizeof(*t));
	enum err_code code;

	if (t == NULL)
		return err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	code = context_get(s, &t->context, reterr);
	if (code == ERR_NONE) {
		t->ssl = SSL_new(t->context->ctx);
		if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1)
			code = err_set(reterr, ERR_NOMEM, SLICE("out of memory"));
	}
	if (code != ERR_NONE) {
		tls_free(t);
		return code;
	}
	SSL_set_app_data(t->ssl, t);
	SSL_set_accept_state(t->ssl);
	*ret = t;
	return ERR_NONE;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	tls_context_release(t->context);
	free(t);
}

struct slice tls_alert_internal(void)
{
	return SLICE("\x15\x03\x01\x00\x02\x02\x50"); /* alert, fatal, internal_error */
}

/* clang-format off */
/* What Go calls the failures that an operator meets. */
static const struct {
	int reason;
	const char *sentence;
} sentences[] = {
	{SSL_R_UNEXPECTED_EOF_WHILE_READING,       "EOF"},
	{SSL_R_NO_SHARED_CIPHER,                   "tls: no cipher suite supported by both client and server"},
	{SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE,  "tls: client didn't provide a certificate"},
	{SSL_R_WRONG_VERSION_NUMBER,               "tls: first record does not look like a TLS handshake"},
	{SSL_R_HTTP_REQUEST,                       "client sent an HTTP request to an HTTPS server"},
	{SSL_R_NO_SUITABLE_KEY_SHARE,              "tls: no supported elliptic curves offered"},
	{SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,      "remote error: tls: handshake failure"},
	{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,        "remote error: tls: bad certificate"},
	{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "remote error: tls: unsupported certificate"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,    "remote error: tls: revoked certificate"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,    "remote error: tls: expired certificate"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,    "remote error: tls: unknown certificate"},
	{SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER,      "remote error: tls: illegal parameter"},
	{SSL_R_TLSV1_ALERT_UNKNOWN_CA,             "remote error: tls: unknown certificate authority"},
	{SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,       "remote error: tls: protocol version not supported"},
	{SSL_R_TLSV1_ALERT_INTERNAL_ERROR,         "remote error: tls: internal error"},
	{SSL_R_TLSV1_ALERT_USER_CANCELLED,         "remote error: tls: user canceled"},
};
/* clang-format on */

static void reason_of_certificate(struct tls *t)
{
	long result = SSL_get_verify_result(t->ssl);
	const char *words;

	switch (result) {
	case X509_V_ERR_APPLICATION_VERIFICATION:
		(void)snprintf(t->reason, sizeof(t->reason),
			       "could not find allowed SANs in client cert");
		return;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		words = "certificate has expired or is not yet valid";
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		words = "certificate signed by unknown authority";
		break;
	default:
		words = X509_verify_cert_error_string(result);
	}
	(void)snprintf(t->reason, sizeof(t->reason), "tls: failed to verify certificate: x509: %s",
		       words);
}

static void reason_set(struct tls *t, int reason)
{
	const char *words = ERR_reason_error_string(ERR_peek_error());

	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
		reason_of_certificate(t);
		return;
	}
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].reason == reason) {
			(void)snprintf(t->reason, sizeof(t->reason), "%s", sentences[i].sentence);
			return;
		}
	}
	(void)snprintf(t->reason, sizeof(t->reason), "tls: %s",
		       words == NULL ? "handshake failure" : words);
}

static enum tls_step handshake_failed(struct tls *t, int error, int saved_errno)
{
	int reason = ERR_GET_REASON(ERR_peek_error());
	bool plain_http = error == SSL_ERROR_SSL && (reason == SSL_R_HTTP_REQUEST);

	t->broken = true;
	if (t->reason[0] != 0) {
		/* a callback knows better */
	} else if (error == SSL_ERROR_SSL) {
		reason_set(t, reason);
	} else if (error == SSL_ERROR_SYSCALL && saved_errno != 0) {
		(void)snprintf(t->reason, sizeof(t->reason), "%s", strerrordesc_np(saved_errno));
	} else {
		(void)snprintf(t->reason, sizeof(t->reason), "EOF");
	}
	ERR_clear_error();
	return plain_http ? TLS_FAILED_HTTP : TLS_FAILED;
}

enum tls_step tls_handshake(struct tls *t)
{
	int n, error;

	ERR_clear_error();
	errno = 0;
	n = SSL_do_handshake(t->ssl);
	if (n == 1) {
		t->ready = true;
		return TLS_DONE;
	}
	error = SSL_get_error(t->ssl, n);
	if (error == SSL_ERROR_WANT_READ)
		return TLS_WANT_READ;
	if (error == SSL_ERROR_WANT_WRITE)
		return TLS_WANT_WRITE;
	return handshake_failed(t, error, errno);
}

bool tls_wants_http2(const struct tls *t)
{
	const unsigned char *name;
	unsigned len;

	SSL_get0_alpn_selected(t->ssl, &name, &len);
	return len == 2 && memcmp(name, "h2", 2) == 0;
}

bool tls_may_http2(const struct tls *t)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(t->ssl);
	int version = SSL_version(t->ssl);

	if (version >= TLS1_3_VERSION)
		return true;
	return version == TLS1_2_VERSION && SSL_CIPHER_is_aead(cipher) &&
	       SSL_CIPHER_get_kx_nid(cipher) == NID_kx_ecdhe;
}

bool tls_is_ready(const struct tls *t)
{
	return t->ready;
}

struct slice tls_reason(const struct tls *t)
{
	return slice_of(t->reason);
}

/* What recv or send would have returned. */
static ssize_t stopped(struct tls *t, int result)
{
	int saved = errno;

	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_WANT_WRITE:
		t->wants_write = true;
		errno = EAGAIN;
		return -1;
	default:
		t->broken = true;
		ERR_clear_error();
		errno = saved == 0 || saved == EAGAIN ? EPROTO : saved;
		return -1;
	}
}

ssize_t tls_recv(struct tls *t, char *ptr, size_t size)
{
	size_t got = 0;

	t->has_more = t->wants_write = false;
	while (got < size) {
		size_t n = 0;
		int result;
		ssize_t end;

		ERR_clear_error();
		errno = 0;
		result = SSL_read_ex(t->ssl, ptr + got, size - got, &n);
		if (result == 1) {
			got += n;
			if (got < size && SSL_has_pending(t->ssl) == 0)
				return (ssize_t)got; /* the socket may have more, and will say so */
			continue;
		}
		end = stopped(t, result);
		if (got == 0)
			return end;
		/* What came counts first; the end or the failure is met again. */
		t->has_more = end == 0 || errno != EAGAIN;
		return (ssize_t)got;
	}
	t->has_more = true;
	return (ssize_t)got;
}

bool tls_has_more(const struct tls *t)
{
	return t->has_more;
}

bool tls_recv_wants_write(const struct tls *t)
{
	return t->wants_write;
}

/* As much as makes one record; a large part goes as it is. */
static struct slice joined(const struct iovec *parts, size_t n_parts, char *gather,
			   size_t gather_bytes)
{
	size_t room = gather_bytes < RECORD_BYTES ? gather_bytes : RECORD_BYTES;
	size_t len = 0;

	if (n_parts == 1 || parts[0].iov_len >= room)
		return (struct slice){parts[0].iov_base, parts[0].iov_len};
	for (size_t i = 0; i < n_parts && len < room; i++) {
		size_t n = parts[i].iov_len < room - len ? parts[i].iov_len : room - len;

		memcpy(gather + len, parts[i].iov_base, n);
		len += n;
	}
	return (struct slice){gather, len};
}

ssize_t tls_send(struct tls *t, const struct iovec *parts, size_t n_parts, char *gather,
		 size_t gather_bytes)
{
	struct slice text = joined(parts, n_parts, gather, gather_bytes);
	bool wants_write = t->wants_write; /* is tls_recv's */
	size_t n = 0;
	ssize_t end;
	int result;

	ERR_clear_error();
	errno = 0;
	result = SSL_write_ex(t->ssl, text.ptr, text.len, &n);
	if (result == 1)
		return (ssize_t)n;
	end = stopped(t, result);
	t->wants_write = wants_write;
	if (end == 0) { /* a writer does not meet the end */
		errno = EPIPE;
		end = -1;
	}
	return end;
}

void tls_cut(struct tls *t)
{
	t->broken = true;
}

void tls_say_end(struct tls *t)
{
	if (!t->ready || t->broken || t->ended)
		return;
	t->ended = true;
	ERR_clear_error();
	(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
}
