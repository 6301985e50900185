/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of memory, everywhere on the way of a change up to the point where it could still be
 * refused. Leaks are seen by ASan. */
#include "store/store.h"

#include "render.h"
#include "wrapped.h"

static const struct store_limits limits = {
	.groups_max = 1000, .series_max = 1000, .shapes_per_family_max = 10};

#define BODY                                                                                       \
	"# HELP a text\n# TYPE a counter\na{k=\"1\",l=\"x\"} 1\na 2\n"                             \
	"# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n"                           \
	"# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n"

/* Not valid, with a fault of each series. */
#define FAULTY_BODY "a{__k=\"1\"} 1\na{__l=\"1\"} 2\n"

static bool parse(struct arena *arena, const char *body, struct family_list *ret)
{
	struct err err = err_in(arena);

	return text_parse(slice_of(body), NAME_UTF8, &test_push_limits, arena, ret, &err) ==
	       ERR_NONE;
}

/* From nothing up to enough, an arena's ceiling refuses the push cleanly. */
static void change_in_arenas(const char *body)
{
	struct change *c = NULL;
	uint32_t n_refused = 0;

	for (size_t more = 0; c == NULL; more += 64) {
		struct family_list list;
		struct arena arena;

		arena_init(&arena, SIZE_MAX / 2);
		assert_true(parse(&arena, body, &list));
		/* what parsing left unused is used up, so that every ceiling counts */
		while (arena.head != NULL) {
			struct arena probe = arena;

			probe.bytes_max = probe.bytes_used;
			if (arena_text(&probe, 1) == NULL)
				break;
		}
		arena.bytes_max = arena.bytes_used + more;
		c = change_new_push(CHANGE_REPLACE, test_stamp_job("x"), &list, 1, false, &arena);
		n_refused += c == NULL;
		arena_free(&arena);
	}
	assert_true(n_refused > 2);
	change_free(c);
}

/* A push without faults and one with them end cleanly under every ceiling. */
static void test_arena_ceilings(void **state)
{
	(void)state;
	change_in_arenas(BODY);
	change_in_arenas(FAULTY_BODY);
}

/* Each allocation of change_new_push may fail, alone or with all that follow. */
static void test_change_without_malloc(void **state)
{
	static const char *const bodies[] = {BODY, FAULTY_BODY};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct change *c = NULL;

		for (uint64_t n = 1; c == NULL || (i / 2 == 1 && c->faults.n > 0 && n < 20); n++) {
			struct family_list list;
			struct arena arena;
			struct stamp *stamp = test_stamp_job("x");

			change_free(c);
			arena_init(&arena, SIZE_MAX / 2);
			assert_true(parse(&arena, bodies[i / 2], &list));
			wrapped.fail_at = n;
			wrapped.fail_from_then = i % 2 == 1;
			c = change_new_push(CHANGE_REPLACE, stamp, &list, 1, false, &arena);
			wrapped.fail_at = 0;
			arena_free(&arena);
		}
		assert_int_equal(c->faults.n, i / 2 == 0 ? 0 : 2);
		change_free(c);
	}
}

static struct store *store_with(const char *job, const char *body)
{
	struct store *s = store_new(&limits);
	struct change *c = test_push(CHANGE_REPLACE, test_stamp_job(job), body, 1000000000);

	assert_non_null(s);
	store_stage(s, c);
	store_publish(s);
	assert_int_equal(c->verdict, ERR_NONE);
	change_free(c);
	return s;
}

static void render_now(struct store *s, struct buf *ret)
{
	const struct snapshot *snap = store_snapshot(s);

	buf_init(ret, SIZE_MAX / 2);
	render(ret, snap, false);
	snapshot_release(snap);
}

/* Stages a change while the n-th allocation fails, and all later ones if so asked, and publishes.
 * Refused, it has changed nothing but at most the failure time; repeated, it is accepted. True when
 * nothing failed any more. */
static bool stage_without(uint64_t n, bool from_then, const char *job, struct change *(*make)(void))
{
	struct store *s = store_with(job, "# TYPE a counter\na{k=\"0\"} 1\n");
	struct change *c = make(), *again = make();
	struct buf before, after;
	bool refused;

	render_now(s, &before);
	wrapped.fail_at = n;
	wrapped.fail_from_then = from_then;
	store_stage(s, c);
	wrapped.fail_at = 0;
	store_publish(s);
	refused = c->verdict != ERR_NONE;
	if (refused) {
		assert_int_equal(c->verdict, ERR_NOMEM);
		render_now(s, &after);
		assert_true(from_then ? slice_eq(buf_slice(&before), buf_slice(&after))
				      : after.len >= before.len && after.len < before.len + 200);
		buf_free(&after);
	}
	store_stage(s, again);
	store_publish(s);
	assert_int_equal(again->verdict, ERR_NONE);
	buf_free(&before);
	change_free(c);
	change_free(again);
	assert_null(store_free(s));
	return !refused;
}

static struct change *make_push(void)
{
	return test_push(CHANGE_REPLACE, test_stamp_job("x"), BODY, 2000000000);
}

/* Its series could meet those of a group of another shape, so the check looks for them. */
static struct change *make_push_of_two_labels(void)
{
	const struct label grouping[] = {{SLICE("job"), SLICE("x")}, {SLICE("zone"), SLICE("z")}};

	return test_push(CHANGE_MERGE, test_stamp(grouping, 2),
			 "# TYPE a counter\na{k=\"0\"} 1\na{k=\"1\"} 1\n", 2000000000);
}

static struct change *make_delete(void)
{
	return change_new_delete(test_stamp_job("x"), 2000000000);
}

static struct change *make_wipe(void)
{
	return change_new_wipe(2000000000);
}

/* A change that cannot be staged is refused whole, and what was begun is undone. */
static void test_staging_without_malloc(void **state)
{
	struct change *(*const makes[])(void) = {make_push, make_push_of_two_labels, make_delete,
						 make_wipe};

	(void)state;
	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++)
		for (int mode = 0; mode < 4; mode++) {
			uint64_t n = 1;

			while (!stage_without(n, mode % 2 == 1, mode / 2 == 0 ? "x" : "other",
					      makes[i]))
				n++;
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_ceilings),
		cmocka_unit_test(test_change_without_malloc),
		cmocka_unit_test(test_staging_without_malloc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
