/* SPDX-License-Identifier: Apache-2.0
 *
 * rows.h -- groups as rows and back, the way the ledger does it, for the tests of both. */
#pragma once

#include "store/row.h"
#include "store/store_private.h"

#include "support.h"

static const struct store_limits rows_limits = {
	.groups_max = 100000, .series_max = 1000000, .shapes_per_family_max = 100};

/* NULL: there is none. */
static inline const struct group_state *rows_find(const struct store *s, const char *job)
{
	struct stamp *stamp = test_stamp_job(job);
	const struct store_group *group = index_group(&s->index, stamp);

	stamp_free(stamp);
	return group == NULL ? NULL : group->staged;
}

static inline const struct group_state *rows_group(const struct store *s, const char *job)
{
	const struct group_state *state = rows_find(s, job);

	/* Not cmocka's: the compiler shall know that what follows is never reached with NULL. */
	assert(state != NULL);
	return state;
}

/* The content of a row; large families are written inline as well. */
static inline void rows_encode(struct buf *out, const struct group_state *state)
{
	int64_t previous_ns = 0;

	row_put_head(out, state);
	for (uint32_t i = 0; i < state->n_held; i++)
		if (!state->held[i].family->is_time)
			row_put_family(out, &state->held[i], &previous_ns);
	assert_true(buf_ok(out));
}

/* Stages what a row holds; the other results leave the store as it was. */
static inline enum row_result rows_decode(struct store *s, struct slice content,
					  struct stamp *stamp)
{
	struct change c = {.kind = CHANGE_RESTORE, .stamp = stamp, .unchecked = true};
	struct arena arena;
	struct row_reader r;
	struct row_family family;
	enum row_result result = row_open(&r, content);

	arena_init(&arena, SIZE_MAX / 2);
	c.families = calloc(r.n_families + N_OWN_FAMILIES, sizeof(*c.families));
	assert_non_null(c.families);
	while (result == ROW_OK && r.n_left > 0) {
		result = row_next(&r, stamp, &arena, &family);
		if (result == ROW_OK && family.large)
			result = ROW_BAD;
		if (result == ROW_OK)
			c.families[c.n_families++] = family.family;
	}
	c.kept_push = r.push;
	c.kept_failure = r.failure;
	if (result == ROW_OK) {
		store_stage(s, &c);
		assert_int_equal(c.verdict, ERR_NONE);
		store_publish(s);
	}
	while (c.n_families > 0)
		block_free(c.families[--c.n_families].block);
	stamp_free(c.stamp);
	free(c.families);
	arena_free(&arena);
	return result;
}

static inline void rows_assert_same_block(const struct block *a, const struct block *b)
{
	size_t head = sizeof(*a) + (a->n_series == 1 ? 0 : a->n_series * sizeof(uint32_t));

	assert_int_equal(a->type, b->type);
	assert_int_equal(a->n_series, b->n_series);
	assert_int_equal(a->n_bytes, b->n_bytes);
	assert_int_equal(a->has_rest, b->has_rest);
	assert_int_equal(a->pushed_ns, b->pushed_ns);
	assert_int_equal(a->help == NULL, b->help == NULL);
	if (a->help != NULL)
		assert_true(slice_eq(a->help->text, b->help->text));
	/* To the last bit: numbers, labels, tails, the order of the body. */
	assert_memory_equal((const char *)a + head, (const char *)b + head, a->n_bytes - head);
}

/* Both groups are the same to the last bit. */
static inline void rows_assert_same(const struct group_state *a, const struct group_state *b)
{
	assert(a != NULL && b != NULL);
	assert_true(labels_eq(a->stamp->grouping, b->stamp->grouping));
	assert_memory_equal(&a->push_time, &b->push_time, sizeof(double));
	assert_memory_equal(&a->failure_time, &b->failure_time, sizeof(double));
	assert_int_equal(a->n_held, b->n_held);
	for (uint32_t i = 0; i < a->n_held; i++) {
		assert_true(slice_eq(a->held[i].family->name, b->held[i].family->name));
		rows_assert_same_block(a->held[i].block, b->held[i].block);
	}
}
