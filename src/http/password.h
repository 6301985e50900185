/* SPDX-License-Identifier: Apache-2.0
 *
 * password.h -- bcrypt hashes: their form, and whether a password is theirs. Any thread. */
#pragma once

#include "base/err.h"

enum {
	PASSWORD_HASH_BYTES = 60,
	PASSWORD_BYTES_MAX = 72, /* bcrypt looks at no more */
};

/* The form of a hash, with the sentences of Go's bcrypt package. */
must_check enum err_code password_hash_check(struct slice hash, struct err *reterr);

/* log2 of the work; 0 when the hash has no form. */
int password_hash_cost(struct slice hash);

/* Some hash of that cost, that no password is known for. */
void password_hash_dummy(int cost, char ret[PASSWORD_HASH_BYTES]);

/* Takes its time: 50 ms with a cost of 10, twice that with 11. False, too, when the hash has no
 * form, when the password holds a NUL byte (C would end it there) and without memory. */
bool password_matches(struct slice password, struct slice hash);
