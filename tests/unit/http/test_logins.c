/* SPDX-License-Identifier: Apache-2.0 */
#include "http/logins.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "../cm.h"
#include "http/basic_auth.h"
#include "http/password.h"
#include "http/rate_limit.h"

enum { ARENA_BYTES_MAX = 1 << 16 };

#define SECRET_4 "$2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq" /* "secret" */

static atomic_int n_wakes;

/* In place of a worker: only that it was woken counts. */
void http_worker_wake(struct http_worker *w)
{
	(void)w;
	atomic_fetch_add(&n_wakes, 1);
}

struct asked {
	struct logins *logins;
	struct login_mailbox box;
	struct http_user users[2];
	struct http_policy policy;
};

static void asked_open(struct asked *a, uint32_t waiting_max)
{
	a->logins = logins_new(waiting_max);
	assert_non_null(a->logins);
	assert_true(logins_start(a->logins));
	login_mailbox_init(&a->box, NULL);
	a->users[0] = (struct http_user){{.name = SLICE("u")}, SLICE(SECRET_4)};
	a->users[1] = (struct http_user){{.name = SLICE("broken")}, SLICE("secret")};
	a->policy = (struct http_policy){.users = a->users, .n_users = 2};
}

static void asked_close(struct asked *a)
{
	logins_free(a->logins);
	login_mailbox_destroy(&a->box);
}

static enum login_verdict ask(struct asked *a, const char *name, const char *password, void *asker)
{
	return logins_ask(a->logins, &a->policy, slice_of(name), slice_of(password), &a->box,
			  asker);
}

/* The verdict that comes by mail. */
static bool mailed(struct asked *a, void *asker)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	void *got;
	bool right;

	for (int i = 0; i < 20000; i++) {
		if (login_mailbox_take(&a->box, &got, &right)) {
			assert_ptr_equal(got, asker);
			return right;
		}
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("no verdict came");
	return false;
}

/* The first question waits for a helper, later ones are answered at once; right and wrong. */
static void verdicts_come_by_mail_and_are_remembered(void **state)
{
	struct asked a;
	int asker;
	int before = atomic_load(&n_wakes);

	(void)state;
	asked_open(&a, 10);
	assert_int_equal(ask(&a, "u", "secret", &asker), LOGIN_LATER);
	assert_true(mailed(&a, &asker));
	assert_int_equal(atomic_load(&n_wakes), before + 1);
	assert_int_equal(ask(&a, "u", "secret", &asker), LOGIN_RIGHT);
	assert_int_equal(ask(&a, "u", "wrong", &asker), LOGIN_LATER);
	assert_false(mailed(&a, &asker));
	assert_int_equal(ask(&a, "u", "wrong", &asker), LOGIN_WRONG);
	asked_close(&a);
}

/* A user who is not there, or whose hash is none, costs a check too, and is refused. */
static void unknown_users_are_checked_and_refused(void **state)
{
	struct asked a;
	int asker;

	(void)state;
	asked_open(&a, 10);
	assert_int_equal(ask(&a, "x", "secret", &asker), LOGIN_LATER);
	assert_false(mailed(&a, &asker));
	assert_int_equal(ask(&a, "broken", "secret", &asker), LOGIN_LATER);
	assert_false(mailed(&a, &asker));
	asked_close(&a);
}

/* A hash that is changed is another question, whatever is remembered of the old one. */
static void a_changed_hash_is_asked_anew(void **state)
{
	struct asked a;
	int asker;

	(void)state;
	asked_open(&a, 10);
	assert_int_equal(ask(&a, "u", "secret", &asker), LOGIN_LATER);
	assert_true(mailed(&a, &asker));
	a.users[0].hash = SLICE("$2y$04$Rcwz0xeYL87.d/ixn6kq4.CErAu0CZyINHbcbJAFfPfw2ctiDE66u");
	assert_int_equal(ask(&a, "u", "secret", &asker), LOGIN_LATER);
	assert_false(mailed(&a, &asker));
	asked_close(&a);
}

/* Wrong guesses fill the cache of wrong guesses, and do not push out who is known. */
static void guesses_do_not_push_out_who_is_known(void **state)
{
	struct asked a;
	int asker;
	char guess[32];

	(void)state;
	asked_open(&a, 10);
	assert_int_equal(ask(&a, "u", "secret", &asker), LOGIN_LATER);
	assert_true(mailed(&a, &asker));
	for (int i = 0; i < 300; i++) {
		(void)snprintf(guess, sizeof(guess), "guess%d", i);
		assert_int_equal(ask(&a, "u", guess, &asker), LOGIN_LATER);
		assert_false(mailed(&a, &asker));
	}
	assert_int_equal(ask(&a, "u", "secret", &asker), LOGIN_RIGHT);
	asked_close(&a);
}

/* The queue is bounded; what waits when all ends is dropped. */
static void the_queue_is_bounded(void **state)
{
	struct asked a;
	char guess[32];
	int n_busy = 0;

	(void)state;
	asked_open(&a, 3);
	a.users[0].hash = SLICE("$2y$08$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq");
	for (int i = 0; i < 50; i++) {
		(void)snprintf(guess, sizeof(guess), "guess%d", i);
		n_busy += ask(&a, "u", guess, NULL) == LOGIN_BUSY;
	}
	assert_in_range(n_busy, 30, 47);
	asked_close(&a);
}

