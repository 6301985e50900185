/* SPDX-License-Identifier: Apache-2.0
 *
 * own_families.h -- the two families that the store itself keeps in every group, and those that are
 * exposed beside the store without being in it. */
#pragma once

#include <stdatomic.h>

#include "metric/family.h"

/* A family that others expose together with what is pushed. A pushed family of that name must agree
 * with it while it is present. Its series never meet: pushed ones have a job and an instance label,
 * these have not. */
struct own_family {
	struct slice name, help;
	enum metric_type type;
	bool help_imposed;    /* a pushed family may have another help, which is not exposed */
	_Atomic bool present; /* it has series; any thread */
};

static inline bool own_family_present(const struct own_family *f)
{
	return atomic_load_explicit(&f->present, memory_order_relaxed);
}

enum { N_OWN_FAMILIES = 2 };

#define PUSH_TIME_NAME SLICE("push_time_seconds")
#define PUSH_TIME_HELP                                                                             \
	SLICE("Last Unix time when changing this group in the Pushgateway succeeded.")
#define PUSH_FAILURE_TIME_NAME SLICE("push_failure_time_seconds")
#define PUSH_FAILURE_TIME_HELP                                                                     \
	SLICE("Last Unix time when changing this group in the Pushgateway failed.")

/* A pushed family of that name is discarded: the reference lets a pushed push_failure_time_seconds
 * win in some cases and crashes on it in others. */
static inline bool own_family_is_time(struct slice name)
{
	return slice_eq(name, PUSH_TIME_NAME) || slice_eq(name, PUSH_FAILURE_TIME_NAME);
}
