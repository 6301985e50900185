/* SPDX-License-Identifier: Apache-2.0 */
#include "http/password.h"

#include <crypt.h>
#include <openssl/crypto.h>

enum {
	HASH_BYTES_MIN = 59, /* Go's; such a one is no password's */
	COST_MIN = 4,
	COST_MAX = 31,
};

/* Behind "$2": a letter, or none, and a dollar. */
static struct slice cost_of(struct slice hash)
{
	return (struct slice){hash.ptr + (hash.ptr[2] == '$' ? 3 : 4), 2};
}

static bool cost_read(struct slice text, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*ret = *ret * 10 + (text.ptr[i] - '0');
	}
	return true;
}

enum err_code password_hash_check(struct slice hash, struct err *reterr)
{
	struct slice cost_text;
	int cost;

	if (hash.len < HASH_BYTES_MIN)
		return err_set(reterr, ERR_SYNTAX,
			       SLICE("crypto/bcrypt: hashedSecret too short to be a bcrypted "
				     "password"));
	if (hash.ptr[0] != '$')
		return err_setf(reterr, ERR_SYNTAX,
				"crypto/bcrypt: bcrypt hashes must start with '$', but "
				"hashedSecret started with '%c'",
				hash.ptr[0]);
	if (hash.ptr[1] > '2')
		return err_setf(reterr, ERR_SYNTAX,
				"crypto/bcrypt: bcrypt algorithm version '%c' requested is newer "
				"than current version '2'",
				hash.ptr[1]);
	cost_text = cost_of(hash);
	if (!cost_read(cost_text, &cost))
		return err_setf(reterr, ERR_SYNTAX,
				"strconv.Atoi: parsing \"%.*s\": invalid syntax",
				SLICE_ARG(cost_text));
	if (cost < COST_MIN || cost > COST_MAX)
		return err_setf(reterr, ERR_SYNTAX,
				"crypto/bcrypt: cost %d is outside allowed inclusive range %d..%d",
				cost, COST_MIN, COST_MAX);
	return ERR_NONE;
}

int password_hash_cost(struct slice hash)
{
	struct arena none;
	struct err err = err_in(&none);
	int cost = 0;

	arena_init(&none, 0); /* the sentence is not wanted */
	if (password_hash_check(hash, &err) != ERR_NONE || !cost_read(cost_of(hash), &cost))
		return 0;
	return cost;
}

void password_hash_dummy(int cost, char ret[PASSWORD_HASH_BYTES])
{
	/* a salt and 31 digits that were drawn by lot */
	static const char tail[] = "uU5kVd0zXNq6lR1mYt8aCeJw2Gb7oPh9SfLxTi4KsDvQnEr3BcMy.";

	_Static_assert(sizeof(tail) - 1 == PASSWORD_HASH_BYTES - 7, "salt and hash");
	assert(cost >= COST_MIN && cost <= COST_MAX);
	memcpy(ret, "$2b$00$", 7);
	ret[4] = (char)('0' + cost / 10);
	ret[5] = (char)('0' + cost % 10);
	memcpy(ret + 7, tail, sizeof(tail) - 1);
}

/* The three letters name the same function but for what libcrypt does to $2a hashes of passwords
 * with high bytes, to make up for an old bug; Go does not. */
static bool setting_make(struct slice hash, char ret[PASSWORD_HASH_BYTES + 1])
{
	if (hash.len < PASSWORD_HASH_BYTES || hash.ptr[0] != '$' || hash.ptr[1] != '2' ||
	    (hash.ptr[2] != 'a' && hash.ptr[2] != 'b' && hash.ptr[2] != 'y'))
		return false;
	memcpy(ret, hash.ptr, PASSWORD_HASH_BYTES);
	ret[PASSWORD_HASH_BYTES] = 0;
	ret[2] = 'b';
	return true;
}

bool password_matches(struct slice password, struct slice hash)
{
	char setting[PASSWORD_HASH_BYTES + 1];
	char text[PASSWORD_BYTES_MAX + 1];
	size_t len = password.len < PASSWORD_BYTES_MAX ? password.len : PASSWORD_BYTES_MAX;
	bool clean = len == 0 || memchr(password.ptr, 0, len) == NULL;
	struct crypt_data *data;
	const char *made;
	bool same = false;

	if (!setting_make(hash, setting))
		return false;
	data = calloc(1, sizeof(*data));
	if (data == NULL)
		return false;
	if (len > 0)
		memcpy(text, password.ptr, len);
	text[len] = 0;
	made = crypt_r(text, setting, data);
	same = made != NULL && strlen(made) == PASSWORD_HASH_BYTES &&
	       CRYPTO_memcmp(made, setting, PASSWORD_HASH_BYTES) == 0;
	OPENSSL_cleanse(data, sizeof(*data));
	OPENSSL_cleanse(text, sizeof(text));
	free(data);
	return same && clean;
}
