/* SPDX-License-Identifier: Apache-2.0
 *
 * plain.h -- the model: what the accepted changes say that there is, in arrays, and the changes
 * themselves, as text bodies for the keeper and as rules for the model.
 *
 * The universe is small, so that the same rows are written again and again. Pushes are refused for
 * two reasons only, another type and a timestamp: judging them has tests of its own. */
#pragma once

#include "store/store.h"

#include "unit/store/support.h"

enum { PLAIN_GROUPS = 6, PLAIN_SERIES_MAX = 5 };
enum plain_name { PLAIN_A, PLAIN_B, PLAIN_HISTOGRAM, PLAIN_LARGE, PLAIN_NAMES };

struct plain_family {
	bool is_there;
	uint8_t type; /* enum metric_type */
	uint8_t help; /* 0: none */
	uint8_t n;    /* series */
	int value;    /* of the first; each has one more than the one before */
	int64_t pushed_ns;
};

struct plain_group {
	bool is_there;
	int64_t push_ns, failure_ns; /* 0: never */
	struct plain_family families[PLAIN_NAMES];
};

struct plain {
	struct plain_group groups[PLAIN_GROUPS];
};

struct plain_change {
	enum change_kind kind; /* REPLACE, MERGE, DELETE, WIPE */
	int group;
	int64_t time_ns;
	bool has_timestamps;
	struct plain_family families[PLAIN_NAMES];
};

struct plain_change plain_roll(struct dice *dice, int64_t time_ns);

/* The same for the keeper. */
struct change *plain_make(const struct plain_change *c);

bool plain_accepts(const struct plain *p, const struct plain_change *c);
void plain_apply(struct plain *p, const struct plain_change *c);
/* The failure time that a refused push leaves. `makes`: also in a group that is not there. */
void plain_fail(struct plain *p, const struct plain_change *c, bool makes);

/* Is this what readers see? False: *ret_what says what is not. */
bool plain_is(const struct plain *p, struct store *s, const char **ret_what);

/* Is it the same but for groups, or large families, that are missing? *ret_n counts these. */
bool plain_is_part_of(const struct plain *p, struct store *s, unsigned *ret_n,
		      const char **ret_what);
