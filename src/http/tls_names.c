/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls_names.h"

/* clang-format off */
static const struct {
	struct slice name;
	uint16_t version;
} versions[] = {
	{SLICE_TEXT("TLS10"), 0x0301},
	{SLICE_TEXT("TLS11"), 0x0302},
	{SLICE_TEXT("TLS12"), 0x0303},
	{SLICE_TEXT("TLS13"), 0x0304},
};

struct known {
	struct slice name, openssl;
};

/* Go's tls.CipherSuites() in its order of preference. Those of TLS 1.3 are always on there, named
 * or not. */
static const struct known ciphers_known[] = {
	{SLICE_TEXT("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),       SLICE_TEXT("ECDHE-ECDSA-AES128-GCM-SHA256")},
	{SLICE_TEXT("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),         SLICE_TEXT("ECDHE-RSA-AES128-GCM-SHA256")},
	{SLICE_TEXT("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),       SLICE_TEXT("ECDHE-ECDSA-AES256-GCM-SHA384")},
	{SLICE_TEXT("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),         SLICE_TEXT("ECDHE-RSA-AES256-GCM-SHA384")},
	{SLICE_TEXT("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"), SLICE_TEXT("ECDHE-ECDSA-CHACHA20-POLY1305")},
	{SLICE_TEXT("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),   SLICE_TEXT("ECDHE-RSA-CHACHA20-POLY1305")},
	{SLICE_TEXT("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),          SLICE_TEXT("ECDHE-ECDSA-AES128-SHA")},
	{SLICE_TEXT("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),            SLICE_TEXT("ECDHE-RSA-AES128-SHA")},
	{SLICE_TEXT("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),          SLICE_TEXT("ECDHE-ECDSA-AES256-SHA")},
	{SLICE_TEXT("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),            SLICE_TEXT("ECDHE-RSA-AES256-SHA")},
	{SLICE_TEXT("TLS_AES_128_GCM_SHA256"),                        SLICE_TEXT("")},
	{SLICE_TEXT("TLS_AES_256_GCM_SHA384"),                        SLICE_TEXT("")},
	{SLICE_TEXT("TLS_CHACHA20_POLY1305_SHA256"),                  SLICE_TEXT("")},
};

static const struct known curves_known[] = {
	{SLICE_TEXT("X25519"),    SLICE_TEXT("X25519")},
	{SLICE_TEXT("CurveP256"), SLICE_TEXT("P-256")},
	{SLICE_TEXT("CurveP384"), SLICE_TEXT("P-384")},
	{SLICE_TEXT("CurveP521"), SLICE_TEXT("P-521")},
};

static const struct {
	struct slice name;
	enum tls_client_auth auth;
} client_auths[] = {
	{SLICE_TEXT(""),                           TLS_NO_CLIENT_CERT},
	{SLICE_TEXT("NoClientCert"),               TLS_NO_CLIENT_CERT},
	{SLICE_TEXT("RequestClientCert"),          TLS_REQUEST_CLIENT_CERT},
	{SLICE_TEXT("RequireClientCert"),          TLS_REQUIRE_ANY_CLIENT_CERT}, /* an old name */
	{SLICE_TEXT("RequireAnyClientCert"),       TLS_REQUIRE_ANY_CLIENT_CERT},
	{SLICE_TEXT("VerifyClientCertIfGiven"),    TLS_VERIFY_CLIENT_CERT_IF_GIVEN},
	{SLICE_TEXT("RequireAndVerifyClientCert"), TLS_REQUIRE_AND_VERIFY_CLIENT_CERT},
};
/* clang-format on */

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

bool tls_version_find(struct slice name, uint16_t *ret)
{
	for (size_t i = 0; i < LENGTH(versions); i++) {
		if (slice_eq(name, versions[i].name)) {
			*ret = versions[i].version;
			return true;
		}
	}
	return false;
}

static bool find(const struct known *table, size_t n, struct slice name, uint32_t *ret_bit)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_eq(name, table[i].name)) {
			*ret_bit = UINT32_C(1) << i;
			return true;
		}
	}
	return false;
}

bool tls_cipher_find(struct slice name, uint32_t *ret_bit)
{
	return find(ciphers_known, LENGTH(ciphers_known), name, ret_bit);
}

bool tls_curve_find(struct slice name, uint32_t *ret_bit)
{
	return find(curves_known, LENGTH(curves_known), name, ret_bit);
}

bool tls_client_auth_find(struct slice name, enum tls_client_auth *ret)
{
	for (size_t i = 0; i < LENGTH(client_auths); i++) {
		if (slice_eq(name, client_auths[i].name)) {
			*ret = client_auths[i].auth;
			return true;
		}
	}
	return false;
}

static void put(struct buf *out, const struct known *table, size_t n, uint32_t bits)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (table[i].openssl.len == 0 || (bits != 0 && (bits >> i & 1) == 0))
			continue;
		if (!first)
			buf_put_byte(out, ':');
		buf_put(out, table[i].openssl);
		first = false;
	}
}

void tls_put_ciphers_to_1_2(struct buf *out, uint32_t ciphers)
{
	put(out, ciphers_known, LENGTH(ciphers_known), ciphers);
}

void tls_put_curves(struct buf *out, uint32_t curves)
{
	put(out, curves_known, LENGTH(curves_known), curves);
}
