/* SPDX-License-Identifier: Apache-2.0 */
#include "app/access.h"

#include "../cm.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

struct fixture {
	struct access *access;
	struct arena arena;
	struct err err;
	struct http_identity who;
	struct http_request request;
};

static int setup(void **state)
{
	static struct fixture f;

	f.access = access_new();
	arena_init(&f.arena, ARENA_BYTES_MAX);
	f.err = err_in(&f.arena);
	f.who = (struct http_identity){.name = SLICE("u")};
	f.request = (struct http_request){.identity = &f.who};
	*state = &f;
	return f.access == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	access_free(f->access);
	arena_free(&f->arena);
	return 0;
}

static void give(struct fixture *f, const struct rights_wanted *wanted)
{
	const struct rights *rights;

	assert_int_equal(access_add(f->access, wanted, &rights, &f->err), ERR_NONE);
	f->who.rights = rights;
}

static bool may(struct fixture *f, enum role role)
{
	return access_judge(&f->request, role, &f->err) == ERR_NONE;
}

static bool may_change(struct fixture *f, struct label *labels, size_t n)
{
	struct labels grouping;

	assert_true(labels_pack(labels, n, &f->arena, &grouping));
	return access_judge_group(&f->request, grouping, &f->err) == ERR_NONE;
}

/* Roles have names, in the order in which they are exposed. */
static void roles_are_found_by_name(void **state)
{
	enum role role;

	(void)state;
	for (enum role r = ROLE_ANY + 1; r < ROLES; r++) {
		assert_true(role_find(role_name(r), &role));
		assert_int_equal(role, r);
		assert_true(slice_compare(role_name(r - 1), role_name(r)) < 0);
	}
	assert_false(role_find(SLICE(""), &role));
	assert_false(role_find(SLICE("Push"), &role));
}

/* Without roles in the configuration everybody may do everything, asked for a name or not. */
static void without_rights_nothing_is_forbidden(void **state)
{
	struct fixture *f = *state;
	struct label labels[] = {{SLICE("job"), SLICE("x")}};

	for (enum role r = ROLE_ANY; r < ROLES; r++)
		assert_true(may(f, r));
	assert_true(may_change(f, labels, 1));
	f->request.identity = NULL;
	for (enum role r = ROLE_ANY; r < ROLES; r++)
		assert_true(may(f, r));
	assert_true(may_change(f, labels, 1));
}

/* A role opens what asks for it, none opens what asks for none, admin opens everything. */
static void each_role_opens_its_own(void **state)
{
	struct fixture *f = *state;

	for (enum role held = ROLE_ANY; held < ROLES; held++) {
		give(f, &(struct rights_wanted){.roles = held == ROLE_ANY ? 0 : 1u << held});
		for (enum role r = ROLE_ANY; r < ROLES; r++)
			assert_int_equal(may(f, r),
					 r == ROLE_ANY || r == held || held == ROLE_ADMIN);
	}
}

/* Who is refused reads who they are and what they lack. */
static void a_refusal_names_user_and_role(void **state)
{
	struct fixture *f = *state;

	f->who.name = SLICE("a\n\"b\"");
	give(f, &(struct rights_wanted){0});
	assert_false(may(f, ROLE_SCRAPE));
	assert_int_equal(f->err.code, ERR_FORBIDDEN);
	assert_int_equal(err_http_status(f->err.code), 403);
	assert_text(f->err.msg,
		    SLICE("user \"a\\n\\\"b\\\"\" may not do this: the role \"scrape\" is "
			  "needed"));
}

