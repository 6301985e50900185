/* SPDX-License-Identifier: Apache-2.0
 *
 * support.h -- what the tests of the store share: random numbers that can be replayed, and changes
 * made from text bodies the way a worker makes them. */
#pragma once

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/text_parse.h"
#include "store/change.h"

/* splitmix64 */
struct dice {
	uint64_t state;
};

static inline uint64_t dice_next(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint32_t dice_below(struct dice *d, uint32_t n)
{
	return (uint32_t)(dice_next(d) % n);
}

/* A number from the environment, so that a failing run can be replayed or a longer one asked for.
 */
static inline uint64_t test_number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

/* The identity of a group. */
static inline struct stamp *test_stamp(const struct label *sorted, size_t n)
{
	struct stamp *stamp = stamp_new(sorted, n);

	assert_non_null(stamp);
	return stamp;
}

static inline struct stamp *test_stamp_job(const char *job)
{
	return test_stamp(&(struct label){SLICE("job"), slice_of(job)}, 1);
}

static const struct push_limits test_push_limits = {.families_max = 100000,
						    .series_max = 1000000,
						    .labels_max = 100,
						    .name_bytes_max = 1024,
						    .value_bytes_max = 65536};

/* A push as a worker makes it. */
static inline struct change *test_push_as(enum change_kind kind, struct stamp *stamp,
					  const char *body, int64_t time_ns, bool unchecked)
{
	struct arena arena;
	struct err err;
	struct family_list list;
	struct change *c;

	arena_init(&arena, SIZE_MAX / 2);
	err = err_in(&arena);
	if (text_parse(slice_of(body), NAME_UTF8, &test_push_limits, &arena, &list, &err) !=
	    ERR_NONE)
		fail_msg("%.*s in:\n%s", SLICE_ARG(err.msg), body);
	c = change_new_push(kind, stamp, &list, time_ns, unchecked, &arena);
	assert_non_null(c);
	arena_free(&arena);
	return c;
}

static inline struct change *test_push(enum change_kind kind, struct stamp *stamp, const char *body,
				       int64_t time_ns)
{
	return test_push_as(kind, stamp, body, time_ns, false);
}
