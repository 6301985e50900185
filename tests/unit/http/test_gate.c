/* SPDX-License-Identifier: Apache-2.0 */
#include "http/gate.h"

#include "../cm.h"

enum { ARENA_BYTES_MAX = 1 << 16 };

/* In place of a worker. */
void http_worker_wake(struct http_worker *w)
{
	(void)w;
}

struct fixture {
	struct http_gate *gate;
	struct login_mailbox box;
	struct arena scratch;
	struct http_policy *policy;
	struct http_user user;
	struct http_token token;
	struct slice open_paths[2];
	int asker;
};

static enum err_code current(void *state, struct http_policy **ret, struct err *reterr)
{
	struct fixture *f = state;

	(void)reterr;
	*ret = http_policy_hold(f->policy);
	return ERR_NONE;
}

/* One user u with the password "secret", one token "token" of t, two open paths. */
static int setup(void **state)
{
	static const char of_token[] =
		"\x3c\x46\x9e\x9d\x6c\x58\x75\xd3\x7a\x43\xf3\x53\xd4\xf8\x8e\x61\xfc"
		"\xf8\x12\xc6\x6e\xee\x34\x57\x46\x5a\x40\xb0\xda\x41\x53\xe0";
	static struct fixture f;
	const struct gate_options options = {.source = {current, &f}, .logins_waiting_max = 10};

	f.policy = http_policy_new(ARENA_BYTES_MAX);
	f.gate = gate_new(&options);
	login_mailbox_init(&f.box, NULL);
	arena_init(&f.scratch, ARENA_BYTES_MAX);
	if (f.policy == NULL || f.gate == NULL)
		return -1;
	f.user = (struct http_user){
		.who = {.name = SLICE("u")},
		.hash = SLICE("$2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq")};
	f.token = (struct http_token){.who = {.name = SLICE("t")}};
	memcpy(f.token.sha256, of_token, sizeof(f.token.sha256));
	f.open_paths[0] = SLICE("/open");
	f.open_paths[1] = SLICE("/tree/*");
	f.policy->users = &f.user;
	f.policy->n_users = 1;
	f.policy->tokens = &f.token;
	f.policy->n_tokens = 1;
	f.policy->open_paths = f.open_paths;
	f.policy->n_open_paths = 2;
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->gate = gate_free(f->gate);
	login_mailbox_destroy(&f->box);
	arena_free(&f->scratch);
	http_policy_release(f->policy);
	return 0;
}

/* What the gate says of a request for that path, with that Authorization (NULL: none). */
static enum gate_verdict judge(struct fixture *f, enum http_method method, const char *path,
			       const char *authorization, const struct http_identity **ret_identity)
{
	const struct http_header header = {SLICE("Authorization"),
					   authorization == NULL ? SLICE_EMPTY
								 : slice_of(authorization)};
	const struct http_request r = {.method = method,
				       .path = slice_of(path),
				       .content_length = -1,
				       .headers = &header,
				       .n_headers = authorization != NULL};
	struct gate_admission admission;
	enum gate_verdict verdict =
		gate_judge(f->gate, &r, &f->scratch, &f->box, &f->asker, &admission);

	*ret_identity = admission.identity;
	http_policy_release(admission.policy);
	return verdict;
}

/* Who brings a token is its owner; no other token, and no request without one, is let in. */
static void a_token_tells_who_asks(void **state)
{
	struct fixture *f = *state;
	const struct http_identity *who;

	assert_int_equal(judge(f, HTTP_PUT, "/x", "Bearer token", &who), GATE_PASS);
	assert_ptr_equal(who, &f->token.who);
	assert_int_equal(judge(f, HTTP_PUT, "/x", "Bearer tokem", &who), GATE_LOGIN);
	assert_int_equal(judge(f, HTTP_PUT, "/x", "token", &who), GATE_LOGIN);
	assert_int_equal(judge(f, HTTP_PUT, "/x", NULL, &who), GATE_LOGIN);
}

/* While a password is checked it is known already whose request it would be. */
static void a_name_is_known_before_its_password_is_checked(void **state)
{
	struct fixture *f = *state;
	const struct http_identity *who;

	assert_int_equal(judge(f, HTTP_GET, "/x", "Basic dTpzZWNyZXQ=", &who), GATE_LATER);
	assert_ptr_equal(who, &f->user.who);
	assert_int_equal(judge(f, HTTP_GET, "/x", "Basic dTo", &who), GATE_LOGIN);
}

/* Where there are only tokens nobody has a password, and none is checked. */
static void without_users_no_password_is_checked(void **state)
{
	struct fixture *f = *state;
	const struct http_identity *who;
	struct http_header challenges[GATE_CHALLENGES_MAX];

	assert_int_equal(gate_challenges(f->policy, challenges), 2);
	f->policy->n_users = 0;
	assert_int_equal(judge(f, HTTP_GET, "/x", "Basic dTpzZWNyZXQ=", &who), GATE_LOGIN);
	assert_int_equal(gate_challenges(f->policy, challenges), 1);
	assert_text(challenges[0].value, SLICE("Bearer"));
}

/* An open path asks nobody, and so nobody is known, whatever the header says. */
static void open_paths_ask_nobody(void **state)
{
	struct fixture *f = *state;
	const struct http_identity *who;

	assert_int_equal(judge(f, HTTP_GET, "/open", NULL, &who), GATE_PASS);
	assert_null(who);
	assert_int_equal(judge(f, HTTP_GET, "/open", "Bearer token", &who), GATE_PASS);
	assert_null(who);
	assert_int_equal(judge(f, HTTP_HEAD, "/tree/", NULL, &who), GATE_PASS);
	assert_int_equal(judge(f, HTTP_OPTIONS, "/tree/a/b", NULL, &who), GATE_PASS);
	assert_int_equal(judge(f, HTTP_GET, "/tree", NULL, &who), GATE_LOGIN);
	assert_int_equal(judge(f, HTTP_GET, "/open/", NULL, &who), GATE_LOGIN);
	assert_int_equal(judge(f, HTTP_GET, "/ope", NULL, &who), GATE_LOGIN);
	for (enum http_method m = HTTP_GET; m <= HTTP_OTHER; m++)
		if (m != HTTP_GET && m != HTTP_HEAD && m != HTTP_OPTIONS)
			assert_int_equal(judge(f, m, "/open", NULL, &who), GATE_LOGIN);
}

/* Nothing large is taken from strangers: with a body no path is open. */
static void a_body_closes_open_paths(void **state)
{
	struct fixture *f = *state;
	struct http_request r = {.path = SLICE("/open")};

	assert_true(http_policy_is_open(f->policy, &r));
	r.body_comes = true;
	assert_false(http_policy_is_open(f->policy, &r));
}

/* With neither users nor tokens everybody passes and nobody has a name. */
static void without_users_and_tokens_nobody_is_asked(void **state)
{
	struct fixture *f = *state;
	const struct http_identity *who;

	f->policy->n_users = f->policy->n_tokens = 0;
	assert_int_equal(judge(f, HTTP_PUT, "/x", NULL, &who), GATE_PASS);
	assert_null(who);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_tells_who_asks),
		TEST(a_name_is_known_before_its_password_is_checked),
		TEST(without_users_no_password_is_checked),
		TEST(open_paths_ask_nobody),
		TEST(a_body_closes_open_paths),
		TEST(without_users_and_tokens_nobody_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