/* One of several selectors is enough; a label that a group does not have is an empty one. */
static void groups_are_those_that_a_selector_takes(void **state)
{
	struct fixture *f = *state;
	const struct slice selectors[] = {SLICE("{job=\"a\",env!=\"prod\"}"),
					  SLICE("{job=~\"ci-.*\",instance=\"\"}")};
	struct label a[] = {{SLICE("job"), SLICE("a")}};
	struct label a_prod[] = {{SLICE("env"), SLICE("prod")}, {SLICE("job"), SLICE("a")}};
	struct label ci[] = {{SLICE("job"), SLICE("ci-7")}};
	struct label ci_here[] = {{SLICE("instance"), SLICE("i")}, {SLICE("job"), SLICE("ci-7")}};

	give(f, &(struct rights_wanted){.roles = 1u << ROLE_PUSH,
					.limited = true,
					.push_groups = selectors,
					.n_push_groups = 2});
	assert_true(may_change(f, a, 1));
	assert_true(may_change(f, ci, 1));
	assert_false(may_change(f, a_prod, 2));
	assert_false(may_change(f, ci_here, 2));
	assert_int_equal(f->err.code, ERR_FORBIDDEN);
	assert_text(f->err.msg,
		    SLICE("user \"u\" may not change the group {instance=\"i\",job=\"ci-7\"}: it "
			  "is none of the user's push_groups"));
}

/* No selector takes no group; that is not the same as no limit. */
static void an_empty_list_is_no_group(void **state)
{
	struct fixture *f = *state;
	struct label labels[] = {{SLICE("job"), SLICE("x")}};

	give(f, &(struct rights_wanted){.roles = 1u << ROLE_PUSH, .limited = true});
	assert_false(may_change(f, labels, 1));
	give(f, &(struct rights_wanted){.roles = 1u << ROLE_PUSH});
	assert_true(may_change(f, labels, 1));
}

/* A sentence stays short whatever the names: long values are cut, many labels are left out. */
static void sentences_are_bounded(void **state)
{
	enum { N = 200, BYTES = 20000 };
	struct fixture *f = *state;
	struct label labels[N];
	static char names[N][8], value[BYTES];

	memset(value, 0xff, sizeof(value));
	for (int i = 0; i < N; i++) {
		names[i][0] = (char)('a' + i / 26);
		names[i][1] = (char)('a' + i % 26);
		labels[i] = (struct label){{names[i], 2}, {value, i == 0 ? 0 : 300}};
	}
	f->who.name = (struct slice){value, sizeof(value)};
	give(f, &(struct rights_wanted){.limited = true});
	assert_false(may_change(f, labels, N));
	assert_true(f->err.msg.len < 4096);
	f->who.name = SLICE("u");
	assert_false(may_change(f, labels, N));
	assert_true(f->err.msg.len < 4096);
	assert_true(
		slice_starts(f->err.msg, SLICE("user \"u\" may not change the group {aa=\"\",ab="
					       "\"\\xff")));
	assert_true(
		slice_ends(f->err.msg, SLICE("...,...}: it is none of the user's push_groups")));
	labels[0] = (struct label){{"\xc3\xa4\n", 3}, SLICE("x")};
	assert_false(may_change(f, labels, 1));
	assert_true(slice_starts(f->err.msg, SLICE("user \"u\" may not change the group "
						   "{\"\xc3\xa4\\n\"=\"x\"}: ")));
}

/* A selector at fault is refused with its own sentence. */
static void bad_selectors_are_refused(void **state)
{
	struct fixture *f = *state;
	const struct slice selectors[] = {SLICE("{job=\"a\"}"), SLICE("job")};
	const struct rights *rights = NULL;

	assert_int_equal(access_add(f->access,
				    &(struct rights_wanted){.limited = true,
							    .push_groups = selectors,
							    .n_push_groups = 2},
				    &rights, &f->err),
			 ERR_SYNTAX);
	assert_null(rights);
	assert_true(slice_starts(f->err.msg, SLICE("selector \"job\": ")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(roles_are_found_by_name),
		TEST(without_rights_nothing_is_forbidden),
		TEST(each_role_opens_its_own),
		TEST(a_refusal_names_user_and_role),
		TEST(groups_are_those_that_a_selector_takes),
		TEST(an_empty_list_is_no_group),
		TEST(sentences_are_bounded),
		TEST(bad_selectors_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
