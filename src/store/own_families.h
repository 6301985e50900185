/* SPDX-License-Identifier: Apache-2.0
 *
 * own_families.h -- the two families that the store itself keeps in every group. */
#pragma once

#include "base/slice.h"

enum { N_OWN_FAMILIES = 2 };

#define PUSH_TIME_NAME SLICE("push_time_seconds")
#define PUSH_TIME_HELP SLICE("Last Unix time when changing this group in the Pushgateway succeeded.")
#define PUSH_FAILURE_TIME_NAME SLICE("push_failure_time_seconds")
#define PUSH_FAILURE_TIME_HELP \
	SLICE("Last Unix time when changing this group in the Pushgateway failed.")

/* A pushed family of that name is discarded: the reference lets a pushed push_failure_time_seconds
 * win in some cases and crashes on it in others. */
static inline bool own_family_is_time(struct slice name)
{
	return slice_eq(name, PUSH_TIME_NAME) || slice_eq(name, PUSH_FAILURE_TIME_NAME);
}
