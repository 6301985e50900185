/* SPDX-License-Identifier: Apache-2.0 */
#include "http/bearer.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

_Static_assert((int)HTTP_TOKEN_DIGEST_BYTES == (int)SHA256_DIGEST_LENGTH, "a digest is SHA-256's");

static bool is_token_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != 0 && strchr("-._~+/", c) != NULL);
}

bool bearer_read(struct slice value, struct slice *ret_token)
{
	struct slice token;
	size_t n = 0;

	if (!slice_starts_nocase(value, SLICE("Bearer ")))
		return false;
	token = slice_skip(value, 7);
	while (token.len > 0 && token.ptr[0] == ' ')
		token = slice_skip(token, 1);
	while (n < token.len && is_token_byte(token.ptr[n]))
		n++;
	if (n == 0)
		return false;
	while (n < token.len && token.ptr[n] == '=')
		n++;
	if (n < token.len)
		return false;
	*ret_token = token;
	return true;
}

const struct http_token *bearer_owner(const struct http_policy *policy, struct slice token)
{
	const struct http_token *owner = NULL;
	unsigned char digest[SHA256_DIGEST_LENGTH];

	(void)SHA256((const unsigned char *)token.ptr, token.len, digest);
	for (size_t i = 0; i < policy->n_tokens; i++)
		if (CRYPTO_memcmp(policy->tokens[i].sha256, digest, sizeof(digest)) == 0)
			owner = &policy->tokens[i];
	OPENSSL_cleanse(digest, sizeof(digest));
	return owner;
}
