/* SPDX-License-Identifier: Apache-2.0 */
#include "http/bearer.h"

#include "../cm.h"

/* SHA-256 of "token" and of "other". */
#define OF_TOKEN                                                                                   \
	"\x3c\x46\x9e\x9d\x6c\x58\x75\xd3\x7a\x43\xf3\x53\xd4\xf8\x8e\x61\xfc\xf8\x12\xc6\x6e"     \
	"\xee\x34\x57\x46\x5a\x40\xb0\xda\x41\x53\xe0"
#define OF_OTHER                                                                                   \
	"\xd9\x29\x8a\x10\xd1\xb0\x73\x58\x37\xdc\x4b\xd8\x5d\xac\x64\x1b\x0f\x3c\xef\x27\xa4"     \
	"\x7e\x5d\x53\xa5\x4f\x2f\x3f\x5b\x2f\xcf\xfa"

/* A token has the bytes of RFC 6750 and comes behind its scheme. */
static void tokens_are_told_from_the_rest(void **state)
{
	static const struct {
		struct slice value;
		const char *token; /* NULL: there is none */
	} rows[] = {
		{SLICE_TEXT("Bearer abc"), "abc"},
		{SLICE_TEXT("bEARER abc"), "abc"},
		{SLICE_TEXT("Bearer   abc"), "abc"},
		{SLICE_TEXT("Bearer aZ09-._~+/"), "aZ09-._~+/"},
		{SLICE_TEXT("Bearer abc=="), "abc=="},
		{SLICE_TEXT("Bearer"), NULL},
		{SLICE_TEXT("Bearer "), NULL},
		{SLICE_TEXT("Bearer  "), NULL},
		{SLICE_TEXT("Bearer =="), NULL},
		{SLICE_TEXT("Bearer a=b"), NULL},
		{SLICE_TEXT("Bearer a b"), NULL},
		{SLICE_TEXT("Bearer a,b"), NULL},
		{SLICE_TEXT("Bearer a\0b"), NULL},
		{SLICE_TEXT("Bearer \0"), NULL},
		{SLICE_TEXT("Bearer a\xc3\xa4"), NULL},
		{SLICE_TEXT("Bearerabc"), NULL},
		{SLICE_TEXT("Basic abc"), NULL},
		{SLICE_TEXT(""), NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice token;
		bool read = bearer_read(rows[i].value, &token);

		assert_int_equal(read, rows[i].token != NULL);
		if (read)
			assert_text(token, slice_of(rows[i].token));
	}
}

/* Whose a token is tells its digest alone; where nobody has one it is nobody's. */
static void a_token_is_its_digests_owners(void **state)
{
	struct http_token tokens[] = {{.who = {.name = SLICE("a")}}, {.who = {.name = SLICE("b")}}};
	const struct http_policy policy = {.tokens = tokens, .n_tokens = 2}, nobody = {0};

	(void)state;
	memcpy(tokens[0].sha256, OF_OTHER, sizeof(tokens[0].sha256));
	memcpy(tokens[1].sha256, OF_TOKEN, sizeof(tokens[1].sha256));
	assert_ptr_equal(bearer_owner(&policy, SLICE("token")), &tokens[1]);
	assert_ptr_equal(bearer_owner(&policy, SLICE("other")), &tokens[0]);
	assert_null(bearer_owner(&policy, SLICE("Token")));
	assert_null(bearer_owner(&policy, SLICE("toke")));
	assert_null(bearer_owner(&policy, SLICE(OF_TOKEN)));
	assert_null(bearer_owner(&nobody, SLICE("token")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_told_from_the_rest),
		cmocka_unit_test(a_token_is_its_digests_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
