/* SPDX-License-Identifier: Apache-2.0
 *
 * must.h -- assertions by kind. They stay on in release builds: a wrong invariant ends the process
 * before it can answer a scrape wrongly. Never for input; input gets a struct err. */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#ifdef NDEBUG
#error "assertions stay on in release builds: build without NDEBUG"
#endif

#define must_check __attribute__((warn_unused_result))
#define printf_like(nth, first) __attribute__((__format__(__printf__, nth, first)))

/* A call whose failure is a bug here, not an event (pthread_mutex_lock and its kin). */
#define must_ok(call) must_be_zero((call))

static inline void must_be_zero(int result)
{
	assert(result == 0);
}

#define not_reached() (assert(false && "not reached"), abort())