/* bcrypt as Go reads it: three letters for one function, 72 bytes that count, no NUL. */
static void passwords_are_matched_as_in_go(void **state)
{
	char text[] = SECRET_4;
	struct slice hash = {text, sizeof(text) - 1};

	(void)state;
	for (const char *letter = "aby"; *letter != 0; letter++) {
		text[2] = *letter;
		assert_true(password_matches(SLICE("secret"), hash));
		assert_false(password_matches(SLICE("Secret"), hash));
		assert_false(password_matches(SLICE("secret\0x"), hash));
		assert_false(password_matches(SLICE_EMPTY, hash));
	}
	text[2] = 'x';
	assert_false(password_matches(SLICE("secret"), hash));
	assert_false(password_matches(SLICE("secret"), SLICE("secret")));
	assert_false(password_matches(SLICE("secret"), SLICE_EMPTY));
}

/* A dummy hash is well formed, of the cost asked for, and no password's. */
static void a_dummy_hash_costs_what_it_should(void **state)
{
	char dummy[PASSWORD_HASH_BYTES];

	(void)state;
	password_hash_dummy(4, dummy);
	assert_int_equal(password_hash_cost((struct slice){dummy, sizeof(dummy)}), 4);
	assert_false(password_matches(SLICE("secret"), (struct slice){dummy, sizeof(dummy)}));
	password_hash_dummy(12, dummy);
	assert_int_equal(password_hash_cost((struct slice){dummy, sizeof(dummy)}), 12);
	assert_int_equal(password_hash_cost(SLICE("secret")), 0);
}

/* Name and password are what stands before and behind the first colon. */
static void headers_are_read_as_in_go(void **state)
{
	static const struct {
		const char *value;
		const char *name, *password; /* NULL: refused */
	} rows[] = {
		{"Basic dTpzZWNyZXQ=", "u", "secret"},
		{"bAsIc dTpzZWNyZXQ=", "u", "secret"},
		{"Basic dTpzZWNyZXQ", NULL, NULL},   /* padding is wanted */
		{"Basic dTpzZWNyZXQ==", NULL, NULL}, /* and no more than that */
		{"Basic dTpzZWNyZXQ=x", NULL, NULL},
		{"Basic dTpzZWNy ZXQ=", NULL, NULL},
		{"Basic  dTpzZWNyZXQ=", NULL, NULL},
		{"Basic dTpz=WNy", NULL, NULL},
		{"Basic YTo+Pz8/", "a", ">???"}, /* + and / */
		{"Basic YTo-Pz8_", NULL, NULL},  /* not the alphabet of URLs */
		{"Basic OnA=", "", "p"},
		{"Basic dTo=", "u", ""},
		{"Basic dTphOmI=", "u", "a:b"},
		{"Basic dQ==", NULL, NULL}, /* no colon */
		{"Basic ", NULL, NULL},
		{"Basic", NULL, NULL},
		{"Bearer dTpzZWNyZXQ=", NULL, NULL},
		{"", NULL, NULL},
	};
	struct slice name, password;
	struct arena arena;

	(void)state;
	arena_init(&arena, ARENA_BYTES_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool ok = basic_auth_read(slice_of(rows[i].value), &arena, &name, &password);

		if (ok != (rows[i].name != NULL))
			fail_msg("%s", rows[i].value);
		if (!ok)
			continue;
		assert_text(name, slice_of(rows[i].name));
		assert_text(password, slice_of(rows[i].password));
	}
	arena_free(&arena);
}

/* A bucket of tokens: its burst at once, then one each interval, never more than the burst. */
static void the_rate_is_a_bucket_of_tokens(void **state)
{
	struct rate_limit l;

	(void)state;
	rate_limit_init(&l, 100, 2, 1000);
	assert_true(rate_limit_allow(&l, 1000));
	assert_true(rate_limit_allow(&l, 1000));
	assert_false(rate_limit_allow(&l, 1000));
	assert_false(rate_limit_allow(&l, 1099));
	assert_true(rate_limit_allow(&l, 1100));
	assert_false(rate_limit_allow(&l, 1050)); /* another thread's clock reading */
	assert_true(rate_limit_allow(&l, 100000));
	assert_true(rate_limit_allow(&l, 100000));
	assert_false(rate_limit_allow(&l, 100000));
	rate_limit_destroy(&l);
}

/* No burst, no request; no interval, no limit. */
static void a_bucket_without_burst_or_interval(void **state)
{
	struct rate_limit l;

	(void)state;
	rate_limit_init(&l, 100, 0, 0);
	assert_false(rate_limit_allow(&l, 1000000));
	rate_limit_destroy(&l);
	rate_limit_init(&l, 100, -1, 0);
	assert_false(rate_limit_allow(&l, 1000000));
	rate_limit_destroy(&l);
	rate_limit_init(&l, -1, 0, 0);
	assert_true(rate_limit_allow(&l, 0));
	rate_limit_destroy(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_come_by_mail_and_are_remembered),
		cmocka_unit_test(unknown_users_are_checked_and_refused),
		cmocka_unit_test(a_changed_hash_is_asked_anew),
		cmocka_unit_test(guesses_do_not_push_out_who_is_known),
		cmocka_unit_test(the_queue_is_bounded),
		cmocka_unit_test(passwords_are_matched_as_in_go),
		cmocka_unit_test(a_dummy_hash_costs_what_it_should),
		cmocka_unit_test(headers_are_read_as_in_go),
		cmocka_unit_test(the_rate_is_a_bucket_of_tokens),
		cmocka_unit_test(a_bucket_without_burst_or_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
